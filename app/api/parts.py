"""The parts of a case: events, tasks, due dates, documents, files; oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import select

from app import clock, workflow
from app.api import remedy_clocks, shown
from app.api.base import Api, endpoint, row_id
from app.api.due_schemas import ClockList, TaskList
from app.api.schemas import (
    AttachmentList,
    DocumentList,
    Error,
    EventList,
)
from app.database import NEVER
from app.mechanism.schema import Mechanism
from app.models import Attachment, Case, Event, Paper, Pause, Task
from app.rules.periods import stopping
from app.rules.shapes import Actor


class PartApi(Api):
    """What belongs to a case, as far as the caller sees it."""

    resource_name = "case"
    openapi_spec_tag = "Cases"

    @endpoint(
        "/<case_id>/event/",
        summary="The acts that happened",
        answers={200: EventList, 404: Error},
    )
    def events(self, _actor: Actor, case_id: str) -> Response:
        """Answer the events, oldest first."""
        case = self._case(case_id)
        return self._listed([shown.event(one) for one in self._parts(Event, case)])

    @endpoint(
        "/<case_id>/task/",
        summary="What is owed, and what was",
        answers={200: TaskList, 404: Error},
    )
    def tasks(self, _actor: Actor, case_id: str) -> Response:
        """Answer the tasks, oldest first."""
        case = self._case(case_id)
        mechanism = self._mechanism(case)
        return self._listed([shown.task(one, mechanism) for one in self._parts(Task, case)])

    @endpoint(
        "/<case_id>/clock/",
        summary="The due dates",
        answers={200: ClockList, 404: Error},
    )
    def clocks(self, _actor: Actor, case_id: str) -> Response:
        """Answer the tasks that have a due date, then the last days of the remedies."""
        case = self._case(case_id)
        world, now = workflow.directory_for(self.session, case), clock.now()
        timed = [one for one in self._parts(Task, case) if one.due_on != NEVER]
        pauses, began = self._parts(Pause, case), self._began(case, timed)
        tasks = [
            shown.clock(one, case, world.mechanism, now)
            | {
                "explained": shown.explained(
                    one,
                    world.calendar,
                    stopping(world.mechanism, one, pauses),
                    began.get(one.seq),
                )
            }
            for one in timed
        ]
        events, papers = self._parts(Event, case), self._parts(Paper, case)
        today = now.astimezone(clock.CHINA).date()
        return self._listed([*tasks, *remedy_clocks.rows(world, case, events, papers, today)])

    @endpoint(
        "/<case_id>/document/",
        summary="The official documents",
        answers={200: DocumentList, 404: Error},
    )
    def documents(self, _actor: Actor, case_id: str) -> Response:
        """Answer the documents, oldest first."""
        case = self._case(case_id)
        return self._listed([shown.document(one) for one in self._parts(Paper, case)])

    @endpoint(
        "/<case_id>/attachment/",
        summary="The files that were brought",
        answers={200: AttachmentList, 404: Error},
    )
    def attachments(self, _actor: Actor, case_id: str) -> Response:
        """Answer the files, oldest first."""
        case = self._case(case_id)
        return self._listed([shown.attachment(one) for one in self._parts(Attachment, case)])

    def _case(self, case_id: str) -> Case:
        return workflow.find(self.session, row_id(case_id))

    def _began(self, case: Case, tasks: Sequence[Any]) -> dict[int, datetime]:
        """Return the moments of the acts that opened tasks of hours, by their place."""
        acts = {one.seq for one in tasks if one.due_at is not None}
        if not acts:
            return {}
        query = select(Event.seq, Event.at).where(Event.case_id == case.id, Event.seq.in_(acts))
        return {row.seq: row.at for row in self.session.execute(query)}

    def _mechanism(self, case: Case) -> Mechanism:
        return workflow.directory_for(self.session, case).mechanism

    def _parts(self, model: Any, case: Case) -> Sequence[Any]:
        """Return the parts within sight, in the order in which they came."""
        query = select(model).where(model.case_id == case.id).order_by(model.id)
        return self.session.scalars(query).all()

    def _listed(self, rows: Sequence[dict[str, Any]]) -> Response:
        answer: Response = self.response(200, count=len(rows), result=rows)
        return answer
