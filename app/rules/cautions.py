"""What an act warns of and does all the same: an amount too low, a day too late.

A premium fixed by law cannot be lowered by agreement (Social Insurance Law 60; Provisional
Regulations on Collection 12); whether a late remedy is still heard is for its court to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.rules import remedies
from app.rules.shapes import NEVER, Act, by_ref, open_tasks

#: Where an event keeps what its act has warned of.
KEPT = "cautions"


def is_due(act: Act, arg: Mapping[str, Any]) -> bool:
    """Return whether the warning applies to the inputs of the act."""
    return _is_lower(act, arg) or _ends_a_task_late(act, arg) or _is_out_of_time(act, arg)


def _given(act: Act, arg: Mapping[str, Any], name: str) -> Any:
    return act.inputs.get(arg.get(name, ""))


def _is_lower(act: Act, arg: Mapping[str, Any]) -> bool:
    """Return whether an amount is lower than the other; unknown ones are not compared."""
    lower, than = _given(act, arg, "lower"), _given(act, arg, "than")
    return lower is not None and than is not None and bool(lower < than)


def _ends_a_task_late(act: Act, arg: Mapping[str, Any]) -> bool:
    day = _given(act, arg, "day")
    if day is None or "task" not in arg:
        return False
    ends = [task.due_on for task in open_tasks(act.case, arg["task"]) if task.due_on != NEVER]
    return any(end < day for end in ends)


def _is_out_of_time(act: Act, arg: Mapping[str, Any]) -> bool:
    """Return whether every such way out of the paper had ended, for each of its recipients."""
    day, ref, chosen = (_given(act, arg, name) for name in ("day", "paper", "way"))
    paper = by_ref(act.case.papers, ref) if ref else None
    if day is None or paper is None:
        return False
    served = remedies.last_days(
        act.mechanism, act.world.calendar, act.case.events, act.case.papers
    )
    ends = [one.due.on for one in served if one.paper is paper and one.way.kind == chosen]
    return bool(ends) and max(ends) < day
