"""The file of a backup: a zip of tables as lines of JSON, of files, and a list with checksums.

manifest.json        what it is, from which migration, rows and SHA-256 of each entry
tables/NAME.jsonl    the names of the columns, then the rows
files/AB/ABCD…       the files, each under its own hash
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, FILES = "tables/", "files/"
CHUNK = 1024 * 1024


class BackupProblem(Exception):
    """A backup cannot be written or read; the message is one sentence that says what to do."""


@dataclass
class Entry:
    """One entry: how many rows (of a table), and the hash of its content."""

    sha256: str
    rows: int = 0


@dataclass
class Manifest:
    """What a backup holds. `pii_key` tells which key opens its sealed columns, not the key."""

    made_at: str
    revision: str
    database: str
    pii_key: str
    format: int = FORMAT
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Return how many rows it holds in all."""
        return sum(one.rows for one in self.entries.values())

    @property
    def files(self) -> int:
        """Return how many files it holds."""
        return sum(name.startswith(FILES) for name in self.entries)


def fingerprint(secret: str) -> str:
    """Return by which a key is recognised, and from which it cannot be found."""
    return hashlib.scrypt(
        secret.encode(), salt=b"lianchu backup", n=2**14, r=8, p=1, dklen=16
    ).hex()


# --- writing


@contextmanager
def writing(target: Path) -> Iterator[zipfile.ZipFile]:
    """Open a new backup; it gets its name when it is whole, and is readable by its owner alone.

    Raises BackupProblem where the file exists or cannot be written.
    """
    if target.exists():
        raise BackupProblem(f"{target} exists: name another file, or move it away.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else error.strerror
        raise BackupProblem(
            f"{target} cannot be written ({reason}): choose another place."
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def put_table(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> Entry:
    """Write a table and return its entry."""
    seen, count = hashlib.sha256(), -1  # the first line holds the names of the columns
    with archive.open(f"{TABLES}{name}.jsonl", "w", force_zip64=True) as entry:
        for line in lines:
            seen.update(line)
            entry.write(line)
            count += 1
    return Entry(seen.hexdigest(), count)


def put_file(archive: zipfile.ZipFile, path: Path) -> Entry:
    """Write a stored file, whose name is its hash, and return its entry."""
    info = zipfile.ZipInfo(f"{FILES}{path.parent.name}/{path.name}")
    seen = hashlib.sha256()
    with path.open("rb") as file, archive.open(info, "w", force_zip64=True) as entry:
        while piece := file.read(CHUNK):
            seen.update(piece)
            entry.write(piece)
    return Entry(seen.hexdigest())


def put_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write the list of all that is there; last, because only then it is known."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    archive.writestr(MANIFEST, text)


# --- reading


@contextmanager
def reading(source: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup; raises BackupProblem where it is none, or is damaged."""
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except (OSError, zipfile.BadZipFile, EOFError) as error:
        raise BackupProblem(
            f"{source} is no backup of this program, or not a whole one ({error}): take another."
        ) from error


def manifest_of(archive: zipfile.ZipFile) -> Manifest:
    """Return the list of what a backup holds; raises BackupProblem where it has none."""
    try:
        told: dict[str, Any] = json.loads(archive.read(MANIFEST))
        entries = {name: Entry(**one) for name, one in told.pop("entries").items()}
        found = Manifest(**told, entries=entries)
    except (KeyError, ValueError, TypeError) as error:
        raise BackupProblem("The file is no backup of this program: take another.") from error
    if found.format != FORMAT:
        raise BackupProblem(
            f"The backup has the form {found.format}, which a newer version of this program "
            "wrote: install that version first."
        )
    return found


def check(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raise BackupProblem unless every entry is there with the content that was written."""
    there = {name for name in archive.namelist() if name != MANIFEST}
    if there != manifest.entries.keys():
        raise BackupProblem("The backup lacks entries that its list names: take another one.")
    for name, entry in manifest.entries.items():
        with archive.open(name) as file:
            if _hash(file) != entry.sha256:
                raise BackupProblem(f"{name} in the backup is damaged: take another one.")


def _hash(file: IO[bytes]) -> str:
    seen = hashlib.sha256()
    while piece := file.read(CHUNK):
        seen.update(piece)
    return seen.hexdigest()


def rows_of(archive: zipfile.ZipFile, name: str) -> Iterator[list[Any]]:
    """Yield the names of a table's columns, then its rows."""
    with archive.open(f"{TABLES}{name}.jsonl") as entry:
        for line in entry:
            yield json.loads(line)
