"""Periods of hours: from the next full hour to a moment, day and night, without the pauses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.due_dates import BadPeriod, due_moment
from tests.factories import at


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-11-04 09:00", 4, "2024-11-04 13:00"),
        ("2024-11-04 09:01", 4, "2024-11-04 14:00"),
        ("2024-11-04 09:59", 24, "2024-11-05 10:00"),
        ("2024-11-04 23:30", 1, "2024-11-05 01:00"),
        ("2024-11-08 17:00", 24, "2024-11-09 17:00"),
        ("2024-12-31 20:00", 48, "2025-01-02 20:00"),
        ("2024-11-04 09:20", 0, "2024-11-04 10:00"),
    ],
    ids=["full hour", "next hour", "a day", "midnight", "Saturday", "New Year", "none"],
)
def test_hours_end_at_a_moment(start, hours, end):
    assert due_moment(at(start), hours) == at(end)


def test_an_extension_adds_hours():
    assert due_moment(at("2024-11-04 09:00"), 4, extra=20) == at("2024-11-05 09:00")


D = date(2024, 11, 4)


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ([], "2024-11-05 09:00"),
        ([(D, D)], "2024-11-05 09:00"),
        ([(D, D + timedelta(1))], "2024-11-06 00:00"),
        ([(D, D + timedelta(3))], "2024-11-08 00:00"),
        ([(D + timedelta(1), D + timedelta(2))], "2024-11-06 09:00"),
        ([(D + timedelta(2), D + timedelta(5))], "2024-11-05 09:00"),
        ([(D, D + timedelta(2)), (D + timedelta(1), D + timedelta(3))], "2024-11-08 00:00"),
        ([(D, None)], "2024-11-05 09:00"),
        ([(D - timedelta(3), D)], "2024-11-05 09:00"),
    ],
    ids=["none", "same day", "first day", "three", "the second", "after", "two", "open", "before"],
)
def test_the_days_of_an_ended_pause_do_not_run(pauses, end):
    assert due_moment(at("2024-11-04 09:00"), 24, pauses=pauses) == at(end)


@pytest.mark.parametrize("hours", [-1, 4000, True, 1.5])
def test_a_length_that_is_none_is_refused(hours):
    with pytest.raises(BadPeriod):
        due_moment(at("2024-11-04 09:00"), hours)


DAYS = st.integers(0, 20)


@given(st.integers(0, 24 * 60), st.integers(1, 200), st.lists(st.tuples(DAYS, DAYS), max_size=4))
def test_a_pause_never_makes_a_period_end_earlier(minute, hours, spans):
    start = at("2024-11-04 00:00") + timedelta(minutes=minute)
    pauses = [(D + timedelta(min(pair)), D + timedelta(max(pair))) for pair in spans]
    plain, paused = due_moment(start, hours), due_moment(start, hours, pauses=pauses)
    longest = timedelta(sum(abs(a - b) for a, b in spans))
    assert plain <= paused <= plain + longest
    assert due_moment(start, hours, pauses=pauses, extra=1) >= paused + timedelta(hours=1)
