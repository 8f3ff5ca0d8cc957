"""Cases that went through the engine, each to another point of its way: what volume is made of.

One mechanism is enough to measure; the journeys speak the demonstration's first one. Every act
goes through the one door, so that the rows of the copies are those that the engine writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import select

from app import demo, invented, workflow
from app.directory import Directory, directory_of
from app.models import Appointment, Case, Jurisdiction
from app.rules.shapes import ZONE, Actor
from app.security.posts import posts_of
from app.security.sight import AnySession

#: Whoever decides, and with whom it handles a case together.
PAIRS = (("tax", "hrss"), ("hrss", "tax"), ("medical", "tax"))
#: Who registers a case that another body decides.
REGISTRARS = ("tax", "hrss", "medical", "gov", "justice", "petition")

#: An act: for whom, its key, inputs that matter. The rest is filled in as the demonstration does.
Step = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Pattern:
    """A case as the engine left it: which body registered it, how far it is, who owes most."""

    case_id: int
    applicant: str
    unit: str
    is_open: bool


def own(unit: str, _other: str) -> list[Step]:
    """Return the way of a case that one body decides (Z4.2a)."""
    return [
        (unit, "accept", {}),
        (unit, "resolve", {}),
        (unit, "serve", {}),
        (unit, "archive", {}),
        ("office", "archive", {}),
    ]


def joint(unit: str, other: str) -> list[Step]:
    """Return the way of a case that two bodies decide (Z4.2.1)."""
    return [
        (unit, "accept", {}),
        (unit, "start_joint", {"units": [other]}),
        (unit, "submit_decision", {}),
        (other, "submit_decision", {}),
        (unit, "issue_reply", {}),
        (unit, "serve", {}),
        (unit, "file_with_office", {}),
        (unit, "archive", {}),
        ("office", "archive", {}),
    ]


def special(unit: str, other: str) -> list[Step]:
    """Return the way of a complex case (Z4.2.2)."""
    return [
        (unit, "accept", {}),
        (unit, "escalate", {}),
        ("leader", "approve", {}),
        ("office", "record_minutes", {"units": [unit, other]}),
        (unit, "submit_decision", {}),
        (other, "submit_decision", {}),
        ("office", "issue_reply", {}),
        ("office", "serve", {}),
        (unit, "archive", {}),
        ("office", "archive", {}),
    ]


def ways() -> Iterator[tuple[str, list[Step]]]:
    """Return each registrar with the acts of its case, whole and broken off after every act."""
    for (unit, other), way in product(PAIRS, (own, joint, special)):
        steps = way(unit, other)
        yield from ((unit, steps[:count]) for count in range(len(steps) + 1))
    for registrar, (unit, other) in product(REGISTRARS, PAIRS):
        yield registrar, []
        if registrar != unit:
            handed = [(registrar, "transfer", {"unit": unit}), *own(unit, other)]
            yield from ((registrar, handed[:count]) for count in (1, 2, len(handed)))


class Maker:
    """Takes cases through the engine."""

    def __init__(self, session: AnySession, place: Jurisdiction, start: datetime) -> None:
        self.session, self.place, self.start = session, place, start
        self.invented = invented.Invented.seeded(demo.SEED)
        self.actors = _actors(session, place, start)

    @property
    def directory(self) -> Directory:
        """Return the jurisdiction's world."""
        return directory_of(self.session, self.place)

    def make(self) -> list[Pattern]:
        """Register and take through every way; return what stands in the database then."""
        return [
            self._one(number, registrar, steps) for number, (registrar, steps) in enumerate(ways())
        ]

    def _one(self, number: int, registrar: str, steps: list[Step]) -> Pattern:
        applicant, at = f"样本{number:04d}", self.start + timedelta(minutes=7 * number)
        body = invented.registration(self.directory, self.invented, at)
        body["applicant"]["name"] = applicant
        done = workflow.register(self.session, self.actors[registrar], body, now=at)
        unit = registrar
        for principal, key, inputs in steps:
            at += timedelta(hours=20)
            unit = principal if principal in dict(PAIRS) else unit
            self._act(done.case_id, principal, key, inputs, at)
        case = workflow.find(self.session, done.case_id)
        is_open = any(task.state == "open" for task in case.tasks)
        return Pattern(case.id, applicant, unit, is_open)

    def _act(
        self, case_id: int, principal: str, key: str, inputs: dict[str, Any], at: datetime
    ) -> None:
        actor = self.actors[principal]
        case = workflow.find(self.session, case_id)
        offer = workflow.available(self.session, actor, case, at).find(key)
        if offer is None:
            raise LookupError(f"{principal} is not offered {key} at {case.stage}")
        filled = invented.filled(offer.asks, self.invented, at) | inputs
        workflow.perform(self.session, actor, case_id, key, filled, version=case.version, now=at)


def _actors(session: AnySession, place: Jurisdiction, at: datetime) -> dict[str, Actor]:
    """Return one actor for each body and post that acts."""
    query = (
        select(Appointment.user_id)
        .where(Appointment.jurisdiction_id == place.id, Appointment.user_id.is_not(None))
        .order_by(Appointment.position)
    )
    found: dict[str, Actor] = {}
    for user_id in filter(None, dict.fromkeys(session.scalars(query))):
        for actor in posts_of(session, user_id, at.astimezone(ZONE).date()):
            found.setdefault(actor.acting_for, actor)
    return found


def whole(session: AnySession, case_ids: list[int]) -> list[Case]:
    """Return cases for a check of their chains."""
    return list(session.scalars(select(Case).where(Case.id.in_(case_ids))))
