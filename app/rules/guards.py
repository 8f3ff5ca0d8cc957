"""Conditions: what must hold before an act, and when an effect, paper or branch applies.

Each word gives the reasons why it does not hold; none means that it holds. A refusal teaches:
every reason says what is missing and from whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from app.errors import N_, Reason, spoken
from app.mechanism.schema import Term
from app.rules import criteria
from app.rules.shapes import NEVER, ZONE, Act
from app.rules.who import principals

Test = Callable[[Act, Any], list[Reason]]


def failures(act: Act, terms: Iterable[Term]) -> list[Reason]:
    """Return every reason why one of the conditions does not hold."""
    return [reason for term in terms for reason in TESTS[term.word](act, term.arg)]


def holds(act: Act, term: Term | None) -> bool:
    """Return whether a condition holds; no condition always does."""
    return term is None or not TESTS[term.word](act, term.arg)


def _task_label(act: Act, kind: str) -> str:
    return act.mechanism.tasks[kind].label


def _tasks(act: Act, arg: Any, state: str) -> list[Any]:
    """Return the case's tasks of a kind in a state, of some owners where `of` names them."""
    kind = arg["task"]
    owners = principals(act, arg["of"]) if "of" in arg else None
    return [
        t
        for t in act.case.tasks
        if t.kind == kind and t.state == state and (owners is None or t.body in owners)
    ]


def _done(act: Act, arg: Any) -> list[Reason]:
    if any(t.round == act.case.round for t in _tasks(act, arg, "done")):
        return []
    text = N_("Not yet done by anybody: %(task)s")
    return [Reason(text, {"task": _task_label(act, arg["task"])})]


def _none_open(act: Act, arg: Any) -> list[Reason]:
    return [_still_owed(act, task) for task in _tasks(act, arg, "open")]


def _still_owed(act: Act, task: Any) -> Reason:
    who = act.world.body_short(task.body)
    at: datetime | None = task.due_at
    due = spoken(task.due_on)
    if at:
        time = f"{at.astimezone(ZONE):%H:%M}"
        due = Reason(N_("%(day)s %(time)s"), {"day": due, "time": time})
    params = {"who": who, "task": _task_label(act, task.kind), "due": due}
    if task.due_on == NEVER:
        return Reason(N_("Still awaited from %(who)s: %(task)s"), params)
    return Reason(N_("Still awaited from %(who)s: %(task)s, by %(due)s at the latest"), params)


def _open(act: Act, arg: Any) -> list[Reason]:
    if _tasks(act, arg, "open"):
        return []
    text = N_("Not due at present: %(task)s")
    return [Reason(text, {"task": _task_label(act, arg["task"])})]


def _times(act: Act, key: str) -> int:
    """Return how often an act has been done and not taken back."""
    voided = {event.voids_seq for event in act.case.events}
    return sum(e.key == key and e.seq not in voided for e in act.case.events)


def _acted(act: Act, key: str) -> list[Reason]:
    if _times(act, key):
        return []
    text = N_("First this must be done: %(action)s")
    return [Reason(text, {"action": _action_label(act, key)})]


def _fewer(act: Act, arg: Any) -> list[Reason]:
    if _times(act, arg["act"]) < arg["than"]:
        return []
    text = N_("Already done: %(action)s. It can be done %(most)s time(s) at most")
    return [Reason(text, {"action": _action_label(act, arg["act"]), "most": arg["than"]})]


def _action_label(act: Act, key: str) -> str:
    return act.mechanism.actions[key].label


def _stage(act: Act, stages: tuple[str, ...]) -> list[Reason]:
    if act.case.stage in stages:
        return []
    labels = [act.mechanism.stages[key].label for key in stages]
    return [Reason(N_("Possible only at: %(stages)s"), {"stages": labels})]


def _tier(act: Act, tiers: tuple[str, ...]) -> list[Reason]:
    if act.case.tier in tiers:
        return []
    labels = [act.mechanism.tiers[key].label for key in tiers]
    return [Reason(N_("Possible only on the way: %(tiers)s"), {"tiers": labels})]


def _paused(act: Act, wanted: bool) -> list[Reason]:
    if (act.case.paused_on is not None) == wanted:
        return []
    if wanted:
        return [Reason(N_("The due dates are running; there is nothing to resume"))]
    return [Reason(N_("The due dates are paused already"))]


def _routed(act: Act, wanted: bool) -> list[Reason]:
    if bool(act.case.route.get("units")) == wanted:
        return []
    return [Reason(N_("This depends on what the routing proposes"))]


def _off_route(act: Act, wanted: bool) -> list[Reason]:
    units = act.case.route.get("units") or []
    if (bool(units) and act.actor.acting_for not in units) == wanted:
        return []
    return [Reason(N_("This depends on what the routing proposes"))]


def _exists(act: Act, who: tuple[Term, ...]) -> list[Reason]:
    return [] if principals(act, who) else [Reason(N_("Nobody is there for this"))]


def _authority(act: Act, post: str) -> list[Reason]:
    if act.world.stands_for(act.actor.appointment_id, post, act.today):
        return []
    text = N_(
        "This needs the %(post)s, or a recorded authorisation that is in force. "
        "The superuser records it in the list of the leading group"
    )
    return [Reason(text, {"post": act.mechanism.posts[post].label})]


def _chosen(act: Act, arg: Any) -> list[Reason]:
    if all(act.inputs.get(name) in choices for name, choices in arg.items()):
        return []
    return [Reason(N_("This depends on a choice in the form"))]


def _fact(act: Act, arg: Any) -> list[Reason]:
    if criteria.compares(act.case.facts(), arg):
        return []
    return [Reason(N_("The facts of the case do not allow this"))]


def _meets(act: Act, tier: str) -> list[Reason]:
    wanted = act.mechanism.tiers[tier]
    if criteria.meets(act.case.facts(), wanted.criteria):
        return []
    text = N_("The facts of the case do not meet the criteria of “%(tier)s” (%(clause)s)")
    clause = act.mechanism.clause_shown(wanted.clause)
    return [Reason(text, {"tier": wanted.label, "clause": clause})]


def _same_day(act: Act, _: Any) -> list[Reason]:
    began = act.case.registered_at.astimezone(ZONE).date()
    if began == act.today:
        return []
    text = N_("Possible only on the day of the registration (%(day)s)")
    return [Reason(text, {"day": spoken(began)})]


def _all(act: Act, tests: tuple[Term, ...]) -> list[Reason]:
    return failures(act, tests)


def _any(act: Act, tests: tuple[Term, ...]) -> list[Reason]:
    found = [TESTS[test.word](act, test.arg) for test in tests]
    return [] if not all(found) else [reason for reasons in found for reason in reasons]


def _not(act: Act, test: Term) -> list[Reason]:
    if TESTS[test.word](act, test.arg):
        return []
    return [_REFUSALS.get(test.word, _as_things_stand)(act, test.arg)]


def _as_things_stand(_: Act, __: Any) -> Reason:
    return Reason(N_("As things stand this is not possible"))


def _does_meet(act: Act, tier: str) -> Reason:
    text = N_("The facts of the case meet the criteria of “%(tier)s” (%(clause)s)")
    wanted = act.mechanism.tiers[tier]
    clause = act.mechanism.clause_shown(wanted.clause)
    return Reason(text, {"tier": wanted.label, "clause": clause})


def _goes(act: Act, _: Any) -> Reason:
    label = act.mechanism.tiers[act.case.tier or ""].label
    return Reason(N_("Not possible on the way: %(tier)s"), {"tier": label})


def _is_done(act: Act, arg: Any) -> Reason:
    return Reason(N_("Already done: %(task)s"), {"task": _task_label(act, arg["task"])})


def _has_acted(act: Act, key: str) -> Reason:
    return Reason(N_("Already done: %(action)s"), {"action": _action_label(act, key)})


#: Why `not` does not hold, where more can be said than that it does not.
_REFUSALS: dict[str, Callable[[Act, Any], Reason]] = {
    "meets": _does_meet,
    "tier": _goes,
    "done": _is_done,
    "acted": _has_acted,
}


TESTS: dict[str, Test] = {
    "done": _done,
    "none_open": _none_open,
    "open": _open,
    "acted": _acted,
    "fewer": _fewer,
    "stage": _stage,
    "tier": _tier,
    "meets": _meets,
    "same_day": _same_day,
    "paused": _paused,
    "routed": _routed,
    "off_route": _off_route,
    "exists": _exists,
    "authority": _authority,
    "chosen": _chosen,
    "fact": _fact,
    "all": _all,
    "any": _any,
    "not": _not,
}
