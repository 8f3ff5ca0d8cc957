"""The city's ways from registration to archive: S5, S6, V18, V19, its refusals, its neighbours."""

from __future__ import annotations

import pytest

from app.errors import NotFound, NotYours, Refused
from app.models import Event, Notice, Paper
from app.rules.shapes import NEVER
from tests.factories import at, papers, task
from tests.places import Place, kinds, mechanism, open_kinds

AFTER_ARCHIVE = {"record_objection", "record_remedy_result", "reopen", "hand_to_procedure"}


@pytest.fixture
def city(place) -> Place:
    return place("xiaoyi")


def unclear(city: Place, who: str = "petition", **facts) -> int:
    """Return a case that its registrar sent on to the office."""
    case = city.register(who, **{"category": 7} | facts).case_id
    city.do(case, who, "refer_to_office", reason="unclear")
    return case


def general(city: Place, units: tuple[str, ...] = ("tax", "hrss")) -> int:
    """Return a general matter for which the joint meeting is called."""
    case = unclear(city)
    city.do(case, "office", "classify", tier="general")
    city.do(case, "office", "convene", units=list(units))
    return case


def major(city: Place) -> int:
    """Return a major matter that the platform has."""
    case = unclear(city, category=9)
    city.do(case, "office", "classify", tier="major")
    city.do(case, "office", "escalate")
    city.do(case, "leader", "approve")
    city.do(case, "office", "hand_over")
    return case


def archive_all(city: Place, case: int) -> list[str]:
    """Let everybody who keeps a volume archive it; return who did, in order."""
    who = []
    while keepers := sorted(city.offered(case, "archive")):
        city.do(case, keepers[0], "archive")
        who.append(keepers[0])
    return who


# --- the three ways


@pytest.mark.clause("X4.2a")
def test_own_matter_is_handled_answered_and_archived_by_the_unit(city):
    opened = city.register("tax")
    assert (opened.route["units"], opened.route["tier"]) == (["tax"], "own")
    case = opened.case_id
    assert city.keys(case, "tax") >= {"accept", "transfer", "refer_to_office", "refer_out"}
    city.do(case, "tax", "accept")
    assert city.do(case, "tax", "resolve").stage == "decided"
    assert city.offered(case, "serve") == {"tax"}
    assert city.do(case, "tax", "serve").stage == "served"
    assert archive_all(city, case) == ["tax"]
    assert city.case(case).stage == "archived"


@pytest.mark.clause("X4.1a")
def test_the_office_is_not_told_of_a_registration(city):
    case = city.register("tax").case_id
    assert not city.all(Notice, case_id=case)
    assert ("acceptance", "tax") in open_kinds(city.case(case))


@pytest.mark.clause("X4.3-1b")
def test_s5_an_unclear_matter_goes_over_the_joint_meeting_to_one_reply(city):
    case = unclear(city)
    assert city.case(case).stage == "with_office"
    assert city.offered(case, "classify") == {"office"}
    city.do(case, "office", "classify", tier="general")
    assert city.offered(case, "convene") == {"office"}
    assert not city.offered(case, "escalate") | city.offered(case, "hand_over")

    called = city.do(case, "office", "convene", units=["tax", "hrss"])
    assert (called.stage, kinds(called)) == ("joint", ["meeting_notice"])
    assert isinstance(city.seen(case, "medical"), NotFound), "not called, yet it reads the case"
    assert open_kinds(city.case(case)) >= {
        ("opinion", "tax"),
        ("opinion", "hrss"),
        ("record", "office"),
        ("joint_case", "office"),
    }

    for unit in ("tax", "hrss"):
        given = city.do(case, unit, "submit_decision", decision=f"{unit}的意见")
        assert kinds(given) == ["unit_opinion"]
        assert "submit_decision" not in city.keys(case, unit), "asked twice"
    city.do(case, "office", "record_minutes", units=["tax", "hrss"], conclusions="先核后退")

    replied = city.do(case, "office", "issue_reply", reply="予以退费")
    assert (replied.stage, kinds(replied)) == ("decided", ["synthesised_reply"])
    (reply,) = papers(city.case(case), "synthesised_reply")
    text = "".join(reply.content["paragraphs"])
    assert "孝税争见〔2024〕1号" in text
    assert "孝人社争见〔2024〕1号" in text, "the one reply cites each opinion"

    assert city.offered(case, "serve") == {"office"}
    city.do(case, "office", "serve")
    assert sorted(archive_all(city, case)) == ["office", "petition"]
    assert city.case(case).stage == "archived"


@pytest.mark.clause("X4.3-2b")
def test_s6_a_major_matter_goes_to_the_platform_and_returns(city):
    case = unclear(city, category=9)
    city.do(case, "office", "classify", tier="major")
    assert not city.offered(case, "convene")
    assert not city.offered(case, "hand_over"), "handed over without the leader's consent"
    city.do(case, "office", "escalate", reason="涉及多人")
    assert city.offered(case, "approve") == {"leader"}
    assert city.do(case, "leader", "approve", opinion="同意").stage == "with_office"
    assert city.do(case, "office", "hand_over").stage == "platform"
    assert task(city.case(case), "platform_case", "platform").unit == "day"

    city.now = at("2025-03-10")
    given = {"result": "达成调解协议", "reference": "孝平台2025-17", "ended_on": "2025-03-10"}
    city.do(case, "platform", "conclude", **given)
    concluded = city.all(Event, case_id=case, key="conclude")[0]
    assert concluded.inputs["reference"] == "孝平台2025-17"
    assert concluded.inputs["ended_on"] == "2025-03-10"
    (reply,) = papers(city.case(case), "platform_reply")
    assert "平台编号：孝平台2025-17" in reply.content["paragraphs"]
    assert "2025年3月10日" in reply.content["paragraphs"][0]
    city.look("office")
    assert city.session.get(Paper, reply.id) is not None, "the office keeps no copy"

    assert not city.offered(case, "issue_reply"), "the office's reply button is there"
    assert city.offered(case, "serve") == {"platform"}
    city.do(case, "platform", "serve")
    assert set(archive_all(city, case)) == {"petition", "office", "platform"}
    assert city.case(case).stage == "archived"


# --- who is responsible, and what holds a reply


@pytest.mark.clause("X4.1b")
def test_v18_the_person_asked_first_is_named_on_the_case_until_its_end(city):
    case = city.register("petition", "clerk", category=7).case_id
    first = city.actor("petition", "clerk").name
    steps = [
        ("petition", "refer_to_office", {"reason": "several"}),
        ("office", "classify", {"tier": "general"}),
        ("office", "convene", {"units": ["tax"]}),
        ("tax", "submit_decision", {}),
        ("office", "record_minutes", {"units": ["tax"]}),
        ("office", "issue_reply", {}),
    ]
    assert city.case(case).registered_by == city.person_of(case, "petition") == first
    for who, key, inputs in steps:
        city.do(case, who, key, **inputs)
        assert city.person_of(case, "petition") == first, f"forgotten after {key}"
        assert ("first_question", "petition") in open_kinds(city.case(case)), key
        assert not isinstance(city.seen(case, "petition"), NotFound), "it does not see how it goes"
    city.do(case, "office", "serve")
    assert ("first_question", "petition") not in open_kinds(city.case(case))
    assert city.person_of(case, "petition") == first
    (form,) = papers(city.case(case), "registration_form")
    assert ["首问责任人", first] in form.content["rows"]
    (slip,) = papers(city.case(case), "circulation_slip")
    assert f"首问责任人：{first}" in slip.content["paragraphs"][1]


@pytest.mark.clause("X4.1b")
def test_responsibility_passes_to_a_colleague_by_an_act_that_is_recorded(city):
    case = unclear(city)
    colleague = city.actor("petition", "clerk")
    city.do(case, "petition", "assign_person", person=str(colleague.appointment_id), reason="调离")
    assert city.person_of(case, "petition") == colleague.name
    (event,) = city.all(Event, case_id=case, key="assign_person")
    assert event.inputs == {"person": str(colleague.appointment_id), "reason": "调离"}
    with pytest.raises(NotYours):
        city.perform(case, "petition", "assign_person", {}, role="clerk")


def test_a_unit_that_handles_what_it_registered_owes_no_follow_up_beside(city):
    case = city.register("hrss", category=8).case_id
    city.do(case, "hrss", "transfer", unit="medical")
    assert ("first_question", "hrss") in open_kinds(city.case(case))
    city.do(case, "medical", "return_to_office")
    city.do(case, "office", "assign_unit", unit="hrss")
    city.do(case, "hrss", "accept")
    assert ("first_question", "hrss") not in open_kinds(city.case(case))


def test_a_follow_up_has_no_day_and_blocks_nothing(city):
    case = unclear(city)
    assert task(city.case(case), "first_question").due_on == NEVER
    city.do(case, "office", "assign_unit", unit="tax")
    city.do(case, "tax", "accept")
    city.do(case, "tax", "resolve")
    assert city.do(case, "tax", "serve").stage == "served"


@pytest.mark.clause("X4.3-1c")
def test_v18_no_reply_while_an_opinion_is_missing(city):
    case = general(city)
    city.do(case, "tax", "submit_decision")
    city.do(case, "office", "record_minutes", units=["tax"])
    assert not city.offered(case, "issue_reply")
    assert any("人社局" in why for why in city.why_not(case, "office", "issue_reply"))
    before = city.state()
    with pytest.raises(Refused):
        city.perform(case, "office", "issue_reply", {"reply": "先答复"})
    assert city.state() == before


@pytest.mark.clause("X4.3-1c")
def test_v18_the_office_records_why_it_does_not_wait_for_an_opinion(city):
    case = general(city)
    city.do(case, "tax", "submit_decision")
    city.do(case, "office", "record_minutes", units=["tax"])
    assert city.offered(case, "waive_opinion") == {"office"}
    with pytest.raises(Refused) as refusal:
        city.perform(case, "office", "waive_opinion", {"unit": "hrss", "reason": " "})
    assert set(refusal.value.errors) == {"reason"}
    with pytest.raises(Refused) as refusal:
        city.perform(case, "office", "waive_opinion", {"unit": "tax", "reason": "已提供"})
    assert set(refusal.value.errors) == {"unit"}, "that opinion is there"

    waived = city.do(case, "office", "waive_opinion", unit="hrss", reason="该局认为不涉及")
    assert (waived.stage, kinds(waived)) == ("joint", ["waiver_note"])
    assert "submit_decision" not in city.keys(case, "hrss")
    assert city.do(case, "office", "issue_reply").stage == "decided"
    (note,) = papers(city.case(case), "waiver_note")
    assert "原因：该局认为不涉及" in note.content["paragraphs"]


def test_no_reply_without_the_record_of_the_meeting(city):
    case = general(city, ("tax",))
    city.do(case, "tax", "submit_decision")
    assert any("形成会议记录" in why for why in city.why_not(case, "office", "issue_reply"))
    assert not city.offered(case, "issue_reply")


@pytest.mark.clause("X4.3-2c")
def test_v19_on_the_major_way_only_the_platform_replies(city):
    case = major(city)
    for key in ("issue_reply", "conclude", "serve"):
        assert city.offered(case, key) <= {"platform"}, key
        with pytest.raises(NotYours):
            city.perform(case, "office", key, {})
    city.do(case, "platform", "conclude")
    with pytest.raises(NotYours):
        city.perform(case, "office", "serve", {})
    city.do(case, "platform", "serve")
    with pytest.raises(NotYours):
        city.perform(case, "office", "issue_reply", {})


def test_the_platform_must_give_its_own_number_and_day(city):
    case = major(city)
    with pytest.raises(Refused) as refusal:
        city.perform(case, "platform", "conclude", {"result": "办结"})
    assert set(refusal.value.errors) == {"reference", "ended_on"}
    ahead = {"result": "办结", "reference": "1", "ended_on": "2024-11-05"}
    with pytest.raises(Refused) as refusal:
        city.perform(case, "platform", "conclude", ahead)
    assert set(refusal.value.errors) == {"ended_on"}, "it cannot have ended tomorrow"


def test_a_refusal_of_the_leader_makes_the_matter_a_general_one(city):
    case = unclear(city, category=9)
    city.do(case, "office", "classify", tier="major")
    city.do(case, "office", "escalate")
    assert city.do(case, "leader", "refuse").stage == "with_office"
    assert city.case(case).tier == "general"
    assert city.offered(case, "convene") == {"office"}
    assert not city.offered(case, "hand_over")


def test_a_deputy_without_an_authorisation_is_refused_with_the_reason(city):
    case = unclear(city, category=9)
    city.do(case, "office", "classify", tier="major")
    city.do(case, "office", "escalate")
    assert any("组长" in why for why in city.why_not(case, "deputy", "approve"))
    with pytest.raises(Refused):
        city.perform(case, "deputy", "approve", {"opinion": "同意"})


# --- what leaves the registrar

LEAVING = {
    "transfer": {"unit": "tax", "reason": "属于税务"},
    "return_to_office": {"reason": "不属于"},
    "refer_to_office": {"reason": "several"},
    "refer_out": {"ground": "insured", "place": "邻市", "reason": "参保地在邻市"},
}


@pytest.mark.clause("X4.2d")
@pytest.mark.parametrize("key", LEAVING)
def test_nothing_leaves_the_registrar_without_a_review(city, key):
    case = city.register("petition").case_id
    with pytest.raises(Refused) as refusal:
        city.perform(case, "petition", key, LEAVING[key])
    assert set(refusal.value.errors) == {"reviewed_by"}
    stranger = str(city.actor("tax", "clerk").appointment_id)
    with pytest.raises(Refused) as refusal:
        city.perform(case, "petition", key, {**LEAVING[key], "reviewed_by": stranger})
    assert set(refusal.value.errors) == {"reviewed_by"}, "reviewed by another unit's person"
    reviewer = city.actor("petition", "clerk")
    done = city.do(case, "petition", key, **LEAVING[key], reviewed_by=str(reviewer.appointment_id))
    words = str([p.content["paragraphs"] for p in city.case(case).papers if p.seq == done.version])
    assert reviewer.name in words, "the paper does not name the reviewer"


@pytest.mark.clause("X3a")
def test_a_matter_of_another_place_is_recorded_and_referred_out_with_a_notice(city):
    case = city.register("petition", insured_at="邻市").case_id
    gone = city.do(
        case, "petition", "refer_out", ground="insured", place="邻市人社局", reason="参保地"
    )
    assert (gone.stage, kinds(gone)) == ("referred", ["referral_notice"])
    (notice,) = papers(city.case(case), "referral_notice")
    assert notice.addressee == "张晓梅"
    text = "".join(notice.content["paragraphs"])
    assert "邻市人社局" in text
    assert "管辖按参保地确定" in text
    (form,) = papers(city.case(case), "registration_form")
    assert ["参保地", "邻市"] in form.content["rows"]
    for key in ("accept", "classify", "assign_unit", "transfer"):
        assert not city.offered(case, key)
    assert city.do(case, "petition", "serve").stage == "referred"
    assert archive_all(city, case) == ["petition"]
    assert city.case(case).stage == "referred"


def test_a_transfer_names_contact_and_telephone_and_only_deciding_units(city):
    case = city.register("petition").case_id
    offer = city.offers(case, "petition").find("transfer")
    units = next(ask for ask in offer.asks if ask.key == "unit").values
    assert set(units) == {"tax", "hrss", "medical", "approval"}
    city.do(case, "petition", "transfer", unit="hrss")
    (notice,) = papers(city.case(case), "transfer_notice")
    text = "".join(notice.content["paragraphs"])
    assert "人力资源和社会保障局" in text
    assert "0350-2030" in text
    assert not city.offered(case, "transfer"), "after one transfer only the office remains"
    assert city.offered(case, "return_to_office") == {"hrss"}
    assert city.seen(case, "petition") == {"assign_person"}


def test_the_platform_is_never_a_choice(city):
    case = unclear(city)
    city.do(case, "office", "classify", tier="general")
    asks = {ask.key: ask for ask in city.offers(case, "office").find("convene").asks}
    assert set(asks["units"].values) == {"tax", "hrss", "medical", "approval"}
    with pytest.raises(Refused):
        city.perform(case, "office", "convene", {"units": ["platform"], "held_on": "2024-11-04"})


def test_the_platform_registers_nothing(city):
    with pytest.raises(NotYours):
        city.register("platform")


# --- the volume


@pytest.mark.clause("X4.5")
def test_every_paper_is_filed_in_one_of_the_four_parts(city):
    found = mechanism("xiaoyi")
    assert list(found.groups.values()) == ["受理", "流转", "处理", "反馈"]
    assert {paper.group for paper in found.papers.values()} == set(found.groups)


@pytest.mark.clause("X4.5")
def test_the_volume_lists_its_papers_by_part_in_order(city):
    case = general(city, ("tax",))
    city.do(case, "tax", "submit_decision")
    city.do(case, "office", "record_minutes", units=["tax"])
    city.do(case, "office", "issue_reply")
    city.do(case, "office", "serve")
    city.do(case, "petition", "archive")
    (note,) = papers(city.case(case), "volume_note")
    listed = dict(note.content["rows"])["卷内文书"]
    places = [listed.index(f"{label}：《") for label in ("受理", "流转", "处理", "反馈")]
    assert places == sorted(places)
    assert "受理：《社会保险费征缴争议登记表》" in listed


@pytest.mark.clause("X4.5")
def test_a_volume_is_archived_once_and_the_last_one_ends_the_case(city):
    case = major(city)
    city.do(case, "platform", "conclude")
    city.do(case, "platform", "serve")
    for who in ("petition", "office"):
        assert city.do(case, who, "archive").stage == "served"
        with pytest.raises(NotYours):
            city.perform(case, who, "archive", {})
    assert city.do(case, "platform", "archive").stage == "archived"


@pytest.mark.clause("X3d")
def test_after_archiving_a_matter_is_handed_to_a_statutory_procedure(city):
    case = city.register("tax").case_id
    for key in ("accept", "resolve", "serve"):
        assert not city.offered(case, "hand_to_procedure")
        city.do(case, "tax", key)
    city.do(case, "tax", "archive")
    handed = city.do(case, "tax", "hand_to_procedure", procedure="arbitration", reason="劳动争议")
    assert (handed.stage, kinds(handed)) == ("archived", ["procedure_slip"])
    for who in ("tax", "office", "petition"):
        seen = city.seen(case, who)
        assert isinstance(seen, NotFound) or seen <= AFTER_ARCHIVE


def test_a_reply_set_aside_is_handled_anew_by_the_office(city):
    case = general(city, ("tax",))
    city.do(case, "tax", "submit_decision")
    city.do(case, "office", "record_minutes", units=["tax"])
    city.do(case, "office", "issue_reply")
    city.do(case, "office", "serve")
    city.do(case, "office", "record_objection")
    assert not city.offered(case, "reopen")
    city.do(case, "office", "record_remedy_result", result="set_aside")
    assert city.do(case, "office", "reopen").stage == "with_office"
    assert open_kinds(city.case(case)) == {("sorting", "office"), ("first_question", "petition")}


# --- two mechanisms in one database


@pytest.mark.clause("X3b")
def test_both_mechanisms_run_side_by_side_and_keep_their_own_numbers(place):
    city, county = place("xiaoyi"), place("zezhou")
    here, there = city.register("tax"), county.register("tax")
    assert (here.number, there.number) == ("141181-2024-000001", "140525-2024-000001")
    ours = city.do(here.case_id, "tax", "accept")
    theirs = county.do(there.case_id, "tax", "accept")
    assert [one.papers[0].number for one in (ours, theirs)] == [
        "孝税争受〔2024〕1号",
        "泽税争受〔2024〕1号",
    ]
    assert "start_joint" in county.keys(there.case_id, "tax")
    assert "refer_to_office" in city.keys(here.case_id, "tax")


@pytest.mark.parametrize("who", ["tax", "hrss", "office", "leader", "auditor"])
def test_nothing_of_a_case_is_seen_from_the_neighbouring_jurisdiction(place, who):
    city, county = place("xiaoyi"), place("zezhou")
    case = city.register("tax").case_id
    city.do(case, "tax", "accept")
    with pytest.raises(NotFound):
        county.offers(case, who)
    with pytest.raises(NotFound):
        county.perform(case, who, "resolve", {})
    county.look(who)
    for model in (Event, Paper, Notice):
        assert county.session.query(model).filter_by(case_id=case).count() == 0


def test_a_registration_for_the_neighbour_is_refused(place):
    city = place("xiaoyi")
    with pytest.raises(Refused) as refusal:
        city.register("tax", jurisdiction="zezhou")
    assert set(refusal.value.errors) == {"jurisdiction"}
