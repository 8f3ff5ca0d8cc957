"""How single fields of a request are read: text, months, moments, money, choices.

Each reader takes what JSON or a form gave and returns it normalised, or raises `Invalid` with
words for the person who typed it. Blank fields are dealt with by `Fields`, not by the readers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

from app.clock import CHINA
from app.errors import N_, Reason
from app.rules.identity import Invalid

T = TypeVar("T")
Reader = Callable[[Any], T]
Errors = dict[str, list[Reason]]

#: A desktop's clock may be a little ahead of the server's.
CLOCK_TOLERANCE = timedelta(minutes=5)
FIRST_YEAR = 1990
FIRST_MONTH = "1950-01"
#: Residents pay in autumn for the whole of the next year; more ahead is a slip.
MONTHS_AHEAD = 24
GREATEST_AMOUNT = Decimal(10) ** 12
QUOTED = 40
#: Unknown fields that one answer names; a request with thousands of them is no honest slip.
MOST_UNKNOWN = 20

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_MONEY = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d+)?", re.ASCII)


class Fields:
    """The fields of one object of a request, read one by one; every error is kept.

    `errors` gathers the reasons by path (`applicant.phone`). Where `partial`, nothing is
    required.
    """

    def __init__(
        self,
        values: Mapping[str, Any],
        known: Collection[str],
        errors: Errors,
        *,
        path: str = "",
        partial: bool = False,
    ) -> None:
        self.values, self.errors, self.path, self.partial = values, errors, path, partial
        self._refuse_unknown(known)

    def read(self, name: str, reader: Reader[T], *, missing: str = "") -> T | None:
        """Return the field's value, or None where it is blank or wrong.

        `missing` is what to say where a blank field is required; without it none is.
        """
        value = self.values.get(name)
        if not is_blank(value):
            try:
                return reader(value)
            except Invalid as invalid:
                self.refuse(name, invalid.reason)
                return None
        if missing and not self.partial:
            self.refuse(name, Reason(missing))
        return None

    def given(self, name: str) -> bool:
        """Return whether the field holds anything, right or wrong."""
        return not is_blank(self.values.get(name))

    def refuse(self, name: str, reason: Reason) -> None:
        """Keep one more reason beside a field."""
        self.errors.setdefault(self.path + name, []).append(reason)

    def _refuse_unknown(self, known: Collection[str]) -> None:
        unknown = [name for name in self.values if name not in known]
        for name in unknown[:MOST_UNKNOWN]:
            near = get_close_matches(name[:QUOTED], list(known), 1)
            reason = (
                Reason(_DID_YOU_MEAN, {"name": near[0]})
                if near
                else Reason(_KNOWN_FIELDS, {"names": list(known)})
            )
            self.refuse(quoted(name), reason)


_DID_YOU_MEAN = N_("There is no field of this name; did you mean %(name)s")
_KNOWN_FIELDS = N_("There is no field of this name; known are: %(names)s")


def is_blank(value: Any) -> bool:
    """Return whether nothing was given: null, or text of spaces only."""
    return value is None or (isinstance(value, str) and not _visible(value).strip())


def quoted(value: str) -> str:
    """Return a text as an answer may repeat it: short, and printable on any screen."""
    kept = "".join(one if one.isprintable() else "?" for one in value[:QUOTED])
    return kept + ("..." if len(value) > QUOTED else "")


def line(limit: int) -> Reader[str]:
    """Return a reader of one line of text of at most `limit` characters."""

    def read(value: Any) -> str:
        return _text(value, limit, allowed="")

    return read


def words(limit: int) -> Reader[str]:
    """Return a reader of text over several lines, of at most `limit` characters."""

    def read(value: Any) -> str:
        text = _string(value).replace("\r\n", "\n").replace("\r", "\n")
        return _text(text, limit, allowed="\n\t")

    return read


def plain(value: Any) -> str:
    """Return a short text with full-width digits and signs in their usual form."""
    return line(QUOTED * 2)(value).translate(_FULL_WIDTH).strip()


def choice(known: Collection[str]) -> Reader[str]:
    """Return a reader of one of the known keys."""

    def read(value: Any) -> str:
        text = _string(value)
        if text not in known:
            _refuse(
                "choice.unknown",
                N_("'%(value)s' is not among the choices; choose one of: %(known)s"),
                value=quoted(text),
                known=list(known),
            )
        return text

    return read


def choices(known: Collection[str]) -> Reader[list[str]]:
    """Return a reader of a list of known keys: repeats fall away, the order is the known one."""
    one = choice(known)

    def read(value: Any) -> list[str]:
        if not isinstance(value, list):
            _refuse("choice.no_list", N_("A list is expected here, even of one choice"))
        chosen = {one(member) for member in value}
        return [key for key in known if key in chosen]

    return read


def whole(value: Any) -> int:
    """Return a whole number; true, 3.0 and "3" are none."""
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse("number.type", N_("A whole number, without quotation marks, is expected here"))
    return value


def month(now: datetime) -> Reader[str]:
    """Return a reader of a month YYYY-MM, from 1950 to two years after `now`."""
    last = _months_after(now, MONTHS_AHEAD)

    def read(value: Any) -> str:
        text = plain(value)
        if not _MONTH.fullmatch(text):
            _refuse("month.form", N_("Write the month as year and month, as in 2024-03"))
        if not FIRST_MONTH <= text <= last:
            _refuse(
                "month.range",
                N_("The month lies outside %(first)s to %(last)s; check the year"),
                first=FIRST_MONTH,
                last=last,
            )
        return text

    return read


def moment(now: datetime) -> Reader[datetime]:
    """Return a reader of a past moment; one without a zone is Chinese time.

    A moment up to five minutes ahead counts as now, since the clocks of desktops differ.
    """

    def read(value: Any) -> datetime:
        text = plain(value)
        try:
            given = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            given = None
        if given is None:
            _refuse("moment.form", N_("Write day and time as in 2024-11-04 09:20"))
        _refuse_year(given.year, now)
        given = given.replace(tzinfo=CHINA) if given.tzinfo is None else given.astimezone(CHINA)
        if given > now + CLOCK_TOLERANCE:
            _refuse(
                "moment.future",
                N_("This time is still to come; enter when it was, at the latest now"),
            )
        return min(given, now.astimezone(CHINA))

    return read


def past_day(now: datetime) -> Reader[date]:
    """Return a reader of a day YYYY-MM-DD that is not after today in China."""

    def read(value: Any) -> date:
        text = plain(value)
        try:
            given = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            given = None
        if given is None:
            _refuse("day.form", N_("Write a day of the calendar, as in 2024-11-04"))
        _refuse_year(given.year, now)
        if given > now.astimezone(CHINA).date():
            _refuse(
                "day.future",
                N_("This day is still to come; enter when it was, at the latest today"),
            )
        return given

    return read


def money(value: Any) -> Decimal:
    """Return yuan with two places, read from text such as "12345.60".

    Not negative, at most 10^12; commas between thousands are taken.
    """
    if not isinstance(value, str):
        _refuse("money.type", N_("Give the amount in yuan as text, as in '12345.60'"))
    text = plain(value)
    if text.startswith(("-", "\N{MINUS SIGN}")):
        _refuse("money.negative", N_("An amount cannot be negative; enter it without the sign"))
    found = _MONEY.fullmatch(text)
    if not found:
        _refuse("money.form", N_("This is no amount; enter yuan in digits, as in 12345.60"))
    if len(found[1] or "") > len(".00"):
        _refuse("money.places", N_("An amount has at most two places after the point"))
    amount = Decimal(text.replace(",", "")).quantize(Decimal("0.01"))
    if amount > GREATEST_AMOUNT:
        _refuse("money.range", N_("The amount is above a million million yuan; check the digits"))
    return amount


def _refuse(code: str, text: str, **params: object) -> NoReturn:
    raise Invalid(code, Reason(text, params))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        _refuse("text.type", N_("Text, in quotation marks, is expected here"))
    return value


def _text(value: Any, limit: int, *, allowed: str) -> str:
    text = _visible(_string(value)).strip()
    if len(text) > limit:
        _refuse(
            "text.length",
            N_("At most %(limit)s characters fit, these are %(count)s; shorten the text"),
            limit=limit,
            count=len(text),
        )
    _refuse_controls(text, allowed)
    return text


def _visible(text: str) -> str:
    """Return the text without invisible format characters, which only copying brings in.

    The joiners stay, since emoji and some scripts are written with them.
    """
    if text.isascii():
        return text
    return "".join(
        one for one in text if one in "\u200c\u200d" or unicodedata.category(one) != "Cf"
    )


def _refuse_controls(text: str, allowed: str) -> None:
    """Refuse what no database and no printer takes; rare and private characters are kept."""
    for position, one in enumerate(text, 1):
        if one not in allowed and _is_control(one):
            _refuse(
                "text.control",
                N_(
                    "Character %(position)s is a control character (%(character)s); delete it"
                    " and type that place again"
                ),
                position=position,
                character=f"U+{ord(one):04X}",
            )


def _is_control(one: str) -> bool:
    """Return whether it is a control, half of a pair, a line separator or no character.

    Characters that this Python does not know yet are none: new rare ones arrive each year.
    """
    code = ord(one)
    is_no_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return is_no_character or unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"}


def _refuse_year(year: int, now: datetime) -> None:
    """Refuse years in which no such thing can lie; it also keeps the arithmetic in range."""
    if not FIRST_YEAR <= year <= now.year + 1:
        _refuse("year.range", N_("The year %(year)s cannot be right; check the date"), year=year)


def _months_after(now: datetime, count: int) -> str:
    here = now.astimezone(CHINA)
    year, rest = divmod(here.year * 12 + here.month - 1 + count, 12)
    return f"{year:04d}-{rest + 1:02d}"
