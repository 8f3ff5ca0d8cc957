"""Errors of the whole application, and the addresses for monitoring."""

from __future__ import annotations

import logging

import pytest
from flask import Blueprint, Flask
from sqlalchemy.exc import OperationalError

from app.api import errors
from app.errors import Conflict, NotFound, NotYours, Reason, Refused, Stale, TooLarge, Unreadable


class NoSession:
    """A session of which only the giving up is asked."""

    def __init__(self) -> None:
        self.rolled_back = 0

    def rollback(self) -> None:
        self.rolled_back += 1


REASON = Reason("Why: %(what)s", {"what": "this"})
RAISED = {
    "not_found": (NotFound(REASON), 404),
    "not_yours": (NotYours(REASON), 403),
    "stale": (Stale(REASON, 7), 409),
    "conflict": (Conflict(REASON), 409),
    "refused": (Refused(REASON, {"applicant.phone": [REASON], "_": [REASON, REASON]}), 422),
    "unreadable": (Unreadable(REASON), 400),
    "too_large": (TooLarge(REASON), 413),
    "fault": (RuntimeError("a secret in /srv/lianchu"), 500),
    "database": (OperationalError("select secret", {}, Exception("gone")), 503),
}


@pytest.fixture
def small():
    """An application that raises what it is asked for, below /api/ and as a page."""
    from flask_babel import Babel

    small = Flask("small")
    small.testing = True
    Babel(small)
    small.extensions["lianchu.session"] = NoSession()
    routes = Blueprint("routes", __name__)

    @routes.get("/api/raise/<what>")
    @routes.get("/raise/<what>")
    def fail(what):
        raise RAISED[what][0]

    small.register_blueprint(routes)
    return small


@pytest.mark.parametrize("what", RAISED)
def test_each_error_has_its_status_and_a_sentence(small, what):
    errors.install(small)
    answer = small.test_client().get(f"/api/raise/{what}")
    assert answer.status_code == RAISED[what][1]
    assert answer.json["message"]
    assert small.extensions["lianchu.session"].rolled_back == 1


def test_a_refusal_says_why_beside_each_field(small):
    errors.install(small)
    answer = small.test_client().get("/api/raise/refused").json
    assert answer == {
        "message": "Why: this",
        "errors": {"applicant.phone": ["Why: this"], "_": ["Why: this", "Why: this"]},
    }


def test_a_stale_act_tells_the_present_version(small):
    errors.install(small)
    assert small.test_client().get("/api/raise/stale").json["version"] == 7


def test_a_fault_is_logged_and_told_without_details(small, caplog):
    errors.install(small)
    with caplog.at_level(logging.ERROR):
        answer = small.test_client().get("/api/raise/fault")
    assert "secret" not in answer.get_data(as_text=True)
    assert "a secret in" in caplog.text


def test_a_database_out_of_reach_says_when_to_come_again(small):
    errors.install(small)
    answer = small.test_client().get("/api/raise/database")
    assert answer.headers["Retry-After"]
    assert "secret" not in answer.get_data(as_text=True)


def test_outside_the_interface_the_page_is_drawn(small):
    errors.install(small, lambda status, sentence: (f"<p>{status} {sentence}</p>", status))
    client = small.test_client()
    assert client.get("/raise/not_yours").data == b"<p>403 Why: this</p>"
    assert client.get("/raise/fault").status_code == 500
    missing = client.get("/nowhere")
    assert missing.status_code == 404
    assert missing.data.startswith(b"<p>404 ")


def test_without_a_page_the_sentence_stands_alone(small):
    errors.install(small)
    answer = small.test_client().get("/raise/not_yours")
    assert (answer.status_code, answer.data) == (403, b"Why: this")
    assert small.test_client().get("/nowhere").status_code == 404


def test_the_interface_speaks_the_readers_language(rest):
    tax = rest("zezhou-tax")
    chinese = tax.get("/api/v1/case/999999").json["message"]
    assert "案件" in chinese


# --- monitoring


def test_the_server_says_that_it_is_alive_and_ready(client):
    assert client.get("/health").json == {"status": "alive"}
    assert client.get("/ready").status_code == 200


def test_a_database_of_another_version_is_not_ready(client, monkeypatch):
    monkeypatch.setattr("app.database.is_current", lambda _engine: False)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json["message"]


def test_the_figures_count_answers_errors_and_the_database(client, rest):
    rest("zezhou-tax").get("/api/v1/case/")
    client.get("/api/v1/nothing/")
    client.open("/health", method="BREW")
    text = client.get("/metrics").get_data(as_text=True)
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(lines['lianchu_requests_total{method="GET",status="200"}']) >= 1
    assert float(lines['lianchu_requests_total{method="GET",status="404"}']) >= 1
    assert any('method="other"' in line for line in lines)
    assert float(lines["lianchu_errors_total"]) >= 0
    assert float(lines["lianchu_database_statements_total"]) > 0
    assert text.endswith("\n")
    assert "zezhou" not in text
