"""Conditions: each word, where it holds and where it does not, and what the refusal teaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.mechanism.schema import Term
from app.models import Case
from app.rules.guards import failures, holds
from app.rules.shapes import Act
from tests.factories import Engine, World, at, zezhou

TAX = (Term("input", "unit"),)


@pytest.fixture
def county() -> Engine:
    return Engine()


def a_joint_case(county: Engine) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    return case


def said(view: Act, word: str, arg: Any = None) -> list[str]:
    """Return why a condition does not hold, in English; nothing where it does."""
    reasons = [reason.say() for reason in failures(view, [Term(word, arg)])]
    assert holds(view, Term(word, arg)) == (not reasons)
    return reasons


def test_no_condition_always_holds(county):
    view = county.view(county.register("tax"), "tax")
    assert holds(view, None)
    assert failures(view, []) == []


# --- tasks


def test_done_holds_once_somebody_has_fulfilled_the_task(county):
    case = a_joint_case(county)
    view = county.view(case, "hrss")
    assert said(view, "done", {"task": "decision"}) == [
        "Not yet done by anybody: 出具书面处理决定"
    ]
    county.do(case, "tax", "submit_decision")
    assert said(view, "done", {"task": "decision"}) == []


def test_done_may_ask_for_the_task_of_some(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    view = replace(county.view(case, "hrss"), inputs={"unit": "tax"})
    assert said(view, "done", {"task": "decision", "of": TAX}) == []
    assert said(view, "done", {"task": "decision", "of": (Term("holder"),)}) != []


def test_done_does_not_count_what_was_done_in_an_earlier_round(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    case.round = 2
    assert said(county.view(case, "hrss"), "done", {"task": "decision"}) != []


def test_none_open_names_everybody_who_still_owes_with_the_day(county):
    case = a_joint_case(county)
    assert said(county.view(case, "hrss"), "none_open", {"task": "decision"}) == [
        "Still awaited from 人社局: 出具书面处理决定, by 25 November 2024 at the latest",
        "Still awaited from 税务局: 出具书面处理决定, by 25 November 2024 at the latest",
    ]
    county.do(case, "tax", "submit_decision")
    county.do(case, "hrss", "submit_decision")
    assert said(county.view(case, "hrss"), "none_open", {"task": "decision"}) == []


def test_none_open_names_no_day_where_there_is_none(county):
    case = county.register("tax")
    told = said(county.view(case, "tax"), "none_open", {"task": "registration_notice"})
    assert told == ["Still awaited from 办公室: 新登记，知悉"]


def test_none_open_may_ask_for_the_tasks_of_some(county):
    case = a_joint_case(county)
    county.do(case, "hrss", "submit_decision")
    view = county.view(case, "hrss")
    assert said(view, "none_open", {"task": "decision", "of": (Term("holder"),)}) == []


def test_open_holds_while_the_task_is_owed(county):
    case = a_joint_case(county)
    view = county.view(case, "office")
    assert said(view, "open", {"task": "lead_ruling"}) == ["Not due at present: 确定牵头单位"]
    county.do(case, "tax", "contest_lead")
    assert said(view, "open", {"task": "lead_ruling"}) == []


# --- acts


def test_acted_holds_once_the_act_has_been_done(county):
    case = county.register("tax")
    view = county.view(case, "tax")
    assert said(view, "acted", "accept") == ["First this must be done: 受理"]
    county.do(case, "tax", "accept")
    assert said(view, "acted", "accept") == []


def test_an_act_that_was_taken_back_does_not_count(county):
    case = county.register("tax")
    county.do(case, "tax", "return_to_office")
    view = county.view(case, "tax")
    assert said(view, "acted", "return_to_office") == []
    assert said(view, "fewer", {"act": "return_to_office", "than": 1}) != []
    county.do(case, "tax", "correct")
    assert said(view, "acted", "return_to_office") != []
    assert said(view, "fewer", {"act": "return_to_office", "than": 1}) == []


def test_fewer_counts_up_to_the_number(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "request_advice", unit="justice")
    county.do(case, "tax", "request_advice", unit="court")
    view = county.view(case, "tax")
    assert said(view, "fewer", {"act": "request_advice", "than": 3}) == []
    assert said(view, "fewer", {"act": "request_advice", "than": 2}) == [
        "Already done: 征求意见. It can be done 2 time(s) at most"
    ]


# --- the case


def test_stage_and_tier_name_where_it_is_possible(county):
    case = county.register("tax")
    view = county.view(case, "tax")
    assert said(view, "stage", ("registered", "handling")) == []
    assert said(view, "stage", ("joint", "special")) == ["Possible only at: 联办中, 专案中"]
    assert said(view, "tier", ("own",)) == ["Possible only on the way: 本单位办理"]
    county.do(case, "tax", "accept")
    assert said(view, "tier", ("own", "general")) == []


def test_paused_tells_what_is_the_matter(county):
    case = county.register("tax")
    view = county.view(case, "tax")
    assert said(view, "paused", False) == []
    assert said(view, "paused", True) == ["The due dates are running; there is nothing to resume"]
    county.do(case, "tax", "pause")
    assert said(view, "paused", True) == []
    assert said(view, "paused", False) == ["The due dates are paused already"]


def test_routed_asks_whether_the_proposal_names_a_body(county):
    routed, unrouted = county.register("tax"), county.register("tax", category=10)
    assert said(county.view(routed, "tax"), "routed", True) == []
    assert said(county.view(routed, "tax"), "routed", False) != []
    assert said(county.view(unrouted, "tax"), "routed", True) != []
    assert said(county.view(unrouted, "tax"), "routed", False) == []


def test_off_route_is_who_is_not_in_a_proposal_that_names_somebody(county):
    case = county.register("petition", category=8, insurance=["medical"])
    assert said(county.view(case, "tax"), "off_route", True) == []
    assert said(county.view(case, "medical"), "off_route", True) != []
    unrouted = county.register("tax", category=10)
    assert said(county.view(unrouted, "tax"), "off_route", True) != []
    assert said(county.view(unrouted, "tax"), "off_route", False) == []


def test_exists_asks_whether_an_expression_names_anybody(county):
    case = county.register("tax")
    view = county.view(case, "tax")
    assert said(view, "exists", (Term("holder"),)) == []
    assert said(view, "exists", (Term("lead"),)) == ["Nobody is there for this"]


def test_same_day_is_the_countys_day(county):
    county.now = at("2024-11-04 07:00")
    case = county.register("tax", visited_at="2024-11-04T06:30")
    county.now = at("2024-11-04 23:59")
    assert said(county.view(case, "tax"), "same_day") == []
    county.now = at("2024-11-05 00:00")
    assert said(county.view(case, "tax"), "same_day") == [
        "Possible only on the day of the registration (4 November 2024)"
    ]


@pytest.mark.parametrize(
    ("name", "op", "value", "expected"),
    [
        ("category", "=", 4, True),
        ("category", "=", 5, False),
        ("category", "in", (4, 7), True),
        ("category", "in", (1, 2), False),
        ("insurance", "has", "pension", True),
        ("insurance", "has", "medical", False),
        ("amount", ">=", Decimal("12345.60"), True),
        ("amount", ">=", Decimal("12345.61"), False),
        ("aspect", "known", False, True),
        ("aspect", "known", True, False),
        ("period_from", "known", True, True),
        ("units", ">=", 2, False),
        ("units", "=", 1, True),
    ],
)
def test_a_fact_is_compared(county, name, op, value, expected):
    case = county.register("tax")
    arg = {"name": name, "op": op, "value": value}
    assert holds(county.view(case, "tax"), Term("fact", arg)) == expected


def test_an_unknown_amount_is_not_at_least_anything(county):
    case = county.register("tax", amount=None)
    arg = {"name": "amount", "op": ">=", "value": Decimal(0)}
    assert said(county.view(case, "tax"), "fact", arg) == [
        "The facts of the case do not allow this"
    ]


def test_meets_asks_for_the_criteria_of_a_way(county):
    one = county.register("tax")
    two = county.register("tax", category=7, aspect="procedure")
    assert said(county.view(one, "tax"), "meets", "general") == [
        "The facts of the case do not meet the criteria of “一般争议” (四（二）1（2）)"
    ]
    assert said(county.view(two, "tax"), "meets", "general") == []


# --- who


@pytest.mark.clause("Z4.2.2-2")
def test_v05_authority_is_the_posts_or_a_recorded_one_that_is_in_force():
    world = World()
    county = Engine(world)
    case = county.register("tax")
    leader, deputy = county.view(case, "leader"), county.view(case, "deputy")
    assert said(leader, "authority", "leader") == []
    assert "组长" in said(deputy, "authority", "leader")[0]
    world.change("group", "deputy", stands_in_for="leader", from_on=date(2024, 11, 5))
    assert said(county.view(case, "deputy"), "authority", "leader") != []
    county.now = at("2024-11-05")
    assert said(county.view(case, "deputy"), "authority", "leader") == []


def test_v05_a_leader_whose_term_has_ended_has_none():
    world = World()
    world.change("group", "leader", until_on=date(2024, 11, 3))
    county = Engine(world)
    view = county.view(county.register("tax"), "leader")
    assert said(view, "authority", "leader") != []


def test_authority_needs_an_appointment(county):
    view = county.view(county.register("tax"), "leader")
    nobody = replace(view, actor=replace(view.actor, appointment_id=None))
    assert said(nobody, "authority", "leader") != []


def test_chosen_asks_for_the_choice_in_the_form(county):
    view = county.view(county.register("tax"), "tax")
    arg = {"result": ("set_aside", "changed")}
    assert said(replace(view, inputs={"result": "changed"}), "chosen", arg) == []
    assert said(replace(view, inputs={"result": "upheld"}), "chosen", arg) != []
    assert said(view, "chosen", arg) == ["This depends on a choice in the form"]


# --- combinations


YES, NO = Term("paused", False), Term("paused", True)


def test_what_must_not_be_so_is_told_by_name(county):
    case = county.register("tax", category=7, insurance=["pension", "medical"])
    view = county.view(case, "tax")
    assert case.facts().units == 3
    assert said(view, "not", Term("meets", "general")) == [
        "The facts of the case meet the criteria of “一般争议” (四（二）1（2）)"
    ]
    county.do(case, "tax", "accept")
    view = county.view(case, "tax")
    assert said(view, "not", Term("tier", ("own",))) == ["Not possible on the way: 本单位办理"]
    assert said(view, "not", Term("acted", "accept")) == ["Already done: 受理"]
    assert said(view, "not", Term("done", {"task": "acceptance"})) == [
        "Already done: 决定受理或移送"
    ]
    assert said(view, "not", Term("stage", ("handling",))) == [
        "As things stand this is not possible"
    ]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("all", (YES, YES)), True),
        (Term("all", (YES, NO)), False),
        (Term("any", (NO, YES)), True),
        (Term("any", (NO, NO)), False),
        (Term("not", NO), True),
        (Term("not", YES), False),
        (Term("not", Term("all", (YES, NO))), True),
    ],
)
def test_conditions_combine(county, term, expected):
    assert holds(county.view(county.register("tax"), "tax"), term) == expected


def test_all_and_any_tell_every_reason(county):
    view = county.view(county.register("tax"), "tax")
    terms = (Term("stage", ("joint",)), Term("tier", ("own",)))
    for word in ("all", "any"):
        assert said(view, word, terms) == [
            "Possible only at: 联办中",
            "Possible only on the way: 本单位办理",
        ]


def test_the_reasons_of_several_needs_are_told_at_once(county):
    case = a_joint_case(county)
    county.do(case, "tax", "contest_lead")
    needs = zezhou().actions["issue_reply"].needs
    told = [reason.say() for reason in failures(county.view(case, "hrss"), needs)]
    assert len(told) == 4
    assert any("确定牵头单位" in one for one in told)
