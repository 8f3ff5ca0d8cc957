"""How the server is doing: /health, /ready and /metrics, open to the county's own monitoring.

The figures hold nothing of any case. They are counted since the start of the server, over all
of its processes: each writes into its own part of a memory that all of them share.
"""

from __future__ import annotations

import mmap
import shutil
import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate
from threading import Lock

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock, database
from app.api.readiness import findings
from app.security.posts import database_session

monitoring = Blueprint("monitoring", __name__)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other")
STATUSES = range(100, 600)
#: Up to how many seconds an answer took; what took longer is in the last, open class.
CLASSES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_ANSWERS = len(METHODS) * len(STATUSES)
_TIMES = _ANSWERS + len(CLASSES) + 1
#: Cells of one process: answers, classes of time, then seconds, database seconds, statements.
_CELLS = _TIMES + 3
MOST_WORKERS = 64


class Figures:
    """Counts of answers by method and status, and of the time that they took.

    Made before the server forks; then each process says which one it is (`enter`).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        # Anonymous and shared: children see it, and a page that nobody wrote takes no memory.
        self._memory = mmap.mmap(-1, 8 * _CELLS * MOST_WORKERS)
        self._cells = memoryview(self._memory).cast("d")
        self._first = 0
        self.workers = 1

    def enter(self, worker: int, workers: int) -> None:
        """Count for this process from now on, one of so many."""
        self._first, self.workers = worker * _CELLS, workers

    def count(self, method: str, status: int, seconds: float) -> None:
        """Count one answer, with what it spent in the database."""
        spent, statements = database.timing()
        row = METHODS.index(method if method in METHODS else "other")
        place = row * len(STATUSES) + (status if status in STATUSES else 599) - STATUSES.start
        added = ((place, 1), (_ANSWERS + bisect_left(CLASSES, seconds), 1))
        sums = ((_TIMES, seconds), (_TIMES + 1, spent / 1000), (_TIMES + 2, statements))
        with self._lock:
            for cell, value in (*added, *sums):
                self._cells[self._first + cell] += value

    def text(self, more: Iterable[str] = ()) -> str:
        """Return the figures as Prometheus reads them."""
        return "".join(f"{line}\n" for line in (*self._lines(), *more))

    def _sum(self, cell: int) -> float:
        ends = range(cell, _CELLS * self.workers, _CELLS)
        return float(sum(self._cells[place] for place in ends))

    def _lines(self) -> Iterator[str]:
        requests, errors = "lianchu_requests_total", "lianchu_errors_total"
        counts = {
            (method, status): int(count)
            for row, method in enumerate(METHODS)
            for column, status in enumerate(STATUSES)
            if (count := self._sum(row * len(STATUSES) + column))
        }
        yield f"# HELP {requests} Answers by method and status."
        yield f"# TYPE {requests} counter"
        for (method, status), count in sorted(counts.items()):
            yield f'{requests}{{method="{method}",status="{status}"}} {count}'
        yield f"# HELP {errors} Answers with a status of 500 or more."
        yield f"# TYPE {errors} counter"
        yield f"{errors} {sum(n for (_, status), n in counts.items() if status >= 500)}"
        yield from self._times()
        yield from _counter(
            "database_seconds", "Time spent in the database.", self._sum(_TIMES + 1)
        )
        statements = int(self._sum(_TIMES + 2))
        yield from _counter("database_statements", "Statements sent to it.", statements)

    def _times(self) -> Iterator[str]:
        """Return the times that answers took, in classes that each hold the ones before."""
        name = "lianchu_request_seconds"
        counts = [int(self._sum(_ANSWERS + place)) for place in range(len(CLASSES) + 1)]
        yield f"# HELP {name} Time spent on requests."
        yield f"# TYPE {name} histogram"
        for limit, count in zip((*CLASSES, "+Inf"), accumulate(counts), strict=True):
            yield f'{name}_bucket{{le="{limit}"}} {count}'
        yield f"{name}_sum {self._sum(_TIMES):.6f}"
        yield f"{name}_count {sum(counts)}"


def _counter(name: str, meaning: str, value: float) -> Iterator[str]:
    full = f"lianchu_{name}_total"
    yield f"# HELP {full} {meaning}"
    yield f"# TYPE {full} counter"
    yield f"{full} {value:.6f}" if isinstance(value, float) else f"{full} {value}"


def _gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    full = f"lianchu_{name}"
    yield f"# HELP {full} {meaning}"
    yield f"# TYPE {full} gauge"
    yield f"{full} {value}"


def install(app: Flask) -> None:
    """Serve the three addresses, and count every answer of the application."""
    figures = app.extensions["figures"] = Figures()
    app.extensions["began"] = clock.now().timestamp()

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
    """Answer whether the system can do its work, and what each check found."""
    found = findings(database_session(), current_app.config, clock.today())
    checks = {name: one.reason.say(gettext) if one else "ok" for name, one in found.items()}
    faults = [checks[name] for name, one in found.items() if one is not None and one.is_fault]
    if faults:
        return jsonify({"message": " ".join(faults), "checks": checks}), 503
    return jsonify({"status": "ready", "checks": checks})


@monitoring.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Answer the figures of all processes as Prometheus text."""
    figures: Figures = current_app.extensions["figures"]
    free = shutil.disk_usage(current_app.config["INSTANCE_DIR"]).free
    more = (
        *_gauge("workers", "Processes that serve.", figures.workers),
        *_gauge("disk_free_bytes", "Room on the disk of INSTANCE_DIR.", free),
        *_gauge("start_time_seconds", "When the server began.", current_app.extensions["began"]),
    )
    return Response(figures.text(more), content_type="text/plain; version=0.0.4; charset=utf-8")
