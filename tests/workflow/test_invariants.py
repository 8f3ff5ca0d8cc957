"""The invariants of DOMAIN.md 7.3 that a stored county must hold, each by its number."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from app import deploy, workflow
from app.errors import Conflict, NotFound, NotYours, Refused, Stale
from app.mechanism.folder import read_profile
from app.models import Case, Event, MechanismVersion, Notice, Paper
from app.rules.chain import first_break
from tests.factories import PROFILE, Door


def joint(door: Door) -> int:
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "start_joint", units=["tax", "medical"])
    return case_id


def replied(door: Door) -> int:
    case_id = joint(door)
    for body in ("hrss", "tax", "medical"):
        door.do(case_id, body, "submit_decision")
    door.do(case_id, "hrss", "issue_reply")
    return case_id


def test_v01_nothing_is_filed_before_service_nor_archived_before_filing(door: Door) -> None:
    case_id = replied(door)
    assert "file_with_office" not in door.keys(case_id, "hrss")
    door.do(case_id, "hrss", "serve")
    assert "archive" not in door.keys(case_id, "hrss")
    door.do(case_id, "hrss", "file_with_office")
    assert "archive" in door.keys(case_id, "hrss")


def test_v02_a_body_that_joins_later_reopens_the_gate(door: Door) -> None:
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "start_joint", units=["tax"])
    door.do(case_id, "hrss", "submit_decision")
    door.do(case_id, "tax", "submit_decision")
    assert "issue_reply" in door.keys(case_id, "hrss")
    door.do(case_id, "hrss", "start_joint", units=["medical"])
    assert "issue_reply" not in door.keys(case_id, "hrss")
    door.do(case_id, "medical", "submit_decision")
    door.do(case_id, "hrss", "issue_reply")
    decisions = door.all(Paper, case_id=case_id, kind="unit_decision")
    assert len(decisions) == 3


def test_v03_a_joint_body_cannot_serve(door: Door) -> None:
    case_id = replied(door)
    with pytest.raises(NotYours):
        door.perform(case_id, "tax", "serve", {"method": "direct", "served_on": "2024-11-04"})


def test_v04_no_decision_is_filed_before_the_minutes(door: Door) -> None:
    case_id = joint(door)
    door.do(case_id, "hrss", "escalate")
    door.do(case_id, "leader", "approve")
    with pytest.raises((NotYours, Refused)):
        door.perform(case_id, "tax", "submit_decision", {"decision": "早了"})


def test_v05_only_the_leader_consents(door: Door) -> None:
    case_id = joint(door)
    door.do(case_id, "hrss", "escalate")
    for who in ("office", "tax", "auditor"):
        with pytest.raises(NotYours):
            door.perform(case_id, who, "approve", {"opinion": "同意"})
    with pytest.raises(Refused):
        door.perform(case_id, "deputy", "approve", {"opinion": "同意"})
    door.do(case_id, "leader", "approve")


def test_v06_only_the_office_changes_who_leads_and_in_writing(door: Door) -> None:
    case_id = joint(door)
    assert door.case(case_id).lead == "hrss"
    door.do(case_id, "tax", "contest_lead")
    with pytest.raises(NotYours):
        door.perform(case_id, "hrss", "determine_lead", {"unit": "tax", "reason": "我说"})
    door.do(case_id, "office", "determine_lead", unit="tax")
    assert door.case(case_id).lead == "tax"
    assert door.all(Paper, case_id=case_id, kind="lead_ruling")


def test_v08_every_registration_gives_the_office_exactly_one_notice(door: Door) -> None:
    for who in ("tax", "court", "petition"):
        case_id = door.register(who).case_id
        assert len(door.all(Notice, case_id=case_id, body="office")) == 1


def test_v09_advisers_are_never_asked_to_decide(door: Door) -> None:
    case_id = door.register("hrss", category=7).case_id
    door.do(case_id, "hrss", "accept")
    advisers = {"gov", "justice", "finance", "petition", "court"}
    offer = door.offers(case_id, "hrss").find("start_joint")
    assert offer is not None
    assert not advisers & set(offer.asks[0].values)
    with pytest.raises(Refused):
        door.perform(case_id, "hrss", "start_joint", {"units": ["justice"]})


def test_v10_a_case_keeps_the_version_of_its_registration(door: Door, tmp_path: Any) -> None:
    case_id = door.register("tax").case_id
    before = door.case(case_id).mechanism_version_id
    text = read_profile(PROFILE).text.replace(
        "due: {length: 15, unit: workday, basis: proposal, clause: Z4.2a}",
        "due: {length: 3, unit: workday, basis: proposal, clause: Z4.2a}",
    )
    path = tmp_path / "mechanism.yaml"
    path.write_text(text, encoding="utf-8")
    _, is_new = deploy.load_profile(door.session, path, door.now)
    assert is_new
    door.session.commit()
    door.do(case_id, "tax", "accept")
    assert door.case(case_id).mechanism_version_id == before
    kept = next(t for t in door.case(case_id).tasks if t.kind == "own_case")
    assert kept.length == 15
    fresh = door.register("tax").case_id
    door.do(fresh, "tax", "accept")
    assert next(t for t in door.case(fresh).tasks if t.kind == "own_case").length == 3
    assert len(door.all(MechanismVersion)) >= 2
    assert deploy.load_profile(door.session, path, door.now)[1] is False
    door.session.rollback()


@pytest.mark.parametrize("who", ["hrss", "court", "justice"])
def test_v15_a_body_that_takes_no_part_finds_nothing(door: Door, who: str) -> None:
    case_id = door.register("tax").case_id
    with pytest.raises(NotFound):
        door.offers(case_id, who)
    with pytest.raises(NotFound):
        door.perform(case_id, who, "accept", {})


def test_v17_after_a_bounce_the_case_is_the_offices(door: Door) -> None:
    case_id = door.register("petition", category=8, insurance=["medical"]).case_id
    door.do(case_id, "petition", "transfer", unit="medical")
    assert "transfer" not in door.keys(case_id, "medical")
    door.do(case_id, "medical", "return_to_office")
    assert "assign_unit" in door.keys(case_id, "office")


def test_v21_what_is_refused_leaves_nothing_behind(door: Door) -> None:
    case_id = door.register("tax").case_id
    before = door.state()
    for key, inputs in (
        ("serve", {}),
        ("transfer", {"unit": "nowhere", "reason": "好"}),
        ("amend", {"field": "amount", "value": "很多", "reason": "好"}),
    ):
        with pytest.raises((Refused, NotYours)):
            door.perform(case_id, "tax", key, inputs)
    with pytest.raises(Stale):
        door.perform(case_id, "tax", "accept", {}, version=0)
    assert door.state() == before


def test_v22_a_changed_event_or_paper_is_found(door: Door) -> None:
    case_id = door.register("tax").case_id
    door.do(case_id, "tax", "accept")
    case = door.case(case_id)
    events, papers = door.all(Event, case_id=case_id), door.all(Paper, case_id=case_id)
    assert first_break(case.number, events, papers) is None
    door.session.execute(update(Event).where(Event.id == events[0].id).values(actor="别人"))
    changed = door.all(Event, case_id=case_id)
    assert "event 1" in (first_break(case.number, changed, papers) or "")
    door.session.rollback()
    assert first_break(case.number, events[1:], papers) is not None


def test_v23_a_joint_case_without_the_tax_bureau_is_valid(door: Door) -> None:
    case_id = door.register("hrss", category=8, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "start_joint", units=["medical"])
    for body in ("hrss", "medical"):
        door.do(case_id, body, "submit_decision")
    door.do(case_id, "hrss", "issue_reply")
    assert door.case(case_id).stage == "decided"


def test_a_retry_with_the_same_key_gets_the_first_answer_and_does_nothing(door: Door) -> None:
    first = door.register("tax", key="register-1")
    again = door.register("tax", key="register-1")
    assert again.repeated
    assert replace(again, repeated=False) == first
    with pytest.raises(Conflict):
        door.register("tax", key="register-1", category=5)
    done = door.perform(first.case_id, "tax", "accept", {}, idempotency_key="accept-1", version=1)
    same = door.perform(first.case_id, "tax", "accept", {}, idempotency_key="accept-1", version=1)
    assert same.event_id == done.event_id
    assert door.case(first.case_id).version == 2


def test_fifty_papers_issued_at_once_are_numbered_without_a_gap(door: Door) -> None:
    cases = [door.register("tax").case_id for _ in range(50)]
    actor, factory = door.actor("tax"), door.session.session_factory
    door.session.rollback()
    failures: list[BaseException] = []

    def accept(ids: list[int]) -> None:
        session = factory()
        own = Door(session, door.now)
        try:
            for case_id in ids:
                own.perform(case_id, actor.acting_for, "accept", {}, version=1)
        except BaseException as error:  # handed to the test below
            failures.append(error)
        finally:
            session.close()

    threads = [threading.Thread(target=accept, args=(cases[n::5],)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    door.session.rollback()
    serials = sorted(p.serial for p in door.all(Paper, kind="acceptance_notice", body="tax"))
    assert serials == list(range(serials[0], serials[0] + 50))
    numbers = {p.number for p in door.all(Paper, kind="acceptance_notice", body="tax")}
    assert len(numbers) == len(serials)


def test_one_of_two_that_act_at_once_is_told_who_was_first(door: Door) -> None:
    case_id = door.register("tax").case_id
    door.do(case_id, "tax", "accept")
    with pytest.raises(Stale) as stale:
        door.perform(case_id, "tax", "pause", {"ground": "expert", "reason": "鉴定"}, version=1)
    assert stale.value.version == 2
    assert "受理" in stale.value.reason.say()


def test_a_preview_takes_no_number_and_writes_nothing(door: Door) -> None:
    case_id = door.register("tax").case_id
    before = door.state()
    seen = door.preview(case_id, "tax", "accept", {})
    assert [paper.title for paper in seen.papers] == ["受理通知书"]
    assert seen.stage_after == "办理中"
    assert door.state() == before
    door.do(case_id, "tax", "accept")
    assert len(door.all(Case, id=case_id)) == 1
    assert workflow.find(door.session, case_id).stage == "handling"
