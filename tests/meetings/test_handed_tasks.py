"""Tasks handed out without a case: who may, on which paper, who sees them, how they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from tests.screens.desk import Clerk, words

GIVEN = {
    "unit": "tax",
    "title": "整理全年缴费争议数据",
    "content": "请整理 2024 年全部缴费争议的类别和金额。",
    "due_on": "2024-11-11",
}
Seat = Callable[[str], Clerk]


@pytest.fixture
def seat(login) -> Seat:
    """Return an account at the screens, the same one each time."""
    return cache(lambda name: Clerk(login(f"zezhou-{name}")))


def handed(clerk: Clerk, **other: str) -> str:
    """Hand out a task and return its address."""
    answer = clerk.send("/handed/", GIVEN | other)
    assert answer.status_code == 303, words(answer.get_data(as_text=True))
    return str(answer.location)


@pytest.mark.clause("Z3.1-9")
def test_the_office_hands_out_on_a_numbered_paper_and_the_unit_reports(seat: Seat):
    office, tax = seat("office"), seat("tax")
    url = handed(office)
    page = words(office.page(url))
    for said in ("交办单", GIVEN["title"], GIVEN["content"], "请在2024年11月11日前办理完毕"):
        assert said in page
    assert re.search(r"交〔2024〕1号", page)
    assert GIVEN["title"] in words(tax.page("/handed/"))
    assert tax.send(f"{url}/report", {"report": "已整理，共 12 件。"}).status_code == 303
    for clerk in (office, tax):
        assert "已整理，共 12 件。" in words(clerk.page(url))
        assert "已报告" in words(clerk.page("/handed/"))


def test_who_leads_hands_out_in_the_offices_series(seat: Seat):
    handed(seat("office"))
    page = words(seat("leader").page(handed(seat("leader"), unit="hrss")))
    assert re.search(r"交〔2024〕2号", page)
    assert "组长" in page


def test_a_task_that_is_late_says_by_how_many_days(seat: Seat, clock):
    office = seat("office")
    handed(office)
    clock.move(days=7)
    assert "天" not in words(office.page("/handed/")).partition("2024〕1号")[2][:60]
    clock.move(days=3)
    assert "超期 3 天" in words(office.page("/handed/"))


@pytest.mark.parametrize("who", ["tax", "tax-clerk", "auditor", "court"])
def test_nobody_else_hands_out(seat: Seat, who):
    clerk = seat(who)
    assert 'action="/handed/"' not in clerk.page("/handed/")
    assert clerk.send("/handed/", GIVEN).status_code == 403
    assert GIVEN["title"] not in words(seat("office").page("/handed/"))


def test_only_the_unit_the_giver_and_who_sees_all_see_a_task(seat: Seat):
    url = handed(seat("leader"))
    for who in ("tax", "office", "leader", "auditor"):
        assert GIVEN["title"] in words(seat(who).page(url))
        assert GIVEN["title"] in words(seat(who).page("/handed/"))
    for who in ("hrss", "court"):
        seat(who).page(url, 404)
        assert GIVEN["title"] not in words(seat(who).page("/handed/"))
        assert seat(who).send(f"{url}/report", {"report": "x"}).status_code == 404


def test_another_county_sees_nothing_of_it(seat: Seat, login):
    url = handed(seat("office"))
    other = Clerk(login("xiaoyi-office"))
    other.page(url, 404)
    assert GIVEN["title"] not in words(other.page("/handed/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("unit", ""),
        ("unit", "nobody"),
        ("unit", "office"),
        ("title", " "),
        ("title", "长" * 61),
        ("content", ""),
        ("due_on", ""),
        ("due_on", "soon"),
        ("due_on", "2024-11-03"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_takes_no_number(seat: Seat, field, value):
    office = seat("office")
    answer = office.send("/handed/", GIVEN | {field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-err"' in answer.get_data(as_text=True)
    assert re.search(r"交〔2024〕1号", words(office.page(handed(office))))


def test_a_task_is_taken_back_with_a_reason_by_its_giver_alone(seat: Seat):
    office, tax, leader = seat("office"), seat("tax"), seat("leader")
    url = handed(office)
    assert tax.send(f"{url}/withdraw", {"reason": "x"}).status_code == 403
    assert leader.send(f"{url}/withdraw", {"reason": "x"}).status_code == 403
    assert office.send(f"{url}/withdraw", {"reason": ""}).status_code == 422
    assert office.send(f"{url}/withdraw", {"reason": "交错了单位"}).status_code == 303
    assert "交错了单位" in words(tax.page(url))
    assert tax.send(f"{url}/report", {"report": "done"}).status_code == 409


def test_a_report_is_made_once_and_by_the_unit_alone(seat: Seat):
    office, tax = seat("office"), seat("tax")
    url = handed(office)
    assert office.send(f"{url}/report", {"report": "x"}).status_code == 403
    assert tax.send(f"{url}/report", {"report": " "}).status_code == 422
    assert tax.send(f"{url}/report", {"report": "已办。"}).status_code == 303
    assert tax.send(f"{url}/report", {"report": "又办。"}).status_code == 409
    assert "又办。" not in words(tax.page(url))


def test_no_such_task_is_not_found(seat: Seat):
    for path in ("/handed/999999", "/handed/x"):
        seat("office").page(path, 404)
