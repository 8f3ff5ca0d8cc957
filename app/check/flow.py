"""The flow of a mechanism as a graph: stages in lanes, and the acts that lead between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.check.lanes import Lanes
from app.check.liveness import may_hold
from app.errors import N_, Reason
from app.mechanism.schema import Action, Mechanism, Stage
from app.mechanism.terms import acts
from app.rules.engine import BACK

#: An exceptional act that starts from more stages than this is drawn once, at where it leads to.
MOST_SOURCES = 2
END = Reason(N_("Finished"))


@dataclass(frozen=True)
class Node:
    """A stage: in whose lane it stands, the acts that keep it, and those that lead back."""

    stage: Stage
    lane: Reason
    keeps: tuple[Action, ...]
    returns: tuple[Action, ...]


@dataclass(frozen=True)
class Edge:
    """Acts that lead from one stage to another; from none: the registration, or from many."""

    source: str | None
    target: str
    acts: tuple[Action, ...]
    is_usual: bool
    #: How many stages an act starts from that is drawn only where it leads to.
    many: int = 0


@dataclass(frozen=True)
class Flow:
    """The nodes by stage, the edges, and the acts that keep whatever stage they are done at."""

    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    beside: tuple[Action, ...]


def flow(mechanism: Mechanism) -> Flow:
    """Return the flow of a mechanism, in the order of its profile."""
    return _Reading(mechanism).flow


def pairs(mechanism: Mechanism) -> set[tuple[str, str]]:
    """Return the neighbouring stages of the usual courses."""
    return {
        pair
        for tier in mechanism.tiers.values()
        for pair in zip(tier.steps, tier.steps[1:], strict=False)
    }


class _Reading:
    """One reading of a mechanism's flow."""

    def __init__(self, mechanism: Mechanism) -> None:
        self.mechanism = mechanism
        self.every = acts(mechanism)
        self.pairs = pairs(mechanism)

    @cached_property
    def flow(self) -> Flow:
        """The whole."""
        lanes = Lanes(self.mechanism, self.targets)
        nodes = {
            key: Node(
                stage,
                self._lane(lanes, key),
                tuple(self._keeping(key)),
                tuple(self._returning(key)),
            )
            for key, stage in self.mechanism.stages.items()
        }
        shown = {act.key for node in nodes.values() for act in node.keeps}
        beside = tuple(act for act in self.every if _stays(act) and act.key not in shown)
        return Flow(nodes, tuple(self._edges()), beside)

    @cached_property
    def moves(self) -> list[tuple[str, str, Action]]:
        """Every step from a stage to another, act by act."""
        return [
            (stage, target, act)
            for act in self.every
            for stage in self.mechanism.stages
            if stage in act.origin
            for target in self.targets(act, stage)
            if target != stage
        ]

    @cached_property
    def usual(self) -> set[tuple[str, str]]:
        """The steps of the usual courses; where no act leads directly, by way of another stage."""
        direct = {(source, target) for source, target, _ in self.moves}
        found = set()
        for first, last in self.pairs:
            if (first, last) in direct:
                found.add((first, last))
            for between in self.mechanism.stages if (first, last) not in direct else ():
                if {(first, between), (between, last)} <= direct:
                    found |= {(first, between), (between, last)}
        return found

    def _returning(self, stage: str) -> Iterator[Action]:
        """Yield the acts that lead back to the stage before, whichever it was."""
        for act in self.every:
            if stage in act.origin and any(turn.stage == BACK for turn in act.then):
                yield act

    def targets(self, act: Action, stage: str) -> Iterator[str]:
        """Yield the stages to which an act may lead from one of its own."""
        for turn in act.then:
            if not may_hold(turn.when, stage):
                continue
            if turn.stage != BACK:
                yield turn.stage
                continue
            for source in self.mechanism.stages:
                if any(source in a.origin and _names(a, stage) for a in self.every):
                    yield source

    def _edges(self) -> Iterator[Edge]:
        for turn in self.mechanism.register.then:
            yield Edge(None, turn.stage, (self.mechanism.register,), is_usual=True)
        gathered = set(self._gathered())
        for source in self.mechanism.stages:
            for target in self.mechanism.stages:
                leading = [a for s, t, a in self.moves if (s, t) == (source, target)]
                leading = [a for a in leading if _names(a, target)]
                is_usual = (source, target) in self.usual
                kept = [a for a in leading if is_usual or (a.key, target) not in gathered]
                if kept:
                    yield Edge(
                        source, target, tuple({act.key: act for act in kept}.values()), is_usual
                    )
        for key, target in dict.fromkeys(self._gathered()):
            many = len({s for s, t, a in self.moves if (a.key, t) == (key, target)})
            yield Edge(None, target, (self.mechanism.actions[key],), is_usual=False, many=many)

    def _gathered(self) -> Iterator[tuple[str, str]]:
        """Yield the acts that lead to a stage from so many others that one arrow has to do."""
        for act in self.every:
            for target in self.mechanism.stages:
                sources = {s for s, t, a in self.moves if (a.key, t) == (act.key, target)}
                unusual = {s for s in sources if (s, target) not in self.usual}
                if len(unusual) > MOST_SOURCES:
                    yield act.key, target

    def _lane(self, lanes: Lanes, stage: str) -> Reason:
        """Return whose turn it is at a stage: who does the acts of its usual course."""
        if self.mechanism.stages[stage].state == "finished":
            return END
        leaving = [(target, act) for source, target, act in self.moves if source == stage]
        usual = [act for target, act in leaving if (stage, target) in self.pairs]
        main = [act for _, act in leaving if act.tone == "main"]
        staying = [act for act in self.every if stage in act.origin and act.tone == "main"]
        return lanes.of(usual or main or staying, stage)

    def _keeping(self, stage: str) -> Iterator[Action]:
        """Yield the main acts of a stage that keep it."""
        leaving = {act.key for source, _, act in self.moves if source == stage}
        for act in self.every:
            if stage in act.origin and act.tone == "main" and act.key not in leaving:
                yield act


def _names(act: Action, stage: str) -> bool:
    return any(turn.stage == stage for turn in act.then)


def _stays(act: Action) -> bool:
    return bool(act.origin) and not act.then
