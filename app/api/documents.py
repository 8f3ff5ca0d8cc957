"""Official documents as files, made from the words that were frozen when they were issued."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy import select

from app.api.base import NOT_FOUND, Api, endpoint, row_id
from app.api.schemas import Error
from app.documents import docx, pdf
from app.downloads import paper_saved
from app.errors import NotFound, Reason
from app.models import Paper
from app.rules.shapes import Actor
from app.security import looks


class DocumentApi(Api):
    """Official documents."""

    resource_name = "document"
    openapi_spec_tag = "Documents"

    @endpoint(
        "/<document_id>/file",
        summary="The document as a file",
        answers={200: (docx.MEDIA_TYPE, pdf.MEDIA_TYPE), 404: Error, 422: Error},
        query={"format": "docx, to work on, which is the default; or pdf, the issued copy"},
    )
    def file(self, actor: Actor, document_id: str) -> Response:
        """Answer the document to be saved; its words are those of its issue."""
        paper = self.session.scalar(select(Paper).where(Paper.id == row_id(document_id)))
        if paper is None:
            raise NotFound(Reason(NOT_FOUND))
        looks.note(actor, paper.case_id)
        return paper_saved(paper, request.args.get("format", "docx"))
