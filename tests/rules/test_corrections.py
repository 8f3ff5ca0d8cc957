"""Taking an act back by another: what may be, what it restores, and what rests on it already."""

from __future__ import annotations

import pytest

from app.errors import NotYours, Refused
from app.models import Case
from tests.factories import Engine, open_tasks, papers, task


@pytest.fixture
def county() -> Engine:
    return Engine()


def a_joint_case(county: Engine) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    return case


def correctable(county: Engine, case: Case, who: str) -> list[str]:
    """Return the keys of the acts that somebody may take back, the newest first."""
    offer = county.offers(case, who).find("correct")
    if offer is None:
        return []
    by_seq = {str(event.seq): event.key for event in case.events}
    return [by_seq[seq] for seq in next(a for a in offer.asks if a.key == "event").values]


def test_a_decision_taken_back_is_owed_again_and_its_paper_is_void(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    assert ("decision", "tax") not in open_tasks(case)
    act = county.do(case, "tax", "correct")
    assert act.voids_seq == 4
    assert ("decision", "tax") in open_tasks(case)
    decision = task(case, "decision", "tax")
    assert (decision.closed_seq, decision.closed_at) == (None, None)
    assert [paper.state for paper in papers(case, "unit_decision")] == ["void"]


def test_the_number_of_a_void_paper_is_not_given_again(county):
    case = a_joint_case(county)
    for _ in range(2):
        county.do(case, "tax", "submit_decision")
        county.do(case, "tax", "correct")
    county.do(case, "tax", "submit_decision")
    found = [(paper.number, paper.state) for paper in papers(case, "unit_decision")]
    assert found == [
        ("泽税争联处〔2024〕1号", "void"),
        ("泽税争联处〔2024〕2号", "void"),
        ("泽税争联处〔2024〕3号", "issued"),
    ]


def test_a_body_gets_the_case_back_when_the_office_takes_its_assignment_back(county):
    case = county.register("tax")
    county.do(case, "tax", "return_to_office")
    county.do(case, "office", "assign_unit", unit="hrss")
    county.do(case, "office", "correct")
    assert case.holder == "tax"
    assert open_tasks(case) >= {("assignment", "office")}
    assert ("acceptance", "hrss") not in open_tasks(case)


def test_the_event_tells_what_was_taken_back(county):
    case = county.register("tax")
    county.do(case, "tax", "return_to_office")
    county.do(case, "tax", "correct", reason="写错了")
    last = case.events[-1]
    assert (last.key, last.voids_seq, last.changes["voided"]) == ("correct", 2, 2)
    assert last.inputs == {"event": "2", "reason": "写错了"}
    assert case.events[1].key == "return_to_office", "the act itself stays in the log"


def test_an_act_that_moved_the_case_on_cannot_be_taken_back(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    assert correctable(county, case, "tax") == []


def test_what_was_done_at_an_earlier_stage_cannot_be_taken_back(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "request_advice", unit="justice")
    assert correctable(county, case, "tax") == ["request_advice"]
    county.do(case, "tax", "start_joint", units=["hrss"])
    assert correctable(county, case, "tax") == []


def test_nobody_takes_back_what_another_body_did(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    assert correctable(county, case, "hrss") == []
    with pytest.raises(NotYours):
        county.attempt(case, "hrss", "correct", event="4", reason="不是我写的")


def test_an_event_that_was_not_offered_is_refused(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    with pytest.raises(Refused) as refusal:
        county.attempt(case, "tax", "correct", event="3", reason="不是这一步")
    assert list(refusal.value.errors) == ["event"]


def test_a_correction_cannot_be_taken_back_and_no_act_twice(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    county.do(case, "tax", "correct")
    assert correctable(county, case, "tax") == []


def test_a_pause_is_ended_by_resuming_not_by_a_correction(county):
    case = a_joint_case(county)
    county.do(case, "hrss", "pause")
    assert correctable(county, case, "hrss") == []


# --- nobody has built on it


def test_an_assignment_stays_once_the_body_sent_it_back(county):
    """It would make the ruling due twice."""
    case = county.register("tax")
    county.do(case, "tax", "return_to_office")
    county.do(case, "office", "assign_unit", unit="hrss")
    county.do(case, "hrss", "return_to_office")
    assert correctable(county, case, "office") == []


def test_a_transfer_stays_once_the_office_gave_the_case_back(county):
    """The old acceptance and the new one would both be open at the sender."""
    case = county.register("tax")
    county.do(case, "tax", "transfer", unit="hrss")
    county.do(case, "hrss", "return_to_office")
    county.do(case, "office", "assign_unit", unit="tax")
    assert correctable(county, case, "tax") == []


def test_a_further_party_stays_once_it_leads(county):
    """The lead would owe no decision."""
    case = a_joint_case(county)
    county.do(case, "hrss", "start_joint", units=["medical"])
    assert correctable(county, case, "hrss") == ["start_joint"]
    county.do(case, "tax", "contest_lead")
    county.do(case, "office", "determine_lead", unit="medical")
    assert "start_joint" not in correctable(county, case, "hrss")


def test_advice_stays_once_the_body_was_asked_again(county):
    """Two questions would be open to one body at once."""
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "escalate")
    county.do(case, "leader", "approve")
    county.do(case, "office", "request_advice", unit="justice")
    county.do(case, "justice", "submit_advice")
    assert correctable(county, case, "justice") == ["submit_advice"]
    county.do(case, "office", "request_advice", unit="justice")
    assert correctable(county, case, "justice") == []


def test_an_adviser_that_sees_only_what_it_was_handed_corrects_nothing(county):
    case = a_joint_case(county)
    county.do(case, "hrss", "request_advice", unit="justice")
    county.do(case, "justice", "submit_advice")
    assert correctable(county, case, "justice") == []
