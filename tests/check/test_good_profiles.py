"""The good profiles pass the check, quickly, and it looks at all that can happen."""

from __future__ import annotations

import re
import time
from functools import cache
from pathlib import Path

import pytest

from app.check.abstraction import MOVING, QUIET
from app.check.checker import check_file, check_text, is_sound
from app.check.explore import Exploration, explore
from app.check.liveness import ABOUT, PLAIN, TELLING
from app.drafts import skeleton
from app.mechanism.loader import load, loads
from app.mechanism.vocabulary import EFFECTS, TESTS, WHO
from tests.check.profiles import path_of

GOOD = ("zezhou", "xiaoyi")
INVENTED = sorted(Path("tests/mechanisms").glob("*/mechanism.yaml"))
#: Words that ask about nothing but what stands in the key of a case anyway.
FIXED_RELATIONS = {
    *("actor", "office", "applicant", "outside", "admin", "seen", "owner", "busy", "post", "kind"),
    *("level", "parent", "children", "bodies", "author", "input", "every", "without"),
}
FIXED_TESTS = {
    *("none_open", "open", "stage", "meets", "exists", "authority", "chosen", "fact"),
    *("all", "any", "not"),
}


@cache
def explored(key: str) -> Exploration:
    return explore(load(path_of(key)))


@pytest.mark.parametrize(
    "path", [*map(path_of, GOOD), *INVENTED], ids=lambda path: path.parent.name
)
def test_a_good_profile_has_no_problem(path):
    findings = check_file(path)
    assert [one.say(str(path)) for one in findings if not one.is_warning] == []
    assert is_sound(findings)


#: What is told of the invented counties, all of it meant: duties that nobody holds.
TOLD = {"a": ["categories.5"], "b": ["categories.3", "categories.4"], "c": [], "d": []}


@pytest.mark.parametrize("path", INVENTED, ids=lambda path: path.parent.name)
def test_nothing_is_told_of_a_county_that_its_notice_means(path):
    """A gap that the row itself names, towns that cases come up and down to, are no findings."""
    assert [one.key for one in check_file(path)] == TOLD[path.parent.name]


def test_what_happens_until_a_duty_is_given_is_told_in_the_countys_own_words():
    told = {one.key: one.mend.say() for one in check_file(INVENTED[1])}
    assert "由中心研究" in told["categories.4"]
    assert "office" not in told["categories.4"]


def test_a_county_whose_papers_name_no_issuer_is_checked_as_well():
    text = skeleton("anywhere").replace("{prefix}{series}", "{series}")
    text = re.sub(r"prefix: [^,]+, ", "", text)
    assert "{prefix}" not in text
    assert check_text(text) == []
    assert set(loads(text, "m").working) == {"tax", "hrss", "office"}


def test_both_are_checked_in_ten_seconds():
    before = time.process_time()
    for key in GOOD:
        check_file(path_of(key))
    assert time.process_time() - before < 10


@pytest.mark.parametrize("key", GOOD)
def test_every_stage_is_reached_and_every_act_offered(key):
    found = explored(key)
    assert found.is_whole
    reached = {state.case.stage for state in found.states.values()}
    assert reached == set(found.mechanism.stages)
    assert set(found.offered) == set(found.mechanism.actions)
    assert found.refused == {}


def test_the_way_to_a_stage_is_a_shortest_one():
    found = explored("zezhou")
    ways = [one.path() for one in found.states.values() if one.case.stage == "archived"]
    assert min(map(len, ways)) == len(("register", "accept", "resolve", "serve", "archive"))
    assert ways[0][0] == "register"


def test_categories_for_which_nobody_is_competent_are_named_in_warnings():
    told = {one.key: one.what.say() for one in check_file(path_of("zezhou"))}
    assert "10" in told["categories.10"]
    assert "categories.8" not in told


def test_nothing_is_told_of_a_file_that_is_none(tmp_path):
    (found,) = check_file(tmp_path / "nothing.yaml")
    assert found.key == "yaml"
    assert not found.is_warning


def test_every_word_of_the_vocabulary_has_its_place_in_the_abstraction():
    """A new word must say what it asks about, or cases would be taken for the same."""
    asking = {*PLAIN, *ABOUT, "role"}
    assert set(WHO) | set(TESTS) == asking | FIXED_RELATIONS | FIXED_TESTS
    known = {*QUIET, *MOVING, *TELLING, "pause", "resume", "settle", "attach"}
    assert set(EFFECTS) == known


def test_what_is_left_to_follow_is_said_where_there_is_too_much():
    mechanism = load(path_of("zezhou"))
    assert not explore(mechanism, most=20).is_whole
