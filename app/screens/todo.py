"""The to-do page: what the acting post owes, by urgency, and what it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, and_, exists, or_, select, tuple_
from sqlalchemy.orm import aliased, contains_eager

from app import intake
from app.database import NEVER
from app.mechanism.schema import Mechanism, Term
from app.models import Case, Event, Task
from app.rules.periods import is_late
from app.rules.urging import URGE
from app.screens import words
from app.screens.desk import Desk, desk
from app.screens.formats import Due, date_day, date_long

#: Rows of one page; the next page goes on after the last row (keyset, not offset).
PAGE = 50
MOST_WAITING = 20
WEEKS = 3
LONGEST_NOTE = 60


@dataclass(frozen=True)
class Row:
    """A line of the queue: due date, whose matter, where it stands, the next step."""

    due: Due
    name: str
    kind: str
    note: str
    short: str
    chip: words.Chip
    url: str
    action: words.Link | None
    late: bool = False
    now: bool = False
    waiting: bool = False


@dataclass(frozen=True)
class Group:
    """Rows of one urgency."""

    key: str
    title: str
    note: str
    tone: str
    icon: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """A day of the calendar."""

    label: str
    classes: str
    below: str = ""
    big: str = ""
    url: str = ""
    words: str = ""


def page() -> str:
    """Draw the to-do page of the acting post."""
    here = desk()
    tasks = _owed(here, request.args.get("after", ""))
    more, tasks = tasks[PAGE:], tasks[:PAGE]
    groups = _groups(here, tasks)
    if "after" not in request.args:
        groups["waiting"].rows.extend(_waiting_rows(here))
    view = {
        "lead": _lead(here, tasks, bool(more)),
        "register_url": _register_url(here),
        "figures": [_figure(group, bool(more)) for group in groups.values()],
        "groups": [group for group in groups.values() if group.rows],
        "nothing": gettext("Nothing is waiting for you. What comes in appears here at once."),
        "next_link": None,
        "next_url": _next_url(tasks) if more else "",
        "calendar": _calendar(here, tasks),
        "notes": _notes(here),
        "recent": [],
    }
    return render_template("todo.html", view=view)


# --- reading


def _open(here: Desk) -> Select[tuple[Task]]:
    """Return the query of open tasks with their cases, the most urgent first."""
    return (
        select(Task)
        .join(Task.case)
        .options(contains_eager(Task.case).selectinload(Case.parties))
        .where(Task.jurisdiction_id == here.actor.jurisdiction_id, Task.state == "open")
        .order_by(Task.due_on, Task.id)
    )


def _owed(here: Desk, after: str) -> list[Task]:
    """Return the open tasks of the acting post, one more than a page."""
    query = _open(here).where(Task.body == here.me).limit(PAGE + 1)
    last = _after(after)
    if last is not None:
        query = query.where(tuple_(Task.due_on, Task.id) > last)
    return list(here.session.scalars(query))


def _after(text: str) -> tuple[date, int] | None:
    """Return the last row of the page before; nonsense begins at the start."""
    day, _, number = text.partition(",")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None


def _next_url(tasks: Sequence[Task]) -> str:
    last = tasks[-1]
    return url_for("screens.todo", after=f"{last.due_on.isoformat()},{last.id}")


def _waiting_for(here: Desk) -> list[Task]:
    """Return what others owe in the cases that the acting post holds or leads."""
    query = _open(here).where(
        Task.body.in_(_others(here)),
        or_(Case.holder == here.me, and_(Case.lead == here.me, Case.holder != here.me)),
        Task.due_on < NEVER,
    )
    return list(here.session.scalars(query.limit(MOST_WAITING)))


def _others(here: Desk) -> list[str]:
    """Return whoever else may owe something, so that the index of open tasks is used."""
    known = here.world.mechanism
    return [key for key in (*known.bodies, *known.posts, "applicant", "outside") if key != here.me]


# --- drawing


def _groups(here: Desk, tasks: Iterable[Task]) -> dict[str, Group]:
    groups = {
        "late": Group(
            "late", gettext("Overdue"), gettext("these first"), "late", "triangle-exclamation"
        ),
        "today": Group(
            "today", gettext("Due today"), gettext("before the day ends"), "today", "clock"
        ),
        "new": Group("new", gettext("New"), gettext("decide who handles it"), "", "inbox"),
        "next": Group("next", gettext("Due later"), "", "", "calendar"),
        "waiting": Group(
            "waiting",
            gettext("Waiting for others"),
            gettext("nothing to do for you; you see how far they are"),
            "",
            "hourglass-half",
        ),
    }
    known = list(tasks)
    urged = _urged(here, known)
    for task in known:
        rows = groups[_urgency(here, task)].rows
        is_first = not any(g.rows for g in groups.values())
        rows.append(_row(here, task, is_first=is_first, is_urged=task.case_id in urged))
    return groups


def _urgency(here: Desk, task: Task) -> str:
    if task.case.paused_on is None and is_late(task, here.now):
        return "late"
    if task.case.paused_on is None and task.due_on == here.today:
        return "today"
    first = here.world.mechanism.register.then
    return "new" if first and task.case.stage == first[0].stage else "next"


def _urged(here: Desk, tasks: Sequence[Task]) -> set[int]:
    """Return the cases among these in which the acting body was urged and has not acted since."""
    later = aliased(Event)
    acted = exists().where(
        later.jurisdiction_id == Event.jurisdiction_id,
        later.case_id == Event.case_id,
        later.body == here.me,
        later.seq > Event.seq,
    )
    query = select(Event.case_id, Event.inputs).where(
        Event.jurisdiction_id == here.actor.jurisdiction_id,
        Event.case_id.in_({task.case_id for task in tasks}),
        Event.key == URGE,
        ~acted,
    )
    found = here.session.execute(query) if tasks else ()
    return {row.case_id for row in found if row.inputs.get("unit") == here.me}


def _row(here: Desk, task: Task, *, is_first: bool, is_urged: bool) -> Row:
    case, mechanism = task.case, here.world_of(task.case).mechanism
    kind = mechanism.tasks[task.kind]
    due = words.due_of(here, task, task.case)
    mark = gettext("[urged by the office]") if is_urged else ""
    return Row(
        due=due,
        name=case.applicant.name,
        kind=words.matter(mechanism, case),
        note=_shortened(" ".join(filter(None, (mark, kind.label, task.note)))),
        short=words.short_number(case),
        chip=words.stage_chip(mechanism, case),
        url=url_for("screens.case", case_id=case.id),
        action=_action(here, case, kind.acts),
        late=due.tone == "late",
        now=is_first,
    )


def _action(here: Desk, case: Case, acts: Sequence[str]) -> words.Link:
    """Return the row's one button: what usually fulfils the task, or a look at the case."""
    mechanism = here.world_of(case).mechanism
    usual = next((key for key in acts if _may_be_mine(here, mechanism, key)), None)
    if usual is None:
        return words.Link(gettext("View"), url_for("screens.case", case_id=case.id))
    label = words.action_label(mechanism, usual, here.me, case.tier)
    return words.Link(label, url_for("screens.case", case_id=case.id, do=usual))


def _may_be_mine(here: Desk, mechanism: Mechanism, key: str) -> bool:
    """Return whether the act is not barred by what the acting body is (deciding, advising)."""
    body = mechanism.bodies.get(here.me)
    kinds = [term.arg for term in _terms(mechanism.actions[key].by) if term.word == "bodies"]
    return body is None or all(getattr(body, kind, False) for kind in kinds)


def _terms(found: Any) -> Iterator[Term]:
    """Yield every who-term of an expression, those inside others too."""
    if isinstance(found, Term):
        yield found
        yield from _terms(found.arg)
    elif isinstance(found, tuple | list):
        for one in found:
            yield from _terms(one)


def _waiting_rows(here: Desk) -> list[Row]:
    rows = []
    for task in _waiting_for(here):
        case, mechanism = task.case, here.world_of(task.case).mechanism
        who, what = here.world.body_short(task.body), mechanism.tasks[task.kind].label
        rows.append(
            Row(
                due=words.due_of(here, task, task.case),
                name=case.applicant.name,
                kind=words.matter(mechanism, case),
                note=gettext("waiting for %(who)s: %(what)s", who=who, what=what),
                short=words.short_number(case),
                chip=words.stage_chip(mechanism, case),
                url=url_for("screens.case", case_id=case.id),
                action=words.Link(gettext("View"), url_for("screens.case", case_id=case.id)),
                waiting=True,
            )
        )
    return rows


def _shortened(note: str) -> str:
    return note if len(note) <= LONGEST_NOTE else f"{note[:LONGEST_NOTE]}\N{HORIZONTAL ELLIPSIS}"


def _lead(here: Desk, tasks: Sequence[Task], is_more: bool) -> str:
    """Return the line under the title: what day it is, how much waits, how much is late."""
    day = here.world.calendar.kind_of(here.today)
    kind = (
        gettext("working day")
        if here.world.calendar.is_workday(here.today)
        else gettext("day off")
    )
    parts = [
        gettext(
            "%(day)s, %(kind)s%(name)s.",
            day=date_long(here.today),
            kind=kind,
            name=_brackets(day.name),
        )
    ]
    late = sum(_urgency(here, task) == "late" for task in tasks)
    number = f"{len(tasks)}+" if is_more else str(len(tasks))
    if tasks and late:
        parts.append(
            gettext("%(n)s matters wait for you, %(late)s of them overdue.", n=number, late=late)
        )
    elif tasks:
        parts.append(gettext("%(n)s matters wait for you.", n=number))
    return words.sentences(parts)


def _brackets(name: str) -> str:
    return gettext(" (%(name)s)", name=gettext(name)) if name else ""


def _register_url(here: Desk) -> str:
    body = here.world.mechanism.bodies.get(here.me)
    return url_for("screens.register") if body is not None and body.registering else ""


def _figure(group: Group, is_more: bool) -> dict[str, Any]:
    number = len(group.rows)
    plus = "+" if is_more and number and group.key in ("new", "next") else ""
    return {
        "key": group.key,
        "tone": group.tone if number else "",
        "icon": group.icon,
        "label": group.title,
        "count": f"{number}{plus}",
        "has_rows": bool(number),
    }


def _calendar(here: Desk, tasks: Sequence[Task]) -> list[list[Day]]:
    """Return three weeks from Monday with how much is due on each day."""
    due = Counter(task.due_on for task in tasks if task.case.paused_on is None)
    monday = here.today - timedelta(here.today.weekday())
    days = [_day(here, monday + timedelta(shift), due) for shift in range(7 * WEEKS)]
    return [days[7 * week : 7 * week + 7] for week in range(WEEKS)]


def _day(here: Desk, day: date, due: Counter[date]) -> Day:
    number, is_work = due[day], here.world.calendar.is_workday(day)
    below = gettext("%(n)s due", n=number) if number else ("" if is_work else gettext("off"))
    classes = ["work" if is_work and day >= here.today else ""]
    classes.append("has" if number else "")
    classes.append("now" if day == here.today else "")
    return Day(
        label=str(day.day),
        classes=" ".join(filter(None, classes)),
        below=below,
        big=below if number else "",
        words=date_day(day),
    )


def _notes(here: Desk) -> list[str]:
    """Return what is unusual about these days: make-up working days and holidays near by.

    Those who answer for the whole mechanism read first of its end.
    """
    notes = []
    end = intake.ending(here.session, here.world, here.today) if here.sees_all else None
    if end is not None:
        notes.append(words.said(end))
    for shift in range(-3, 8):
        day = here.today + timedelta(shift)
        kind = here.world.calendar.kind_of(day)
        if kind.kind == "make-up":
            text = gettext("%(day)s is a make-up working day; it counts.", day=date_long(day))
            notes.append(text)
        elif kind.kind == "holiday" and shift > 0:
            text = gettext(
                "%(day)s is off (%(name)s); it does not count.",
                day=date_long(day),
                name=gettext(kind.name),
            )
            notes.append(text)
    return notes[:3]
