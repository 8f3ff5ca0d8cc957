"""A backup into a database, all of it or nothing, on SQLite or PostgreSQL whichever wrote it.

The tables are made as they were when the backup was written, filled, and then brought up to this
program's version by the same migrations that an upgrade runs.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from app import database, files
from app.keeping import packing, rows
from app.keeping.packing import FILES, TABLES, BackupProblem, Manifest

#: How long PostgreSQL waits for others who still use the tables.
PATIENCE = "10s"
_HEAD = "alembic_version"


@dataclass(frozen=True)
class Restored:
    """What was brought back."""

    rows: int
    files: int
    made_at: str


def read(source: Path) -> Manifest:
    """Check every entry of a backup and return what it holds; raises BackupProblem."""
    with packing.reading(source) as archive:
        manifest = packing.manifest_of(archive)
        packing.check(archive, manifest)
    return manifest


def bring_back(
    url: str, folder: Path, source: Path, *, pii_key: str, replace: bool = False
) -> Restored:
    """Fill the database and the folder of files from a backup; what fails changes no row.

    Raises BackupProblem where the database holds something and `replace` is not given, where the
    backup is damaged or of a newer version, or where `pii_key` does not open it.
    """
    manifest = read(source)
    _refuse_newer(manifest)
    if packing.fingerprint(pii_key) != manifest.pii_key:
        raise BackupProblem(
            "PII_KEY is not the key of this backup: set the one it was made with, or give the "
            "file of its keys with --keys."
        )
    engine = database.make_engine(url, foreign_keys=False)
    try:
        with (
            packing.reading(source) as archive,
            database.write_transaction(),
            engine.begin() as connection,
        ):
            _clear(connection, replace=replace)
            count = _files(archive, folder, manifest)
            _fill(connection, archive, manifest)
    finally:
        engine.dispose()
    return Restored(manifest.rows, count, manifest.made_at)


def _refuse_newer(manifest: Manifest) -> None:
    """Refuse a backup from migrations that this program does not know."""
    try:
        ScriptDirectory.from_config(database.alembic_config()).get_revision(manifest.revision)
    except CommandError as error:
        raise BackupProblem(
            f"The backup is of {manifest.made_at} and of a newer version of this program: "
            "install that version, then restore."
        ) from error


# --- the database


def _clear(connection: Connection, *, replace: bool) -> None:
    """Leave no table; refuse where one holds something and `replace` was not said."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": database.MIGRATION_LOCK}
        )
    full = [name for name in _own(connection) if _has_rows(connection, name)]
    if full and not replace:
        raise BackupProblem(
            "The database is not empty, and a restore takes the place of all that it holds: "
            "say --replace to do so, after a backup of what is there."
        )
    try:
        _DROP[connection.dialect.name](connection)
    except DBAPIError as error:
        raise BackupProblem(
            "The tables are in use: stop the server, then restore again."
        ) from error


def _own(connection: Connection) -> list[str]:
    """Return the tables that are there, without the mark of the migrations."""
    known = {one.name for one in rows.tables()}
    return [name for name in inspect(connection).get_table_names() if name in known]


def _has_rows(connection: Connection, name: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote(name)
    return connection.execute(text(f"SELECT 1 FROM {quoted} LIMIT 1")).first() is not None  # noqa: S608


def _drop_sqlite(connection: Connection) -> None:
    """Drop every table; an index of words first, which takes its own tables along."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
    )
    for name in connection.scalars(text(query)).all():
        connection.execute(text(f'DROP TABLE IF EXISTS "{name}"'))


def _drop_postgresql(connection: Connection) -> None:
    names = [f'"{name}"' for name in inspect(connection).get_table_names()]
    if names:
        connection.execute(text(f"DROP TABLE {', '.join(names)} CASCADE"))


_DROP = {"sqlite": _drop_sqlite, "postgresql": _drop_postgresql}


def _fill(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Make the tables of the backup's version, fill them, and bring them up to ours."""
    settings = database.alembic_config(connection)
    command.upgrade(settings, manifest.revision)
    names = [
        name.removeprefix(TABLES).removesuffix(".jsonl")
        for name in manifest.entries
        if name.startswith(TABLES)
    ]
    for table in rows.standing(connection, names):
        encoded = packing.rows_of(archive, table.name)
        rows.Loader(connection, table, next(encoded)).load(encoded)
        if connection.dialect.name == "postgresql" and "id" in table.columns:
            _continue(connection, table.name)
    command.upgrade(settings, "head")
    database.refuse_orphans(connection)


def _continue(connection: Connection, name: str) -> None:
    """Let PostgreSQL give keys after the highest one."""
    following = f'SELECT coalesce(max(id), 0) + 1 FROM "{name}"'  # noqa: S608  # our own table
    query = f"SELECT setval(pg_get_serial_sequence(:name, 'id'), ({following}), false)"
    connection.execute(text(query), {"name": name})


# --- the files


def _files(archive: zipfile.ZipFile, folder: Path, manifest: Manifest) -> int:
    """Put the files into their folder, each checked against its name; return how many."""
    names = [name for name in manifest.entries if name.startswith(FILES)]
    for name in names:
        with archive.open(name) as file:
            kept = files.store(folder, cast(BinaryIO, file), archive.getinfo(name).file_size)
        if kept.sha256 != name.rpartition("/")[2]:
            raise BackupProblem(f"{name} in the backup is not the file of its name: take another.")
    return len(names)
