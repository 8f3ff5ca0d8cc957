"""Where a case stands: what to say on the telephone, the steps, who owes what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.clock import CHINA
from app.database import NEVER
from app.mechanism.schema import Mechanism, Tier
from app.models import Case
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import date_day, date_short
from app.screens.parts import Parts


@dataclass(frozen=True)
class Step:
    """One stage of the usual course: done, current or ahead."""

    label: str
    note: str
    state: str


@dataclass(frozen=True)
class Party:
    """A body in the case: its part, its people, what it owes and what it gave."""

    name: str
    chip: words.Chip
    lines: list[tuple[str, str]]
    tasks: list[dict[str, Any]] = field(default_factory=list)


# --- the answer strip


def answer(here: Desk, parts: Parts) -> dict[str, Any]:
    """Return one sentence or two fit for the applicant, and who has the case."""
    case = parts.case
    say = [*_standing(here, case), *_awaited(here, parts)]
    return {"say": say, "holder": _holder(here, case)}


def _standing(here: Desk, case: Case) -> list[tuple[str, bool]]:
    mechanism = here.world_of(case).mechanism
    stage = mechanism.stages[case.stage]
    lead = case.lead or case.holder
    text = (
        gettext("This matter has come to its end: ")
        if stage.state == "finished"
        else gettext("This matter is at: ")
    )
    start = [(text, False), (stage.label, True), (gettext(". "), False)]
    if stage.state == "finished":
        return start
    who = here.world.body_short(lead)
    by = (
        gettext("%(unit)s leads", unit=who)
        if case.lead
        else gettext("%(unit)s handles it", unit=who)
    )
    paused = [(gettext("The due dates are paused. "), False)] if case.paused_on else []
    return [*start, (by, True), (gettext(". "), False), *paused]


def _awaited(here: Desk, parts: Parts) -> list[tuple[str, bool]]:
    """Return who else is still waited for, and until when at the latest."""
    case = parts.case
    dated = [task for task in parts.open_tasks if task.due_on < NEVER]
    if not dated or case.paused_on is not None:
        return []
    others = [task for task in dated if task.body not in (case.holder, case.lead)]
    last = date_short(max(task.due_on for task in others or dated))
    by = (gettext("at the latest %(day)s", day=last), True)
    if not others:
        return [(gettext("It is to be done "), False), by, (gettext(". "), False)]
    names = list(dict.fromkeys(here.world.body_short(task.body) for task in others))
    start = gettext("Still to come from %(units)s, ", units=words.listed(names))
    return [(start, False), by, (gettext(". "), False)]


def _holder(here: Desk, case: Case) -> str:
    person_id = next((row.person_id for row in case.access if row.body == case.holder), None)
    person = words.person_words(here.world, person_id)
    if not person:
        contact = here.world.contact(case.holder, here.today)
        person = f"{contact.name} {contact.phone}".strip() if contact else ""
    return f"{here.world.body_short(case.holder)} {person}".strip()


# --- the steps


def steps(here: Desk, parts: Parts) -> list[Step]:
    """Return the stages of the case's way, with the day and body of those it has passed."""
    case, mechanism = parts.case, here.world_of(parts.case).mechanism
    order = course(mechanism, case)
    at = order.index(case.stage)
    reached = _reached(here, parts)
    return [
        Step(
            mechanism.stages[key].label,
            reached.get(key, "") if place <= at else "",
            "done" if place < at else "current" if place == at else "ahead",
        )
        for place, key in enumerate(order)
    ]


def course(mechanism: Mechanism, case: Case) -> list[str]:
    """Return the stages of the way; one off the way stands at the end of what was passed."""
    order = list(_tier(mechanism, case).steps)
    if case.stage in order:
        return order
    before = order.index(case.previous_stage) + 1 if case.previous_stage in order else 1
    return [*order[:before], case.stage]


def _tier(mechanism: Mechanism, case: Case) -> Tier:
    """Return the case's way; while it is open, the one that the routing proposes."""
    wanted = case.tier or (case.route or {}).get("tier")
    return mechanism.tiers.get(wanted or "") or next(iter(mechanism.tiers.values()))


def _reached(here: Desk, parts: Parts) -> dict[str, str]:
    reached: dict[str, str] = {}
    for event in parts.events:
        if event.stage_after != event.stage_before:
            day = date_day(_day(event.at))
            reached[event.stage_after] = f"{day} {here.world.body_short(event.body)}"
    return reached


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def other_ways(here: Desk, case: Case) -> dict[str, Any] | None:
    """Return the other ways of the mechanism, as pills; none once the case has ended."""
    mechanism = here.world_of(case).mechanism
    if mechanism.stages[case.stage].state == "finished":
        return None
    own = _tier(mechanism, case)
    ways = []
    for tier in mechanism.tiers.values():
        pills = [mechanism.stages[key].label for key in tier.steps if key not in own.steps]
        if tier.key != own.key and pills:
            label = gettext("%(tier)s goes another way:", tier=tier.label)
            ways.append(
                {"label": label, "pills": pills, "clause": words.clause(mechanism, tier.clause)}
            )
    return {"ways": ways} if ways else None


# --- who owes what


def parties(here: Desk, parts: Parts) -> dict[str, Any]:
    """Return a column for each body that owes or has given something in this round."""
    case = parts.case
    tasks = [task for task in parts.tasks if task.state != "void" and task.round == case.round]
    bodies = dict.fromkeys([case.lead or case.holder, *(task.body for task in tasks)])
    columns = [_party(here, parts, body, tasks) for body in bodies]
    tier = here.world_of(case).mechanism.tiers.get(case.tier or "")
    return {
        "bodies": columns,
        "aside": tier.label if tier else "",
        "clause": words.clause(here.world_of(case).mechanism, tier.clause) if tier else None,
    }


def _party(here: Desk, parts: Parts, body: str, tasks: Sequence[Any]) -> Party:
    case = parts.case
    own = [task for task in tasks if task.body == body]
    person_id = next((row.person_id for row in case.access if row.body == body), None)
    person = words.person_words(here.world, person_id)
    contact = here.world.contact(body, here.today)
    lines = []
    if person:
        lines.append((gettext("Clerk"), person))
    elif contact:
        lines.append((gettext("Contact"), f"{contact.name} {contact.phone}".strip()))
    return Party(here.world.body_short(body), _role(case, body), lines, _given(here, parts, own))


def _role(case: Case, body: str) -> words.Chip:
    if body == case.lead:
        return words.Chip(gettext("Leads"), "flag", "primary")
    if body == case.holder:
        return words.Chip(gettext("Has the case"), "building-columns", "primary")
    return words.Chip(gettext("Takes part"), "people-group")


def _given(here: Desk, parts: Parts, own: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what a body owes (amber) and what it has given, the open first."""
    ordered = sorted(own, key=lambda task: (task.state != "open", task.id))
    return [_task(here, parts, task) for task in ordered]


def _task(here: Desk, parts: Parts, task: Any) -> dict[str, Any]:
    case, mechanism = parts.case, here.world_of(parts.case).mechanism
    label = mechanism.tasks[task.kind].label
    if task.state != "open":
        day = date_day(_day(task.closed_at)) if task.closed_at else ""
        chip = words.Chip(gettext("Done %(day)s", day=day), "circle-check", "ok")
    else:
        due = words.due_of(here, task, case)
        tone = "danger" if due.tone == "late" else "warn"
        dated = task.due_on < NEVER
        text = gettext("Open, %(due)s", due=due.big) if dated else gettext("Open")
        chip = words.Chip(text, "hourglass-half", tone)
    text = gettext("%(who)s: %(act)s", who=label, act=task.note) if task.note else label
    return {
        "is_open": task.state == "open",
        "chip": chip,
        "text": text,
        "paper": _paper(parts, task),
    }


def _paper(parts: Parts, task: Any) -> words.Link | None:
    """Return the paper by which a task was fulfilled, where it may be seen."""
    for paper in parts.papers:
        if (
            task.closed_seq is not None
            and paper.seq == task.closed_seq
            and paper.body == task.body
        ):
            label = paper.number or paper.title
            return words.Link(label, url_for("screens.document", paper_id=paper.id))
    return None
