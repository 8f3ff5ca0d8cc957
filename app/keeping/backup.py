"""The whole system into one file, while it serves: one moment of the database, and the files.

A file is stored before its row is written and never changed, so that whatever the database names
at that moment is in the folder. Keys stay out of the backup (see `write_keys`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine

from app import database
from app.files import stored
from app.keeping import packing, rows
from app.keeping.packing import FILES, TABLES, BackupProblem, Manifest
from app.keeping.sweep import named

#: The keys of an instance, by the names of their settings.
KEYS = ("PII_KEY", "SECRET_KEY")


@dataclass(frozen=True)
class Written:
    """What a backup holds, and which files are named in the database and not in the store."""

    manifest: Manifest
    missing: tuple[str, ...]


def write(
    engine: Engine, folder: Path, target: Path, *, pii_key: str, made_at: datetime
) -> Written:
    """Write a backup of the database and of the files in `folder`.

    Raises BackupProblem where the file cannot be written, DatabaseProblem where the database
    cannot be read.
    """
    database.require_current(engine)
    with _one_moment(engine) as connection, packing.writing(target) as archive:
        manifest = Manifest(
            made_at=made_at.isoformat(timespec="seconds"),
            revision=_revision(connection),
            database=engine.dialect.name,
            pii_key=packing.fingerprint(pii_key),
        )
        for table in rows.tables():
            entry = packing.put_table(archive, table.name, rows.lines(connection, table))
            manifest.entries[f"{TABLES}{table.name}.jsonl"] = entry
        missing = set(named(connection))
        for path in stored(folder):
            entry = packing.put_file(archive, path)
            manifest.entries[f"{FILES}{path.parent.name}/{path.name}"] = entry
            missing.discard(path.name)
        packing.put_manifest(archive, manifest)
    return Written(manifest, tuple(sorted(missing)))


def _one_moment(engine: Engine) -> Connection:
    """Return a connection that sees one moment of the database, however long it reads.

    SQLite's reading transaction is one by itself, and nobody waits for it.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ).connect()
    return engine.connect()


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


# --- keys


def write_keys(target: Path, settings: Mapping[str, Any]) -> None:
    """Write the keys to a file of its own, for its owner alone; it belongs to another place."""
    text = json.dumps({name: settings[name] for name in KEYS}, indent=1) + "\n"
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BackupProblem(f"{target} exists: name another file for the keys.") from error
    except OSError as error:
        raise BackupProblem(f"{target} cannot be written ({error.strerror}).") from error


def read_keys(source: Path) -> dict[str, str]:
    """Return the keys of a file that `write_keys` wrote; raises BackupProblem."""
    try:
        told = json.loads(source.read_text(encoding="utf-8"))
        return {name: str(told[name]) for name in KEYS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupProblem(
            f"{source} holds no keys of this program: take another file."
        ) from error
