"""What every test may ask for: fixed time, a database in a known state, the app, a browser.

clock           the time, 2024-11-04 09:00 in China; clock.move(days=3) moves it
empty_database  address of a migrated, empty database      } each test runs once on SQLite and,
database_url    address of a deployed one, demo data in it } where there is one, on PostgreSQL
session, app, client, login, rest, live_server, page       on the deployed database

Tests of pages (PAGES) look at words and forms, and the statements behind them are tested on
both databases elsewhere: where both are at hand, each of them runs on one, chosen by its name.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import app.clock as wall
from tests.databases import KINDS, Store, need, store

DEMO_PASSWORD = "Demo-2024!"
#: Folders whose tests run on one of the two databases each.
PAGES = (
    *("around", "attachments", "documents", "generated", "meetings", "people"),
    *("publishing", "screens", "walk", "web"),
)
START = datetime(2024, 11, 4, 9, 0, tzinfo=wall.CHINA)


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before any worker reads them."""
    if not hasattr(config, "workerinput"):
        from tools import messages

        messages.compile_all()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each test of a page on one of the two databases, half of them on either."""
    if not os.environ.get("TEST_POSTGRES_URL"):
        return
    spared = [item for item in items if _is_spared(item)]
    gone = frozenset(spared)
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in gone]


def _is_spared(item: pytest.Item) -> bool:
    """Return whether this is a page's test on the database that its name does not choose."""
    values = getattr(getattr(item, "callspec", None), "params", {})
    kind = values.get("database_kind")
    if kind is None or item.path.parent.name not in PAGES:
        return False
    name = item.nodeid.replace(kind, "")
    return KINDS.index(kind) != zlib.crc32(name.encode()) % len(KINDS)


# --- no network, fixed time


class NetworkRefused(RuntimeError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Refuse every connection that is not to this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise NetworkRefused(f"tests stay on this machine, {address[0]} is not on it")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_here(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")


class Clock:
    """The time of a test; it stands still until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def move(self, to: datetime | None = None, **by: float) -> datetime:
        """Go to a moment, or on by days, hours, minutes; return the new time."""
        self.now = to if to is not None else self.now + timedelta(**by)
        return self.now


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    """The clock that the program reads during the test."""
    fixed = Clock(START)
    wall.set_clock(lambda: fixed.now)
    yield fixed
    wall.set_clock(None)


# --- databases


@pytest.fixture(scope="session")
def _stores(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Iterator[Callable[[str, str], Store]]:
    """The stores of this worker, made when they are first asked for."""
    own = tmp_path_factory.mktemp("databases")
    # Under xdist the base of a worker lies inside the folder of the run.
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    made: dict[tuple[str, str], Store] = {}

    def get(kind: str, state: str) -> Store:
        if (kind, state) not in made:
            made[kind, state] = store(kind, state, shared=shared, own=own, worker=worker_id)
        return made[kind, state]

    yield get
    for one in made.values():
        one.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each database that the product runs on, in turn."""
    kind: str = request.param
    need(
        "PostgreSQL",
        missing=kind == "postgresql" and not os.environ.get("TEST_POSTGRES_URL"),
        mend="run tools/with_postgres.sh make test",
    )
    return kind


@pytest.fixture
def empty_database(database_kind: str, _stores: Callable[[str, str], Store]) -> str:
    """The address of a migrated database that holds nothing."""
    found = _stores(database_kind, "empty")
    found.restore()
    return found.url


@pytest.fixture
def _deployed(
    database_kind: str, _stores: Callable[[str, str], Store], clock: Clock
) -> Iterator[Store]:
    found = _stores(database_kind, "deployed")
    found.restore()
    yield found
    found.let_go()


@pytest.fixture
def database_url(_deployed: Store) -> str:
    """The address of a database that holds what the deploy step loads, demo data included."""
    return _deployed.url


# --- the application


@pytest.fixture
def app(_deployed: Store) -> Flask:
    """The application; there is one for all tests of a database, so change nothing about it."""
    return _deployed.app


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The session of the application, inside an application context."""
    with app.app_context():
        yield app.appbuilder.session  # type: ignore[attr-defined]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen that nobody is logged in with."""
    return app.test_client()


def csrf_token(page: TestResponse) -> str:
    """Return the token of the form on a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert found, "the page has no form with a token"
    return found.group(1)


@pytest.fixture
def login(app: Flask) -> Callable[[str], FlaskClient]:
    """Return a client that the account has logged in with, by the form."""

    def log_in(username: str, password: str = DEMO_PASSWORD) -> FlaskClient:
        browser = app.test_client()
        token = csrf_token(browser.get("/login/"))
        answer = browser.post(
            "/login/", data={"username": username, "password": password, "csrf_token": token}
        )
        assert answer.status_code == 302, f"{username} cannot log in"
        return browser

    return log_in


class Rest:
    """A unit's own system: the REST interface as one account."""

    def __init__(self, client: FlaskClient, username: str, password: str) -> None:
        self.client = client
        answer = client.post(
            "/api/v1/security/login",
            json={"username": username, "password": password, "provider": "db", "refresh": True},
        )
        assert answer.status_code == 200, (
            f"{username} cannot log in: {answer.get_data(as_text=True)}"
        )
        self.headers = {"Authorization": f"Bearer {answer.json['access_token']}"}  # type: ignore[index]

    def get(self, path: str, **more: Any) -> TestResponse:
        """Return the answer to GET."""
        return self.client.get(path, headers=self.headers | more.pop("headers", {}), **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Return the answer to POST of a JSON body."""
        if body is not None:
            more["json"] = body
        return self.client.post(path, headers=self.headers | more.pop("headers", {}), **more)


@pytest.fixture
def rest(app: Flask) -> Callable[[str], Rest]:
    """Return the REST interface as an account."""

    def as_account(username: str, password: str = DEMO_PASSWORD) -> Rest:
        return Rest(app.test_client(use_cookies=False), username, password)

    return as_account


# --- a served system and a browser


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application, served by the production server on a free port."""
    from waitress.server import create_server

    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


def chromium() -> str | None:
    """Return where Chromium is; None where there is none."""
    return os.environ.get("TEST_CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="session")
def _browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = chromium()
    need("Chromium", missing=path is None, mend="apt-get install chromium, or set TEST_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",  # CI runs as root
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                # A closed network answers nobody; without these the browser asks it all the time.
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(_browser: Any, live_server: str) -> Iterator[Any]:
    """A page of a fresh browser profile; relative addresses lead to the served system."""
    context = _browser.new_context(
        base_url=live_server, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the repository."""
    return Path(__file__).resolve().parent.parent
