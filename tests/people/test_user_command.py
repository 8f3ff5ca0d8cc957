"""`flask user add …`: the first accounts of a real system."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.directory import jurisdiction_of
from app.models import Appointment
from app.records import AccountState
from app.security.accounts import User, open_account, set_password
from tests.conftest import DEMO_PASSWORD

PASSWORD = "three calm words"
UNIT = ("--jurisdiction", "zezhou", "--unit", "tax")


def add(app: Flask, *words: str, password: str = PASSWORD) -> Any:
    return app.test_cli_runner().invoke(args=["user", "add", *words], input=f"{password}\n")


def state_of(session: Any, name: str) -> tuple[Any, Any]:
    user = session.scalars(select(User).where(User.username == name)).one()
    state = session.scalars(select(AccountState).where(AccountState.user_id == user.id)).one()
    session.remove()
    return user, state


def test_a_superuser_needs_neither_county_nor_unit_and_keeps_the_password(app, session, login):
    assert add(app, "boss", "--role", "superuser").exit_code == 0
    _, state = state_of(session, "boss")
    assert not state.must_change
    assert login("boss", PASSWORD).get("/people/").status_code == 200


@pytest.mark.parametrize("role", ["clerk", "admin"])
def test_whoever_works_for_a_unit_must_change_the_start_password(app, session, login, role):
    made = add(app, "new-one", "--role", role, *UNIT, "--person", "New One")
    assert made.exit_code == 0, made.output
    user, state = state_of(session, "new-one")
    assert state.must_change
    assert user.first_name == "New One"
    assert login("new-one", PASSWORD).get("/todo/").location == "/me/account/"


def test_a_password_that_its_person_typed_stays(app, session, login):
    made = add(app, "new-one", "--role", "clerk", *UNIT, "--own-password")
    assert made.exit_code == 0, made.output
    assert login("new-one", PASSWORD).get("/todo/").status_code == 200


def test_an_account_is_bound_to_the_person_who_stands_in_the_list(app, session):
    place = jurisdiction_of(session, "zezhou").id
    row = Appointment(
        jurisdiction_id=place,
        body_key="group",
        post="deputy",
        person="Listed Deputy",
        from_on=date(2024, 11, 1),
    )
    session.add(row)
    session.commit()
    words = ("--role", "deputy", "--jurisdiction", "zezhou", "--person", "Listed Deputy")
    assert add(app, "listed", *words).exit_code == 0
    user, _ = state_of(session, "listed")
    found = session.scalars(select(Appointment).where(Appointment.person == "Listed Deputy")).all()
    assert [one.user_id for one in found] == [user.id]


@pytest.mark.parametrize(
    ("words", "password", "told"),
    [
        (("new-one", "--role", "clerk"), PASSWORD, "--jurisdiction is needed"),
        (("new-one", "--role", "clerk", "--jurisdiction", "zezhou"), PASSWORD, "--unit is one of"),
        (("new-one", "--role", "clerk", "--jurisdiction", "no"), PASSWORD, "no jurisdiction"),
        (("zezhou-tax", "--role", "clerk", *UNIT), PASSWORD, "There is an account"),
        (("new-one", "--role", "clerk", *UNIT), "short", "at least 10"),
        (("new-one-name", "--role", "clerk", *UNIT), "new-one-name", "user name"),
        (("new-one", "--role", "clerk", *UNIT), "", "standard input"),
    ],
)
def test_a_slip_is_told_and_makes_no_account(app, session, words, password, told):
    before = session.query(User).count()
    session.remove()
    answer = add(app, *words, password=password)
    assert answer.exit_code != 0
    assert told in answer.output
    assert session.query(User).count() == before


def test_an_account_opened_by_hand_has_the_role_of_its_post(app, session):
    user = open_account(session, "by-hand", "By Hand", "unit clerk", PASSWORD)
    session.commit()
    assert [role.name for role in user.roles] == ["unit clerk"]
    stamp = set_password(session, user.id, DEMO_PASSWORD, is_start=False)
    session.commit()
    _, state = state_of(session, "by-hand")
    assert (state.stamp, state.must_change) == (stamp, False)
