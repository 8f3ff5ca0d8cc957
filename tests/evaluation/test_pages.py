"""The pages of the evaluation: a bar opens its cases, nothing is English, little is asked."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Rest
from tests.test_translations import english_on

QUERY = "from=2020-01-01&to=2030-12-31"
#: Statements of a page: the frame's, one for each chart, one for each kind of rows.
DASHBOARD, INDICATORS = 18, 12


def page_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def cards(page: str) -> dict[str, Any]:
    found = re.findall(r'id="chart-(\w+)"[^>]*?data-chart=\'([^\']*)\'', page)
    return {key: json.loads(html.unescape(data)) for key, data in found}


#: Charts whose bars count cases; those of the others count acts and tasks, several of one case.
OF_CASES = {"month", "category", "unit", "stage", "insurance"}


def listed(browser: FlaskClient, url: str) -> set[str]:
    """Return the cases that a list shows on its first page."""
    page = page_of(browser, f"{html.unescape(url)}&size=100")
    return set(re.findall(r'href="/case/(\d+)"', page))


def test_every_bar_opens_as_many_cases_as_it_counts(login: Callable[[str], FlaskClient]) -> None:
    for account in ("zezhou-office", "zezhou-medical"):
        browser = login(account)
        linked = set()
        for key, chart in cards(page_of(browser, f"/dashboard/?{QUERY}")).items():
            for series in chart["series"]:
                for url, label, figure in zip(
                    series["urls"], chart["labels"], series["values"], strict=True
                ):
                    assert bool(url) == bool(figure), (key, label)
                    if url:
                        found = len(listed(browser, url))
                        assert found == figure or key not in OF_CASES, (key, label)
                        assert found > 0, (key, label)
                        linked.add(key)
        assert linked >= OF_CASES, account
        assert linked - OF_CASES, account


def test_the_list_behind_a_figure_says_what_was_counted(
    login: Callable[[str], FlaskClient],
) -> None:
    browser = login("zezhou-office")
    page = page_of(browser, f"/evaluation/?{QUERY}")
    url, *_ = re.findall(r'href="(/caseview/list/[^"]+indicator%3Atransfers%3A[^"]+)"', page)
    shown = page_of(browser, html.unescape(url))
    chosen = re.search(r'(?s)<select [^>]*name="_flt_eq_counted".*?</select>', shown)
    assert chosen is not None
    assert "2020年1月1日" in chosen[0]


@pytest.mark.parametrize(
    "address",
    [
        "due:tax:kept",
        "due:tax:kept:2024-13-01:2024-12-31",
        "due:tax:nothing:2024-01-01:2024-12-31",
        "stage:closed:cases:2024-01-01:2024-12-31",
        "indicator:transfers:denominator:2024-01-01:2024-12-31",
        "indicator:nothing:numerator:2024-01-01:2024-12-31",
        "x" * 300,
    ],
)
def test_a_figure_that_there_is_not_is_refused(
    login: Callable[[str], FlaskClient], address: str
) -> None:
    answer = login("zezhou-office").get(f"/caseview/list/?_flt_eq_counted={address}")
    assert answer.status_code == 400


def test_the_table_behind_a_chart_has_the_figures_that_are_drawn(
    login: Callable[[str], FlaskClient],
) -> None:
    browser = login("zezhou-office")
    page = page_of(browser, f"/dashboard/?{QUERY}")
    for key, chart in cards(page).items():
        card = re.search(rf'id="chart-{key}".*?</section>', page, re.S)
        assert card is not None
        labels = re.findall(r'<th scope="row">(.*?)</th>', card[0])
        assert labels[: len(chart["labels"])] == [html.escape(one) for one in chart["labels"]]


def test_a_chart_is_shown_as_its_table_on_request(login: Callable[[str], FlaskClient]) -> None:
    browser = login("zezhou-office")
    page = page_of(browser, f"/dashboard/?{QUERY}&table=category&table=due")
    assert {"category", "due"}.isdisjoint(cards(page))
    assert "month" in cards(page)


@pytest.mark.parametrize("path", ["/dashboard/", "/evaluation/"])
@pytest.mark.parametrize("account", ["zezhou-office", "zezhou-court-clerk", "xiaoyi-auditor"])
def test_the_pages_show_no_english(
    login: Callable[[str], FlaskClient], path: str, account: str
) -> None:
    page = page_of(login(account), f"{path}?{QUERY}")
    assert english_on(page.replace("Excel", "")) == []


@pytest.mark.parametrize(
    ("path", "most"), [("/dashboard/", DASHBOARD), ("/evaluation/", INDICATORS)]
)
def test_the_pages_take_few_statements(
    login: Callable[[str], FlaskClient], path: str, most: int
) -> None:
    browser = login("zezhou-office")
    browser.get(path)
    found = re.search(r'desc="(\d+)"', browser.get(path).headers["Server-Timing"])
    assert found is not None
    assert int(found[1]) <= most


def test_the_page_has_the_indicators_of_rest(
    login: Callable[[str], FlaskClient], rest: Callable[[str], Rest]
) -> None:
    page = page_of(login("zezhou-leader"), f"/evaluation/?{QUERY}")
    plain = re.sub(r"</?a\b[^>]*>", "", page)
    shown = rest("zezhou-leader").get(f"/api/v1/evaluation/?{QUERY}").json
    assert shown is not None
    for one in shown["result"]:
        assert f'<th scope="row">{html.escape(one["label"])}</th>' in page
        if one["denominator"] and one["numerator"] is not None:
            assert f"{one['numerator']} ÷ {one['denominator']}" in plain


def test_nothing_is_a_dash_and_not_0(login: Callable[[str], FlaskClient]) -> None:
    page = page_of(login("zezhou-office"), "/evaluation/?from=2001-01-01&to=2001-01-31")
    assert page.count("<b>—</b>") > 15
    assert "<b>0%</b>" not in page


@pytest.mark.parametrize("path", ["/dashboard/", "/evaluation/", "/evaluation/file"])
def test_days_that_are_none_are_said_on_a_page(
    login: Callable[[str], FlaskClient], path: str
) -> None:
    answer = login("zezhou-office").get(f"{path}?from=2024-13-01")
    assert answer.status_code == 422
    assert "2024-13-01" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/dashboard/", "/evaluation/", "/evaluation/file"])
def test_the_superuser_has_no_figures_of_a_county(
    login: Callable[[str], FlaskClient], path: str
) -> None:
    assert login("admin").get(path).status_code == 403
