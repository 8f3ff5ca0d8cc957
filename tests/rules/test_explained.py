"""A due date explains itself day by day; the explanation is an oracle of the search."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.due_dates import Period, due, due_moment, months_after
from app.rules.explained import explain, explain_hours
from app.rules.workdays import CalendarDay, WorkCalendar
from tests.factories import at, china
from tests.rules.test_due_dates_properties import UNITS, paused_starts


def told(start: str, length: int, unit: str, **how):
    first = date.fromisoformat(start)
    last = due(first, Period(length, unit), china(), **how).on
    return explain(first, length, unit, china(), last, **how)


def test_the_start_is_no_day_of_the_period_by_law():
    first = told("2024-11-04", 1, "workday")[0]
    assert (first.why, first.counted, first.ran) == ("start", False, 0)
    assert "85(2)" in first.source


def test_days_of_a_holiday_are_left_out_by_the_notice_and_make_up_days_count_by_it():
    days = {one.on.isoformat(): one for one in told("2024-09-27", 5, "workday")}
    assert {on for on, one in days.items() if one.counted} == {
        "2024-09-29", "2024-09-30", "2024-10-08", "2024-10-09", "2024-10-10",
    }  # fmt: skip
    assert (days["2024-09-29"].why, days["2024-09-29"].name) == ("make-up", "国庆节")
    assert days["2024-10-01"].why == "holiday"
    assert days["2024-10-01"].source == days["2024-09-29"].source == "国办发明电〔2023〕7号"
    assert days["2024-09-28"].why == "weekend"
    assert days["2024-10-10"].ran == 5


def test_holidays_inside_a_period_of_days_count_and_only_the_last_day_moves():
    days = {one.on.isoformat(): one for one in told("2024-08-02", 60, "day")}
    assert days["2024-09-17"].counted
    assert (days["2024-10-01"].counted, days["2024-10-01"].ran) == (True, 60)
    assert [days[f"2024-10-0{n}"].why for n in range(2, 9)] == ["holiday"] * 6 + ["moved"]
    assert "203(1)" in days["2024-10-08"].source


def test_a_period_of_months_counts_every_day_to_the_same_numbered_one():
    days = told("2024-11-01", 6, "month")
    assert days[-1].on == date(2025, 5, 6)
    raw = next(one for one in days if one.on == date(2025, 5, 1))
    assert (raw.counted, raw.ran) == (True, (date(2025, 5, 1) - date(2024, 11, 1)).days)
    assert [one.on.day for one in days if one.why == "moved"] == [6]


def test_days_of_a_pause_are_named_and_the_day_of_resumption_runs():
    pauses = [(date(2024, 11, 11), date(2024, 11, 20))]
    days = {one.on: one for one in told("2024-11-01", 15, "workday", pauses=pauses)}
    assert days[date(2024, 11, 11)].why == days[date(2024, 11, 19)].why == "paused"
    assert days[date(2024, 11, 20)].ran == 6
    assert days[date(2024, 12, 3)].ran == 15


def test_a_pause_that_stands_stops_the_count():
    start, until = date(2024, 11, 4), date(2024, 11, 11)
    days = explain(start, 5, "workday", china(), until, pauses=[(date(2024, 11, 6), None)])
    assert [one.ran for one in days] == [0, 1, 1, 1, 1, 1, 1, 1]
    assert {one.why for one in days[2:]} == {"paused"}


def test_a_day_set_by_hand_counts_every_day_and_an_extension_working_days():
    start, until = date(2024, 11, 4), date(2024, 11, 19)
    days = explain(start, 12, "date", china(), until, extra=2)
    assert [one.why for one in days[-4:]] == ["day", "weekend", "workday", "workday"]
    assert days[-1].ran == 14


def test_days_of_a_year_without_a_notice_say_so():
    start = date(2026, 12, 30)
    until = due(start, Period(3, "workday"), china()).on
    days = explain(start, 3, "workday", china(), until)
    assert [one.on for one in days if one.provisional] == [
        date(2027, 1, 1) + timedelta(n) for n in range((until - date(2026, 12, 31)).days)
    ]


def test_a_local_holiday_is_left_out_by_its_own_source():
    local = CalendarDay(date(2024, 11, 6), "rest", "山神节", "县政府公告〔2024〕1号")
    calendar = WorkCalendar.of(china().days.values(), [local])
    days = explain(date(2024, 11, 4), 2, "workday", calendar, date(2024, 11, 7))
    assert [(one.why, one.source) for one in days[2:3]] == [("holiday", "县政府公告〔2024〕1号")]
    assert days[-1].ran == 2


@pytest.mark.parametrize(
    ("start", "hours", "ran"),
    [
        ("2024-11-04 09:01", 4, [4]),
        ("2024-11-04 23:30", 1, [1]),
        ("2024-11-04 09:20", 48, [14, 38, 48]),
    ],
)
def test_hours_are_told_by_the_day(start, hours, ran):
    days = explain_hours(at(start), due_moment(at(start), hours))
    assert [one.ran for one in days] == ran
    assert all(one.why == "hours" for one in days)


@given(paused_starts(), st.integers(0, 40), UNITS, st.integers(0, 10))
def test_the_count_by_finger_ends_where_the_search_ends(paused, length, unit, extra):
    start, pauses = paused
    ended = [one for one in pauses if one[1] is not None]
    last = due(start, Period(length, unit), china(), pauses=ended, extra=extra).on
    days = explain(start, length, unit, china(), last, pauses=ended, extra=extra)
    whole = length + extra
    if unit == "month":
        whole = (months_after(start, whole) - start).days
    # A period of nothing is the day itself, or the next one on which offices work.
    assert days[-1].on == last
    assert (unit == "workday" and whole == 0) or days[-1].ran == whole
    assert whole == 0 or days[-1].counted or days[-1].why == "moved"


@given(st.integers(0, 1440), st.integers(1, 200), paused_starts())
def test_the_hours_of_all_days_are_the_length(minute, hours, paused):
    start = at("2024-11-04 00:00") + timedelta(minutes=minute)
    shift = start.date() - paused[0]
    pauses = [(a + shift, b + shift) for a, b in paused[1] if b is not None]
    until = due_moment(start, hours, pauses=pauses)
    days = explain_hours(start, until, pauses=pauses)
    assert days[-1].ran == hours
