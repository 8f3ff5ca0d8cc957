"""What kinds of values columns hold: how a filter's words are read, and how a value is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext
from sqlalchemy import JSON, Boolean, Column, ColumnElement, Date, Integer, Numeric, Text, cast
from sqlalchemy.types import TypeEngine

from app.clock import CHINA
from app.columns import Moment
from app.screens.formats import NOTHING, Due, date_full, datetime_full, money
from app.screens.words import Chip, Clause, Link

GREATEST_NUMBER = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = 200
#: What is shorter and has no letter of a sentence stays in one line.
SHORT = 24
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY = re.compile(r"[\w.-]{1,40}")

#: Kinds by the type of their column; what is none of these is a text.
_KINDS: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Moment, "moment"),
    (Boolean, "bool"),
    (Date, "date"),
    (Integer, "number"),
    (Numeric, "amount"),
    (JSON, "list"),
)


def kind_of(column: Column[Any]) -> str:
    """Return the kind of a column: text, number, amount, date, moment, bool or list."""
    return next((kind for type_, kind in _KINDS if isinstance(column.type, type_)), "text")


# --- what a filter was asked for


def read_text(text: str) -> str:
    """Return words to look for; raises ValueError where no text could hold them."""
    if len(text) > LONGEST or not text.isprintable():
        raise ValueError
    return text


def clean(text: str) -> str:
    """Return words as they can be looked for: one line, no longer than a name."""
    return "".join(one if one.isprintable() else " " for one in text).strip()[:60]


def read_key(text: str) -> str:
    """Return a key of a profile; raises ValueError for what cannot be one."""
    if not _KEY.fullmatch(text):
        raise ValueError
    return text


def read_number(text: str) -> int:
    """Return a whole number that a column can hold; raises ValueError."""
    if not re.fullmatch(r"-?\d{1,10}", text, re.ASCII) or abs(int(text)) > GREATEST_NUMBER:
        raise ValueError
    return int(text)


def fits(number: int) -> bool:
    """Return whether a number can be the key of a row."""
    return 0 < number <= GREATEST_NUMBER


def read_amount(text: str) -> Decimal:
    """Return an amount; raises ValueError."""
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise ValueError
    return found


def read_day(text: str) -> date:
    """Return a day written as 2024-11-04; raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError
    found = date.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError
    return found


def read_flag(text: str) -> bool:
    """Return yes (1) or no (0); raises ValueError."""
    return {"1": True, "0": False}[text] if text in ("1", "0") else _no_value()


def _no_value() -> bool:
    raise ValueError


READERS: Mapping[str, Callable[[str], Any]] = {
    "text": read_text,
    "number": read_number,
    "amount": read_amount,
    "date": read_day,
    "moment": read_day,
    "bool": read_flag,
    "list": read_key,
}
#: What can be asked of each kind.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("has", "eq"),
    "number": ("eq", "from", "to"),
    "amount": ("eq", "from", "to"),
    "date": ("eq", "from", "to"),
    "moment": ("eq", "from", "to"),
    "bool": ("eq",),
    "list": ("has",),
}


def condition(column: Any, kind: str, operator: str, value: Any) -> ColumnElement[bool]:
    """Return the condition that an operator puts on a column; `value` is what its reader read."""
    if kind == "moment":
        return _of_day(column, operator, value)
    if kind == "list":
        # The keys of a profile hold nothing that JSON writes in another way.
        return cast(column, Text).contains(f'"{value}"', autoescape=True)
    conditions: Mapping[str, Callable[[], ColumnElement[bool]]] = {
        "eq": lambda: column == value,
        "from": lambda: column >= value,
        "to": lambda: column <= value,
        "has": lambda: column.icontains(value, autoescape=True),
    }
    return conditions[operator]()


def _of_day(column: Any, operator: str, day: date) -> ColumnElement[bool]:
    """Return the condition on a moment that is asked for by the civil day in China."""
    begin = datetime.combine(day, time(), CHINA)
    end = begin + timedelta(days=1)
    if operator == "from":
        return column >= begin
    if operator == "to":
        return column < end
    return (column >= begin) & (column < end)


# --- how a value is shown


@dataclass(frozen=True)
class Cell:
    """A value as a page draws it: `kind` is text, chip, link, due or clause."""

    kind: str
    value: Any
    is_number: bool = False

    @property
    def look(self) -> str:
        """Return how its place in a table looks: a number to the right, a code in one line."""
        if self.is_number:
            return "num"
        is_code = self.kind == "text" and self.value.isascii() and len(self.value) < SHORT
        return "code" if is_code else ""

    @property
    def text(self) -> str:
        """Return it as plain words."""
        if self.kind == "text":
            return str(self.value)
        if self.kind == "due":
            return f"{self.value.big} {self.value.small}".strip()
        return str(self.value.shown if self.kind == "clause" else self.value.label)


_DRAWN = ((Chip, "chip"), (Link, "link"), (Due, "due"), (Clause, "clause"))


def cell(value: Any) -> Cell:
    """Return how a value is drawn; nothing at all is a dash."""
    for type_, kind in _DRAWN:
        if isinstance(value, type_):
            return Cell(kind, value)
    return Cell("text", said(value), isinstance(value, int | Decimal) and value is not True)


def said(value: Any) -> str:
    """Return a value in the reader's words."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return datetime_full(value)
    if isinstance(value, date):
        return date_full(value)
    if isinstance(value, Decimal):
        return money(value)
    if isinstance(value, list | tuple):
        return gettext(", ").join(said(one) for one in value)
    return str(value)


def plain(value: Any) -> Any:
    """Return a value for a program: JSON's own kinds, dates as ISO 8601, amounts as text."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
