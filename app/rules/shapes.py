"""What the engine works on: a case and its parts, stored or transient, and the world around it.

The tables in `app.models` have these attributes, and so have the transient objects of the
property tests and of previews; the engine knows neither the database nor the web.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from app.clock import CHINA
from app.mechanism.facts import Facts
from app.mechanism.schema import Action, Mechanism
from app.rules.workdays import WorkCalendar

#: Civil dates are those of China (ARCHITECTURE, rule 8).
ZONE = CHINA
#: The due day of a task that has none: it stands last in every queue.
NEVER = date(9999, 12, 31)
#: Parties who brought the dispute: papers are served on each of them.
APPLICANTS = ("applicant", "co_applicant")
#: What a body that sees the whole case has seen through (see CaseAccess.seen_through).
EVERYTHING = 2**31 - 1


@dataclass(frozen=True)
class Actor:
    """Who acts, and for which body or post. `role`: clerk, admin (of a unit) or post."""

    user_id: int | None
    name: str
    jurisdiction_id: int
    acting_for: str
    role: str
    appointment_id: int | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who holds a post of a body now."""

    id: int
    name: str
    phone: str = ""


class TaskLike(Protocol):
    """See models.Task."""

    id: Any
    seq: int
    kind: str
    body: str
    state: str
    round: int
    note: str
    from_on: date
    length: int | None
    unit: str | None
    extra: int
    due_on: date
    is_provisional: bool
    closed_seq: int | None
    closed_at: datetime | None
    paper_ref: str | None
    due_at: datetime | None


class PauseLike(Protocol):
    """See models.Pause."""

    from_on: date
    to_on: date | None


class PaperLike(Protocol):
    """See models.Paper."""

    id: Any
    seq: int
    body: str
    kind: str
    title: str
    number: str | None
    state: str
    addressee: str
    content: dict[str, Any]
    content_hash: str
    copies: list[Any]


class EventLike(Protocol):
    """See models.Event."""

    seq: int
    key: str
    body: str
    stage_before: str | None
    stage_after: str
    changes: dict[str, Any]
    voids_seq: int | None
    at: datetime
    actor: str


class AccessLike(Protocol):
    """See models.CaseAccess."""

    body: str
    width: str
    seen_through: int
    person_id: int | None


class CaseLike(Protocol):
    """See models.Case."""

    id: Any
    jurisdiction_id: int
    number: str
    stage: str
    previous_stage: str | None
    tier: str | None
    registrar: str
    holder: str
    acceptor: str | None
    lead: str | None
    round: int
    version: int
    invited: list[str]
    paused_on: date | None
    due_on: date | None
    registered_at: datetime
    registered_by: str
    visited_at: datetime
    category: int
    insurance: list[str]
    aspect: str | None
    period_from: str | None
    period_to: str | None
    amount: Decimal | None
    channel: str
    employer: str
    content: str
    more: dict[str, Any]
    route: dict[str, Any]
    tasks: list[Any]
    papers: list[Any]
    events: list[Any]
    pauses: list[Any]
    access: list[Any]
    attachments: list[Any]

    @property
    def parties(self) -> Sequence[Any]:
        """Return the applicants and the other parties (see models.Party)."""

    @property
    def applicant(self) -> Any:
        """Return the first applicant (see models.Party)."""

    def facts(self) -> Facts:
        """Return what routing may ask."""

    def copy(self) -> CaseLike:
        """Return a transient copy of the case with its parts."""


class World(Protocol):
    """What the engine asks about the jurisdiction: its mechanism, days and people."""

    @property
    def mechanism(self) -> Mechanism:
        """Return the mechanism, in the version that the case keeps."""

    @property
    def calendar(self) -> WorkCalendar:
        """Return the working days of the place."""

    def is_active(self, body: str, day: date) -> bool:
        """Return whether the body takes part on that day (not retired)."""

    def body_name(self, body: str) -> str:
        """Return the full name of a body or post, as papers print it."""

    def body_short(self, body: str) -> str:
        """Return the short name of a body or post, as screens print it."""

    def body_address(self, body: str) -> str:
        """Return the address, or an empty text."""

    def wording(self, body: str, kind: str, day: date) -> Sequence[str]:
        """Return the paragraphs that the body gives a kind of paper; none where it gives none."""

    def contact(self, body: str, day: date) -> Person | None:
        """Return the current coordinator who has a telephone (Z4.2b, V07)."""

    def signatories(self, body: str, day: date) -> Sequence[Person]:
        """Return who may sign for the body."""

    def people(self, body: str, day: date) -> Sequence[Person]:
        """Return who works on cases for the body."""

    def holders(self, post: str, day: date) -> Sequence[Person]:
        """Return who holds a post of the mechanism."""

    def person(self, appointment_id: int | None) -> Person | None:
        """Return the person of an appointment, past ones too."""

    def stands_for(self, appointment_id: int | None, post: str, day: date) -> bool:
        """Return whether the appointment is of the post, or authorised to act for it."""


@dataclass(frozen=True)
class Kit:
    """The constructors of a case's parts, stored or transient (see models.KIT)."""

    Task: Callable[..., Any]
    Paper: Callable[..., Any]
    PaperCopy: Callable[..., Any]
    Pause: Callable[..., Any]
    CaseAccess: Callable[..., Any]


#: Gives the next number of an issuer's series: (issuer, paper kind, year) → serial.
TakeNumber = Callable[[str, str, int], int | None]


@dataclass
class Act:
    """One act while it is looked at or done: everything the rules may ask, in one place.

    `changes` becomes the event's record; `papers`, `told` and `amended` gather what the act
    brings about.
    """

    case: CaseLike
    actor: Actor
    world: World
    now: datetime
    kit: Kit
    action: Action
    inputs: Mapping[str, Any] = field(default_factory=dict)
    take_number: TakeNumber = lambda _issuer, _kind, _year: None
    changes: dict[str, Any] = field(default_factory=dict)
    papers: list[Any] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    voids_seq: int | None = None
    stage_before: str = ""

    @property
    def today(self) -> date:
        """Return the civil date of the act."""
        return self.now.astimezone(ZONE).date()

    @property
    def seq(self) -> int:
        """Return the case's version after this act."""
        return self.case.version + 1

    @property
    def mechanism(self) -> Mechanism:
        """Return the case's mechanism, in the version of its registration."""
        return self.world.mechanism

    @property
    def issuer(self) -> str:
        """Return in whose name the papers of this act are issued."""
        return self.mechanism.issuer_of(self.actor.acting_for)

    def doing(self, action: Action, inputs: Mapping[str, Any] | None = None) -> Act:
        """Return this act with another action, and with inputs where some are given."""
        twin = object.__new__(Act)
        twin.__dict__.update(self.__dict__)
        twin.action = action
        if inputs is not None:
            twin.inputs = inputs
        return twin

    def override(self, name: str) -> str | None:
        """Return what the profile says differently for this tier or body (`per:`)."""
        for key in (self.actor.acting_for, self.case.tier or ""):
            if name in self.action.per.get(key, {}):
                return self.action.per[key][name]
        return None

    @property
    def label(self) -> str:
        """Return the button's words."""
        return self.override("label") or self.action.label

    @property
    def clause(self) -> str:
        """Return the clause that the act carries out."""
        return self.override("clause") or self.action.clause


def open_tasks(case: CaseLike, kind: str | None = None) -> list[Any]:
    """Return the open tasks, of one kind or of all."""
    return [t for t in case.tasks if t.state == "open" and kind in (None, t.kind)]


def ref(parts: Sequence[Any], part: Any) -> str:
    """Return how an input names a part of the case: its id, or its place while it has none."""
    return str(part.id) if part.id is not None else f"#{list(parts).index(part) + 1}"


def by_ref(parts: Sequence[Any], wanted: str) -> Any | None:
    """Return the part that an input names, or None."""
    return next((part for part in parts if ref(parts, part) == wanted), None)
