"""Tables as an Excel file: texts stay texts, days are days, amounts are numbers.

Whatever a person typed is written as a string cell, so that nothing in it is ever calculated or
run by the program that opens the file. Nothing is known here of cases or of the web.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from app.clock import CHINA

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: A name of a table, its headings and its rows.
Sheet = tuple[str, Sequence[str], Iterable[Sequence[object]]]

#: The most that a cell holds, counted as Excel counts: in units of UTF-16.
LONGEST = 32_767
LONGEST_NAME = 31
#: Excel's calendar has a day before this one that never was, and nothing before 1900.
FIRST_DAY = date(1900, 3, 1)
#: A number with more digits than this is rounded by Excel: it is a sign, not an amount.
DIGITS = 15

# The formats of days as a Chinese reader writes them: 2024 year 11 month 4 day.
DAY = 'yyyy"\u5e74"m"\u6708"d"\u65e5"'
MOMENT = DAY + " hh:mm"
AMOUNT = "#,##0.00"

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")

#: From so many rows the width of a column is taken; in characters, between these two.
SAMPLE = 50
NARROWEST, WIDEST = 8, 60

_LINES = Alignment(vertical="top", wrap_text=True)
_HEADING = (Font(bold=True), PatternFill("solid", fgColor="ECE9E2"))


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an Excel file with a sheet for each table, its headings fixed above the rows.

    A cell takes a text, a number, a Decimal (an amount), a date, a moment (shown in China's
    time) or None; anything else is written as its text. Rows may come from an iterator.
    """
    book = Workbook(write_only=True)
    book.properties.creator = ""
    taken: set[str] = set()
    for name, headings, rows in sheets:
        _fill(book.create_sheet(_name(name, taken)), headings, rows)
    if not taken:
        book.create_sheet(_name("", taken))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    ahead = iter(rows)
    first = list(islice(ahead, SAMPLE))
    for place, width in enumerate(_widths(headings, first), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, one) for one in headings])
    for row in chain(first, ahead):
        sheet.append([_cell(sheet, value) for value in row])


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel takes, and that no other sheet of the file has."""
    plain = _NOT_IN_A_NAME.sub(" ", wanted).strip(" '") or "Sheet"
    name, number = plain[:LONGEST_NAME], 1
    while name.lower() in taken:
        number += 1
        tail = f" {number}"
        name = plain[: LONGEST_NAME - len(tail)] + tail
    taken.add(name.lower())
    return name


def _widths(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[int]:
    for place, heading in enumerate(headings):
        values = [heading, *(row[place] for row in rows if place < len(row))]
        widest = max(_columns_of(value) for value in values)
        yield min(max(widest + 2, NARROWEST), WIDEST)


def _columns_of(value: object) -> int:
    """Return how many columns of a screen a value takes; a Chinese character takes two."""
    if isinstance(value, datetime):
        return 21
    if isinstance(value, date):
        return 15
    text = "" if value is None else str(value)[:WIDEST]
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _heading(sheet: Any, text: str) -> Any:
    cell = _cell(sheet, text)
    cell.font, cell.fill = _HEADING
    return cell


def _cell(sheet: Any, value: object) -> Any:
    typed, form = _typed(value)
    cell = WriteOnlyCell(sheet, typed)
    if isinstance(typed, str):
        # openpyxl takes a text that begins with "=" for a formula unless it is told otherwise.
        cell.data_type = "s"
        if "\n" in typed:
            cell.alignment = _LINES
    elif form:
        cell.number_format = form
    return cell


def _typed(value: object) -> tuple[Any, str]:
    """Return the value as the cell takes it, and its format (empty: the usual one)."""
    if value is None or isinstance(value, bool):
        return value, ""
    if isinstance(value, datetime):
        there = value.astimezone(CHINA).replace(tzinfo=None) if value.tzinfo else value
        return _in_calendar(there, there.date(), MOMENT)
    if isinstance(value, date):
        return _in_calendar(value, value, DAY)
    if isinstance(value, int | float | Decimal) and _is_exact(value):
        return value, AMOUNT if isinstance(value, Decimal) else ""
    return _text(str(value)), ""


def _in_calendar(value: date, day: date, form: str) -> tuple[Any, str]:
    return (value, form) if day >= FIRST_DAY else (value.isoformat(), "")


def _is_exact(value: int | float | Decimal) -> bool:
    """Return whether Excel keeps the number as it is."""
    if not math.isfinite(value):
        return False
    return not isinstance(value, int | Decimal) or len(Decimal(value).as_tuple().digits) <= DIGITS


def _text(text: str) -> str:
    """Return the text without signs that no XML may hold, cut to what a cell takes."""
    clean = _NOT_IN_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return clean
    return units[: 2 * LONGEST].decode("utf-16-le", "ignore")
