"""The parts of cases as lists: tasks, papers, acts, files, notices; read only, within sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Select, select

from app.database import NEVER
from app.generated import menu
from app.generated.asked import Filter
from app.generated.base import RecordView
from app.generated.cases import Pairs, bodies, body_short, mechanism_of, of_mechanism
from app.generated.interface import RecordInterface
from app.generated.rights import permitted
from app.models import Attachment, Case, Event, Notice, Paper, Task
from app.reminders import addressed_to
from app.screens import words
from app.screens.desk import desk
from app.screens.formats import size_words
from app.screens.history import FILE_KINDS, file_kind
from app.screens.told import OF_DUE_DAYS, notice_words
from app.screens.words import Chip, Link
from app.security.posts import chosen_post, database_session


class PartView(RecordView):
    """A part of cases; each row names its case."""

    group = menu.WORK
    loads: ClassVar[Sequence[str]] = ("case",)
    base_order = ("id", "desc")
    label_columns = {"case": lazy_gettext("Case")}
    words: ClassVar = {"case": lambda _view, row: case_link(row.case)}


def case_link(case: Case | None) -> Link | None:
    """Return the link to a case; none where its number is all that may be told."""
    if case is None:
        return None
    return Link(case.number, url_for("screens.case", case_id=case.id))


def _task_states(_view: Any) -> Pairs:
    return [("open", gettext("open")), ("done", gettext("done")), ("void", gettext("void"))]


class TaskView(PartView):
    """What bodies and posts owe."""

    datamodel = RecordInterface(Task)
    resource = "task"
    icon = "list-check"
    list_title = lazy_gettext("Tasks")
    intro = lazy_gettext("What is owed in the cases within your sight, by whom and until when.")
    list_columns = ["kind", "case", "body", "state", "due_on"]
    more_columns = ("from_on", "note", "closed_at")
    show_columns = ["kind", "case", "body", "state", "from_on", "due_on", "closed_at", "note"]
    search_columns = ("state", "kind", "body", "due_on")
    label_columns = {
        "kind": lazy_gettext("What is owed"),
        "case": lazy_gettext("Case"),
        "body": lazy_gettext("By whom"),
        "due_on": lazy_gettext("Due"),
        "from_on": lazy_gettext("Since"),
        "note": lazy_gettext("Note"),
        "closed_at": lazy_gettext("Closed"),
    }
    choices: ClassVar = {"state": _task_states, "kind": of_mechanism("tasks"), "body": bodies}
    words: ClassVar = {
        **PartView.words,
        "kind": lambda _view, row: _task_label(row),
        "body": lambda view, row: body_short(view, row.body),
        "state": lambda view, row: _task_state(view, row),
        "due_on": lambda _view, row: _due(row),
    }


def _due(row: Task) -> Any:
    """Return how an open task's last day stands today, and the day alone of one that is closed."""
    if row.state == "open":
        return words.due_of(desk(), row, row.case)
    return row.due_on if row.due_on < NEVER else None


def _task_label(row: Task) -> str:
    known = mechanism_of(row.case).tasks.get(row.kind)
    return known.label if known else row.kind


def _task_state(view: Any, row: Task) -> Chip:
    tones = {"open": ("circle", "primary"), "done": ("circle-check", "ok"), "void": ("ban", "")}
    icon, tone = tones.get(row.state, ("", ""))
    return Chip(view.labels("state").get(row.state, row.state), icon, tone)


def _paper_states(_view: Any) -> Pairs:
    return [
        ("issued", gettext("issued")),
        ("void", gettext("void")),
        ("superseded", gettext("superseded")),
    ]


class PaperView(PartView):
    """The papers issued."""

    datamodel = RecordInterface(Paper)
    resource = "paper"
    icon = "file-lines"
    list_title = lazy_gettext("Papers")
    intro = lazy_gettext("Papers issued in the cases within your sight; a row opens the paper.")
    list_columns = ["title", "number", "case", "body", "issued_at", "state"]
    more_columns = ("addressee", "kind", "year")
    show_columns = ["title", "number", "case", "body", "addressee", "issued_at", "state"]
    search_columns = ("kind", "body", "issued_at", "state")
    text_columns = ("number", "title")
    order_columns = ("issued_at",)
    label_columns = {
        "title": lazy_gettext("Paper"),
        "number": lazy_gettext("Number"),
        "case": lazy_gettext("Case"),
        "body": lazy_gettext("Issued by"),
        "issued_at": lazy_gettext("Issued"),
        "addressee": lazy_gettext("To"),
        "kind": lazy_gettext("Kind"),
        "year": lazy_gettext("Year"),
    }
    choices: ClassVar = {
        "state": _paper_states,
        "kind": lambda view: _paper_kinds(view),
        "body": bodies,
    }
    words: ClassVar = {
        **PartView.words,
        "body": lambda view, row: body_short(view, row.body),
    }

    def row_url(self, row: Any) -> str:
        """Return the address of the paper as it is printed."""
        return url_for("screens.document", paper_id=row.id)

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> ResponseReturnValue:
        """Lead to the paper itself."""
        return redirect(self.row_url(self.found(pk)))


def _paper_kinds(view: Any) -> Pairs:
    world = view.world()
    papers: Mapping[str, Any] = world.mechanism.papers if world else {}
    return [(key, one.title) for key, one in papers.items()]


class EventView(PartView):
    """The acts that happened, which nobody changes."""

    datamodel = RecordInterface(Event)
    resource = "event"
    icon = "clock-rotate-left"
    list_title = lazy_gettext("Acts")
    intro = lazy_gettext("Every act in the cases within your sight. Nothing here is ever changed.")
    list_columns = ["key", "case", "actor", "body", "at", "stage_after"]
    more_columns = ("stage_before", "seq")
    show_columns = [
        *("key", "case", "seq", "actor", "body", "at", "stage_before", "stage_after"),
        *("algorithm", "previous_hash", "hash"),
    ]
    search_columns = ("key", "body", "at", "stage_after")
    text_columns = ("actor",)
    order_columns = ("at",)
    label_columns = {
        "key": lazy_gettext("Act"),
        "case": lazy_gettext("Case"),
        "seq": lazy_gettext("Number in the case"),
        "actor": lazy_gettext("Person"),
        "body": lazy_gettext("For whom"),
        "stage_before": lazy_gettext("Stage before"),
        "stage_after": lazy_gettext("Stage after"),
        "algorithm": lazy_gettext("Digest by"),
        "previous_hash": lazy_gettext("Digest of the act before"),
        "hash": lazy_gettext("Digest"),
    }
    choices: ClassVar = {
        "key": lambda view: _acts(view),
        "body": bodies,
        "stage_after": of_mechanism("stages"),
    }
    words: ClassVar = {
        **PartView.words,
        "key": lambda _view, row: words.action_label(
            mechanism_of(row.case), row.key, row.body, row.case.tier
        ),
        "body": lambda view, row: body_short(view, row.body),
        "stage_before": lambda _view, row: _stage(row, row.stage_before),
        "stage_after": lambda _view, row: _stage(row, row.stage_after),
    }


def _acts(view: Any) -> Pairs:
    world = view.world()
    if world is None:
        return []
    acts = (world.mechanism.register, *world.mechanism.actions.values())
    return [(one.key, one.label) for one in acts]


def _stage(row: Event, key: str | None) -> str | None:
    known = mechanism_of(row.case).stages.get(key or "")
    return known.label if known else key


class AttachmentView(PartView):
    """The files brought to cases."""

    datamodel = RecordInterface(Attachment)
    resource = "attachment_record"
    icon = "paperclip"
    list_title = lazy_gettext("Attachments")
    intro = lazy_gettext("Files of the cases within your sight; a row opens what is known of it.")
    list_columns = ["name", "kind", "case", "body", "size", "added_at"]
    more_columns = ("added_by", "media_type")
    show_columns = [
        *("file", "kind", "case", "body", "added_by", "added_at", "size", "media_type"),
        *("sha256", "sm3"),
    ]
    search_columns = ("kind", "body", "added_at")
    text_columns = ("name",)
    order_columns = ("added_at", "size")
    label_columns = {
        "file": lazy_gettext("File"),
        "case": lazy_gettext("Case"),
        "body": lazy_gettext("Brought by"),
        "size": lazy_gettext("Size"),
        "added_at": lazy_gettext("Brought on"),
        "added_by": lazy_gettext("Person"),
        "media_type": lazy_gettext("Type"),
        "sha256": lazy_gettext("Digest (SHA-256)"),
        "sm3": lazy_gettext("Digest (SM3)"),
    }
    choices: ClassVar = {
        "kind": lambda _view: [(key, file_kind(key)) for key in FILE_KINDS],
        "body": bodies,
    }
    words: ClassVar = {
        **PartView.words,
        "file": lambda _view, row: Link(
            row.name, url_for("screens.attachment_file", attachment_id=row.id)
        ),
        "body": lambda view, row: body_short(view, row.body),
        "size": lambda _view, row: size_words(row.size),
    }


class NoticeView(PartView):
    """What the acting body or post was told."""

    datamodel = RecordInterface(Notice)
    resource = "notice"
    icon = "bell"
    list_title = lazy_gettext("All notices")
    intro = lazy_gettext("What your body or post was told, read or not.")
    list_columns = show_columns = ["action", "case", "at", "read_at"]
    search_columns = ("action", "at")
    order_columns = ("at",)
    label_columns = {
        "action": lazy_gettext("What happened"),
        "case": lazy_gettext("Case"),
        "read_at": lazy_gettext("Read"),
    }
    extra_filters: ClassVar = (
        Filter(
            "unread",
            lazy_gettext("Not read yet"),
            "bool",
            ("eq",),
            lambda _view, _operator, is_unread: Notice.read_at.is_(None) == is_unread,
        ),
    )
    loads = ()
    choices: ClassVar = {"action": lambda view: [*_acts(view), *OF_DUE_DAYS.items()]}
    words: ClassVar = {
        "action": lambda _view, row: _told(row),
        "case": lambda _view, row: case_link(_told_of(row)),
    }

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the notices that are the acting person's to read."""
        actor, found = chosen_post(), super().narrow(query)
        return found if actor is None else found.where(addressed_to(actor))

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read the cases of these notices in one statement, and their tasks in another."""
        wanted = {row.case_id for row in rows}
        cases = database_session().scalars(select(Case).where(Case.id.in_(wanted)))
        g.noticed_cases = {one.id: one for one in cases}
        tasks = {row.task_id for row in rows if row.task_id is not None}
        kinds = select(Task.id, Task.kind).where(Task.id.in_(tasks)) if tasks else None
        found = database_session().execute(kinds).all() if kinds is not None else ()
        g.noticed_tasks = {row.id: row.kind for row in found}


def _told_of(row: Notice) -> Case | None:
    """Return the case of a notice; none where it is out of sight by now."""
    found: Case | None = g.noticed_cases.get(row.case_id)
    return found


def _told(row: Notice) -> str:
    """Return what a notice tells of; its key where the case is out of sight by now."""
    case = _told_of(row)
    if case is None:
        return row.action
    kind = g.noticed_tasks.get(row.task_id)
    return notice_words(mechanism_of(case), case, row, kind)
