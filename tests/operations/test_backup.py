"""Backup and restore: whole, of one moment, checked, on both databases and between them."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, insert, inspect, make_url, select, text

from app import columns, database, filekinds, files
from app.database import Model
from app.keeping import backup, packing, restore, rows
from app.keeping.packing import BackupProblem
from app.models import Attachment, Case, Event, Party
from app.records import CaseSearch
from tests.conftest import START
from tests.databases import SECRETS

PII_KEY = SECRETS["PII_KEY"]
PAPER = b"%PDF-1.4 a paper"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of files with one in it."""
    files.store(tmp_path / "files", io.BytesIO(PAPER), 1000)
    return tmp_path / "files"


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    """The address of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'restored.db'}"


@pytest.fixture
def other(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the same kind."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    name = f"{url.database}_other"
    server = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield url.set(database=name).render_as_string(hide_password=False)
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


def written(app: Any, folder: Path, target: Path) -> backup.Written:
    """Write a backup of the application's database."""
    engine = app.appbuilder.session.get_bind()
    return backup.write(engine, folder, target, pii_key=PII_KEY, made_at=START)


def everything(url: str) -> dict[str, list[str]]:
    """Return every row of every table, as it is kept; sealed columns stay sealed."""
    engine = database.make_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(line.decode() for line in rows.lines(connection, table))
            for table in rows.tables()
        }
    engine.dispose()
    return found


# --- whole


def test_a_restored_database_has_every_row_and_file(app, database_url, folder, tmp_path, other):
    done = written(app, folder, tmp_path / "b.zip")
    back = restore.bring_back(other, tmp_path / "elsewhere", tmp_path / "b.zip", pii_key=PII_KEY)
    assert everything(other) == everything(database_url)
    assert back.rows == done.manifest.rows > 1000
    assert back.files == 1
    assert [path.read_bytes() for path in files.stored(tmp_path / "elsewhere")] == [PAPER]
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600


def test_a_backup_moves_to_the_other_database_as_well(
    app, database_url, folder, tmp_path, empty_sqlite
):
    written(app, folder, tmp_path / "b.zip")
    restore.bring_back(empty_sqlite, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)
    assert everything(empty_sqlite) == everything(database_url)


def test_a_backup_of_sqlite_comes_back_on_postgresql_and_goes_on_there(
    database_kind, app, folder, tmp_path, empty_sqlite, other
):
    """On PostgreSQL: there and back again; the keys of new rows follow the restored ones."""
    written(app, folder, tmp_path / "b.zip")
    restore.bring_back(empty_sqlite, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)
    engine = database.make_engine(empty_sqlite)
    backup.write(engine, tmp_path / "f", tmp_path / "c.zip", pii_key=PII_KEY, made_at=START)
    engine.dispose()
    restore.bring_back(other, tmp_path / "g", tmp_path / "c.zip", pii_key=PII_KEY)
    assert everything(other) == everything(empty_sqlite)
    engine = database.make_engine(other)
    role = Model.metadata.tables["ab_role"]
    with database.write_transaction(), engine.begin() as connection:
        highest = connection.scalar(select(func.max(role.c.id)))
        connection.execute(insert(role).values(name="another"))
        assert connection.scalar(select(func.max(role.c.id))) == highest + 1
    engine.dispose()


def test_every_table_is_in_the_backup_or_made_from_others(app, folder, tmp_path):
    manifest = written(app, folder, tmp_path / "b.zip").manifest
    held = {name.split("/")[1].removesuffix(".jsonl") for name in manifest.entries}
    there = set(inspect(app.appbuilder.session.get_bind()).get_table_names())
    ours = there & Model.metadata.tables.keys()
    assert ours - held == {CaseSearch.__tablename__}


def test_sealed_columns_stay_sealed_in_the_backup(app, session, folder, tmp_path):
    phone = session.execute(
        select(Party.__table__.c.phone).where(Party.__table__.c.phone.is_not(None)).limit(1)
    ).scalar_one()
    written(app, folder, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        told = archive.read("tables/party.jsonl").decode()
    assert phone
    assert phone not in told


# --- of one moment


def test_a_backup_is_of_one_moment_while_others_write(app, session, folder, tmp_path, other):
    """An act raises a case's version and adds an event at once: never one without the other."""
    place, number = session.execute(
        select(Case.__table__.c.jurisdiction_id, Case.__table__.c.id).limit(1)
    ).one()
    session.rollback()
    engine = session.get_bind()
    stop, writes = threading.Event(), []
    event, case = Event.__table__, Case.__table__

    def act(seq: int) -> None:
        with database.write_transaction(), engine.begin() as connection:
            connection.execute(
                insert(event).values(
                    **dict.fromkeys(("key", "actor", "body", "stage_after", "algorithm"), "x"),
                    hash="",
                    previous_hash="",
                    inputs={},
                    changes={},
                    jurisdiction_id=place,
                    case_id=number,
                    seq=seq,
                    at=START,
                )
            )
            connection.execute(case.update().where(case.c.id == number).values(version=seq))
        writes.append(seq)

    def write() -> None:
        seq = 1000
        while not stop.is_set():
            act(seq := seq + 1)

    act(1000)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for name in ("one", "two"):
            written(app, folder, tmp_path / f"{name}.zip")
    finally:
        stop.set()
        writer.join(20)
    restore.bring_back(other, tmp_path / "f", tmp_path / "two.zip", pii_key=PII_KEY)
    restored = database.make_engine(other)
    with restored.connect() as connection:
        version = connection.scalar(select(case.c.version).where(case.c.id == number))
        last = connection.scalar(select(func.max(event.c.seq)).where(event.c.case_id == number))
    restored.dispose()
    assert version == last
    assert len(writes) > 5, "somebody wrote meanwhile"


def test_a_file_that_is_named_and_not_there_is_told(app, session, folder, tmp_path):
    place, number = session.execute(
        select(Case.__table__.c.jurisdiction_id, Case.__table__.c.id).limit(1)
    ).one()
    session.rollback()
    row = {"name": "a.pdf", "kind": "other", "media_type": filekinds.PDF, "size": 1, "seq": 1}
    row |= {"body": "tax", "added_by": "x", "added_at": START, "sha256": "0" * 64}
    with database.write_transaction(), session.get_bind().begin() as connection:
        connection.execute(
            insert(Attachment.__table__).values(jurisdiction_id=place, case_id=number, **row)
        )
    assert written(app, folder, tmp_path / "b.zip").missing == ("0" * 64,)


# --- refusals


def test_a_restore_refuses_a_database_that_holds_something(
    app, database_url, folder, tmp_path, other
):
    written(app, folder, tmp_path / "b.zip")
    restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)
    before = everything(other)
    with pytest.raises(BackupProblem, match="--replace"):
        restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)
    assert everything(other) == before


def test_replace_takes_the_place_of_all_that_was_there(app, session, folder, tmp_path, other):
    written(app, folder, tmp_path / "b.zip")
    restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)
    before = everything(other)
    engine = database.make_engine(other)
    with database.write_transaction(), engine.begin() as connection:
        connection.execute(insert(Model.metadata.tables["ab_role"]).values(name="stray"))
    engine.dispose()
    restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY, replace=True)
    assert everything(other) == before


def test_another_key_is_refused_before_anything_is_touched(app, folder, tmp_path, other):
    written(app, folder, tmp_path / "b.zip")
    with pytest.raises(BackupProblem, match="PII_KEY is not the key"):
        restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key="another" * 8)
    assert not (tmp_path / "f").exists()


def test_a_backup_of_a_newer_version_is_refused(app, folder, tmp_path, other):
    written(app, folder, tmp_path / "b.zip")
    _told_otherwise(tmp_path / "b.zip", revision="9999")
    with pytest.raises(BackupProblem, match="newer version"):
        restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)


def test_a_backup_of_another_form_is_refused(app, folder, tmp_path):
    written(app, folder, tmp_path / "b.zip")
    _told_otherwise(tmp_path / "b.zip", format=2)
    with pytest.raises(BackupProblem, match="the form 2"):
        restore.read(tmp_path / "b.zip")


@pytest.mark.parametrize("name", ["tables/case_file.jsonl", "tables/ab_user.jsonl"])
def test_a_changed_table_is_found_before_anything_is_touched(app, folder, tmp_path, other, name):
    written(app, folder, tmp_path / "b.zip")
    _changed(tmp_path / "b.zip", name, lambda content: content[:-3] + b"9]\n")
    with pytest.raises(BackupProblem, match=f"{name} in the backup is damaged"):
        restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=PII_KEY)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"nothing of ours"])
def test_what_is_no_backup_is_refused(tmp_path, content):
    (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(BackupProblem, match="no backup"):
        restore.read(tmp_path / "b.zip")


def test_a_backup_cut_short_is_refused(app, folder, tmp_path):
    written(app, folder, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BackupProblem, match="not a whole one"):
        restore.read(tmp_path / "b.zip")


def test_an_older_backup_is_not_written_over(app, folder, tmp_path):
    (tmp_path / "b.zip").write_bytes(b"yesterday")
    with pytest.raises(BackupProblem, match="exists"):
        written(app, folder, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_bytes() == b"yesterday"


def test_a_backup_that_fails_leaves_no_half_of_it(app, folder, tmp_path, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packing, "put_manifest", full)
    with pytest.raises(BackupProblem, match="the disk is full"):
        written(app, folder, tmp_path / "b.zip")
    assert {path.name for path in tmp_path.iterdir()} == {"files"}


# --- keys


def test_keys_go_to_a_file_of_their_own_and_open_the_restored_database(
    app, folder, tmp_path, other
):
    backup.write_keys(tmp_path / "keys", app.config)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    told = backup.read_keys(tmp_path / "keys")
    assert told == {name: app.config[name] for name in backup.KEYS}
    with pytest.raises(BackupProblem, match="exists"):
        backup.write_keys(tmp_path / "keys", app.config)
    written(app, folder, tmp_path / "b.zip")
    assert PII_KEY.encode() not in (tmp_path / "b.zip").read_bytes()
    restore.bring_back(other, tmp_path / "f", tmp_path / "b.zip", pii_key=told["PII_KEY"])
    columns.set_keys(told["PII_KEY"])
    engine = database.make_engine(other)
    with engine.connect() as connection:
        phones = connection.scalars(select(Party.__table__.c.phone)).all()
    engine.dispose()
    assert any(phone and phone.startswith("13800") for phone in phones)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"PII_KEY": "x"}'])
def test_a_file_without_keys_is_refused(tmp_path, content):
    (tmp_path / "keys").write_text(content)
    with pytest.raises(BackupProblem, match="holds no keys"):
        backup.read_keys(tmp_path / "keys")


# --- a backup by hand


def _changed(path: Path, name: str, change: Any) -> None:
    """Write a backup anew with one entry changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for one, content in parts.items():
            archive.writestr(one, content)


def _told_otherwise(path: Path, **facts: Any) -> None:
    """Change what a backup tells of itself."""
    _changed(
        path,
        packing.MANIFEST,
        lambda content: json.dumps(json.loads(content) | facts).encode(),
    )
