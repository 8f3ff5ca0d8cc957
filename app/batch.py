"""Many acts on fresh cases in one transaction: the cases in memory, written in bulk.

The engine and the door are the same as for a single act (`app.workflow`); only what keeps a case
differs. Its rows are plain objects with the columns of the tables, keys are given ahead, and a
series of numbers is held from its first number to the commit. Nothing here decides anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, insert, inspect, select, text, update

from app import search
from app.ledger import numbers
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
from app.rules.shapes import Kit
from app.security.sight import AnySession

#: How many keys are taken from PostgreSQL at a time.
BLOCK = 500


class Row:
    """A row in memory: one attribute for each column, and lists of what hangs on it."""

    model: Any
    columns: tuple[str, ...] = ()
    _blank: dict[str, Any] = {}
    _fresh: tuple[tuple[str, Callable[[], Any]], ...] = ()

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        own.update(self._blank)
        for name, make in self._fresh:
            own[name] = make()
        own.update(values)

    def written(self) -> dict[str, Any]:
        """Return the row as it is inserted."""
        own = self.__dict__
        return {name: own[name] for name in self.columns}


def _plain(mapped: Any, *lists: str, keeping: tuple[str, ...] = ()) -> Any:
    """Return a class of rows for a table, with its defaults and some of its own methods."""
    attributes = inspect(mapped).column_attrs
    defaults = {one.key: one.columns[0].default for one in attributes}
    made = {name: one for name, one in defaults.items() if one is not None and one.is_callable}
    blank = {
        name: one.arg if one is not None and one.is_scalar else None
        for name, one in defaults.items()
    }
    body = {
        "model": mapped,
        "columns": tuple(blank),
        "_blank": blank,
        "_fresh": (
            *((name, _maker(one)) for name, one in made.items()),
            *((n, list) for n in lists),
        ),
        **{name: vars(mapped)[name] for name in keeping},
    }
    return type(mapped.__name__, (Row,), body)


def _maker(default: Any) -> Callable[[], Any]:
    """Return what makes a column's default; SQLAlchemy hands its own context in."""
    return lambda: default.arg(None)


_PARTS = ("parties", "tasks", "papers", "events", "pauses", "access")
_Case = _plain(Case, *_PARTS, "attachments", keeping=("applicant", "facts", "persons"))
_Party, _Task, _Pause = _plain(Party), _plain(Task), _plain(Pause)
_Paper, _PaperCopy = _plain(Paper, "copies"), _plain(PaperCopy)
_Event, _CaseAccess, _Notice = _plain(Event), _plain(CaseAccess), _plain(Notice)
#: In the order of their foreign keys.
_TABLES = (_Case, _Party, _Task, _Pause, _Paper, _PaperCopy, _Event, _CaseAccess, _Notice)


class Memory:
    """Keeps the cases of a batch (see ledger.Keeper) until they are written."""

    kit = Kit(Task=_Task, Paper=_Paper, PaperCopy=_PaperCopy, Pause=_Pause, CaseAccess=_CaseAccess)
    make_event = _Event

    def __init__(self, session: AnySession, jurisdiction_id: int) -> None:
        self.session, self.jurisdiction_id = session, jurisdiction_id
        self.cases: dict[int, Any] = {}
        self._first_number = numbers(session, jurisdiction_id)
        self._held: dict[tuple[str, str, int], list[int]] = {}
        self._keys: dict[Any, Iterator[int]] = {}
        self._rows: dict[Any, list[Any]] = defaultdict(list)

    def take_number(self, issuer: str, kind: str, year: int) -> int:
        """Return the next number; from the first one on the series is ours until the commit."""
        held = self._held.get((issuer, kind, year))
        if held is None:
            first = self._first_number(issuer, kind, year)
            self._held[issuer, kind, year] = [first, first]
            return first
        held[1] += 1
        return held[1]

    def take_in(self, case: Case) -> Any:
        """Return the plain twin of a fresh case, known by its key from now on."""
        twin = _twin(_Case, case)
        twin.parties = [_twin(_Party, one) for one in case.parties]
        self._add(twin, {})
        self.cases[twin.id] = twin
        return twin

    def write(self, case: Any, event: Any, told: list[str]) -> None:
        """Give what an act has left its keys; it is written with the batch."""
        link = {"case_id": case.id}
        for name in _PARTS:
            self._add_fresh(getattr(case, name), link)
        for paper in case.papers:
            self._add_fresh(paper.copies, link | {"paper_id": paper.id})
        for body in told:
            notice = _Notice(
                jurisdiction_id=case.jurisdiction_id,
                body=body,
                seq=event.seq,
                action=event.key,
                at=event.at,
            )
            self._add(notice, link)

    def flush(self) -> None:
        """Write all rows and the numbers that were taken; the cases are no longer in memory."""
        for table in _TABLES:
            rows = self._rows[table]
            if rows:
                self.session.execute(insert(table.model.__table__), [r.written() for r in rows])
        found_by = [search.row(case, case.parties) for case in self.cases.values()]
        if found_by:
            self.session.execute(insert(CaseSearch.__table__), found_by)
        series: Any = NumberSeries.__table__.c
        for (issuer, kind, year), (first, last) in self._held.items():
            if last > first:
                where = (
                    series.jurisdiction_id == self.jurisdiction_id,
                    series.issuer == issuer,
                    series.kind == kind,
                    series.year == year,
                )
                self.session.execute(
                    update(NumberSeries.__table__).where(*where).values(last=last)
                )
        self.forget()

    def forget(self) -> None:
        """Drop cases, numbers and keys; the numbers are given back with the rollback."""
        for kept in (self.cases, self._held, self._keys, self._rows):
            kept.clear()

    # --- keys

    def _add_fresh(self, rows: list[Any], link: dict[str, int]) -> None:
        for row in rows:
            if row.id is None:
                self._add(row, link)

    def _add(self, row: Any, link: dict[str, int]) -> None:
        kind = type(row)
        row.__dict__.update(link, id=next(self._keys_of(kind)))
        self._rows[kind].append(row)

    def _keys_of(self, kind: Any) -> Iterator[int]:
        keys = self._keys.get(kind)
        if keys is None:
            keys = self._keys[kind] = _KEYS[self.session.get_bind().dialect.name](
                self.session, kind.model.__table__
            )
        return keys


def _twin(kind: Any, row: Any) -> Any:
    values = {name: getattr(row, name) for name in kind.columns}
    return kind(**{name: value for name, value in values.items() if value is not None})


def _after_the_last(session: AnySession, table: Any) -> Iterator[int]:
    """Yield keys after the highest one: SQLite lets nobody else write before our commit."""
    key = session.scalar(select(func.max(table.c.id))) or 0
    while True:
        key += 1
        yield key


def _from_the_sequence(session: AnySession, table: Any) -> Iterator[int]:
    """Yield keys of PostgreSQL's own sequence, a block at a time."""
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)")
    while True:
        yield from session.scalars(query, {"name": table.name, "n": BLOCK}).all()


_KEYS: dict[str, Callable[[AnySession, Any], Iterator[int]]] = {
    "sqlite": _after_the_last,
    "postgresql": _from_the_sequence,
}
