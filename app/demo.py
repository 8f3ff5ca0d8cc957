"""The demonstration: invented people in every post, their accounts, and cases (app.demo_cases).

Everything is drawn with a seeded generator (app.invented). Only in a system started with DEMO=1
(app.deploy).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select
from werkzeug.security import generate_password_hash

from app import demo_cases
from app.directory import ADMIN, CLERK, COORDINATOR, SIGNATORY, directory_of
from app.invented import Invented
from app.mechanism.schema import Mechanism
from app.models import Appointment, Body, Jurisdiction
from app.rules.shapes import ZONE
from app.security.posts import SUPERUSER
from app.security.sight import AnySession

SUPERUSER_NAME = "admin"
SEED = 20241101
#: How many cases a fresh demonstration has, per jurisdiction.
CASES = 210


def prepare(session: AnySession, password: str, now: datetime) -> None:
    """Make accounts, people and a few cases where they are not there yet."""
    secret = generate_password_hash(password)
    _account(SUPERUSER_NAME, SUPERUSER_NAME, secret, SUPERUSER)
    for place in session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all():
        if _is_peopled(session, place):
            continue
        _people(session, place, secret, now)
        session.commit()
        demo_cases.load(session, place, CASES, SEED, now)


def describe(session: AnySession, password: str) -> str:
    """Return the demonstration's accounts, for the terminal."""
    lines = [f"Demonstration accounts, all with the password {password}:", "  admin (superuser)"]
    for place in session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all():
        directory = directory_of(session, place)
        posts = [k for k, p in directory.mechanism.posts.items() if p.acts or p.sees_all]
        names = [f"{place.key}-{key}" for key in [*directory.mechanism.working, *posts]]
        clerks = f"clerks: {place.key}-UNIT-clerk"
        lines.append(f"  {place.name}: {', '.join(names)}; {clerks}")
    return "\n".join(lines)


# --- people


def _is_peopled(session: AnySession, place: Jurisdiction) -> bool:
    query = select(func.count()).where(
        Appointment.jurisdiction_id == place.id, Appointment.post == COORDINATOR
    )
    return bool(session.scalar(query))


def _account(username: str, person: str, secret: str, role: str) -> Any:
    """Return the account of that name, made where it is not there yet."""
    manager = _manager()
    known = manager.find_user(username=username)
    if known is not None:
        return known
    made = manager.add_user(
        username,
        first_name=person,
        last_name="",
        email=f"{username}@demo.invalid",
        role=manager.add_role(role) or manager.find_role(role),
        hashed_password=secret,
    )
    if not made:
        raise RuntimeError(f"the account {username} could not be made")
    return made


def _people(session: AnySession, place: Jurisdiction, secret: str, now: datetime) -> None:
    """Fill posts of bodies and of the leading group with invented persons and their accounts."""
    mechanism = directory_of(session, place).mechanism
    invented = Invented.seeded(SEED + place.id)
    start = min(mechanism.valid_from, now.astimezone(ZONE).date())
    make = _Maker(session, place, invented, secret, start)
    session.execute(delete(Appointment).where(Appointment.jurisdiction_id == place.id))
    for key in mechanism.working:
        make.staff(key)
    make.seats(mechanism)
    make.members(mechanism)
    for row in session.scalars(select(Body).where(Body.jurisdiction_id == place.id)):
        row.address = row.address or f"{place.name}{row.short}"


@dataclass
class _Maker:
    """Makes appointments, and accounts where the contract names them."""

    session: AnySession
    place: Jurisdiction
    invented: Invented
    secret: str
    start: date
    position: int = 0

    def appoint(self, body: str, post: str, person: str, **more: Any) -> Appointment:
        """Add one appointment from the start of the mechanism on."""
        self.position += 1
        row = Appointment(
            jurisdiction_id=self.place.id,
            body_key=body,
            post=post,
            person=person,
            position=self.position,
            from_on=self.start,
            **more,
        )
        self.session.add(row)
        return row

    def staff(self, body: str) -> None:
        """Give a body an administrator, a clerk, a coordinator with telephone, a signatory."""
        admin, clerk = self.invented.name(), self.invented.name()
        phone = f"0356-2030{self.position % 1000:03d}"
        self._with_account(f"{self.place.key}-{body}", body, ADMIN, admin, phone)
        self._with_account(f"{self.place.key}-{body}-clerk", body, CLERK, clerk, phone)
        self.appoint(body, COORDINATOR, clerk, phone=phone)
        self.appoint(body, SIGNATORY, self.invented.name())

    def seats(self, mechanism: Mechanism) -> None:
        """Let the people of a seated body act for the one it sits in, too (Z2c)."""
        for key, body in mechanism.bodies.items():
            if body.seat is not None:
                self.second_post(f"{self.place.key}-{key}", body.seat)

    def members(self, mechanism: Mechanism) -> None:
        """Fill the leading group's list, and posts of supervision that no list names."""
        listed = [(m.post, m.title) for m in mechanism.members]
        missing = [
            (key, post.label)
            for key, post in mechanism.posts.items()
            if post.sees_all and all(key != named for named, _ in listed)
        ]
        for post, title in [*listed, *missing]:
            self.member(mechanism.posts[post].body, post, title)

    def member(self, body: str, post: str, title: str) -> None:
        """Give the leading group one member; the first of each post has the contract's account."""
        username = f"{self.place.key}-{post}"
        row = self.appoint(body, post, self.invented.name(), title=title)
        if _manager().find_user(username=username) is None:
            user = _account(username, row.person, self.secret, post)
            row.user_id = user.id

    def second_post(self, username: str, seat: str) -> None:
        """Give an account a second post, after its own."""
        user = _manager().find_user(username=username)
        user.roles = [*user.roles, _role(f"unit {CLERK}")]
        self.appoint(seat, CLERK, user.first_name, user_id=user.id)

    def _with_account(self, username: str, body: str, post: str, name: str, phone: str) -> None:
        user = _account(username, name, self.secret, f"unit {post}")
        self.appoint(body, post, name, phone=phone, user_id=user.id)


def _manager() -> Any:
    """Return Flask-AppBuilder's security manager."""
    return current_app.extensions["appbuilder"].sm


def _role(name: str) -> Any:
    manager = _manager()
    return manager.add_role(name) or manager.find_role(name)
