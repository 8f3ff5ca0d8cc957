"""Slips sown into the good profile, one at a time: each is found, at its line, with a mend."""

from __future__ import annotations

import re

import pytest

from app.mechanism.loader import check, loads
from app.mechanism.problems import MOST_PROBLEMS, ProfileError
from tests.mechanism.faults import ELSEWHERE, FAULTS, UNREACHED
from tests.mechanism.profile import STAGES, TEXT, problems_of, sown, told


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_is_found_at_its_line_with_its_key_and_a_mend(name):
    old, new, after, key, words = FAULTS[name]
    text, line = sown(old, new, after)
    found = [
        one
        for one in problems_of(text)
        if key in one.key
        and words in f"{one.what}; {one.mend}"
        and (name in ELSEWHERE or abs(one.line - line) <= 1)
    ]
    assert found, [str(one) for one in problems_of(text)]
    assert all(re.fullmatch(r"mechanism\.yaml:\d+: \S+: .+; .+", str(one)) for one in found)


@pytest.mark.parametrize("name", UNREACHED)
def test_what_is_declared_and_never_reached_is_told(name):
    old, new, key, words = UNREACHED[name]
    text, line = sown(old, new)
    assert [
        one
        for one in problems_of(text)
        if (one.key, one.line) == (key, line + 1) and words in str(one.what)
    ]


def test_a_stage_that_no_act_starts_from_is_told():
    text = TEXT.replace("state: finished, icon: ban", "state: open, icon: ban")
    text = re.sub(r"(from: \[[^\]]*), declined", r"\1", text)
    found = problems_of(text)
    assert [one.key for one in found] == ["stages.declined"]
    assert "no act starts from" in str(found[0].what)


def _mentions(stage: str) -> list[re.Match[str]]:
    """Return where a stage is named, leaving out comments and choices of the same name."""
    spots = re.finditer(rf"\b{stage}\b(?!: [一-鿿])", TEXT)
    return [m for m in spots if "#" not in TEXT[TEXT.rfind("\n", 0, m.start()) + 1 : m.start()]]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_that_does_not_exist_is_refused_wherever_it_stands(stage):
    spots = _mentions(stage)
    assert len(spots) >= 3
    for spot in spots:
        found = problems_of(TEXT[: spot.start()] + "nowhere_stage" + TEXT[spot.end() :])
        line = TEXT.count("\n", 0, spot.start()) + 1
        names = [one for one in found if "nowhere_stage" in str(one) or stage in str(one)]
        assert names, f"line {line} is accepted"


def test_every_problem_of_a_file_is_told_at_once_by_line():
    text = TEXT.replace("by: holder\n", "by: holdr\n").replace("length: 5,", "length: 0,")
    found = problems_of(text)
    assert len(found) == TEXT.count("by: holder\n") + TEXT.count("length: 5,")
    assert [one.line for one in found] == sorted(one.line for one in found)


def test_a_slip_in_the_form_and_one_in_a_reference_are_told_together():
    text = TEXT.replace("deciding: true", "deciding: yes", 1).replace("seat: tax", "seat: taxx")
    assert {one.key for one in problems_of(text)} >= {"bodies.tax.deciding", "bodies.office.seat"}


def test_a_key_that_stands_twice_hides_no_other_problem():
    text = TEXT.replace("\nplace: ", "\nplace: 另一县\nplace: ").replace("seat: tax", "seat: taxx")
    assert {one.key for one in problems_of(text)} == {"place", "bodies.office.seat"}


def test_no_more_problems_are_told_than_anybody_reads():
    assert len(problems_of(re.sub(r"clause: Z", "clause: Q", TEXT))) == MOST_PROBLEMS


def test_a_section_that_is_missing_is_told_once():
    start, end = TEXT.index("\nclauses:\n"), TEXT.index("\nbodies:\n")
    assert [one.key for one in problems_of(TEXT[:start] + TEXT[end:])] == ["clauses"]


def test_the_refusal_repeats_every_problem():
    with pytest.raises(ProfileError, match=r"mechanism\.yaml:\d+: format: .*2") as refusal:
        loads(TEXT.replace("format: 1", "format: 2"), "mechanism.yaml")
    assert refusal.value.status == 422


def test_check_names_the_file_as_it_was_given(tmp_path):
    path = tmp_path / "mechanism.yaml"
    path.write_text(TEXT.rstrip("\n") + "\nunheard_of_key: 1\n", encoding="utf-8")
    found = check(path)
    assert [(one.file, one.key) for one in found] == [(str(path), "unheard_of_key")]
    assert found[0].line == TEXT.rstrip("\n").count("\n") + 2


def test_whatever_line_is_lost_the_profile_loads_or_is_refused_in_words():
    lines = TEXT.split("\n")
    for number in range(7, len(lines), 23):
        found = told("\n".join(lines[:number] + lines[number + 1 :]))
        assert all(1 <= one.line <= len(lines) for one in found)


JUNK = ["[]", "{}", "[[a], {b: c}]", "{a: {b: c}}", "~", '""', "5", "true", "$x", "{when: {a: b}}"]


@pytest.mark.parametrize("junk", JUNK)
def test_whatever_stands_for_a_value_the_profile_loads_or_is_refused_in_words(junk):
    values = list(re.finditer(r"(?<=: )(\{[^{}]*\}|\[[^\[\]]*\]|[^,{}\[\]\n]+)", TEXT))
    for spot in values[JUNK.index(junk) :: 97]:
        found = told(TEXT[: spot.start()] + junk + TEXT[spot.end() :])
        assert all(one.line >= 1 and str(one.mend) for one in found)
