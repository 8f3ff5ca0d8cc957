"""The rule of sight in memory gives what the rule on the session gives."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.models import Attachment, Case, CaseAccess, Event, Paper, Pause, Task
from app.security import sight
from app.security.sight import Scope, everything, see, sees

PARTS = (Task, Pause, Paper, Event, Attachment)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_a_body_sees_the_same_parts_in_memory_and_through_the_session(
    session: Any, part: Any
) -> None:
    with everything(session):
        rows = session.scalars(select(CaseAccess)).all()
        loaded = {
            (row.case_id, row.body): {
                one.id
                for one in session.scalars(select(part).where(part.case_id == row.case_id))
                if sees(row, one)
            }
            for row in rows
        }
    assert loaded
    for row in rows:
        see(session, Scope(row.jurisdiction_id, row.body))
        read = session.scalars(select(part).where(part.case_id == row.case_id)).all()
        assert {one.id for one in read} == loaded[row.case_id, row.body]


def test_nobody_sees_a_part_without_an_access_row(session: Any) -> None:
    with everything(session):
        case = session.scalars(select(Case).limit(1)).one()
        event = session.scalars(select(Event).where(Event.case_id == case.id).limit(1)).one()
    assert not sees(None, event)
    see(session, sight.NOTHING)
    assert session.scalars(select(Event)).all() == []


def test_files_that_are_joined_eagerly_are_read_through_the_rule_too(session: Any) -> None:
    with everything(session):
        row = session.scalars(
            select(CaseAccess).where(CaseAccess.width == "progress").order_by(CaseAccess.id)
        ).first()
        case = session.scalars(select(Case).where(Case.id == row.case_id)).one()
        for name, seq in (("early.pdf", row.seen_through), ("later.pdf", row.seen_through + 1)):
            session.add(
                Attachment(
                    jurisdiction_id=row.jurisdiction_id,
                    case_id=case.id,
                    seq=seq,
                    body="nobody",
                    name=name,
                    kind="evidence",
                    media_type="application/pdf",
                    size=1,
                    sha256="0" * 64,
                    added_by="nobody",
                    added_at=case.registered_at,
                )
            )
        session.flush()
        case_id, scope = case.id, Scope(row.jurisdiction_id, row.body)
        session.expunge_all()
    see(session, scope)
    query = select(Case).where(Case.id == case_id).options(joinedload(Case.attachments))
    read = session.scalars(query).unique().one()
    assert [one.name for one in read.attachments] == ["early.pdf"]
    session.rollback()
