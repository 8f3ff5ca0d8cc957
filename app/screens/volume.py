"""The volume of a case: what lies in it, what is still missing, who closes it, the package."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Response, current_app, render_template, url_for
from flask_babel import gettext

from app import archiving, workflow
from app.clock import CHINA
from app.downloads import saved
from app.models import Case, Task
from app.rules.shapes import NEVER
from app.screens import history, words
from app.screens.desk import Desk, as_id, desk
from app.screens.formats import date_day
from app.screens.parts import Parts, parts_of

ZIP = "application/zip"


def page(case_id: str) -> str:
    """Draw what the acting post's volume holds, and what is still to come into it."""
    here = desk()
    parts = parts_of(here, as_id(case_id))
    case, world = parts.case, here.world_of(parts.case)
    tier = world.mechanism.tiers.get(case.tier or "")
    volumes = archiving.volume_tasks(world, case)
    view = {
        "heading": gettext("The volume of %(number)s", number=case.number),
        "crumbs": [
            words.Link(gettext("To-do"), url_for("screens.todo")),
            words.Link(case.number, url_for("screens.case", case_id=case.id)),
            words.Link(gettext("Volume"), ""),
        ],
        "papers": history.papers(here, parts)[::-1],
        "files": history.files(here, parts)[::-1],
        "missing": _missing(here, parts, volumes),
        "volumes": [_volume(here, case, task) for task in volumes],
        "retention": retention(tier.retention) if tier else "",
        "pack_url": url_for("screens.pack", case_id=case.id) if _may_pack(here, volumes) else "",
    }
    return render_template("volume.html", view=view)


def retention(code: str) -> str:
    """Return how long a volume is kept, by its code of DA/T 22."""
    return {
        "Y": gettext("for good"),
        "D30": gettext("30 years"),
        "D10": gettext("10 years"),
    }[code]


def pack(case_id: str) -> Response:
    """Send the archive package: all volumes to whoever sees all, its own to another body."""
    here = desk()
    case = workflow.find(here.session, as_id(case_id))
    shelf = archiving.Shelf.of(current_app.config)
    out = tempfile.TemporaryFile()  # noqa: SIM115  # sent and closed with the answer
    body = None if here.sees_all else here.me
    try:
        archiving.export(here.session, case, out, body=body, shelf=shelf, now=here.now)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return saved(out, f"{case.number}.zip", ZIP)


def _may_pack(here: Desk, volumes: list[Task]) -> bool:
    """Return whether the acting post may take the package along now."""
    is_closed = bool(volumes) and all(task.state == "done" for task in volumes)
    return is_closed and (here.sees_all or any(task.body == here.me for task in volumes))


def _missing(here: Desk, parts: Parts, volumes: list[Task]) -> list[dict[str, Any]]:
    """Return the papers that what is still owed will make: said now, not when it is filed."""
    world = here.world_of(parts.case)
    owed = [task for task in parts.open_tasks if task not in volumes]
    return [line for task in owed if (line := _owed(world, task))["papers"]]


def _owed(world: Any, task: Any) -> dict[str, Any]:
    mechanism = world.mechanism
    kind = mechanism.tasks[task.kind]
    made = [make.paper for key in kind.acts for make in mechanism.actions[key].makes]
    titles = [mechanism.papers[paper].title for paper in dict.fromkeys(made)]
    return {
        "papers": words.listed(titles),
        "task": kind.label,
        "owner": world.body_short(task.body),
        "due": "" if task.due_on == NEVER else date_day(task.due_on),
    }


def _volume(here: Desk, case: Case, task: Task) -> dict[str, Any]:
    closed = task.closed_at.astimezone(CHINA).date() if task.closed_at else None
    return {
        "body": here.world_of(case).body_short(task.body),
        "is_closed": task.state == "done",
        "closed": date_day(closed) if closed else "",
        "due": "" if task.due_on == NEVER else date_day(task.due_on),
    }
