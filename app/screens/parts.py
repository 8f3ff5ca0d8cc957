"""The parts of a case that the acting post may see, read once for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import workflow
from app.errors import N_, NotFound, Reason
from app.models import EVERYTHING, Attachment, Case, Event, Paper, Pause, Task
from app.rules.engine import Offers
from app.screens.desk import Desk

FULL = "full"
NO_SUCH_CASE = N_("There is no such case, or the body you act for takes no part in it")


@dataclass(frozen=True)
class Parts:
    """A case and what the acting post sees of it; `is_whole` tells that nothing is left out."""

    case: Case
    offers: Offers
    tasks: Sequence[Any]
    papers: Sequence[Any]
    events: Sequence[Any]
    pauses: Sequence[Any]
    attachments: Sequence[Any]
    is_whole: bool

    @property
    def open_tasks(self) -> list[Any]:
        """Return what is still owed, the most urgent first."""
        return sorted((t for t in self.tasks if t.state == "open"), key=lambda t: (t.due_on, t.id))


def parts_of(here: Desk, case_id: int) -> Parts:
    """Return a case with its visible parts and the acts on offer; raises NotFound out of sight."""
    case = _within_sight(here, case_id)
    attachments = list(case.attachments)
    offers = workflow.available(here.session, here.actor, case, here.now)
    # The engine has loaded the whole case for itself. A body that sees all of it sees just
    # that; for every other one the parts are read again, through the rule of sight.
    if here.sees_all or _sees_whole(case, here.me):
        return Parts(
            case, offers, case.tasks, case.papers, case.events, case.pauses, attachments, True
        )
    tasks, papers, events, pauses = (
        _seen(here, model, case.id) for model in (Task, Paper, Event, Pause)
    )
    return Parts(case, offers, tasks, papers, events, pauses, attachments, is_whole=False)


def _within_sight(here: Desk, case_id: int) -> Case:
    query = select(Case).where(Case.id == case_id).options(joinedload(Case.attachments))
    case: Case | None = here.session.scalars(query).unique().one_or_none()
    if case is None:
        raise NotFound(Reason(NO_SUCH_CASE))
    return case


def _sees_whole(case: Case, me: str) -> bool:
    return any(
        row.body == me and row.width == FULL and row.seen_through >= EVERYTHING
        for row in case.access
    )


def _seen(here: Desk, model: Any, case_id: int) -> list[Any]:
    order = {Event: Event.seq, Attachment: Attachment.id}.get(model, model.id)
    return list(
        here.session.scalars(select(model).where(model.case_id == case_id).order_by(order))
    )
