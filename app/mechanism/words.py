"""How the words of a profile are read: who, conditions, effects, each into a `Term`.

The forms of arguments, on which the engine relies (shape → `Term.arg`):

none → None (`holder`, `{admin: true}`) · task, stage, tier, paper, post, action, kind, level,
attribute, role, fact, op, text → str · stages, tiers, tasks, papers → tuple[str, ...] ·
count → int · flag → bool (the bare word is true) · who → tuple[Term, ...] · whos →
tuple[tuple[Term, ...], ...] · test → Term · tests → tuple[Term, ...] · input → str, the name
without `$` · value → Term("input", name), Term(relation) or the text "none" · way → a tier's key,
"none" or Term("input", name) · literal → str, int, bool, Decimal (an amount) or a tuple of them ·
choice → Mapping[str, tuple[str, ...]] · fields → Mapping[str, …], what is optional and absent
being left out.

`$name` alone is Term("input", name). A bare argument fills the `main` of a word with fields.
`{word: …, when: test}` is an effect with its condition in `Term.when`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from app.errors import N_, Reason
from app.mechanism import vocabulary
from app.mechanism.problems import THERE_IS_NO, quoted
from app.mechanism.reader import Reader
from app.mechanism.schema import Term
from app.mechanism.shapes import (
    LIST_IS_EMPTY,
    Field,
    Form,
    Schema,
    Shape,
    entries,
    flag,
    form_schema,
    list_of,
    members_of,
    mention,
    named,
    one_of,
    read_form,
    scalar,
    shaped,
    text,
    whole,
)
from app.mechanism.vocabulary import Word
from app.mechanism.yaml_reader import Items, Node, Scalar, Table

BODY_INPUTS = "unit units"
_INPUT = r"^\$[a-z][a-z0-9_]*$"
NONE = "none"


@named("who", "who")
def who(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    """Read a who-expression: a word, a mapping with one word, or a list (any of them)."""
    return _listed(r, node, path, _relation)


@named("one or a list of: condition", "conditions")
def conditions(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    """Read one condition or a list of them."""
    return _listed(r, node, path, condition)


@named("one or a list of: effect", "effects")
def effects(r: Reader, node: Node, path: str) -> tuple[Term, ...]:
    """Read one effect or a list of them."""
    return _listed(r, node, path, _effect)


@named("condition", "condition")
def condition(r: Reader, node: Node, path: str) -> Term | None:
    """Read one condition."""
    return _term(r, node, path, N_("condition"), vocabulary.TESTS)


@named("who", "relation")
def _relation(r: Reader, node: Node, path: str) -> Term | None:
    if isinstance(node, Scalar) and node.value.startswith("$"):
        return Term("input", input_name(r, node, path, BODY_INPUTS), line=node.line)
    return _term(r, node, path, N_("relation"), vocabulary.WHO)


@named("effect", "effect")
def _effect(r: Reader, node: Node, path: str) -> Term | None:
    return _term(r, node, path, N_("effect"), vocabulary.EFFECTS, may_depend=True)


def _listed(r: Reader, node: Node, path: str, shape: Shape) -> tuple[Term, ...]:
    members = members_of(node, path)
    if not members:
        r.fail(node.line, path, LIST_IS_EMPTY, N_("name at least one, or leave the key out"))
    found = [shape(r, one, here) for here, one in members]
    return tuple(term for term in found if term is not None)


def _term(
    r: Reader,
    node: Node,
    path: str,
    family: str,
    words: Mapping[str, Word],
    *,
    may_depend: bool = False,
) -> Term | None:
    """Read a word with its argument, and the condition beside it where the family takes one."""
    if isinstance(node, Table):
        arguments, when = dict(node.nodes), None
        if may_depend and "when" in arguments:
            when = condition(r, arguments.pop("when"), f"{path}.when")
        if len(arguments) != 1:
            what = N_("one %(family)s is expected here, %(n)s stand here")
            mend = N_("give each its own member of the list")
            r.fail(node.line, path, what, mend, family=Reason(family), n=len(arguments))
            return None
        ((name, argument),) = arguments.items()
        line = node.lines[name]
    else:
        wanted = Reason(N_("a %(family)s"), {"family": Reason(family)})
        if (bare := scalar(r, node, path, wanted)) is None:
            return None
        name, argument, when, line = bare.value, None, None, bare.line
    if name not in words:
        r.unknown(line, path, THERE_IS_NO, name, words, kind=Reason(family))
        return None
    outer, r.use = r.use, f"{family} {name}"
    arg = _argument(r, words[name], argument, line, f"{path}.{name}")
    r.use = outer
    if name in vocabulary.NEEDS_KIND and family == "relation":
        r.mention("kind", vocabulary.NEEDS_KIND[name], line, path)
    return Term(name, arg, when, line)


def _argument(r: Reader, declared: Word, node: Node | None, line: int, path: str) -> Any:
    if declared.shape == "none":
        return _nothing(r, node, path)
    if node is None:
        if declared.shape == "flag":
            return True
        mend = N_("write {%(word)s: …}")
        r.fail(line, path, _NEEDS_ARGUMENT, mend, word=path.split(".")[-1])
        return None
    if declared.shape == "fields":
        return _fields(r, declared, node, path)
    return shape_of(declared.shape)(r, node, path)


def _nothing(r: Reader, node: Node | None, path: str) -> None:
    if node is not None and not (isinstance(node, Scalar) and node.truth):
        mend = N_("write it alone, or with true")
        r.fail(node.line, path, N_("this word takes no argument"), mend)


_NEEDS_ARGUMENT = N_("this word needs an argument")


def _fields(r: Reader, declared: Word, node: Node, path: str) -> Mapping[str, Any]:
    if declared.main and not isinstance(node, Table):
        shape = shape_of(declared.fields[declared.main])
        return MappingProxyType({declared.main: shape(r, node, f"{path}.{declared.main}")})
    form = _form_of(declared)
    values = read_form(r, node, path, form)
    if not values and isinstance(node, Table):
        r.fail(node.line, path, _NEEDS_ARGUMENT, N_("known: %(names)s"), names=list(form))
    if "literal" in declared.fields.values():
        _fit_literal(r, values, node, path)
    return MappingProxyType(values)


def _form_of(declared: Word) -> Form:
    return {
        name: Field(shape_of(shape), name not in declared.optional)
        for name, shape in declared.fields.items()
    }


def shape_of(name: str) -> Shape:
    """Return the shape that a declaration of the vocabulary names."""
    head, _, types = name.partition(" ")
    if head == "input":
        return _input(types)
    if head == "value":
        return Shape(
            lambda r, node, path: _value(r, node, path, types),
            f"who, {NONE}, or {_input(types).title}",
            lambda: {"anyOf": [{"$ref": "#/$defs/relation"}, {"const": NONE}]},
        )
    return SHAPES[head]


def _input(types: str) -> Shape:
    """Return the shape of `$name`, an input of the same act that is of one of the types."""
    return Shape(
        lambda r, node, path: input_name(r, node, path, types),
        f"$name of an input of the type {' or '.join(types.split())}",
        lambda: {"type": "string", "pattern": _INPUT},
    )


def input_name(r: Reader, node: Node, path: str, types: str) -> str | None:
    """Read `$name`, an input of the same act that is of one of the types (any where none)."""
    if (one := scalar(r, node, path, N_("`$` with the name of an input"))) is None:
        return None
    if not one.value.startswith("$"):
        what = N_("an input of this act is expected, not %(value)s")
        mend = N_("write $%(name)s, and ask for it under `asks`")
        r.fail(one.line, path, what, mend, value=quoted(one.value), name=one.value[:40])
        return None
    r.mention("input", one.value[1:], one.line, path, types=types)
    return one.value[1:]


def _value(r: Reader, node: Node, path: str, types: str) -> Term | str | None:
    if isinstance(node, Scalar) and node.value == NONE:
        return NONE
    if isinstance(node, Scalar) and node.value.startswith("$"):
        return Term("input", input_name(r, node, path, types), line=node.line)
    found: Term | None = _relation(r, node, path)
    return found


@shaped("key of a tier, none, or $name of an input of the type choice", type="string")
def _way(r: Reader, node: Node, path: str) -> Term | str | None:
    if isinstance(node, Scalar) and node.value == NONE:
        return NONE
    if isinstance(node, Scalar) and node.value.startswith("$"):
        return Term("input", input_name(r, node, path, "choice"), line=node.line)
    key: str | None = mention("tier")(r, node, path)
    return key


@shaped("list of two or more: who", type="array", minItems=2, items={"$ref": "#/$defs/who"})
def _whos(r: Reader, node: Node, path: str) -> tuple[tuple[Term, ...], ...]:
    if not isinstance(node, Items) or len(node.nodes) < 2:
        what, mend = N_("a list of at least two is expected"), N_("write [holder, …]")
        r.fail(node.line, path, what, mend)
        return ()
    return tuple(who(r, one, f"{path}.{n}") for n, one in enumerate(node.nodes, 1))


@shaped(
    "input: choice, or input: [choice, choice]",
    type="object",
    additionalProperties={
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    },
)
def _choice(r: Reader, node: Node, path: str) -> Mapping[str, tuple[str, ...]]:
    """Read `{input: choice}` or `{input: [choice, choice]}`."""
    found: dict[str, tuple[str, ...]] = {}
    for name, line, one in entries(r, node, path):
        r.mention("input", name, line, f"{path}.{name}", types="choice")
        choices: tuple[str, ...] = list_of(text, least=1)(r, one, f"{path}.{name}")
        for chosen in choices:
            r.mention("choice", f"{name}.{chosen}", line, f"{path}.{name}")
        found[name] = choices
    return MappingProxyType(found)


@shaped("value, or list of values", type=["string", "integer", "boolean", "array"])
def _literal(r: Reader, node: Node, path: str) -> Any:
    if isinstance(node, Items):
        return tuple(_literal(r, one, f"{path}.{n}") for n, one in enumerate(node.nodes, 1))
    if (one := scalar(r, node, path, N_("a value"))) is None:
        return None
    if one.truth is not None:
        return one.truth
    return one.number if one.number is not None else text(r, one, path)


def _fit_literal(r: Reader, values: dict[str, Any], node: Node, path: str) -> None:
    """Make the value of a comparison one that the fact can be compared with."""
    fact, op, value = values.get("name"), values.get("op"), values.get("value")
    if fact is None or op is None or value is None:
        return
    if op == "known":
        fits = isinstance(value, bool)
    elif op == "in":
        fits = isinstance(value, tuple) and all(_is_comparable(fact, one) for one in value)
    elif op == "has":
        fits = fact in vocabulary.LIST_FACTS and isinstance(value, str)
    else:
        fits = fact not in vocabulary.LIST_FACTS and _is_comparable(fact, value)
    if not fits:
        what = N_("%(fact)s cannot be compared so")
        mend = N_(
            "known: true or false; in: a list; has: an insurance; "
            "numbers without quotes: %(names)s"
        )
        names = list(vocabulary.NUMBER_FACTS)
        r.fail(node.line, path, what, mend, fact=quoted(fact), names=names)
    elif fact == "amount" and op != "known":
        numbers = value if isinstance(value, tuple) else (value,)
        decimals = tuple(Decimal(one) for one in numbers)
        values["value"] = decimals if isinstance(value, tuple) else decimals[0]


def _is_comparable(fact: str, value: Any) -> bool:
    wanted = int if fact in vocabulary.NUMBER_FACTS else str
    return isinstance(value, wanted) and not isinstance(value, bool)


def _keys(kind: str) -> Shape:
    return list_of(mention(kind), least=1)


@shaped(" · ".join(vocabulary.ROLES), enum=list(vocabulary.ROLES))
def _role(r: Reader, node: Node, path: str) -> str | None:
    """Read a role, which some tier has to fill."""
    role: str | None = one_of(vocabulary.ROLES)(r, node, path)
    if role is not None:
        r.mention("role of a tier", role, node.line, path)
    return role


SHAPES: Mapping[str, Shape] = {
    **{
        kind: mention(kind)
        for kind in ("task", "stage", "tier", "paper", "post", "action", "kind")
    },
    **{f"{kind}s": _keys(kind) for kind in ("stage", "tier", "task", "paper")},
    "attribute": one_of(vocabulary.ATTRIBUTES),
    "level": one_of(vocabulary.LEVELS),
    "role": _role,
    "fact": one_of(vocabulary.FACTS),
    "op": one_of(vocabulary.FACT_OPS),
    "text": text,
    "count": whole(1, 999),
    "flag": flag,
    "who": who,
    "whos": _whos,
    "test": condition,
    "tests": conditions,
    "way": _way,
    "literal": _literal,
    "choice": _choice,
}


def argument_schema(declared: Word) -> Schema:
    """Return the JSON Schema of what follows a word."""
    if declared.shape == "none":
        return {"const": True}
    if declared.shape != "fields":
        return shape_of(declared.shape).schema()
    form = form_schema(_form_of(declared))
    if not declared.main:
        return form
    return {"anyOf": [shape_of(declared.fields[declared.main]).schema(), form]}


def _word_schema(words: Mapping[str, Word], *, may_depend: bool = False) -> Schema:
    """Return the JSON Schema of one word of a family: alone, or with its argument."""
    bare = [name for name, word in words.items() if word.shape in ("none", "flag")]
    properties = {
        name: argument_schema(word) | {"description": word.help} for name, word in words.items()
    }
    if may_depend:
        properties["when"] = condition.schema() | {"description": "only where this holds"}
    table = {
        "type": "object",
        "properties": properties,
        "minProperties": 1,
        "maxProperties": 2 if may_depend else 1,
        "additionalProperties": False,
    }
    return {"anyOf": [{"enum": bare}, table]}


def _many(name: str) -> Schema:
    one = {"$ref": f"#/$defs/{name}"}
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def definitions() -> dict[str, Schema]:
    """Return the JSON Schemas of the words, which stand in each other, by name."""
    relation = _word_schema(vocabulary.WHO)
    relation["anyOf"].append({"type": "string", "pattern": _INPUT})
    return {
        "relation": relation,
        "condition": _word_schema(vocabulary.TESTS),
        "effect": _word_schema(vocabulary.EFFECTS, may_depend=True),
        "who": _many("relation"),
        "conditions": _many("condition"),
        "effects": _many("effect"),
    }
