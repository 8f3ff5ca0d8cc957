"""The chain beside a case: mediation, agreement, confirmation, arbitration, step by step.

Which tasks are steps of a chain, and what it is called, the profile says (`channel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from app.clock import CHINA
from app.database import NEVER
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import date_day, date_full
from app.screens.parts import Parts


def chains(here: Desk, parts: Parts) -> list[dict[str, Any]]:
    """Return the chains that were begun, by name, each with its steps in their order."""
    kinds = here.world_of(parts.case).mechanism.tasks
    begun: dict[str, list[Any]] = {}
    for task in parts.tasks:
        if kinds[task.kind].channel:
            begun.setdefault(kinds[task.kind].channel, []).append(task)
    return [_chain(here, parts, name, tasks) for name, tasks in begun.items()]


def marks(here: Desk, parts: Parts) -> list[words.Chip]:
    """Return a sign for each chain of which a step is open."""
    kinds = here.world_of(parts.case).mechanism.tasks
    names = dict.fromkeys(kinds[task.kind].channel for task in parts.open_tasks)
    return [words.Chip(name, "route", "ok") for name in names if name]


def _chain(here: Desk, parts: Parts, name: str, tasks: Sequence[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "time": _time(here, parts, tasks),
        "steps": [_step(here, parts, task) for task in tasks],
    }


def _time(here: Desk, parts: Parts, tasks: Sequence[Any]) -> str:
    """Return how long the chain has taken, from its first act to its last one or today."""
    began = next((_day(event) for event in parts.events if event.seq == tasks[0].seq), here.today)
    is_open = any(task.state == "open" for task in tasks)
    ends = [task.closed_at.astimezone(CHINA).date() for task in tasks if task.closed_at]
    last = here.today if is_open or not ends else max(ends)
    days = (last - began).days
    if is_open:
        return ngettext("open for %(num)s day", "open for %(num)s days", days)
    return ngettext("took %(num)s day", "took %(num)s days", days)


def _day(event: Any) -> date:
    found: date = event.at.astimezone(CHINA).date()
    return found


def _step(here: Desk, parts: Parts, task: Any) -> dict[str, Any]:
    kind = here.world_of(parts.case).mechanism.tasks[task.kind]
    return {
        "label": kind.label,
        "note": task.note,
        "from": date_full(task.from_on),
        "due": date_full(task.due_on) if task.due_on < NEVER else "",
        "chip": _state(here, task),
        "clause": words.clause(here.world_of(parts.case).mechanism, kind.clause),
        "papers": [
            words.Link(paper.number or paper.title, url_for("screens.document", paper_id=paper.id))
            for paper in parts.papers
            if paper.seq in (task.seq, task.closed_seq)
        ],
    }


def _state(here: Desk, task: Any) -> words.Chip:
    if task.state == "open":
        tone = "danger" if task.due_on < here.today else "warn"
        return words.Chip(gettext("Open"), "hourglass-half", tone)
    day = date_day(task.closed_at.astimezone(CHINA).date()) if task.closed_at else ""
    if task.state == "void":
        return words.Chip(gettext("Ended with the case %(day)s", day=day), "ban")
    return words.Chip(gettext("Done %(day)s", day=day), "circle-check", "ok")
