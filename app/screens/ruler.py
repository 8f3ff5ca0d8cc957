"""The deadline card: which day, why that day, and every day that counts on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext, ngettext

from app.database import NEVER
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import date_day, date_short
from app.screens.parts import Parts
from app.screens.todo import Day

#: A longer period is told in words only.
MOST_WEEKS = 10
WORKDAY = "workday"


@dataclass
class _Walk:
    """What the walk over the days of a period has met."""

    counted: int = 0
    rest: int = 0
    makeup: list[date] | None = None


def deadline(here: Desk, parts: Parts) -> dict[str, Any] | None:
    """Return the card of the due date that matters to the acting post; None where none runs."""
    dated = [task for task in parts.open_tasks if task.due_on < NEVER]
    if not dated:
        return None
    task = next((one for one in dated if one.body == here.me), dated[0])
    mechanism = here.world_of(parts.case).mechanism
    kind = mechanism.tasks[task.kind]
    walk = _Walk(makeup=[])
    weeks = _weeks(here, parts, task, walk)
    return {
        "words": words.due_of(here, task, parts.case),
        "date": date_short(task.due_on),
        "what": gettext("%(who)s: %(act)s", who=here.world.body_short(task.body), act=kind.label),
        "weeks": weeks if len(weeks) <= MOST_WEEKS else [],
        "note": _note(parts, task, walk),
        "basis": _basis(mechanism, kind, task),
        "clause": words.clause(mechanism, kind.due.clause if kind.due else kind.clause),
        "others": [_other(here, parts, one) for one in dated if one is not task],
    }


def _other(here: Desk, parts: Parts, task: Any) -> dict[str, str]:
    kind = here.world_of(parts.case).mechanism.tasks[task.kind]
    label = f"{here.world.body_short(task.body)} {kind.label}"
    due = words.due_of(here, task, parts.case)
    return {"label": label, "date": date_short(task.due_on), "words": due.big}


# --- the days


def _weeks(here: Desk, parts: Parts, task: Any, walk: _Walk) -> list[list[Day | None]]:
    """Return the weeks from the start to the last day; nothing where they are too many."""
    first, last = task.from_on, max(task.due_on, task.from_on)
    monday = first - timedelta(first.weekday())
    days: list[Day | None] = []
    for shift in range((last - monday).days + 1):
        day = monday + timedelta(shift)
        days.append(None if day < first else _day(here, parts, task, walk, day))
    days += [None] * (-len(days) % 7)
    return [days[place : place + 7] for place in range(0, len(days), 7)]


def _day(here: Desk, parts: Parts, task: Any, walk: _Walk, day: date) -> Day:
    kind = here.world.calendar.kind_of(day)
    is_work = here.world.calendar.is_workday(day)
    stopped = _is_stopped(parts.pauses, day, here.today)
    counts = day > task.from_on and not stopped and (is_work or task.unit != WORKDAY)
    classes = [_class_of(kind.kind, is_work, stopped, counts)]
    if counts:
        walk.counted += 1
    elif day > task.from_on and not stopped:
        walk.rest += 1
    if kind.kind == "make-up":
        classes.append("makeup")
        if counts and walk.makeup is not None:
            walk.makeup.append(day)
    if day == task.from_on:
        classes = ["start"]
    classes.append(_mark(day, task.due_on, here.today))
    return Day(
        label=gettext("%(day)s work", day=day.day) if kind.kind == "make-up" else str(day.day),
        classes=" ".join(filter(None, classes)),
        below=_below(day, task, kind.name, kind.kind),
        big=str(walk.counted) if counts else "",
        words=date_short(day),
    )


def _class_of(kind: str, is_work: bool, stopped: bool, counts: bool) -> str:
    if stopped:
        return "paused"
    if counts:
        return "counted"
    if kind == "holiday":
        return "holiday"
    return "work" if is_work else "off"


def _mark(day: date, due_on: date, today: date) -> str:
    if day == due_on:
        return "last"
    return "now" if day == today else ""


def _below(day: date, task: Any, name: str, kind: str) -> str:
    if day == task.from_on:
        return gettext("start")
    return gettext(name)[:4] if kind == "holiday" and name else ""


def _is_stopped(pauses: Sequence[Any], day: date, today: date) -> bool:
    """Return whether a pause covers the day (without the day of resumption)."""
    return any(
        one.from_on <= day < (one.to_on or max(today, day) + timedelta(1)) for one in pauses
    )


# --- the words


def _note(parts: Parts, task: Any, walk: _Walk) -> str:
    """Return how the date came about: start, days left out, make-up days, pauses, extension."""
    said = [
        gettext("From %(day)s; the next day is the first that counts.", day=date_day(task.from_on))
    ]
    if task.unit == WORKDAY and walk.rest:
        text = ngettext(
            "%(num)s day off is left out.", "%(num)s days off are left out.", walk.rest
        )
        said.append(text)
    if walk.makeup:
        days = words.listed([date_day(day) for day in walk.makeup])
        said.append(gettext("Make-up working days count: %(days)s.", days=days))
    if task.extra:
        said.append(gettext("Extended by %(n)s.", n=task.extra))
    said.append(_pauses(parts))
    if task.is_provisional:
        year = task.due_on.year
        said.append(
            gettext("The holidays of %(year)s are not announced yet: provisional.", year=year)
        )
    return words.sentences(said)


def _pauses(parts: Parts) -> str:
    if not parts.pauses:
        return gettext("No pause.")
    spans = []
    for one in parts.pauses:
        end = date_day(one.to_on) if one.to_on else gettext("today, still running")
        spans.append(gettext("%(first)s to %(last)s", first=date_day(one.from_on), last=end))
    return gettext("Paused: %(spans)s.", spans=words.listed(spans))


def _basis(mechanism: Any, kind: Any, task: Any) -> str:
    """Return the length with its unit, and whether law, the county or a proposal sets it."""
    if task.length is None or kind.due is None or task.unit != kind.due.unit:
        return gettext("The date was set by hand.") if task.length is not None else ""
    unit = mechanism.vocabulary.get("units", {}).get(kind.due.unit, kind.due.unit)
    basis = mechanism.vocabulary.get("basis", {}).get(kind.due.basis, kind.due.basis)
    return gettext("%(n)s %(unit)s: %(basis)s.", n=kind.due.length, unit=unit, basis=basis)
