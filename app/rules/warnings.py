"""When a due day is warned of, and who hears that it has passed: the profile's words, or these.

The handler is told first: three working days ahead, of a short period one (proposals of the
product, no law names any); on the last day the administrator of the unit; when it has passed the
office, or whom the profile names.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from app.mechanism.schema import Mechanism, TaskKind
from app.rules.due_dates import workdays_between
from app.rules.workdays import WorkCalendar

#: Working days ahead, of periods of at least LONG (working days, days or months; never hours).
AHEAD, AHEAD_OF_SHORT, LONG = 3, 1, 10
Level = Literal["soon", "today", "missed"]


def ahead(kind: TaskKind) -> int:
    """Return how many working days before its last one a task is warned of."""
    if kind.due is None:
        return AHEAD
    if kind.due.warn is not None:
        return kind.due.warn
    is_long = kind.due.unit == "month" or (kind.due.unit != "hour" and kind.due.length >= LONG)
    return AHEAD if is_long else AHEAD_OF_SHORT


def told_when_missed(mechanism: Mechanism, kind: TaskKind) -> tuple[str, ...]:
    """Return the bodies and posts that hear of a day that has passed."""
    if kind.due is not None and kind.due.missed is not None:
        return kind.due.missed
    return tuple(key for key, body in mechanism.bodies.items() if body.is_office)


def level(
    task: Any, kind: TaskKind, today: date, calendar: WorkCalendar, *, is_late: bool
) -> Level | None:
    """Return how much an open task's last day presses today; None while it is far."""
    if is_late:
        return "missed"
    if task.due_on <= today:
        return "today"
    near = workdays_between(today, task.due_on, calendar) <= ahead(kind)
    return "soon" if near else None
