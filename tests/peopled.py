"""A database for tests of the door: the county's profile, the calendar, a person in every post.

It needs no application: the tables come from the models, and what is in them from the same
functions that the deploy step calls. Kept as a template, like the states of tests.databases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import flask_appbuilder.security.sqla.models as accounts
import pytest
from sqlalchemy import delete

from app import deploy, holidays
from app.directory import COORDINATOR
from app.models import Appointment, Body
from app.rules.workdays import load_calendar_files
from app.security.sight import AnySession, Scope, see
from tests.databases import Store
from tests.factories import PROFILE, START, Door, staff, zezhou
from tests.stores import opened, stores

STATE = "peopled"


def populate(session: AnySession) -> None:
    """Fill an empty database with a working county."""
    see(session, Scope.system())
    version, _ = deploy.load_profile(session, PROFILE, START)
    holidays.bring(session, load_calendar_files(deploy.CALENDARS), START)
    place, mechanism = version.jurisdiction_id, zezhou()
    session.execute(delete(Appointment).where(Appointment.jurisdiction_id == place))
    for position, (body, post) in enumerate(staff(mechanism)):
        name = f"{body}-{post}"
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
                person=f"某{name}",
                phone=f"0356-2030{position:03d}" if post == COORDINATOR else "",
                user_id=user.id,
                position=position,
                from_on=mechanism.valid_from,
            )
        )
    for row in session.query(Body):
        row.address = f"某街{row.position + 1}号"
    session.commit()


@pytest.fixture(scope="session")
def _peopled_stores(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str], Store]]:
    """The stores of this worker, made when they are first asked for."""
    yield from stores(STATE, populate, tmp_path_factory, worker_id)


@pytest.fixture
def door(database_kind: str, _peopled_stores: Callable[[str], Store]) -> Iterator[Door]:
    """The door on a fresh database that holds a working county, on each engine in turn."""
    with opened(_peopled_stores(database_kind)) as session:
        yield Door(session)
