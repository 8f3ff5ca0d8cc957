"""Which version of a mechanism holds on a day, and what a new one leaves as it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.directory import directory_of, jurisdiction_of
from app.errors import Refused
from app.mechanism.folder import read_profile
from app.models import Appointment, Body, CategoryRow, MechanismVersion
from app.publishing import publish, table_rules
from app.rules.versions import in_force
from app.security.sight import Scope, see
from tests.conftest import Clock
from tests.factories import PROFILE, Door

LATER = date(2025, 1, 6)
OWN_DAYS = "due: {length: 15, unit: workday, basis: proposal, clause: Z4.2a}"


def changed(old: str = OWN_DAYS, new: str = OWN_DAYS.replace("15", "3")) -> str:
    """Return the county's profile with one place changed."""
    text = read_profile(PROFILE).text
    assert text.count(old) == 1
    return text.replace(old, new)


def published(door: Door, text: str, first_day: date | None = None) -> MechanismVersion:
    """Publish a profile in a transaction of its own."""
    see(door.session, Scope.system())
    version, is_new = publish(door.session, text, now=door.now, first_day=first_day)
    assert is_new
    door.session.commit()
    return version


def own_days(door: Door) -> int:
    """Register and accept a case; return in how many days it is owed."""
    case_id = door.register("tax").case_id
    door.do(case_id, "tax", "accept")
    return next(t.length for t in door.case(case_id).tasks if t.kind == "own_case")


def number_today(door: Door) -> int:
    see(door.session, Scope.system())
    here = directory_of(door.session, jurisdiction_of(door.session, "zezhou"))
    return door.session.get_one(MechanismVersion, here.version_id).number


def test_a_version_for_a_later_day_takes_over_on_that_day_without_a_restart(
    door: Door, clock: Clock
) -> None:
    published(door, changed(), LATER)
    assert own_days(door) == 15
    assert number_today(door) == 1
    door.now = clock.move(to=door.now.replace(year=2025, month=1, day=5, hour=23, minute=59))
    assert number_today(door) == 1
    door.now = clock.move(minutes=1)
    assert number_today(door) == 2
    door.now = clock.move(hours=9)
    assert own_days(door) == 3


def test_a_running_case_keeps_its_version_when_the_later_one_takes_over(
    door: Door, clock: Clock
) -> None:
    case_id = door.register("tax").case_id
    published(door, changed(), LATER)
    door.now = clock.move(to=door.now.replace(year=2025, month=1, day=7))
    door.do(case_id, "tax", "accept")
    kept = next(t for t in door.case(case_id).tasks if t.kind == "own_case")
    assert kept.length == 15


def test_a_correction_from_today_does_not_undo_what_waits_for_its_day(
    door: Door, clock: Clock
) -> None:
    published(door, changed(), LATER)
    published(door, changed(new=OWN_DAYS.replace("15", "9")), door.now.date())
    assert own_days(door) == 9
    door.now = clock.move(to=door.now.replace(year=2025, month=1, day=7))
    assert own_days(door) == 3


def test_the_same_content_makes_no_version_whatever_day_is_named(door: Door) -> None:
    first = published(door, changed(), LATER)
    again, is_new = publish(door.session, changed(), now=door.now, first_day=LATER)
    assert (again.number, is_new) == (first.number, False)


def test_without_a_day_a_changed_profile_holds_from_today(door: Door) -> None:
    assert published(door, changed()).valid_from == door.now.date()


@pytest.mark.parametrize(
    ("days", "running", "part"),
    [(-1, 0, "This day is past"), (3, 10, "The running version holds from")],
)
def test_a_day_in_the_past_or_before_the_running_version_is_refused(
    door: Door, clock: Clock, days: int, running: int, part: str
) -> None:
    if running:
        published(door, changed(new=OWN_DAYS.replace("15", "9")), door.now.date())
        see(door.session, Scope.system())
        version = door.all(MechanismVersion)[-1]
        version.valid_from = door.now.date() + timedelta(running)
        for first in door.all(MechanismVersion)[:-1]:
            door.session.delete(first)
        door.session.commit()
    day = door.now.date() + timedelta(days)
    with pytest.raises(Refused) as refusal:
        publish(door.session, changed(), now=door.now, first_day=day)
    assert part in refusal.value.errors["first_day"][0].say()


def test_a_day_outside_the_validity_of_the_profile_itself_is_refused(door: Door) -> None:
    later = changed("valid: {from: 2024-11-01", "valid: {from: 2025-03-01")
    for day, part in ((date(2025, 2, 28), "valid.from"), (date(2029, 11, 1), "valid.until")):
        with pytest.raises(Refused) as refusal:
            publish(door.session, later, now=door.now, first_day=day)
        assert part in refusal.value.errors["first_day"][0].say()


def test_before_the_first_version_holds_nothing_is_registered(door: Door) -> None:
    see(door.session, Scope.system())
    version = door.all(MechanismVersion)[0]
    version.valid_from = LATER
    door.session.commit()
    with pytest.raises(Refused, match="2025-01-06"):
        door.register("tax")


def test_of_two_versions_with_the_same_day_the_later_one_holds() -> None:
    day = date(2024, 11, 4)
    versions = [
        MechanismVersion(number=2, valid_from=day),
        MechanismVersion(number=1, valid_from=day),
    ]
    assert in_force(versions, day).number == 2


def test_a_new_version_overwrites_and_revives_nothing_that_tables_hold(door: Door) -> None:
    see(door.session, Scope.system())
    tax = door.all(Body, key="tax")[0]
    tax.name, tax.short = "某税务局", "某税"
    kind = door.all(CategoryRow, code=3)[0]
    kind.label, kind.retired_on = "某类", date(2024, 11, 2)
    door.session.commit()
    members = len(door.all(Appointment))
    published(door, changed())
    assert (door.all(Body, key="tax")[0].name, door.all(Body, key="tax")[0].short) == (
        "某税务局",
        "某税",
    )
    kind = door.all(CategoryRow, code=3)[0]
    assert (kind.label, kind.retired_on) == ("某类", date(2024, 11, 2))
    assert len(door.all(Appointment)) == members


def test_a_new_version_adds_bodies_that_tables_lack_and_an_older_one_ignores_its_kinds(
    door: Door,
) -> None:
    text = changed("\n  10: {", "\n  11: {label: 新的一类, short: 新类, clause: Z3.2-10}\n  10: {")
    published(door, text, LATER)
    assert door.all(CategoryRow, code=11)[0].short == "新类"
    with pytest.raises(Refused) as refusal:
        door.register("tax", category=11)
    assert "category" in refusal.value.errors


def test_the_tables_tell_where_they_say_something_else_than_the_profile(door: Door) -> None:
    see(door.session, Scope.system())
    tax = door.all(Body, key="tax")[0]
    profile_name = tax.name
    tax.name, tax.retired_on = "某税务局", date(2024, 12, 1)
    door.session.commit()
    version = published(door, changed())
    mechanism = directory_of(
        door.session, jurisdiction_of(door.session, "zezhou"), version.id
    ).mechanism
    told = [
        (one.subject.say(), str(one.profile), str(one.table))
        for one in table_rules(door.session, mechanism)
    ]
    assert (f"body {tax.short}", profile_name, "某税务局") in told
    assert any("retired" in table for _, _, table in told)
    assert all(
        subject == f"body {tax.short}" or subject == "list of members" for subject, _, _ in told
    )
