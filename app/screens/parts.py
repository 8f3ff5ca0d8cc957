"""The parts of a case that the acting post may see, read once for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.orm import joinedload

from app import hindsight, workflow
from app.errors import N_, NotFound, Reason
from app.models import Case
from app.rules.engine import Offers
from app.screens.desk import Desk
from app.security import looks
from app.security.sight import sees

FULL = "full"
_CASES = Case.__table__.alias()
NO_SUCH_CASE = N_("There is no such case, or the body you act for takes no part in it")


@dataclass(frozen=True)
class Parts:
    """A case and what the acting post sees of it; `is_whole` tells that nothing is left out."""

    case: Case
    #: The case with the facts that the post may know: later ones are taken back.
    seen: Case
    offers: Offers
    tasks: Sequence[Any]
    papers: Sequence[Any]
    events: Sequence[Any]
    pauses: Sequence[Any]
    attachments: Sequence[Any]
    is_whole: bool
    #: Cases of the same matter within sight: (id, number), the earlier one first.
    linked: Sequence[tuple[int, str]] = ()

    @property
    def open_tasks(self) -> list[Any]:
        """Return what is still owed, the most urgent first."""
        return sorted((t for t in self.tasks if t.state == "open"), key=lambda t: (t.due_on, t.id))


def parts_of(here: Desk, case_id: int) -> Parts:
    """Return a case with its visible parts and the acts on offer; raises NotFound out of sight."""
    case, linked = _within_sight(here, case_id)
    looks.note(here.actor, case.id)
    files = list(case.attachments)
    offers = workflow.available(here.session, here.actor, case, here.now)
    # The engine has loaded the whole case for itself; the post sees of it what the rule allows.
    row = next((one for one in case.access if one.body == here.me), None)
    tasks, papers, events, pauses, attachments = (
        [one for one in several if here.sees_all or sees(row, one)]
        for several in (case.tasks, case.papers, case.events, case.pauses, files)
    )
    is_whole = here.sees_all or (row is not None and row.width == FULL)
    seen = case
    if not here.sees_all and row is not None:
        unseen = [one for one in case.events if one.seq > row.seen_through]
        seen = hindsight.before_events(case, here.world_of(case).mechanism, unseen)
    return Parts(case, seen, offers, tasks, papers, events, pauses, attachments, is_whole, linked)


def _within_sight(here: Desk, case_id: int) -> tuple[Case, list[tuple[int, str]]]:
    """Return a case with its files, and the cases it is linked with; one statement for all.

    The linked ones come out of a subquery: in the ON of a join of cases with cases the rule of
    sight would speak of the first of them.
    """
    earlier = select(_CASES.c.linked_id).where(_CASES.c.id == case_id).scalar_subquery()
    linked = (
        select(Case.id, Case.number)
        .where(or_(Case.linked_id == case_id, Case.id == earlier))
        .subquery()
    )
    query = (
        select(Case, linked.c.id, linked.c.number)
        .outerjoin(linked, true())
        .where(Case.id == case_id)
        .options(joinedload(Case.attachments))
    )
    rows = here.session.execute(query).unique().all()
    if not rows:
        raise NotFound(Reason(NO_SUCH_CASE))
    return rows[0][0], sorted({(row[1], row[2]) for row in rows if row[1] is not None})
