"""The tables beside the case: accounts, looks, kept lists, words to search by, drafts.

`app.models` holds what the mechanism is about; here stands what people leave behind while they
work with it. Nothing here is part of a case's history, and no act reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.columns import Moment, Words
from app.models import KEY, Case, Event, JurisdictionRow, Notice, Task


class AccountState(Model):
    """What an account may do next: change its start password, or wait after wrong ones.

    `stamp` goes into the browser's session: a new password raises it, and sessions opened
    with the old one end.
    """

    __tablename__ = "account_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"), unique=True)
    must_change: Mapped[bool] = mapped_column(Boolean, default=False)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    stamp: Mapped[int] = mapped_column(default=0)


class CaseLook(JurisdictionRow, Model):
    """A look at a case: who, for which body or post, when. The auditor reads them."""

    __tablename__ = "case_look"
    __table_args__ = (Index("ix_case_look_case", "jurisdiction_id", "case_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person: Mapped[str] = mapped_column(String(60))
    acting_for: Mapped[str] = mapped_column(KEY)
    at: Mapped[datetime] = mapped_column(Moment)
    #: Why hidden numbers were shown in full; empty for a look that showed none.
    reason: Mapped[str] = mapped_column(String(200), default="")


class CaseSearch(JurisdictionRow, Model):
    """The words by which a case is found (app.search); kept by the act that changes them.

    PostgreSQL has an index on them, SQLite a table of its own, which its triggers keep in line.
    """

    __tablename__ = "case_search"
    __table_args__ = (
        # `info` tells migrations what `ddl_if` tells the making of tables.
        Index(
            "ix_case_search_words",
            "words",
            postgresql_using="gin",
            info={"dialect": "postgresql"},
        ).ddl_if(dialect="postgresql"),
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    words: Mapped[Sequence[str]] = mapped_column(Words)


#: SQLite's index of the words: `ascii` takes every sign beyond ASCII for a letter, and words are
#: in small letters already. It keeps no second copy of the text.
FTS_TABLE = "case_words"
_FORGET = (
    "INSERT INTO case_words(case_words, rowid, words) VALUES ('delete', old.case_id, old.words)"
)
_KEEP = "INSERT INTO case_words(rowid, words) VALUES (new.case_id, new.words)"
_CREATED = (
    "CREATE VIRTUAL TABLE case_words USING fts5(words, content='case_search',"
    " content_rowid='case_id', tokenize='ascii', prefix='1', columnsize=0)",
    f"CREATE TRIGGER case_search_kept AFTER INSERT ON case_search BEGIN {_KEEP}; END",
    f"CREATE TRIGGER case_search_gone AFTER DELETE ON case_search BEGIN {_FORGET}; END",
    "CREATE TRIGGER case_search_changed AFTER UPDATE ON case_search"
    f" BEGIN {_FORGET}; {_KEEP}; END",
)
for _statement in _CREATED:
    event.listen(
        CaseSearch.__table__, "after_create", DDL(_statement).execute_if(dialect="sqlite")
    )
event.listen(
    CaseSearch.__table__,
    "before_drop",
    DDL("DROP TABLE case_words").execute_if(dialect="sqlite"),
)


class HandedTask(JurisdictionRow, Model):
    """A task that the office or who leads has handed to a unit (`body`), without a case.

    `paper` are the frozen words of its paper; `report` what the unit said when it was done, or
    why it was taken back.
    """

    __tablename__ = "handed_task"
    __table_args__ = (Index("ix_handed_task_body", "jurisdiction_id", "body", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(KEY)
    due_on: Mapped[date]
    given_by: Mapped[str] = mapped_column(KEY)
    giver: Mapped[str] = mapped_column(String(60))
    given_at: Mapped[datetime] = mapped_column(Moment)
    paper: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(KEY)
    report: Mapped[str] = mapped_column(Text, default="")
    reporter: Mapped[str] = mapped_column(String(60), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class KeptList(Model):
    """The filters and columns under which an account keeps a list, by a name of its own."""

    __tablename__ = "kept_list"
    __table_args__ = (UniqueConstraint("user_id", "view", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    view: Mapped[str] = mapped_column(KEY)
    name: Mapped[str] = mapped_column(String(60))
    #: The query string of the list, without its page.
    query: Mapped[str] = mapped_column(Text)


class RecordChange(Model):
    """A change of reference data on screen: who, for which body or post, when, what.

    `record` is the table and `record_id` its row; `changes` maps each column to its value
    before and after. Cases have their events instead.
    """

    __tablename__ = "record_change"
    __table_args__ = (Index("ix_record_change_record", "record", "record_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(KEY)
    record_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    user_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id"))
    person: Mapped[str] = mapped_column(String(60))
    acting_for: Mapped[str] = mapped_column(KEY, default="")
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)


class MechanismDraft(Model):
    """A profile that is being edited on screen, by the key of its jurisdiction; not yet in force.

    `base` is the number of the version that it was drawn from (0: a new jurisdiction), `source`
    the text of the government document, against which its quotations are checked.
    """

    __tablename__ = "mechanism_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(KEY, unique=True)
    base: Mapped[int] = mapped_column(default=0)
    profile: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text, default="")
    changed_by: Mapped[str] = mapped_column(String(60))
    changed_at: Mapped[datetime] = mapped_column(Moment)


class PaperWording(JurisdictionRow, Model):
    """The words that a body gives the paragraphs of a kind of paper, from a day on.

    Rows are only added: the one in force on a day is the last of those with the latest day
    reached. Without paragraphs the mechanism's own words hold again.
    """

    __tablename__ = "paper_wording"
    __table_args__ = (Index("ix_paper_wording_place", "jurisdiction_id", "body_key", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_key: Mapped[str] = mapped_column(KEY)
    kind: Mapped[str] = mapped_column(KEY)
    from_on: Mapped[date] = mapped_column()
    paragraphs: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)


class ProgressTry(Model):
    """How often the applicants' page was asked in vain within an hour, by whom or for what.

    `key` is a keyed hash of the address or of the case number: neither is kept in clear.
    """

    __tablename__ = "progress_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(Moment, index=True)


# --- how notices are kept apart, and found

_OF_ACT, _OF_TASK = text("task_id IS NULL"), text("task_id IS NOT NULL")
_UNREAD = text("read_at IS NULL")
Index(
    "uq_notice_act",
    Notice.jurisdiction_id,
    Notice.body,
    Notice.case_id,
    Notice.seq,
    Notice.action,
    unique=True,
    sqlite_where=_OF_ACT,
    postgresql_where=_OF_ACT,
)
Index(
    "uq_notice_due",
    Notice.jurisdiction_id,
    Notice.body,
    Notice.task_id,
    Notice.action,
    Notice.about_on,
    unique=True,
    sqlite_where=_OF_TASK,
    postgresql_where=_OF_TASK,
)
Index(
    "ix_notice_unread",
    Notice.jurisdiction_id,
    Notice.body,
    Notice.id,
    sqlite_where=_UNREAD,
    postgresql_where=_UNREAD,
)

# --- what the evaluation counts from

# Each of these holds all that a chart or an indicator reads of a row, so that the row itself
# is left alone: a case is wide, and an event holds whole texts.
_DONE, _VOIDS = text("state = 'done'"), text("voids_seq IS NOT NULL")
_MOVED = text("moved_to IS NOT NULL")
Index(
    "ix_case_file_counted",
    Case.jurisdiction_id,
    Case.registered_at,
    Case.category,
    Case.stage,
    Case.holder,
)
Index(
    "ix_task_done",
    Task.jurisdiction_id,
    Task.kind,
    Task.closed_at,
    Task.body,
    Task.from_on,
    Task.due_on,
    Task.due_at,
    Task.extra,
    Task.case_id,
    Task.seq,
    Task.closed_seq,
    sqlite_where=_DONE,
    postgresql_where=_DONE,
)
Index(
    "ix_task_due",
    Task.jurisdiction_id,
    Task.body,
    Task.due_on,
    Task.state,
    Task.closed_at,
    Task.due_at,
    Task.kind,
    Task.case_id,
    Task.seq,
)
Index(
    "ix_event_key",
    Event.jurisdiction_id,
    Event.key,
    Event.at,
    Event.body,
    Event.case_id,
    Event.seq,
)
Index(
    "ix_event_voids",
    Event.jurisdiction_id,
    Event.case_id,
    Event.voids_seq,
    sqlite_where=_VOIDS,
    postgresql_where=_VOIDS,
)
Index(
    "ix_event_moved",
    Event.jurisdiction_id,
    Event.at,
    Event.moved_from,
    Event.moved_to,
    Event.body,
    Event.case_id,
    Event.seq,
    sqlite_where=_MOVED,
    postgresql_where=_MOVED,
)
