"""Rows as lines of JSON, the same for both databases, and back.

Sealed columns stay sealed: their bytes are kept as they are, and no key is needed to move them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_appbuilder.security.sqla import models as accounts
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    column,
    select,
    table,
)
from sqlalchemy.types import TypeEngine

from app import records
from app.columns import Moment, Sealed
from app.database import Model

#: How many rows are read and written at a time.
STEP = 1000
#: What is made from other rows; app.search makes it anew.
DERIVED = frozenset({records.CaseSearch.__tablename__})
#: Naming them puts the tables of the accounts into the metadata, too.
OWNED = (accounts.User, records.CaseSearch)

Encoder = Callable[[Any], Any]


def tables() -> list[Table]:
    """Return the tables that a backup holds, in the order of their foreign keys."""
    return [one for one in Model.metadata.sorted_tables if one.name not in DERIVED]


def lines(connection: Connection, source: Table) -> Iterator[bytes]:
    """Yield the names of the columns, then each row, as lines of JSON."""
    names = [one.name for one in source.columns]
    yield _line(names)
    parts = [column(one.name, _plain(one.type)) for one in source.columns]
    query = select(*parts).select_from(table(source.name)).order_by(*_keys(source))
    for row in connection.execution_options(yield_per=STEP).execute(query):
        yield _line([_encoded(value) for value in row])


def _keys(source: Table) -> Sequence[Any]:
    return [column(one.name) for one in source.primary_key.columns]


def _line(values: Sequence[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type by which a value is moved: sealed ones stay bytes, nothing stays nothing."""
    if isinstance(kind, Sealed):
        return LargeBinary()
    return JSON(none_as_null=True) if isinstance(kind, JSON) else kind


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return b64encode(bytes(value)).decode("ascii")
    return value


# --- and back


class Loader:
    """Writes the lines of one table into a database that stands at the backup's revision."""

    def __init__(self, connection: Connection, target: Table, names: Sequence[str]) -> None:
        self.connection, self.target, self.names = connection, target, list(names)
        kinds = {name: _plain(_kind(target.columns[name])) for name in names}
        self._read = [_reader(kinds[name]) for name in names]
        self._into = table(target.name, *(column(name, kinds[name]) for name in names))
        #: Columns that name another row of the same table: written when all rows are there.
        self._inner = [name for name in names if _is_inner(target.columns[name])]
        self._later: list[dict[str, Any]] = []

    def load(self, encoded: Iterable[Sequence[Any]]) -> int:
        """Write all rows and return how many."""
        count, rows = 0, []
        for values in encoded:
            rows.append(self._row(values))
            count += 1
            if len(rows) == STEP:
                self.connection.execute(self._into.insert(), rows)
                rows = []
        if rows:
            self.connection.execute(self._into.insert(), rows)
        self._link()
        return count

    def _row(self, values: Sequence[Any]) -> dict[str, Any]:
        read = zip(self.names, self._read, values, strict=True)
        row = {name: None if value is None else make(value) for name, make, value in read}
        inner = {name: row[name] for name in self._inner if row[name] is not None}
        if inner:
            self._later.append({"key": row["id"], **inner})
            row |= dict.fromkeys(inner)
        return row

    def _link(self) -> None:
        for row in self._later:
            key = row.pop("key")
            self.connection.execute(self._into.update().where(self._into.c.id == key).values(row))
        self._later.clear()


def standing(connection: Connection, names: Iterable[str]) -> list[Table]:
    """Return the named tables as the database has them, in the order of their foreign keys."""
    found = MetaData()
    found.reflect(connection, only=list(names), resolve_fks=False)
    wanted = set(names)
    return [one for one in found.sorted_tables if one.name in wanted]


def _kind(found: Column[Any]) -> TypeEngine[Any]:
    """Return a column's type: ours where we know the column, else the database's."""
    known = Model.metadata.tables.get(found.table.name)
    if known is not None and found.name in known.columns:
        return known.columns[found.name].type
    return found.type


def _is_inner(found: Column[Any]) -> bool:
    return any(key.column.table is found.table for key in found.foreign_keys)


def _reader(kind: TypeEngine[Any]) -> Encoder:
    """Return what makes a column's value of its JSON."""
    return next((make for types, make in _READERS.items() if isinstance(kind, types)), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Mapping[Any, Encoder] = {
    (DateTime, Moment): datetime.fromisoformat,
    Date: date.fromisoformat,
    Numeric: Decimal,
    LargeBinary: b64decode,
}
