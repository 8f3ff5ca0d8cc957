"""Dates, amounts and due dates in the reader's words, as template filters.

The patterns of dates are Babel patterns and go through the translation catalogue, so that a
language puts day, month and weekday in its own order. Civil dates are those of China.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_datetime, get_day_names
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from app.clock import CHINA
from app.database import NEVER
from app.errors import N_, Reason
from app.rules.workdays import WorkCalendar

Tone = Literal["late", "today", "soon", "calm", "paused", "provisional"]

#: How many working days ahead a due date begins to press.
SOON = 3
#: A dash stands for "nothing", which is not 0.
NOTHING = "\N{EM DASH}"

NUMBER_WORDS = (
    N_("none"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
)


@dataclass(frozen=True)
class Due:
    """A due date for the screen: a big line, a small one, and how much it presses."""

    tone: Tone
    big: str
    small: str = ""


def date_short(day: date | None) -> str:
    """Return day, month and weekday: `Tue 21 Oct`."""
    return _date(day, gettext("EEE d MMM"))


def date_day(day: date | None) -> str:
    """Return day and month: `21 Oct`."""
    return _date(day, gettext("d MMM"))


def date_long(day: date | None) -> str:
    """Return day, month and the weekday in full: `Tuesday 21 October`."""
    return _date(day, gettext("EEEE d MMMM"))


def date_full(day: date | None) -> str:
    """Return the date with its year: `21 October 2025`."""
    return _date(day, gettext("d MMMM y"))


def datetime_short(moment: datetime | None) -> str:
    """Return day, month and time in China: `21 Oct 15:02`."""
    if moment is None:
        return NOTHING
    return format_datetime(
        moment.astimezone(CHINA), gettext("d MMM HH:mm"), tzinfo=CHINA, locale=locale()
    )


def datetime_full(moment: datetime | None) -> str:
    """Return date with year and time in China: `21 October 2025 15:02`."""
    if moment is None:
        return NOTHING
    return format_datetime(
        moment.astimezone(CHINA), gettext("d MMMM y HH:mm"), tzinfo=CHINA, locale=locale()
    )


def money(amount: Decimal | str | None) -> str:
    """Return an amount in yuan: `2,148.00 yuan`."""
    if amount is None or amount == "":
        return NOTHING
    written = format_decimal(Decimal(amount), "#,##0.00", locale=locale())
    return gettext("%(amount)s yuan", amount=written)


def number_word(number: int) -> str:
    """Return a small number as a word, a larger one in figures."""
    if 0 <= number < len(NUMBER_WORDS):
        return gettext(NUMBER_WORDS[number])
    return str(number)


def weekday_letters() -> list[str]:
    """Return the shortest names of Monday to Sunday."""
    names = get_day_names("narrow", "stand-alone", locale())
    return [names[day] for day in range(7)]


def size_words(size: int) -> str:
    """Return a file's size: `12 KB`, `3.4 MB`."""
    if size < 1024 * 1024:
        return gettext("%(n)s KB", n=max(1, round(size / 1024)))
    return gettext("%(n)s MB", n=format_decimal(round(size / 1024 / 1024, 1), locale=locale()))


def say(reason: Reason) -> str:
    """Return a reason in the reader's language."""
    return reason.say(gettext)


def due_words(
    due_on: date,
    today: date,
    calendar: WorkCalendar,
    *,
    unit: str | None = "workday",
    at: datetime | None = None,
    has_passed: bool = False,
    paused: bool = False,
    provisional: bool = False,
    soon: int = SOON,
) -> Due:
    """Return how a due date stands today: late by n, today, n left, paused, provisional.

    `unit` is the measure of the period (working days, else calendar days); it is always named.
    `at` is the moment at which a period of hours ends, `has_passed` whether it has; then the
    small line tells the time. `soon` is how near a day begins to press.
    """
    if paused:
        return Due("paused", gettext("Paused"), gettext("goes on when resumed"))
    if due_on >= NEVER:
        return Due("calm", gettext("No date set"))
    if due_on < today or has_passed:
        late = _between(due_on, today, calendar, unit)
        when = date_day(due_on) if at is None else datetime_short(at)
        return Due("late", _late_words(late, unit), gettext("was due %(day)s", day=when))
    small = date_short(due_on) if at is None else datetime_short(at)
    if provisional:
        year = gettext("holidays of %(year)s not announced, provisional", year=due_on.year)
        return Due("provisional", small, year)
    if due_on == today:
        return Due("today", gettext("Today"), small)
    left = _between(today, due_on, calendar, unit)
    return Due("soon" if left <= soon else "calm", _left_words(left, unit), small)


def locale() -> Locale:
    """Return the reader's locale; English where there is no request."""
    return get_locale() or Locale("en")


def init_app(app: Flask) -> None:
    """Make the filters and two helpers known to the templates."""
    filters: dict[str, Any] = {
        "date_short": date_short,
        "date_day": date_day,
        "date_long": date_long,
        "date_full": date_full,
        "datetime_short": datetime_short,
        "datetime_full": datetime_full,
        "money": money,
        "number_word": number_word,
        "size_words": size_words,
        "say": say,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals["weekday_letters"] = weekday_letters


def _date(day: date | None, pattern: str) -> str:
    if day is None or day >= NEVER:
        return NOTHING
    return format_date(day, pattern, locale=locale())


def _between(after: date, until: date, calendar: WorkCalendar, unit: str | None) -> int:
    if unit in (None, "workday"):
        return calendar.count(after.toordinal(), until.toordinal())
    return (until - after).days


def _late_words(number: int, unit: str | None) -> str:
    if number < 1:
        return gettext("Overdue")
    if unit in (None, "workday"):
        return ngettext("%(num)s working day late", "%(num)s working days late", number)
    return ngettext("%(num)s day late", "%(num)s days late", number)


def _left_words(number: int, unit: str | None) -> str:
    if unit in (None, "workday"):
        return ngettext("%(num)s working day left", "%(num)s working days left", number)
    return ngettext("%(num)s day left", "%(num)s days left", number)
