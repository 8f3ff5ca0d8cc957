"""The engine: what an actor may do to a case, and doing it. Pure on the objects in hand.

`offers` and `decide` never change anything; `carry_out` changes the case that it is given,
stored or transient alike, and leaves papers, notices and the event's record in the act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import N_, NotFound, NotYours, Reason, Refused, Stale
from app.mechanism.schema import Action, Make, PaperKind, Turn
from app.rules import access, composition, effects, periods
from app.rules.amendments import AMENDABLE
from app.rules.chain import digest_plain, plain
from app.rules.guards import failures, holds
from app.rules.inputs import AskView, missing_choices, read, views
from app.rules.shapes import Act, open_tasks
from app.rules.who import principals

#: `then: back` returns to the stage before the last change.
BACK = "back"


@dataclass(frozen=True)
class Offer:
    """An act that may be done now: its button, its clause, its inputs, its papers."""

    key: str
    label: str
    clause: str
    tone: str
    asks: Sequence[AskView]
    papers: Sequence[PaperKind]


@dataclass(frozen=True)
class Blocked:
    """An act that is this actor's but not possible yet, with every reason."""

    key: str
    label: str
    clause: str
    tone: str
    why: Sequence[Reason]


@dataclass(frozen=True)
class Offers:
    """What an actor may do now, and what is theirs but blocked."""

    now: Sequence[Offer]
    blocked: Sequence[Blocked]

    def find(self, key: str) -> Offer | None:
        """Return the offer of an action, or None."""
        return next((offer for offer in self.now if offer.key == key), None)


def offers(view: Act, only: Collection[str] | None = None) -> Offers:
    """Return the acts of this actor on this case, possible and blocked, in the profile's order.

    With `only`, no others than these are looked at.
    """
    now: list[Offer] = []
    blocked: list[Blocked] = []
    for action in view.mechanism.actions.values():
        if view.case.stage not in action.origin or (only is not None and action.key not in only):
            continue
        act = view.doing(action)
        if not is_yours(act):
            continue
        asked = views(act)
        why = [*failures(act, action.needs), *missing_choices(asked)]
        clause = act.mechanism.clause_shown(act.clause)
        if why:
            blocked.append(Blocked(action.key, act.label, clause, action.tone, why))
        else:
            now.append(Offer(action.key, act.label, clause, action.tone, asked, _papers(act)))
    return Offers(now, blocked)


def is_yours(act: Act) -> bool:
    """Return whether the act belongs to this actor, whatever the stage."""
    return act.actor.acting_for in principals(act, act.action.by)


def may_attach(view: Act) -> bool:
    """Return whether the actor may bring a file: it handles the case, or owes a task on it."""
    case, me = view.case, view.actor.acting_for
    if any(task.body == me for task in open_tasks(case)):
        return True
    stage = view.mechanism.stages[case.stage]
    is_open = stage.state != "finished"
    return is_open and any(row.body == me and row.width == "full" for row in case.access)


def _papers(act: Act) -> list[PaperKind]:
    return [act.mechanism.papers[make.paper] for make in act.action.makes]


def decide(view: Act, key: str, raw: Mapping[str, Any], version: int) -> Act:
    """Return the act with its checked inputs, ready to be carried out.

    Raises in the order of CONTRACT.md: NotFound, NotYours, Stale, Refused (with every reason).
    """
    action = view.mechanism.actions.get(key)
    if action is None:
        raise NotFound(Reason(N_("There is no such action")))
    act = view.doing(action)
    if not is_yours(act):
        text = N_("“%(action)s” is not for %(body)s to do in this case")
        who = act.world.body_short(act.actor.acting_for)
        raise NotYours(Reason(text, {"action": act.label, "body": who}))
    if version != act.case.version:
        raise Stale(_first_come(act), act.case.version)
    return act.doing(action, _checked(act, raw))


def _first_come(act: Act) -> Reason:
    """Return who acted first, and what; nothing that was typed is lost."""
    last = act.case.events[-1] if act.case.events else None
    actions = {**act.mechanism.actions, "register": act.mechanism.register}
    if last is None or last.key not in actions:
        return Reason(N_("The case has changed since this page was drawn"))
    text = N_("%(body)s %(actor)s acted first (%(action)s). What you typed is kept")
    params = {
        "body": act.world.body_short(last.body),
        "actor": last.actor,
        "action": actions[last.key].label,
    }
    return Reason(text, params)


def _checked(act: Act, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs, or raise Refused with every reason of stage, inputs and guards."""
    if act.case.stage not in act.action.origin:
        stage = act.mechanism.stages[act.case.stage].label
        text = N_("“%(action)s” is not possible while the case stands at “%(stage)s”")
        reason = Reason(text, {"action": act.label, "stage": stage})
        raise Refused(reason, {"_": [reason]})
    asked = views(act)
    values, errors = read(act, asked, raw)
    blocked = [*failures(act, act.action.needs), *missing_choices(asked)]
    if blocked:
        errors = {**errors, "_": blocked}
    if errors:
        reasons = [reason for found in errors.values() for reason in found]
        text = N_("“%(action)s” is not possible yet: %(reasons)s")
        raise Refused(Reason(text, {"action": act.label, "reasons": reasons}), errors)
    return values


def carry_out(act: Act) -> None:
    """Change the case: effects, stage, sight, papers. Raises Refused where a fact is misread."""
    action = act.action
    before = act.stage_before = act.case.stage
    effects.apply(act, action.does)
    _turn(act, action.then)
    access.refresh(act)
    act.case.due_on = periods.next_due(act.case)
    _issue(act, action)
    act.told = [k for k in principals(act, action.tells) if k != act.actor.acting_for]
    if before and act.case.stage != before:
        act.case.previous_stage = before


def _turn(act: Act, turns: Sequence[Turn]) -> None:
    """Set the stage by the first branch that applies."""
    for turn in turns:
        if holds(act, turn.when):
            back = act.case.previous_stage or act.case.stage
            act.case.stage = back if turn.stage == BACK else turn.stage
            return


def _issue(act: Act, action: Action) -> None:
    """Issue the papers. Numbers are taken in one order, so that acts never wait in a ring."""
    planned = [
        (kind, keys)
        for make in action.makes
        if holds(act, make.when)
        for kind in [act.mechanism.papers[make.paper]]
        for keys in _receivers(act, make, kind)
    ]
    serials = _serials(act, [kind for kind, _ in planned])
    for kind, keys in planned:
        _issue_one(act, kind, keys, serials[kind.key].pop(0))
    for body, kinds in act.changes.get("handed", {}).items():
        for paper in act.papers:
            if paper.kind in kinds:
                effects.copy_to(act, paper, body)
    if act.papers:
        names = (f"{paper.kind}.{place}" for place, paper in enumerate(act.papers, 1))
        act.changes["papers"] = {n: p.content_hash for n, p in zip(names, act.papers, strict=True)}


def _serials(act: Act, kinds: Sequence[PaperKind]) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for kind in sorted(kinds, key=lambda one: one.key):
        numbered = bool(kind.series or kind.number)
        serial = act.take_number(act.issuer, kind.key, act.today.year) if numbered else None
        found.setdefault(kind.key, []).append(serial)
    return found


def _receivers(act: Act, make: Make, kind: PaperKind) -> list[tuple[str, ...]]:
    """Return the addressees of each copy: one paper to all, or one for `each`."""
    if make.each:
        return [(key,) for key in principals(act, make.each)]
    return [principals(act, kind.to)]


def _issue_one(act: Act, kind: PaperKind, keys: tuple[str, ...], serial: int | None) -> None:
    issuer, year = act.issuer, act.today.year
    names = composition.addressees(act, keys)
    copied = principals(act, kind.copies)
    copies = composition.addressees(act, copied)
    content: dict[str, Any] = plain(composition.compose(act, kind, names, copies))
    if serial is not None:
        content["number"] = composition.number_text(act, kind, issuer, year, serial)
    paper = act.kit.Paper(
        jurisdiction_id=act.case.jurisdiction_id,
        seq=act.seq,
        body=issuer,
        kind=kind.key,
        title=kind.title,
        number=content["number"],
        year=year,
        serial=serial,
        state="issued",
        addressee=content["to"],
        issued_at=act.now,
        content=content,
        content_hash=digest_plain(content),
    )
    act.case.papers.append(paper)
    act.papers.append(paper)
    writer = () if issuer == act.actor.acting_for else (act.actor.acting_for,)
    for key in (*writer, *copied):
        effects.copy_to(act, paper, key)


def recorded_inputs(act: Act) -> dict[str, Any]:
    """Return the inputs as the event keeps them: an amended telephone with its middle hidden."""
    kept: dict[str, Any] = plain(dict(act.inputs))
    for term in act.action.does:
        if term.word == "amend":
            fact = AMENDABLE[act.inputs[term.arg["fact"]]]
            kept[term.arg["value"]] = fact.logged(kept[term.arg["value"]])
    return kept
