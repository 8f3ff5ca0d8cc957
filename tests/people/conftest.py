"""People at their screens, and the tables behind them between two requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.screens.desk import Clerk


@pytest.fixture
def clerk(login: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """Return an account at the screens."""
    return lambda username: Clerk(login(username))


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """The session of this thread, without an application context that requests would share.

    Each request begins and ends with a fresh one: what a test reads, it keeps detached.
    """
    found = app.extensions["lianchu.session"]
    yield found
    found.remove()
