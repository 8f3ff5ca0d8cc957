"""The demonstration: invented people, accounts, and cases that came through the engine's door.

Everything is drawn from `demo/people.yaml` with a seeded generator, so that the same seed gives
the same cases. Only in a system started with DEMO=1 (app.deploy).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import yaml
from flask import current_app
from sqlalchemy import delete, func, select
from werkzeug.security import generate_password_hash

from app import workflow
from app.database import ROOT
from app.directory import ADMIN, CLERK, COORDINATOR, SIGNATORY, Directory, directory_of
from app.mechanism.schema import Mechanism
from app.models import Appointment, Body, Case, Jurisdiction, Task
from app.rules.inputs import AskView
from app.rules.shapes import ZONE, Actor
from app.security.posts import SUPERUSER, posts_of
from app.security.sight import AnySession, everything

PEOPLE = ROOT / "demo" / "people.yaml"
SUPERUSER_NAME = "admin"
SEED = 20241101
#: How many cases a fresh demonstration has, per jurisdiction.
CASES = 42
#: How long a case of the demonstration may take from its registration, in days.
SPREAD = 40
STEPS = (0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 18)


@dataclass
class Invented:
    """The invented people and words, drawn with one generator."""

    random: Random
    words: dict[str, Any]

    @classmethod
    def seeded(cls, seed: int) -> Invented:
        """Return a generator over the demonstration's words."""
        return cls(Random(seed), yaml.safe_load(PEOPLE.read_text(encoding="utf-8")))  # noqa: S311

    def name(self) -> str:
        """Return a person's name; now and then one with a rare character."""
        given = self.pick("rare") if self.random.random() < 0.04 else self.pick("given")
        return self.pick("surnames") + given

    def pick(self, kind: str) -> str:
        """Return one of the words of a kind."""
        return str(self.random.choice(self.words[kind]))

    def phone(self) -> str:
        """Return a number of a block that is not given to subscribers."""
        return f"13800{self.random.randrange(10**6):06d}"

    def weight(self, action: str) -> float:
        """Return how often an act is chosen beside others."""
        return float(self.words["weights"].get(action, 10))

    def text(self, key: str) -> str:
        """Return words for an input of that name."""
        texts = self.words["texts"]
        return str(self.random.choice(texts.get(key, texts["default"])))


def prepare(session: AnySession, password: str, now: datetime) -> None:
    """Make accounts, people and a few cases where they are not there yet."""
    secret = generate_password_hash(password)
    _account(SUPERUSER_NAME, SUPERUSER_NAME, secret, SUPERUSER)
    for place in session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all():
        if _is_peopled(session, place):
            continue
        _people(session, place, secret, now)
        session.commit()
        load(session, place, CASES, SEED, now)


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


# --- cases


def load(session: AnySession, place: Jurisdiction, count: int, seed: int, now: datetime) -> int:
    """Register cases and take each some way, through the engine's door; return how many."""
    invented = Invented.seeded(seed)
    directory = directory_of(session, place)
    actors = _actors(session, place, now)
    for number in range(count):
        earliest = _first_moment(directory, now)
        started = now - timedelta(days=invented.random.randrange(1, SPREAD), minutes=number)
        started = _in_hours(directory, invented, max(started, earliest), now)
        _one(session, directory, actors, invented, started, now, STEPS[number % len(STEPS)])
    return count


def _in_hours(directory: Directory, invented: Invented, at: datetime, now: datetime) -> datetime:
    """Return a moment in office hours of that day or of the next working day, not after now."""
    day = directory.calendar.next_workday(at.astimezone(ZONE).date())
    hour, minute = (
        invented.random.choice((8, 9, 10, 11, 14, 15, 16)),
        invented.random.randrange(60),
    )
    return min(now, datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))


def _first_moment(directory: Directory, now: datetime) -> datetime:
    first = directory.mechanism.valid_from
    return datetime(first.year, first.month, first.day, 9, tzinfo=ZONE) if first else now


def _actors(session: AnySession, place: Jurisdiction, now: datetime) -> list[Actor]:
    """Return the actors of a jurisdiction: whoever has an account and a post."""
    query = select(Appointment.user_id).where(
        Appointment.jurisdiction_id == place.id, Appointment.user_id.is_not(None)
    )
    users = dict.fromkeys(session.scalars(query.order_by(Appointment.position)))
    day = now.astimezone(ZONE).date()
    return [posts[0] for user in users if user and (posts := posts_of(session, user, day))]


def _one(
    session: AnySession,
    directory: Directory,
    actors: list[Actor],
    invented: Invented,
    started: datetime,
    now: datetime,
    steps: int,
) -> None:
    registering = [
        a for a in actors if a.acting_for in directory.mechanism.registering and a.role == CLERK
    ]
    body = registration(directory, invented, started)
    actor = invented.random.choice(registering)
    outcome = workflow.register(session, actor, body, now=started)
    at = started
    for _ in range(steps):
        later = at + timedelta(hours=invented.random.randrange(3, 60))
        at = max(at, _in_hours(directory, invented, later, now))
        if not _step(session, actors, invented, outcome.case_id, at):
            return


def _step(
    session: AnySession, actors: list[Actor], invented: Invented, case_id: int, at: datetime
) -> bool:
    """Let one of those who owe something do something; return whether anybody could."""
    with everything(session):
        case = session.scalars(select(Case).where(Case.id == case_id)).one()
        owners = _owners(session, case)
        invented.random.shuffle(owners)
        for owner in owners:
            actor = next((a for a in actors if a.acting_for == owner), None)
            offers = workflow.available(session, actor, case, at).now if actor else ()
            if actor is None or not offers:
                continue
            offer = invented.random.choices(offers, [invented.weight(o.key) for o in offers])[0]
            inputs = filled(offer.asks, invented, at)
            workflow.perform(
                session, actor, case_id, offer.key, inputs, version=case.version, now=at
            )
            return True
    return False


def _owners(session: AnySession, case: Case) -> list[str]:
    """Return who owes something on the case; the holder where nobody does."""
    query = select(Task.body).where(
        Task.jurisdiction_id == case.jurisdiction_id,
        Task.case_id == case.id,
        Task.state == "open",
    )
    return list(dict.fromkeys(session.scalars(query.order_by(Task.id)))) or [case.holder]


def registration(directory: Directory, invented: Invented, at: datetime) -> dict[str, Any]:
    """Return the body of a registration by an invented applicant, as REST takes it."""
    random, mechanism = invented.random, directory.mechanism
    category = random.choice(list(mechanism.categories))
    first = date(at.year - random.choice((0, 0, 1, 3)), random.randrange(1, 10), 1)
    contents = invented.words["contents"]
    return {
        "jurisdiction": mechanism.key,
        "applicant": {
            "kind": "person",
            "name": invented.name(),
            "phone": invented.phone(),
            "address": mechanism.place + invented.pick("villages"),
        },
        "employer": mechanism.place + invented.pick("employers"),
        "visited_at": (at - timedelta(minutes=20)).isoformat(timespec="minutes"),
        "channel": random.choice(["visit", "visit", "phone", "letter", "online", "referral"]),
        "category": category,
        "insurance": random.sample(list(mechanism.insurances), random.choice((1, 1, 2))),
        "period_from": f"{first:%Y-%m}",
        "period_to": f"{first.replace(month=first.month + random.randrange(0, 3)):%Y-%m}",
        "amount": f"{random.randrange(200, 90000)}.{random.randrange(100):02d}",
        "content": random.choice(contents.get(category, contents[max(contents)])),
    }


def filled(asks: Any, invented: Invented, at: datetime) -> dict[str, Any]:
    """Return inputs for an act: what is required, and what an officer would add."""
    return {ask.key: _value(ask, invented, at) for ask in asks if ask.required}


def _value(ask: AskView, invented: Invented, at: datetime) -> Any:
    today = at.astimezone(ZONE).date()
    if ask.type == "units":
        return invented.random.sample(ask.values, min(2, len(ask.values)))
    if ask.type == "fact":
        return ask.values[0]  # the only one that takes any words
    if ask.choices:
        return invented.random.choice(ask.values)
    if ask.type == "date":
        return (today + timedelta(14 if ask.min is not None else 0)).isoformat()
    if ask.type == "days":
        return max(ask.min or 1, 5)
    return invented.text(ask.key)
