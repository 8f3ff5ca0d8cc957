"""A notice of holidays comes: what it changes, which last days move, and moving them.

A last day that was reckoned before its year's notice was out is provisional, is marked so
wherever it is told, and is reckoned again when the notice comes. All others stand: a calendar
that is changed later moves nothing that was announced (DOMAIN 3.5). A provisional day that a paper
has told already moves to a later day, never to an earlier one: who relied on it loses nothing.
Each day that moves, or stays for that reason, is noted in its case's chain and told to its owner.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import ledger, reminders
from app.directory import Directory, directory_of
from app.models import CalendarRow, Case, Jurisdiction, Paper, Task
from app.rules.composition import Composer
from app.rules.due_dates import Due
from app.rules.periods import last_day, next_due, stopping
from app.rules.workdays import CalendarDay, WorkCalendar
from app.security.sight import AnySession, everything

#: What the chain calls a last day that moved.
ENTRY = "due"
#: Cases that one transaction reckons again.
BATCH = 100


@dataclass(frozen=True)
class Change:
    """A day as the notice has it, and as it stood before; `was` is None for a new one."""

    day: CalendarDay
    was: CalendarDay | None


@dataclass(frozen=True)
class Move:
    """A last day that moves; `stays` tells that it would come earlier than a paper has told."""

    case_id: int
    number: str
    place: str
    task_id: int
    kind: str
    label: str
    owner: str
    before: date
    after: date
    stays: bool


@dataclass(frozen=True)
class Plan:
    """What a notice would change."""

    changes: Sequence[Change]
    moves: Sequence[Move]

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to do."""
        return not self.changes and not self.moves


def plan(session: AnySession, days: Sequence[CalendarDay], place_id: int | None = None) -> Plan:
    """Return what these days change, for the whole country or for one place; writes nothing."""
    with everything(session):
        changes = _changes(session, days, place_id)
        moves = [
            move
            for place in _places(session, place_id)
            for move in _foreseen(session, place, _calendar(session, place.id, days, place_id))
        ]
    return Plan(changes, moves)


def bring(
    session: AnySession,
    days: Sequence[CalendarDay],
    now: datetime,
    place_id: int | None = None,
    *,
    source: str = "",
    keep: Callable[[CalendarRow, CalendarDay | None], None] | None = None,
) -> Plan:
    """Store the days and reckon open provisional last days again; commits in batches.

    Return what was done. Broken off, it is taken up again by the same call. `source` is what
    the chain names as the reason; `keep` is called with each row written and what it was.
    """
    with everything(session):
        changes = _changes(session, days, place_id)
        rows = _store(session, changes, place_id)
        for row, change in zip(rows, changes, strict=True):
            if keep is not None:
                keep(row, change.was)
        session.commit()
        moves = [
            move
            for place in _places(session, place_id)
            for move in _reckoned(session, place, source, now)
        ]
    return Plan(changes, moves)


# --- the days


def unknown(session: AnySession, days: Sequence[CalendarDay]) -> list[CalendarDay]:
    """Return the national days that the table does not hold: what a superuser changed stays."""
    known = _rows(session, None)
    return [day for day in days if day.on not in known]


def _rows(session: AnySession, place_id: int | None) -> dict[date, CalendarRow]:
    place = CalendarRow.jurisdiction_id
    here = place.is_(None) if place_id is None else place == place_id
    return {row.on: row for row in session.scalars(select(CalendarRow).where(here))}


def _day(row: CalendarRow) -> CalendarDay:
    kind: Any = row.kind
    return CalendarDay(row.on, kind, row.name, row.source)


def _changes(
    session: AnySession, days: Sequence[CalendarDay], place_id: int | None
) -> list[Change]:
    """Return the days that are new or differ. What a notice does not name stays as it is."""
    known = {on: _day(row) for on, row in _rows(session, place_id).items()}
    return [Change(day, known.get(day.on)) for day in days if known.get(day.on) != day]


def _store(
    session: AnySession, changes: Sequence[Change], place_id: int | None
) -> list[CalendarRow]:
    """Write the days and return their rows."""
    known = _rows(session, place_id) if changes else {}
    rows = []
    for one in changes:
        row = known.get(one.day.on) or CalendarRow(jurisdiction_id=place_id, on=one.day.on)
        row.kind, row.name, row.source = one.day.kind, one.day.name, one.day.source
        rows.append(row)
    session.add_all(rows)
    session.flush()
    return rows


def _calendar(
    session: AnySession, here: int, days: Sequence[CalendarDay], place_id: int | None
) -> WorkCalendar:
    """Return the calendar of a place as it would be with these days."""
    new = {day.on: day for day in days}
    national = {on: _day(row) for on, row in _rows(session, None).items()}
    local = {on: _day(row) for on, row in _rows(session, here).items()}
    (national if place_id is None else local).update(new)
    return WorkCalendar.of(national.values(), local.values())


def _places(session: AnySession, place_id: int | None) -> Sequence[Jurisdiction]:
    query = select(Jurisdiction).order_by(Jurisdiction.id)
    if place_id is not None:
        query = query.where(Jurisdiction.id == place_id)
    return session.scalars(query).all()


# --- the last days


def _foreseen(session: AnySession, place: Jurisdiction, calendar: WorkCalendar) -> Iterator[Move]:
    """Yield the last days of a place that would move by a calendar."""
    for case in _cases(session, place):
        world = directory_of(session, place, case.mechanism_version_id)
        for task in _provisional(case):
            found = last_day(task, calendar, stopping(world.mechanism, task, case.pauses))
            if found.on != task.due_on:
                yield _move(session, world, place, case, task, found)


def _reckoned(
    session: AnySession, place: Jurisdiction, source: str, now: datetime
) -> Iterator[Move]:
    """Reckon the provisional last days of a place again, and yield those that moved."""
    ids = [case.id for case in _cases(session, place)]
    for first in range(0, len(ids), BATCH):
        for case_id in ids[first : first + BATCH]:
            yield from _reckon(session, place, case_id, source, now)
        session.commit()


def _reckon(
    session: AnySession, place: Jurisdiction, case_id: int, source: str, now: datetime
) -> list[Move]:
    parts = selectinload(Case.tasks), selectinload(Case.pauses)
    query = select(Case).where(Case.id == case_id).options(*parts).with_for_update(of=Case)
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    world = directory_of(session, place, case.mechanism_version_id)
    moved = []
    for task in _provisional(case):
        found = last_day(task, world.calendar, stopping(world.mechanism, task, case.pauses))
        if found.on != task.due_on:
            move = _move(session, world, place, case, task, found)
            moved.append(move)
            _note(session, world, case, task, move, source, now)
            if not move.stays:
                task.due_on = found.on
        task.is_provisional = found.provisional
    if moved:
        case.due_on = next_due(case)
    return moved


def _cases(session: AnySession, place: Jurisdiction) -> Sequence[Case]:
    """Return the cases of a place with an open last day that is provisional."""
    owed = select(Task.case_id).where(
        Task.jurisdiction_id == place.id, Task.state == "open", Task.is_provisional
    )
    query = select(Case).where(Case.id.in_(owed)).order_by(Case.id)
    parts = selectinload(Case.tasks), selectinload(Case.pauses)
    return session.scalars(query.options(*parts)).all()


def _provisional(case: Case) -> list[Task]:
    """Return the open tasks whose last day is provisional; hours never are."""
    return [task for task in case.tasks if task.state == "open" and task.is_provisional]


def _move(
    session: AnySession,
    world: Directory,
    place: Jurisdiction,
    case: Case,
    task: Task,
    found: Due,
) -> Move:
    words = Composer(world.mechanism.vocabulary["words"])
    stays = found.on < task.due_on and _is_told(session, case, words.day(task.due_on))
    return Move(
        case.id,
        case.number,
        place.key,
        task.id,
        task.kind,
        world.mechanism.tasks[task.kind].label,
        world.body_short(task.body),
        task.due_on,
        found.on,
        stays,
    )


def _is_told(session: AnySession, case: Case, day: str) -> bool:
    """Return whether a paper of the case tells the day, as the county writes days."""
    query = select(Paper.content).where(
        Paper.jurisdiction_id == case.jurisdiction_id,
        Paper.case_id == case.id,
        Paper.state == "issued",
    )
    return any(day in json.dumps(one, ensure_ascii=False) for one in session.scalars(query))


def _note(
    session: AnySession,
    world: Directory,
    case: Case,
    task: Task,
    move: Move,
    source: str,
    now: datetime,
) -> None:
    """Note the move in the case's chain, and tell it to who owes the task."""
    facts = {
        "task": task.id,
        "kind": task.kind,
        "before": move.before,
        "after": move.before if move.stays else move.after,
        "reckoned": move.after,
        "source": source,
    }
    ledger.append_entry(session, case, ENTRY, facts, task.body, now)
    if not move.stays:
        body = reminders.owner(world.mechanism, case, task)
        reminders.tell(
            session, [reminders.about(task, case, body, reminders.MOVED, move.after, now)]
        )
