"""The registration as the first act of a case: its facts checked, its case made (Z4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.directory import Directory
from app.errors import N_, NotYours, Reason, Refused
from app.ledger import Keeper
from app.models import Case, Jurisdiction, MechanismVersion, Party
from app.rules import engine, routing
from app.rules.chain import plain
from app.rules.identity import mask_id_number, mask_phone
from app.rules.registration import read_facts
from app.rules.shapes import ZONE, Act, Actor
from app.security.sight import AnySession

#: How long before a mechanism's end it is warned of.
NEAR_END = timedelta(days=180)
OPPONENT = "opponent"
#: The series of case numbers: issuer and kind of its row.
CASE_SERIES = "case"


def facts_of(
    directory: Directory,
    place: Jurisdiction,
    body: Mapping[str, Any],
    now: datetime,
    *,
    partial: bool = False,
) -> dict[str, Any]:
    """Return the checked facts; a jurisdiction other than the actor's is refused."""
    today = now.astimezone(ZONE).date()
    current = {
        code: one
        for code, one in directory.categories.items()
        if one.retired_on is None or today < one.retired_on
    }
    facts = read_facts(body, directory.mechanism, categories=current, now=now, partial=partial)
    if facts.get("jurisdiction") not in (None, "", place.key):
        reason = Reason(N_("You can register only in %(place)s"), {"place": place.name})
        raise Refused(reason, {"jurisdiction": [reason]})
    return facts


def check_validity(directory: Directory, now: datetime) -> None:
    """Refuse a case outside the mechanism's validity (Z6)."""
    mechanism, today = directory.mechanism, now.astimezone(ZONE).date()
    first = max(mechanism.valid_from, directory.holds_from)
    ended = mechanism.valid_until is not None and today > mechanism.valid_until
    if today < first or ended:
        text = N_("The mechanism is in force from %(first)s to %(last)s; load its successor first")
        params = {
            "first": first.isoformat(),
            "last": mechanism.valid_until.isoformat() if mechanism.valid_until else "—",
        }
        raise Refused(Reason(text, params), {"_": [Reason(text, params)]})


def ending(session: AnySession, directory: Directory, today: date) -> Reason | None:
    """Return the warning that a mechanism ends soon or has ended, with nothing to follow it (Z6).

    None while its end is more than NEAR_END days off, or a later version goes on beyond it.
    """
    last = directory.mechanism.valid_until
    if last is None or last - today > NEAR_END:
        return None
    ends = select(MechanismVersion.valid_until).where(
        MechanismVersion.jurisdiction_id == directory.jurisdiction_id
    )
    if any(end is None or end > last for end in session.scalars(ends)):
        return None
    params = {"name": directory.mechanism.name, "last": last.isoformat()}
    if today > last:
        text = N_(
            "%(name)s ended on %(last)s: nothing can be registered until its successor holds"
        )
        return Reason(text, params)
    text = N_(
        "%(name)s ends on %(last)s, in %(n)s days; nothing can be registered afterwards. "
        "Its successor is to be published before"
    )
    return Reason(text, params | {"n": (last - today).days})


def blank_case(facts: Mapping[str, Any]) -> Case:
    """Return a transient case with the facts of a registration and no history."""
    return Case(
        stage="",
        version=0,
        round=1,
        head_hash="",
        visited_at=facts["visited_at"],
        category=facts["category"],
        insurance=list(facts["insurance"] or ()),
        aspect=facts["aspect"],
        period_from=facts["period_from"],
        period_to=facts["period_to"],
        amount=facts["amount"],
        channel=facts["channel"],
        employer=facts["employer"] or "",
        content=facts["content"],
        more=_more(facts),
        route={},
        invited=[],
    )


_EXTRA = (
    *("payer_kind", "insured_at", "referred_from", "contested_act", "claim"),
    *("persons", "linked"),
)


def _more(facts: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = plain({name: facts[name] for name in _EXTRA if facts.get(name)})
    return kept


def first_act(
    keeper: Keeper,
    actor: Actor,
    directory: Directory,
    place: Jurisdiction,
    facts: Mapping[str, Any],
    now: datetime,
    linked_id: int | None = None,
) -> Act:
    """Return the registration as an act on a fresh case, numbered and taken in by the keeper."""
    case = blank_case(facts)
    case.jurisdiction, case.jurisdiction_id = place, place.id
    case.mechanism_version_id, case.linked_id = directory.version_id, linked_id
    case.registrar = case.holder = actor.acting_for
    case.registered_at, case.registered_by = now, actor.name
    doing = Act(
        case=case,
        actor=actor,
        world=directory,
        now=now,
        kit=keeper.kit,
        action=directory.mechanism.register,
        take_number=keeper.take_number,
    )
    if not engine.is_yours(doing):
        text = N_("%(body)s does not register disputes in this mechanism")
        raise NotYours(Reason(text, {"body": directory.body_short(actor.acting_for)}))
    case.number = _case_number(keeper, directory, place, actor, now)
    case.parties = parties(place, facts)
    case.route = routing.propose(directory.mechanism, case.facts(), actor.acting_for).as_dict()
    doing.case = keeper.take_in(case)
    return doing


def parties(place: Jurisdiction, facts: Mapping[str, Any]) -> list[Party]:
    """Return the applicants and the other side, as far as they are known; numbers get sealed."""
    named = [("applicant", facts["applicant"])] if facts["applicant"] else []
    named += [("co_applicant", one) for one in facts["co_applicants"] or ()]
    named += [(OPPONENT, facts[OPPONENT])] if facts[OPPONENT] else []
    return [Party.of(place.id, role, one) for role, one in named]


def seal_opponents(session: AnySession) -> int:
    """Move the other sides that an older version kept in clear to the parties; return how many.

    Only inside `everything`; the caller commits.
    """
    query = select(Case).where(Case.more[OPPONENT].as_string().is_not(None))
    found = session.scalars(query).all()
    for case in found:
        party = Party.of(case.jurisdiction_id, OPPONENT, case.more[OPPONENT])
        party.case_id = case.id
        session.add(party)
        case.more = {name: value for name, value in case.more.items() if name != OPPONENT}
    return len(found)


def _case_number(
    keeper: Keeper, directory: Directory, place: Jurisdiction, actor: Actor, now: datetime
) -> str:
    """Return the next number: of the place's series, or the registrar's where it is named."""
    year, mechanism = now.astimezone(ZONE).year, directory.mechanism
    form = mechanism.numbering["case"]
    prefix = mechanism.bodies[mechanism.issuer_of(actor.acting_for)].prefix
    issuer = mechanism.issuer_of(actor.acting_for) if "{prefix}" in form else CASE_SERIES
    serial = keeper.take_number(issuer, CASE_SERIES, year)
    return form.format(place=mechanism.place_code, prefix=prefix, year=year, serial=serial)


def log_safe(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the registration's facts as the event keeps them: numbers of persons masked."""
    kept: dict[str, Any] = plain(dict(facts))
    others = [kept[OPPONENT]] if kept.get(OPPONENT) else []
    for party in [kept["applicant"], *(kept.get("co_applicants") or []), *others]:
        if party.get("id_number"):
            party["id_number"] = mask_id_number(party["id_number"])
        if party.get("phone"):
            party["phone"] = mask_phone(party["phone"])
    return kept
