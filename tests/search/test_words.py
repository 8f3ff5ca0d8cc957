"""What a case is found by, and what a query asks for; no database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from app import columns, search
from app.models import Party
from app.search import Phrase, read, words
from tests.databases import SECRETS

PHONE, ID_NUMBER = "13800000001", "140525200002290016"


@pytest.fixture(autouse=True)
def _keys() -> None:
    columns.set_keys(SECRETS["PII_KEY"])


def a_case(**over: Any) -> Any:
    facts = {"id": 1, "jurisdiction_id": 1, "number": "140525-2024-000123", "employer": ""}
    return SimpleNamespace(**{**facts, "content": "", **over})


def a_party(**over: Any) -> Party:
    facts = {"kind": "person", "name": "张晓梅", "id_number": None, "phone": None}
    return Party.of(1, "applicant", {**facts, **over})


def only(asked: str) -> list[Phrase]:
    """Return the readings of a query of one word."""
    (readings,) = read(asked)
    return list(readings)


# --- the words of a case


def test_chinese_is_cut_into_pairs_and_its_last_character() -> None:
    assert words(a_case(number="", content="医保局"), []) == ["医保", "保局", "局"]


def test_a_text_is_cut_where_the_script_changes() -> None:
    found = words(a_case(number="", content="2024年1月A公司，缴费"), [])
    assert found == ["2024", "年", "1", "月", "a", "公司", "司", "缴费", "费"]


def test_a_number_is_found_with_and_without_its_zeros() -> None:
    assert words(a_case(), []) == ["140525", "2024", "000123", "140525", "2024", "123"]


def test_a_number_without_zeros_stands_there_once() -> None:
    assert words(a_case(number="泽社〔2024〕12号"), []) == ["泽社", "社", "2024", "12", "号"]


def test_wide_signs_and_capitals_count_as_their_usual_ones() -> None:
    assert words(a_case(number="", content="ＡＢＣ１２"), []) == ["abc", "12"]


def test_rare_characters_are_cut_like_all_others() -> None:
    assert words(a_case(number="", content="𠮷野〇一"), []) == ["𠮷野", "野〇", "〇一", "一"]


def test_no_number_of_a_person_is_readable_in_the_index() -> None:
    case = a_case(content=f"电话{PHONE}，证号{ID_NUMBER}，座机0356-2030001")
    parties = [a_party(id_number=ID_NUMBER, phone=PHONE), a_party(phone="0356-2030001")]
    digits = [word for word in words(case, parties) if word.isdigit()]
    assert set(digits) == {"140525", "2024", "000123", "123", "0356"}


def test_the_index_holds_letters_and_digits_alone() -> None:
    case = a_case(content="A&B|C:*'(\\医保') <-> !缴费 50% _x_")
    assert all(word.isalnum() for word in words(case, [a_party(phone=PHONE)]))


def test_a_word_that_goes_on_and_on_is_cut() -> None:
    assert words(a_case(number="", content="a" * 5000), []) == ["a" * search.LONGEST_WORD]


# --- what is asked for


def test_two_characters_are_one_pair() -> None:
    assert only("医保") == [Phrase(("医保",))]


def test_more_characters_are_a_row_of_pairs() -> None:
    assert only("张晓梅") == [Phrase(("张晓", "晓梅"))]


def test_one_character_begins_a_word() -> None:
    assert only("张") == [Phrase(("张",), is_open=True)]


def test_words_between_blanks_are_all_asked_for() -> None:
    assert [readings[0] for readings in read("医保　张")] == [
        Phrase(("医保",)),
        Phrase(("张",), is_open=True),
    ]


def test_mixed_words_keep_their_order() -> None:
    assert only("A公司2号")[0] == Phrase(("a", "公司", "司", "2", "号"), is_open=True)


def test_a_latin_word_may_be_a_beginning() -> None:
    assert only("Lian") == [Phrase(("lian",), is_open=True)]


def test_the_end_of_a_case_number_is_a_row_of_numbers() -> None:
    assert only("2024-000123")[0] == Phrase(("2024", "000123"))


@pytest.mark.parametrize("brackets", ["〔2024〕", "﹝2024﹞", "[2024]", "（2024）"])
def test_the_brackets_of_a_number_do_not_matter(brackets: str) -> None:
    assert only(f"泽社{brackets}12")[0] == Phrase(("泽社", "社", "2024", "12"))


def test_four_digits_may_be_the_end_of_a_telephone() -> None:
    assert len(only("0001")) == 3
    party = words(a_case(number=""), [a_party(name="", phone="13800000001")])
    assert {word for phrase in only("0001") for word in phrase.words} & set(party)


def test_five_digits_are_no_end_of_a_telephone() -> None:
    party = words(a_case(number=""), [a_party(name="", phone=PHONE)])
    assert not {word for phrase in only("00001") for word in phrase.words} & set(party)


@pytest.mark.parametrize("asked", [PHONE, "138 0000 0001", "138-0000-0001", f"+86 {PHONE}"])
def test_a_telephone_is_found_however_it_is_written(asked: str) -> None:
    party = words(a_case(number=""), [a_party(name="", phone=PHONE)])
    assert any(set(phrase.words) <= set(party) for phrase in only(asked))


@pytest.mark.parametrize("asked", ["0356-2030001", "03562030001", "0356 2030001", "2030001"])
def test_a_landline_is_found_with_or_without_its_area(asked: str) -> None:
    party = words(a_case(number=""), [a_party(name="", phone="0356-2030001")])
    assert any(set(phrase.words) <= set(party) for phrase in only(asked))


@pytest.mark.parametrize("number", [ID_NUMBER, "11010519491231002X"])
def test_an_id_number_is_found_in_full_alone(number: str) -> None:
    party = set(words(a_case(number=""), [a_party(name="", id_number=number)]))
    assert any(set(phrase.words) <= party for phrase in only(number.lower()))
    for part in (number[:-1], number[6:14], number[:6], number[-4:]):
        assert not any(set(phrase.words) <= party for phrase in only(part))


@pytest.mark.parametrize("asked", ["", "   ", "%", "_", "*", '"', "%%%"])
def test_what_holds_no_letter_asks_for_nothing(asked: str) -> None:
    assert read(asked) == []


def test_a_query_is_read_up_to_its_limit() -> None:
    (readings,) = read("医" * 5000)
    assert len(readings[0].words) == search.LONGEST - 1
