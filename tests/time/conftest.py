"""What the tests of time share: the database beside the pages, outside any request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from app.database import write_transaction
from app.security.sight import Scope, see


@pytest.fixture
def database(app: Flask) -> Callable[..., Any]:
    """A session that sees and writes everything, closed and committed at the end of the block."""

    @contextmanager
    def opened() -> Any:
        with app.app_context(), write_transaction():
            session = app.extensions["lianchu.session"]
            see(session, Scope.system())
            yield session
            session.commit()

    return opened
