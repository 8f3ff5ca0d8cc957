"""The generated screens, and the menu of each role."""

from __future__ import annotations

from flask import abort, current_app, request
from flask_appbuilder import AppBuilder

#: Flask-AppBuilder's own file download looks at no row: files go through their case only.
UNSERVED = "download"


def register(appbuilder: AppBuilder) -> None:
    """Register the generated views with Flask-AppBuilder."""
    current_app.before_request(_serve_no_generated_download)


def _serve_no_generated_download() -> None:
    endpoint = request.endpoint or ""
    if endpoint.rpartition(".")[2] == UNSERVED:
        abort(404)
