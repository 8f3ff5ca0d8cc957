"""What of a case decides how it can go on; all else is left out, so that few states remain.

Two cases with the same key go the same ways. Left out are: dates, words and numbers; which of
several bodies of one kind it is; and what no condition asks about from there on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from app.check.cases import Case
from app.check.liveness import GATES, Liveness
from app.check.starts import Questions, kinds_of
from app.mechanism.schema import Action, Mechanism, Term
from app.mechanism.terms import acts, task_of, words
from app.rules.engine import BACK
from app.rules.shapes import open_tasks
from app.rules.who import accepting

Key = tuple[Any, ...]
#: Effects that change nothing that a condition could ask about.
QUIET = frozenset(
    ("person", "extend", "amend", "hand", "invite", "undo", "supersede", "caution", "deliver")
)
#: Effects after which another part of the way begins.
MOVING = frozenset(("set", "move", "new_round"))
_READS = frozenset(("done", "none_open", "open"))


class Abstraction:
    """What a mechanism's conditions ask about, and the key of a case by that."""

    def __init__(self, mechanism: Mechanism) -> None:
        self.mechanism = mechanism
        self.kinds = kinds_of(mechanism)
        every = acts(mechanism)
        self.counts = _counted(every)
        self.quiet = frozenset(act.key for act in every if self._is_quiet(act))
        loud = [act for act in every if act.key not in self.quiet]
        terms = [term for act in loud for term in words(act, *GATES)]
        self.questions = Questions(mechanism)
        self.by_paper = {
            stage
            for act in every
            if any(ask.type == "paper" for ask in act.asks)
            for stage in act.origin
        }
        self.asked = {kind for term in terms if (kind := task_of(term)) and _asks(term)}
        self.aside = _aside(loud, self.asked)
        for act in loud:
            if act.key in self.counts and self._is_beside(act):
                del self.counts[act.key]
        self.live = Liveness(mechanism, loud, self.asked).at
        self.returning = frozenset(
            stage
            for act in every
            if any(turn.stage == BACK for turn in act.then)
            for stage in act.origin
        )

    def _is_quiet(self, act: Action) -> bool:
        """Return whether an act leaves the case as it is, as far as conditions can tell."""
        return (
            not act.then
            and act.key not in self.counts
            and all(term.word in QUIET for term in act.does)
        )

    def _is_beside(self, act: Action) -> bool:
        """Return whether all that an act does lies beside the way."""
        return not act.then and all(
            term.word in ("pause", "resume", *QUIET)
            or (kind := task_of(term)) in self.aside
            or (kind is not None and kind not in self.asked)
            for term in act.does
        )

    def key(self, case: Case) -> Key:
        """Return what decides how the case can go on.

        Of cases with something beside the way, one stands for all of a stage.
        """
        if aside := self.beside(case):
            return case.stage, case.tier, aside
        live = self.live[case.stage]
        return (
            case.stage,
            case.tier if ("tier", "") in live else "",
            case.previous_stage if case.stage in self.returning else "",
            self._counts(case, live),
            bool(case.route.get("units")) if ("route", "") in live else None,
            case.registered_at if ("day", "") in live else None,
            self.questions.answers(case.facts()),
            case.stage in self.by_paper and any(self._is_decision(paper) for paper in case.papers),
            tuple(sorted((str(self.kind(k)), marks) for k, marks in self.marks(case).items())),
        )

    def _counts(self, case: Case, live: set[tuple[str, str]]) -> tuple[int, ...]:
        wanted = [(key, most) for key, most in self.counts.items() if ("count", key) in live]
        if not wanted:
            return ()
        voided = {event.voids_seq for event in case.events}
        done = [event.key for event in case.events if event.seq not in voided]
        return tuple(min(done.count(key), most) for key, most in wanted)

    def _is_decision(self, paper: Any) -> bool:
        return paper.state != "void" and self.mechanism.papers[paper.kind].decision

    def kind(self, principal: str) -> Any:
        """Return what tells a body, a post or a party apart from others."""
        return self.kinds.get(principal, principal)

    def marks(self, case: Case) -> dict[str, tuple[str, ...]]:
        """Return what each body, post or party is to the case."""
        found: dict[str, set[str]] = {}
        for body, mark in self._marks(case):
            found.setdefault(body, set()).add(mark)
        return {body: tuple(sorted(marks)) for body, marks in found.items()}

    def _marks(self, case: Case) -> Iterator[tuple[str, str]]:
        live = self.live[case.stage]
        yield from ((body, role) for body, role in _roles(case) if (role, "") in live)
        for row in case.access:
            if row.person_id is not None and ("attached", row.body) in live:
                yield row.body, "attached"
        for task in case.tasks:
            if task.state == "open":
                if task.kind in self.asked:
                    yield task.body, task.kind
            elif _is_done(case, task) and ("done", task.kind) in live:
                yield task.body, f"done {task.kind}"

    def beside(self, case: Case) -> tuple[str, ...]:
        """Return what goes on beside the way."""
        kinds = [task.kind for task in open_tasks(case) if task.kind in self.aside]
        return (*sorted(kinds), *(["pause"] if case.paused_on is not None else []))

    def unlike(self, case: Case, bodies: Iterable[str]) -> list[str]:
        """Return one of each sort of bodies that this case and its profile can tell apart."""
        marks = self.marks(case)
        found: dict[Any, str] = {}
        for body in bodies:
            found.setdefault((self.kind(body), marks.get(body)), body)
        return list(found.values())


def _roles(case: Case) -> Iterator[tuple[str, str]]:
    """Yield which bodies stand in which relation to the case."""
    for role, body in (
        ("holder", case.holder),
        ("acceptor", accepting(case)),
        ("lead", case.lead),
        ("registrar", case.registrar),
    ):
        if body:
            yield body, role
    for body in case.route.get("units") or ():
        yield body, "competent"


def _is_done(case: Case, task: Any) -> bool:
    return bool(task.state == "done" and task.round == case.round)


def _counted(every: Iterable[Action]) -> dict[str, int]:
    """Return how far each act is counted, where conditions ask how often it was done."""
    found: dict[str, int] = {}
    for act in every:
        for term in words(act):
            if term.word == "acted":
                found[term.arg] = max(1, found.get(term.arg, 0))
            elif term.word == "fewer":
                found[term.arg["act"]] = max(term.arg["than"], found.get(term.arg["act"], 0))
    return found


def _asks(term: Term) -> bool:
    """Return whether a word asks about tasks, and does not only open or end them."""
    return term.word in _READS or term.word in ("owner", "owed", "fulfilled", "task")


def _aside(every: Sequence[Action], asked: Iterable[str]) -> frozenset[str]:
    """Return the kinds of tasks that lie beside the way: what waits for them moves nothing else.

    They may be steps of one thing that goes on beside the case: each opens the next.
    """
    kinds = frozenset(asked)
    while True:
        moving = [act for act in every if _is_moving(act, kinds)]
        waited = {kind for act in moving for term in _waits(act) if (kind := task_of(term))}
        if not kinds & waited:
            return kinds
        kinds -= waited


def _waits(act: Action) -> Iterator[Term]:
    """Yield the words of an act that ask about tasks before it can be done, or whom it offers."""
    yield from (term for term in words(act, *GATES) if term.word in _READS)
    yield from words(act, "by", "asks")


def _is_moving(act: Action, kinds: Collection[str]) -> bool:
    """Return whether an act does more to the way of a case than owing these kinds of tasks."""
    return bool(act.then) or any(
        term.word in MOVING or _opened(term) not in (None, *kinds) for term in act.does
    )


def _opened(term: Term) -> str | None:
    """Return the kind of task that an effect opens."""
    if term.word == "open":
        return str(term.arg["task"])
    return str(term.arg["otherwise"]) if term.word == "entrust" else None
