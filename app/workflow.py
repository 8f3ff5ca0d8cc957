"""The one door: what an actor may do to a case, and doing it.

Buttons, REST, import, demo data and timers all end in `perform` or `register`: one transaction
that finds the case within sight, locks it, lets the rules decide, and writes the changes, the
papers with their numbers, the event chained to the one before, and the notices. Nothing else
writes a case. No Flask here: actor, time and session are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from app import duplicates, intake, ledger
from app.batch import Memory
from app.directory import Directory, directory_of
from app.errors import N_, NotFound, NotYours, Reason
from app.ledger import Keeper, Live, Outcome
from app.models import KIT, Attachment, Case, Jurisdiction
from app.rules import engine, routing
from app.rules.chain import digest
from app.rules.engine import Offer, Offers
from app.rules.preview import Preview, foresee
from app.rules.shapes import ZONE, Act, Actor
from app.security.sight import AnySession, OutOfScope, everything, scope_of

__all__ = [
    "Batch",
    "Offers",
    "Outcome",
    "Preview",
    "attach",
    "available",
    "check_attach",
    "directory_for",
    "find",
    "note",
    "perform",
    "preview",
    "register",
    "route",
    "similar",
]

REGISTER = "register"
#: What the chain calls a file that came.
MATERIAL = "material"

Found = TypeVar("Found")


def find(session: AnySession, case_id: int) -> Case:
    """Return a case within the session's sight, or raise NotFound."""
    found: Case | None = session.scalar(select(Case).where(Case.id == case_id))
    return _seen(found)


def _seen(case: Found | None) -> Found:
    """Return the case, or raise NotFound where none was read."""
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
        return engine.offers(_view(session, actor, ledger.whole(session, case), now))


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
        return foresee(_view(session, actor, ledger.whole(session, case), now), key, inputs)


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
    request = digest([actor.acting_for, case_id, key, dict(inputs), version])

    def act() -> Outcome:
        case = _lock(session, case_id)
        with everything(session):
            view = _view(session, actor, ledger.whole(session, case), now)
            keeper = Live(session, case.jurisdiction_id)
            return _act(keeper, view, key, inputs, version)

    return ledger.once(session, actor, idempotency_key, request, now, act)


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
    request = digest([actor.acting_for, REGISTER, body])

    def act() -> Outcome:
        place = _jurisdiction(session, actor)
        # Within sight still: nobody links to a case that they do not see.
        linked = duplicates.linked_id(session, place.id, body)
        with everything(session):
            directory = directory_of(session, place, day=now.astimezone(ZONE).date())
            return _enter(Live(session, place.id), actor, directory, place, body, now, linked)

    return ledger.once(session, actor, idempotency_key, request, now, act)


def route(
    session: AnySession, actor: Actor, body: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return who would be competent for as many facts as are given, without registering."""
    place = _jurisdiction(session, actor)
    directory = directory_of(session, place, day=now.astimezone(ZONE).date())
    facts = intake.facts_of(directory, place, body, now, partial=True)
    case = intake.blank_case(facts)
    case.parties = intake.parties(place, facts)
    return routing.propose(directory.mechanism, case.facts(), actor.acting_for).as_dict()


def similar(
    session: AnySession, actor: Actor, body: Mapping[str, Any], now: datetime
) -> list[Case]:
    """Return the open cases of the same matter within sight, before it is registered again."""
    today = now.astimezone(ZONE).date()
    place = _jurisdiction(session, actor)
    mechanism = directory_of(session, place, day=today).mechanism
    return duplicates.similar(session, place.id, mechanism, duplicates.sought(body, today))


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
    sm3: str = "",
    now: datetime,
) -> Attachment:
    """Add a stored file to a case and return its row; no act, the version stays.

    The chain notes its digests; `sm3` is "" where the machine makes none. A body adds files
    while it sees the whole case or owes a task on it; an archived case takes one only where
    something is still owed. Raises NotFound, NotYours.
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
            sm3=sm3,
            added_by=actor.name,
            added_at=now,
        )
        case.attachments.append(added)
        session.flush()
        facts = {"attachment": added.id, "sha256": sha256, "sm3": sm3, "size": size}
        ledger.append_entry(session, case, MATERIAL, facts, actor.acting_for, now)
        session.commit()
    return added


def check_attach(session: AnySession, actor: Actor, case: Case, now: datetime) -> None:
    """Raise NotYours where the actor may bring no file to the case as it stands."""
    with everything(session):
        if engine.may_attach(_view(session, actor, ledger.whole(session, case), now)):
            return
    text = N_(
        "Files are brought by the bodies that handle the case, while something is owed on it"
    )
    raise NotYours(Reason(text))


def note(
    session: AnySession,
    case_id: int,
    kind: str,
    facts: dict[str, Any],
    *,
    body: str,
    now: datetime,
    once: str | None = None,
) -> None:
    """Note in a case's chain what is no act (models.Entry), and commit; the version stays.

    `body` is whose it is. Where `once` names a fact, a second entry of the kind with the same
    value is not made. The caller has found the case within sight.
    """
    with everything(session):
        case = _lock(session, case_id)
        known = ledger.noted(session, case.jurisdiction_id, case.id, kind) if once else ()
        if once is None or all(one.get(once) != facts[once] for one in known):
            ledger.append_entry(session, case, kind, facts, body, now)
        session.commit()


# --- many at once


class Batch:
    """Registers many cases and acts on them, in memory, and writes them in bulk at `commit`.

    The same rules, numbers, chains, notices and rows of sight as with single acts. For the
    command line and the deployment, which see everything: the caller holds a transaction that
    writes (database.write_transaction). What fails undoes all since the last commit.
    """

    def __init__(self, session: AnySession, place: Jurisdiction) -> None:
        if not scope_of(session).is_system:
            raise OutOfScope("a batch is for those who see everything")
        self._session, self._place = session, place
        self._memory = Memory(session, place.id)
        self._worlds: dict[int, Directory] = {}

    def case(self, case_id: int) -> Any:
        """Return a case registered since the last commit, or raise NotFound."""
        return _seen(self._memory.cases.get(case_id))

    def offer(self, actor: Actor, case_id: int, key: str, now: datetime) -> Offer | None:
        """Return one act as it is possible for the actor; None where it is not."""
        return engine.offers(self._view(actor, case_id, now), {key}).find(key)

    def register(self, actor: Actor, body: Mapping[str, Any], *, now: datetime) -> Outcome:
        """Register a dispute (see the function of that name)."""
        with self._undone():
            day = now.astimezone(ZONE).date()
            directory = directory_of(self._session, self._place, day=day)
            return _enter(self._memory, actor, directory, self._place, body, now)

    def perform(
        self,
        actor: Actor,
        case_id: int,
        key: str,
        inputs: Mapping[str, Any],
        *,
        version: int,
        now: datetime,
    ) -> Outcome:
        """Do one act on a case of the batch (see the function of that name)."""
        with self._undone():
            return _act(self._memory, self._view(actor, case_id, now), key, inputs, version)

    def commit(self) -> None:
        """Write the cases, and begin with none."""
        with self._undone():
            self._memory.flush()
            self._session.commit()
        self._worlds.clear()
        self._session.refresh(self._place)

    def _view(self, actor: Actor, case_id: int, now: datetime) -> Act:
        case = self.case(case_id)
        world = self._worlds.get(case.mechanism_version_id)
        if world is None:
            world = directory_of(self._session, self._place, case.mechanism_version_id)
            self._worlds[case.mechanism_version_id] = world
        return Act(case, actor, world, now, self._memory.kit, world.mechanism.register)

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Give back what was taken, and forget the cases, where something fails."""
        try:
            yield
        except BaseException:
            self._memory.forget()
            self._session.rollback()
            raise


# --- one act, wherever the case is kept


def _act(keeper: Keeper, view: Act, key: str, inputs: Mapping[str, Any], version: int) -> Outcome:
    """Decide an act, carry it out and record it."""
    doing = engine.decide(view, key, inputs, version)
    doing = replace(doing, take_number=keeper.take_number)
    engine.carry_out(doing)
    return ledger.record(keeper, doing, engine.recorded_inputs(doing))


def _enter(
    keeper: Keeper,
    actor: Actor,
    directory: Directory,
    place: Jurisdiction,
    body: Mapping[str, Any],
    now: datetime,
    linked_id: int | None = None,
) -> Outcome:
    """Check a registration's facts, carry it out as its case's first act and record it."""
    facts = intake.facts_of(directory, place, body, now)
    intake.check_validity(directory, now)
    doing = intake.first_act(keeper, actor, directory, place, facts, now, linked_id)
    engine.carry_out(doing)
    return ledger.record(keeper, doing, intake.log_safe(facts))


# --- finding and locking


def _jurisdiction(session: AnySession, actor: Actor) -> Jurisdiction:
    return session.scalars(
        select(Jurisdiction).where(Jurisdiction.id == actor.jurisdiction_id)
    ).one()


def _lock(session: AnySession, case_id: int) -> Case:
    """Return the case within sight, locked until the commit (SQLite locks as a whole)."""
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    found: Case | None = session.scalar(query.execution_options(populate_existing=True))
    return _seen(found)


def _view(session: AnySession, actor: Actor, case: Case, now: datetime) -> Act:
    world = directory_for(session, case)
    return Act(case, actor, world, now, KIT, world.mechanism.register)
