"""The cases of the demonstration: two years of a county's work, through the engine's door.

Deterministic: the same seed, number of cases and moment give the same cases. All acts of a block
of cases happen in the order of their moments, so that numbers rise with the days. Most cases ran
their whole course; the young ones stand at every stage, some paused, some neglected and overdue.
"""

from __future__ import annotations

import gc
import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app import workflow
from app.directory import CLERK, Directory, directory_of
from app.errors import N_, NotFound, Reason
from app.invented import Invented, filled, registration
from app.mechanism.schema import Action, Mechanism
from app.models import Appointment, Jurisdiction
from app.rules.engine import BACK, Offer
from app.rules.shapes import NEVER, ZONE, Actor, open_tasks
from app.security.posts import posts_of
from app.security.sight import AnySession

#: How far back the cases reach.
YEARS = timedelta(days=730)
#: Cases whose acts are put into the order of their moments, and written at once.
BLOCK = 400
#: Shares of the cases that are of the last week, and of the last six weeks.
LAST_WEEK, LAST_WEEKS = 0.08, 0.32
#: Where the mechanism is younger than this, acts follow each other until now.
HURRIED = timedelta(days=60)
#: How many acts a case of such a young mechanism has behind it.
STEPS = (0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 18)
#: The share of young cases that nobody looks after any more; they become overdue.
NEGLECTED = 0.06
#: A case stands still where it was to come, if it came there lately, or few others stand there.
LATELY, FEW = timedelta(days=9), 2
#: Every so many young cases one is steered into a pause.
PAUSED = 13
#: How much sooner an act is chosen that leads where the case is to stand.
STEERED = 12.0
#: How often nothing is done where none of the acts on offer is owed.
PASS = 10.0
#: How often a filled-in form has more than it must.
EAGER = 0.35
#: The same applicant comes again with the same matter.
AGAIN = 0.03
MOST_ACTS = 40
OFFICE_HOURS = (8, 9, 10, 11, 14, 15, 16, 17)


def load(session: AnySession, place: Jurisdiction, count: int, seed: int, now: datetime) -> int:
    """Register cases and take each its way, through the engine's door; return how many.

    Writes block by block, each in its own commit.
    """
    loading = _Loading.of(session, place, seed, now)
    begins = sorted(loading.begin(number) for number in range(count))
    for first in range(0, count, BLOCK):
        loading.run(first, begins[first : first + BLOCK])
    return count


@dataclass
class _Course:
    """The way of one case: its own dice, where it is to stand, and when nobody acts any more."""

    invented: Invented
    target: str | None = None
    is_to_pause: bool = False
    acts_left: int = MOST_ACTS
    case_id: int = 0


@dataclass
class _Loading:
    """One loading: the county, its people, and the moment at which it stops."""

    place: Jurisdiction
    seed: int
    now: datetime
    first: datetime
    directory: Directory
    actors: dict[str, list[Actor]]
    batch: workflow.Batch
    distances: dict[str, dict[str, int]]
    standing: Counter[str] = field(default_factory=Counter)
    applicants: list[tuple[dict[str, Any], int]] = field(default_factory=list)

    @classmethod
    def of(cls, session: AnySession, place: Jurisdiction, seed: int, now: datetime) -> _Loading:
        """Return a loading for a county as it is at this moment."""
        directory = directory_of(session, place, day=now.astimezone(ZONE).date())
        actors = _actors(session, place, now)
        if not actors.keys() & set(directory.mechanism.registering):
            text = N_("Nobody acts for a registering body of %(place)s yet")
            raise NotFound(Reason(text, {"place": place.name}))
        day = max(directory.mechanism.valid_from, directory.holds_from)
        began = datetime(day.year, day.month, day.day, 8, tzinfo=ZONE)
        return cls(
            place=place,
            seed=seed,
            now=now,
            first=min(max(began, now - YEARS), now),
            directory=directory,
            actors=actors,
            batch=workflow.Batch(session, place),
            distances=_distances(directory.mechanism),
        )

    @property
    def is_hurried(self) -> bool:
        """Return whether the mechanism is too young for cases at their own pace."""
        return self.now - self.first < HURRIED

    def begin(self, number: int) -> datetime:
        """Return when a case is registered: many of late, the others over the years."""
        random = Random(f"{self.seed} begin {number}")  # noqa: S311
        share, span = random.random(), self.now - self.first
        if share < LAST_WEEK:
            span = min(span, timedelta(days=7))
        elif share < LAST_WEEKS:
            span = min(span, timedelta(days=45))
        return self.in_office_hours(random, self.now - random.random() * span)

    def run(self, first: int, begins: Sequence[datetime]) -> None:
        """Let the cases of a block come and go, act by act in the order of time; write them."""
        with _uncollected():
            self._run(first, begins)
            self.batch.commit()

    def _run(self, first: int, begins: Sequence[datetime]) -> None:
        queue = [(at, first + place) for place, at in enumerate(begins)]
        courses = {number: self._course(number, at) for at, number in queue}
        heapq.heapify(queue)
        while queue:
            at, number = heapq.heappop(queue)
            later = self._next(courses[number], at)
            if later is not None:
                heapq.heappush(queue, (later, number))

    def in_office_hours(self, random: Random, at: datetime) -> datetime:
        """Return a moment in office hours of that day or the next working one, not after now."""
        local = at.astimezone(ZONE)
        day = self.directory.calendar.next_workday(local.date())
        hour = random.choice(OFFICE_HOURS)
        moment = datetime(day.year, day.month, day.day, hour, random.randrange(60), tzinfo=ZONE)
        return max(self.first, min(self.now, moment))

    # --- one case

    def _course(self, number: int, begins: datetime) -> _Course:
        """Return where a case goes: old ones to their end, young ones to every stage in turn."""
        course = _Course(Invented.seeded(f"{self.seed} case {number}"))
        if self.is_hurried:
            course.acts_left = STEPS[number % len(STEPS)]
        elif self.now - begins < timedelta(days=75):
            stages = list(self.directory.mechanism.stages)
            course.target = stages[number % len(stages)]
            course.is_to_pause = number % PAUSED == 0
            if course.invented.chance(NEGLECTED):
                course.acts_left = course.invented.random.choice((0, 1, 2, 3))
        return course

    def _next(self, course: _Course, at: datetime) -> datetime | None:
        """Register the case or do its next act; return when it goes on, None where it stops."""
        if not course.case_id:
            self._register(course, at)
        elif not self._act(course, at):
            return None
        case = self.batch.case(course.case_id)
        if course.acts_left <= 0 or (course.is_to_pause and case.paused_on):
            return None
        if course.target == case.stage and self._stays(case, at):
            return None
        course.acts_left -= 1
        later = self._later(course, case, at)
        if later <= self.now:
            return later
        return self.now if self.is_hurried else None

    def _stays(self, case: Any, at: datetime) -> bool:
        """Return whether a case stands still where it was to come: lately, or as one of few."""
        finished = self.directory.mechanism.stages[case.stage].state == "finished"
        if finished or (self.now - at > LATELY and self.standing[case.stage] >= FEW):
            return False
        self.standing[case.stage] += 1
        return True

    def _register(self, course: _Course, at: datetime) -> None:
        invented, mechanism = course.invented, self.directory.mechanism
        bodies = [key for key in mechanism.registering if key in self.actors]
        actor = self._somebody(course, invented.random.choice(bodies))
        body = registration(self.directory, invented, at)
        if self.applicants and invented.chance(AGAIN):
            body["applicant"], body["category"] = self.applicants[-1]
            body.pop("aspect", None)
        self.applicants[:] = [(body["applicant"], body["category"])]
        course.case_id = self.batch.register(actor, body, now=at).case_id

    def _act(self, course: _Course, at: datetime) -> bool:
        """Let one of those who owe something do something; return whether the case goes on."""
        case = self.batch.case(course.case_id)
        owners = self._owners(case)
        course.invented.random.shuffle(owners)
        for owner in owners:
            actor = self._somebody(course, owner)
            offer = self._chosen(course, case, actor, at)
            if offer is not None:
                inputs = filled(offer.asks, course.invented, at, EAGER)
                self.batch.perform(actor, case.id, offer.key, inputs, version=case.version, now=at)
                return True
        return bool(owners)

    def _owners(self, case: Any) -> list[str]:
        """Return who owes something on the case; its holder where only outsiders do."""
        owners = list(dict.fromkeys(task.body for task in open_tasks(case)))
        known = [key for key in owners if key in self.actors]
        return known or [key for key in (case.holder,) if owners and key in self.actors]

    def _somebody(self, course: _Course, key: str) -> Actor:
        """Return who acts for a body or post: mostly its clerk."""
        people = self.actors[key]
        clerks = [one for one in people if one.role == CLERK]
        return clerks[0] if clerks and course.invented.chance(0.8) else people[0]

    def _chosen(self, course: _Course, case: Any, actor: Actor, at: datetime) -> Offer | None:
        """Return an act that is possible, drawn by weight; None where nothing is done for once."""
        mechanism = self.directory.mechanism
        tasks = [task for task in open_tasks(case) if task.body == actor.acting_for]
        owed = {key for task in tasks for key in mechanism.tasks[task.kind].acts}
        weights = {
            action.key: self._weight(course, case.stage, action)
            for action in mechanism.actions.values()
            if case.stage in action.origin
        }
        while weights:
            idle = 0.0 if owed & weights.keys() else PASS
            key = course.invented.random.choices([*weights, ""], [*weights.values(), idle])[0]
            if not key:
                return None
            offer = self.batch.offer(actor, case.id, key, at)
            if offer is not None:
                return offer
            del weights[key]
        return None

    def _weight(self, course: _Course, stage: str, action: Action) -> float:
        weight = course.invented.weight(action.key)
        if course.is_to_pause and any(term.word == "pause" for term in action.does):
            return weight * STEERED * STEERED
        if course.target and self._leads(action, stage, course.target):
            return weight * STEERED
        return weight

    def _leads(self, action: Action, stage: str, target: str) -> bool:
        """Return whether an act brings a case nearer to a stage."""
        far = self.distances[target]
        here = far.get(stage)
        return here is not None and any(far.get(t.stage, here) < here for t in action.then)

    def _later(self, course: _Course, case: Any, at: datetime) -> datetime:
        """Return when somebody acts next: mostly within the time that is left, sometimes late."""
        random = course.invented.random
        days = [(t.due_on - t.from_on).days for t in open_tasks(case) if t.due_on != NEVER]
        pace = random.uniform(1.05, 1.6) if random.random() < 0.07 else random.uniform(0.03, 0.6)
        wait = timedelta(days=min(days, default=3) * pace, hours=1)
        return max(at, self.in_office_hours(random, at + wait))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: a block's cases are all in use, and there are many."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _actors(session: AnySession, place: Jurisdiction, now: datetime) -> dict[str, list[Actor]]:
    """Return who acts for each body and post: every account, for the first of its posts."""
    query = select(Appointment.user_id).where(
        Appointment.jurisdiction_id == place.id, Appointment.user_id.is_not(None)
    )
    users = dict.fromkeys(session.scalars(query.order_by(Appointment.position)))
    day = now.astimezone(ZONE).date()
    found: dict[str, list[Actor]] = {}
    for user in users:
        for actor in posts_of(session, user or 0, day)[:1]:
            found.setdefault(actor.acting_for, []).append(actor)
    return found


def _distances(mechanism: Mechanism) -> dict[str, dict[str, int]]:
    """Return, for each stage, from how many acts away each other stage leads to it."""
    steps = list(_steps(mechanism))
    found: dict[str, dict[str, int]] = {}
    for target in mechanism.stages:
        far = found[target] = {target: 0}
        for distance in range(1, len(mechanism.stages) + 1):
            for origin, stage in steps:
                if far.get(stage) == distance - 1:
                    far.setdefault(origin, distance)
    return found


def _steps(mechanism: Mechanism) -> Iterator[tuple[str, str]]:
    """Yield every pair of stages that some act leads over."""
    for action in mechanism.actions.values():
        for turn in action.then:
            if turn.stage != BACK:
                yield from ((origin, turn.stage) for origin in sorted(action.origin))
