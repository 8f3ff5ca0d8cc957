"""The proposal beside the registration form: who is competent, by clause, and why not others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from app import workflow
from app.errors import Reason, Refused
from app.mechanism.schema import Mechanism
from app.screens import register_form, words
from app.screens.desk import Desk
from app.screens.register_form import Form

#: The facts that the routing asks for.
ASKED = ("category", "aspect", "insurance", "period_from", "period_to", "payer_kind")


def proposal(here: Desk, form: Form) -> dict[str, Any]:
    """Return the proposal for what is known so far; empty while the kind is not chosen."""
    known = {
        name: value for name, value in register_form.facts(here, form).items() if name in ASKED
    }
    if "category" not in known:
        return {}
    found = _ask(here, known)
    if found is None:
        return {}
    mechanism = here.world.mechanism
    return {
        "title": _title(mechanism, found),
        "why": _why(here, found),
        "clause": _tier_clause(mechanism, found),
        "version": mechanism.source.number,
        "units": _units(here, found),
        "notes": _notes(here, found),
    }


def _ask(here: Desk, known: dict[str, Any]) -> dict[str, Any] | None:
    """Return the route; a field that is still wrong is left out of the question."""
    for _ in range(len(known)):
        try:
            return workflow.route(here.session, here.actor, known, here.now)
        except Refused as refusal:
            wrong = [name for name in known if any(k.startswith(name) for k in refusal.errors)]
            known = {name: value for name, value in known.items() if name not in wrong}
            if not wrong or "category" not in known:
                return None
    return None


def _title(mechanism: Mechanism, found: Mapping[str, Any]) -> str:
    units = len(found["units"])
    if not units:
        return gettext("The office decides who handles it")
    tier = mechanism.tiers.get(found["tier"] or "")
    label = tier.label if tier else ""
    if units == 1:
        return gettext("%(tier)s: one unit", tier=label)
    return gettext("%(tier)s: %(n)s units together", tier=label, n=units)


def _why(here: Desk, found: Mapping[str, Any]) -> str:
    if not found["units"]:
        return ""
    first = here.world.body_short(found["units"][0])
    if len(found["units"]) == 1:
        return gettext("%(unit)s is competent.", unit=first)
    return gettext("Whoever accepts first leads; proposed: %(unit)s.", unit=first)


def _tier_clause(mechanism: Mechanism, found: Mapping[str, Any]) -> words.Clause | None:
    tier = mechanism.tiers.get(found["tier"] or "")
    if tier is not None:
        return words.clause(mechanism, tier.clause)
    return words.clause(mechanism, mechanism.routing.default_clause)


def _units(here: Desk, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        *(_unit(here, found, key, advises=False) for key in found["units"]),
        *(_unit(here, found, key, advises=True) for key in found["advisers"]),
    ]


def _unit(here: Desk, found: Mapping[str, Any], key: str, *, advises: bool) -> dict[str, Any]:
    mechanism = here.world.mechanism
    reasons = [one for one in found["reasons"] if key in one.get("units", [])]
    chip = words.Chip(gettext("your unit"), "", "primary") if key == here.me else None
    if advises:
        chip = words.Chip(gettext("assists only"))
    body = mechanism.bodies.get(key)
    clause = reasons[0]["clause"] if reasons else ""
    own = mechanism.clause_shown(body.clause) if body is not None and body.clause else ""
    if own and (advises or own in (reasons[0].get("clauses", []) if reasons else [])):
        clause = own
    return {
        "name": here.world.body_short(key),
        "advises": advises,
        "chip": chip,
        "clause": words.clause_by_words(mechanism, clause) if clause else None,
        "text": "; ".join(dict.fromkeys(one["text"] for one in reasons)),
    }


def _notes(here: Desk, found: Mapping[str, Any]) -> list[dict[str, str]]:
    notes = [
        {"icon": "circle-info", "text": words.said(Reason(one["text"], one.get("params", {})))}
        for one in found["notes"]
    ]
    if found["gap"]:
        text = gettext("The document leaves a gap here; the unit named is a proposal.")
        notes.insert(0, {"icon": "triangle-exclamation", "text": text})
    others = [here.world.body_short(key) for key in found["runners_up"]]
    if others and found["units"]:
        text = gettext("Not named for these facts: %(units)s.", units=words.listed(others))
        notes.append({"icon": "ban", "text": text})
    return notes
