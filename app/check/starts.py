"""The registrations that a check begins with: few, yet every kind that the profile tells apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product
from typing import Any

from app.mechanism.facts import Facts
from app.mechanism.schema import Mechanism, Term
from app.mechanism.terms import acts, everywhere, within, words
from app.mechanism.vocabulary import APPLICANT_KINDS, CHANNELS
from app.rules import criteria, routing

#: More kinds of registrations than this are not told apart.
MOST_STARTS = 60
#: More combinations of facts than this are not tried out.
MOST_TRIED = 2000
#: Words by which a profile tells registrations apart by their routing.
BY_ROUTE = frozenset(("routed", "off_route", "competent"))
#: Words by which it follows how bodies stand to each other.
STRUCTURE = frozenset(("parent", "children"))


@dataclass(frozen=True)
class Start:
    """A registration: who registers what, today or on an earlier day."""

    registrar: str
    facts: Facts
    is_today: bool = True


def starts(mechanism: Mechanism) -> list[Start]:
    """Return the registrations to begin with, the plainest first."""
    used = {term.word for term in everywhere(mechanism)}
    days = (True, False) if "same_day" in used else (True,)
    found = product(days, _facts(mechanism), _registrars(mechanism))
    return [Start(who, facts, day) for day, facts, who in islice(found, MOST_STARTS)]


def _registrars(mechanism: Mechanism) -> list[str]:
    """Return a registering body of each kind that the words of a profile can tell apart."""
    kinds = kinds_of(mechanism)
    found: dict[Any, str] = {}
    for key in mechanism.registering:
        found.setdefault(kinds[key], key)
    return list(found.values())


def kinds_of(mechanism: Mechanism) -> dict[str, Any]:
    """Return what tells each body apart from others; bodies of one kind can be exchanged."""
    terms = list(everywhere(mechanism))
    alone = {term.arg for term in terms if isinstance(term.arg, str)} & set(mechanism.bodies)
    if any(term.word in STRUCTURE for term in terms):
        for key, body in mechanism.bodies.items():
            alone |= {key, body.parent} if body.parent else set()
    return {
        key: (
            body.kind,
            body.level,
            body.deciding,
            body.advising,
            body.registering,
            body.member,
            body.sees_all,
            key if key in alone else "",
        )
        for key, body in mechanism.bodies.items()
    }


class Questions:
    """What the acts of a mechanism ask of the facts of a case."""

    def __init__(self, mechanism: Mechanism) -> None:
        terms = [term for act in acts(mechanism) for term in words(act)]
        self.facts = [term for term in terms if term.word == "fact"]
        tiers = dict.fromkeys(term.arg for term in terms if term.word == "meets")
        self.criteria = [mechanism.tiers[key].criteria for key in tiers]

    def answers(self, facts: Facts) -> tuple[bool, ...]:
        """Return the answers; cases with the same ones go the same ways."""
        compared = (criteria.compares(facts, term.arg) for term in self.facts)
        met = (criteria.meets(facts, one) for one in self.criteria)
        return (*compared, *met)


def _facts(mechanism: Mechanism) -> Iterator[Facts]:
    """Yield facts for each set of answers, and for each answer of the routing."""
    questions = Questions(mechanism)
    asked = [*questions.facts, *(t for one in questions.criteria for t in within(one))]
    asked = [term for term in asked if term.word == "fact"]
    found: dict[Any, Facts] = {}
    for base in _by_route(mechanism) if _asks_route(mechanism, asked) else [_plain(mechanism)]:
        units = len(routing.propose(mechanism, base).units)
        for facts in islice(_varied(mechanism, base, asked), MOST_TRIED):
            known = replace(facts, units=units)
            found.setdefault((units and min(units, 2), questions.answers(known)), facts)
    yield from found.values()


def _asks_route(mechanism: Mechanism, asked: Iterable[Term]) -> bool:
    used = {term.word for term in everywhere(mechanism)}
    return bool(used & BY_ROUTE) or any(term.arg["name"] == "units" for term in asked)


def _plain(mechanism: Mechanism) -> Facts:
    """Return the facts of the first kind of dispute for which somebody is competent."""
    found = (facts for facts in _grid(mechanism) if routing.propose(mechanism, facts).units)
    return next(found, next(_grid(mechanism)))


def _by_route(mechanism: Mechanism) -> list[Facts]:
    """Return facts that lead to one body, to several and to none, as far as the rows do."""
    found: dict[int, Facts] = {}
    for facts in _grid(mechanism):
        units = routing.propose(mechanism, facts).units
        found.setdefault(min(len(units), 2), facts)
    return [found[count] for count in (1, 2, 0) if count in found]


def _grid(mechanism: Mechanism) -> Iterator[Facts]:
    for key, category in mechanism.categories.items():
        for aspect in (None, *category.aspects):
            for insurance in mechanism.insurances:
                yield Facts(
                    category=key,
                    insurance=(insurance,),
                    aspect=aspect,
                    channel=CHANNELS[0],
                    applicant_kind=APPLICANT_KINDS[0],
                    persons=1,
                )


def _varied(mechanism: Mechanism, base: Facts, asked: Iterable[Term]) -> Iterator[Facts]:
    values: dict[str, list[Any]] = {}
    for term in asked:
        name = term.arg["name"]
        if name != "units":  # the routing tells that
            found = _sides(mechanism, name, term.arg["op"], term.arg["value"])
            values.setdefault(name, [getattr(base, name)]).extend(found)
    unique = {name: list(dict.fromkeys(found)) for name, found in values.items()}
    for chosen in product(*unique.values()):
        yield replace(base, **dict(zip(unique, chosen, strict=True)))


def _sides(mechanism: Mechanism, name: str, op: str, wanted: Any) -> list[Any]:
    """Return values of a fact for which a comparison holds, and for which it does not."""
    if op == "known":
        return [() if name == "insurance" else None, *_range(mechanism, name)[:1]]
    if op == "has":
        return [(wanted,), *((key,) for key in mechanism.insurances if key != wanted)][:2]
    if op == ">=" and not isinstance(wanted, str):
        return [wanted, wanted - 1]
    inside = wanted if op == "in" else (wanted,)
    outside = [one for one in _range(mechanism, name) if one not in inside]
    return [*inside[:1], *outside[:1]]


def _range(mechanism: Mechanism, name: str) -> list[Any]:
    """Return values that a fact can have."""
    aspects = [aspect for one in mechanism.categories.values() for aspect in one.aspects]
    values: dict[str, list[Any]] = {
        "category": list(mechanism.categories),
        "insurance": [(key,) for key in mechanism.insurances],
        "aspect": aspects,
        "period_from": ["2000-01", "2100-01"],
        "period_to": ["2000-01", "2100-01"],
        "amount": [Decimal(0), Decimal(1)],
        "channel": list(CHANNELS),
        "applicant_kind": list(APPLICANT_KINDS),
        "persons": [1, 2],
        "payer_kind": [None, "-"],
    }
    return values.get(name, [None])
