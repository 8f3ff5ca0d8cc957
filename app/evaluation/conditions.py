"""What the numbers of the indicators are counted from, and under which condition.

A condition is asked with the reader and gives an expression of SQL: it may hang on the words of
the mechanism (which tasks decide a case), on the day, on who reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, or_, select

from app.evaluation import counting
from app.evaluation.counting import Reader, how_many, kinds_with
from app.models import Case, Event, Pause, Task

#: The acts that are evaluated, by the keys that every mechanism gives them.
ACCEPT, DECLINE, TRANSFER, RETURN = "accept", "decline", "transfer", "return_to_office"
SERVE, ATTEMPT, FILE, ARCHIVE = "serve", "record_attempt", "file_with_office", "archive"
OBJECT, OUTCOME, REOPEN, URGE = "record_objection", "record_remedy_result", "reopen", "urge"
REGISTER, EXTEND, PAUSE, LEADS = "register", "extend", "pause", "leads"
_ACTS = (ACCEPT, DECLINE, TRANSFER, RETURN, SERVE, OBJECT, OUTCOME, REOPEN, URGE)

Condition = Callable[[Reader], ColumnElement[bool]]


@dataclass(frozen=True)
class Number:
    """A number counted from rows: `rows` selects them, `counted` is the aggregate over them.

    `case` is the column of a row's case, `condition` what the counted ones of the rows meet.
    """

    rows: Callable[[Reader], Select[Any]]
    counted: Callable[[Reader], ColumnElement[Any]]
    case: Any
    condition: Condition | None = None

    def behind(self, reader: Reader) -> ColumnElement[bool]:
        """Return whether a case is behind the number."""
        query = self.rows(reader)
        if self.condition is not None:
            query = query.where(self.condition(reader))
        return counting.behind(query, self.case)


# --- the numbers


def _counter(rows: Callable[[Reader], Select[Any]], case: Any) -> Callable[..., Number]:
    def number(condition: Condition | None = None) -> Number:
        def counted(reader: Reader) -> ColumnElement[Any]:
            return how_many(condition and condition(reader))

        return Number(rows, counted, case, condition)

    return number


def _done(reader: Reader) -> Select[Any]:
    """Return the fulfilled tasks of the kinds that are evaluated, which an index holds by kind."""
    kinds = {*counting.handling_kinds(reader.mechanism)}
    kinds |= {kind for act in (ACCEPT, SERVE) for kind in kinds_with(reader.mechanism, act)}
    return counting.done(reader).where(Task.kind.in_(sorted(kinds)))


of_cases = _counter(counting.cases, Case.id)
of_done = _counter(_done, Task.case_id)
of_due = _counter(counting.due, Task.case_id)
of_open = _counter(counting.still_open, Task.case_id)
read_acts = counting.acts(_ACTS)
_of_acts = _counter(read_acts, Event.case_id)


def of_acts(*keys: str) -> Number:
    """Return the number of acts of these keys."""
    return _of_acts(lambda _reader: Event.key.in_(keys))


def owed(act: str, condition: Condition | None = None) -> Condition:
    """Return the condition of a task that this act fulfils, and of another where given."""

    def holds(reader: Reader) -> ColumnElement[bool]:
        kind = Task.kind.in_(kinds_with(reader.mechanism, act))
        return kind if condition is None else and_(kind, condition(reader))

    return holds


def of_handled(condition: Condition | None = None) -> Number:
    """Return the number of handling tasks fulfilled, of those that meet a condition."""

    def holds(reader: Reader) -> ColumnElement[bool]:
        kind = Task.kind.in_(counting.handling_kinds(reader.mechanism))
        return kind if condition is None else and_(kind, condition(reader))

    return of_done(holds)


def _case_of_task(*conditions: Any) -> ColumnElement[bool]:
    # The table itself: the task was seen, and only its case is looked at.
    case = Case.__table__.c
    query = select(case.id).where(case.id == Task.case_id, *conditions)
    return query.correlate(Task.__table__).exists()


# --- the conditions


def same_day(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a case was registered on the day of the visit."""
    return counting.civil_day(Case.registered_at) == counting.civil_day(Case.visited_at)


def unfinished(reader: Reader) -> ColumnElement[bool]:
    """Return whether something is still to do in a case."""
    return Case.stage.not_in(counting.finished_stages(reader.mechanism))


def on_a_way(_reader: Reader) -> ColumnElement[bool]:
    """Return whether it is known which way a case goes."""
    return Case.tier.is_not(None)


def joint(reader: Reader) -> ColumnElement[bool]:
    """Return whether a case goes a way on which one unit leads others."""
    ways = [key for key, tier in reader.mechanism.tiers.items() if LEADS in tier.roles]
    return Case.tier.in_(ways)


def highest(reader: Reader) -> ColumnElement[bool]:
    """Return whether a case goes the mechanism's last way."""
    return Case.tier == list(reader.mechanism.tiers)[-1]


def accepted(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a unit has accepted a case."""
    return Case.acceptor.is_not(None)


def as_proposed(_reader: Reader) -> ColumnElement[bool]:
    """Return whether the unit that accepted was the one proposed first."""
    return Case.route[("units", 0)].as_string() == Case.acceptor


def in_time(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a task was fulfilled by its due day."""
    return counting.kept()


def in_time_unextended(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a task was fulfilled by its due day, never extended."""
    return and_(counting.kept(), Task.extra == 0)


def ended_or_missed(reader: Reader) -> ColumnElement[bool]:
    """Return whether it is known of a task that its due day was kept or missed."""
    return or_(counting.kept(), counting.is_missed(reader))


def extended(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a task's due day had been extended."""
    return Task.extra > 0


def paused(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a pause of the case fell into the time of a task."""
    pause = Pause.__table__.c
    query = select(pause.id).where(
        pause.jurisdiction_id == Task.jurisdiction_id,
        pause.case_id == Task.case_id,
        pause.from_on <= counting.civil_day(Task.closed_at),
        or_(pause.to_on.is_(None), pause.to_on > Task.from_on),
    )
    return query.correlate(Task.__table__).exists()


def by_the_first(_reader: Reader) -> ColumnElement[bool]:
    """Return whether a task was owed by the body that registered its case."""
    return _case_of_task(Case.__table__.c.registrar == Task.body)


def at_first(reader: Reader) -> ColumnElement[bool]:
    """Return whether no failed attempt was recorded while a task was open."""
    tried = Event.__table__.c
    query = select(tried.id).where(
        tried.jurisdiction_id == Task.jurisdiction_id,
        tried.case_id == Task.case_id,
        tried.key == ATTEMPT,
        tried.seq.between(Task.seq, Task.closed_seq),
    )
    # Few cases were tried in vain: the others are not asked for one by one.
    cases = select(tried.case_id).where(
        tried.jurisdiction_id == reader.place, tried.key == ATTEMPT
    )
    return or_(Task.case_id.not_in(cases), ~query.correlate(Task.__table__).exists())


#: What a registration may leave out and handling needs (Z5-3).
ELEMENTS = ("aspect", "period_from", "period_to", "amount", "employer")


def _is_filled(name: str) -> ColumnElement[bool]:
    column = getattr(Case, name)
    return column != "" if name == "employer" else column.is_not(None)


def _elements(_reader: Reader) -> ColumnElement[Any]:
    """Return how many elements are filled in, over all cases."""
    filled = [cast(_is_filled(name), Integer) for name in ELEMENTS]
    return func.coalesce(func.sum(sum(filled[1:], filled[0])), 0)


def _asked(_reader: Reader) -> ColumnElement[Any]:
    """Return how many elements there could be, over all cases."""
    return func.count() * len(ELEMENTS)


def _amount(_reader: Reader) -> ColumnElement[Any]:
    """Return the sum of the amounts in dispute."""
    return func.sum(Case.amount)


def _set_aside(reader: Reader) -> ColumnElement[bool]:
    """Return whether the outcome of a remedy is one by which a decision no longer counts."""
    action = reader.mechanism.actions.get(OUTCOME)
    wanted = {
        name: chosen if isinstance(chosen, tuple) else (chosen,)
        for one in counting.terms(action.does if action else (), "supersede")
        if one.when is not None and one.when.word == "chosen"
        for name, chosen in one.when.arg.items()
    }
    found = [Event.inputs[name].as_string().in_(chosen) for name, chosen in wanted.items()]
    return and_(Event.key == OUTCOME, or_(*found)) if found else Event.key.in_(())


#: Numbers that are no plain counts of rows, and what is told apart by more than its act.
ELEMENTS_FILLED = Number(counting.cases, _elements, Case.id)
ELEMENTS_ASKED = Number(counting.cases, _asked, Case.id)
AMOUNT = Number(counting.cases, _amount, Case.id, lambda _reader: Case.amount.is_not(None))
SET_ASIDE = _of_acts(_set_aside)
