"""Whatever is wrong with a profile is said in Chinese where the reader reads Chinese."""

from __future__ import annotations

import re

import pytest

from app.check.findings import of_problem
from app.mechanism import yaml_words
from app.mechanism.declared import KINDS
from app.mechanism.problems import Problem, ProfileError, mend_word
from app.mechanism.yaml_reader import read_yaml
from tests.chinese import chinese, english_in
from tests.mechanism.faults import FAULTS, UNREACHED
from tests.mechanism.profile import TEXT, problems_of, sown, told
from tests.mechanism.test_profile_faults import JUNK
from tests.mechanism.test_strict_yaml import UNREADABLE

CHARACTER = re.compile(r"[一-鿿]")


def foreign(problems: list[Problem], profile: str) -> list[str]:
    """Return what of a profile's problems a reader of Chinese would not understand."""
    said = [(text.say(chinese), str(text)) for one in problems for text in (one.what, one.mend)]
    mute = [text for text, source in said if text == source or not CHARACTER.search(text)]
    return mute + [word for text, _ in said for word in english_in(text, profile)]


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_is_told_without_a_word_of_english(name):
    old, new, after, *_ = FAULTS[name]
    text, _ = sown(old, new, after)
    assert foreign(problems_of(text), text) == []


@pytest.mark.parametrize("name", UNREACHED)
def test_what_is_never_reached_is_told_without_a_word_of_english(name):
    old, new, *_ = UNREACHED[name]
    text, _ = sown(old, new)
    assert foreign(problems_of(text), text) == []


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_yaml_refuses_is_told_without_a_word_of_english(name):
    content = UNREADABLE[name][0]
    try:
        _, problems = read_yaml(content, "f.yaml")
    except ProfileError as error:
        problems = error.problems
    assert foreign(problems, content.decode("ascii", "replace")) == []


@pytest.mark.parametrize("junk", JUNK)
def test_whatever_stands_for_a_value_is_told_without_a_word_of_english(junk):
    values = list(re.finditer(r"(?<=: )(\{[^{}]*\}|\[[^\[\]]*\]|[^,{}\[\]\n]+)", TEXT))
    for spot in values[JUNK.index(junk) :: 197]:
        text = TEXT[: spot.start()] + junk + TEXT[spot.end() :]
        assert foreign(told(text), text) == []


@pytest.mark.parametrize("words", sorted(yaml_words.KNOWN))
def test_the_words_of_the_reader_of_yaml_are_said_in_chinese(words):
    assert english_in(str(yaml_words.said(words)))
    assert english_in(chinese(words)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_profile_declares_has_a_chinese_name(kind):
    assert CHARACTER.search(chinese(kind)), "mark it with N_ and translate it"


def test_what_the_reader_of_yaml_says_that_nobody_knows_is_repeated():
    assert yaml_words.said("a new complaint") == "a new complaint"


def test_a_problem_is_told_on_screen_as_in_the_list_of_the_check():
    (problem,) = told(TEXT.replace("seat: tax", "seat: taxx"))
    finding = of_problem(problem)
    assert finding.say("mechanism.yaml") == str(problem)
    line = finding.say("mechanism.yaml", chinese)
    assert re.fullmatch(
        r"mechanism\.yaml:\d+: bodies\.office\.seat: 没有叫 `taxx` 的单位; "
        r"是不是要写 `tax`？这里可以写：[a-z_、]+",
        line,
    )


def test_the_nearest_word_stands_first_and_many_are_cut_off():
    known = [f"word{n}" for n in range(30)]
    said = mend_word("word5x", known).say(chinese)
    assert said.startswith("是不是要写 `word5`？这里可以写：word0、word1、")
    assert said.endswith("word23、…")
    assert mend_word("other", ()).say(chinese) == (
        "配置里没有定义过这一类内容；先定义，或者删去这里"
    )
