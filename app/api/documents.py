"""Official documents as files, made from the words that were frozen when they were issued."""

from __future__ import annotations

import io

from flask import Response, request, send_file
from flask_babel import gettext
from sqlalchemy import select

from app.api.base import NOT_FOUND, Api, endpoint, row_id
from app.api.schemas import Error
from app.documents.docx import MEDIA_TYPE, write_docx
from app.errors import N_, NotFound, Reason, Refused
from app.files import clean_name
from app.models import Paper
from app.rules.shapes import Actor

FORMAT = "docx"
#: What is stamped on a paper that no longer counts as it was issued, by its state.
STAMPS = {"void": N_("Void"), "superseded": N_("Superseded")}


class DocumentApi(Api):
    """Official documents."""

    resource_name = "document"
    openapi_spec_tag = "Documents"

    @endpoint(
        "/<document_id>/file",
        summary="The document as a file",
        answers={200: MEDIA_TYPE, 404: Error, 422: Error},
        query={"format": "docx, which is also the default"},
    )
    def file(self, _actor: Actor, document_id: str) -> Response:
        """Answer the document to be saved; its words are those of its issue."""
        paper = self.session.scalar(select(Paper).where(Paper.id == row_id(document_id)))
        if paper is None:
            raise NotFound(Reason(NOT_FOUND))
        if request.args.get("format", FORMAT) != FORMAT:
            reason = Reason(N_("This server makes documents as docx only; ask for format=docx"))
            raise Refused(reason, {"format": [reason]})
        stamp = STAMPS.get(paper.state)
        content = write_docx(
            paper.content, void=gettext(stamp) if stamp else "", issued_at=paper.issued_at
        )
        return saved(content, clean_name(f"{paper.title} {paper.number or ''}.{FORMAT}"))


def saved(content: bytes, name: str) -> Response:
    """Return a document for saving under its own name, in whatever script that is (RFC 5987)."""
    answer = send_file(
        io.BytesIO(content), MEDIA_TYPE, as_attachment=True, download_name=name, etag=False
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer
