"""How files leave: saved under their own names, never opened by the browser itself."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from flask import Response, current_app, send_file

from app import clock, printing, uploads
from app.clock import CHINA
from app.documents import docx, pdf
from app.documents.sheet import layout
from app.errors import N_, Reason, Refused
from app.files import clean_name
from app.models import Paper
from app.security.posts import database_session

NO_SUCH_FORM = N_("A paper comes in these formats: %(known)s")


def stamp_of(paper: Paper) -> str:
    """Return the word to stamp on a paper that no longer counts; empty for the others.

    Papers speak the county's language, whatever the reader's screen speaks.
    """
    return str(layout()["stamps"].get(paper.state, ""))


def paper_saved(paper: Paper, form: str) -> Response:
    """Return a paper as a file, made from the words of its issue: `docx` or `pdf`.

    Raises Refused under `format` where there is no such form, or where the PDF lacks a font.
    """
    if form not in FORMS:
        reason = Reason(NO_SUCH_FORM, {"known": list(FORMS)})
        raise Refused(reason, {"format": [reason]})
    media_type, write = FORMS[form]
    name = clean_name(f"{paper.title} {paper.number or paper.case.number}.{form}")
    return saved(io.BytesIO(write(paper)), name, media_type)


def _write_docx(paper: Paper) -> bytes:
    return docx.write_docx(paper.content, void=stamp_of(paper), issued_at=paper.issued_at)


def _write_pdf(paper: Paper) -> bytes:
    """Return the issued copy; of a paper that no longer counts, a copy that says so."""
    fonts = current_app.config["DOC_FONT_DIR"]
    if stamp := stamp_of(paper):
        at = paper.issued_at.astimezone(CHINA)
        return pdf.write_pdf(paper.content, issued_at=at, void=stamp, fonts=fonts)
    folder = uploads.folder_of(current_app.config)
    now, session = clock.now(), database_session()
    path = printing.issued(session, paper, folder=folder, fonts=fonts, now=now)
    return path.read_bytes()


#: The forms of a paper's file: its media type and what writes it.
FORMS: Mapping[str, tuple[str, Callable[[Paper], bytes]]] = {
    "docx": (docx.MEDIA_TYPE, _write_docx),
    "pdf": (pdf.MEDIA_TYPE, _write_pdf),
}


def saved(content: Path | IO[bytes], name: str, media_type: str) -> Response:
    """Return a file for saving under its own name, in whatever script that is (RFC 5987)."""
    answer = send_file(content, media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
