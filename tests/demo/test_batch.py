"""Many acts in one transaction: the same door, the same rows, all of them or none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app import workflow
from app.errors import NotFound, NotYours, Refused, Stale
from app.models import (
    Case,
    CaseAccess,
    Event,
    Jurisdiction,
    Notice,
    NumberSeries,
    Paper,
    PaperCopy,
    Party,
    Pause,
    Task,
)
from app.rules.chain import first_break
from app.security.sight import OutOfScope, Scope, see
from tests.factories import START, Door, a_registration

TABLES: tuple[Any, ...] = (
    *(Case, Party, Task, Pause, Paper, PaperCopy, Event, CaseAccess, Notice, NumberSeries),
)
#: A way with a transfer, joint handling, papers handed over, a pause, an objection.
WAY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("petition", "transfer", {"unit": "hrss", "reason": "不归本单位。"}),
    ("hrss", "accept", {"reason": "由本单位办理。"}),
    ("hrss", "request_material", {"items": "工资流水。"}),
    ("hrss", "resume", {}),
    ("hrss", "request_advice", {"unit": "justice", "question": "适用哪一条？"}),
    ("justice", "submit_advice", {"advice": "适用第六十条。"}),
    ("hrss", "start_joint", {"units": ["tax"]}),
    ("tax", "submit_decision", {"decision": "同意。"}),
    ("hrss", "submit_decision", {"decision": "同意，按月办理。"}),
    ("hrss", "issue_reply", {"summary": "一并答复。"}),
    ("hrss", "serve", {"method": "direct", "served_on": "2024-11-04"}),
    ("hrss", "file_with_office", {}),
)


def rows(session: Any) -> dict[str, list[dict[str, Any]]]:
    """Return all that the acts left, as the application reads it back."""
    session.rollback()
    session.expire_all()
    see(session, Scope.system())
    return {
        model.__name__: [
            {one.key: getattr(row, one.key) for one in model.__mapper__.column_attrs}
            for row in session.scalars(select(model).order_by(model.id))
        ]
        for model in TABLES
    }


def place(session: Any) -> Jurisdiction:
    """Return the county."""
    see(session, Scope.system())
    found: Jurisdiction = session.scalars(select(Jurisdiction)).one()
    return found


def batch_of(door: Door) -> workflow.Batch:
    """Return a batch for the county, with an eye that sees everything."""
    return workflow.Batch(door.session, place(door.session))


def walk(door: Door, batch: workflow.Batch) -> int:
    """Take one case all the way in a batch."""
    actor = door.actor("petition")
    case_id = batch.register(actor, a_registration(), now=START).case_id
    for who, key, inputs in WAY:
        version = batch.case(case_id).version
        batch.perform(door.actor(who), case_id, key, inputs, version=version, now=START)
    return case_id


def test_a_batch_leaves_the_same_rows_as_single_acts(
    door,
    _peopled_stores,  # noqa: PT019  # the store is brought back in the middle
    database_kind,
):
    batch = batch_of(door)
    walk(door, batch)
    batch.commit()
    together = rows(door.session)

    door.session.remove()
    door.session.get_bind().dispose()
    _peopled_stores(database_kind).restore()
    see(door.session, Scope.system())
    done = workflow.register(door.session, door.actor("petition"), a_registration(), now=START)
    for who, key, inputs in WAY:
        see(door.session, Scope.system())
        version = workflow.find(door.session, done.case_id).version
        workflow.perform(
            door.session, door.actor(who), done.case_id, key, inputs, version=version, now=START
        )
    assert together == rows(door.session)
    assert [len(together[name]) for name in ("Case", "Event")] == [1, len(WAY) + 1]
    assert all(together.values()), "the way leaves something in every table"


def test_the_chains_of_a_batch_fit_and_its_numbers_have_no_gap(door):
    batch = batch_of(door)
    for _ in range(3):
        walk(door, batch)
    batch.commit()
    walk(door, batch)
    batch.commit()
    found = rows(door.session)
    assert [one["number"] for one in found["Case"]] == [
        f"140525-2024-{serial:06}" for serial in range(1, 5)
    ]
    decisions = [paper for paper in found["Paper"] if paper["kind"] == "unit_decision"]
    assert [one["serial"] for one in decisions if one["body"] == "tax"] == [1, 2, 3, 4]
    for case in door.session.scalars(select(Case)):
        events = door.all(Event, case_id=case.id)
        assert first_break(case.number, events, door.all(Paper, case_id=case.id)) is None


def test_single_acts_go_on_where_a_batch_has_ended(door):
    batch = batch_of(door)
    case_id = walk(door, batch)
    batch.commit()
    door.do(case_id, "hrss", "archive")
    assert door.register("tax").number == "140525-2024-000002"
    assert door.case(case_id).version == len(WAY) + 2


@pytest.mark.parametrize(
    ("who", "key", "version", "refusal"),
    [
        ("tax", "accept", 1, NotYours),
        ("petition", "fly", 1, NotFound),
        ("petition", "transfer", 0, Stale),
        ("petition", "transfer", 1, Refused),
    ],
)
def test_a_refusal_undoes_what_is_not_written_and_gives_its_numbers_back(
    door,
    who,
    key,
    version,
    refusal,
):
    batch = batch_of(door)
    walk(door, batch)
    batch.commit()
    before = rows(door.session)
    case_id = batch.register(door.actor("petition"), a_registration(), now=START).case_id
    with pytest.raises(refusal):
        batch.perform(door.actor(who), case_id, key, {}, version=version, now=START)
    with pytest.raises(NotFound):
        batch.case(case_id)
    assert rows(door.session) == before
    batch.commit()
    assert rows(door.session) == before
    batch.register(door.actor("petition"), a_registration(), now=START)
    batch.commit()
    assert rows(door.session)["Case"][-1]["number"] == "140525-2024-000002"


def test_a_batch_is_for_those_who_see_everything(door):
    county = place(door.session)
    see(door.session, Scope(county.id, "tax"))
    with pytest.raises(OutOfScope):
        workflow.Batch(door.session, county)
