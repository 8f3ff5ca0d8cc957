"""What came after a body handed a case on stays unknown to it; numbers stay masked, sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app import intake
from app.clock import CHINA
from app.models import Case, Event, Party
from app.security.sight import everything
from tests.conftest import Clock, Rest
from tests.screens.desk import FORM, Clerk, words
from tests.web.bodies import PERSON, a_registration, act, registered

Seat = Callable[[str], Clerk]
Program = Callable[[str], Rest]
NEW_PHONE, NEW_NAME = "13900000088", "Newname Invented"


def rows(app: Flask, model: Any, case: int) -> list[Any]:
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            return list(session.scalars(select(model).where(model.case_id == case)))


def amend(unit: Rest, case: int, field: str, value: str) -> None:
    inputs = {"field": field, "value": value, "reason": "A slip of the pen."}
    done = act(unit, case, "amend", inputs)
    assert done.status_code == 200, done.get_data(as_text=True)


@pytest.fixture
def handed_on(rest: Program) -> int:
    """A case that the tax bureau has handed to another, which then amended it."""
    tax, hrss = rest("zezhou-tax"), rest("zezhou-hrss")
    case: int = registered(tax)["id"]
    amend(tax, case, "employer", "Amended Before")
    done = act(tax, case, "transfer", {"unit": "hrss", "reason": "Not ours."})
    assert done.status_code == 200, done.get_data(as_text=True)
    for field, value in (
        ("content", "What came later."),
        ("applicant.name", NEW_NAME),
        ("applicant.phone", NEW_PHONE),
        ("amount", "99.00"),
        ("period_to", "2024-09"),
        ("insurance", "medical"),
        ("claim", "A later claim."),
        ("category", "8"),
    ):
        amend(hrss, case, field, value)
    return case


LATER = ("What came later.", NEW_NAME, "99.00", "2024-09", "A later claim.", "0088")


def test_whoever_handed_it_on_reads_the_facts_of_then_over_rest(
    rest: Program, handed_on: int
) -> None:
    tax = rest("zezhou-tax")
    whole = tax.get(f"/api/v1/case/{handed_on}").json["result"]  # type: ignore[index]
    told = json.dumps(whole, ensure_ascii=False)
    assert not [word for word in LATER if word in told]
    sent = a_registration()
    for name in ("category", "insurance", "amount", "period_to", "content"):
        assert whole[name] == sent[name]
    assert whole["applicant"]["name"] == PERSON["name"]
    assert whole["employer"] == "Amended Before"
    assert whole["holder"] == "hrss"
    listed = tax.get("/api/v1/case/?q=(page_size:100)").json["result"]  # type: ignore[index]
    (row,) = [one for one in listed if one["id"] == handed_on]
    assert not [word for word in LATER if word in json.dumps(row, ensure_ascii=False)]


def test_whoever_handed_it_on_reads_the_facts_of_then_on_the_page(
    clerk: Seat, rest: Program, handed_on: int
) -> None:
    page = words(clerk("zezhou-tax").page(f"/case/{handed_on}"))
    assert not [word for word in LATER if word in page]
    assert PERSON["name"] in page
    assert "Amended Before" in page


def test_the_list_of_cases_shows_the_facts_of_then_too(
    clerk: Seat, rest: Program, handed_on: int
) -> None:
    shown = {}
    for name in ("zezhou-tax", "zezhou-office"):
        path = "/caseview/list/?cols=name,phone,number,employer,amount,insurance,matter"
        page = clerk(name).page(path)
        shown[name] = words(page.partition(f'href="/case/{handed_on}"')[2].partition("</tr>")[0])
    assert PERSON["name"] in shown["zezhou-tax"]
    assert not [word for word in LATER if word in shown["zezhou-tax"]]
    assert NEW_NAME in shown["zezhou-office"]


@pytest.mark.parametrize("name", ["zezhou-hrss", "zezhou-office"])
def test_those_who_see_the_whole_case_read_what_was_amended(
    clerk: Seat, rest: Program, handed_on: int, name: str
) -> None:
    whole = rest(name).get(f"/api/v1/case/{handed_on}").json["result"]  # type: ignore[index]
    assert whole["content"] == "What came later."
    assert whole["applicant"]["phone"] == NEW_PHONE
    assert NEW_NAME in words(clerk(name).page(f"/case/{handed_on}"))


def test_an_amended_telephone_stands_masked_in_the_log_and_on_the_page(
    app: Flask, clerk: Seat, rest: Program, handed_on: int
) -> None:
    event = next(one for one in rows(app, Event, handed_on) if NEW_PHONE[-4:] in str(one.inputs))
    assert event.inputs["value"] == "139****0088"
    assert event.changes["facts"]["applicant.phone"] == ["138****0001", "139****0088"]
    page = clerk("zezhou-hrss").page(f"/case/{handed_on}")
    assert NEW_PHONE not in page
    assert "139****0088" in page


def test_an_amended_telephone_is_found_under_its_new_digits(
    app: Flask, client: Any, rest: Program, handed_on: int
) -> None:
    number = rest("zezhou-office").get(f"/api/v1/case/{handed_on}").json["result"]["number"]  # type: ignore[index]
    known = {"number": number, "phone": NEW_PHONE[-4:]}
    assert client.get("/progress/", query_string=known).status_code == 200


OPPONENT = {"kind": "person", "name": "Qian Invented", "phone": "13700000066"}


def test_the_other_sides_numbers_are_sealed_in_the_database_and_masked_in_the_log(
    app: Flask, rest: Program
) -> None:
    tax = rest("zezhou-tax")
    card = "11010519491231002X"
    case = registered(tax, opponent=OPPONENT | {"id_number": card})["id"]
    (party,) = [one for one in rows(app, Party, case) if one.role == "opponent"]
    assert (party.phone, party.id_number) == (OPPONENT["phone"], card)
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            stored = session.execute(
                text("SELECT more FROM case_file WHERE id = :id"), {"id": case}
            ).scalar_one()
    logged = str([(one.inputs, one.changes) for one in rows(app, Event, case)])
    for kept in (str(stored), logged):
        assert OPPONENT["phone"] not in kept
        assert card not in kept
    assert "137****0066" in logged


def test_the_other_side_is_shown_by_name_and_its_number_once_for_a_reason(
    clerk: Seat, rest: Program
) -> None:
    tax = clerk("zezhou-tax")
    case = registered(rest("zezhou-tax"), opponent=OPPONENT)["id"]
    page = tax.page(f"/case/{case}")
    assert OPPONENT["name"] in page
    assert OPPONENT["phone"] not in page
    shown = tax.send(f"/case/{case}/numbers", {"reason": "To call the other side."})
    assert OPPONENT["phone"] in shown.get_data(as_text=True)


def test_an_opponent_kept_in_clear_by_an_older_version_is_sealed_by_the_deployment(
    app: Flask, rest: Program
) -> None:
    case = registered(rest("zezhou-tax"))["id"]
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            row = session.scalars(select(Case).where(Case.id == case)).one()
            row.more = {**row.more, "opponent": OPPONENT}
            session.commit()
            assert intake.seal_opponents(session) == 1
            session.commit()
            assert "opponent" not in row.more
            assert intake.seal_opponents(session) == 0
    (party,) = [one for one in rows(app, Party, case) if one.role == "opponent"]
    assert (party.name, party.phone) == (OPPONENT["name"], OPPONENT["phone"])


# --- a mechanism's end


AFTER_THE_END = datetime(2029, 11, 1, 9, 0, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "is_near"),
    [(date(2029, 5, 3), False), (date(2029, 5, 4), True), (date(2029, 10, 31), True)],
)
def test_a_mechanisms_end_is_warned_of_from_180_days_before(
    clerk: Seat, clock: Clock, day: date, is_near: bool
) -> None:
    clock.move(datetime(day.year, day.month, day.day, 9, tzinfo=CHINA))
    assert ("2029-10-31" in clerk("zezhou-office").page("/todo/")) is is_near
    # the page itself names the validity once; the warning is a second time
    pages = clerk("admin").page("/mechanism/zezhou")
    assert ('class="alert alert-warning"' in pages) is is_near


def test_a_unit_that_cannot_mend_it_is_not_warned_of_it(clerk: Seat, clock: Clock) -> None:
    clock.move(datetime(2029, 9, 1, 9, tzinfo=CHINA))
    assert "2029-10-31" not in clerk("zezhou-tax").page("/todo/")


def test_after_the_end_nothing_is_registered_and_the_reason_is_a_sentence(
    clerk: Seat, rest: Program, clock: Clock
) -> None:
    clock.move(AFTER_THE_END)
    sent = {"visited_at": "2029-11-01T08:30", "period_from": "2029-03", "period_to": "2029-06"}
    answer = rest("zezhou-tax").post("/api/v1/case/", a_registration(**sent))
    assert answer.status_code == 422
    assert "2029-10-31" in answer.json["message"]  # type: ignore[index]
    form = {**FORM, "visited_at": "2029-11-01 08:30"}
    page = clerk("zezhou-tax").send("/register/", form)
    assert page.status_code == 422
    assert "2029-10-31" in words(page.get_data(as_text=True))
    assert FORM["content"] in page.get_data(as_text=True)
