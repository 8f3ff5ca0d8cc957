"""Amending a slip in the facts: what is read how, what goes with it, what the log keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.columns import blind_index
from app.errors import Refused
from app.mechanism import vocabulary
from app.rules.amendments import AMENDABLE
from app.rules.chain import first_break
from tests.factories import Engine, zezhou


@pytest.fixture
def county() -> Engine:
    return Engine()


def amend(county: Engine, case: Any, field: str, value: str) -> dict[str, Any]:
    """Amend a fact and return what the event tells of it."""
    act = county.do(case, "tax", "amend", field=field, value=value, reason="录入有误")
    facts: dict[str, Any] = act.changes["facts"]
    return facts


def refused(county: Engine, case: Any, field: str, value: str) -> str:
    """Return why an amendment is refused, beside its value."""
    with pytest.raises(Refused) as refusal:
        county.attempt(case, "tax", "amend", field=field, value=value, reason="录入有误")
    assert list(refusal.value.errors) == ["value"]
    return refusal.value.errors["value"][0].say()


def test_the_facts_that_can_be_amended_are_those_that_profiles_name():
    assert tuple(AMENDABLE) == vocabulary.AMENDABLE
    assert set(AMENDABLE) <= set(zezhou().vocabulary["facts"])


@pytest.mark.clause("Z5-3")
@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        ("content", "改过的内容", "对单位申报的缴费基数有异议。", "改过的内容"),
        ("claim", "请求退费", None, "请求退费"),
        ("employer", "新名称有限公司", "示例机械有限公司", "新名称有限公司"),
        ("applicant.name", "张小梅", "张晓梅", "张小梅"),
        ("applicant.address", "某街1号", "某镇某村", "某街1号"),
        ("amount", "2,148", "12345.60", "2148"),
        ("period_from", "2024-04", "2024-03", "2024-04"),
        ("category", "8", 4, 8),
        ("insurance", "医疗、养老", ["pension"], ["medical", "pension"]),
        ("insurance", "injury", ["pension"], ["injury"]),
    ],
)
def test_an_amendment_keeps_before_and_after(county, field, value, before, after):
    case = county.register("tax")
    assert amend(county, case, field, value) == {field: [before, after]}
    assert case.events[-1].inputs["reason"] == "录入有误"
    assert case.stage == "registered"
    assert first_break(case.number, case.events, case.papers) is None


def test_an_amended_amount_is_an_amount(county):
    case = county.register("tax")
    amend(county, case, "amount", "2148.5")
    assert case.amount == Decimal("2148.50")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("amount", "很多", "amount"),
        ("amount", "1.234", "amount"),
        ("amount", "-5", "amount"),
        ("period_from", "2024-13", "month"),
        ("period_to", "2024年3月", "month"),
        ("period_to", "2099-12", "outside"),
        ("period_from", "1949-09", "outside"),
        ("category", "11", "category"),
        ("category", "八", "category"),
        ("category", "²", "category"),
        ("insurance", "彩票", "养老"),
        ("insurance", "、", "养老"),
        ("applicant.phone", "12", "phone"),
        ("applicant.name", "张" * 51, "too long"),
        ("employer", "司" * 121, "too long"),
        ("claim", "求" * 1001, "too long"),
    ],
)
def test_words_that_do_not_fit_the_fact_are_refused_beside_it(county, field, value, word):
    case = county.register("tax")
    said = refused(county, case, field, value)
    assert word in said or word == "phone", said
    assert len(case.events) == 1


def test_a_period_cannot_end_before_it_begins(county):
    case = county.register("tax", period_from="2024-03", period_to="2024-10")
    assert "2024-11" in refused(county, case, "period_from", "2024-11")
    assert "2024-03" in refused(county, case, "period_to", "2024-02")
    assert (case.period_from, case.period_to) == ("2024-03", "2024-10")


def test_one_end_of_a_period_may_be_amended_where_the_other_is_unknown(county):
    case = county.register("tax", period_from=None, period_to=None)
    amend(county, case, "period_from", "2024-05")
    assert case.period_from == "2024-05"


def test_another_category_proposes_another_body(county):
    case = county.register("tax", category=4)
    assert case.route["units"] == ["tax"]
    amend(county, case, "category", "8")
    assert case.route["units"] == ["hrss"]


def test_a_step_that_the_new_category_does_not_know_goes_and_the_log_says_so(county):
    """Otherwise no row would match, and the office would be asked for nothing."""
    case = county.register("tax", category=7, aspect="first_review")
    facts = amend(county, case, "category", "9")
    assert facts == {"category": [7, 9], "aspect": ["first_review", None]}
    assert case.aspect is None
    assert case.route["units"], "with the step unknown, the rows of the category are united"


def test_a_step_that_both_categories_know_stays(county):
    case = county.register("tax", category=7, aspect="first_review")
    assert amend(county, case, "category", "7") == {"category": [7, 7]}
    assert case.aspect == "first_review"


def test_words_without_bearing_on_the_routing_leave_the_proposal(county):
    case = county.register("tax")
    before = case.route
    amend(county, case, "content", "别的内容")
    assert case.route is before


def test_an_amended_telephone_is_found_by_its_new_number(county):
    case = county.register("tax")
    assert case.applicant.phone_index == blind_index("13800000001")
    amend(county, case, "applicant.phone", "138 0000 0002")
    assert case.applicant.phone == "13800000002"
    assert case.applicant.phone_index == blind_index("13800000002")


def test_papers_already_issued_keep_their_words(county):
    case = county.register("tax")
    form = case.papers[0]
    before = form.content
    amend(county, case, "applicant.name", "张小梅")
    assert form.content == before


def test_who_does_not_handle_the_case_amends_nothing(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    assert "amend" not in county.keys(case, "petition")
    assert "amend" in county.keys(case, "office")
