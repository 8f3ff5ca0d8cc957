"""Whatever a profile mentions must exist: stages, tasks, papers, clauses, inputs, fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from app.mechanism.problems import quoted
from app.mechanism.schema import PROPOSAL, Ask
from app.mechanism.shapes import Mention, Reader
from app.mechanism.vocabulary import AGENCY, NUMBER_OF, PAPER_FIELDS
from app.mechanism.yaml_reader import Node, Scalar, Table

#: What a mention may name, by the section that declares it.
_SECTIONS: Mapping[str, str] = {
    "stage": "stages",
    "tier": "tiers",
    "task": "tasks",
    "action": "actions",
    "paper": "papers",
    "post": "posts",
    "body": "bodies",
    "clause": "clauses",
    "category": "categories",
    "insurance": "insurances",
}


def check_references(r: Reader, root: Table) -> None:
    """Tell the reader of every mention of something that the profile does not declare."""
    known = _declared(root)
    makers = _makers(r)
    for mention in r.mentions:
        if mention.kind == "field" and mention.key.startswith(NUMBER_OF):
            key = mention.key.removeprefix(NUMBER_OF)
            mention = replace(mention, kind="numbered paper", key=key)
        if mention.kind in known:
            _check_key(r, mention, known[mention.kind])
        elif mention.kind in _BY_ACT:
            _BY_ACT[mention.kind](r, mention, makers)


def keys_of(root: Table, section: str) -> tuple[str, ...]:
    """Return the keys that a section declares, be their values right or wrong."""
    node = root.nodes.get(section)
    return tuple(node.nodes) if isinstance(node, Table) else ()


def _declared(root: Table) -> dict[str, Collection[str]]:
    known: dict[str, Collection[str]] = {
        kind: dict.fromkeys(keys_of(root, section)) for kind, section in _SECTIONS.items()
    }
    bodies = known["body"]
    deciding = _with(root, "deciding")
    known["clause"] = dict.fromkeys((*known["clause"], PROPOSAL))
    known["deciding body"] = deciding
    known["competent body"] = dict.fromkeys((*deciding, AGENCY))
    known["advising body"] = _with(root, "advising")
    known["tier or body"] = dict.fromkeys((*known["tier"], *bodies))
    known["kind"] = dict.fromkeys(_kinds(root))
    known["numbered paper"] = dict.fromkeys(_numbered(root))
    known["unit of time"] = dict.fromkeys(_units(root))
    known["aspect"] = dict.fromkeys(_aspects(root))
    return known


def _values(root: Table, section: str, field: str) -> Iterator[tuple[str, Node]]:
    """Yield the value of a field of each entry of a section, where one is written."""
    node = root.nodes.get(section)
    for key, entry in node.nodes.items() if isinstance(node, Table) else ():
        if isinstance(entry, Table) and field in entry.nodes:
            yield key, entry.nodes[field]


def _with(root: Table, attribute: str) -> dict[str, None]:
    values = _values(root, "bodies", attribute)
    return {key: None for key, one in values if isinstance(one, Scalar) and one.truth}


def _kinds(root: Table) -> Iterator[str]:
    for _, one in _values(root, "bodies", "kind"):
        if isinstance(one, Scalar):
            yield one.value


def _numbered(root: Table) -> Iterator[str]:
    for field in ("series", "number"):
        yield from (key for key, _ in _values(root, "papers", field))


def _units(root: Table) -> Iterator[str]:
    vocabulary = root.nodes.get("vocabulary")
    units = vocabulary.nodes.get("units") if isinstance(vocabulary, Table) else None
    yield from units.nodes if isinstance(units, Table) else ()


def _aspects(root: Table) -> Iterator[str]:
    for _, one in _values(root, "categories", "aspects"):
        if isinstance(one, Table):
            yield from one.nodes


def _check_key(r: Reader, mention: Mention, known: Collection[str]) -> None:
    if mention.key not in known:
        what = f"there is no {mention.kind}"
        r.unknown(mention.line, mention.path, what, mention.key, known)


def _makers(r: Reader) -> dict[str, list[str]]:
    """Return which acts make each kind of paper."""
    found: dict[str, list[str]] = defaultdict(list)
    for mention in r.mentions:
        if mention.kind == "paper" and mention.use == "makes":
            found[mention.key].append(mention.scope)
    return found


Makers = Mapping[str, list[str]]


def _acts_of(mention: Mention, makers: Makers) -> list[str]:
    """Return the acts whose inputs a place speaks of: its own, or those that make its paper."""
    head, _, paper = mention.scope.partition(":")
    return makers.get(paper, []) if paper else [head]


def _check_input(r: Reader, mention: Mention, makers: Makers) -> None:
    for act in _acts_of(mention, makers):
        asks = r.asks.get(act, {})
        ask = asks.get(mention.key)
        if ask is None:
            what = f"the act `{act}` asks for no"
            r.unknown(mention.line, mention.path, what, mention.key, asks)
        elif mention.types and ask.type not in mention.types:
            what = f"the input {quoted(ask.key)} of `{act}` is of the type {quoted(ask.type)}"
            mend = "name an input of the type " + " or ".join(mention.types)
            r.fail(mention.line, mention.path, what, mend)


def _check_choice(r: Reader, mention: Mention, makers: Makers) -> None:
    name, _, chosen = mention.key.partition(".")
    ask = r.asks.get(mention.scope, {}).get(name)
    if ask is None or ask.type != "choice":
        return  # told as a mention of the input
    choices = list(ask.choices)
    if chosen not in choices:
        r.unknown(mention.line, mention.path, "there is no choice", chosen, choices)
    elif mention.use == "only_for" and chosen == choices[0]:
        mend = "the first choice needs nothing more; put another one first"
        r.fail(mention.line, mention.path, f"{quoted(chosen)} is the first choice", mend)


def _check_field(r: Reader, mention: Mention, makers: Makers) -> None:
    if mention.key in PAPER_FIELDS:
        return
    for act in _acts_of(mention, makers):
        asks: Mapping[str, Ask] = r.asks.get(act, {})
        if mention.key not in asks:
            what = f"the act `{act}`, which makes this paper, knows no field"
            known = (*asks, *PAPER_FIELDS)
            r.unknown(mention.line, mention.path, what, mention.key, known)


_BY_ACT: Mapping[str, Callable[[Reader, Mention, Makers], None]] = {
    "input": _check_input,
    "choice": _check_choice,
    "field": _check_field,
}
