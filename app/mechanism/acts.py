"""How the acts of a profile are read: who, what is asked, needed, done, made, told, and then."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.mechanism import vocabulary
from app.mechanism.problems import quoted
from app.mechanism.schema import Action, Ask, Make, Term, Turn
from app.mechanism.sections import clause, made
from app.mechanism.shapes import (
    KEY,
    Form,
    Reader,
    Shape,
    entries,
    flag,
    list_of,
    may,
    members_of,
    mention,
    must,
    one_of,
    read_form,
    scalar,
    table_of,
    text,
    whole,
)
from app.mechanism.words import condition, conditions, effects, who
from app.mechanism.yaml_reader import Node, Scalar, Table

REGISTER = "register"
BACK = "back"
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


def register(r: Reader, node: Node, path: str) -> Action:
    """Read the registration: an act like any other that starts from no stage."""
    form = {key: field for key, field in _ACTION.items() if key not in ("from", "per", "asks")}
    form["then"] = must(_arrival)
    return _action(r, node, path, REGISTER, form, node.line, origin=frozenset())


def actions(r: Reader, node: Node, path: str) -> Mapping[str, Action]:
    """Read the acts by key."""
    found: dict[str, Action] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not KEY.fullmatch(key) or key == REGISTER:
            mend = "small letters, digits and _; `register` is the registration itself"
            r.fail(line, here, f"{quoted(key)} cannot be the key of an act", mend)
        found[key] = _action(r, one, here, key, _ACTION, line)
    return MappingProxyType(found)


def _action(
    r: Reader, node: Node, path: str, key: str, form: Form, line: int, **fixed: Any
) -> Action:
    r.scope = key
    found: Action = made(Action, form, key=key, line=line, **fixed)(r, node, path)
    r.scope = ""
    return found


def _asks(r: Reader, node: Node, path: str) -> tuple[Ask, ...]:
    found = tuple(_ask(r, one, f"{path}.{key}", key) for key, _, one in entries(r, node, path))
    r.asks[r.scope] = {ask.key: ask for ask in found}
    return found


def _columns(r: Reader, node: Node, path: str) -> tuple[Ask, ...]:
    """Read the inputs of a row of a group."""
    return tuple(_ask(r, one, f"{path}.{key}", key) for key, _, one in entries(r, node, path))


def _ask(r: Reader, node: Node, path: str, key: str) -> Ask:
    if not KEY.fullmatch(key):
        r.fail(node.line, path, f"{quoted(key)} is no key", "small letters, digits and _")
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


def _ask_form(kind: str) -> Form:
    among: Shape = who
    if kind == "person":
        among = _people
    elif kind == "task":
        among = _kinds
    options: Form = {
        "among": may(among),
        "excluding": may(who),
        "having": may(one_of(vocabulary.HAVING)),
        "choices": may(table_of(text, KEY)),
        "default": may(_default),
        "fields": may(_columns),
        "min": may(whole(0, _MOST)),
        "max": may(whole(0, _MOST)),
    }
    known = _OPTIONS.get(kind, () if kind in vocabulary.INPUTS else tuple(options))
    needed = _NEEDED.get(kind)
    return {
        "type": must(one_of(tuple(vocabulary.INPUTS))),
        "label": must(text),
        "required": may(_required),
        "only_for": may(_only_for),
        "help": may(text),
    } | {key: must(options[key].shape) if key == needed else options[key] for key in known}


def _people(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    """Read where the candidates come from: a word, or `{post: …}` for the holders of a post."""
    if isinstance(node, Table):
        post = read_form(r, node, path, {"post": must(mention("post"))}).get("post")
        return (Term("post", post, line=node.line),)
    found: str | None = one_of(vocabulary.PEOPLE)(r, node, path)
    return (Term(found, line=node.line),) if found else ()


def _kinds(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    named = list_of(mention("task", "among"), least=1)(r, node, path)
    return tuple(Term("task", kind, line=node.line) for kind in named)


def _required(r: Reader, node: Node, path: str) -> bool | Term | None:
    return condition(r, node, path) if isinstance(node, Table) else flag(r, node, path)


def _default(r: Reader, node: Node, path: str) -> Any:
    if (one := scalar(r, node, path, "a value")) is None:
        return None
    if one.truth is not None:
        return one.truth
    return one.number if one.number is not None else text(r, one, path)


def _only_for(r: Reader, node: Node, path: str) -> tuple[str, str] | None:
    given = entries(r, node, path)
    if len(given) != 1:
        r.fail(node.line, path, "one input with one choice is expected", "write {input: choice}")
        return None
    ((name, line, one),) = given
    chosen = text(r, one, f"{path}.{name}") or ""
    r.mention("input", name, line, path, types="choice")
    r.mention("choice", f"{name}.{chosen}", line, path, use="only_for")
    return name, chosen


def _check_ask(r: Reader, ask: Ask, node: Table, path: str) -> None:
    """Tell what no form could be made of, and what the forms of the interface rule out."""
    if ask.only_for and ask.required is not False:
        mend = "leave `required` out: it is required where that choice is made"
        r.fail(node.line, path, "it is needed for one choice only, yet always required", mend)
    if ask.type in ("group", "attachment", "attachments") and ask.required is not False:
        mend = "add `required: false`, and say under `help` when it is wanted"
        r.fail(node.line, path, "files and rows can never be required", mend)
    if ask.min is not None and ask.max is not None and ask.min > ask.max:
        r.fail(node.lines["min"], f"{path}.min", "min is above max", "exchange the two")
    if ask.type == "date" and ask.required is True and ask.min:
        mend = "write min: 0, or `required: false`"
        r.fail(node.lines["min"], f"{path}.min", "a required date has to accept today", mend)
    if any(one.type == "group" for one in ask.fields):
        r.fail(node.line, path, "rows cannot hold rows", "ask for the inner rows beside these")
    if ask.default is not None and not _fits_default(ask):
        mend = "a choice's key, true or false, a number or text, as the type is"
        r.fail(node.lines["default"], f"{path}.default", "the default is no such value", mend)


def _fits_default(ask: Ask) -> bool:
    if ask.type == "choice":
        return ask.default in ask.choices
    if ask.type == "bool":
        return isinstance(ask.default, bool)
    wanted = int if ask.type == "days" else str
    return isinstance(ask.default, wanted) and not isinstance(ask.default, bool)


def _makes(r: Reader, node: Node, path: str) -> tuple[Make, ...]:
    return tuple(_make(r, one, here) for here, one in members_of(node, path))


def _make(r: Reader, node: Node, path: str) -> Make:
    paper = mention("paper", "makes")
    if not isinstance(node, Table):
        return Make(paper=paper(r, node, path) or "")
    form = {"paper": must(paper), "each": may(who), "when": may(condition)}
    found: Make = made(Make, form)(r, node, path)
    return found


def _then(r: Reader, node: Node, path: str) -> tuple[Turn, ...]:
    members = members_of(node, path)
    turns = tuple(_turn(r, one, here) for here, one in members)
    for turn, (here, one) in zip(turns[:-1], members, strict=False):
        if turn.when is None:
            what = "this holds always, so what stands after it never does"
            r.fail(one.line, here, what, "move it to the end, or give it a `when`")
    return turns


def _arrival(r: Reader, node: Node, path: str) -> tuple[Turn, ...]:
    turns = _then(r, node, path)
    if not turns or turns[-1].when is not None or any(turn.stage == BACK for turn in turns):
        mend = "name the stage, the last one without a condition"
        r.fail(node.line, path, "a registration has to arrive at a stage", mend)
    return turns


def _turn(r: Reader, node: Node, path: str) -> Turn:
    if not isinstance(node, Table):
        return Turn(_stage_or_back(r, node, path) or "")
    found: Turn = made(Turn, {"stage": must(_stage_or_back), "when": may(condition)})(
        r, node, path
    )
    return found


def _stage_or_back(r: Reader, node: Node, path: str) -> str | None:
    if isinstance(node, Scalar) and node.value == BACK:
        return BACK
    key: str | None = mention("stage", "then")(r, node, path)
    return key


def _from(r: Reader, node: Node, path: str) -> frozenset[str]:
    return frozenset(list_of(mention("stage", "from"), least=1)(r, node, path))


def _per(r: Reader, node: Node, path: str) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        r.mention("tier or body", key, line, here)
        values = read_form(r, one, here, {"label": may(text), "clause": may(clause)})
        if not values:
            r.fail(one.line, here, "nothing differs here", "give a label or a clause")
        found[key] = MappingProxyType(values)
    return MappingProxyType(found)


_ACTION: Form = {
    "label": must(text),
    "clause": must(clause),
    "tone": may(one_of(vocabulary.ACTION_TONES)),
    "from": must(_from, "origin"),
    "by": must(who),
    "asks": may(_asks),
    "needs": may(conditions),
    "does": may(effects),
    "makes": may(_makes),
    "tells": may(who),
    "then": may(_then),
    "per": may(_per),
}
