"""What is wrong with the ways that cases go: told from all that can happen to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from app.check.abstraction import Key
from app.check.explore import Exploration, Missed, State
from app.check.findings import Notes
from app.errors import N_
from app.mechanism.problems import quoted
from app.mechanism.schema import Action, Mechanism
from app.mechanism.terms import acts, path_of


def tell_ways(notes: Notes, found: Exploration) -> None:
    """Tell what never happens, where a case gets stuck, and whom no act reaches."""
    if not found.is_whole:
        what = N_("there are too many ways to follow them all (%(n)s situations were looked at)")
        mend = N_("take out conditions that do not matter; until then stages and acts count")
        notes.warn("actions", what, mend, {"n": len(found.states)})
    else:
        _unreached_stages(notes, found)
        _impossible_acts(notes, found)
        _stuck(notes, found)
        _endless_tasks(notes, found)
    _refused(notes, found)
    _nobody(notes, found)
    _blank(notes, found)


def _unreached_stages(notes: Notes, found: Exploration) -> None:
    """Tell of stages to which no case comes, but not of those that only follow such a one."""
    reached = {state.case.stage for state in found.states.values()}
    for key in found.mechanism.stages:
        leading = [act for act in acts(found.mechanism) if _leads_to(act, key)]
        if key in reached or not any(_begins_in(act, reached) for act in leading):
            continue
        what = N_("no case ever comes to the stage %(stage)s")
        mend = N_("make one of the acts possible that lead there: %(acts)s")
        params = {"stage": quoted(key), "acts": [act.key for act in leading]}
        nearest = next((path for act in leading if (path := _nearest(found, act))), ())
        notes.tell(f"stages.{key}", what, mend, params, path=nearest)


def _begins_in(act: Action, stages: Collection[str]) -> bool:
    return not act.origin or bool(act.origin & set(stages))


def _leads_to(act: Action, stage: str) -> bool:
    return any(turn.stage == stage for turn in act.then)


def _nearest(found: Exploration, act: Action) -> tuple[str, ...]:
    """Return a shortest way to where an act is nearest to being possible."""
    if act.key in found.offered:
        return found.offered[act.key].path()
    if act.key in found.blocked:
        return found.blocked[act.key][0].path()
    at = (state for state in found.states.values() if state.case.stage in act.origin)
    first = next(at, None)
    return first.path() if first else ()


def _impossible_acts(notes: Notes, found: Exploration) -> None:
    """Tell of acts that nobody can do, where a case comes to their stages at all."""
    reached = {state.case.stage for state in found.states.values()}
    for act in found.mechanism.actions.values():
        if act.key in found.offered or not _begins_in(act, reached):
            continue
        stages = [key for key in found.mechanism.stages if key in act.origin]
        params: dict[str, object] = {"act": quoted(act.key), "stages": stages}
        if act.key in found.blocked:
            params["why"] = list(found.blocked[act.key][1])
            what = N_("nobody can ever do %(act)s; it is always held up: %(why)s")
            mend = N_("change its `needs` or what it asks for, so that they can be met")
        else:
            what = N_("nobody can ever do %(act)s: its `by` names nobody at %(stages)s")
            mend = N_("let `by` name somebody who has the case there")
        notes.tell(f"actions.{act.key}", what, mend, params, path=_nearest(found, act))


def _stuck(notes: Notes, found: Exploration) -> None:
    """Tell of cases that never come to the end of a way, and where each kind of them begins.

    Neither withdrawal nor refusal is an end of a way, and what is begun anew is another way.
    """
    ends = _ends(found.mechanism)
    onward = {key: state.onward for key, state in found.states.items() if _is_open(found, state)}
    saved = _reaching(onward, [k for k, one in found.states.items() if one.case.stage in ends])
    lost = {key: found.states[key] for key in onward if key not in saved}
    dead = [key for key, state in lost.items() if state.nexts <= {key}]
    params = {"ends": [found.mechanism.stages[stage].label for stage in ends]}
    for state in _first_by_stage(lost[key] for key in dead):
        what = N_("a case gets stuck at %(stage)s: nobody can do anything that takes it on")
        mend = N_("give somebody an act from there, or take the condition out that holds it up")
        _tell_stuck(notes, state, what, mend, params)
    doomed = _reaching(onward, dead)
    last = _last_stages({k: one for k, one in lost.items() if k not in doomed})
    for state in last:
        what = N_("whatever is done from %(stage)s on, the case never comes to %(ends)s")
        mend = N_("let one of the acts from there lead on to the end of a way")
        _tell_stuck(notes, state, what, mend, params)


def _is_open(found: Exploration, state: State) -> bool:
    return found.mechanism.stages[state.case.stage].state != "finished"


def _tell_stuck(
    notes: Notes, state: State, what: str, mend: str, params: dict[str, list[str]]
) -> None:
    stage = state.case.stage
    notes.tell(
        f"stages.{stage}", what, mend, {**params, "stage": quoted(stage)}, path=state.path()
    )


def _ends(mechanism: Mechanism) -> list[str]:
    """Return the finished stages in which the usual courses end; else any finished one."""
    finished = [key for key, stage in mechanism.stages.items() if stage.state == "finished"]
    last = {tier.steps[-1] for tier in mechanism.tiers.values()}
    return [key for key in finished if key in last] or finished


def _reaching(edges: Mapping[Key, Collection[Key]], goals: Iterable[Key]) -> set[Key]:
    """Return the situations from which one of the goals can be reached, the goals included."""
    before: dict[Key, list[Key]] = {}
    for key, nexts in edges.items():
        for following in nexts:
            before.setdefault(following, []).append(key)
    reached = set(goals)
    queue = list(reached)
    while queue:
        for key in before.get(queue.pop(), ()):
            if key not in reached:
                reached.add(key)
                queue.append(key)
    return reached


def _last_stages(lost: Mapping[Key, State]) -> list[State]:
    """Return the first situation of each stage from which no lost one of another stage follows.

    Of stages between which a case only goes to and fro, the first one stands for all.
    """
    nexts: dict[str, set[str]] = {}
    for state in lost.values():
        following = {lost[key].case.stage for key in state.onward if key in lost}
        nexts.setdefault(state.case.stage, set()).update(following)
    first: dict[frozenset[str], State] = {}
    for state in _first_by_stage(lost.values()):
        stage = state.case.stage
        after = _reached_from(nexts, stage)
        if all(stage in _reached_from(nexts, other) for other in after):
            first.setdefault(frozenset(after), state)
    return list(first.values())


def _reached_from(nexts: Mapping[str, Collection[str]], stage: str) -> set[str]:
    """Return the stages that follow a stage, however far, itself included."""
    reached, queue = {stage}, [stage]
    while queue:
        more = set(nexts.get(queue.pop(), ())) - reached
        reached |= more
        queue.extend(more)
    return reached


def _first_by_stage(states: Iterable[State]) -> list[State]:
    found: dict[str, State] = {}
    for state in states:
        found.setdefault(state.case.stage, state)
    return list(found.values())


def _endless_tasks(notes: Notes, found: Exploration) -> None:
    """Tell of tasks that are owed for ever.

    Where something goes on beside the way, one case stands for many, so that only what lies
    beside it is looked for there.
    """
    about = found.abstraction
    edges = {key: state.nexts for key, state in found.states.items()}
    for kind in found.mechanism.tasks:
        if kind not in about.asked:
            continue
        free = [key for key, state in found.states.items() if not _is_owed(state, kind)]
        saved = _reaching(edges, free)
        for key, state in found.states.items():
            if key not in saved and (kind in about.aside or not about.beside(state.case)):
                what = N_("nobody can ever fulfil the task %(task)s once it is open")
                mend = N_("let an act end it that somebody can do wherever it is open")
                params = {"task": quoted(kind)}
                notes.tell(f"tasks.{kind}", what, mend, params, path=state.path())
                break


def _is_owed(state: State, kind: str) -> bool:
    return any(task.kind == kind and task.state == "open" for task in state.case.tasks)


def _refused(notes: Notes, found: Exploration) -> None:
    for key, (state, reason) in found.refused.items():
        what = N_("%(act)s is offered, yet refused: %(why)s")
        mend = N_("an act that is offered has to succeed with its required inputs")
        params = {"act": quoted(key), "why": reason}
        notes.tell(f"actions.{key}", what, mend, params, path=state.path())


def _nobody(notes: Notes, found: Exploration) -> None:
    """Tell of tasks opened, papers addressed and notices given to nobody."""
    for (key, field, place), missed in found.missed.items():
        if missed.unnamed is None:
            continue
        act = _act(found.mechanism, key)
        path = path_of(found.mechanism, act)
        way = missed.unnamed.path()
        if field == "does":
            _nobody_owes(notes, found.mechanism, act, place, f"{path}.does", missed)
        elif field == "makes":
            _nobody_reads(notes, found.mechanism, act, place, path, missed)
        elif not missed.named:
            what = N_("a notice of %(act)s goes to nobody: `tells` never names anybody here")
            mend = N_("name somebody who is there when it is done, or take the word out")
            params = {"act": quoted(key)}
            line = act.tells[place].line
            notes.tell(f"{path}.tells", what, mend, params, path=way, line=line)


def _act(mechanism: Mechanism, key: str) -> Action:
    return mechanism.actions.get(key, mechanism.register)


def _nobody_owes(
    notes: Notes, mechanism: Mechanism, act: Action, place: int, path: str, missed: Missed
) -> None:
    term = act.does[place]
    way = missed.unnamed.path() if missed.unnamed else ()
    if term.word == "invite":
        if not missed.named:
            what, mend = N_("nobody is let into the case here"), N_("name a body that is there")
            notes.tell(path, what, mend, path=way, line=term.line)
        return
    kind = mechanism.tasks[term.arg["task"]]
    if kind.due:
        what = N_("the task %(task)s has a due date, yet nobody owes it: `to` names nobody here")
    elif missed.named:
        return
    else:
        what = N_("nobody ever owes the task %(task)s: `to` names nobody here")
    mend = N_("name somebody who is there on each way, or open it only `when` there is somebody")
    notes.tell(path, what, mend, {"task": quoted(kind.key)}, path=way, line=term.line)


def _nobody_reads(
    notes: Notes, mechanism: Mechanism, act: Action, place: int, path: str, missed: Missed
) -> None:
    make = act.makes[place]
    way = missed.unnamed.path() if missed.unnamed else ()
    params = {"paper": quoted(make.paper), "act": quoted(act.key)}
    if make.each:
        if not missed.named:
            what = N_("%(act)s never issues the paper %(paper)s: `each` names nobody")
            mend = N_("name whom it goes to")
            notes.tell(f"{path}.makes", what, mend, params, path=way)
        return
    what = N_("the paper %(paper)s, issued by %(act)s, is addressed to nobody")
    mend = N_("name an addressee who is there on each way")
    notes.tell(f"papers.{make.paper}.to", what, mend, params, path=way)


def _blank(notes: Notes, found: Exploration) -> None:
    for kind, state in found.blank.items():
        paper = found.mechanism.papers[kind]
        if paper.rows or paper.text:
            what = N_("the paper %(paper)s can be issued with nothing on it")
            mend = N_("give it a row or paragraph whose fields are always filled in")
            notes.tell(f"papers.{kind}", what, mend, {"paper": quoted(kind)}, path=state.path())
