"""The day on which a period ends, and how far away a day is in working days.

The first day is not counted (rule C1: Civil Procedure Law 85(2), Civil Code 201(1)). A period
of working days ends on its n-th working day. A period of days or months whose last day is no
working day ends on the next one (C2: Civil Procedure Law 85(3), Civil Code 203(1)); months end
on the same-numbered day, or on the month's last (C10: Civil Code 202).

A pause stops the period: the days from its first up to, not including, the day of resumption
do not run; that day runs again. Days that two pauses share count once. An extension makes the
period longer from the same start. A new start is never made.

Hours run day and night, working day or not, from the full hour after the start (C1: procedural
hours, Interpretation of the Civil Procedure Law 125), and end at a moment, not on a day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

from app.errors import N_, Reason
from app.rules.workdays import FIRST_YEAR, LAST_YEAR, OutOfRange, WorkCalendar

Unit = Literal["workday", "day", "month"]
#: First day that does not run, and the day on which the period runs again (None: not yet).
Pause = tuple[date, date | None]

LONGEST = 3660
UNITS: tuple[Unit, ...] = get_args(Unit)


class BadPeriod(ValueError):
    """A length, unit, extension or pause makes no sense; `reason` says what to mend."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in working days, natural days or months."""

    length: int
    unit: Unit

    def __post_init__(self) -> None:
        _check_length(self.length)
        if self.unit not in UNITS:
            text = N_("'%(unit)s' is no unit of time; known: %(known)s")
            raise BadPeriod(Reason(text, {"unit": self.unit, "known": list(UNITS)}))


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a period; provisional where a year that decides it is not announced."""

    on: date
    provisional: bool


def due(
    start: date,
    period: Period,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    extra: int = 0,
) -> Due:
    """Return the last day of a period that begins on `start`, which is not counted.

    `extra` is an extension in the period's unit. A pause without an end is left out: the
    caller marks such a date as paused. A length of 0 means the start day itself, or the next
    working day. Raises BadPeriod, or OutOfRange for dates outside 1900 to 2200.
    """
    _check_date(start)
    length = period.length
    if extra:
        _check_length(extra)
        length += extra
        _check_length(length)
    stops = _stops(pauses) if pauses else ()
    first = start.toordinal()
    if period.unit == "workday":
        last = _run(first, length, stops, calendar.count, calendar.nth_after)
        decisive = first if length == 0 else first + 1
    else:
        days = length if period.unit == "day" else months_after(start, length).toordinal() - first
        decisive = _run(first, days, stops, _days_between, _nth_day)
        # reading: the working day to which the last day moves is a running one as well, so
        # that a pause that begins on it still counts and no period ends inside a pause.
        last = _run(decisive, 0, stops, calendar.count, calendar.nth_after)
    on = _date_of(last)
    return Due(on, _is_provisional(_date_of(decisive).year, on.year, calendar))


def running_day(start: date, days: int, pauses: Sequence[Pause] = ()) -> date:
    """Return the n-th natural day after `start` that runs, working day or not.

    For a last day that was set by hand: pauses move it, weekends do not.
    """
    first = start.toordinal()
    return _date_of(_run(first, days, _stops(pauses), _days_between, _nth_day))


def due_moment(
    start: datetime, hours: int, *, pauses: Sequence[Pause] = (), extra: int = 0
) -> datetime:
    """Return the moment at which a period of hours ends.

    `start` is an aware moment in the zone of the place; `extra` are further hours. The days of
    an ended pause do not run. Raises BadPeriod, or OutOfRange for dates outside 1900 to 2200.
    """
    _check_length(hours)
    _check_length(extra)
    began = start.replace(minute=0, second=0, microsecond=0)
    began += timedelta(hours=1) if began < start else timedelta()
    last = began + timedelta(hours=hours + extra)
    for stop, resume in _stops(pauses):
        first, again = _midnight(stop, start), _midnight(resume, start)
        if first < last:
            last += max(timedelta(), again - max(first, began))
            began = max(began, again)
    return datetime.combine(_date_of(last.toordinal()), last.timetz())


def _midnight(ordinal: int, like: datetime) -> datetime:
    """Return the beginning of a day in the zone of a moment."""
    return datetime.combine(_date_of(ordinal), time(tzinfo=like.tzinfo))


def months_after(start: date, months: int) -> date:
    """Return the same-numbered day some months later, or that month's last day (C10)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def workdays_between(a: date, b: date, calendar: WorkCalendar) -> int:
    """Return the working days after `a` up to `b`, which counts; negative where b is earlier.

    From today to a due date: the days left, 0 on the day itself, -n when n days overdue.
    Raises OutOfRange for dates outside 1900 to 2200.
    """
    _check_date(a)
    _check_date(b)
    first, last = a.toordinal(), b.toordinal()
    if first <= last:
        return calendar.count(first, last)
    return -calendar.count(last, first)


def _run(
    start: int,
    length: int,
    stops: Sequence[tuple[int, int]],
    count: Callable[[int, int], int],
    nth_after: Callable[[int, int], int],
) -> int:
    """Return the ordinal of the length-th running day after a start; of the first from it for 0.

    `count` and `nth_after` say which days the period is made of.
    """
    reached, left = (start, length) if length else (start - 1, 1)
    for stop, resume in stops:
        ran = count(reached, stop - 1)
        if ran >= left:
            break
        left -= ran
        reached = max(reached, resume - 1)
    return nth_after(reached, left)


def _days_between(after: int, until: int) -> int:
    return max(0, until - after)


def _nth_day(after: int, n: int) -> int:
    return after + n


def _stops(pauses: Sequence[Pause]) -> list[tuple[int, int]]:
    """Return the ended pauses as ordinals, by their first day."""
    stops = []
    for stop, resume in pauses:
        if resume is None:
            continue
        _check_date(stop)
        _check_date(resume)
        if resume < stop:
            text = N_("A pause from %(stop)s cannot end on %(resume)s; correct one of the dates")
            params = {"stop": stop.isoformat(), "resume": resume.isoformat()}
            raise BadPeriod(Reason(text, params))
        stops.append((stop.toordinal(), resume.toordinal()))
    stops.sort()
    return stops


def _is_provisional(first: int, last: int, calendar: WorkCalendar) -> bool:
    """Return whether a year that decides a date is not announced."""
    if first == last:
        return not calendar.is_announced(first)
    return not all(calendar.is_announced(year) for year in range(first, last + 1))


def _check_length(length: int) -> None:
    if isinstance(length, bool) or not isinstance(length, int) or not 0 <= length <= LONGEST:
        text = N_("A period has a whole number from 0 to %(most)s, not '%(length)s'")
        raise BadPeriod(Reason(text, {"most": LONGEST, "length": length}))


def _check_date(day: date) -> None:
    """Refuse a moment, whose civil date depends on the zone, and years far away."""
    if isinstance(day, datetime):
        raise TypeError("a civil date is needed, not a moment")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutOfRange(day.year)


def _date_of(ordinal: int) -> date:
    """Return the date of an ordinal inside the years that are computed with."""
    if ordinal > _LAST_DAY:
        raise OutOfRange(min(date.max.year, LAST_YEAR + (ordinal - _LAST_DAY) // 366 + 1))
    return date.fromordinal(ordinal)


_LAST_DAY = date(LAST_YEAR, 12, 31).toordinal()
