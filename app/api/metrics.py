"""How the server is doing: /health, /ready and /metrics, open to the county's own monitoring.

The figures are counted per process since its start and hold nothing of any case.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from threading import Lock

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import database
from app.errors import N_
from app.security.posts import database_session

monitoring = Blueprint("monitoring", __name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOT_READY = N_("The database is out of reach, or not at this program's version; see the log.")


class Figures:
    """Counts of answers by method and status, and of the time that they took."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: Counter[tuple[str, int]] = Counter()
        self._seconds = self._database_seconds = 0.0
        self._statements = 0

    def count(self, method: str, status: int, seconds: float) -> None:
        """Count one answer, with what it spent in the database."""
        spent, statements = database.timing()
        with self._lock:
            self._answers[method if method in METHODS else "other", status] += 1
            self._seconds += seconds
            self._database_seconds += spent / 1000
            self._statements += statements

    def text(self) -> str:
        """Return the figures as Prometheus reads them."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        requests, errors = "lianchu_requests_total", "lianchu_errors_total"
        yield f"# HELP {requests} Answers by method and status."
        yield f"# TYPE {requests} counter"
        for (method, status), count in sorted(self._answers.items()):
            yield f'{requests}{{method="{method}",status="{status}"}} {count}'
        yield f"# HELP {errors} Answers with a status of 500 or more."
        yield f"# TYPE {errors} counter"
        yield f"{errors} {sum(n for (_, status), n in self._answers.items() if status >= 500)}"
        yield from _counter("request_seconds", "Time spent on requests.", self._seconds)
        yield from _counter(
            "database_seconds", "Time spent in the database.", self._database_seconds
        )
        yield from _counter("database_statements", "Statements sent to it.", self._statements)


def _counter(name: str, meaning: str, value: float) -> Iterator[str]:
    full = f"lianchu_{name}_total"
    yield f"# HELP {full} {meaning}"
    yield f"# TYPE {full} counter"
    yield f"{full} {value:.6f}" if isinstance(value, float) else f"{full} {value}"


def install(app: Flask) -> None:
    """Serve the three addresses, and count every answer of the application."""
    figures = app.extensions["figures"] = Figures()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        figures.count(request.method, response.status_code, seconds)
        return response

    app.register_blueprint(monitoring)


@monitoring.get("/health")
def health() -> ResponseReturnValue:
    """Answer that the process is alive."""
    return jsonify({"status": "alive"})


@monitoring.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer whether the database is reached and stands at the newest migration."""
    engine = database_session().get_bind()
    if database.is_current(engine):  # type: ignore[arg-type]  # ours is bound to an engine
        return jsonify({"status": "ready"})
    return jsonify({"message": gettext(NOT_READY)}), 503


@monitoring.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Answer the figures of this process as Prometheus text."""
    figures: Figures = current_app.extensions["figures"]
    return Response(figures.text(), content_type="text/plain; version=0.0.4; charset=utf-8")
