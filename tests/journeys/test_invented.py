"""Three invented counties, each unlike the others, run from their profiles alone.

a  Qinghe: four tiers, three levels, hours, a leader attached to a case, same-day closing
b  Yunze: a centre takes over everything; groups inside bodies; a confirmation that is needed
c  Baishi: neither office nor leader; a standing joint meeting decides, another body executes
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import NotFound, NotYours, Refused
from app.mechanism.loader import check
from app.models import Event, Notice
from app.rules import periods
from app.rules.shapes import ZONE
from tests.factories import ROOT, at, papers, task
from tests.places import PROFILES, Place, kinds, mechanism, open_kinds

INVENTED = ("qinghe", "yunze", "baishi")


@pytest.mark.parametrize("key", INVENTED)
def test_an_invented_profile_is_sound(key):
    assert check(PROFILES[key]) == []


@pytest.mark.parametrize("key", INVENTED)
def test_no_line_of_the_program_names_an_invented_county(key):
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    assert not [text for text in code if key in text or mechanism(key).place in text]


def test_the_counties_differ_in_what_a_program_would_be_tempted_to_build_in():
    found = {key: mechanism(key) for key in PROFILES}
    assert {key: len(one.tiers) for key, one in found.items()} == {
        "zezhou": 3,
        "xiaoyi": 3,
        "qinghe": 4,
        "yunze": 1,
        "baishi": 2,
        "cangyun": 3,
    }
    seats = {
        key: [body.seat for body in one.bodies.values() if body.kind == "office"]
        for key, one in found.items()
    }
    assert seats["zezhou"] == ["tax"]
    assert seats["qinghe"] == ["finance"]
    assert seats["yunze"] == seats["baishi"] == seats["cangyun"] == []
    assert not found["yunze"].posts
    used = {body.kind for one in found.values() for body in one.bodies.values()}
    wanted = {"bureau", "town", "village", "zone", "centre", "committee", "platform", "union"}
    assert used >= wanted | {"venue", "office", "group"}
    levels = {body.level for one in found.values() for body in one.bodies.values()}
    assert levels == {"village", "town", "county", "prefecture"}
    units = {one.due.unit for m in found.values() for one in m.tasks.values() if one.due}
    assert units == {"hour", "workday", "day", "month"}


# --- a: four tiers over three levels


@pytest.fixture
def qinghe(place) -> Place:
    return place("qinghe")


SMALL = {"category": 2, "amount": "300.00"}
JOINT = {"category": 4, "amount": "5000.00"}
LARGE = {"category": 2, "amount": "800000.00", "persons": 40}


def raised(qinghe: Place, who: str = "linxi", **facts) -> int:
    """Return a case that a town passed up to the office."""
    case = qinghe.register(who, **(JOINT | facts)).case_id
    qinghe.do(case, who, "pass_up")
    return case


def led(qinghe: Place) -> int:
    """Return a case for which a county leader is asked."""
    case = raised(qinghe, **LARGE)
    second = qinghe.actor("county_leader", which=1)
    qinghe.do(case, "office", "propose_leader", person=str(second.appointment_id))
    return case


def offers_of(place: Place, case: int, who: str, which: int) -> set[str]:
    """Return what one of several holders of a post is offered."""
    first = place.actor
    place.actor = lambda key, role="admin": first(key, role, which if key == who else 0)
    try:
        return place.keys(case, who)
    finally:
        place.actor = first


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        (SMALL, "counter"),
        (SMALL | {"amount": "1999.99"}, "counter"),
        (SMALL | {"amount": "2000.00"}, "town"),
        (SMALL | {"amount": None}, "town"),
        (SMALL | {"channel": "letter"}, "town"),
        (SMALL | {"persons": 2}, "town"),
        (JOINT, "county"),
        (SMALL | {"persons": 9}, "town"),
        (SMALL | {"persons": 10}, "led"),
        (JOINT | {"amount": "500000.00"}, "led"),
    ],
)
def test_a_the_tier_is_proposed_by_its_criteria(qinghe, facts, tier):
    assert qinghe.register("linxi", **facts).route["tier"] == tier


def test_a_the_number_of_applicants_counts_as_persons(qinghe):
    others = [{"kind": "person", "name": f"某{n}", "phone": "13800000002"} for n in range(9)]
    assert qinghe.register("linxi", **SMALL, co_applicants=others).route["tier"] == "led"


def test_a_a_small_matter_is_closed_at_the_counter_on_the_same_day(qinghe):
    case = qinghe.register("east", **SMALL).case_id
    qinghe.now = at("2024-11-04 17:30")
    closed = qinghe.do(case, "east", "close_at_counter")
    assert (closed.stage, kinds(closed)) == ("archived", ["counter_slip"])
    assert closed.papers[0].number == "青东泉当办[2024]第0001号"
    assert open_kinds(qinghe.case(case)) == set()
    assert qinghe.case(case).tier == "counter"


def test_a_on_the_next_day_the_counter_is_closed_to_it(qinghe):
    case = qinghe.register("east", **SMALL).case_id
    qinghe.now = at("2024-11-05 00:01")
    assert qinghe.why_not(case, "east", "close_at_counter") == [
        "Possible only on the day of the registration (4 November 2024)"
    ]
    with pytest.raises(Refused):
        qinghe.perform(case, "east", "close_at_counter", {"outcome": "办", "receiver": "张"})


def test_a_a_large_matter_is_not_closed_at_the_counter_and_the_criteria_are_named(qinghe):
    case = qinghe.register("east", **JOINT).case_id
    (why,) = qinghe.why_not(case, "east", "close_at_counter")
    assert "当场办结" in why
    assert "第五条" in why


def test_a_a_matter_climbs_from_village_to_town_and_is_settled_there(qinghe):
    case = qinghe.register("east", category=2, amount="5000.00").case_id
    assert not {"accept", "decline"} & qinghe.keys(case, "east"), "a village decides nothing"
    assert qinghe.offered(case, "pass_down") == {"office"}, "a village has nobody below it"
    asks = {ask.key: ask.values for ask in qinghe.offers(case, "east").find("pass_up").asks}
    assert asks["unit"] == ["linxi"], "a village passes up to its own town only"
    assert qinghe.do(case, "east", "pass_up").stage == "registered"
    assert isinstance(qinghe.seen(case, "hewan"), NotFound)
    qinghe.do(case, "linxi", "accept")
    assert (qinghe.case(case).tier, qinghe.case(case).stage) == ("town", "town_handling")

    asks = {ask.key: ask for ask in qinghe.offers(case, "linxi").find("invite_committee").asks}
    assert asks["unit"].values == ["linxi_mediation"], "only the town's own committee"
    qinghe.do(case, "linxi", "invite_committee")
    assert qinghe.why_not(case, "linxi", "settle"), "answered while the committee is asked"
    qinghe.do(case, "linxi_mediation", "report_mediation", result="failed")
    assert qinghe.do(case, "linxi", "settle").stage == "decided"
    assert task(qinghe.case(case), "service", "linxi").due_on == qinghe.now.date(), "the same day"
    qinghe.do(case, "linxi", "serve")
    assert qinghe.do(case, "linxi", "archive").stage == "archived"


def test_a_the_office_hands_down_to_what_stands_below_it_and_a_town_to_its_villages(qinghe):
    case = raised(qinghe, category=1)
    asks = {ask.key: ask.values for ask in qinghe.offers(case, "office").find("pass_down").asks}
    assert set(asks["unit"]) == {"linxi", "hewan", "tax", "hrss"}
    qinghe.do(case, "office", "pass_down", unit="linxi")
    asks = {ask.key: ask.values for ask in qinghe.offers(case, "linxi").find("pass_down").asks}
    assert set(asks["unit"]) == {"east", "west"}
    assert qinghe.do(case, "linxi", "pass_down", unit="west").stage == "registered"
    assert open_kinds(qinghe.case(case)) == {("uptake", "west")}
    with pytest.raises(NotYours):
        qinghe.perform(case, "west", "pass_down", {})


def test_a_a_bureau_takes_what_is_its_own_alone(qinghe):
    case = qinghe.register("tax", **JOINT).case_id
    qinghe.do(case, "tax", "accept")
    assert open_kinds(qinghe.case(case)) == {("decision", "tax"), ("joint_case", "tax")}
    assert {offer.key: offer.clause for offer in qinghe.offers(case, "tax").now}["decide"]
    qinghe.do(case, "tax", "decide")
    qinghe.do(case, "tax", "reply")
    qinghe.do(case, "tax", "serve")
    assert qinghe.do(case, "tax", "archive").stage == "served"
    assert qinghe.do(case, "office", "archive").stage == "archived"


def test_a_the_office_names_who_leads_and_every_unit_gives_its_opinion(qinghe):
    case = raised(qinghe)
    assert qinghe.case(case).stage == "with_office"
    assigned = qinghe.do(case, "office", "assign", lead="hrss", units=["hrss", "tax"])
    assert (assigned.stage, qinghe.case(case).lead) == ("joint", "hrss")
    qinghe.do(case, "tax", "decide")
    with pytest.raises(NotYours):
        qinghe.perform(case, "tax", "reply", {})
    assert any("人社局" in why for why in qinghe.why_not(case, "hrss", "reply"))
    qinghe.do(case, "hrss", "decide")
    qinghe.do(case, "hrss", "reply")
    qinghe.do(case, "hrss", "serve")
    qinghe.do(case, "office", "archive")
    assert qinghe.do(case, "hrss", "archive").stage == "archived"


def test_a_a_matter_of_many_is_not_settled_below_the_leader(qinghe):
    case = raised(qinghe, **LARGE)
    assert not qinghe.offered(case, "assign") | qinghe.offered(case, "pass_down")
    assert qinghe.offered(case, "propose_leader") == {"office"}
    small = raised(qinghe)
    (why,) = qinghe.why_not(small, "office", "propose_leader")
    assert "县领导包案" in why


def test_a_the_attached_leader_and_no_other_one_decides(qinghe):
    case = led(qinghe)
    assert qinghe.case(case).stage == "awaiting_leader"
    assert open_kinds(qinghe.case(case)) == {("plan", "county_leader")}
    assert "approve_plan" not in offers_of(qinghe, case, "county_leader", 0)
    assert "approve_plan" in offers_of(qinghe, case, "county_leader", 1)
    with pytest.raises(NotYours):
        qinghe.perform(case, "county_leader", "approve_plan", {})
    (order,) = papers(qinghe.case(case), "leader_order")
    named = qinghe.actor("county_leader", which=1).name
    assert f"提请{named}包案" in order.content["paragraphs"][0]


def test_a_the_leader_is_changed_by_the_head_of_the_group(qinghe):
    case = led(qinghe)
    first = qinghe.actor("county_leader", which=0)
    assert not qinghe.offered(case, "change_leader") - {"chief"}
    qinghe.do(case, "chief", "change_leader", person=str(first.appointment_id), reason="分工")
    assert "approve_plan" in offers_of(qinghe, case, "county_leader", 0)
    assert "approve_plan" not in offers_of(qinghe, case, "county_leader", 1)
    (event,) = qinghe.all(Event, case_id=case, key="change_leader")
    before = qinghe.actor("county_leader", which=1).appointment_id
    assert event.changes["attached"] == {"county_leader": [before, first.appointment_id]}


def test_a_the_leaders_way_from_the_plan_over_the_signature_to_the_archive(qinghe):
    case = led(qinghe)
    head = qinghe.actor("county_leader", which=0)
    qinghe.do(case, "chief", "change_leader", person=str(head.appointment_id))
    qinghe.do(case, "county_leader", "approve_plan", lead="tax", units=["tax", "medical"])
    assert qinghe.case(case).papers[-1].number == "青包案方案（2024年）1"
    qinghe.do(case, "tax", "decide")
    assert qinghe.why_not(case, "county_leader", "sign_off"), "signed before all have spoken"
    qinghe.do(case, "medical", "decide")
    assert qinghe.why_not(case, "tax", "reply"), "answered before the leader signs"
    with pytest.raises(NotYours):
        qinghe.perform(case, "chief", "sign_off", {"opinion": "同意"})
    qinghe.do(case, "county_leader", "sign_off")
    assert qinghe.do(case, "tax", "reply").stage == "decided"
    assert qinghe.offered(case, "serve") == {"office"}, "on this way the office serves"
    qinghe.do(case, "office", "serve")
    qinghe.do(case, "tax", "archive")
    assert qinghe.do(case, "office", "archive").stage == "archived"


def test_a_a_refusal_names_a_ground_of_the_list_and_some_ask_more(qinghe):
    case = qinghe.register("linxi", **JOINT).case_id
    with pytest.raises(Refused) as refusal:
        qinghe.perform(case, "linxi", "decline", {"ground": "no_time", "reason": "忙"})
    assert set(refusal.value.errors) == {"ground"}
    with pytest.raises(Refused) as refusal:
        qinghe.perform(case, "linxi", "decline", {"ground": "in_court", "reason": "已立案"})
    assert set(refusal.value.errors) == {"court"}
    declined = qinghe.do(case, "linxi", "decline", ground="in_court", court="某法院")
    assert declined.stage == "declined"
    (notice,) = papers(qinghe.case(case), "decline_notice")
    assert "已经受理的机构：某法院" in notice.content["paragraphs"]
    qinghe.do(case, "linxi", "serve")
    assert qinghe.do(case, "linxi", "archive").stage == "declined"


def test_a_a_matter_withdrawn_tells_the_units_and_is_archived(qinghe):
    case = raised(qinghe)
    qinghe.do(case, "office", "assign", lead="hrss", units=["hrss", "tax"])
    assert qinghe.do(case, "hrss", "withdraw").stage == "withdrawn"
    assert {one.body for one in qinghe.all(Notice, case_id=case, action="withdraw")} == {
        "linxi",
        "tax",
    }
    qinghe.do(case, "hrss", "serve")
    qinghe.do(case, "hrss", "archive")
    assert open_kinds(qinghe.case(case)) == set()


def test_a_hours_run_from_the_next_full_hour_to_a_moment(qinghe):
    qinghe.now = at("2024-11-08 16:20")
    case = qinghe.register("east", **JOINT).case_id
    intake = task(qinghe.case(case), "intake", "east")
    assert intake.due_at.astimezone(ZONE) == at("2024-11-08 21:00")
    assert intake.due_on.isoformat() == "2024-11-08"
    qinghe.do(case, "east", "pass_up")
    uptake = task(qinghe.case(case), "uptake", "linxi")
    assert uptake.due_at.astimezone(ZONE) == at("2024-11-09 17:00"), "Saturday does not move it"
    assert not periods.is_late(uptake, at("2024-11-09 17:00"))
    assert periods.is_late(uptake, at("2024-11-09 17:01"))
    slip = papers(qinghe.case(case), "pass_slip")[0]
    assert "2024年11月9日17时00分" in slip.content["paragraphs"][0]


def test_a_hours_stop_for_a_pause_and_grow_by_an_extension(qinghe):
    case = qinghe.register("east", **JOINT).case_id
    qinghe.do(case, "east", "pass_up")
    qinghe.do(case, "linxi", "extend", days=6)
    assert task(qinghe.case(case), "uptake").due_at.astimezone(ZONE) == at("2024-11-05 15:00")
    qinghe.do(case, "linxi", "request_material")
    qinghe.now += timedelta(days=3)
    qinghe.do(case, "linxi", "resume")
    later = task(qinghe.case(case), "uptake")
    assert later.due_at.astimezone(ZONE) == at("2024-11-08 06:00"), "from 9 h on, 15 h ran"


def test_a_case_numbers_run_by_registrar(qinghe):
    numbers = [qinghe.register(who, **SMALL).number for who in ("east", "linxi", "east")]
    assert numbers == ["青东泉登[2024]00001", "青林政登[2024]00001", "青东泉登[2024]00002"]


def test_a_a_duty_that_nobody_holds_is_told_and_falls_to_the_office(qinghe):
    opened = qinghe.register("linxi", category=5, insurance=["maternity"])
    assert (opened.route["units"], opened.route["gap"]) == ([], True)
    (reason,) = opened.route["reasons"]
    assert "没有写明由谁负责" in reason["text"]
    assert ("ruling", "office") in open_kinds(qinghe.case(opened.case_id))
    assert qinghe.offered(opened.case_id, "pass_down") >= {"office"}


# --- b: a centre takes over everything


@pytest.fixture
def yunze(place) -> Place:
    return place("yunze")


def dispatched(yunze: Place, category: int = 2, units: tuple[str, ...] = ("tax_team",)) -> int:
    """Return a case that the centre gave to groups inside bodies."""
    case = yunze.register("union", category=category).case_id
    yunze.do(case, "centre", "dispatch", units=list(units))
    return case


@pytest.mark.parametrize("window", ["tax", "hrss", "union", "centre"])
def test_b_the_centre_has_every_case_at_once_whoever_registered(yunze, window):
    opened = yunze.register(window, category=1)
    case = yunze.case(opened.case_id)
    assert (case.holder, case.tier, case.stage) == ("centre", "all", "received")
    assert opened.route["tier"] == "all"
    assert open_kinds(case) == {("whole", "centre"), ("dispatching", "centre")}
    assert task(case, "whole").due_on.isoformat() == "2025-01-06", "two months end on a Saturday"
    assert opened.number == "云治争2024年第000001件"


def test_b_nobody_but_the_centre_dispatches(yunze):
    case = yunze.register("tax", category=1).case_id
    assert yunze.offered(case, "dispatch") == {"centre"}
    with pytest.raises(NotYours):
        yunze.perform(case, "tax", "dispatch", {"units": ["tax_team"]})


def test_b_dispatching_by_duty_follows_the_routing(yunze):
    case = yunze.register("tax", category=3, insurance=["pension"]).case_id
    done = yunze.do(case, "centre", "dispatch_by_duty")
    assert (done.stage, kinds(done)) == ("working", ["work_order"])
    assert open_kinds(yunze.case(case)) >= {("work", "hrss_team")}


def test_b_a_duty_that_nobody_holds_cannot_be_dispatched_by_duty(yunze):
    opened = yunze.register("tax", category=3, insurance=["maternity"])
    assert opened.route["gap"]
    assert yunze.why_not(opened.case_id, "centre", "dispatch_by_duty") == [
        "Nobody is there for this"
    ]
    assert yunze.do(opened.case_id, "centre", "dispatch").stage == "working"


def test_b_a_decision_that_needs_another_units_confirmation_waits_for_it(yunze):
    case = dispatched(yunze)
    assert any("书面确认" in why for why in yunze.why_not(case, "tax_team", "opine"))
    with pytest.raises(Refused):
        yunze.perform(case, "tax_team", "opine", {"opinion": "退费"})
    asks = {a.key: a.values for a in yunze.offers(case, "tax_team").find("ask_confirmation").asks}
    assert asks["unit"] == ["hrss_team"], "nobody confirms its own opinion"
    yunze.do(case, "tax_team", "ask_confirmation", unit="hrss_team", draft="拟退300元")
    assert any("人社工作组" in why for why in yunze.why_not(case, "tax_team", "opine"))
    yunze.do(case, "hrss_team", "refuse_confirmation", remark="金额不对")
    assert yunze.why_not(case, "tax_team", "opine"), "a refusal is no confirmation"
    yunze.do(case, "tax_team", "ask_confirmation", unit="hrss_team", draft="拟退200元")
    yunze.do(case, "hrss_team", "confirm")
    assert yunze.do(case, "tax_team", "opine").stage == "working"
    (opinion,) = papers(yunze.case(case), "opinion")
    assert "云人社确（2024）1号" in opinion.content["paragraphs"][-1]


def test_b_a_matter_that_needs_no_confirmation_does_not_wait(yunze):
    case = dispatched(yunze, category=1)
    assert yunze.do(case, "tax_team", "opine").stage == "working"


def test_b_a_group_issues_papers_in_the_name_and_series_of_its_body(yunze):
    first, second = dispatched(yunze, category=1), dispatched(yunze, category=1)
    numbers = [yunze.do(case, "tax_team", "opine").papers[0] for case in (first, second)]
    assert [paper.number for paper in numbers] == ["云税意（2024）1号", "云税意（2024）2号"]
    (paper,) = papers(yunze.case(first), "opinion")
    assert (paper.body, paper.content["signature"]["body"]) == ("tax", "国家税务总局云泽市税务局")
    assert [copy.body for copy in paper.copies] == ["tax_team"], "it keeps what it wrote"
    (event,) = yunze.all(Event, case_id=first, key="opine")
    assert event.body == "tax_team", "the log says who it was"


def test_b_a_group_sees_what_it_handles_and_its_body_does_not_by_that(yunze):
    case = dispatched(yunze, category=1)
    assert "opine" in yunze.keys(case, "tax_team")
    assert isinstance(yunze.seen(case, "hrss"), NotFound)


def test_b_mediation_in_the_venue_with_committee_and_union_ends_in_one_answer(yunze):
    case = yunze.register("hrss", category=4).case_id
    asks = {a.key: a.values for a in yunze.offers(case, "centre").find("hold_mediation").asks}
    assert asks["venue"] == ["room"]
    assert set(asks["units"]) == {"committee", "union"}
    held = yunze.do(case, "centre", "hold_mediation", units=["committee", "union"])
    assert kinds(held) == ["invitation", "invitation"], "one for each"
    assert yunze.why_not(case, "centre", "answer")
    for who in ("committee", "union"):
        yunze.do(case, who, "speak")
    assert yunze.do(case, "centre", "answer").stage == "answered"
    assert yunze.do(case, "centre", "close").stage == "closed"
    (cover,) = papers(yunze.case(case), "cover")
    assert dict(cover.content["rows"])["材料"].index("过程材料：") == 0


def test_b_from_registration_over_two_groups_to_the_closed_file(yunze):
    case = dispatched(yunze, category=1, units=("tax_team", "hrss_team"))
    yunze.do(case, "tax_team", "opine")
    assert any("人社工作组" in why for why in yunze.why_not(case, "centre", "answer"))
    yunze.do(case, "hrss_team", "opine")
    yunze.do(case, "centre", "answer")
    (reply,) = papers(yunze.case(case), "answer")
    assert "云税意（2024）1号" in reply.content["paragraphs"][2]
    assert "云人社意（2024）1号" in reply.content["paragraphs"][2]
    assert yunze.offered(case, "close") == {"centre"}
    assert yunze.do(case, "centre", "close").stage == "closed"


def test_b_a_matter_that_is_withdrawn_is_filed_too(yunze):
    case = dispatched(yunze)
    assert yunze.do(case, "centre", "end").stage == "ended"
    assert yunze.seen(case, "tax_team") == set()
    yunze.do(case, "centre", "close")
    assert open_kinds(yunze.case(case)) == set()


# --- c: neither office nor leader


@pytest.fixture
def baishi(place) -> Place:
    return place("baishi")


BASE = {"category": 1, "insurance": ["pension"]}
ARREARS = {"category": 3, "insurance": ["pension"], "aspect": "arrears"}
LATE_FEE = ARREARS | {"aspect": "late_fee"}


def before_the_meeting(baishi: Place) -> int:
    """Return a case that the tax bureau brought before the joint meeting."""
    case = baishi.register("tax", **BASE).case_id
    baishi.do(case, "tax", "submit", units=["bureau", "union"])
    return case


def test_c_whoever_receives_a_matter_of_its_own_answers_it(baishi):
    opened = baishi.register("tax", **ARREARS)
    case = opened.case_id
    assert (opened.number, opened.route["tier"]) == ("990310/2024/1", "direct")
    due = task(baishi.case(case), "handling", "tax")
    assert (due.unit, due.due_on.isoformat()) == ("month", "2025-01-06")
    assert baishi.do(case, "tax", "answer").stage == "done"
    assert baishi.offered(case, "file") == {"tax"}
    assert baishi.do(case, "tax", "file").stage == "filed"


def test_c_a_body_without_the_duty_hands_on_and_answers_nothing(baishi):
    case = baishi.register("platform", **ARREARS).case_id
    assert "answer" not in baishi.keys(case, "platform")
    with pytest.raises(NotYours):
        baishi.perform(case, "platform", "answer", {})
    baishi.do(case, "platform", "hand_on", unit="bureau")
    assert baishi.why_not(case, "bureau", "answer"), "not its duty, either"
    baishi.do(case, "bureau", "hand_on", unit="tax")
    assert not baishi.offered(case, "hand_on"), "whose duty it is hands nothing on"
    assert baishi.do(case, "tax", "answer").stage == "done"


def test_c_up_to_the_prefecture_and_down_again(baishi):
    case = baishi.register("tax", **LATE_FEE).case_id
    assert baishi.why_not(case, "tax", "answer")
    asks = {a.key: a.values for a in baishi.offers(case, "tax").find("elevate").asks}
    assert asks["unit"] == ["state_tax"]
    began = task(baishi.case(case), "handling").due_on
    baishi.do(case, "tax", "elevate")
    assert task(baishi.case(case), "handling", "state_tax").due_on == began, "the clock goes on"
    asks = {a.key: a.values for a in baishi.offers(case, "state_tax").find("send_down").asks}
    assert asks["unit"] == ["tax"]
    assert not {"elevate", "submit"} & baishi.keys(case, "state_tax")
    baishi.do(case, "state_tax", "send_down")
    baishi.do(case, "tax", "elevate")
    baishi.do(case, "state_tax", "answer")
    assert baishi.do(case, "state_tax", "file").stage == "filed"


def test_c_what_concerns_several_is_not_answered_by_one(baishi):
    opened = baishi.register("tax", **BASE)
    assert opened.route["tier"] == "resolved"
    assert baishi.why_not(opened.case_id, "tax", "answer")
    with pytest.raises(Refused):
        baishi.perform(opened.case_id, "tax", "answer", {"answer": "x", "served_on": "2024-11-04"})


def test_c_what_concerns_one_needs_a_reason_to_go_before_the_meeting(baishi):
    case = baishi.register("tax", **ARREARS).case_id
    with pytest.raises(Refused) as refusal:
        baishi.perform(case, "tax", "submit", {"units": ["bureau"]})
    assert set(refusal.value.errors) == {"reason"}
    other = baishi.register("tax", **BASE).case_id
    assert baishi.perform(other, "tax", "submit", {"units": ["bureau"]}).stage == "in_meeting"


def test_c_the_meeting_decides_and_another_body_executes(baishi):
    case = before_the_meeting(baishi)
    assert baishi.offered(case, "resolve") == set()
    assert baishi.why_not(case, "convener", "resolve"), "resolved before all have spoken"
    for who in ("tax", "bureau", "union"):
        baishi.do(case, who, "give_view")
    assert baishi.offered(case, "resolve") == {"convener"}
    asks = {a.key: a.values for a in baishi.offers(case, "convener").find("resolve").asks}
    assert set(asks["unit"]) == {"tax", "bureau"}, "the union executes nothing"
    resolved = baishi.do(case, "convener", "resolve", unit="bureau")
    assert resolved.papers[0].number == "白石新区联席会议2024年第1次决议"
    assert open_kinds(baishi.case(case)) == {("execution", "bureau")}
    with pytest.raises(NotYours):
        baishi.perform(case, "tax", "answer", {})
    answered = baishi.do(case, "bureau", "answer")
    assert answered.papers[0].number == "白社〔2024〕答1"
    assert baishi.offered(case, "file") == {"tax", "bureau"}
    assert baishi.do(case, "tax", "file").stage == "done"
    assert baishi.do(case, "bureau", "file").stage == "filed"


def test_c_the_meeting_hands_back_what_is_not_for_it(baishi):
    case = before_the_meeting(baishi)
    assert baishi.do(case, "convener", "hand_back").stage == "open"
    found = baishi.case(case)
    assert (found.tier, found.lead) == ("direct", None)
    assert open_kinds(found) == {("handling", "tax")}


def test_c_a_matter_is_dropped_for_one_of_two_grounds(baishi):
    case = baishi.register("zone", **BASE).case_id
    with pytest.raises(Refused):
        baishi.perform(case, "zone", "drop", {"ground": "too_hard", "reason": "难"})
    assert baishi.do(case, "zone", "drop", ground="duplicate").stage == "dropped"
    assert baishi.do(case, "zone", "file").stage == "dropped"


def test_c_only_the_convener_sees_every_case(baishi):
    case = baishi.register("tax", **ARREARS).case_id
    assert not isinstance(baishi.seen(case, "convener"), NotFound)
    for who in ("zone", "bureau", "union", "platform", "state_tax"):
        assert isinstance(baishi.seen(case, who), NotFound), who
