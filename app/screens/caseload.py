"""Who has which case inside a unit: by person, without anybody, and handed on in one act.

Every case goes through the door (`workflow.perform`) by the profile's own act that names a
person, so that who had a case on which day stands in its history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from app import workflow
from app.directory import ADMIN, Directory, directory_of
from app.errors import N_, AppError, NotFound, NotYours, Reason, Refused
from app.mechanism.schema import Mechanism, Term
from app.models import Appointment, Case, CaseAccess
from app.rules.shapes import Person
from app.screens import words
from app.screens.desk import NO_SUCH_PAGE, Desk, as_id, desk, session
from app.screens.fields import Choice, Field, summary
from app.screens.formats import date_short, say
from app.security.posts import place_of

#: Stands for a person in the address: cases that nobody has.
NOBODY = "nobody"
#: Rows that a page shows, and cases that one press hands on.
MOST_SHOWN, MOST_MOVED = 200, 500
LONGEST_REASON = 200


@dataclass(frozen=True)
class Assigning:
    """The act of a profile by which an administrator says who handles a case."""

    key: str
    person: str
    reason: str | None


def assigning(mechanism: Mechanism) -> Assigning | None:
    """Return the act whose one effect is to name the person that was chosen, if there is one."""
    for action in mechanism.actions.values():
        effect = action.does[0] if len(action.does) == 1 else None
        if effect is None or effect.word != "person" or not isinstance(effect.arg, Term):
            continue
        if effect.arg.word == "input":
            told = next((ask.key for ask in action.asks if ask.type in ("text", "line")), None)
            return Assigning(action.key, effect.arg.arg, told)
    return None


# --- counting and finding


def counts(world: Directory, unit: str) -> dict[int | None, int]:
    """Return how many open cases each person of the unit has; None: those without anybody."""
    query = (
        select(CaseAccess.person_id, func.count())
        .join(Case, Case.id == CaseAccess.case_id)
        .where(*_open(world, unit), CaseAccess.width == "full")
        .group_by(CaseAccess.person_id)
    )
    present = {one.id for one in world.people(unit, desk().today)}
    found: dict[int | None, int] = {}
    for person, number in session().execute(query):
        key = person if person in present else None
        found[key] = found.get(key, 0) + number
    return found


def open_cases_of(row: Appointment) -> int:
    """Return how many open cases within sight the holder of an appointment handles."""
    place = place_of(session(), row.jurisdiction_id)
    if place is None:
        return 0
    query = (
        select(func.count())
        .select_from(CaseAccess)
        .join(Case, Case.id == CaseAccess.case_id)
        .where(*_open(directory_of(session(), place), row.body_key))
        .where(CaseAccess.width == "full", CaseAccess.person_id == row.id)
    )
    return int(session().scalar(query) or 0)


def _open(world: Directory, unit: str) -> list[ColumnElement[bool]]:
    """Return the conditions of the unit's open cases."""
    stages = world.mechanism.stages.items()
    finished = [key for key, stage in stages if stage.state == "finished"]
    return [
        CaseAccess.jurisdiction_id == world.jurisdiction_id,
        CaseAccess.body == unit,
        Case.stage.not_in(finished),
    ]


def _cases(here: Desk, who: int | None) -> Any:
    """Return the open cases of a person, or of nobody who still works here, oldest first."""
    if who is None:
        present = [one.id for one in here.world.people(here.me, here.today)]
        gone = CaseAccess.person_id.not_in(present)
        whose = and_(CaseAccess.width == "full", or_(CaseAccess.person_id.is_(None), gone))
    else:
        whose = CaseAccess.person_id == who
    query = select(Case, CaseAccess.person_id, CaseAccess.width)
    query = query.join(CaseAccess, CaseAccess.case_id == Case.id)
    return query.where(*_open(here.world, here.me), whose).order_by(Case.id)


# --- the page


def page(who: str) -> ResponseReturnValue:
    """Draw a person's open cases, and the form that hands them on."""
    here = _here()
    return _page(here, who, "", {})


def hand_on(who: str) -> ResponseReturnValue:
    """Give the cases that were ticked, or all of them, to another person; report each."""
    here = _here()
    to = _successor(here, who, request.form.get("to", ""))
    reason = request.form.get("reason", "").strip()
    errors = {}
    if to is None:
        errors["to"] = [gettext("Choose who takes the cases")]
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        most = gettext("At most %(most)s characters, all of them visible", most=LONGEST_REASON)
        errors["reason"] = [most]
    ids = _wanted(here, who)
    if not ids and not errors:
        errors["to"] = [gettext("Tick at least one case")]
    if errors or to is None:
        return _page(here, who, reason, errors), 422
    report = _hand_on(here, ids[:MOST_MOVED], to, reason)
    if len(ids) == 1 and not report.left:
        flash(gettext("%(person)s has the case now.", person=to.name), "success")
        return redirect(url_for("screens.people_cases", who=who), 303)
    view = {
        "heading": gettext("%(count)s cases go to %(person)s", count=report.moved, person=to.name),
        "left": report.left,
        "more": max(0, len(ids) - MOST_MOVED),
        "to_url": url_for("screens.people_cases", who=to.id),
        "from_url": url_for("screens.people_cases", who=who),
    }
    return render_template("people_report.html", view=view)


def _wanted(here: Desk, who: str) -> list[int]:
    """Return the ids of the cases to hand on, only such as the list would show."""
    query = _cases(here, _whom(who)).with_only_columns(Case.id)
    if request.form.get("which") != "all":
        ticked = [int(one) for one in request.form.getlist("case") if _is_id(one)]
        query = query.where(Case.id.in_(ticked[:MOST_MOVED]))
    return list(session().scalars(query))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


@dataclass
class Report:
    """What was handed on, and what was not, with the reason."""

    moved: int = 0
    left: list[dict[str, str]] = field(default_factory=list)


def _hand_on(here: Desk, ids: Iterable[int], to: Person, reason: str) -> Report:
    report = Report()
    for case_id in ids:
        number = ""
        try:
            case = workflow.find(session(), case_id)
            number = case.number
            _assign(here, case, to, reason)
            report.moved += 1
        except AppError as refusal:
            url = url_for("screens.case", case_id=case_id)
            report.left.append({"number": number, "url": url, "why": _why(refusal)})
    return report


def _assign(here: Desk, case: Case, to: Person, reason: str) -> None:
    act = assigning(workflow.directory_for(session(), case).mechanism)
    if act is None:
        text = N_("This case's mechanism has no step that names a person")
        raise NotYours(Reason(text))
    inputs = {act.person: str(to.id)}
    if act.reason and reason:
        inputs[act.reason] = reason
    workflow.perform(
        session(), here.actor, case.id, act.key, inputs, version=case.version, now=here.now
    )


def _why(refusal: AppError) -> str:
    if not isinstance(refusal, Refused):
        return say(refusal.reason)
    reasons = [say(one) for many in refusal.errors.values() for one in many]
    return words.sentences(reasons or [say(refusal.reason)])


def _page(here: Desk, who: str, reason: str, errors: Mapping[str, Sequence[str]]) -> str:
    person = _name(here, who)
    query = _cases(here, _whom(who)).options(selectinload(Case.parties)).limit(MOST_SHOWN + 1)
    found = session().execute(query).unique().all()
    fields = _fields(here, who, reason, errors)
    view = {
        "heading": gettext("Cases of %(person)s", person=person) if person else _nobodys(),
        "url": url_for("screens.people_cases", who=who),
        "back": url_for("screens.people"),
        "rows": [_row(here, *one) for one in found[:MOST_SHOWN]],
        "more": len(found) > MOST_SHOWN,
        "shown": MOST_SHOWN,
        "fields": fields,
        "errors": summary(fields),
    }
    return render_template("people_cases.html", view=view)


def _nobodys() -> str:
    return gettext("Cases that nobody handles")


def _row(here: Desk, case: Case, person_id: int | None, width: str) -> dict[str, Any]:
    mechanism = here.world_of(case).mechanism
    former = here.world.person(person_id)
    return {
        "id": case.id,
        "url": url_for("screens.case", case_id=case.id),
        "number": case.number,
        "name": case.applicant.name,
        "kind": words.matter(mechanism, case),
        "chip": words.stage_chip(mechanism, case),
        "due": date_short(case.due_on),
        "had": former.name if former else gettext("nobody yet"),
        "only_followed": width != "full",
    }


def _fields(here: Desk, who: str, reason: str, errors: Mapping[str, Sequence[str]]) -> list[Field]:
    people = [Choice(str(one.id), one.name) for one in _successors(here, who)]
    to = Field("to", "select", gettext("Goes to"), required=True, choices=people, width="w6")
    why = Field(
        "reason", "line", gettext("Why it is handed over"), note=gettext("optional"), width="w6"
    )
    value = request.form.get("to", "")
    return [
        to.with_state(value, tuple(errors.get("to", ()))),
        why.with_state(reason, tuple(errors.get("reason", ()))),
    ]


# --- who is meant


def _here() -> Desk:
    """Return the administrator's desk; raises NotYours for everybody else."""
    here = desk()
    if here.actor.role != ADMIN:
        raise NotYours(Reason(N_("Who has which case is the unit's administrator's to say")))
    return here


def _whom(who: str) -> int | None:
    return None if who == NOBODY else as_id(who)


def _name(here: Desk, who: str) -> str:
    """Return the name of a person of this unit, former ones too; nobody has none."""
    if who == NOBODY:
        return ""
    wanted = as_id(who)
    for one in here.world.appointments:
        if one.id == wanted and one.body == here.me:
            return one.person
    raise NotFound(Reason(NO_SUCH_PAGE))


def _successors(here: Desk, who: str) -> list[Person]:
    return [one for one in here.world.people(here.me, here.today) if str(one.id) != who]


def _successor(here: Desk, who: str, text: str) -> Person | None:
    _name(here, who)
    return next((one for one in _successors(here, who) if str(one.id) == text), None)
