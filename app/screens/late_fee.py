"""The late-fee helper: amounts and days in, the fee with every step of its calculation out.

A plain GET form, so that a calculation can be kept as a link and sent on; nothing is stored.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.rules.late_fee import MOST, MOST_LINES, Arrears, Choice, Fee, late_fee
from app.screens import fields, words
from app.screens.desk import desk
from app.screens.fields import Field, summary
from app.screens.formats import date_full, money

YES = "1"
LONGEST = 4000
_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


@dataclass(frozen=True)
class Asked:
    """What was typed, what it means, and what is wrong with it by field."""

    arrears: Sequence[Arrears]
    paid_on: date | None
    choice: Choice
    errors: Mapping[str, Sequence[str]]


def page() -> ResponseReturnValue:
    """Draw the form, and below it the calculation where enough was typed."""
    here = desk()
    given = request.args
    asked = _read(given) if "arrears" in given else None
    form = _fields(given, asked.errors if asked else {}, here.today)
    view = {
        "fields": form,
        "errors": summary(form, ()),
        "fee": None,
    }
    if asked and not asked.errors and asked.paid_on:
        view["fee"] = _shown(late_fee(asked.arrears, asked.paid_on, asked.choice))
    return render_template("late_fee.html", view=view), 422 if asked and asked.errors else 200


# --- reading


def _read(given: Mapping[str, str]) -> Asked:
    errors: dict[str, list[str]] = {}
    lines = [line for line in given.get("arrears", "")[:LONGEST].splitlines() if line.strip()]
    arrears = [_line(number, line, errors) for number, line in enumerate(lines, 1)]
    if not lines:
        errors["arrears"] = [gettext("Type at least one amount with the day it fell due.")]
    if len(lines) > MOST_LINES:
        errors["arrears"] = [gettext("At most %(n)s lines at once.", n=MOST_LINES)]
    paid_on = _day(given.get("paid_on", ""))
    if paid_on is None:
        errors["paid_on"] = [gettext("Type the day of payment, like 2024-11-04.")]
    read = [one for one in arrears if one is not None]
    if paid_on and any(one.since > paid_on for one in read):
        errors.setdefault("paid_on", []).append(
            gettext("An amount fell due after the day of payment.")
        )
    choice = Choice(
        first_day_counts=given.get("first", YES) == YES,
        last_day_counts=given.get("last") == YES,
        is_capped=given.get("cap") == YES,
        old_rate=given.get("old") == YES,
    )
    return Asked(read, paid_on, choice, errors)


def _line(number: int, line: str, errors: dict[str, list[str]]) -> Arrears | None:
    """Return the amount of a line: the day, then the amount, as they come out of a table."""
    parts = unicodedata.normalize("NFKC", line).replace(",", "").split()
    since = _day(parts[0]) if parts else None
    amount = _amount(parts[1]) if len(parts) == 2 else None
    if since is None or amount is None:
        text = gettext("Line %(n)s: write day and amount, like 2024-03-16 1234.56.", n=number)
        errors.setdefault("arrears", []).append(text)
        return None
    return Arrears(amount, since)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.removesuffix("\N{CJK UNIFIED IDEOGRAPH-5143}"))
    except InvalidOperation:
        return None
    is_fit = amount.is_finite() and 0 < amount <= MOST and amount == round(amount, 2)
    return amount if is_fit else None


# --- showing


def _fields(
    given: Mapping[str, str], errors: Mapping[str, Sequence[str]], today: date
) -> list[Field]:
    yes, no = gettext("yes"), gettext("no")
    both = (fields.Choice(YES, yes), fields.Choice("0", no))

    def question(name: str, label: str, default: str, help_: str) -> Field:
        value = given.get(name, default)
        return Field(name, "joined", label, value=value, choices=both, help=help_, width="w6")

    return [
        Field(
            "arrears",
            "text",
            gettext("Arrears: one line each, day and amount"),
            required=True,
            value=given.get("arrears", "")[:LONGEST],
            help=gettext(
                "The day from which it is in arrears, a space, the amount in yuan: "
                "2024-03-16 1234.56. Two columns out of Excel can be pasted."
            ),
            rows=5,
            errors=errors.get("arrears", ()),
        ),
        Field(
            "paid_on",
            "date",
            gettext("Day of payment"),
            required=True,
            value=given.get("paid_on", today.isoformat()),
            errors=errors.get("paid_on", ()),
            width="w6",
        ),
        question("first", gettext("The first day counts"), YES, _county()),
        question("last", gettext("The day of payment counts"), "0", _county()),
        question("cap", gettext("Never more than the arrears"), "0", _county()),
        question("old", gettext("Charge days before 1 July 2011"), "0", _county()),
    ]


def _county() -> str:
    return gettext("The law leaves it open: as your county settled it.")


def _shown(fee: Fee) -> dict[str, object]:
    lines = [
        {
            "since": date_full(line.arrears.since),
            "amount": money(line.arrears.amount),
            "steps": [
                {
                    "span": f"{date_full(step.from_on)} \N{EN DASH} {date_full(step.until_on)}",
                    "sum": _sum(line.arrears.amount, step.rate.per_day, step.days, step.fee),
                    "source": step.rate.source,
                }
                for step in line.steps
            ],
            "fee": money(line.fee),
            "cut": money(line.cut) if line.cut else "",
        }
        for line in fee.lines
    ]
    return {
        "lines": lines,
        "principal": money(fee.principal),
        "total": money(fee.total),
        "both": money(fee.principal + fee.total),
        "notes": [words.said(note) for note in fee.notes],
    }


def _sum(amount: Decimal, rate: Decimal, days: int, fee: Decimal) -> str:
    """Return the multiplication as it is done on paper, with the exact result."""
    cross = "\N{MULTIPLICATION SIGN}"
    exact = f"{fee.normalize():f}"
    return f"{money(amount)} {cross} {rate * 100:.2f}% {cross} {days} = {exact}"
