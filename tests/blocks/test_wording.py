"""What a unit may write into its papers, and what it may not leave out."""

from __future__ import annotations

import pytest

from app.mechanism.schema import Mechanism
from app.rules.wording import (
    LONGEST,
    MOST_PARAGRAPHS,
    fields_of,
    own_words,
    paragraphs_of,
    wrong_with,
)
from tests.factories import zezhou

DECISION = "result_notice"
CASE = "关于“{category}”（案件编号{case_number}），决定如下："
GOOD = (CASE, "{decision}", "依据：{legal_basis}", "{remedies}")


@pytest.fixture
def mechanism() -> Mechanism:
    return zezhou()


def told(mechanism: Mechanism, kind: str, *paragraphs: str) -> list[str]:
    return [one.say() for one in wrong_with(mechanism, mechanism.papers[kind], paragraphs)]


@pytest.mark.parametrize("kind", sorted(zezhou().papers))
def test_the_mechanisms_own_words_are_in_order(mechanism, kind):
    own = mechanism.papers[kind].text
    assert told(mechanism, kind, *own) == ([] if own else ["Write at least one paragraph"])


def test_other_words_with_the_same_fields_are_in_order(mechanism):
    assert told(mechanism, DECISION, *GOOD, "联系人：{contact_name}") == []


def test_an_unknown_field_is_told_with_the_nearest_one_and_its_paragraph(mechanism):
    (one,) = told(mechanism, DECISION, *GOOD, "用人单位：{employr}")
    assert one == "Paragraph 5: there is no field {employr}; did you mean {employer}?"


def test_a_field_that_is_like_none_is_told_without_a_guess(mechanism):
    (one,) = told(mechanism, DECISION, *GOOD, "{qqqqqqqq}")
    assert one == "Paragraph 5: there is no field {qqqqqqqq}; choose one from the list"


def test_an_input_of_another_act_is_no_field_of_this_paper(mechanism):
    assert "question" in fields_of(mechanism, mechanism.papers["advice_request"])
    assert "question" not in fields_of(mechanism, mechanism.papers[DECISION])


@pytest.mark.parametrize(
    "code",
    [
        "{case_number!r}",
        "{case_number:>9}",
        "{case_number.__class__}",
        "{fields[0]}",
        "{{ case_number }}",
        "{% if x %}",
        "{",
        "}",
        "{}",
        "{0}",
        "{Case}",
        "${case_number:-x}",
    ],
)
def test_there_is_no_code_in_a_paragraph(mechanism, code):
    (one,) = told(mechanism, DECISION, *GOOD, f"甲{code}乙")
    assert one.startswith("Paragraph 5: braces hold the plain name of a field")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (DECISION, "remedies"),
        (DECISION, "case_number"),
        ("unit_decision", "number_of_minutes"),
        ("cover_notice", "remedies_of_decisions"),
        ("acceptance_notice", "contested_until"),
    ],
)
def test_what_the_recipient_needs_may_not_be_left_out(mechanism, kind, name):
    without = [one.replace(f"{{{name}}}", "") for one in mechanism.papers[kind].text]
    found = told(mechanism, kind, *filter(None, without))
    assert found == [f"{{{name}}} may not be left out of this paper"]


def test_the_remedies_may_not_stand_where_an_empty_field_drops_them(mechanism):
    found = told(mechanism, DECISION, CASE, "{decision}", "{employer}：{remedies}")
    assert len(found) == 1
    assert found[0].startswith("{remedies} would fall away with an empty field beside it")


def test_the_remedies_may_stand_a_second_time_beside_another_field(mechanism):
    assert told(mechanism, DECISION, *GOOD, "{employer}：{remedies}") == []


@pytest.mark.parametrize("word", zezhou().remedies.never)
def test_what_no_law_offers_may_not_stand_beside_the_remedies(mechanism, word):
    (one,) = told(mechanism, DECISION, *GOOD, f"可以{word}。")
    assert f"“{word}” may not stand" in one


def test_a_paper_without_remedies_may_say_it(mechanism):
    text = mechanism.papers["advice_request"].text
    assert told(mechanism, "advice_request", *text, "请说明是否需要仲裁。") == []


def test_bounds_of_length(mechanism):
    assert told(mechanism, DECISION, *GOOD, "字" * LONGEST) == []
    assert told(mechanism, DECISION, *GOOD, "字" * (LONGEST + 1)) != []
    many = ("一",) * (MOST_PARAGRAPHS - len(GOOD))
    assert told(mechanism, DECISION, *GOOD, *many) == []
    assert told(mechanism, DECISION, *GOOD, *many, "一") != []


def test_each_line_that_is_not_blank_is_a_paragraph():
    assert paragraphs_of(" 一 \r\n\r\n二\n\n") == ("一", "二")
    assert paragraphs_of(" \n\t\n") == ()


def test_words_that_a_version_does_not_know_give_way_to_its_own(mechanism):
    kind = mechanism.papers[DECISION]
    assert own_words(mechanism, kind, GOOD).text == GOOD
    assert own_words(mechanism, kind, (*GOOD, "{field_of_a_later_version}")) is kind
