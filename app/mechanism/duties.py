"""Who is competent for what: the kinds of disputes, and the rows of the routing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.mechanism import vocabulary as words
from app.mechanism.schema import Category, Reform, Routing, Row
from app.mechanism.sections import NAME, SHORT, clause, clauses, made
from app.mechanism.shapes import (
    NUMBER_KEY,
    Form,
    Reader,
    Shape,
    entries,
    flag,
    list_of,
    may,
    mention,
    month,
    must,
    one_of,
    read_form,
    table_of,
    text,
    whole,
)
from app.mechanism.yaml_reader import Node

MOST_CATEGORIES = 99

_CATEGORY_KEY = re.compile(r"[1-9][0-9]?", re.ASCII)
_CATEGORY: Form = {
    "label": must(NAME),
    "short": must(SHORT),
    "clause": must(clause),
    "aspects": may(table_of(text)),
}


def categories(r: Reader, node: Node, path: str) -> Mapping[int, Category]:
    """Read the kinds of disputes; their keys are whole numbers from 1."""
    found: dict[int, Category] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not _CATEGORY_KEY.fullmatch(key):
            what = f"a category is numbered from 1 to {MOST_CATEGORIES}"
            r.fail(line, here, what, "write its number as the key")
            continue
        values = read_form(r, one, here, _CATEGORY)
        values = dict.fromkeys(("label", "short", "clause")) | values
        found[int(key)] = Category(key=int(key), **({"aspects": MappingProxyType({})} | values))
    return MappingProxyType(found)


def _category(r: Reader, node: Node, path: str) -> int | None:
    number: int | None = whole(1, MOST_CATEGORIES)(r, node, path)
    if number is not None:
        r.mention("category", str(number), node.line, path)
    return number


def _set_of(shape: Shape) -> Shape:
    read = list_of(shape, least=1)
    return lambda r, node, path: frozenset(read(r, node, path))


_competent = list_of(mention("competent body"))
_ROW: Form = {
    "categories": must(_set_of(_category)),
    "insurances": may(_set_of(mention("insurance"))),
    "eras": may(_set_of(one_of(words.ERAS))),
    "aspects": may(_set_of(mention("aspect"))),
    "decides": may(_competent),
    "joins": may(_competent),
    "advises": may(list_of(mention("advising body"))),
    "clause": must(clauses, "clauses"),
    "text": must(text),
    "gap": may(flag),
}


def _by_insurance(shape: Shape) -> Shape:
    """Return the shape of a mapping from insurances to values."""

    def read(r: Reader, node: Node, path: str) -> Mapping[str, Any]:
        for key, line, _ in entries(r, node, path, least=0):
            r.mention("insurance", key, line, f"{path}.{key}")
        found: Mapping[str, Any] = table_of(shape)(r, node, path)
        return found

    return read


def _rows(r: Reader, node: Node, path: str) -> tuple[Row, ...]:
    found = []
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not NUMBER_KEY.fullmatch(key):
            r.fail(line, here, "this is no key of a row", "number the rows: R01, R02, …")
        found.append(made(Row, _ROW, key=key, line=line)(r, one, here))
    return tuple(found)


_reform = made(
    Reform,
    {
        "default": must(month),
        "months": may(_by_insurance(month)),
        "basis": must(one_of(words.BASES)),
        "clause": must(clause),
    },
    months=MappingProxyType({}),
)


def routing(r: Reader, node: Node, path: str) -> Routing:
    """Read who is competent for what."""
    form: Form = {
        "agencies": may(_by_insurance(mention("deciding body"))),
        "reform": may(_reform),
        "otherwise": must(_otherwise),
        "rows": must(_rows),
    }
    values = read_form(r, node, path, form)
    default_clause, default_text = values.get("otherwise") or ("", "")
    return Routing(
        rows=values.get("rows", ()),
        agencies=values.get("agencies", MappingProxyType({})),
        reform=values.get("reform"),
        default_clause=default_clause,
        default_text=default_text,
    )


def _otherwise(r: Reader, node: Node, path: str) -> tuple[str, str]:
    values = read_form(r, node, path, {"clause": must(clause), "text": must(text)})
    return values.get("clause", ""), values.get("text", "")
