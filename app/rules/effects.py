"""What an act changes: tasks, roles, due dates, facts. One function per word of the profile.

The functions change the case in hand, stored or transient alike; the engine has checked
everything before, and what they changed goes into the event's record (`act.changes`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import Refused
from app.mechanism.schema import Period, TaskKind, Term
from app.rules import cautions, periods, routing
from app.rules.amendments import AMENDABLE, BadFact, amend, logged
from app.rules.chain import plain
from app.rules.delivery import deliver
from app.rules.guards import holds
from app.rules.shapes import Act, by_ref, open_tasks
from app.rules.who import principals

Effect = Callable[[Act, Any], None]


def apply(act: Act, terms: tuple[Term, ...]) -> None:
    """Apply the effects whose condition holds, in the profile's order."""
    for term in terms:
        if holds(act, term.when):
            EFFECTS[term.word](act, term.arg)


def _value(act: Act, value: Any) -> str | None:
    """Return what `set` writes: an input, the one body of a relation, or a literal."""
    if isinstance(value, Term):
        named = principals(act, [value])
        return named[0] if named else None
    return None if value == "none" else str(value)


def _set(act: Act, arg: Any) -> None:
    for name, value in arg.items():
        _write_field(act, name, _value(act, value))


def _write_field(act: Act, name: str, value: Any) -> None:
    before = getattr(act.case, name)
    if before != value:
        setattr(act.case, name, value)
        act.changes.setdefault("fields", {})[name] = [before, value]


def _open(act: Act, arg: Any) -> None:
    kind = act.mechanism.tasks[arg["task"]]
    note = act.inputs.get(arg.get("note", ""), "")
    on = act.inputs.get(arg.get("due", ""))
    paper = act.inputs.get(arg.get("paper", ""))
    for owner in principals(act, arg["to"]):
        if paper is None and _has_task(act, kind.key, owner):
            continue
        task = act.kit.Task(
            jurisdiction_id=act.case.jurisdiction_id,
            seq=act.seq,
            body=owner,
            kind=kind.key,
            state="open",
            round=act.case.round,
            note=note,
            paper_ref=paper,
        )
        since = act.inputs.get(arg.get("since", ""))
        periods.start(act, task, _length(act, kind, arg), on, since)
        act.case.tasks.append(task)


def _length(act: Act, kind: TaskKind, arg: Any) -> Period | None:
    """Return the period of a fresh task: its kind's, or the one of the objection chosen."""
    chosen = act.inputs.get(arg.get("within", ""), "")
    return act.mechanism.remedies.decided.get(chosen, kind.due)


def _has_task(act: Act, kind: str, owner: str) -> bool:
    """Return whether the owner owes such a task, or has fulfilled a deciding one in this round."""
    lasting = act.mechanism.tasks[kind].sight == "full"
    return any(
        t.kind == kind
        and t.body == owner
        and (t.state == "open" or (lasting and t.state == "done" and t.round == act.case.round))
        for t in act.case.tasks
    )


def _end(act: Act, task: Any, state: str) -> None:
    task.state, task.closed_seq, task.closed_at = state, act.seq, act.now


def _end_all(act: Act, arg: Any, state: str) -> None:
    owners = principals(act, arg["of"]) if "of" in arg else None
    for task in open_tasks(act.case, arg["task"]):
        if owners is None or task.body in owners:
            _end(act, task, state)


def _close(act: Act, arg: Any) -> None:
    _end_all(act, arg, "done")


def _void(act: Act, arg: Any) -> None:
    _end_all(act, arg, "void")


def _settle(act: Act, name: str) -> None:
    task = by_ref(act.case.tasks, act.inputs[name])
    if task is not None:
        _end(act, task, "done")


def _move(act: Act, arg: Any) -> None:
    to = principals(act, arg["to"])
    for task in open_tasks(act.case, arg["task"]):
        if to and task.body != to[0]:
            act.changes.setdefault("moved", []).append([arg["task"], task.body, to[0]])
            task.body = to[0]


def _entrust(act: Act, arg: Any) -> None:
    """Give each row of the minutes its task: on the unit's decision, or as an item of its own."""
    for row in act.inputs.get(arg["from"]) or ():
        owed = [t for t in open_tasks(act.case, arg["onto"]) if t.body == row["unit"]]
        if owed:
            owed[0].note = row["task"]
            periods.start(act, owed[0], None, row["due_on"])
            continue
        task = act.kit.Task(
            jurisdiction_id=act.case.jurisdiction_id,
            seq=act.seq,
            body=row["unit"],
            kind=arg["otherwise"],
            state="open",
            round=act.case.round,
            note=row["task"],
        )
        periods.start(act, task, None, row["due_on"])
        act.case.tasks.append(task)


def _person(act: Act, value: Any) -> None:
    chosen = (
        act.inputs.get(value.arg) if isinstance(value, Term) and value.word == "input" else None
    )
    person_id = int(chosen) if chosen is not None else act.actor.appointment_id
    access_of(act, act.actor.acting_for).person_id = person_id


def _attach(act: Act, arg: Any) -> None:
    """Attach one holder of a post to the case; another one's attachment ends with it."""
    row, person = access_of(act, arg["post"]), int(act.inputs[arg["person"]])
    if row.person_id != person:
        act.changes["attached"] = {arg["post"]: [row.person_id, person]}
        row.person_id = person


def _pause(act: Act, _: Any) -> None:
    if act.case.paused_on is None:
        act.case.paused_on = act.today
        act.changes["paused"] = act.today.isoformat()
        act.case.pauses.append(
            act.kit.Pause(
                jurisdiction_id=act.case.jurisdiction_id,
                seq=act.seq,
                body=act.actor.acting_for,
                from_on=act.today,
                to_on=None,
            )
        )


def _resume(act: Act, _: Any) -> None:
    if act.case.paused_on is None:
        return
    act.case.paused_on = None
    act.changes["resumed"] = act.today.isoformat()
    for pause in act.case.pauses:
        if pause.to_on is None:
            pause.to_on = act.today
    periods.recompute_open(act)


def _extend(act: Act, arg: Any) -> None:
    days = act.inputs[arg["days"]]
    for task in open_tasks(act.case):
        kind = act.mechanism.tasks[task.kind]
        if kind.extendable and task.body == act.actor.acting_for and task.length is not None:
            before = task.due_on
            task.extra += days
            periods.recompute(act, task)
            moved = [task.kind, before.isoformat(), task.due_on.isoformat()]
            act.changes.setdefault("extended", []).append(moved)


def _amend(act: Act, arg: Any) -> None:
    """Change a fact; the words are read as that fact is, and refused beside the input."""
    name, words = act.inputs[arg["fact"]], act.inputs[arg["value"]]
    try:
        changed = amend(act.case, act.mechanism, name, words, act.today)
    except BadFact as bad:
        raise Refused(bad.reason, {arg["value"]: [bad.reason]}) from bad
    act.changes["facts"] = {fact: plain(list(both)) for fact, both in logged(changed).items()}
    if AMENDABLE[name].routes:
        act.case.route = routing.propose(
            act.mechanism, act.case.facts(), act.case.registrar
        ).as_dict()


def _undo(act: Act, name: str) -> None:
    """Take an act back: its tasks are void, those it ended are open again, its papers void."""
    seq = int(act.inputs[name])
    act.voids_seq = seq
    for task in act.case.tasks:
        if task.closed_seq == seq:
            task.state, task.closed_seq, task.closed_at = "open", None, None
        elif task.seq == seq and task.state == "open":
            _end(act, task, "void")
    for paper in act.case.papers:
        if paper.seq == seq:
            paper.state = "void"
    event = next(e for e in act.case.events if e.seq == seq)
    for field, (before, after) in event.changes.get("fields", {}).items():
        if getattr(act.case, field) == after:
            _write_field(act, field, before)
    act.changes["voided"] = seq


def _supersede(act: Act, name: str) -> None:
    task = by_ref(act.case.tasks, act.inputs[name])
    paper = by_ref(act.case.papers, task.paper_ref) if task is not None else None
    if paper is not None:
        paper.state = "superseded"


def _invite(act: Act, who: tuple[Term, ...]) -> None:
    known = list(act.case.invited)
    act.case.invited = known + [k for k in principals(act, who) if k not in known]


def _hand(act: Act, arg: Any) -> None:
    """Hand over the papers that are there; the engine adds those that this act makes."""
    for body in principals(act, arg["to"]):
        for paper in act.case.papers:
            if paper.kind in arg["papers"] and paper.state == "issued":
                copy_to(act, paper, body)
    act.changes.setdefault("handed", {})
    for body in principals(act, arg["to"]):
        act.changes["handed"][body] = list(arg["papers"])


def copy_to(act: Act, paper: Any, body: str) -> None:
    """Let a body see one paper of the case, once."""
    if all(copy.body != body for copy in paper.copies):
        place, case_id = act.case.jurisdiction_id, act.case.id
        paper.copies.append(act.kit.PaperCopy(jurisdiction_id=place, case_id=case_id, body=body))


def _new_round(act: Act, _: Any) -> None:
    _write_field(act, "round", act.case.round + 1)


def _caution(act: Act, arg: Any) -> None:
    """Note a warning: the act is done all the same, and whoever does it is told."""
    if cautions.is_due(act, arg):
        act.changes.setdefault(cautions.KEPT, []).append(arg["say"])


def access_of(act: Act, body: str) -> Any:
    """Return what a body sees of the case; a fresh row sees nothing yet."""
    for row in act.case.access:
        if row.body == body:
            return row
    row = act.kit.CaseAccess(
        jurisdiction_id=act.case.jurisdiction_id, body=body, width="progress", seen_through=0
    )
    act.case.access.append(row)
    return row


EFFECTS: dict[str, Effect] = {
    "set": _set,
    "open": _open,
    "close": _close,
    "void": _void,
    "settle": _settle,
    "move": _move,
    "entrust": _entrust,
    "person": _person,
    "attach": _attach,
    "pause": _pause,
    "resume": _resume,
    "extend": _extend,
    "amend": _amend,
    "undo": _undo,
    "supersede": _supersede,
    "invite": _invite,
    "hand": _hand,
    "new_round": _new_round,
    "caution": _caution,
    "deliver": deliver,
}
