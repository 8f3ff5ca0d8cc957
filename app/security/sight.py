"""The one rule of sight, applied to the session: which case rows a body or post ever reads.

Every ORM SELECT, UPDATE and DELETE of this session is narrowed to the scope set by `see`;
without one nothing of a case is read. Lists, pages, REST, downloads and drop-downs go through
the same session, so no view repeats the rule. (SPEC, People; FLASK_APPBUILDER measured what
leaks without it.)

One trap of SQLAlchemy 2.1 (tried): where a statement joins a table with itself, the rule in the
ON clause speaks of the first of the two. Such a join goes through a subquery (screens/parts.py).

Widths: posts that see all read the whole jurisdiction. A body reads the cases of which it has
an access row; of their parts what came while it saw the case (`seq` up to `seen_through`), its
own, and the papers handed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, event, exists, false, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, scoped_session, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from app.models import (
    Attachment,
    Case,
    CaseAccess,
    Entry,
    Event,
    JurisdictionRow,
    Notice,
    Paper,
    PaperCopy,
    Party,
    Pause,
    Task,
)
from app.records import CaseLook, CaseSearch, HandedTask

AnySession = Session | scoped_session[Session]

#: Under names of their own, so that a query that reads these tables itself is not mixed up.
_ACCESS = CaseAccess.__table__.alias("sight_access")
_COPY = PaperCopy.__table__.alias("sight_copy")
#: Everything of a case; a new table of case rows must be added here (a test compares).
GUARDED: tuple[Any, ...] = (
    Case,
    Party,
    Task,
    Pause,
    Paper,
    PaperCopy,
    Event,
    Entry,
    Attachment,
    CaseAccess,
    Notice,
    CaseLook,
    CaseSearch,
    HandedTask,
)
#: Parts that a body sees by the time they came, or because they are its own.
_DATED = (Task, Pause, Paper, Event, Entry, Attachment)


class OutOfScope(RuntimeError):
    """A row of another jurisdiction was about to be written: a fault of the program."""


@dataclass(frozen=True)
class Scope:
    """What a session may read: nothing, everything (`system`), a jurisdiction, a body's cases.

    With `counts` the cases of the body are listed once for a statement, instead of asked for row
    by row: the same rule, for statements that read very many rows.
    """

    jurisdiction_id: int | None = None
    principal: str | None = None
    sees_all: bool = False
    is_system: bool = False
    counts: bool = False

    @classmethod
    def system(cls) -> Scope:
        """Return the scope of the command line and of deployment."""
        return cls(is_system=True)


NOTHING = Scope()


def see(session: AnySession, scope: Scope) -> None:
    """Let the session read what the scope allows, from now on."""
    session.info["scope"] = scope


def scope_of(session: AnySession) -> Scope:
    """Return what the session may read now."""
    found: Scope = session.info.get("scope", NOTHING)
    return found


@contextmanager
def everything(session: AnySession) -> Iterator[None]:
    """Lift the scope for the engine, which must know all of a case that it changes."""
    before = scope_of(session)
    see(session, Scope.system())
    try:
        yield
    finally:
        see(session, before)


@contextmanager
def counting(session: AnySession) -> Iterator[None]:
    """Let statements count: the scope stays, and its cases are listed once for each of them."""
    before = scope_of(session)
    see(session, replace(before, counts=True))
    try:
        yield
    finally:
        see(session, before)


def sees(row: CaseAccess | None, part: Any) -> bool:
    """Return whether a body with this access row sees a part of the case that is in memory.

    The same rule as `_own` gives to the database, for parts that the engine has loaded whole;
    a test holds the two together.
    """
    if row is None:
        return False
    handed = any(copy.body == row.body for copy in getattr(part, "copies", ()))
    return part.seq <= row.seen_through or part.body == row.body or handed


def install(target: Any) -> None:
    """Put the rule on a session class, factory or scoped session."""
    event.listen(target, "do_orm_execute", _narrow)
    event.listen(target, "before_flush", _guard)


def _narrow(state: ORMExecuteState) -> None:
    if state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    scope = scope_of(state.session)
    if not scope.is_system:
        state.statement = state.statement.options(*_options(scope))


def _guard(session: Session, _context: Any, _instances: Any) -> None:
    """Refuse to write a row of another jurisdiction."""
    scope = scope_of(session)
    if scope.jurisdiction_id is None:
        return
    for row in (*session.new, *session.dirty):
        if isinstance(row, JurisdictionRow) and row.jurisdiction_id != scope.jurisdiction_id:
            raise OutOfScope(f"{type(row).__name__} of another jurisdiction")


@lru_cache(maxsize=4096)
def _options(scope: Scope) -> tuple[LoaderCriteriaOption, ...]:
    return tuple(
        # Propagated, or a part that is joined eagerly would be read past the rule.
        with_loader_criteria(model, _criterion(model, scope), include_aliases=True)
        for model in GUARDED
    )


def _criterion(model: Any, scope: Scope) -> ColumnElement[bool]:
    if scope.jurisdiction_id is None:
        return false()
    here: ColumnElement[bool] = model.jurisdiction_id == scope.jurisdiction_id
    if scope.sees_all and model is not Notice:
        return here
    if scope.principal is None:
        return false()
    return and_(here, _own(model, scope))


#: What a body reads of the tables for which its part in the case does not matter.
_PLAIN: Mapping[Any, Callable[[str | None], ColumnElement[bool]]] = {
    Notice: lambda me: Notice.body == me,
    CaseLook: lambda me: false(),
    PaperCopy: lambda me: PaperCopy.body == me,
    HandedTask: lambda me: or_(HandedTask.body == me, HandedTask.given_by == me),
}


def _own(model: Any, scope: Scope) -> ColumnElement[bool]:
    """Return what a body reads of one table.

    Of notices what is addressed to it, of looks at a case nothing: those are the auditor's; of
    tasks without a case those that it has or gave.
    """
    me = scope.principal
    if model in _PLAIN:
        return _PLAIN[model](me)
    mine = and_(_ACCESS.c.jurisdiction_id == scope.jurisdiction_id, _ACCESS.c.body == me)
    case_id = Case.id if model is Case else model.case_id
    party_to = and_(mine, _ACCESS.c.case_id == case_id)
    has_case: ColumnElement[bool] = exists().where(party_to)
    if scope.counts:
        # Plus nothing, or SQLite would walk from the cases to their rows, past the index that
        # holds what is counted.
        has_case = (case_id + 0).in_(select(_ACCESS.c.case_id).where(mine))
    if model not in _DATED:
        return has_case
    timely = or_(model.seq <= _ACCESS.c.seen_through, model.body == me)
    seen: ColumnElement[bool] = exists().where(and_(party_to, timely))
    if scope.counts:
        seen = and_(has_case, or_(model.body == me, seen))
    if model is Paper:
        return or_(seen, exists().where(and_(_COPY.c.paper_id == Paper.id, _COPY.c.body == me)))
    return seen
