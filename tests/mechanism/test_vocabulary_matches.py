"""Each word that a profile may use has its function in the rules, and the other way round."""

from __future__ import annotations

import pytest

from app.mechanism import vocabulary
from app.rules.amendments import AMENDABLE
from app.rules.criteria import COMPARISONS, CRITERIA
from app.rules.effects import EFFECTS
from app.rules.guards import TESTS
from app.rules.inputs import CANDIDATES, READERS
from app.rules.who import RELATIONS


@pytest.mark.parametrize(
    ("declared", "registered"),
    [
        (vocabulary.WHO, RELATIONS),
        (vocabulary.TESTS, TESTS),
        (vocabulary.EFFECTS, EFFECTS),
        (vocabulary.INPUTS, READERS),
        (vocabulary.FACT_OPS, COMPARISONS),
        (vocabulary.AMENDABLE, AMENDABLE),
    ],
    ids=["who", "conditions", "effects", "inputs", "comparisons", "facts to amend"],
)
def test_the_words_are_the_functions(declared, registered):
    assert set(declared) == set(registered)


def test_criteria_are_conditions():
    assert set(CRITERIA) <= set(vocabulary.TESTS)


def test_candidates_are_sought_for_known_types_of_input():
    assert set(CANDIDATES) <= set(vocabulary.INPUTS)


@pytest.mark.parametrize(
    "family", [vocabulary.WHO, vocabulary.TESTS, vocabulary.EFFECTS, vocabulary.INPUTS]
)
def test_every_word_explains_itself(family):
    assert all(word.help for word in family.values())
