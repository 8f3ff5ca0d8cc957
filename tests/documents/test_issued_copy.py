"""The issued PDF is made once, kept, noted in the chain, and is no act."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import files, printing
from app.cli import audit
from app.errors import Conflict
from app.models import Case, Entry, Paper
from app.security.sight import Scope, see

PDF = "?format=pdf"


@pytest.fixture
def system(session: Any) -> Any:
    """The session, seeing everything."""
    see(session, Scope.system())
    return session


@pytest.fixture
def paper(system: Any) -> Paper:
    """A paper of a demonstration case."""
    found: Paper = system.scalars(select(Paper).order_by(Paper.id)).first()
    return found


def make(session: Any, paper: Paper, folder: Path, clock: Any) -> Path:
    return printing.issued(session, paper, folder=folder, fonts="", now=clock.now)


def entries(session: Any, paper: Paper) -> list[Entry]:
    query = select(Entry).where(Entry.case_id == paper.case_id).order_by(Entry.id)
    return list(session.scalars(query))


def test_it_is_made_once_and_noted_once(system, paper, tmp_path, clock):
    before = system.get(Case, paper.case_id).version
    first = make(system, paper, tmp_path, clock)
    again = make(system, paper, tmp_path, clock)
    assert first == again
    (entry,) = entries(system, paper)
    assert entry.facts["sha256"] == hashlib.sha256(first.read_bytes()).hexdigest()
    assert entry.facts["pages"] >= 1
    assert entry.facts["content"] == paper.content_hash
    case = system.get(Case, paper.case_id)
    assert (case.version, case.head_hash) == (before, entry.hash)


def test_the_chain_still_fits_and_a_changed_entry_is_found(app, system, paper, tmp_path, clock):
    make(system, paper, tmp_path, clock)
    verify = app.test_cli_runner()
    assert verify.invoke(audit, ["verify"]).exit_code == 0
    entry = entries(system, paper)[0]
    entry.facts = {**entry.facts, "sha256": "0" * 64}
    system.commit()
    told = verify.invoke(audit, ["verify"])
    assert told.exit_code == 1
    assert "(file) does not fit" in told.output


def test_a_dropped_last_entry_is_found(app, system, paper, tmp_path, clock):
    make(system, paper, tmp_path, clock)
    system.delete(entries(system, paper)[0])
    system.commit()
    told = app.test_cli_runner().invoke(audit, ["verify"])
    assert told.exit_code == 1
    assert "the end of the chain" in told.output


def test_a_lost_file_is_made_again_and_is_the_same(system, paper, tmp_path, clock):
    path = make(system, paper, tmp_path, clock)
    content = path.read_bytes()
    path.unlink()
    assert make(system, paper, tmp_path, clock).read_bytes() == content
    assert len(entries(system, paper)) == 1


def test_a_lost_file_that_comes_out_differently_is_refused(system, paper, tmp_path, clock):
    path = make(system, paper, tmp_path, clock)
    path.unlink()
    entry = entries(system, paper)[0]
    entry.facts = {**entry.facts, "sha256": "0" * 64}
    with pytest.raises(Conflict):
        make(system, paper, tmp_path, clock)


def test_reading_it_over_rest_notes_it_and_the_next_act_follows(rest, session, app):
    tax = rest("zezhou-tax")
    case = tax.get("/api/v1/case/?q=(page_size:1)").json["result"][0]
    document = tax.get(f"/api/v1/case/{case['id']}/document/").json["result"][0]
    first = tax.get(f"/api/v1/document/{document['id']}/file{PDF}")
    assert first.status_code == 200
    assert tax.get(f"/api/v1/document/{document['id']}/file{PDF}").data == first.data
    assert tax.get(f"/api/v1/case/{case['id']}").json["result"]["version"] == case["version"]
    see(session, Scope.system())
    query = select(func.count()).where(Entry.case_id == case["id"])
    assert session.scalar(query) == 1


def test_the_file_is_kept_where_files_are_kept(system, paper, tmp_path, clock):
    path = make(system, paper, tmp_path, clock)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert files.path_of(tmp_path, digest) == path
