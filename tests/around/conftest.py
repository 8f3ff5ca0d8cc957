"""What the tests around the case share: clerks at the screens, and a look that is closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.screens.desk import Clerk


@pytest.fixture
def clerk(login: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """Return an account at the screens."""
    return lambda username: Clerk(login(username))
