"""Who looked at a case: the auditor's list, and the reason for which numbers are shown in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.errors import N_, NotYours, Reason
from app.models import Case
from app.records import CaseLook
from app.screens.desk import Desk
from app.screens.formats import datetime_full
from app.screens.parts import Parts

SHORTEST, LONGEST = 4, 200
MOST_LISTED = 50


@dataclass(frozen=True)
class Numbers:
    """How the numbers of persons stand on a case page: hidden, asked for in vain, or in full."""

    is_shown: bool = False
    reason: str = ""
    error: str = ""


HIDDEN = Numbers()


def audits(here: Desk) -> bool:
    """Return whether the acting post reads everything and does nothing: it checks the others."""
    post = here.world.mechanism.posts.get(here.me)
    return post is not None and post.sees_all and not post.acts


def listed(here: Desk, case: Case) -> list[dict[str, Any]]:
    """Return the latest looks at a case for whoever checks; nothing for others."""
    if not audits(here):
        return []
    query = (
        select(CaseLook)
        .where(CaseLook.jurisdiction_id == case.jurisdiction_id, CaseLook.case_id == case.id)
        .order_by(CaseLook.at.desc(), CaseLook.id.desc())
        .limit(MOST_LISTED)
    )
    return [
        {
            "at": datetime_full(one.at),
            "who": f"{here.world.body_short(one.acting_for)} {one.person}",
            "reason": one.reason,
        }
        for one in here.session.scalars(query)
    ]


def reveal(here: Desk, parts: Parts, typed: str) -> Numbers:
    """Record why the numbers of a case are wanted in full, and let the page show them once.

    Raises NotYours where the acting post does not see the whole case.
    """
    if not parts.is_whole:
        text = N_("Numbers in full are shown to whoever handles the case; you see where it stands")
        raise NotYours(Reason(text))
    reason = " ".join(typed.split())
    if not SHORTEST <= len(reason) <= LONGEST or not reason.isprintable():
        text = gettext(
            "Write in %(n)s to %(most)s characters what the numbers are needed for",
            n=SHORTEST,
            most=LONGEST,
        )
        return Numbers(reason=reason[:LONGEST], error=text)
    here.session.add(
        CaseLook(
            jurisdiction_id=here.actor.jurisdiction_id,
            case_id=parts.case.id,
            user_id=here.actor.user_id,
            person=here.actor.name,
            acting_for=here.me,
            at=here.now,
            reason=reason,
        )
    )
    here.session.commit()
    return Numbers(is_shown=True)
