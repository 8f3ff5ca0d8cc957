"""What every screen starts from: who sits here, for which post, in which county, at what time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, g

from app import clock
from app.directory import Directory, directory_of
from app.errors import N_, NotFound, Reason
from app.models import Case, Jurisdiction
from app.rules.shapes import Actor
from app.security.posts import current_actor


@dataclass(frozen=True)
class Desk:
    """The clerk's desk during one request."""

    session: Any
    actor: Actor
    jurisdiction: Jurisdiction
    world: Directory
    now: datetime

    @property
    def today(self) -> date:
        """Return the civil date in China."""
        return self.now.astimezone(clock.CHINA).date()

    @property
    def me(self) -> str:
        """Return the key of the body or post that is acted for."""
        return self.actor.acting_for

    @property
    def sees_all(self) -> bool:
        """Return whether the post reads the whole jurisdiction."""
        mechanism = self.world.mechanism
        known = mechanism.bodies.get(self.me) or mechanism.posts.get(self.me)
        return known is not None and known.sees_all

    def world_of(self, case: Case) -> Directory:
        """Return the county as the case's own version of the mechanism has it."""
        return directory_of(self.session, self.jurisdiction, case.mechanism_version_id)


def session() -> Any:
    """Return the session of the application."""
    return current_app.extensions["lianchu.session"]


def desk() -> Desk:
    """Return the desk of this request; raises NotYours where the account holds no post."""
    if "desk" not in g:
        actor = current_actor()
        jurisdiction = session().get(Jurisdiction, actor.jurisdiction_id)
        world = directory_of(session(), jurisdiction)
        g.desk = Desk(session(), actor, jurisdiction, world, clock.now())
    found: Desk = g.desk
    return found


def as_id(text: str) -> int:
    """Return an id out of a path; what cannot be one is simply not there."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise NotFound(Reason(NO_SUCH_PAGE))


NO_SUCH_PAGE = N_("There is no such page; the address may be mistyped")
