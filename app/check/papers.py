"""What papers and due dates must have, and the shape of a profile does not demand."""

from __future__ import annotations

from app.check.findings import Notes
from app.errors import N_
from app.mechanism.problems import quoted
from app.mechanism.schema import PROPOSAL, Mechanism


def tell_papers(notes: Notes, mechanism: Mechanism) -> None:
    """Tell of papers without words and of due dates without a legal basis."""
    for key, paper in mechanism.papers.items():
        if not paper.rows and not paper.text:
            what = N_("the paper %(paper)s has neither text nor rows")
            mend = N_("write under `text` what stands on it")
            notes.tell(f"papers.{key}", what, mend, {"paper": quoted(key)})
    for key, kind in mechanism.tasks.items():
        if kind.due and kind.due.basis != "proposal" and kind.due.clause == PROPOSAL:
            what = N_("the due date of %(task)s claims a legal basis, but names no clause for it")
            mend = N_("name the clause, or write basis: proposal")
            notes.tell(f"tasks.{key}.due", what, mend, {"task": quoted(key)})
