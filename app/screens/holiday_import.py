"""A superuser brings a notice of holidays: text or table in, what would change, then confirm.

Nothing is kept between the two steps: the confirmation sends the words again with a digest of
what was shown, and where that has changed meanwhile it is shown once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import select

from app import clock, holidays
from app.errors import N_, NotYours, Reason
from app.generated import changes
from app.holidays import Change, Move, Plan
from app.models import CalendarRow, Jurisdiction
from app.rules.chain import digest
from app.rules.holiday_notices import Given, decoded, read_local, read_national
from app.rules.workdays import MAX_FILE, BadCalendar, CalendarDay
from app.screens import words
from app.screens.desk import session
from app.screens.fields import Choice, Field, summary
from app.screens.formats import date_full
from app.security.posts import is_superuser

#: More lines make no page that anybody reads; the counts are of all.
MOST_SHOWN = 200
LONGEST_NUMBER = 120


def page() -> ResponseReturnValue:
    """Draw the empty form."""
    _superuser_only()
    return _drawn({}, {})


def preview() -> ResponseReturnValue:
    """Show what the notice would change, or what is wrong with it."""
    _superuser_only()
    given = _given()
    days, source, errors = _read(given)
    if errors:
        return _drawn(given, errors), 422
    plan = holidays.plan(session(), days, _place_id(given))
    return _drawn(given, {}, plan, source)


def bring() -> ResponseReturnValue:
    """Take the notice in as it was shown."""
    _superuser_only()
    given = _given()
    days, source, errors = _read(given)
    if errors:
        return _drawn(given, errors), 422
    place = _place_id(given)
    plan = holidays.plan(session(), days, place)
    if request.form.get("seen") != _seen(plan):
        flash(gettext("Something changed meanwhile: please look at it again."), "warning")
        return _drawn(given, {}, plan, source), 409
    now = clock.now()

    def keep(row: CalendarRow, was: CalendarDay | None) -> None:
        before = asdict(was) if was else {}
        after = {"on": row.on, "kind": row.kind, "name": row.name, "source": row.source}
        told = {key: [_plain(before.get(key)), _plain(value)] for key, value in after.items()}
        changes.record(row, {k: v for k, v in told.items() if v[0] != v[1]}, now)

    done = holidays.bring(session(), days, now, place, source=source, keep=keep)
    flash(_done(done), "success")
    return redirect(url_for("CalendarView.list"), 303)


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _superuser_only() -> None:
    if not is_superuser():
        raise NotYours(Reason(N_("The calendar is kept by the superuser alone")))


# --- reading


def _given() -> dict[str, str]:
    """Return what was typed; a file stands for the text."""
    given = {name: request.form.get(name, "").strip() for name in ("text", "notice", "place")}
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        given["file"] = upload.filename
        try:
            given["text"] = decoded(upload.stream.read(MAX_FILE + 1), upload.filename).strip()
        except BadCalendar as bad:
            given["refused"] = words.said(bad.reason)
    return given


def _read(
    given: Mapping[str, str],
) -> tuple[list[CalendarDay], str, dict[str, list[str]]]:
    """Return the days, the notice's number, and what is wrong by field."""
    errors: dict[str, list[str]] = {}
    if len(given["notice"]) > LONGEST_NUMBER:
        errors["notice"] = [gettext("At most %(n)s signs.", n=LONGEST_NUMBER)]
    if given["place"] not in ("", *(choice.value for choice in _places())):
        errors["place"] = [gettext("There is no such county.")]
    if "refused" in given:
        errors["text"] = [given["refused"]]
    elif not given["text"]:
        errors["text"] = [gettext("Paste the notice, or choose its file.")]
    if errors:
        return [], "", errors
    try:
        return *_days(given), {}
    except BadCalendar as bad:
        told = gettext("Line %(n)s: %(why)s", n=bad.line, why=words.said(bad.reason))
        return [], "", {"text": [told]}


def _days(given: Mapping[str, str]) -> tuple[list[CalendarDay], str]:
    brought = Given(given["text"], "", given["notice"])
    if given["place"]:
        return list(read_local(brought)), given["notice"]
    year = read_national(brought)
    return list(year.days), year.notice


def _places() -> list[Choice]:
    rows = session().scalars(select(Jurisdiction).order_by(Jurisdiction.id))
    return [Choice(str(row.id), row.name) for row in rows]


def _place_id(given: Mapping[str, str]) -> int | None:
    return int(given["place"]) if given["place"] else None


def _seen(plan: Plan) -> str:
    """Return the digest of what a preview shows."""
    shown = [[str(one.day), str(one.was)] for one in plan.changes]
    return digest([shown, [[m.task_id, str(m.before), str(m.after), m.stays] for m in plan.moves]])


# --- drawing


def _drawn(
    given: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
    plan: Plan | None = None,
    source: str = "",
) -> str:
    form = _fields(given, errors)
    view: dict[str, Any] = {"fields": form, "errors": summary(form), "plan": None}
    if plan is not None:
        view["plan"] = {
            "seen": _seen(plan),
            "given": {**given, "notice": given["notice"] or source},
            "source": source,
            "is_empty": plan.is_empty,
            "days": [_day(one) for one in plan.changes[:MOST_SHOWN]],
            "moves": [_move(one) for one in plan.moves[:MOST_SHOWN]],
            "more_days": max(0, len(plan.changes) - MOST_SHOWN),
            "more_moves": max(0, len(plan.moves) - MOST_SHOWN),
            "told": _counts(plan),
        }
    return render_template("holiday_import.html", view=view)


def _fields(given: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> list[Field]:
    return [
        Field(
            "text",
            "text",
            gettext("The notice"),
            value=given.get("text", ""),
            rows=12,
            help=gettext(
                "The State Council's text as it was published, or a table with the heading "
                "date,kind,name,source (kind: rest or work). A county's own days come as a table."
            ),
            errors=errors.get("text", ()),
        ),
        Field(
            "place",
            "select",
            gettext("Holds in"),
            value=given.get("place", ""),
            choices=_places(),
            blank=gettext("the whole country"),
            width="w6",
            errors=errors.get("place", ()),
        ),
        Field(
            "notice",
            "line",
            gettext("Number of the notice"),
            value=given.get("notice", ""),
            note=gettext("where the text does not tell it"),
            width="w6",
            errors=errors.get("notice", ()),
        ),
    ]


def _day(one: Change) -> dict[str, str]:
    return {
        "on": date_full(one.day.on),
        "kind": _kind(one.day),
        "name": one.day.name,
        "was": f"{_kind(one.was)} {one.was.name}" if one.was else gettext("new"),
    }


def _kind(day: CalendarDay) -> str:
    return gettext("day off") if day.kind == "rest" else gettext("working day")


def _move(one: Move) -> dict[str, Any]:
    return {
        "number": one.number,
        "task": gettext("%(who)s: %(act)s", who=one.owner, act=one.label),
        "before": date_full(one.before),
        "after": date_full(one.after),
        "stays": one.stays,
    }


def _counts(plan: Plan) -> str:
    moving = sum(not one.stays for one in plan.moves)
    days = ngettext("%(num)s day changes", "%(num)s days change", len(plan.changes))
    dates = ngettext("%(num)s due date moves", "%(num)s due dates move", moving)
    return gettext("%(days)s; %(dates)s.", days=days, dates=dates)


def _done(plan: Plan) -> str:
    return gettext("Taken in: %(what)s", what=_counts(plan))
