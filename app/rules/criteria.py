"""Facts compared: the criteria of tiers, and the condition `fact` of acts.

Pure on the facts, so that the routing can ask before there is a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.mechanism.facts import Facts
from app.mechanism.schema import Term


def meets(facts: Facts, criteria: Iterable[Term]) -> bool:
    """Return whether the facts meet every one of some criteria (fact, all, any, not)."""
    return all(CRITERIA[term.word](facts, term.arg) for term in criteria)


def compares(facts: Facts, arg: Any) -> bool:
    """Return whether a fact compares with the value as the profile wants it."""
    return COMPARISONS[arg["op"]](getattr(facts, arg["name"]), arg["value"])


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda value, wanted: bool(value == wanted),
    "in": lambda value, wanted: value in wanted,
    "has": lambda value, wanted: wanted in (value or ()),
    ">=": lambda value, wanted: value is not None and bool(value >= wanted),
    "known": lambda value, wanted: (value not in (None, (), "")) == wanted,
}

#: The conditions of which criteria are made: those that ask the facts alone.
CRITERIA: dict[str, Callable[[Facts, Any], bool]] = {
    "fact": compares,
    "all": meets,
    "any": lambda facts, tests: any(meets(facts, (test,)) for test in tests),
    "not": lambda facts, test: not meets(facts, (test,)),
}
