"""Remedies of a decision: to whom they lead, what is never offered, on which day they end."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from app.mechanism.loader import load
from app.mechanism.schema import Mechanism
from app.models import Case
from app.rules import remedies
from app.rules.remedies import LastDay
from tests.factories import ROOT, Engine, World, at, china, papers, zezhou

NEVER_SAID = ("先缴", "担保", "仲裁", "泽州县人民法院", "孝义市人民法院", "领导小组办公室")


@cache
def xiaoyi() -> Mechanism:
    return load(ROOT / "mechanisms" / "xiaoyi" / "mechanism.yaml")


def served(engine: Engine, *, on: str = "2024-11-20") -> Case:
    """Return a case that the tax bureau decided alone and served."""
    case = engine.register("tax", category=3, visited_at="2024-11-01T08:30")
    engine.do(case, "tax", "accept")
    engine.now = at(on)
    engine.do(case, "tax", "resolve")
    engine.do(case, "tax", "serve", served_on=on)
    return case


def ends(engine: Engine, case: Case) -> list[LastDay]:
    return remedies.last_days(engine.world.mechanism, china(), case.events, case.papers)


def said(found: list[LastDay]) -> list[tuple[str, str, date]]:
    return [(one.way.key, one.to.body, one.due.on) for one in found]


def printed(paper: object) -> str:
    return "\n".join(paper.content["paragraphs"])  # type: ignore[attr-defined]


def test_s1_sixty_days_roll_over_sunday_and_six_months_end_on_the_same_day() -> None:
    engine = Engine(now=at("2024-11-04"))
    assert said(ends(engine, served(engine))) == [
        ("reconsideration", "国家税务总局晋城市税务局", date(2025, 1, 20)),
        ("litigation", "有管辖权的人民法院", date(2025, 5, 20)),
    ]


@pytest.mark.parametrize(
    ("day", "sixty", "months"),
    [
        # DOMAIN 3.5: holidays inside count, only the last day rolls; months end on the last day.
        ("2024-12-02", date(2025, 2, 5), date(2025, 6, 3)),
        ("2024-11-30", date(2025, 2, 5), date(2025, 5, 30)),
        ("2024-11-01", date(2024, 12, 31), date(2025, 5, 6)),
        ("2025-04-01", date(2025, 6, 3), date(2025, 10, 9)),
    ],
)
def test_last_days_follow_the_golden_vectors(day: str, sixty: date, months: date) -> None:
    engine = Engine(now=at("2024-11-01"))
    case = served(engine, on=day)
    assert [one.due.on for one in ends(engine, case)] == [sixty, months]


def test_each_of_the_joint_decisions_leads_to_its_own_body() -> None:
    engine = Engine()
    case = engine.register("hrss", category=7, insurance=["pension"])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax"])
    for body in ("hrss", "tax"):
        engine.do(case, body, "submit_decision")
    engine.do(case, "hrss", "issue_reply")
    engine.do(case, "hrss", "serve")
    by_issuer = {(one.paper.body, one.way.key): one.to.body for one in ends(engine, case)}
    assert by_issuer["tax", "reconsideration"] == "国家税务总局晋城市税务局"
    assert by_issuer["hrss", "reconsideration"] == "泽州县人民政府"
    assert len(by_issuer) == 4
    cover = printed(papers(case, "cover_notice")[0])
    for paper in papers(case, "unit_decision"):
        assert f"《书面处理决定》{paper.number}：如果您对本文书有异议" in cover
    record = dict(papers(case, "service_record")[0].content["rows"])["救济期限"]
    assert record.count("最后一日为") == 4


def test_before_service_no_day_is_told() -> None:
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    engine.do(case, "tax", "resolve")
    assert ends(engine, case) == []


def test_a_second_round_is_served_by_itself() -> None:
    engine = Engine()
    case = served(engine)
    engine.do(case, "tax", "record_objection", kind="reconsideration")
    engine.do(case, "office", "record_remedy_result", result="set_aside")
    engine.do(case, "office", "reopen", unit="tax")
    engine.do(case, "tax", "resolve")
    engine.now = at("2024-12-02")
    engine.do(case, "tax", "serve", served_on="2024-12-02")
    found = ends(engine, case)
    assert [one.from_on for one in found] == [date(2024, 11, 20)] * 2 + [date(2024, 12, 2)] * 2
    assert found[0].paper is not found[2].paper


def test_a_refusal_is_to_be_reconsidered_first_and_tells_no_day_for_the_court() -> None:
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "decline")
    engine.do(case, "tax", "serve", served_on="2024-11-04")
    assert [one.way.key for one in ends(engine, case)] == ["reconsideration_first"]
    text = printed(papers(case, "decline_notice")[0])
    assert "应当先自收到本文书之日起60日内" in text
    assert "再自收到行政复议决定书之日起15日内" in text
    assert "直接向" not in text


@pytest.mark.parametrize("issuer", ["tax", "hrss", "medical"])
def test_no_decision_makes_an_offer_that_the_law_does_not_know(issuer: str) -> None:
    for mechanism in (zezhou(), xiaoyi()):
        for kind in mechanism.papers:
            text = remedies.notice(mechanism, issuer, kind)
            assert not [word for word in NEVER_SAID if word in text], (mechanism.key, kind)


@pytest.mark.parametrize(
    ("mechanism", "kinds"),
    [
        (zezhou(), ("cover_notice", "minutes", "advice", "guidance_record", "withdrawal_notice")),
        (xiaoyi(), ("unit_opinion", "synthesised_reply", "platform_reply", "minutes")),
    ],
    ids=["zezhou", "xiaoyi"],
)
def test_what_is_no_act_of_its_own_has_no_remedy(
    mechanism: Mechanism, kinds: tuple[str, ...]
) -> None:
    for kind in kinds:
        for issuer in mechanism.bodies:
            assert remedies.recourse(mechanism, issuer, kind) is None, (issuer, kind)


def test_a_city_leads_to_its_own_government_and_the_next_higher_tax_bureau() -> None:
    engine = Engine(World(xiaoyi()))
    case = engine.register("medical", category=8, insurance=["medical"], jurisdiction="xiaoyi")
    engine.do(case, "medical", "accept")
    engine.do(case, "medical", "resolve")
    text = printed(papers(case, "result_notice")[0])
    assert "孝义市人民政府" in text
    assert "国家税务总局吕梁市税务局" in remedies.notice(xiaoyi(), "tax", "result_notice")


# --- an act that was served before


def act(**over: object) -> dict[str, object]:
    told = {"kind": "决定书", "body": "泽州县社会保险中心", "served_on": "2024-10-08"}
    return {"contested_act": {**told, "period_told": None, **over}}


def days(more: dict[str, object]) -> list[date]:
    return [one.due.on for one in remedies.contested(zezhou(), china(), more)]


def test_days_of_an_act_served_before_run_on_while_the_case_is_handled() -> None:
    engine = Engine(now=at("2024-11-04"))
    case = engine.register("hrss", category=8, insurance=["pension"], **act())
    engine.do(case, "hrss", "accept")
    found = remedies.contested(zezhou(), china(), case.more)
    assert said(found) == [
        ("reconsideration", "泽州县人民政府", date(2024, 12, 9)),
        ("litigation", "有管辖权的人民法院", date(2025, 4, 8)),
    ]
    acceptance = printed(papers(case, "acceptance_notice")[0])
    assert "行政复议，向泽州县人民政府提出，最后一日为2024年12月9日" in acceptance
    engine.do(case, "hrss", "pause")
    assert remedies.contested(zezhou(), china(), case.more) == found


def test_a_longer_time_that_was_told_holds_and_a_shorter_one_does_not() -> None:
    assert days(act(period_told=90)) == [date(2025, 1, 6), date(2025, 4, 8)]
    assert days(act(period_told=15)) == days(act())


def test_where_no_time_was_told_the_longest_that_the_law_allows_is_shown() -> None:
    assert days(act(period_told=False)) == [date(2025, 10, 9)] * 2


def test_an_act_of_an_unknown_issuer_names_no_body_and_without_a_day_there_is_none() -> None:
    found = remedies.contested(zezhou(), china(), act(body="某某局"))
    assert [one.to.body for one in found] == ["有管辖权的行政复议机关", "有管辖权的人民法院"]
    assert days(act(served_on=None)) == []
    assert remedies.contested(zezhou(), china(), {}) == []


def test_the_issuer_is_recognised_by_its_name_or_by_what_it_is_called() -> None:
    for name in ("税务局", "国家税务总局泽州县税务局第二税务分局"):
        found = remedies.contested(zezhou(), china(), act(body=name))
        assert found[0].to.body == "国家税务总局晋城市税务局", name


def test_a_year_whose_holidays_are_not_announced_gives_a_provisional_day() -> None:
    engine = Engine(now=at("2027-11-04"))
    found = ends(engine, served(engine, on="2027-11-20"))
    assert [one.due.provisional for one in found] == [True, True]
