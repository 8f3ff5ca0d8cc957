"""`flask post …`: a real system gets its coordinators, signatories and authorisations."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.directory import directory_of, jurisdiction_of
from app.models import Appointment


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["post", *words])


def appoint(app: Flask, *words: str) -> Any:
    return run(app, "appoint", "某新人", "--jurisdiction", "zezhou", *words)


def test_a_coordinator_is_appointed_and_ended_and_papers_name_the_next(app: Flask) -> None:
    made = appoint(app, "--unit", "court", "--post", "coordinator", "--phone", "0356-2030999")
    assert made.exit_code == 0, made.output
    number = made.output.split()[1]
    ended = run(app, "end", number, "--on", "2024-11-30")
    assert ended.exit_code == 0, ended.output
    with app.app_context():
        session = app.appbuilder.session  # type: ignore[attr-defined]
        row = session.scalars(select(Appointment).where(Appointment.id == int(number))).one()
        assert (row.person, row.until_on) == ("某新人", date(2024, 11, 30))
        directory = directory_of(session, jurisdiction_of(session, "zezhou"))
        assert any(h.person == "某新人" for h in directory.appointments)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--post", "king", "--unit", "tax"), "--post is one of"),
        (("--post", "signatory", "--unit", "nowhere"), "--unit is one of"),
        (("--post", "signatory"), "--unit is one of"),
        (("--post", "coordinator", "--unit", "tax"), "--phone is needed"),
        (("--post", "deputy", "--stands-in-for", "king"), "--stands-in-for is one of"),
        (
            ("--post", "leader", "--from", "2024-11-04", "--until", "2024-11-03"),
            "--until is before --from",
        ),
    ],
)
def test_a_slip_is_told_and_makes_nothing(app: Flask, words: tuple[str, ...], told: str) -> None:
    answer = appoint(app, *words)
    assert answer.exit_code != 0
    assert told in answer.output


def test_an_appointment_that_is_none_cannot_end(app: Flask) -> None:
    assert "no appointment" in run(app, "end", "999999").output
