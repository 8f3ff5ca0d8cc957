"""Dates and due dates in words: always the measure, never a bare number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest
from flask import Flask

from app.clock import CHINA
from app.database import NEVER
from app.rules.workdays import CalendarDay, WorkCalendar
from app.screens.formats import date_short, due_words, money, number_word, size_words

MONDAY = date(2024, 11, 4)
CALENDAR = WorkCalendar.of([CalendarDay(date(2024, 1, 1), "rest", "New Year", "notice")])


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        from flask import session

        session["locale"] = "en"
        yield


@pytest.mark.parametrize(
    ("due_on", "tone", "words"),
    [
        (date(2024, 11, 1), "late", "1 working day late"),
        (MONDAY, "today", "Today"),
        (date(2024, 11, 5), "soon", "1 working day left"),
        (date(2024, 11, 11), "calm", "5 working days left"),
        (NEVER, "calm", "No date set"),
    ],
)
def test_a_due_date_says_how_much_is_left(due_on: date, tone: str, words: str) -> None:
    due = due_words(due_on, MONDAY, CALENDAR)
    assert (due.tone, due.big) == (tone, words)


def test_natural_days_are_named_as_days() -> None:
    assert due_words(date(2024, 11, 9), MONDAY, CALENDAR, unit="day").big == "5 days left"


def test_a_period_of_hours_tells_the_time_and_is_late_on_the_same_day() -> None:
    at = datetime(2024, 11, 4, 10, 0, tzinfo=CHINA)
    running = due_words(MONDAY, MONDAY, CALENDAR, unit="hour", at=at)
    passed = due_words(MONDAY, MONDAY, CALENDAR, unit="hour", at=at, has_passed=True)
    assert (running.tone, running.small) == ("today", "4 Nov 10:00")
    assert (passed.tone, passed.big, passed.small) == ("late", "Overdue", "was due 4 Nov 10:00")


def test_what_is_paused_says_so_whatever_the_date() -> None:
    assert due_words(date(2024, 11, 1), MONDAY, CALENDAR, paused=True).tone == "paused"


def test_a_date_in_an_unannounced_year_is_provisional() -> None:
    due = due_words(date(2025, 1, 8), MONDAY, CALENDAR, provisional=True)
    assert due.tone == "provisional"
    assert "2025" in due.small


def test_dates_amounts_and_sizes_read_as_people_write_them() -> None:
    assert date_short(MONDAY) == "Mon 4 Nov"
    assert money("2148") == "2,148.00 yuan"
    assert size_words(1536) == "2 KB"
    assert number_word(8) == "eight"
    assert number_word(11) == "11"
