"""What a generated list is asked for, out of its address: filters, order, page, columns.

Everything is plain GET, so that an address can be kept, sent and linked to. What a list does not
know is refused with a sentence, never guessed and never a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, or_
from werkzeug.datastructures import MultiDict

from app.errors import N_, Reason, Unreadable
from app.generated import kinds

PREFIX = "_flt_"
SIZES = (25, 50, 100)
#: Lists end here: whoever needs a row beyond it narrows the list.
MOST_ROWS = 10_000
MOST_FILTERS = 40
FORMS = ("", "xlsx")
Choices = Sequence[tuple[Any, str]]


@dataclass(frozen=True)
class Filter:
    """What a list can be narrowed by.

    `where` takes the view, the operator and the value, and returns the condition. `kind` says
    how the value is read and asked for (see `kinds`, and `choice`: one of `choices`). One that
    is not `is_offered` comes from links alone.
    """

    key: str
    label: Any
    kind: str
    ops: tuple[str, ...]
    where: Callable[[Any, str, Any], ColumnElement[bool]]
    choices: Callable[[Any], Choices] | None = None
    read: Callable[[str], Any] | None = None
    is_offered: bool = True

    def value(self, text: str) -> Any:
        """Return the value that the words stand for; raises ValueError."""
        read = self.read or kinds.READERS.get(self.kind, kinds.read_text)
        return read(text)


def of_column(
    column: Any, key: str, label: Any, choices: Callable[[Any], Choices] | None
) -> Filter:
    """Return the filter that the column's own type makes."""
    kind = kinds.kind_of(column.property.columns[0])

    def where(_view: Any, operator: str, value: Any) -> ColumnElement[bool]:
        return kinds.condition(column, kind, operator, value)

    return Filter(key, label, kind, kinds.OPERATORS[kind], where, choices)


@dataclass(frozen=True)
class Asked:
    """What one request asks a list for; made for each request and shared with nobody."""

    filters: tuple[ColumnElement[bool], ...] = ()
    sort: str = ""
    is_descending: bool = False
    page: int = 1
    size: int = SIZES[0]
    columns: tuple[str, ...] = ()
    words: str = ""
    form: str = ""
    #: The filters as they were typed: (operator, key) → words.
    typed: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Return whether anything narrows the list."""
        return bool(self.filters or self.words)


def read(view: Any, args: MultiDict[str, str]) -> Asked:
    """Return what the address asks the view for; raises Unreadable with a sentence."""
    sort, is_descending = _sort(view, args.get("sort", ""))
    typed, filters = _filters(view, args)
    return Asked(
        filters=filters,
        sort=sort,
        is_descending=is_descending,
        page=_page(args.get("page", "")),
        size=_size(args.get("size", "")),
        columns=_columns(view, ",".join(args.getlist("cols"))),
        words=kinds.clean(args.get("q", "")),
        form=_form(args.get("as", "")),
        typed=typed,
    )


def _page(text: str) -> int:
    last = MOST_ROWS // SIZES[0]
    number = _whole(text, 1, N_("The page must be a whole number, and not “%(value)s”."))
    if not 1 <= number <= last:
        _refuse(N_("Pages go from 1 to %(last)s; narrow the list by its filters."), last=last)
    return number


def _size(text: str) -> int:
    """Return the size of a page nearest to what was asked for: 25, 50 or 100 rows."""
    asked = _whole(text, SIZES[0], N_("The page size must be a number, and not “%(value)s”."))
    return min(SIZES, key=lambda size: abs(size - asked))


def _whole(text: str, default: int, sentence: str) -> int:
    if not text:
        return default
    try:
        return kinds.read_number(text)
    except ValueError:
        _refuse(sentence, value=text[:20])


def _sort(view: Any, text: str) -> tuple[str, bool]:
    """Return the column to sort by and whether downwards; by default the view's own order."""
    if not text:
        column, direction = view.base_order or ("id", "asc")
        return column, direction == "desc"
    column = text.removeprefix("-")
    if column not in view.order_columns:
        _refuse(N_("The list cannot be sorted by “%(value)s”."), value=column[:40])
    return column, text.startswith("-")


def _columns(view: Any, text: str) -> tuple[str, ...]:
    if not text:
        return tuple(view.default_columns())
    chosen = tuple(dict.fromkeys(text.split(",")))
    for one in chosen:
        if one not in view.all_columns:
            _refuse(N_("The list has no column “%(value)s”."), value=one[:40])
    return chosen


def _form(text: str) -> str:
    if text not in FORMS:
        _refuse(N_("A list cannot be had as “%(value)s”."), value=text[:20])
    return text


def _filters(
    view: Any, args: MultiDict[str, str]
) -> tuple[dict[tuple[str, str], str], tuple[ColumnElement[bool], ...]]:
    """Return the filters as typed and as conditions; several values of one ask for any of them."""
    typed: dict[tuple[str, str], str] = {}
    found: list[ColumnElement[bool]] = []
    for name in args:
        values = [one.strip() for one in args.getlist(name) if one.strip()]
        if not name.startswith(PREFIX) or not values:
            continue
        operator, _, key = name.removeprefix(PREFIX).partition("_")
        typed[operator, key] = values[0]
        if len(found) + len(values) > MOST_FILTERS:
            _refuse(N_("A list takes at most %(limit)s filters."), limit=MOST_FILTERS)
        found.append(or_(*(_condition(view, operator, key, one) for one in values)))
    return typed, tuple(found)


def _condition(view: Any, operator: str, key: str, text: str) -> ColumnElement[bool]:
    known: Filter | None = view.filters.get(key)
    if known is None or operator not in known.ops:
        _refuse(N_("The list cannot be filtered by “%(value)s”."), value=f"{operator}_{key}"[:60])
    try:
        return known.where(view, operator, known.value(text))
    except ValueError:
        _refuse(
            N_("The filter “%(name)s” does not take “%(value)s”."),
            name=str(known.label),
            value=text[:40],
        )


def _refuse(text: str, **params: Any) -> NoReturn:
    raise Unreadable(Reason(text, params))
