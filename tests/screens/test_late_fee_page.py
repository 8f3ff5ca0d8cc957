"""The late-fee page: what is typed comes back, what is wrong is told by its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.screens.desk import Clerk, words


@pytest.fixture
def tax(clerk: Callable[[str], Clerk]) -> Clerk:
    return clerk("zezhou-tax")


def asked(arrears: str, paid_on: str = "2024-04-24", **more: str) -> str:
    return "/late-fee/?" + urlencode({"arrears": arrears, "paid_on": paid_on, **more})


def test_it_shows_the_multiplication_and_the_source(tax: Clerk) -> None:
    page = words(tax.page(asked("2024-01-15 10000.00")))
    assert "10,000.00 元 × 0.05% × 100 = 500" in page
    assert "社会保险法第八十六条" in page
    assert "10,500.00 元" in page


def test_lines_out_of_a_table_and_chinese_dates_are_read(tax: Clerk) -> None:
    page = words(tax.page(asked("2024-01-15\t10,000.00\n2024年1月15日　1234.56元")))
    assert page.count("0.05% × 100") == 2


@pytest.mark.parametrize(
    ("arrears", "paid_on", "told"),
    [
        ("", "2024-04-24", "至少写一笔"),
        ("2024-01-15", "2024-04-24", "第 1 行"),
        ("2024-01-15 10\n2024-02-30 5", "2024-04-24", "第 2 行"),
        ("2024-01-15 -5", "2024-04-24", "第 1 行"),
        ("2024-01-15 1.005", "2024-04-24", "第 1 行"),
        ("2024-01-15 NaN", "2024-04-24", "第 1 行"),
        ("2024-01-15 1e99", "2024-04-24", "第 1 行"),
        ("2024-01-15 10", "tomorrow", "缴纳日"),
        ("2024-05-15 10", "2024-04-24", "晚于缴纳日"),
        ("2024-01-15 1\n" * 121, "2024-04-24", "一次最多 120 行"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    tax: Clerk, arrears: str, paid_on: str, told: str
) -> None:
    page = tax.page(asked(arrears, paid_on), 422)
    assert told in page
    assert arrears.splitlines()[:1] == [] or arrears.splitlines()[0] in page


def test_what_the_county_settled_goes_into_the_result(tax: Clerk) -> None:
    page = words(tax.page(asked("2011-06-21 10000.00", "2011-07-11", old="1", cap="1", last="1")))
    assert "0.20% × 10" in page
    assert "0.05% × 11" in page


def test_a_bare_page_asks_and_says_nothing_wrong(tax: Clerk) -> None:
    page = tax.page("/late-fee/")
    assert 'role="alert"' not in page


def test_what_the_law_leaves_open_is_chosen_by_words(tax: Clerk) -> None:
    page = tax.page("/late-fee/")
    for name, chosen in (("first", "1"), ("last", "0"), ("cap", "0"), ("old", "0")):
        boxes = re.findall(rf'<input type="radio" name="{name}" value="(.)"( checked)?', page)
        assert boxes == [("1", " checked" * (chosen == "1")), ("0", " checked" * (chosen == "0"))]


def test_days_of_past_years_are_written_with_their_year(tax: Clerk) -> None:
    assert "2024年1月15日" in words(tax.page(asked("2024-01-15 10000.00")))
