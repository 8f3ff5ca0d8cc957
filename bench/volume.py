"""Many cases from few: copies of cases that the engine made, with numbers and hashes of their own.

A copy has its own case number, applicant, paper numbers and moments; its papers and events are
hashed and chained anew by the engine's own functions, so that `first_break` finds nothing. What
is left out is the engine's deciding, because a million decisions take a day.
"""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine, func, insert, select, text

from app import search
from app.columns import blind_index
from app.invented import Invented
from app.models import (
    Case,
    CaseAccess,
    Event,
    Notice,
    NumberSeries,
    Paper,
    PaperCopy,
    Party,
    Pause,
    Task,
)
from app.records import CaseSearch
from app.rules.chain import canonical, digest, event_facts
from app.rules.shapes import NEVER
from bench.patterns import Pattern

OPEN_SHARE = 0.06
#: How the bodies share the cases: the first has half of them.
SKEW = {"tax": 50, "hrss": 28, "medical": 12, "gov": 4, "justice": 3, "petition": 3}
#: Weeks back from the pattern, at most: open cases are young.
OPEN_WEEKS, CLOSED_WEEKS = 4, 70
BATCH = 500
_PARTS = (Party, Task, Pause, Paper, Event, CaseAccess, Notice)
_MODELS = (Case, *_PARTS, PaperCopy)
_SERIAL = re.compile(r"\d+(?=\D*$)")

Row = dict[str, Any]


class Source:
    """The rows of one pattern, and the texts that each copy has of its own."""

    def __init__(self, connection: Any, pattern: Pattern) -> None:
        self.pattern = pattern
        self.case = _rows(connection, Case, Case.__table__.c.id == pattern.case_id)[0]
        self.parts = {
            model: _rows(connection, model, model.__table__.c.case_id == pattern.case_id)
            for model in _PARTS
        }
        papers = [row["id"] for row in self.parts[Paper]]
        self.copies = _rows(connection, PaperCopy, PaperCopy.__table__.c.paper_id.in_(papers))

    def rows_of(self, model: Any) -> list[Row]:
        """Return the pattern's rows of one table."""
        if model is Case:
            return [self.case]
        return self.copies if model is PaperCopy else self.parts[model]


def _rows(connection: Any, model: Any, where: Any) -> list[Row]:
    table = model.__table__
    found = connection.execute(select(table).where(where).order_by(table.c.id))
    return [dict(row) for row in found.mappings()]


class Volume:
    """Writes copies until the database holds enough."""

    def __init__(self, engine: Engine, patterns: Sequence[Pattern], seed: int) -> None:
        self.engine, self.random = engine, Random(seed)
        self.invented = Invented.seeded(seed)
        with engine.connect() as connection:
            sources = [Source(connection, pattern) for pattern in patterns]
            self.place = int(sources[0].case["jurisdiction_id"])
            self.next = {model: _highest(connection, model) for model in _MODELS}
            self.series = _series(connection, self.place)
        self.pools = {
            is_open: _weighted([one for one in sources if one.pattern.is_open is is_open])
            for is_open in (True, False)
        }
        self.rows: dict[Any, list[Row]] = defaultdict(list)

    def fill(self, count: int) -> list[int]:
        """Write that many copies; return the ids of some of them, for a check."""
        some: list[int] = []
        for number in range(count):
            case_id = self._copy(self._pick())
            if number % max(1, count // 50) == 0:
                some.append(case_id)
            if number % BATCH == BATCH - 1:
                self._write()
        self._write()
        self._finish()
        return some

    def _pick(self) -> Source:
        sources, totals = self.pools[self.random.random() < OPEN_SHARE]
        return sources[bisect(totals, self.random.random() * totals[-1])]

    # --- one copy

    def _copy(self, source: Source) -> int:
        weeks = OPEN_WEEKS if source.pattern.is_open else CLOSED_WEEKS
        shift = timedelta(weeks=self.random.randrange(weeks))
        ids = self._ids(source)
        case = self._case(source, shift)
        case["id"] = ids[Case][source.case["id"]]
        own = {
            source.case["number"]: case["number"],
            source.pattern.applicant: self.invented.name(),
        }
        papers = list(self._papers(source, own, shift))
        events = list(self._events(source, own, shift, case["number"]))
        case["head_hash"] = events[-1]["hash"]
        made: dict[Any, list[Row]] = {Case: [case], Paper: papers, Event: events}
        for model in _MODELS:
            rows = made.get(model)
            if rows is None:
                rows = [_moved(row, shift) for row in source.rows_of(model)]
            self.rows[model] += [self._linked(model, row, ids, own) for row in rows]
        self.rows[CaseSearch].append(self._found_by(len(source.rows_of(Party))))
        return int(case["id"])

    def _ids(self, source: Source) -> dict[Any, dict[int, int]]:
        """Return by table the id of each copy, by the id of what it is copied from."""
        found: dict[Any, dict[int, int]] = {}
        for model in _MODELS:
            rows = source.rows_of(model)
            first = self.next[model] + 1
            self.next[model] += len(rows)
            found[model] = {row["id"]: first + place for place, row in enumerate(rows)}
        return found

    def _case(self, source: Source, shift: timedelta) -> Row:
        case = _moved(source.case, shift)
        place, _, _ = case["number"].rsplit("-", 2)
        year = case["registered_at"].year
        case["number"] = f"{place}-{year}-{self._serial('case', 'case', year):06d}"
        return case

    def _papers(self, source: Source, own: dict[str, str], shift: timedelta) -> Iterator[Row]:
        rows = [_moved(row, shift) for row in source.parts[Paper]]
        for row in rows:
            row["year"] = row["issued_at"].year
            if row["serial"] is None:
                continue
            row["serial"] = self._serial(row["body"], row["kind"], row["year"])
            own[row["number"]] = _renumbered(row["number"], row["year"], row["serial"])
        for row in rows:
            row["number"] = own.get(row["number"], row["number"])
            row["content"] = _reworded(row["content"], own)
            row["addressee"] = own.get(row["addressee"], row["addressee"])
            old, row["content_hash"] = row["content_hash"], digest(row["content"])
            own[old] = row["content_hash"]
            yield row

    def _events(
        self, source: Source, own: dict[str, str], shift: timedelta, number: str
    ) -> Iterator[Row]:
        previous = ""
        for old in source.parts[Event]:
            row = _moved(old, shift)
            row["inputs"] = _reworded(row["inputs"], own)
            row["changes"] = _reworded(row["changes"], own)
            row["previous_hash"] = previous
            previous = row["hash"] = digest(event_facts(number, SimpleNamespace(**row)))
            yield row

    def _linked(self, model: Any, row: Row, ids: dict[Any, dict[int, int]], own: Any) -> Row:
        """Return a row with its own keys in the place of the pattern's."""
        row = dict(row)
        if model is not Case:
            row["id"] = ids[model][row["id"]]
        if "case_id" in row:
            row["case_id"] = next(iter(ids[Case].values()))
        if "paper_id" in row:
            row["paper_id"] = ids[Paper][row["paper_id"]]
        if model is Party:
            phone = self.invented.phone()
            row.update(name=own.get(row["name"], row["name"]), phone=phone)
            row["phone_index"] = blind_index(phone)
        return row

    def _found_by(self, parties: int) -> Row:
        """Return what the copy that was made last is found by."""
        case = SimpleNamespace(**self.rows[Case][-1])
        rows = self.rows[Party][len(self.rows[Party]) - parties :]
        return search.row(case, [SimpleNamespace(**row) for row in rows])

    def _serial(self, issuer: str, kind: str, year: int) -> int:
        self.series[issuer, kind, year] += 1
        return self.series[issuer, kind, year]

    # --- writing

    def _write(self) -> None:
        with self.engine.begin() as connection:
            for model in (*_MODELS, CaseSearch):
                if self.rows[model]:
                    connection.execute(insert(model.__table__), self.rows[model])
        self.rows.clear()

    def _finish(self) -> None:
        """Let the numbers run on after ours, and PostgreSQL know what it holds."""
        series: Any = NumberSeries.__table__
        names = ("issuer", "kind", "year")
        rows = [
            {"jurisdiction_id": self.place, "last": last, **dict(zip(names, key, strict=True))}
            for key, last in self.series.items()
        ]
        with self.engine.begin() as connection:
            connection.execute(series.delete().where(series.c.jurisdiction_id == self.place))
            connection.execute(insert(series), rows)
            if self.engine.dialect.name == "postgresql":
                _after_load(connection, self.next)


def _after_load(connection: Any, highest: dict[Any, int]) -> None:
    """Do what PostgreSQL itself does in time: continue its counters, look at its tables."""
    for model, last in highest.items():
        name = model.__tablename__
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last})"))
    connection.execute(text("ANALYZE"))


def _highest(connection: Any, model: Any) -> int:
    return int(connection.scalar(select(func.max(model.__table__.c.id))) or 0)


def _series(connection: Any, place: int) -> Counter[tuple[str, str, int]]:
    query = select(NumberSeries.__table__).where(NumberSeries.jurisdiction_id == place)
    found = connection.execute(query).mappings()
    return Counter({(row["issuer"], row["kind"], row["year"]): row["last"] for row in found})


def _weighted(sources: list[Source]) -> tuple[list[Source], list[float]]:
    """Return the sources with running totals of their weights: the unit's share, spread evenly."""
    many = Counter(one.pattern.unit for one in sources)
    shares = [SKEW.get(one.pattern.unit, 1) / many[one.pattern.unit] for one in sources]
    return sources, list(accumulate(shares))


def _moved(row: Row, shift: timedelta) -> Row:
    """Return a row with every day and moment earlier by a shift."""
    return {
        key: value - shift if isinstance(value, date | datetime) and value != NEVER else value
        for key, value in row.items()
    }


def _renumbered(number: str, year: int, serial: int) -> str:
    return _SERIAL.sub(str(serial), re.sub(r"〔\d+〕", f"〔{year}〕", number))


def _reworded(value: Any, own: dict[str, str]) -> Any:
    """Return a JSON value with a copy's own texts in the place of the pattern's."""
    words = canonical(value)
    pattern = "|".join(re.escape(one) for one in sorted(own, key=len, reverse=True))
    return json.loads(re.sub(pattern, lambda found: own[found[0]], words))
