"""Files without a row, swept; those with one, or young, never."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from app import database, filekinds, files
from app.keeping import sweep as sweeping
from app.keeping.sweep import GRACE, Swept, sweep
from app.models import Attachment, Case, Entry
from tests.conftest import START


def stored(folder: Path, content: bytes, *, hours: float) -> Path:
    """Store a file as if so many hours ago."""
    path = files.path_of(folder, files.store(folder, io.BytesIO(content), 1000).sha256)
    return aged(path, hours)


def aged(path: Path, hours: float) -> Path:
    """Let a file be so many hours old."""
    moment = (START - timedelta(hours=hours)).timestamp()
    os.utime(path, (moment, moment))
    return path


def name(session: Any, path: Path) -> None:
    """Let a row name a file."""
    place, number = session.execute(
        select(Case.__table__.c.jurisdiction_id, Case.__table__.c.id).limit(1)
    ).one()
    session.rollback()
    row = {"name": "a.txt", "kind": "other", "media_type": filekinds.TXT, "size": 1, "seq": 1}
    row |= {"body": "tax", "added_by": "x", "added_at": START, "sha256": path.name}
    with database.write_transaction(), session.get_bind().begin() as connection:
        connection.execute(
            insert(Attachment.__table__).values(jurisdiction_id=place, case_id=number, **row)
        )


def test_files_without_a_row_are_counted_and_deleted_only_where_it_is_said(session, tmp_path):
    old = stored(tmp_path, b"nobody names me", hours=2)
    young = stored(tmp_path, b"my row is coming", hours=0.5)
    mine = stored(tmp_path, b"a row names me", hours=900)
    name(session, mine)
    (tmp_path / files.INCOMING / "half").write_bytes(b"never whole")
    part = aged(tmp_path / files.INCOMING / "half", hours=3)
    size = len(b"nobody names me") + len(b"never whole")

    assert sweep(session, tmp_path, START, delete=False) == Swept(2, size)
    assert old.exists()
    assert part.exists()
    assert sweep(session, tmp_path, START, delete=True) == Swept(2, size)
    assert not old.exists()
    assert not part.exists()
    assert young.read_bytes() == b"my row is coming"
    assert mine.read_bytes() == b"a row names me"
    assert sweep(session, tmp_path, START, delete=True) == Swept(0, 0)


def test_a_file_that_gets_its_row_while_the_sweep_looks_stays(session, tmp_path, monkeypatch):
    old = stored(tmp_path, b"brought again", hours=5)
    asked = []
    named = sweeping.named

    def later(given: Any) -> Any:
        if asked:
            name(session, old)
        asked.append(given)
        return named(given)

    monkeypatch.setattr(sweeping, "named", later)
    assert sweep(session, tmp_path, START, delete=True) == Swept(0, 0)
    assert old.read_bytes() == b"brought again"
    assert [path.name for path in old.parent.iterdir()] == [old.name]


def test_a_file_that_is_stored_again_while_the_sweep_deletes_stays(session, tmp_path, monkeypatch):
    old = stored(tmp_path, b"the same content", hours=5)
    drop = sweeping._drop

    def brought(path: Path, *more: Any) -> bool:
        stored(tmp_path, b"the same content", hours=0)
        return drop(path, *more)

    monkeypatch.setattr(sweeping, "_drop", brought)
    assert sweep(session, tmp_path, START, delete=True) == Swept(0, 0)
    assert old.read_bytes() == b"the same content"


def test_the_issued_copy_of_a_paper_is_noted_in_the_chain_and_stays(session, tmp_path):
    copy = stored(tmp_path, b"an issued paper", hours=900)
    place, number = session.execute(
        select(Case.__table__.c.jurisdiction_id, Case.__table__.c.id).limit(1)
    ).one()
    session.rollback()
    row = {"kind": "file", "at": START, "facts": {"paper": 1, "sha256": copy.name}, "seq": 1}
    row |= {"body": "tax", "algorithm": "x", "previous_hash": "", "hash": ""}
    with database.write_transaction(), session.get_bind().begin() as connection:
        connection.execute(
            insert(Entry.__table__).values(jurisdiction_id=place, case_id=number, **row)
        )
    assert sweep(session, tmp_path, START, delete=True) == Swept(0, 0)
    assert copy.exists()


def test_what_a_broken_off_sweep_had_set_aside_comes_back(session, tmp_path):
    mine = stored(tmp_path, b"a row names me", hours=900)
    name(session, mine)
    mine.rename(mine.with_name(f"{sweeping.ASIDE}{mine.name}"))
    assert sweep(session, tmp_path, START, delete=True) == Swept(0, 0)
    assert mine.read_bytes() == b"a row names me"
    assert [path.name for path in mine.parent.iterdir()] == [mine.name]


@pytest.mark.parametrize("hours", [0, GRACE.total_seconds() / 3600 - 0.01])
def test_nothing_is_swept_before_its_hour_is_over(session, tmp_path, hours):
    stored(tmp_path, b"young", hours=hours)
    assert sweep(session, tmp_path, START, delete=True).files == 0
