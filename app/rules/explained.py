"""A due date told day by day: which days counted, which did not, and by what rule or notice.

Counted with a finger on the calendar, apart from `due_dates`, which finds the last day by
searching: a test holds the two together. What was counted is told up to the day that a task
bears, also where the calendar was changed after that day had been told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from app.errors import N_, Reason
from app.rules.due_dates import Pause, months_after
from app.rules.shapes import ZONE, PauseLike
from app.rules.workdays import WorkCalendar

Why = Literal[
    "start", "workday", "make-up", "day", "hours", "weekend", "holiday", "paused", "moved"
]

START_SOURCE = N_("Civil Procedure Law art. 85(2), Civil Code art. 201(1)")
MOVED_SOURCE = N_("Civil Procedure Law art. 85(3), Civil Code art. 203(1)")
WEEKEND_SOURCE = N_("State Council's rules on working hours, art. 7")
PAUSE_SOURCE = N_("The case was paused by an act")
#: A task whose last day was set by hand: its length is in natural days, an extension in
#: working days (app.rules.periods).
BY_HAND = "date"


@dataclass(frozen=True, slots=True)
class PeriodDay:
    """A day of a period. `ran` is what has run by its end: working days, days, or hours.

    `name` is the holiday's; `source` the notice, law or rule, as written there or, where it is
    the product's own text, to be translated. `provisional` tells that the notice is not out.
    """

    on: date
    counted: bool
    ran: int
    why: Why
    name: str = ""
    source: str = ""
    provisional: bool = False


def explain(
    start: date,
    length: int,
    unit: str,
    calendar: WorkCalendar,
    until: date,
    *,
    pauses: Sequence[Pause] = (),
    extra: int = 0,
) -> list[PeriodDay]:
    """Return the days of a period from its start to `until`, the day that it is due.

    `unit` is workday, day, month or `date` (set by hand). A pause without an end stops the
    period up to the last day. A period that was counted by another calendar ends where it ends:
    `ran` of the last day then differs from the length.
    """
    natural = _natural_days(start, length, unit, extra)
    found = [PeriodDay(start, False, 0, "start", source=START_SOURCE)]
    ran = 0
    for on in _days_after(start, until):
        by_workdays = unit == "workday" or (unit == BY_HAND and ran >= natural)
        if _is_paused(on, pauses):
            day = PeriodDay(on, False, ran, "paused", source=PAUSE_SOURCE)
        elif by_workdays:
            day = _working(on, ran, calendar)
        elif ran < natural:
            day = PeriodDay(on, True, ran + 1, "day")
        else:
            day = _beyond(on, ran, calendar)
        ran = day.ran
        found.append(day)
    return found


def explain_hours(
    began: datetime, until: datetime, *, pauses: Sequence[Pause] = ()
) -> list[PeriodDay]:
    """Return the days of a period of hours with the hours that ran by the end of each.

    `began` and `until` are aware moments in the zone of the place; the first hour that runs is
    the full one after the start (C1).
    """
    first = began.replace(minute=0, second=0, microsecond=0)
    first += timedelta(hours=1) if first < began else timedelta()
    found, ran = [], 0
    for on in (first.date(), *_days_after(first.date(), until.date())):
        if _is_paused(on, pauses):
            found.append(PeriodDay(on, False, ran, "paused", source=PAUSE_SOURCE))
            continue
        midnight = datetime.combine(on, time(tzinfo=until.tzinfo))
        span = min(until, midnight + timedelta(1)) - max(first, midnight)
        hours = max(0, span // timedelta(hours=1))
        ran += hours
        found.append(PeriodDay(on, hours > 0, ran, "hours"))
    return found


def _natural_days(start: date, length: int, unit: str, extra: int) -> int:
    """Return how many natural days run before the last day is sought; 0 for working days."""
    if unit == "workday":
        return 0
    if unit == "month":
        return (months_after(start, length + extra) - start).days
    return length + (0 if unit == BY_HAND else extra)


def _days_after(day: date, until: date) -> Iterator[date]:
    return (day + timedelta(shift) for shift in range(1, (until - day).days + 1))


def _is_paused(day: date, pauses: Sequence[Pause]) -> bool:
    """Return whether a pause covers the day; the day of resumption runs again."""
    return any(stop <= day and (again is None or day < again) for stop, again in pauses)


def _working(on: date, ran: int, calendar: WorkCalendar) -> PeriodDay:
    """Return a day of a period of working days (C11)."""
    if not calendar.is_workday(on):
        return _rest(on, ran, calendar)
    kind = calendar.kind_of(on)
    why: Why = "make-up" if kind.kind == "make-up" else "workday"
    return PeriodDay(on, True, ran + 1, why, kind.name, kind.source, kind.provisional)


def _rest(on: date, ran: int, calendar: WorkCalendar) -> PeriodDay:
    kind = calendar.kind_of(on)
    if kind.kind == "holiday":
        return PeriodDay(on, False, ran, "holiday", kind.name, kind.source, kind.provisional)
    return PeriodDay(on, False, ran, "weekend", "", WEEKEND_SOURCE, kind.provisional)


def _beyond(on: date, ran: int, calendar: WorkCalendar) -> PeriodDay:
    """Return a day after the last one, which was a day off: the next working day is it (C2)."""
    if not calendar.is_workday(on):
        return _rest(on, ran, calendar)
    provisional = calendar.kind_of(on).provisional
    return PeriodDay(on, False, ran, "moved", source=MOVED_SOURCE, provisional=provisional)


# --- a task's own days, and the words for them

_WORDS: dict[Why, str] = {
    "start": N_("the day on which it began; it does not count"),
    "workday": N_("working day"),
    "make-up": N_("make-up working day"),
    "day": N_("calendar day; holidays count too"),
    "hours": N_("hours run day and night"),
    "weekend": N_("weekend"),
    "holiday": N_("day off"),
    "paused": N_("paused"),
    "moved": N_("the last day was a day off; the next working day takes its place"),
}


def words_of(day: PeriodDay) -> Reason:
    """Return why a day counted or did not, for a reader; names stand as the notice has them."""
    why = Reason(_WORDS[day.why])
    return (
        Reason(N_("%(why)s (%(name)s)"), {"why": why, "name": Reason(day.name)})
        if day.name
        else why
    )


def of_task(
    task: Any, calendar: WorkCalendar, pauses: Sequence[PauseLike], began: datetime | None
) -> list[PeriodDay]:
    """Return the days of a task's period; none where it has no last day.

    `began` is the moment at which a task of hours was opened, in any zone; where it is not
    known, its days are not told.
    """
    spans = [(pause.from_on, pause.to_on) for pause in pauses]
    if task.length is None:
        return []
    if task.due_at is not None:
        if began is None:
            return []
        return explain_hours(began.astimezone(ZONE), task.due_at.astimezone(ZONE), pauses=spans)
    return explain(
        task.from_on,
        task.length,
        task.unit,
        calendar,
        task.due_on,
        pauses=spans,
        extra=task.extra,
    )
