"""The search of the header, the list it leads to, and the same words over REST."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import database
from tests.conftest import Rest
from tests.factories import a_registration
from tests.screens.desk import Clerk
from tests.web.bodies import act, registered

LIST = "/caseview/list/"
NAME, PHONE = "周丽萍", "13911112222"


@pytest.fixture
def clerk(login: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """Return an account at the screens."""
    return lambda account: Clerk(login(account))


@pytest.fixture
def number(rest: Callable[[str], Rest]) -> str:
    """The number of a case of the tax bureau's that has everything one searches by."""
    body = a_registration(
        applicant={"kind": "person", "name": NAME, "phone": PHONE, "address": "某村"},
        employer="清河煤业公司",
        content="医保局答复后仍不服，申请仲裁。",
    )
    answer = rest("zezhou-tax").post("/api/v1/case/", body)
    assert answer.status_code == 201
    found: str = answer.get_json()["number"]
    return found


def rows(page: str) -> list[str]:
    """Return the rows of a list as words."""
    body = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in body]


def test_the_search_of_the_header_leads_to_the_list_of_cases(clerk: Any, number: str) -> None:
    page = clerk("zezhou-tax").page("/todo/")
    form = re.findall(r'<form class="head-search".*?</form>', page, re.DOTALL)[0]
    assert f'action="{LIST}"' in form
    assert 'name="q"' in form


@pytest.mark.parametrize(
    "asked",
    ["周丽萍", "丽萍", "煤业", "仲裁", PHONE, "139 1111 2222", "2222", "医保 周", "清河煤业公司"],
)
def test_a_caller_is_found_by_what_he_says(clerk: Any, number: str, asked: str) -> None:
    found = [row for row in rows(clerk("zezhou-tax").page(f"{LIST}?q={asked}")) if number in row]
    assert len(found) == 1


def test_a_row_tells_where_the_case_stands_without_a_click(clerk: Any, number: str) -> None:
    (row,) = rows(clerk("zezhou-tax").page(f"{LIST}?q={number}"))
    for told in (NAME, "139****2222", number, "已登记", "税务局", "11月"):
        assert told in row, told
    assert PHONE not in row


@pytest.mark.parametrize("asked", ["周丽萍", PHONE, "2222", "仲裁"])
def test_the_search_finds_nothing_beyond_sight(clerk: Any, number: str, asked: str) -> None:
    assert not [
        row for row in rows(clerk("zezhou-court").page(f"{LIST}?q={asked}")) if number in row
    ]
    assert [row for row in rows(clerk("zezhou-office").page(f"{LIST}?q={asked}")) if number in row]


def test_who_handed_a_case_on_reads_in_the_list_what_it_saw_last(clerk: Any, rest: Any) -> None:
    tax, hrss = rest("zezhou-tax"), rest("zezhou-hrss")
    case = registered(tax)
    assert (
        act(tax, case["id"], "transfer", {"unit": "hrss", "reason": "不归本局"}).status_code == 200
    )
    change = {"field": "applicant.name", "value": "李后来", "reason": "笔误"}
    assert act(hrss, case["id"], "amend", change).status_code == 200
    names = {
        who: rows(clerk(who).page(f"{LIST}?q={case['number']}"))[0].split()[0]
        for who in ("zezhou-tax", "zezhou-hrss", "zezhou-office")
    }
    assert names["zezhou-hrss"] == names["zezhou-office"] == "李后来"
    assert names["zezhou-tax"] not in ("李后来", "")
    assert tax.get("/api/v1/case/?words=李后来").get_json()["count"] == 0


@pytest.mark.parametrize("column", ["category", "insurance"])
def test_who_handed_a_case_on_does_not_find_it_by_a_fact_that_came_later(
    clerk: Any, rest: Any, column: str
) -> None:
    tax, hrss = rest("zezhou-tax"), rest("zezhou-hrss")
    case = registered(tax)
    assert (
        act(tax, case["id"], "transfer", {"unit": "hrss", "reason": "不归本局"}).status_code == 200
    )
    value, operator = {"category": ("9", "eq"), "insurance": ("injury", "has")}[column]
    change = {"field": column, "value": value, "reason": "笔误"}
    assert act(hrss, case["id"], "amend", change).status_code == 200
    asked = f"{LIST}?_flt_{operator}_{column}={value}"
    for who, finds in (("zezhou-tax", False), ("zezhou-hrss", True), ("zezhou-office", True)):
        page = clerk(who).page(asked)
        assert (f'/case/{case["id"]}"' in page) is finds, who
        if column == "category":
            q = f"(filters:!((col:id,opr:eq,value:{case['id']}),(col:category,opr:eq,value:9)))"
            answer = rest(who).get("/api/v1/case/", query_string={"q": q})
            assert answer.get_json()["count"] == finds, who


@pytest.mark.parametrize("asked", ["%25", "_", "139111122", "1391111222_", "周%25萍", "' OR 1=1"])
def test_what_stands_nowhere_finds_nothing(clerk: Any, number: str, asked: str) -> None:
    assert rows(clerk("zezhou-tax").page(f"{LIST}?q={asked}")) == []


@pytest.mark.parametrize(
    "asked", ['"', "(", "*", "a:b", "NEAR(", "%00", "%F0%A0%AE%B7", "x" * 5000]
)
def test_no_words_break_the_list(clerk: Any, asked: str) -> None:
    clerk("zezhou-office").page(f"{LIST}?q={asked}")


def test_words_and_filters_narrow_together(clerk: Any, number: str) -> None:
    tax = clerk("zezhou-tax")
    assert len(rows(tax.page(f"{LIST}?q={NAME}&_flt_eq_stage=registered"))) == 1
    assert rows(tax.page(f"{LIST}?q={NAME}&_flt_eq_stage=archived")) == []
    assert len(rows(tax.page(f"{LIST}?q={NAME}&sort=registered_at"))) == 1


def test_the_newest_case_comes_first(clerk: Any, rest: Any, number: str) -> None:
    again = rest("zezhou-tax").post("/api/v1/case/", a_registration(content="申请仲裁"))
    found = rows(clerk("zezhou-tax").page(f"{LIST}?q=申请仲裁"))
    places = [
        next(i for i, row in enumerate(found) if one in row)
        for one in (again.get_json()["number"], number)
    ]
    assert places == sorted(places)


def test_rest_takes_the_same_words(rest: Any, number: str) -> None:
    tax, court = rest("zezhou-tax"), rest("zezhou-court")
    for asked in (number, NAME, PHONE, "2222", "医保局 周"):
        found = tax.get(f"/api/v1/case/?words={asked}").get_json()
        assert number in [one["number"] for one in found["result"]], asked
        assert found["count"] == len(found["result"])
    assert court.get(f"/api/v1/case/?words={NAME}").get_json() == {
        "count": 0,
        "ids": [],
        "result": [],
    }
    narrowed = "(filters:!((col:stage,opr:eq,value:archived)))"
    assert tax.get(f"/api/v1/case/?words={NAME}&q={narrowed}").get_json()["count"] == 0
    assert tax.get("/api/v1/case/?words=%25").get_json()["count"] == 0
    blank, every = (tax.get(f"/api/v1/case/{q}").get_json()["count"] for q in ("?words=+", ""))
    assert blank == every


def test_the_list_of_a_search_takes_few_statements(clerk: Any, number: str) -> None:
    tax = clerk("zezhou-tax")
    tax.page("/todo/")
    tax.page(f"{LIST}?q={NAME}")
    assert 0 < database.timing()[1] <= 10


def test_a_search_takes_few_statements(app: Flask, rest: Any, number: str) -> None:
    tax = rest("zezhou-tax")

    def statements(path: str) -> int:
        tax.get(path)
        return database.timing()[1]

    plain, searched = (statements(f"/api/v1/case/{q}") for q in ("", f"?words={NAME}"))
    # PostgreSQL is asked beforehand whether the hits are many.
    assert 0 < searched <= plain + 1
