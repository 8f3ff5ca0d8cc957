"""How a refusal or a fault is answered: JSON under /api/, a page everywhere else.

Refusals of our own carry their sentences, translated here; what HTTP itself refuses gets a
sentence by its status; whatever else happens is logged and answered without a detail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from app.errors import N_, AppError, Reason, Refused, Stale
from app.security.posts import database_session

log = logging.getLogger(__name__)

#: Draws the page of a status with its sentence; given by the screens.
Page = Callable[[int, str], ResponseReturnValue]

NOT_SIGNED_IN = N_("You are not signed in, or your token is no longer valid; sign in again.")
_SENTENCES = {
    400: N_("The request cannot be read; check its form."),
    401: NOT_SIGNED_IN,
    403: N_("This is not open to your account."),
    404: N_("There is no such thing, or your unit takes no part in it."),
    405: N_("This address does not take that method."),
    406: N_("This address cannot answer in that form."),
    413: N_("The request is larger than what is taken; make it smaller."),
    414: N_("The address is too long."),
    415: N_("This kind of content is not taken here; send JSON or a form."),
    429: N_("Too many requests; wait a minute, then go on."),
    500: N_("The server made a mistake and nothing was changed. It is in its log."),
    503: N_("The database cannot be reached at the moment and nothing was changed."),
}
_REFUSED = N_("The request was refused.")


class NotSignedIn(AppError):
    """Nobody is signed in, or the token or the session has ended."""

    status = 401

    def __init__(self) -> None:
        super().__init__(Reason(NOT_SIGNED_IN))


def install(app: Flask, page: Page | None = None) -> None:
    """Let the application answer every error; `page` draws those outside /api/."""
    app.extensions["error_page"] = page
    for kind in _token_errors(app):
        app.register_error_handler(kind, _not_signed_in)
    app.register_error_handler(AppError, _refusal)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _token_errors(app: Flask) -> set[type[Exception]]:
    """Return the errors of tokens, those too that their library answers in its own way.

    It has other words, and 422 for a token that is malformed.
    """
    bases: set[type[Exception]] = {JWTExtendedException, PyJWTError}
    known = app.error_handler_spec[None][None]
    return bases | {kind for kind in known if issubclass(kind, tuple(bases))}


def body_of(error: AppError) -> dict[str, Any]:
    """Return what REST answers to a refusal: message, errors by field, the present version."""
    body: dict[str, Any] = {"message": error.reason.say(gettext)}
    if isinstance(error, Refused):
        body["errors"] = {
            field: [reason.say(gettext) for reason in reasons]
            for field, reasons in error.errors.items()
        }
    if isinstance(error, Stale):
        body["version"] = error.version
    return body


def _refusal(error: AppError) -> ResponseReturnValue:
    _let_go()
    if not _is_api():
        return _page(error.status, error.reason.say(gettext))
    answer = jsonify(body_of(error))
    answer.status_code = error.status
    return _marked(answer)


def _not_signed_in(_error: Exception) -> ResponseReturnValue:
    return _refusal(NotSignedIn())


def _http(error: HTTPException) -> ResponseReturnValue:
    """Answer what HTTP itself refuses; headers such as Allow are kept."""
    status = error.code or 500
    if not _is_api() and current_app.extensions["error_page"] is None:
        return error
    sentence = gettext(_SENTENCES.get(status, _REFUSED))
    if not _is_api():
        return _page(status, sentence)
    answer = jsonify({"message": sentence})
    answer.status_code = status
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return _marked(answer)


def _fault(error: Exception) -> ResponseReturnValue:
    """Log a fault whole and answer none of it."""
    _let_go()
    if isinstance(error, DataError):
        log.warning("the database does not take a value of %s: %s", request.path, error.orig)
        return _http(_of_status(400))
    log.error("fault at %s %s", request.method, request.path, exc_info=error)
    return _http(_of_status(503 if _is_out_of_reach(error) else 500))


def _is_out_of_reach(error: Exception) -> bool:
    if isinstance(error, OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _of_status(status: int) -> HTTPException:
    error = InternalServerError()
    error.code = status
    return error


def _page(status: int, sentence: str) -> ResponseReturnValue:
    page: Page | None = current_app.extensions["error_page"]
    if page is not None:
        return page(status, sentence)
    return Response(sentence, status, mimetype="text/plain")


def _marked(answer: Response) -> Response:
    """Say how to sign in, and when to come again."""
    if answer.status_code == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if answer.status_code == 503:
        answer.headers.setdefault("Retry-After", "10")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _let_go() -> None:
    """Give up whatever the request had begun to write."""
    database_session().rollback()
