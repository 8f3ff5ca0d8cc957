"""The figures of the indicators: all numbers of the same rows are counted by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.evaluation import counting
from app.evaluation.counting import Reader
from app.evaluation.days import Days, handling_days, rounded, together
from app.evaluation.indicators import INDICATORS, OF_DAYS, Indicator, Measure, OfDays
from app.mechanism.schema import Mechanism


@dataclass(frozen=True)
class Value:
    """An indicator with its figures; `value` is None where nothing is divided by nothing."""

    indicator: Indicator | OfDays
    value: Any
    numerator: Any
    denominator: Any
    clauses: tuple[str, ...]


def evaluate(reader: Reader) -> list[Value]:
    """Return every indicator for the reader, in the order of the declarations."""
    return some(reader, [*(one.key for one in INDICATORS), *(one.key for one in OF_DAYS)])


def some(reader: Reader, keys: Sequence[str]) -> list[Value]:
    """Return the indicators of these keys, in their order."""
    found = _count(reader, [one for one in INDICATORS if one.key in keys])
    if any(one.key in keys for one in OF_DAYS):
        found += _of_days(reader, together(handling_days(reader)))
    by_key = {value.indicator.key: value for value in found}
    return [by_key[key] for key in keys]


def _count(reader: Reader, wanted: Sequence[Indicator]) -> list[Value]:
    """Return indicators, their numbers counted by one statement for each kind of rows."""
    numbers = [n for one in wanted for n in (one.numerator, one.denominator) if n is not None]
    counted: dict[int, Any] = {}
    for rows in dict.fromkeys(number.rows for number in numbers):
        mine = [number for number in numbers if number.rows is rows]
        query = rows(reader).add_columns(*(number.counted(reader) for number in mine))
        row = reader.read(query).one()
        counted.update((id(number), found) for number, found in zip(mine, row, strict=True))
    return [_value(reader.mechanism, one, counted) for one in wanted]


def _value(mechanism: Mechanism, one: Indicator, counted: dict[int, Any]) -> Value:
    numerator = _plain(one.measure, counted[id(one.numerator)])
    clauses = clauses_of(mechanism, one.acts)
    if one.denominator is None:
        return Value(one, numerator, numerator, None, clauses)
    denominator = counted[id(one.denominator)]
    value = rounded(Decimal(numerator) / denominator, 4) if denominator else None
    return Value(one, value, numerator, denominator, clauses)


def _plain(measure: Measure, found: Any) -> Any:
    """Return a count as it is, an amount as a decimal text (None where nothing was summed)."""
    if measure != "yuan":
        return found
    return None if found is None else str(Decimal(found).quantize(Decimal("0.01")))


def _of_days(reader: Reader, days: Days) -> list[Value]:
    """Return the indicators of how long handling took."""
    clauses = clauses_of(reader.mechanism, ())
    return [
        Value(one, value, numerator, days.number, clauses)
        for one in OF_DAYS
        for value, numerator in [one.figures(days)]
    ]


def clauses_of(mechanism: Mechanism, acts: Iterable[str]) -> tuple[str, ...]:
    """Return the clauses behind some acts; without any those of the tasks of handling."""
    known = {**mechanism.actions, mechanism.register.key: mechanism.register}
    found = [known[key].clause for key in acts if key in known]
    if not acts:
        kinds = counting.handling_kinds(mechanism)
        found = [mechanism.tasks[key].clause for key in kinds]
    return tuple(dict.fromkeys(found))
