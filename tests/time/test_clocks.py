"""The sweep over due dates: the handler first, the administrator on the day, the office after."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from app import clocks, serve
from app.evaluation.counting import overdue
from app.models import Case, Entry, Notice, Task
from app.rules.warnings import ahead, level, told_when_missed
from tests.factories import Engine, at, china, task, zezhou
from tests.screens.desk import Clerk, words
from tests.web.bodies import act, inputs_of, registered

DUE = date(2024, 11, 11)


@pytest.fixture
def case_id(rest) -> int:
    return registered(rest("zezhou-tax-clerk"))["id"]


@pytest.fixture
def sweep(database, clock):
    """Sweep at a moment and return what was done."""

    def at_moment(text: str) -> clocks.Swept:
        clock.move(to=at(text))
        with database() as session:
            return clocks.sweep(session, clock.now)

    return at_moment


def notices(database, case_id: int) -> set[tuple[str, str, str, bool]]:
    with database() as session:
        rows = session.execute(
            select(Notice.action, Notice.body, Notice.post, Notice.person_id.is_not(None)).where(
                Notice.case_id == case_id, Notice.task_id.is_not(None)
            )
        )
        return {tuple(row) for row in rows}


SOON = ("due_soon", "tax", "", True)
TODAY = ("due_today", "tax", "admin", False)
MISSED = {("due_missed", "tax", "", False), ("due_missed", "office", "", False)}


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2024-11-07", set()),
        ("2024-11-08", {SOON}),
        ("2024-11-11", {SOON, TODAY}),
        ("2024-11-12", MISSED),
    ],
)
def test_the_handler_hears_first_the_administrator_on_the_day_the_office_after(
    database, case_id, sweep, moment, told
):
    sweep(moment)
    assert {one for one in notices(database, case_id) if one[1] in ("tax", "office")} == told


def test_day_by_day_all_are_told_once_in_that_order(database, case_id, sweep):
    for moment in ("2024-11-08", "2024-11-09", "2024-11-11", "2024-11-12", "2024-11-13"):
        sweep(moment)
        again = sweep(moment)
        assert (again.told, again.missed) == (0, 0)
    assert notices(database, case_id) == {SOON, TODAY, *MISSED}


def test_what_is_missed_is_noted_once_in_the_chain(database, case_id, sweep, app):
    assert sweep("2024-11-12").missed >= 1
    sweep("2024-11-13")
    with database() as session:
        entries = session.scalars(select(Entry).where(Entry.case_id == case_id)).all()
        assert [one.kind for one in entries] == ["missed"]
        assert entries[0].facts["due"] == DUE.isoformat()
        assert session.get(Case, case_id).version == 1
    verified = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert verified.exit_code == 0, verified.output


def test_what_is_done_presses_nobody(database, case_id, sweep, rest):
    assert act(rest("zezhou-tax-clerk"), case_id, "accept").status_code == 200
    sweep("2024-11-12")
    assert notices(database, case_id) == set()


def test_a_paused_case_presses_nobody_however_late(database, case_id, sweep, rest):
    tax = rest("zezhou-tax-clerk")
    act(tax, case_id, "accept")
    inputs = inputs_of(tax, case_id, "pause")
    assert act(tax, case_id, "pause", inputs).status_code == 200
    assert sweep("2024-12-20").looked >= 1
    assert notices(database, case_id) == set()


def test_the_missed_of_the_sweep_are_the_overdue_of_the_evaluation(database, sweep, rest):
    for _ in range(2):
        registered(rest("zezhou-tax"))
    sweep("2024-11-20")

    class Reader:
        """What the condition asks of a reader."""

        today, now = date(2024, 11, 20), at("2024-11-20")
        mechanism = zezhou()

    with database() as session:
        counted = set(session.scalars(select(Task.id).where(overdue(Reader()))))
        rows = session.scalars(select(Entry.facts).where(Entry.kind == "missed"))
        assert {facts["task"] for facts in rows} == counted


def test_only_the_handler_reads_the_warning_and_only_the_administrator_the_days(
    case_id, sweep, login
):
    def told(who: str) -> str:
        """Return what somebody is told of this case."""
        page = Clerk(login(who)).page("/notices/")
        rows = re.findall(rf'(?s)<tr data-row><td><a href="/case/{case_id}".*?</tr>', page)
        return words(" ".join(rows))

    sweep("2024-11-08")
    assert "到期：决定受理或移送" in told("zezhou-tax-clerk")
    assert "到期" not in told("zezhou-tax")
    sweep("2024-11-11")
    assert "尚未办结" in told("zezhou-tax")
    assert "尚未办结" not in told("zezhou-tax-clerk")
    sweep("2024-11-12")
    assert "到期未办结" in told("zezhou-office")


def test_the_command_says_what_it_did_and_may_run_twice(case_id, clock, app):
    clock.move(to=at("2024-11-12"))
    first = app.test_cli_runner().invoke(args=["clocks", "sweep"])
    assert first.exit_code == 0, first.output
    again = app.test_cli_runner().invoke(args=["clocks", "sweep"])
    assert again.output.endswith(", 0 notices, 0 missed\n")


def test_the_server_sweeps_until_it_is_stopped(database, case_id, clock, app):
    clock.move(to=at("2024-11-08"))

    class Once:
        """An event that is set at the second time of asking."""

        asked = 0

        def wait(self, _seconds: float) -> bool:
            self.asked += 1
            return self.asked > 1

    serve.sweep_daily(app, Once())
    assert notices(database, case_id) == {SOON}


# --- the rules


@pytest.mark.parametrize(
    ("kind", "days"), [("acceptance", 1), ("own_case", 3), ("special_case", 3), ("item", 3)]
)
def test_long_periods_are_warned_of_three_working_days_ahead_short_ones_one(kind, days):
    assert ahead(zezhou().tasks[kind]) == days


def test_the_office_hears_of_what_is_missed_where_the_profile_names_nobody():
    assert told_when_missed(zezhou(), zezhou().tasks["acceptance"]) == ("office",)


@pytest.mark.parametrize(
    ("today", "late", "found"),
    [
        ("2024-11-07", False, None),
        ("2024-11-08", False, "soon"),
        ("2024-11-11", False, "today"),
        ("2024-11-12", True, "missed"),
    ],
)
def test_a_last_day_presses_more_from_day_to_day(today, late, found):
    owed = task(Engine().register("tax"), "acceptance")
    kind = zezhou().tasks["acceptance"]
    assert level(owed, kind, date.fromisoformat(today), china(), is_late=late) == found
