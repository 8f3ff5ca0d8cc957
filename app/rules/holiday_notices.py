"""A notice of holidays as people have it: the text as it was published, a table, or our own file.

Whatever it is becomes the form that the calendar files have (`workdays`), so that one reader
checks it: a year's text or table of the whole country has to be a whole year. A county's own days
come as a table, a few at a time. The words by which a notice is known stand in
`notice_words.json`, since this file has no Chinese ones.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from app.errors import N_, Reason
from app.rules.workdays import (
    MAX_FILE,
    BadCalendar,
    CalendarDay,
    CalendarFile,
    parse_calendar,
)

WORDS: Mapping[str, Any] = json.loads(
    Path(__file__).with_name("notice_words.json").read_text(encoding="utf-8")
)
MOST_ROWS, LONGEST_NAME, LONGEST_SOURCE = 400, 40, 120
#: The lines of a calendar file before its holidays.
_HEAD = 4
_ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody brings: its words, and the notice's number where they do not tell it."""

    text: str
    name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """Days of one holiday that follow each other, with the weekend days worked for it."""

    line: int
    name: str
    first: date
    last: date
    worked: tuple[date, ...]


def decoded(content: bytes, name: str) -> str:
    """Return the text of a file; raises BadCalendar where it is none, or far too long."""
    if len(content) > MAX_FILE:
        raise BadCalendar(name, 1, Reason(N_("The file is far too long for one year's calendar")))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadCalendar(name, 1, Reason(N_("The file is not text; save it as CSV in UTF-8")))


def read_national(given: Given) -> CalendarFile:
    """Return a year's notice for the whole country; raises BadCalendar for the first slip."""
    if re.search(r"^year\s*:", given.text, re.MULTILINE):
        return parse_calendar(given.text.encode(), given.name)
    if _is_table(given.text):
        return _checked(given, *_table_rows(given))
    return _checked(given, *_notice_rows(given))


def read_local(given: Given) -> tuple[CalendarDay, ...]:
    """Return a county's own days from a table; raises BadCalendar for the first slip."""
    if not _is_table(given.text):
        text = N_("A county's own days come as a table: date,kind,name,source on the first line")
        raise BadCalendar(given.name, 1, Reason(text))
    return tuple(day for _, day in _days(given))


# --- the text of a notice


def _notice_rows(given: Given) -> tuple[int, str, date | None, list[_Row]]:
    title = re.search(WORDS["title"], given.text)
    if title is None:
        text = N_("This is no notice of holidays: its title with the year is missing")
        raise BadCalendar(given.name, 1, Reason(text))
    year = int(title["year"])
    number = re.search(WORDS["number"], given.text)
    signed = re.findall(WORDS["signed"], given.text, re.MULTILINE)
    rows = [row for line, item in _items(given) for row in _item_rows(given, year, line, item)]
    if not rows:
        text = N_("No holiday was found: each stands on a line with its number in Chinese")
        raise BadCalendar(given.name, 1, Reason(text))
    issued_on = _date(given, 1, *map(int, signed[-1])) if signed else None
    return year, given.number or (number[0] if number else ""), issued_on, rows


def _items(given: Given) -> Iterator[tuple[int, re.Match[str]]]:
    for line, text in enumerate(given.text.splitlines(), 1):
        item = re.match(WORDS["item"], text)
        if item is not None and re.search(WORDS["date"], text):
            yield line, item


def _item_rows(given: Given, year: int, line: int, item: re.Match[str]) -> Iterator[_Row]:
    """Yield the days off of one holiday; what stands in brackets is by the way."""
    spans: list[tuple[date, date]] = []
    worked: list[date] = []
    for sentence in re.split(WORDS["sentence"], re.sub(WORDS["aside"], "", item["rest"])):
        found = list(_spans(given, year, line, sentence))
        if WORDS["worked"] in sentence:
            worked += [day for first, last in found for day in _each(first, last)]
        elif WORDS["off"] in sentence:
            spans += found
    if not spans:
        text = N_("The days off of “%(name)s” were not found in its line")
        raise BadCalendar(given.name, line, Reason(text, {"name": item["name"].strip()}))
    for place, (first, last) in enumerate(spans):
        yield _Row(line, item["name"].strip(), first, last, () if place else tuple(worked))


def _spans(given: Given, year: int, line: int, sentence: str) -> Iterator[tuple[date, date]]:
    """Yield the days of a sentence as spans; a month is carried on, a year is the notice's."""
    month, last_end, first = 0, 0, None
    found = list(re.finditer(WORDS["date"], sentence))
    for place, one in enumerate(found):
        month = int(one[2] or month)
        day = _date(given, line, int(one[1] or year), month, int(one[3]))
        between = sentence[last_end : one.start()].strip() if place else ""
        last_end = one.end()
        if between == WORDS["until"] and first is not None:
            begin = first if first <= day else _date(given, line, year - 1, *_month_day(first))
            yield begin, day
            first = None
            continue
        if first is not None:
            yield first, first
        first = day
    if first is not None:
        yield first, first


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(shift) for shift in range((last - first).days + 1))


def _date(given: Given, line: int, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        written = f"{year}-{month}-{day}"
        text = N_("'%(written)s' is no date; write it like 2026-01-01")
        raise BadCalendar(given.name, line, Reason(text, {"written": written})) from None


# --- a table


def _is_table(text: str) -> bool:
    """Return whether the first line with words names the column of dates."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return any(cell.strip().lower() in WORDS["columns"]["date"] for cell in _cells(first))


def _cells(line: str) -> list[str]:
    return re.split(r"[,\t]", line)


def _days(given: Given) -> list[tuple[int, CalendarDay]]:
    """Return the days of a table with the lines that they stand on."""
    lines = [line.replace("\t", ",") for line in given.text.splitlines()]
    rows = [row for row in enumerate(csv.reader(io.StringIO("\n".join(lines))), 1) if any(row[1])]
    columns = _columns(given, rows[0][1])
    if len(rows) > MOST_ROWS:
        raise BadCalendar(
            given.name, 1, Reason(N_("A table has at most %(n)s rows"), {"n": MOST_ROWS})
        )
    found: dict[date, tuple[int, CalendarDay]] = {}
    for line, row in rows[1:]:
        day = _day(
            given, line, {key: row[at].strip() for key, at in columns.items() if at < len(row)}
        )
        if day.on in found:
            text = N_("%(day)s is listed twice, first on line %(line)s; keep one of the two")
            params = {"day": day.on.isoformat(), "line": found[day.on][0]}
            raise BadCalendar(given.name, line, Reason(text, params))
        found[day.on] = line, day
    if not found:
        raise BadCalendar(given.name, 1, Reason(N_("The table has no row below its heading")))
    return [found[on] for on in sorted(found)]


def _columns(given: Given, heading: Sequence[str]) -> dict[str, int]:
    known = {word: key for key, words in WORDS["columns"].items() for word in words}
    found = {
        known[cell.strip().lower()]: at
        for at, cell in enumerate(heading)
        if cell.strip().lower() in known
    }
    for key in ("date", "kind", "name"):
        if key not in found:
            text = N_(
                "The table's heading needs date, kind and name, also source: %(key)s is missing"
            )
            raise BadCalendar(given.name, 1, Reason(text, {"key": key}))
    return found


def _day(given: Given, line: int, cells: Mapping[str, str]) -> CalendarDay:
    written = cells.get("date", "")
    parts = re.fullmatch(r"([0-9]{4})\D([0-9]{1,2})\D([0-9]{1,2})\D?", written)
    if parts is None:
        text = N_("'%(written)s' is no date; write it like 2026-01-01")
        raise BadCalendar(given.name, line, Reason(text, {"written": written}))
    on = _date(given, line, *(int(one) for one in parts.groups()))
    name, source = cells.get("name", ""), cells.get("source", "") or given.number
    if not 0 < len(name) <= LONGEST_NAME or len(source) > LONGEST_SOURCE:
        text = N_("A day needs its name of at most %(n)s signs, and its source at most %(m)s")
        params = {"n": LONGEST_NAME, "m": LONGEST_SOURCE}
        raise BadCalendar(given.name, line, Reason(text, params))
    return CalendarDay(on, _kind(given, line, cells.get("kind", "")), name, source)


def _kind(given: Given, line: int, written: str) -> Literal["rest", "work"]:
    if written.lower() in WORDS["kinds"]["rest"]:
        return "rest"
    if written.lower() in WORDS["kinds"]["work"]:
        return "work"
    text = N_("'%(written)s' is no kind of day: write rest (a day off) or work")
    raise BadCalendar(given.name, line, Reason(text, {"written": written}))


def _table_rows(given: Given) -> tuple[int, str, date | None, list[_Row]]:
    """Return a table as the rows of a year: days off of one name that follow each other."""
    days = _days(given)
    years = [day.on.year for _, day in days]
    year = max(set(years), key=years.count)
    rows: list[_Row] = []
    for line, day in days:
        before = rows[-1] if rows else None
        if day.kind == "work":
            continue
        if before and before.name == day.name and before.last + _ONE_DAY == day.on:
            rows[-1] = _Row(before.line, before.name, before.first, day.on, before.worked)
        else:
            worked = () if any(row.name == day.name for row in rows) else _worked(days, day.name)
            rows.append(_Row(line, day.name, day.on, day.on, worked))
    names = {row.name for row in rows}
    for line, day in days:
        if day.name not in names:
            text = N_("%(day)s is worked for “%(name)s”, which has no day off in the table")
            params = {"day": day.on.isoformat(), "name": day.name}
            raise BadCalendar(given.name, line, Reason(text, params))
    sources = [day.source for _, day in days if day.source]
    return year, given.number or (sources[0] if sources else ""), None, rows


def _worked(days: Sequence[tuple[int, CalendarDay]], name: str) -> tuple[date, ...]:
    return tuple(day.on for _, day in days if day.kind == "work" and day.name == name)


# --- the one check


def _checked(
    given: Given, year: int, number: str, issued_on: date | None, rows: Sequence[_Row]
) -> CalendarFile:
    """Return the year after the check that the calendar files go through."""
    lines = [f"year: {year}", f"notice: {json.dumps(number, ensure_ascii=False)}"]
    lines += [f"issued_on: {issued_on or chr(34) * 2}", "holidays:"]
    for row in rows:
        worked = ", ".join(day.isoformat() for day in row.worked)
        work = f", work: [{worked}]" if worked else ""
        name = json.dumps(row.name, ensure_ascii=False)
        lines.append(f"  - {{name: {name}, from: {row.first}, to: {row.last}{work}}}")
    try:
        return parse_calendar("\n".join(lines).encode(), given.name)
    except BadCalendar as bad:
        place = bad.line - _HEAD - 1
        line = rows[place].line if 0 <= place < len(rows) else 1
        raise BadCalendar(given.name, line, bad.reason) from None
