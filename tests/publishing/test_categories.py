"""Kinds of disputes that a table adds, and those that a later version brings."""

from __future__ import annotations

from datetime import date

import pytest

from app.directory import directory_of, jurisdiction_of
from app.errors import Reason, Refused
from app.mechanism.folder import read_profile
from app.models import CategoryRow
from app.publishing import publish, table_rules
from app.security.sight import Scope, see
from tests.conftest import Clock
from tests.factories import PROFILE, Door, zezhou

LATER = date(2025, 1, 6)
ELEVENTH = '  11: {label: "后来的一类争议", short: "后来", clause: proposal}\n'


def published(door: Door) -> None:
    """Publish a version that brings an eleventh kind, for a later day."""
    text = read_profile(PROFILE).text
    at = text.index("\ncategories:\n") + len("\ncategories:\n")
    see(door.session, Scope.system())
    publish(door.session, text[:at] + ELEVENTH + text[at:], now=door.now, first_day=LATER)
    door.session.commit()


def added(door: Door, code: int = 11, label: str = "表里加的一类") -> CategoryRow:
    see(door.session, Scope.system())
    place = jurisdiction_of(door.session, "zezhou")
    row = CategoryRow(jurisdiction_id=place.id, code=code, label=label, short=label[:4])
    door.session.add(row)
    door.session.commit()
    return row


def test_a_kind_that_a_later_version_brings_waits_for_that_versions_day(
    door: Door, clock: Clock
) -> None:
    published(door)
    with pytest.raises(Refused) as refused:
        door.register(category=11)
    assert list(refused.value.errors) == ["category"]
    door.now = clock.move(to=door.now.replace(year=2025, month=1, day=6))
    assert door.case(door.register(category=11).case_id).category == 11


def test_a_kind_that_the_table_adds_is_chosen_at_once_and_named_as_one_that_no_profile_names(
    door: Door,
) -> None:
    added(door)
    case = door.case(door.register(category=11).case_id)
    assert case.category == 11
    assert (case.route["units"], case.route["gap"]) == ([], True)
    see(door.session, Scope.system())
    place = jurisdiction_of(door.session, "zezhou")
    known = directory_of(door.session, place).categories
    assert (known[11].is_named, known[10].is_named) == (False, True)


def test_a_profile_that_leaves_an_added_kind_out_tells_that_it_stays(door: Door) -> None:
    added(door)
    see(door.session, Scope.system())
    told = {one.subject.say(): one.table for one in table_rules(door.session, zezhou())}
    kept = Reason("stays in the table and can be chosen; the office decides")
    assert told["kind of dispute 表里加的"] == kept


def test_a_case_keeps_its_kind_when_it_is_renamed_and_retired(door: Door) -> None:
    row = added(door)
    case_id = door.register(category=11).case_id
    row.label, row.retired_on = "改过名的一类", door.now.date()
    see(door.session, Scope.system())
    door.session.commit()
    with pytest.raises(Refused):
        door.register(category=11)
    case = door.case(case_id)
    world = directory_of(door.session, case.jurisdiction, case.mechanism_version_id)
    assert world.mechanism.categories[case.category].label == "改过名的一类"
