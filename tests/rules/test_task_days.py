"""The last days of tasks: the profile's period, a day set by hand, pauses, extensions."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from app.models import Case, Task
from app.rules.shapes import NEVER
from tests.factories import Engine, at, task


def a_special_case(engine: Engine) -> Case:
    """Return a case whose minutes are due at the office."""
    case = engine.register("medical", category=9, insurance=["medical"])
    engine.do(case, "medical", "accept")
    engine.do(case, "medical", "escalate")
    engine.do(case, "leader", "approve")
    return case


def with_minutes(engine: Engine, due_on: str = "2024-11-18") -> tuple[Case, Task]:
    """Return a case whose minutes ask the health-insurance bureau for a decision by a day."""
    case = a_special_case(engine)
    engine.do(case, "office", "record_minutes", units=["medical"], due_on=due_on)
    return case, task(case, "decision", "medical")


def test_a_task_without_a_period_has_no_last_day():
    engine = Engine()
    case = engine.register("tax")
    assert task(case, "registration_notice").due_on == NEVER
    assert task(case, "registration_notice").length is None


def test_a_task_has_the_period_of_the_profile_from_the_day_it_opens():
    case = Engine(now=at("2024-11-08 23:50")).register("tax")
    found = task(case, "acceptance")
    assert (found.from_on, found.length, found.unit) == (date(2024, 11, 8), 5, "workday")
    assert found.due_on == date(2024, 11, 15)


def test_the_civil_day_is_the_countys_whatever_the_hour_in_utc():
    """07:30 in the county is the evening before in UTC."""
    case = Engine(now=at("2024-11-08 07:30")).register("tax", visited_at="2024-11-07T09:00")
    assert task(case, "acceptance").from_on == date(2024, 11, 8)


def test_a_last_day_past_the_announced_years_is_provisional():
    engine = Engine(now=at("2026-12-28"))
    case = engine.register("tax", visited_at="2026-12-28T08:00")
    assert task(case, "acceptance").is_provisional
    assert not task(Engine().register("tax"), "acceptance").is_provisional


def test_a_day_set_by_hand_stands_as_it_was_set_weekend_or_not():
    _, decision = with_minutes(Engine(), due_on="2024-11-16")
    assert decision.due_on == date(2024, 11, 16)
    assert decision.due_on.weekday() == 5


def test_today_may_be_the_last_day():
    _, decision = with_minutes(Engine(), due_on="2024-11-04")
    assert decision.due_on == date(2024, 11, 4)


def test_the_row_of_the_minutes_sets_the_day_and_the_words_of_the_decision():
    engine = Engine()
    case = a_special_case(engine)
    rows = [
        {"unit": "medical", "task": "核对清单", "due_on": "2024-11-20"},
        {"unit": "justice", "task": "提出意见", "due_on": "2024-11-21"},
    ]
    engine.do(case, "office", "record_minutes", units=["medical", "tax"], tasks=rows)
    decision, item = task(case, "decision", "medical"), task(case, "item", "justice")
    assert (decision.note, decision.due_on) == ("核对清单", date(2024, 11, 20))
    assert (item.note, item.due_on) == ("提出意见", date(2024, 11, 21))
    assert task(case, "decision", "tax").due_on == date(2024, 11, 4)


# --- pauses


def paused(engine: Engine, case: Case, first: str, until: str, who: str = "office") -> None:
    engine.now = at(first)
    engine.do(case, who, "pause")
    engine.now = at(until)
    engine.do(case, who, "resume")


def test_a_pause_moves_a_day_set_by_hand_by_the_days_that_did_not_run():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-18")
    paused(engine, case, "2024-11-06", "2024-11-10")
    assert decision.due_on == date(2024, 11, 22)


def test_a_pause_over_the_last_day_leaves_the_days_that_were_left():
    """Nine of fourteen days had run; the other five run from the resumption on."""
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-18")
    paused(engine, case, "2024-11-14", "2024-12-10")
    assert decision.due_on == date(2024, 12, 14)


def test_a_second_pause_counts_on_a_day_that_the_first_one_added():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-18")
    paused(engine, case, "2024-11-06", "2024-11-10")
    paused(engine, case, "2024-11-20", "2024-11-25")
    assert decision.due_on == date(2024, 11, 27)


def test_a_task_opened_during_a_pause_runs_from_the_resumption():
    engine = Engine()
    case = a_special_case(engine)
    engine.do(case, "office", "pause")
    engine.now = at("2024-11-10")
    engine.do(case, "office", "record_minutes", units=["medical"], due_on="2024-11-20")
    engine.now = at("2024-11-15")
    engine.do(case, "office", "resume")
    # Ten days: the first that runs is the day of the resumption itself.
    assert task(case, "decision", "medical").due_on == date(2024, 11, 24)


def test_a_pause_taken_and_ended_on_one_day_changes_nothing():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-18")
    paused(engine, case, "2024-11-06 09:00", "2024-11-06 17:00")
    assert decision.due_on == date(2024, 11, 18)


def test_what_has_ended_keeps_its_last_day():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-18")
    engine.do(case, "medical", "submit_decision")
    paused(engine, case, "2024-11-06", "2024-11-10")
    assert decision.due_on == date(2024, 11, 18)


@pytest.mark.clause("Z4.2.1-3")
def test_a_decision_that_ends_the_handling_ends_the_pause():
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "pause")
    engine.now = at("2024-11-07")
    engine.do(case, "tax", "resolve")
    assert case.paused_on is None
    assert [p.to_on for p in case.pauses] == [date(2024, 11, 7)]
    # three working days from the decision, not counting the pause, which is over
    assert task(case, "service").due_on == date(2024, 11, 12)


# --- extensions


def test_an_extension_moves_only_what_the_asking_body_owes():
    engine = Engine()
    case = engine.register("hrss", category=7, insurance=["pension"])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax"])
    before = {t.body: t.due_on for t in case.tasks if t.kind == "decision"}
    act = engine.do(case, "tax", "extend", days=5)
    assert task(case, "decision", "hrss").due_on == before["hrss"]
    assert task(case, "decision", "tax").due_on == date(2024, 12, 2)
    assert act.changes["extended"] == [["decision", "2024-11-25", "2024-12-02"]]


def test_an_extension_after_a_day_set_by_hand_is_in_working_days():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-15")
    engine.do(case, "medical", "extend", days=3)
    assert decision.due_on == date(2024, 11, 20)


def test_a_pause_moves_the_extension_too():
    engine = Engine()
    case, decision = with_minutes(engine, due_on="2024-11-15")
    engine.do(case, "medical", "extend", days=3)
    paused(engine, case, "2024-11-18", "2024-11-25")
    # Of the three working days none had run when the pause began.
    assert decision.due_on == date(2024, 11, 27)


@pytest.mark.parametrize("days", [0, -1, 61, "5", 2.5, True])
def test_an_extension_is_a_whole_number_of_days_from_one_to_sixty(days):
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    view = engine.view(case, "tax")
    signatory = str(view.world.signatories("tax", view.today)[0].id)
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "extend", days=days, reason="好", approved_by=signatory)
    assert list(refusal.value.errors) == ["days"]


def test_what_lists_show_is_the_holders_next_day():
    engine = Engine()
    case = engine.register("tax")
    assert case.due_on == date(2024, 11, 11)
    engine.do(case, "tax", "accept")
    assert case.due_on == date(2024, 11, 25)
    engine.do(case, "tax", "resolve")
    assert case.due_on == date(2024, 11, 7)
    engine.do(case, "tax", "serve")
    assert case.due_on == date(2024, 12, 4)
    engine.do(case, "tax", "archive")
    assert case.due_on is None
