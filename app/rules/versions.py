"""Which version of a mechanism holds on a day (Z6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeVar


class Dated(Protocol):
    """A version as far as its day and its number go."""

    @property
    def number(self) -> int:
        """Return the number, which rises with each version."""

    @property
    def valid_from(self) -> date:
        """Return the first day."""


D = TypeVar("D", bound=Dated)


def in_force(versions: Sequence[D], day: date) -> D:
    """Return the version that holds on a day: of those whose day is reached the last one.

    Before the first one's day it is the first that will hold, so that the county has a name
    and its people; registration is refused until then (app.intake).
    """
    dated = sorted(versions, key=lambda one: (one.valid_from, one.number))
    return next((one for one in reversed(dated) if one.valid_from <= day), dated[0])
