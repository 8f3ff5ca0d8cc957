"""Mechanisms, their versions, and the duties they lay down; read only, a version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.orm import defer

from app.directory import ADMIN, CLERK, Directory
from app.generated import counties, kinds, menu
from app.generated.asked import Asked, Filter
from app.generated.base import RecordView
from app.generated.interface import RecordInterface
from app.generated.rights import ALL_READ, POST, READ, SUPERUSER
from app.mechanism.schema import Row
from app.models import Jurisdiction, MechanismVersion
from app.screens import words
from app.screens.mechanism_view import conditions, first_clause, unit_label
from app.screens.words import Clause
from app.security.posts import chosen_post, database_session, place_of

#: The list alone; a row leads to the mechanism's own page.
LIST = ("can_list",)


class MechanismView(RecordView):
    """The mechanisms of the counties; a row opens the mechanism's own page."""

    datamodel = RecordInterface(Jurisdiction)
    resource = "mechanism"
    group, icon = menu.MECHANISM, "diagram-project"
    list_title = lazy_gettext("Mechanisms")
    intro = lazy_gettext("The mechanism of each county, as its newest version has it.")
    nothing = lazy_gettext("No mechanism is loaded yet.")
    grants: ClassVar = {**ALL_READ, SUPERUSER: READ}
    list_columns = ["name", "mechanism", "document", "version", "valid_from", "valid_until"]
    more_columns = ("key", "place_code")
    show_columns = [
        *("name", "mechanism", "document", "page", "version", "valid_from", "valid_until"),
        *("key", "place_code"),
    ]
    text_columns = ("name", "key")
    order_columns = ("name",)
    label_columns = {
        "name": lazy_gettext("County"),
        "mechanism": lazy_gettext("Mechanism"),
        "document": lazy_gettext("Document"),
        "version": lazy_gettext("Newest version"),
        "valid_from": lazy_gettext("In force from"),
        "valid_until": lazy_gettext("In force until"),
        "place_code": lazy_gettext("Code of the place"),
        "page": lazy_gettext("Page"),
    }
    words: ClassVar = {
        "mechanism": lambda view, row: _of(view, row, lambda world: world.mechanism.name),
        "document": lambda view, row: _of(view, row, lambda world: world.mechanism.source.number),
        "version": lambda _view, row: _newest(row).number if _newest(row) else None,
        "valid_from": lambda _view, row: _newest(row).valid_from if _newest(row) else None,
        "valid_until": lambda _view, row: _newest(row).valid_until if _newest(row) else None,
        "page": lambda _view, row: words.Link(
            gettext("Open the mechanism"), url_for("screens.mechanism_page", key=row.key)
        ),
    }

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the acting post's own county; the superuser reaches all."""
        actor = chosen_post()
        return query if actor is None else query.where(Jurisdiction.id == actor.jurisdiction_id)

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read the newest versions of these counties in one statement."""
        g.setdefault("places", {}).update({row.id: row for row in rows})
        query = select(
            MechanismVersion.jurisdiction_id,
            MechanismVersion.number,
            MechanismVersion.valid_from,
            MechanismVersion.valid_until,
        )
        query = query.where(MechanismVersion.jurisdiction_id.in_([row.id for row in rows]))
        found = database_session().execute(query.order_by(MechanismVersion.number))
        g.newest_versions = {one.jurisdiction_id: one for one in found}

    def row_url(self, row: Any) -> str:
        """Return the address of the mechanism's own page."""
        return url_for("screens.mechanism_page", key=row.key)


def _newest(row: Jurisdiction) -> Any:
    return g.newest_versions.get(row.id)


def _of(view: Any, row: Jurisdiction, tell: Any) -> Any:
    world: Directory | None = view.world_of(row.id)
    return tell(world) if world is not None else None


class VersionView(RecordView):
    """Every version of every mechanism; running cases keep the one of their registration (Z6)."""

    datamodel = RecordInterface(MechanismVersion)
    resource = "mechanism_version"
    group, icon = menu.MECHANISM, "code-branch"
    list_title = lazy_gettext("Versions of mechanisms")
    menu_label = lazy_gettext("Versions")
    intro = lazy_gettext(
        "A case keeps the version by which it was registered; a later one changes nothing of it."
    )
    grants: ClassVar = {**ALL_READ, SUPERUSER: READ}
    list_columns = ["number", "valid_from", "valid_until", "loaded_at", "loaded_by"]
    more_columns = ("digest",)
    show_columns = [
        *("number", "jurisdiction_id", "valid_from", "valid_until", "loaded_at", "loaded_by"),
        *("digest", "page"),
    ]
    search_columns = ("valid_from", "loaded_at")
    order_columns = ("number", "valid_from", "loaded_at")
    base_order = ("id", "desc")
    label_columns = {
        "number": lazy_gettext("Version"),
        "valid_from": lazy_gettext("In force from"),
        "valid_until": lazy_gettext("In force until"),
        "loaded_at": lazy_gettext("Published"),
        "loaded_by": lazy_gettext("By"),
        "digest": lazy_gettext("Digest (SHA-256)"),
        "page": lazy_gettext("Page"),
    }
    words: ClassVar = {"page": lambda _view, row: _page_of(row)}

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the versions without their texts, which are long."""
        texts = (defer(MechanismVersion.profile), defer(MechanismVersion.source))
        return super().narrow(query).options(*texts)


def _page_of(row: MechanismVersion) -> words.Link | None:
    place = place_of(database_session(), row.jurisdiction_id)
    if place is None:
        return None
    url = url_for("screens.mechanism_page", key=place.key)
    return words.Link(gettext("Open the mechanism"), url)


@dataclass(frozen=True)
class Duty:
    """A routing row of a mechanism as a list shows it."""

    id: int
    row: Row
    world: Directory

    @property
    def jurisdiction_id(self) -> int:
        """Return the county whose mechanism it is of."""
        return self.world.jurisdiction_id

    def units(self, keys: Sequence[str]) -> str:
        """Return bodies in words."""
        return words.listed([unit_label(self.world.mechanism, key) for key in keys])

    @property
    def clause(self) -> Clause:
        """Return the clause that the duty rests on."""
        return words.clause(self.world.mechanism, first_clause(self.row))


def _of_duty(_view: Any, _operator: str, _value: Any) -> ColumnElement[bool]:
    """Return nothing for the database: duties stand in the profile and are narrowed in memory."""
    return true()


def _codes(view: Any) -> list[tuple[int, str]]:
    world = view.world()
    return [(code, one.short) for code, one in world.mechanism.categories.items()] if world else []


def _units(view: Any) -> list[tuple[str, str]]:
    world = view.world()
    return [(key, world.body_short(key)) for key in world.mechanism.working] if world else []


class DutyView(RecordView):
    """Who is competent for what, by which clause: the routing rows of the version in force (Z3.1).

    They stand in the profile; the view reads them from there and lays them beside their clause.
    """

    datamodel = RecordInterface(MechanismVersion)
    resource = "duty"
    group, icon = menu.MECHANISM, "scale-balanced"
    list_title = lazy_gettext("Duties of the units")
    menu_label = lazy_gettext("Duties")
    intro = lazy_gettext(
        "Who is competent for which dispute, and the clause that says so. "
        "Of several rows that fit, the first one holds."
    )
    grants: ClassVar = {CLERK: LIST, ADMIN: LIST, POST: LIST, SUPERUSER: LIST}
    list_columns = ["category", "when", "decides", "others", "text", "clause"]
    show_columns = list_columns
    extra_filters: ClassVar = (
        Filter(
            "category",
            lazy_gettext("Category"),
            "choice",
            ("eq",),
            _of_duty,
            _codes,
            kinds.read_number,
        ),
        Filter("unit", lazy_gettext("Unit"), "choice", ("eq",), _of_duty, _units, kinds.read_key),
    )
    base_order = ("id", "asc")
    label_columns = {
        "category": lazy_gettext("Category"),
        "when": lazy_gettext("When"),
        "decides": lazy_gettext("Decides"),
        "others": lazy_gettext("Joins, advises"),
        "text": lazy_gettext("Why"),
        "clause": lazy_gettext("Clause"),
    }
    words: ClassVar = {
        "category": lambda _view, duty: _categories(duty),
        "when": lambda _view, duty: conditions(duty.world.mechanism, duty.row),
        "decides": lambda _view, duty: duty.units(duty.row.decides),
        "others": lambda _view, duty: duty.units((*duty.row.joins, *duty.row.advises)),
        "text": lambda _view, duty: duty.row.text,
        "clause": lambda _view, duty: duty.clause,
    }

    def place_id(self) -> int | None:
        """Return the county at hand; for the superuser who chose none the first one."""
        chosen = super().place_id()
        if chosen is not None or chosen_post() is not None:
            return chosen
        if "first_county" not in g:
            g.first_county = next((pk for pk, _ in counties.PLACES.found(self, "")), None)
        found: int | None = g.first_county
        return found

    def _duties(self, asked: Asked) -> list[Duty]:
        world = self.world()
        if world is None:
            return []
        rows = enumerate(world.mechanism.routing.rows, start=1)
        found = [Duty(number, row, world) for number, row in rows]
        return [one for one in found if _fits(one, asked)]

    def counted(self, asked: Asked) -> tuple[int, bool]:
        """Return how many duties fit."""
        return len(self._duties(asked)), False

    def rows(self, asked: Asked, offset: int, limit: int) -> list[Any]:
        """Return some of the duties that fit, in the order in which they are tried."""
        return self._duties(asked)[offset : offset + limit]

    def row_url(self, row: Any) -> str:
        """Return the duty's place on the mechanism's page."""
        url = url_for("screens.mechanism_page", key=row.world.mechanism.key)
        return f"{url}#row-{row.row.key}"


def _fits(duty: Duty, asked: Asked) -> bool:
    code = asked.typed.get(("eq", "category"))
    unit = asked.typed.get(("eq", "unit"))
    named = {
        body
        for key in (*duty.row.decides, *duty.row.joins, *duty.row.advises)
        for body in _bodies(duty.world, key)
    }
    return (not code or int(code) in duty.row.categories) and (not unit or unit in named)


def _bodies(world: Directory, key: str) -> Sequence[str]:
    return tuple(world.mechanism.routing.agencies.values()) if key == "agency" else (key,)


def _categories(duty: Duty) -> str:
    known = duty.world.mechanism.categories
    return words.listed([known[code].short for code in sorted(duty.row.categories)])
