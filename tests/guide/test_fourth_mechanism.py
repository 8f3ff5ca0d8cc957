"""The mechanism that was written by the guide alone is as whole as the guide asks for."""

from __future__ import annotations

from app.check.checker import check_file
from app.check.differences import differences
from app.check.sources import unquoted
from app.check.trace import trace
from app.mechanism.loader import load
from tests.guide.pages import ROOT

PROFILE = ROOT / "tests" / "mechanisms" / "d" / "mechanism.yaml"
OTHERS = (
    *(ROOT / "mechanisms").glob("*/mechanism.yaml"),
    *(ROOT / "tests" / "mechanisms" / name / "mechanism.yaml" for name in "abc"),
)


def test_the_check_has_nothing_to_say_of_it_not_even_a_warning():
    assert [one.say("profile") for one in check_file(PROFILE)] == []


def test_every_clause_is_carried_out_or_says_why_not_and_every_sentence_is_quoted():
    mechanism = load(PROFILE)
    assert [one.clause.key for one in trace(mechanism) if not one.is_settled] == []
    source = (PROFILE.parent / mechanism.source.file).read_text(encoding="utf-8")
    assert unquoted(mechanism, source) == []


def test_it_differs_from_every_other_county_in_its_ways_stages_and_acts():
    found = load(PROFILE)
    for path in OTHERS:
        other = load(path)
        assert differences(found, other), path
        assert set(found.tiers) != set(other.tiers), path
        assert len(set(found.stages) - set(other.stages)) >= 5, path
        assert len(set(found.actions) - set(other.actions)) >= 8, path
