"""The `q` of a list: page, order and filters in Rison (or JSON), as Flask-AppBuilder has it.

Only what is named here can be ordered or filtered by: a filter on a hidden number would be an
oracle. Everything else is refused with a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

import prison
from sqlalchemy import ColumnElement, Select

from app.clock import CHINA
from app.errors import N_, Reason, Unreadable
from app.models import Case

LONGEST = 4000
PAGE_SIZE, LARGEST_PAGE = 25, 100
LAST_PAGE = 1_000_000
MOST_FILTERS, MOST_VALUES = 20, 100
GREATEST_NUMBER = 2**31 - 1

KEYS = ("page", "page_size", "order_column", "order_direction", "filters")
ORDERS: Mapping[str, Any] = {
    "id": Case.id,
    "number": Case.number,
    "registered_at": Case.registered_at,
    "stage": Case.stage,
}
DIRECTIONS = ("asc", "desc")


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise ValueError
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > GREATEST_NUMBER:
        raise ValueError
    return value


def _moment(value: Any) -> datetime:
    given = datetime.fromisoformat(_text(value))
    if not 1900 <= given.year <= 2200:
        raise ValueError
    return given.replace(tzinfo=CHINA) if given.tzinfo is None else given


#: What can be filtered by: the column, and how its value is read.
COLUMNS: Mapping[str, tuple[Any, Callable[[Any], Any]]] = {
    "id": (Case.id, _number),
    "category": (Case.category, _number),
    "registered_at": (Case.registered_at, _moment),
    "visited_at": (Case.visited_at, _moment),
    **{
        name: (getattr(Case, name), _text)
        for name in (
            *("number", "stage", "tier", "holder", "lead", "registrar", "acceptor"),
            *("channel", "aspect", "period_from", "period_to"),
        )
    },
}
OPERATORS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "gt": lambda column, value: column > value,
    "lt": lambda column, value: column < value,
    "in": lambda column, value: column.in_(value),
}


@dataclass(frozen=True)
class ListQuery:
    """What a list was asked for: one page, its order, its filters."""

    page: int = 0
    page_size: int = PAGE_SIZE
    order_column: str = "id"
    is_descending: bool = True
    filters: tuple[ColumnElement[bool], ...] = field(default=())
    #: The columns that the filters are about.
    names: tuple[str, ...] = ()

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the query with the filters."""
        return query.where(*self.filters)

    def cut(self, query: Select[Any], key: ColumnElement[int] | None = None) -> Select[Any]:
        """Return the query of the page itself; rows of equal rank go by their id, or by `key`."""
        last = Case.id if key is None else key
        order = [ORDERS[self.order_column], last] if self.order_column != "id" else [last]
        ordered = query.order_by(*(one.desc() if self.is_descending else one for one in order))
        return ordered.limit(self.page_size).offset(self.page * self.page_size)


def read_query(raw: str | None) -> ListQuery:
    """Return what `q` asks for; raises Unreadable with a sentence that says what is wrong."""
    if not raw:
        return ListQuery()
    asked = _parse(raw)
    for key in asked:
        if key not in KEYS:
            _refuse(N_("q knows only: %(known)s."), known=KEYS)
    return ListQuery(
        page=_whole(asked, "page", 0, 0, LAST_PAGE),
        page_size=min(_whole(asked, "page_size", PAGE_SIZE, 1, GREATEST_NUMBER), LARGEST_PAGE),
        order_column=_one_of(asked, "order_column", tuple(ORDERS), "id"),
        is_descending=_one_of(asked, "order_direction", DIRECTIONS, "desc") == "desc",
        filters=_filters(given := asked.get("filters", [])),
        names=tuple(one["col"] for one in given),
    )


@dataclass(frozen=True)
class RecordQuery:
    """What `q` asks a list of generated records for; its view knows columns and operators."""

    page: int = 0
    page_size: int = PAGE_SIZE
    order_column: str = ""
    is_descending: bool = False
    filters: tuple[tuple[str, str, str], ...] = ()


def read_record_query(raw: str | None) -> RecordQuery:
    """Return page, order and filters (column, operator, value) of `q`; raises Unreadable."""
    if not raw:
        return RecordQuery()
    asked = _parse(raw)
    for key in asked:
        if key not in KEYS:
            _refuse(N_("q knows only: %(known)s."), known=KEYS)
    given = asked.get("filters", [])
    if not isinstance(given, list) or len(given) > MOST_FILTERS:
        _refuse(N_("filters must be a list of at most %(limit)s filters."), limit=MOST_FILTERS)
    order = asked.get("order_column", "")
    return RecordQuery(
        page=_whole(asked, "page", 0, 0, LAST_PAGE),
        page_size=min(_whole(asked, "page_size", PAGE_SIZE, 1, GREATEST_NUMBER), LARGEST_PAGE),
        order_column=order if isinstance(order, str) else str(order),
        is_descending=_one_of(asked, "order_direction", DIRECTIONS, "asc") == "desc",
        filters=tuple(_record_filter(one) for one in given),
    )


def _record_filter(given: Any) -> tuple[str, str, str]:
    if not isinstance(given, dict) or set(given) != {"col", "opr", "value"}:
        _refuse(N_("A filter has exactly col, opr and value."))
    value = given["value"]
    said = {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)
    return str(given["col"]), str(given["opr"]), said


def _parse(raw: str) -> dict[str, Any]:
    if len(raw) > LONGEST:
        _refuse(N_("q is longer than %(limit)s characters."), limit=LONGEST)
    found = _parsed(prison.loads, raw)
    if found is None:
        found = _parsed(json.loads, raw)
    if found is None:
        _refuse(N_("q is neither a Rison nor a JSON object, as in (page:0,page_size:25)."))
    return found


def _parsed(parse: Callable[[str], Any], raw: str) -> dict[str, Any] | None:
    try:
        found = parse(raw)
    except Exception:  # the parsers fail in many ways; each of them is the same answer
        return None
    return found if isinstance(found, dict) else None


def _whole(asked: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = asked.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        _refuse(
            N_("%(name)s must be a whole number from %(low)s to %(high)s."),
            name=name,
            low=low,
            high=high,
        )
    return int(value)


def _one_of(asked: Mapping[str, Any], name: str, known: tuple[str, ...], default: str) -> str:
    value = asked.get(name, default)
    if not isinstance(value, str) or value not in known:
        _refuse(N_("%(name)s must be one of: %(known)s."), name=name, known=known)
    return str(value)


def _filters(given: Any) -> tuple[ColumnElement[bool], ...]:
    if not isinstance(given, list) or len(given) > MOST_FILTERS:
        _refuse(N_("filters must be a list of at most %(limit)s filters."), limit=MOST_FILTERS)
    return tuple(_filter(one) for one in given)


def _filter(given: Any) -> ColumnElement[bool]:
    if not isinstance(given, dict) or set(given) != {"col", "opr", "value"}:
        _refuse(N_("A filter has exactly col, opr and value."))
    name = _one_of(given, "col", tuple(COLUMNS), "")
    operator = _one_of(given, "opr", tuple(OPERATORS), "")
    column, read = COLUMNS[name]
    try:
        return OPERATORS[operator](column, _values(operator, read, given["value"]))
    except ValueError:
        _refuse(N_("The value of the filter on %(name)s does not fit that column."), name=name)


def _values(operator: str, read: Callable[[Any], Any], value: Any) -> Any:
    """Return the filter's value as its column needs it; raises ValueError."""
    if operator != "in":
        return read(value)
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        raise ValueError
    return [read(one) for one in value]


def _refuse(text: str, **params: Any) -> NoReturn:
    raise Unreadable(Reason(text, params))
