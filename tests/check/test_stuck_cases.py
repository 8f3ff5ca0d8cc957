"""Where a case stops for good, told of the skeleton with a fault or two sown into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.check.abstraction import Abstraction
from app.check.cases import Case
from app.check.checker import check_text
from app.check.explore import Exploration, State
from app.check.findings import Finding, Notes
from app.check.ways import tell_ways
from app.check.world import NOW
from app.errors import Reason
from app.mechanism.loader import loads
from app.mechanism.yaml_reader import read_yaml

TEXT = (
    Path("app/mechanism/skeleton.yaml")
    .read_text(encoding="utf-8")
    .replace("KEY_OF_THE_PLACE", "newplace")
)


def sown(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def problems(text: str) -> list[Finding]:
    return [one for one in check_text(text) if not one.is_warning]


def test_the_skeleton_itself_never_gets_stuck():
    assert check_text(TEXT) == []


def test_a_case_that_nobody_can_take_on_is_a_dead_end_with_the_way_there():
    text = sown(
        ("by: {owner: own_case}", "by: {owner: service}"), ("[registered, handling]", "registered")
    )
    stuck = [one for one in problems(text) if one.key == "stages.handling"]
    assert [one.what.say() for one in stuck] == [
        "a case gets stuck at `handling`: nobody can do anything that takes it on"
    ]
    assert stuck[0].path == ("register", "accept")
    assert text.splitlines()[stuck[0].line - 1].strip().startswith("handling:")


def test_a_case_that_can_only_be_withdrawn_never_comes_to_its_end():
    text = sown(("by: {owner: own_case}", "by: {owner: service}"))
    (stuck,) = [one for one in problems(text) if one.key == "stages.handling"]
    assert "never comes to 已归档" in stuck.what.say()


def test_only_the_last_stage_before_the_end_is_told_not_each_that_leads_there():
    never = "then: [{stage: archived, when: {not: {tier: own}}}]"
    text = sown(("then: archived", never))
    told = {one.key for one in problems(text)}
    assert "stages.served" in told
    assert not told & {"stages.registered", "stages.handling", "stages.decided"}


def test_stages_and_acts_behind_an_unreached_stage_are_not_told_again():
    text = sown(("then: decided", "then: [{stage: decided, when: {not: {tier: own}}}]"))
    told = {one.key for one in problems(text)}
    assert "stages.decided" in told
    assert not told & {"stages.served", "actions.serve", "actions.archive"}


def test_an_act_that_is_offered_and_then_refused_is_told():
    mechanism, root = loads(TEXT, "m"), read_yaml(TEXT.encode(), "m")[0]
    found = Exploration(mechanism, Abstraction(mechanism), is_whole=False)
    case = Case("tax", "tax", NOW, NOW, 1, ["pension"], None)
    found.refused["accept"] = State(case, None, "register"), Reason("not so")
    notes = Notes(root)
    tell_ways(notes, found)
    refused = next(one for one in notes.sorted() if one.key == "actions.accept")
    assert refused.what.say() == "`accept` is offered, yet refused: not so"
    assert refused.path == ("register",)


def test_what_was_not_followed_to_the_end_is_not_called_unreached():
    mechanism, root = loads(TEXT, "m"), read_yaml(TEXT.encode(), "m")[0]
    notes = Notes(root)
    tell_ways(notes, Exploration(mechanism, Abstraction(mechanism), is_whole=False))
    (told,) = notes.sorted()
    assert told.is_warning
    assert "too many ways" in told.what.say()


@pytest.mark.parametrize("path", [(), ("register", "accept")])
def test_a_finding_is_one_line_with_place_reason_mend_and_way(path):
    finding = Finding(7, "actions.accept", Reason("wrong"), Reason("mend it"), path=path)
    way = " (way there: register → accept)" if path else ""
    assert finding.say("a.yaml") == f"a.yaml:7: actions.accept: wrong; mend it{way}"
    warned = replace(finding, is_warning=True).say("a.yaml")
    assert warned == f"a.yaml:7: actions.accept: warning: wrong; mend it{way}"
