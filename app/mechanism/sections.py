"""The sections of a profile besides its acts: what each may say, as objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.mechanism import vocabulary as words
from app.mechanism.schema import (
    Body,
    Category,
    Clause,
    Member,
    PaperKind,
    Period,
    Post,
    Reform,
    Routing,
    Row,
    Source,
    Stage,
    TaskKind,
    Tier,
)
from app.mechanism.shapes import (
    NUMBER_KEY,
    Form,
    Reader,
    Shape,
    day,
    entries,
    flag,
    icon,
    list_of,
    may,
    mention,
    month,
    must,
    one_of,
    read_form,
    short,
    table_of,
    text,
    whole,
)
from app.mechanism.templates import form_text, paper_text
from app.mechanism.words import who
from app.mechanism.yaml_reader import Node

MOST_CATEGORIES = 99
MOST_LENGTH = 999


def clause(r: Reader, node: Node, path: str) -> str:
    """Read the clause of a part; of several the first is the one that is shown."""
    named = clauses(r, node, path)
    return named[0] if named else ""


#: One clause or several, as a tuple.
clauses = list_of(mention("clause"), least=1)
_labels = table_of(text)
#: Lengths of the columns that these are stored in (`app.models`).
_NAME, _SHORT = short(120), short(40)


def made(kind: Callable[..., Any], form: Form, **given: Any) -> Shape:
    """Return the shape of an object of the schema, built from a form's values.

    `given` are values of attributes that the form need not fill.
    """
    required = [field.attribute or key for key, field in form.items() if field.required]

    def read(r: Reader, node: Node, path: str) -> Any:
        values = dict.fromkeys(required) | given | read_form(r, node, path, form)
        return kind(**values)

    return read


def keyed(kind: Callable[..., Any], form: Form, **patterns: Any) -> Shape:
    """Return the shape of a mapping of objects that carry their own key."""

    def one(r: Reader, node: Node, path: str) -> Any:
        return made(kind, form, key=path.rpartition(".")[2])(r, node, path)

    return table_of(one, **patterns)


def _unit(r: Reader, node: Node, path: str) -> str | None:
    """Read a unit of time, which the county's vocabulary has to name too."""
    unit: str | None = one_of(words.UNITS)(r, node, path)
    if unit is not None:
        r.mention("unit of time", unit, node.line, path)
    return unit


period = made(
    Period,
    {
        "length": must(whole(1, MOST_LENGTH)),
        "unit": must(_unit),
        "basis": must(one_of(words.BASES)),
        "clause": must(clause),
    },
)

source = made(Source, {"title": must(text), "number": may(text), "issued_on": may(day)})

clause_table = table_of(
    lambda r, node, path: Clause(
        key=path.removeprefix("clauses."),
        **(
            {"shown": "", "title": ""}
            | read_form(r, node, path, {"shown": must(text), "title": must(text)})
        ),
    ),
    NUMBER_KEY,
)

bodies = keyed(
    Body,
    {
        "name": must(_NAME),
        "short": must(_SHORT),
        "kind": must(one_of(words.BODY_KINDS)),
        "level": may(one_of(words.LEVELS)),
        "parent": may(mention("body")),
        "seat": may(mention("body")),
        "prefix": may(_SHORT),
        "clause": may(clause),
        "deciding": may(flag),
        "advising": may(flag),
        "registering": may(flag),
        "member": may(flag),
        "sees_all": may(flag),
    },
)

posts = keyed(
    Post,
    {
        "label": must(_SHORT),
        "body": must(mention("body")),
        "clause": may(clause),
        "acts": may(flag),
        "sees_all": may(flag),
    },
)

members = list_of(
    made(
        Member,
        {
            "post": must(mention("post")),
            "name": must(short(60)),
            "title": must(short(80)),
            "unit": may(mention("body")),
        },
    ),
    alone=False,
)

_CATEGORY_KEY = re.compile(r"[1-9][0-9]?", re.ASCII)
_CATEGORY: Form = {
    "label": must(_NAME),
    "short": must(_SHORT),
    "clause": must(clause),
    "aspects": may(_labels),
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


tiers = keyed(
    Tier,
    {
        "label": must(text),
        "clause": must(clause),
        "roles": must(
            lambda r, node, path: MappingProxyType(
                read_form(r, node, path, {role: may(who) for role in words.ROLES})
            )
        ),
        "steps": must(list_of(mention("stage"), least=1)),
    },
)

stages = keyed(
    Stage,
    {
        "label": must(text),
        "state": must(one_of(words.STATES)),
        "icon": may(icon),
        "tone": may(one_of(words.STAGE_TONES)),
    },
)

tasks = keyed(
    TaskKind,
    {
        "label": must(text),
        "clause": may(clause),
        "due": may(period),
        "acts": may(list_of(mention("action"), least=1)),
        "sight": may(one_of(words.SIGHTS)),
        "extendable": may(flag),
    },
)

insurances = _labels


def numbering(r: Reader, node: Node, path: str) -> Mapping[str, str]:
    """Read the forms of numbers; each holds year and serial, or no number would be unique."""
    needed = ("year", "serial")
    form = {key: must(form_text(known, needed)) for key, known in words.NUMBERING.items()}
    return MappingProxyType(read_form(r, node, path, form))


def vocabulary(r: Reader, node: Node, path: str) -> Mapping[str, Mapping[str, str]]:
    """Read the county's own words for papers and screens."""
    form: Form = {
        "words": must(_exactly({key: form_text(known) for key, known in words.WORDS.items()})),
        "parties": must(_exactly(dict.fromkeys(words.PARTIES, text))),
        "kinds": must(_exactly(dict.fromkeys(words.APPLICANT_KINDS, text))),
        "channels": must(_exactly(dict.fromkeys(words.CHANNELS, text))),
        "facts": must(_exactly(dict.fromkeys(words.AMENDABLE, text))),
        "units": must(lambda r, node, path: MappingProxyType(read_form(r, node, path, _UNITS))),
        "basis": must(_exactly(dict.fromkeys(words.BASES, text))),
    }
    return MappingProxyType(read_form(r, node, path, form))


_UNITS: Form = {unit: may(text) for unit in words.UNITS}


def _exactly(shapes: Mapping[str, Shape]) -> Shape:
    form = {key: must(shape) for key, shape in shapes.items()}
    return lambda r, node, path: MappingProxyType(read_form(r, node, path, form))


def _paper_rows(r: Reader, node: Node, path: str) -> tuple[tuple[str, str], ...]:
    found = [(k, paper_text(r, one, f"{path}.{k}")) for k, _, one in entries(r, node, path)]
    return tuple((label, words or "") for label, words in found)


def papers(r: Reader, node: Node, path: str) -> Mapping[str, PaperKind]:
    """Read the kinds of official papers; `$name` and {fields} speak of the acts that make them."""
    found: Mapping[str, PaperKind] = keyed(PaperKind, _PAPER)(r, node, path)
    return found


def _recipients(r: Reader, node: Node, path: str) -> Any:
    r.scope = "paper:" + path.split(".")[1]
    found = who(r, node, path)
    r.scope = ""
    return found


_PAPER: Form = {
    "title": must(_NAME),
    "clause": may(clause),
    "to": must(_recipients),
    "copies": may(_recipients),
    "series": may(_SHORT),
    "number": may(form_text(words.NUMBERING["paper"], ("year", "serial"))),
    "decision": may(flag),
    "form": may(flag),
    "rows": may(_paper_rows),
    "text": may(list_of(paper_text, least=1)),
}
