"""The charts, each declared once: page, table behind, REST and Excel are made from it.

A chart is counted by one statement. Its rows stand in the mechanism's own order, never by size:
nobody is ranked (the rules on formalism bar it).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import Select, Text, cast, or_, select

from app.errors import N_, Reason
from app.evaluation import counting
from app.evaluation.counting import (
    Reader,
    Span,
    civil_month,
    how_many,
    kept,
    not_taken_back,
    overdue,
)
from app.evaluation.days import handling_days
from app.models import Case, Event, Task

#: Filters of the list of cases: column → operator and value.
Filters = Mapping[str, tuple[str, str]]
Figure = int | float | None
Shape = Literal["columns", "bars", "stacked"]

ARROW = "{} \N{RIGHTWARDS ARROW} {}"


@dataclass(frozen=True)
class Row:
    """A bar with its figures, one for each series; None is nothing, which is not 0.

    `label` is a Reason where it is a source string of ours, else the county's own word. `cases`
    are the filters under which the list of cases shows what was counted, None where it cannot;
    `span` are the days of the row where they are fewer than the period's.
    """

    key: str
    label: str | Reason
    figures: tuple[Figure, ...]
    cases: Filters | None = None
    span: Span | None = None


@dataclass(frozen=True)
class Series:
    """One figure of every row. What is not drawn stands in the table only."""

    key: str
    label: str
    drawn: bool = True


@dataclass(frozen=True)
class Chart:
    """A chart. Titles, heads and names of series are source strings to translate.

    `head` stands above the rows' labels in the table; `adds_up` tells whether the rows together
    are the whole.
    """

    key: str
    title: str
    shape: Shape
    head: str
    series: tuple[Series, ...]
    count: Callable[[Reader], list[Row]]
    note: str = ""
    adds_up: bool = True


@dataclass(frozen=True)
class Counted:
    """A chart with its rows."""

    chart: Chart
    rows: Sequence[Row] = field(default_factory=tuple)

    @property
    def total(self) -> tuple[Figure, ...] | None:
        """Return the sums of the series, None where the rows do not add up to the whole."""
        if not self.chart.adds_up:
            return None
        columns = zip(*(row.figures for row in self.rows), strict=True)
        return tuple(sum(one or 0 for one in column) for column in columns) or None


# --- cases by one of their columns


def _by(
    column: Any,
    labels: Callable[[Reader], Mapping[Any, str]],
    *,
    all_rows: bool = True,
) -> Callable[[Reader], list[Row]]:
    """Return what counts the cases registered in the period by a column.

    `labels` gives the words in their order. Where not `all_rows`, those without a case are
    left out.
    """

    def count(reader: Reader) -> list[Row]:
        query = counting.cases(reader).add_columns(column, how_many()).group_by(column)
        found: dict[Any, int] = dict(iter(reader.read(query)))
        return [
            Row(str(key), label, (found.get(key, 0),), {column.key: ("eq", str(key))})
            for key, label in _with_unknown(labels(reader), found)
            if all_rows or key in found
        ]

    return count


def _with_unknown(labels: Mapping[Any, str], found: Iterable[Any]) -> Iterator[tuple[Any, str]]:
    """Return the words, and after them what an older version of the mechanism still had."""
    yield from labels.items()
    yield from ((key, str(key)) for key in sorted(set(found) - set(labels)))


def _categories(reader: Reader) -> Mapping[int, str]:
    return {code: f"{code} {one.short}" for code, one in reader.world.categories.items()}


def _bodies(reader: Reader) -> dict[str, str]:
    return {key: reader.world.body_short(key) for key in reader.mechanism.bodies}


def _stages(reader: Reader) -> Mapping[str, str]:
    return {key: stage.label for key, stage in reader.mechanism.stages.items()}


def _insurance(reader: Reader) -> list[Row]:
    """Count the cases by insurance; a case with two counts under both."""
    column = cast(Case.insurance, Text)
    query = counting.cases(reader).add_columns(column, how_many()).group_by(column)
    found: Counter[str] = Counter()
    for kinds, number in reader.read(query):
        for key in set(json.loads(kinds)):
            found[key] += number
    return [
        Row(key, label, (found[key],), {"insurance": ("has", key)})
        for key, label in _with_unknown(reader.mechanism.insurances, found)
    ]


def _months(reader: Reader) -> list[Row]:
    """Count the cases by the month of their registration, months without one included."""
    month = civil_month(Case.registered_at)
    query = counting.cases(reader).add_columns(month, how_many()).group_by(month)
    found: dict[str, int] = dict(iter(reader.read(query)))
    return [
        Row(
            key,
            Reason(MONTH, {"year": key[:4], "month": int(key[5:])}),
            (found.get(key, 0),),
            {},
            days_of(key, reader.span),
        )
        for key in _between(found)
    ]


MONTH = N_("%(month)s/%(year)s")


def _between(found: Iterable[str]) -> Iterator[str]:
    """Return the months from the first with a case until the last."""
    known = sorted(found)
    if not known:
        return
    year, month = int(known[0][:4]), int(known[0][5:])
    while f"{year}-{month:02d}" <= known[-1]:
        yield f"{year}-{month:02d}"
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def days_of(month: str, span: Span) -> Span:
    """Return the days of a month that lie within a period."""
    year, number = int(month[:4]), int(month[5:])
    after = date(year + number // 12, number % 12 + 1, 1)
    last = date.fromordinal(after.toordinal() - 1)
    return Span(max(date(year, number, 1), span.first), min(last, span.last))


# --- tasks and acts


def _principals(reader: Reader) -> Mapping[str, str]:
    """Return the bodies and posts of the mechanism, in its order."""
    posts = {key: post.label for key, post in reader.mechanism.posts.items()}
    return _bodies(reader) | posts


def _days(reader: Reader) -> list[Row]:
    """Return how long handling took, body by body."""
    found = handling_days(reader)
    return [
        Row(key, label, (days.number, days.median, days.p90))
        for key, label in _principals(reader).items()
        if (days := found.get(key)) is not None
    ]


def _due(reader: Reader) -> list[Row]:
    """Count the tasks due in the period by who owed them: kept, missed."""
    known = _principals(reader)
    query = (
        counting.due(reader)
        .where(Task.body.in_(known))
        .add_columns(
            Task.body,
            how_many(Task.state == "done"),
            how_many(kept()),
            how_many(overdue(reader)),
        )
        .group_by(Task.body)
    )
    # Whether each was kept is asked once; what was done and not kept was missed.
    found = {
        body: (on_time, ended - on_time + late)
        for body, ended, on_time, late in reader.read(query)
    }
    return [Row(key, label, found[key]) for key, label in known.items() if key in found]


def moves(reader: Reader) -> Select[Any]:
    """Return the acts of the period that handed a case on and that no later one took back.

    A body sees what came to it by the acts of others, too.
    """
    query = select().select_from(Event).where(Event.jurisdiction_id == reader.place)
    query = query.where(Event.moved_to.is_not(None), reader.span.has(Event.at), not_taken_back())
    if reader.own is not None:
        query = query.where(or_(Event.moved_from == reader.own, Event.moved_to == reader.own))
    return query


def _flow(reader: Reader) -> list[Row]:
    """Count how often a case went from one body to another, by what the acts recorded."""
    before, after = Event.moved_from, Event.moved_to
    query = moves(reader).add_columns(before, after, how_many()).group_by(before, after)
    rows = reader.read(query)
    found = {(a, b): number for a, b, number in rows}
    known = _bodies(reader)
    order = {key: place for place, key in enumerate(known)}
    pairs = sorted(found, key=lambda pair: [order.get(key, len(order)) for key in pair])
    return [
        Row(
            f"{a}-{b}",
            ARROW.format(known.get(a, a), known.get(b, b)),
            (found[a, b],),
        )
        for a, b in pairs
    ]


# --- the declarations

_CASES = (Series("cases", N_("Cases")),)

CHARTS: Sequence[Chart] = (
    Chart(
        "month",
        N_("Cases registered by month"),
        "columns",
        N_("Month"),
        _CASES,
        _months,
    ),
    Chart(
        "category",
        N_("Cases by kind of dispute"),
        "bars",
        N_("Kind of dispute"),
        _CASES,
        _by(Case.category, _categories),
    ),
    Chart(
        "unit",
        N_("Cases by the unit that has them now"),
        "bars",
        N_("Unit"),
        _CASES,
        _by(Case.holder, _bodies, all_rows=False),
        N_("Only what is there is counted; nobody is ranked."),
    ),
    Chart(
        "stage",
        N_("Cases by where they stand now"),
        "bars",
        N_("Where it stands"),
        _CASES,
        _by(Case.stage, _stages),
    ),
    Chart(
        "insurance",
        N_("Cases by insurance"),
        "bars",
        N_("Insurance"),
        _CASES,
        _insurance,
        N_("A case about two insurances counts under both."),
        adds_up=False,
    ),
    Chart(
        "days",
        N_("Working days to decide"),
        "bars",
        N_("Unit"),
        (
            Series("number", N_("Decided"), drawn=False),
            Series("median", N_("Median")),
            Series("p90", N_("Nine in ten, no more than")),
        ),
        _days,
        N_("Working days from start to decision, without pauses; what was decided in the period."),
        adds_up=False,
    ),
    Chart(
        "due",
        N_("Due days kept and missed"),
        "stacked",
        N_("Who owed it"),
        (Series("kept", N_("Kept")), Series("missed", N_("Missed"))),
        _due,
        N_("Tasks due in the period; what is still open and in time is not counted."),
    ),
    Chart(
        "flow",
        N_("From unit to unit"),
        "bars",
        N_("From → to"),
        (Series("times", N_("Times")),),
        _flow,
        N_("How often a case was handed on in the period."),
    ),
)
BY_KEY: Mapping[str, Chart] = {chart.key: chart for chart in CHARTS}


def counted(reader: Reader, chart: Chart) -> Counted:
    """Return a chart with its rows for the reader, counted by one statement."""
    return Counted(chart, chart.count(reader))
