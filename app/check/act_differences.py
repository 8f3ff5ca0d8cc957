"""The acts of two mechanisms compared: who may do them, when, on what condition, and then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from app.check import saying
from app.check.pairs import Difference, Said, differing
from app.check.sources import squeezed
from app.errors import N_, Reason
from app.mechanism.schema import Action, Mechanism
from app.mechanism.terms import acts
from app.rules.engine import BACK


def compare(here: Mechanism, there: Mechanism) -> Iterator[Difference]:
    """Yield what differs between the acts of two mechanisms, and between the words behind them."""
    left = {act.key: act for act in acts(here)}
    right = {act.key: act for act in acts(there)}
    alone = Reason(N_("Steps that only one has"))
    for act in (act for key, act in left.items() if key not in right):
        yield Difference(alone, Reason(act.label), [_summary(here, act)], [])
    for act in (act for key, act in right.items() if key not in left):
        yield Difference(alone, Reason(act.label), [], [_summary(there, act)])
    shared = [(act, right[key]) for key, act in left.items() if key in right]
    for mine, yours in shared:
        yield from _compared(here, mine, there, yours)
    for mine, yours in shared:
        if "main" in (mine.tone, yours.tone) or not mine.origin:
            yield from _quoted(here, mine, there, yours)


def _summary(mechanism: Mechanism, act: Action) -> Reason:
    """Return who does an act, and the clause it stands on."""
    params = {
        "who": saying.who(mechanism, act.by, act.asks),
        "clause": mechanism.clause_shown(act.clause),
    }
    return Reason(N_("done by: %(who)s; clause: %(clause)s"), params)


def _compared(
    here: Mechanism, left: Action, there: Mechanism, right: Action
) -> Iterator[Difference]:
    """Yield how an act differs; what is only called otherwise is told where it is named."""
    section = Reason(N_("Steps that both have"))
    name = left.label if left.label == right.label else f"{left.label} / {right.label}"
    common = here.stages.keys() & there.stages.keys()
    if left.origin & common != right.origin & common:
        subject = Reason(N_("%(act)s: at which stages"), {"act": name})
        at = saying.stages(here, left.origin), saying.stages(there, right.origin)
        yield from differing(section, subject, *at)
    for text, say, meant in _ASPECTS:
        if meant(here, left) != meant(there, right):
            both = say(here, left), say(there, right)
            yield from differing(section, Reason(text, {"act": name}), *both)


def _by(mechanism: Mechanism, act: Action) -> list[Said]:
    return list(saying.who(mechanism, act.by, act.asks))


def _needs(mechanism: Mechanism, act: Action) -> list[Said]:
    return [saying.condition(mechanism, need) for need in act.needs]


def _told(mechanism: Mechanism, act: Action) -> list[Said]:
    return list(saying.who(mechanism, act.tells, act.asks))


def _required(mechanism: Mechanism, act: Action) -> list[Said]:
    return [ask.label for ask in act.asks if ask.required is True]


def _papers(mechanism: Mechanism, act: Action) -> list[Said]:
    found: list[Said] = []
    for make in act.makes:
        paper = mechanism.papers[make.paper]
        to = saying.who(mechanism, make.each or paper.to, act.asks)
        text = (
            N_("%(paper)s, a decision, to %(to)s")
            if paper.decision
            else N_("%(paper)s, to %(to)s")
        )
        found.append(Reason(text, {"paper": paper.title, "to": to}))
    return found


def _leads(mechanism: Mechanism, act: Action) -> list[Said]:
    keys = [turn.stage for turn in act.then]
    found: list[Said] = []
    for key in dict.fromkeys(keys):
        back = Reason(N_("back to the stage before"))
        found.append(back if key == BACK else mechanism.stages[key].label)
    return found


def _quoted(
    here: Mechanism, left: Action, there: Mechanism, right: Action
) -> Iterator[Difference]:
    """Yield the words of the two documents behind an act, where both are quoted."""
    mine, yours = _quotes(here, left), _quotes(there, right)
    if mine and yours and set(map(squeezed, mine)) != set(map(squeezed, yours)):
        section = Reason(N_("What the documents say"))
        yield Difference(section, Reason(left.label), mine, yours)


def _quotes(mechanism: Mechanism, act: Action) -> list[str]:
    clause = mechanism.clauses.get(act.clause)
    return list(clause.text) if clause else []


Say = Callable[[Mechanism, Action], list[Said]]
Meaning = Callable[[Mechanism, Action], Any]
#: Each side of an act: its name, what is said of it, and what is meant, by keys.
_ASPECTS: tuple[tuple[str, Say, Meaning], ...] = (
    (N_("%(act)s: name"), lambda _, act: [act.label], lambda _, act: act.label),
    (N_("%(act)s: by whom"), _by, lambda _, act: act.by),
    (N_("%(act)s: on what condition"), _needs, lambda _, act: act.needs),
    (N_("%(act)s: papers"), _papers, _papers),
    (N_("%(act)s: who is told"), _told, lambda _, act: act.tells),
    (
        N_("%(act)s: what must be filled in"),
        _required,
        lambda _, act: {ask.key for ask in act.asks if ask.required is True},
    ),
    (N_("%(act)s: leads to"), _leads, lambda _, act: [turn.stage for turn in act.then]),
)
