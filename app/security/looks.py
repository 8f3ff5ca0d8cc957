"""Looks at a case: who opened one, for which body or post, when (SPEC, People; DOMAIN 5.5).

A page and a REST answer say that a case was looked at; the row is written once the answer has
gone out, in a short transaction of its own, so that nobody waits for it. One row for an account,
a case and an hour is enough: it tells who knew what and when, and a clerk's day of page turns
does not bury it. Where it cannot be written, the log says so and the answer stands.

Looks with a reason are those at which hidden numbers were shown; each is a row, written before
the numbers are shown (`app.screens.numbers`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask, Response, current_app, g
from sqlalchemy import Engine, exists, insert, literal, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wsgi import ClosingIterator

from app import clock, database
from app.records import CaseLook
from app.rules.shapes import Actor

_LOOKS: Any = CaseLook.__table__
_log = logging.getLogger(__name__)


def note(actor: Actor, case_id: int) -> None:
    """Keep in mind that this request shows something of a case."""
    g.setdefault("looks", {})[case_id] = actor


def install(app: Flask) -> None:
    """Write what the requests have noted, each after its answer has gone out."""

    @app.after_request
    def hand_on(response: Response) -> Response:
        noted = g.pop("looks", {})
        if noted and response.status_code < 400:
            engine = current_app.extensions["lianchu.session"].get_bind()
            now = clock.now()
            _afterwards(response, lambda: write(engine, noted, now))
        return response


def _afterwards(response: Response, do: Callable[[], None]) -> None:
    """Do something once the answer has gone out; a file goes out past the response's own end."""
    if response.direct_passthrough:
        response.response = ClosingIterator(response.response, do)  # type: ignore[arg-type]  # bytes
    else:
        response.call_on_close(do)


def write(engine: Engine, noted: Mapping[int, Actor], now: datetime) -> None:
    """Write the looks that the hour does not hold yet; what fails goes into the log alone."""
    try:
        with engine.connect() as connection:
            # Asked first without the write lock: most looks are known already.
            fresh = [
                values
                for case_id, actor in noted.items()
                if not connection.scalar(select(_known(values := _values(actor, case_id, now))))
            ]
        if fresh:
            with database.write_transaction(), engine.begin() as connection:
                for values in fresh:
                    connection.execute(_insert(values))
    except SQLAlchemyError:
        _log.warning("a look at the cases %s was not recorded", list(noted), exc_info=True)


def _values(actor: Actor, case_id: int, now: datetime) -> dict[str, Any]:
    return {
        "jurisdiction_id": actor.jurisdiction_id,
        "case_id": case_id,
        "user_id": actor.user_id,
        "person": actor.name,
        "acting_for": actor.acting_for,
        "at": now,
        "reason": "",
    }


def _known(values: Mapping[str, Any]) -> Any:
    """Return the condition that the hour holds such a look."""
    hour = values["at"].replace(minute=0, second=0, microsecond=0)
    same = ("jurisdiction_id", "case_id", "user_id", "acting_for", "reason")
    return exists().where(_LOOKS.c.at >= hour, *(_LOOKS.c[name] == values[name] for name in same))


def _insert(values: Mapping[str, Any]) -> Any:
    """Return the statement that writes a look unless another request has done so meanwhile."""
    row = select(*(literal(value, _LOOKS.c[name].type) for name, value in values.items()))
    return insert(_LOOKS).from_select(list(values), row.where(~_known(values)))
