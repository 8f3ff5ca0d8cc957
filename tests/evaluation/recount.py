"""The indicators and charts once more, in plain Python over the raw rows.

Written from the formulas that the pages show, not from the program's statements: it reads the
tables whole, decides by itself what a body may see, and counts with lists and loops.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.mechanism.schema import Mechanism
from app.models import Case, CaseAccess, Event, Jurisdiction, Pause, Task
from app.rules.workdays import WorkCalendar

CHINA = timezone(timedelta(hours=8))
NEVER = date(9999, 12, 31)


def day_of(moment: datetime) -> date:
    return moment.astimezone(CHINA).date()


class Raw:
    """All rows of one place, read once."""

    def __init__(self, session: Any, key: str) -> None:
        place = session.scalar(select(Jurisdiction.id).where(Jurisdiction.key == key))
        self.rows = {
            model: list(
                session.scalars(
                    select(model).where(model.jurisdiction_id == place).order_by(model.id)
                ).unique()
            )
            for model in (Case, CaseAccess, Event, Pause, Task)
        }

    def of_cases(self, model: Any) -> dict[int, list[Any]]:
        """Return the rows of a table by their case."""
        found: dict[int, list[Any]] = defaultdict(list)
        for row in self.rows[model]:
            found[row.case_id].append(row)
        return found

    def world(
        self, mechanism: Mechanism, calendar: WorkCalendar, own: str | None,
        first: date, last: date, now: datetime,
    ) -> World:  # fmt: skip
        """Return what one body sees of it: all of it where `own` is None."""
        rows = self.rows
        through = {row.case_id: row.seen_through for row in rows[CaseAccess] if row.body == own}

        def seen(part: Any) -> bool:
            limit = through.get(part.case_id)
            own_part = limit is not None and (part.seq <= limit or part.body == own)
            return own is None or own_part

        return World(
            mechanism, calendar, own, first, last, now,
            [one for one in rows[Case] if own is None or one.id in through],
            [one for one in rows[Task] if seen(one)],
            [one for one in rows[Event] if seen(one)],
            {one.id: one for one in rows[Case]}, self.of_cases(Event), self.of_cases(Pause),
        )  # fmt: skip


@dataclass
class World:
    """What is counted: the raw rows of one place, within the sight of one body."""

    mechanism: Mechanism
    calendar: WorkCalendar
    own: str | None
    first: date
    last: date
    now: datetime
    cases: list[Any]
    tasks: list[Any]
    events: list[Any]
    every_case: dict[int, Any]
    every_event: dict[int, list[Any]]
    pauses: dict[int, list[Any]]

    # --- the rows of a period

    def within(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def registered(self) -> list[Any]:
        return [one for one in self.cases if self.within(day_of(one.registered_at))]

    def mine(self, rows: Iterable[Any]) -> list[Any]:
        return [one for one in rows if self.own in (None, one.body)]

    def done(self) -> list[Any]:
        return [
            one
            for one in self.mine(self.tasks)
            if one.state == "done" and self.within(day_of(one.closed_at))
        ]

    def due(self) -> list[Any]:
        return [
            one
            for one in self.mine(self.tasks)
            if one.state != "void" and one.due_on != NEVER and self.within(one.due_on)
        ]

    def open(self) -> list[Any]:
        return [
            one
            for one in self.mine(self.tasks)
            if one.state == "open" and one.due_on != NEVER and self.within(one.from_on)
        ]

    def stands(self, event: Any) -> bool:
        return all(one.voids_seq != event.seq for one in self.every_event[event.case_id])

    def acts(self, *keys: str) -> list[Any]:
        return [
            one
            for one in self.mine(self.events)
            if one.key in keys and self.within(day_of(one.at)) and self.stands(one)
        ]

    # --- what is true of a task

    def kept(self, task: Any) -> bool:
        if task.state != "done":
            return False
        if task.due_at is not None:
            return bool(task.closed_at <= task.due_at)
        return bool(day_of(task.closed_at) <= task.due_on)

    def overdue(self, task: Any) -> bool:
        is_paused = self.every_case[task.case_id].paused_on is not None
        if task.state != "open" or (is_paused and self.mechanism.tasks[task.kind].pauses):
            return False
        past_moment = task.due_at is not None and task.due_at < self.now
        return bool(task.due_on < day_of(self.now) or past_moment)

    def known(self, task: Any) -> bool:
        return task.state == "done" or self.overdue(task)

    def handles(self, task: Any) -> bool:
        """A task whose usual act takes the case to another stage, and that can be extended."""
        kind = self.mechanism.tasks[task.kind]
        return bool(kind.extendable and kind.acts and self.mechanism.actions[kind.acts[0]].then)

    def handled(self) -> list[Any]:
        return [one for one in self.done() if self.handles(one)]

    def fulfils(self, act: str, tasks: Iterable[Any]) -> list[Any]:
        return [one for one in tasks if act in self.mechanism.tasks[one.kind].acts]

    def paused_within(self, task: Any) -> bool:
        ended = day_of(task.closed_at)
        return any(
            pause.from_on <= ended and (pause.to_on is None or pause.to_on > task.from_on)
            for pause in self.pauses[task.case_id]
        )

    def failed_before(self, task: Any) -> bool:
        return any(
            one.key == "record_attempt" and task.seq <= one.seq <= task.closed_seq
            for one in self.every_event[task.case_id]
        )

    def days(self, task: Any) -> int:
        """The working days after the start up to the end on which the case was not paused."""
        number, day, ended = 0, task.from_on + timedelta(1), day_of(task.closed_at)
        while day <= ended:
            halted = any(
                pause.from_on <= day and (pause.to_on is None or day < pause.to_on)
                for pause in self.pauses[task.case_id]
            )
            number += self.calendar.is_workday(day) and not halted
            day += timedelta(1)
        return number


# --- the indicators


def share(of: list[Any], among: list[Any], digits: int = 4) -> tuple[Any, int, int]:
    n, d = len(of), len(among)
    value = round(float(Decimal(n) / d) + 1e-12, digits) if d else None
    return value, n, d


def number(rows: list[Any]) -> tuple[Any, int, None]:
    return len(rows), len(rows), None


def indicators(w: World) -> dict[str, tuple[Any, Any, Any]]:
    """Return every indicator as (value, numerator, denominator)."""
    stages, ways = w.mechanism.stages, w.mechanism.tiers
    new, handled, done, due, still = w.registered(), w.handled(), w.done(), w.due(), w.open()
    accepted = [one for one in new if one.acceptor]
    on_way = [one for one in new if one.tier]
    led = [key for key, way in ways.items() if "leads" in way.roles]
    decisions = w.acts("accept", "decline")
    serving = w.fulfils("serve", done)
    outcomes = w.acts("record_remedy_result")
    found = {
        "registered": number(new),
        "unfinished_rate": share([o for o in new if stages[o.stage].state != "finished"], new),
        "same_day_rate": share(
            [o for o in new if day_of(o.registered_at) == day_of(o.visited_at)], new
        ),
        "complete_rate": elements(new),
        "amount": amount(new),
        "proposal_kept_rate": share(
            [o for o in accepted if (o.route.get("units") or [None])[0] == o.acceptor], accepted
        ),
        "joint_rate": share([o for o in on_way if o.tier in led], on_way),
        "highest_way_rate": share([o for o in on_way if o.tier == list(ways)[-1]], on_way),
        "accepted_rate": share(w.acts("accept"), decisions),
        "declined_rate": share(w.acts("decline"), decisions),
        "acceptance_on_time_rate": share(
            [o for o in w.fulfils("accept", done) if w.kept(o)], w.fulfils("accept", done)
        ),
        "transfers": number(w.acts("transfer")),
        "returns_each": share(w.acts("return_to_office"), w.acts("transfer")),
        "handled": number(handled),
        "on_time_rate": share([o for o in handled if w.kept(o)], handled),
        "on_time_unextended_rate": share(
            [o for o in handled if w.kept(o) and not o.extra], handled
        ),
        "extended_rate": share([o for o in handled if o.extra], handled),
        "paused_rate": share([o for o in handled if w.paused_within(o)], handled),
        "first_contact_rate": share(
            [o for o in handled if w.every_case[o.case_id].registrar == o.body], handled
        ),
        "due_kept_rate": share([o for o in due if w.kept(o)], [o for o in due if w.known(o)]),
        "overdue_rate": share([o for o in still if w.overdue(o)], still),
        "urged": number(w.acts("urge")),
        "served_on_time_rate": share([o for o in serving if w.kept(o)], serving),
        "served_at_first_rate": share([o for o in serving if not w.failed_before(o)], serving),
        "filed_on_time_rate": on_time(w, "file_with_office"),
        "archived_on_time_rate": on_time(w, "archive"),
        "objections_each": share(w.acts("record_objection"), w.acts("serve")),
        "set_aside_rate": share(
            [o for o in outcomes if o.inputs.get("result") == "set_aside"], outcomes
        ),
        "reopened": number(w.acts("reopen")),
    }
    return found | of_days([w.days(one) for one in handled])


def elements(new: list[Any]) -> tuple[Any, int, int]:
    filled = [
        None
        for one in new
        for value in (one.aspect, one.period_from, one.period_to, one.amount)
        if value is not None
    ]
    filled += [None for one in new if one.employer]
    return share(filled, [None] * 5 * len(new))


def amount(new: list[Any]) -> tuple[Any, Any, None]:
    known = [one.amount for one in new if one.amount is not None]
    text = f"{sum(known, Decimal(0)):.2f}" if known else None
    return text, text, None


def on_time(w: World, act: str) -> tuple[Any, int, int]:
    owed = w.fulfils(act, w.due())
    return share([o for o in owed if w.kept(o)], [o for o in owed if w.known(o)])


def of_days(days: list[int]) -> dict[str, tuple[Any, Any, Any]]:
    days, n = sorted(days), len(days)
    if not n:
        return {
            "days_mean": (None, 0, 0),
            "days_median": (None, None, 0),
            "days_p90": (None, None, 0),
        }
    middle = days[n // 2] if n % 2 else (days[n // 2 - 1] + days[n // 2]) / 2
    return {
        "days_mean": (math.floor(10 * sum(days) / n + 0.5) / 10, sum(days), n),
        "days_median": (middle, None, n),
        "days_p90": (days[math.ceil(0.9 * n - 1e-9) - 1], None, n),
    }


# --- the charts


def charts(w: World) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return the rows of every chart that are not nothing, by key."""
    new = w.registered()
    return {
        "month": _count(f"{day_of(one.registered_at):%Y-%m}" for one in new),
        "category": _count(str(one.category) for one in new),
        "unit": _count(one.holder for one in new),
        "stage": _count(one.stage for one in new),
        "insurance": _count(kind for one in new for kind in set(one.insurance)),
        "days": _days(w),
        "due": _due(w),
        "flow": _flow(w),
    }


def _count(keys: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    return {key: (number,) for key, number in Counter(keys).items()}


def _by_body(tasks: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for task in tasks:
        found[task.body].append(task)
    return found


def _days(w: World) -> dict[str, tuple[Any, ...]]:
    found = {}
    for body, tasks in _by_body(w.handled()).items():
        figures = of_days([w.days(one) for one in tasks])
        found[body] = (len(tasks), figures["days_median"][0], figures["days_p90"][0])
    return found


def _due(w: World) -> dict[str, tuple[Any, ...]]:
    inside = {*w.mechanism.bodies, *w.mechanism.posts}
    rows = _by_body(one for one in w.due() if one.body in inside)
    counted = {
        body: (sum(map(w.kept, tasks)), sum(w.known(one) and not w.kept(one) for one in tasks))
        for body, tasks in rows.items()
    }
    return {body: figures for body, figures in counted.items() if any(figures)}


def _flow(w: World) -> dict[str, tuple[Any, ...]]:
    found: Counter[str] = Counter()
    for event in w.events:
        moved = event.changes.get("fields", {}).get("holder")
        concerned = moved and w.own in (None, *moved)
        if concerned and w.within(day_of(event.at)) and w.stands(event):
            found["-".join(moved)] += 1
    return {key: (number,) for key, number in found.items()}


def cases_of_bars(w: World) -> dict[tuple[str, str, str], frozenset[int]]:
    """Return the cases behind the bars that count tasks and acts, by chart, row and series."""
    found: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for task in w.handled():
        found["days", task.body, "median"].add(task.case_id)
    for task in w.due():
        if task.body in {*w.mechanism.bodies, *w.mechanism.posts} and w.known(task):
            found["due", task.body, "kept" if w.kept(task) else "missed"].add(task.case_id)
    for event in w.events:
        moved = event.changes.get("fields", {}).get("holder")
        if moved and w.own in (None, *moved) and w.within(day_of(event.at)) and w.stands(event):
            found["flow", "-".join(moved), "times"].add(event.case_id)
    return {key: frozenset(cases) for key, cases in found.items()}


def as_json(value: Any) -> Any:
    """Return a value as it comes back from JSON."""
    return json.loads(json.dumps(value))
