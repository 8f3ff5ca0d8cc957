"""All ways that a case can go, found by the real engine on cases in memory.

Breadth first, so that the first way to anything is a shortest one. Of cases with the same key
(see `abstraction`) one goes on for all. What is beside the way (advice, a pause) is followed
one at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from app.check.abstraction import Abstraction, Key
from app.check.cases import KIT, Applicant, Case, Event
from app.check.choices import forms, inputs_that_matter
from app.check.starts import Start, starts
from app.check.world import NOW, World, actor
from app.errors import Reason, Refused
from app.mechanism.schema import Action, Mechanism, Term
from app.mechanism.terms import acts
from app.rules import effects, engine, routing
from app.rules.guards import holds
from app.rules.shapes import Act, Actor
from app.rules.who import principals

#: More states than this are not looked at; the check says so.
MOST_STATES = 4000


@dataclass(eq=False)
class State:
    """A case as far as its way goes: the case, and the step by which it was first reached."""

    case: Case
    before: State | None
    step: str
    nexts: set[Key] = field(default_factory=set)
    #: Those of the nexts that do not begin anew what was finished.
    onward: set[Key] = field(default_factory=set)

    def path(self) -> tuple[str, ...]:
        """Return the acts that lead here."""
        steps: list[str] = []
        state: State | None = self
        while state is not None:
            steps.append(state.step)
            state = state.before
        return tuple(reversed(steps))


@dataclass(eq=False)
class Missed:
    """A word of an act that should name somebody: how often it did, and where it first did not."""

    named: int = 0
    unnamed: State | None = None


@dataclass(eq=False)
class Exploration:
    """What was found on the way: states by key, what was offered, done, blocked, refused."""

    mechanism: Mechanism
    abstraction: Abstraction
    states: dict[Key, State] = field(default_factory=dict)
    offered: dict[str, State] = field(default_factory=dict)
    blocked: dict[str, tuple[State, tuple[Reason, ...]]] = field(default_factory=dict)
    refused: dict[str, tuple[State, Reason]] = field(default_factory=dict)
    #: Papers on which nothing stood, and where the first one was issued.
    blank: dict[str, State] = field(default_factory=dict)
    #: Words by act, field and place: (act, "tells", 0).
    missed: dict[tuple[str, str, int], Missed] = field(default_factory=dict)
    is_whole: bool = True


def explore(mechanism: Mechanism, most: int = MOST_STATES) -> Exploration:
    """Return all that can happen to a case of this mechanism, as far as it can be told apart."""
    run = _Run(mechanism, most)
    run.go()
    return run.found


class _Run:
    """One exploration."""

    def __init__(self, mechanism: Mechanism, most: int) -> None:
        self.mechanism = _lean(mechanism)
        self.world, self.full = World.of(self.mechanism), World.of(mechanism)
        self.sampled: set[Any] = set()
        self.abstraction = Abstraction(mechanism)
        self.found = Exploration(mechanism, self.abstraction)
        self.queue: deque[tuple[Key, State]] = deque()
        self.most = most
        self.quiet_done: set[Any] = set()
        self.anew = {
            act.key for act in acts(mechanism) if any(t.word == "new_round" for t in act.does)
        }
        #: Bodies that have nothing to do with a case at a stage, by stage and sort.
        self.idle: set[Any] = set()
        self.named = {key: inputs_that_matter(act) for key, act in mechanism.actions.items()}
        #: The effects of each act, with and without their condition.
        self.effects = {
            act.key: [(term, (replace(term, when=None),)) for term in act.does]
            for act in acts(mechanism)
        }
        acting = (*mechanism.working, *mechanism.posts)
        self.actors = {key: actor(mechanism, key) for key in acting}

    def go(self) -> None:
        """Follow every way until nothing new is found."""
        for start in starts(self.mechanism):
            self._start(start)
        while self.queue:
            if len(self.found.states) >= self.most:
                self.found.is_whole = False
                return
            key, state = self.queue.popleft()
            self._expand(key, state)

    def _start(self, start: Start) -> None:
        facts = start.facts
        case = Case(
            registrar=start.registrar,
            holder=start.registrar,
            registered_at=NOW if start.is_today else NOW - timedelta(1),
            visited_at=NOW,
            category=facts.category or 0,
            insurance=list(facts.insurance),
            aspect=facts.aspect,
            period_from=facts.period_from,
            period_to=facts.period_to,
            amount=facts.amount,
            payer_kind=facts.payer_kind,
            channel=facts.channel or "visit",
            applicant=Applicant(kind=facts.applicant_kind or "person"),
            persons=facts.persons,
        )
        case.route = routing.propose(self.mechanism, facts, start.registrar).as_dict()
        act = self._view(case, self.actors[start.registrar])
        if engine.is_yours(act):
            self._do(act, None)

    def _view(self, case: Case, who: Actor) -> Act:
        register = self.mechanism.register
        return Act(case, who, self.world, NOW, KIT, register, take_number=lambda *_: 1)

    def _expand(self, key: Key, state: State) -> None:
        marks = self.abstraction.marks(state.case)
        for who in self._actors(state.case, marks):
            view = self._view(state.case, who)
            offers = engine.offers(view)
            if who.acting_for not in marks and not (offers.now or offers.blocked):
                self.idle.add(self._sort(state.case, who.acting_for))
            for blocked in offers.blocked:
                self._note_blocked(blocked, state)
            for offer in offers.now:
                self.found.offered.setdefault(offer.key, state)
                self._try(view, offer, state)

    def _note_blocked(self, blocked: engine.Blocked, state: State) -> None:
        """Keep where an act was nearest to being possible: with the fewest reasons against it."""
        known = self.found.blocked.get(blocked.key)
        if known is None or len(blocked.why) < len(known[1]):
            self.found.blocked[blocked.key] = state, tuple(blocked.why)

    def _sort(self, case: Case, body: str) -> Any:
        return case.stage, self.abstraction.kind(body)

    def _actors(self, case: Case, marks: Mapping[str, Any]) -> Iterator[Actor]:
        """Yield one of each sort of bodies and posts that may have something to do."""
        for body in self.abstraction.unlike(case, self.mechanism.working):
            if body in marks or self._sort(case, body) not in self.idle:
                yield self.actors[body]
        for post, one in self.mechanism.posts.items():
            if one.acts and (post in marks or self._sort(case, post) not in self.idle):
                yield self.actors[post]

    def _try(self, view: Act, offer: engine.Offer, state: State) -> None:
        case = state.case
        if offer.key in self.abstraction.quiet:
            sort = self.abstraction.kind(view.actor.acting_for)
            place = offer.key, case.stage, case.tier, sort
            if place in self.quiet_done:
                return
            self.quiet_done.add(place)
        known = replace(view, action=self.mechanism.actions[offer.key])
        for form in forms(self.abstraction, known, offer.asks, self.named[offer.key]):
            try:
                act = engine.decide(view, offer.key, form, case.version)
                self._do(replace(act, case=case.copy(), changes={}, papers=[], told=[]), state)
            except Refused as refusal:
                self.found.refused.setdefault(offer.key, (state, refusal.reason))

    def _do(self, act: Act, before: State | None) -> None:
        """Carry an act out, effect by effect so as to see whom each one names, and go on there."""
        state = State(case_of(act), before, act.action.key)
        self._sample(act, state)
        self._carry_out(act, state)
        key = self.abstraction.key(state.case)
        if before is not None:
            before.nexts.add(key)
            if act.action.key not in self.anew:
                before.onward.add(key)
            if len(self.abstraction.beside(state.case)) > 1:
                return
        if key not in self.found.states:
            self.found.states[key] = state
            self.queue.append((key, state))

    def _sample(self, act: Act, state: State) -> None:
        """Carry an act out with all its papers, once at each stage of each way."""
        action = self._full(act.action.key)
        place = action.key, act.case.stage, act.case.tier
        if not action.makes or place in self.sampled:
            return
        self.sampled.add(place)
        twin = replace(act, case=act.case.copy(), world=self.full, action=action, changes={})
        twin.papers = []
        engine.carry_out(twin)
        for paper in twin.papers:
            if not paper.content["rows"] and not paper.content["paragraphs"]:
                self.found.blank.setdefault(paper.kind, state)

    def _carry_out(self, act: Act, state: State) -> None:
        action = act.action
        for place, (term, alone) in enumerate(self.effects[action.key]):
            if holds(act, term.when):
                if term.word in ("open", "move", "invite"):
                    who = term.arg if term.word == "invite" else term.arg["to"]
                    self._note(act, state, "does", place, who)
                effects.apply(act, alone)
        act = replace(act, action=replace(action, does=()))
        engine.carry_out(act)
        for place, term in enumerate(action.tells):
            self._note(act, state, "tells", place, (term,))
        for place, make in enumerate(self._full(action.key).makes):
            if holds(act, make.when):
                paper = self.found.mechanism.papers[make.paper]
                self._note(act, state, "makes", place, make.each or paper.to)
        _append_event(act)

    def _full(self, key: str) -> Action:
        """Return an act with all the papers that it makes."""
        full = self.found.mechanism
        return full.actions.get(key, full.register)

    def _note(self, act: Act, state: State, field: str, place: int, who: tuple[Term, ...]) -> None:
        known = self.found.missed.setdefault((act.action.key, field, place), Missed())
        if principals(act, who):
            known.named += 1
        elif known.unnamed is None:
            known.unnamed = state


def case_of(act: Act) -> Case:
    """Return the case of an act, which is one in memory."""
    case: Any = act.case
    found: Case = case
    return found


def _append_event(act: Act) -> None:
    case = case_of(act)
    case.events.append(
        Event(
            seq=act.seq,
            key=act.action.key,
            body=act.actor.acting_for,
            stage_before=act.stage_before or None,
            stage_after=case.stage,
            changes=act.changes,
            voids_seq=act.voids_seq,
            at=act.now,
            actor=act.actor.name,
        )
    )
    case.version = act.seq


def _lean(mechanism: Mechanism) -> Mechanism:
    """Return the mechanism with only those papers issued that inputs can name, and no words."""
    papers = {key: replace(one, rows=(), text=()) for key, one in mechanism.papers.items()}
    actions: Mapping[str, Any] = {
        key: replace(act, makes=tuple(make for make in act.makes if papers[make.paper].decision))
        for key, act in mechanism.actions.items()
    }
    register = replace(mechanism.register, makes=())
    return replace(mechanism, papers=papers, actions=actions, register=register)
