"""Invented persons, disputes and words for the demonstration, drawn with a seeded generator.

The words stand in `demo/people.yaml`. No person, company or telephone of them is real.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import yaml

from app.database import ROOT
from app.directory import Directory
from app.mechanism.schema import Mechanism
from app.rules.inputs import AskView
from app.rules.shapes import ZONE

PEOPLE = ROOT / "demo" / "people.yaml"
#: Inputs that are left empty where they need not be filled in.
_PLAIN = frozenset({"text", "line", "person"})


@dataclass
class Invented:
    """The invented people and words, drawn with one generator."""

    random: Random
    words: dict[str, Any]

    @classmethod
    def seeded(cls, seed: int | str) -> Invented:
        """Return a generator over the demonstration's words."""
        return cls(Random(seed), _words())  # noqa: S311

    def name(self) -> str:
        """Return a person's name; now and then one with a rare character."""
        given = self.pick("rare") if self.chance(0.04) else self.pick("given")
        return self.pick("surnames") + given

    def pick(self, kind: str) -> str:
        """Return one of the words of a kind."""
        return str(self.random.choice(self.words[kind]))

    def phone(self) -> str:
        """Return a number of a block that is not given to subscribers."""
        return f"13800{self.random.randrange(10**6):06d}"

    def weight(self, action: str) -> float:
        """Return how often an act is chosen beside others."""
        return float(self.words["weights"].get(action, 10))

    def text(self, key: str) -> str:
        """Return words for an input of that name."""
        texts = self.words["texts"]
        return str(self.random.choice(texts.get(key, texts["default"])))

    def chance(self, share: float) -> bool:
        """Return whether something happens that happens in this share of all cases."""
        return self.random.random() < share


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))
    return found


# --- a registration


def registration(directory: Directory, invented: Invented, at: datetime) -> dict[str, Any]:
    """Return the body of a registration by an invented applicant, as REST takes it."""
    random, mechanism = invented.random, directory.mechanism
    code = random.choice(list(directory.categories))
    contents = invented.words["contents"]
    employer = mechanism.place + invented.pick("employers")
    channel = random.choice([*mechanism.vocabulary["channels"], "visit", "visit"])
    facts = {
        "jurisdiction": mechanism.key,
        "applicant": _applicant(mechanism, invented, employer),
        "employer": employer,
        "visited_at": (at - timedelta(minutes=20)).isoformat(timespec="minutes"),
        "channel": channel,
        "category": code,
        "insurance": random.sample(list(mechanism.insurances), random.choice((1, 1, 2))),
        "amount": f"{random.randrange(200, 90000)}.{random.randrange(100):02d}",
        "content": random.choice(contents.get(code, contents[max(contents)])),
        **_months(invented, at),
    }
    return facts | _more(mechanism, invented, code, at)


def _applicant(mechanism: Mechanism, invented: Invented, employer: str) -> dict[str, Any]:
    address = mechanism.place + invented.pick("villages")
    kind, name = "person", invented.name()
    if invented.chance(0.1):
        kind, name = "organisation", employer
    return {"kind": kind, "name": name, "phone": invented.phone(), "address": address}


def _months(invented: Invented, at: datetime) -> dict[str, str]:
    """Return the months in dispute: past ones, of this year or of earlier ones."""
    random = invented.random
    last = _month(at, random.choice((1, 2, 3, 6, 14, 26)))
    first = _month(last, random.randrange(4))
    return {"period_from": f"{first:%Y-%m}", "period_to": f"{last:%Y-%m}"}


def _month(day: date, back: int) -> date:
    """Return the first day of the month so many months before."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _more(mechanism: Mechanism, invented: Invented, code: int, at: datetime) -> dict[str, Any]:
    """Return what only some registrations tell."""
    found: dict[str, Any] = {}
    aspects = mechanism.categories[code].aspects
    if aspects and invented.chance(0.5):
        found["aspect"] = invented.random.choice(list(aspects))
    if invented.chance(0.3):
        found["claim"] = invented.text("claim")
    if invented.chance(0.08):
        found["co_applicants"] = [
            {"kind": "person", "name": invented.name(), "phone": invented.phone()}
            for _ in range(invented.random.choice((1, 1, 2, 4)))
        ]
    if invented.chance(0.05):
        served = at.date() - timedelta(days=invented.random.randrange(2, 40))
        found["contested_act"] = {
            "kind": invented.text("act"),
            "body": mechanism.place + invented.text("act_body"),
            "served_on": served.isoformat(),
        }
    return found


# --- the inputs of an act


def filled(
    asks: Iterable[AskView], invented: Invented, at: datetime, eager: float = 0.0
) -> dict[str, Any]:
    """Return inputs for an act: what is required, and with some luck what is not."""
    asked = list(asks)
    found = {
        ask.key: _value(ask, invented, at)
        for ask in asked
        if ask.required or (eager and _is_plain(ask) and invented.chance(eager))
    }
    # A choice may need more: evidence of the way in which a paper was delivered.
    more = [ask for ask in asked if ask.only_for and found.get(ask.only_for[0]) == ask.only_for[1]]
    return found | {ask.key: _value(ask, invented, at) for ask in more if ask.key not in found}


def _is_plain(ask: AskView) -> bool:
    return ask.type in _PLAIN and (ask.type != "person" or bool(ask.choices))


def _value(ask: AskView, invented: Invented, at: datetime) -> Any:
    today = at.astimezone(ZONE).date()
    if ask.type == "units":
        return invented.random.sample(ask.values, min(2, len(ask.values)))
    if ask.type == "fact":
        return ask.values[0]  # the only one that takes any words
    if ask.choices:
        return invented.random.choice(ask.values)
    if ask.type == "date":
        return (today + timedelta(14 if ask.min is not None else 0)).isoformat()
    if ask.type == "days":
        return max(ask.min or 1, 5)
    return invented.text(ask.key)
