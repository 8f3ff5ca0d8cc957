"""Brings the system up and serves it: `python -m app.serve`, which `make run` calls.

In this order: the port is taken, so that nothing is begun beside a running server; the database is
migrated; what the repository holds (mechanisms, calendars, permissions, demonstration) is loaded,
where it differs from what was loaded last; the server answers until it is told to stop.
"""

from __future__ import annotations

import copy
import errno
import hashlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher

import config
from app import clock, clocks, create_app, database, deploy, log, uploads
from app.models import Deployment, Party

THREADS = 8
#: A stop is through in two seconds: what a request has not finished by then is rolled back.
GRACE_SECONDS = 1.0
#: The sweep over due dates: first when the start is over, then several times a day, so that a
#: new day is noticed within hours of its beginning whenever the server was started.
FIRST_SWEEP_SECONDS = 30.0
SWEEP_SECONDS = 6 * 3600.0
#: More than the application takes, so that its own answer to a large file is the one seen.
BODY_LIMIT = 5 * config.MEGABYTE

#: What a deployment loads, or what decides how it is loaded.
DEPLOYED = (
    "mechanisms/**/*",
    "calendars/**/*",
    "demo/**/*",
    "migrations/versions/*.py",
    "app/**/*.py",
)


class _Dispatcher(ThreadedTaskDispatcher):
    """Waitress's threads, which wait for running requests no longer than our grace."""

    def shutdown(self, cancel_pending: bool = True, timeout: float = GRACE_SECONDS) -> bool:
        """Stop; return whether pending requests were cancelled."""
        return bool(super().shutdown(cancel_pending, timeout))


def _channel(largest: int) -> type[HTTPChannel]:
    """Return Waitress's channel, with a limit of its own for the paths that take recordings.

    What announces more is refused before its body is read, so that nothing fills the disk.
    """

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.path.rstrip("/").endswith(uploads.PATH_END):
                own: Any = copy.copy(self.adj)  # type: ignore[has-type]  # Waitress ships no types
                own.max_request_body_size = largest
                self.adj = own

    class Channel(HTTPChannel):
        parser_class = Parser

    return Channel


# --- the port


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise StartError where the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        taken = socket.socket(family, kind, protocol)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        taken.listen(1024)
    except OSError as error:
        raise config.StartError(_why_not(host, port, error)) from error
    return taken


def _why_not(host: str, port: int, error: OSError) -> str:
    """Return the sentence for an address that cannot be had."""
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is in use by another program: stop that one, or choose another port, "
            f"for example PORT={port + 1 if port < 65535 else 8080} make run."
        )
    if error.errno == errno.EACCES:
        return f"This user may not serve on port {port}: choose one above 1023 with PORT."
    return f"{host} is no address to serve on ({error.strerror}): set HOST to one of this machine."


# --- what is loaded


def stamp(settings: Mapping[str, Any]) -> str:
    """Return the hash of everything that a deployment loads and of what decides how."""
    seen = hashlib.sha256()
    for pattern in DEPLOYED:
        for path in sorted(database.ROOT.glob(pattern)):
            if path.is_file():
                seen.update(path.relative_to(database.ROOT).as_posix().encode())
                seen.update(hashlib.sha256(path.read_bytes()).digest())
    seen.update(repr((settings["DEMO"], settings["DEMO_PASSWORD"])).encode())
    return seen.hexdigest()


def deploy_once(app: Flask, engine: Engine) -> bool:
    """Load what the repository holds, where it is not loaded yet; return whether it was loaded."""
    wanted = stamp(app.config)
    with engine.connect() as connection:
        if connection.scalar(select(Deployment.stamp)) == wanted:
            return False
    print("Loading mechanisms, calendar, rights and, where wanted, the demonstration.", flush=True)
    deploy.run(app)
    with database.write_transaction(), engine.begin() as connection:
        connection.execute(delete(Deployment))
        connection.execute(insert(Deployment).values(stamp=wanted, at=clock.now()))
    return True


def check_key(engine: Engine) -> None:
    """Raise StartError where PII_KEY does not open what the database holds."""
    query = select(Party.__table__.c.phone).where(Party.phone.is_not(None)).limit(1)
    try:
        with engine.connect() as connection:
            connection.execute(query).first()
    except InvalidTag as error:
        raise config.StartError(
            "PII_KEY is not the key with which the personal data in this database was sealed: "
            "set the right one, or put the file pii_key back into INSTANCE_DIR."
        ) from error


# --- once a day


def sweep_daily(app: Flask, stopped: threading.Event) -> None:
    """Tell of due dates that press, now and every SWEEP_SECONDS, until stopped.

    One thread of one process (the parent, where there are workers), asleep in between. Several
    machines on one database may all do it: each notice is written once (app.clocks).
    """
    while not stopped.wait(FIRST_SWEEP_SECONDS):
        try:
            with app.app_context(), database.write_transaction():
                clocks.sweep(app.extensions["lianchu.session"], clock.now())
        except SQLAlchemyError:
            app.logger.exception("the sweep over due dates failed; the next one takes it up")
        if stopped.wait(SWEEP_SECONDS):
            return


def begin_sweeping(app: Flask) -> None:
    """Start the daily sweep beside the server; it ends with the process."""
    work = threading.Thread(
        target=sweep_daily, args=(app, threading.Event()), name="sweep", daemon=True
    )
    work.start()


# --- the server


def serve(app: Flask, taken: socket.socket) -> None:
    """Answer requests on the socket until SIGTERM or SIGINT."""
    proxy = app.config["TRUSTED_PROXY"]
    trust: dict[str, Any] = {}
    if proxy:
        trust = {
            "trusted_proxy": proxy,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    dispatcher = _Dispatcher()
    dispatcher.set_thread_count(THREADS)
    server = create_server(
        app,
        _dispatcher=dispatcher,
        sockets=[taken],
        ident=None,
        connection_limit=1000,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + BODY_LIMIT,
        clear_untrusted_proxy_headers=True,
        **trust,
    )
    server.channel_class = _channel(app.config["MAX_UPLOAD_LENGTH"] + BODY_LIMIT)
    server.run()


def serve_with(workers: int, app: Flask, engine: Engine, taken: socket.socket) -> None:
    """Serve with that many processes; when one ends by itself, all end and StartError says so."""
    if workers == 1:
        begin_sweeping(app)
        serve(app, taken)
        return
    engine.dispose()  # a connection must not be shared by two processes
    alive = os.pipe()
    children = [_fork(app, taken, alive, (number, workers)) for number in range(workers)]
    begin_sweeping(app)  # after the forks: a thread does not survive one
    try:
        os.wait()
    except (SystemExit, KeyboardInterrupt):
        return
    finally:
        _end(children)
    raise config.StartError(
        "A server process ended by itself: look at the lines above, then start again."
    )


def _fork(app: Flask, taken: socket.socket, alive: tuple[int, int], place: tuple[int, int]) -> int:
    """Start a worker that shares the socket, the n-th of so many; return its process id."""
    child = os.fork()
    if child == 0:
        app.extensions["figures"].enter(*place)
        os.close(alive[1])
        threading.Thread(target=_follow, args=[alive[0]], daemon=True).start()
        serve(app, taken)
        os._exit(0)
    return child


def _follow(alive: int) -> None:
    """End this worker when the parent is gone, however it went: its end of the pipe closes."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(children: Sequence[int]) -> None:
    """Stop the workers and wait for them."""
    for child in children:
        try:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        except (ProcessLookupError, ChildProcessError):
            continue


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _say(app: Flask, taken: socket.socket) -> None:
    """Print where the system is and who can log in."""
    host, port = taken.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"Lianchu serves http://{shown}:{port}/ (Ctrl-C stops it).", flush=True)
    with app.app_context():
        print(deploy.describe(), flush=True)


def start(settings: Mapping[str, Any]) -> None:
    """Bring the system up with these settings and serve it."""
    taken = listen(settings["HOST"], settings["PORT"])
    database.upgrade(settings["DATABASE_URL"])
    app = create_app(dict(settings))
    session = app.appbuilder.session  # type: ignore[attr-defined]  # set by Flask-AppBuilder
    engine = session.get_bind()
    check_key(engine)
    deploy_once(app, engine)
    session.remove()
    _say(app, taken)
    serve_with(settings["WEB_WORKERS"], app, engine, taken)


def main() -> int:
    """Return the exit code; what prevents a start is said in one sentence."""
    log.set_up()
    os.umask(0o077)  # what the server writes is for its own user
    signal.signal(signal.SIGTERM, _stop)
    try:
        start(config.load())
    except (config.StartError, database.DatabaseProblem) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
