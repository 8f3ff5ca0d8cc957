"""What must hold of every case after every act, whatever was done: one function per promise.

Each takes the engine and a case and raises AssertionError with what it found. They look at a
case from outside and compute anew what the rules keep.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from app.models import Case, Paper
from app.rules import access, engine
from app.rules.chain import first_break
from app.rules.engine import Offers
from app.rules.shapes import EVERYTHING, NEVER, Actor
from tests.factories import Engine

#: What an archived case may still offer (CONTRACT.md, `archive`).
AFTER_ARCHIVE = {"record_objection", "record_remedy_result", "reopen", "archive"}
#: What may be offered to a body that handed the case on: its own volume.
AFTER_HANDING_ON = {"archive"}
#: Tasks that a body may owe several of at once: each speaks of another paper.
SEVERAL = {"remedy"}


def the_chain_holds(_: Engine, case: Case) -> None:
    """Every event is chained to the one before, and every paper stands in the chain."""
    assert first_break(case.number, case.events, case.papers) is None
    assert [event.seq for event in case.events] == list(range(1, case.version + 1))
    assert case.head_hash == case.events[-1].hash


def the_stage_is_one_of_the_profile(eng: Engine, case: Case) -> None:
    """A case stands at exactly one stage, the last event's."""
    assert case.stage in eng.world.mechanism.stages
    assert case.stage == case.events[-1].stage_after
    assert case.tier is None or case.tier in eng.world.mechanism.tiers


def every_open_task_has_an_owner(eng: Engine, case: Case) -> None:
    """What is owed is owed by somebody known, once, until a day that can be."""
    m = eng.world.mechanism
    known = {*m.bodies, *m.posts, "applicant", "outside"}
    found = [t for t in case.tasks if t.state == "open"]
    for one in found:
        assert one.body in known, f"{one.kind} is owed by {one.body!r}"
        assert one.kind in m.tasks
        assert one.due_on >= one.from_on, f"{one.kind} is due before it begins"
    twice = Counter((t.kind, t.body) for t in found if t.kind not in SEVERAL)
    assert max(twice.values(), default=1) == 1, f"owed twice: {twice.most_common(1)}"


def tasks_end_once(_: Engine, case: Case) -> None:
    """A task is open without an end, or ended with the act and the moment of its end."""
    for one in case.tasks:
        ended = (one.closed_seq, one.closed_at)
        assert one.state in ("open", "done", "void")
        assert (None in ended) == (one.state == "open"), f"{one.kind}: {one.state}, {ended}"
        assert one.closed_seq is None or one.seq <= one.closed_seq <= case.version


def advisers_never_owe_a_decision(eng: Engine, case: Case) -> None:
    """Decisions and the handling of a case belong to deciding bodies (V09)."""
    bodies = eng.world.mechanism.bodies
    for one in case.tasks:
        if one.kind in ("decision", "own_case", "joint_case"):
            assert bodies[one.body].deciding, f"{one.body} owes {one.kind}"
    for body in filter(None, (case.acceptor, case.lead)):
        assert bodies[body].deciding or body == case.registrar, f"{body} has the case"


def sight_follows_from_roles_and_tasks(eng: Engine, case: Case) -> None:
    """Who sees the whole case is who has a part in it now; computed anew, nothing changes."""
    m = eng.world.mechanism
    roles = {case.holder, case.lead, case.acceptor, *case.invited}
    deciding = {t.body for t in case.tasks if t.kind == "decision" and t.state != "void"}
    full = {body for body in roles | deciding if body in m.bodies}
    rows = {row.body: row for row in case.access}
    assert len(rows) == len(case.access), "a body has two rows of sight"
    assert {body for body, row in rows.items() if row.width == "full"} == full
    for body, row in rows.items():
        assert row.width in ("full", "bundle", "progress")
        assert (row.seen_through == EVERYTHING) == (body in full), body
    again = case.copy()
    access.refresh(eng.view(again, case.holder))
    assert _sight(again) == _sight(case), "computed anew, sight is another"


def _sight(case: Case) -> list[tuple[Any, ...]]:
    return sorted((row.body, row.width, row.seen_through) for row in case.access)


def the_lead_owes_a_decision_and_the_reply(_: Engine, case: Case) -> None:
    """In joint handling one body leads, holds the case and is itself a deciding party."""
    if case.stage != "joint":
        return
    replies = [t.body for t in case.tasks if t.kind == "joint_case" and t.state == "open"]
    assert replies == [case.lead] == [case.holder]
    parties = {
        t.body
        for t in case.tasks
        if t.kind == "decision" and t.state != "void" and t.round == case.round
    }
    assert case.lead in parties, f"{case.lead} leads, the parties are {parties}"


def pauses_are_told_alike(_: Engine, case: Case) -> None:
    """The case is paused where one pause has no end."""
    running = [pause.from_on for pause in case.pauses if pause.to_on is None]
    assert running == ([case.paused_on] if case.paused_on else [])


def the_next_due_day_is_the_holders(_: Engine, case: Case) -> None:
    """What lists show as due is the first day that the holder has to keep."""
    days = [t.due_on for t in case.tasks if t.state == "open" and t.body == case.holder]
    assert case.due_on == min((day for day in days if day != NEVER), default=None)


def no_paper_has_a_hole(_: Engine, case: Case) -> None:
    """A paper is complete: no field unfilled, no None, an addressee, a body that signs."""
    for paper in case.papers:
        shown = json.dumps([paper.content["rows"], paper.content["paragraphs"]])
        assert not {"{", "}"} & set(shown.replace("\\", "")), (paper.kind, shown)
        assert "None" not in shown, paper.kind
        assert paper.addressee, f"{paper.kind} is addressed to nobody"
        assert paper.content["signature"]["body"]
        assert paper.content["rows"] or paper.content["paragraphs"], f"{paper.kind} is empty"


def numbers_have_no_gap(eng: Engine, _: Case) -> None:
    """Each issuer's papers of a kind and year are numbered 1, 2, 3 … (V13: never reused)."""
    series: dict[tuple[str, str, int], list[int]] = {}
    everything: list[Paper] = [paper for case in eng.cases for paper in case.papers]
    for paper in everything:
        if paper.serial is not None:
            series.setdefault((paper.body, paper.kind, paper.year), []).append(paper.serial)
    for place, serials in series.items():
        assert sorted(serials) == list(range(1, len(serials) + 1)), place
    numbers = [paper.number for paper in everything if paper.number]
    assert len(numbers) == len(set(numbers)), "a number was given twice"


def offers_are_in_order(eng: Engine, case: Case) -> None:
    """Somebody can go on, and nobody is offered what is not theirs."""
    found = {a: engine.offers(eng.view_of(case, a)) for a in eng.world.actors}
    if eng.world.mechanism.stages[case.stage].state != "finished":
        acted = [event.key for event in case.events]
        assert any(one.now for one in found.values()), f"stuck at {case.stage} after {acted}"
    for actor, one in found.items():
        _in_order(eng, case, actor, one)


def _in_order(eng: Engine, case: Case, actor: Actor, found: Offers) -> None:
    """The auditor does nothing; who does not see a case, neither; an archived one is at rest."""
    m, me = eng.world.mechanism, actor.acting_for
    keys = {offer.key for offer in found.now}
    if case.stage == "archived":
        assert keys <= AFTER_ARCHIVE, f"{me} is offered {keys} when archived"
    if me in m.posts:
        assert m.posts[me].acts or not (found.now or found.blocked)
        return
    if m.bodies[me].sees_all:
        return
    width = next((row.width for row in case.access if row.body == me), None)
    if width is None:
        assert not found.now, f"{me} does not see the case and is offered {keys}"
        assert not found.blocked, f"{me} does not see the case and is told of it"
    elif width == "progress":
        assert keys <= AFTER_HANDING_ON, f"{me} handed on and is offered {keys}"


def what_is_owed_can_be_done(eng: Engine, case: Case) -> None:
    """Each open task names an act that is possible at the stage (a waiting case waits)."""
    m = eng.world.mechanism
    if m.stages[case.stage].state == "waiting":
        return
    for one in case.tasks:
        acts = m.tasks[one.kind].acts
        if one.state == "open" and acts and one.body != "outside":
            assert any(case.stage in m.actions[key].origin for key in acts), (
                f"{one.kind} is owed at {case.stage}, where it cannot be done"
            )


PROMISES: tuple[Callable[[Engine, Case], None], ...] = (
    the_chain_holds,
    the_stage_is_one_of_the_profile,
    every_open_task_has_an_owner,
    tasks_end_once,
    advisers_never_owe_a_decision,
    sight_follows_from_roles_and_tasks,
    the_lead_owes_a_decision_and_the_reply,
    pauses_are_told_alike,
    the_next_due_day_is_the_holders,
    no_paper_has_a_hole,
    numbers_have_no_gap,
    what_is_owed_can_be_done,
    offers_are_in_order,
)


def all_hold(eng: Engine, case: Case) -> None:
    """Check every promise of a case."""
    for promise in PROMISES:
        promise(eng, case)
