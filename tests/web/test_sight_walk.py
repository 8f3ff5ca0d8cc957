"""Every URL of the application, asked by every account about a case that is none of theirs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Rest, csrf_token
from tests.web.bodies import PERSON, a_registration, an_upload

#: What would betray the case: nobody but its parties may read any of it.
NAME = "欧阳堃"
PHONE = "13800077777"
#: Accounts that take no part in a case that the tax bureau has just registered.
OUTSIDERS = (
    *("zezhou-hrss", "zezhou-medical", "zezhou-court", "zezhou-court-clerk", "zezhou-justice"),
    *("zezhou-gov", "zezhou-finance", "zezhou-petition", "admin"),
    *("xiaoyi-tax", "xiaoyi-office", "xiaoyi-leader", "xiaoyi-auditor", "xiaoyi-platform"),
)
#: Signing out ends the walk.
NOT_WALKED = ("/logout/",)


@pytest.fixture
def foreign(rest: Callable[[str], Rest]) -> dict[str, Any]:
    """A case of the tax bureau with papers, an event, a file: the ids to ask for."""
    tax = rest("zezhou-tax")
    applicant = PERSON | {"name": NAME, "phone": PHONE}
    made = tax.post("/api/v1/case/", a_registration(applicant=applicant))
    assert made.status_code == 201
    case_id = made.json["id"]  # type: ignore[index]
    version = made.json["version"]  # type: ignore[index]
    done = tax.post(f"/api/v1/case/{case_id}/action/accept", {"version": version, "inputs": {}})
    assert done.status_code == 200
    added = tax.post(
        f"/api/v1/case/{case_id}/attachment/",
        data=an_upload(),
        content_type="multipart/form-data",
    )
    assert added.status_code == 201
    return {
        "case_number": made.json["number"],  # type: ignore[index]
        "case_id": case_id,
        "paper_id": done.json["documents"][0]["id"],  # type: ignore[index]
        "document_id": done.json["documents"][0]["id"],  # type: ignore[index]
        "attachment_id": added.json["id"],  # type: ignore[index]
        "key": "accept",
        "action": "accept",
        "pk": case_id,
    }


def urls(app: Flask, foreign: dict[str, Any], method: str) -> Iterator[tuple[str, bool]]:
    """Return every URL that takes a method, and whether it speaks of the foreign case."""
    for rule in app.url_map.iter_rules():
        if method not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        if rule.rule in NOT_WALKED:
            continue
        about = rule.arguments & {"case_id", "paper_id", "document_id", "attachment_id"}
        # A page may say its own address; the number of a mechanism's version is no case's.
        values = {name: foreign.get(name, "1") for name in rule.arguments - {"number"}}
        values |= dict.fromkeys(rule.arguments & {"number"}, "1")
        with app.test_request_context():
            yield app.url_for(rule.endpoint, **values), bool(about)


def text_of(answer: Any) -> str:
    """Return all that an answer says; a workbook or a document is looked into."""
    data: bytes = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            data = b"".join(package.read(name) for name in package.namelist())
    return data.decode("utf-8", "replace")


def betrays(text: str, foreign: dict[str, Any]) -> bool:
    return any(word in text for word in (foreign["case_number"], NAME, PHONE))


@pytest.mark.parametrize("account", OUTSIDERS)
def test_no_page_and_no_call_shows_a_foreign_case(
    app: Flask,
    login: Callable[[str], FlaskClient],
    rest: Callable[[str], Rest],
    foreign: dict[str, Any],
    account: str,
) -> None:
    browser, system = login(account), rest(account)
    walked = 0
    for url, about in urls(app, foreign, "GET"):
        for answer in (browser.get(url), system.get(url)):
            text = text_of(answer)
            assert answer.status_code < 500, f"{url}: {answer.status_code}"
            assert not betrays(text, foreign), f"{url} shows the case to {account}"
            if about:
                assert answer.status_code in (302, 401, 403, 404), f"{url}: {answer.status_code}"
            walked += 1
    assert walked > 60


@pytest.mark.parametrize("account", ["zezhou-hrss", "zezhou-court-clerk", "xiaoyi-office"])
def test_no_post_changes_a_foreign_case(
    app: Flask,
    login: Callable[[str], FlaskClient],
    rest: Callable[[str], Rest],
    foreign: dict[str, Any],
    account: str,
) -> None:
    browser, system, office = login(account), rest(account), rest("zezhou-office")
    token = csrf_token(browser.get("/register/"))
    path = f"/api/v1/case/{foreign['case_id']}"
    before = office.get(path).json, office.get(path + "/event/").json
    for url, about in urls(app, foreign, "POST"):
        if not about:
            continue
        form = {"csrf_token": token, "version": "2"}
        for answer in (browser.post(url, data=form), system.post(url, {"version": 2})):
            # A page takes no token of REST, REST no form: refused before anything is looked at.
            refused = (404,) if answer.request.path.startswith("/api/") else (400, 404)
            assert answer.status_code in (*refused, 403), f"{url}: {answer.status_code}"
            assert not betrays(answer.get_data(as_text=True), foreign)
    assert (office.get(path).json, office.get(path + "/event/").json) == before


def test_an_unknown_case_and_a_foreign_one_answer_alike(
    rest: Callable[[str], Rest], foreign: dict[str, Any]
) -> None:
    court = rest("zezhou-court")
    seen = court.get(f"/api/v1/case/{foreign['case_id']}")
    unknown = court.get("/api/v1/case/99999999")
    assert (seen.status_code, seen.data) == (unknown.status_code, unknown.data)
