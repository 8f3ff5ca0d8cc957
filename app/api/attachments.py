"""Files that people bring to a case: bringing one, and reading it again."""

from __future__ import annotations

from flask import Response, current_app, request
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app import clock, files, uploads, workflow
from app.api import shown
from app.api.base import NOT_FOUND, Api, endpoint, row_id
from app.api.schemas import Attachment as AttachmentSchema
from app.api.schemas import Error, Upload
from app.downloads import saved
from app.errors import N_, NotFound, Reason, Unreadable
from app.models import Attachment
from app.rules.shapes import Actor
from app.security import looks

MULTIPART = "multipart/form-data"
ANY = "*/*"


class UploadApi(Api):
    """Bringing a file to a case."""

    resource_name = "case"
    openapi_spec_tag = "Files"

    @endpoint(
        "/<case_id>/attachment/",
        "POST",
        summary="Brings a file; the case's version stays",
        answers={
            201: AttachmentSchema,
            400: Error,
            404: Error,
            413: Error,
            422: Error,
            507: Error,
        },
        body=Upload,
        body_type=MULTIPART,
    )
    def post(self, actor: Actor, case_id: str) -> Response:
        """Keep the file with the case and answer it."""
        case = workflow.find(self.session, row_id(case_id))
        if request.mimetype != MULTIPART:
            text = N_("Send the file as multipart/form-data, in the field file.")
            raise Unreadable(Reason(text))
        file = _file()
        kept = uploads.bring(
            self.session,
            actor,
            case.id,
            folder=uploads.folder_of(current_app.config),
            name=(file.filename or "") if file else "",
            kind=request.form.get("kind", ""),
            stream=file.stream if file else None,  # type: ignore[arg-type]  # reads bytes
            limits=uploads.limits_of(current_app.config),
            now=clock.now(),
        )
        answer: Response = self.response(201, **shown.attachment(kept))
        return answer


class AttachmentApi(Api):
    """Reading a file of a case."""

    resource_name = "attachment"
    openapi_spec_tag = "Files"

    @endpoint(
        "/<attachment_id>/file",
        summary="The file, as it was brought",
        answers={200: (ANY,), 206: (ANY,), 404: Error, 416: None},
    )
    def file(self, actor: Actor, attachment_id: str) -> Response:
        """Answer the file, or the range of it that is asked for, to be saved under its name."""
        query = select(Attachment).where(Attachment.id == row_id(attachment_id))
        found = self.session.scalar(query)
        if found is None:
            raise NotFound(Reason(NOT_FOUND))
        looks.note(actor, found.case_id)
        path = files.path_of(uploads.folder_of(current_app.config), found.sha256)
        return saved(path, found.name, found.media_type)


def _file() -> FileStorage | None:
    """Return the file that was sent, None where there is none or more than one."""
    sent = request.files.getlist("file")
    return sent[0] if len(sent) == 1 and sent[0].filename else None
