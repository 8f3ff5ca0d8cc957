"""Adding, changing, retiring and deleting records: checked, recorded, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models import Body, CalendarRow, CategoryRow, Jurisdiction
from app.records import RecordChange
from tests.conftest import Rest
from tests.generated.conftest import Reader, fields, words
from tests.web.bodies import a_registration

Ask = Callable[[Any], list[Any]]


@pytest.fixture
def place(ask: Ask) -> int:
    """The key of Zezhou's row."""
    [(found,)] = ask(select(Jurisdiction.id).where(Jurisdiction.key == "zezhou"))
    return int(found)


def category(ask: Ask, place: int, code: int) -> int:
    """Return the key of a category's row."""
    query = select(CategoryRow.id).where(CategoryRow.code == code)
    [(found,)] = ask(query.where(CategoryRow.jurisdiction_id == place))
    return int(found)


def test_a_new_category_is_added_and_chosen_for_new_cases_at_once(
    reader: Callable[[str], Reader], rest: Callable[[str], Rest], ask: Ask, place: int
) -> None:
    admin = reader("admin")
    url = f"/categoryview/add?jurisdiction_id={place}"
    answer = admin.send(url, code="11", label="Other matters", short="other")
    assert answer.status_code == 303
    assert "Added: Other matters." in admin.text(answer.location)
    assert category(ask, place, 11)
    [row] = [one for one in admin.rows(answer.location) if "Other matters" in one]
    assert "in use" in row
    tax = rest("zezhou-tax")
    made = tax.post("/api/v1/case/", a_registration(category=11))
    assert made.status_code == 201
    route = made.json["route"]  # type: ignore[index]
    assert (route["units"], route["gap"]) == ([], True), "no duty names it: the office decides"
    assert route["reasons"][0]["clause"]
    form = reader("zezhou-tax").get("/register/").get_data(as_text=True)
    assert '<option value="11"' in form
    clerk = reader("zezhou-tax")
    assert "other" in clerk.text(f"/case/{made.json['id']}")  # type: ignore[index]
    [listed] = clerk.rows("/caseview/list/", _flt_eq_category=11)
    assert made.json["number"] in listed  # type: ignore[index]


def test_who_holds_no_post_is_asked_for_which_county(
    reader: Callable[[str], Reader], place: int
) -> None:
    page = reader("admin").get("/categoryview/add").get_data(as_text=True)
    assert "For which county?" in page
    assert f'href="/categoryview/add?jurisdiction_id={place}"' in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("code", "1", "There is such an entry already."),
        ("code", "0", "Numbers of categories go from 1 to 99."),
        ("code", "100", "Numbers of categories go from 1 to 99."),
        ("code", "x", "Not a valid integer value."),
        ("code", "99999999999", "Number must be between 0 and 2147483647."),
        ("label", "", "This field is required."),
        ("label", "x" * 121, "Field cannot be longer than 120 characters."),
        ("short", "a\0b", "This holds characters that are no text"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(
    reader: Callable[[str], Reader], ask: Ask, place: int, field: str, value: str, told: str
) -> None:
    before = ask(select(func.count(CategoryRow.id)))
    form = {"code": "12", "label": "A matter", "short": "matter"} | {field: value}
    answer = reader("admin").send(f"/categoryview/add?jurisdiction_id={place}", form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert told in page
    assert f'id="f-{field}-err"' in page
    assert ask(select(func.count(CategoryRow.id))) == before


def test_a_retired_category_cannot_be_chosen_for_new_cases_and_stays_on_old_ones(
    reader: Callable[[str], Reader], rest: Callable[[str], Rest], ask: Ask, place: int
) -> None:
    tax = rest("zezhou-tax")
    old = tax.post("/api/v1/case/", a_registration(category=3))
    assert old.status_code == 201
    pk = category(ask, place, 3)
    answer = reader("admin").send(f"/categoryview/edit/{pk}", retired_on="2024-11-04")
    assert answer.status_code == 303
    refused = tax.post("/api/v1/case/", a_registration(category=3))
    assert refused.status_code == 422
    assert "category" in refused.json["errors"]  # type: ignore[index]
    form = reader("zezhou-tax").get("/register/").get_data(as_text=True)
    choices = re.search(r'(?s)<select [^>]*name="category".*?</select>', form)
    assert choices is not None
    assert 'value="4"' in choices.group(0)
    assert 'value="3"' not in choices.group(0)
    kept = tax.get(f"/api/v1/case/{old.json['id']}")  # type: ignore[index]
    assert kept.json["result"]["category"] == 3  # type: ignore[index]
    assert reader("zezhou-tax").get(f"/case/{old.json['id']}").status_code == 200  # type: ignore[index]


def test_a_category_can_be_chosen_until_the_day_before_it_is_retired(
    reader: Callable[[str], Reader], rest: Callable[[str], Rest], ask: Ask, place: int
) -> None:
    pk = category(ask, place, 3)
    reader("admin").send(f"/categoryview/edit/{pk}", retired_on="2024-11-05")
    assert rest("zezhou-tax").post("/api/v1/case/", a_registration(category=3)).status_code == 201


def test_a_category_that_the_mechanism_names_cannot_be_deleted(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    admin, pk = reader("admin"), category(ask, place, 3)
    assert f'href="/categoryview/delete/{pk}"' not in admin.get(
        f"/categoryview/show/{pk}"
    ).get_data(as_text=True)
    answer = admin.get(f"/categoryview/delete/{pk}")
    assert answer.status_code == 422
    assert "retire it by a date instead" in words(answer)


def test_a_category_that_a_case_has_cannot_be_deleted(
    reader: Callable[[str], Reader], app: Any, ask: Ask, place: int
) -> None:
    admin = reader("admin")
    admin.send(f"/categoryview/add?jurisdiction_id={place}", code="11", label="New", short="new")
    pk = category(ask, place, 11)
    with app.app_context():
        session = app.extensions["lianchu.session"]
        connection = session.connection()
        connection.exec_driver_sql("UPDATE case_file SET category = 11 WHERE id = 1")
        connection.exec_driver_sql(f"UPDATE case_file SET jurisdiction_id = {place} WHERE id = 1")
        session.commit()
    answer = admin.get(f"/categoryview/delete/{pk}")
    assert answer.status_code == 422
    assert "Cases have the category “New”" in words(answer)


def test_what_nothing_uses_is_deleted_by_post_alone_and_it_is_recorded(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    admin = reader("admin")
    admin.send(f"/categoryview/add?jurisdiction_id={place}", code="11", label="New", short="new")
    pk = category(ask, place, 11)
    assert admin.get(f"/categoryview/delete/{pk}").status_code == 200
    assert category(ask, place, 11) == pk, "asking deletes nothing"
    assert admin.send(f"/categoryview/delete/{pk}").status_code == 303
    assert ask(select(CategoryRow.id).where(CategoryRow.id == pk)) == []
    changes = ask(
        select(RecordChange.person, RecordChange.changes)
        .where(RecordChange.record == "category", RecordChange.record_id == pk)
        .order_by(RecordChange.id)
    )
    assert [change["label"] for _, change in changes] == [[None, "New"], ["New", None]]
    assert {person for person, _ in changes} == {"admin"}


def test_a_post_without_a_token_writes_nothing(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    pk = category(ask, place, 3)
    answer = reader("admin").client.post(f"/categoryview/delete/{pk}")
    assert answer.status_code == 400


# --- two writers at once


def test_a_change_made_meanwhile_is_shown_beside_what_was_typed_and_nothing_is_lost(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    first, second = reader("admin"), reader("admin")
    pk = category(ask, place, 3)
    url = f"/categoryview/edit/{pk}"
    drawn = fields(second.get(url))
    assert first.send(url, short="theirs").status_code == 303
    answer = second.client.post(url, data=drawn | {"short": "mine"})
    page = words(answer)
    assert answer.status_code == 409
    assert "Short name theirs mine" in page
    assert fields(answer)["short"] == "mine"
    assert ask(select(CategoryRow.short).where(CategoryRow.id == pk)) == [("theirs",)]
    again = second.client.post(url, data=fields(answer))
    assert again.status_code == 303
    assert ask(select(CategoryRow.short).where(CategoryRow.id == pk)) == [("mine",)]


def test_changes_stand_beside_the_row_with_who_and_when(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    admin, pk = reader("admin"), category(ask, place, 3)
    admin.send(f"/categoryview/edit/{pk}", short="new name")
    page = admin.text(f"/categoryview/show/{pk}")
    assert "4 November 2024 09:00 admin" in page
    assert "to new name" in page


def test_a_write_that_changes_nothing_records_nothing(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    pk = category(ask, place, 3)
    assert reader("admin").send(f"/categoryview/edit/{pk}").status_code == 303
    assert ask(select(func.count(RecordChange.id))) == [(0,)]


def test_every_write_makes_the_kept_directory_old(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    query = select(Jurisdiction.revision).where(Jurisdiction.id == place)
    [(before,)] = ask(query)
    [(pk,)] = ask(select(Body.id).where(Body.jurisdiction_id == place, Body.key == "tax"))
    reader("admin").send(f"/unitview/edit/{pk}", short="Tax")
    [(after,)] = ask(query)
    assert after > before
    assert "Tax" in reader("zezhou-tax-clerk").text("/unitview/list/")


def test_a_day_of_one_county_moves_due_dates_there_alone(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    admin = reader("admin")
    day = "2030-03-05"
    form = {"on": day, "kind": "rest", "name": "Fair", "jurisdiction_id": str(place)}
    assert admin.send("/calendarview/add", form).status_code == 303
    [(kept,)] = ask(select(CalendarRow.jurisdiction_id).where(CalendarRow.name == "Fair"))
    assert kept == place
    assert "Fair" in reader("zezhou-tax").text("/calendarview/list/")
    assert "Fair" not in reader("xiaoyi-tax").text("/calendarview/list/")


def test_a_national_day_cannot_stand_twice(reader: Callable[[str], Reader], ask: Ask) -> None:
    known: date = ask(select(func.min(CalendarRow.on)))[0][0]
    form = {"on": known.isoformat(), "kind": "rest", "name": "Twice"}
    answer = reader("admin").send("/calendarview/add", form)
    assert answer.status_code == 422
    assert "This day stands in the calendar already." in words(answer)


def test_a_clerk_can_change_no_reference_data(
    reader: Callable[[str], Reader], ask: Ask, place: int
) -> None:
    clerk, pk = reader("zezhou-tax-clerk"), category(ask, place, 3)
    page = clerk.get("/categoryview/list/").get_data(as_text=True)
    assert "/categoryview/edit/" not in page
    for url in (f"/categoryview/edit/{pk}", f"/categoryview/delete/{pk}", "/categoryview/add"):
        assert clerk.get(url).status_code == 403
