"""How long handling took: working days from the start of the task to its fulfilment.

The database counts equal tasks together; the days of each group come from the calendar. The
day on which handling began is not counted, nor are the days of a pause.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import ceil

from sqlalchemy import String, and_, cast, func, select

from app.evaluation.counting import Reader, civil_day, done, handling_kinds
from app.models import Pause, Task
from app.rules.workdays import WorkCalendar

#: First day that does not run, and the first that runs again; None where it still stands.
Stop = tuple[date, date | None]

_BETWEEN, _AND = ":", ","
#: Working days are counted from here on; before it no case began.
EPOCH = date(1999, 12, 31).toordinal()


@dataclass(frozen=True)
class Days:
    """How often handling took how many working days."""

    often: Mapping[int, int]

    @property
    def number(self) -> int:
        """Return how many were handled."""
        return sum(self.often.values())

    @property
    def total(self) -> int:
        """Return the working days of all of them together."""
        return sum(days * often for days, often in self.often.items())

    @property
    def mean(self) -> float | None:
        """Return the mean to one decimal; None of nothing."""
        return rounded(Decimal(self.total) / self.number, 1) if self.number else None

    @property
    def median(self) -> float | None:
        """Return the middle value, or the mean of the two in the middle; None of nothing."""
        if not self.number:
            return None
        low, high = self._rank((self.number + 1) // 2), self._rank(self.number // 2 + 1)
        return (low + high) / 2

    @property
    def p90(self) -> int | None:
        """Return the nearest rank: the ⌈0.9 n⌉-th of the sorted values; None of nothing."""
        return self._rank(ceil(self.number * 9 / 10)) if self.number else None

    def _rank(self, place: int) -> int:
        passed = 0
        for days in sorted(self.often):
            passed += self.often[days]
            if passed >= place:
                return days
        raise ValueError(f"no {place}th of {self.number}")


def rounded(value: Decimal, places: int) -> float:
    """Return a figure with so many decimals, halves away from zero."""
    return float(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def handling_days(reader: Reader) -> dict[str, Days]:
    """Return how long handling took, by the body or post that owed it."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    calendar = reader.world.calendar

    @cache
    def passed(day: date) -> int:
        return calendar.count(EPOCH, day.toordinal())

    for body, begun, ended, stops, often in reader.read(_groups(reader)):
        if stops is None:
            days = passed(ended) - passed(begun)
        else:
            days = working_days(calendar, begun, ended, read_stops(stops))
        found[body][days] += often
    return {body: Days(often) for body, often in found.items()}


def together(parts: Mapping[str, Days]) -> Days:
    """Return the days of all bodies in one."""
    whole: Counter[int] = Counter()
    for part in parts.values():
        whole.update(part.often)
    return Days(whole)


def _groups(reader: Reader):  # type: ignore[no-untyped-def] # the type of five columns is long
    # Of each case that paused, its pauses as one text; the others are the great majority.
    pause = Pause.__table__.c
    span = cast(pause.from_on, String) + _BETWEEN + func.coalesce(cast(pause.to_on, String), "")
    stops = (
        select(pause.case_id, func.aggregate_strings(span, _AND).label("stops"))
        .where(pause.jurisdiction_id == reader.place)
        .group_by(pause.case_id)
        .subquery()
    )
    # Grouped by an expression: by the column itself SQLite would walk the index of due days, which
    # is in that order, instead of the one that holds only the kinds and days asked for.
    body = Task.body.concat("")
    columns = (body, Task.from_on, civil_day(Task.closed_at), stops.c.stops)
    return (
        done(reader)
        .where(Task.kind.in_(handling_kinds(reader.mechanism)))
        .outerjoin(stops, and_(stops.c.case_id == Task.case_id))
        .add_columns(*columns, func.count())
        .group_by(*columns)
    )


def read_stops(stops: str) -> list[Stop]:
    """Return the pauses of a case from the text that the database makes of them."""
    parts = (one.split(_BETWEEN) for one in stops.split(_AND) if one)
    return [
        (date.fromisoformat(begun), date.fromisoformat(ended) if ended else None)
        for begun, ended in parts
    ]


def working_days(calendar: WorkCalendar, begun: date, ended: date, stops: list[Stop]) -> int:
    """Return the working days after one day up to another, without those of the stops.

    Days that two stops share are left out once.
    """
    after, until = begun.toordinal(), ended.toordinal()
    days = calendar.count(after, until)
    for first, again in sorted(stops, key=lambda one: one[0]):
        # The days before `first` have run; from there on nothing does up to `again`.
        halt = max(after, first.toordinal() - 1)
        goes_on = min(until, again.toordinal() - 1 if again else until)
        if halt < goes_on:
            days -= calendar.count(halt, goes_on)
            after = goes_on
    return days
