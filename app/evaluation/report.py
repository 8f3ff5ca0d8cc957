"""The evaluation in the forms in which it leaves: JSON, tables for Excel, a paper.

All of them come from the same figures; what makes words of them takes the reader's `translate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.errors import N_, Reason, Translate
from app.evaluation.charts import CHARTS, Counted, Figure, Row, counted
from app.evaluation.counting import Reader
from app.evaluation.evaluating import Value, evaluate
from app.evaluation.indicators import Measure

#: "Nothing" is not 0.
NOTHING = "\N{EM DASH}"
DIVIDED = "{} \N{DIVISION SIGN} {}"
#: What stands behind a number of each measure; a share is written as a percentage.
UNITS: dict[Measure, str] = {
    "cases": N_("%(n)s cases"),
    "tasks": N_("%(n)s pieces"),
    "acts": N_("%(n)s times"),
    "share": N_("%(n)s%%"),
    "each": N_("%(n)s each"),
    "workdays": N_("%(n)s working days"),
    "yuan": N_("%(amount)s yuan"),
}
TITLE = N_("Regular evaluation")
PERIOD = N_("%(first)s to %(last)s")
DRAWN = N_("Drawn on %(day)s from the records of the cases; no figure is typed in.")
SHARED = N_("Shares are rounded; a dash stands where there is nothing to divide by, not for 0.")
HEADS = (
    N_("Indicator"),
    N_("Value"),
    N_("Measure"),
    N_("Numerator"),
    N_("Denominator"),
    N_("Formula"),
    N_("Clauses"),
)


@dataclass(frozen=True)
class Report:
    """All figures of one reader and period."""

    reader: Reader
    values: Sequence[Value]
    charts: Sequence[Counted]


def draw(reader: Reader) -> Report:
    """Return all indicators and charts for the reader."""
    return Report(reader, evaluate(reader), [counted(reader, one) for one in CHARTS])


# --- words


def shown(value: Value, translate: Translate) -> str:
    """Return the figure of an indicator as a reader reads it."""
    if value.value is None:
        return NOTHING
    measure = value.indicator.measure
    if measure == "yuan":
        return Reason(UNITS[measure], {"amount": f"{Decimal(value.value):,}"}).say(translate)
    number = value.value * 100 if measure == "share" else value.value
    return Reason(UNITS[measure], {"n": plain(round(number, 2))}).say(translate)


def plain(number: Figure) -> str:
    """Return a number without decimals that say nothing; a dash for none."""
    return NOTHING if number is None else f"{number:,.2f}".rstrip("0").rstrip(".")


def divided(value: Value) -> str:
    """Return the division behind an indicator, empty where it is none."""
    if value.denominator is None:
        return ""
    if value.numerator is None:
        return f"n = {value.denominator}"
    return DIVIDED.format(value.numerator, value.denominator)


def label_of(row: Row, translate: Translate) -> str:
    """Return the label of a chart's row."""
    return row.label.say(translate) if isinstance(row.label, Reason) else row.label


def clauses_shown(value: Value, reader: Reader) -> list[str]:
    """Return the clauses behind an indicator as the document numbers them."""
    return [reader.mechanism.clause_shown(key) for key in value.clauses]


# --- JSON


def indicator_json(value: Value, reader: Reader, translate: Translate) -> dict[str, Any]:
    """Return an indicator as REST and the file show it (CONTRACT.md)."""
    return {
        "key": value.indicator.key,
        "label": translate(value.indicator.label),
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "formula": translate(value.indicator.formula),
        "measure": value.indicator.measure,
        "clauses": clauses_shown(value, reader),
    }


def chart_json(one: Counted, translate: Translate) -> dict[str, Any]:
    """Return a chart with its rows."""
    chart = one.chart
    return {
        "key": chart.key,
        "title": translate(chart.title),
        "series": [{"key": s.key, "label": translate(s.label)} for s in chart.series],
        "rows": [
            {"key": row.key, "label": label_of(row, translate), "figures": list(row.figures)}
            for row in one.rows
        ],
        "total": None if one.total is None else list(one.total),
    }


def head_json(reader: Reader) -> dict[str, Any]:
    """Return for which place, body and days the figures are; `own` is null for the whole place."""
    return {
        "jurisdiction": reader.mechanism.key,
        "own": reader.own,
        "from": reader.span.first.isoformat(),
        "to": reader.span.last.isoformat(),
    }


def as_json(report: Report, translate: Translate) -> dict[str, Any]:
    """Return the whole report."""
    reader = report.reader
    return head_json(reader) | {
        "result": [indicator_json(one, reader, translate) for one in report.values],
        "charts": [chart_json(one, translate) for one in report.charts],
    }


# --- tables


def sheets(
    report: Report, translate: Translate
) -> Iterator[tuple[str, list[str], list[Sequence[object]]]]:
    """Return the tables for Excel: the indicators, then one for each chart."""
    heads = [translate(one) for one in HEADS]
    yield translate(TITLE), heads, [_line(one, report.reader, translate) for one in report.values]
    for one in report.charts:
        yield (
            translate(one.chart.title),
            [translate(one.chart.head), *(translate(s.label) for s in one.chart.series)],
            [(label_of(row, translate), *row.figures) for row in one.rows],
        )


def _line(value: Value, reader: Reader, translate: Translate) -> Sequence[object]:
    one = value.indicator
    unit = Reason(UNITS[one.measure], {"n": "", "amount": ""}).say(translate).strip()
    number = value.value
    if number is not None and one.measure == "share":
        number = round(number * 100, 2)
    if number is not None and one.measure == "yuan":
        number = Decimal(number)
    return (
        translate(one.label),
        number,
        unit,
        None if one.measure == "yuan" else value.numerator,
        value.denominator,
        translate(one.formula),
        translate(N_(", ")).join(clauses_shown(value, reader)),
    )


# --- the paper


def paper(report: Report, day_words: Any, translate: Translate) -> dict[str, Any]:
    """Return the content of the report as a paper (models.Paper.content); it takes no number.

    `day_words` writes a date in the reader's language.
    """
    reader = report.reader
    period = {"first": day_words(reader.span.first), "last": day_words(reader.span.last)}
    rows = [[translate(one.indicator.label), _said(one, translate)] for one in report.values]
    rows += [[translate(one.chart.title), _lines(one, translate)] for one in report.charts]
    return {
        "form": True,
        "title": f"{reader.mechanism.name} {translate(TITLE)}",
        "number": Reason(PERIOD, period).say(translate),
        "rows": rows,
        "paragraphs": [_drawn(reader.today, day_words, translate), translate(SHARED)],
        "signature": {"body": _office(reader), "on": day_words(reader.today)},
    }


def _said(value: Value, translate: Translate) -> str:
    behind = divided(value)
    words = shown(value, translate)
    return f"{words} ({behind})\n{translate(value.indicator.formula)}" if behind else words


def _lines(one: Counted, translate: Translate) -> str:
    """Return a chart's rows, a line each; a dash where there are none."""
    names = [translate(s.label) for s in one.chart.series]
    lines = [
        f"{label_of(row, translate)}: "
        + translate(N_(", ")).join(
            f"{name} {plain(figure)}" if len(names) > 1 else plain(figure)
            for name, figure in zip(names, row.figures, strict=True)
        )
        for row in one.rows
    ]
    return "\n".join(lines) or NOTHING


def _drawn(day: date, day_words: Any, translate: Translate) -> str:
    return Reason(DRAWN, {"day": day_words(day)}).say(translate)


def _office(reader: Reader) -> str:
    """Return in whose name the report goes out: the office, or the body whose figures it has."""
    if reader.own is not None:
        return reader.world.body_name(reader.own)
    offices = [key for key, body in reader.mechanism.bodies.items() if body.kind == "office"]
    return reader.world.body_name(offices[0]) if offices else reader.mechanism.place
