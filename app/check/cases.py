"""Cases in memory: as little as the engine needs, and quick to copy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.mechanism.facts import Facts
from app.rules.shapes import EVERYTHING, Kit

T = TypeVar("T")


@dataclass(eq=False)
class Task:
    """See models.Task."""

    kind: str
    body: str
    seq: int = 0
    jurisdiction_id: int = 0
    state: str = "open"
    round: int = 1
    note: str = ""
    from_on: date = date.min
    length: int | None = None
    unit: str | None = None
    extra: int = 0
    due_on: date = date.max
    is_provisional: bool = False
    closed_seq: int | None = None
    closed_at: datetime | None = None
    paper_ref: str | None = None
    due_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class Paper:
    """See models.Paper."""

    kind: str
    body: str
    title: str
    number: str | None
    year: int
    serial: int | None
    addressee: str
    issued_at: datetime
    content: dict[str, Any]
    content_hash: str
    seq: int = 0
    jurisdiction_id: int = 0
    state: str = "issued"
    copies: list[Any] = field(default_factory=list)
    id: int | None = None


@dataclass(eq=False)
class Part:
    """A part of a case that the engine only adds: a copy of a paper, a pause, a sight."""

    jurisdiction_id: int = 0
    case_id: int | None = None
    seq: int = 0
    body: str = ""
    from_on: date = date.min
    to_on: date | None = None
    width: str = "progress"
    seen_through: int = EVERYTHING
    person_id: int | None = None
    id: int | None = None


@dataclass(frozen=True)
class Event:
    """See models.Event; without the chain, which nothing here looks at."""

    seq: int
    key: str
    body: str
    stage_before: str | None
    stage_after: str
    changes: dict[str, Any]
    voids_seq: int | None
    at: datetime
    actor: str


@dataclass(frozen=True)
class Applicant:
    """See models.Party."""

    name: str = "-"
    kind: str = "person"
    id_number: str | None = None
    credit_code: str | None = None
    phone: str | None = None
    address: str = "-"
    role: str = "applicant"


@dataclass(eq=False)
class Case:
    """See models.Case."""

    registrar: str
    holder: str
    registered_at: datetime
    visited_at: datetime
    category: int
    insurance: list[str]
    aspect: str | None
    period_from: str | None = None
    period_to: str | None = None
    amount: Decimal | None = None
    payer_kind: str | None = None
    channel: str = "visit"
    applicant: Applicant = Applicant()
    persons: int | None = 1
    stage: str = ""
    previous_stage: str | None = None
    tier: str | None = None
    acceptor: str | None = None
    lead: str | None = None
    round: int = 1
    version: int = 0
    paused_on: date | None = None
    due_on: date | None = None
    jurisdiction_id: int = 0
    id: int | None = None
    number: str = "-"
    registered_by: str = "-"
    employer: str = "-"
    content: str = "-"
    more: dict[str, Any] = field(default_factory=dict)
    route: dict[str, Any] = field(default_factory=dict)
    invited: list[str] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pauses: list[Part] = field(default_factory=list)
    access: list[Part] = field(default_factory=list)
    attachments: list[Any] = field(default_factory=list)
    parties: tuple[Applicant, ...] = (Applicant(),)

    def facts(self) -> Facts:
        """Return what routing and guards may ask."""
        return Facts(
            category=self.category,
            insurance=tuple(self.insurance),
            aspect=self.aspect,
            period_from=self.period_from,
            period_to=self.period_to,
            amount=self.amount,
            payer_kind=self.payer_kind,
            channel=self.channel,
            applicant_kind=self.applicant.kind,
            persons=self.persons,
            units=len(self.route.get("units") or ()),
        )

    def copy(self) -> Case:
        """Return a copy whose parts may be changed."""
        twin = _twin(self)
        twin.tasks = [_twin(one) for one in self.tasks]
        twin.papers = [_twin(one) for one in self.papers]
        for paper in twin.papers:
            paper.copies = list(paper.copies)
        twin.pauses = [_twin(one) for one in self.pauses]
        twin.access = [_twin(one) for one in self.access]
        twin.events = list(self.events)
        return twin


def _twin(one: T) -> T:
    twin: T = object.__new__(type(one))
    twin.__dict__.update(one.__dict__)
    return twin


#: What the engine makes the parts of a case in memory with.
KIT = Kit(Task=Task, Paper=Paper, PaperCopy=Part, Pause=Part, CaseAccess=Part)
