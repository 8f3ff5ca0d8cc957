"""What of a case is still asked about from a stage on; what is not need not be told apart.

A fact of the case (its lead, its way, how often an act was done) matters at a stage if an act
that starts there asks about it, or leads, without setting it anew, to a stage where it matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from app.mechanism.schema import Action, Mechanism, Term
from app.mechanism.terms import asked, task_of, within, words
from app.rules.engine import BACK

#: A fact: its name, and the act or kind of task that it is about.
Fact = tuple[str, str]
#: Fields of an act on which it depends what is possible and where it leads.
GATES = ("by", "asks", "needs", "does", "then")
#: Words that ask about a fact, and words that ask about one of an act, a task or a post.
PLAIN: Mapping[str, str] = {
    "holder": "holder",
    "acceptor": "acceptor",
    "lead": "lead",
    "tier": "tier",
    "registrar": "registrar",
    "routed": "route",
    "off_route": "route",
    "competent": "competent",
    "paused": "paused",
    "same_day": "day",
}
ABOUT: Mapping[str, str] = {
    "done": "done",
    "owed": "done",
    "fulfilled": "done",
    "acted": "count",
    "fewer": "count",
    "attached": "attached",
}
#: Effects after which conditions may tell another answer.
TELLING = frozenset(("set", "open", "close", "void", "move", "entrust"))


class Liveness:
    """Which facts matter at which stage."""

    def __init__(
        self, mechanism: Mechanism, acts: Iterable[Action], kinds: Collection[str]
    ) -> None:
        self.mechanism = mechanism
        #: The kinds of tasks that some condition asks about.
        self.kinds = kinds
        acts = list(acts)
        self.entries = _entries(mechanism, acts)
        moves = [
            (stage, target, act)
            for act in acts
            for stage in act.origin
            for target in self._targets(act, stage)
        ]
        self.at: dict[str, set[Fact]] = {stage: set() for stage in mechanism.stages}
        for act in acts:
            for stage in act.origin:
                self.at[stage].update(self._asked(act, stage))
        while self._carried(moves):
            pass

    def _carried(self, moves: Iterable[tuple[str, str, Action]]) -> bool:
        """Carry what matters one step back; return whether anything was new."""
        grown = False
        for stage, target, act in moves:
            set_anew = _set_anew(act)
            more = {f for f in self.at[target] if not set_anew & {f, (f[0], "")}} - self.at[stage]
            self.at[stage] |= more
            grown = grown or bool(more)
        return grown

    def _targets(self, act: Action, stage: str) -> set[str]:
        """Return the stages to which an act can lead from one of its stages."""
        found: set[str] = set()
        for turn in act.then:
            if may_hold(turn.when, stage):
                found |= self.entries[stage] if turn.stage == BACK else {turn.stage}
        return found

    def _asked(self, act: Action, stage: str) -> Iterator[Fact]:
        for term in self._read(act, stage):
            yield from self._facts(term)
        for effect in act.does:
            kind = task_of(effect)
            lasts = kind is not None and self.mechanism.tasks[kind].sight == "full"
            if effect.word == "open" and lasts and may_hold(effect.when, stage):
                yield "done", kind or ""  # what a party has decided, it is not asked again

    def _read(self, act: Action, stage: str) -> Iterator[Term]:
        """Yield the words that decide what an act can do from a stage."""
        yield from words(act, "by", "asks", "needs")
        for turn in act.then:
            if may_hold(turn.when, stage):
                yield from within(turn.when)
        for effect in act.does:
            kind = task_of(effect)
            matters = effect.word in TELLING and (kind is None or kind in self.kinds)
            if matters and may_hold(effect.when, stage):
                yield from asked(effect)

    def _facts(self, term: Term) -> Iterator[Fact]:
        """Yield the facts that a word asks about."""
        if term.word in PLAIN:
            yield PLAIN[term.word], ""
        elif term.word in ABOUT:
            about = term.arg["act"] if term.word == "fewer" else task_of(term) or term.arg
            yield ABOUT[term.word], about
        elif term.word == "role":
            yield "tier", ""
            for tier in self.mechanism.tiers.values():
                for inner in within(tier.roles.get(term.arg, ())):
                    yield from self._facts(inner)


def may_hold(term: Term | None, stage: str) -> bool:
    """Return whether a condition can hold at a stage, as far as it speaks of the stage."""
    if term is None:
        return True
    if term.word == "stage":
        return stage in term.arg
    if term.word == "all":
        return all(may_hold(one, stage) for one in term.arg)
    if term.word == "any":
        return any(may_hold(one, stage) for one in term.arg)
    return True


def _entries(mechanism: Mechanism, acts: Iterable[Action]) -> dict[str, set[str]]:
    """Return for each stage those from which it is entered: where `back` can lead."""
    found: dict[str, set[str]] = {stage: set() for stage in mechanism.stages}
    for act in acts:
        for turn in act.then:
            if turn.stage != BACK:
                found[turn.stage] |= act.origin
    return found


def _set_anew(act: Action) -> set[Fact]:
    """Return the facts that an act sets whatever they were before."""
    found: set[Fact] = set()
    for term in act.does:
        if term.when is not None:
            continue
        if term.word == "set":
            found.update((name, "") for name in term.arg)
        elif term.word == "new_round":
            # What was done in an earlier round is not told apart any more.
            found.update((("done", ""), ("count", "")))
        elif term.word in ("pause", "resume"):
            found.add(("paused", ""))
    return found
