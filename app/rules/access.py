"""What each body sees of a case, derived from its roles and tasks (SPEC, People).

Full: holder, lead, accepting body, deciding parties, bodies let in by an act. Bundle: advisers.
Progress: whoever saw the whole case and handed it on; it keeps what came until then.
"""

from __future__ import annotations

from app.rules.effects import access_of
from app.rules.shapes import EVERYTHING, Act, CaseLike


def full_bodies(act: Act) -> set[str]:
    """Return the bodies that see the whole case now."""
    case, kinds = act.case, act.mechanism.tasks
    deciding: set[str] = {
        t.body for t in case.tasks if kinds[t.kind].sight == "full" and t.state != "void"
    }
    roles = {key for key in (case.holder, case.lead, case.acceptor) if key}
    known = {*act.mechanism.bodies, *act.mechanism.posts}
    return (deciding | roles | set(case.invited)) & known


def bundle_bodies(act: Act) -> set[str]:
    """Return the bodies that were asked for advice."""
    kinds = act.mechanism.tasks
    return {t.body for t in act.case.tasks if kinds[t.kind].sight == "bundle"}


def refresh(act: Act) -> None:
    """Bring the access rows in line after an act; a row is widened or narrowed, never dropped."""
    full, bundle = full_bodies(act), bundle_bodies(act)
    for body in sorted(full):
        _set(act, body, "full", EVERYTHING)
    for body in sorted(bundle - full):
        if _width(act.case, body) != "full":
            _set(act, body, "bundle", _seen(act.case, body))
    for row in act.case.access:
        if row.width == "full" and row.body not in full:
            row.width, row.seen_through = "progress", act.seq
    for task in act.case.tasks:
        if task.body in act.mechanism.bodies and task.state == "open":
            access_of(act, task.body)


def _set(act: Act, body: str, width: str, seen_through: int) -> None:
    row = access_of(act, body)
    row.width, row.seen_through = width, seen_through


def _width(case: CaseLike, body: str) -> str | None:
    return next((row.width for row in case.access if row.body == body), None)


def _seen(case: CaseLike, body: str) -> int:
    return next((row.seen_through for row in case.access if row.body == body), 0)
