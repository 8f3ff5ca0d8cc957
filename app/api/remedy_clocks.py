"""The last days of remedies, as REST lists them among a case's clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.directory import Directory
from app.models import Case
from app.rules import remedies
from app.rules.remedies import LastDay


def rows(
    world: Directory, case: Case, events: Sequence[Any], papers: Sequence[Any], today: date
) -> list[dict[str, Any]]:
    """Return the last days against an act received before, then those of the decisions served.

    The events and papers are those within sight. No act of the mechanism moves these days.
    """
    before = remedies.contested(world.mechanism, world.calendar, case.more)
    served = remedies.last_days(world.mechanism, world.calendar, events, papers)
    return [
        {"id": f"{place}-{number}"} | _row(world, one, today)
        for place, several in (("contested", before), ("remedy", served))
        for number, one in enumerate(several, 1)
    ]


def _row(world: Directory, one: LastDay, today: date) -> dict[str, Any]:
    return {
        "key": one.way.key,
        "from": one.from_on.isoformat(),
        "due": one.due.on.isoformat(),
        "due_at": None,
        "state": "over" if remedies.is_over(one, today) else "running",
        "source": one.way.law,
        "basis": one.way.due.basis,
        "provisional": one.due.provisional,
        "label": one.way.label,
        "body": one.to.body,
        "address": one.to.address,
        "document": one.paper.id if one.paper is not None else None,
        "recipient": one.recipient or None,
    }
