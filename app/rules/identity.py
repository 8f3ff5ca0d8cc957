"""Identity numbers, credit codes and telephone numbers: checked, made uniform, masked.

What a form, a sheet or another system delivers is made uniform first (full-width characters,
spaces, hyphens, case), then checked. A slip is refused with words that say what to mend; what
is only unusual comes back as a warning, so that no real citizen is turned away. No refusal
repeats the number, because refusals end up in logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Literal

from app.errors import N_, Reason

#: A resident's number (residence permits of Hong Kong, Macao and Taiwan people included), or
#: that of a foreigner's permanent residence card.
Card = Literal["resident", "foreigner"]

#: Every refusal of this file by its code; the codes stay, the words may be bettered.
REFUSALS = {
    "id.empty": N_("The ID number is empty; enter its 18 characters"),
    "id.short": N_("The ID number lacks %(n)s character(s); it has 18"),
    "id.long": N_("The ID number has %(n)s character(s) too many; it has 18"),
    "id.fifteen": N_("This is an old 15-digit ID number; enter the 18 characters of today's card"),
    "id.character": N_(
        "'%(character)s' at place %(place)s cannot stand in an ID number: it has 17 digits,"
        " then a digit or X"
    ),
    "id.province": N_("No ID number begins with %(prefix)s; compare the first two digits"),
    "id.foreigner": N_(
        "Numbers beginning with 9, and no others, belong to a foreigner's permanent residence"
        " card; choose the right kind of card"
    ),
    "id.birth_date": N_(
        "Digits 7 to 14 of the ID number are no possible date of birth; compare them"
    ),
    "id.check_digit": N_(
        "The last character of the ID number does not fit the others: one is wrong or two are"
        " swapped; compare it with the card"
    ),
    "uscc.empty": N_("The credit code is empty; enter its 18 characters"),
    "uscc.short": N_("The credit code lacks %(n)s character(s); it has 18"),
    "uscc.long": N_("The credit code has %(n)s character(s) too many; it has 18"),
    "uscc.fifteen": N_(
        "This is an old 15-digit registration number; enter the 18 characters of today's"
        " licence, or choose another kind of number"
    ),
    "uscc.character": N_(
        "'%(character)s' at place %(place)s cannot stand in a credit code: it has digits and"
        " capitals without I, O, S, V, Z"
    ),
    "uscc.region": N_(
        "'%(character)s' at place %(place)s of the credit code must be a digit: places 3 to 8"
        " are the region"
    ),
    "uscc.check_character": N_(
        "The last character of the credit code does not fit the others: one is wrong or two"
        " are swapped; compare it with the licence"
    ),
    "phone.empty": N_("The telephone number is empty"),
    "phone.character": N_("'%(character)s' cannot stand in a telephone number"),
    "phone.mobile_short": N_("The mobile number lacks %(n)s digit(s); it has 11 digits"),
    "phone.mobile_long": N_("The mobile number has %(n)s digit(s) too many; it has 11 digits"),
    "phone.mobile_prefix": N_("No mobile number begins with %(prefix)s; compare the first digits"),
    "phone.landline": N_(
        "After the area code %(area)s come %(n)s digit(s); a landline number has 7 or 8"
    ),
    "phone.area_code": N_("The area code is missing; write the number like 0356-2030001"),
    "phone.unknown": N_(
        "This is no telephone number; enter 11 digits of a mobile, or area code and number of"
        " a landline"
    ),
}

#: What is taken, but worth a second look.
OLDER_CARD = N_("An older card's number has no check digit to try; compare it with the card")
ODD_REGION = N_("The region code %(region)s of the ID number is unusual; compare it")
OLD_AGE = N_("By the ID number the person is about %(age)s years old; compare it")
ODD_ORGANISATION = N_(
    "Places 9 to 17 of the credit code (organisation code) do not fit together; compare them"
    " with the licence"
)
HOTLINE = N_("This is a public hotline; take down the person's own number if there is one")
ABROAD = N_("This number is outside the mainland; messages may not reach it")

DIGITS = "0123456789"
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
#: First two digits given out under GB/T 2260; 81 to 83 are also those of residence permits.
_PROVINCE_RANGES = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
PROVINCES = frozenset(
    str(code) for first, last in _PROVINCE_RANGES for code in range(first, last + 1)
)
PERMITS = frozenset({"810000", "820000", "830000"})
EARLIEST_BIRTH = date(1900, 1, 1)
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

#: Full-width ! to ~ become plain, small letters capitals, every dash a hyphen; marks that
#: nobody sees go. Letters of other alphabets are left, so that they are refused.
_UNIFORM = {
    **{code: chr(code - 0xFEE0).upper() for code in range(0xFF01, 0xFF5F)},
    **{ord(letter): letter.upper() for letter in ascii_lowercase},
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63"), "-"),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"), ""),
}

_MOBILE = re.compile(r"0?(1[3-9][0-9]{9})")
_AREA = r"(010|02[0-9]|0[3-9][0-9]{2})"
_LANDLINE = re.compile(_AREA + r"-?([1-9][0-9]{6,7})(?:-([0-9]{1,6}))?")
_FREEPHONE = re.compile(r"([48]00)([0-9]{3})([0-9]{4})")
#: Written before an extension: ext, x, #, *, comma, or the character U+8F6C.
_EXTENSION = re.compile("(?:EXT\\.?|X|#|\\*|,|\u8f6c)(?=[0-9]{1,6}$)")

#: Compound surnames in use; a name of three or more characters that begins with one keeps both.
_SURNAMES = (
    "\u6b27\u9633\u53f8\u9a6c\u4e0a\u5b98\u8bf8\u845b\u4e1c\u65b9\u7687\u752b\u5c09\u8fdf"
    "\u516c\u7f8a\u6fb9\u53f0\u516c\u51b6\u5b97\u653f\u6fee\u9633\u6df3\u4e8e\u5355\u4e8e"
    "\u592a\u53d4\u7533\u5c60\u516c\u5b59\u4ef2\u5b59\u8f69\u8f95\u4ee4\u72d0\u949f\u79bb"
    "\u5b87\u6587\u957f\u5b59\u6155\u5bb9\u53f8\u5f92\u53f8\u7a7a\u95fb\u4eba\u590f\u4faf"
    "\u8d6b\u8fde\u5357\u5bab\u7aef\u6728\u767e\u91cc\u547c\u5ef6\u4e1c\u90ed\u897f\u95e8"
    "\u62d3\u8dcb\u72ec\u5b64\u7b2c\u4e94\u5357\u95e8\u7f8a\u820c\u6881\u4e18\u5de6\u4e18"
    "\u6b50\u967d\u53f8\u99ac\u8af8\u845b\u9577\u5b6b\u516c\u5b6b\u6771\u65b9"
)
_COMPOUND_SURNAMES = frozenset(
    _SURNAMES[place : place + 2] for place in range(0, len(_SURNAMES), 2)
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A value in its uniform form, with what the clerk should look at again."""

    value: str
    warnings: tuple[Reason, ...] = ()


class Invalid(ValueError):
    """The value cannot be right: `code` names the slip (REFUSALS), `reason` says what to mend."""

    def __init__(self, code: str, reason: Reason) -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


def check_id_number(raw: str, *, today: date, card: Card = "resident") -> Checked:
    """Return the number of an identity card in its uniform form (GB 11643-1999).

    Raises Invalid where length, characters, province, birth date or check digit are wrong.
    The finer region code is where the number was first given out and says nothing of birth or
    home, so an odd one is a warning only. A foreigner's older card (three letters, twelve
    digits) is taken with a warning.
    """
    number = _uniform(raw).replace("-", "")
    if card == "foreigner" and re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return Checked(number, (Reason(OLDER_CARD),))
    wrong = _first_not_in(number[:17], DIGITS) or _first_not_in(number[17:], DIGITS + "X", 18)
    _check_length("id", number)
    _refuse_character("id.character", wrong)
    if number.startswith("9") != (card == "foreigner"):
        raise _slip("id.foreigner")
    if card == "resident" and number[:2] not in PROVINCES:
        raise _slip("id.province", prefix=number[:2])
    born = birth_of(number)
    if born is None or not EARLIEST_BIRTH <= born <= today:
        raise _slip("id.birth_date")
    if number[17] != ID_CHECKS[_weighted(number, DIGITS, ID_WEIGHTS) % 11]:
        raise _slip("id.check_digit")
    return Checked(number, tuple(_id_warnings(number, today.year - born.year, card)))


def _id_warnings(number: str, age: int, card: Card) -> Iterator[Reason]:
    region = number[:6]
    permit = number[:2] in {"81", "82", "83"}
    odd = region not in PERMITS if permit else "00" in {region[2:4], region[4:6]}
    if card == "resident" and odd:
        yield Reason(ODD_REGION, {"region": region})
    if age >= 110:
        yield Reason(OLD_AGE, {"age": age})


def birth_of(number: str) -> date | None:
    """Return the birth date in a checked number; None where it holds none (older cards)."""
    digits = number[6:14]
    if len(number) != 18 or _first_not_in(digits, DIGITS):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def sex_of(number: str) -> Literal["male", "female"] | None:
    """Return the sex in a checked number (17th digit odd: male); None where it holds none."""
    if len(number) != 18 or number[16] not in DIGITS:
        return None
    return "male" if int(number[16]) % 2 else "female"


def check_credit_code(raw: str) -> Checked:
    """Return a unified social credit code in its uniform form (GB 32100-2015).

    Raises Invalid where length, characters, region or check character are wrong. A wrong check
    character of the organisation code inside (GB 11714-1997) is a warning only.
    """
    code = _uniform(raw).replace("-", "")
    _check_length("uscc", code)
    _refuse_character("uscc.character", _first_not_in(code, CODE_ALPHABET))
    _refuse_character("uscc.region", _first_not_in(code[2:8], DIGITS, 3))
    if code[17] != CODE_ALPHABET[-_weighted(code, CODE_ALPHABET, CODE_WEIGHTS) % 31]:
        raise _slip("uscc.check_character")
    rest = -_weighted(code[8:16], ORGANISATION_ALPHABET, ORGANISATION_WEIGHTS) % 11
    if code[16] == (DIGITS + "X")[rest]:
        return Checked(code)
    return Checked(code, (Reason(ODD_ORGANISATION),))


def check_phone(raw: str) -> Checked:
    """Return a telephone number in its uniform form, so that equal numbers are equal texts.

    11 digits of a mobile, `0356-2030001` or `0356-2030001-8012` for a landline,
    `400-100-0001`, `+85212345678` for numbers abroad. Raises Invalid for everything else.
    """
    written = _EXTENSION.sub("-", re.sub(r"[()./]", "", _uniform(raw)))
    if re.fullmatch(r"\+(?!86)[1-9][0-9-]{6,18}", written):
        return Checked(written.replace("-", ""), (Reason(ABROAD),))
    number = _without_country(written)
    digits = number.replace("-", "")
    if mobile := _MOBILE.fullmatch(digits):
        return Checked(mobile[1])
    if landline := _LANDLINE.fullmatch(number) or _LANDLINE.fullmatch(digits):
        return Checked("-".join(part for part in landline.groups() if part))
    if freephone := _FREEPHONE.fullmatch(digits):
        return Checked("-".join(freephone.groups()))
    if re.fullmatch(r"12[0-9]{3}|9[56][0-9]{3,4}", digits):
        return Checked(digits, (Reason(HOTLINE),))
    raise _phone_slip(digits)


def _without_country(number: str) -> str:
    """Return the number without China's country code, a landline with its leading 0."""
    bare = re.sub(r"^(\+86|0086)-?", "", number)
    if bare == number:
        return re.sub(r"^86-?(?=1[3-9][0-9-]{9,11}$)", "", number)
    return bare if re.match(r"0|1[3-9]|[48]00|$", bare) else f"0{bare}"


def _phone_slip(digits: str) -> Invalid:
    """Return what is most likely wrong with the number."""
    if not digits:
        return _slip("phone.empty")
    if wrong := _first_not_in(digits, DIGITS):
        return _slip("phone.character", character=wrong[1])
    if re.match(r"1[3-9]", digits) and len(digits) > 2:
        missing = 11 - len(digits)
        return _slip("phone.mobile_short" if missing > 0 else "phone.mobile_long", n=abs(missing))
    if digits.startswith("1") and len(digits) == 11:
        return _slip("phone.mobile_prefix", prefix=digits[:3])
    if landline := re.fullmatch(_AREA + r"([0-9]*)", digits):
        return _slip("phone.landline", area=landline[1], n=len(landline[2]))
    return _slip("phone.area_code" if len(digits) in {7, 8} else "phone.unknown")


def mask_id_number(number: str) -> str:
    """Return an identity number with its first 6 and last 4 characters; others' last 4 at most."""
    if len(number) >= 15:
        return number[:6] + "*" * (len(number) - 10) + number[-4:]
    return _mask_all_but_four(number)


def mask_phone(number: str) -> str:
    """Return a telephone number with its first 3 digits, or its area code, and its last 4."""
    if mobile := _MOBILE.fullmatch(number):
        return f"{mobile[1][:3]}****{mobile[1][-4:]}"
    if landline := _LANDLINE.fullmatch(number):
        area, own, _ = landline.groups()
        return f"{area}-{'*' * (len(own) - 4)}{own[-4:]}"
    return _mask_all_but_four(number)


def mask_name(name: str) -> str:
    """Return a person's surname and one star, so that the length of the name stays hidden."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    length = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name[:length] + "*"


def _mask_all_but_four(text: str) -> str:
    shown = 4 if len(text) >= 8 else 0
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def _uniform(raw: str) -> str:
    """Return the text in half-width capitals, without spaces."""
    return "".join(raw.translate(_UNIFORM).split())


def _weighted(text: str, alphabet: str, weights: Iterable[int]) -> int:
    """Return the weighted sum of the characters' places in the alphabet."""
    pairs = zip(text, weights, strict=False)
    return sum(alphabet.index(character) * weight for character, weight in pairs)


def _first_not_in(text: str, alphabet: str, first: int = 1) -> tuple[int, str] | None:
    """Return place and character of the first that the alphabet lacks; places from `first`."""
    places = enumerate(text, first)
    return next(((place, one) for place, one in places if one not in alphabet), None)


def _check_length(kind: str, value: str) -> None:
    """Refuse what has not 18 characters; fifteen digits are an older number."""
    if not value:
        raise _slip(f"{kind}.empty")
    if len(value) == 15 and not _first_not_in(value, DIGITS):
        raise _slip(f"{kind}.fifteen")
    if len(value) != 18:
        raise _slip(f"{kind}.{'short' if len(value) < 18 else 'long'}", n=abs(18 - len(value)))


def _refuse_character(code: str, wrong: tuple[int, str] | None) -> None:
    if wrong:
        raise _slip(code, place=wrong[0], character=wrong[1])


def _slip(code: str, **params: object) -> Invalid:
    return Invalid(code, Reason(REFUSALS[code], params))
