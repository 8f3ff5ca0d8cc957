"""Who changed which reference data on screen: written with the change, shown beside the row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from flask_babel import gettext
from sqlalchemy import select

from app.generated import kinds
from app.records import RecordChange
from app.screens.formats import datetime_full
from app.security.posts import chosen_post, database_session


@dataclass(frozen=True)
class Aside:
    """A card beside a form or beside what is shown: a title and (big, small, tone) lines."""

    title: str
    lines: Sequence[tuple[str, str, str]]


#: How many changes stand beside a row, the newest first.
MOST_SHOWN = 10


def columns_of(row: Any) -> dict[str, Any]:
    """Return every column of a row with its value, as JSON takes it."""
    return {one.key: kinds.plain(getattr(row, one.key)) for one in row.__mapper__.column_attrs}


def fingerprint(row: Any) -> str:
    """Return a digest of a row's columns, by which a form knows whether it changed meanwhile."""
    text = json.dumps(columns_of(row), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return each column that differs, with its value before and after."""
    return {
        key: [before.get(key), value] for key, value in after.items() if before.get(key) != value
    }


def record(row: Any, changes: Mapping[str, Any], now: datetime) -> None:
    """Keep a change in the transaction that makes it."""
    actor = chosen_post()
    database_session().add(
        RecordChange(
            record=row.__tablename__,
            record_id=row.id,
            at=now,
            user_id=g.user.id,
            person=actor.name if actor else g.user.get_full_name().strip(),
            acting_for=actor.acting_for if actor else "",
            changes=dict(changes),
        )
    )


def changes_of(view: Any, row: Any) -> list[Aside]:
    """Return the card of a row's changes; none where it was never changed on screen."""
    query = (
        select(RecordChange)
        .where(RecordChange.record == row.__tablename__, RecordChange.record_id == row.id)
        .order_by(RecordChange.id.desc())
        .limit(MOST_SHOWN)
    )
    lines = [
        (f"{datetime_full(one.at)} {one.person}", _said(view, one.changes), "")
        for one in database_session().scalars(query)
    ]
    return [Aside(gettext("Changes"), lines)] if lines else []


def _said(view: Any, changes: Mapping[str, Any]) -> str:
    """Return a change in words: each column that a form shows, from what to what."""
    parts = [
        gettext(
            "%(column)s: %(before)s to %(after)s",
            column=view.label_columns[key],
            before=_value(view, key, before),
            after=_value(view, key, after),
        )
        for key, (before, after) in changes.items()
        if key in view.label_columns
    ]
    return gettext("; ").join(parts)


def _value(view: Any, key: str, value: Any) -> str:
    if key in view.choices:
        value = view.labels(key).get(value, value)
    return kinds.said(value)
