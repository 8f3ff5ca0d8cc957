"""A unit's own words for its papers, as they are kept: dated, none ever overwritten.

Each save is a row of its own. From its day on it holds, until a later one's; a row without
paragraphs brings the mechanism's own words back. Papers that are issued keep what they say.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import ledger, workflow
from app.directory import Directory
from app.errors import N_, Reason, Refused
from app.mechanism.schema import PaperKind
from app.models import KIT, Paper
from app.records import PaperWording
from app.rules import composition
from app.rules.shapes import Act, Actor
from app.rules.wording import paragraphs_of, wrong_with
from app.security.sight import AnySession, everything

TEXT, FIRST_DAY = "text", "from_on"
#: Papers by which a wording can be looked at, the newest first.
MOST_CHOICES = 20
PAST = N_("This day is past; choose today or a later day")
OVERTAKEN = N_("Somebody else saved other words meanwhile (%(by)s). Look at them, then save again")
SAME = N_("These are the mechanism's own words; nothing is to be saved")


@dataclass(frozen=True)
class Place:
    """Whose words for which kind of paper."""

    world: Directory
    body: str
    kind: PaperKind


def history(session: AnySession, at: Place) -> Sequence[PaperWording]:
    """Return all words that a unit ever gave a kind of paper, the newest first."""
    query = select(PaperWording).where(
        PaperWording.jurisdiction_id == at.world.jurisdiction_id,
        PaperWording.body_key == at.body,
        PaperWording.kind == at.kind.key,
    )
    return list(session.scalars(query.order_by(PaperWording.id.desc())))


def save(
    session: AnySession,
    at: Place,
    text: str | None,
    *,
    from_on: date,
    seen: int,
    by: str,
    now: datetime,
    today: date,
) -> PaperWording:
    """Keep a unit's words from a day on; None brings the mechanism's own back.

    `seen` is the id of the newest row that the writer saw, 0 for none. Raises Refused.
    """
    paragraphs = None if text is None else paragraphs_of(text)
    errors: dict[str, list[Reason]] = {}
    if paragraphs is not None:
        if wrong := wrong_with(at.world.mechanism, at.kind, paragraphs):
            errors[TEXT] = wrong
        elif paragraphs == at.kind.text and not at.world.wording(at.body, at.kind.key, from_on):
            errors[TEXT] = [Reason(SAME)]
    if from_on < today:
        errors[FIRST_DAY] = [Reason(PAST)]
    known = history(session, at)
    if known and known[0].id != seen:
        errors.setdefault(TEXT, []).append(Reason(OVERTAKEN, {"by": known[0].by}))
    if errors:
        raise Refused(Reason(N_("Not saved yet: please put the fields right.")), errors)
    row = PaperWording(
        jurisdiction_id=at.world.jurisdiction_id,
        body_key=at.body,
        kind=at.kind.key,
        from_on=from_on,
        paragraphs=list(paragraphs) if paragraphs is not None else None,
        by=by,
        at=now,
    )
    session.add(row)
    session.flush()
    return row


# --- what it would look like


def papers_like(session: AnySession, at: Place) -> Sequence[Paper]:
    """Return papers of the kind that the unit issued, within sight, the newest first."""
    query = select(Paper).where(Paper.body == at.body, Paper.kind == at.kind.key)
    return list(session.scalars(query.order_by(Paper.id.desc()).limit(MOST_CHOICES)))


def fields_of_case(
    session: AnySession, actor: Actor, paper: Paper, names: Collection[str], now: datetime
) -> dict[str, str]:
    """Return the fields of a paper: as it froze them, the others as its case stands now."""
    case = workflow.find(session, paper.case_id)
    world = workflow.directory_for(session, case)
    known = [name for name in names if name in composition.FIELDS]
    with everything(session):
        whole = ledger.whole(session, case)
        act = Act(whole, actor, world, now, KIT, world.mechanism.register)
        asked = {name: composition.FIELDS[name](act) for name in known}
    return {**asked, **paper.content.get("fields", {})}
