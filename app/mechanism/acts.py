"""How the acts of a profile are read: who, what is asked, needed, done, made, told, and then."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.errors import N_
from app.mechanism import vocabulary
from app.mechanism.asks import asks
from app.mechanism.problems import quoted
from app.mechanism.reader import Reader
from app.mechanism.schema import Action, Make, Turn
from app.mechanism.sections import clause, made
from app.mechanism.shapes import (
    KEY,
    Form,
    Schema,
    Shape,
    entries,
    form_schema,
    list_of,
    may,
    members_of,
    mention,
    must,
    one_of,
    read_form,
    shaped,
    table_schema,
    text,
)
from app.mechanism.words import condition, conditions, effects, who
from app.mechanism.yaml_reader import Node, Scalar, Table

REGISTER = "register"
BACK = "back"


@shaped("act", **{"$ref": "#/$defs/register"})
def register(r: Reader, node: Node, path: str) -> Action:
    """Read the registration: an act like any other that starts from no stage."""
    return _action(r, node, path, REGISTER, REGISTRATION, node.line, origin=frozenset())


@shaped("key → act", **table_schema({"$ref": "#/$defs/action"}))
def actions(r: Reader, node: Node, path: str) -> Mapping[str, Action]:
    """Read the acts by key."""
    found: dict[str, Action] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        if not KEY.fullmatch(key) or key == REGISTER:
            what = N_("%(key)s cannot be the key of an act")
            mend = N_("small letters, digits and _; `register` is the registration itself")
            r.fail(line, here, what, mend, key=quoted(key))
        found[key] = _action(r, one, here, key, ACTION, line)
    return MappingProxyType(found)


def _action(
    r: Reader, node: Node, path: str, key: str, form: Form, line: int, **fixed: Any
) -> Action:
    r.scope = key
    found: Action = made(Action, form, key=key, line=line, **fixed)(r, node, path)
    r.scope = ""
    return found


def _listed(form: Schema) -> Schema:
    """Return the JSON Schema of a key or a form, or a list of them."""
    one = {"anyOf": [{"type": "string"}, form]}
    return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}]}


_MAKE: Form = {
    "paper": must(mention("paper", "makes"), "which paper"),
    "each": may(who, "one for each of these, instead of one"),
    "when": may(condition, "only where this holds"),
}


def _make(r: Reader, node: Node, path: str) -> Make:
    if not isinstance(node, Table):
        return Make(paper=_MAKE["paper"].shape(r, node, path) or "")
    found: Make = made(Make, _MAKE)(r, node, path)
    return found


@shaped("one or a list of: key of a paper, or paper, each, when", **_listed(form_schema(_MAKE)))
def _makes(r: Reader, node: Node, path: str) -> tuple[Make, ...]:
    return tuple(_make(r, one, here) for here, one in members_of(node, path))


def _stage_or_back(r: Reader, node: Node, path: str) -> str | None:
    if isinstance(node, Scalar) and node.value == BACK:
        return BACK
    key: str | None = mention("stage", "then")(r, node, path)
    return key


_TURN: Form = {
    "stage": must(
        Shape(_stage_or_back, "key of a stage, or back", lambda: {"type": "string"}),
        "where the case goes; back: to the stage before the last act",
    ),
    "when": may(condition, "only where this holds"),
}
_TURNS = _listed(form_schema(_TURN))
_TURNS_TITLE = "one or a list of: key of a stage, back, or stage, when"


@shaped(_TURNS_TITLE, **_TURNS)
def _then(r: Reader, node: Node, path: str) -> tuple[Turn, ...]:
    members = members_of(node, path)
    turns = tuple(_turn(r, one, here) for here, one in members)
    for turn, (here, one) in zip(turns[:-1], members, strict=False):
        if turn.when is None:
            what = N_("this holds always, so what stands after it never does")
            r.fail(one.line, here, what, N_("move it to the end, or give it a `when`"))
    return turns


@shaped(_TURNS_TITLE, **_TURNS)
def _arrival(r: Reader, node: Node, path: str) -> tuple[Turn, ...]:
    turns: tuple[Turn, ...] = _then(r, node, path)
    if not turns or turns[-1].when is not None or any(turn.stage == BACK for turn in turns):
        mend = N_("name the stage, the last one without a condition")
        r.fail(node.line, path, N_("a registration has to arrive at a stage"), mend)
    return turns


def _turn(r: Reader, node: Node, path: str) -> Turn:
    if not isinstance(node, Table):
        return Turn(_stage_or_back(r, node, path) or "")
    found: Turn = made(Turn, _TURN)(r, node, path)
    return found


_STAGES = list_of(mention("stage", "from"), least=1)


@shaped(_STAGES.title, **_STAGES.looks())
def _from(r: Reader, node: Node, path: str) -> frozenset[str]:
    return frozenset(_STAGES(r, node, path))


_DIFFERENT: Form = {
    "label": may(text, "another label"),
    "clause": may(clause, "another clause"),
}


@shaped(
    "tier or body → label, clause",
    type="object",
    additionalProperties=form_schema(_DIFFERENT),
    minProperties=1,
)
def _per(r: Reader, node: Node, path: str) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for key, line, one in entries(r, node, path):
        here = f"{path}.{key}"
        r.mention("tier or body", key, line, here)
        values = read_form(r, one, here, _DIFFERENT)
        if not values:
            r.fail(one.line, here, N_("nothing differs here"), N_("give a label or a clause"))
        found[key] = MappingProxyType(values)
    return MappingProxyType(found)


ACTION: Form = {
    "label": must(text, "the words on the button"),
    "tone": may(one_of(vocabulary.ACTION_TONES), "main: the usual step; danger: ends the case"),
    "clause": must(clause, "the clause that the act carries out"),
    "from": must(_from, "the stages in which it can be done", "origin"),
    "by": must(who, "who does it"),
    "asks": may(asks, "what the form asks for"),
    "needs": may(conditions, "what must be so; else the button is grey and says why"),
    "does": may(effects, "what changes, in this order"),
    "makes": may(_makes, "the papers it issues"),
    "tells": may(who, "who gets a notice"),
    "then": may(_then, "the stage after it; left out: the case stays where it stands"),
    "per": may(_per, "another label or clause on a tier, or for a body"),
}
REGISTRATION: Form = {
    key: must(_arrival, field.help) if key == "then" else field
    for key, field in ACTION.items()
    if key not in ("from", "asks", "per")
}


def definitions() -> dict[str, Schema]:
    """Return the JSON Schemas of acts, by name."""
    return {
        "action": form_schema(ACTION, Action),
        "register": form_schema(REGISTRATION, Action),
    }
