"""What the tests of generated screens share: the views, and an account at them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.security.sight import everything
from tests.conftest import csrf_token


@dataclass
class Reader:
    """An account in front of the generated screens."""

    client: FlaskClient

    def get(self, path: str, **query: Any) -> Any:
        """Return the answer to GET."""
        return self.client.get(path, query_string=query or None)

    def text(self, path: str, **query: Any) -> str:
        """Return the words of a page that answers 200."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return words(answer)

    def rows(self, path: str, **query: Any) -> list[str]:
        """Return the rows of a list in words."""
        page = self.get(path, **query).get_data(as_text=True)
        return [plain(one) for one in re.findall(r"(?s)<tr data-row.*?</tr>", page)]

    def send(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> Any:
        """Fill the form at an address as it stands there, change some fields, and send it."""
        page = self.client.get(path)
        assert page.status_code == 200, f"{path}: {page.status_code}"
        return self.client.post(path, data=fields(page) | (form or {}) | more)


def fields(page: Any) -> dict[str, str]:
    """Return the fields of the form on a page with their present values."""
    text = page.get_data(as_text=True)
    body = text[text.index('<form class="card') :]
    found = {"csrf_token": csrf_token(page)}
    for tag in re.findall(r"<input [^>]*>", body):
        name, value = _attribute(tag, "name"), _attribute(tag, "value")
        is_box = 'type="checkbox"' in tag or 'type="radio"' in tag
        if name and (not is_box or " checked" in tag) and not name.startswith("_q_"):
            found[name] = value
    for name, options in re.findall(r'(?s)<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', body):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found.group(1)) if found else ""


def plain(html: str) -> str:
    """Return markup as words."""
    text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def words(answer: Any) -> str:
    """Return a page as words."""
    return plain(answer.get_data(as_text=True))


def statements(answer: Any) -> int:
    """Return how many statements an answer took."""
    found = re.search(r'desc="(\d+)"', answer.headers["Server-Timing"])
    assert found is not None
    return int(found[1])


@pytest.fixture
def reader(login: Callable[[str], FlaskClient]) -> Callable[[str], Reader]:
    """Return an account at the generated screens, in English."""

    def at(username: str) -> Reader:
        client = login(username)
        client.get("/lang/en")
        return Reader(client)

    return at


@pytest.fixture
def ask(app: Flask) -> Callable[[Any], list[Any]]:
    """Return the rows of a query past every rule of sight; nothing stays open afterwards.

    A request inside an open application context would share its `g`, so tests that request pages
    ask here instead of holding the session.
    """

    def rows(query: Any) -> list[Any]:
        with app.app_context():
            session = app.extensions["lianchu.session"]
            with everything(session):
                return [tuple(row) for row in session.execute(query)]

    return rows


@pytest.fixture
def views(app: Flask) -> list[Any]:
    """Every generated view."""
    return list(app.extensions["generated"])
