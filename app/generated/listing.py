"""A list as its page draws it: heads, lines, pager, and the filters above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext

from app.generated import counties
from app.generated.asked import MOST_ROWS, PREFIX, SIZES, Asked, Filter
from app.generated.counties import COUNTY, PLACE
from app.generated.kinds import Cell
from app.screens.fields import Choice, Field

#: Filters that stand open above a list; the rest are folded.
OPEN_FILTERS = 4
#: Pages named on each side of the present one.
NEAR = 2


@dataclass(frozen=True)
class Head:
    """The head of a column; `url` sorts by it, `order` is asc or desc where it is sorted."""

    key: str
    label: str
    url: str = ""
    order: str = ""


@dataclass(frozen=True)
class RowLink:
    """What can be done with a row."""

    label: str
    url: str


@dataclass(frozen=True)
class Line:
    """A row of the list; `url` opens it."""

    cells: Sequence[Cell]
    url: str = ""
    links: Sequence[RowLink] = ()
    is_past: bool = False


@dataclass(frozen=True)
class PageLink:
    """A page of the list; without an address it is the present one, or a gap."""

    label: str
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of a list, and where it stands in the whole."""

    heads: Sequence[Head]
    lines: Sequence[Line]
    count: int
    is_capped: bool
    page: int
    size: int

    @property
    def pages(self) -> int:
        """Return how many pages there are; an empty list has one."""
        return max(1, -(-self.count // self.size))

    @property
    def summary(self) -> str:
        """Return how many entries there are and which of them are shown."""
        if not self.count:
            return gettext("No entries")
        first = (self.page - 1) * self.size + 1
        last = first + len(self.lines) - 1
        if self.is_capped:
            return gettext(
                "More than %(count)s entries, shown are %(first)s to %(last)s",
                count=self.count,
                first=first,
                last=last,
            )
        return gettext(
            "%(count)s entries, shown are %(first)s to %(last)s",
            count=self.count,
            first=first,
            last=last,
        )

    @property
    def sizes(self) -> list[PageLink]:
        """Return the page sizes to choose from."""
        return [PageLink(str(one), url(size=one, page=None), one == self.size) for one in SIZES]

    @property
    def links(self) -> list[PageLink]:
        """Return the pager: the pages near this one, the first and the last."""
        near = range(max(1, self.page - NEAR), min(self.pages, self.page + NEAR) + 1)
        wanted = sorted({1, self.pages, *near})
        found: list[PageLink] = []
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number - before > 1:
                found.append(PageLink("…"))
            found.append(PageLink(str(number), url(page=number), number == self.page))
        return found

    @property
    def previous_url(self) -> str:
        """Return the address of the page before this one."""
        return url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """Return the address of the page after this one."""
        return url(page=self.page + 1) if self.page < self.pages else ""


def url(**changes: Any) -> str:
    """Return the present address with other parameters; None drops one."""
    kept = [
        (name, value)
        for name in request.args
        for value in request.args.getlist(name)
        if name not in changes and value
    ]
    kept += [(name, str(value)) for name, value in changes.items() if value is not None]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def heads(view: Any, asked: Asked) -> list[Head]:
    """Return the heads of the columns that were asked for."""
    return [_head(view, asked, key) for key in asked.columns]


def _head(view: Any, asked: Asked, key: str) -> Head:
    label = str(view.label_columns[key])
    if key not in view.order_columns:
        return Head(key, label)
    is_sorted = key == asked.sort
    turned = f"-{key}" if is_sorted and not asked.is_descending else key
    order = ("desc" if asked.is_descending else "asc") if is_sorted else ""
    return Head(key, label, url(sort=turned, page=None), order)


def last_page(count: int, size: int) -> int:
    """Return the last page that a list of so many rows has."""
    return max(1, -(-min(count, MOST_ROWS) // size))


# --- filters


def filter_fields(view: Any, asked: Asked) -> list[Field]:
    """Return the filters as fields of a plain form, each with what was typed."""
    found: list[Field] = []
    for one in view.filters.values():
        is_shown = one.is_offered or ("eq", one.key) in asked.typed
        if is_shown and one.key not in (PLACE, COUNTY):
            found += _fields(view, asked, one)
    if PLACE in view.filters and counties.chosen_among_all():
        found.insert(0, _county(view, asked))
    return found


def _county(view: Any, asked: Asked) -> Field:
    """Return the superuser's choice of a county: one of a few, or words where there are many."""
    known = counties.offered()
    if known:
        return _select(asked, view.filters[PLACE], "eq", known)
    return _input(asked, view.filters[COUNTY], "has", str(view.filters[COUNTY].label))


def _fields(view: Any, asked: Asked, one: Filter) -> Iterable[Field]:
    choices = one.choices(view) if one.choices else ()
    if choices or one.kind == "bool":
        operator = "has" if "eq" not in one.ops else "eq"
        yield _select(asked, one, operator, choices or _flags())
    elif {"from", "to"} <= set(one.ops) and one.kind in ("date", "moment"):
        yield _input(asked, one, "from", gettext("%(what)s from", what=one.label))
        yield _input(asked, one, "to", gettext("%(what)s to", what=one.label))
    else:
        yield _input(asked, one, one.ops[0], str(one.label))


def _flags() -> list[tuple[Any, str]]:
    return [("1", gettext("yes")), ("0", gettext("no"))]


def _select(asked: Asked, one: Filter, operator: str, choices: Sequence[Any]) -> Field:
    typed = asked.typed.get((operator, one.key), "")
    options = [Choice(str(value), label) for value, label in choices]
    if typed and all(option.value != typed for option in options):
        options.append(Choice(typed, typed))
    name = f"{PREFIX}{operator}_{one.key}"
    return Field(name, "select", str(one.label), value=typed, choices=options)


def _input(asked: Asked, one: Filter, operator: str, label: str) -> Field:
    typed = asked.typed.get((operator, one.key), "")
    kind = {"date": "date", "moment": "date", "number": "number"}.get(one.kind, "line")
    return Field(f"{PREFIX}{operator}_{one.key}", kind, label, value=typed)
