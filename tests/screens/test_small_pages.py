"""Home, to-do, search, notices, choices, help: small promises."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.conftest import DEMO_PASSWORD, csrf_token
from tests.screens.desk import Clerk, words

Seat = Callable[[str], Clerk]
PAGES = (
    *("/todo/", "/register/", "/caseview/list/", "/notices/", "/help/"),
    *("/mechanism/zezhou", "/me/"),
)


@pytest.mark.parametrize("path", ["/", "/todo/", "/register/", "/case/1", "/document/1"])
def test_whoever_is_not_logged_in_is_led_to_the_door(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/login/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["zezhou-tax", "zezhou-office", "zezhou-court"])
def test_the_pages_open_for_units_and_office(clerk: Seat, who: str, path: str) -> None:
    if (who, path) == ("zezhou-office", "/register/"):
        pytest.skip("the office registers nothing")
    clerk(who).page(path)


def test_the_mechanism_of_another_county_is_not_there(clerk: Seat) -> None:
    clerk("zezhou-office").page("/mechanism/xiaoyi", 404)
    clerk("xiaoyi-office").page("/mechanism/xiaoyi")


def test_help_opens_without_an_account(client: FlaskClient) -> None:
    assert client.get("/help/").status_code == 200


def test_the_first_row_leads_to_the_panel_of_the_next_step(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    page = tax.page("/todo/")
    assert f'href="/case/{case}?do=accept"' in page


def test_what_runs_late_stands_first_and_says_so(clerk: Seat, clock: object) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    clock.move(days=20)  # type: ignore[attr-defined]
    page = clerk("zezhou-tax").page("/todo/")
    late = re.findall(r'<h2 class="late".*?</ul>', page, re.DOTALL)[0]
    assert f'href="/case/{case}"' in late


def test_a_nonsense_place_in_the_queue_begins_at_the_start(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    tax.register()
    rows = [tax.page(f"/todo/?after={odd}").count("data-row") for odd in ("yesterday,x", ",", "9")]
    assert len(set(rows)) == 1


def test_an_old_address_of_the_list_leads_to_the_list_with_its_words(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    assert tax.browser.get("/case/").location == "/caseview/list/"
    assert tax.browser.get("/case/?q=Zhou+12%25").location == "/caseview/list/?q=Zhou+12%25"


def test_the_bell_counts_what_is_unread_until_it_is_read(clerk: Seat) -> None:
    office = clerk("zezhou-office")
    office.send("/notices/read", {})
    case = clerk("zezhou-tax").register()
    assert f'href="/case/{case}"' in office.page("/notices/")
    office.send("/notices/read", {})
    assert f'href="/case/{case}"' not in office.page("/notices/")


def test_colours_are_a_cookie_that_the_server_reads(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    assert 'data-theme="light"' in tax.page("/todo/")
    answer = tax.send("/theme/", {"theme": "dark", "next": "/help/"})
    assert answer.location == "/help/"
    assert 'data-theme="dark"' in tax.page("/todo/")
    tax.send("/theme/", {"theme": "<script>"})
    assert 'data-theme="dark"' in tax.page("/todo/")


@pytest.mark.parametrize(
    "outside", ["https://elsewhere.invalid/", "//elsewhere.invalid/", "/\\elsewhere", "x", ""]
)
def test_a_choice_never_leads_outside(clerk: Seat, outside: str) -> None:
    answer = clerk("zezhou-tax").send("/theme/", {"theme": "dark", "next": outside})
    assert answer.location == "/home/"


def test_a_post_that_is_not_held_cannot_be_chosen(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    for wanted in ("999999", "x", "-1", ""):
        assert tax.send("/acting/", {"post": wanted}).status_code == 403


def test_who_holds_two_posts_sees_both_and_can_change(clerk: Seat) -> None:
    office = clerk("zezhou-office")
    found = re.findall(r'name="post" value="(\d+)"', office.page("/todo/"))
    assert found, "the office's account holds a second post"
    office.send("/acting/", {"post": found[0]})
    assert f'name="post" value="{found[0]}"' not in office.page("/todo/")


def test_a_page_that_does_not_exist_says_so_in_words(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/no/such/page", 404)
    assert "Traceback" not in page


def test_the_mechanism_page_shows_every_clause_once_with_its_anchor(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/mechanism/zezhou")
    assert page.count('id="clause-Z4.2b"') == 1
    assert clerk("zezhou-tax").browser.get("/mechanism/nowhere").status_code == 404


def test_english_is_the_second_language(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    tax.browser.get("/lang/en")
    page = tax.page("/todo/")
    assert 'lang="en"' in page
    assert "To-do" in words(page)


def test_after_logging_in_one_comes_to_the_page_that_was_asked_for(client: FlaskClient) -> None:
    door = client.get("/case/?q=Zhou").location
    token = csrf_token(client.get(door))
    answer = client.post(
        door, data={"username": "zezhou-tax", "password": DEMO_PASSWORD, "csrf_token": token}
    )
    assert answer.location.endswith("/case/?q=Zhou")
