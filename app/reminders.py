"""Notices of due days: who is told what, each once, however often it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.database import INSERT
from app.mechanism.schema import Mechanism
from app.models import Case, Notice, Task
from app.rules.shapes import Actor
from app.security.sight import AnySession

#: What a notice of a due day says (models.Notice.action).
SOON, TODAY, MISSED, MOVED = "due_soon", "due_today", "due_missed", "due_moved"


def owner(mechanism: Mechanism, case: Case, task: Task) -> str:
    """Return who is told of a task: who owes it, or the holder where that is no body or post."""
    return (
        task.body if task.body in mechanism.bodies or task.body in mechanism.posts else case.holder
    )


def about(
    task: Task, case: Case, body: str, action: str, day: date, now: datetime, **to: Any
) -> dict[str, Any]:
    """Return the notice of a task's due day to a body; `to` names a person_id or a post of it."""
    return {
        "jurisdiction_id": case.jurisdiction_id,
        "body": body,
        "case_id": case.id,
        "seq": case.version,
        "action": action,
        "at": now,
        "task_id": task.id,
        "about_on": day,
        "person_id": None,
        "post": "",
    } | to


def tell(session: AnySession, notices: Sequence[Mapping[str, Any]]) -> int:
    """Write the notices that are not there yet; return how many those were."""
    if not notices:
        return 0
    query = INSERT[session.get_bind().dialect.name](Notice.__table__)
    written = session.execute(query.on_conflict_do_nothing().returning(Notice.id), list(notices))
    return len(written.all())


def addressed_to(actor: Actor) -> ColumnElement[bool]:
    """Return which notices of the actor's body are the actor's to read.

    Those to the whole body, to the actor as the one who handles the case, to the actor's post.
    """
    whole = and_(Notice.person_id.is_(None), Notice.post == "")
    return or_(whole, Notice.person_id == actor.appointment_id, Notice.post == actor.role)
