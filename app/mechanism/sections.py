"""The sections of a profile besides its acts and duties: what each may say, as objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from app.errors import N_
from app.mechanism import vocabulary as words
from app.mechanism.problems import quoted
from app.mechanism.reader import Reader
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
    Field,
    Form,
    Shape,
    day,
    entries,
    flag,
    form_of,
    form_schema,
    icon,
    list_of,
    may,
    mention,
    must,
    named,
    one_of,
    read_form,
    shaped,
    short,
    table_of,
    text,
    whole,
)
from app.mechanism.templates import form_text, paper_text
from app.mechanism.words import conditions, who
from app.mechanism.yaml_reader import Node, Table

MOST_LENGTH = 999


@shaped(
    "one or a list of: key of a clause, or proposal",
    anyOf=[{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
)
def clause(r: Reader, node: Node, path: str) -> str:
    """Read the clause of a part; of several the first is the one that is shown."""
    found = clauses(r, node, path)
    return found[0] if found else ""


#: One clause or several, as a tuple.
clauses = list_of(mention("clause"), least=1)
_labels = table_of(text)
#: Lengths of the columns that these are stored in (`app.models`).
NAME, SHORT = short(120), short(40)
_FILE = re.compile(r"[A-Za-z0-9_-]{1,40}\.txt", re.ASCII)


def made(kind: type, form: Form, **given: Any) -> Shape:
    """Return the shape of an object of the schema, built from a form's values.

    `given` are values of attributes that the form need not fill.
    """
    blank = _blank(form) | given
    return Shape(
        lambda r, node, path: kind(**blank | read_form(r, node, path, form)),
        "mapping",
        lambda: form_schema(form, kind),
    )


def _blank(form: Form) -> dict[str, Any]:
    """Return what a form has to fill, still empty."""
    return {field.attribute or key: None for key, field in form.items() if field.required}


def keyed(kind: type, form: Form) -> Shape:
    """Return the shape of a mapping of objects that carry their own key."""

    blank = _blank(form)

    def one(r: Reader, node: Node, path: str) -> Any:
        key = path.rpartition(".")[2]
        return kind(key=key, **blank | read_form(r, node, path, form))

    return table_of(Shape(one, "mapping", lambda: form_schema(form, kind)))


@shaped(" · ".join(words.UNITS), enum=list(words.UNITS))
def _unit(r: Reader, node: Node, path: str) -> str | None:
    """Read a unit of time, which the county's vocabulary has to name too."""
    unit: str | None = one_of(words.UNITS)(r, node, path)
    if unit is not None:
        r.mention("unit of time", unit, node.line, path)
    return unit


@shaped("name of a file beside the profile", type="string", pattern=f"^(?:{_FILE.pattern})$")
def _file(r: Reader, node: Node, path: str) -> str | None:
    """Read the name of a file in the profile's own folder."""
    name: str | None = text(r, node, path)
    if name is not None and not _FILE.fullmatch(name):
        what = N_("%(name)s is no file beside the profile")
        mend = N_("write its plain name, as in source.txt")
        r.fail(node.line, path, what, mend, name=quoted(name))
    return name


#: A warning comes at most so many working days ahead: two months of them.
MOST_WARNING = 40

_PERIOD: Form = {
    "length": must(whole(0, MOST_LENGTH), "how many; 0 with unit day is the day itself"),
    "unit": must(_unit, "of what; named under vocabulary.units too"),
    "basis": must(one_of(words.BASES), "law, the county's own rule, or a proposal of yours"),
    "clause": must(clause, "where the notice speaks of it"),
    "warn": may(whole(0, MOST_WARNING), "working days before the last one: the handler is told"),
    "missed": may(
        list_of(mention("body or post")), "who is told when it has passed; left out: the office"
    ),
}


@shaped("length, unit, basis, clause, warn, missed", **form_schema(_PERIOD))
def period(r: Reader, node: Node, path: str) -> Period:
    """Read a length of time; of the lengths only 0 days, the day itself, may be none."""
    found: Period = made(Period, _PERIOD)(r, node, path)
    if found.length == 0 and found.unit != "day":
        what = N_("a whole number from 1 to %(most)s is expected, not 0")
        mend = N_("write unit: day where it is due on the day itself")
        line = node.lines["length"] if isinstance(node, Table) else node.line
        r.fail(line, f"{path}.length", what, mend, most=MOST_LENGTH)
    return found


source = made(
    Source,
    {
        "title": must(text, "its title"),
        "number": may(text, "its number, as printed"),
        "issued_on": may(day, "the day on which it was issued"),
        "file": may(_file, "its text, beside the profile; quotations are looked up in it"),
    },
)

_CLAUSE: Form = {
    "shown": must(text, "the notice's own number, as printed"),
    "title": must(text, "a short title in the notice's words"),
    "text": may(list_of(text, least=1), "quotations, word for word"),
    "section": may(one_of(words.SECTIONS), "the section that carries it out as a whole"),
    "operative": may(flag, "false: there is nothing to do in a case"),
    "why": may(text, "the reason, where it is not operative"),
}


@shaped("mapping", **form_schema(_CLAUSE, Clause))
def _clause(r: Reader, node: Node, path: str) -> Clause:
    """Read a clause; where nothing carries it out, the reason has to stand beside it."""
    values = {"shown": "", "title": ""} | read_form(r, node, path, _CLAUSE)
    if values.get("operative") is False and not values.get("why"):
        what = N_("the clause is not operative, and no reason is given")
        r.fail(node.line, path, what, N_("add `why`"))
    if values.get("operative", True) and values.get("why"):
        what = N_("a reason is given, but the clause is operative")
        mend = N_("add `operative: false`, or take `why` out")
        r.fail(node.line, path, what, mend)
    return Clause(key=path.removeprefix("clauses."), **values)


clause_table = table_of(_clause, NUMBER_KEY)

bodies = keyed(
    Body,
    {
        "name": must(NAME, "the full name, as papers show it"),
        "short": must(SHORT, "the name on screens"),
        "kind": must(one_of(words.BODY_KINDS), "what it is; `kind` and `office` ask for it"),
        "level": may(one_of(words.LEVELS), "where it stands; `level` asks for it"),
        "parent": may(mention("body"), "the body directly above; `parent`, `children` ask for it"),
        "seat": may(mention("body"), "the body in whose house it works, without being it"),
        "prefix": may(SHORT, "how the numbers of its papers begin; it then has people who act"),
        "issues_as": may(
            mention("body"), "a group inside that body: writes in its name and series"
        ),
        "clause": may(clause, "where the notice names it"),
        "deciding": may(flag, "issues decisions; counts towards “two or more units”"),
        "advising": may(flag, "is asked, and does not decide"),
        "registering": may(flag, "may register disputes"),
        "member": may(flag, "a member unit of the mechanism"),
        "sees_all": may(flag, "sees every case of the county"),
    },
)

posts = keyed(
    Post,
    {
        "label": must(SHORT, "its name"),
        "body": must(mention("body"), "the body that it belongs to"),
        "clause": may(clause, "where the notice names it"),
        "acts": may(flag, "false: it only reads, or is only listed"),
        "sees_all": may(flag, "sees every case of the county"),
    },
)

members = list_of(
    made(
        Member,
        {
            "post": must(mention("post"), "which post"),
            "name": must(short(60), "who holds it"),
            "title": must(short(80), "the holder's office"),
            "unit": may(mention("body"), "the holder's own unit"),
        },
    ),
    alone=False,
)

_ROLES: Form = {role: may(who, help) for role, help in words.ROLES.items()}

tiers = keyed(
    Tier,
    {
        "label": must(text, "the name of the way"),
        "clause": must(clause, "where the notice describes it"),
        "roles": must(form_of(_ROLES), "who does what on it; acts ask with `role`"),
        "steps": must(list_of(mention("stage"), least=1), "its usual stages, for the drawing"),
        "criteria": may(conditions, "facts for which it is proposed: only fact, all, any, not"),
        "retention": may(one_of(words.RETENTIONS), "10 years (unless told), 30, for good"),
    },
)

stages = keyed(
    Stage,
    {
        "label": must(text, "how screens call it"),
        "said": may(text, "the same in plain words, as the applicant reads it"),
        "state": must(one_of(words.STATES), "finished: no more owed but the volume"),
        "icon": may(icon, "its sign, by a name of Font Awesome"),
        "tone": may(one_of(words.STAGE_TONES), "its colour"),
    },
)

tasks = keyed(
    TaskKind,
    {
        "label": must(text, "what is owed, as the to-do list shows it"),
        "clause": may(clause, "where the notice asks for it"),
        "due": may(period, "within what time; left out: no due date"),
        "acts": may(
            list_of(mention("action"), least=1), "the acts that fulfil it, the usual first"
        ),
        "sight": may(
            one_of(words.SIGHTS), "what its owner sees: the case, what is handed, nothing"
        ),
        "extendable": may(flag, "whether `extend` lengthens it"),
        "pauses": may(flag, "false: the law alone measures it, and no pause stops it"),
        "channel": may(SHORT, "the chain beside the case that it is a step of, by its name"),
    },
)

insurances = _labels
groups = _labels


_NEEDED = ("year", "serial")
#: The forms of numbers; each holds year and serial, or no number would be unique.
numbering = form_of(
    {
        "case": must(form_text(words.NUMBERING["case"], _NEEDED), "of cases"),
        "paper": must(form_text(words.NUMBERING["paper"], _NEEDED), "of papers"),
    }
)


def _labelled(keys: Iterable[str], label: Callable[..., Field] = must) -> Shape:
    """Return the shape of the county's own words for some fixed things."""
    return form_of({key: label(text, f"what the county calls it: {key}") for key in keys})


#: The county's own words for papers and screens.
vocabulary = form_of(
    {
        "words": must(
            form_of(
                {key: must(form_text(known), help) for key, (known, help) in words.WORDS.items()}
                | {
                    key: may(form_text(known), help)
                    for key, (known, help) in words.MAY_WORDS.items()
                }
            ),
            "forms of days, months, amounts, and a few words",
        ),
        "parties": must(_labelled(words.PARTIES), "the parties that are no body"),
        "kinds": must(_labelled(words.APPLICANT_KINDS), "kinds of applicants"),
        "channels": must(_labelled(words.CHANNELS), "how a dispute is brought"),
        "facts": must(_labelled(words.AMENDABLE), "what can be corrected later"),
        "units": must(_labelled(words.UNITS, may), "the units of time that due dates use"),
        "basis": must(_labelled(words.BASES), "what a due date rests on"),
    }
)


@shaped("label → text with {fields}", type="object", additionalProperties={"type": "string"})
def _paper_rows(r: Reader, node: Node, path: str) -> tuple[tuple[str, str], ...]:
    found = [(k, paper_text(r, one, f"{path}.{k}")) for k, _, one in entries(r, node, path)]
    return tuple((label, words or "") for label, words in found)


@named("who", "who")
def _recipients(r: Reader, node: Node, path: str) -> Any:
    r.scope = "paper:" + path.split(".")[1]
    found = who(r, node, path)
    r.scope = ""
    return found


_NUMBER = form_text(words.NUMBERING["paper"], _NEEDED)
#: The kinds of official papers; `$name` and {fields} speak of the acts that make them.
papers = keyed(
    PaperKind,
    {
        "title": must(NAME, "its title, as printed"),
        "clause": may(clause, "where the notice asks for it"),
        "to": must(_recipients, "the addressee"),
        "copies": may(_recipients, "who gets a copy"),
        "series": may(SHORT, "the mark in its number; left out: the paper has no number"),
        "number": may(_NUMBER, "a form of numbers of its own, instead of numbering.paper"),
        "decision": may(flag, "it can be objected to"),
        "form": may(flag, "rows are printed as a form"),
        "rows": may(_paper_rows, "label → content, in order"),
        "text": may(list_of(paper_text, least=1), "the paragraphs"),
        "group": may(mention("group of papers"), "the part of the volume it is filed in"),
    },
)
