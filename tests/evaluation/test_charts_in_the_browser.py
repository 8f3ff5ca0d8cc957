"""The charts in a real browser: drawn from our own files, and a click on a bar opens its cases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import DEMO_PASSWORD

#: Where the longest bar of the chart of stages is on the screen, and the list it stands for.
LONGEST_BAR = """() => {
  const card = document.getElementById("chart-stage");
  const plot = card.querySelector(".plot");
  plot.scrollIntoView({block: "center"});
  const data = JSON.parse(card.dataset.chart);
  const values = data.series[0].values;
  const row = values.indexOf(Math.max(...values));
  const chart = window.echarts.getInstanceByDom(plot);
  const [x, y] = chart.convertToPixel({seriesIndex: 0}, [values[row] / 2, row]);
  const box = plot.getBoundingClientRect();
  return [box.left + x, box.top + y, data.series[0].urls[row]];
}"""


@pytest.fixture
def office(page: Any) -> Any:
    """A page of the office head, with what it complained of and whom it asked."""
    page.said, page.asked = [], []
    page.on("console", lambda one: page.said.append(one.text))
    page.on("pageerror", lambda one: page.said.append(str(one)))
    page.on("request", lambda one: page.asked.append(one.url))
    page.goto("/login/")
    page.fill("[name=username]", "zezhou-office")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/todo/")
    page.goto("/dashboard/?from=2020-01-01&to=2030-12-31")
    return page


def test_the_charts_are_drawn_without_a_complaint_and_from_this_server_alone(
    office: Any, live_server: str
) -> None:
    assert office.locator(".plot canvas").count() == 8
    assert office.said == []
    assert [url for url in office.asked if not url.startswith((live_server, "data:"))] == []


def test_a_click_on_a_bar_opens_its_cases(office: Any) -> None:
    x, y, url = office.evaluate(LONGEST_BAR)
    office.mouse.click(x, y)
    office.wait_for_url("**/caseview/list/**")
    assert office.url.endswith(url)


def test_a_chart_can_be_read_as_its_table(office: Any) -> None:
    office.locator("#chart-month .seg a").nth(1).click()
    office.wait_for_url("**table=month**")
    assert office.locator("#chart-month table").is_visible()
    assert not office.locator("#chart-month .plot").is_visible()
