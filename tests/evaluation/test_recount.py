"""Every indicator and every chart agrees with the recount, for every role and several periods."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.directory import directory_of, jurisdiction_of
from app.evaluation.behind import Figure, read
from app.evaluation.behind import cases_of as cases_of_figure
from app.evaluation.charts import CHARTS
from app.evaluation.counting import Reader, Span, own_of
from app.evaluation.indicators import INDICATORS, OF_DAYS
from app.models import Case
from app.security.sight import Scope, everything, see
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


def cases_of(rows: Iterable[Any]) -> frozenset[int]:
    """Return the cases of rows of any table."""
    return frozenset(one.id if isinstance(one, Case) else one.case_id for one in rows)


@pytest.fixture
def behind(place: str, session: Any, clock: Clock) -> Callable[..., frozenset[int]]:
    """Return what finds the cases behind a figure within the sight of a role."""
    with everything(session):
        here = jurisdiction_of(session, place)
        known = directory_of(session, here)

    def found(role: str, of: str, key: str, part: str, span: tuple[date, date]) -> frozenset[int]:
        body = role.removesuffix("-clerk")
        own = own_of(known.mechanism, body)
        see(session, Scope(here.id, body, own is None))
        figure = read(Figure(of, key, part, Span(*span)).address)
        reader = Reader(session, known, own, figure.span, clock.now)
        return frozenset(session.scalars(select(Case.id).where(cases_of_figure(reader, figure))))

    return found


def test_the_cases_behind_each_number_of_an_indicator_are_those_that_a_recount_finds(
    place: str,
    look: Look,
    behind: Callable[..., frozenset[int]],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sides(of: list[Any], among: list[Any], *_: Any) -> tuple[Any, Any]:
        return cases_of(of), cases_of(among)

    monkeypatch.setattr(recount, "share", sides)
    monkeypatch.setattr(recount, "number", lambda rows: (cases_of(rows), None))
    monkeypatch.setattr(
        recount, "amount", lambda new: (cases_of(o for o in new if o.amount), None)
    )
    monkeypatch.setattr(recount, "of_days", lambda _days: {})
    monkeypatch.setattr(recount, "elements", lambda new: (cases_of(new), cases_of(new)))
    differing = []
    for role in ROLES[place]:
        for span in periods(clock.now.date())[:2]:
            for key, pair in recount.indicators(look(role, span)).items():
                for part, wanted in zip(("numerator", "denominator"), pair, strict=True):
                    if wanted is not None and behind(role, "indicator", key, part, span) != wanted:
                        differing.append((role, span, key, part))
    assert differing == []


def test_the_cases_behind_each_bar_of_tasks_and_acts_are_those_that_a_recount_finds(
    place: str, look: Look, behind: Callable[..., frozenset[int]], clock: Clock
) -> None:
    differing, compared = [], 0
    for role in ROLES[place]:
        for span in periods(clock.now.date())[:2]:
            for address, wanted in recount.cases_of_bars(look(role, span)).items():
                compared += bool(wanted)
                if behind(role, *address, span) != wanted:
                    differing.append((role, span, address))
    assert differing == []
    assert compared > 10


def test_the_random_cases_reach_what_is_counted(look: Look, clock: Clock) -> None:
    """Without this the recount could agree on nothing but zeroes."""
    found = recount.indicators(look(WHOLE[0], periods(clock.now.date())[0]))
    reached = {
        key for key, (_, numerator, _) in found.items() if numerator not in (None, 0, "0.00")
    }
    assert len(reached) >= len(KEYS) - 8, sorted(set(KEYS) - reached)
