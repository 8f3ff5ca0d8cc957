"""The commands of whoever keeps the server: backup, restore, sweep, verify."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import delete, func, select, update

from app import database, files
from app.models import Case, Event, Notice, NumberSeries
from app.records import CaseSearch
from app.uploads import folder_of
from tests.conftest import START


@pytest.fixture
def run(app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command with an instance folder of the test's own."""
    instance = tmp_path / "instance"
    instance.mkdir()
    monkeypatch.setitem(app.config, "INSTANCE_DIR", str(instance))

    def invoke(*words: str) -> Result:
        app.appbuilder.session.remove()
        found: Result = app.test_cli_runner().invoke(args=list(words))
        app.appbuilder.session.remove()
        return found

    return invoke


def count(app: Any, model: Any) -> int:
    """Return how many rows a table has."""
    with app.app_context(), app.appbuilder.session.get_bind().connect() as connection:
        return int(connection.scalar(select(func.count()).select_from(model.__table__)))


def test_a_backup_says_what_it_holds_and_that_the_keys_are_not_in_it(run, tmp_path):
    done = run("backup", str(tmp_path / "b.zip"))
    assert done.exit_code == 0, done.output
    assert " rows, 0 files, " in done.output
    assert "The keys are not in it" in done.output
    again = run("backup", str(tmp_path / "b.zip"))
    assert again.exit_code == 1
    assert "exists: name another file" in again.output


def test_what_was_lost_since_the_backup_comes_back_with_replace(app, run, tmp_path):
    before = count(app, Event), count(app, Notice), count(app, CaseSearch)
    assert run("backup", str(tmp_path / "b.zip"), "--keys", str(tmp_path / "k")).exit_code == 0
    with database.write_transaction(), app.appbuilder.session.get_bind().begin() as connection:
        connection.execute(delete(Notice.__table__))
    refused = run("restore", str(tmp_path / "b.zip"))
    assert refused.exit_code == 1
    assert "say --replace" in refused.output
    assert count(app, Notice) == 0
    done = run("restore", str(tmp_path / "b.zip"), "--replace", "--keys", str(tmp_path / "k"))
    assert done.exit_code == 0, done.output
    assert (count(app, Event), count(app, Notice), count(app, CaseSearch)) == before
    assert run("audit", "verify").exit_code == 0


def test_keys_of_the_backup_are_put_into_the_instance_where_they_differ(
    app, run, tmp_path, monkeypatch
):
    own = app.config["PII_KEY"]
    assert run("backup", str(tmp_path / "b.zip"), "--keys", str(tmp_path / "k")).exit_code == 0
    monkeypatch.setitem(app.config, "PII_KEY", "the key that a fresh machine made for itself")
    refused = run("restore", str(tmp_path / "b.zip"), "--replace")
    assert refused.exit_code == 1
    assert "PII_KEY is not the key of this backup" in refused.output
    done = run("restore", str(tmp_path / "b.zip"), "--replace", "--keys", str(tmp_path / "k"))
    assert done.exit_code == 0, done.output
    kept = tmp_path / "instance" / "pii_key"
    assert kept.read_text() == f"{own}\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "instance" / "secret_key").exists(), "it is the same"


def test_a_check_changes_nothing(app, run, tmp_path):
    assert run("backup", str(tmp_path / "b.zip")).exit_code == 0
    done = run("restore", str(tmp_path / "b.zip"), "--check")
    assert (done.exit_code, "is whole" in done.output) == (0, True)
    (tmp_path / "b.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:5000])
    assert run("restore", str(tmp_path / "b.zip"), "--check").exit_code == 1


def test_a_sweep_counts_and_deletes_where_it_is_said(app, run):
    stray = files.path_of(folder := folder_of(app.config), _stored(folder))
    assert "1 files, 0.0 MB, that no row names" in run("files", "sweep").output
    assert stray.exists()
    assert "1 files, 0.0 MB, deleted" in run("files", "sweep", "--delete").output
    assert not stray.exists()


def _stored(folder: Path) -> str:
    path = folder / "ab" / ("ab" + "0" * 62)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"stray")
    os.utime(path, (START.timestamp() - 7200,) * 2)
    return path.name


def test_verify_says_that_no_number_is_missing_and_fails_where_one_is(app, run):
    whole = run("audit", "verify")
    assert whole.exit_code == 0, whole.output
    assert "every chain fits, no number is missing" in whole.output
    with database.write_transaction(), app.appbuilder.session.get_bind().begin() as connection:
        last = NumberSeries.__table__.c.last
        connection.execute(update(NumberSeries.__table__).values(last=last + 1))
    assert run("audit", "verify").exit_code == 1


def test_verify_names_the_first_event_that_was_changed(app, run):
    with database.write_transaction(), app.appbuilder.session.get_bind().begin() as connection:
        first = connection.scalar(select(func.min(Event.__table__.c.case_id)))
        number = connection.scalar(
            select(Case.__table__.c.number).where(Case.__table__.c.id == first)
        )
        changed = update(Event.__table__).where(Event.__table__.c.case_id == first)
        connection.execute(changed.values(actor="somebody else"))
    found = run("audit", "verify")
    assert found.exit_code == 1
    assert f"{number}: event 1 (register) does not fit" in found.output
