"""The facts of a registration that may be amended: how each is read, and written back.

A slip is amended with before, after and reason in the log (SPEC Z5-3); nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.clock import CHINA
from app.errors import N_, Reason
from app.mechanism.schema import Mechanism
from app.rules import identity
from app.rules.reading import month

AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?")


class BadFact(Exception):
    """The words do not fit the fact; `reason` says how to write it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


Reader = Callable[[Mechanism, str, date], Any]
#: Facts by name, each with what it was and what it is.
Changed = dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Fact:
    """How a fact is read from words; `party` tells that it stands on the applicant.

    `mask` hides the middle of a number that the log is not to hold. `routes` tells that the
    routing depends on it; `pattern` is for the JSON Schema.
    """

    read: Reader
    party: bool = False
    routes: bool = False
    pattern: str = ""
    most: int = 4000
    mask: Callable[[str], str] | None = None

    def logged(self, value: Any) -> Any:
        """Return the value as the log keeps it."""
        return self.mask(value) if self.mask and value else value


def _words(most: int) -> Reader:
    def read(_: Mechanism, value: str, __: date) -> str:
        if len(value) > most:
            text = N_("This is %(n)s characters too long (at most %(most)s)")
            raise BadFact(Reason(text, {"n": len(value) - most, "most": most}))
        return value

    return read


def _phone(_: Mechanism, value: str, __: date) -> str:
    try:
        return identity.check_phone(value).value
    except identity.Invalid as bad:
        raise BadFact(bad.reason) from bad


def _amount(_: Mechanism, value: str, __: date) -> Decimal:
    if not AMOUNT.fullmatch(value.replace(",", "")):
        raise BadFact(Reason(N_("Write an amount in yuan with at most two places, like 2148.00")))
    return Decimal(value.replace(",", ""))


def _month(_: Mechanism, value: str, today: date) -> str:
    try:
        return month(datetime.combine(today, time(), CHINA))(value)
    except identity.Invalid as bad:
        raise BadFact(bad.reason) from bad


def _category(mechanism: Mechanism, value: str, _: date) -> int:
    if not value.isascii() or not value.isdigit() or int(value) not in mechanism.categories:
        known = [f"{key} {one.short}" for key, one in mechanism.categories.items()]
        raise BadFact(Reason(N_("Write the number of the category: %(known)s"), {"known": known}))
    return int(value)


def _insurance(mechanism: Mechanism, value: str, _: date) -> list[str]:
    by_label = {label: key for key, label in mechanism.insurances.items()}
    words = [word for word in re.split(r"[,\s\u3001\uff0c]+", value) if word]
    keys = [by_label.get(word, word) for word in words]
    if not keys or any(key not in mechanism.insurances for key in keys):
        text = N_("Write one or more of these: %(known)s")
        raise BadFact(Reason(text, {"known": list(mechanism.insurances.values())}))
    return list(dict.fromkeys(keys))


AMENDABLE: Mapping[str, Fact] = {
    "content": Fact(_words(4000)),
    "claim": Fact(_words(1000), most=1000),
    "employer": Fact(_words(120), most=120),
    "applicant.name": Fact(_words(50), party=True, most=50),
    "applicant.phone": Fact(
        _phone, party=True, pattern=r"^[+()0-9\- ]{7,20}$", mask=identity.mask_phone
    ),
    "applicant.address": Fact(_words(200), party=True, most=200),
    "amount": Fact(_amount, routes=True, pattern=r"^[0-9,]{1,15}(\.[0-9]{1,2})?$"),
    "period_from": Fact(_month, routes=True, pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"),
    "period_to": Fact(_month, routes=True, pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"),
    "category": Fact(_category, routes=True, pattern=r"^[0-9]{1,2}$"),
    "insurance": Fact(_insurance, routes=True),
}


def amend(case: Any, mechanism: Mechanism, name: str, words: str, today: date) -> Changed:
    """Change a fact, and what cannot stand beside it; return before and after of each.

    Raises BadFact where the words do not fit the fact, or the fact the others.
    """
    value = AMENDABLE[name].read(mechanism, words, today)
    _check_period(case, name, value)
    changed = {name: (current(case, name), value)}
    if name == "category" and case.aspect not in (None, *mechanism.categories[value].aspects):
        # The step was one of the former category; the new one does not know it.
        changed["aspect"] = (case.aspect, None)
        case.aspect = None
    _write(case, name, value)
    return changed


def logged(changed: Changed) -> Changed:
    """Return before and after as the log keeps them: a telephone with its middle hidden."""
    return {
        name: (AMENDABLE[name].logged(was), AMENDABLE[name].logged(now))
        if name in AMENDABLE
        else (was, now)
        for name, (was, now) in changed.items()
    }


def take_back(case: Any, facts: Mapping[str, Any]) -> None:
    """Set the facts back to what they were, as the log of one amendment holds them."""
    for name, (was, _) in facts.items():
        if name == "amount":
            case.amount = None if was is None else Decimal(was)
        elif name in AMENDABLE:
            _write(case, name, was)
        else:
            setattr(case, name, was)


def _check_period(case: Any, name: str, value: Any) -> None:
    first = value if name == "period_from" else case.period_from
    last = value if name == "period_to" else case.period_to
    if name in ("period_from", "period_to") and first and last and first > last:
        text = N_("The last month is before the first, %(first)s; check which is which")
        raise BadFact(Reason(text, {"first": first}))


def current(case: Any, name: str) -> Any:
    """Return the fact as it stands now."""
    if AMENDABLE[name].party:
        return getattr(case.applicant, name.partition(".")[2])
    if name == "claim":
        return case.more.get("claim")
    return getattr(case, name)


def _write(case: Any, name: str, value: Any) -> None:
    """Set the fact on the case or its applicant."""
    if AMENDABLE[name].party:
        setattr(case.applicant, name.partition(".")[2], value)
    elif name == "claim":
        case.more = {**case.more, "claim": value}
    else:
        setattr(case, name, value)
