"""The deadline card: which day, why that day, and every day that counts on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext, ngettext

from app.database import NEVER
from app.rules.explained import PeriodDay, of_task, words_of
from app.rules.periods import stopping
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import date_day, date_short
from app.screens.parts import Parts
from app.screens.todo import Day

#: A longer period is drawn in spans only, not as a calendar.
MOST_WEEKS = 10
#: Hours stand in the calendar with their sign.
_HOURS = "hours"
_CLASSES = {"paused": "paused", "holiday": "holiday", "weekend": "off", "start": "start"}


@dataclass(frozen=True)
class Span:
    """Days in a row that are alike: which, how many, whether they count, why, by what."""

    days: str
    number: int
    counted: bool
    why: str
    source: str


def deadline(here: Desk, parts: Parts) -> dict[str, Any] | None:
    """Return the card of the due date that matters to the acting post; None where none runs."""
    dated = [task for task in parts.open_tasks if task.due_on < NEVER]
    if not dated:
        return None
    task = next((one for one in dated if one.body == here.me), dated[0])
    mechanism = here.world_of(parts.case).mechanism
    kind = mechanism.tasks[task.kind]
    days = _explained(here, parts, task)
    return {
        "words": words.due_of(here, task, parts.case),
        "date": date_short(task.due_on),
        "what": gettext("%(who)s: %(act)s", who=here.world.body_short(task.body), act=kind.label),
        "weeks": _weeks(here, task, days),
        "note": _note(parts, task, days),
        "spans": [_span(list(alike)) for _, alike in groupby(days, _likeness)],
        "basis": _basis(mechanism, kind, task),
        "clause": words.clause(mechanism, kind.due.clause if kind.due else kind.clause),
        "others": [_other(here, parts, one) for one in dated if one is not task],
    }


def _other(here: Desk, parts: Parts, task: Any) -> dict[str, str]:
    kind = here.world_of(parts.case).mechanism.tasks[task.kind]
    label = f"{here.world.body_short(task.body)} {kind.label}"
    due = words.due_of(here, task, parts.case)
    return {"label": label, "date": date_short(task.due_on), "words": due.big}


def _explained(here: Desk, parts: Parts, task: Any) -> list[PeriodDay]:
    """Return the days of the task's period."""
    began = next((event.at for event in parts.events if event.seq == task.seq), None)
    pauses = stopping(here.world_of(parts.case).mechanism, task, parts.pauses)
    return of_task(task, here.world.calendar, pauses, began)


# --- the days


def _weeks(here: Desk, task: Any, days: Sequence[PeriodDay]) -> list[list[Day | None]]:
    """Return the weeks from the start to the last day; nothing where they are too many."""
    if not days:
        return []
    lead = days[0].on.weekday()
    drawn: list[Day | None] = [None] * lead
    if lead + len(days) > 7 * MOST_WEEKS:
        return []
    drawn += [_day(here, task, day) for day in days]
    drawn += [None] * (-len(drawn) % 7)
    return [drawn[place : place + 7] for place in range(0, len(drawn), 7)]


def _day(here: Desk, task: Any, day: PeriodDay) -> Day:
    kind = "counted" if day.counted else _CLASSES.get(day.why, "work")
    extra = "makeup" if day.why == "make-up" else ""
    number = day.on.day
    return Day(
        label=gettext("%(day)s work", day=number) if extra else str(number),
        classes=" ".join(filter(None, (kind, extra, _mark(day.on, task.due_on, here.today)))),
        below=_below(day),
        big=_ran(day) if day.counted else "",
        words=date_short(day.on),
    )


def _ran(day: PeriodDay) -> str:
    """Return what has run by the end of a day, hours with their sign."""
    return gettext("%(n)s h", n=day.ran) if day.why == _HOURS else str(day.ran)


def _mark(day: date, due_on: date, today: date) -> str:
    if day == due_on:
        return "last"
    return "now" if day == today else ""


def _below(day: PeriodDay) -> str:
    if day.why == "start":
        return gettext("start")
    return gettext(day.name)[:4] if day.why == "holiday" else ""


def _likeness(day: PeriodDay) -> tuple[Any, ...]:
    return day.why, day.name, day.source, day.counted


def _span(alike: Sequence[PeriodDay]) -> Span:
    """Return days in a row that are alike as one line."""
    first, last = alike[0], alike[-1]
    days = date_short(first.on)
    if last is not first:
        days = gettext(
            "%(first)s to %(last)s", first=date_short(first.on), last=date_short(last.on)
        )
    source = gettext(first.source) if first.source else ""
    return Span(days, len(alike), first.counted, words.said(words_of(first)), source)


# --- the words


def _note(parts: Parts, task: Any, days: Sequence[PeriodDay]) -> str:
    """Return how the date came about: start, days left out, make-up days, pauses, extension."""
    said = [
        gettext("From %(day)s; the next day is the first that counts.", day=date_day(task.from_on))
    ]
    rest = sum(not day.counted and day.why in ("weekend", "holiday") for day in days)
    if rest:
        said.append(
            ngettext("%(num)s day off is left out.", "%(num)s days off are left out.", rest)
        )
    makeup = [date_day(day.on) for day in days if day.why == "make-up"]
    if makeup:
        said.append(gettext("Make-up working days count: %(days)s.", days=words.listed(makeup)))
    if task.extra:
        said.append(gettext("Extended by %(n)s.", n=task.extra))
    said.append(_pauses(parts))
    if task.is_provisional:
        years = words.listed(_unannounced(days) or [str(task.due_on.year)])
        said.append(
            gettext("The holidays of %(year)s are not announced yet: provisional.", year=years)
        )
    return words.sentences(said)


def _unannounced(days: Sequence[PeriodDay]) -> list[str]:
    """Return the years of the period whose notice is not out."""
    return list(dict.fromkeys(str(day.on.year) for day in days if day.provisional))


def _pauses(parts: Parts) -> str:
    if not parts.pauses:
        return gettext("No pause.")
    spans = []
    for one in parts.pauses:
        end = date_day(one.to_on) if one.to_on else gettext("today, still running")
        spans.append(gettext("%(first)s to %(last)s", first=date_day(one.from_on), last=end))
    return gettext("Paused: %(spans)s.", spans=words.listed(spans))


def _basis(mechanism: Any, kind: Any, task: Any) -> str:
    """Return the length with its unit, and whether law, the county or a proposal sets it."""
    if task.length is None or kind.due is None or task.unit != kind.due.unit:
        return gettext("The date was set by hand.") if task.length is not None else ""
    unit = mechanism.vocabulary.get("units", {}).get(kind.due.unit, kind.due.unit)
    basis = mechanism.vocabulary.get("basis", {}).get(kind.due.basis, kind.due.basis)
    return gettext("%(n)s %(unit)s: %(basis)s.", n=kind.due.length, unit=unit, basis=basis)
