"""Mediation beside a case: agreement and judicial confirmation, or arbitration; S7 and S8."""

from __future__ import annotations

from datetime import date

import pytest

from app.mechanism.loader import load
from app.models import Case
from tests.factories import ROOT, Engine, World, at, open_tasks, papers, task

CHAIN = {"start_mediation", "record_agreement", "apply_confirmation", "refer_arbitration"}


@pytest.fixture(params=["zezhou", "xiaoyi"])
def engine(request: pytest.FixtureRequest) -> Engine:
    mechanism = load(ROOT / "mechanisms" / request.param / "mechanism.yaml")
    return Engine(World(mechanism), now=at("2024-11-18"))


def in_hand(engine: Engine, **facts: object) -> Case:
    """Return a case that the social-security bureau handles."""
    place = engine.world.mechanism.key
    case = engine.register("hrss", category=1, insurance=["pension"], jurisdiction=place, **facts)
    engine.do(case, "hrss", "accept")
    return case


def agreed(engine: Engine, case: Case, on: str, **more: object) -> None:
    engine.do(case, "hrss", "start_mediation")
    engine.now = at(on)
    engine.do(case, "hrss", "record_agreement", effective_on=on, **more)


@pytest.mark.parametrize(
    ("effect", "last"),
    [("2024-12-04", date(2025, 1, 3)), ("2024-12-02", date(2025, 1, 2))],
)
@pytest.mark.clause("Z5-2")
def test_s8_both_parties_have_thirty_days_from_the_effect_to_ask_for_confirmation(
    engine: Engine, effect: str, last: date
) -> None:
    case = in_hand(engine)
    agreed(engine, case, effect)
    assert task(case, "confirmation", "applicant").due_on == last
    shown = f"{last.year}年{last.month}月{last.day}日"
    assert shown in "".join(papers(case, "mediation_agreement")[0].content["paragraphs"])
    engine.do(case, "hrss", "apply_confirmation", applied_on=effect)
    form = papers(case, "confirmation_application")[0]
    number = papers(case, "mediation_agreement")[0].number
    assert number in "".join(form.content["paragraphs"])
    assert ("confirmation", "applicant") not in open_tasks(case)
    assert case.stage == "handling"
    assert "cautions" not in case.events[-1].changes


def test_the_thirty_days_run_from_the_effect_however_late_it_is_recorded(engine: Engine) -> None:
    case = in_hand(engine)
    engine.do(case, "hrss", "start_mediation")
    engine.now = at("2024-12-20")
    engine.do(case, "hrss", "record_agreement", effective_on="2024-12-04")
    assert task(case, "confirmation").due_on == date(2025, 1, 3)


def test_no_pause_of_the_case_stops_what_the_law_measures(engine: Engine) -> None:
    case = in_hand(engine)
    agreed(engine, case, "2024-12-04")
    own = task(case, "own_case").due_on
    engine.do(case, "hrss", "pause")
    engine.now = at("2024-12-16")
    engine.do(case, "hrss", "resume")
    assert task(case, "confirmation").due_on == date(2025, 1, 3)
    assert task(case, "own_case").due_on > own


def test_an_application_after_the_thirty_days_is_taken_and_warned_of(engine: Engine) -> None:
    case = in_hand(engine)
    agreed(engine, case, "2024-11-19")
    engine.now = at("2024-12-23")
    seen = engine.foresee(case, "hrss", "apply_confirmation", applied_on="2024-12-23")
    assert len(seen.cautions) == 1
    engine.do(case, "hrss", "apply_confirmation", applied_on="2024-12-23")
    assert "三十日" in case.events[-1].changes["cautions"][0]


@pytest.mark.parametrize(
    ("agreed_on", "warned"), [("8000.00", True), ("10000.00", False), ("10000.01", False)]
)
def test_an_agreement_below_the_statutory_premium_is_warned_of(
    engine: Engine, agreed_on: str, warned: bool
) -> None:
    case = in_hand(engine)
    agreed(engine, case, "2024-12-04", statutory="10000.00", agreed=agreed_on)
    assert ("cautions" in case.events[-1].changes) == warned
    assert ("confirmation", "applicant") in open_tasks(case)


def test_an_amount_that_is_not_told_is_not_compared(engine: Engine) -> None:
    case = in_hand(engine)
    agreed(engine, case, "2024-12-04", agreed="1.00")
    assert "cautions" not in case.events[-1].changes


@pytest.mark.clause("Z3.1-8")
def test_s7_a_labour_dispute_is_led_to_arbitration_with_its_year(engine: Engine) -> None:
    case = in_hand(engine)
    engine.do(case, "hrss", "start_mediation")
    engine.do(case, "hrss", "refer_arbitration", known_on="2024-10-08")
    assert task(case, "arbitration", "applicant").due_on == date(2025, 10, 9)
    assert ("mediation", "hrss") not in open_tasks(case)
    slip = "".join(papers(case, "arbitration_transfer")[0].content["paragraphs"])
    assert "最后一日为2025年10月9日" in slip
    engine.now = at("2024-11-20")
    engine.do(case, "hrss", "record_arbitration", filed_on="2024-11-20")
    assert ("arbitration", "applicant") not in open_tasks(case)
    assert case.stage == "handling"


def test_arbitration_is_offered_for_the_listed_kinds_only(engine: Engine) -> None:
    case = in_hand(engine)
    offer = engine.offers(case, "hrss").find("refer_arbitration")
    assert offer is not None
    choices = next(ask for ask in offer.asks if ask.key == "matter").values
    assert choices == ["transfer", "damages", "benefits", "injury", "labour"]


def test_mediation_is_for_who_has_the_case_and_ends_with_the_decision(engine: Engine) -> None:
    case = in_hand(engine)
    assert not CHAIN & engine.keys(case, "tax")
    assert not CHAIN & engine.keys(case, "medical")
    engine.do(case, "hrss", "start_mediation")
    assert "start_mediation" not in engine.keys(case, "hrss")
    engine.do(case, "hrss", "resolve")
    assert ("mediation", "hrss") not in open_tasks(case)


def test_a_remedy_out_of_time_is_recorded_and_warned_of(engine: Engine) -> None:
    case = in_hand(engine)
    engine.do(case, "hrss", "resolve")
    engine.do(case, "hrss", "serve", served_on="2024-11-18")
    engine.now = at("2025-02-05")
    engine.do(case, "hrss", "record_objection", kind="reconsideration", filed_on="2025-02-05")
    assert "法定期限" in case.events[-1].changes["cautions"][0]
    engine.do(case, "hrss", "record_objection", kind="litigation", filed_on="2025-02-05")
    assert "cautions" not in case.events[-1].changes
    engine.do(case, "hrss", "record_objection", kind="reconsideration", filed_on="2025-01-17")
    assert "cautions" not in case.events[-1].changes
