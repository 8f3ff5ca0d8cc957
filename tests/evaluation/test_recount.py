"""Every indicator and every chart agrees with the recount, for every role and several periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from app.directory import directory_of, jurisdiction_of
from app.evaluation.charts import CHARTS
from app.evaluation.indicators import INDICATORS, OF_DAYS
from app.security.sight import everything
from tests.conftest import Clock, Rest
from tests.evaluation import recount
from tests.evaluation.recount import Raw, World, as_json

CASES = 60
KEYS = [one.key for one in INDICATORS] + [one.key for one in OF_DAYS]
#: Roles that see the whole place, and bodies that see their own.
ROLES = {
    "zezhou": ("office", "leader", "auditor", "tax", "hrss-clerk", "court", "petition"),
    "xiaoyi": ("office", "deputy", "tax", "medical", "platform", "approval"),
}
WHOLE = ("office", "leader", "deputy", "auditor")


def periods(today: date) -> list[tuple[date, date]]:
    """All there is, the last weeks, one day, and days on which nothing was."""
    return [
        (date(2020, 1, 1), today + timedelta(400)),
        (today - timedelta(20), today - timedelta(5)),
        (today, today),
        (date(2001, 1, 1), date(2001, 1, 31)),
    ]


@pytest.fixture(params=sorted(ROLES))
def place(request: pytest.FixtureRequest, app: Flask, clock: Clock) -> str:
    """A jurisdiction with random cases that stand everywhere, some of them late by now."""
    key: str = request.param
    args = ["demo", "load", "--jurisdiction", key, "--cases", str(CASES), "--seed", "7"]
    loaded = app.test_cli_runner().invoke(args=args)
    assert loaded.exit_code == 0, loaded.output
    clock.move(days=11)
    return key


Look = Callable[[str, tuple[date, date]], World]


@pytest.fixture
def look(place: str, session: Any, clock: Clock) -> Look:
    """Return what a role sees of the raw rows in a period."""
    with everything(session):
        known = directory_of(session, jurisdiction_of(session, place))
        raw = Raw(session, place)

    def seen(role: str, span: tuple[date, date]) -> World:
        own = None if role in WHOLE else role.removesuffix("-clerk")
        return raw.world(known.mechanism, known.calendar, own, *span, clock.now)

    return seen


def asked(caller: Rest, path: str, key: str, span: tuple[date, date]) -> Any:
    answer = caller.get(
        f"/api/v1/evaluation/{path}?jurisdiction={key}&from={span[0]}&to={span[1]}"
    )
    assert answer.status_code == 200, answer.json
    return answer.json["result"]  # type: ignore[index]


def test_every_indicator_is_what_a_recount_of_the_rows_gives(
    place: str, look: Look, clock: Clock, rest: Callable[[str], Rest]
) -> None:
    differing = []
    for role in ROLES[place]:
        caller = rest(f"{place}-{role}")
        for span in periods(clock.now.date()):
            shown = {one["key"]: one for one in asked(caller, "", place, span)}
            counted = recount.indicators(look(role, span))
            assert list(shown) == KEYS
            assert set(counted) == set(KEYS)
            differing += [
                (role, span, key, got, as_json(list(counted[key])))
                for key, one in shown.items()
                for got in [[one["value"], one["numerator"], one["denominator"]]]
                if got != as_json(list(counted[key]))
            ]
    assert differing == []


def test_every_chart_is_what_a_recount_of_the_rows_gives(
    place: str, look: Look, clock: Clock, rest: Callable[[str], Rest]
) -> None:
    differing = []
    for role in ROLES[place]:
        caller = rest(f"{place}-{role}")
        for span in periods(clock.now.date()):
            counted = recount.charts(look(role, span))
            for chart in CHARTS:
                found = asked(caller, f"chart/{chart.key}", place, span)
                shown = {
                    row["key"]: row["figures"] for row in found["rows"] if any(row["figures"])
                }
                wanted = {key: as_json(list(row)) for key, row in counted[chart.key].items()}
                if shown != {key: row for key, row in wanted.items() if any(row)}:
                    differing.append((role, span, chart.key, shown, wanted))
    assert differing == []


def test_the_random_cases_reach_what_is_counted(look: Look, clock: Clock) -> None:
    """Without this the recount could agree on nothing but zeroes."""
    found = recount.indicators(look(WHOLE[0], periods(clock.now.date())[0]))
    reached = {
        key for key, (_, numerator, _) in found.items() if numerator not in (None, 0, "0.00")
    }
    assert len(reached) >= len(KEYS) - 8, sorted(set(KEYS) - reached)
