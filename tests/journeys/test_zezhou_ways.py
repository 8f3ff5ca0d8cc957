"""The three ways of the county mechanism, from registration to the archive, day by day."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from tests.factories import Engine, World, at, open_tasks, papers, task


def kinds(case: object) -> list[str]:
    return [paper.kind for paper in case.papers]  # type: ignore[attr-defined]


def decided_jointly(engine: Engine) -> object:
    """Return a case of three deciding bodies that stands at joint handling, led by hrss."""
    case = engine.register("hrss", category=7, insurance=["pension", "medical"])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax", "medical"])
    return case


@pytest.mark.clause("Z4.2a")
def test_s1_own_matter_is_accepted_decided_served_and_archived_on_time() -> None:
    engine = Engine(now=at("2024-11-04"))
    case = engine.register("tax", category=3, period_from="2024-05", period_to="2024-05")
    assert ("registration_notice", "office") in open_tasks(case)
    assert task(case, "acceptance", "tax").due_on == date(2024, 11, 11)
    engine.now = at("2024-11-05")
    engine.do(case, "tax", "accept")
    assert task(case, "own_case").due_on == date(2024, 11, 26)
    engine.now = at("2024-11-20")
    engine.do(case, "tax", "resolve")
    assert case.stage == "decided"
    engine.do(case, "tax", "serve", served_on="2024-11-20")
    engine.do(case, "tax", "archive")
    assert case.stage == "archived"
    assert engine.keys(case, "office") == {"archive", "record_objection"}
    engine.do(case, "office", "archive")
    assert kinds(case) == [
        "registration_form",
        "acceptance_notice",
        "result_notice",
        "service_record",
        "volume_note",
        "volume_note",
    ]


@pytest.mark.clause("Z4.2b")
def test_s2_a_matter_of_another_body_is_transferred_with_a_notice_that_names_a_contact() -> None:
    engine = Engine()
    case = engine.register("finance", category=8, insurance=["medical"])
    assert "accept" not in engine.keys(case, "finance")
    engine.do(case, "finance", "transfer", unit="medical")
    assert case.stage == "registered"
    notice = " ".join(papers(case, "transfer_notice")[0].content["paragraphs"])
    contact = engine.world.directory.contact("medical", engine.now.date())
    assert contact is not None
    assert "泽州县医疗保障局" in notice
    assert contact.phone in notice
    assert not engine.offers(case, "finance").now
    widths = {a.body: a.width for a in case.access if a.body != "office"}
    assert widths == {"finance": "progress", "medical": "full"}
    assert "transfer" not in engine.keys(case, "medical")
    engine.do(case, "medical", "accept")
    assert case.stage == "handling"


@pytest.mark.clause("Z4.2.1-2")
def test_s3_two_bodies_decide_the_lead_is_contested_and_all_is_served_once() -> None:
    engine = Engine(now=at("2024-11-08"))
    case = engine.register(
        "tax",
        category=7,
        aspect="procedure",
        insurance=["unemployment"],
        period_from="2024-06",
        period_to="2024-06",
        visited_at="2024-11-08T08:00",
    )
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "start_joint", units=["hrss"])
    assert case.lead == "tax"
    assert task(case, "decision", "hrss").due_on == date(2024, 11, 29)
    engine.now = at("2024-11-11")
    engine.do(case, "hrss", "contest_lead")
    assert task(case, "lead_ruling").due_on == date(2024, 11, 13)
    engine.now = at("2024-11-12")
    engine.do(case, "office", "determine_lead", unit="hrss")
    assert case.lead == case.holder == "hrss"
    assert papers(case, "lead_ruling")
    engine.now = at("2024-11-27")
    engine.do(case, "tax", "submit_decision")
    assert engine.why_not(case, "hrss", "issue_reply")
    engine.now = at("2024-11-29")
    engine.do(case, "hrss", "submit_decision")
    engine.do(case, "hrss", "issue_reply")
    assert task(case, "service").due_on == date(2024, 12, 4)
    engine.now = at("2024-12-02")
    engine.do(case, "hrss", "serve", served_on="2024-12-02")
    assert task(case, "filing").due_on == date(2024, 12, 9)
    assert "archive" not in engine.keys(case, "tax")
    engine.do(case, "hrss", "file_with_office")
    engine.do(case, "tax", "archive")
    assert case.stage == "archived"
    engine.do(case, "office", "archive")
    assert len(papers(case, "unit_decision")) == 2
    assert len(papers(case, "cover_notice")) == 1


@pytest.mark.clause("Z4.2.2-2")
def test_s4_a_complex_matter_is_refused_once_then_handled_with_all_eight_bodies() -> None:
    engine = Engine(now=at("2024-11-15"))
    case = engine.register("medical", category=9, insurance=["medical", "pension"])
    engine.do(case, "medical", "accept")
    engine.do(case, "medical", "escalate")
    assert task(case, "consent", "leader").due_on == date(2024, 11, 20)
    engine.do(case, "leader", "refuse")
    assert case.stage == "handling"
    engine.do(case, "medical", "escalate")
    engine.do(case, "leader", "approve")
    members = {k for k, b in engine.world.mechanism.bodies.items() if b.member}
    assert members <= {a.body for a in case.access if a.width == "full"}
    assert len(members) == 8
    engine.do(case, "office", "record_minutes", units=["tax", "hrss", "medical"])
    assert papers(case, "minutes")[0].number == "泽社争办纪〔2024〕1号"
    for body in ("tax", "hrss", "medical"):
        assert engine.why_not(case, "office", "issue_reply")
        engine.do(case, body, "submit_decision")
    assert "泽社争办纪〔2024〕1号" in str(papers(case, "unit_decision")[0].content)
    engine.do(case, "office", "issue_reply")
    engine.do(case, "office", "serve")
    assert not [t for t in case.tasks if t.kind == "filing"]
    engine.do(case, "medical", "archive")
    assert case.stage == "served"
    engine.do(case, "office", "archive")
    assert case.stage == "archived"


def test_a_decision_made_before_special_handling_is_owed_again_after_the_minutes() -> None:
    engine = Engine()
    case = decided_jointly(engine)
    engine.do(case, "tax", "submit_decision")
    engine.do(case, "hrss", "escalate")
    engine.do(case, "leader", "approve")
    engine.do(case, "office", "record_minutes", units=["tax"])
    assert ("decision", "tax") in open_tasks(case)
    assert engine.why_not(case, "office", "issue_reply")


def test_an_adviser_is_asked_answers_and_sees_only_what_was_handed_to_it() -> None:
    engine = Engine()
    case = decided_jointly(engine)
    engine.do(case, "hrss", "request_advice", unit="justice")
    access = next(a for a in case.access if a.body == "justice")
    assert (access.width, access.seen_through) == ("bundle", 0)
    handed = {p.kind for p in case.papers if any(c.body == "justice" for c in p.copies)}
    assert handed == {"registration_form", "acceptance_notice", "advice_request"}
    engine.do(case, "justice", "submit_advice")
    assert not engine.offers(case, "justice").now or "submit_advice" not in engine.keys(
        case, "justice"
    )


def test_a_set_aside_decision_makes_the_reopening_due_and_stays_on_the_record() -> None:
    engine = Engine()
    case = engine.register("tax")
    for key in ("accept", "resolve", "serve", "archive"):
        engine.do(case, "tax", key)
    engine.do(case, "tax", "record_objection", kind="reconsideration")
    engine.do(case, "tax", "record_remedy_result", result="set_aside")
    assert papers(case, "result_notice")[0].state == "superseded"
    engine.do(case, "office", "reopen", unit="hrss")
    assert (case.stage, case.holder, case.round) == ("handling", "hrss", 2)
    engine.do(case, "hrss", "resolve")
    engine.do(case, "hrss", "serve")
    assert "archive" in engine.keys(case, "tax"), "the accepting body keeps the volume"


@pytest.mark.parametrize("result", ["upheld", "changed", "withdrawn"])
def test_no_other_result_of_a_remedy_reopens(result: str) -> None:
    engine = Engine()
    case = engine.register("tax")
    for key in ("accept", "resolve", "serve"):
        engine.do(case, "tax", key)
    engine.do(case, "tax", "record_objection")
    engine.do(case, "tax", "record_remedy_result", result=result)
    assert "reopen" not in engine.keys(case, "office")


def test_a_declined_case_keeps_its_stage_is_served_and_keeps_one_volume() -> None:
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "decline")
    assert "archive" not in engine.keys(case, "tax")
    engine.do(case, "tax", "serve")
    assert case.stage == "declined"
    engine.do(case, "tax", "archive")
    assert case.stage == "declined"
    assert not engine.keys(case, "office") & {"archive", "serve"}


def test_a_withdrawal_ends_what_everybody_owes_and_tells_the_joint_bodies() -> None:
    engine = Engine()
    case = decided_jointly(engine)
    act = engine.do(case, "hrss", "withdraw")
    assert open_tasks(case) == {("service", "hrss"), ("volume", "hrss")}
    assert {"office"} <= set(act.told)
    assert "submit_decision" not in engine.keys(case, "tax")


def test_an_act_is_corrected_by_another_that_says_so() -> None:
    engine = Engine()
    case = decided_jointly(engine)
    engine.do(case, "tax", "submit_decision")
    engine.do(case, "tax", "correct")
    assert papers(case, "unit_decision")[0].state == "void"
    assert ("decision", "tax") in open_tasks(case)
    assert case.events[-1].voids_seq == case.events[-2].seq
    engine.do(case, "tax", "submit_decision")
    numbers = [paper.number for paper in papers(case, "unit_decision")]
    assert numbers == ["泽税争联处〔2024〕1号", "泽税争联处〔2024〕2号"]


def test_a_slip_in_the_facts_is_amended_with_before_after_and_a_new_proposal() -> None:
    engine = Engine()
    case = engine.register("tax", category=4)
    engine.do(case, "tax", "amend", field="category", value="8", reason="选错了")
    assert case.events[-1].changes["facts"] == {"category": [4, 8]}
    assert case.route["units"] == ["hrss"]
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "amend", field="category", value="11", reason="再改")
    assert list(refusal.value.errors) == ["value"]


def test_a_pause_stops_the_due_day_and_an_extension_adds_to_the_same_start() -> None:
    engine = Engine(now=at("2024-11-01"))
    case = engine.register("tax", visited_at="2024-11-01T08:00")
    engine.do(case, "tax", "accept")
    assert task(case, "own_case").due_on == date(2024, 11, 22)
    engine.now = at("2024-11-11")
    engine.do(case, "tax", "pause")
    engine.now = at("2024-11-20")
    engine.do(case, "tax", "resume")
    assert task(case, "own_case").due_on == date(2024, 12, 3)
    engine.do(case, "tax", "extend", days=10)
    assert task(case, "own_case").due_on == date(2024, 12, 17)


def test_missing_material_is_asked_for_once_and_stops_the_days() -> None:
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "request_material")
    assert case.paused_on is not None
    engine.do(case, "tax", "resume")
    assert "request_material" not in engine.keys(case, "tax")
    assert ("material", "applicant") not in open_tasks(case)


def test_a_deputy_approves_only_under_a_recorded_authorisation_that_is_in_force() -> None:
    world = World()
    engine = Engine(world)
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "escalate")
    assert engine.why_not(case, "deputy", "approve")
    world.change("group", "deputy", stands_in_for="leader", until_on=date(2024, 11, 3))
    assert engine.why_not(case, "deputy", "approve")
    world.change("group", "deputy", stands_in_for="leader", until_on=date(2024, 11, 30))
    engine.do(case, "deputy", "approve")
    assert case.stage == "special"
    assert case.events[-1].body == "deputy"


def test_a_transfer_is_blocked_while_the_receiver_has_no_contact_person() -> None:
    world = World()
    world.change("medical", "coordinator", phone="")
    engine = Engine(world)
    case = engine.register("petition", category=8, insurance=["medical"])
    offer = engine.offers(case, "petition").find("transfer")
    assert offer is not None
    assert "medical" not in offer.asks[0].values
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "petition", "transfer", unit="medical", reason="不归本单位")
    assert "Coordinators" in refusal.value.errors["unit"][0].say()


def test_after_one_hop_only_the_office_remains() -> None:
    engine = Engine()
    case = engine.register("petition", category=8, insurance=["medical"])
    engine.do(case, "petition", "transfer", unit="medical")
    engine.do(case, "medical", "return_to_office")
    assert ("assignment", "office") in open_tasks(case)
    engine.do(case, "office", "assign_unit", unit="hrss")
    assert case.holder == "hrss"
    assert engine.why_not(case, "hrss", "transfer")
    engine.do(case, "hrss", "accept", reason="办公室指定")
    assert case.stage == "handling"


def test_where_the_routing_names_nobody_the_office_is_asked_at_once() -> None:
    engine = Engine()
    case = engine.register("petition", category=10, aspect="other")
    assert ("assignment", "office") in open_tasks(case)
    assert "assign_unit" in engine.keys(case, "office")


def test_who_accepts_against_the_proposal_says_why() -> None:
    engine = Engine()
    case = engine.register("tax", category=8, insurance=["medical"])
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "accept")
    assert list(refusal.value.errors) == ["reason"]


def test_the_county_office_forwards_in_its_own_words() -> None:
    engine = Engine()
    case = engine.register("gov")
    offer = engine.offers(case, "gov").find("transfer")
    assert offer is not None
    assert (offer.label, offer.clause) == ("转交", "三（一）1")
