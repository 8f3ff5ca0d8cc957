"""What each body sees of a case: whole, a bundle, or what there was until it handed it on."""

from __future__ import annotations

import pytest

from app.models import Case
from app.rules import access
from app.rules.shapes import EVERYTHING
from tests.factories import Engine

MEMBERS = {"gov", "tax", "justice", "finance", "hrss", "medical", "petition", "court"}


@pytest.fixture
def county() -> Engine:
    return Engine()


def widths(case: Case) -> dict[str, str]:
    """Return body → width, the office left out: it sees all cases anyway."""
    return {row.body: row.width for row in case.access if row.body != "office"}


def seen_through(case: Case, body: str) -> int:
    return next(row.seen_through for row in case.access if row.body == body)


def a_joint_case(county: Engine) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax", "medical"])
    return case


@pytest.mark.clause("Z4.1a")
def test_v15_after_registration_the_registering_body_alone_sees_the_case(county):
    for who in sorted(MEMBERS):
        assert widths(county.register(who)) == {who: "full"}


@pytest.mark.clause("Z4.2b")
def test_who_hands_the_case_on_keeps_what_there_was_up_to_then(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    assert widths(case) == {"petition": "progress", "medical": "full"}
    assert seen_through(case, "petition") == 2, "the transfer itself is seen"
    county.do(case, "medical", "accept")
    assert seen_through(case, "petition") == 2
    assert seen_through(case, "medical") == EVERYTHING


@pytest.mark.clause("Z2c")
def test_who_gets_the_case_back_sees_all_of_it_again(county):
    case = county.register("tax")
    county.do(case, "tax", "transfer", unit="hrss")
    county.do(case, "hrss", "return_to_office")
    county.do(case, "office", "assign_unit", unit="tax")
    assert widths(case) == {"tax": "full", "hrss": "progress"}


@pytest.mark.clause("Z4.2.1-2")
def test_every_deciding_party_sees_the_whole_case(county):
    case = a_joint_case(county)
    assert widths(case) == {"hrss": "full", "tax": "full", "medical": "full"}
    county.do(case, "tax", "submit_decision")
    assert widths(case)["tax"] == "full", "also after it has decided"


def test_a_party_whose_task_was_taken_back_keeps_what_it_saw(county):
    case = county.register("hrss", category=7)
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    county.do(case, "hrss", "start_joint", units=["medical"])
    county.do(case, "hrss", "correct")
    assert widths(case) == {"hrss": "full", "tax": "full", "medical": "progress"}
    assert seen_through(case, "medical") == 5


@pytest.mark.clause("Z3.1-3")
def test_an_adviser_sees_a_bundle_and_no_part_by_its_time(county):
    case = a_joint_case(county)
    county.do(case, "hrss", "request_advice", unit="justice")
    assert widths(case)["justice"] == "bundle"
    assert seen_through(case, "justice") == 0
    county.do(case, "justice", "submit_advice")
    assert widths(case)["justice"] == "bundle"


@pytest.mark.clause("Z3.1-4")
def test_an_adviser_that_had_the_case_before_keeps_what_it_saw(county):
    case = county.register("finance", category=8, insurance=["medical"])
    county.do(case, "finance", "transfer", unit="medical")
    county.do(case, "medical", "accept")
    county.do(case, "medical", "request_advice", unit="finance")
    assert widths(case)["finance"] == "bundle"
    assert seen_through(case, "finance") == 2


@pytest.mark.clause("Z4.2.2-2")
def test_special_handling_lets_all_eight_in_and_not_before_the_consent(county):
    case = county.register("medical", category=9, insurance=["medical"])
    county.do(case, "medical", "accept")
    county.do(case, "medical", "escalate")
    assert widths(case) == {"medical": "full"}
    county.do(case, "leader", "approve")
    assert widths(case) == dict.fromkeys(MEMBERS, "full")


def test_the_accepting_body_sees_the_case_when_another_leads(county):
    case = a_joint_case(county)
    county.do(case, "tax", "contest_lead")
    county.do(case, "office", "determine_lead", unit="tax")
    assert (case.holder, case.acceptor) == ("tax", "hrss")
    assert widths(case)["hrss"] == "full"


def test_looking_anew_changes_nothing(county):
    case = a_joint_case(county)
    county.do(case, "hrss", "request_advice", unit="justice")
    before = [(r.body, r.width, r.seen_through) for r in case.access]
    access.refresh(county.view(case, "hrss"))
    assert [(r.body, r.width, r.seen_through) for r in case.access] == before


def test_who_the_applicant_or_an_outside_body_is_has_no_row(county):
    case = county.register("tax")
    for key in ("accept", "request_material", "resolve", "serve", "record_objection"):
        county.do(case, "tax", key)
    assert set(widths(case)) == {"tax"}


@pytest.mark.parametrize("stage", ["handling", "decided", "served", "archived"])
def test_what_a_body_handed_on_is_offered_to_it_no_more(county, stage):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    for key in ("accept", "resolve", "serve", "archive"):
        county.do(case, "medical", key)
        found = county.offers(case, "petition")
        assert not found.now
        assert not found.blocked
        if case.stage == stage:
            return
    raise AssertionError(f"the case never came to {stage}")
