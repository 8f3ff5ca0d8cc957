"""Cases as a list: read only, within sight; whatever changes a case is an act.

The superuser is granted none of it: reference data is theirs, case contents are not.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import g, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import expose
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Select, Subquery

from app import hindsight, search
from app.generated.asked import Asked
from app.generated.base import RecordView
from app.generated.counted import COUNTED
from app.generated.interface import RecordInterface
from app.generated.rights import permitted
from app.mechanism.schema import Mechanism
from app.models import Case
from app.screens import words
from app.screens.desk import desk
from app.screens.formats import Due, due_words
from app.security.posts import database_session

Pairs = list[tuple[Any, str]]
Rows = list[Case]


def mechanism_of(case: Case) -> Mechanism:
    """Return the mechanism that the case runs by."""
    return desk().world_of(case).mechanism


def body_short(_view: Any, key: str | None) -> str | None:
    """Return what a body or post is called; the key itself where nobody is called so any more."""
    return desk().world.body_short(key) if key else None


def bodies(view: Any) -> Pairs:
    """Return the bodies that can hold a case."""
    world = view.world()
    return [(key, world.body_short(key)) for key in world.mechanism.working] if world else []


def of_mechanism(name: str) -> Any:
    """Return the choices of a part of the profile whose entries have labels."""

    def choices(view: Any) -> Pairs:
        world = view.world()
        part = getattr(world.mechanism, name) if world else {}
        return [(key, getattr(one, "label", one)) for key, one in part.items()]

    return choices


def _categories(view: Any) -> Pairs:
    world = view.world()
    return [(code, one.short) for code, one in world.categories.items()] if world else []


def _channels(view: Any) -> Pairs:
    world = view.world()
    return list(world.mechanism.vocabulary["channels"].items()) if world else []


class CaseView(RecordView):
    """The cases within sight; a row opens the case itself."""

    datamodel = RecordInterface(Case)
    group, icon = "", "folder-open"
    list_title = lazy_gettext("Cases")
    intro = lazy_gettext("Only cases that your post may see.")
    nothing = lazy_gettext("No case yet. The first registration appears here.")
    words_help = lazy_gettext(
        "Names, employers and words of the content are found in part; a telephone in full or by "
        "its last four digits; an ID number in full."
    )
    list_columns = ["name", "phone", "matter", "number", "stage", "holder", "due_on"]
    more_columns = (
        "registered_at",
        "category",
        "insurance",
        "tier",
        "channel",
        "registrar",
        "registered_by",
        "lead",
        "employer",
        "amount",
    )
    show_columns = ["number"]
    search_columns = (
        *("stage", "category", "holder", "registered_at", "due_on"),
        *("insurance", "tier", "lead", "registrar", "channel"),
    )
    extra_filters: ClassVar = (COUNTED,)
    order_columns = ("number", "registered_at", "stage", "due_on")
    base_order = ("id", "desc")
    loads = ("parties",)
    label_columns = {
        "name": lazy_gettext("Applicant"),
        "matter": lazy_gettext("Matter"),
        "number": lazy_gettext("Case number"),
        "stage": lazy_gettext("Where it stands"),
        "holder": lazy_gettext("Who has it"),
        "due_on": lazy_gettext("Due"),
        "registered_at": lazy_gettext("Registered"),
        "category": lazy_gettext("Category"),
        "insurance": lazy_gettext("Insurance"),
        "tier": lazy_gettext("Way"),
        "channel": lazy_gettext("How it came"),
        "registrar": lazy_gettext("Registered at"),
        "registered_by": lazy_gettext("Registered by"),
        "lead": lazy_gettext("Lead"),
        "employer": lazy_gettext("Employer"),
        "amount": lazy_gettext("Amount"),
    }
    choices: ClassVar = {
        "stage": of_mechanism("stages"),
        "category": _categories,
        "holder": bodies,
        "lead": bodies,
        "registrar": bodies,
        "insurance": of_mechanism("insurances"),
        "tier": of_mechanism("tiers"),
        "channel": _channels,
    }
    words: ClassVar = {
        "name": lambda _view, case: _applicant(case, "name"),
        "phone": lambda _view, case: words.masked_phone(_applicant(case, "phone")),
        "matter": lambda _view, case: words.matter(mechanism_of(case), case),
        "stage": lambda _view, case: words.stage_chip(mechanism_of(case), case),
        "insurance": lambda _view, case: words.insurances(mechanism_of(case), case),
        "due_on": lambda _view, case: _due(case),
    }

    def asked_query(self, asked: Asked) -> Select[Any]:
        """Return the query of what the list was asked for, as far as the body may know it."""
        names = [key for _, key in asked.typed]
        query = super().asked_query(asked)
        return query.where(*hindsight.not_later(database_session(), names))

    def search(self, query: Select[Any], words: str) -> Select[Any]:
        """Return the cases that the words name: number, names, employer, content, telephone."""
        found = _hits(words)
        return query.join(found, found.c.case_id == Case.id)

    def order(self, asked: Asked) -> list[ColumnElement[Any]]:
        """Return the order of the rows; what is searched for comes as the index holds it."""
        if not asked.words or asked.sort != "id":
            return super().order(asked)
        newest = _hits(asked.words).c.newest
        return [newest.desc() if asked.is_descending else newest.asc()]

    def rows(self, asked: Asked, offset: int, limit: int) -> Rows:
        """Return the cases as the acting body saw them last, where it handed one on."""
        return hindsight.as_seen(database_session(), super().rows(asked, offset, limit))

    def value(self, row: Any, column: str) -> Any:
        """Return a value as a spreadsheet or a program takes it; the due date as a day."""
        return row.due_on if column == "due_on" else super().value(row, column)

    def row_url(self, row: Any) -> str:
        """Return the address of the case itself."""
        return url_for("screens.case", case_id=row.id)

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> ResponseReturnValue:
        """Lead to the case itself, where its acts are."""
        return redirect(self.row_url(self.found(pk)))


def _hits(words: str) -> Subquery:
    """Return the cases in which the words stand; asked for once a request."""
    kept: dict[str, Subquery] = g.setdefault("hits", {})
    if words not in kept:
        kept[words] = search.hits(database_session(), words)
    return kept[words]


def _applicant(case: Case, name: str) -> str | None:
    found = next((one for one in case.parties if one.role == "applicant"), None)
    return getattr(found, name) if found is not None else None


def _due(case: Case) -> Due | None:
    here = desk()
    if case.due_on is None:
        return None
    is_paused = case.paused_on is not None
    return due_words(case.due_on, here.today, here.world.calendar, paused=is_paused)
