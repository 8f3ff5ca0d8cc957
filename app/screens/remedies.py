"""The card of remedies: which way is open against which paper, where, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from app.rules import remedies
from app.rules.remedies import LastDay
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import Due, date_full, due_words
from app.screens.parts import Parts


def card(here: Desk, parts: Parts) -> dict[str, Any] | None:
    """Return the last days by paper and recipient; None where nothing was served yet."""
    world, case = here.world_of(parts.case), parts.case
    before = remedies.contested(world.mechanism, world.calendar, parts.seen.more)
    served = remedies.last_days(world.mechanism, world.calendar, parts.events, parts.papers)
    if not before and not served:
        return None
    act = (parts.seen.more.get("contested_act") or {}).get("body", "")
    groups = [_group(here, gettext("Act received before: %(body)s", body=act), before)]
    for key in dict.fromkeys((one.paper.id, one.recipient) for one in served):
        several = [one for one in served if (one.paper.id, one.recipient) == key]
        groups.append(_group(here, _heading(case, several[0]), several))
    return {
        "groups": [one for one in groups if one["ways"]],
        "is_pressing": any(_presses(here, one) for one in before),
    }


def _heading(case: Any, one: LastDay) -> str:
    named = f"{one.paper.title} {one.paper.number or ''}".strip()
    who = one.recipient or case.applicant.name
    return gettext("%(paper)s, served on %(who)s", paper=named, who=who)


def _group(here: Desk, heading: str, several: Sequence[LastDay]) -> dict[str, Any]:
    return {"heading": heading, "ways": [_way(here, one) for one in several]}


def _way(here: Desk, one: LastDay) -> dict[str, Any]:
    return {
        "label": one.way.label,
        "to": one.to.body,
        "date": date_full(one.due.on),
        "due": _due(here, one),
        "law": one.way.law,
    }


def _due(here: Desk, one: LastDay) -> Due:
    if remedies.is_over(one, here.today):
        return Due("calm", gettext("ended"))
    return due_words(
        one.due.on,
        here.today,
        here.world.calendar,
        unit="day",
        provisional=one.due.provisional,
    )


def _presses(here: Desk, one: LastDay) -> bool:
    """Return whether a way is still open that ends before long."""
    return not remedies.is_over(one, here.today) and (one.due.on - here.today).days <= SOON_DAYS


#: So many days before its end a remedy against an act received before is warned of.
SOON_DAYS = 15


def lines(found: Sequence[LastDay]) -> list[dict[str, str]]:
    """Return last days as the applicant reads them."""
    return [
        {
            "label": one.way.label,
            "to": one.to.body,
            "paper": words.listed([one.paper.title]) if one.paper is not None else "",
            "day": date_full(one.due.on),
        }
        for one in found
    ]
