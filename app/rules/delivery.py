"""Delivery: on which day the papers reached each recipient, by the method that was used.

The days of remedies run from then, for each recipient by itself (Civil Procedure Law 87 to 95). A
public notice serves when its time has run, whatever day is written down; that may be a day off,
and then the remedies begin on the next working day, so that none is cut short (DOMAIN 3.5). What
was only tried starts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.errors import N_, Reason, Refused
from app.rules.remedies import SERVED
from app.rules.shapes import APPLICANTS, Act


def deliver(act: Act, arg: Mapping[str, Any]) -> None:
    """Record the day for all recipients, and that of single ones."""
    day: date = act.inputs[arg["day"]]
    posted: date | None = act.inputs.get(arg.get("posted", ""))
    if posted is not None:
        day = act.world.calendar.next_workday(max(day, _end_of_notice(act, posted)))
    rows = act.inputs.get(arg.get("each", "")) or ()
    names = [one.name for one in act.case.parties if one.role in APPLICANTS]
    _check_recipients(arg, rows)
    own = {row["recipient"]: row["served_on"] for row in rows}
    to = [[name, own.get(name, day).isoformat()] for name in names] if own else []
    act.changes[SERVED] = {"on": day.isoformat(), "to": to}


def _end_of_notice(act: Act, posted: date) -> date:
    """Return the day on which a notice posted in public serves, working day or not."""
    length = act.mechanism.remedies.public
    return posted + timedelta(length.length if length else 0)


def _check_recipients(arg: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a recipient who is named twice."""
    seen: set[str] = set()
    for number, row in enumerate(rows):
        name, where = row["recipient"], f"{arg['each']}.{number}.recipient"
        if name in seen:
            reason = Reason(N_("“%(name)s” is named twice"), {"name": name})
            raise Refused(reason, {where: [reason]})
        seen.add(name)
