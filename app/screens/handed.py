"""Tasks handed out without a case: the list, a new one, its paper and what was reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from app import handing
from app.clock import CHINA
from app.documents.sheet import layout, sheet_of
from app.errors import Refused
from app.records import HandedTask
from app.screens import words
from app.screens.desk import Desk, as_id, desk
from app.screens.fields import Choice, Field, summary
from app.screens.formats import date_day, datetime_full

#: The list ends here, the newest first.
MOST = 200


def page() -> str:
    """Draw the list, with the form for a new task where the post hands out."""
    return _list(desk(), None, {})


def hand_out() -> ResponseReturnValue:
    """Hand out a task; what is wrong stands beside its field."""
    here = desk()
    try:
        row = handing.hand(here.session, here.actor, here.world, request.form, here.now)
    except Refused as refusal:
        return _list(here, request.form, _said(refusal)), refusal.status
    flash(gettext("Handed out as %(number)s.", number=row.number), "success")
    return redirect(url_for("screens.handed", task_id=row.id), 303)


def task_page(task_id: str) -> str:
    """Draw a task: its paper, and the form by which it is closed."""
    return _task(desk(), handing.find(desk().session, as_id(task_id)), {})


def report(task_id: str) -> ResponseReturnValue:
    """Report a task as done."""
    return _close(task_id, "report", handing.report)


def withdraw(task_id: str) -> ResponseReturnValue:
    """Take a task back."""
    return _close(task_id, "reason", handing.withdraw)


def _close(task_id: str, field: str, do: Any) -> ResponseReturnValue:
    here, number = desk(), as_id(task_id)
    try:
        do(here.session, here.actor, number, request.form.get(field, ""), here.now)
    except Refused as refusal:
        row = handing.find(here.session, number)
        return _task(here, row, _said(refusal)), refusal.status
    return redirect(url_for("screens.handed", task_id=task_id), 303)


def _said(refusal: Refused) -> dict[str, list[str]]:
    return {name: [words.said(one) for one in some] for name, some in refusal.errors.items()}


def _list(here: Desk, typed: Mapping[str, str] | None, errors: Mapping[str, Sequence[str]]) -> str:
    query = select(HandedTask).order_by(HandedTask.id.desc()).limit(MOST)
    fields = _fields(here, typed or {}, errors)
    view = {
        "rows": [_row(here, one) for one in here.session.scalars(query)],
        "fields": fields,
        "errors": summary(fields),
        "is_open": typed is not None,
        "url": url_for("screens.hand_out"),
    }
    return render_template("handed_list.html", view=view)


def _row(here: Desk, one: HandedTask) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "unit": here.world.body_short(one.body),
        "due": date_day(one.due_on),
        "chip": _chip(here, one),
        "url": url_for("screens.handed", task_id=one.id),
    }


def _chip(here: Desk, one: HandedTask) -> words.Chip:
    """Return how a task stands; an open one that is late says by how many days."""
    late = (here.today - one.due_on).days
    if one.state == handing.OPEN and late > 0:
        return words.Chip(gettext("%(n)s days late", n=late), "triangle-exclamation", "danger")
    known = {
        handing.OPEN: words.Chip(gettext("open"), "circle", "primary"),
        handing.DONE: words.Chip(gettext("reported"), "circle-check", "ok"),
        handing.WITHDRAWN: words.Chip(gettext("taken back"), "ban", ""),
    }
    return known[one.state]


def _fields(
    here: Desk, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]
) -> list[Field]:
    """Return the form for a new task; nothing where the post hands none out."""
    mechanism = here.world.mechanism
    if not handing.may_hand(mechanism, here.me):
        return []
    units = handing.receivers(mechanism, here.me)
    choices = [Choice(key, here.world.body_short(key)) for key in units]

    def one(name: str, kind: str, label: str, **more: Any) -> Field:
        value, wrong = typed.get(name, ""), errors.get(name, ())
        return Field(name, kind, label, required=True, value=value, errors=wrong, **more)

    return [
        one("title", "line", gettext("What is to be done, in a few words"), width="w6"),
        one("unit", "select", gettext("Unit"), choices=choices, width="w4"),
        one("due_on", "date", gettext("Last day"), width="w4"),
        one("content", "text", gettext("The task")),
    ]


def _task(here: Desk, row: HandedTask, errors: Mapping[str, Sequence[str]]) -> str:
    closes = {
        handing.OPEN: [
            (
                row.body,
                "report",
                gettext("Report"),
                url_for("screens.report_handed", task_id=row.id),
            ),
            (
                row.given_by,
                "reason",
                gettext("Take it back, with a reason"),
                url_for("screens.withdraw_handed", task_id=row.id),
            ),
        ]
    }.get(row.state, [])
    mine = next((one for one in closes if one[0] == here.me), None)
    form = None
    if mine is not None:
        _, name, label, url = mine
        value, wrong = request.form.get(name, ""), errors.get(name, ())
        form = {
            "url": url,
            "label": label,
            "field": Field(name, "text", label, required=True, value=value, errors=wrong),
        }
    view = {
        "title": row.title,
        "number": row.number,
        "chip": _chip(here, row),
        "paper": sheet_of(row.paper),
        "colon": layout()["words"]["colon"],
        "crumbs": [
            words.Link(gettext("Handed-out tasks"), url_for("screens.handed_list")),
            words.Link(row.number, ""),
        ],
        "about": _about(here, row),
        "form": form,
    }
    return render_template("handed.html", view=view)


def _about(here: Desk, row: HandedTask) -> list[tuple[str, str]]:
    closed = datetime_full(row.closed_at.astimezone(CHINA)) if row.closed_at else ""
    lines = [
        (gettext("Unit"), here.world.body_short(row.body)),
        (gettext("Handed out by"), row.giver),
        (gettext("Handed out on"), datetime_full(row.given_at.astimezone(CHINA))),
        (gettext("Last day"), date_day(row.due_on)),
        (gettext("What was said"), row.report),
        (gettext("Closed by"), row.reporter),
        (gettext("Closed"), closed),
    ]
    return [(label, value) for label, value in lines if value]
