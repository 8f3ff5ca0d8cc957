"""A unit's administrator keeps the people: accounts, start passwords, who has which case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Appointment, Case, CaseAccess, Event, Jurisdiction
from app.records import AccountState, RecordChange
from app.screens.caseload import assigning
from app.security.accounts import User
from app.security.sight import everything
from tests.conftest import Rest, csrf_token
from tests.screens.desk import Clerk, words
from tests.web.bodies import a_registration

Seat = Callable[[str], Clerk]
ADMIN, CLERK = "zezhou-tax", "zezhou-tax-clerk"
NEW = {"person": "New Person", "username": "new-person", "phone": "0356-2030999"}


def shown_password(page: str) -> str:
    """Return the start password on a page."""
    return re.findall(r"<b>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</b>", page)[0]


def appointment(session: Any, username: str, body: str = "tax") -> Appointment:
    """Return an account's appointment in a body of Zezhou."""
    query = (
        select(Appointment)
        .join(User, User.id == Appointment.user_id)
        .join(Jurisdiction, Jurisdiction.id == Appointment.jurisdiction_id)
        .where(User.username == username, Appointment.body_key == body)
        .where(Jurisdiction.key == "zezhou")
    )
    found: Appointment = session.scalars(query).one()
    return found


def add(seat: Clerk, **other: str) -> Any:
    return seat.send("/people/add", {**NEW, **other})


# --- accounts


def test_a_new_clerk_logs_in_changes_the_password_and_works(clerk: Seat, client, login) -> None:
    answer = add(clerk(ADMIN))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    start = shown_password(page)
    browser = login("new-person", start)
    assert browser.get("/todo/").status_code == 303
    form = {"present": start, "password": "three calm words", "again": "three calm words"}
    token = csrf_token(browser.get("/me/account/"))
    assert browser.post("/me/account/", data=form | {"csrf_token": token}).status_code == 303
    assert browser.get("/todo/").status_code == 200
    assert Clerk(browser).register()


def test_the_start_password_is_shown_once_and_kept_nowhere(clerk: Seat, session) -> None:
    seat = clerk(ADMIN)
    start = shown_password(add(seat).get_data(as_text=True))
    assert start not in seat.page("/people/")
    user = session.scalars(select(User).where(User.username == "new-person")).one()
    assert start not in user.password
    kept = session.scalars(select(RecordChange)).all()
    assert kept
    assert all(start not in str(one.changes) for one in kept)


def test_a_new_clerk_stands_in_the_list_and_can_be_chosen_at_once(clerk: Seat, session) -> None:
    seat = clerk(ADMIN)
    add(seat)
    page = words(seat.page("/people/"))
    assert "New Person" in page
    assert "new-person" in page
    assert "New Person" in seat.page(f"/people/{appointment(session, CLERK).id}/cases")


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"person": ""}, "person"),
        ({"person": "x" * 61}, "person"),
        ({"person": "a\x07b"}, "person"),
        ({"username": ""}, "username"),
        ({"username": "ab"}, "username"),
        ({"username": "has space"}, "username"),
        ({"username": "-dash"}, "username"),
        ({"username": CLERK}, "username"),
        ({"username": CLERK.upper()}, "username"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_nothing_is_lost(
    clerk: Seat, session: Any, other: dict[str, str], field: str
) -> None:
    before = session.query(User).count()
    answer = add(clerk(ADMIN), **other)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in page
    kept = next(name for name in NEW if name != field)
    assert f'value="{NEW[kept]}"' in page
    assert session.query(User).count() == before


def test_an_administrator_adds_clerks_and_nobody_higher(clerk: Seat, session) -> None:
    for post in ("admin", "leader", "coordinator"):
        add(clerk(ADMIN), post=post, username=f"new-{post}")
        assert appointment(session, f"new-{post}").post == "clerk"


def test_a_reset_password_is_a_start_password_and_ends_the_sessions(
    clerk: Seat, login, session
) -> None:
    old = login(CLERK)
    row = appointment(session, CLERK)
    tax = clerk(ADMIN)
    assert f"/people/{row.id}/account" in tax.page("/people/")
    tax.page(f"/people/{row.id}/account")
    assert old.get("/todo/").status_code == 200, "asking changes nothing"
    answer = tax.send(f"/people/{row.id}/account", {})
    start = shown_password(answer.get_data(as_text=True))
    assert old.get("/todo/").status_code == 302
    assert login(CLERK, start).get("/todo/").status_code == 303
    state = session.scalars(select(AccountState).where(AccountState.user_id == row.user_id)).one()
    assert state.must_change


def test_an_account_that_acts_for_others_too_is_the_superusers_to_reset(
    clerk: Seat, login, session
) -> None:
    """The office's account has a post in the tax bureau: who resets it could act as the office."""
    row = appointment(session, "zezhou-office", "tax")
    tax = clerk(ADMIN)
    assert f"/people/{row.id}/account" not in tax.page("/people/")
    tax.page(f"/people/{row.id}/account", 403)
    assert tax.send(f"/people/{row.id}/account", {}).status_code == 403
    login("zezhou-office")
    admin = clerk("admin")
    answer = admin.send(f"/people/{row.id}/account", {"place": "zezhou", "unit": "tax"})
    assert shown_password(answer.get_data(as_text=True))


# --- whose people


@pytest.mark.parametrize(
    "account", [CLERK, "zezhou-leader", "zezhou-auditor", "zezhou-hrss-clerk"]
)
def test_only_administrators_and_the_superuser_keep_people(clerk: Seat, account: str) -> None:
    seat = clerk(account)
    for path in ("/people/", "/people/nobody/cases"):
        seat.page(path, 403)
    assert add(seat).status_code == 403
    assert seat.send("/people/nobody/cases", {"which": "all"}).status_code == 403


def test_people_of_another_unit_or_county_are_not_there(clerk: Seat, session) -> None:
    tax = clerk(ADMIN)
    hrss = appointment(session, "zezhou-hrss-clerk", "hrss")
    for path in (f"/people/{hrss.id}/account", "/people/999999/account", "/people/x/account"):
        assert tax.send(path, {}).status_code == 404
    assert tax.send(f"/people/{hrss.id}/cases", {"which": "all"}).status_code == 404
    tax.page(f"/people/{hrss.id}/cases", 404)
    # Naming another unit in the address changes nothing for whoever is no superuser.
    page = tax.page("/people/?place=zezhou&unit=hrss")
    assert hrss.person not in page


def test_the_superuser_keeps_every_body_and_gives_posts_accounts(
    clerk: Seat, session, login
) -> None:
    admin = clerk("admin")
    assert "place=zezhou" in admin.page("/people/")
    at = {"place": "zezhou", "unit": "court"}
    answer = admin.send("/people/add", {**NEW, **at, "post": "admin"})
    start = shown_password(answer.get_data(as_text=True))
    assert appointment(session, "new-person", "court").post == "admin"
    assert login("new-person", start)
    assert admin.send("/people/add", {**NEW, **at, "post": "king"}).status_code == 422
    admin.page("/people/?place=nowhere&unit=tax", 404)
    admin.page("/people/?place=zezhou&unit=nowhere", 404)
    admin.page("/people/nobody/cases", 403)


def test_whoever_stands_in_a_list_without_an_account_gets_one(clerk: Seat, session, login) -> None:
    place = session.scalars(select(Jurisdiction).where(Jurisdiction.key == "zezhou")).one()
    row = Appointment(
        jurisdiction_id=place.id,
        body_key="tax",
        post="clerk",
        person="Without Account",
        from_on=date(2024, 11, 1),
    )
    session.add(row)
    session.commit()
    tax = clerk(ADMIN)
    assert 'name="username"' in tax.page(f"/people/{row.id}/account")
    bad = tax.send(f"/people/{row.id}/account", {"username": CLERK})
    assert bad.status_code == 422
    good = tax.send(f"/people/{row.id}/account", {"username": "found-one"})
    assert login("found-one", shown_password(good.get_data(as_text=True)))


# --- who has which case


def registered(rest: Callable[[str], Rest], count: int, who: str = CLERK) -> list[int]:
    """Let the clerk register and accept cases; return their ids."""
    system, found = rest(who), []
    for _ in range(count):
        made = system.post("/api/v1/case/", a_registration())
        assert made.status_code == 201, made.json
        body = {"version": made.json["version"], "inputs": {}}
        done = system.post(f"/api/v1/case/{made.json['id']}/action/accept", body)
        assert done.status_code == 200, done.json
        found.append(made.json["id"])
    return found


def handlers(session: Any, ids: list[int], body: str = "tax") -> set[int | None]:
    query = select(CaseAccess.person_id).where(CaseAccess.case_id.in_(ids))
    with everything(session):
        return set(session.scalars(query.where(CaseAccess.body == body)))


def test_everything_of_a_leaver_is_handed_over_in_one_act(clerk: Seat, rest, session) -> None:
    ids = registered(rest, 3)
    leaver, heir = appointment(session, CLERK), appointment(session, ADMIN)
    assert handlers(session, ids) == {leaver.id}
    tax = clerk(ADMIN)
    form = {"which": "all", "to": str(heir.id), "reason": "leaves"}
    page = tax.send(f"/people/{leaver.id}/cases", form).get_data(as_text=True)
    assert handlers(session, ids) == {heir.id}
    for case_id in ids:
        with everything(session):
            last = session.scalars(
                select(Event).where(Event.case_id == case_id).order_by(Event.seq.desc())
            ).first()
        assert (last.key, last.body, last.inputs["reason"]) == ("assign_person", "tax", "leaves")
    assert "/people/" in page
    assert "data-row" not in tax.page(f"/people/{leaver.id}/cases") or all(
        f'value="{one}"' not in tax.page(f"/people/{leaver.id}/cases") for one in ids
    )


def test_only_what_is_ticked_is_handed_over(clerk: Seat, rest, session) -> None:
    first, second = registered(rest, 2)
    leaver, heir = appointment(session, CLERK), appointment(session, ADMIN)
    form = {"which": "ticked", "to": str(heir.id), "case": [str(first), "x", "99999999"]}
    answer = clerk(ADMIN).send(f"/people/{leaver.id}/cases", form)
    assert answer.status_code == 303
    assert handlers(session, [first]) == {heir.id}
    assert handlers(session, [second]) == {leaver.id}


def test_what_cannot_be_handed_over_is_reported_with_its_reason(
    clerk: Seat, rest, session
) -> None:
    """A case that was passed on is only followed: nobody here is its handler any more."""
    (kept,) = registered(rest, 1)
    system = rest(CLERK)
    made = system.post("/api/v1/case/", a_registration())
    body = {"version": made.json["version"], "inputs": {"unit": "hrss", "reason": "theirs"}}
    gone = system.post(f"/api/v1/case/{made.json['id']}/action/transfer", body)
    assert gone.status_code == 200, gone.json
    leaver, heir = appointment(session, CLERK), appointment(session, ADMIN)
    form = {"which": "all", "to": str(heir.id)}
    page = clerk(ADMIN).send(f"/people/{leaver.id}/cases", form).get_data(as_text=True)
    assert handlers(session, [kept]) == {heir.id}
    assert made.json["number"] in page
    assert handlers(session, [made.json["id"]]) == {leaver.id}


@pytest.mark.parametrize("to", ["", "x", "999999", "-1"])
def test_a_successor_is_one_of_the_unit(clerk: Seat, rest, session, to: str) -> None:
    ids = registered(rest, 1)
    leaver = appointment(session, CLERK)
    tax = clerk(ADMIN)
    for name in (to, str(appointment(session, "zezhou-hrss", "hrss").id), str(leaver.id)):
        answer = tax.send(f"/people/{leaver.id}/cases", {"which": "all", "to": name})
        assert answer.status_code == 422
    assert handlers(session, ids) == {leaver.id}


def test_cases_of_a_person_whose_term_has_ended_wait_for_somebody(
    clerk: Seat, rest, session, clock
) -> None:
    ids = registered(rest, 2)
    tax = clerk(ADMIN)
    assert all(f'value="{one}"' not in tax.page("/people/nobody/cases") for one in ids)
    leaver, heir = appointment(session, CLERK), appointment(session, ADMIN)
    leaver.until_on = clock.now.date() - timedelta(days=1)
    session.commit()
    page = tax.page("/people/nobody/cases")
    assert all(f'value="{one}"' in page for one in ids)
    assert leaver.person in page
    assert "/people/nobody/cases" in tax.page("/people/")
    tax.send("/people/nobody/cases", {"which": "all", "to": str(heir.id)})
    assert handlers(session, ids) == {heir.id}
    assert all(f'value="{one}"' not in tax.page("/people/nobody/cases") for one in ids)


def test_the_office_hands_over_too_and_sees_no_unit_of_its_people(clerk: Seat) -> None:
    clerk("zezhou-office").page("/people/")
    clerk("zezhou-office").page("/people/nobody/cases")


def test_the_pages_take_few_statements_whatever_the_number_of_cases(
    clerk: Seat, rest, session
) -> None:
    registered(rest, 5)
    tax = clerk(ADMIN)
    who = appointment(session, CLERK).id
    for path in ("/people/", f"/people/{who}/cases", "/people/nobody/cases"):
        tax.page(path)
        answer = tax.browser.get(path)
        found = re.search(r'desc="(\d+)"', answer.headers["Server-Timing"])
        assert found
        assert int(found[1]) <= 10, path


@pytest.mark.parametrize("key", ["zezhou", "xiaoyi"])
def test_each_mechanism_has_the_act_that_names_a_person(app: Flask, session, key: str) -> None:
    from app.directory import directory_of, jurisdiction_of

    found = assigning(directory_of(session, jurisdiction_of(session, key)).mechanism)
    assert found is not None
    assert (found.key, found.person, found.reason) == ("assign_person", "person", "reason")


def test_the_demo_office_may_not_be_taken_over_through_its_second_post(
    login: Callable[[str], FlaskClient], clerk: Seat, session
) -> None:
    """Whoever keeps the tax bureau's people cannot end or reset the office's account."""
    row = appointment(session, "zezhou-office", "office")
    assert clerk(ADMIN).send(f"/people/{row.id}/account", {}).status_code == 404
    assert login("zezhou-office")


def test_nothing_of_cases_is_shown_to_the_superuser(clerk: Seat, rest, session) -> None:
    (case_id,) = registered(rest, 1)
    with everything(session):
        number = session.get_one(Case, case_id).number
    page = clerk("admin").page("/people/?place=zezhou&unit=tax")
    assert number not in page
    assert "/cases" not in page
