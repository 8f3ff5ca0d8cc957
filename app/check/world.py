"""The county as the check supposes it: everybody is in place, and every post is held.

What goes wrong here goes wrong because of the profile, not because somebody is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.mechanism.schema import Mechanism
from app.rules.shapes import ZONE, Actor, Person
from app.rules.workdays import WorkCalendar

#: The check looks at what is possible, not at dates: one moment serves all.
NOW = datetime(2024, 11, 4, 9, 0, tzinfo=ZONE)
#: Whoever is asked for: the contact person, the signatory, the clerk.
SOMEBODY = Person(1, "-", "-")
_PLACE = 0


@dataclass(frozen=True, eq=False)
class World:
    """What the engine asks about the jurisdiction (rules.shapes.World)."""

    mechanism: Mechanism
    calendar: WorkCalendar

    @classmethod
    def of(cls, mechanism: Mechanism) -> World:
        """Return the world of a mechanism, with plain weeks."""
        return cls(mechanism, WorkCalendar.of(()))

    def is_active(self, body: str, day: date) -> bool:
        """Every body takes part."""
        return True

    def body_name(self, body: str) -> str:
        """Return the name of a body, post or party."""
        known = self.mechanism.bodies.get(body)
        return known.name if known else self.mechanism.label_of(body)

    def body_short(self, body: str) -> str:
        """Return the short name of a body, post or party."""
        return self.mechanism.label_of(body)

    def body_address(self, body: str) -> str:
        """Every body has an address."""
        return "-"

    def wording(self, body: str, kind: str, day: date) -> Sequence[str]:
        """Units word their papers on screen, after the check."""
        return ()

    def contact(self, body: str, day: date) -> Person | None:
        """Every body has a contact person with a telephone."""
        return SOMEBODY

    def signatories(self, body: str, day: date) -> Sequence[Person]:
        """Every body has a signatory."""
        return (SOMEBODY,)

    def people(self, body: str, day: date) -> Sequence[Person]:
        """Every body has somebody to handle cases."""
        return (SOMEBODY,)

    def holders(self, post: str, day: date) -> Sequence[Person]:
        """Every post is held."""
        return (SOMEBODY,)

    def person(self, appointment_id: int | None) -> Person | None:
        """Return the person of an appointment."""
        return SOMEBODY

    def stands_for(self, appointment_id: int | None, post: str, day: date) -> bool:
        """Every holder of a post has been authorised to act for the others."""
        return appointment_id is not None


def actor(mechanism: Mechanism, key: str) -> Actor:
    """Return who acts for a body (as its administrator) or a post."""
    if key in mechanism.posts:
        return Actor(None, key, _PLACE, key, "post", SOMEBODY.id)
    return Actor(None, key, _PLACE, key, "admin", None)
