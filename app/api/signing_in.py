"""Signing in over REST: Flask-AppBuilder's own path, with readable requests and answers.

Left to itself it answers half a surrogate pair or deep nesting with 500, and errors as objects
where CONTRACT.md has a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, make_response
from flask.typing import ResponseReturnValue

from app.api.base import json_object
from app.errors import N_, AppError, Reason, Unreadable
from app.security.accounts import NOT_RIGHT

VIEW = "SecurityApi.login"
PROVIDER = "db"
LONGEST = 256


class WrongPassword(AppError):
    """There is no such account with this password, or it may not sign in."""

    status = 401


def install(app: Flask) -> None:
    """Put the reading of the request before Flask-AppBuilder's view, and our words behind it."""
    app.view_functions[VIEW] = _with_words(app.view_functions[VIEW])


def _with_words(view: Callable[..., Any]) -> Callable[..., ResponseReturnValue]:
    def login() -> Response:
        body = json_object()
        if not all(_is_word(body.get(name)) for name in ("username", "password")):
            raise Unreadable(Reason(N_("Send username and password as text.")))
        if body.get("provider") != PROVIDER:
            raise Unreadable(Reason(N_("provider must be db.")))
        if not isinstance(body.get("refresh", True), bool):
            raise Unreadable(Reason(N_("refresh must be true or false.")))
        answer = make_response(view())
        if answer.status_code == 401:
            raise WrongPassword(Reason(NOT_RIGHT))
        return answer

    return login


def _is_word(value: Any) -> bool:
    """Return whether it is text that can be somebody's name or password."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()
