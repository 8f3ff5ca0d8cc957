"""What a county's own words bring to the form and to REST: numbers of persons, hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.api.shown import clock_state
from app.clock import CHINA
from app.models import Case, Task
from app.publishing import publish
from tests.conftest import Clock, Rest
from tests.factories import START
from tests.publishing.test_screens import all_of, opened
from tests.publishing.test_versions_by_day import OWN_DAYS, changed
from tests.screens.desk import Clerk
from tests.web.bodies import a_registration

Seat = Callable[[str], Clerk]
BY_UNITS = 'criteria: {fact: {name: units, op: ">=", value: 2}}'
BY_PERSONS = 'criteria: {fact: {name: persons, op: ">=", value: 10}}'
IN_HOURS = OWN_DAYS.replace("15, unit: workday", "4, unit: hour")


def run(app: Flask, text: str) -> None:
    """Let a profile hold from today."""
    with opened(app) as session:
        publish(session, text, now=START, first_day=START.date())
        session.commit()


def test_the_number_of_persons_is_asked_where_a_way_hangs_on_it(clerk: Seat, app: Flask) -> None:
    tax = clerk("zezhou-tax")
    assert 'name="persons"' not in tax.page("/register/")
    run(app, changed(BY_UNITS, BY_PERSONS))
    assert 'name="persons"' in tax.page("/register/")
    case_id = tax.register(persons="12")
    found = next(one for one in all_of(app, Case) if one.id == case_id)
    assert found.more["persons"] == 12


@pytest.mark.parametrize("typed", ["0", "-1", "many", "1000001"])
def test_a_number_of_persons_that_is_none_is_refused_beside_its_field(
    clerk: Seat, app: Flask, typed: str
) -> None:
    run(app, changed(BY_UNITS, BY_PERSONS))
    tax = clerk("zezhou-tax")
    form = {"applicant.kind": "person", "persons": typed}
    page = tax.send("/register/", form).get_data(as_text=True)
    assert 'id="f-persons-err"' in page
    assert f'value="{typed}"' in page


def test_rest_tells_the_moment_at_which_hours_end(
    rest: Callable[[str], Rest], app: Flask, clock: Clock
) -> None:
    hours = changed("units: {workday: 个工作日,", "units: {hour: 小时, workday: 个工作日,")
    run(app, hours.replace(OWN_DAYS, IN_HOURS))
    tax = rest("zezhou-tax")
    made = tax.post("/api/v1/case/", a_registration()).json
    path = f"/api/v1/case/{made['id']}"  # type: ignore[index]
    tax.post(path + "/action/accept", {"version": made["version"], "inputs": {}})  # type: ignore[index]
    ends = "2024-11-04T13:00:00+08:00"
    for part, name in (("task", "kind"), ("clock", "key")):
        rows = {one[name]: one for one in tax.get(f"{path}/{part}/").json["result"]}  # type: ignore[index]
        assert rows["own_case"]["due_at"] == ends
        assert rows["own_case"]["due"] == "2024-11-04"
        assert rows["acceptance"]["due_at"] is None
    for hour, minute, state in ((13, 0, "running"), (13, 1, "missed")):
        clock.move(to=datetime(2024, 11, 4, hour, minute, tzinfo=CHINA))
        rows = {one["key"]: one for one in tax.get(f"{path}/clock/").json["result"]}  # type: ignore[index]
        assert rows["own_case"]["state"] == state


@pytest.mark.parametrize(("closed", "state"), [((13, 0), "met"), ((13, 1), "missed")])
def test_hours_are_met_to_the_minute(closed: tuple[int, int], state: str) -> None:
    task = Task(
        state="done",
        due_on=START.date(),
        due_at=START.replace(hour=13),
        closed_at=START.replace(hour=closed[0], minute=closed[1]),
    )
    assert clock_state(task, START.replace(hour=18), is_paused=False) == state
