"""Reference data of a county: units, categories, calendar days, number series."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import gettext, lazy_gettext
from sqlalchemy import Select, exists, or_, select

from app.errors import N_, FieldReasons, Reason
from app.generated import counties, menu
from app.generated.base import RecordView
from app.generated.interface import RecordInterface
from app.generated.rights import ALL_READ, FULL, READ, SUPERUSER
from app.intake import CASE_SERIES
from app.mechanism.duties import MOST_CATEGORIES
from app.models import Body, CalendarRow, Case, CategoryRow, NumberSeries
from app.screens.formats import date_day
from app.screens.words import Chip
from app.security.posts import chosen_post, database_session

#: The superuser changes what a mechanism brought, but neither adds to it nor takes away.
CHANGE = (*READ, "can_edit")


def in_use_chip(view: Any, row: Any) -> Chip:
    """Return whether a body or a category is in use, and from which day it is not."""
    if row.retired_on is None:
        return Chip(gettext("in use"), "circle-check", "ok")
    if row.retired_on > view.today():
        label = gettext("until before %(day)s", day=date_day(row.retired_on))
        return Chip(label, "calendar-xmark", "warn")
    return Chip(gettext("retired"), "circle-minus")


class UnitView(RecordView):
    """The bodies of a mechanism."""

    datamodel = RecordInterface(Body)
    resource = "unit"
    group, icon = menu.REFERENCE, "building-columns"
    list_title = lazy_gettext("Units and other bodies")
    edit_title = lazy_gettext("Change a body")
    menu_label = lazy_gettext("Units")
    intro = lazy_gettext(
        "Who takes part in the mechanism. A body that no longer takes part gets a day; "
        "its cases and papers stay as they are."
    )
    grants: ClassVar = {**ALL_READ, SUPERUSER: CHANGE}
    list_columns = ["name", "short", "kind", "address", "state"]
    more_columns = ("key", "jurisdiction_id", "position")
    show_columns = ["name", "short", "key", "kind", "address", "jurisdiction_id", "state"]
    edit_fieldsets = [
        (
            lazy_gettext("Names"),
            {
                "fields": ["name", "short", "address"],
                "description": lazy_gettext(
                    "As papers and screens show them. Papers already issued keep their words."
                ),
            },
        ),
        (
            lazy_gettext("Taking part"),
            {
                "fields": ["position", "retired_on"],
                "description": lazy_gettext("A retired body gets no new cases; old ones stay."),
            },
        ),
    ]
    search_columns = ("kind",)
    text_columns = ("name", "short")
    order_columns = ("name", "position")
    base_order = ("position", "asc")
    description_columns = {
        "position": lazy_gettext("The order in lists, from 0 on."),
        "retired_on": lazy_gettext("The first day on which it no longer takes part."),
    }
    choices: ClassVar = {"kind": lambda view: _kinds(view)}
    words: ClassVar = {"state": in_use_chip}

    def is_past(self, row: Any) -> bool:
        """Return whether the body no longer takes part."""
        return row.retired_on is not None and row.retired_on <= self.today()

    def chip(self, row: Any) -> Chip | None:
        """Return whether the body takes part."""
        return in_use_chip(self, row)


def _kinds(_view: Any) -> list[tuple[str, str]]:
    """Return the kinds of bodies that profiles name; another one is shown by its own word."""
    return [
        ("bureau", gettext("bureau")),
        ("office", gettext("office of the leading group")),
        ("group", gettext("leading group")),
        ("venue", gettext("venue")),
        ("platform", gettext("platform")),
    ]


class CategoryView(RecordView):
    """The kinds of disputes (Z3.2)."""

    datamodel = RecordInterface(CategoryRow)
    resource = "category"
    group, icon = menu.REFERENCE, "tags"
    list_title = lazy_gettext("Categories of disputes")
    add_title = lazy_gettext("New category")
    edit_title = lazy_gettext("Change a category")
    menu_label = lazy_gettext("Categories")
    intro = lazy_gettext(
        "A retired category cannot be chosen for new cases and stays on those that have it."
    )
    grants: ClassVar = {**ALL_READ, SUPERUSER: FULL}
    list_columns = ["label", "code", "short", "state"]
    more_columns = ("jurisdiction_id", "retired_on")
    show_columns = ["label", "short", "code", "jurisdiction_id", "state"]
    add_columns = ["code", "label", "short"]
    edit_columns = ["label", "short", "retired_on"]
    text_columns = ("label", "short")
    order_columns = ("code", "label")
    base_order = ("code", "asc")
    description_columns = {
        "code": lazy_gettext(
            "Its number in the document; it never changes. "
            "No duty names one that is added here: the office decides who handles its cases."
        ),
        "retired_on": lazy_gettext("The first day on which it can no longer be chosen."),
    }
    words: ClassVar = {"state": lambda view, row: view.chip(row)}

    def is_past(self, row: Any) -> bool:
        """Return whether the category can no longer be chosen."""
        return row.retired_on is not None and row.retired_on <= self.today()

    def chip(self, row: Any) -> Chip | None:
        """Return whether the category can be chosen."""
        return in_use_chip(self, row)

    def problems(self, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong: numbers go from 1 to 99."""
        if 1 <= row.code <= MOST_CATEGORIES:
            return {}
        text = N_("Numbers of categories go from 1 to %(most)s.")
        return {"code": [Reason(text, {"most": MOST_CATEGORIES})]}

    def in_use(self, row: Any) -> Reason | None:
        """Return why the category cannot be deleted: a case has it, or the mechanism names it."""
        world = self.world_of(row.jurisdiction_id)
        known = world.categories.get(row.code) if world else None
        if known is not None and known.is_named:
            text = N_("The mechanism names “%(name)s”; retire it by a date instead.")
            return Reason(text, {"name": self.name_of(row)})
        cases = Case.__table__
        of_cases = exists().where(
            cases.c.jurisdiction_id == row.jurisdiction_id, cases.c.category == row.code
        )
        # Past the scope of the session: the superuser sees no case, and it counts all the same.
        if database_session().connection().scalar(select(of_cases)):
            text = N_("Cases have the category “%(name)s”; retire it by a date instead.")
            return Reason(text, {"name": self.name_of(row)})
        return super().in_use(row)


class CalendarView(RecordView):
    """Days that are not what their weekday says; national, or of one county."""

    datamodel = RecordInterface(CalendarRow)
    resource = "calendar_day"
    group, icon = menu.REFERENCE, "calendar-days"
    list_title = lazy_gettext("Holidays and make-up days")
    add_title = lazy_gettext("New day")
    edit_title = lazy_gettext("Change a day")
    menu_label = lazy_gettext("Calendar")
    intro = lazy_gettext(
        "National days come from the State Council's notice of each year. "
        "A notice is taken in under “Take in a notice of holidays”: provisional due dates are "
        "then reckoned again. A day changed here moves no due date that is open."
    )
    grants: ClassVar = {**ALL_READ, SUPERUSER: FULL}
    list_columns = ["on", "kind", "name", "scope", "source"]
    show_columns = ["on", "kind", "name", "scope", "source"]
    add_columns = ["on", "kind", "name", "source", "jurisdiction_id"]
    edit_columns = ["kind", "name", "source"]
    search_columns = ("on", "kind")
    text_columns = ("name", "source")
    order_columns = ("on",)
    base_order = ("on", "desc")
    label_columns = {
        "scope": lazy_gettext("Holds in"),
        "jurisdiction_id": lazy_gettext("Only in one county"),
    }
    related: ClassVar = {counties.PLACE: counties.PLACES}
    choices: ClassVar = {
        "kind": lambda _view: [
            ("rest", gettext("day off")),
            ("work", gettext("working day")),
        ]
    }
    words: ClassVar = {"scope": lambda view, row: view.scope(row)}

    def scope(self, row: Any) -> str:
        """Return where the day holds."""
        if row.jurisdiction_id is None:
            return gettext("the whole country")
        return str(self.shown(row, "jurisdiction_id"))

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the national days and those of the acting post's county."""
        actor, place = chosen_post(), CalendarRow.jurisdiction_id
        if actor is None:
            return query
        return query.where(or_(place.is_(None), place == actor.jurisdiction_id))

    def problems(self, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong: a national day that is there already."""
        query = select(CalendarRow.id).where(
            CalendarRow.on == row.on, CalendarRow.jurisdiction_id.is_(None)
        )
        if is_new and row.jurisdiction_id is None and database_session().scalar(query):
            return {"on": [Reason(N_("This day stands in the calendar already."))]}
        return {}


class SeriesView(RecordView):
    """The series of numbers, with the last one given."""

    datamodel = RecordInterface(NumberSeries)
    resource = "number_series"
    group, icon = menu.REFERENCE, "stamp"
    list_title = lazy_gettext("Number series")
    intro = lazy_gettext(
        "The last number of each series. Numbers are given by acts alone, without gaps; "
        "nobody sets them."
    )
    nothing = lazy_gettext("No paper has a number yet. The first one appears here.")
    grants: ClassVar = {**ALL_READ, SUPERUSER: READ}
    list_columns = ["issuer", "kind", "year", "last"]
    more_columns = ("jurisdiction_id",)
    show_columns = ["issuer", "kind", "year", "last", "jurisdiction_id"]
    search_columns = ("issuer", "year")
    order_columns = ("issuer", "year", "last")
    base_order = ("year", "desc")
    label_columns = {
        "issuer": lazy_gettext("Issued by"),
        "kind": lazy_gettext("Series"),
        "year": lazy_gettext("Year"),
        "last": lazy_gettext("Last number"),
    }
    choices: ClassVar = {"issuer": lambda view: _issuers(view)}
    words: ClassVar = {
        "issuer": lambda view, row: _issuer(view, row),
        "kind": lambda view, row: _series(view, row),
    }


def _issuers(view: Any) -> list[tuple[str, str]]:
    world = view.world()
    return [] if world is None else [(k, world.body_short(k)) for k in world.mechanism.working]


def _issuer(view: Any, row: Any) -> str:
    """Return who gives the numbers of the series: a body, or for cases the county as a whole."""
    world = view.world_of(row.jurisdiction_id)
    if row.kind == CASE_SERIES and world is not None:
        return world.mechanism.place
    return world.body_short(row.issuer) if world else str(row.issuer)


def _series(view: Any, row: Any) -> str:
    """Return what the series numbers: cases, or the papers of a kind."""
    world = view.world_of(row.jurisdiction_id)
    paper = world.mechanism.papers.get(row.kind) if world else None
    if paper is not None:
        return paper.title
    return gettext("cases") if row.kind == CASE_SERIES else str(row.kind)
