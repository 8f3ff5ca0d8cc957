"""The facts of a registration (the form of Z4.1b), read from what REST or the screen sends.

Every error is found at once and stands beside its field. What comes out is uniform: numbers
without blanks, months YYYY-MM, the moment of the visit in Chinese time, yuan as Decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.clock import CHINA
from app.errors import N_, Reason, Refused, Unreadable
from app.mechanism.schema import Mechanism
from app.rules.identity import (
    Checked,
    Invalid,
    check_credit_code,
    check_id_number,
    check_phone,
)
from app.rules.reading import (
    Errors,
    Fields,
    Reader,
    choice,
    choices,
    line,
    moment,
    money,
    month,
    past_day,
    plain,
    whole,
    words,
)

PERSON, ORGANISATION = "person", "organisation"
KINDS = (PERSON, ORGANISATION)
#: Fields of the body, in the order of the form.
FIELDS = (
    *("jurisdiction", "applicant", "co_applicants", "opponent", "employer"),
    *("visited_at", "channel", "referred_from"),
    *("category", "aspect", "insurance", "payer_kind", "insured_at"),
    *("period_from", "period_to", "amount", "persons", "content", "claim", "contested_act"),
    "linked",
)
PARTY_FIELDS = ("kind", "name", "id_number", "credit_code", "phone", "address")
REFERRAL_FIELDS = ("body", "number")
ACT_FIELDS = ("kind", "body", "served_on", "period_told")

PERSON_NAME = 50
#: The full name of an organisation may be longer than a person's.
ORGANISATION_NAME = 100
PLACE = 120
ADDRESS = 200
CONTENT = 4000
CLAIM = 1000
MARK = 60
KEY = 40
MOST_CO_APPLICANTS = 100
LONGEST_PERIOD_TOLD = 3650
#: Says that the matter was compared with the open ones of the applicant and is another one.
NOT_LINKED = "none"
MOST_PERSONS = 1_000_000


def read_facts(
    body: Any,
    mechanism: Mechanism,
    *,
    categories: Mapping[int, Any],
    now: datetime,
    partial: bool = False,
) -> dict[str, Any]:
    """Return the facts of a registration by the names of CONTRACT.md, normalised.

    `categories` are those in use (retired ones left out) by their number. Every name of FIELDS
    is there: texts "" and the rest None where nothing was given, `co_applicants` and
    `insurance` lists; `visited_at` an aware datetime, `amount` a Decimal with two places. The
    nested objects hold only what JSON can. With `partial` nothing is required (routing before
    the form is full).

    Raises Unreadable where the body is no object, Refused with all reasons by field.
    """
    if not isinstance(body, dict):
        raise Unreadable(Reason(N_("The request must be a JSON object with the facts.")))
    errors: Errors = {}
    reading = _Reading(
        Fields(body, FIELDS, errors, partial=partial), errors, mechanism, categories, now
    )
    facts = reading.all()
    if errors:
        text = _NO_ROUTE if partial else _NO_REGISTRATION
        raise Refused(Reason(text, {"count": len(errors)}), errors)
    return facts


def cautions(facts: Mapping[str, Any], now: datetime) -> Errors:
    """Return what the clerk should look at again in facts that were taken, by field.

    Unusual numbers are no errors: a real person must not be turned away (DOMAIN 5.2).
    """
    found: Errors = {}
    for path, party in _parties(facts):
        for name, check in _checks(now).items():
            if party.get(name):
                warnings = check(party[name]).warnings
                found.update({f"{path}.{name}": list(warnings)} if warnings else {})
    return found


_NO_REGISTRATION = N_("Not registered yet: please put %(count)s field(s) right.")
_NO_ROUTE = N_("No proposal yet: please put %(count)s field(s) right.")


@dataclass(frozen=True)
class _Reading:
    """One reading of a body: its fields, the errors so far, and what they are read against."""

    fields: Fields
    errors: Errors
    mechanism: Mechanism
    categories: Mapping[int, Any]
    now: datetime

    def all(self) -> dict[str, Any]:
        """Return all facts; what is wrong stands in `errors`."""
        return self._who() | self._arrival() | self._dispute() | self._words()

    def _who(self) -> dict[str, Any]:
        read, here = self.fields.read, self.mechanism.key
        facts: dict[str, Any] = {
            "jurisdiction": read("jurisdiction", choice([here]), missing=_NEEDS_JURISDICTION),
            "applicant": self._applicant(),
            "co_applicants": read("co_applicants", self._co_applicants) or [],
            "opponent": read("opponent", self._opponent),
            "employer": read("employer", line(PLACE)) or "",
        }
        self._refuse_twice(facts)
        return facts

    def _arrival(self) -> dict[str, Any]:
        read = self.fields.read
        channels = self.mechanism.vocabulary.get("channels", {})
        return {
            "visited_at": read("visited_at", moment(self.now), missing=_NEEDS_VISIT),
            "channel": read("channel", choice(channels), missing=_NEEDS_CHANNEL),
            "referred_from": read("referred_from", self._referral),
        }

    def _dispute(self) -> dict[str, Any]:
        read = self.fields.read
        category = read("category", self._category, missing=_NEEDS_CATEGORY)
        insurances = self.mechanism.insurances
        facts: dict[str, Any] = {
            "category": category,
            "aspect": read("aspect", self._aspect(category)),
            "insurance": read("insurance", choices(insurances), missing=_NEEDS_INSURANCE),
            "payer_kind": read("payer_kind", self._payer_kind()),
            "insured_at": read("insured_at", line(PLACE)) or "",
            "period_from": read("period_from", month(self.now)),
            "period_to": read("period_to", month(self.now)),
            "amount": read("amount", money),
            "persons": read("persons", _persons),
        }
        if facts["insurance"] == []:
            self._refuse_no_insurance()
        if facts["period_from"] and facts["period_to"]:
            self._refuse_backward(facts["period_from"], facts["period_to"])
        return facts | {"insurance": facts["insurance"] or []}

    def _words(self) -> dict[str, Any]:
        read = self.fields.read
        return {
            "content": read("content", words(CONTENT), missing=_NEEDS_CONTENT) or "",
            "claim": read("claim", words(CLAIM)) or "",
            "contested_act": read("contested_act", self._contested_act),
            "linked": read("linked", line(KEY)) or "",
        }

    # --- parties --------------------------------------------------------------------------------

    def _applicant(self) -> dict[str, Any] | None:
        """Return the applicant; where it is missing, name the fields that it needs."""
        if not self.fields.given("applicant") and not self.fields.partial:
            return self._party({}, "applicant")
        return self.fields.read("applicant", lambda value: self._party(value, "applicant"))

    def _co_applicants(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise Invalid("list.type", Reason(N_("A list of persons is expected here")))
        if len(value) > MOST_CO_APPLICANTS:
            text = N_("At most %(limit)s further applicants fit on one form; register in groups")
            raise Invalid("list.length", Reason(text, {"limit": MOST_CO_APPLICANTS}))
        return [self._party(one, f"co_applicants.{n}") for n, one in enumerate(value)]

    def _opponent(self, value: Any) -> dict[str, Any]:
        return self._party(value, "opponent", reachable=False)

    def _party(self, value: Any, path: str, *, reachable: bool = True) -> dict[str, Any]:
        """Return a party. One that is to be `reachable` needs a telephone or an address.

        A call without a name is lawful intake; but then nothing can be served (DOMAIN 5.1),
        so that the form asks for a name and one channel, and for no number.
        """
        fields = self._nested(value, PARTY_FIELDS, path)
        kind = fields.read("kind", choice(KINDS), missing=_NEEDS_KIND)
        limit = ORGANISATION_NAME if kind == ORGANISATION else PERSON_NAME
        party = {
            "kind": kind,
            "name": fields.read("name", line(limit), missing=_NEEDS_NAME) or "",
            **{name: self._number(fields, name, check) for name, check in self._checked()},
            "address": fields.read("address", line(ADDRESS)) or "",
        }
        self._refuse_foreign_number(fields, kind)
        if reachable and not fields.given("phone") and not fields.given("address"):
            fields.read("phone", line(MARK), missing=_NEEDS_CHANNEL_BACK)
        return party

    def _checked(self) -> list[tuple[str, Callable[[str], Checked]]]:
        return list(_checks(self.now).items())

    @staticmethod
    def _number(fields: Fields, name: str, check: Callable[[str], Checked]) -> str | None:
        """Return a number in its uniform form; a text that cannot be printed is refused first."""
        return fields.read(name, lambda value: check(plain(value)).value)

    @staticmethod
    def _refuse_foreign_number(fields: Fields, kind: str | None) -> None:
        """Refuse a credit code beside a person, an ID number beside an organisation."""
        if kind == PERSON and fields.given("credit_code"):
            fields.refuse("credit_code", Reason(_CODE_OF_PERSON))
        if kind == ORGANISATION and fields.given("id_number"):
            fields.refuse("id_number", Reason(_NUMBER_OF_ORGANISATION))

    def _refuse_twice(self, facts: Mapping[str, Any]) -> None:
        """Refuse the same number on two applicants of one form."""
        seen: set[str] = set()
        for path, party in _parties(facts):
            for name in ("id_number", "credit_code"):
                number = party.get(name)
                if number and number in seen and not path.startswith("opponent"):
                    self._refuse(f"{path}.{name}", Reason(_TWICE))
                seen |= {number} if number else set()

    # --- other nested objects and single rules --------------------------------------------------

    def _referral(self, value: Any) -> dict[str, Any] | None:
        fields = self._nested(value, REFERRAL_FIELDS, "referred_from")
        if not any(map(fields.given, REFERRAL_FIELDS)):
            return None
        return {
            "body": fields.read("body", line(PLACE), missing=_NEEDS_SENDER) or "",
            "number": fields.read("number", line(MARK)) or "",
        }

    def _contested_act(self, value: Any) -> dict[str, Any] | None:
        """Return the act in dispute; its day of service starts the remedies (DOMAIN 3.3 b)."""
        fields = self._nested(value, ACT_FIELDS, "contested_act")
        if not any(map(fields.given, ACT_FIELDS)):
            return None
        served = fields.read("served_on", past_day(self.now))
        return {
            "kind": fields.read("kind", line(KEY)) or "",
            "body": fields.read("body", line(PLACE), missing=_NEEDS_ISSUER) or "",
            "served_on": served.isoformat() if served else None,
            "period_told": fields.read("period_told", _period_told),
        }

    def _category(self, value: Any) -> int:
        number = whole(value)
        if number not in self.categories:
            text = N_("There is no such category in use; choose one of: %(known)s")
            raise Invalid("category.unknown", Reason(text, {"known": list(self.categories)}))
        return number

    def _aspect(self, category: int | None) -> Reader[str]:
        """Return the reader of what is told apart within the category (profile's keys)."""
        if category is None:
            return line(KEY)
        known = getattr(self.mechanism.categories.get(category), "aspects", {})
        if known:
            return choice(known)

        def read(value: Any) -> str:
            raise Invalid("aspect.none", Reason(_NO_ASPECTS))

        return read

    def _payer_kind(self) -> Reader[str]:
        """Return the reader of the payer's kind: the profile's words, else any short text."""
        known = self.mechanism.vocabulary.get("payer_kinds", {})
        return choice(known) if known else line(KEY)

    def _refuse_no_insurance(self) -> None:
        if not self.fields.partial:
            self._refuse("insurance", Reason(_NEEDS_INSURANCE))

    def _refuse_backward(self, first: str, last: str) -> None:
        if first > last:
            text = N_("The last month is before the first, %(first)s; check which is which")
            self._refuse("period_to", Reason(text, {"first": first}))

    def _refuse(self, path: str, reason: Reason) -> None:
        self.errors.setdefault(path, []).append(reason)

    def _nested(self, value: Any, known: Collection[str], path: str) -> Fields:
        if not isinstance(value, dict):
            text = N_("An object is expected here, with: %(names)s")
            self._refuse(path, Reason(text, {"names": list(known)}))
            return Fields({}, known, {}, partial=True)
        return Fields(value, known, self.errors, path=f"{path}.", partial=self.fields.partial)


def _checks(now: datetime) -> dict[str, Callable[[str], Checked]]:
    """Return the check of each number of a party."""
    today = now.astimezone(CHINA).date()

    def check_card(raw: str) -> Checked:
        """Check an ID number; the foreigner's card is known by its first character."""
        is_foreign = raw[:1] == "9" or raw[:3].isalpha()
        return check_id_number(raw, today=today, card="foreigner" if is_foreign else "resident")

    return {"id_number": check_card, "credit_code": check_credit_code, "phone": check_phone}


def _parties(facts: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return every party that was given, with its path."""
    pairs = [("applicant", facts.get("applicant"))]
    pairs += [(f"co_applicants.{n}", one) for n, one in enumerate(facts.get("co_applicants", []))]
    pairs.append(("opponent", facts.get("opponent")))
    return [(path, party) for path, party in pairs if party]


def _persons(value: Any) -> int:
    """Return how many persons the dispute is about, those on the form included."""
    number = whole(value)
    if not 0 < number <= MOST_PERSONS:
        text = N_("A number of persons from 1 to %(most)s is expected; count them again")
        raise Invalid("persons.range", Reason(text, {"most": MOST_PERSONS}))
    return number


def _period_told(value: Any) -> bool | int | str:
    """Return what the act told of the remedy's period: words, days, or whether it told any.

    A missing notice lets the period run up to a year, a longer one binds (DOMAIN 3.3).
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if not 0 < value <= LONGEST_PERIOD_TOLD:
            text = N_("A period of so many days cannot be right; compare it with the paper")
            raise Invalid("period.range", Reason(text))
        return value
    return line(MARK)(value)


_NEEDS_JURISDICTION = N_("Name the jurisdiction in which the case is registered")
_NEEDS_KIND = N_("Choose whether this is a person or an organisation")
_NEEDS_NAME = N_("Write the name; for an organisation, its full registered name")
_NEEDS_CHANNEL_BACK = N_(
    "Write a telephone number, or at least an address: nothing can be served without one"
)
_NEEDS_VISIT = N_("Enter the time of the visit or of the call")
_NEEDS_CHANNEL = N_("Choose how the matter came in")
_NEEDS_CATEGORY = N_("Choose the category of the dispute")
_NEEDS_INSURANCE = N_("Choose at least one insurance")
_NEEDS_CONTENT = N_("Write what the applicant reports: when, with whom, what is wanted")
_NEEDS_SENDER = N_("Name the body that referred the matter")
_NEEDS_ISSUER = N_("Name the body that issued the act")
_CODE_OF_PERSON = N_("A person has no credit code; leave it empty or choose organisation")
_NUMBER_OF_ORGANISATION = N_("An organisation has no ID number; leave it empty or choose person")
_TWICE = N_("This number stands on the form already, with another party; compare the two")
_NO_ASPECTS = N_("Nothing is told apart within this category; leave it empty")
