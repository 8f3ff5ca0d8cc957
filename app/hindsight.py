"""A case as a body saw it last: what was amended after it handed the case on is taken back.

Such a body keeps stage, holder and due date (SPEC, People), but not facts that came later. The
facts stand on the case alone; what they were before stands in the acts that amended them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, inspect, select
from sqlalchemy.orm.attributes import set_committed_value

from app import search
from app.directory import directory_of
from app.mechanism.schema import Mechanism
from app.models import Case, CaseAccess, Event
from app.rules import amendments, routing
from app.rules.shapes import EVERYTHING
from app.security.sight import AnySession, everything, scope_of

#: Facts that an amendment changes; the step within a category goes with it.
CHANGING = frozenset({*amendments.AMENDABLE, "aspect"})


def not_later(session: AnySession, names: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return what keeps a list that is narrowed by these facts from telling what came later.

    A body that handed a case on reads the facts of then: it must not find the case by a fact
    of now, or it would learn the fact by asking for each value in turn.
    """
    scope = scope_of(session)
    if scope.sees_all or scope.is_system or CHANGING.isdisjoint(names):
        return []
    case_id: Any = Case.id
    return [~search.amended_later(scope, case_id)]


def as_seen(session: AnySession, cases: Sequence[Case]) -> list[Case]:
    """Return the cases as the session's body saw them last; in two statements at most."""
    scope = scope_of(session)
    if scope.sees_all or scope.is_system or not cases:
        return list(cases)
    query = select(CaseAccess.case_id, CaseAccess.seen_through).where(
        CaseAccess.jurisdiction_id == scope.jurisdiction_id,
        CaseAccess.body == scope.principal,
        CaseAccess.case_id.in_([case.id for case in cases]),
        CaseAccess.seen_through < EVERYTHING,
    )
    seen = {one.case_id: one.seen_through for one in session.execute(query)}
    if not seen:
        return list(cases)
    later = _amended_after(session, seen)
    return [_then(session, case, later.get(case.id, ())) for case in cases]


def _amended_after(
    session: AnySession, seen: Mapping[int, int]
) -> dict[int, list[Mapping[str, Any]]]:
    """Return the amended facts of each case that came after a body's sight, the latest first."""
    query = (
        select(Event.case_id, Event.seq, Event.changes)
        .where(Event.case_id.in_(seen), Event.changes["facts"].as_string().is_not(None))
        .order_by(Event.seq.desc())
    )
    with everything(session):
        found = session.execute(query).all()
    later: dict[int, list[Mapping[str, Any]]] = {}
    for case_id, seq, changes in found:
        if seq > seen[case_id]:
            later.setdefault(case_id, []).append(changes["facts"])
    return later


def _then(session: AnySession, case: Case, later: Sequence[Mapping[str, Any]]) -> Case:
    if not later:
        return case
    world = directory_of(session, case.jurisdiction, case.mechanism_version_id)
    return before(case, world.mechanism, later)


def before_events(case: Case, mechanism: Mechanism, events: Iterable[Event]) -> Case:
    """Return the case as it was before what these acts amended."""
    ordered = sorted(events, key=lambda one: one.seq, reverse=True)
    later = [one.changes["facts"] for one in ordered if one.changes.get("facts")]
    return before(case, mechanism, later) if later else case


def before(case: Case, mechanism: Mechanism, later: Sequence[Mapping[str, Any]]) -> Case:
    """Return a transient copy of the case with those amendments taken back. Never add it."""
    twin: Case = _copy(case)
    set_committed_value(twin, "jurisdiction", case.jurisdiction)
    set_committed_value(twin, "parties", [_copy(one) for one in case.parties])
    for facts in later:
        amendments.take_back(twin, facts)
    twin.route = routing.propose(mechanism, twin.facts(), twin.registrar).as_dict()
    return twin


def _copy(row: Any) -> Any:
    return type(row)(**{one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs})
