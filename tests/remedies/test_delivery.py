"""Delivery: each method has its evidence, each recipient the day that starts its remedies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import Refused
from app.models import Case
from app.rules import remedies
from tests.factories import Engine, at, china, papers

WITH_EVIDENCE = {
    "left": {"refusal", "witnesses"},
    "electronic": {"consent"},
    "post": {"tracking"},
    "entrusted": {"entrusted_to"},
    "handed": {"handed_by"},
    "public": {"posted_on", "media", "whereabouts"},
}


@pytest.fixture
def engine() -> Engine:
    return Engine(now=at("2024-12-02"))


def decided(engine: Engine, **facts: Any) -> Case:
    case = engine.register("tax", category=3, **facts)
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "resolve")
    return case


def with_two(engine: Engine) -> Case:
    second = {"kind": "person", "name": "李建国", "phone": "13800000002"}
    return decided(engine, co_applicants=[second])


def ends(engine: Engine, case: Case) -> list[tuple[str, date]]:
    found = remedies.last_days(engine.world.mechanism, china(), case.events, case.papers)
    return [(one.recipient, one.due.on) for one in found if one.way.key == "reconsideration"]


def given(method: str) -> dict[str, str]:
    words = dict.fromkeys(WITH_EVIDENCE.get(method, ()), "某处")
    return words | ({"posted_on": "2024-12-02"} if method == "public" else {})


@pytest.mark.parametrize("method", ["direct", "counter"])
def test_with_the_required_inputs_alone_one_day_serves_for_all(engine: Engine, method: str):
    case = with_two(engine)
    engine.attempt(case, "tax", "serve", method=method, served_on="2024-12-02")
    assert ends(engine, case) == [("", date(2025, 2, 5))]
    assert case.stage == "served"


@pytest.mark.parametrize("method", list(WITH_EVIDENCE))
def test_every_other_method_asks_for_its_evidence(engine: Engine, method: str):
    case = decided(engine)
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "serve", method=method, served_on="2024-12-02")
    assert set(refusal.value.errors) == WITH_EVIDENCE[method]
    engine.attempt(case, "tax", "serve", method=method, served_on="2024-12-02", **given(method))
    assert case.stage == "served"


def test_electronic_delivery_prints_the_consent_it_rests_on(engine: Engine):
    case = decided(engine)
    engine.do(case, "tax", "serve", method="electronic", consent="2024年11月4日送达地址确认书")
    rows = dict(papers(case, "service_record")[0].content["rows"])
    assert rows["同意电子送达"] == "2024年11月4日送达地址确认书"
    assert "运单号" not in rows


def test_a_public_notice_serves_after_thirty_days_and_cuts_no_remedy_short(engine: Engine):
    case = decided(engine)
    engine.do(case, "tax", "serve", method="public", served_on="2024-12-02", **given("public"))
    # Served on 1 January by law; the days of the remedies count from the working day after.
    assert case.events[-1].changes["served"]["on"] == "2025-01-02"
    assert ends(engine, case) == [("", date(2025, 3, 3))]


def test_a_day_written_down_after_the_end_of_the_notice_holds(engine: Engine):
    case = decided(engine)
    engine.now = at("2025-01-10")
    engine.do(case, "tax", "serve", method="public", served_on="2025-01-10", **given("public"))
    assert case.events[-1].changes["served"]["on"] == "2025-01-10"


def test_several_recipients_have_each_their_own_last_day(engine: Engine):
    case = with_two(engine)
    rows = [{"recipient": "李建国", "served_on": "2024-11-29"}]
    engine.do(case, "tax", "serve", served_on="2024-12-02", recipients=rows)
    assert ends(engine, case) == [
        ("张晓梅", date(2025, 2, 5)),
        ("李建国", date(2025, 2, 5)),
    ]
    served = case.events[-1].changes["served"]["to"]
    assert served == [["张晓梅", "2024-12-02"], ["李建国", "2024-11-29"]]
    record = dict(papers(case, "service_record")[0].content["rows"])["救济期限"]
    assert "（李建国）" in record
    assert "（张晓梅）" in record


@pytest.mark.parametrize(
    "names", [["王五"], ["李建国", "李建国"]], ids=["a stranger", "the same twice"]
)
def test_rows_name_the_applicants_each_once(engine: Engine, names: list[str]):
    case = with_two(engine)
    rows = [{"recipient": name, "served_on": "2024-12-02"} for name in names]
    with pytest.raises(Refused) as refusal:
        engine.do(case, "tax", "serve", served_on="2024-12-02", recipients=rows)
    assert list(refusal.value.errors) == [f"recipients.{len(names) - 1}.recipient"]


def test_s11_what_was_only_tried_starts_no_time(engine: Engine):
    case = decided(engine)
    for day in ("2024-11-28", "2024-11-29"):
        engine.do(case, "tax", "record_attempt", method="direct", tried_on=day)
    assert ends(engine, case) == []
    assert case.stage == "decided"
    engine.do(case, "tax", "serve", method="public", served_on="2024-12-02", **given("public"))
    assert ends(engine, case) == [("", date(2025, 3, 3))]


def test_nobody_serves_before_the_decision_and_no_day_lies_ahead(engine: Engine):
    case = decided(engine)
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "serve", method="direct", served_on="2024-12-03")
    assert list(refusal.value.errors) == ["served_on"]
