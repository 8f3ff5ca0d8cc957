"""What every figure is counted with: for whom, over which days, from which rows.

Sight is on the session (app.security.sight). Beside it a body that does not see the whole
jurisdiction counts of the acts and tasks those that are its own, and of the cases all that it
sees, so that its figures agree with its lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Result,
    Select,
    String,
    and_,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.clock import CHINA
from app.columns import Moment
from app.directory import Directory
from app.errors import N_, Reason, Refused
from app.mechanism.schema import Mechanism, Term
from app.models import Case, Event, Task
from app.rules.shapes import NEVER
from app.rules.workdays import FIRST_YEAR, LAST_YEAR
from app.security.sight import AnySession, counting

Columns = TypeVarTuple("Columns")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


# --- the days


@dataclass(frozen=True)
class Span:
    """The days that are evaluated, both ends included."""

    first: date
    last: date

    @property
    def begin(self) -> datetime:
        """Return the moment at which the first day begins in China."""
        return datetime.combine(self.first, time(), CHINA)

    @property
    def end(self) -> datetime:
        """Return the moment at which the last day is over."""
        return datetime.combine(self.last + timedelta(1), time(), CHINA)

    def has(self, column: Any) -> ColumnElement[bool]:
        """Return whether a moment lies within the days."""
        return and_(column >= self.begin, column < self.end)


def read_span(first: str | None, last: str | None, today: date) -> Span:
    """Return the days from two texts; by default from New Year's Day until today.

    Raises Refused beside the field that is no date, or where they stand in the wrong order.
    """
    errors: dict[str, list[Reason]] = {}
    begin = _read_day("from", first, date(today.year, 1, 1), errors)
    end = _read_day("to", last, today, errors)
    if not errors and begin > end:
        errors["to"] = [Reason(N_("The last day lies before the first one; exchange the two"))]
    if errors:
        reasons = [one for found in errors.values() for one in found]
        raise Refused(Reason(N_("No period: %(reasons)s"), {"reasons": reasons}), errors)
    return Span(begin, end)


def _read_day(
    name: str, written: str | None, otherwise: date, errors: dict[str, list[Reason]]
) -> date:
    if not written:
        return otherwise
    try:
        found = date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        text = N_("“%(written)s” is no date; write it like 2024-11-04")
        errors[name] = [Reason(text, {"written": written[:40]})]
        return otherwise
    return found


# --- for whom


@dataclass(frozen=True)
class Reader:
    """For whom is counted: `own` is the body whose own figures they are, None the whole place."""

    session: AnySession
    world: Directory
    own: str | None
    span: Span
    now: datetime

    def read(self, query: Select[*Columns]) -> Result[*Columns]:
        """Return the rows of a statement within sight, which counts over very many."""
        with counting(self.session):
            return self.session.execute(query)

    @property
    def place(self) -> int:
        """Return the jurisdiction's id."""
        return self.world.jurisdiction_id

    @property
    def mechanism(self) -> Mechanism:
        """Return the mechanism in its newest version."""
        return self.world.mechanism

    @property
    def today(self) -> date:
        """Return the day on which the figures are drawn."""
        return self.now.astimezone(CHINA).date()


def own_of(mechanism: Mechanism, acting_for: str) -> str | None:
    """Return whose own figures a body or post reads; None where it sees the whole place."""
    holder: Any = mechanism.bodies.get(acting_for) or mechanism.posts.get(acting_for)
    return None if holder is not None and holder.sees_all else acting_for


# --- moments as days, on both databases


class civil_day(FunctionElement[date]):  # noqa: N801 # a function of SQL, named like one
    """The civil day in China of a moment."""

    type = Date()
    name = "civil_day"
    inherit_cache = True


class civil_month(FunctionElement[str]):  # noqa: N801
    """The civil month in China of a moment: `2024-11`."""

    type = String()
    name = "civil_month"
    inherit_cache = True


class end_of_day(FunctionElement[datetime]):  # noqa: N801
    """The moment at which a civil day in China is over."""

    type = Moment()
    name = "end_of_day"
    inherit_cache = True


class ended_by(FunctionElement[bool]):  # noqa: N801
    """Whether a moment lies before the end of a civil day in China."""

    type = Boolean()
    name = "ended_by"
    inherit_cache = True


def _written(before: str, after: str) -> Callable[..., str]:
    def write(element: Any, compiler: Any, **kw: Any) -> str:
        return before + compiler.process(element.clauses, **kw) + after

    return write


# Moments are kept in UTC; China is eight hours ahead and has had no summer time since 1991.
compiles(civil_day, "sqlite")(_written("date(", ", '+8 hours')"))
compiles(civil_month, "sqlite")(_written("substr(date(", ", '+8 hours'), 1, 7)"))
# SQLite keeps moments as texts, which compare like the moments: the day ends at 16:00 UTC.
compiles(end_of_day, "sqlite")(_written("(", " || ' 16')"))
compiles(end_of_day, "postgresql")(
    _written("(((", ") + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')")
)
compiles(civil_day, "postgresql")(_written("((", ") AT TIME ZONE 'Asia/Shanghai')::date"))
compiles(civil_month, "postgresql")(
    _written("to_char((", ") AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')")
)


@compiles(ended_by)
def _ended_by(element: Any, compiler: Any, **kw: Any) -> str:
    moment, day = element.clauses
    last: str = compiler.process(moment < end_of_day(day), **kw)
    return last


@compiles(ended_by, "sqlite")
def _ended_by_in_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    # Most tasks end on a day before; to compare the texts as they stand costs a third.
    moment, day = (compiler.process(one, **kw) for one in element.clauses)
    return f"({moment} < {day} OR {_ended_by(element, compiler, **kw)})"


# --- from which rows

# As they stand in the indexes of open and of fulfilled tasks: a database proves that such an
# index serves only where the state is written out, not handed in.
_OPEN: ColumnElement[str] = literal_column("'open'")
_DONE: ColumnElement[str] = literal_column("'done'")


def cases(reader: Reader) -> Select[Any]:
    """Return the cases registered in the period."""
    query = select().select_from(Case).where(Case.jurisdiction_id == reader.place)
    return query.where(reader.span.has(Case.registered_at))


def done(reader: Reader) -> Select[Any]:
    """Return the tasks fulfilled in the period; a body's are those that it owed."""
    query = select().select_from(Task).where(Task.jurisdiction_id == reader.place)
    query = query.where(Task.state == _DONE, reader.span.has(Task.closed_at))
    return query if reader.own is None else query.where(Task.body == reader.own)


def due(reader: Reader) -> Select[Any]:
    """Return the tasks whose due day lies in the period, open or fulfilled."""
    query = select().select_from(Task).where(Task.jurisdiction_id == reader.place)
    query = query.where(Task.due_on.between(reader.span.first, reader.span.last))
    query = query.where(Task.due_on < NEVER, Task.state.in_(("open", "done")))
    return query if reader.own is None else query.where(Task.body == reader.own)


def still_open(reader: Reader) -> Select[Any]:
    """Return the open tasks with a due day that began in the period."""
    query = select().select_from(Task).where(Task.jurisdiction_id == reader.place)
    query = query.where(Task.from_on.between(reader.span.first, reader.span.last))
    query = query.where(Task.due_on < NEVER, Task.state == _OPEN)
    return query if reader.own is None else query.where(Task.body == reader.own)


def acts(keys: Iterable[str]) -> Callable[[Reader], Select[Any]]:
    """Return what reads the acts of these keys in the period that no later act took back."""
    wanted = tuple(sorted(keys))

    def read(reader: Reader) -> Select[Any]:
        query = select().select_from(Event).where(Event.jurisdiction_id == reader.place)
        query = query.where(Event.key.in_(wanted), reader.span.has(Event.at), not_taken_back())
        return query if reader.own is None else query.where(Event.body == reader.own)

    return read


def not_taken_back() -> ColumnElement[bool]:
    """Return whether no other act of the case voids the event."""
    # The table itself, not the model: whether an act stands is no question of who asks.
    later = Event.__table__.alias("taking_back")
    voids = select(later.c.id).where(
        later.c.jurisdiction_id == Event.jurisdiction_id,
        later.c.case_id == Event.case_id,
        later.c.voids_seq == Event.seq,
    )
    return ~voids.exists()


def kept() -> ColumnElement[bool]:
    """Return whether a task was fulfilled by its due day, or by its moment where it has one."""
    by_day = and_(Task.due_at.is_(None), ended_by(Task.closed_at, Task.due_on))
    # Asked for, or without a moment the answer were NULL, and so were its contrary.
    by_moment = and_(Task.due_at.is_not(None), Task.closed_at <= Task.due_at)
    return and_(Task.state == "done", or_(by_day, by_moment))


def overdue(reader: Reader) -> ColumnElement[bool]:
    """Return whether a task is open past its due day.

    Days do not run while the case is paused, but for what the law alone measures.
    """
    case = Case.__table__.alias("of_task")
    paused = select(case.c.id).where(case.c.id == Task.case_id, case.c.paused_on.is_not(None))
    past = or_(Task.due_on < reader.today, Task.due_at < reader.now)
    by_law = [key for key, kind in reader.mechanism.tasks.items() if not kind.pauses]
    runs = or_(Task.kind.in_(by_law), ~paused.exists()) if by_law else ~paused.exists()
    return and_(Task.state == "open", past, runs)


def is_missed(reader: Reader) -> ColumnElement[bool]:
    """Return whether a task was fulfilled too late, or is overdue."""
    return or_(and_(Task.state == "done", ~kept()), overdue(reader))


def behind(query: Select[Any], case: Any) -> ColumnElement[bool]:
    """Return whether a case is that of one of these rows, `case` being their column of it."""
    return Case.id.in_(query.add_columns(case).correlate(None))


def how_many(condition: ColumnElement[bool] | None = None) -> ColumnElement[int]:
    """Return the number of rows, or of those that meet a condition."""
    number = func.count()
    return number if condition is None else number.filter(condition)


# --- what the mechanism's words mean here


def kinds_with(mechanism: Mechanism, act: str) -> tuple[str, ...]:
    """Return the kinds of tasks that an act fulfils."""
    return tuple(key for key, kind in mechanism.tasks.items() if act in kind.acts)


def handling_kinds(mechanism: Mechanism) -> tuple[str, ...]:
    """Return the kinds of tasks whose fulfilment decides a case: handling it is what they are.

    They can be extended, and the usual act that fulfils them brings the case to another stage.
    """
    return tuple(
        key
        for key, kind in mechanism.tasks.items()
        if kind.extendable and kind.acts and mechanism.actions[kind.acts[0]].then
    )


def finished_stages(mechanism: Mechanism) -> tuple[str, ...]:
    """Return the stages at which nothing more is to do."""
    return tuple(key for key, one in mechanism.stages.items() if one.state == "finished")


def terms(effects: Iterable[Term], word: str) -> list[Term]:
    """Return the effects of a word."""
    return [one for one in effects if one.word == word]
