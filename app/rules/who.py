"""Who: the relations of bodies and posts to a case (the `by`, `to`, `tells` of a profile).

Each word gives the keys of bodies or posts; a who-expression is any of its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.mechanism.schema import Term
from app.rules import structure
from app.rules.shapes import Act, CaseLike, EventLike, open_tasks

Relation = Callable[[Act, Any], Iterable[str | None]]


def principals(act: Act, terms: Iterable[Term]) -> tuple[str, ...]:
    """Return the keys that a who-expression names, each once, in order."""
    found: dict[str, None] = {}
    for term in terms:
        for key in RELATIONS[term.word](act, term.arg):
            if key:
                found.setdefault(key)
    return tuple(found)


def accepting(case: CaseLike) -> str:
    """Return the accepting body; where nobody accepted, the registering one (Z4.4)."""
    return case.acceptor or case.registrar


def correctable(act: Act) -> list[EventLike]:
    """Return the acts that the actor's body may still take back by another.

    Only an act that kept the stage, was done at the present stage, changed nothing but tasks,
    papers and roles, and on which nobody has built since.
    """
    case = act.case
    voided = {event.voids_seq for event in case.events}
    found: list[EventLike] = []
    for event in sorted(case.events, key=lambda e: -int(e.seq)):
        if event.stage_before != event.stage_after or event.stage_before is None:
            break
        if event.voids_seq is not None or event.seq in voided:
            continue
        if event.body == act.actor.acting_for and _is_free(case, event):
            found.append(event)
        if "fields" in event.changes:
            # It gave the case to another; what was before rests on who had it then.
            break
    return found


def _is_free(case: CaseLike, event: EventLike) -> bool:
    """Return whether an act left tasks or papers, and nobody has built on them since."""
    if set(event.changes) - {"fields", "papers", "handed", "cautions"}:
        return False
    opened = [t for t in case.tasks if t.seq == event.seq]
    ended = [t for t in case.tasks if t.closed_seq == event.seq]
    if any(t.state != "open" for t in opened) or _is_owed_anew(case, event, ended):
        return False
    papers = any(p.seq == event.seq and p.state == "issued" for p in case.papers)
    return bool(opened or ended) or papers


def _is_owed_anew(case: CaseLike, event: EventLike, ended: list[Any]) -> bool:
    """Return whether what an act ended is owed again already, by an act since."""
    owed = {(t.kind, t.body) for t in open_tasks(case) if t.seq != event.seq}
    return any((t.kind, t.body) in owed for t in ended)


def _owed(act: Act, kind: str) -> list[str]:
    """Return who owes a task or has fulfilled it, in this round.

    Whose task this very act voids is one of them: what ends it is told to them, too.
    """
    ended = [
        t.body
        for t in act.case.tasks
        if t.kind == kind and t.state == "void" and t.closed_seq == act.seq
    ]
    return [*_in_round(act, kind, ("open", "done")), *ended]


def _in_round(act: Act, kind: str, states: tuple[str, ...]) -> list[str]:
    return [
        t.body
        for t in act.case.tasks
        if t.kind == kind and t.round == act.case.round and t.state in states
    ]


def _role(act: Act, name: str) -> Iterable[str]:
    tier = act.mechanism.tiers.get(act.case.tier or "")
    return principals(act, tier.roles.get(name, ())) if tier else ()


def _seen(act: Act, _: Any) -> list[str]:
    everywhere = [k for k, b in act.mechanism.bodies.items() if b.sees_all]
    return [a.body for a in act.case.access if a.width == "full"] + everywhere


def _chosen(act: Act, name: str) -> list[str]:
    value = act.inputs.get(name) or ()
    return [value] if isinstance(value, str) else list(value)


def _every(act: Act, groups: tuple[tuple[Term, ...], ...]) -> list[str]:
    sets = [principals(act, group) for group in groups]
    return [key for key in sets[0] if all(key in one for one in sets[1:])]


def _without(act: Act, arg: Any) -> list[str]:
    minus = principals(act, arg["minus"])
    return [key for key in principals(act, arg["who"]) if key not in minus]


RELATIONS: dict[str, Relation] = {
    "actor": lambda act, _: [act.actor.acting_for],
    "registrar": lambda act, _: [act.case.registrar],
    "holder": lambda act, _: [act.case.holder],
    "acceptor": lambda act, _: [accepting(act.case)],
    "lead": lambda act, _: [act.case.lead],
    "office": lambda act, _: structure.having(act, "kind", "office"),
    "applicant": lambda act, _: ["applicant"],
    "outside": lambda act, _: ["outside"],
    "admin": lambda act, _: [act.actor.acting_for] if act.actor.role == "admin" else [],
    "seen": _seen,
    "owner": lambda act, kind: [t.body for t in open_tasks(act.case, kind)],
    "owed": _owed,
    "fulfilled": lambda act, kind: _in_round(act, kind, ("done",)),
    "busy": lambda act, _: [
        t.body for t in open_tasks(act.case) if t.body in act.mechanism.bodies
    ],
    "post": lambda act, key: [key],
    "attached": structure.attached,
    "role": _role,
    "competent": lambda act, _: structure.competent(act),
    "kind": lambda act, kind: structure.having(act, "kind", kind),
    "level": lambda act, level: structure.having(act, "level", level),
    "parent": lambda act, of: structure.above(act, principals(act, of)),
    "children": lambda act, of: structure.below(act, principals(act, of)),
    "bodies": lambda act, attribute: structure.having(act, attribute, True),
    "author": lambda act, _: [act.actor.acting_for] if correctable(act) else [],
    "input": _chosen,
    "every": _every,
    "without": _without,
}
