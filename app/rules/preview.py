"""What an act would bring about: the same engine, run on a copy of the case.

Nothing that is stored is touched: the copy and its parts are transient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app.errors import FieldReasons, Refused
from app.rules import engine
from app.rules.cautions import KEPT
from app.rules.shapes import NEVER, Act


@dataclass(frozen=True)
class PaperView:
    """A paper that would be issued; its number is given when it is."""

    title: str
    to: str


@dataclass(frozen=True)
class TaskView:
    """A task that would open or end. `due_on` is None where there is no due day."""

    label: str
    owner: str
    due_on: date | None
    clause: str
    basis: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Preview:
    """What would happen. Where `errors` are, the rest tells what is known without the inputs."""

    errors: FieldReasons
    papers: Sequence[PaperView]
    told: Sequence[str]
    opens: Sequence[TaskView]
    ends: Sequence[TaskView]
    stage_before: str
    stage_after: str
    #: What the act warns of, in the county's own words.
    cautions: Sequence[str] = ()


def foresee(view: Act, key: str, inputs: Mapping[str, Any]) -> Preview:
    """Return the preview of an act; raises NotFound and NotYours as the act itself would."""
    action = view.mechanism.actions.get(key)
    try:
        act = engine.decide(view, key, inputs, view.case.version)
        act = replace(act, case=view.case.copy(), changes={}, papers=[], told=[])
        engine.carry_out(act)
    except Refused as refusal:
        if action is None:
            raise
        return _blank(replace(view, action=action), refusal.errors)
    return _seen(view, act)


def _blank(act: Act, errors: FieldReasons) -> Preview:
    """Return what can be said before the form is filled in: the papers, and where it leads."""
    papers = [PaperView(act.mechanism.papers[m.paper].title, "") for m in act.action.makes]
    stage = act.mechanism.stages[act.case.stage].label
    return Preview(errors, papers, [], [], [], stage, stage)


def _seen(before: Act, act: Act) -> Preview:
    stages = act.mechanism.stages
    fresh = [t for t in act.case.tasks if t.seq == act.seq and t.state == "open"]
    ended = [t for t in act.case.tasks if t.closed_seq == act.seq]
    return Preview(
        errors={},
        papers=[PaperView(p.title, p.addressee) for p in act.papers],
        told=[act.world.body_short(key) for key in act.told],
        opens=[_task(act, t) for t in fresh],
        ends=[_task(act, t) for t in ended],
        stage_before=stages[before.case.stage].label,
        stage_after=stages[act.case.stage].label,
        cautions=act.changes.get(KEPT, ()),
    )


def _task(act: Act, task: Any) -> TaskView:
    kind = act.mechanism.tasks[task.kind]
    due = None if task.due_on == NEVER else task.due_on
    clause = kind.due.clause if kind.due else kind.clause
    basis = kind.due.basis if kind.due else "proposal"
    owner = act.world.body_short(task.body)
    shown = act.mechanism.clause_shown(clause)
    return TaskView(kind.label, owner, due, shown, basis, task.due_at)
