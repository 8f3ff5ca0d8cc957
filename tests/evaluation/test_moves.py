"""From whom to whom an act handed a case stands beside the act, for old acts as for new ones."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text, update

from app.models import Event
from app.security.sight import everything

MIGRATION = "0013_keep_with_an_act_from_whom_to_whom_it_handed_the_c.py"


def moves(session: Any) -> dict[int, tuple[str | None, str | None]]:
    rows = session.execute(select(Event.id, Event.moved_from, Event.moved_to))
    return {key: (before, after) for key, before, after in rows}


def test_an_act_says_whom_it_took_the_case_from_and_an_older_one_is_given_the_same(
    app: Flask, session: Any, root: Path
) -> None:
    made = importlib.util.spec_from_file_location("m", root / "migrations/versions" / MIGRATION)
    assert made is not None
    assert made.loader is not None
    migration = importlib.util.module_from_spec(made)
    made.loader.exec_module(migration)
    with everything(session):
        written = moves(session)
        said = {
            event.id: tuple(event.changes.get("fields", {}).get("holder", (None, None)))
            for event in session.scalars(select(Event))
        }
        session.execute(update(Event).values(moved_from=None, moved_to=None))
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        session.execute(text(migration.IN_SQLITE if is_sqlite else migration.IN_POSTGRESQL))
        filled = moves(session)
        session.rollback()
    assert written == said
    assert filled == said
    assert sum(after is not None for _, after in said.values()) > 5
