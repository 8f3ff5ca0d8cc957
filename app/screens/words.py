"""Small words shared by the screens: status chips, clause tags, masked numbers, case titles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.directory import ADMIN, CLERK, COORDINATOR, SIGNATORY, Directory
from app.errors import Reason
from app.mechanism.schema import PROPOSAL, Mechanism
from app.models import Case
from app.rules import identity
from app.rules.periods import is_late
from app.rules.warnings import ahead
from app.screens.desk import Desk
from app.screens.formats import Due, due_words

#: Icons that a profile or a generated menu may name and the icon font no longer has.
ICONS = {"group": "users-rectangle", "bar-chart-o": "chart-column"}
#: Tones of the profile that have a colour; every other one is drawn neutral.
TONES = frozenset({"primary", "warn", "ok", "danger", "special"})


@dataclass(frozen=True)
class Chip:
    """A status: word, icon and colour together."""

    label: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Clause:
    """A clause as a tag; a proposal of the profile says so instead."""

    shown: str
    title: str = ""
    url: str = ""
    is_proposal: bool = False


@dataclass(frozen=True)
class Link:
    """A link or a button that leads somewhere."""

    label: str
    url: str
    icon: str = ""


def stage_chip(mechanism: Mechanism, case: Case) -> Chip:
    """Return the chip of a case's stage, or of its pause, which is what matters then."""
    if case.paused_on is not None:
        return Chip(gettext("Paused"), "pause")
    stage = mechanism.stages[case.stage]
    return Chip(stage.label, icon(stage.icon), stage.tone if stage.tone in TONES else "")


def icon(name: str) -> str:
    """Return the icon's present name."""
    return ICONS.get(name, name)


def clause(mechanism: Mechanism, key: str) -> Clause:
    """Return the tag of a clause by its key in the profile."""
    if key == PROPOSAL or key not in mechanism.clauses:
        return Clause(mechanism.clause_shown(PROPOSAL), is_proposal=True)
    found = mechanism.clauses[key]
    return Clause(found.shown, found.title, mechanism_url(mechanism, key))


def clause_by_words(mechanism: Mechanism, shown: str) -> Clause:
    """Return the tag of a clause given as the document numbers it."""
    if not shown or shown == mechanism.clause_shown(PROPOSAL):
        return Clause(mechanism.clause_shown(PROPOSAL), is_proposal=True)
    found = next((key for key, one in mechanism.clauses.items() if one.shown == shown), None)
    title = mechanism.clauses[found].title if found else ""
    return Clause(shown, title, mechanism_url(mechanism, found or ""))


def mechanism_url(mechanism: Mechanism, anchor: str = "") -> str:
    """Return the address of the mechanism page, at a clause where one is named."""
    link = url_for("screens.mechanism_page", key=mechanism.key)
    return f"{link}#clause-{anchor}" if anchor else link


def due_of(here: Desk, task: Any, case: Case) -> Due:
    """Return how a task's due date stands today."""
    return due_words(
        task.due_on,
        here.today,
        here.world.calendar,
        unit=task.unit,
        at=task.due_at,
        has_passed=is_late(task, here.now),
        paused=case.paused_on is not None,
        provisional=task.is_provisional,
        soon=ahead(here.world_of(case).mechanism.tasks[task.kind]),
    )


def short_number(case: Case) -> str:
    """Return the part of a case number that people say on the telephone."""
    return case.number.rpartition("-")[2]


def matter(mechanism: Mechanism, case: Case) -> str:
    """Return what the dispute is about in a few words."""
    category = mechanism.categories[case.category]
    named = category.aspects.get(case.aspect or "", "") or category.short
    return f"{named} \N{MIDDLE DOT} {insurances(mechanism, case)}"


def insurances(mechanism: Mechanism, case: Case) -> str:
    """Return the insurances of a case, joined by the reader's comma."""
    return listed([mechanism.insurances.get(key, key) for key in case.insurance])


def listed(words: list[str]) -> str:
    """Return words joined by the reader's comma."""
    return gettext(", ").join(words)


def said(reason: Reason) -> str:
    """Return a reason in the reader's language."""
    return reason.say(gettext)


def sentences(parts: list[str]) -> str:
    """Return sentences one after the other, with the blank between them that the language has."""
    whole = ""
    for part in parts:
        whole = gettext("%(text)s %(more)s", text=whole, more=part) if whole else part
    return whole


def masked_phone(phone: str | None) -> str:
    """Return a telephone number with its middle hidden."""
    return identity.mask_phone(phone) if phone else gettext("not given")


def masked_id(number: str | None) -> str:
    """Return an identity number with its middle hidden."""
    return identity.mask_id_number(number) if number else gettext("not given")


def person_words(world: Directory, appointment_id: int | None) -> str:
    """Return a person's name and telephone, or nothing."""
    found = world.person(appointment_id)
    return f"{found.name} {found.phone}".strip() if found else ""


def post_label(mechanism: Mechanism, post: str) -> str:
    """Return the words of a post: one that every body has, or one of the mechanism's own."""
    own = {
        CLERK: gettext("clerk"),
        ADMIN: gettext("administrator"),
        COORDINATOR: gettext("coordinator"),
        SIGNATORY: gettext("signatory"),
    }
    return own.get(post) or mechanism.label_of(post)


def action_label(mechanism: Mechanism, key: str, body: str, tier: str | None) -> str:
    """Return the words of an act's button for this body and way."""
    return _of_action(mechanism, key, body, tier, "label")


def action_clause(mechanism: Mechanism, key: str, body: str, tier: str | None) -> Clause:
    """Return the clause of an act for this body and way."""
    return clause(mechanism, _of_action(mechanism, key, body, tier, "clause"))


def _of_action(mechanism: Mechanism, key: str, body: str, tier: str | None, name: str) -> str:
    action = mechanism.actions.get(key)
    if action is None:
        action = mechanism.register
    per: Mapping[str, Mapping[str, str]] = action.per
    for place in (body, tier or ""):
        if name in per.get(place, {}):
            return per[place][name]
    found: Any = getattr(action, name)
    return str(found)
