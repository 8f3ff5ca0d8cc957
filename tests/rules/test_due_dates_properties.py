"""Periods, pauses, extensions: what holds for every start, length and unit."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.rules.due_dates import LONGEST, Pause, Period, due, months_after, workdays_between
from app.rules.workdays import OutOfRange, WorkCalendar, load_calendar_files

CALENDAR = WorkCalendar.of(load_calendar_files(Path(__file__).parents[2] / "calendars"))
STARTS = st.dates(date(2003, 6, 1), date(2028, 6, 1))
LENGTHS = st.integers(0, 150)
UNITS = st.sampled_from(["workday", "day", "month"])


@st.composite
def pause_lists(draw) -> list[Pause]:
    first = draw(st.dates(date(2003, 1, 1), date(2028, 6, 1)))
    found: list[Pause] = []
    for _ in range(draw(st.integers(0, 4))):
        stop = first + timedelta(draw(st.integers(-20, 90)))
        found.append(
            (stop, draw(st.sampled_from([None, stop + timedelta(draw(st.integers(0, 60)))])))
        )
    return found


@st.composite
def paused_starts(draw) -> tuple[date, list[Pause]]:
    """Starts with pauses near enough to matter."""
    pauses = draw(pause_lists())
    start = pauses[0][0] - timedelta(draw(st.integers(-30, 60))) if pauses else draw(STARTS)
    return start, pauses


def counted(start: date, period: Period, pauses: list[Pause]) -> date:
    """Return the last day as one counts it with a finger on the calendar."""

    def runs(one: date) -> bool:
        return not any(end is not None and stop <= one < end for stop, end in pauses)

    if period.unit == "workday":
        kinds, left = CALENDAR.is_workday, period.length
    else:
        natural = period.unit == "day"
        raw = start + timedelta(period.length) if natural else months_after(start, period.length)
        kinds, left = (lambda one: True), (raw - start).days
    one = start
    if left == 0:
        while not (runs(one) and kinds(one)):
            one += timedelta(1)
    while left:
        one += timedelta(1)
        left -= runs(one) and kinds(one)
    while not (runs(one) and CALENDAR.is_workday(one)):
        one += timedelta(1)
    return one


@given(paused_starts(), st.integers(0, 60), UNITS)
def test_a_due_date_is_what_counting_day_by_day_gives(paused, length, unit):
    start, pauses = paused
    period = Period(length, unit)
    assert due(start, period, CALENDAR, pauses=pauses).on == counted(start, period, pauses)


@given(STARTS, LENGTHS, UNITS)
def test_a_due_date_is_a_working_day_not_before_the_start(start, length, unit):
    found = due(start, Period(length, unit), CALENDAR).on
    assert found >= start
    assert CALENDAR.is_workday(found)


@given(STARTS, st.integers(1, 400))
def test_as_many_working_days_lie_between_as_the_period_has(start, length):
    found = due(start, Period(length, "workday"), CALENDAR).on
    assert workdays_between(start, found, CALENDAR) == length


@given(STARTS, STARTS, LENGTHS, UNITS)
def test_who_starts_later_never_ends_earlier(a, b, length, unit):
    first, second = sorted([a, b])
    period = Period(length, unit)
    assert due(first, period, CALENDAR).on <= due(second, period, CALENDAR).on


@given(paused_starts(), LENGTHS, UNITS)
def test_a_pause_never_brings_a_date_forward(paused, length, unit):
    start, pauses = paused
    period = Period(length, unit)
    assert due(start, period, CALENDAR, pauses=pauses).on >= due(start, period, CALENDAR).on


@given(paused_starts(), pause_lists(), LENGTHS, UNITS)
def test_one_pause_more_never_brings_a_date_forward(paused, more, length, unit):
    start, pauses = paused
    period = Period(length, unit)
    fewer = due(start, period, CALENDAR, pauses=pauses).on
    assert due(start, period, CALENDAR, pauses=pauses + more).on >= fewer


@given(paused_starts(), LENGTHS, UNITS, st.integers(0, 60), st.integers(0, 60))
def test_a_longer_extension_never_ends_earlier(paused, length, unit, a, b):
    start, pauses = paused
    shorter, longer = sorted([a, b])
    period = Period(length, unit)
    first = due(start, period, CALENDAR, pauses=pauses, extra=shorter).on
    assert due(start, period, CALENDAR, pauses=pauses, extra=longer).on >= first


@given(paused_starts(), LENGTHS, UNITS, st.integers(0, 60))
def test_an_extension_is_a_longer_period_from_the_same_start(paused, length, unit, extra):
    start, pauses = paused
    extended = due(start, Period(length, unit), CALENDAR, pauses=pauses, extra=extra)
    assert extended == due(start, Period(length + extra, unit), CALENDAR, pauses=pauses)


@given(paused_starts(), LENGTHS, UNITS, st.randoms(use_true_random=False))
def test_the_order_of_pauses_does_not_matter(paused, length, unit, random):
    start, pauses = paused
    period = Period(length, unit)
    expected = due(start, period, CALENDAR, pauses=pauses)
    shuffled = random.sample(pauses, len(pauses))
    assert due(start, period, CALENDAR, pauses=shuffled) == expected


@given(paused_starts(), LENGTHS, UNITS)
def test_no_period_ends_inside_a_pause(paused, length, unit):
    start, pauses = paused
    found = due(start, Period(length, unit), CALENDAR, pauses=pauses).on
    assert not any(end is not None and stop <= found < end for stop, end in pauses)


@given(st.lists(STARTS, min_size=3, max_size=3))
def test_working_days_between_add_up_and_turn_round(days):
    a, b, c = days
    there = workdays_between(a, b, CALENDAR)
    assert there == -workdays_between(b, a, CALENDAR)
    assert there + workdays_between(b, c, CALENDAR) == workdays_between(a, c, CALENDAR)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.integers(0, LONGEST), UNITS)
def test_every_period_ends_or_is_refused_and_never_overflows(start, length, unit):
    try:
        found = due(start, Period(length, unit), CALENDAR).on
    except OutOfRange:
        assert unit == "month" or start >= date(2184, 1, 1)
    else:
        assert start <= found <= date(2200, 12, 31)
