"""The caller's queue: what it owes, most urgent first, page by page without counting."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Response, request
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager

from app import workflow
from app.api import shown
from app.api.base import GREATEST_ID, Api, endpoint
from app.api.schemas import Error, ToDoList
from app.errors import N_, Reason, Unreadable
from app.models import Case, Task
from app.rules.shapes import Actor

PAGE = 50
_AFTER = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,10})", re.ASCII)


class ToDoApi(Api):
    """What the body or post acted for owes."""

    resource_name = "todo"
    openapi_spec_tag = "To-do"

    @endpoint(
        "/",
        summary="The caller's open tasks, most urgent first",
        answers={200: ToDoList, 400: Error},
        query={"after": "The `next` of the page before"},
    )
    def list(self, actor: Actor) -> Response:
        """Answer one page of the queue and where the next begins."""
        query = (
            select(Task)
            .join(Task.case)
            .where(
                Task.jurisdiction_id == actor.jurisdiction_id,
                Task.body == actor.acting_for,
                Task.state == "open",
                *_after(request.args.get("after")),
            )
            .order_by(Task.due_on, Task.id)
            .limit(PAGE + 1)
            .options(contains_eager(Task.case))
        )
        tasks = self.session.scalars(query).all()
        page = tasks[:PAGE]
        more = f"{page[-1].due_on.isoformat()}.{page[-1].id}" if len(tasks) > PAGE else None
        answer: Response = self.response(200, result=[self._shown(one) for one in page], next=more)
        return answer

    def _shown(self, task: Task) -> dict[str, Any]:
        case: Case = task.case
        mechanism = workflow.directory_for(self.session, case).mechanism
        return {
            "task": task.id,
            "kind": task.kind,
            "label": mechanism.tasks[task.kind].label,
            "due": shown.day(task.due_on),
            "case": {
                "id": case.id,
                "number": case.number,
                "stage": case.stage,
                "holder": case.holder,
            },
        }


def _after(token: str | None) -> list[ColumnElement[bool]]:
    """Return the condition for what comes after a page's end; raises Unreadable."""
    if not token:
        return []
    end = _read_token(token)
    if end is None:
        text = N_("after takes the `next` of the page before, and nothing else.")
        raise Unreadable(Reason(text))
    due, last = end
    return [or_(Task.due_on > due, and_(Task.due_on == due, Task.id > last))]


def _read_token(token: str) -> tuple[date, int] | None:
    found = _AFTER.fullmatch(token)
    if found is None or int(found[2]) > GREATEST_ID:
        return None
    try:
        return date.fromisoformat(found[1]), int(found[2])
    except ValueError:
        return None
