"""What acts change: each word of the profile, on the case in hand and in the event's record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.errors import Refused
from app.mechanism.schema import Term
from app.models import Case
from app.rules import effects
from app.rules.shapes import Act
from tests.factories import Engine, open_tasks, papers, task

HOLDER, ACTOR = (Term("holder"),), (Term("actor"),)


@pytest.fixture
def county() -> Engine:
    return Engine()


def a_joint_case(county: Engine) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    return case


def apply(county: Engine, case: Case, who: str, *terms: Term, **inputs: Any) -> Act:
    """Apply effects alone, as an act of somebody with these inputs."""
    act = replace(county.view(case, who), inputs=inputs)
    effects.apply(act, terms)
    return act


# --- set


def test_set_writes_an_input_a_relation_or_nothing_and_keeps_before_and_after(county):
    case = county.register("tax")
    case.lead = "tax"
    values = {"holder": Term("input", "unit"), "acceptor": Term("actor"), "lead": "none"}
    act = apply(county, case, "tax", Term("set", values), unit="hrss")
    assert (case.holder, case.acceptor, case.lead) == ("hrss", "tax", None)
    assert act.changes["fields"] == {
        "holder": ["tax", "hrss"],
        "acceptor": [None, "tax"],
        "lead": ["tax", None],
    }


def test_what_stays_as_it_was_is_no_change(county):
    case = county.register("tax")
    act = apply(county, case, "tax", Term("set", {"holder": Term("actor")}))
    assert act.changes == {}


def test_an_effect_whose_condition_does_not_hold_is_left_out(county):
    case = county.register("tax")
    lead = Term("set", {"lead": Term("holder")}, when=Term("stage", ("joint",)))
    apply(county, case, "tax", lead)
    assert case.lead is None


def test_effects_take_place_in_the_order_of_the_profile(county):
    """The second sees what the first one did."""
    case = county.register("tax")
    apply(
        county,
        case,
        "tax",
        Term("set", {"holder": Term("input", "unit")}),
        Term("open", {"task": "own_case", "to": HOLDER}),
        unit="hrss",
    )
    assert ("own_case", "hrss") in open_tasks(case)


# --- tasks


def test_open_gives_each_owner_a_task_with_the_note_and_the_profiles_days(county):
    case = county.register("tax")
    to = (Term("input", "units"),)
    term = Term("open", {"task": "decision", "to": to, "note": "note"})
    apply(county, case, "tax", term, units=["hrss", "medical"], note="各办各的")
    found = [t for t in case.tasks if t.kind == "decision"]
    assert [(t.body, t.note, t.round, t.seq, t.state) for t in found] == [
        ("hrss", "各办各的", 1, 2, "open"),
        ("medical", "各办各的", 1, 2, "open"),
    ]
    assert {t.due_on for t in found} == {date(2024, 11, 25)}


def test_nobody_owes_the_same_twice(county):
    case = county.register("tax")
    term = Term("open", {"task": "acceptance", "to": HOLDER})
    apply(county, case, "tax", term)
    assert [t.body for t in case.tasks if t.kind == "acceptance"] == ["tax"]


def test_a_decision_is_owed_once_in_a_round_and_again_in_the_next(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    term = Term("open", {"task": "decision", "to": (Term("input", "unit"),)})
    apply(county, case, "hrss", term, unit="tax")
    assert ("decision", "tax") not in open_tasks(case)
    apply(county, case, "hrss", Term("new_round"), term, unit="tax")
    assert ("decision", "tax") in open_tasks(case)


def test_advice_may_be_asked_for_again_once_it_was_given(county):
    case = a_joint_case(county)
    for _ in range(2):
        county.do(case, "hrss", "request_advice", unit="justice")
        county.do(case, "justice", "submit_advice")
    assert [t.state for t in case.tasks if t.kind == "advice"] == ["done", "done"]


def test_close_fulfils_and_void_cancels_of_everybody_or_of_some(county):
    case = a_joint_case(county)
    apply(county, case, "tax", Term("close", {"task": "decision", "of": ACTOR}))
    assert task(case, "decision", "tax").state == "done"
    assert task(case, "decision", "hrss").state == "open"
    apply(county, case, "hrss", Term("void", {"task": "decision"}))
    assert task(case, "decision", "hrss").state == "void"
    assert task(case, "decision", "tax").state == "done", "what is done stays done"


def test_what_ends_a_task_stands_on_it(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    ended = task(case, "acceptance")
    assert (ended.closed_seq, ended.closed_at) == (2, county.now)


def test_move_hands_the_open_task_over_and_the_log_says_so(county):
    case = a_joint_case(county)
    act = apply(
        county,
        case,
        "office",
        Term("move", {"task": "joint_case", "to": (Term("input", "unit"),)}),
        unit="tax",
    )
    assert ("joint_case", "tax") in open_tasks(case)
    assert act.changes["moved"] == [["joint_case", "hrss", "tax"]]


def test_moving_to_who_has_it_or_to_nobody_changes_nothing(county):
    case = a_joint_case(county)
    for to in (HOLDER, (Term("input", "unit"),)):
        act = apply(county, case, "office", Term("move", {"task": "joint_case", "to": to}))
        assert act.changes == {}


@pytest.mark.clause("Z4.2.2-3")
def test_entrust_puts_a_row_on_the_decision_else_on_an_item_of_its_own(county):
    case = a_joint_case(county)
    rows = [
        {"unit": "tax", "task": "核算", "due_on": date(2024, 11, 20)},
        {"unit": "justice", "task": "审查", "due_on": date(2024, 11, 21)},
    ]
    arg = {"from": "tasks", "onto": "decision", "otherwise": "item"}
    apply(county, case, "office", Term("entrust", arg), tasks=rows)
    decision, item = task(case, "decision", "tax"), task(case, "item", "justice")
    assert (decision.note, decision.due_on) == ("核算", date(2024, 11, 20))
    assert (item.note, item.due_on, item.state) == ("审查", date(2024, 11, 21), "open")


def test_without_rows_nothing_is_entrusted(county):
    case = a_joint_case(county)
    before = len(case.tasks)
    arg = {"from": "tasks", "onto": "decision", "otherwise": "item"}
    apply(county, case, "office", Term("entrust", arg))
    assert len(case.tasks) == before


# --- people


def test_person_is_who_acts_or_who_is_chosen(county):
    case = county.register("tax", "clerk")
    row = next(one for one in case.access if one.body == "tax")
    assert row.person_id == county.world.actor("tax", "clerk").appointment_id
    admin = county.world.actor("tax", "admin").appointment_id
    county.do(case, "tax", "assign_person", person=str(admin))
    assert row.person_id == admin


def test_only_an_administrator_says_who_handles_the_case(county):
    case = county.register("tax", "clerk")
    assert "assign_person" not in county.keys(case, "tax", "clerk")
    assert "assign_person" in county.keys(case, "tax", "admin")


# --- remedies and rounds


def a_served_case(county: Engine) -> Case:
    case = county.register("tax")
    for key in ("accept", "resolve", "serve"):
        county.do(case, "tax", key)
    return case


@pytest.mark.clause("Z4.3")
def test_two_objections_to_two_decisions_run_beside_each_other(county):
    case = a_joint_case(county)
    for who in ("hrss", "tax"):
        county.do(case, who, "submit_decision")
    county.do(case, "hrss", "issue_reply")
    county.do(case, "hrss", "serve")
    offer = county.offers(case, "hrss").find("record_objection")
    assert offer is not None
    first, second = offer.asks[0].values
    county.do(case, "hrss", "record_objection", decision=first)
    county.do(case, "hrss", "record_objection", decision=second)
    remedies = [t for t in case.tasks if t.kind == "remedy"]
    assert [t.paper_ref for t in remedies] == [first, second]
    ask = county.offers(case, "hrss").find("record_remedy_result")
    assert ask is not None
    county.do(
        case,
        "hrss",
        "record_remedy_result",
        objection=ask.asks[0].values[1],
        result="set_aside",
    )
    assert [t.state for t in remedies] == ["open", "done"]
    states = {p.body: p.state for p in papers(case, "unit_decision")}
    assert states == {"hrss": "issued", "tax": "superseded"}, "the others stand"


def test_a_decision_that_was_set_aside_cannot_be_objected_to_again(county):
    case = a_served_case(county)
    county.do(case, "tax", "record_objection")
    county.do(case, "tax", "record_remedy_result", result="set_aside")
    why = county.why_not(case, "tax", "record_objection")
    assert why == ["Nothing can be chosen for “对哪一份决定”"]


def test_a_new_round_owes_anew_and_the_reply_speaks_of_its_own_decisions(county):
    case = a_joint_case(county)
    for who in ("hrss", "tax"):
        county.do(case, who, "submit_decision")
    county.do(case, "hrss", "issue_reply")
    county.do(case, "hrss", "serve")
    county.do(case, "hrss", "record_objection")
    county.do(case, "hrss", "record_remedy_result", result="set_aside")
    county.do(case, "office", "reopen", unit="medical")
    county.do(case, "medical", "start_joint", units=["tax"])
    for who in ("medical", "tax"):
        county.do(case, who, "submit_decision")
    county.do(case, "medical", "issue_reply")
    words = " ".join(papers(case, "cover_notice")[-1].content["paragraphs"])
    assert "泽医保争联处〔2024〕1号" in words
    assert "泽税争联处〔2024〕2号" in words
    assert "泽人社争联处" not in words
    assert "泽税争联处〔2024〕1号" not in words


# --- sight and papers


def test_invite_lets_bodies_in_once(county):
    case = county.register("tax")
    term = Term("invite", (Term("bodies", "member"),))
    apply(county, case, "office", term, term)
    assert len(case.invited) == len(set(case.invited)) == 8


@pytest.mark.clause("Z3.1-3")
def test_hand_gives_the_adviser_the_named_papers_and_no_others(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "pause")
    county.do(case, "tax", "resume")
    county.do(case, "tax", "request_advice", unit="justice")
    handed = {p.kind for p in case.papers if any(c.body == "justice" for c in p.copies)}
    assert handed == {"registration_form", "acceptance_notice", "advice_request"}


def test_a_paper_is_handed_to_a_body_once(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    for _ in range(2):
        county.do(case, "tax", "request_advice", unit="justice")
        county.do(case, "justice", "submit_advice")
    form = papers(case, "registration_form")[0]
    assert [copy.body for copy in form.copies] == ["justice"]


# --- days


def test_pause_and_resume_are_told_in_the_log(county):
    case = county.register("tax")
    act = county.do(case, "tax", "pause")
    assert act.changes["paused"] == "2024-11-04"
    county.now = county.now.replace(day=6)
    act = county.do(case, "tax", "resume")
    assert act.changes["resumed"] == "2024-11-06"
    assert [(p.from_on, p.to_on) for p in case.pauses] == [(date(2024, 11, 4), date(2024, 11, 6))]


def test_pausing_twice_and_resuming_what_runs_do_nothing(county):
    case = county.register("tax")
    assert apply(county, case, "tax", Term("resume")).changes == {}
    apply(county, case, "tax", Term("pause"))
    assert apply(county, case, "tax", Term("pause")).changes == {}
    assert len(case.pauses) == 1


def test_a_misread_fact_is_refused_by_its_input(county):
    case = county.register("tax")
    term = Term("amend", {"fact": "field", "value": "value"})
    with pytest.raises(Refused) as refusal:
        apply(county, case, "tax", term, field="amount", value="很多")
    assert list(refusal.value.errors) == ["value"]
