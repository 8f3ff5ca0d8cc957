"""Accounts at the door: locked after wrong passwords, start passwords changed, sessions ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.records import AccountState
from app.security import accounts
from app.security.accounts import MOST_WRONG, User
from tests.conftest import DEMO_PASSWORD, Rest, csrf_token
from tests.screens.desk import Clerk, words

NAME = "zezhou-tax-clerk"
WRONG = "Wrong-2024!"
OWN = "three calm words"


def enter(client: FlaskClient, username: str = NAME, password: str = DEMO_PASSWORD) -> bool:
    """Return whether the form lets the account in; a new browser each time."""
    browser = client.application.test_client()
    token = csrf_token(browser.get("/login/"))
    form = {"username": username, "password": password, "csrf_token": token}
    browser.post("/login/", data=form)
    return browser.get("/me/").status_code == 200


def ask(client: FlaskClient, username: str = NAME, password: str = DEMO_PASSWORD) -> Any:
    """Return the answer of REST to a login."""
    body = {"username": username, "password": password, "provider": "db", "refresh": True}
    return client.post("/api/v1/security/login", json=body)


@contextmanager
def state(app: Flask, username: str = NAME) -> Iterator[Any]:
    """Give the account and its state row; what is changed is kept."""
    with app.app_context():
        session = app.appbuilder.session  # type: ignore[attr-defined]
        user = session.scalars(select(User).where(User.username == username)).one()
        row = session.scalars(select(AccountState).where(AccountState.user_id == user.id))
        yield row.one_or_none()
        session.commit()


def set_start_password(app: Flask, password: str = "kx7m-4tqp-9wrz") -> str:
    with app.app_context():
        session = app.appbuilder.session  # type: ignore[attr-defined]
        user = session.scalars(select(User).where(User.username == NAME)).one()
        accounts.set_password(session, user.id, password, is_start=True)
        session.commit()
    return password


# --- the lock


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes(client, clock) -> None:
    for _ in range(MOST_WRONG):
        assert not enter(client, password=WRONG)
    assert not enter(client)
    clock.move(minutes=14, seconds=59)
    assert not enter(client)
    clock.move(seconds=1)
    assert enter(client)


def test_four_wrong_passwords_lock_nothing_and_the_right_one_forgets_them(client) -> None:
    for _ in range(2):
        for _ in range(MOST_WRONG - 1):
            assert not enter(client, password=WRONG)
        assert enter(client)


def test_the_lock_is_of_one_account_and_holds_for_rest_and_every_spelling(client) -> None:
    for name in (NAME, NAME.upper(), NAME, NAME.title(), NAME):
        assert ask(client, name, WRONG).status_code == 401
    assert ask(client).status_code == 401
    assert not enter(client)
    assert ask(client, "zezhou-tax").status_code == 200


def test_wrong_tries_while_it_is_locked_do_not_lengthen_the_wait(client, clock) -> None:
    for _ in range(MOST_WRONG):
        ask(client, password=WRONG)
    clock.move(minutes=10)
    for _ in range(MOST_WRONG):
        ask(client, password=WRONG)
    clock.move(minutes=5)
    assert enter(client)


def test_the_lock_outlives_the_process(client, app) -> None:
    for _ in range(MOST_WRONG):
        ask(client, password=WRONG)
    with state(app) as row:
        assert row.locked_until is not None


def test_an_unknown_name_a_wrong_password_and_a_locked_account_get_one_answer(client) -> None:
    def answers() -> list[tuple[int, bytes]]:
        tries = [(NAME, WRONG), (NAME, DEMO_PASSWORD), ("nobody", WRONG)]
        return [(one.status_code, one.data) for one in (ask(client, *pair) for pair in tries)]

    for _ in range(MOST_WRONG):
        ask(client, password=WRONG)
    assert len(set(answers())) == 1


def test_an_unknown_name_leaves_no_row_behind(client, app) -> None:
    with app.app_context():
        session = app.appbuilder.session
        before = session.query(AccountState).count()
        session.rollback()
        for _ in range(MOST_WRONG + 1):
            ask(client, "nobody", WRONG)
        assert session.query(AccountState).count() == before


def test_sixty_logins_from_one_address_are_all_served(client, app, monkeypatch) -> None:
    monkeypatch.setattr(accounts, "check_password_hash", lambda _hash, given: given != WRONG)
    assert [ask(client).status_code for _ in range(60)] == [200] * 60


def test_a_switched_off_account_is_let_in_by_neither_door(client, app) -> None:
    browser = Clerk(client)
    with app.app_context():
        session = app.appbuilder.session
        user = session.scalars(select(User).where(User.username == NAME)).one()
        user.active = False
        session.commit()
    assert not enter(browser.browser)
    assert ask(client).status_code == 401


def test_outside_a_demonstration_no_demo_account_gets_in(client, login, rest, app) -> None:
    browser, system = login(NAME), rest(NAME)
    try:
        app.config["DEMO"] = False
        assert not enter(client)
        assert ask(client).status_code == 401
        assert browser.get("/todo/").status_code == 302
        assert system.get("/api/v1/todo/").status_code == 401
    finally:
        app.config["DEMO"] = True


# --- start passwords


def test_a_start_password_opens_nothing_but_the_page_that_changes_it(client, app, login) -> None:
    browser = Clerk(login(NAME, set_start_password(app)))
    for path in ("/todo/", "/register/", "/case/1", "/", "/me/", "/mechanism/zezhou", "/nowhere"):
        answer = browser.browser.get(path)
        assert (answer.status_code, answer.location) == (303, "/me/account/"), path
    assert browser.browser.post("/register/", data={}).status_code in (303, 400)
    assert browser.browser.get("/help/").status_code == 200
    with browser.browser.get("/static/css/frame.css") as look:
        assert look.status_code == 200
    page = browser.page("/me/account/")
    assert 'name="password"' in page
    assert '/todo/"' not in page[page.index("</header>") :]


def test_over_rest_a_start_password_is_answered_with_a_sentence(app, rest) -> None:
    system = rest(NAME, set_start_password(app))
    for answer in (
        system.get("/api/v1/todo/"),
        system.post("/api/v1/case/", {}),
        system.get("/api/v1/_openapi"),
    ):
        assert answer.status_code == 403
        assert "My data and password" in answer.json["message"] or "密码" in answer.json["message"]


def change(browser: FlaskClient, present: str, new: str, again: str | None = None) -> Any:
    token = csrf_token(browser.get("/me/account/"))
    form = {"present": present, "password": new, "again": new if again is None else again}
    return browser.post("/me/account/", data=form | {"csrf_token": token})


def test_the_changed_password_opens_everything_and_stays(app, login, client) -> None:
    start = set_start_password(app)
    browser = login(NAME, start)
    assert change(browser, start, OWN).status_code == 303
    assert browser.get("/todo/").status_code == 200
    assert enter(client, password=OWN)
    assert not enter(client, password=start)


@pytest.mark.parametrize(
    ("new", "again", "field"),
    [
        ("short", None, "password"),
        ("ninechars", None, "password"),
        (NAME, None, "password"),
        (NAME.upper(), None, "password"),
        ("x" * 129, None, "password"),
        ("with\ttabulator", None, "password"),
        ("kx7m-4tqp-9wrz", None, "password"),
        (OWN, OWN + "x", "again"),
        ("", None, "password"),
    ],
)
def test_a_poor_password_is_refused_at_its_field(
    app: Flask, login: Callable[..., FlaskClient], new: str, again: str | None, field: str
) -> None:
    start = set_start_password(app)
    browser = login(NAME, start)
    answer = change(browser, start, new, again)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in page
    assert start not in page
    assert browser.get("/todo/").status_code == 303


def test_the_present_password_is_asked_for_and_wrong_ones_are_counted(login, client) -> None:
    browser = login(NAME)
    for _ in range(MOST_WRONG):
        answer = change(browser, WRONG, OWN)
        assert answer.status_code == 422
        assert 'id="f-present-err"' in answer.get_data(as_text=True)
    assert change(browser, DEMO_PASSWORD, OWN).status_code == 422
    assert not enter(client)


def test_start_passwords_are_long_differ_and_are_easy_to_read() -> None:
    import secrets

    found = {accounts.start_password(secrets.choice) for _ in range(50)}
    assert len(found) == 50
    assert all(not accounts.faults(one, NAME) for one in found)
    assert not any(sign in one for one in found for sign in "01ilo")


# --- sessions


def test_a_new_password_ends_the_older_sessions_and_tokens(login, rest) -> None:
    here, elsewhere, system = login(NAME), login(NAME), rest(NAME)
    assert elsewhere.get("/todo/").status_code == 200
    assert change(here, DEMO_PASSWORD, OWN).status_code == 303
    assert here.get("/todo/").status_code == 200
    assert elsewhere.get("/todo/").status_code == 302
    assert system.get("/api/v1/todo/").status_code == 401
    assert Rest(here.application.test_client(), NAME, OWN).get("/api/v1/todo/").status_code == 200


def test_a_refresh_token_ends_too(app, client) -> None:
    token = ask(client).json["refresh_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/security/refresh", headers=headers).status_code == 200
    set_start_password(app)
    assert client.post("/api/v1/security/refresh", headers=headers).status_code == 401


def test_a_reset_password_ends_a_lock(app, client) -> None:
    for _ in range(MOST_WRONG):
        ask(client, password=WRONG)
    start = set_start_password(app)
    assert ask(client, password=start).status_code == 200


# --- the page


def test_my_data_shows_every_post_with_its_term(clerk: Callable[[str], Clerk]) -> None:
    page = words(clerk("zezhou-office").page("/me/account/"))
    for part in ("zezhou-office", "2024年11月1日"):
        assert part in page
    assert clerk("zezhou-office").page("/me/account/").count("<tr><td>") == 2


def test_the_page_opens_for_the_superuser_and_its_frame_leads_there(login) -> None:
    admin = login("admin")
    assert admin.get("/me/account/").status_code == 200
    assert 'href="/me/account/"' in admin.get("/mechanism/zezhou").get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    ["/users/userinfo/", "/users/list/", "/users/add", "/roles/list/", "/resetmypassword/form"],
)
def test_the_frameworks_own_account_pages_are_gone(login, path: str) -> None:
    assert login("admin").get(path).status_code == 404


# --- many at once


def test_of_many_guesses_at_once_only_the_first_five_can_succeed(app, monkeypatch) -> None:
    """Each guess is checked before any is counted; the order of counting decides all the same."""
    wrong = MOST_WRONG + 2
    together, counted = threading.Barrier(wrong + 1), threading.Semaphore(0)
    check, count = accounts.check_password_hash, accounts._count

    def checked(found: str, given: str) -> bool:
        is_right = check(found, given)
        together.wait(20)
        for _ in range(wrong if is_right else 0):
            assert counted.acquire(timeout=20)
        return is_right

    def counting(*args: Any) -> bool:
        opens = count(*args)
        counted.release()
        return opens

    monkeypatch.setattr(accounts, "check_password_hash", checked)
    monkeypatch.setattr(accounts, "_count", counting)
    guesses = [*[WRONG] * wrong, DEMO_PASSWORD]

    def guess(password: str) -> int:
        return int(ask(app.test_client(), password=password).status_code)

    with ThreadPoolExecutor(len(guesses)) as pool:
        assert list(pool.map(guess, guesses)) == [401] * len(guesses)
    with state(app) as row:
        assert row.locked_until is not None


def test_many_right_logins_of_one_account_at_once_are_all_served(app) -> None:
    """A unit's own system may sign in with many workers; none of them is a guess."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ask(app.test_client()).status_code, range(16)))
    assert found == [200] * 16


@pytest.mark.parametrize("wanted", ["/todo/\r\nX-More: 1", "/\n", "\0", "/\x85"])
def test_an_address_that_is_none_is_forgotten_at_the_log_in(client, login, wanted: str) -> None:
    token = csrf_token(client.get("/login/"))
    form = {"username": NAME, "password": DEMO_PASSWORD, "csrf_token": token}
    for answer in (
        client.get("/login/", query_string={"next": wanted}),
        client.post("/login/", query_string={"next": wanted}, data=form),
        login(NAME).get("/login/", query_string={"next": wanted}),
    ):
        assert (answer.status_code, answer.location) == (302, "/login/")
        assert "X-More" not in answer.headers
