"""The applicants' page: plain words for whoever knows number and digits, nothing for others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.models import Case, Paper
from app.records import ProgressTry
from app.security import attempts
from app.security.sight import everything
from tests.conftest import Clock
from tests.screens.desk import FORM, Clerk, words

Seat = Callable[[str], Clerk]
NAME, LAST = FORM["applicant.name"], "0003"


@pytest.fixture
def number(clerk: Seat) -> str:
    """The number of a case that the tax bureau has registered and accepted."""
    tax = clerk("zezhou-tax")
    page = tax.page(f"/case/{tax.register(then='accept')}")
    return re.findall(r"140525-\d{4}-\d{6}", page)[0]


def ask(client: FlaskClient, number: str, phone: str, **more: str) -> Any:
    return client.get("/progress/", query_string={"number": number, "phone": phone, **more})


def test_whoever_knows_number_and_digits_reads_where_it_stands(
    client: FlaskClient, number: str
) -> None:
    answer = ask(client, number, LAST)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'aria-current="step"' in page
    assert re.search(r'href="tel:\d+"', page)
    assert number in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_title_is_the_stage_in_the_plain_words_of_the_profile(
    client: FlaskClient, number: str
) -> None:
    page = ask(client, number, LAST).get_data(as_text=True)
    assert re.search(r"<h1>\u6b63\u5728\u529e\u7406</h1>", page)


def test_nothing_of_the_person_stands_on_the_page(client: FlaskClient, number: str) -> None:
    page = ask(client, number, LAST).get_data(as_text=True)
    for secret in (NAME, FORM["applicant.phone"], FORM["content"], "138****0003"):
        assert secret not in page


def test_full_width_digits_and_blanks_are_taken(client: FlaskClient, number: str) -> None:
    wide = "".join(chr(ord(one) + 0xFEE0) for one in LAST)
    assert ask(client, f" {number} ", wide).status_code == 200


def same(answer: Any, number: str) -> tuple[int, str, str]:
    """Return what an answer tells, but for the number that was typed and the nonces."""
    page = re.sub(r'nonce="[^"]+"', "", answer.get_data(as_text=True))
    return answer.status_code, page.replace(number, "N"), answer.headers["Cache-Control"]


def statements(answer: Any) -> str:
    found = re.search(r'desc="(\d+)"', answer.headers["Server-Timing"])
    assert found is not None
    return found[1]


def test_unknown_number_wrong_digits_and_no_telephone_get_one_answer(
    client: FlaskClient, clerk: Seat, number: str
) -> None:
    tax = clerk("zezhou-tax")
    silent = {"applicant.phone": "", "applicant.address": "1 Invented Road"}
    mute = re.findall(r"140525-\d{4}-\d{6}", tax.page(f"/case/{tax.register(**silent)}"))[0]
    unknown, wrong = "140525-2024-999999", "9999"
    first = ask(client, unknown, wrong)
    assert first.status_code == 404
    told = [same(first, unknown)]
    told += [same(ask(client, one, wrong), one) for one in (number, mute)]
    assert told[0] == told[1] == told[2]
    counts = {statements(ask(client, one, wrong)) for one in (unknown, number, mute)}
    assert len(counts) == 1


@pytest.mark.parametrize("digits", ["003", "00003", "abcd", "\u0660\u0660\u0660\u0663", "%", ""])
def test_what_is_no_four_digits_is_said_at_the_field(
    client: FlaskClient, number: str, digits: str
) -> None:
    answer = ask(client, number, digits)
    assert answer.status_code == 422
    assert 'id="phone-err"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["\x00", "\ud800".encode("utf-8", "surrogatepass"), "'" * 500])
def test_odd_numbers_are_simply_not_found(client: FlaskClient, typed: Any) -> None:
    answer = ask(client, typed, LAST)
    assert answer.status_code in (404, 422)


def test_after_ten_look_ups_in_vain_a_number_is_silent_even_for_the_right_digits(
    client: FlaskClient, number: str, clock: Clock
) -> None:
    for _ in range(attempts.MOST_FOR_NUMBER):
        assert ask(client, number, "9999").status_code == 404
    refused = ask(client, number, LAST)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    clock.move(hours=1)
    assert ask(client, number, LAST).status_code == 200


def test_an_unknown_number_falls_silent_just_as_a_known_one(client: FlaskClient) -> None:
    for _ in range(attempts.MOST_FOR_NUMBER):
        ask(client, "140525-2024-999999", "9999")
    assert ask(client, "140525-2024-999999", "9999").status_code == 429


def test_an_address_falls_silent_after_sixty_and_another_one_does_not(
    client: FlaskClient, number: str
) -> None:
    for place in range(attempts.MOST_FROM_ADDRESS):
        ask(client, f"140525-2024-9{place:05}", "9999")
    assert ask(client, number, LAST).status_code == 429
    other = client.get(
        "/progress/",
        query_string={"number": number, "phone": LAST},
        environ_base={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert other.status_code == 200


def test_looking_often_at_the_own_case_is_never_refused(client: FlaskClient, number: str) -> None:
    for _ in range(attempts.MOST_FOR_NUMBER + 2):
        assert ask(client, number, LAST).status_code == 200


def test_no_address_and_no_number_is_kept_in_clear(
    client: FlaskClient, session: Any, number: str
) -> None:
    ask(client, number, "9999")
    session.rollback()
    kept = session.scalars(select(ProgressTry.key)).all()
    assert len(kept) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}", key) for key in kept)


def test_the_tries_of_past_hours_are_forgotten(
    client: FlaskClient, session: Any, number: str, clock: Clock
) -> None:
    ask(client, number, "9999")
    clock.move(hours=3)
    ask(client, number, "8888")
    session.rollback()
    assert session.scalar(select(func.count(ProgressTry.id))) == 2


def test_the_page_needs_neither_script_nor_cookie(app: Flask, number: str) -> None:
    answer = ask(app.test_client(use_cookies=False), number, LAST, lang="en")
    assert answer.status_code == 200
    assert "<script" not in answer.get_data(as_text=True)
    assert "Whom to ask" in answer.get_data(as_text=True)


def test_size_colours_and_language_are_links_that_keep_the_look_up(
    client: FlaskClient, number: str
) -> None:
    page = ask(client, number, LAST).get_data(as_text=True)
    links = [one.replace("&amp;", "&") for one in re.findall(r'href="(/progress/\?[^"]+)"', page)]
    assert len(links) == 4
    assert all(client.get(one).status_code == 200 for one in links)
    dark = next(one for one in links if "colours=dark" in one)
    assert 'data-theme="dark"' in client.get(dark).get_data(as_text=True)
    large = next(one for one in links if "size=larger" in one)
    assert 'class="public larger"' in client.get(large).get_data(as_text=True)
    english = client.get(next(one for one in links if "lang=en" in one)).get_data(as_text=True)
    assert '<html lang="en"' in english
    assert "Whom to ask" in english


def test_a_case_that_waits_for_the_applicant_says_what_to_do(
    client: FlaskClient, clerk: Seat
) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register(then="accept")
    page = tax.done(case, "request_material", items="Pay slips of Zhou Invented")
    found = re.findall(r"140525-\d{4}-\d{6}", page)[0]
    shown = ask(client, found, LAST, lang="en").get_data(as_text=True)
    assert "Please do one thing" in shown
    assert "Pay slips" not in shown
    assert "The due dates are paused." in words(shown)


def test_the_log_in_page_leads_there(client: FlaskClient) -> None:
    assert 'href="/progress/"' in client.get("/login/").get_data(as_text=True)


def test_the_printed_form_and_notices_name_the_address_and_no_internal_paper_does(
    clerk: Seat, session: Any
) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register(then="accept")
    tax.done(case, "request_advice", unit="justice", question="Which rule?")
    with everything(session):
        papers = session.execute(select(Paper.id, Paper.kind).where(Paper.case_id == case)).all()
    named = {
        kind for paper, kind in papers if "/progress/?number=" in tax.page(f"/document/{paper}")
    }
    assert {"registration_form", "acceptance_notice"} == named


def test_nothing_on_the_page_is_smaller_than_eighteen_pixels(page: Any, number: str) -> None:
    page.goto(f"/progress/?number={number}&phone={LAST}")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(one => [...one.childNodes].some(n => n.nodeType == 3 && n.data.trim())
                && one.offsetWidth > 1)
            .map(one => parseFloat(getComputedStyle(one).fontSize))"""
    )
    assert len(sizes) > 20
    assert min(sizes) >= 18
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("leads", [True, False])
def test_where_nobody_leads_nobody_is_said_to_lead(
    client: FlaskClient, app: Flask, leads: bool
) -> None:
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            query = select(Case).where(Case.stage == "joint", Case.lead.is_not(None))
            case = next(one for one in session.scalars(query) if one.applicant.phone)
            case.lead = case.lead if leads else None
            number, digits = case.number, case.applicant.phone[-4:]
            session.commit()
    page = words(ask(client, number, digits, lang="en").get_data(as_text=True))
    assert (" leads. " in page) is leads
    assert " together" in page
