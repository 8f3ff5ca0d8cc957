"""What every generated screen stands on: one declaration per model, everything else from it.

A view names its table, columns, filters, words and who is granted what, with Flask-AppBuilder's
own class attributes where it has them. List, search, pager, show, forms, permissions, menu, REST
and Excel follow. What Flask-AppBuilder does badly is mended here and in `interface`, once:
filters belong to one request, a page is bounded, relations come in one statement each, a row is
always read within reach, bad parameters are refused with a sentence, and there is no download.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_appbuilder import ModelView, expose
from sqlalchemy import ColumnElement, Select, or_

from app import clock
from app.directory import Directory, directory_of
from app.errors import NotFound, Reason
from app.generated import asked as asking
from app.generated import counties, excel, kinds, listing, tools
from app.generated.asked import Asked, Filter
from app.generated.changes import Aside, changes_of
from app.generated.counties import COUNTY, PLACE, by_id, by_name
from app.generated.interface import RecordInterface
from app.generated.labels import COLUMNS
from app.generated.listing import Line, Listing, RowLink
from app.generated.rights import ALL_READ, may, permitted
from app.generated.writing import Writing
from app.models import JurisdictionRow
from app.screens.desk import NO_SUCH_PAGE, as_id
from app.screens.words import Chip
from app.security.posts import chosen_post, database_session, place_of

Words = Callable[[Any, Any], Any]
Choices = Callable[[Any], Sequence[tuple[Any, str]]]


Links = list[RowLink]
Cards = list[Aside]
Section = tuple[Any, list[tuple[str, kinds.Cell]]]
Sections = list[Section]


class RecordView(Writing, ModelView):
    """A table on screen; see docs/architecture.md, Generated screens."""

    datamodel: RecordInterface
    list_template = "generated/list.html"
    show_template = "generated/show.html"
    add_template = edit_template = "generated/form.html"
    #: The row actions and the download of Flask-AppBuilder look at no row's reach.
    action = action_post = download = None

    #: Column → its name on the screens; most stand in `labels`.
    label_columns: Any = None
    #: Name of the resource under /api/v1/; empty: not served over REST.
    resource = ""
    #: What the page says under its title.
    intro: Any = ""
    #: What an empty list says, and what words that found nothing are told.
    nothing: Any = ""
    words_help: Any = ""
    icon = "table-list"
    #: The part of the menu that leads here, and its words; empty: the list's title.
    group = ""
    menu_label: Any = ""
    #: Kind of post → permissions (see `rights`).
    grants: ClassVar[Mapping[str, tuple[str, ...]]] = ALL_READ
    #: Columns that are not in the list but may be chosen.
    more_columns: ClassVar[Sequence[str]] = ()
    #: Columns that may be filtered by, in the order of the form; nothing else may.
    search_columns: Any = ()
    extra_filters: ClassVar[Sequence[Filter]] = ()
    #: Columns in which the words of q= are looked for.
    text_columns: ClassVar[Sequence[str]] = ()
    #: Column → its values with their labels, few and fixed.
    choices: ClassVar[Mapping[str, Choices]] = {}
    #: Column → what is shown for a row, where that is not the value itself.
    words: ClassVar[Mapping[str, Words]] = {}
    #: Relations that the words of a column need.
    loads: ClassVar[Sequence[str]] = ()
    order_columns: Any = ()

    # --- Flask-AppBuilder's set-up, without its guesses

    def _init_properties(self) -> None:
        self.base_permissions = sorted({one for grant in self.grants.values() for one in grant})
        self.label_columns = {**COLUMNS, **(self.label_columns or {})}
        self.related_views = self._related_views = ()
        self.all_columns = (*self.list_columns, *self.more_columns)
        if self.show_fieldsets:
            self.show_columns = [c for _, part in self.show_fieldsets for c in part["fields"]]
        self._init_writing()
        names = self.search_columns
        found = [self._column_filter(name) for name in names]
        self.filters = {one.key: one for one in (*found, *self.extra_filters)}
        if self.of_places:
            model = self.datamodel.obj
            self.filters[PLACE], self.filters[COUNTY] = by_id(model), by_name(model)
            self.all_columns = tuple(dict.fromkeys((*self.all_columns, PLACE)))

    @property
    def of_places(self) -> bool:
        """Return whether the rows belong to counties."""
        return issubclass(self.datamodel.obj, JurisdictionRow)

    def _column_filter(self, name: str) -> Filter:
        column = getattr(self.datamodel.obj, name)
        choices = self.choices.get(name)
        labels = None if choices is None else lambda view: choices(view)
        return asking.of_column(column, name, self.label_columns[name], labels)

    def _init_titles(self) -> None:
        self.title = self.list_title

    # --- who is here, and what is in reach

    def may(self, permission: str) -> bool:
        """Return whether the acting post holds the permission on this view."""
        return may(permission, self.class_permission_name)

    def place_id(self) -> int | None:
        """Return the county at hand: the acting post's own, or the one the superuser chose."""
        actor = chosen_post()
        if actor is not None:
            return actor.jurisdiction_id
        text = request.values.get(f"{asking.PREFIX}eq_{PLACE}", "")
        return as_id(text) if text else None

    def default_columns(self) -> tuple[str, ...]:
        """Return the columns of the list; the superuser is told the county of each row."""
        several = self.of_places and chosen_post() is None and self.place_id() is None
        return (*self.list_columns, PLACE) if several else tuple(self.list_columns)

    def world(self) -> Directory | None:
        """Return the directory of the county at hand; None where none is."""
        return self.world_of(self.place_id())

    def world_of(self, jurisdiction_id: int | None) -> Directory | None:
        """Return a county's directory, or None where it has no mechanism."""
        place = place_of(database_session(), jurisdiction_id) if jurisdiction_id else None
        if place is None:
            return None
        try:
            return directory_of(database_session(), place)
        except NotFound:
            return None

    def today(self) -> date:
        """Return the civil date in China."""
        return clock.today()

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the query of the rows in reach: those of the acting post's county.

        The superuser, who holds no post, reaches the reference data of all; the rows of cases
        are the session's own affair (app.security.sight).
        """
        actor = chosen_post()
        if actor is None or not self.of_places:
            return query
        return query.where(self.datamodel.obj.jurisdiction_id == actor.jurisdiction_id)

    def found(self, pk: str, *, to_write: bool = False) -> Any:
        """Return the row of that key within reach; raises NotFound."""
        query = self.narrow(self.datamodel.select())
        row = self.datamodel.one(query.with_for_update() if to_write else query, as_id(pk))
        if row is None:
            raise NotFound(Reason(NO_SUCH_PAGE))
        return row

    # --- a page of rows

    def search(self, query: Select[Any], words: str) -> Select[Any]:
        """Return the query narrowed to the rows that hold the words."""
        columns = [getattr(self.datamodel.obj, name) for name in self.text_columns]
        return query.where(or_(*(one.icontains(words, autoescape=True) for one in columns)))

    def asked_query(self, asked: Asked) -> Select[Any]:
        """Return the query of what the list was asked for, within reach."""
        query = self.narrow(self.datamodel.select()).where(*asked.filters)
        if asked.words and self.is_searched:
            query = self.search(query, asked.words)
        return query

    @property
    def is_searched(self) -> bool:
        """Return whether the list takes q=."""
        return bool(self.text_columns) or type(self).search is not RecordView.search

    def order(self, asked: Asked) -> list[ColumnElement[Any]]:
        """Return the order of the rows; equal ones go by their key."""
        model = self.datamodel.obj
        names = [asked.sort, *(("id",) if asked.sort != "id" else ())]
        columns = [getattr(model, name) for name in names]
        return [one.desc() if asked.is_descending else one.asc() for one in columns]

    def rows(self, asked: Asked, offset: int, limit: int) -> list[Any]:
        """Return some of the rows that the list was asked for, with what their words need."""
        query = self.asked_query(asked)
        return self.datamodel.page(query, self.order(asked), offset, limit, self.loads)

    def counted(self, asked: Asked) -> tuple[int, bool]:
        """Return how many rows the list has, up to a limit, and whether there are more."""
        return self.datamodel.counted(self.asked_query(asked), asking.MOST_ROWS)

    def listing(self, asked: Asked) -> Listing:
        """Return the page of the list that was asked for; past the end it is the last one."""
        count, is_capped = self.counted(asked)
        page = min(asked.page, listing.last_page(count, asked.size))
        rows = self.rows(asked, (page - 1) * asked.size, asked.size)
        self.prepare_rows(rows)
        lines = [self._line(row, asked.columns) for row in rows]
        heads = listing.heads(self, asked)
        return Listing(heads, lines, count, is_capped, page, asked.size)

    def rows_for_export(self, asked: Asked, limit: int) -> tuple[list[str], Iterator[list[Any]]]:
        """Return the heads and the rows of the list as it is seen, up to a limit.

        Each value is a text, a number, a date, an amount, or None.
        """
        labels = [str(self.label_columns[key]) for key in asked.columns]
        rows = self.rows(asked, 0, limit)
        self.prepare_rows(rows)
        return labels, ([self.value(row, key) for key in asked.columns] for row in rows)

    def prepare_rows(self, rows: Sequence[Any]) -> None:
        """Read in one statement what the words of these rows need."""
        if self.of_places and chosen_post() is None:
            counties.know({row.jurisdiction_id for row in rows})

    def _line(self, row: Any, columns: Iterable[str]) -> Line:
        cells = [self.cell(row, key) for key in columns]
        return Line(cells, self.row_url(row), self.row_links(row), self.is_past(row))

    def row_url(self, row: Any) -> str:
        """Return the address that opens a row."""
        return self.url("show", pk=row.id) if self.may("can_show") else ""

    def row_links(self, row: Any) -> Links:
        """Return what the acting post can do with a row."""
        return self.writing_links(row)

    def is_past(self, row: Any) -> bool:
        """Return whether the row is drawn as one of the past."""
        return False

    def is_offered(self) -> bool:
        """Return whether the menu leads here, of those who may list the rows."""
        return True

    # --- what a column shows

    def cell(self, row: Any, column: str) -> kinds.Cell:
        """Return a value as the page draws it."""
        return kinds.cell(self.shown(row, column))

    def value(self, row: Any, column: str) -> Any:
        """Return a value as a spreadsheet or a program takes it."""
        shown = self.shown(row, column)
        if isinstance(shown, str | int | float | date | kinds.Decimal) or shown is None:
            return shown
        return kinds.cell(shown).text

    def shown(self, row: Any, column: str) -> Any:
        """Return what the column says of a row: its words, its label, or the value itself."""
        if column in self.words:
            return self.words[column](self, row)
        value = getattr(row, column)
        if column == PLACE:
            place = place_of(database_session(), value) if value else None
            return place.name if place else None
        if column in self.choices:
            return self.labels(column).get(value, value)
        return value

    def name_of(self, row: Any) -> str:
        """Return what a row is called in titles and messages: what its list says first."""
        return self.cell(row, self.list_columns[0]).text

    def labels(self, column: str) -> dict[Any, str]:
        """Return the labels of a column's values; made once a request."""
        kept: dict[Any, dict[Any, str]] = g.setdefault("generated_labels", {})
        key = type(self), column
        if key not in kept:
            kept[key] = dict(self.choices[column](self))
        return kept[key]

    # --- the pages

    def url(self, method: str, **values: Any) -> str:
        """Return the address of one of this view's pages."""
        tail = "".join(f"/{one}" for one in values.values())
        return f"{self.route_base}/{method}{tail}" + ("/" if method == "list" else "")

    @expose("/list/")
    @permitted
    def list(self) -> ResponseReturnValue:
        """Draw the list."""
        asked = asking.read(self, request.args)
        if asked.form == "xlsx":
            return excel.answer(self, asked)
        fields = listing.filter_fields(self, asked)
        query = listing.url(page=None, **{"as": None}).partition("?")[2]
        return self.render_template(
            self.list_template,
            view=self,
            asked=asked,
            listing=self.listing(asked),
            filters=fields[: listing.OPEN_FILTERS],
            more_filters=fields[listing.OPEN_FILTERS :],
            query_string=query,
            tools=tools.of(self, asked, query),
            add_url=self.url("add") if self.can_add() else "",
        )

    @expose("/show/<pk>")
    @permitted
    def show(self, pk: str) -> ResponseReturnValue:
        """Draw one row."""
        row = self.found(pk)
        self.prepare_rows([row])
        return self.render_template(
            self.show_template,
            view=self,
            title=self.name_of(row),
            row=row,
            chip=self.chip(row),
            sections=self._sections(row),
            links=[*self.writing_links(row), *self.deleting_links(row)],
            asides=[*self.asides(row), *changes_of(self, row)],
            back=self.back_url(),
        )

    def _sections(self, row: Any) -> Sections:
        parts = self.show_fieldsets or [("", {"fields": self.show_columns})]
        return [
            (title, [(str(self.label_columns[c]), self.cell(row, c)) for c in part["fields"]])
            for title, part in parts
        ]

    def chip(self, row: Any) -> Chip | None:
        """Return the state of a row, as it stands beside its title."""
        return None

    def asides(self, row: Any) -> Cards:
        """Return the cards that stand beside a row and its form."""
        return []

    def back_url(self) -> str:
        """Return the address of the list."""
        return self.url("list")
