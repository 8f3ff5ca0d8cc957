"""How the inputs of acts are read: what is asked for, of whom, and when it has to be given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import N_
from app.mechanism import vocabulary
from app.mechanism.problems import quoted
from app.mechanism.reader import Reader
from app.mechanism.schema import Ask, Term
from app.mechanism.shapes import (
    IS_NO_KEY,
    KEY,
    Field,
    Form,
    Schema,
    Shape,
    entries,
    flag,
    form_schema,
    list_of,
    may,
    mention,
    must,
    named,
    one_of,
    read_form,
    scalar,
    shaped,
    table_of,
    table_schema,
    text,
    whole,
)
from app.mechanism.words import condition, who
from app.mechanism.yaml_reader import Node, Scalar, Table

_MOST = 100_000

#: What each type of input may say besides its label, whether it is required, and a help.
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "unit": ("among", "excluding", "having"),
    "units": ("among", "excluding", "having", "min", "max"),
    "person": ("among",),
    "text": ("min", "max", "default"),
    "line": ("min", "max", "default"),
    "date": ("min", "max"),
    "days": ("min", "max", "default"),
    "money": ("min", "max"),
    "bool": ("default",),
    "choice": ("choices", "default"),
    "task": ("among",),
    "group": ("fields", "max"),
}
#: What some types of inputs cannot do without.
_NEEDED: Mapping[str, str] = {
    "unit": "among",
    "units": "among",
    "person": "among",
    "task": "among",
    "choice": "choices",
    "group": "fields",
}


@named("key → input", "asks")
def asks(r: Reader, node: Node, path: str) -> tuple[Ask, ...]:
    found = tuple(_ask(r, one, f"{path}.{key}", key) for key, _, one in entries(r, node, path))
    r.asks[r.scope] = {ask.key: ask for ask in found}
    return found


@named("key → input", "asks")
def _columns(r: Reader, node: Node, path: str) -> tuple[Ask, ...]:
    """Read the inputs of a row of a group."""
    return tuple(_ask(r, one, f"{path}.{key}", key) for key, _, one in entries(r, node, path))


def _ask(r: Reader, node: Node, path: str, key: str) -> Ask:
    if not KEY.fullmatch(key):
        r.fail(node.line, path, IS_NO_KEY, N_("small letters, digits and _"), key=quoted(key))
    kind = _type_of(r, node, path)
    form = _ask_form(kind)
    values: dict[str, Any] = {"label": ""} | read_form(r, node, path, form)
    values.update(key=key, type=kind)
    if "only_for" in values:
        values.setdefault("required", False)
    ask = Ask(**values)
    if isinstance(node, Table):
        _check_ask(r, ask, node, path)
    return ask


def _type_of(r: Reader, node: Node, path: str) -> str:
    """Return the type first: it decides what else may stand there."""
    one = node.nodes.get("type") if isinstance(node, Table) else None
    return one.value if isinstance(one, Scalar) else ""


_HOLDERS: Form = {"post": must(mention("post"), "the holders of a post")}
_WORKERS = one_of(vocabulary.PEOPLE)


@shaped(f"{_WORKERS.title} · {{post: …}}", anyOf=[_WORKERS.schema(), form_schema(_HOLDERS)])
def _people(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    """Read where the candidates come from: a word, or `{post: …}` for the holders of a post."""
    if isinstance(node, Table):
        post = read_form(r, node, path, _HOLDERS).get("post")
        return (Term("post", post, line=node.line),)
    found: str | None = _WORKERS(r, node, path)
    return (Term(found, line=node.line),) if found else ()


_TASKS = list_of(mention("task", "among"), least=1)


@shaped(_TASKS.title, **_TASKS.looks())
def _kinds(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    return tuple(Term("task", kind, line=node.line) for kind in _TASKS(r, node, path))


#: Where the candidates of some types come from, if from elsewhere than a who-expression.
_AMONG: Mapping[str, Shape] = {"person": _people, "task": _kinds}


@shaped("true · false · condition", anyOf=[{"type": "boolean"}, {"$ref": "#/$defs/condition"}])
def _required(r: Reader, node: Node, path: str) -> bool | Term | None:
    shape = condition if isinstance(node, Table) else flag
    found: bool | Term | None = shape(r, node, path)
    return found


@shaped("value of the input's type", type=["string", "integer", "boolean"])
def _default(r: Reader, node: Node, path: str) -> Any:
    if (one := scalar(r, node, path, N_("a value"))) is None:
        return None
    if one.truth is not None:
        return one.truth
    return one.number if one.number is not None else text(r, one, path)


@shaped(
    "input: choice",
    type="object",
    additionalProperties={"type": "string"},
    minProperties=1,
    maxProperties=1,
)
def _only_for(r: Reader, node: Node, path: str) -> tuple[str, str] | None:
    given = entries(r, node, path)
    if len(given) != 1:
        what, mend = N_("one input with one choice is expected"), N_("write {input: choice}")
        r.fail(node.line, path, what, mend)
        return None
    ((name, line, one),) = given
    chosen = text(r, one, f"{path}.{name}") or ""
    r.mention("input", name, line, path, types="choice")
    r.mention("choice", f"{name}.{chosen}", line, path, use="only_for")
    return name, chosen


#: What an input may say, whatever its type.
_ASK: Form = {
    "type": must(one_of(tuple(vocabulary.INPUTS)), "what is asked for"),
    "label": must(text, "the question"),
    "required": may(_required, "false, or a condition under which it has to be given; else true"),
    "only_for": may(_only_for, "asked only where another input has this choice"),
    "help": may(text, "a sentence below the question"),
}
#: What it may say as its type is; see _OPTIONS.
_MORE: Form = {
    "among": may(who, "who can be chosen"),
    "excluding": may(who, "who of them cannot"),
    "having": may(one_of(vocabulary.HAVING), "only bodies that have a contact with a telephone"),
    "choices": may(table_of(text, KEY), "the choices, key → label; the first needs nothing more"),
    "default": may(_default, "what stands there at first"),
    "fields": may(_columns, "the inputs of each row"),
    "min": may(whole(0, _MOST), "the least; of a text its characters, of a day days from today"),
    "max": may(whole(0, _MOST), "the most; 0 for a day: today or earlier"),
}


def _ask_form(kind: str) -> Form:
    """Return what an input of a type may say; of an unknown type everything."""
    known = _OPTIONS.get(kind, () if kind in vocabulary.INPUTS else tuple(_MORE))
    return {**_ASK, **{key: _option(kind, key) for key in known}}


def _option(kind: str, key: str) -> Field:
    field = _MORE[key]
    shape = _AMONG.get(kind, field.shape) if key == "among" else field.shape
    return Field(shape, key == _NEEDED.get(kind), field.help)


def _check_ask(r: Reader, ask: Ask, node: Table, path: str) -> None:
    """Tell what no form could be made of, and what the forms of the interface rule out."""
    if ask.only_for and ask.required is not False:
        what = N_("it is needed for one choice only, yet always required")
        mend = N_("leave `required` out: it is required where that choice is made")
        r.fail(node.line, path, what, mend)
    if ask.type in ("group", "attachment", "attachments") and ask.required is not False:
        mend = N_("add `required: false`, and say under `help` when it is wanted")
        r.fail(node.line, path, N_("files and rows can never be required"), mend)
    if ask.min is not None and ask.max is not None and ask.min > ask.max:
        what = N_("min is above max")
        r.fail(node.lines["min"], f"{path}.min", what, N_("exchange the two"))
    if ask.type == "date" and ask.required is True and ask.min:
        what = N_("a required date has to accept today")
        mend = N_("write min: 0, or `required: false`")
        r.fail(node.lines["min"], f"{path}.min", what, mend)
    if any(one.type == "group" for one in ask.fields):
        mend = N_("ask for the inner rows beside these")
        r.fail(node.line, path, N_("rows cannot hold rows"), mend)
    if ask.default is not None and not _fits_default(ask):
        what = N_("the default is no such value")
        mend = N_("a choice's key, true or false, a number or text, as the type is")
        r.fail(node.lines["default"], f"{path}.default", what, mend)


def _fits_default(ask: Ask) -> bool:
    if ask.type == "choice":
        return ask.default in ask.choices
    if ask.type == "bool":
        return isinstance(ask.default, bool)
    wanted = int if ask.type == "days" else str
    return isinstance(ask.default, wanted) and not isinstance(ask.default, bool)


def definitions() -> dict[str, Schema]:
    """Return the JSON Schemas of inputs, by name."""
    one = form_schema({**_ASK, **_MORE})
    one["properties"]["among"] = {"description": _MORE["among"].help}
    one["allOf"] = [_input_schema(kind) for kind in vocabulary.INPUTS]
    return {"asks": table_schema({"$ref": "#/$defs/ask"}), "ask": one}


def _input_schema(kind: str) -> Schema:
    """Return what the type of an input asks of its other keys."""
    form = _ask_form(kind)
    then: Schema = {
        "propertyNames": {"enum": list(form)},
        "required": [key for key, field in form.items() if field.required],
    }
    if "among" in form:
        then["properties"] = {"among": form["among"].shape.schema()}
    return {"if": {"properties": {"type": {"const": kind}}}, "then": then}
