"""The database: engine, session, turns at writing in SQLite, timing, migrations.

Imported before the first table, because constraint names come from the metadata's convention and
a migration can only change what has a name.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask_appbuilder import Model
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from app.rules import shapes

ROOT = Path(__file__).resolve().parent.parent

#: The due day of what has none, as it stands in the tables: last in every queue, never shown.
NEVER = shapes.NEVER

#: How long a writer waits for another one.
BUSY_SECONDS = 15

#: Any number of our own, under which two starting servers take turns at migrating PostgreSQL.
MIGRATION_LOCK = 20241101
#: The same for two who bring the roles in line with the views.
RIGHTS_LOCK = 20241102

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
Model.metadata.naming_convention = NAMING


class DatabaseProblem(Exception):
    """The database cannot be used; the message is one sentence that says what to do."""


@dataclass
class _Spent:
    """What a request has spent in the database so far."""

    ms: float = 0.0
    statements: int = 0


_writing: ContextVar[bool] = ContextVar("writing", default=False)
_spent: ContextVar[_Spent | None] = ContextVar("spent", default=None)


# --- engine and session


def make_engine(url: str, *, echo: bool = False, foreign_keys: bool = True) -> Engine:
    """Return an engine for a SQLite file or PostgreSQL 15+, set up as the product needs it.

    `foreign_keys=False` is for migrations alone: SQLite rebuilds a table by dropping it.
    Raises DatabaseProblem where the address cannot be read.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseProblem(
            "DATABASE_URL cannot be read: write sqlite:////folder/file.db or "
            "postgresql://user:password@host/name."
        ) from error
    if address.get_backend_name() == "sqlite":
        engine = create_engine(
            address,
            echo=echo,
            json_serializer=_json,
            connect_args={"timeout": BUSY_SECONDS},
        )
        _set_up_sqlite(engine, foreign_keys=foreign_keys)
    else:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            echo=echo,
            pool_pre_ping=True,
            json_serializer=_json,
        )
    _count_statements(engine)
    return engine


#: JSON with Chinese as it is: escaped, each character takes six bytes, not three.
_json = json.JSONEncoder(ensure_ascii=False).encode


def make_session(engine: Engine) -> scoped_session[Session]:
    """Return the session of the current thread; objects stay readable after a commit."""
    return scoped_session(sessionmaker(engine, expire_on_commit=False))


def _set_up_sqlite(engine: Engine, *, foreign_keys: bool) -> None:
    """Make SQLite keep its own transactions: the driver's implicit ones begin too late."""

    @event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, _record: object) -> None:
        # The driver must not begin anything by itself: `begin` below decides how.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer fails at once when another one wrote meanwhile; a writer
        # that says so first waits its turn.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def write_transaction() -> Iterator[None]:
    """Say before the first statement that the transaction will write.

    SQLite then takes its one write lock at the beginning; PostgreSQL needs no such word.
    """
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


@contextmanager
def turned_to_write(session: Any) -> Iterator[None]:
    """End the transaction in which a session has read, and let its next one write."""
    session.commit()
    with write_transaction():
        yield


def start_request(*, writes: bool) -> None:
    """Begin a request on this thread: whether its transaction writes, and a clock at zero."""
    _writing.set(writes)
    reset_timing()


def take_turn(session: Session | scoped_session[Session], lock: int) -> None:
    """Wait for whoever holds the lock, hold it until the commit, and read afresh from then on.

    SQLite has one writer at a time as it is (`write_transaction`).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
    session.expire_all()


#: Insert-or-update is spoken differently by the two databases.
INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(
    session: Session | scoped_session[Session],
    model: Any,
    values: Mapping[str, Any],
    *,
    key: tuple[str, ...],
) -> Any:
    """Return the statement that writes a row: a new one, or over the one with the same key."""
    query = INSERT[session.get_bind().dialect.name](model.__table__).values(values)
    changed = {name: query.excluded[name] for name in values if name not in key}
    return query.on_conflict_do_update(index_elements=key, set_=changed)


# --- what a request spends in the database


def reset_timing() -> None:
    """Set the clock of statements to zero for this context."""
    _spent.set(_Spent())


def timing() -> tuple[float, int]:
    """Return the milliseconds and the number of statements since `reset_timing`.

    Statements that only begin a transaction cost time and are not counted.
    """
    spent = _spent.get()
    return (spent.ms, spent.statements) if spent else (0.0, 0)


def _count_statements(engine: Engine) -> None:
    """Feed `timing` from every statement of the engine."""

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Connection, *_rest: Any) -> None:
        connection.info["began"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def after(connection: Connection, _cursor: object, statement: str, *_rest: Any) -> None:
        spent = _spent.get()
        if spent is None:
            return
        spent.ms += (time.perf_counter() - connection.info["began"]) * 1000
        spent.statements += not statement.startswith("BEGIN")


# --- migrations


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the settings of the migrations, which run on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision: all of it or nothing; two callers take turns.

    Raises DatabaseProblem where it cannot be reached or was made by a newer version.
    """
    engine = make_engine(url, foreign_keys=False)
    try:
        with write_transaction(), _said(engine), engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK}
                )
            command.upgrade(alembic_config(connection), revision)
            refuse_orphans(connection)
    except CommandError as error:
        raise DatabaseProblem(
            f"The database was made by a newer version of this program ({error}): "
            "install that version, or restore a backup of this one."
        ) from error
    finally:
        engine.dispose()


def is_current(engine: Engine) -> bool:
    """Return whether the database is reached and stands at the newest migration."""
    heads = set(ScriptDirectory.from_config(alembic_config()).get_heads())
    try:
        with engine.connect() as connection:
            return set(MigrationContext.configure(connection).get_current_heads()) == heads
    except DBAPIError:
        return False


def require_current(engine: Engine) -> None:
    """Raise DatabaseProblem unless the database is reached and migrated."""
    with _said(engine), engine.connect():
        pass
    if not is_current(engine):
        raise DatabaseProblem(
            f"The database {engine.url.render_as_string()} does not fit this version of the "
            "program: `make run` brings it up to date."
        )


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    """Turn a failure to connect into a sentence; any other failure passes."""
    try:
        yield
    except DBAPIError as error:
        if not _is_connection_failure(error):
            raise
        reason = str(error.orig).strip().splitlines()[-1]
        raise DatabaseProblem(
            f"The database {engine.url.render_as_string()} cannot be used ({reason}): "
            "start it, or set DATABASE_URL to the right one."
        ) from error


def _is_connection_failure(error: DBAPIError) -> bool:
    """Return whether the database itself, not the statement, is what failed."""
    if error.statement is None:
        return True
    return isinstance(error.orig, sqlite3.DatabaseError) and error.statement.startswith("BEGIN")


def refuse_orphans(connection: Connection) -> None:
    """Raise DatabaseProblem where a migration left rows that point nowhere (SQLite)."""
    if connection.dialect.name != "sqlite":
        return
    orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if orphan is not None:
        raise DatabaseProblem(
            f"Rows of the table {orphan[0]} point to rows of {orphan[2]} that do not exist: "
            "restore the last backup and ask for help; nothing was changed."
        )
