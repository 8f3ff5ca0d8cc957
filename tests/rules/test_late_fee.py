"""Late fees to the cent, each day once, with what the county settled."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.late_fee import (
    ABOVE_PRINCIPAL,
    EMPLOYERS_ONLY,
    OLD_DAYS_CHARGED,
    OLD_DAYS_FREE,
    Arrears,
    Choice,
    late_fee,
    rates,
)

DAY = date(2024, 1, 15)


def fee_of(amount: str, days: int, since: date = DAY, **choice: bool) -> Decimal:
    """Return the fee on one amount that is paid so many days later."""
    found = late_fee([Arrears(Decimal(amount), since)], since + timedelta(days), Choice(**choice))
    return found.total


@pytest.mark.parametrize(
    ("amount", "days", "fee"),
    [
        ("10000.00", 100, "500.00"),
        ("1234.56", 37, "22.84"),
        ("0.01", 1, "0.00"),
        ("100.00", 1, "0.05"),
        ("10.00", 1, "0.01"),  # half a cent goes up
        ("10000.00", 0, "0.00"),
    ],
)
def test_goldens(amount: str, days: int, fee: str) -> None:
    assert fee_of(amount, days) == Decimal(fee)


def test_the_first_and_the_last_day_count_as_the_county_says() -> None:
    assert fee_of("10000.00", 10, first_day_counts=True, last_day_counts=True) == Decimal("55.00")
    assert fee_of("10000.00", 10, first_day_counts=False, last_day_counts=True) == Decimal("50.00")
    assert fee_of("10000.00", 10, first_day_counts=False) == Decimal("45.00")


def test_days_before_the_law_are_free_unless_the_county_says_otherwise() -> None:
    since, paid = date(2011, 6, 21), date(2011, 7, 11)
    arrears = [Arrears(Decimal("10000.00"), since)]
    free = late_fee(arrears, paid, Choice())
    assert free.total == Decimal("50.00")
    assert OLD_DAYS_FREE in {note.text for note in free.notes}
    charged = late_fee(arrears, paid, Choice(old_rate=True))
    assert charged.total == Decimal("250.00")
    assert [(step.days, step.rate.per_day) for step in charged.lines[0].steps] == [
        (10, Decimal("0.002")),
        (10, Decimal("0.0005")),
    ]
    assert OLD_DAYS_CHARGED in {note.text for note in charged.notes}


def test_a_fee_above_its_arrears_is_cut_only_where_the_county_says_so() -> None:
    arrears = [Arrears(Decimal("100.00"), date(2012, 1, 1))]
    paid = date(2024, 1, 1)
    open_end = late_fee(arrears, paid, Choice())
    assert open_end.total > Decimal("200.00")
    assert ABOVE_PRINCIPAL in {note.text for note in open_end.notes}
    capped = late_fee(arrears, paid, Choice(is_capped=True))
    assert capped.total == Decimal("100.00")
    assert capped.lines[0].cut == open_end.total - Decimal("100.00")


def test_each_amount_is_rounded_by_itself() -> None:
    two = [Arrears(Decimal("10.00"), DAY), Arrears(Decimal("10.00"), DAY)]
    assert late_fee(two, DAY + timedelta(1), Choice()).total == Decimal("0.02")


def test_it_always_says_whom_the_law_charges() -> None:
    found = late_fee([Arrears(Decimal("1.00"), DAY)], DAY, Choice())
    assert [note.text for note in found.notes] == [EMPLOYERS_ONLY]


def test_the_rates_follow_each_other_without_gap_or_overlap() -> None:
    for before, after in zip(rates(), rates()[1:], strict=False):
        assert after.from_on - before.until_on == timedelta(days=1)


@given(
    amount=st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2),
    since=st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 9000),
    old=st.booleans(),
    capped=st.booleans(),
)
def test_it_agrees_with_a_count_day_by_day(
    amount: Decimal, since: date, days: int, old: bool, capped: bool
) -> None:
    exact = Fraction(0)
    for number in range(days):
        day = since + timedelta(number)
        if day >= date(2011, 7, 1):
            exact += Fraction(amount) * Fraction(5, 10_000)
        elif old:
            exact += Fraction(amount) * Fraction(2, 1000)
    cents = int(exact * 100 + Fraction(1, 2))
    wanted = Decimal(cents) / 100
    found = fee_of(str(amount), days, since, old_rate=old, is_capped=capped)
    assert found == (min(wanted, amount) if capped else wanted)
