"""Registration: few required fields, nothing typed is lost, the proposal beside it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.screens.desk import FORM, Clerk, offered, stage, words

Seat = Callable[[str], Clerk]


def test_at_most_twelve_fields_are_required(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/register/")
    required = {
        *re.findall(r'name="([\w.]+)"[^>]* required', page),
        *re.findall(r'data-field="([\w.]+)"[^>]* data-needs-one', page),
    }
    assert {"applicant.name", "category", "insurance", "content"} <= required
    assert len(required) <= 12


def test_what_was_typed_stays_and_the_error_stands_beside_its_field(clerk: Seat) -> None:
    answer = clerk("zezhou-tax").send(
        "/register/", {**FORM, "applicant.phone": "1380000000", "employer": "Vinegar Works"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#f-applicant-phone"' in page
    assert 'id="f-applicant-phone-err"' in page
    assert 'value="Vinegar Works"' in page
    assert re.search(r'value="4" selected', page)
    assert re.search(r'value="pension" checked', page)
    assert "The amount is wrong.</textarea>" in page


def test_every_error_is_told_at_once(clerk: Seat) -> None:
    answer = clerk("zezhou-tax").send("/register/", {"applicant.kind": "person"})
    summary = re.findall(
        r'<section class="errors".*?</section>', answer.get_data(as_text=True), re.DOTALL
    )
    assert len(re.findall(r"<li>", summary[0])) >= 5


def test_a_refused_registration_leaves_no_case(clerk: Seat) -> None:
    office = clerk("zezhou-office")
    before = office.page("/caseview/list/")
    clerk("zezhou-tax").send("/register/", {**FORM, "content": ""})
    assert office.page("/caseview/list/").count("data-row") == before.count("data-row")


def test_a_registration_is_in_the_queue_of_the_office_at_once(clerk: Seat) -> None:
    case = clerk("zezhou-petition").register()
    assert f'href="/case/{case}"' in clerk("zezhou-office").page("/todo/")


def test_register_and_accept_is_one_press(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register(then="accept")
    assert stage(tax.page(f"/case/{case}")) == "handling"


def test_accepting_what_is_not_proposed_opens_the_panel_and_asks_why(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    answer = tax.send(
        "/register/", {**FORM, "category": "8", "insurance": ["medical"], "then": "accept"}
    )
    assert answer.location.endswith("?do=accept#act")
    page = tax.page(answer.location)
    assert stage(page) == "registered"
    assert re.search(r'name="reason"[^>]* required', page)


def test_a_unit_that_never_decides_is_not_offered_to_accept(clerk: Seat) -> None:
    page = clerk("zezhou-petition").page("/register/")
    assert 'value="transfer"' in page
    assert 'value="accept"' not in page


def test_the_proposal_names_unit_and_clause_while_the_form_is_filled_in(clerk: Seat) -> None:
    answer = clerk("zezhou-petition").send(
        "/register/route", {"category": "8", "insurance": ["medical"]}
    )
    box = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert box.count("route-unit") == 1
    assert 'class="law"' in box


def test_the_proposal_waits_for_the_kind_of_dispute(clerk: Seat) -> None:
    answer = clerk("zezhou-petition").send("/register/route", {"insurance": ["medical"]})
    assert "route-unit" not in answer.get_data(as_text=True)


def test_a_wrong_field_does_not_keep_the_proposal_away(clerk: Seat) -> None:
    answer = clerk("zezhou-petition").send(
        "/register/route", {"category": "4", "insurance": ["pension"], "period_from": "lately"}
    )
    assert "route-unit" in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["202403", "2024.3", "2024/03", "2024-03"])
def test_a_month_is_taken_as_people_type_it(clerk: Seat, typed: str) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register(period_from=typed)
    assert "2024-03" in words(tax.page(f"/case/{case}"))


def test_further_applicants_get_rows_and_blank_rows_do_not_count(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    rows = {
        "co_applicants.0.kind": "",
        "co_applicants.0.name": "",
        "co_applicants.1.kind": "person",
        "co_applicants.1.name": "Wu Invented",
        "co_applicants.1.phone": "13900000004",
    }
    more = tax.send("/register/", {**FORM, **rows, "_more": "co_applicants"})
    assert 'name="co_applicants.1.name"' in more.get_data(as_text=True)
    case = tax.register(**rows)
    assert "Wu Invented" in words(tax.page(f"/case/{case}"))


def test_an_error_in_a_further_row_stands_in_that_row(clerk: Seat) -> None:
    rows = {"co_applicants.3.kind": "person", "co_applicants.3.phone": "13900000004"}
    page = clerk("zezhou-tax").send("/register/", {**FORM, **rows}).get_data(as_text=True)
    assert 'href="#f-co_applicants-0-name"' in page


def test_pressing_twice_registers_once(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    assert tax.register(request_key="one-press") == tax.register(request_key="one-press")


def test_a_post_that_registers_nothing_is_refused_in_words(clerk: Seat) -> None:
    leader = clerk("zezhou-leader")
    assert "Traceback" not in leader.page("/register/", 403)
    assert leader.send("/register/", FORM).status_code == 403


def test_the_case_page_follows_with_the_papers_to_print(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    answer = tax.send("/register/", FORM, follow=True)
    page = answer.get_data(as_text=True)
    assert "/document/" in re.findall(r'<div class="alert.*?</div>\s*</div>', page, re.DOTALL)[0]
    assert 'data-draft-done="register"' in page
    assert {"accept", "transfer"} <= offered(page)
