"""Whatever a profile mentions must exist: stages, tasks, papers, clauses, inputs, fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from app.errors import N_, Reason
from app.mechanism.declared import declared
from app.mechanism.problems import THERE_IS_NO, quoted
from app.mechanism.reader import Mention, Reader
from app.mechanism.schema import Ask
from app.mechanism.vocabulary import LIST_OF, NUMBER_OF, PAPER_FIELDS
from app.mechanism.yaml_reader import Table


def check_references(r: Reader, root: Table) -> None:
    """Tell the reader of every mention of something that the profile does not declare."""
    known = declared(root)
    makers = _makers(r)
    for mention in r.mentions:
        if mention.kind == "field" and mention.key.startswith(NUMBER_OF):
            key = mention.key.removeprefix(NUMBER_OF)
            mention = replace(mention, kind="numbered paper", key=key)
        elif mention.kind == "field" and mention.key.startswith(LIST_OF):
            mention = replace(mention, kind="paper", key=mention.key.removeprefix(LIST_OF))
        if mention.kind in known:
            _check_key(r, mention, known[mention.kind])
        elif mention.kind in _BY_ACT:
            _BY_ACT[mention.kind](r, mention, makers)


def _check_key(r: Reader, mention: Mention, known: Collection[str]) -> None:
    if mention.key not in known:
        r.unresolved.add(mention.kind)
        place = mention.line, mention.path
        r.unknown(*place, THERE_IS_NO, mention.key, known, kind=Reason(mention.kind))


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
            what = N_("the act `%(act)s` asks for no %(word)s")
            r.unknown(mention.line, mention.path, what, mention.key, asks, act=act)
        elif mention.types and ask.type not in mention.types:
            what = N_("the input %(input)s of `%(act)s` is of the type %(type)s")
            mend = N_("name an input of the type %(types)s")
            params = {"input": quoted(ask.key), "act": act, "type": quoted(ask.type)}
            r.fail(mention.line, mention.path, what, mend, types=_either(mention.types), **params)
        elif ask.required is not True and _must_be_given(mention):
            what = N_("the input %(input)s of `%(act)s` may be left empty")
            mend = N_("make it required: this cannot go without it")
            r.fail(mention.line, mention.path, what, mend, input=quoted(ask.key), act=act)


def _either(types: Sequence[str]) -> Reason | str:
    """Return words as alternatives."""
    *others, last = types
    if not others:
        return last
    return Reason(N_("%(others)s or %(last)s"), {"others": _either(others), "last": last})


def _must_be_given(mention: Mention) -> bool:
    """Return whether an effect or an addressee cannot do without the input."""
    if mention.scope.startswith("paper:"):
        return True
    last = mention.path.rpartition(".")[2]
    return mention.use.startswith("effect ") and last not in _OPTIONAL


#: What a caution compares and a delivery asks, where it was given.
_UNSURE = ("lower", "than", "posted")
#: Fields of effects that an empty input leaves as they are.
_OPTIONAL = frozenset(("note", "due", "paper", "from", "each", *_UNSURE))


def _check_choice(r: Reader, mention: Mention, makers: Makers) -> None:
    name, _, chosen = mention.key.partition(".")
    ask = r.asks.get(mention.scope, {}).get(name)
    if ask is None or ask.type != "choice":
        return  # told as a mention of the input
    choices = list(ask.choices)
    if chosen not in choices:
        what = N_("there is no choice %(word)s")
        r.unknown(mention.line, mention.path, what, chosen, choices)
    elif mention.use == "only_for" and chosen == choices[0]:
        what = N_("%(choice)s is the first choice")
        mend = N_("the first choice needs nothing more; put another one first")
        r.fail(mention.line, mention.path, what, mend, choice=quoted(chosen))


def _check_field(r: Reader, mention: Mention, makers: Makers) -> None:
    if mention.key in PAPER_FIELDS:
        return
    for act in _acts_of(mention, makers):
        asks: Mapping[str, Ask] = r.asks.get(act, {})
        if mention.key not in asks:
            what = N_("the act `%(act)s`, which makes this paper, knows no field %(word)s")
            known = (*asks, *PAPER_FIELDS)
            r.unknown(mention.line, mention.path, what, mention.key, known, act=act)


_BY_ACT: Mapping[str, Callable[[Reader, Mention, Makers], None]] = {
    "input": _check_input,
    "choice": _check_choice,
    "field": _check_field,
}
