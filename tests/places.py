"""Several counties in one database, and a door to each: what tests of other mechanisms need.

The database holds Zezhou, Xiaoyi and the invented counties of tests/mechanisms side by side,
each with an invented person in every post. Kept as a template, like that of tests.peopled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import flask_appbuilder.security.sqla.models as accounts
import pytest
from sqlalchemy import delete, select

from app import deploy, holidays, workflow
from app.directory import ADMIN, CLERK, COORDINATOR, SIGNATORY
from app.errors import AppError
from app.mechanism.loader import load
from app.mechanism.schema import Mechanism
from app.models import Appointment, Body, Case, Jurisdiction
from app.rules.shapes import Actor
from app.rules.workdays import load_calendar_files
from app.security.sight import AnySession, Scope, see
from tests.databases import Store
from tests.factories import ROOT, START, Door, a_registration
from tests.stores import opened, stores

STATE = "places"
PROFILES = {
    "zezhou": ROOT / "mechanisms" / "zezhou" / "mechanism.yaml",
    "xiaoyi": ROOT / "mechanisms" / "xiaoyi" / "mechanism.yaml",
    "qinghe": ROOT / "tests" / "mechanisms" / "a" / "mechanism.yaml",
    "yunze": ROOT / "tests" / "mechanisms" / "b" / "mechanism.yaml",
    "baishi": ROOT / "tests" / "mechanisms" / "c" / "mechanism.yaml",
    "cangyun": ROOT / "tests" / "mechanisms" / "d" / "mechanism.yaml",
}
#: How many persons hold a post of a mechanism, so that one of several can be meant.
HOLDERS = 2


@cache
def mechanism(key: str) -> Mechanism:
    """Return a county's mechanism, read from its profile."""
    return load(PROFILES[key])


def staff(found: Mechanism) -> list[tuple[str, str]]:
    """Return (body, post) of everybody that a working county has."""
    ranks = (ADMIN, CLERK, COORDINATOR, SIGNATORY)
    posts = [(post.body, key) for key, post in found.posts.items() for _ in range(HOLDERS)]
    return [(body, rank) for body in found.working for rank in ranks] + posts


class Place(Door):
    """The door of one county among several in the same database."""

    def __init__(self, session: AnySession, key: str, now: datetime = START) -> None:
        super().__init__(session, now)
        self.key = key

    def actor(self, who: str, role: str = ADMIN, which: int = 0) -> Actor:
        """Return who acts for a body or a post here; `which` of several holders of a post."""
        see(self.session, Scope.system())
        posts = mechanism(self.key).posts
        post, kind = (who, "post") if who in posts else (role, role)
        query = select(Appointment).join(
            Jurisdiction, Jurisdiction.id == Appointment.jurisdiction_id
        )
        query = query.where(
            Jurisdiction.key == self.key,
            Appointment.body_key == (posts[who].body if who in posts else who),
            Appointment.post == post,
        )
        rows = self.session.scalars(query.order_by(Appointment.id)).all()
        assert rows, f"nobody acts for {who}"
        row = rows[which]
        return Actor(row.user_id, row.person, row.jurisdiction_id, who, kind, row.id)

    def register(
        self, who: str, role: str = ADMIN, key: str | None = None, **facts: Any
    ) -> workflow.Outcome:
        """Register a dispute."""
        body = {"jurisdiction": self.key, "aspect": None} | facts
        return super().register(who, role, key, **body)

    def why_not(self, case_id: int, who: str, key: str, role: str = ADMIN) -> list[str]:
        """Return why an act that is somebody's is blocked, in English."""
        blocked = self.offers(case_id, who, role).blocked
        return [why.say() for one in blocked if one.key == key for why in one.why]

    def offered(self, case_id: int, key: str) -> set[str]:
        """Return who is offered an act: every body and post of the county is asked."""
        found = mechanism(self.key)
        return {
            who
            for who in [*found.working, *found.posts]
            if not isinstance(seen := self.seen(case_id, who), AppError) and key in seen
        }

    def seen(self, case_id: int, who: str) -> set[str] | AppError:
        """Return what somebody is offered, or why the case is not to be seen."""
        try:
            return self.keys(case_id, who)
        except AppError as refusal:
            return refusal

    def person_of(self, case_id: int, body: str) -> str | None:
        """Return the name of who handles the case inside a body."""
        case = self.case(case_id)
        held = next((row.person_id for row in case.access if row.body == body), None)
        row = self.session.get(Appointment, held) if held else None
        return row.person if row else None


def a_body(key: str, **over: Any) -> dict[str, Any]:
    """Return the body of a registration in a county."""
    return a_registration(jurisdiction=key, aspect=None, **over)


def open_kinds(case: Case) -> set[tuple[str, str]]:
    """Return (kind, owner) of the open tasks."""
    return {(task.kind, task.body) for task in case.tasks if task.state == "open"}


def kinds(outcome: workflow.Outcome) -> list[str]:
    """Return the kinds of the papers that an act issued."""
    return [paper.kind for paper in outcome.papers]


# --- the database


def populate(session: AnySession) -> None:
    """Fill an empty database with every county, working."""
    see(session, Scope.system())
    holidays.bring(session, load_calendar_files(deploy.CALENDARS), START)
    for profile in PROFILES.values():
        _people(session, profile)
    for row in session.query(Body):
        row.address = f"某街{row.position + 1}号"
    session.commit()


def _people(session: AnySession, profile: Path) -> None:
    version, _ = deploy.load_profile(session, profile, START)
    place, found = version.jurisdiction_id, load(profile)
    session.execute(delete(Appointment).where(Appointment.jurisdiction_id == place))
    for position, (body, post) in enumerate(staff(found)):
        name = f"{found.key}-{body}-{post}-{position}"
        user = accounts.User(
            first_name=name, last_name="", username=name, email=f"{name}@example.invalid"
        )
        session.add(user)
        session.flush()
        session.add(
            Appointment(
                jurisdiction_id=place,
                body_key=body,
                post=post,
                person=f"某{body}{post}{position}",
                phone=f"0350-2030{position:03d}" if post == COORDINATOR else "",
                user_id=user.id,
                position=position,
                from_on=found.valid_from,
            )
        )


@pytest.fixture(scope="session")
def _place_stores(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str], Store]]:
    """The stores of this worker, made when they are first asked for."""
    yield from stores(STATE, populate, tmp_path_factory, worker_id)


@pytest.fixture
def place(
    database_kind: str, _place_stores: Callable[[str], Store]
) -> Iterator[Callable[[str], Place]]:
    """Doors to the counties of one fresh database, on each engine in turn: place("xiaoyi")."""
    with opened(_place_stores(database_kind)) as session:
        yield lambda key: Place(session, key)
