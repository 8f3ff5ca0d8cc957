"""Papers as they print, and the files of a case."""

from __future__ import annotations

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from app import files, hindsight, uploads, workflow
from app.clock import CHINA
from app.documents.sheet import layout, sheet_of
from app.downloads import paper_saved, saved, stamp_of
from app.errors import N_, NotFound, Reason
from app.models import Case, Paper
from app.screens import words
from app.screens.desk import Desk, as_id, desk
from app.screens.formats import datetime_full
from app.screens.material import file_within_sight
from app.security import looks

#: The version of a case after its registration.
REGISTRATION = 1
NO_SUCH_PAPER = N_("There is no such paper, or your unit does not see it")


def page(paper_id: str) -> str:
    """Draw a paper as it prints."""
    here = desk()
    paper = _paper(here, paper_id)
    case = workflow.find(here.session, paper.case_id)
    (seen,) = hindsight.as_seen(here.session, [case])
    view = {
        "title": paper.title,
        "number": paper.number or "",
        "crumbs": [
            words.Link(gettext("To-do"), url_for("screens.todo")),
            words.Link(_name(seen), url_for("screens.case", case_id=case.id)),
            words.Link(paper.title, ""),
        ],
        "paper": sheet_of(paper.content, void=stamp_of(paper)),
        "colon": layout()["words"]["colon"],
        "docx_url": url_for("screens.document_file", paper_id=paper.id, format="docx"),
        "pdf_url": url_for("screens.document_file", paper_id=paper.id, format="pdf"),
        "case_url": url_for("screens.case", case_id=case.id),
        "about": _about(here, paper, case),
        "progress": _progress(here, paper, case),
    }
    return render_template("document.html", view=view)


def _paper(here: Desk, paper_id: str) -> Paper:
    found: Paper | None = here.session.scalar(select(Paper).where(Paper.id == as_id(paper_id)))
    if found is None:
        raise NotFound(Reason(NO_SUCH_PAPER))
    looks.note(here.actor, found.case_id)
    return found


def _name(case: Case) -> str:
    return f"{case.applicant.name} {words.short_number(case)}"


def _progress(here: Desk, paper: Paper, case: Case) -> str:
    """Return where the applicant looks up the progress, for a paper that the applicant gets.

    It is no part of the paper's words: the address is that of this server.
    """
    kind = here.world_of(case).mechanism.papers[paper.kind]
    if paper.seq != REGISTRATION and all(term.word != "applicant" for term in kind.to):
        return ""
    url = url_for("screens.progress", number=case.number, _external=True)
    return str(layout()["words"]["progress"].format(url=url))


def _about(here: Desk, paper: Paper, case: Case) -> list[tuple[str, str]]:
    lines = [
        (gettext("Paper number"), paper.number or ""),
        (gettext("Case"), case.number),
        (gettext("Issued by"), here.world.body_short(paper.body)),
        (gettext("Issued"), datetime_full(paper.issued_at.astimezone(CHINA))),
        (gettext("To"), paper.addressee),
        (gettext("Fingerprint"), paper.content_hash[:16]),
    ]
    return [(label, value) for label, value in lines if value]


def document_file(paper_id: str) -> ResponseReturnValue:
    """Send a paper as a file, made from the words of its issue."""
    paper = _paper(desk(), paper_id)
    return paper_saved(paper, request.args.get("format", "pdf"))


def attachment_file(attachment_id: str) -> ResponseReturnValue:
    """Send a file of a case under its own name, or the range of it that a player asks for."""
    found = file_within_sight(desk(), attachment_id)
    path = files.path_of(uploads.folder_of(current_app.config), found.sha256)
    return saved(path, found.name, found.media_type)
