"""How files leave: saved under their own names, never opened by the browser itself."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Response, send_file
from flask_babel import gettext

from app.documents.docx import MEDIA_TYPE, write_docx
from app.errors import N_
from app.models import Paper

#: What is stamped on a paper that no longer counts as it was issued, by its state.
STAMPS = {"void": N_("Void"), "superseded": N_("Superseded")}


def stamp_of(paper: Paper) -> str:
    """Return the reader's word to stamp on a paper that no longer counts; empty for the others."""
    stamp = STAMPS.get(paper.state)
    return gettext(stamp) if stamp else ""


def paper_saved(paper: Paper, name: str) -> Response:
    """Return a paper as a Word file, made from the words of its issue."""
    content = write_docx(paper.content, void=stamp_of(paper), issued_at=paper.issued_at)
    return saved(io.BytesIO(content), name, MEDIA_TYPE)


def saved(content: Path | io.BytesIO, name: str, media_type: str) -> Response:
    """Return a file for saving under its own name, in whatever script that is (RFC 5987)."""
    answer = send_file(content, media_type, as_attachment=True, download_name=name, etag=False)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
