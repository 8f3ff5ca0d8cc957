"""Remedies: what a decision offers by law, and on which day each way ends for whom.

A decision tells of its own ways: its issuer and kind say which (Reconsideration Law 20, 24, 27;
Administrative Litigation Law 46; the profile's `remedies` names law and addressee of each). The
time runs from the service on each recipient, and nothing in the mechanism stops it (DOMAIN 3.3).
Where a date is in doubt the later one is told, so that no right is cut short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.mechanism.remedy import Addressee, Recourse, Way
from app.mechanism.schema import Mechanism
from app.mechanism.schema import Period as Length
from app.rules.due_dates import Due, Period, due
from app.rules.workdays import WorkCalendar

#: Where an event keeps what was served: the day for all, and days of single recipients.
SERVED = "served"


@dataclass(frozen=True)
class LastDay:
    """The day on which a way ends for one recipient of one decision (or of an act from outside).

    `recipient` is empty where the day holds for every applicant.
    """

    way: Way
    to: Addressee
    from_on: date
    due: Due
    recipient: str = ""
    paper: Any = None


def recourse(m: Mechanism, issuer: str, kind: str) -> Recourse | None:
    """Return the remedies against a paper of an issuer; None where it is no act of its own."""
    fitting = (r for r in m.remedies.given.values() if issuer in r.issuers and kind in r.papers)
    return next(fitting, None)


def notice(m: Mechanism, issuer: str, kind: str) -> str:
    """Return the paragraph on remedies that a decision prints; nothing where there are none."""
    found = recourse(m, issuer, kind)
    if found is None:
        return ""
    offered = [_offer(m, m.remedies.ways[key], to) for key, to in found.ways.items()]
    return m.remedies.notice.format(ways=m.remedies.between.join(offered))


def _offer(m: Mechanism, way: Way, to: Addressee) -> str:
    unit = m.vocabulary["units"].get(way.due.unit, "")
    return way.text.format(period=f"{way.due.length}{unit}", body=to.body, address=to.address)


def last_days(
    m: Mechanism, calendar: WorkCalendar, events: Sequence[Any], papers: Sequence[Any]
) -> list[LastDay]:
    """Return the last days that the services of a case have brought, the oldest first.

    Each service carries the decisions issued since the one before; each has its own ways.
    """
    found: list[LastDay] = []
    since = 0
    for event in events:
        served = event.changes.get(SERVED)
        if served is None:
            continue
        for paper in papers:
            if since < paper.seq < event.seq and paper.state != "void":
                found.extend(_of_paper(m, calendar, paper, served))
        since = event.seq
    return found


def _of_paper(
    m: Mechanism, calendar: WorkCalendar, paper: Any, served: Mapping[str, Any]
) -> Iterator[LastDay]:
    given = recourse(m, paper.body, paper.kind)
    if given is None:
        return
    for recipient, day in served["to"] or [["", served["on"]]]:
        began = date.fromisoformat(day)
        for way, to in _from_service(m, given.ways):
            yield LastDay(way, to, began, _end(began, way.due, calendar), recipient, paper)


def _from_service(m: Mechanism, ways: Mapping[str, Addressee]) -> Iterable[tuple[Way, Addressee]]:
    """Yield the ways whose time runs from the service; another comes after one of them."""
    for key, to in ways.items():
        if m.remedies.ways[key].after is None:
            yield m.remedies.ways[key], to


def _end(began: date, length: Length, calendar: WorkCalendar) -> Due:
    return due(began, Period(length.length, length.unit), calendar)  # type: ignore[arg-type]


def contested(m: Mechanism, calendar: WorkCalendar, more: Mapping[str, Any]) -> list[LastDay]:
    """Return the last days of the remedies against the act that the applicant has received.

    A longer time that was told holds; where none was told, the longest that the law allows.
    """
    act = more.get("contested_act") or {}
    if not act.get("served_on") or not m.remedies.ways:
        return []
    began = date.fromisoformat(act["served_on"])
    return [
        LastDay(way, to, began, _told(m, calendar, began, way, act.get("period_told")))
        for way, to in _from_service(m, _against(m, str(act.get("body", ""))))
    ]


def _against(m: Mechanism, name: str) -> Mapping[str, Addressee]:
    """Return the ways against an act by the name of its issuer, as it was written down."""
    bodies = (key for key, body in m.bodies.items() if name in (body.name, body.short))
    issuer = next(bodies, None)
    for one in m.remedies.given.values():
        if issuer in one.issuers or any(word in name for word in one.known_by):
            return one.ways
    return m.remedies.otherwise


def _told(m: Mechanism, calendar: WorkCalendar, began: date, way: Way, told: Any) -> Due:
    found = _end(began, way.due, calendar)
    if told is False and m.remedies.untold is not None:
        return max(found, _end(began, m.remedies.untold, calendar), key=lambda one: one.on)
    if isinstance(told, int) and not isinstance(told, bool):
        longer = due(began, Period(told, "day"), calendar)
        return max(found, longer, key=lambda one: one.on)
    return found


def is_over(one: LastDay, today: date) -> bool:
    """Return whether the way has ended."""
    return one.due.on < today
