"""The cases behind a figure: the rows that were counted, under the condition that counted them.

A figure has an address, so that a link of the evaluation opens the list of its cases. Of acts and
tasks a case may have several: the list has it once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from app.errors import N_, Reason
from app.evaluation import counting
from app.evaluation.charts import ARROW, BY_KEY, Chart, Row, Series, moves
from app.evaluation.conditions import Number, of_handled
from app.evaluation.counting import Reader, Span, handling_kinds, is_missed, kept
from app.evaluation.indicators import INDICATORS, OF_DAYS
from app.models import Event, Task

#: The filter of the list of cases that takes the address of a figure.
COUNTED = "counted"
INDICATOR = "indicator"
NUMERATOR, DENOMINATOR = "numerator", "denominator"
_ADDRESS = re.compile(
    r"([a-z_]{1,40}):([a-z0-9_-]{1,90}):([a-z0-9_]{1,40}):(\d{4}-\d\d-\d\d):(\d{4}-\d\d-\d\d)",
    re.ASCII,
)


@dataclass(frozen=True)
class Figure:
    """A figure of a period: a series of a chart's row, or a number of an indicator."""

    of: str
    key: str
    part: str
    span: Span

    @property
    def address(self) -> str:
        """Return the figure as an address names it."""
        days = self.span
        return f"{self.of}:{self.key}:{self.part}:{days.first.isoformat()}:{days.last.isoformat()}"


def read(text: str) -> Figure:
    """Return the figure of an address; raises ValueError where it is of none."""
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError
    of, key, part, first, last = found.groups()
    figure = Figure(of, key, part, Span(date.fromisoformat(first), date.fromisoformat(last)))
    if of == INDICATOR:
        _number(figure)
    elif of not in _ROWS or part not in {one.key for one in BY_KEY[of].series}:
        raise ValueError
    return figure


def cases_of(reader: Reader, figure: Figure) -> ColumnElement[bool]:
    """Return whether a case is behind a figure; the reader's period is the figure's."""
    if figure.of == INDICATOR:
        return _number(figure).behind(reader)
    return _ROWS[figure.of](reader, figure)


def filters_of(chart: Chart, row: Row, series: Series, span: Span) -> dict[str, str]:
    """Return the parameters under which the list of cases shows those behind a bar."""
    if row.cases is None:
        figure = Figure(chart.key, row.key, series.key, span)
        return {f"_flt_eq_{COUNTED}": figure.address}
    days = row.span or span
    return {f"_flt_{how}_{name}": value for name, (how, value) in row.cases.items()} | {
        "_flt_from_registered_at": days.first.isoformat(),
        "_flt_to_registered_at": days.last.isoformat(),
    }


def filters_of_number(key: str, part: str, span: Span) -> dict[str, str]:
    """Return the parameters under which the list shows the cases behind an indicator's number."""
    return {f"_flt_eq_{COUNTED}": Figure(INDICATOR, key, part, span).address}


def told(reader: Reader, figure: Figure) -> list[str | Reason]:
    """Return what the figure is, in words: of what, whose, which part of it."""
    if figure.of == INDICATOR:
        labels = {one.key: one.label for one in INDICATORS}
        labels |= {one.key: one.label for one in OF_DAYS}
        return [Reason(labels[figure.key]), Reason(_PARTS[figure.part])]
    chart = BY_KEY[figure.of]
    bodies = [reader.world.body_short(key) for key in figure.key.split("-")]
    whose = ARROW.format(*bodies) if len(bodies) == 2 else bodies[0]
    part = next(one.label for one in chart.series if one.key == figure.part)
    return [Reason(chart.title), whose, Reason(part)]


_PARTS = {NUMERATOR: N_("Numerator"), DENOMINATOR: N_("Denominator")}


def _number(figure: Figure) -> Number:
    """Return the number of an indicator; raises ValueError where there is no such one."""
    if figure.part not in _PARTS:
        raise ValueError
    if any(one.key == figure.key for one in OF_DAYS):
        return of_handled()
    by_key = {one.key: (one.numerator, one.denominator) for one in INDICATORS}
    numerator, denominator = by_key.get(figure.key, (None, None))
    number = numerator if figure.part == NUMERATOR else denominator
    if number is None:
        raise ValueError
    return number


# --- the rows of the charts whose rows are not cases


def _decided(reader: Reader, figure: Figure) -> ColumnElement[bool]:
    kinds = handling_kinds(reader.mechanism)
    query = counting.done(reader).where(Task.kind.in_(kinds), Task.body == figure.key)
    return counting.behind(query, Task.case_id)


def _due(reader: Reader, figure: Figure) -> ColumnElement[bool]:
    is_counted = kept() if figure.part == "kept" else is_missed(reader)
    query = counting.due(reader).where(Task.body == figure.key, is_counted)
    return counting.behind(query, Task.case_id)


def _handed_on(reader: Reader, figure: Figure) -> ColumnElement[bool]:
    before, _, after = figure.key.partition("-")
    query = moves(reader).where(Event.moved_from == before, Event.moved_to == after)
    return counting.behind(query, Event.case_id)


_ROWS: Mapping[str, Callable[[Reader, Figure], ColumnElement[bool]]] = {
    "days": _decided,
    "due": _due,
    "flow": _handed_on,
}
