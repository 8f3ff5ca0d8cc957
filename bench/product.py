"""The product itself: the application with everything on, through Flask's test client."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import directory
from bench.ask import Ask

#: The account whose queue is read, and the one that acts.
CLERK, OFFICE = "zezhou-tax-clerk", "zezhou-office"
ACT = "urge"
_STATEMENTS = re.compile(r'desc="(\d+)"')


class Product:
    """Two accounts over REST and one in a browser."""

    def __init__(self, app: Flask) -> None:
        directory.forget()
        self.app = app
        self.password = app.config["DEMO_PASSWORD"]
        self.rest = app.test_client(use_cookies=False)
        self.clerk, self.office = self._token(CLERK), self._token(OFFICE)
        self.browser = self.signed_in(CLERK)
        self.versions: dict[int, int] = {}

    def rest_workloads(self) -> dict[str, Callable[[Ask], int]]:
        """Return by name what does one piece of work over REST and tells its statements."""
        return {
            "todo": lambda _: self._get("/api/v1/todo/"),
            "case": lambda ask: self._get(f"/api/v1/case/{ask.case_id}"),
            "act": self._act,
        }

    def page_workloads(self) -> dict[str, Callable[[Ask], int]]:
        """Return by name what draws one page and tells its statements."""
        return {
            "todo": lambda _: counted(self.browser.get("/todo/")),
            "list": lambda _: counted(self.browser.get("/caseview/list/")),
            "history": lambda ask: counted(self.browser.get(f"/case/{ask.case_id}")),
        }

    def before(self, ask: Ask) -> None:
        """Read the version of the case, which every act names; not part of what is measured."""
        answer = self.rest.get(f"/api/v1/case/{ask.case_id}", headers=self.office)
        found: Any = answer.get_json()
        self.versions[ask.case_id] = found["result"]["version"]

    def _act(self, ask: Ask) -> int:
        body = {
            "version": self.versions[ask.case_id],
            "inputs": {"unit": ask.to, "text": "请在三个工作日内办结并书面反馈。"},
        }
        path = f"/api/v1/case/{ask.case_id}/action/{ACT}"
        return counted(self.rest.post(path, json=body, headers=self.office))

    def _get(self, path: str) -> int:
        return counted(self.rest.get(path, headers=self.clerk))

    def _token(self, username: str) -> dict[str, str]:
        body = {"username": username, "password": self.password, "provider": "db"}
        answer: Any = self.rest.post("/api/v1/security/login", json=body).get_json()
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def signed_in(self, username: str) -> FlaskClient:
        """Return a browser in which an account has logged in."""
        client = self.app.test_client()
        form = client.get("/login/").get_data(as_text=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
        assert found, "the log-in page has no form"
        body = {"username": username, "password": self.password, "csrf_token": found[1]}
        assert client.post("/login/", data=body).status_code == 302, f"{username} cannot log in"
        return client


def counted(answer: TestResponse) -> int:
    """Return how many statements the answer took; raises where it is a refusal."""
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.request.path}: {answer.status} {answer.get_data()[:300]!r}")
    found = _STATEMENTS.search(answer.headers["Server-Timing"])
    assert found, "the answer tells no statements"
    return int(found[1])
