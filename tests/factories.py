"""Cases, people and doors for tests: plain functions and helpers, valid by default.

Two ways to act on a case by the key of an action, with the required inputs filled in:

Engine   the rules alone, on transient objects; no database
Door     app.workflow on a stored database, each act in its own transaction
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import columns, database, intake, ledger, workflow
from app.directory import (
    ADMIN,
    CLERK,
    COORDINATOR,
    SIGNATORY,
    BodyFacts,
    CategoryFacts,
    Directory,
    Held,
)
from app.mechanism.loader import load
from app.mechanism.schema import Mechanism
from app.models import (
    KIT,
    Appointment,
    Case,
    Event,
    Jurisdiction,
    Notice,
    NumberSeries,
    Paper,
    Task,
)
from app.rules import engine, routing
from app.rules.engine import Offers
from app.rules.inputs import AskView
from app.rules.preview import Preview, foresee
from app.rules.registration import read_facts
from app.rules.shapes import ZONE, Act, Actor
from app.rules.workdays import WorkCalendar, load_calendar_files
from app.security.posts import scope_for
from app.security.sight import AnySession, Scope, see
from tests.databases import SECRETS

ROOT = Path(__file__).resolve().parent.parent
PROFILE = ROOT / "mechanisms" / "zezhou" / "mechanism.yaml"
START = datetime(2024, 11, 4, 9, 0, tzinfo=ZONE)
#: The place of everything that is transient.
PLACE = 1
WORDS = "经核查，情况属实，依法处理。"

columns.set_keys(SECRETS["PII_KEY"])


@cache
def zezhou() -> Mechanism:
    """Return the county's mechanism, read from its profile."""
    return load(PROFILE)


@cache
def china() -> WorkCalendar:
    """Return the national working days."""
    return WorkCalendar.of(load_calendar_files(ROOT / "calendars"))


def at(text: str) -> datetime:
    """Return a moment of the county's time: `2024-11-08`, at nine, or `2024-11-08 10:30`."""
    found = datetime.fromisoformat(text if ":" in text else f"{text} 09:00")
    return found.replace(tzinfo=ZONE)


def a_registration(**over: Any) -> dict[str, Any]:
    """Return the body of a registration as REST takes it; a field set to None is left out."""
    body: dict[str, Any] = {
        "jurisdiction": "zezhou",
        "applicant": {
            "kind": "person",
            "name": "张晓梅",
            "id_number": "140525200002290016",
            "phone": "13800000001",
            "address": "某镇某村",
        },
        "employer": "示例机械有限公司",
        "visited_at": "2024-11-04T08:30",
        "channel": "visit",
        "category": 4,
        "insurance": ["pension"],
        "period_from": "2024-03",
        "period_to": "2024-10",
        "amount": "12345.60",
        "content": "对单位申报的缴费基数有异议。",
    } | over
    return {name: value for name, value in body.items() if value is not None}


# --- people


def staff(mechanism: Mechanism) -> list[tuple[str, str]]:
    """Return (body, post) of everybody that a working county has."""
    working = [key for key, body in mechanism.bodies.items() if body.registering or body.seat]
    ranks = (ADMIN, CLERK, COORDINATOR, SIGNATORY)
    posts = [(post.body, key) for key, post in mechanism.posts.items() if post.sees_all]
    return [(body, rank) for body in working for rank in ranks] + posts


class World:
    """The county in memory: its profile, the calendar, and an invented person in every post.

    `directory` is what the engine asks; appointments may be added and ended.
    """

    def __init__(self, mechanism: Mechanism | None = None) -> None:
        self.mechanism = mechanism or zezhou()
        self.held: list[Held] = []
        self.retired: dict[str, date] = {}
        for body, post in staff(self.mechanism):
            phone = f"0356-2030{len(self.held):03d}" if post == COORDINATOR else ""
            self.appoint(body, post, phone=phone)

    def appoint(self, body: str, post: str, **more: Any) -> Held:
        """Add an appointment in force since the mechanism began."""
        number = len(self.held) + 1
        facts = {
            "person": f"某{body}{post}",
            "title": "",
            "phone": "",
            "user_id": None,
            "stands_in_for": None,
            "from_on": self.mechanism.valid_from,
            "until_on": None,
        } | more
        row = Held(id=number, body=body, post=post, **facts)
        self.held.append(row)
        self.__dict__.pop("directory", None)
        return row

    def change(self, body: str, post: str, **facts: Any) -> None:
        """Change the appointments of a post of a body: end them, say, or take the telephone."""
        self.held = [
            replace(one, **facts) if (one.body, one.post) == (body, post) else one
            for one in self.held
        ]
        self.__dict__.pop("directory", None)

    def retire(self, body: str, on: date) -> None:
        """End a body's part in the mechanism."""
        self.retired[body] = on
        self.__dict__.pop("directory", None)

    @cached_property
    def directory(self) -> Directory:
        """What the engine asks about the county."""
        bodies = {
            key: BodyFacts(key, body.name, body.short, f"某街{number}号", self.retired.get(key))
            for number, (key, body) in enumerate(self.mechanism.bodies.items(), 1)
        }
        categories = {
            one.key: CategoryFacts(one.key, one.label, one.short, None)
            for one in self.mechanism.categories.values()
        }
        return Directory(PLACE, 1, self.mechanism, china(), bodies, tuple(self.held), categories)

    def actor(self, key: str, role: str = ADMIN) -> Actor:
        """Return who acts for a body or a post."""
        post = key if key in self.mechanism.posts else role
        held = next(h for h in self.held if h.post == post and key in (h.body, h.post))
        kind = "post" if key in self.mechanism.posts else role
        return Actor(None, held.person, PLACE, key, kind, held.id)

    @property
    def actors(self) -> list[Actor]:
        """Return everybody who may act: administrators, clerks and posts."""
        return [
            Actor(None, h.person, PLACE, *_acts_as(h, self.mechanism), h.id)
            for h in self.held
            if h.post in (ADMIN, CLERK) or h.post in self.mechanism.posts
        ]


def _acts_as(held: Held, mechanism: Mechanism) -> tuple[str, str]:
    if held.post in mechanism.posts:
        return held.post, "post"
    return held.body, held.post


def an_actor(key: str = "tax", role: str = ADMIN) -> Actor:
    """Return somebody of the county as it is by default."""
    return World().actor(key, role)


# --- inputs


def filled(asks: Iterable[AskView], today: date, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of an act: what is given, and something for all else that is required."""
    missing = {ask.key: sample(ask, today) for ask in asks if ask.required}
    return missing | dict(given)


def sample(ask: AskView, today: date) -> Any:
    """Return the simplest value that an input takes: the first choice, today, any words."""
    if ask.type == "units":
        return ask.values[:1]
    if ask.choices:
        return ask.values[0]
    simple: dict[str, Any] = {
        "date": today.isoformat(),
        "days": ask.min or 1,
        "money": "100.00",
        "bool": True,
    }
    return simple.get(ask.type, WORDS)


# --- the rules alone


class Engine:
    """The rules on transient cases. Time stands still until a test sets `now`."""

    def __init__(self, world: World | None = None, now: datetime = START) -> None:
        self.world = world or World()
        self.now = now
        self.series: dict[tuple[str, str, int], int] = {}
        self.cases: list[Case] = []

    def register(self, who: str = "tax", role: str = ADMIN, **facts: Any) -> Case:
        """Register a dispute and return its case, with the first event."""
        read = read_facts(
            a_registration(**facts),
            self.world.mechanism,
            categories=self.world.directory.categories,
            now=self.now,
        )
        actor = self.world.actor(who, role)
        case = blank_case(read, actor, self.now, len(self.cases) + 1)
        case.route = routing.propose(self.world.mechanism, case.facts(), who).as_dict()
        act = self.view(case, who, role)
        act.take_number = self.take
        assert engine.is_yours(act), f"{who} does not register"
        self._finish(act)
        self.cases.append(case)
        return case

    def view(self, case: Case, who: str, role: str = ADMIN) -> Act:
        """Return how somebody looks at a case."""
        return self.view_of(case, self.world.actor(who, role))

    def view_of(self, case: Case, actor: Actor) -> Act:
        """Return how an actor looks at a case."""
        world = self.world.directory
        return Act(case, actor, world, self.now, KIT, self.world.mechanism.register)

    def offers(self, case: Case, who: str, role: str = ADMIN) -> Offers:
        """Return what somebody may do now, and what is blocked."""
        return engine.offers(self.view(case, who, role))

    def keys(self, case: Case, who: str, role: str = ADMIN) -> set[str]:
        """Return the keys of what somebody may do now."""
        return {offer.key for offer in self.offers(case, who, role).now}

    def why_not(self, case: Case, who: str, key: str, role: str = ADMIN) -> list[str]:
        """Return why an act that is somebody's is blocked, in English."""
        blocked = self.offers(case, who, role).blocked
        return [why.say() for one in blocked if one.key == key for why in one.why]

    def do(self, case: Case, who: str, key: str, role: str = ADMIN, **inputs: Any) -> Act:
        """Do an offered act, required inputs filled in, and append its event."""
        view = self.view(case, who, role)
        offer = engine.offers(view).find(key)
        assert offer is not None, f"{who} is not offered {key}: {_told(view)}"
        return self.perform(view, key, filled(offer.asks, view.today, inputs))

    def attempt(self, case: Case, who: str, key: str, role: str = ADMIN, **inputs: Any) -> Act:
        """Try an act with exactly these inputs; raises what the rules refuse."""
        return self.perform(self.view(case, who, role), key, inputs)

    def perform(self, view: Act, key: str, inputs: Mapping[str, Any]) -> Act:
        """Decide and carry out, as app.workflow does; raises what the rules refuse."""
        act = engine.decide(view, key, inputs, view.case.version)
        return self._finish(replace(act, take_number=self.take))

    def foresee(self, case: Case, who: str, key: str, **inputs: Any) -> Preview:
        """Return the preview of an act with exactly these inputs."""
        return foresee(self.view(case, who), key, inputs)

    def take(self, issuer: str, kind: str, year: int) -> int:
        """Return the next number of a series."""
        place = issuer, kind, year
        self.series[place] = self.series.get(place, 0) + 1
        return self.series[place]

    def _finish(self, act: Act) -> Act:
        engine.carry_out(act)
        ledger.append_event(act, engine.recorded_inputs(act))
        return act


def _told(view: Act) -> str:
    found = engine.offers(view)
    blocked = {one.key: [why.say() for why in one.why] for one in found.blocked}
    return f"offered {[o.key for o in found.now]}, blocked {blocked}, at {view.case.stage}"


def blank_case(facts: Mapping[str, Any], actor: Actor, now: datetime, serial: int) -> Case:
    """Return a transient case with the facts of a registration and no history."""
    case = intake.blank_case(facts)
    case.jurisdiction_id, case.mechanism_version_id = PLACE, 1
    case.number = f"140525-{now.year}-{serial:06}"
    case.registrar = case.holder = actor.acting_for
    case.registered_at, case.registered_by = now, actor.name
    case.parties = intake.parties(Jurisdiction(id=PLACE), facts)
    return case


def a_case(**facts: Any) -> Case:
    """Return a case as the tax bureau has just registered it."""
    return Engine().register(**facts)


def open_tasks(case: Case) -> set[tuple[str, str]]:
    """Return (kind, owner) of the open tasks."""
    return {(task.kind, task.body) for task in case.tasks if task.state == "open"}


def task(case: Case, kind: str, body: str | None = None) -> Task:
    """Return the newest task of a kind, of one owner where named."""
    found = [t for t in case.tasks if t.kind == kind and body in (None, t.body)]
    assert found, f"no task {kind} of {body}; there are {[(t.kind, t.body) for t in case.tasks]}"
    return found[-1]


def papers(case: Case, kind: str) -> list[Paper]:
    """Return the papers of a kind, oldest first."""
    return [paper for paper in case.papers if paper.kind == kind]


# --- through the door


class Door:
    """The one door on a stored database. Each act is one transaction within its actor's sight."""

    def __init__(self, session: AnySession, now: datetime = START) -> None:
        self.session = session
        self.now = now

    def actor(self, who: str, role: str = ADMIN) -> Actor:
        """Return who acts for a body or a post."""
        see(self.session, Scope.system())
        post = and_key = role
        posts = zezhou().posts
        if who in posts:
            post, and_key = who, "post"
        body = posts[who].body if who in posts else who
        place = select(Jurisdiction.id).where(Jurisdiction.key == zezhou().key).scalar_subquery()
        query = select(Appointment).where(Appointment.jurisdiction_id == place)
        query = query.where(Appointment.body_key == body, Appointment.post == post)
        row = self.session.scalars(query.order_by(Appointment.id)).first()
        assert row is not None, f"nobody acts for {who}"
        return Actor(row.user_id, row.person, row.jurisdiction_id, who, and_key, row.id)

    def look(self, who: str, role: str = ADMIN) -> Actor:
        """Let the session see what somebody sees, and return the actor."""
        actor = self.actor(who, role)
        see(self.session, scope_for(self.session, actor))
        return actor

    def register(
        self, who: str = "tax", role: str = ADMIN, key: str | None = None, **facts: Any
    ) -> workflow.Outcome:
        """Register a dispute."""
        with database.write_transaction():
            actor = self.look(who, role)
            body = a_registration(**facts)
            return workflow.register(self.session, actor, body, now=self.now, idempotency_key=key)

    def do(
        self, case_id: int, who: str, key: str, role: str = ADMIN, **inputs: Any
    ) -> workflow.Outcome:
        """Do an offered act, required inputs filled in."""
        offers = self.offers(case_id, who, role)
        offer = offers.find(key)
        assert offer is not None, (
            f"{who} is not offered {key}: offered {[o.key for o in offers.now]}, blocked "
            f"{[(b.key, [why.say() for why in b.why]) for b in offers.blocked]}"
        )
        wanted = filled(offer.asks, self.now.date(), inputs)
        return self.perform(case_id, who, key, wanted, role=role)

    def perform(
        self,
        case_id: int,
        who: str,
        key: str,
        inputs: Mapping[str, Any],
        *,
        role: str = ADMIN,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> workflow.Outcome:
        """Ask for an act with exactly these inputs; by default with the present version."""
        with database.write_transaction():
            known = self.case(case_id).version if version is None else version
            self.session.rollback()
            actor = self.look(who, role)
            return workflow.perform(
                self.session,
                actor,
                case_id,
                key,
                inputs,
                version=known,
                now=self.now,
                idempotency_key=idempotency_key,
            )

    def offers(self, case_id: int, who: str, role: str = ADMIN) -> Offers:
        """Return what somebody may do now, and what is blocked; NotFound out of sight."""
        actor = self.look(who, role)
        case = workflow.find(self.session, case_id)
        found = workflow.available(self.session, actor, case, self.now)
        self.session.rollback()
        return found

    def keys(self, case_id: int, who: str, role: str = ADMIN) -> set[str]:
        """Return the keys of what somebody may do now."""
        return {offer.key for offer in self.offers(case_id, who, role).now}

    def preview(self, case_id: int, who: str, key: str, inputs: Mapping[str, Any]) -> Preview:
        """Return what an act with exactly these inputs would bring about."""
        actor = self.look(who)
        case = workflow.find(self.session, case_id)
        return workflow.preview(self.session, actor, case, key, inputs, self.now)

    def case(self, case_id: int) -> Case:
        """Return the case as it stands, whoever asks; its parts are read when asked for."""
        see(self.session, Scope.system())
        self.session.expire_all()
        return self.session.scalars(select(Case).where(Case.id == case_id)).one()

    def all(self, model: Any, **where: Any) -> Sequence[Any]:
        """Return every stored row of a table, whoever asks."""
        see(self.session, Scope.system())
        query = select(model).filter_by(**where).order_by(model.id)
        return self.session.scalars(query.execution_options(populate_existing=True)).all()

    def state(self) -> dict[str, Any]:
        """Return what no refusal and no preview may change."""
        tables = (Case, Task, Paper, Event, Notice, NumberSeries)
        return {model.__tablename__: [_plain(row) for row in self.all(model)] for model in tables}


def _plain(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}


def days_after(start: datetime, days: int) -> datetime:
    """Return the same time some days later."""
    return start + timedelta(days)
