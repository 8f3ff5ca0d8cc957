"""In whose lane of the drawing a stage stands: the units', an office's, a post's, a platform's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from app.errors import N_, Reason
from app.mechanism.schema import Action, Mechanism, Term
from app.mechanism.terms import acts, task_of

UNITS = Reason(N_("Units"))
Targets = Callable[[Action, str], Iterator[str]]


class Lanes:
    """Who acts at the stages of a mechanism; `targets` tells where an act leads from a stage."""

    def __init__(self, mechanism: Mechanism, targets: Targets) -> None:
        self.mechanism = mechanism
        self.targets = targets
        self.every = acts(mechanism)

    def of(self, leading: Iterable[Action], stage: str) -> Reason:
        """Return the lane of those who do some acts at a stage; the units' where several do."""
        found = [one for act in leading for one in self._who(act.by, stage)]
        return UNITS if UNITS in found or not found else found[0]

    def _who(self, terms: Iterable[Term], stage: str) -> Iterator[Reason]:
        for term in terms:
            finder = _FINDERS.get(term.word)
            if finder is None:
                yield UNITS
            else:
                yield from finder(self, term.arg, stage)

    def post(self, key: str, _: str) -> Iterator[Reason]:
        """Yield the lane of a post."""
        yield Reason(self.mechanism.posts[key].label)

    def kind(self, kind: str | None, _: str) -> Iterator[Reason]:
        """Yield the lanes of the bodies of a kind, of the offices where none is named."""
        for body in self.mechanism.bodies.values():
            if body.kind == (kind or "office"):
                yield Reason(body.short)

    def role(self, role: str, stage: str) -> Iterator[Reason]:
        """Yield the lanes of those who have a role on the ways through a stage."""
        for tier in self.mechanism.tiers.values():
            if stage in tier.steps:
                yield from self._who(tier.roles.get(role, ()), stage)

    def every_one(self, groups: Any, stage: str) -> Iterator[Reason]:
        """Yield the lanes of the first of several groups: who is in all is in it."""
        yield from self._who(groups[0], stage)

    def owner(self, kind: str, stage: str) -> Iterator[Reason]:
        """Yield the lanes of those for whom a task is opened that may be open at a stage."""
        if kind not in self._open_at[stage]:
            return
        for act in self.every:
            for term in act.does:
                if term.word == "open" and term.arg["task"] == kind:
                    yield from self._who(term.arg["to"], stage)

    @cached_property
    def _open_at(self) -> Mapping[str, set[str]]:
        """The kinds of tasks that may be open at each stage."""
        found: dict[str, set[str]] = {stage: set() for stage in self.mechanism.stages}
        for turn in self.mechanism.register.then:
            found[turn.stage] |= _opened(self.mechanism.register)
        count = -1
        while count < (count := sum(map(len, found.values()))):
            for act in self.every:
                for stage in act.origin:
                    after = (found[stage] - _ended(act)) | _opened(act)
                    for target in {*self.targets(act, stage)} or {stage}:
                        found[target] |= after
        return found


_FINDERS: Mapping[str, Callable[[Lanes, Any, str], Iterator[Reason]]] = {
    "post": Lanes.post,
    "attached": Lanes.post,
    "office": Lanes.kind,
    "kind": Lanes.kind,
    "role": Lanes.role,
    "every": Lanes.every_one,
    "owner": Lanes.owner,
}


def _opened(act: Action) -> set[str]:
    kinds = (task_of(term) for term in act.does if term.word == "open")
    return {kind for kind in kinds if kind}


def _ended(act: Action) -> set[str]:
    """Return the kinds of tasks of which none is open after an act."""
    return {
        kind
        for term in act.does
        if term.word in ("close", "void") and term.when is None and "of" not in term.arg
        if (kind := task_of(term))
    }
