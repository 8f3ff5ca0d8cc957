"""How working days are counted and put in order: the golden numbers of the domain."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from app.evaluation.days import Days, read_stops, rounded, together, working_days
from app.rules.workdays import WorkCalendar, load_calendar_files

GOLDEN = Days(Counter([1, 2, 2, 3, 4, 5, 7, 9, 12, 30]))


@pytest.fixture(scope="module")
def calendar(root) -> WorkCalendar:
    return WorkCalendar.of(load_calendar_files(root / "calendars"))


def test_the_golden_numbers_are_met() -> None:
    assert (GOLDEN.mean, GOLDEN.median, GOLDEN.p90) == (7.5, 4.5, 12)


@pytest.mark.parametrize(
    ("days", "median", "p90"),
    [
        ([5], 5, 5),
        ([1, 2], 1.5, 2),
        ([1, 2, 3], 2, 3),
        ([0] * 9 + [8], 0, 0),
        ([0] * 8 + [8] * 2, 0, 8),
    ],
)
def test_ranks_are_those_of_the_sorted_values(days: list[int], median: float, p90: int) -> None:
    found = Days(Counter(days))
    assert (found.median, found.p90) == (median, p90)


def test_nothing_has_no_days() -> None:
    none = Days({})
    assert (none.number, none.mean, none.median, none.p90) == (0, None, None, None)


def test_the_days_of_two_bodies_are_put_together() -> None:
    assert together({"a": Days({1: 2}), "b": Days({1: 1, 4: 1})}).often == {1: 3, 4: 1}


def test_halves_are_rounded_away_from_zero() -> None:
    assert (rounded(Decimal("0.25"), 1), rounded(Decimal("0.00005"), 4)) == (0.3, 0.0001)


@pytest.mark.parametrize(
    ("begun", "ended", "stops", "days"),
    [
        # From a Monday: the day of the start is not counted, the last one is.
        ("2024-11-04", "2024-11-04", "", 0),
        ("2024-11-04", "2024-11-11", "", 5),
        # The National Day week of 2024: 1 to 7 October off, 12 October worked.
        ("2024-09-30", "2024-10-12", "", 5),
        # Paused from Wednesday on, running again on Friday: Wednesday and Thursday do not run.
        ("2024-11-04", "2024-11-11", "2024-11-06:2024-11-08", 3),
        # Two pauses that share days; one from before the start; one that still stands.
        ("2024-11-04", "2024-11-11", "2024-11-05:2024-11-07,2024-11-06:2024-11-08", 2),
        ("2024-11-04", "2024-11-11", "2024-10-28:2024-11-06", 4),
        ("2024-11-04", "2024-11-11", "2024-11-07:", 2),
        # A pause inside another one, in any order; one after the end.
        ("2024-11-04", "2024-11-11", "2024-11-06:2024-11-07,2024-11-05:2024-11-09", 1),
        ("2024-11-04", "2024-11-11", "2024-11-12:2024-11-20", 5),
    ],
)
def test_days_of_a_pause_do_not_run(
    calendar: WorkCalendar, begun: str, ended: str, stops: str, days: int
) -> None:
    first, last = date.fromisoformat(begun), date.fromisoformat(ended)
    assert working_days(calendar, first, last, read_stops(stops)) == days
