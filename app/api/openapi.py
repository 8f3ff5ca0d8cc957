"""The OpenAPI document of exactly the paths that CONTRACT.md promises, made from themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Response, current_app, request
from flask_appbuilder.api import BaseApi, expose

from app.api.base import Api, authenticate
from app.api.schemas import Credentials, Error, Tokens

#: OpenAPI 3.0 is what Flask-AppBuilder's own page for trying the interface reads.
OPENAPI = "3.0.3"
LOGIN = "/api/v1/security/login"


class OpenApiApi(Api):
    """The document itself, in the place of Flask-AppBuilder's, which describes other paths."""

    route_base = "/api/v1"

    @expose("/_openapi", methods=("GET",))
    def document(self) -> Response:
        """Answer the document to whoever is signed in, with or without a post."""
        authenticate()
        apis = [one for one in current_app.appbuilder.baseviews if isinstance(one, Api)]  # type: ignore[attr-defined]
        answer: Response = self.response(200, **describe(apis, request.host_url))
        return answer

    def add_api_spec(self, api_spec: APISpec) -> None:
        """Leave the document out of itself."""


def describe(apis: Sequence[BaseApi], host: str) -> dict[str, Any]:
    """Return the OpenAPI document of these resources and of signing in."""
    spec = APISpec(
        title="Lianchu",
        version="v1",
        openapi_version=OPENAPI,
        info={"description": "Joint handling of disputes over social insurance premiums"},
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
        servers=[{"url": host.rstrip("/")}],
    )
    scheme = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    spec.components.security_scheme("jwt", scheme)
    spec.path(LOGIN, operations={"post": _login()})
    for api in apis:
        api.add_api_spec(spec)
    found: dict[str, Any] = spec.to_dict()
    return found


def _login() -> dict[str, Any]:
    """Return the operation of Flask-AppBuilder that gives out tokens."""
    return {
        "summary": "Signs in and gives a token",
        "tags": ["Signing in"],
        "security": [],
        "requestBody": _content(Credentials, required=True),
        "responses": {
            "200": _content(Tokens, description="The tokens"),
            "400": _content(Error, description="The request cannot be read"),
            "401": _content(Error, description="Name or password is wrong, or the account waits"),
        },
    }


def _content(schema: Any, **more: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}, **more}


def _name(schema: Any) -> str:
    """Return the name of a shape in the document; a part of one has a name of its own."""
    kind = schema if isinstance(schema, type) else type(schema)
    only = getattr(schema, "only", None)
    partial = getattr(schema, "partial", None)
    marks = ["Brief"] if only else []
    marks += ["Known"] if partial is True else []
    return "".join([*marks, kind.__name__])
