"""Telephone numbers, and the masks of lists and public views. All numbers are made up."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.identity import (
    HOTLINE,
    Checked,
    Invalid,
    check_phone,
    mask_id_number,
    mask_name,
    mask_phone,
)


def phone_slip(raw: str) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        check_phone(raw)
    return refusal.value


# --- telephones (DOMAIN 5.4)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("13800000001", "13800000001"),
        ("15912345678", "15912345678"),
        ("19987654321", "19987654321"),
        ("16612345678", "16612345678"),
        ("0356-2030001", "0356-2030001"),
        ("03562030001", "0356-2030001"),
        ("0356-2030001-8012", "0356-2030001-8012"),
        ("010-62000001", "010-62000001"),
        ("+86 13800000002", "13800000002"),
        ("400-100-0001", "400-100-0001"),
        ("13８00000001", "13800000001"),
        ("138 0000 0001", "13800000001"),
        ("138-0000-0001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("86-138-0000-0001", "13800000001"),
        ("0086 138 0000 0001", "13800000001"),
        ("+86-138-0000-0001", "13800000001"),
        ("013800000001", "13800000001"),
        ("（0356）2030001", "0356-2030001"),
        ("(010) 6200 0001", "010-62000001"),
        ("010-6200-0001", "010-62000001"),
        ("+86 356 2030001", "0356-2030001"),
        ("+86 10 62000001", "010-62000001"),
        ("+86 0356 2030001", "0356-2030001"),
        ("0356-2030001转8012", "0356-2030001-8012"),
        ("0356-2030001 ext. 8012", "0356-2030001-8012"),
        ("0356－2030001＃8012", "0356-2030001-8012"),
        ("4001000001", "400-100-0001"),
        ("800 100 0001", "800-100-0001"),
    ],
)
def test_a_telephone_number_is_made_uniform(raw, value):
    assert check_phone(raw) == Checked(value)


@pytest.mark.parametrize(
    ("raw", "code", "params"),
    [
        ("12800000001", "phone.mobile_prefix", {"prefix": "128"}),
        ("11111111111", "phone.mobile_prefix", {"prefix": "111"}),
        ("1380000000", "phone.mobile_short", {"n": 1}),
        ("138-0000", "phone.mobile_short", {"n": 4}),
        ("138000000011", "phone.mobile_long", {"n": 1}),
        ("13800000001-12", "phone.mobile_long", {"n": 2}),
        ("0356-20300", "phone.landline", {"area": "0356", "n": 5}),
        ("0356-203000112", "phone.landline", {"area": "0356", "n": 9}),
        ("0356-0030001", "phone.landline", {"area": "0356", "n": 7}),
        ("2030001", "phone.area_code", {}),
        ("62000001", "phone.area_code", {}),
        ("abc", "phone.character", {"character": "A"}),
        ("138****0001", "phone.character", {"character": "*"}),
        ("13800000001/13800000002", "phone.mobile_long", {"n": 11}),
        ("无", "phone.character", {"character": "无"}),
        ("1380000000\u0661", "phone.character", {"character": "\u0661"}),
        ("86", "phone.unknown", {}),
        ("0123456789", "phone.unknown", {}),
        ("+86", "phone.empty", {}),
        ("", "phone.empty", {}),
        (" - ", "phone.empty", {}),
    ],
)
def test_a_wrong_telephone_number_is_refused_for_what_is_wrong(raw, code, params):
    refusal = phone_slip(raw)
    assert (refusal.code, refusal.reason.params) == (code, params)


def test_a_mobile_number_that_is_too_short_says_by_how_much():
    expected = "The mobile number lacks 1 digit(s); it has 11 digits"
    assert str(phone_slip("1380000000").reason) == expected


@pytest.mark.parametrize("raw", ["12345", "12366", "95588", "961234"])
def test_a_public_hotline_is_taken_with_a_warning(raw):
    found = check_phone(raw)
    assert (found.value, [one.text for one in found.warnings]) == (raw, [HOTLINE])


@pytest.mark.parametrize(
    ("raw", "value"), [("+852 2123 4567", "+85221234567"), ("+853-6612-3456", "+85366123456")]
)
def test_a_number_abroad_is_taken_with_a_warning(raw, value):
    found = check_phone(raw)
    assert (found.value, len(found.warnings)) == (value, 1)


@given(st.from_regex(r"\A1[3-9][0-9]{9}\Z"), st.sampled_from(["", "+86 ", "86", "0086-", "0"]))
def test_however_a_mobile_number_is_written_it_is_the_same_number(number, prefix):
    spaced = f"{prefix}{number[:3]} {number[3:7]}-{number[7:]}"
    assert check_phone(spaced) == check_phone(number) == Checked(number)


@given(
    st.sampled_from(
        ["13800000001", "0356-2030001", "0356-2030001-8012", "400-100-0001", "+85221234567"]
    )
)
def test_a_uniform_number_stays_as_it_is(number):
    assert check_phone(number).value == number


# --- masks (DOMAIN 5.5)


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("140525200002290016", "140525********0016"),
        ("14052520020808009X", "140525********009X"),
        ("CAN110081080302", "CAN110*****0302"),
        ("E12345678", "*****5678"),
        ("1234567", "*******"),
        ("", ""),
    ],
)
def test_an_id_number_is_masked(number, masked):
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13800000001", "138****0001"),
        ("0356-2030001", "0356-***0001"),
        ("010-62000001", "010-****0001"),
        ("0356-2030001-8012", "0356-***0001"),
        ("400-100-0001", "********0001"),
        ("+85221234567", "********4567"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_masked(number, masked):
    assert mask_phone(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*"),
        ("王明", "王*"),
        ("欧阳明", "欧阳*"),
        ("歐陽明", "歐陽*"),
        ("欧阳", "欧*"),
        ("诸葛小明", "诸葛*"),
        ("𠮷田明", "𠮷*"),
        ("阿卜杜拉·买买提", "阿*"),
        ("Smith John", "S*"),
        (" 王小明 ", "王*"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname_and_hides_its_length(name, masked):
    assert mask_name(name) == masked


@given(st.text(min_size=2, max_size=30))
def test_no_mask_shows_the_whole_text(text):
    assert mask_id_number(text) != text or set(text) == {"*"}
    assert mask_phone(text) != text or set(text) == {"*"}


def test_an_invalid_number_can_be_carried_between_processes():
    refusal = phone_slip("1380000000")
    again = pickle.loads(pickle.dumps(refusal))
    assert (again.code, again.reason) == (refusal.code, refusal.reason)
