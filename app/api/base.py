"""What every resource of the REST interface stands on: signing in, reading requests, OpenAPI.

`endpoint` marks a method as a path: it asks who calls before the method runs, and holds what
the path takes and answers, from which the OpenAPI document is made, so that the two agree.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Concatenate, NoReturn, ParamSpec, TypeVar

from flask import Response, g, request
from flask_appbuilder.api import BaseApi, expose
from flask_jwt_extended import verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_wtf.csrf import validate_csrf
from jwt.exceptions import PyJWTError
from marshmallow import Schema
from wtforms.validators import ValidationError

from app.api.errors import NotSignedIn
from app.api.schemas import Error
from app.errors import N_, NotFound, NotYours, Reason, Unreadable
from app.rules.shapes import Actor
from app.security import looks
from app.security.posts import current_actor, database_session, enter, standing
from app.security.sight import AnySession

P = ParamSpec("P")
#: What a path answers: a schema, the media types of a file, or an error.
Answer = type[Schema] | tuple[str, ...] | None
Self = TypeVar("Self")

#: What a JSON body may weigh; files come as multipart.
LARGEST_JSON = 1024 * 1024
GREATEST_ID = 2**31 - 1
READING = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_FOUND = N_("There is no such case, or your unit takes no part in it.")

_KEY = re.compile(r"[\x21-\x7e]{1,80}")

#: What each status means in the OpenAPI document.
_MEANINGS: Mapping[int, str] = {
    200: "The answer",
    201: "It was made",
    202: "It is being made; ask again after Retry-After seconds",
    206: "The range that was asked for",
    400: "The request cannot be read",
    401: "Nobody is signed in, or the token has ended",
    403: "It is not this actor's to do",
    404: "Not there, or out of sight",
    409: "Somebody acted first, or the key came with another request",
    413: "Larger than what is taken",
    415: "A kind of content that is not taken",
    416: "The range lies beyond the end",
    422: "The stage, the inputs or a rule say no; reasons by field",
    500: "A fault of the server; nothing was changed",
    503: "The database is out of reach; nothing was changed",
    507: "The disk is full; nothing was kept",
}
#: Any path may answer these.
_ALWAYS = (401, 403, 500, 503)


@dataclass(frozen=True)
class Operation:
    """What a path takes and answers, as the OpenAPI document says it."""

    summary: str
    answers: Mapping[int, Answer]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: type[Schema] | None = None
    body_type: str = "application/json"

    def document(self, path: str) -> dict[str, Any]:
        """Return the OpenAPI operation for the path, with a fresh dictionary each time."""
        found: dict[str, Any] = {
            "summary": self.summary,
            "security": [{"jwt": []}],
            "parameters": self._parameters(path),
            "responses": {str(code): self._answer(code) for code in self._codes()},
        }
        if self.body is not None:
            content = {self.body_type: {"schema": self.body}}
            found["requestBody"] = {"required": True, "content": content}
        return found

    def _codes(self) -> list[int]:
        return sorted({*self.answers, *_ALWAYS})

    def _answer(self, code: int) -> dict[str, Any]:
        schema = self.answers.get(code, Error) or Error
        if isinstance(schema, tuple):
            file = {"schema": {"type": "string", "format": "binary"}}
            content: dict[str, Any] = dict.fromkeys(schema, file)
        else:
            content = {"application/json": {"schema": schema}}
        return {"description": _MEANINGS[code], "content": content}

    def _parameters(self, path: str) -> list[dict[str, Any]]:
        inside = [
            {"name": name, "in": "path", "required": True, "schema": _path_schema(name)}
            for name in re.findall(r"{(\w+)}", path)
        ]
        return [
            *inside,
            *(_parameter("query", name, text) for name, text in self.query.items()),
            *(_parameter("header", name, text) for name, text in self.headers.items()),
            _parameter(
                "header", "X-Acting-For", "The body or post acted for; by default the first"
            ),
        ]


def _path_schema(name: str) -> dict[str, Any]:
    if name.endswith("_id"):
        return {"type": "integer", "minimum": 1, "maximum": GREATEST_ID}
    return {"type": "string"}


def _parameter(where: str, name: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", **_FORMS.get(name, {})}
    return {"name": name, "in": where, "description": description, "schema": schema}


#: The forms of parameters that have one.
_FORMS: Mapping[str, dict[str, Any]] = {
    "after": {"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,10}$"},
    "Idempotency-Key": {"pattern": r"^[\x21-\x7e]{1,80}$"},
    "format": {"enum": ["docx"]},
}


class Api(BaseApi):
    """A resource of ours under /api/v1/."""

    #: Nothing is granted path by path: sight and the engine decide for the acting post.
    base_permissions: ClassVar[list[str]] = []
    #: The answers stand with each operation.
    responses: ClassVar[dict[str, Any]] = {}

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, Any] | None = None,
        methods: Sequence[str] | None = None,
        func: Any = None,
        **_rest: Any,
    ) -> None:
        """Fill in the OpenAPI operations of one path from what `endpoint` was told."""
        for method in methods or ():
            if operations is not None:
                operations[method.lower()] = func.operation.document(path or "")

    @property
    def session(self) -> AnySession:
        """Return the session of this request; it reads what the caller's post may see."""
        return database_session()


def endpoint(
    rule: str,
    method: str = "GET",
    *,
    summary: str,
    answers: Mapping[int, Answer],
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: type[Schema] | None = None,
    body_type: str = "application/json",
) -> Callable[
    [Callable[Concatenate[Self, Actor, P], Response]], Callable[Concatenate[Self, P], Response]
]:
    """Expose a method at a path for whoever is signed in and holds a post.

    The method is called with the actor first. `answers` maps each status to the schema of its
    body, to the media types of a file, or to None for an error.
    """
    operation = Operation(summary, answers, query or {}, headers or {}, body, body_type)

    def decorate(
        view: Callable[Concatenate[Self, Actor, P], Response],
    ) -> Callable[Concatenate[Self, P], Response]:
        @functools.wraps(view)
        def wrapped(self: Self, *args: P.args, **kwargs: P.kwargs) -> Response:
            actor = signed_in()
            answer = view(self, actor, *args, **kwargs)
            if request.method in READING and "case_id" in kwargs:
                looks.note(actor, row_id(str(kwargs["case_id"])))
            return answer

        wrapped.operation = operation  # type: ignore[attr-defined]
        exposed: Callable[Concatenate[Self, P], Response] = expose(rule, methods=(method,))(
            wrapped
        )
        return exposed

    return decorate


def signed_in() -> Actor:
    """Return who acts. Raises NotSignedIn, or NotYours where the account holds no such post."""
    authenticate()
    return current_actor()


def authenticate() -> None:
    """Find the account of the request, by a token, or by the session of our own pages.

    A browser sends the session's cookie by itself, so with it whatever changes something needs
    the page's CSRF token in X-CSRFToken too. Raises NotSignedIn, and NotYours while the account
    still has the password that somebody else gave it.
    """
    if "Authorization" in request.headers:
        _by_token()
    else:
        _by_session()
    if standing().must_change:
        text = N_("Choose your own password on the page “My data and password” first.")
        raise NotYours(Reason(text))


def _by_token() -> None:
    """Let the token's account act, whoever a cookie may have named before."""
    for name in ("user", "posts", "standing"):
        g.pop(name, None)
    try:
        verify_jwt_in_request()
    except (JWTExtendedException, PyJWTError):
        raise NotSignedIn from None
    enter()


def _by_session() -> None:
    user = g.get("user")
    if user is None or not user.is_authenticated:
        raise NotSignedIn
    if request.method not in READING:
        _check_csrf()


def _check_csrf() -> None:
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError:
        text = N_("The page's token is missing or old; load the page again, then repeat.")
        raise NotYours(Reason(text)) from None


# --- reading a request


def row_id(text: str) -> int:
    """Return an id out of a path; what cannot be one is not found, like any other."""
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > GREATEST_ID:
        raise NotFound(Reason(NOT_FOUND))
    return int(text)


def json_object() -> dict[str, Any]:
    """Return the body as a JSON object, or raise Unreadable."""
    if request.mimetype != "application/json":
        raise Unreadable(Reason(N_("Send JSON, with the header Content-Type: application/json.")))
    request.max_content_length = LARGEST_JSON
    try:
        found = json.loads(request.get_data().decode(), parse_constant=_no_constant)
        json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except (ValueError, RecursionError):
        raise Unreadable(Reason(N_("The body is no valid JSON in UTF-8."))) from None
    if not isinstance(found, dict):
        raise Unreadable(Reason(N_("The body must be a JSON object.")))
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def idempotency_key() -> str | None:
    """Return the Idempotency-Key header, None without one; raises Unreadable where it is odd."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        text = N_("Idempotency-Key must be 1 to 80 visible ASCII characters.")
        raise Unreadable(Reason(text))
    return key
