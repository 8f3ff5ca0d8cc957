"""Who is competent for what: the kinds of disputes, and the rows of the routing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.errors import N_
from app.mechanism import vocabulary as words
from app.mechanism.reader import Reader
from app.mechanism.schema import Category, Reform, Routing, Row
from app.mechanism.sections import NAME, SHORT, clause, clauses, made
from app.mechanism.shapes import (
    NUMBER_KEY,
    Form,
    Shape,
    entries,
    flag,
    form_schema,
    list_of,
    may,
    mention,
    month,
    must,
    one_of,
    read_form,
    shaped,
    table_of,
    table_schema,
    text,
    whole,
)
from app.mechanism.yaml_reader import Node

MOST_CATEGORIES = 99

_CATEGORY_KEY = re.compile(r"[1-9][0-9]?", re.ASCII)
_CATEGORY: Form = {
    "label": must(NAME, "the kind of dispute, in the notice's words"),
    "short": must(SHORT, "the same in a few characters, for lists and charts"),
    "clause": must(clause, "where the notice names it"),
    "aspects": may(table_of(text), "what can be told apart within it, where duties differ by it"),
}


@shaped("number → category", **table_schema(form_schema(_CATEGORY), _CATEGORY_KEY))
def categories(r: Reader, node: Node, path: str) -> Mapping[int, Category]:
    """Read the kinds of disputes; their keys are whole numbers from 1."""
    found: dict[int, Category] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not _CATEGORY_KEY.fullmatch(key):
            what = N_("a category is numbered from 1 to %(most)s")
            r.fail(line, here, what, N_("write its number as the key"), most=MOST_CATEGORIES)
            continue
        values = read_form(r, one, here, _CATEGORY)
        values = dict.fromkeys(("label", "short", "clause")) | values
        found[int(key)] = Category(key=int(key), **({"aspects": MappingProxyType({})} | values))
    return MappingProxyType(found)


@shaped(
    f"number of a category, 1 to {MOST_CATEGORIES}",
    type="integer",
    minimum=1,
    maximum=MOST_CATEGORIES,
)
def _category(r: Reader, node: Node, path: str) -> int | None:
    number: int | None = whole(1, MOST_CATEGORIES)(r, node, path)
    if number is not None:
        r.mention("category", str(number), node.line, path)
    return number


def _set_of(shape: Shape) -> Shape:
    read = list_of(shape, least=1)
    return Shape(lambda r, node, path: frozenset(read(r, node, path)), read.title, read.looks)


_competent = list_of(mention("competent body"))
_ROW: Form = {
    "categories": must(_set_of(_category), "for which kinds of disputes the row holds"),
    "insurances": may(_set_of(mention("insurance")), "for which insurances; left out: for all"),
    "eras": may(_set_of(one_of(words.ERAS)), "fees due before, after or across the reform"),
    "aspects": may(_set_of(mention("aspect")), "for which aspects; left out: for all"),
    "decides": may(_competent, "who decides; `agency` is the body that runs the insurance"),
    "joins": may(_competent, "who decides a part of it beside that one"),
    "advises": may(list_of(mention("advising body")), "who is asked and does not decide"),
    "clause": must(clauses, "where the notice says so", "clauses"),
    "text": must(text, "the duty in words, as the routing shows it"),
    "gap": may(flag, "true: the notice leaves this open, or nobody holds the duty"),
}


def _by_insurance(shape: Shape) -> Shape:
    """Return the shape of a mapping from insurances to values."""

    def read(r: Reader, node: Node, path: str) -> Mapping[str, Any]:
        for key, line, _ in entries(r, node, path, least=0):
            r.mention("insurance", key, line, f"{path}.{key}")
        found: Mapping[str, Any] = table_of(shape)(r, node, path)
        return found

    return Shape(read, f"insurance → {shape.title}", lambda: table_schema(shape.schema(), least=0))


@shaped("key → row", **table_schema(form_schema(_ROW, Row), NUMBER_KEY))
def _rows(r: Reader, node: Node, path: str) -> tuple[Row, ...]:
    found = []
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not NUMBER_KEY.fullmatch(key):
            what, mend = N_("this is no key of a row"), N_("number the rows: R01, R02, …")
            r.fail(line, here, what, mend)
        found.append(made(Row, _ROW, key=key, line=line)(r, one, here))
    return tuple(found)


_reform = made(
    Reform,
    {
        "default": must(month, "the month from which the new duties hold"),
        "months": may(_by_insurance(month), "insurances for which it is another month"),
        "basis": must(one_of(words.BASES), "law, the county's own rule, or a proposal"),
        "clause": must(clause, "where the notice speaks of it"),
    },
    months=MappingProxyType({}),
)


_OTHERWISE: Form = {
    "clause": must(clause, "where the notice says so"),
    "text": must(text, "what the routing shows then"),
}


@shaped("mapping", **form_schema(_OTHERWISE))
def _otherwise(r: Reader, node: Node, path: str) -> tuple[str, str]:
    values = read_form(r, node, path, _OTHERWISE)
    return values.get("clause", ""), values.get("text", "")


_ROUTING: Form = {
    "agencies": may(_by_insurance(mention("deciding body")), "which body runs each insurance"),
    "reform": may(_reform, "when collection passed to the tax bureau, if duties differ by it"),
    "otherwise": must(_otherwise, "what holds where no row fits: nobody is named"),
    "rows": must(_rows, "the duties; for each insurance of a case the first row that fits wins"),
}


@shaped("mapping", **form_schema(_ROUTING))
def routing(r: Reader, node: Node, path: str) -> Routing:
    """Read who is competent for what."""
    values = read_form(r, node, path, _ROUTING)
    default_clause, default_text = values.get("otherwise") or ("", "")
    return Routing(
        rows=values.get("rows", ()),
        agencies=values.get("agencies", MappingProxyType({})),
        reform=values.get("reform"),
        default_clause=default_clause,
        default_text=default_text,
    )
