"""The kinds of disputes of a profile, overlaid by the superuser's table (Z3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.mechanism.facts import Facts
from app.rules.kinds import overlaid
from app.rules.routing import propose
from tests.factories import zezhou


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    code: int
    label: str
    short: str


def as_the_profile_says() -> tuple[Row, ...]:
    return tuple(Row(one.key, one.label, one.short) for one in zezhou().categories.values())


def test_a_table_that_says_what_the_profile_says_leaves_the_mechanism_as_it_is() -> None:
    assert overlaid(zezhou(), as_the_profile_says()) is zezhou()
    assert overlaid(zezhou(), ()) is zezhou()


def test_the_table_gives_the_words_and_the_profile_what_can_be_told_apart() -> None:
    held = overlaid(zezhou(), (Row(7, "Refunds of premiums", "refunds"),)).categories[7]
    own = zezhou().categories[7]
    assert (held.label, held.short) == ("Refunds of premiums", "refunds")
    assert (held.aspects, held.clause) == (own.aspects, own.clause)
    assert own.aspects, "otherwise this proves nothing"


def test_an_added_kind_stands_in_its_place_and_nothing_else_changes() -> None:
    held = overlaid(zezhou(), (Row(11, "Other matters", "other"),))
    assert list(held.categories) == [*zezhou().categories, 11]
    assert [held.categories[code] for code in zezhou().categories] == [
        *zezhou().categories.values()
    ]
    assert held.digest == zezhou().digest
    assert 11 not in zezhou().categories


def test_an_added_kind_has_no_duty_so_that_the_office_decides_by_the_clause_of_the_default() -> (
    None
):
    held = overlaid(zezhou(), (Row(11, "Other matters", "other"),))
    route = propose(held, Facts(category=11, insurance=("pension",)), "tax")
    assert (route.units, route.advisers, route.tier, route.gap) == ((), (), None, True)
    [reason] = route.reasons
    assert reason["clause"] == held.clause_shown(held.routing.default_clause)
    assert held.categories[11].clause == held.routing.default_clause


def test_the_same_words_give_the_same_mechanism_and_others_another() -> None:
    rows = (Row(11, "Other matters", "other"),)
    assert overlaid(zezhou(), rows) is overlaid(zezhou(), (Row(11, "Other matters", "other"),))
    assert overlaid(zezhou(), rows) is not overlaid(zezhou(), (Row(11, "Rest", "rest"),))
