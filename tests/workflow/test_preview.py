"""What will happen if you press: a dry run that writes nothing and says what the act then does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.errors import NotFound, NotYours
from app.models import Case, NumberSeries
from app.rules.preview import PaperView, Preview, TaskView
from app.rules.shapes import NEVER
from tests.factories import Door, Engine, World, filled, open_tasks

#: A way over most acts: who does what, with which inputs.
WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("petition", "transfer", {"unit": "medical", "reason": "属于医保"}),
    ("medical", "return_to_office", {"reason": "两家都有"}),
    ("office", "assign_unit", {"unit": "medical", "reason": "先受理"}),
    ("medical", "accept", {}),
    ("medical", "request_material", {"items": "缴费凭证"}),
    ("medical", "resume", {}),
    ("medical", "request_advice", {"unit": "justice", "question": "适用哪一条"}),
    ("medical", "start_joint", {"units": ["tax", "hrss"]}),
    ("justice", "submit_advice", {"advice": "适用第六十三条"}),
    ("tax", "contest_lead", {"reason": "应由税务牵头"}),
    ("office", "determine_lead", {"unit": "tax", "reason": "先行受理"}),
    ("hrss", "submit_decision", {"decision": "同意"}),
    ("hrss", "correct", {"event": "13", "reason": "写错"}),
    ("medical", "escalate", {"reason": "人数多"}),
    ("leader", "approve", {"opinion": "同意"}),
    ("office", "record_minutes", {"units": ["tax"], "conclusions": "好", "due_on": "2024-11-20"}),
    ("tax", "submit_decision", {"decision": "退费"}),
    ("office", "issue_reply", {"summary": "已办结"}),
    ("office", "record_attempt", {"method": "post", "tried_on": "2024-11-04", "outcome": "拒收"}),
    ("office", "serve", {"method": "direct", "served_on": "2024-11-04"}),
    ("medical", "archive", {}),
    ("office", "archive", {}),
]


def test_a_preview_writes_nothing_and_takes_no_number(door: Door):
    case_id = door.register("tax").case_id
    before = door.state()
    for inputs in ({}, {"checked_by": "某人"}, {"nonsense": 1}):
        door.preview(case_id, "tax", "accept", inputs)
        door.session.commit()
    assert door.state() == before
    assert [row.kind for row in door.all(NumberSeries)] == ["case"]


def test_a_preview_leaves_the_case_in_hand_as_it_was(door: Door):
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    door.preview(case_id, "hrss", "start_joint", {"units": ["tax"]})
    assert not door.session.new
    assert not door.session.dirty
    case = door.session.get(Case, case_id)
    assert (case.stage, case.lead, case.version) == ("handling", None, 2)


@pytest.mark.clause("Z4.2.1-2")
def test_it_tells_papers_people_tasks_and_stage(door: Door):
    case_id = door.register("hrss", category=7, insurance=["pension", "medical"]).case_id
    door.do(case_id, "hrss", "accept")
    seen = door.preview(case_id, "hrss", "start_joint", {"units": ["tax", "medical"]})
    assert not seen.errors
    assert [(p.title, p.to) for p in seen.papers] == [
        ("联办启动通知", "国家税务总局泽州县税务局、泽州县医疗保障局")
    ]
    assert list(seen.told) == ["税务局", "医保局", "办公室"]
    assert {(t.label, t.owner, t.due_on) for t in seen.opens} == {
        ("牵头联办，统一答复", "人社局", date(2024, 12, 16)),
        ("出具书面处理决定", "人社局", date(2024, 11, 25)),
        ("出具书面处理决定", "税务局", date(2024, 11, 25)),
        ("出具书面处理决定", "医保局", date(2024, 11, 25)),
    }
    assert {(t.clause, t.basis) for t in seen.opens} == {("四（二）1（3）", "proposal")}
    assert [(t.label, t.owner) for t in seen.ends] == [("办理并反馈申请人", "人社局")]
    assert (seen.stage_before, seen.stage_after) == ("办理中", "联办中")


def test_what_is_missing_stands_beside_its_input_and_the_papers_are_told_all_the_same(door: Door):
    case_id = door.register("petition", category=8, insurance=["medical"]).case_id
    seen = door.preview(case_id, "petition", "transfer", {"unit": "nowhere"})
    assert set(seen.errors) == {"unit", "reason"}
    assert [(p.title, p.to) for p in seen.papers] == [("移送函", ""), ("移送告知书", "")]
    assert (seen.stage_before, seen.stage_after) == ("已登记", "已登记")
    assert not seen.opens


def test_a_fact_that_is_misread_is_told_beside_its_value(door: Door):
    case_id = door.register("tax").case_id
    wrong = {"field": "amount", "value": "很多", "reason": "好"}
    assert set(door.preview(case_id, "tax", "amend", wrong).errors) == {"value"}


def test_who_may_not_act_may_not_look_ahead_either(door: Door):
    case_id = door.register("tax").case_id
    with pytest.raises(NotYours):
        door.preview(case_id, "office", "accept", {})
    with pytest.raises(NotFound):
        door.preview(case_id, "tax", "no_such", {})
    with pytest.raises(NotFound):
        door.preview(case_id, "hrss", "accept", {})


def test_every_act_does_what_its_preview_told():
    """Over most acts of the profile, one after the other, on one case."""
    engine = Engine(World())
    case = engine.register("petition", category=9, insurance=["medical", "pension"])
    for who, key, given in WAY:
        offer = engine.offers(case, who).find(key)
        assert offer is not None, f"{who} is not offered {key} at {case.stage}"
        inputs = filled(offer.asks, engine.now.date(), given)
        before, known = open_tasks(case), len(case.papers)
        seen = engine.foresee(case, who, key, **inputs)
        assert (open_tasks(case), len(case.papers)) == (before, known), f"{key} was no dry run"
        act = engine.attempt(case, who, key, **inputs)
        assert seen == told_afterwards(engine, case, act, seen.stage_before), key


def told_afterwards(engine: Engine, case: Case, act: Any, stage_before: str) -> Preview:
    """Return what the case says about its last act, in the form of a preview."""
    directory, m = engine.world.directory, engine.world.mechanism
    stages, kinds = m.stages, m.tasks
    fresh = [t for t in case.tasks if t.seq == case.version and t.state == "open"]
    ended = [t for t in case.tasks if t.closed_seq == case.version]
    return Preview(
        errors={},
        papers=[_paper(p) for p in case.papers if p.seq == case.version],
        told=[directory.body_short(key) for key in act.told],
        opens=[_task(directory, m, kinds[t.kind], t) for t in fresh],
        ends=[_task(directory, m, kinds[t.kind], t) for t in ended],
        stage_before=stage_before,
        stage_after=stages[case.events[-1].stage_after].label,
    )


def _paper(paper: Any) -> PaperView:
    return PaperView(paper.title, paper.addressee)


def _task(directory: Any, mechanism: Any, kind: Any, task: Any) -> TaskView:
    due = kind.due
    return TaskView(
        label=kind.label,
        owner=directory.body_short(task.body),
        due_on=None if task.due_on == NEVER else task.due_on,
        clause=mechanism.clause_shown(due.clause if due else kind.clause),
        basis=due.basis if due else "proposal",
    )
