"""The one door: what an actor may do to a case, and doing it.

Buttons, REST, import, demo data and timers all end in `perform` or `register`: one transaction
that finds the case within sight, locks it, lets the rules decide, and writes the changes, the
papers with their numbers, the event chained to the one before, and the notices. Nothing else
writes a case. No Flask here: actor, time and session are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app.directory import Directory, directory_of
from app.errors import N_, Conflict, NotFound, NotYours, Reason, Refused, Stale
from app.models import (
    KIT,
    Attachment,
    Case,
    CaseAccess,
    Event,
    IdempotencyKey,
    Jurisdiction,
    Notice,
    NumberSeries,
    Paper,
    PaperCopy,
    Party,
    Pause,
    Task,
)
from app.rules import engine, routing
from app.rules.chain import ALGORITHM, digest, event_facts, plain
from app.rules.engine import Offers
from app.rules.identity import mask_id_number, mask_phone
from app.rules.preview import Preview, foresee
from app.rules.registration import read_facts
from app.rules.shapes import ZONE, Act, Actor
from app.security.sight import AnySession, everything

REGISTER = "register"
#: Insert-or-update is spoken differently by the two databases.
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
#: The series of case numbers: issuer and kind of its row.
CASE_SERIES = "case"
#: What the engine must know of a case: the attribute, its table, its order.
_PARTS: tuple[tuple[str, Any, Any], ...] = (
    ("parties", Party, Party.id),
    ("tasks", Task, Task.id),
    ("papers", Paper, Paper.id),
    ("events", Event, Event.seq),
    ("pauses", Pause, Pause.id),
    ("access", CaseAccess, CaseAccess.id),
)


@dataclass(frozen=True)
class Issued:
    """A paper that an act issued."""

    id: int
    kind: str
    number: str | None
    title: str


@dataclass(frozen=True)
class Outcome:
    """What an act brought about. `repeated` tells that a retry got the first answer again."""

    case_id: int
    number: str
    stage: str
    version: int
    event_id: int
    papers: tuple[Issued, ...]
    route: dict[str, Any]
    repeated: bool = False


def find(session: AnySession, case_id: int) -> Case:
    """Return a case within the session's sight, or raise NotFound."""
    case: Case | None = session.scalar(select(Case).where(Case.id == case_id))
    if case is None:
        raise NotFound(
            Reason(N_("There is no such case, or the body you act for takes no part in it"))
        )
    return case


def directory_for(session: AnySession, case: Case) -> Directory:
    """Return the directory with the mechanism version of the case's registration (V10)."""
    return directory_of(session, case.jurisdiction, case.mechanism_version_id)


def available(session: AnySession, actor: Actor, case: Case, now: datetime) -> Offers:
    """Return the acts that are possible for the actor, and those that are theirs but blocked."""
    with everything(session):
        return engine.offers(_view(session, actor, _whole(session, case), now))


def preview(
    session: AnySession,
    actor: Actor,
    case: Case,
    key: str,
    inputs: Mapping[str, Any],
    now: datetime,
) -> Preview:
    """Return what the act would bring about, as a dry run of the same engine on a copy.

    Takes no number and writes nothing; what is wrong stands in `errors`.
    """
    with everything(session):
        return foresee(_view(session, actor, _whole(session, case), now), key, inputs)


def perform(
    session: AnySession,
    actor: Actor,
    case_id: int,
    key: str,
    inputs: Mapping[str, Any],
    *,
    version: int,
    now: datetime,
    idempotency_key: str | None = None,
) -> Outcome:
    """Do one act on a case, in one transaction, and return what it brought about.

    Raises, in this order: NotFound, NotYours, Stale, Refused. What is refused changes nothing
    and takes no number. The same idempotency key with the same request gets the same answer.
    """
    request = digest([case_id, key, dict(inputs), version])

    def act() -> Outcome:
        case = _lock(session, case_id)
        with everything(session):
            view = _view(session, actor, _whole(session, case), now)
            doing = engine.decide(view, key, inputs, version)
            doing = replace(doing, take_number=_numbers(session, case.jurisdiction_id))
            engine.carry_out(doing)
            return _record(session, doing, engine.recorded_inputs(doing))

    return _once(session, actor, idempotency_key, request, now, act)


def register(
    session: AnySession,
    actor: Actor,
    body: Mapping[str, Any],
    *,
    now: datetime,
    idempotency_key: str | None = None,
) -> Outcome:
    """Register a dispute (Z4.1) as the first act of its case, and return what it brought about.

    Raises NotYours where the actor's body does not register, Refused with every bad field.
    """
    request = digest([REGISTER, dict(body)])

    def act() -> Outcome:
        place = _jurisdiction(session, actor)
        with everything(session):
            directory = directory_of(session, place)
            facts = _facts(directory, place, body, now)
            _check_validity(directory, now)
            doing = _first_act(session, actor, directory, place, facts, now)
            engine.carry_out(doing)
            return _record(session, doing, _log_safe(facts))

    return _once(session, actor, idempotency_key, request, now, act)


def route(
    session: AnySession, actor: Actor, body: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return who would be competent for as many facts as are given, without registering."""
    place = _jurisdiction(session, actor)
    directory = directory_of(session, place)
    facts = _facts(directory, place, body, now, partial=True)
    case = _blank_case(facts)
    return routing.propose(directory.mechanism, case.facts(), actor.acting_for).as_dict()


def attach(
    session: AnySession,
    actor: Actor,
    case_id: int,
    *,
    name: str,
    kind: str,
    media_type: str,
    size: int,
    sha256: str,
    now: datetime,
) -> Attachment:
    """Add a stored file to a case and return its row; no act, the version stays.

    A body adds files while it sees the whole case or owes a task on it; an archived case takes
    one only where something is still owed. Raises NotFound, NotYours.
    """
    case = _lock(session, case_id)
    check_attach(session, actor, case, now)
    with everything(session):
        added = Attachment(
            jurisdiction_id=case.jurisdiction_id,
            # It came after the last act: whoever handed the case on with it does not see it.
            seq=case.version + 1,
            body=actor.acting_for,
            name=name,
            kind=kind,
            media_type=media_type,
            size=size,
            sha256=sha256,
            added_by=actor.name,
            added_at=now,
        )
        case.attachments.append(added)
        session.commit()
    return added


def check_attach(session: AnySession, actor: Actor, case: Case, now: datetime) -> None:
    """Raise NotYours where the actor may bring no file to the case as it stands."""
    with everything(session):
        if engine.may_attach(_view(session, actor, _whole(session, case), now)):
            return
    text = N_(
        "Files are brought by the bodies that handle the case, while something is owed on it"
    )
    raise NotYours(Reason(text))


# --- finding and locking


def _jurisdiction(session: AnySession, actor: Actor) -> Jurisdiction:
    return session.scalars(
        select(Jurisdiction).where(Jurisdiction.id == actor.jurisdiction_id)
    ).one()


def _lock(session: AnySession, case_id: int) -> Case:
    """Return the case within sight, locked until the commit (SQLite locks as a whole)."""
    find(session, case_id)
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _whole(session: AnySession, case: Case) -> Case:
    """Load all parts of a case, each by its own index; only inside `everything`."""
    for name, part, order in _PARTS:
        set_committed_value(case, name, _read(session, case, part, order))
    copies: dict[int, list[PaperCopy]] = {paper.id: [] for paper in case.papers}
    for copy in _read(session, case, PaperCopy, PaperCopy.id):
        copies[copy.paper_id].append(copy)
    for paper in case.papers:
        set_committed_value(paper, "copies", copies[paper.id])
    return case


def _read(session: AnySession, case: Case, part: Any, order: Any) -> list[Any]:
    query = select(part).where(
        part.jurisdiction_id == case.jurisdiction_id, part.case_id == case.id
    )
    query = query.order_by(order).execution_options(populate_existing=True)
    return list(session.scalars(query))


def _view(session: AnySession, actor: Actor, case: Case, now: datetime) -> Act:
    world = directory_for(session, case)
    return Act(case, actor, world, now, KIT, world.mechanism.register)


# --- registering


def _facts(
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


def _check_validity(directory: Directory, now: datetime) -> None:
    """Refuse a case outside the mechanism's validity (Z6)."""
    mechanism, today = directory.mechanism, now.astimezone(ZONE).date()
    ended = mechanism.valid_until is not None and today > mechanism.valid_until
    if today < mechanism.valid_from or ended:
        text = N_("The mechanism is in force from %(first)s to %(last)s; load its successor first")
        params = {
            "first": mechanism.valid_from.isoformat(),
            "last": mechanism.valid_until.isoformat() if mechanism.valid_until else "—",
        }
        raise Refused(Reason(text, params), {"_": [Reason(text, params)]})


def _blank_case(facts: Mapping[str, Any]) -> Case:
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


_EXTRA = ("payer_kind", "insured_at", "referred_from", "contested_act", "claim", "opponent")


def _more(facts: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = plain({name: facts[name] for name in _EXTRA if facts.get(name)})
    return kept


def _first_act(
    session: AnySession,
    actor: Actor,
    directory: Directory,
    place: Jurisdiction,
    facts: Mapping[str, Any],
    now: datetime,
) -> Act:
    """Return the registration as an act on a fresh case, numbered and put into the session."""
    case = _blank_case(facts)
    case.jurisdiction, case.jurisdiction_id = place, place.id
    case.mechanism_version_id = directory.version_id
    case.registrar = case.holder = actor.acting_for
    case.registered_at, case.registered_by = now, actor.name
    doing = Act(
        case=case,
        actor=actor,
        world=directory,
        now=now,
        kit=KIT,
        action=directory.mechanism.register,
        take_number=_numbers(session, place.id),
    )
    if not engine.is_yours(doing):
        text = N_("%(body)s does not register disputes in this mechanism")
        raise NotYours(Reason(text, {"body": directory.body_short(actor.acting_for)}))
    case.number = _case_number(session, directory, place, now)
    case.parties = [
        Party.of(place.id, role, one)
        for role, several in (
            ("applicant", [facts["applicant"]]),
            ("co_applicant", facts["co_applicants"] or []),
        )
        for one in several
    ]
    case.route = routing.propose(directory.mechanism, case.facts(), actor.acting_for).as_dict()
    session.add(case)
    session.flush()
    return doing


def _case_number(
    session: AnySession, directory: Directory, place: Jurisdiction, now: datetime
) -> str:
    year = now.astimezone(ZONE).year
    serial = _numbers(session, place.id)(CASE_SERIES, CASE_SERIES, year)
    form = directory.mechanism.numbering["case"]
    return form.format(place=directory.mechanism.place_code, year=year, serial=serial)


def _log_safe(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the registration's facts as the event keeps them: numbers of persons masked."""
    kept: dict[str, Any] = plain(dict(facts))
    for party in [kept["applicant"], *(kept.get("co_applicants") or [])]:
        if party.get("id_number"):
            party["id_number"] = mask_id_number(party["id_number"])
        if party.get("phone"):
            party["phone"] = mask_phone(party["phone"])
    return kept


# --- writing


def _numbers(session: AnySession, jurisdiction_id: int) -> Callable[[str, str, int], int]:
    """Return what gives the next number of a series: gap-free, because it is given at commit."""
    insert: Any = _INSERT[session.get_bind().dialect.name]

    def take(issuer: str, kind: str, year: int) -> int:
        keys = {"jurisdiction_id": jurisdiction_id, "issuer": issuer, "kind": kind, "year": year}
        query = insert(NumberSeries.__table__).values(**keys, last=1)
        query = query.on_conflict_do_update(
            index_elements=list(keys), set_={"last": NumberSeries.__table__.c.last + 1}
        ).returning(NumberSeries.__table__.c.last)
        return int(session.execute(query).scalar_one())

    return take


def append_event(act: Act, inputs: dict[str, Any]) -> Event:
    """Append the act's event, chained to the one before; raise the case's version by one.

    Works on stored and transient cases alike; nothing is written to a database here.
    """
    case: Any = act.case
    event = Event(
        jurisdiction_id=case.jurisdiction_id,
        seq=act.seq,
        body=act.actor.acting_for,
        key=act.action.key,
        actor=act.actor.name,
        user_id=act.actor.user_id,
        at=act.now,
        stage_before=act.stage_before or None,
        stage_after=case.stage,
        inputs=inputs,
        changes=plain(act.changes),
        voids_seq=act.voids_seq,
        algorithm=ALGORITHM,
        previous_hash=case.head_hash,
    )
    event.hash = digest(event_facts(case.number, event))
    case.head_hash, case.version = event.hash, act.seq
    case.events.append(event)
    return event


def _record(session: AnySession, act: Act, inputs: dict[str, Any]) -> Outcome:
    """Append the event, and write it with the act's notices."""
    case: Any = act.case
    event = append_event(act, inputs)
    session.flush()
    for body in act.told:
        session.add(_notice(case, event, body))
    session.flush()
    papers = tuple(Issued(p.id, p.kind, p.number, p.title) for p in act.papers)
    return Outcome(case.id, case.number, case.stage, case.version, event.id, papers, case.route)


def _notice(case: Case, event: Event, body: str) -> Notice:
    return Notice(
        jurisdiction_id=case.jurisdiction_id,
        body=body,
        case_id=case.id,
        seq=event.seq,
        action=event.key,
        at=event.at,
    )


def _once(
    session: AnySession,
    actor: Actor,
    key: str | None,
    request: str,
    now: datetime,
    act: Callable[[], Outcome],
) -> Outcome:
    """Do the act and commit; a retry with the same key gets the first answer and does nothing."""
    try:
        known = _answered(session, actor, key, request)
        if known is not None:
            return known
        outcome = act()
        _keep(session, actor, key, request, outcome, now)
        session.commit()
    except (IntegrityError, Stale):
        session.rollback()
        known = _answered(session, actor, key, request)
        if known is None:
            raise
        return known
    except BaseException:
        session.rollback()
        raise
    return outcome


def _answered(session: AnySession, actor: Actor, key: str | None, request: str) -> Outcome | None:
    """Return the answer already given to a request key; Conflict where the request differs."""
    if key is None:
        return None
    row = session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.jurisdiction_id == actor.jurisdiction_id,
            IdempotencyKey.user_id == actor.user_id,
            IdempotencyKey.key == key,
        )
    )
    if row is None:
        return None
    if row.request_hash != request:
        raise Conflict(Reason(N_("This Idempotency-Key was used for another request")))
    answer = dict(row.answer)
    papers = tuple(Issued(**paper) for paper in answer.pop("papers"))
    return Outcome(**{**answer, "papers": papers, "repeated": True})


def _keep(
    session: AnySession,
    actor: Actor,
    key: str | None,
    request: str,
    outcome: Outcome,
    now: datetime,
) -> None:
    if key is None:
        return
    session.add(
        IdempotencyKey(
            jurisdiction_id=actor.jurisdiction_id,
            user_id=actor.user_id,
            key=key,
            request_hash=request,
            answer=asdict(outcome),
            at=now,
        )
    )
