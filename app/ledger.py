"""The record of an act: its parts read and written, numbers, the chained event, the one answer.

Inside the door's transaction (`app.workflow`); nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from app import search
from app.database import INSERT
from app.errors import N_, AppError, Conflict, Reason
from app.models import (
    KIT,
    Case,
    CaseAccess,
    Entry,
    Event,
    IdempotencyKey,
    Notice,
    NumberSeries,
    Paper,
    PaperCopy,
    Party,
    Pause,
    Task,
)
from app.rules.chain import ALGORITHM, digest_plain, entry_facts, event_facts, plain
from app.rules.shapes import Act, Actor, Kit
from app.security.sight import AnySession, everything


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


def whole(session: AnySession, case: Case) -> Case:
    """Load all parts of a case, each by its own index; only inside `everything`."""
    for name, query in _PARTS:
        set_committed_value(case, name, _read(session, case, query))
    copies: dict[int, list[PaperCopy]] = {paper.id: [] for paper in case.papers}
    for copy in _read(session, case, _COPIES):
        copies[copy.paper_id].append(copy)
    for paper in case.papers:
        set_committed_value(paper, "copies", copies[paper.id])
    return case


def _read(session: AnySession, case: Case, query: Any) -> list[Any]:
    return list(session.scalars(query, {"place": case.jurisdiction_id, "case": case.id}))


def _parts_query(part: Any, order: Any) -> Any:
    """Return the query of one kind of parts, made once: an act asks for all of them."""
    query = select(part).where(
        part.jurisdiction_id == bindparam("place"), part.case_id == bindparam("case")
    )
    return query.order_by(order).execution_options(populate_existing=True)


#: What the engine must know of a case: the attribute, and the query of its rows in their order.
_PARTS: tuple[tuple[str, Any], ...] = (
    ("parties", _parts_query(Party, Party.id)),
    ("tasks", _parts_query(Task, Task.id)),
    ("papers", _parts_query(Paper, Paper.id)),
    ("events", _parts_query(Event, Event.seq)),
    ("pauses", _parts_query(Pause, Pause.id)),
    ("access", _parts_query(CaseAccess, CaseAccess.id)),
)
_COPIES = _parts_query(PaperCopy, PaperCopy.id)


def numbers(session: AnySession, jurisdiction_id: int) -> Callable[[str, str, int], int]:
    """Return what gives the next number of a series: gap-free, because it is given at commit."""
    query = _next_number(session.get_bind().dialect.name)

    def take(issuer: str, kind: str, year: int) -> int:
        keys = {"jurisdiction_id": jurisdiction_id, "issuer": issuer, "kind": kind, "year": year}
        # What the act has changed so far is written once, with the event.
        with session.no_autoflush:
            return int(session.execute(query, {**keys, "last": 1}).scalar_one())

    return take


@cache
def _next_number(dialect: str) -> Any:
    """Return the statement that raises a series by one, or begins it."""
    series: Any = NumberSeries.__table__
    keys = ("jurisdiction_id", "issuer", "kind", "year")
    query = INSERT[dialect](series).on_conflict_do_update(
        index_elements=list(keys), set_={"last": series.c.last + 1}
    )
    return query.returning(series.c.last)


class Keeper(Protocol):
    """Where the door keeps cases: the database itself (Live), or a batch (app.batch.Memory)."""

    kit: Kit

    @property
    def make_event(self) -> Callable[..., Any]:
        """Return the constructor of an event."""

    def take_number(self, issuer: str, kind: str, year: int) -> int:
        """Return the next number of a series."""

    def take_in(self, case: Case) -> Any:
        """Keep a fresh case, give it its key and return it as it is kept."""

    def write(self, case: Any, event: Any, told: list[str]) -> None:
        """Keep what an act has left, and its notices to those who are told; all get keys."""


class Live:
    """Keeps each act in the session at once."""

    kit = KIT
    make_event = Event

    def __init__(self, session: AnySession, jurisdiction_id: int) -> None:
        self.session = session
        self.take_number = numbers(session, jurisdiction_id)

    def take_in(self, case: Case) -> Case:
        """Put a fresh case into the database, and what it is found by."""
        self.session.add(case)
        self.session.flush()
        search.keep(self.session, case)
        return case

    def write(self, case: Case, event: Event, told: list[str]) -> None:
        """Write the event and all else that the act changed, with its notices."""
        for body in told:
            self.session.add(_notice(case, event, body))
        is_found_anew = search.is_touched(case)
        self.session.flush()
        if is_found_anew:
            search.keep(self.session, case)


def append_event(act: Act, inputs: dict[str, Any], make: Callable[..., Any] = Event) -> Any:
    """Append the act's event, chained to the one before; raise the case's version by one.

    Works on stored and transient cases alike; nothing is written to a database here.
    """
    case: Any = act.case
    changes = plain(act.changes)
    moved_from, moved_to = changes.get("fields", {}).get("holder", (None, None))
    event = make(
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
        changes=changes,
        moved_from=moved_from,
        moved_to=moved_to,
        voids_seq=act.voids_seq,
        algorithm=ALGORITHM,
        previous_hash=case.head_hash,
    )
    event.hash = digest_plain(event_facts(case.number, event))
    case.head_hash, case.version = event.hash, act.seq
    case.events.append(event)
    return event


def append_entry(
    session: AnySession, case: Case, kind: str, facts: dict[str, Any], body: str, now: datetime
) -> None:
    """Note in the chain of a locked case what is no act; the version stays."""
    entry = Entry(
        jurisdiction_id=case.jurisdiction_id,
        case_id=case.id,
        seq=case.version,
        body=body,
        kind=kind,
        at=now,
        facts=plain(facts),
        algorithm=ALGORITHM,
        previous_hash=case.head_hash,
    )
    entry.hash = digest_plain(entry_facts(case.number, entry))
    case.head_hash = entry.hash
    session.add(entry)


def noted(session: AnySession, jurisdiction_id: int, case_id: int, kind: str) -> list[Any]:
    """Return the facts of a case's entries of a kind, oldest first; whoever asks."""
    query = select(Entry.facts).where(
        Entry.jurisdiction_id == jurisdiction_id, Entry.case_id == case_id, Entry.kind == kind
    )
    with everything(session):
        return list(session.scalars(query.order_by(Entry.id)))


def record(keeper: Keeper, act: Act, inputs: dict[str, Any]) -> Outcome:
    """Append the event, and keep it with the act's notices."""
    case: Any = act.case
    event = append_event(act, inputs, keeper.make_event)
    keeper.write(case, event, act.told)
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


def once(
    session: AnySession,
    actor: Actor,
    key: str | None,
    request: str,
    now: datetime,
    act: Callable[[], Outcome],
) -> Outcome:
    """Do the act and commit; a retry with the same key gets the first answer and does nothing.

    A retry that ran beside the first one may be refused for what that one has done meanwhile;
    it, too, gets the first answer.
    """
    try:
        known = _answered(session, actor, key, request)
        if known is not None:
            return known
        outcome = act()
        _keep(session, actor, key, request, outcome, now)
        session.commit()
    except (IntegrityError, AppError):
        session.rollback()
        known = _answered(session, actor, key, request)
        if known is None:
            raise
        return known
    except BaseException:
        session.rollback()
        raise
    return outcome


def kept_answer(session: AnySession, actor: Actor, key: str | None) -> IdempotencyKey | None:
    """Return the answer that is kept under an actor's request key."""
    if key is None:
        return None
    return session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.jurisdiction_id == actor.jurisdiction_id,
            IdempotencyKey.user_id == actor.user_id,
            IdempotencyKey.key == key,
        )
    )


def _answered(session: AnySession, actor: Actor, key: str | None, request: str) -> Outcome | None:
    """Return the answer already given to a request key; Conflict where the request differs."""
    row = kept_answer(session, actor, key)
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
