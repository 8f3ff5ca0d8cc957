"""Tasks handed out without a case: to a unit, on paper, with a last day, reported back.

The office and the posts of the leading group hand out; the unit reports once; whoever handed
out may take it back before that, with a reason. Nothing is changed afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app import ledger
from app.directory import Directory
from app.documents.sheet import layout
from app.errors import N_, Conflict, NotFound, NotYours, Reason, Refused
from app.mechanism.schema import Mechanism
from app.records import HandedTask
from app.rules.composition import Composer
from app.rules.shapes import ZONE, Actor
from app.security.sight import AnySession

OPEN, DONE, WITHDRAWN = "open", "done", "withdrawn"
#: What the series of their papers is called in the table of numbers.
SERIES = "handed"
LONGEST: Mapping[str, int] = {"title": 60, "content": 2000, "report": 2000, "reason": 200}
NO_SUCH_TASK = N_("There is no such task, or it was not handed to your unit")


def may_hand(mechanism: Mechanism, me: str) -> bool:
    """Return whether a body or post hands out tasks: the office, and who leads."""
    body, post = mechanism.bodies.get(me), mechanism.posts.get(me)
    if body is not None:
        return body.kind == "office"
    return post is not None and post.acts and mechanism.bodies[post.body].kind == "group"


def receivers(mechanism: Mechanism, me: str) -> list[str]:
    """Return the bodies to which a task may be handed."""
    return [key for key in mechanism.working if key != me]


def hand(
    session: AnySession, actor: Actor, world: Directory, given: Mapping[str, str], now: datetime
) -> HandedTask:
    """Hand out a task and issue its paper, with a number. Commits.

    Raises NotYours, Refused with the reasons by field; then no number is taken.
    """
    mechanism, me = world.mechanism, actor.acting_for
    if not may_hand(mechanism, me):
        raise NotYours(Reason(N_("Tasks are handed out by the office and by those who lead")))
    errors: dict[str, list[Reason]] = {}
    body = given.get("unit", "")
    if body not in receivers(mechanism, me):
        errors["unit"] = [Reason(N_("Choose the unit"))]
    title, content = (_words(name, given, errors) for name in ("title", "content"))
    due_on = _day(given.get("due_on", ""), now, errors)
    if errors or due_on is None:
        raise _refused(errors)
    row = HandedTask(
        jurisdiction_id=actor.jurisdiction_id,
        body=body,
        title=title,
        content=content,
        due_on=due_on,
        given_by=me,
        giver=actor.name,
        given_at=now,
        state=OPEN,
    )
    row.number = _number(session, actor, mechanism, now)
    row.paper = _paper(world, row, now)
    session.add(row)
    session.commit()
    return row


def _number(session: AnySession, actor: Actor, mechanism: Mechanism, now: datetime) -> str:
    """Return the next number of the office's series."""
    issuer = _issuer(mechanism, actor.acting_for)
    year = now.astimezone(ZONE).year
    serial = ledger.numbers(session, actor.jurisdiction_id)(issuer, SERIES, year)
    prefix, series = mechanism.bodies[issuer].prefix, layout()["handed"]["series"]
    form = mechanism.numbering["paper"]
    return form.format(prefix=prefix, series=series, year=year, serial=serial)


def _issuer(mechanism: Mechanism, me: str) -> str:
    """Return the office, which writes for those who lead, too."""
    if me in mechanism.bodies:
        return me
    return next(key for key in mechanism.working if mechanism.bodies[key].kind == "office")


def _paper(world: Directory, row: HandedTask, now: datetime) -> dict[str, Any]:
    """Return the frozen words of the paper, as papers of cases have them."""
    composer = Composer(world.mechanism.vocabulary["words"])
    words = layout()["handed"]
    values = {
        "title": row.title,
        "due": composer.day(row.due_on),
        "giver": f"{_name(world, row.given_by)} {row.giver}",
    }
    return {
        "kind": SERIES,
        "title": words["title"],
        "number": row.number,
        "form": False,
        "to": world.body_name(row.body),
        "rows": [],
        "paragraphs": [
            words["opening"].format(**values),
            row.content,
            words["closing"].format(**values),
        ],
        "signature": {
            "body": world.body_name(_issuer(world.mechanism, row.given_by)),
            "person": "",
            "on": composer.day(now.astimezone(ZONE).date()),
        },
        "basis": world.mechanism.source.number,
    }


def _name(world: Directory, key: str) -> str:
    post = world.mechanism.posts.get(key)
    return post.label if post else world.body_name(key)


def find(session: AnySession, task_id: int) -> HandedTask:
    """Return a task within sight; raises NotFound."""
    found: HandedTask | None = session.scalar(select(HandedTask).where(HandedTask.id == task_id))
    if found is None:
        raise NotFound(Reason(NO_SUCH_TASK))
    return found


def report(session: AnySession, actor: Actor, task_id: int, text: str, now: datetime) -> None:
    """Report a task as done, by its unit, once. Commits."""
    row = find(session, task_id)
    if row.body != actor.acting_for:
        raise NotYours(Reason(N_("The unit that has the task reports on it")))
    _close(session, row, DONE, "report", text, actor, now)


def withdraw(session: AnySession, actor: Actor, task_id: int, text: str, now: datetime) -> None:
    """Take back a task that is not reported on yet, by whoever handed it out. Commits."""
    row = find(session, task_id)
    if row.given_by != actor.acting_for:
        raise NotYours(Reason(N_("Who handed the task out takes it back")))
    _close(session, row, WITHDRAWN, "reason", text, actor, now)


def _close(
    session: AnySession,
    row: HandedTask,
    state: str,
    field: str,
    text: str,
    actor: Actor,
    now: datetime,
) -> None:
    if row.state != OPEN:
        raise Conflict(Reason(N_("The task is closed already; see below what was said")))
    errors: dict[str, list[Reason]] = {}
    words = _words(field, {field: text}, errors)
    if errors:
        raise _refused(errors)
    row.state, row.report, row.reporter, row.closed_at = state, words, actor.name, now
    session.commit()


def _words(name: str, given: Mapping[str, str], errors: dict[str, list[Reason]]) -> str:
    text, most = given.get(name, "").strip(), LONGEST[name]
    if not text:
        errors[name] = [Reason(N_("Fill this in"))]
    elif len(text) > most:
        errors[name] = [Reason(N_("At most %(n)s characters"), {"n": most})]
    return text


def _day(text: str, now: datetime, errors: dict[str, list[Reason]]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["due_on"] = [Reason(N_("Choose a day"))]
        return None
    if day < now.astimezone(ZONE).date():
        errors["due_on"] = [Reason(N_("The last day cannot lie in the past"))]
    return day


def _refused(errors: Mapping[str, list[Reason]]) -> Refused:
    reasons = [reason for found in errors.values() for reason in found]
    return Refused(Reason("%(reasons)s", {"reasons": reasons}), dict(errors))
