"""Last days of remedies over REST, on the case page and for the applicant."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.web.bodies import act, inputs_of, registered

CONTESTED = {
    "kind": "决定书",
    "body": "泽州县社会保险中心",
    "served_on": "2024-10-08",
    "period_told": True,
}


@pytest.fixture
def tax(rest: Any) -> Any:
    return rest("zezhou-tax")


def done(unit: Any, case_id: int, key: str, **given: Any) -> None:
    answer = act(unit, case_id, key, inputs_of(unit, case_id, key, **given))
    assert answer.status_code == 200, answer.get_data(as_text=True)


def clocks(unit: Any, case_id: int) -> list[tuple[str, str, str]]:
    rows = unit.get(f"/api/v1/case/{case_id}/clock/").json["result"]
    return [(row["key"], row["due"], row["state"]) for row in rows if isinstance(row["id"], str)]


def served(unit: Any, **over: Any) -> dict[str, Any]:
    case = registered(unit, **over)
    for key in ("accept", "resolve"):
        done(unit, case["id"], key)
    done(unit, case["id"], "serve", served_on="2024-11-04")
    return case


def test_last_days_are_clocks_once_the_decision_is_served(tax: Any, rest: Any) -> None:
    case_id = registered(tax)["id"]
    done(tax, case_id, "accept")
    assert clocks(tax, case_id) == []
    done(tax, case_id, "resolve")
    done(tax, case_id, "serve", served_on="2024-11-04")
    assert clocks(tax, case_id) == [
        ("reconsideration", "2025-01-03", "running"),
        ("litigation", "2025-05-06", "running"),
    ]
    row = tax.get(f"/api/v1/case/{case_id}/clock/").json["result"][-2]
    documents = tax.get(f"/api/v1/case/{case_id}/document/").json["result"]
    decision = next(one for one in documents if one["kind"] == "result_notice")
    assert (row["document"], row["recipient"]) == (decision["id"], None)
    assert row["body"] == "国家税务总局晋城市税务局"
    assert "第二十条" in row["source"]
    assert rest("zezhou-hrss").get(f"/api/v1/case/{case_id}/clock/").status_code == 404


def test_a_way_that_ended_is_over(tax: Any, rest: Any, clock: Any) -> None:
    case_id = served(tax)["id"]
    clock.move(days=61)
    states = [state for _, _, state in clocks(rest("zezhou-tax"), case_id)]
    assert states == ["over", "running"]


def test_days_of_an_act_received_before_are_clocks_from_the_first_day(tax: Any) -> None:
    case_id = registered(tax, contested_act=CONTESTED)["id"]
    assert clocks(tax, case_id) == [
        ("reconsideration", "2024-12-09", "running"),
        ("litigation", "2025-04-08", "running"),
    ]


def test_the_case_page_shows_where_each_way_leads_and_until_when(tax: Any, login: Any) -> None:
    case_id = served(tax)["id"]
    page = login("zezhou-tax").get(f"/case/{case_id}").get_data(as_text=True)
    card = re.search(r'id="remedies".*?</section>', page, re.DOTALL)
    assert card
    assert "国家税务总局晋城市税务局" in card[0]
    assert "2025" in card[0]


def test_a_case_in_hand_warns_of_an_act_whose_remedy_ends_soon(tax: Any, login: Any) -> None:
    soon = registered(tax, contested_act=CONTESTED | {"served_on": "2024-09-10"})["id"]
    later = registered(tax, contested_act=CONTESTED | {"served_on": "2024-10-28"})["id"]
    clerk = login("zezhou-tax")
    assert "warn-line" in clerk.get(f"/case/{soon}").get_data(as_text=True)
    assert "warn-line" not in clerk.get(f"/case/{later}").get_data(as_text=True)


def test_the_applicant_reads_the_last_days_and_no_name(tax: Any, client: Any) -> None:
    number = served(tax)["number"]
    page = client.get(f"/progress/?number={number}&phone=0001").get_data(as_text=True)
    assert "国家税务总局晋城市税务局" in page
    assert "张晓梅" not in page
