"""What papers print of remedies: the offer of a decision, the last days once it is served."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.rules import remedies
from app.rules.remedies import LastDay
from app.rules.shapes import Act

#: Says a day in the county's words.
SayDay = Callable[[date], str]


def of_decisions(act: Act, since: int) -> str:
    """Return the remedies of each decision issued since an act, one after another."""
    mechanism = act.mechanism
    lines = [
        f"{_name(paper)}：{said}"
        for paper in act.case.papers
        if paper.state == "issued" and paper.seq >= since
        if (said := remedies.notice(mechanism, paper.body, paper.kind))
    ]
    return "\n".join(lines)


def last_days(act: Act, say: SayDay) -> str:
    """Return the last days that this act's service has brought, one on a line."""
    found = remedies.last_days(
        act.mechanism, act.world.calendar, [*act.case.events, act], act.case.papers
    )
    fresh = [one for one in found if one.paper.seq > _served_before(act)]
    return "\n".join(_served(act, one, say) for one in fresh)


def _served_before(act: Act) -> int:
    earlier = [event.seq for event in act.case.events if remedies.SERVED in event.changes]
    return max(earlier, default=0)


def _served(act: Act, one: LastDay, say: SayDay) -> str:
    form = act.mechanism.remedies.last_day
    return form.format(
        paper=_name(one.paper),
        recipient=one.recipient or act.case.applicant.name,
        way=one.way.label,
        body=one.to.body,
        last_day=say(one.due.on),
    )


def contested(act: Act, say: SayDay) -> str:
    """Return the last days against the act that the applicant brought; nothing without one."""
    form = act.mechanism.remedies.contested
    act_name = str((act.case.more.get("contested_act") or {}).get("body", ""))
    found = remedies.contested(act.mechanism, act.world.calendar, act.case.more)
    lines = [
        form.format(act=act_name, way=one.way.label, body=one.to.body, last_day=say(one.due.on))
        for one in found
    ]
    return "\n".join(lines)


def _name(paper: object) -> str:
    title, number = getattr(paper, "title", ""), getattr(paper, "number", None)
    return f"《{title}》{number or ''}"
