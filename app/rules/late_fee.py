"""Late fees on premiums in arrears: exact, by dated rates, with every step shown.

Social Insurance Law art. 86: 0.05 % a day from the day of arrears, of employers alone. The rates
with their days and sources stand in late_fee.yaml. What the law leaves open is a choice of the
county: whether the first and the last day count, whether the fee may exceed the arrears, and
what holds for days before the law. Amounts in yuan, rounded once, half up to the cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import yaml

from app.errors import N_, Reason

RATES = Path(__file__).with_name("late_fee.yaml")
CENT = Decimal("0.01")
ONE_DAY = timedelta(days=1)
MOST_LINES = 120
MOST = Decimal("9999999999.99")


@dataclass(frozen=True)
class Rate:
    """A share of the arrears for each day, from a day until another (both included)."""

    from_on: date
    until_on: date
    per_day: Decimal
    source: str
    #: It follows from the law by itself; otherwise only where the county says so.
    is_certain: bool


@dataclass(frozen=True)
class Choice:
    """What the county has settled where the law does not."""

    first_day_counts: bool = True
    last_day_counts: bool = False
    is_capped: bool = False
    old_rate: bool = False


@dataclass(frozen=True)
class Arrears:
    """An amount that was due and not paid: from which day it is in arrears."""

    amount: Decimal
    since: date


@dataclass(frozen=True)
class Step:
    """One line of the calculation: so many days at this rate; `fee` is not rounded."""

    from_on: date
    until_on: date
    days: int
    rate: Rate
    fee: Decimal


@dataclass(frozen=True)
class Line:
    """The fee on one amount: its steps, the rounded fee, what was cut off by the cap."""

    arrears: Arrears
    steps: tuple[Step, ...]
    fee: Decimal
    cut: Decimal


@dataclass(frozen=True)
class Fee:
    """The whole calculation, and what has to be said beside it."""

    lines: tuple[Line, ...]
    notes: tuple[Reason, ...]

    @property
    def principal(self) -> Decimal:
        """Return the sum of the arrears."""
        return sum((line.arrears.amount for line in self.lines), Decimal())

    @property
    def total(self) -> Decimal:
        """Return the sum of the fees, each rounded by itself as it is charged."""
        return sum((line.fee for line in self.lines), Decimal())


def late_fee(arrears: Sequence[Arrears], paid_on: date, choice: Choice) -> Fee:
    """Return the late fee on amounts that are paid on a day (art. 86; 2011-07-01 in force)."""
    lines = tuple(_line(one, paid_on, choice) for one in arrears)
    return Fee(lines, tuple(_notes(lines, choice)))


@cache
def rates() -> tuple[Rate, ...]:
    """Return the rates in the order of their days."""
    rows = yaml.safe_load(RATES.read_text(encoding="utf-8"))["rates"]
    return tuple(
        Rate(row["from"], row["until"], Decimal(row["per_day"]), row["source"], row["certain"])
        for row in rows
    )


def _line(arrears: Arrears, paid_on: date, choice: Choice) -> Line:
    first = arrears.since if choice.first_day_counts else arrears.since + ONE_DAY
    last = paid_on if choice.last_day_counts else paid_on - ONE_DAY
    steps = tuple(
        step
        for rate in rates()
        if rate.is_certain or choice.old_rate
        if (step := _step(arrears.amount, rate, first, last)) is not None
    )
    exact = sum((step.fee for step in steps), Decimal()).quantize(CENT, ROUND_HALF_UP)
    fee = min(exact, arrears.amount) if choice.is_capped else exact
    return Line(arrears, steps, fee, exact - fee)


def _step(amount: Decimal, rate: Rate, first: date, last: date) -> Step | None:
    begin, end = max(first, rate.from_on), min(last, rate.until_on)
    days = (end - begin).days + 1
    return Step(begin, end, days, rate, amount * rate.per_day * days) if days > 0 else None


def _notes(lines: Sequence[Line], choice: Choice) -> list[Reason]:
    """Return what an officer has to know of this result."""
    notes = [Reason(EMPLOYERS_ONLY)]
    first_certain = min(rate.from_on for rate in rates() if rate.is_certain)
    if any(line.arrears.since < first_certain for line in lines):
        notes.append(Reason(OLD_DAYS_CHARGED if choice.old_rate else OLD_DAYS_FREE))
    if any(line.fee > line.arrears.amount for line in lines):
        notes.append(Reason(ABOVE_PRINCIPAL))
    return notes


EMPLOYERS_ONLY = N_(
    "The law charges late fees to employers alone: not to people who pay for themselves, "
    "and no worker has to bear an employer's."
)
OLD_DAYS_FREE = N_(
    "Days before 1 July 2011 are left out: the old rate was due only after an order to pay "
    "that was not kept. The county may settle it otherwise."
)
OLD_DAYS_CHARGED = N_(
    "Days before 1 July 2011 are charged at the old rate, as the county settled: "
    "it was due only after an order to pay that was not kept."
)
ABOVE_PRINCIPAL = N_(
    "A fee is higher than its arrears. Whether it may be is disputed: the county settles it."
)
