"""Two counties that work as one, run from the profile that was written by the guide alone.

A hotline registers and triages; a decision takes two readings, the second by the same bureau of
the other county; where it dissents both chairs sign; above an amount a panel binds; the hotline
calls back, and a dispute can be handled once more.
"""

from __future__ import annotations

import pytest

from app.errors import NotFound, NotYours, Refused
from app.mechanism.loader import check
from app.rules.shapes import ZONE
from tests.factories import ROOT, at, papers, task
from tests.places import PROFILES, Place, kinds, mechanism, open_kinds

LEVY = {"category": 1, "aspect": "cangxi", "channel": "phone", "amount": "5000.00"}
#: From the month of the reform on, so that the tax bureau is competent.
LEVY |= {"period_from": "2024-07", "period_to": "2024-10"}
LARGE = LEVY | {"amount": "200000.00"}


@pytest.fixture
def cangyun(place) -> Place:
    return place("cangyun")


def in_first_reading(cangyun: Place, unit: str = "c_tax", **facts) -> int:
    """Return a case that the hotline gave to a bureau."""
    case = cangyun.register("hotline", **(LEVY | facts)).case_id
    cangyun.do(case, "hotline", "assign", unit=unit)
    return case


def in_second_reading(cangyun: Place) -> int:
    """Return a case whose draft the applicant was heard on."""
    case = in_first_reading(cangyun)
    cangyun.do(case, "c_tax", "propose", amount="4000.00")
    cangyun.do(case, "c_tax", "hear")
    return case


def before_the_chairs(cangyun: Place) -> int:
    """Return a case on which the other county dissents."""
    case = in_second_reading(cangyun)
    cangyun.do(case, "y_tax", "dissent")
    return case


def served(cangyun: Place) -> int:
    """Return a case whose decision was served."""
    case = in_second_reading(cangyun)
    cangyun.do(case, "y_tax", "concur")
    cangyun.do(case, "c_tax", "decide", amount="4000.00")
    cangyun.do(case, "c_tax", "serve")
    return case


def test_the_profile_is_sound_and_no_line_of_the_program_names_it():
    assert check(PROFILES["cangyun"]) == []
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py")]
    named = ("cangyun", mechanism("cangyun").place)
    assert not [text for text in code for name in named if name in text]


def test_what_can_be_answered_is_answered_on_the_telephone_the_same_day(cangyun):
    case = cangyun.register("hotline", **LEVY).case_id
    assert open_kinds(cangyun.case(case)) == {("triage", "hotline")}
    answered = cangyun.do(case, "hotline", "answer_on_phone")
    assert (answered.stage, kinds(answered)) == ("closed", ["phone_answer"])
    cangyun.do(case, "hotline", "archive")
    assert open_kinds(cangyun.case(case)) == set()


def test_the_telephone_answers_neither_on_the_next_day_nor_a_large_amount(cangyun):
    case = cangyun.register("hotline", **LEVY).case_id
    large = cangyun.register("hotline", **LARGE).case_id
    (why,) = cangyun.why_not(large, "hotline", "answer_on_phone")
    assert "专家组" in why
    cangyun.now = at("2024-11-05 08:00")
    assert cangyun.why_not(case, "hotline", "answer_on_phone")
    assert "assign" in cangyun.keys(case, "hotline")


def test_the_hotline_has_two_hours(cangyun):
    cangyun.now = at("2024-11-04 09:20")
    case = cangyun.register("hotline", **LEVY).case_id
    assert task(cangyun.case(case), "triage").due_at.astimezone(ZONE) == at("2024-11-04 12:00")


def test_nobody_else_registers(cangyun):
    with pytest.raises(NotYours):
        cangyun.register("c_tax", **LEVY)


@pytest.mark.parametrize(
    ("facts", "unit"),
    [
        ({}, "c_tax"),
        ({"aspect": "yunling"}, "y_tax"),
        ({"period_from": "2024-03", "period_to": "2024-06"}, "c_hrss"),
        ({"period_from": "2024-03", "period_to": "2024-06", "insurance": ["medical"]}, "c_tax"),
        ({"period_from": "2023-03", "period_to": "2023-06", "insurance": ["medical"]}, "c_hrss"),
        ({"category": 3, "aspect": "yunling"}, "y_hrss"),
    ],
)
def test_who_is_proposed_follows_the_county_and_the_month_of_each_insurance(cangyun, facts, unit):
    assert cangyun.register("hotline", **(LEVY | facts)).route["units"] == [unit]


@pytest.mark.parametrize(("amount", "tier"), [("199999.99", None), ("200000.00", "panel")])
def test_the_panel_is_proposed_from_the_amount_on(cangyun, amount, tier):
    route = cangyun.register("hotline", **(LEVY | {"amount": amount})).route
    assert (route["tier"] == "panel") is (tier == "panel")


def test_both_readings_lead_to_a_decision_and_the_call_back_to_the_archive(cangyun):
    case = in_first_reading(cangyun)
    drafted = cangyun.do(case, "c_tax", "propose", amount="4000.00")
    assert drafted.stage == "hearing"
    assert drafted.papers[0].number == "沧税拟第001号（2024）"
    assert open_kinds(cangyun.case(case)) == {("statement", "applicant")}
    cangyun.do(case, "c_tax", "hear", outcome="stated", statement="金额不对。")
    assert open_kinds(cangyun.case(case)) == {("review", "y_tax")}
    (request,) = papers(cangyun.case(case), "review_request")
    assert "拟处理意见：《拟处理意见告知书》沧税拟第001号（2024）" in request.content["paragraphs"]
    assert cangyun.do(case, "y_tax", "concur").stage == "deciding"
    decided = cangyun.do(case, "c_tax", "decide", amount="4000.00")
    assert (
        "核定金额：4,000.00元。" in papers(cangyun.case(case), "decision")[0].content["paragraphs"]
    )
    assert decided.stage == "decided"
    cangyun.do(case, "c_tax", "serve")
    assert cangyun.offered(case, "call_back") == {"hotline"}
    cangyun.do(case, "hotline", "call_back")
    assert cangyun.do(case, "hotline", "archive").stage == "archived"
    assert open_kinds(cangyun.case(case)) == set()
    (cover,) = papers(cangyun.case(case), "cover")
    (row,) = [text for label, text in cover.content["rows"] if label == "文书"]
    assert [part.partition("：")[0] for part in row.split("；")] == ["来电", "办理", "答复"]


def test_the_second_reading_is_the_same_bureaus_of_the_other_county(cangyun):
    case = in_first_reading(cangyun, "y_hrss", category=2, aspect="yunling")
    cangyun.do(case, "y_hrss", "propose", amount="1.00")
    assert isinstance(cangyun.seen(case, "c_hrss"), NotFound), "not before it is asked"
    cangyun.do(case, "y_hrss", "hear")
    assert cangyun.offered(case, "concur") == cangyun.offered(case, "dissent") == {"c_hrss"}
    with pytest.raises(NotYours):
        cangyun.perform(case, "y_hrss", "concur", {})


def test_the_words_of_the_applicant_are_asked_for_where_there_were_some(cangyun):
    case = in_first_reading(cangyun)
    cangyun.do(case, "c_tax", "propose", amount="4000.00")
    with pytest.raises(Refused) as refusal:
        cangyun.perform(case, "c_tax", "hear", {"outcome": "stated"})
    assert set(refusal.value.errors) == {"statement"}
    assert cangyun.perform(case, "c_tax", "hear", {"outcome": "silent"}).stage == "second_reading"


@pytest.mark.parametrize(
    ("signed", "differ"),
    [
        (("sign_for_holder", "sign_for_holder"), False),
        (("sign_for_reviewer", "sign_for_reviewer"), False),
        (("sign_for_holder", "sign_for_reviewer"), True),
        (("sign_for_reviewer", "sign_for_holder"), True),
    ],
)
def test_both_chairs_sign_and_where_they_differ_the_applicant_is_favoured(cangyun, signed, differ):
    case = before_the_chairs(cangyun)
    assert open_kinds(cangyun.case(case)) == {("signature", "chair_c"), ("signature", "chair_y")}
    assert cangyun.do(case, "chair_c", signed[0]).stage == "signing", "one signature is not two"
    assert cangyun.offered(case, signed[1]) == {"chair_y"}, "nobody signs twice"
    assert cangyun.do(case, "chair_y", signed[1]).stage == "deciding"
    asked = {"decision": "予以退还。", "amount": "4500.00"}
    if differ:
        with pytest.raises(Refused) as refusal:
            cangyun.perform(case, "c_tax", "decide", asked)
        assert set(refusal.value.errors) == {"favour"}
        asked["favour"] = "reviewer"
    assert cangyun.perform(case, "c_tax", "decide", asked).stage == "decided"
    (decision,) = papers(cangyun.case(case), "decision")
    favoured = "两位主任意见不一致，按照有利于缴费人的意见办理：对口单位的意见。"
    assert (favoured in decision.content["paragraphs"]) is differ


def test_above_the_amount_the_panel_rules_and_the_bureau_has_no_words_of_its_own(cangyun):
    case = in_first_reading(cangyun, **LARGE)
    found = cangyun.case(case)
    assert (found.tier, found.stage) == ("panel", "with_panel")
    assert open_kinds(found) == {("ruling", "experts")}
    assert not {"propose", "decide"} & cangyun.keys(case, "c_tax")
    cangyun.do(case, "experts", "rule", amount="210000.00")
    assert cangyun.offered(case, "decide") == set()
    assert cangyun.offered(case, "decide_as_ruled") == {"c_tax"}
    assert {ask.key for ask in cangyun.offers(case, "c_tax").find("decide_as_ruled").asks} == set()
    cangyun.do(case, "c_tax", "decide_as_ruled")
    (decision,) = papers(cangyun.case(case), "decision_as_ruled")
    assert "沧云专裁第001号（2024）" in decision.content["paragraphs"][0]


def test_below_the_amount_the_panel_is_asked_and_binds_nobody(cangyun):
    case = in_first_reading(cangyun)
    cangyun.do(case, "c_tax", "ask_experts")
    assert cangyun.why_not(case, "c_tax", "propose"), "proposed while the panel is asked"
    cangyun.do(case, "experts", "advise")
    assert cangyun.do(case, "c_tax", "propose", amount="1.00").stage == "hearing"


def test_what_was_given_to_the_wrong_bureau_goes_back_once(cangyun):
    case = in_first_reading(cangyun, "y_tax")
    assert cangyun.do(case, "y_tax", "send_back").stage == "received"
    assert (cangyun.case(case).holder, cangyun.case(case).tier) == ("hotline", None)
    cangyun.do(case, "hotline", "assign", unit="c_tax")
    assert cangyun.why_not(case, "c_tax", "send_back")


def test_what_is_no_dispute_is_pointed_elsewhere(cangyun):
    case = cangyun.register("hotline", **LEVY).case_id
    pointed = cangyun.do(case, "hotline", "point_elsewhere", authority="某局")
    assert (pointed.stage, kinds(pointed)) == ("closed", ["pointing_notice"])


def test_who_is_not_satisfied_is_handled_once_more_and_not_twice(cangyun):
    case = served(cangyun)
    assert cangyun.do(case, "hotline", "redo").stage == "first_reading"
    assert open_kinds(cangyun.case(case)) == {("draft", "c_tax")}
    cangyun.do(case, "c_tax", "propose", amount="4100.00")
    cangyun.do(case, "c_tax", "hear")
    cangyun.do(case, "y_tax", "concur")
    cangyun.do(case, "c_tax", "decide", amount="4100.00")
    cangyun.do(case, "c_tax", "serve")
    assert cangyun.why_not(case, "hotline", "redo")
    cangyun.do(case, "hotline", "call_back", result="unsatisfied")
    assert cangyun.do(case, "hotline", "archive").stage == "archived"
    assert len(papers(cangyun.case(case), "decision")) == 2


def test_signatures_of_the_first_round_do_not_count_in_the_second(cangyun):
    case = before_the_chairs(cangyun)
    cangyun.do(case, "chair_c", "sign_for_holder")
    cangyun.do(case, "chair_y", "sign_for_reviewer")
    cangyun.do(case, "c_tax", "decide", favour="reviewer", amount="1.00")
    cangyun.do(case, "c_tax", "serve")
    cangyun.do(case, "hotline", "redo")
    cangyun.do(case, "c_tax", "propose", amount="2.00")
    cangyun.do(case, "c_tax", "hear")
    cangyun.do(case, "y_tax", "dissent")
    cangyun.do(case, "chair_c", "sign_for_holder")
    cangyun.do(case, "chair_y", "sign_for_holder")
    wanted = {"decision": "维持。", "amount": "2.00"}
    assert cangyun.perform(case, "c_tax", "decide", wanted).stage == "decided"


def test_who_goes_to_court_is_not_handled_once_more_meanwhile(cangyun):
    case = served(cangyun)
    (decision,) = papers(cangyun.case(case), "decision")
    cangyun.do(case, "c_tax", "record_objection", kind="litigation")
    assert cangyun.why_not(case, "hotline", "redo")
    cangyun.do(case, "c_tax", "record_result", result="set_aside")
    assert cangyun.case(case).papers[-1].state != "issued" or decision.state != "issued"
    assert cangyun.do(case, "hotline", "redo").stage == "first_reading"


@pytest.mark.parametrize("stage", ["received", "first_reading", "second_reading", "signing"])
def test_a_dispute_is_withdrawn_at_any_time_and_nothing_stays_owed(cangyun, stage):
    case = {
        "received": lambda: cangyun.register("hotline", **LEVY).case_id,
        "first_reading": lambda: in_first_reading(cangyun),
        "second_reading": lambda: in_second_reading(cangyun),
        "signing": lambda: before_the_chairs(cangyun),
    }[stage]()
    assert cangyun.case(case).stage == stage
    assert cangyun.do(case, "hotline", "withdraw").stage == "withdrawn"
    assert open_kinds(cangyun.case(case)) == {("volume", "hotline")}
    cangyun.do(case, "hotline", "archive")
    assert open_kinds(cangyun.case(case)) == set()
