"""The daily sweep over open due dates: who is to be told is told, what is missed is noted.

It may run at any time, twice, and in several processes at once: each notice of a task's due day
is written once (models.Notice, by the unique key of task, receiver, kind and day), and what is
missed is noted in the case's chain by whoever wrote the notice of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import ledger, reminders
from app.directory import ADMIN, Directory, directory_of
from app.models import Case, Jurisdiction, Task
from app.rules import warnings
from app.rules.periods import is_late
from app.rules.shapes import ZONE
from app.security.sight import AnySession, everything

#: What the chain calls a due day that passed.
ENTRY = "missed"
#: Tasks that one transaction looks at.
BATCH = 200
#: Natural days that hold the longest warning ahead (sections.MOST_WARNING working days).
HORIZON = timedelta(90)


@dataclass(frozen=True)
class Swept:
    """What a sweep did: open due dates looked at, notices written, due days noted as missed."""

    looked: int = 0
    told: int = 0
    missed: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.looked + other.looked, self.told + other.told, self.missed + other.missed
        )


def sweep(session: AnySession, now: datetime) -> Swept:
    """Tell of all due dates that press at this time; commits in batches, returns what it did."""
    done = Swept()
    with everything(session):
        for place in session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all():
            for tasks in _batches(session, place, now):
                for task in tasks:
                    done += _look(session, place, task, now)
                session.commit()
    return done


def _batches(session: AnySession, place: Jurisdiction, now: datetime) -> Iterator[Sequence[Task]]:
    """Yield the open tasks of a place that are due before long, in the order of their ids."""
    last, horizon = 0, now.astimezone(ZONE).date() + HORIZON
    while True:
        query = select(Task).where(
            Task.jurisdiction_id == place.id,
            Task.state == "open",
            Task.due_on <= horizon,
            Task.id > last,
        )
        parts = joinedload(Task.case, innerjoin=True).selectinload(Case.access)
        found = session.scalars(query.options(parts).order_by(Task.id).limit(BATCH)).all()
        if not found:
            return
        last = found[-1].id
        yield found


def _look(session: AnySession, place: Jurisdiction, task: Task, now: datetime) -> Swept:
    """Tell of one task, and note it where it has just been found missed."""
    case = task.case
    world = directory_of(session, place, case.mechanism_version_id)
    kind = world.mechanism.tasks[task.kind]
    if case.paused_on is not None and kind.pauses:
        return Swept(1)
    today = now.astimezone(ZONE).date()
    level = warnings.level(task, kind, today, world.calendar, is_late=is_late(task, now))
    if level == "missed":
        return Swept(1) + _missed(session, world, task, now)
    notices = [_soon(world, task, now)] if level else []
    if level == "today":
        notices.append(_today(world, task, now))
    return Swept(1, reminders.tell(session, notices))


def _soon(world: Directory, task: Task, now: datetime) -> Mapping[str, Any]:
    """Return the notice to the one who handles the case, or to all where nobody does."""
    body = reminders.owner(world.mechanism, task.case, task)
    row = next((one for one in task.case.access if one.body == body), None)
    person = row.person_id if row else None
    return reminders.about(
        task, task.case, body, reminders.SOON, task.due_on, now, person_id=person
    )


def _today(world: Directory, task: Task, now: datetime) -> Mapping[str, Any]:
    """Return the notice to the administrator of the unit; a post has none over it."""
    body = reminders.owner(world.mechanism, task.case, task)
    post = ADMIN if body in world.mechanism.bodies else ""
    return reminders.about(task, task.case, body, reminders.TODAY, task.due_on, now, post=post)


def _missed(session: AnySession, world: Directory, task: Task, now: datetime) -> Swept:
    case, mechanism = task.case, world.mechanism
    body = reminders.owner(mechanism, case, task)
    others = warnings.told_when_missed(mechanism, mechanism.tasks[task.kind])

    def to(one: str) -> Mapping[str, Any]:
        return reminders.about(task, case, one, reminders.MISSED, task.due_on, now)

    first = reminders.tell(session, [to(body)])
    told = first + reminders.tell(session, [to(one) for one in others if one != body])
    if first:
        _note(session, task, now)
    return Swept(0, told, first)


def _note(session: AnySession, task: Task, now: datetime) -> None:
    """Note in the chain of the case that the day has passed."""
    query = select(Case).where(Case.id == task.case_id).with_for_update(of=Case)
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    facts = {"task": task.id, "kind": task.kind, "owner": task.body, "due": task.due_on}
    ledger.append_entry(session, case, ENTRY, facts, task.body, now)
