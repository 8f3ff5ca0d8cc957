"""Periods, pauses, extensions: the golden dates, and what is refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from app.rules.due_dates import (
    LONGEST,
    BadPeriod,
    Due,
    Period,
    due,
    months_after,
    workdays_between,
)
from app.rules.workdays import OutOfRange, WorkCalendar, load_calendar_files

CALENDAR = WorkCalendar.of(load_calendar_files(Path(__file__).parents[2] / "calendars"))
SHORT = {"W": "workday", "N": "day", "M": "month"}


def period_of(short: str) -> Period:
    """Return the period of a note like `15W`, `60N`, `6M`."""
    return Period(int(short[:-1]), SHORT[short[-1]])


def day(text: str) -> date:
    return date.fromisoformat(text)


def end(start: str, period: str, **how) -> str:
    return due(day(start), period_of(period), CALENDAR, **how).on.isoformat()


# --- golden dates (DOMAIN 3.5, 7.4; C1, C2, C10, C11)


@pytest.mark.parametrize(
    ("start", "period", "on"),
    [
        ("2024-09-27", "1W", "2024-09-29"),
        ("2024-09-27", "5W", "2024-10-10"),
        ("2024-09-30", "5W", "2024-10-12"),
        ("2024-11-01", "15W", "2024-11-22"),
        ("2024-12-31", "5W", "2025-01-08"),
        ("2025-01-24", "5W", "2025-02-07"),
        ("2025-01-27", "1W", "2025-02-05"),
        ("2025-04-25", "3W", "2025-04-29"),
        ("2025-09-30", "5W", "2025-10-14"),
        ("2024-04-03", "5W", "2024-04-11"),
        ("2025-01-24", "10W", "2025-02-13"),
        ("2026-02-13", "3W", "2026-02-25"),
        ("2025-09-26", "8W", "2025-10-14"),
        ("2024-11-04", "1W", "2024-11-05"),
        ("2024-11-04", "5W", "2024-11-11"),
        ("2024-11-05", "15W", "2024-11-26"),
        ("2024-11-08", "15W", "2024-11-29"),
        ("2024-11-29", "3W", "2024-12-04"),
        ("2024-12-02", "5W", "2024-12-09"),
    ],
)
def test_a_period_of_working_days_ends_on_the_golden_date(start, period, on):
    assert end(start, period) == on


@pytest.mark.parametrize(
    ("start", "period", "on"),
    [
        ("2024-11-01", "15N", "2024-11-18"),
        ("2024-09-05", "30N", "2024-10-08"),
        ("2024-12-02", "60N", "2025-02-05"),
        ("2024-08-02", "60N", "2024-10-08"),
        ("2024-11-30", "60N", "2025-02-05"),
        ("2025-01-09", "30N", "2025-02-08"),
        ("2024-11-01", "10N", "2024-11-11"),
        ("2024-11-20", "60N", "2025-01-20"),
        ("2024-12-04", "30N", "2025-01-03"),
        ("2024-12-02", "30N", "2025-01-02"),
    ],
)
def test_a_period_of_days_ends_on_a_working_day(start, period, on):
    assert end(start, period) == on


@pytest.mark.parametrize(
    ("start", "period", "on"),
    [
        ("2024-08-31", "6M", "2025-02-28"),
        ("2024-11-01", "6M", "2025-05-06"),
        ("2025-04-01", "6M", "2025-10-09"),
        ("2024-11-20", "6M", "2025-05-20"),
        ("2023-08-31", "6M", "2024-02-29"),
        ("2024-01-31", "1M", "2024-02-29"),
        ("2024-02-29", "12M", "2025-02-28"),
    ],
)
def test_a_period_of_months_ends_on_the_same_numbered_day_or_the_months_last(start, period, on):
    assert end(start, period) == on


@pytest.mark.parametrize(
    ("start", "months", "on"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
        ("2024-05-31", 0, "2024-05-31"),
    ],
)
def test_months_are_counted_by_their_numbers(start, months, on):
    assert months_after(day(start), months) == day(on)


@pytest.mark.parametrize("unit", ["workday", "day", "month"])
@pytest.mark.parametrize(
    ("start", "on"),
    [("2024-11-04", "2024-11-04"), ("2024-11-02", "2024-11-04"), ("2024-09-29", "2024-09-29")],
)
def test_a_length_of_zero_is_the_same_working_day(unit, start, on):
    assert due(day(start), Period(0, unit), CALENDAR) == Due(day(on), provisional=False)


# --- pauses


def test_the_day_of_resumption_runs_again():
    pauses = [(day("2024-11-11"), day("2024-11-20"))]
    assert end("2024-11-01", "15W", pauses=pauses) == "2024-12-03"


def test_days_that_two_pauses_share_count_once():
    pauses = [(day("2024-11-15"), day("2024-11-20")), (day("2024-11-11"), day("2024-11-18"))]
    assert end("2024-11-01", "15W", pauses=pauses) == "2024-12-03"


def test_a_pause_inside_another_changes_nothing():
    pauses = [(day("2024-11-11"), day("2024-11-20")), (day("2024-11-12"), day("2024-11-14"))]
    assert end("2024-11-01", "15W", pauses=pauses) == "2024-12-03"


def test_two_pauses_one_after_the_other_are_one():
    pauses = [(day("2024-11-11"), day("2024-11-15")), (day("2024-11-15"), day("2024-11-20"))]
    assert end("2024-11-01", "15W", pauses=pauses) == "2024-12-03"


def test_an_open_pause_is_left_to_the_caller():
    assert end("2024-11-01", "15W", pauses=[(day("2024-11-11"), None)]) == "2024-11-22"


def test_a_pause_after_the_last_day_comes_too_late():
    assert (
        end("2024-11-01", "15W", pauses=[(day("2024-11-23"), day("2024-12-20"))]) == "2024-11-22"
    )


def test_a_pause_on_the_last_day_still_counts():
    assert (
        end("2024-11-01", "15W", pauses=[(day("2024-11-22"), day("2024-11-26"))]) == "2024-11-26"
    )


def test_a_pause_taken_back_on_the_same_day_changes_nothing():
    assert (
        end("2024-11-01", "15W", pauses=[(day("2024-11-11"), day("2024-11-11"))]) == "2024-11-22"
    )


def test_a_pause_before_the_start_changes_nothing():
    assert (
        end("2024-11-01", "15W", pauses=[(day("2024-10-01"), day("2024-11-02"))]) == "2024-11-22"
    )


def test_a_pause_over_a_weekend_costs_no_working_day():
    assert (
        end("2024-11-01", "15W", pauses=[(day("2024-11-09"), day("2024-11-11"))]) == "2024-11-22"
    )


@pytest.mark.parametrize(("period", "on"), [("30N", "2024-12-10"), ("1M", "2024-12-10")])
def test_days_and_months_move_by_the_days_paused(period, on):
    """Raw 2024-12-01; nine days do not run."""
    assert end("2024-11-01", period, pauses=[(day("2024-11-11"), day("2024-11-20"))]) == on


def test_a_pause_that_begins_in_the_added_days_counts_too():
    pauses = [(day("2024-11-11"), day("2024-11-20")), (day("2024-12-05"), day("2024-12-09"))]
    assert end("2024-11-01", "30N", pauses=pauses) == "2024-12-16"


def test_only_the_days_after_the_start_can_be_paused():
    """From 29 October to 5 November, of which the second to the fourth lie in the period."""
    assert (
        end("2024-11-01", "10N", pauses=[(day("2024-10-29"), day("2024-11-05"))]) == "2024-11-14"
    )


def test_a_pause_on_the_working_day_to_which_the_end_moved_still_counts():
    """Raw Saturday 2024-11-16, moved to Monday; the pause begins that Monday."""
    pauses = [(day("2024-11-18"), day("2024-11-20"))]
    assert end("2024-11-01", "15N", pauses=pauses) == "2024-11-20"


def test_a_start_that_is_paused_waits_for_the_resumption():
    pauses = [(day("2024-11-04"), day("2024-11-06"))]
    assert end("2024-11-04", "0W", pauses=pauses) == "2024-11-06"
    assert end("2024-11-04", "0N", pauses=pauses) == "2024-11-06"


# --- extensions


def test_an_extension_lengthens_the_period_from_its_start():
    assert end("2024-11-01", "15W", extra=10) == end("2024-11-01", "25W") == "2024-12-06"


def test_an_extension_goes_with_a_pause():
    pauses = [(day("2024-11-11"), day("2024-11-20"))]
    assert end("2024-11-01", "15W", extra=10, pauses=pauses) == "2024-12-17"


def test_an_extension_is_not_added_to_a_last_day_that_has_moved():
    """Raw 2024-11-16 moves to the 18th; with five more the raw end is the 21st, no 23rd."""
    assert end("2024-11-01", "15N", extra=5) == "2024-11-21"


def test_months_are_extended_before_the_months_last_day_is_sought():
    assert end("2024-08-31", "6M", extra=1) == "2025-03-31"


# --- provisional dates


@pytest.mark.parametrize(
    ("start", "period", "provisional"),
    [
        ("2026-12-01", "15W", False),
        ("2026-12-28", "3W", False),
        ("2026-12-28", "4W", True),
        ("2026-12-31", "1W", True),
        ("2026-12-01", "30N", False),
        ("2026-12-01", "31N", True),
        ("2026-06-30", "6M", False),
        ("2026-07-01", "6M", True),
        ("2003-12-31", "1W", False),
        ("2003-12-30", "1W", True),
        ("2003-12-01", "60N", False),
        ("2003-12-25", "5W", True),
        ("2022-12-01", "30N", False),
    ],
)
def test_a_date_is_provisional_where_an_unannounced_year_decides_it(start, period, provisional):
    assert due(day(start), period_of(period), CALENDAR).provisional is provisional


def test_a_last_day_that_moves_into_an_unannounced_year_is_provisional():
    """Raw Saturday 2022-12-31, and 2023 not yet announced."""
    known = WorkCalendar(CALENDAR.days, CALENDAR.announced - {2023})
    found = due(day("2022-12-01"), Period(30, "day"), known)
    assert found == Due(day("2023-01-03"), provisional=True)


def test_a_provisional_date_skips_weekends_and_the_fixed_holidays():
    found = due(day("2027-09-30"), Period(1, "workday"), CALENDAR)
    assert found == Due(day("2027-10-04"), provisional=True)


# --- working days between


@pytest.mark.parametrize(
    ("a", "b", "n"),
    [
        ("2024-11-22", "2024-11-22", 0),
        ("2024-11-21", "2024-11-22", 1),
        ("2024-11-22", "2024-11-25", 1),
        ("2024-11-25", "2024-11-22", -1),
        ("2024-11-24", "2024-11-22", 0),
        ("2024-09-27", "2024-10-10", 5),
        ("2024-10-10", "2024-09-27", -5),
        ("2023-12-31", "2026-12-31", 251 + 248 + 248),
        ("2004-01-01", "2004-01-01", 0),
    ],
)
def test_working_days_left_and_overdue_are_counted(a, b, n):
    assert workdays_between(day(a), day(b), CALENDAR) == n


# --- refusals


@pytest.mark.parametrize("length", [-1, LONGEST + 1, True, 1.5, "15", None])
def test_a_length_that_makes_no_sense_is_refused(length):
    with pytest.raises(BadPeriod, match="whole number from 0 to 3660"):
        Period(length, "workday")


@pytest.mark.parametrize("extra", [-5, LONGEST + 1, True, 2.0])
def test_an_extension_that_makes_no_sense_is_refused(extra):
    with pytest.raises(BadPeriod, match="whole number from 0 to 3660"):
        due(day("2024-11-01"), Period(15, "workday"), CALENDAR, extra=extra)


def test_period_and_extension_together_keep_to_the_longest():
    with pytest.raises(BadPeriod, match="not '3661'"):
        due(day("2024-11-01"), Period(LONGEST, "day"), CALENDAR, extra=1)


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(BadPeriod, match="'week' is no unit of time; known: workday, day, month"):
        Period(1, "week")


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadPeriod, match="A pause from 2024-11-20 cannot end on 2024-11-11"):
        end("2024-11-01", "15W", pauses=[(day("2024-11-20"), day("2024-11-11"))])


@pytest.mark.parametrize("unit", ["workday", "day", "month"])
@pytest.mark.parametrize("start", [date.min, date(1899, 12, 31), date(2201, 1, 1), date.max])
def test_a_start_outside_the_years_is_refused(unit, start):
    with pytest.raises(OutOfRange, match="lies outside 1900 to 2200"):
        due(start, Period(1, unit), CALENDAR)


@pytest.mark.parametrize("unit", ["workday", "day", "month"])
def test_an_end_outside_the_years_is_refused(unit):
    with pytest.raises(OutOfRange, match="lies outside 1900 to 2200"):
        due(date(2200, 12, 1), Period(LONGEST, unit), CALENDAR)


def test_a_pause_until_the_end_of_time_is_refused():
    with pytest.raises(OutOfRange, match="9999"):
        end("2024-11-01", "15N", pauses=[(day("2024-11-11"), date.max)])


@pytest.mark.parametrize(("a", "b"), [(date.min, date(2024, 1, 1)), (date(2024, 1, 1), date.max)])
def test_working_days_to_a_day_outside_the_years_are_refused(a, b):
    with pytest.raises(OutOfRange):
        workdays_between(a, b, CALENDAR)


def test_a_moment_is_no_start():
    with pytest.raises(TypeError, match="civil date"):
        due(datetime(2024, 11, 1, 20, 0), Period(1, "workday"), CALENDAR)  # noqa: DTZ001
