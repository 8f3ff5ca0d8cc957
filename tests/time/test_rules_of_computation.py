"""The rules of computation C1, C2, C10, C11 and C12 against packages that know nothing of us.

C3 to C9 say what a law means by its words (working days or natural ones, what is in time):
docs/clocks.md lists them with each period; the unit stands in the profile.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest
from dateutil.relativedelta import relativedelta

from app.rules.due_dates import Period, due, due_moment
from app.rules.periods import is_late
from tests.factories import Engine, at, china, task

CHINA = holidays.country_holidays("CN", years=range(2023, 2027))
#: Every day of two years as a start: periods from here end before the last notice.
STARTS = [date(2024, 1, 1) + timedelta(n) for n in range(0, 730, 3)]
ORACLES = {"chinesecalendar": chinese_calendar.is_workday, "holidays": CHINA.is_working_day}


@pytest.mark.parametrize("works", ORACLES.values(), ids=ORACLES)
@pytest.mark.parametrize("length", [1, 3, 5, 10, 15, 30])
def test_c1_c11_the_start_is_left_out_and_the_nth_working_day_is_the_last(works, length):
    for start in STARTS:
        day, left = start, length
        while left:
            day += timedelta(1)
            left -= works(day)
        assert due(start, Period(length, "workday"), china()).on == day


@pytest.mark.parametrize("works", ORACLES.values(), ids=ORACLES)
@pytest.mark.parametrize("length", [15, 30, 60])
def test_c1_c2_holidays_count_but_the_last_day_moves_to_a_working_day(works, length):
    for start in STARTS:
        day = start + timedelta(length)
        while not works(day):
            day += timedelta(1)
        assert due(start, Period(length, "day"), china()).on == day


@pytest.mark.parametrize("works", ORACLES.values(), ids=ORACLES)
@pytest.mark.parametrize("length", [1, 2, 6])
def test_c10_months_end_on_the_same_numbered_day_or_the_months_last(works, length):
    for start in STARTS:
        day = start + relativedelta(months=length)
        while not works(day):
            day += timedelta(1)
        assert due(start, Period(length, "month"), china()).on == day


def test_c1_hours_run_from_the_next_full_hour():
    assert due_moment(at("2024-11-04 09:01"), 2) == at("2024-11-04 12:00")


@pytest.mark.parametrize(
    ("moment", "late"),
    [("2024-11-11 23:59", False), ("2024-11-12 00:00", True)],
)
def test_c12_the_last_day_ends_at_midnight_in_china(moment, late):
    acceptance = task(Engine().register("tax"), "acceptance")
    assert acceptance.due_on == date(2024, 11, 11)
    assert is_late(acceptance, at(moment)) is late
