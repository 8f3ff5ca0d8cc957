"""Urging: what a body is urged about, how late it is, and by which act it answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from app.rules.shapes import NEVER, Act, open_tasks

#: The act by which the office urges; `unit` names whom.
URGE = "urge"


def owed(act: Act) -> list[Any]:
    """Return the open tasks of the body that an act urges, the most urgent first."""
    mine = [task for task in open_tasks(act.case) if task.body == act.inputs.get("unit")]
    return sorted(mine, key=lambda task: task.due_on)


def owed_labels(act: Act) -> list[str]:
    """Return what it owes, in the county's words."""
    kinds = act.mechanism.tasks
    return [kinds[task.kind].label for task in owed(act)]


def last_day(act: Act, written: Callable[[date], str]) -> str:
    """Return the last day of the most urgent of that as papers write it; empty without one."""
    first = _first_due(act)
    return written(first) if first else ""


def overdue_days(act: Act) -> int:
    """Return by how many calendar days the most urgent of that is late; 0 where none is."""
    first = _first_due(act)
    return max(0, (act.today - first).days) if first else 0


def _first_due(act: Act) -> date | None:
    return next((task.due_on for task in owed(act) if task.due_on != NEVER), None)


def answer_to(urge: Any, events: Iterable[Any]) -> Any | None:
    """Return the first act of the urged body after it was urged; None while there is none.

    `events` are in their order; an act that was taken back is no answer.
    """
    known: Sequence[Any] = list(events)
    voided = {event.voids_seq for event in known if event.voids_seq is not None}
    body = urge.inputs.get("unit")
    later = (event for event in known if event.seq > urge.seq and event.body == body)
    return next((event for event in later if event.seq not in voided), None)
