"""The sections of a profile besides its acts and duties: what each may say, as objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from app.mechanism import vocabulary as words
from app.mechanism.problems import quoted
from app.mechanism.schema import (
    Body,
    Clause,
    Member,
    PaperKind,
    Period,
    Post,
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
    must,
    one_of,
    read_form,
    short,
    table_of,
    text,
    whole,
)
from app.mechanism.templates import form_text, paper_text
from app.mechanism.words import conditions, who
from app.mechanism.yaml_reader import Node, Table

MOST_LENGTH = 999


def clause(r: Reader, node: Node, path: str) -> str:
    """Read the clause of a part; of several the first is the one that is shown."""
    named = clauses(r, node, path)
    return named[0] if named else ""


#: One clause or several, as a tuple.
clauses = list_of(mention("clause"), least=1)
_labels = table_of(text)
#: Lengths of the columns that these are stored in (`app.models`).
NAME, SHORT = short(120), short(40)
_FILE = re.compile(r"[A-Za-z0-9_-]{1,40}\.txt", re.ASCII)


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


def _file(r: Reader, node: Node, path: str) -> str | None:
    """Read the name of a file in the profile's own folder."""
    name = text(r, node, path)
    if name is not None and not _FILE.fullmatch(name):
        mend = "write its plain name, as in source.txt"
        r.fail(node.line, path, f"{quoted(name)} is no file beside the profile", mend)
    return name


def period(r: Reader, node: Node, path: str) -> Period:
    """Read a length of time; of the lengths only 0 days, the day itself, may be none."""
    found: Period = made(Period, _PERIOD)(r, node, path)
    if found.length == 0 and found.unit != "day":
        what = f"a whole number from 1 to {MOST_LENGTH} is expected, not 0"
        mend = "write unit: day where it is due on the day itself"
        line = node.lines["length"] if isinstance(node, Table) else node.line
        r.fail(line, f"{path}.length", what, mend)
    return found


_PERIOD: Form = {
    "length": must(whole(0, MOST_LENGTH)),
    "unit": must(_unit),
    "basis": must(one_of(words.BASES)),
    "clause": must(clause),
}

source = made(
    Source,
    {"title": must(text), "number": may(text), "issued_on": may(day), "file": may(_file)},
)

_CLAUSE: Form = {
    "shown": must(text),
    "title": must(text),
    "text": may(list_of(text, least=1)),
    "section": may(one_of(words.SECTIONS)),
    "operative": may(flag),
    "why": may(text),
}


def _clause(r: Reader, node: Node, path: str) -> Clause:
    """Read a clause; where nothing carries it out, the reason has to stand beside it."""
    values = {"shown": "", "title": ""} | read_form(r, node, path, _CLAUSE)
    if values.get("operative") is False and not values.get("why"):
        r.fail(node.line, path, "the clause is not operative, and no reason is given", "add `why`")
    if values.get("operative", True) and values.get("why"):
        mend = "add `operative: false`, or take `why` out"
        r.fail(node.line, path, "a reason is given, but the clause is operative", mend)
    return Clause(key=path.removeprefix("clauses."), **values)


clause_table = table_of(_clause, NUMBER_KEY)

bodies = keyed(
    Body,
    {
        "name": must(NAME),
        "short": must(SHORT),
        "kind": must(one_of(words.BODY_KINDS)),
        "level": may(one_of(words.LEVELS)),
        "parent": may(mention("body")),
        "seat": may(mention("body")),
        "prefix": may(SHORT),
        "issues_as": may(mention("body")),
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
        "label": must(SHORT),
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
        "criteria": may(conditions),
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
groups = _labels


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
    "title": must(NAME),
    "clause": may(clause),
    "to": must(_recipients),
    "copies": may(_recipients),
    "series": may(SHORT),
    "number": may(form_text(words.NUMBERING["paper"], ("year", "serial"))),
    "decision": may(flag),
    "form": may(flag),
    "rows": may(_paper_rows),
    "text": may(list_of(paper_text, least=1)),
    "group": may(mention("group of papers")),
}
