"""The same matter twice: shown before it is registered, linked or not, seen on both cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import duplicates
from app.models import Case
from app.rules.registration import NOT_LINKED
from app.security.sight import everything
from tests.conftest import Rest
from tests.screens.desk import FORM, Clerk
from tests.screens.test_statements import CASE, statements
from tests.web.bodies import PERSON, a_registration, act, inputs_of

Seat = Callable[[str], Clerk]
Program = Callable[[str], Rest]
FIRM = {
    "kind": "organisation",
    "name": "Invented Machines",
    "credit_code": "91140525MA0H5J6K3J",
}
#: What the form asks; the helper of all screen tests answers it beforehand.
ASKED = {**FORM, "linked": ""}


def number_of(page: str) -> str:
    return re.findall(r"140525-\d{4}-\d{6}", page)[0]


def row(app: Flask, case: int) -> Case:
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            return session.scalars(select(Case).where(Case.id == case)).one()  # type: ignore[no-any-return]


def similar(program: Rest, **facts: Any) -> list[int]:
    answer = program.post("/api/v1/route/", a_registration(**facts))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return [one["id"] for one in answer.json["similar"]]  # type: ignore[index]


# --- what is the same matter


def registered(program: Rest, **facts: Any) -> int:
    answer = program.post("/api/v1/case/", a_registration(**facts))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return int(answer.json["id"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"id_number": "11010519491231002X"}, {"id_number": "11010519491231002x"}),
        ({"phone": "13800000077"}, {"phone": "138 0000 0077"}),
    ],
    ids=["the same identity number", "the same telephone"],
)
def test_a_number_of_the_applicant_tells_the_same_matter(
    rest: Program, first: dict[str, str], second: dict[str, str]
) -> None:
    tax = rest("zezhou-tax")
    reach = {"address": "1 Invented Road", "phone": ""}
    case = registered(tax, applicant=PERSON | {"id_number": ""} | reach | first)
    other = PERSON | {"id_number": "", "name": "Another Name"} | reach | second
    assert similar(tax, applicant=other, employer="") == [case]


def test_a_credit_code_tells_the_same_matter_of_an_organisation(rest: Program) -> None:
    tax = rest("zezhou-tax")
    case = registered(tax, applicant=FIRM | {"phone": "0356-2039991"})
    assert similar(tax, applicant=FIRM | {"phone": "0356-2039992", "name": "Renamed"}) == [case]


def test_name_and_employer_together_tell_it_and_the_name_alone_does_not(rest: Program) -> None:
    tax = rest("zezhou-tax")
    reach = {"id_number": "", "address": "1 Invented Road", "name": "Wu Invented"}
    case = registered(
        tax, applicant=PERSON | reach | {"phone": "13900000081"}, employer="Vinegar Works"
    )
    other = PERSON | reach | {"phone": "13900000082"}
    assert similar(tax, applicant=other, employer="Vinegar Works") == [case]
    assert similar(tax, applicant=other, employer="Salt Works") == []
    assert similar(tax, applicant=other, employer="") == []


def test_another_category_is_another_matter(rest: Program) -> None:
    tax = rest("zezhou-tax")
    registered(tax, category=4)
    assert similar(tax, category=6) == []


def test_a_finished_case_is_not_asked_about(rest: Program) -> None:
    tax = rest("zezhou-tax")
    case = registered(tax)
    assert similar(tax) == [case]
    done = act(tax, case, "withdraw", inputs_of(tax, case, "withdraw"))
    assert done.status_code == 200, done.get_data(as_text=True)
    assert similar(tax) == []


def test_only_cases_within_sight_are_told(rest: Program) -> None:
    case = registered(rest("zezhou-tax"))
    assert similar(rest("zezhou-medical")) == []
    assert similar(rest("zezhou-office")) == [case]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"category": "4", "applicant": PERSON},
        {"category": True, "applicant": PERSON},
        {"category": 4, "applicant": "Wu"},
        {"category": 4, "applicant": {"name": ["Wu"], "phone": 138}},
    ],
)
def test_what_is_not_filled_in_yet_finds_nothing(body: dict[str, Any]) -> None:
    wanted = duplicates.sought(body, date(2024, 11, 4))
    assert wanted is None or duplicates._applicants(1, wanted) == []


# --- the screen


def test_the_form_asks_before_it_registers_and_keeps_what_was_typed(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    first = tax.register()
    answer = tax.send("/register/", {**ASKED, "employer": "Vinegar Works"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'href="/case/{first}"' in page
    assert 'value="Vinegar Works"' in page
    assert page.count('type="radio" name="linked"') == 2


def test_linked_cases_lead_to_each_other(clerk: Seat, app: Flask) -> None:
    tax = clerk("zezhou-tax")
    first = tax.register()
    number = number_of(tax.page(f"/case/{first}"))
    second = tax.register(linked=number)
    assert row(app, second).more["linked"] == number
    assert f'href="/case/{first}"' in tax.page(f"/case/{second}")
    assert f'href="/case/{second}"' in tax.page(f"/case/{first}")


def test_a_linked_case_out_of_sight_is_not_named(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    first = tax.register()
    second = tax.register(linked=number_of(tax.page(f"/case/{first}")))
    tax.done(second, "transfer", unit="hrss", reason="Not ours.")
    assert f'href="/case/{first}"' not in clerk("zezhou-hrss").page(f"/case/{second}")
    assert f'href="/case/{first}"' in clerk("zezhou-office").page(f"/case/{second}")


def test_going_on_is_recorded_too(clerk: Seat, app: Flask) -> None:
    tax = clerk("zezhou-tax")
    tax.register()
    second = tax.register(linked=NOT_LINKED)
    found = row(app, second)
    assert (found.more["linked"], found.linked_id) == (NOT_LINKED, None)


def test_pressing_twice_asks_nothing_anew(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    once = {**ASKED, "applicant.phone": "13800000091", "request_key": "one-press"}
    first, second = (tax.send("/register/", once) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location


def test_whoever_has_nothing_open_is_not_asked(clerk: Seat) -> None:
    answer = clerk("zezhou-tax").send("/register/", {**ASKED, "applicant.phone": "13800000092"})
    assert answer.status_code == 303


# --- REST


def test_rest_registers_without_a_word_about_links(rest: Program) -> None:
    tax = rest("zezhou-tax")
    assert registered(tax) != registered(tax)


def test_rest_refuses_a_link_out_of_sight_as_one_that_is_not_there(rest: Program) -> None:
    case = registered(rest("zezhou-tax"))
    number = rest("zezhou-tax").get(f"/api/v1/case/{case}").json["result"]["number"]  # type: ignore[index]
    told = [
        rest("zezhou-medical").post("/api/v1/case/", a_registration(linked=one))
        for one in (number, "140525-2024-999999")
    ]
    assert [one.status_code for one in told] == [422, 422]
    assert told[0].json == told[1].json
    assert "linked" in told[0].json["errors"]  # type: ignore[index]


@pytest.mark.parametrize("linked", [7, ["x"], "x" * 41, {"a": 1}])
def test_an_odd_link_is_refused_beside_its_field(rest: Program, linked: Any) -> None:
    answer = rest("zezhou-tax").post("/api/v1/case/", a_registration(linked=linked))
    assert answer.status_code == 422
    assert "linked" in answer.json["errors"]  # type: ignore[index]


def test_links_cost_the_case_page_no_statement(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    first = tax.register()
    second = tax.register(linked=number_of(tax.page(f"/case/{first}")))
    for case in (first, second):
        assert statements(tax.browser.get(f"/case/{case}")) <= CASE


def test_the_question_takes_one_statement_more(rest: Program) -> None:
    tax = rest("zezhou-tax")
    registered(tax)
    body = a_registration()
    asked = tax.post("/api/v1/route/", body)
    blank = tax.post("/api/v1/route/", {"category": body["category"]})
    assert statements(asked) - statements(blank) == 1
