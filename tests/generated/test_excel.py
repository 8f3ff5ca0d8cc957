"""A list goes to Excel as it is seen: rows, columns, order, sight and masks of the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from app.generated import excel
from app.spreadsheet import MEDIA_TYPE
from tests.conftest import Rest
from tests.factories import a_registration
from tests.screens.desk import Clerk
from tests.search.test_list import rows

LIST = "/caseview/list/"
PHONE = "13911112222"


@pytest.fixture
def clerk(login: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """Return an account at the screens."""
    return lambda account: Clerk(login(account))


def file_of(clerk: Clerk, path: str) -> Any:
    """Return the only sheet of the file that a list gives."""
    answer = clerk.browser.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == MEDIA_TYPE
    return load_workbook(io.BytesIO(answer.data)).active


def table(sheet: Any) -> list[tuple[Any, ...]]:
    """Return head and rows of a sheet."""
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def register(rest: Callable[[str], Rest], account: str = "zezhou-tax", **facts: Any) -> str:
    """Register a dispute and return its number."""
    person = {"kind": "person", "name": "周丽萍", "phone": PHONE, "address": "某村"}
    answer = rest(account).post("/api/v1/case/", a_registration(**{"applicant": person} | facts))
    assert answer.status_code == 201
    found: str = answer.get_json()["number"]
    return found


def test_the_file_has_the_rows_and_columns_of_the_page(clerk: Any, rest: Any) -> None:
    register(rest)
    tax = clerk("zezhou-tax")
    page = rows(tax.page(f"{LIST}?size=100"))
    head, *lines = table(file_of(tax, f"{LIST}?as=xlsx"))
    assert head == ("申请人", "电话", "事项", "案号", "办到哪一步", "在谁手里", "期限")
    assert len(lines) == len(page)
    for line, shown in zip(lines, page, strict=True):
        assert all(str(line[place]) in shown for place in (0, 2, 3, 4, 5))


def test_words_filters_order_and_columns_hold_for_the_file(clerk: Any, rest: Any) -> None:
    first, second = register(rest), register(rest)
    register(rest, content="无关的话")
    query = "q=缴费基数 周丽萍&_flt_eq_stage=registered&sort=number&cols=number,amount"
    head, *lines = table(file_of(clerk("zezhou-tax"), f"{LIST}?{query}&as=xlsx"))
    assert head == ("案号", "涉及金额")
    assert lines == [(first, 12345.6), (second, 12345.6)]


def test_the_file_begins_at_the_first_row_whatever_the_page(clerk: Any, rest: Any) -> None:
    register(rest)
    tax = clerk("zezhou-tax")
    whole = table(file_of(tax, f"{LIST}?as=xlsx"))
    assert table(file_of(tax, f"{LIST}?as=xlsx&page=2&size=25")) == whole


def test_numbers_of_persons_are_masked_in_the_file_too(clerk: Any, rest: Any) -> None:
    number = register(rest)
    lines = table(file_of(clerk("zezhou-tax"), f"{LIST}?q={number}&cols=name,phone&as=xlsx"))
    assert lines[1:] == [("周丽萍", "139****2222")]


def test_the_file_holds_nothing_beyond_sight(clerk: Any, rest: Any) -> None:
    number = register(rest)
    cells = {
        cell for row in table(file_of(clerk("zezhou-court"), f"{LIST}?as=xlsx")) for cell in row
    }
    assert number not in cells
    assert clerk("admin").browser.get(f"{LIST}?as=xlsx").status_code == 403
    assert clerk("zezhou-tax").browser.get("/taskview/list/?as=xlsx").status_code == 200


def test_what_was_typed_is_never_a_formula(clerk: Any, rest: Any) -> None:
    number = register(rest, employer='=HYPERLINK("http://x")')
    sheet = file_of(clerk("zezhou-tax"), f"{LIST}?q={number}&cols=employer&as=xlsx")
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", '=HYPERLINK("http://x")')


def test_a_day_is_a_day_and_not_words(clerk: Any, rest: Any) -> None:
    number = register(rest)
    sheet = file_of(clerk("zezhou-tax"), f"{LIST}?q={number}&cols=registered_at,due_on&as=xlsx")
    assert sheet["A2"].is_date
    assert sheet["A2"].value.isoformat() == "2024-11-04T09:00:00"
    assert sheet["B2"].is_date


def test_the_file_is_named_after_the_list_in_chinese(clerk: Any) -> None:
    answer = clerk("zezhou-tax").browser.get(f"{LIST}?as=xlsx")
    assert unquote(answer.headers["Content-Disposition"]).endswith("''案件 2024-11-04.xlsx")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_file_that_is_cut_says_so_in_its_last_line(
    clerk: Any, rest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        register(rest)
    path = f"{LIST}?q=周丽萍&cols=number&as=xlsx"
    assert len(table(file_of(clerk("zezhou-tax"), path))) == 4
    monkeypatch.setattr(excel, "MOST_ROWS", 2)
    lines = table(file_of(clerk("zezhou-tax"), path))
    assert len(lines) == 4
    assert "2 行" in lines[-1][0]


def test_every_generated_list_goes_to_excel_for_whom_it_is_open(app: Any, clerk: Any) -> None:
    office, superuser = clerk("zezhou-office"), clerk("admin")
    opened = 0
    for view in app.extensions["generated"]:
        path = f"/{type(view).__name__.lower()}/list/?as=xlsx"
        for seat in (office, superuser):
            answer = seat.browser.get(path)
            assert answer.status_code in (200, 403), path
            if answer.status_code == 200:
                assert table(load_workbook(io.BytesIO(answer.data)).active)
                opened += 1
    assert opened >= len(app.extensions["generated"])


def test_another_form_is_refused(clerk: Any) -> None:
    assert clerk("zezhou-tax").browser.get(f"{LIST}?as=csv").status_code == 400
