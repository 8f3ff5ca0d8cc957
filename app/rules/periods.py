"""The due days of a case's tasks: set when a task opens, moved by pauses and extensions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.mechanism.schema import Mechanism
from app.mechanism.schema import Period as Length
from app.rules.due_dates import Due, Pause, Period, due, due_moment, running_day
from app.rules.shapes import NEVER, ZONE, Act, CaseLike, PauseLike, open_tasks
from app.rules.workdays import WorkCalendar

#: A task whose last day was set by hand: `length` is the natural days from its start.
BY_HAND = "date"
#: A task that ends at a moment: `due_at`; `due_on` is the day on which that falls.
HOUR = "hour"


def spans(pauses: Sequence[PauseLike]) -> list[Pause]:
    """Return the pauses of a case as half-open spans of days."""
    return [(pause.from_on, pause.to_on) for pause in pauses]


def stopping(mechanism: Mechanism, task: Any, pauses: Sequence[PauseLike]) -> Sequence[PauseLike]:
    """Return the pauses that stop a task: none where the law alone measures it."""
    return pauses if mechanism.tasks[task.kind].pauses else ()


def start(
    act: Act, task: Any, length: Length | None, on: date | None, since: date | None = None
) -> None:
    """Give a fresh task its last day: the one set by hand, or the profile's period.

    The period runs from today, or from the day since when it runs by law.
    """
    task.from_on, task.extra = since or act.today, 0
    if on is not None:
        task.length, task.unit = (on - act.today).days, BY_HAND
    elif length is not None:
        task.length, task.unit = length.length, length.unit
    else:
        task.length, task.unit = None, None
    recompute(act, task)


def recompute(act: Act, task: Any) -> None:
    """Set the task's last day from its start, length, extension and the case's pauses."""
    task.due_at = None
    if task.length is None:
        task.due_on, task.is_provisional = NEVER, False
    elif task.unit == HOUR:
        task.due_at = _last_moment(act, task)
        task.due_on, task.is_provisional = task.due_at.date(), False
    else:
        found = last_day(task, act.world.calendar, stopping(act.mechanism, task, act.case.pauses))
        task.due_on, task.is_provisional = found.on, found.provisional


def recompute_open(act: Act) -> None:
    """Set the last days of all open tasks again, after a pause or an extension."""
    for task in open_tasks(act.case):
        recompute(act, task)


def next_due(case: CaseLike) -> date | None:
    """Return the last day of what the case's holder owes next; None where nothing is due."""
    days = [t.due_on for t in open_tasks(case) if t.body == case.holder]
    return min((day for day in days if day != NEVER), default=None)


def is_late(task: Any, now: datetime) -> bool:
    """Return whether a task's last day, or its last moment, has passed."""
    if task.due_at is not None:
        return bool(task.due_at < now)
    return bool(task.due_on < now.astimezone(ZONE).date())


def _last_moment(act: Act, task: Any) -> datetime:
    began = _began(act, task).astimezone(ZONE)
    return due_moment(began, task.length, pauses=spans(act.case.pauses), extra=task.extra)


def _began(act: Act, task: Any) -> datetime:
    """Return when a task was opened: at this act, or at the one whose event tells it."""
    past = (event.at for event in act.case.events if event.seq == task.seq)
    return act.now if task.seq == act.seq else next(past)


def last_day(task: Any, calendar: WorkCalendar, pauses: Sequence[PauseLike]) -> Due:
    """Return the last day of a task that has a period of days, by a calendar and the pauses."""
    paused = spans(pauses)
    if task.unit != BY_HAND:
        period = Period(task.length, task.unit)
        return due(task.from_on, period, calendar, pauses=paused, extra=task.extra)
    last = running_day(task.from_on, task.length, paused)
    if not task.extra:
        return Due(last, provisional=False)
    return due(last, Period(task.extra, "workday"), calendar, pauses=paused)
