"""Facts compared: the criteria of tiers, on facts alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.mechanism.facts import Facts
from app.mechanism.schema import Term
from app.mechanism.vocabulary import CRITERIA, FACT_OPS, FACTS
from app.rules import criteria, guards


def fact(name, op, value) -> Term:
    return Term("fact", {"name": name, "op": op, "value": value})


MANY = fact("persons", ">=", 10)
DEAR = fact("amount", ">=", Decimal(500000))
KNOWN = fact("amount", "known", True)

CASES = [
    (Facts(persons=10), [MANY], True),
    (Facts(persons=9), [MANY], False),
    (Facts(), [MANY], False),
    (Facts(amount=Decimal("500000.00")), [DEAR], True),
    (Facts(amount=Decimal("499999.99")), [DEAR], False),
    (Facts(amount=Decimal(0)), [KNOWN], True),
    (Facts(), [KNOWN], False),
    (Facts(channel="letter"), [fact("channel", "in", ("visit", "phone"))], False),
    (Facts(channel="phone"), [fact("channel", "in", ("visit", "phone"))], True),
    (Facts(insurance=("pension", "medical")), [fact("insurance", "has", "medical")], True),
    (Facts(units=2), [fact("units", ">=", 2)], True),
    (Facts(applicant_kind="person"), [fact("applicant_kind", "=", "organisation")], False),
    (Facts(persons=10), [MANY, DEAR], False),
    (Facts(persons=10), [Term("any", (MANY, DEAR))], True),
    (Facts(), [Term("any", (MANY, DEAR))], False),
    (Facts(persons=10, amount=Decimal(10**6)), [Term("all", (MANY, DEAR))], True),
    (Facts(), [Term("not", MANY)], True),
    (Facts(persons=10), [Term("not", MANY)], False),
    (Facts(), [], True),
]


@pytest.mark.parametrize(("facts", "terms", "met"), CASES)
def test_facts_meet_criteria_or_do_not(facts, terms, met):
    assert criteria.meets(facts, terms) is met


def test_every_fact_and_comparison_of_the_vocabulary_is_known_here():
    assert set(criteria.COMPARISONS) == set(FACT_OPS)
    assert set(criteria.CRITERIA) == set(CRITERIA) <= set(guards.TESTS)
    assert {name for name in FACTS if hasattr(Facts(), name)} == set(FACTS)
