"""Relations that follow the structure of the bodies and posts: above, below, beside, attached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.rules.shapes import Act


def having(act: Act, name: str, value: Any) -> list[str]:
    """Return the active bodies of which an attribute has a value."""
    today = act.today
    return [
        key
        for key, body in act.mechanism.bodies.items()
        if getattr(body, name) == value and act.world.is_active(key, today)
    ]


def above(act: Act, keys: Iterable[str]) -> list[str]:
    """Return the active bodies directly above some bodies."""
    known = act.mechanism.bodies
    parents = [known[key].parent for key in keys if key in known]
    return [key for key in parents if key and act.world.is_active(key, act.today)]


def below(act: Act, keys: Iterable[str]) -> list[str]:
    """Return the active bodies directly below some bodies."""
    return [one for key in keys for one in having(act, "parent", key)]


def competent(act: Act) -> list[str]:
    """Return the deciding bodies that the routing names for the case as it is now."""
    named = act.case.route.get("units") or ()
    return [key for key in named if act.world.is_active(key, act.today)]


def attached(act: Act, post: str) -> list[str]:
    """Return the post where one of its holders is attached to the case.

    To another holder of the post it is nobody: the case is not that person's.
    """
    person = next((row.person_id for row in act.case.access if row.body == post), None)
    is_another = act.actor.acting_for == post and act.actor.appointment_id != person
    return [] if person is None or is_another else [post]
