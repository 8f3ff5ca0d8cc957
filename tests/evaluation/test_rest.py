"""The evaluation over REST keeps the contract: what it shows, to whom, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Clock, Rest
from tests.web.bodies import a_registration

WHOLE = "from=2020-01-01&to=2030-12-31"
URL = "/api/v1/evaluation/"


def indicators(caller: Rest, query: str = WHOLE) -> dict[str, Any]:
    answer = caller.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.json
    return {one["key"]: one for one in answer.json["result"]}  # type: ignore[index]


def test_every_indicator_has_its_label_its_formula_and_its_figures(
    rest: Callable[[str], Rest],
) -> None:
    found = indicators(rest("zezhou-office"))
    assert len(found) >= 15
    for one in found.values():
        assert one["label"]
        assert one["formula"]
        assert one["clauses"]
        assert {"value", "numerator", "denominator"} <= set(one)


def test_a_rate_is_its_numerator_divided_by_its_denominator(rest: Callable[[str], Rest]) -> None:
    rates = {k: v for k, v in indicators(rest("zezhou-office")).items() if "rate" in k}
    assert len(rates) > 10
    for key, one in rates.items():
        n, d = one["numerator"], one["denominator"]
        assert (one["value"] is None) is (d == 0), key
        if d:
            assert n <= d, key
            assert one["value"] == pytest.approx(n / d, abs=0.00005), key


def test_nothing_divided_by_nothing_is_null(rest: Callable[[str], Rest]) -> None:
    found = indicators(rest("zezhou-office"), "from=2001-01-01&to=2001-01-31")
    of_nothing = [one for one in found.values() if one["denominator"] == 0]
    assert len(of_nothing) > 15
    assert {one["value"] for one in of_nothing} == {None}
    assert found["registered"]["value"] == 0
    assert found["amount"]["value"] is None


def test_a_registration_counts_for_whoever_may_see_it_and_for_nobody_else(
    rest: Callable[[str], Rest],
) -> None:
    accounts = {name: rest(f"zezhou-{name}") for name in ("office", "leader", "tax", "hrss")}
    before = {name: indicators(one)["registered"]["value"] for name, one in accounts.items()}
    made = accounts["tax"].post("/api/v1/case/", a_registration())
    assert made.status_code == 201
    after = {name: indicators(one)["registered"]["value"] for name, one in accounts.items()}
    moved = {name: after[name] - before[name] for name in accounts}
    assert moved == {"office": 1, "leader": 1, "tax": 1, "hrss": 0}
    assert before["tax"] < before["office"]


def test_the_last_day_belongs_to_the_period(rest: Callable[[str], Rest], clock: Clock) -> None:
    office, tax = rest("zezhou-office"), rest("zezhou-tax")
    clock.move(clock.now.replace(hour=23, minute=59))
    day = clock.now.date().isoformat()
    before = indicators(office, f"from={day}&to={day}")["registered"]["value"]
    assert tax.post("/api/v1/case/", a_registration()).status_code == 201
    assert indicators(office, f"from={day}&to={day}")["registered"]["value"] == before + 1


def test_without_days_it_is_the_year_until_today(
    rest: Callable[[str], Rest], clock: Clock
) -> None:
    answer = rest("zezhou-office").get(URL).json
    assert answer is not None
    assert answer["jurisdiction"] == "zezhou"
    assert answer["own"] is None
    assert (answer["from"], answer["to"]) == ("2024-01-01", clock.now.date().isoformat())


def test_a_unit_is_told_that_the_figures_are_its_own(rest: Callable[[str], Rest]) -> None:
    answer = rest("zezhou-tax-clerk").get(URL).json
    assert answer is not None
    assert answer["own"] == "tax"


@pytest.mark.parametrize("path", ["", "chart/month"])
@pytest.mark.parametrize("wanted", ["xiaoyi", "nowhere", "%00", "x" * 500])
def test_another_jurisdiction_is_not_found(
    rest: Callable[[str], Rest], path: str, wanted: str
) -> None:
    answer = rest("zezhou-office").get(f"{URL}{path}?jurisdiction={wanted}&{WHOLE}")
    assert answer.status_code == 404
    assert answer.json["message"]  # type: ignore[index]


@pytest.mark.parametrize("path", ["", "chart/days"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2025-13-01&to=2025-01-01", "from"),
        ("from=2025-02-01&to=2025-01-01", "to"),
        ("from=2025-01-01&to=20250201", "to"),
        ("from=2025-02-30", "from"),
        ("from=0001-01-01", "from"),
        ("to=9999-12-31", "to"),
        ("from=%D9%A2025-01-01", "from"),
        ("from=2025-01-01%0A", "from"),
    ],
)
def test_days_that_are_none_are_refused_beside_their_field(
    rest: Callable[[str], Rest], path: str, query: str, field: str
) -> None:
    answer = rest("zezhou-office").get(f"{URL}{path}?{query}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]  # type: ignore[index]


def test_the_superuser_and_strangers_get_no_figures(
    rest: Callable[[str], Rest], client: Any
) -> None:
    assert rest("admin").get(URL).status_code == 403
    assert client.get(URL).status_code == 401


def test_the_charts_are_named_and_each_can_be_asked_for(rest: Callable[[str], Rest]) -> None:
    office = rest("zezhou-office")
    named = office.get(f"{URL}chart/").json["result"]  # type: ignore[index]
    assert len(named) == 8
    for one in named:
        found = office.get(f"{URL}chart/{one['key']}?{WHOLE}").json["result"]  # type: ignore[index]
        assert found["title"] == one["title"]
        assert found["rows"], one["key"]
        assert all(len(row["figures"]) == len(found["series"]) for row in found["rows"])


def test_an_unknown_chart_is_not_found(rest: Callable[[str], Rest]) -> None:
    assert rest("zezhou-office").get(f"{URL}chart/nothing").status_code == 404


def test_the_rows_of_a_chart_add_up_to_the_cases_registered(rest: Callable[[str], Rest]) -> None:
    for account in ("zezhou-office", "zezhou-tax", "xiaoyi-medical"):
        caller = rest(account)
        registered = indicators(caller)["registered"]["value"]
        for key in ("month", "category", "unit", "stage"):
            found = caller.get(f"{URL}chart/{key}?{WHOLE}").json["result"]  # type: ignore[index]
            assert found["total"] == [registered], (account, key)


def test_an_act_that_was_taken_back_is_not_counted(rest: Callable[[str], Rest]) -> None:
    tax = rest("zezhou-tax")
    made = tax.post("/api/v1/case/", a_registration()).json
    assert made is not None

    def act(key: str, version: int, **inputs: str) -> int:
        path = f"/api/v1/case/{made['id']}/action/{key}"
        done = tax.post(path, {"version": version, "inputs": {"reason": "不归本单位办", **inputs}})
        assert done.status_code == 200, done.json
        return int(done.json["version"])  # type: ignore[index]

    def returns() -> int:
        return int(indicators(tax)["returns_each"]["numerator"])

    before = returns()
    version = act("return_to_office", made["version"])
    assert returns() == before + 1
    act("correct", version, event=str(version))
    assert returns() == before
