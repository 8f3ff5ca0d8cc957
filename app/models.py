"""The tables, in the order a reader meets them: places, people, mechanisms, cases, their parts.

Facts and constraints only; what may happen to a case stands in the profile and the engine.
Every row belongs to a jurisdiction and its key leads the indexes. Words of a profile (stages,
kinds, bodies) are plain strings, checked by the engine, never database enumerations.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship, validates

from app import database  # noqa: F401  # the naming convention must stand before the first table
from app.columns import Moment, Sealed, blind_index
from app.mechanism.facts import Facts
from app.rules.shapes import EVERYTHING, Kit

KEY = String(40)


class Jurisdiction(Model):
    """A county, city or other place with its own mechanism."""

    __tablename__ = "jurisdiction"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(KEY, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    place_code: Mapped[str] = mapped_column(String(12))
    #: Raised whenever a body, an appointment or a category changes; process caches go by it.
    revision: Mapped[int] = mapped_column(default=0)

    def __str__(self) -> str:
        return self.name


class JurisdictionRow:
    """A row of one jurisdiction."""

    @declared_attr
    def jurisdiction_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("jurisdiction.id"), index=False)


class Body(JurisdictionRow, Model):
    """A body of a mechanism; the profile gives the starting row, the superuser edits it."""

    __tablename__ = "body"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(KEY)
    name: Mapped[str] = mapped_column(String(120))
    short: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(KEY)
    address: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_on: Mapped[date | None]

    def __str__(self) -> str:
        return self.short


class Appointment(JurisdictionRow, Model):
    """Who holds which post of which body, from and until when.

    One dated table for the leading group, coordinators, signatories, clerks and
    administrators. `user_id` binds the person's account where there is one; `stands_in_for`
    is a recorded authorisation to act for another post while the row is current (Z4.2.2-2).
    """

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_post", "jurisdiction_id", "body_key", "post"),
        Index("ix_appointment_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_key: Mapped[str] = mapped_column(KEY)
    post: Mapped[str] = mapped_column(KEY)
    person: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_full_time: Mapped[bool] = mapped_column(Boolean, default=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    stands_in_for: Mapped[str | None] = mapped_column(KEY)
    #: The paper of the authorisation or of the appointment: its name, number and day.
    authority: Mapped[str] = mapped_column(String(200), default="", server_default="")
    position: Mapped[int] = mapped_column(default=0)
    from_on: Mapped[date]
    until_on: Mapped[date | None]

    def holds_on(self, day: date) -> bool:
        """Return whether the post is held on that day (both ends included)."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def __str__(self) -> str:
        return self.person


class CategoryRow(JurisdictionRow, Model):
    """A kind of dispute as the superuser keeps it; a retired one stays on old cases (Z3.2)."""

    __tablename__ = "category"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))
    short: Mapped[str] = mapped_column(String(40))
    retired_on: Mapped[date | None]

    def __str__(self) -> str:
        return self.label


class CalendarRow(Model):
    """A day that is not what its weekday says: national where `jurisdiction_id` is empty."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"))
    on: Mapped[date] = mapped_column(Date)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(120), default="")


class MechanismVersion(JurisdictionRow, Model):
    """A profile as it was loaded; cases keep the version of their registration (Z6)."""

    __tablename__ = "mechanism_version"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        UniqueConstraint("jurisdiction_id", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    profile: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    #: Who published it; empty for one that came with the product or by the command line.
    loaded_by: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: The government document whose words the profile quotes.
    source: Mapped[str] = mapped_column(Text, default="", server_default="")

    def __str__(self) -> str:
        return str(self.number)


class NumberSeries(JurisdictionRow, Model):
    """The last number given, per issuer, kind and year; taken inside the act's own commit."""

    __tablename__ = "number_series"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "issuer", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    year: Mapped[int]
    last: Mapped[int] = mapped_column(default=0)


class Case(JurisdictionRow, Model):
    """A dispute: where it stands and who has it. Its history is the events; only acts write it."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "number"),
        Index("ix_case_file_stage", "jurisdiction_id", "stage", "id"),
        Index(
            "ix_case_file_linked",
            "linked_id",
            sqlite_where=text("linked_id IS NOT NULL"),
            postgresql_where=text("linked_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40))
    mechanism_version_id: Mapped[int] = mapped_column(ForeignKey("mechanism_version.id"))
    stage: Mapped[str] = mapped_column(KEY)
    previous_stage: Mapped[str | None] = mapped_column(KEY)
    tier: Mapped[str | None] = mapped_column(KEY)
    registrar: Mapped[str] = mapped_column(KEY)
    holder: Mapped[str] = mapped_column(KEY)
    acceptor: Mapped[str | None] = mapped_column(KEY)
    lead: Mapped[str | None] = mapped_column(KEY)
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(String(64), default="")
    paused_on: Mapped[date | None]
    #: The last day of what the holder owes next; rebuilt by every act.
    due_on: Mapped[date | None]
    registered_at: Mapped[datetime] = mapped_column(Moment)
    registered_by: Mapped[str] = mapped_column(String(60))
    visited_at: Mapped[datetime] = mapped_column(Moment)
    category: Mapped[int]
    insurance: Mapped[list[str]] = mapped_column(JSON)
    aspect: Mapped[str | None] = mapped_column(KEY)
    period_from: Mapped[str | None] = mapped_column(String(7))
    period_to: Mapped[str | None] = mapped_column(String(7))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    channel: Mapped[str] = mapped_column(KEY)
    employer: Mapped[str] = mapped_column(String(120), default="")
    content: Mapped[str] = mapped_column(Text)
    more: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: The earlier case of the same matter, as the registrar told it (`more.linked`).
    linked_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    route: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Bodies that were let into the whole case by an act (special handling).
    invited: Mapped[list[str]] = mapped_column(JSON, default=list)

    jurisdiction: Mapped[Jurisdiction] = relationship(lazy="joined", innerjoin=True)
    parties: Mapped[list[Party]] = relationship(back_populates="case", order_by="Party.id")
    tasks: Mapped[list[Task]] = relationship(back_populates="case", order_by="Task.id")
    papers: Mapped[list[Paper]] = relationship(back_populates="case", order_by="Paper.id")
    events: Mapped[list[Event]] = relationship(back_populates="case", order_by="Event.seq")
    pauses: Mapped[list[Pause]] = relationship(back_populates="case", order_by="Pause.id")
    access: Mapped[list[CaseAccess]] = relationship(
        back_populates="case", order_by="CaseAccess.id"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="case", order_by="Attachment.id"
    )

    @property
    def applicant(self) -> Party:
        """Return the first applicant."""
        return next(one for one in self.parties if one.role == "applicant")

    def facts(self) -> Facts:
        """Return what routing, guards and papers may ask about the case."""
        return Facts(
            category=self.category,
            insurance=tuple(self.insurance),
            aspect=self.aspect,
            period_from=self.period_from,
            period_to=self.period_to,
            amount=self.amount,
            payer_kind=self.more.get("payer_kind"),
            channel=self.channel,
            applicant_kind=self.applicant.kind if self.parties else None,
            persons=self.persons,
            units=len(self.route.get("units") or ()) if self.route else None,
        )

    @property
    def persons(self) -> int | None:
        """Return how many persons the dispute is about: those named, or more where told so."""
        named = sum(one.role in ("applicant", "co_applicant") for one in self.parties)
        return max(named, self.more.get("persons") or 0) or None

    def copy(self) -> Case:
        """Return a transient copy with its parts, for the engine's dry run. Never add it."""
        twin: Case = _twin(self)
        for name in ("parties", "tasks", "papers", "events", "pauses", "access", "attachments"):
            setattr(twin, name, [_twin(part) for part in getattr(self, name)])
        return twin

    def __str__(self) -> str:
        return self.number


def _twin(row: Any) -> Any:
    """Return a transient object with the same column values."""
    return type(row)(**{one.key: getattr(row, one.key) for one in inspect(type(row)).column_attrs})


class CaseRow(JurisdictionRow):
    """A part of a case. `seq` is the case's version when it came; `body` is whose it is.

    Sight goes by both: a body sees what came while it had the case, and its own (SPEC, People).
    """

    @declared_attr
    def case_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("case_file.id"))

    @declared_attr
    def seq(cls) -> Mapped[int]:
        return mapped_column(default=0)

    @declared_attr
    def body(cls) -> Mapped[str]:
        return mapped_column(KEY, default="")


class CaseAccess(JurisdictionRow, Model):
    """What a body sees of a case: full, bundle or progress. Derived from tasks and roles.

    `seen_through` is the last version whose parts it sees (EVERYTHING while full); `person`
    is who handles the case inside the body.
    """

    __tablename__ = "case_access"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "body", "case_id"),
        Index("ix_case_access_case", "jurisdiction_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    body: Mapped[str] = mapped_column(KEY)
    width: Mapped[str] = mapped_column(String(8))
    seen_through: Mapped[int] = mapped_column(default=EVERYTHING)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))

    case: Mapped[Case] = relationship(back_populates="access")


class Party(JurisdictionRow, Model):
    """A party of the dispute: applicant, co-applicant, opponent, agent.

    ID number and telephone are sealed in the database; `id_index` finds equal numbers.
    """

    __tablename__ = "party"
    __table_args__ = (
        Index("ix_party_case", "jurisdiction_id", "case_id"),
        Index("ix_party_id_index", "jurisdiction_id", "id_index"),
        Index("ix_party_phone_index", "jurisdiction_id", "phone_index"),
        Index("ix_party_credit_code", "jurisdiction_id", "credit_code"),
        Index("ix_party_name", "jurisdiction_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    role: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    name: Mapped[str] = mapped_column(String(120))
    id_number: Mapped[str | None] = mapped_column(Sealed("party.id_number"))
    id_index: Mapped[str | None] = mapped_column(String(32))
    credit_code: Mapped[str | None] = mapped_column(String(18))
    phone: Mapped[str | None] = mapped_column(Sealed("party.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(200), default="")

    case: Mapped[Case] = relationship(back_populates="parties")

    @validates("phone")
    def _keep_findable(self, _name: str, phone: str | None) -> str | None:
        """Keep the index in line, so that an amended number is found and the old one is not."""
        self.phone_index = blind_index(phone)
        return phone

    @classmethod
    def of(cls, jurisdiction_id: int, role: str, facts: Mapping[str, Any]) -> Party:
        """Return a party from the facts of a registration, with its indexes."""
        number, phone = facts.get("id_number") or None, facts.get("phone") or None
        return cls(
            jurisdiction_id=jurisdiction_id,
            role=role,
            kind=facts["kind"],
            name=facts["name"],
            id_number=number,
            id_index=blind_index(number),
            credit_code=facts.get("credit_code") or None,
            phone=phone,
            address=facts.get("address") or "",
        )


class Task(CaseRow, Model):
    """Something owed: kind, owner (`body`: a body, a post, the applicant), state, due day."""

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_case", "jurisdiction_id", "case_id"),
        Index(
            "ix_task_open",
            "jurisdiction_id",
            "body",
            "due_on",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    state: Mapped[str] = mapped_column(String(8), default="open")
    round: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date]
    length: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(8))
    extra: Mapped[int] = mapped_column(default=0)
    #: The last day; a task without a due day stands last in the queue (shapes.NEVER).
    due_on: Mapped[date]
    #: The moment at which a period of hours ends; `due_on` is the day on which it falls.
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    is_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    closed_seq: Mapped[int | None]
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    paper_ref: Mapped[str | None] = mapped_column(String(60))

    case: Mapped[Case] = relationship(back_populates="tasks")


class Pause(CaseRow, Model):
    """Days that do not run: from the first day, up to and without the second."""

    __tablename__ = "pause"
    __table_args__ = (Index("ix_pause_case", "jurisdiction_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    case: Mapped[Case] = relationship(back_populates="pauses")


class Paper(CaseRow, Model):
    """An official paper, issued by an act: number, frozen content and its hash.

    `body` is the issuer. `content` holds the words as they were issued; files are rendered
    from it, so a reprint never changes a word.
    """

    __tablename__ = "paper"
    __table_args__ = (
        Index("ix_paper_case", "jurisdiction_id", "case_id"),
        UniqueConstraint("jurisdiction_id", "body", "kind", "year", "serial"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    title: Mapped[str] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(60))
    year: Mapped[int]
    serial: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12), default="issued")
    addressee: Mapped[str] = mapped_column(String(200), default="")
    issued_at: Mapped[datetime] = mapped_column(Moment)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))

    case: Mapped[Case] = relationship(back_populates="papers")
    copies: Mapped[list[PaperCopy]] = relationship(back_populates="paper")

    def __str__(self) -> str:
        return self.number or self.title


class PaperCopy(JurisdictionRow, Model):
    """A paper handed to a body that does not see the whole case."""

    __tablename__ = "paper_copy"
    __table_args__ = (
        UniqueConstraint("jurisdiction_id", "body", "paper_id"),
        Index("ix_paper_copy_case", "jurisdiction_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"))
    body: Mapped[str] = mapped_column(KEY)

    paper: Mapped[Paper] = relationship(back_populates="copies")


class Event(CaseRow, Model):
    """An act that happened; never changed. `body` is for whom the actor acted.

    `hash` is over this row's facts and `previous_hash` by `algorithm`: a chain per case.
    """

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "case_id", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(KEY)
    actor: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    stage_before: Mapped[str | None] = mapped_column(KEY)
    stage_after: Mapped[str] = mapped_column(KEY)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Who had the case before and after an act that handed it on: out of `changes`, to count by.
    moved_from: Mapped[str | None] = mapped_column(KEY)
    moved_to: Mapped[str | None] = mapped_column(KEY)
    voids_seq: Mapped[int | None]
    algorithm: Mapped[str] = mapped_column(String(16))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    case: Mapped[Case] = relationship(back_populates="events")


class Entry(CaseRow, Model):
    """What was noted in a case's chain after act `seq`, no act itself: the version stays.

    `kind`: `file` (of a paper), `due`, `export`, `material` (it came), `recording` (its register).
    """

    __tablename__ = "entry"
    __table_args__ = (Index("ix_entry_case", "jurisdiction_id", "case_id", "seq", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(KEY)
    at: Mapped[datetime] = mapped_column(Moment)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    algorithm: Mapped[str] = mapped_column(String(16))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Attachment(CaseRow, Model):
    """A file brought to a case, stored whole under its hash; `body` brought it."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_case", "jurisdiction_id", "case_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(KEY)
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    sm3: Mapped[str] = mapped_column(String(64), default="", server_default="")
    added_by: Mapped[str] = mapped_column(String(60))
    added_at: Mapped[datetime] = mapped_column(Moment)

    case: Mapped[Case] = relationship(back_populates="attachments")


class Notice(JurisdictionRow, Model):
    """A message to a body: of an act, written in its commit, or of a task's due day.

    The latter (app.reminders) names its task and the day it speaks of, and may go to one person
    of the body, or to one post inside it.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(KEY)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(KEY)
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"))
    about_on: Mapped[date | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))
    post: Mapped[str] = mapped_column(KEY, default="", server_default="")


class IdempotencyKey(JurisdictionRow, Model):
    """The answer already given to a request key, so that a retry does nothing twice."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("jurisdiction_id", "user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Moment)


class Deployment(Model):
    """What the last deployment loaded, so that a start with the same content does nothing."""

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    stamp: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)


#: What the engine makes a case's parts with.
KIT = Kit(Task=Task, Paper=Paper, PaperCopy=PaperCopy, Pause=Pause, CaseAccess=CaseAccess)
