"""Files that no row names, and parts of files that never arrived whole.

A file is stored before its row is written: one that is younger than an hour may still get its
row, and stays.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from app.database import Model
from app.files import INCOMING, stored
from app.models import Entry
from app.security.sight import AnySession

#: So old must a file be that nobody still works on it.
GRACE = timedelta(hours=1)
#: What is about to be deleted has this before its name.
ASIDE = ".swept-"


@dataclass(frozen=True)
class Swept:
    """What no row names: how many files and how many bytes."""

    files: int
    size: int


def sweep(session: AnySession, folder: Path, now: datetime, *, delete: bool) -> Swept:
    """Find files without a row, and delete them where `delete` is said.

    A file that is brought again in the same moment stays: it is set aside first, and put back
    where it turns out to be young or to have a row.
    """
    _put_back(folder)
    known = set(named(session))
    found = [path for path in stored(folder) if path.name not in known and _is_old(path, now)]
    found += [path for path in sorted((folder / INCOMING).glob("*")) if _is_old(path, now)]
    sizes = {path: path.stat().st_size for path in found}
    if delete:
        session.rollback()  # look again at what others have written meanwhile
        known = set(named(session))
        sizes = {path: size for path, size in sizes.items() if _drop(path, known, now)}
    return Swept(len(sizes), sum(sizes.values()))


def named(session: AnySession | Connection) -> Iterator[str]:
    """Yield every hash of a file that any row names; issued papers are noted in the chain."""
    columns = [t.c["sha256"] for t in Model.metadata.sorted_tables if "sha256" in t.columns]
    noted = Entry.__table__.c.facts["sha256"].as_string()
    for one in (*columns, noted):
        yield from session.scalars(select(one).where(one.is_not(None)))


def _is_old(path: Path, now: datetime) -> bool:
    return now.timestamp() - path.stat().st_mtime > GRACE.total_seconds()


def _drop(path: Path, known: set[str], now: datetime) -> bool:
    """Delete a file unless it came again meanwhile; return whether it is gone."""
    aside = path.with_name(ASIDE + path.name)
    path.rename(aside)
    if _is_old(aside, now) and path.name not in known:
        aside.unlink()
        return True
    _return(aside)
    return False


def _put_back(folder: Path) -> None:
    """Bring back what a sweep had set aside when it was broken off."""
    for aside in folder.glob(f"[0-9a-f][0-9a-f]/{ASIDE}*"):
        _return(aside)


def _return(aside: Path) -> None:
    """Give a file its name again; one that came meanwhile has the same content."""
    with contextlib.suppress(FileExistsError):
        aside.with_name(aside.name.removeprefix(ASIDE)).hardlink_to(aside)
    aside.unlink()
