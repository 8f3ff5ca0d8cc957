"""The REST interface under /api/v1/, its errors, and the addresses for monitoring."""

from __future__ import annotations

from flask import Flask
from flask_appbuilder import AppBuilder

from app.api import errors, metrics, signing_in
from app.api.actions import ActionApi
from app.api.attachments import AttachmentApi, UploadApi
from app.api.cases import CaseApi
from app.api.documents import DocumentApi
from app.api.evaluation import EvaluationApi
from app.api.openapi import OpenApiApi
from app.api.parts import PartApi
from app.api.routing import RouteApi
from app.api.todo import ToDoApi

#: The resources, in the order of CONTRACT.md.
APIS = (
    CaseApi,
    ActionApi,
    PartApi,
    UploadApi,
    AttachmentApi,
    DocumentApi,
    RouteApi,
    EvaluationApi,
    ToDoApi,
)


def register(app: Flask, appbuilder: AppBuilder, page: errors.Page | None = None) -> None:
    """Serve the interface, and let every error of the application be answered.

    `page` draws the errors outside /api/; without it they are one line of text.
    """
    for api in (*APIS, OpenApiApi):
        appbuilder.add_api(api)
    signing_in.install(app)
    metrics.install(app)
    errors.install(app, page)
