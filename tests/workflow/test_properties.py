"""Random people do random offered things to random cases; every promise holds after each step.

The real engine on transient objects: no database, thousands of acts. What the acceptance walk
looks at over REST is looked at here from inside, at a thousand times the speed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.errors import AppError, NotFound, NotYours, Refused, Stale
from app.models import Case
from app.rules import engine
from app.rules.engine import Blocked, Offer
from app.rules.inputs import AskView
from app.rules.preview import foresee
from app.rules.shapes import Act, Actor
from tests.factories import Engine, World, filled, sample, zezhou
from tests.workflow.promises import all_hold

#: Acts that end a case at once come seldom, or nothing would go far.
RARE = {"decline", "withdraw"}
#: Cases that lie open at a time, and the longest history of one.
MOST_OPEN, LONGEST = 3, 60
#: Words for an input that is no choice: long, with signs that a paper must not trip over.
TEXTS = ("同意。", "经核查，情况属实。\n依法处理。", "100%（百分之百）“属实”", "字" * 900)

#: A seeded generator per step: one draw keeps the walk fast.
RANDOM = st.randoms(use_true_random=True)

Pair = tuple[Actor, Offer]


class County(RuleBasedStateMachine):
    """A county at work."""

    all_taken: ClassVar[Counter[str]] = Counter()

    @initialize(random=RANDOM)
    def open_for_business(self, random: Random) -> None:
        """Begin with a county in which this or that person may be missing."""
        self.engine = Engine(World())
        world = self.engine.world
        bodies = [key for key, one in world.mechanism.bodies.items() if one.registering]
        if random.random() < 0.2:
            world.change(random.choice(bodies), "coordinator", phone="")
        if random.random() < 0.2:
            world.change(random.choice(bodies), "signatory", until_on=date(2024, 11, 3))
        if random.random() < 0.3:
            world.change("group", "deputy", stands_in_for="leader")
        self.bodies = bodies
        self.taken: Counter[str] = Counter()
        self.register(random)

    # --- what happens

    @precondition(lambda self: len(self.lively()) < MOST_OPEN)
    @rule(random=RANDOM)
    def register(self, random: Random) -> None:
        """Somebody comes to some body with some dispute."""
        periods = [("2024-03", "2024-10"), ("2021-01", "2022-06"), ("2022-05", "2024-05"), None]
        period = random.choice(periods)
        case = self.engine.register(
            random.choice(self.bodies),
            category=random.randint(1, 10),
            insurance=random.sample(
                list(self.engine.world.mechanism.insurances), random.choice((1, 1, 2))
            ),
            period_from=period[0] if period else None,
            period_to=period[1] if period else None,
            claim=random.choice((None, "请求重新核定")),
        )
        all_hold(self.engine, case)

    @rule(random=RANDOM)
    def act(self, random: Random) -> None:
        """Somebody does something that is offered, and others go on; time goes by."""
        for _ in range(random.randint(1, 5)):
            self.engine.now += timedelta(hours=random.choice((0, 1, 5, 24, 24 * 6)))
            if not self.lively():
                self.register(random)
            self.one_act(random, self.choose_case(random))

    def one_act(self, random: Random, case: Case) -> None:
        """Do one offered act, having looked at what it would bring about."""
        pairs = self.pairs(case)
        if not pairs:
            return
        actor, offer = self.choose_act(random, pairs)
        inputs = self.inputs(random, offer.asks)
        known = _frozen(case)
        view = self.engine.view_of(case, actor)
        foreseen = foresee(view, offer.key, inputs)
        told = f"{offer.key} with {inputs} after {[event.key for event in case.events]}"
        assert not foreseen.errors, f"{told}: {_words(foreseen.errors)}"
        assert _frozen(case) == known, f"the preview of {told} changed the case"
        done = self.engine.perform(view, offer.key, inputs)
        self.taken[offer.key] += 1
        self.all_taken[offer.key] += 1
        self.look_after(case, known, done, foreseen)

    @rule(random=RANDOM)
    def ask_what_can_be_done(self, random: Random) -> None:
        """Whoever looks is told the truth: what is offered works, what is blocked does not."""
        case = self.choose_case(random)
        actor = random.choice(self.engine.world.actors)
        view = self.engine.view_of(case, actor)
        known = _frozen(case)
        found = engine.offers(view)
        for offer in found.now:
            self.required_is_enough(view, offer)
        for one in found.blocked:
            self.blocked_is_refused(view, one)
        keys = {one.key for one in (*found.now, *found.blocked)}
        self.others_are_refused(random, view, keys)
        assert _frozen(case) == known, "looking changed the case"

    # --- what must hold

    def look_after(self, case: Case, known: Any, act: Act, foreseen: Any) -> None:
        """After an act: one event more, none changed, and all as foreseen."""
        version, events = known["case"]["version"], known["events"]
        assert case.version == version + 1, f"{act.action.key} did not raise the version by one"
        assert _frozen(case)["events"][:-1] == events, "an earlier event changed"
        assert [p.title for p in act.papers] == [p.title for p in foreseen.papers]
        assert [p.addressee for p in act.papers] == [p.to for p in foreseen.papers]
        stages = self.engine.world.mechanism.stages
        assert stages[case.stage].label == foreseen.stage_after
        all_hold(self.engine, case)

    def required_is_enough(self, view: Act, offer: Offer) -> None:
        """With the required inputs alone, the first choice each, an offered act succeeds."""
        inputs = filled(offer.asks, view.today, {})
        found = foresee(view, offer.key, inputs)
        assert not found.errors, f"{offer.key} with {inputs}: {_words(found.errors)}"

    def blocked_is_refused(self, view: Act, one: Blocked) -> None:
        """What is blocked says why, and is refused whatever is filled in."""
        assert one.why, f"{one.key} is blocked for no reason"
        error = _refusal(view, one.key, view.case.version)
        assert isinstance(error, Refused)
        assert error.errors["_"] == list(one.why)

    def others_are_refused(self, random: Random, view: Act, offered: set[str]) -> None:
        """What is not offered is refused, in the contract's order of reasons."""
        key = random.choice(list(view.mechanism.actions))
        if key not in offered:
            error = _refusal(view, key, view.case.version)
            assert isinstance(error, NotYours | Refused), f"{key} is not offered and was taken"
        assert isinstance(_refusal(view, "no_such", 0), NotFound)
        stale = _refusal(view, key, view.case.version + 1)
        assert isinstance(stale, NotYours | Stale), f"{key} was taken with a stale version"

    # --- what to do next

    def lively(self) -> list[Case]:
        """Return the cases that have not ended."""
        stages = self.engine.world.mechanism.stages
        return [c for c in self.engine.cases if stages[c.stage].state != "finished"]

    def choose_case(self, random: Random) -> Case:
        """Return a case to look at: an open one, now and then one that ended."""
        short = [c for c in self.engine.cases if c.version < LONGEST] or self.engine.cases
        lively = [c for c in self.lively() if c in short]
        return random.choice(lively if lively and random.random() < 0.85 else short)

    def pairs(self, case: Case) -> list[Pair]:
        """Return everything that anybody may do to a case."""
        return [
            (actor, offer)
            for actor in self.engine.world.actors
            for offer in engine.offers(self.engine.view_of(case, actor)).now
        ]

    def choose_act(self, random: Random, pairs: list[Pair]) -> Pair:
        """Return what to do: mostly what moves a case on, or what was seldom done."""
        keys = dict.fromkeys(offer.key for _, offer in pairs)
        common = [k for k in keys if k not in RARE or random.random() < 0.12] or list(keys)
        usual = [key for key in common if self.is_usual(key)]
        if usual and random.random() < 0.5:
            common = usual
        least = min(self.taken[key] for key in common)
        seldom = [key for key in common if self.taken[key] == least]
        chosen = random.choice(seldom if random.random() < 0.7 else common)
        return random.choice([pair for pair in pairs if pair[1].key == chosen])

    def is_usual(self, key: str) -> bool:
        """Return whether an act moves a case on its way."""
        return self.engine.world.mechanism.actions[key].tone == "main"

    def inputs(self, random: Random, asks: Sequence[AskView]) -> dict[str, Any]:
        """Return inputs as anybody might fill them in: what is required, some of the rest."""
        today = self.engine.now.date()
        found: dict[str, Any] = {}
        for ask in asks:
            may_come = not ask.type.startswith("attach") and random.random() < 0.4
            # What a choice made above it makes necessary comes with that choice.
            is_needed = ask.only_for is not None and found.get(ask.only_for[0]) == ask.only_for[1]
            if not (ask.required or is_needed or may_come):
                continue
            if ask.type == "person" and not ask.choices:
                continue
            # How long the words of a fact may be depends on the fact; see tests of `amend`.
            found[ask.key] = TEXTS[0] if ask.key == "value" else _value(random, ask, today)
        return found


def _value(random: Random, ask: AskView, today: date) -> Any:
    if ask.type == "units":
        return random.sample(ask.values, random.randint(1, len(ask.values)))
    if ask.type == "fact":
        return random.choice(["content", "claim", "employer", "applicant.address"])
    if ask.choices:
        return random.choice(ask.values)
    if ask.type == "group":
        return [{one.key: _value(random, one, today) for one in ask.fields}]
    if ask.type == "date":
        ahead = ask.max is None and ask.min is not None
        return (today + timedelta(random.randint(0, 20) * (1 if ahead else -1))).isoformat()
    if ask.type == "days":
        return random.randint(ask.min or 1, ask.max or 60)
    if ask.type in ("text", "line"):
        return random.choice(TEXTS)[: ask.max or (200 if ask.type == "line" else 4000)]
    return sample(ask, today)


def _frozen(case: Case) -> dict[str, Any]:
    """Return everything that an act may change, as values that do not change with the case."""
    parts = {
        name: [_columns(part) for part in getattr(case, name)]
        for name in ("events", "tasks", "papers", "access", "pauses", "parties")
    }
    return {"case": _columns(case), **parts}


def _columns(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}


def _refusal(view: Act, key: str, version: int) -> AppError | None:
    """Return what refuses an act with plausible inputs; None where nothing does."""
    try:
        engine.decide(view, key, {"reason": "好", "unit": "tax"}, version)
    except AppError as error:
        return error
    return None


def _words(errors: Any) -> dict[str, list[str]]:
    return {name: [reason.say() for reason in found] for name, found in errors.items()}


#: How many of the 35 acts the suite's short walk may miss.
SELDOM = 3
#: `EXAMPLES=500 pytest …` walks longer and elsewhere; the suite's walk is always the same.
LONG = os.environ.get("EXAMPLES")
WALK = settings(
    max_examples=int(LONG or 25),
    stateful_step_count=40,
    deadline=None,
    derandomize=LONG is None,
    # A failure tells the whole history of its case; making it shorter takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.clause("Z4.2c")
def test_every_promise_holds_after_every_act_of_anybody():
    County.all_taken.clear()
    run_state_machine_as_test(County, settings=WALK)
    # Where a walk of this length comes to changes with every word of the profile; each act has
    # a test of its own besides.
    missing = set(zezhou().actions) - set(County.all_taken)
    assert len(missing) <= SELDOM, f"the walk came to no {missing}; taken: {County.all_taken}"
