"""What the guide shows is so: excerpts stand in the profiles, recipes work, mistakes are told."""

from __future__ import annotations

import re

import pytest

from app.check.checker import check_text
from app.mechanism.folder import read_profile
from tests.guide.editor import marked
from tests.guide.pages import (
    BEGINNING,
    PAGES,
    ROOT,
    Mistake,
    Snippet,
    differs,
    mistakes,
    node_of,
    put_into_the_skeleton,
    snippets,
)

FOUND = snippets()
EXCERPTS = [one for one in FOUND if one.county]
RECIPES = [one for one in FOUND if not one.county]


def told(text: str) -> list[str]:
    return [one.say("profile") for one in check_text(text)]


def test_the_skeleton_passes_the_check_without_a_warning():
    assert told(BEGINNING) == []


def test_the_guide_shows_both_counties_and_recipes():
    assert {one.county for one in EXCERPTS} == {"zezhou", "xiaoyi"}
    assert len(EXCERPTS) >= 12
    assert len(RECIPES) >= 8


@pytest.mark.parametrize("snippet", EXCERPTS, ids=str)
def test_an_excerpt_stands_so_in_the_countys_profile(snippet: Snippet):
    profile = ROOT / "mechanisms" / snippet.county / "mechanism.yaml"
    assert differs(node_of(snippet.text), node_of(read_profile(profile).text)) == ""


def test_an_excerpt_that_says_something_else_would_be_noticed():
    profile = read_profile(ROOT / "mechanisms" / "zezhou" / "mechanism.yaml").text
    for wrong in (
        "place: 某县",
        "bodies: {tax: {kind: town}}",
        "actions: {transfer: {needs: []}}",
        "actions: {transfer: {tells: [$unit, registrar]}}",
        "stages: {lost: {label: 丢失}}",
    ):
        assert differs(node_of(wrong), node_of(profile)), wrong


def test_what_the_guide_says_of_the_screens_stands_on_them():
    """Each button and heading is named in English and Chinese, as the screens have it."""
    page = PAGES[0].read_text(encoding="utf-8")
    publishing = page.partition("## 14. Publish")[2].partition("\n## ")[0].replace("\n   ", " ")
    named = re.findall(r"“([^”]+)” \(((?:[^()]|\([^()]*\))+)\)", publishing)
    assert len(named) >= 8
    catalogue = (ROOT / "translations/zh/LC_MESSAGES/messages.po").read_text(encoding="utf-8")
    assert [one for one in named if 'msgid "{}"\nmsgstr "{}"'.format(*one) not in catalogue] == []
    short = PAGES[1].read_text(encoding="utf-8")
    told = {chinese for _, chinese in named if "%" not in chinese}
    assert {one for one in told if f"“{one}”" not in short} <= {"以表为准的地方"}


@pytest.mark.parametrize("snippet", RECIPES, ids=str)
def test_a_recipe_put_into_the_skeleton_passes_the_check(snippet: Snippet):
    profile = put_into_the_skeleton(snippet)
    assert told(profile) == []
    assert marked(profile) == []


@pytest.mark.parametrize("mistake", mistakes(), ids=lambda one: one.written[:40])
def test_a_mistake_of_the_table_is_told_in_those_words(mistake: Mistake):
    assert mistake.instead in BEGINNING
    found = told(BEGINNING.replace(mistake.instead, mistake.written, 1))
    assert [one for one in found if mistake.says in one], found


def test_the_table_has_the_common_mistakes():
    assert len(mistakes()) >= 12
