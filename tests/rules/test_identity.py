"""Numbers of people and bodies: every golden number and every slip.

All numbers are made up; the check digits are right where a test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.identity import (
    CODE_ALPHABET,
    DIGITS,
    ID_CHECKS,
    ODD_ORGANISATION,
    REFUSALS,
    Checked,
    Invalid,
    birth_of,
    check_credit_code,
    check_id_number,
    check_phone,
    sex_of,
)

TODAY = date(2024, 11, 4)

IDS = [
    "140525200002290016",
    "140525200103150020",
    "140525199712311234",
    "141181199806010045",
    "110101199003074514",
    "232721198811110109",
    "630102199912011236",
    "14052520020808009X",
    "140525199202290023",
    "140525198001010019",
    "810000199001010019",
]
CODES = [
    "11140525MB0A1B2C6L",
    "11140525MB1C3D4E58",
    "91140525MA0H5J6K3J",
    "91141181MA0L7M8N3Q",
    "12140525MB2P9Q1R4W",
    "93140525MF0T2U3W56",
    "52140525MJ0X4Y5A8J",
    "92140525MA7B6C7D6G",
    "11152526MB3E8F9G1C",
    "91140525MAQEYFH790",
    "91140525MAEGDH7GXG",
]


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def id_slip(raw: str, **how) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        check_id_number(raw, today=TODAY, **how)
    return refusal.value


def code_slip(raw: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        check_credit_code(raw)
    return refusal.value


# --- identity cards (DOMAIN 5.2)


@pytest.mark.parametrize("number", IDS)
def test_a_well_formed_id_number_is_taken_without_a_warning(number):
    assert check_id_number(number, today=TODAY) == Checked(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("140525200002290017", "id.check_digit"),
        ("140525200002290061", "id.check_digit"),
        ("14052520020808009", "id.short"),
        ("1405252000022900166", "id.long"),
        ("140525000229001", "id.fifteen"),
        ("14O525200002290016", "id.character"),
        ("14052520X020808009", "id.character"),
        ("1405252000022900\u0661\u0666", "id.character"),
        ("000000000000000000", "id.province"),
        ("000525200001010018", "id.province"),
        ("990525200001010018", "id.foreigner"),
        ("140525200102290013", "id.birth_date"),
        ("140525209901010015", "id.birth_date"),
        ("140525180001010013", "id.birth_date"),
        ("140525200013010016", "id.birth_date"),
        ("140525200006310029", "id.birth_date"),
        ("", "id.empty"),
        ("  \u3000-", "id.empty"),
        ("abc", "id.short"),
    ],
)
def test_a_wrong_id_number_is_refused_for_what_is_wrong(number, code):
    assert id_slip(number).code == code


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("14052520020808009", "The ID number lacks 1 character(s); it has 18"),
        ("1405252000022900166", "The ID number has 1 character(s) too many; it has 18"),
        ("140525000229001", "old 15-digit ID number; enter the 18 characters of today's card"),
        ("14O525200002290016", "'O' at place 3 cannot stand in an ID number"),
        ("14052520X020808009", "'X' at place 9 cannot stand in an ID number"),
        ("14052520000229001A", "'A' at place 18 cannot stand in an ID number"),
        ("000525200001010018", "No ID number begins with 00"),
        ("140525200013010016", "Digits 7 to 14 of the ID number are no possible date of birth"),
    ],
)
def test_a_refusal_says_what_to_mend(number, words):
    assert words in str(id_slip(number).reason)


@pytest.mark.parametrize(
    "raw",
    [
        "14052520020808009x",
        " 140525 20020808 009X ",
        "140525-20020808-009X",
        "140525—20020808—009x",
        full_width("14052520020808009X"),
        full_width("14052520020808009x"),
        "140525\u300020020808\u00a0009X\u200b\ufeff",
    ],
)
def test_an_id_number_is_made_uniform_and_not_refused(raw):
    assert check_id_number(raw, today=TODAY).value == "14052520020808009X"


def test_a_child_born_today_has_a_number_and_one_born_tomorrow_has_not():
    number = "140525200002290016"
    assert check_id_number(number, today=date(2000, 2, 29)).value == number
    with pytest.raises(Invalid, match=r"id\.birth_date"):
        check_id_number(number, today=date(2000, 2, 28))


def test_the_region_code_is_not_tied_to_the_year_of_birth():
    """Five numbers that python-stdnum refuses because the code is younger than its holder."""
    for number in ("140525198001010019", "140525199202290023", "141181199806010045"):
        assert check_id_number(number, today=TODAY) == Checked(number)
    assert check_id_number("810000199001010019", today=TODAY) == Checked("810000199001010019")
    foreigner = check_id_number("911124198108030024", today=TODAY, card="foreigner")
    assert foreigner == Checked("911124198108030024")


def with_check(body: str) -> str:
    """Return 17 digits with their check digit, computed another way: ISO 7064 MOD 11-2."""
    remainder = 0
    for digit in body:
        remainder = (remainder + int(digit)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]


@pytest.mark.parametrize("region", ["140000", "140500", "810001", "830100"])
def test_an_odd_region_code_is_a_warning_only(region):
    found = check_id_number(with_check(f"{region}19900101001"), today=TODAY)
    assert [str(one) for one in found.warnings] == [
        f"The region code {region} of the ID number is unusual; compare it"
    ]


def test_a_very_old_person_is_a_warning_only():
    found = check_id_number(with_check("14052519100101001"), today=TODAY)
    assert [one.params for one in found.warnings] == [{"age": 114}]


def test_a_foreigners_number_is_refused_as_a_residents_and_the_other_way_round():
    assert id_slip("911124198108030024").code == "id.foreigner"
    assert id_slip("140525200002290016", card="foreigner").code == "id.foreigner"


def test_a_foreigners_number_is_checked_like_any_other():
    assert id_slip("911124198108030025", card="foreigner").code == "id.check_digit"
    assert id_slip("911124198113030024", card="foreigner").code == "id.birth_date"


def test_a_foreigners_older_card_is_taken_with_a_warning():
    found = check_id_number("can 110081080302", today=TODAY, card="foreigner")
    assert (found.value, len(found.warnings)) == ("CAN110081080302", 1)
    assert id_slip("CAN110081080302").code == "id.short"


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("140525200002290016", date(2000, 2, 29), "male"),
        ("140525200103150020", date(2001, 3, 15), "female"),
        ("14052520020808009X", date(2002, 8, 8), "male"),
        ("911124198108030024", date(1981, 8, 3), "female"),
        ("CAN110081080302", None, None),
        ("E12345678", None, None),
        ("140525200102290013", None, "male"),
        ("ABCDEFGHIJKLMNOPQR", None, None),
    ],
)
def test_birth_and_sex_stand_in_the_number(number, born, sex):
    assert (birth_of(number), sex_of(number)) == (born, sex)


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_number_with_a_date_and_a_right_check_digit_is_taken(born, sequence):
    number = with_check(f"140525{born:%Y%m%d}{sequence:03}")
    assert check_id_number(number, today=TODAY).value == number
    assert birth_of(number) == born


@given(st.sampled_from(IDS), st.integers(0, 16), st.sampled_from(DIGITS))
def test_one_wrong_digit_never_passes(number, place, digit):
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        assert id_slip(wrong).code in {
            "id.check_digit",
            "id.birth_date",
            "id.province",
            "id.foreigner",
        }


@given(st.sampled_from(IDS), st.integers(0, 15))
def test_two_swapped_neighbours_never_pass(number, place):
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        assert id_slip(wrong).code.startswith("id.")


def refusal_of(check: Callable[[str], Checked], raw: str) -> Invalid | None:
    """Return the refusal, or None where the text is taken."""
    try:
        check(raw)
    except Invalid as refusal:
        return refusal
    return None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_taken_or_refused_and_never_breaks(raw):
    for check in (partial(check_id_number, today=TODAY), check_credit_code, check_phone):
        refusal = refusal_of(check, raw)
        assert refusal is None or (refusal.code in REFUSALS and str(refusal.reason))


@pytest.mark.parametrize(
    "number", ["140525200002290017", "140525200102290013", "990525200001010018"]
)
def test_no_refusal_repeats_the_number(number):
    assert number[6:] not in str(id_slip(number))


# --- credit codes (DOMAIN 5.3)


@pytest.mark.parametrize("code", CODES)
def test_a_well_formed_credit_code_is_taken_without_a_warning(code):
    assert check_credit_code(code) == Checked(code)


@pytest.mark.parametrize(
    ("code", "slip"),
    [
        ("91140525MA0H5J6K3K", "uscc.check_character"),
        ("91350100M000100Y4Z", "uscc.character"),
        ("91350100M000100Y44", "uscc.check_character"),
        ("91140525MAIH5J6K3J", "uscc.character"),
        ("91140525MA0H5J6K3O", "uscc.character"),
        ("91140525MASH5J6K3J", "uscc.character"),
        ("91140525MA0H5J6K3", "uscc.short"),
        ("91140525MA0H5J6K3JJ", "uscc.long"),
        ("91AB0525MA0H5J6K3U", "uscc.region"),
        ("19140525MA0H5J6K3J", "uscc.check_character"),
        ("140525000000001", "uscc.fifteen"),
        ("", "uscc.empty"),
    ],
)
def test_a_wrong_credit_code_is_refused_for_what_is_wrong(code, slip):
    assert code_slip(code).code == slip


def test_the_published_worked_example_is_taken_with_its_right_check_character():
    assert check_credit_code("91350100M000100Y43").value == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91140525MAIH5J6K3J", "'I' at place 11 cannot stand in a credit code"),
        ("91AB0525MA0H5J6K3U", "'A' at place 3 of the credit code must be a digit"),
        ("91140525MA0H5J6K3", "The credit code lacks 1 character(s); it has 18"),
        ("140525000000001", "old 15-digit registration number"),
    ],
)
def test_a_refused_credit_code_says_what_to_mend(code, words):
    assert words in str(code_slip(code).reason)


def test_a_wrong_organisation_code_inside_is_a_warning_only():
    found = check_credit_code("91140525MA0H5J6K7Y")
    assert found.value == "91140525MA0H5J6K7Y"
    assert [one.text for one in found.warnings] == [ODD_ORGANISATION]


@pytest.mark.parametrize(
    "raw",
    [
        "91140525ma0h5j6k3j",
        "91140525-MA0H5J6K-3-J",
        " 9114 0525 MA0H 5J6K 3J ",
        full_width("91140525MA0H5J6K3J"),
        full_width("91140525ma0h5j6k3j"),
    ],
)
def test_a_credit_code_is_made_uniform_and_not_refused(raw):
    assert check_credit_code(raw) == Checked("91140525MA0H5J6K3J")


@given(st.sampled_from(CODES), st.integers(0, 17), st.sampled_from(CODE_ALPHABET))
def test_one_wrong_character_never_passes(code, place, character):
    wrong = code[:place] + character + code[place + 1 :]
    if wrong != code:
        assert code_slip(wrong).code in {"uscc.check_character", "uscc.region"}


def test_the_alphabets_are_those_of_the_standards():
    assert len(CODE_ALPHABET) == 31
    assert not set("IOSVZ") & set(CODE_ALPHABET)
    assert ID_CHECKS == "10X98765432"
