"""The regular evaluation on screen: the charts, the indicators, the files of both."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import files
from app.documents.docx import MEDIA_TYPE as DOCX
from app.documents.docx import write_docx
from app.downloads import saved
from app.errors import N_, NotFound, Reason
from app.evaluation import report
from app.evaluation.behind import DENOMINATOR, NUMERATOR, filters_of, filters_of_number
from app.evaluation.charts import CHARTS, Chart, Counted, Figure, Row, Series, counted
from app.evaluation.counting import Reader, Span, own_of, read_span
from app.evaluation.evaluating import Value, evaluate, some
from app.evaluation.indicators import OfDays
from app.screens import words
from app.screens.desk import Desk, desk
from app.screens.formats import date_full
from app.spreadsheet import MEDIA_TYPE as XLSX
from app.spreadsheet import workbook

#: The figures above the charts.
FIGURES = ("registered", "handled", "on_time_rate", "days_median", "overdue_rate")
NO_FORM = N_("The evaluation comes as xlsx or docx")
#: Where a row of a chart leads: the list of cases.
CASES = "/caseview/list/"


# --- pages


def dashboard() -> str:
    """Draw a few figures and the charts of a period."""
    here = desk()
    reader = _reader(here)
    tables = set(request.args.getlist("table"))
    view = _frame(here, reader) | {
        "figures": [_figure(one) for one in some(reader, FIGURES)],
        "charts": [_card(reader, counted(reader, one), tables) for one in CHARTS],
    }
    return render_template("dashboard.html", view=view)


def indicators() -> str:
    """Draw every indicator with what it was divided from, its formula and its clauses."""
    here = desk()
    reader = _reader(here)
    view = _frame(here, reader) | {"rows": [_indicator(reader, one) for one in evaluate(reader)]}
    return render_template("evaluation.html", view=view)


def export() -> ResponseReturnValue:
    """Send all figures of a period as an Excel file or as a paper."""
    here = desk()
    form = request.args.get("format", "xlsx")
    if form not in ("xlsx", "docx"):
        raise NotFound(Reason(NO_FORM))
    found = report.draw(_reader(here))
    if form == "xlsx":
        content, media_type = workbook(report.sheets(found, gettext)), XLSX
    else:
        paper = report.paper(found, date_full, gettext)
        content, media_type = write_docx(paper, issued_at=here.now), DOCX
    span = found.reader.span
    name = f"{here.world.mechanism.place} {gettext(report.TITLE)} {span.first} {span.last}.{form}"
    return saved(io.BytesIO(content), files.clean_name(name), media_type)


def _reader(here: Desk) -> Reader:
    span = read_span(request.args.get("from"), request.args.get("to"), here.today)
    own = own_of(here.world.mechanism, here.me)
    return Reader(here.session, here.world, own, span, here.now)


# --- what both pages have


@dataclass(frozen=True)
class Choice:
    """A period to choose."""

    label: str
    url: str
    is_current: bool


def _frame(here: Desk, reader: Reader) -> dict[str, Any]:
    span = reader.span
    days: dict[str, Any] = {"from": span.first.isoformat(), "to": span.last.isoformat()}
    whose = gettext("the whole of %(place)s", place=here.world.mechanism.place)
    if reader.own is not None:
        whose = gettext("%(unit)s: its own", unit=here.world.body_short(reader.own))
    return {
        "first": days["from"],
        "last": days["to"],
        "lead": gettext(
            "%(first)s to %(last)s, %(whose)s. Counted from the records, never typed in.",
            first=date_full(span.first),
            last=date_full(span.last),
            whose=whose,
        ),
        "choices": [_choice(label, one, span) for label, one in _periods(here.today)],
        "xlsx_url": url_for("screens.evaluation_file", format="xlsx", **days),
        "docx_url": url_for("screens.evaluation_file", format="docx", **days),
        "dashboard_url": url_for("screens.dashboard", **days),
        "indicators_url": url_for("screens.evaluation", **days),
    }


def _periods(today: date) -> Iterator[tuple[str, Span]]:
    """Return the periods that an evaluation is usually about."""
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before = quarter - timedelta(1)
    last_quarter = date(before.year, before.month - 2, 1)
    yield gettext("This year"), Span(date(today.year, 1, 1), today)
    yield gettext("This quarter"), Span(quarter, today)
    yield gettext("Last quarter"), Span(last_quarter, before)
    yield gettext("Last year"), Span(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def _choice(label: str, one: Span, now: Span) -> Choice:
    days: dict[str, Any] = {"from": one.first.isoformat(), "to": one.last.isoformat()}
    return Choice(label, url_for(str(request.endpoint), **days), one == now)


# --- indicators


def _figure(value: Value) -> dict[str, str]:
    return {
        "label": gettext(value.indicator.label),
        "value": report.shown(value, gettext),
        "behind": report.divided(value),
    }


def _indicator(reader: Reader, value: Value) -> dict[str, Any]:
    return _figure(value) | {
        "value_url": ""
        if value.denominator is not None
        else _number_url(reader, value, NUMERATOR),
        "division": [] if value.denominator is None else _division(reader, value),
        "formula": gettext(value.indicator.formula),
        "clauses": [words.clause(reader.mechanism, key) for key in value.clauses],
    }


def _division(reader: Reader, value: Value) -> list[tuple[Any, str]]:
    """Return both sides of a division with the cases behind them; days are not cases."""
    below = (value.denominator, _number_url(reader, value, DENOMINATOR))
    if value.numerator is None:
        return [below]
    is_days = isinstance(value.indicator, OfDays)
    return [(value.numerator, "" if is_days else _number_url(reader, value, NUMERATOR)), below]


def _number_url(reader: Reader, value: Value, part: str) -> str:
    """Return the list of the cases behind a number of an indicator; empty where it is none."""
    number = value.numerator if part == NUMERATOR else value.denominator
    if not number:
        return ""
    return f"{CASES}?{urlencode(filters_of_number(value.indicator.key, part, reader.span))}"


# --- charts


def _card(reader: Reader, one: Counted, tables: set[str]) -> dict[str, Any]:
    """Return a chart's card: its table, and the same as data for drawing it."""
    chart = one.chart
    labels = [report.label_of(row, gettext) for row in one.rows]
    urls = [
        [
            _cases_url(chart, row, series, figure, reader.span)
            for series, figure in zip(chart.series, row.figures, strict=True)
        ]
        for row in one.rows
    ]
    return {
        "key": chart.key,
        "title": gettext(chart.title),
        "note": gettext(chart.note) if chart.note else "",
        "heads": [gettext(chart.head), *(gettext(one.label) for one in chart.series)],
        "rows": [
            {
                "label": label,
                "figures": list(zip(map(report.plain, row.figures), links, strict=True)),
            }
            for label, links, row in zip(labels, urls, one.rows, strict=True)
        ],
        "total": [report.plain(n) for n in one.total] if one.total else [],
        "is_table": chart.key in tables,
        "chart_url": _with_table(chart.key, tables - {chart.key}),
        "table_url": _with_table(chart.key, tables | {chart.key}),
        "data": {
            "shape": chart.shape,
            "title": gettext(chart.title),
            "labels": labels,
            "series": [
                {
                    "name": gettext(series.label),
                    "values": [row.figures[place] for row in one.rows],
                    "urls": [links[place] for links in urls],
                }
                for place, series in enumerate(chart.series)
                if series.drawn
            ],
        },
    }


def _cases_url(chart: Chart, row: Row, series: Series, figure: Figure, span: Span) -> str:
    """Return the list of the cases behind a figure; empty where it is none."""
    return f"{CASES}?{urlencode(filters_of(chart, row, series, span))}" if figure else ""


def _with_table(key: str, tables: set[str]) -> str:
    """Return the page with these charts as tables, at one chart."""
    kept: dict[str, Any] = {n: request.args[n] for n in ("from", "to") if n in request.args}
    page = url_for("screens.dashboard", **kept, table=sorted(tables) or None)
    return f"{page}#chart-{key}"
