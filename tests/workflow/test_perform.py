"""The door: in which order it refuses, what it leaves behind, what a retry gets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app import ledger, workflow
from app.errors import AppError, Conflict, NotFound, NotYours, Refused, Stale
from app.ledger import Outcome
from app.models import Case, Event, IdempotencyKey, Notice, NumberSeries, Paper
from app.rules import composition, effects
from app.rules.chain import first_break
from tests.factories import Door, a_registration, at

#: Inputs that nothing takes, so that whoever looks at inputs first would say so.
NONSENSE = {"nonsense": 1}


@pytest.fixture
def case_id(door: Door) -> int:
    """A case that the tax bureau has just registered."""
    return door.register("tax").case_id


# --- the order of refusals


def test_out_of_sight_comes_before_everything_else(door, case_id):
    for key in ("accept", "no_such"):
        with pytest.raises(NotFound) as refusal:
            door.perform(case_id, "hrss", key, NONSENSE, version=99)
        assert "no such case" in refusal.value.reason.say()


def test_an_unknown_case_and_one_out_of_sight_are_told_alike(door, case_id):
    said = []
    for number in (case_id, case_id + 1000):
        with pytest.raises(NotFound) as refusal:
            door.perform(number, "hrss", "accept", {}, version=1)
        said.append(refusal.value.reason.say())
    assert said[0] == said[1]


def test_an_unknown_act_comes_before_whose_it_is(door, case_id):
    with pytest.raises(NotFound) as refusal:
        door.perform(case_id, "auditor", "no_such", NONSENSE, version=99)
    assert "no such action" in refusal.value.reason.say()


def test_whose_it_is_comes_before_the_version(door, case_id):
    with pytest.raises(NotYours) as refusal:
        door.perform(case_id, "office", "accept", NONSENSE, version=99)
    assert refusal.value.reason.say() == "“受理” is not for 办公室 to do in this case"


def test_the_version_comes_before_stage_and_inputs(door, case_id):
    door.do(case_id, "tax", "accept")
    with pytest.raises(Stale) as refusal:
        door.perform(case_id, "tax", "accept", NONSENSE, version=1)
    assert refusal.value.version == 2


def test_the_stage_comes_before_the_inputs(door, case_id):
    door.do(case_id, "tax", "accept")
    with pytest.raises(Refused) as refusal:
        door.perform(case_id, "tax", "accept", NONSENSE)
    assert list(refusal.value.errors) == ["_"]
    assert "办理中" in refusal.value.reason.say()


def test_inputs_and_conditions_are_told_all_at_once(door):
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "start_joint", units=["tax"])
    with pytest.raises(Refused) as refusal:
        door.perform(case_id, "hrss", "issue_reply", {**NONSENSE, "signed_by": "nobody"})
    assert set(refusal.value.errors) == {"_", "nonsense", "summary", "signed_by"}
    owed = " ".join(reason.say() for reason in refusal.value.errors["_"])
    assert "人社局" in owed
    assert "税务局" in owed
    assert "25 November 2024" in owed


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound, 404), (NotYours, 403), (Stale, 409), (Conflict, 409), (Refused, 422)],
)
def test_each_refusal_has_its_status(error, status):
    assert error.status == status


def test_no_refusal_changes_anything(door, case_id):
    before = door.state()
    asked: list[tuple[str, str, int | None]] = [
        ("hrss", "accept", None),
        ("tax", "no_such", None),
        ("office", "accept", None),
        ("tax", "accept", 0),
        ("tax", "serve", None),
        ("tax", "transfer", None),
    ]
    for who, key, version in asked:
        with pytest.raises(AppError):
            door.perform(case_id, who, key, {}, version=version)
    assert door.state() == before


# --- what an act leaves


@pytest.mark.clause("Z4.2a")
def test_an_act_leaves_one_event_with_who_for_whom_when_and_what(door, case_id):
    door.now = at("2024-11-05 10:30")
    done = door.do(case_id, "tax", "accept", role="clerk", checked_by="某复核")
    event = door.all(Event, case_id=case_id)[-1]
    assert done.event_id == event.id
    assert (event.key, event.body, event.actor) == ("accept", "tax", "某tax-clerk")
    assert event.at == at("2024-11-05 10:30")
    assert (event.stage_before, event.stage_after) == ("registered", "handling")
    assert event.inputs == {"checked_by": "某复核"}
    assert event.changes["fields"] == {"acceptor": [None, "tax"], "tier": [None, "own"]}
    assert event.algorithm == "sha256"


def test_each_act_raises_the_version_by_one_and_nothing_else_does(door, case_id):
    versions = [door.case(case_id).version]
    for key in ("accept", "pause", "resume", "resolve", "serve", "archive"):
        door.offers(case_id, "tax")
        door.offers(case_id, "office")
        door.preview(case_id, "tax", key, {})
        door.session.rollback()
        done = door.do(case_id, "tax", key)
        versions.append(door.case(case_id).version)
        assert done.version == versions[-1]
    assert versions == [1, 2, 3, 4, 5, 6, 7]


def test_a_file_that_is_brought_is_no_act(door, case_id):
    actor = door.look("tax")
    facts = {"name": "证据.pdf", "kind": "evidence", "media_type": "application/pdf"}
    added = workflow.attach(
        door.session, actor, case_id, **facts, size=10, sha256="0" * 64, now=door.now
    )
    assert (added.seq, added.body) == (2, "tax")
    assert door.case(case_id).version == 1
    with pytest.raises(NotFound):
        workflow.attach(
            door.session,
            door.look("hrss"),
            case_id,
            **facts,
            size=10,
            sha256="0" * 64,
            now=door.now,
        )


def test_who_only_looks_brings_no_file(door, case_id):
    case, actor = door.case(case_id), door.look("leader")
    with pytest.raises(NotYours):
        workflow.check_attach(door.session, actor, case, door.now)


def test_whom_an_act_tells_has_a_notice_and_the_actor_has_none(door):
    case_id = door.register("petition", category=8, insurance=["medical"]).case_id
    door.do(case_id, "petition", "transfer", unit="medical")
    told = [(n.body, n.action) for n in door.all(Notice, case_id=case_id)]
    assert sorted(told) == [
        ("medical", "transfer"),
        ("office", "register"),
        ("office", "transfer"),
    ]


def test_stored_events_and_papers_fit_when_they_are_read_again(door):
    """Times, amounts and texts come back from the database as they were hashed."""
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "amend", field="amount", value="2148.50")
    door.do(case_id, "hrss", "start_joint", units=["tax"])
    for who in ("tax", "hrss"):
        door.do(case_id, who, "submit_decision", decision="同意。\n“退费”１００％ 𠮷")
    door.do(case_id, "hrss", "issue_reply")
    door.session.rollback()
    number = door.case(case_id).number
    events, papers = door.all(Event, case_id=case_id), door.all(Paper, case_id=case_id)
    assert first_break(number, events, papers) is None
    assert door.case(case_id).head_hash == events[-1].hash


# --- all or nothing


@pytest.mark.parametrize(
    ("room", "step"),
    [
        (composition, "compose"),
        (composition, "number_text"),
        (effects, "apply"),
        (ledger, "append_event"),
        (ledger, "_notice"),
        (ledger, "_keep"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_v21_an_act_that_fails_half_way_leaves_nothing(door, case_id, monkeypatch, room, step):
    before = door.state()

    def fail(*_args: Any, **_more: Any) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(room, step, fail)
        with pytest.raises(RuntimeError, match="the power went"):
            door.perform(case_id, "tax", "accept", {}, idempotency_key="k")
    assert door.state() == before
    assert door.all(IdempotencyKey) == []
    done = door.perform(case_id, "tax", "accept", {}, idempotency_key="k")
    assert done.papers[0].number == "泽税争受〔2024〕1号", "no number was taken"


def test_v21_a_registration_that_fails_half_way_takes_no_case_number(door, monkeypatch):
    before = door.state()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_notice", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            door.register("tax")
    assert door.state() == before
    assert door.register("tax").number == "140525-2024-000001"


def test_v13_a_number_is_not_given_again_after_its_paper_is_void(door):
    case_id = door.register("tax").case_id
    door.do(case_id, "tax", "return_to_office")
    door.do(case_id, "tax", "correct")
    door.do(case_id, "tax", "return_to_office")
    found = [(p.number, p.state) for p in door.all(Paper, kind="return_note")]
    assert found == [("泽税争退〔2024〕1号", "void"), ("泽税争退〔2024〕2号", "issued")]


def test_numbers_begin_anew_with_the_year(door):
    first = door.register("tax").case_id
    door.do(first, "tax", "accept")
    door.now = at("2025-01-02")
    second = door.register("tax")
    assert second.number == "140525-2025-000001"
    done = door.do(second.case_id, "tax", "accept")
    assert done.papers[0].number == "泽税争受〔2025〕1号"


def test_the_year_of_a_number_is_the_countys_not_that_of_utc(door):
    """00:30 on New Year's Day in the county is still the old year in UTC."""
    door.now = at("2025-01-01 00:30")
    done = door.register("tax", visited_at="2024-12-31T16:00")
    assert done.number == "140525-2025-000001"


# --- retries


def test_a_retry_gets_the_first_answer_even_after_others_have_acted(door, case_id):
    first = door.perform(case_id, "tax", "accept", {}, version=1, idempotency_key="k")
    door.do(case_id, "tax", "resolve")
    again = door.perform(case_id, "tax", "accept", {}, version=1, idempotency_key="k")
    assert again.repeated
    assert replace(again, repeated=False) == first
    assert door.case(case_id).version == 3


@pytest.mark.parametrize(
    "change",
    [
        {"key": "decline"},
        {"inputs": {"checked_by": "别人"}},
        {"version": 2},
    ],
    ids=["another act", "other inputs", "another version"],
)
def test_the_same_key_with_another_request_is_a_conflict(door, case_id, change):
    request: dict[str, Any] = {"key": "accept", "inputs": {}, "version": 1}
    door.perform(case_id, "tax", idempotency_key="k", **request)
    before = door.state()
    with pytest.raises(Conflict):
        door.perform(case_id, "tax", idempotency_key="k", **{**request, **change})
    assert door.state() == before


def test_the_same_key_on_another_case_is_a_conflict(door, case_id):
    other = door.register("tax").case_id
    door.perform(case_id, "tax", "accept", {}, version=1, idempotency_key="k")
    with pytest.raises(Conflict):
        door.perform(other, "tax", "accept", {}, version=1, idempotency_key="k")


def test_a_key_belongs_to_its_account(door, case_id):
    other = door.register("hrss").case_id
    door.perform(case_id, "tax", "accept", {}, version=1, idempotency_key="k")
    done = door.perform(other, "hrss", "accept", {"reason": "好"}, version=1, idempotency_key="k")
    assert not done.repeated


def test_the_same_account_for_another_post_is_another_request(door, case_id):
    """Rights of two posts never add up: what one was answered is not the other's to have."""
    for_tax = door.look("tax")
    asked = {"version": 1, "now": door.now, "idempotency_key": "k"}
    workflow.perform(door.session, for_tax, case_id, "accept", {}, **asked)
    for_medical = replace(for_tax, acting_for="medical")
    with pytest.raises(Conflict):
        workflow.perform(door.session, for_medical, case_id, "accept", {}, **asked)


def test_what_was_refused_leaves_the_key_unused(door, case_id):
    with pytest.raises(Refused):
        door.perform(case_id, "tax", "transfer", {}, idempotency_key="k")
    done = door.perform(case_id, "tax", "accept", {}, idempotency_key="k")
    assert not done.repeated


def test_a_retry_beside_the_first_gets_its_answer_where_the_act_is_no_longer_its_own(
    door, case_id, monkeypatch
):
    """The retry looked for an answer before there was one; then the act was the first one's."""
    door.do(case_id, "tax", "accept")
    inputs = {"decision": "同意"}
    first = door.perform(case_id, "tax", "resolve", inputs, version=2, idempotency_key="k")
    looked: list[Any] = []
    answered = ledger._answered

    def too_early(*args: Any) -> Outcome | None:
        looked.append(args)
        return None if len(looked) == 1 else answered(*args)

    monkeypatch.setattr(ledger, "_answered", too_early)
    again = door.perform(case_id, "tax", "resolve", inputs, version=2, idempotency_key="k")
    assert again == replace(first, repeated=True)


# --- at once


def at_once(door: Door, times: int, act: Callable[[Door, int], Any]) -> list[Any]:
    """Do something several times at once, each on its own session; return results or refusals."""
    door.session.rollback()
    factory, gate = door.session.session_factory, threading.Barrier(times)

    def one(number: int) -> Any:
        session = factory()
        try:
            gate.wait(10)
            return act(Door(session, door.now), number)
        except AppError as refusal:
            return refusal
        finally:
            session.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_parallel_retries_do_one_act_and_get_one_answer(door, case_id):
    def accept(own: Door, _: int) -> Outcome:
        return own.perform(case_id, "tax", "accept", {}, version=1, idempotency_key="k")

    found = at_once(door, 6, accept)
    assert {one.event_id for one in found} == {found[0].event_id}
    assert sorted(one.repeated for one in found) == [False] + [True] * 5
    assert door.case(case_id).version == 2
    assert len(door.all(Paper, kind="acceptance_notice")) == 1


def test_parallel_retries_of_a_registration_make_one_case(door):
    found = at_once(door, 6, lambda own, _: own.register("tax", key="k"))
    assert {one.case_id for one in found} == {found[0].case_id}
    assert len(door.all(Case)) == 1
    series = door.all(NumberSeries, issuer="case")
    assert [one.last for one in series] == [1]


def test_of_several_that_act_on_one_version_one_succeeds(door, case_id):
    found = at_once(door, 6, lambda own, _: own.perform(case_id, "tax", "accept", {}, version=1))
    won = [one for one in found if isinstance(one, Outcome)]
    lost = [one for one in found if isinstance(one, Stale)]
    assert (len(won), len(lost)) == (1, 5)
    assert {one.version for one in lost} == {2}
    assert [p.serial for p in door.all(Paper, kind="acceptance_notice")] == [1]


def test_the_joint_bodies_decide_at_once_without_losing_a_decision(door):
    """Each retries on the present version, as a person would."""
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.do(case_id, "hrss", "start_joint", units=["tax", "medical"])
    bodies = ["hrss", "tax", "medical"]

    def decide(own: Door, number: int) -> Outcome:
        while True:
            try:
                return own.do(case_id, bodies[number], "submit_decision")
            except Stale:
                continue

    found = at_once(door, 3, decide)
    assert sorted(one.version for one in found) == [4, 5, 6]
    assert "issue_reply" in door.keys(case_id, "hrss")


# --- registering


def test_a_body_that_does_not_register_is_refused(door):
    with pytest.raises(NotYours) as refusal:
        door.register("office")
    assert "办公室" in refusal.value.reason.say()


def test_a_registration_with_bad_facts_names_every_field(door):
    with pytest.raises(Refused) as refusal:
        door.register("tax", category=11, amount="-1", period_from="2024-13")
    assert {"category", "amount", "period_from"} <= set(refusal.value.errors)
    assert door.all(NumberSeries) == []


@pytest.mark.parametrize("day", ["2024-10-31", "2029-11-01"])
def test_outside_the_mechanisms_years_nothing_is_registered(door, day):
    door.now = at(day)
    with pytest.raises(Refused) as refusal:
        door.register("tax", visited_at=f"{day}T08:00")
    assert "2024-11-01" in refusal.value.reason.say()


def test_on_the_last_day_of_its_years_it_is(door):
    door.now = at("2029-10-31")
    assert door.register("tax", visited_at="2029-10-31T08:00").number == "140525-2029-000001"


def test_numbers_of_persons_are_masked_in_the_log_and_sealed_in_the_case(door, case_id):
    event = door.all(Event, case_id=case_id)[0]
    logged = event.inputs["applicant"]
    assert logged["id_number"] == "140525********0016"
    assert logged["phone"] == "138****0001"
    assert door.case(case_id).applicant.phone == "13800000001"


def test_what_was_brought_before_counts_from_the_visit_not_the_registration(door):
    door.now = at("2024-11-06")
    case_id = door.register("tax", visited_at="2024-11-04T08:30").case_id
    case = door.case(case_id)
    assert case.visited_at == at("2024-11-04 08:30")
    assert case.registered_at == at("2024-11-06")
    assert case.due_on == date(2024, 11, 13)


def test_routing_without_registering_writes_nothing(door):
    before = door.state()
    route = workflow.route(door.session, door.look("tax"), {"category": 8}, door.now)
    assert route["units"] == ["hrss", "medical"]
    assert door.state() == before


def test_a_request_for_another_place_is_refused(door):
    with pytest.raises(Refused) as refusal:
        door.register("tax", jurisdiction="elsewhere")
    assert list(refusal.value.errors) == ["jurisdiction"]


def test_a_registration_that_is_no_object_is_unreadable(door):
    body: Any = [a_registration()]
    with pytest.raises(AppError) as refusal:
        workflow.register(door.session, door.look("tax"), body, now=door.now)
    assert refusal.value.status == 400
