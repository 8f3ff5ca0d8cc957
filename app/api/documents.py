"""Official documents as files, made from the words that were frozen when they were issued."""

from __future__ import annotations

from flask import Response, request
from sqlalchemy import select

from app.api.base import NOT_FOUND, Api, endpoint, row_id
from app.api.schemas import Error
from app.documents.docx import MEDIA_TYPE
from app.downloads import paper_saved
from app.errors import N_, NotFound, Reason, Refused
from app.files import clean_name
from app.models import Paper
from app.rules.shapes import Actor

FORMAT = "docx"


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
        return paper_saved(paper, clean_name(f"{paper.title} {paper.number or ''}.{FORMAT}"))
