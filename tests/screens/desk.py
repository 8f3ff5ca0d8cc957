"""A clerk at a browser without a screen: opens pages, fills in forms, presses buttons."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import csrf_token

FORM: dict[str, Any] = {
    "applicant.kind": "person",
    "applicant.name": "\u5468\u4e3d\u840d",
    "applicant.phone": "13800000003",
    "channel": "visit",
    "visited_at": "2024-11-04 08:30",
    "category": "4",
    "insurance": ["pension"],
    "period_from": "2024-03",
    "period_to": "2024-06",
    "content": "The amount is wrong.",
    "linked": "none",
}


class Clerk:
    """One account at the screens."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def page(self, path: str, status: int = 200) -> str:
        """Return a page's HTML."""
        answer = self.browser.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return answer.get_data(as_text=True)

    def send(self, path: str, data: dict[str, Any], *, follow: bool = False) -> TestResponse:
        """Post a form with the page's token."""
        token = csrf_token(self.browser.get("/me/"))
        return self.browser.post(path, data={**data, "csrf_token": token}, follow_redirects=follow)

    def register(self, **other: Any) -> int:
        """Register a dispute and return its id."""
        answer = self.send("/register/", {**FORM, **other})
        assert answer.status_code == 303, words(answer.get_data(as_text=True))
        found = re.match(r"/case/(\d+)", answer.location)
        assert found, answer.location
        return int(found[1])

    def do(self, case: int, key: str, **inputs: Any) -> TestResponse:
        """Open the panel of an act, fill it in, confirm."""
        page = self.page(f"/case/{case}?do={key}")
        data = {"version": version(page), "request_key": request_key(page), **inputs}
        return self.send(f"/case/{case}/do/{key}", data)

    def done(self, case: int, key: str, **inputs: Any) -> str:
        """Do an act that must succeed; return the case page that follows."""
        answer = self.do(case, key, **inputs)
        assert answer.status_code == 303, words(answer.get_data(as_text=True))
        return self.page(answer.location)


def words(page: str) -> str:
    """Return what a page says."""
    text = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def stage(page: str) -> str:
    """Return the stage that stands on main."""
    return re.findall(r'<main[^>]* data-stage="(\w+)"', page)[0]


def offered(page: str) -> set[str]:
    """Return the acts that can be pressed."""
    return set(re.findall(r'<a class="btn[^>]* data-action="(\w+)"', page))


def blocked(page: str) -> set[str]:
    """Return the acts that stand there greyed."""
    return set(re.findall(r'<button[^>]* disabled data-action="(\w+)"', page))


def version(page: str) -> str:
    """Return the version in the panel's form."""
    return re.findall(r'name="version" value="(\d+)"', page)[0]


def request_key(page: str) -> str:
    """Return the key that makes a repeated press harmless."""
    return re.findall(r'name="request_key" value="(\w+)"', page)[0]
