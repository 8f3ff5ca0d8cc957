"""The facts of a registration: what is taken, how it is made uniform, what is refused and why."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from app.errors import Refused, Unreadable
from app.rules.registration import FIELDS, cautions, read_facts

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 11, 4, 9, 30, tzinfo=CHINA)
CATEGORIES = {4: SimpleNamespace(key=4), 7: SimpleNamespace(key=7), 99: SimpleNamespace(key=99)}
MECHANISM = SimpleNamespace(
    key="hill",
    vocabulary={"channels": {"visit": "来访", "phone": "来电", "referral": "转办"}},
    insurances={"pension": "养老", "medical": "医疗"},
    categories={
        4: SimpleNamespace(aspects={}),
        7: SimpleNamespace(aspects={"first_review": "初核", "payment": "拨付"}),
    },
)
PERSON = {
    "kind": "person",
    "name": "张晓梅",
    "id_number": "140525200002290016",
    "phone": "13800000001",
    "address": "某镇某村",
}
FIRM = {
    "kind": "organisation",
    "name": "示例机械有限公司",
    "credit_code": "91140525MA0H5J6K3J",
    "phone": "0356-2030001",
}


def a_body(**over):
    """Return a body that is taken as it is; a field set to None is left out."""
    body = {
        "jurisdiction": "hill",
        "applicant": PERSON,
        "employer": "示例机械有限公司",
        "visited_at": "2024-11-04T09:20+08:00",
        "channel": "visit",
        "category": 4,
        "insurance": ["pension"],
        "period_from": "2024-03",
        "period_to": "2024-10",
        "amount": "12345.60",
        "content": "对单位申报的缴费基数有异议。",
    } | over
    return {name: value for name, value in body.items() if value is not None}


def read(body, **options):
    return read_facts(body, MECHANISM, categories=CATEGORIES, now=NOW, **options)


def refused(body, **options):
    """Return the errors of a body that is refused, as text by field."""
    with pytest.raises(Refused) as refusal:
        read(body, **options)
    assert refusal.value.status == 422
    assert all(reasons for reasons in refusal.value.errors.values())
    return {
        field: " / ".join(one.say() for one in reasons)
        for field, reasons in refusal.value.errors.items()
    }


# --- what is taken -------------------------------------------------------------------------------


def test_a_full_body_is_taken_as_it_is():
    facts = read(a_body())
    assert set(facts) == set(FIELDS)
    assert facts["applicant"] == PERSON | {"credit_code": None}
    assert facts["visited_at"] == datetime(2024, 11, 4, 9, 20, tzinfo=CHINA)
    assert facts["amount"] == Decimal("12345.60")
    assert (facts["category"], facts["aspect"], facts["insurance"]) == (4, None, ["pension"])
    assert (facts["period_from"], facts["period_to"]) == ("2024-03", "2024-10")
    assert facts["co_applicants"] == []


def test_the_required_fields_alone_are_enough():
    body = a_body(
        applicant={"kind": "person", "name": "周丽萍", "phone": "13800000003"},
        employer=None,
        period_from=None,
        period_to=None,
        amount=None,
    )
    facts = read(body)
    assert facts["applicant"]["id_number"] is None
    assert facts["period_from"] is facts["period_to"] is facts["amount"] is None
    assert facts["employer"] == facts["claim"] == facts["insured_at"] == ""


def test_blank_optional_fields_count_as_not_given():
    facts = read(
        a_body(
            employer="  ",
            amount="",
            period_from="",
            aspect="\u3000",
            referred_from={"body": "", "number": ""},
            contested_act={"body": " ", "served_on": None},
        )
    )
    assert facts["employer"] == ""
    assert facts["amount"] is facts["period_from"] is facts["aspect"] is None
    assert facts["referred_from"] is facts["contested_act"] is None


@pytest.mark.parametrize(
    ("field", "typed", "taken"),
    [
        ("id_number", "14052520020808009x", "14052520020808009X"),
        ("id_number", " 140525 20000229 0016 ", "140525200002290016"),
        ("id_number", "１４０５２５２００００２２９００１６", "140525200002290016"),
        ("id_number", "911124198108030024", "911124198108030024"),
        ("phone", "+86 13800000002", "13800000002"),
        ("phone", "13８00000001", "13800000001"),
        ("name", " 阿布都热依木·买买提 ", "阿布都热依木·买买提"),
        ("name", "\ufeff张晓\u200b梅", "张晓梅"),
        ("name", "\U00031350\U00020000\ue863", "\U00031350\U00020000\ue863"),
    ],
)
def test_numbers_and_names_are_made_uniform(field, typed, taken):
    assert read(a_body(applicant=PERSON | {field: typed}))["applicant"][field] == taken


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("2024-11-04T09:20", datetime(2024, 11, 4, 9, 20, tzinfo=CHINA)),
        ("2024-11-04 09:20", datetime(2024, 11, 4, 9, 20, tzinfo=CHINA)),
        ("2024-11-04T01:20:05Z", datetime(2024, 11, 4, 9, 20, 5, tzinfo=CHINA)),
        ("2024-11-03T20:20:05.25-05:00", datetime(2024, 11, 4, 9, 20, 5, 250000, tzinfo=CHINA)),
        ("2024-11-04T09:34", NOW),
    ],
)
def test_the_visit_is_kept_in_chinese_time(typed, taken):
    visited = read(a_body(visited_at=typed))["visited_at"]
    assert visited == taken
    assert visited.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("0", "0.00"),
        ("12345.6", "12345.60"),
        ("12,345.60", "12345.60"),
        ("１２３４５．６０", "12345.60"),
        ("1000000000000", "1000000000000.00"),
    ],
)
def test_amounts_have_two_places(typed, taken):
    assert str(read(a_body(amount=typed))["amount"]) == taken


def test_insurances_come_once_each_in_the_order_of_the_profile():
    body = a_body(insurance=["medical", "pension", "medical"])
    assert read(body)["insurance"] == ["pension", "medical"]


def test_everything_optional_is_taken():
    facts = read(
        a_body(
            category=7,
            aspect="first_review",
            co_applicants=[PERSON | {"id_number": None, "name": "李文静"}],
            opponent={"kind": "organisation", "name": "示例机械有限公司"},
            payer_kind="enterprise",
            insured_at="某县",
            referred_from={"body": "热线", "number": "12345-1"},
            contested_act={
                "kind": "核定",
                "body": "某局",
                "served_on": "2024-10-08",
                "period_told": 60,
            },
            claim="退回多缴的失业保险费",
        )
    )
    assert facts["co_applicants"][0]["name"] == "李文静"
    assert facts["opponent"]["phone"] is None
    assert facts["contested_act"]["served_on"] == "2024-10-08"
    assert facts["contested_act"]["period_told"] == 60
    nested = ("applicant", "co_applicants", "opponent", "referred_from", "contested_act")
    json.dumps({name: facts[name] for name in nested})


def test_content_keeps_its_lines_in_one_form():
    assert read(a_body(content="一\r\n二\r三\t四\n"))["content"] == "一\n二\n三\t四"


def test_an_address_is_channel_enough():
    applicant = {"kind": "person", "name": "周丽萍", "address": "某镇"}
    assert read(a_body(applicant=applicant))["applicant"]["phone"] is None


def test_an_organisation_has_a_credit_code_and_a_longer_name():
    firm = FIRM | {"name": "示" * 100, "credit_code": "91140525ma0h5j6k3j"}
    assert read(a_body(applicant=firm))["applicant"]["credit_code"] == "91140525MA0H5J6K3J"


def test_the_opponent_may_be_one_of_the_applicants_numbers():
    """An employer may be named as opponent by its own branch under the same code."""
    facts = read(a_body(applicant=FIRM, opponent=FIRM))
    assert facts["opponent"]["credit_code"] == facts["applicant"]["credit_code"]


# --- what is refused -----------------------------------------------------------------------------


def test_every_missing_field_is_named_at_once():
    assert set(refused({})) == {
        "jurisdiction",
        "applicant.kind",
        "applicant.name",
        "applicant.phone",
        "visited_at",
        "channel",
        "category",
        "insurance",
        "content",
    }


def test_every_wrong_field_is_named_at_once():
    errors = refused(
        a_body(
            applicant=PERSON | {"id_number": "140525200002290017", "phone": "12800000001"},
            category=11,
            insurance=["lottery"],
            period_from="2024-10",
            period_to="2024-03",
            amount="-1.00",
        )
    )
    assert set(errors) == {
        "applicant.id_number",
        "applicant.phone",
        "category",
        "insurance",
        "period_to",
        "amount",
    }
    assert "4, 7, 99" in errors["category"]
    assert "pension, medical" in errors["insurance"]
    assert "2024-10" in errors["period_to"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jurisdiction", "elsewhere"),
        ("jurisdiction", 7),
        ("channel", "telepathy"),
        ("channel", ["visit"]),
        ("category", "4"),
        ("category", 4.0),
        ("category", True),
        ("category", 11),
        pytest.param("category", 10**5000, id="category-endless"),
        ("category", [4]),
        ("insurance", "pension"),
        ("insurance", []),
        ("insurance", ["lottery"]),
        ("insurance", [["pension"]]),
        ("insurance", [None]),
        ("insurance", {"pension": True}),
        ("aspect", "first_review"),
        ("aspect", 5),
        ("visited_at", "2024-11-04T09:36+08:00"),
        ("visited_at", "2024-11-04"),
        ("visited_at", "yesterday"),
        ("visited_at", "2024-02-30T09:00"),
        ("visited_at", "2024-11-04T25:00"),
        ("visited_at", "2024-11-04T09:20+99:00"),
        ("visited_at", "0001-01-01T00:00+14:00"),
        ("visited_at", "9999-12-31T23:59-12:00"),
        ("visited_at", 20241104),
        ("period_from", "2024-13"),
        ("period_from", "2024-3"),
        ("period_from", "1949-12"),
        ("period_from", "9999-12"),
        ("period_from", 202403),
        ("period_to", "2024-02"),
        ("amount", 12345.6),
        ("amount", True),
        ("amount", "-0.01"),
        ("amount", "1.234"),
        ("amount", "1e5"),
        ("amount", "NaN"),
        ("amount", "1,23.00"),
        ("amount", "1000000000000.01"),
        ("amount", "9" * 5000),
        ("content", "字" * 4001),
        ("content", "一\x00二"),
        ("content", "一\ud800二"),
        ("content", "一\ufffe二"),
        ("content", 5),
        ("content", ["一"]),
        ("employer", "一\n二"),
        ("employer", "一\u2028二"),
        ("employer", "示" * 121),
        ("claim", "求" * 1001),
        ("insured_at", {}),
        ("payer_kind", 3),
        ("co_applicants", {}),
        ("co_applicants", [PERSON] * 101),
        ("applicant", "张晓梅"),
        ("applicant", [PERSON]),
        ("opponent", 1),
        ("referred_from", "热线"),
        ("contested_act", []),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(field, value):
    assert set(refused(a_body(**{field: value}))) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "animal"),
        ("kind", 1),
        ("name", ""),
        ("name", None),
        ("name", "名" * 51),
        ("name", "张\x1b梅"),
        ("name", "张\x85梅"),
        ("name", 13),
        ("id_number", "140525197001010019"),
        ("id_number", "140525200102290013"),
        ("id_number", "140525209901010015"),
        ("id_number", 140525200002290016),
        ("id_number", "1405252000022900\x0016"),
        ("id_number", "1" * 5000),
        ("credit_code", "91140525MA0H5J6K3J"),
        ("phone", "12800000001"),
        ("phone", 13800000001),
        ("phone", "\ud83d"),
        ("address", "某" * 201),
    ],
)
def test_a_wrong_field_of_the_applicant_is_named_by_its_path(field, value):
    assert set(refused(a_body(applicant=PERSON | {field: value}))) == {f"applicant.{field}"}


def test_an_organisation_has_no_id_number():
    errors = refused(a_body(applicant=FIRM | {"id_number": "140525200002290016"}))
    assert set(errors) == {"applicant.id_number"}


def test_an_applicant_who_cannot_be_reached_is_refused():
    errors = refused(a_body(applicant={"kind": "person", "name": "周丽萍"}))
    assert "address" in errors["applicant.phone"]


def test_further_applicants_are_named_by_their_place():
    twin = PERSON | {"name": "李文静", "phone": "138", "id_number": None}
    errors = refused(a_body(co_applicants=[FIRM, twin, "x"]))
    assert set(errors) == {"co_applicants.1.phone", "co_applicants.2"}


def test_one_number_cannot_stand_for_two_applicants():
    twin = PERSON | {"name": "李文静"}
    assert set(refused(a_body(co_applicants=[twin]))) == {"co_applicants.0.id_number"}


@pytest.mark.parametrize("told", [0, -60, 10**9, [], {"days": 60}, 6.5, "字" * 61])
def test_the_period_told_is_words_days_or_yes_and_no(told):
    act = {"body": "某局", "served_on": "2024-10-08", "period_told": told}
    assert set(refused(a_body(contested_act=act))) == {"contested_act.period_told"}


@pytest.mark.parametrize("served", ["2024-11-05", "2024-02-30", "1899-01-01", 5])
def test_the_day_of_service_is_a_day_that_has_been(served):
    act = {"body": "某局", "served_on": served}
    assert set(refused(a_body(contested_act=act))) == {"contested_act.served_on"}


def test_a_referral_names_the_body_it_came_from():
    assert set(refused(a_body(referred_from={"number": "7"}))) == {"referred_from.body"}


def test_an_aspect_belongs_to_its_category():
    assert "first_review, payment" in refused(a_body(category=7, aspect="other"))["aspect"]


def test_a_category_that_the_profile_does_not_know_has_no_aspects():
    assert set(refused(a_body(category=99, aspect="first_review"))) == {"aspect"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [("aplicant", "applicant"), ("insurances", "insurance"), ("perod_to", "period_to")],
)
def test_an_unknown_field_is_refused_with_the_nearest_known_name(name, meant):
    errors = refused(a_body() | {name: "x"})
    assert set(errors) == {name}
    assert meant in errors[name]


def test_an_unknown_field_without_a_near_name_is_refused_with_the_known_ones():
    assert "applicant, co_applicants" in refused(a_body() | {"zzz": 1})["zzz"]


@pytest.mark.parametrize("name", ["registered_by", "status", "jurisdiction_id", "version"])
def test_what_only_the_system_sets_is_no_field(name):
    assert name in refused(a_body() | {name: 1})


def test_an_unknown_field_inside_the_applicant_is_named_by_its_path():
    errors = refused(a_body(applicant=PERSON | {"telephone": "x"}))
    assert "phone" in errors["applicant.telephone"]


def test_thousands_of_unknown_fields_are_answered_with_a_few():
    many = {f"z{n}": n for n in range(5000)}
    assert len(refused(a_body() | many)) == 20


def test_an_unprintable_field_name_is_not_repeated():
    errors = refused(a_body() | {"\ud800\x00" + "名" * 500: 1})
    (name,) = errors
    name.encode()
    assert name.startswith("??名")
    assert len(name) < 50


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_cannot_be_read(body):
    with pytest.raises(Unreadable):
        read(body)


def test_no_refusal_repeats_a_number():
    errors = refused(a_body(applicant=PERSON | {"id_number": "140525200002290017"}))
    assert "140525200002290017" not in str(errors)


# --- routing before the form is full -------------------------------------------------------------


def test_a_partial_body_needs_nothing():
    facts = read({}, partial=True)
    assert set(facts) == set(FIELDS)
    assert facts["category"] is None
    assert facts["insurance"] == []
    assert facts["applicant"] is None


def test_a_partial_body_gives_what_is_known():
    facts = read({"category": 7, "insurance": ["medical"], "applicant": {}}, partial=True)
    assert (facts["category"], facts["insurance"]) == (7, ["medical"])
    assert facts["applicant"]["name"] == ""


def test_a_partial_body_is_checked_as_far_as_it_goes():
    body = {"category": 11, "insurance": [], "applicant": {"phone": "138"}, "colour": 1}
    assert set(refused(body, partial=True)) == {"category", "applicant.phone", "colour"}


# --- what should be looked at again --------------------------------------------------------------


def test_ordinary_facts_need_no_second_look():
    assert cautions(read(a_body(opponent=FIRM)), NOW) == {}


def test_an_unusual_number_is_taken_and_asks_for_a_second_look():
    firm = FIRM | {"credit_code": "91140525MA0H5J6K7Y"}
    facts = read(a_body(applicant=firm, co_applicants=[PERSON]))
    assert set(cautions(facts, NOW)) == {"applicant.credit_code"}
