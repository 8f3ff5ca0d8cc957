"""The Zezhou profile as the notice and the contract know it, read into frozen objects."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from app.mechanism.folder import read_profile
from app.mechanism.loader import check, load, loads
from app.mechanism.schema import Mechanism, Period, Term, Turn

PROFILE = Path("mechanisms/zezhou/mechanism.yaml")
STAGES = [
    "registered",
    "handling",
    "joint",
    "awaiting_approval",
    "special",
    "decided",
    "served",
    "archived",
    "declined",
    "withdrawn",
]
ACTIONS = [
    "accept",
    "decline",
    "transfer",
    "return_to_office",
    "assign_unit",
    "resolve",
    "start_joint",
    "contest_lead",
    "determine_lead",
    "submit_decision",
    "request_advice",
    "submit_advice",
    "record_guidance",
    "issue_reply",
    "escalate",
    "send_back",
    "approve",
    "refuse",
    "record_minutes",
    "serve",
    "record_attempt",
    "file_with_office",
    "record_objection",
    "record_remedy_result",
    "reopen",
    "request_material",
    "extend",
    "pause",
    "resume",
    "urge",
    "assign_person",
    "amend",
    "correct",
    "withdraw",
    "archive",
]


@pytest.fixture(scope="module")
def zezhou() -> Mechanism:
    return load(PROFILE)


def test_nothing_is_wrong_with_it():
    assert check(PROFILE) == []


def test_it_is_known_by_key_place_and_validity(zezhou):
    assert (zezhou.key, zezhou.place, zezhou.place_code) == ("zezhou", "泽州县", "140525")
    assert (zezhou.valid_from, zezhou.valid_until) == (date(2024, 11, 1), date(2029, 10, 31))
    assert zezhou.source.number == "泽政办发〔2024〕11号"
    assert zezhou.source.issued_on == date(2024, 9, 30)


def test_its_stages_are_those_of_the_contract(zezhou):
    assert list(zezhou.stages) == STAGES
    finished = [key for key, stage in zezhou.stages.items() if stage.state == "finished"]
    assert finished == ["archived", "declined", "withdrawn"]


def test_its_acts_are_those_of_the_contract(zezhou):
    assert set(ACTIONS) <= set(zezhou.actions)
    assert all(key == action.key for key, action in zezhou.actions.items())


def test_it_has_the_ten_categories_of_the_notice(zezhou):
    assert list(zezhou.categories) == list(range(1, 11))
    assert zezhou.categories[7].aspects["first_review"] == "初核"


def test_its_routing_rows_are_numbered_without_a_gap(zezhou):
    rows = [row.key for row in zezhou.routing.rows]
    assert sorted(rows) == [f"R{number:02}" for number in range(1, len(rows) + 1)]
    assert len(rows) == 26


def test_the_row_over_both_sides_of_the_reform_comes_before_those_of_one_side(zezhou):
    rows = [row.key for row in zezhou.routing.rows]
    assert rows.index("R13") < rows.index("R11") < rows.index("R12")


def test_a_row_keeps_all_its_clauses_in_order(zezhou):
    rows = {row.key: row for row in zezhou.routing.rows}
    assert rows["R03"].clauses == ("Z3.1-5", "Z3.1-6")
    assert rows["R04"].clauses == ("Z3.1-2",)
    assert rows["R03"].decides == ("agency",)
    assert rows["R03"].categories == frozenset({2})


def test_eight_units_register_and_three_decide(zezhou):
    units = ["gov", "tax", "justice", "finance", "hrss", "medical", "petition", "court"]
    assert list(zezhou.registering) == units
    deciding = {key for key, body in zezhou.bodies.items() if body.deciding}
    assert deciding == {"tax", "hrss", "medical"}


def test_the_form_of_arguments_is_the_one_that_the_engine_relies_on(zezhou):
    transfer = zezhou.actions["transfer"]
    assert transfer.by == (Term("holder"),)
    assert transfer.origin == frozenset({"registered"})
    assert transfer.does == (
        Term("close", {"task": "acceptance"}),
        Term("set", {"holder": Term("input", "unit")}),
        Term("open", {"task": "acceptance", "to": (Term("input", "unit"),)}),
    )
    assert transfer.tells == (Term("input", "unit"), Term("office"))
    assert transfer.then == ()
    unit = transfer.asks[0]
    assert (unit.key, unit.type, unit.required) == ("unit", "unit", True)
    assert unit.among == (Term("bodies", "deciding"),)


def test_what_differs_for_a_body_stands_under_its_key(zezhou):
    per = zezhou.actions["transfer"].per
    assert per["gov"] == {"label": "转交", "clause": "Z3.1-1"}


def test_a_condition_stands_with_its_effect(zezhou):
    effects = {term.arg["task"]: term for term in zezhou.register.does if term.word == "open"}
    assert effects["assignment"].when == Term("routed", False)
    assert effects["acceptance"].when is None


def test_the_registration_starts_from_no_stage(zezhou):
    assert zezhou.register.origin == frozenset()
    assert zezhou.register.then == (Turn("registered"),)


def test_a_due_date_names_its_length_and_basis(zezhou):
    assert zezhou.tasks["own_case"].due == Period(15, "workday", "proposal", "Z4.2a")


def test_people_and_tasks_to_choose_from_are_terms(zezhou):
    accept, result = zezhou.actions["accept"], zezhou.actions["record_remedy_result"]
    assert accept.asks[-1].among == (Term("signatories"),)
    assert result.asks[0].among == (Term("task", "remedy"),)


def test_the_digest_is_that_of_the_bytes_of_the_one_text(zezhou):
    content = read_profile(PROFILE).text.encode()
    assert zezhou.digest == hashlib.sha256(content).hexdigest()
    assert loads(content.decode(), "again").digest == zezhou.digest
    assert loads(content.decode() + "# more\n", "again").digest != zezhou.digest


def test_a_file_with_the_line_ends_of_windows_says_the_same():
    text = read_profile(PROFILE).text
    assert loads(text.replace("\n", "\r\n"), "windows").stages.keys() == set(STAGES)


def _walk(value: object):
    yield value
    if dataclasses.is_dataclass(value):
        inner = [getattr(value, one.name) for one in dataclasses.fields(value)]
    elif isinstance(value, Mapping):
        inner = list(value.values())
    else:
        inner = list(value) if isinstance(value, tuple | frozenset) else []
    for one in inner:
        yield from _walk(one)


def test_no_part_of_it_can_be_changed(zezhou):
    parts = list(_walk(zezhou))
    assert len(parts) > 3000
    assert not [one for one in parts if isinstance(one, dict | list | set | bytearray)]


@pytest.mark.parametrize("attribute", ["key", "stages", "actions"])
def test_its_attributes_cannot_be_set(zezhou, attribute):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(zezhou, attribute, None)


def test_its_mappings_cannot_be_written_to(zezhou):
    with pytest.raises(TypeError):
        zezhou.stages["another"] = zezhou.stages["registered"]
    with pytest.raises(TypeError):
        zezhou.categories[3].aspects["another"] = "另一个"


def test_every_text_that_a_reader_sees_has_its_clause(zezhou):
    for action in zezhou.actions.values():
        assert zezhou.clause_shown(action.clause)
    for paper in zezhou.papers.values():
        assert zezhou.clause_shown(paper.clause)
