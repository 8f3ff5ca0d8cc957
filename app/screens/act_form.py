"""The form of an act, made from what the act asks; and what a browser sent, made into inputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.mechanism.schema import Mechanism
from app.rules.inputs import AskView
from app.screens import words
from app.screens.fields import Choice, Field
from app.screens.parts import Parts

Form = MultiDict[str, str]

#: Up to here choices are shown side by side or below each other; more go into a drop-down.
FEW = 8
MOST_ROWS = 50
#: Fields that may stand beside each other.
HALF = frozenset({"date", "days", "money", "person", "line"})
#: Kinds of inputs of which one is chosen.
ONE_OF = frozenset({"unit", "choice", "paper", "task", "party", "event", "fact"})


# --- from what is asked to fields


def fields(
    asks: Sequence[AskView],
    form: Form | None,
    parts: Parts,
    mechanism: Mechanism,
    today: date,
    errors: Mapping[str, Sequence[str]],
) -> list[Field]:
    """Return the fields of an act with what was typed so far and the errors beside them."""
    maker = _Maker(form, parts, mechanism, today, errors)
    return [maker.field(ask, ask.key) for ask in asks]


class _Maker:
    """Makes the fields of one form."""

    def __init__(
        self,
        form: Form | None,
        parts: Parts,
        mechanism: Mechanism,
        today: date,
        errors: Mapping[str, Sequence[str]],
    ) -> None:
        self.form, self.parts, self.mechanism = form, parts, mechanism
        self.today, self.errors = today, errors

    def field(self, ask: AskView, name: str) -> Field:
        """Return the field of one input."""
        if ask.type == "group":
            return self._group(ask, name)
        return Field(
            name=name,
            kind=_kind(ask),
            label=ask.label,
            required=ask.required,
            value=self._value(ask, name),
            choices=self._choices(ask),
            help=ask.help,
            note="" if ask.required else gettext("optional"),
            errors=self._errors_of(name),
            width=_width(ask, name),
            attrs=_attrs(ask),
            only_for=ask.only_for,
        )

    def _errors_of(self, name: str) -> tuple[str, ...]:
        return tuple(self.errors.get(name, ()))

    def _group(self, ask: AskView, name: str) -> Field:
        count = 1 + (max(rows_in(self.form, name), default=-1) if self.form is not None else 0)
        if self.form is not None and self.form.get("_more") == name:
            count += 1
        rows = [
            [self.field(one, f"{name}.{place}.{one.key}") for one in ask.fields]
            for place in range(min(max(count, 1), MOST_ROWS))
        ]
        note = "" if ask.required else gettext("optional; leave empty rows empty")
        return Field(
            name,
            "group",
            ask.label,
            ask.required,
            help=ask.help,
            note=note,
            rows_of=rows,
            errors=self._errors_of(name),
        )

    def _value(self, ask: AskView, name: str) -> Any:
        if self.form is not None:
            return self.form.getlist(name) if _is_many(ask) else self.form.get(name, "")
        if ask.default is not None:
            return ask.default
        if ask.type == "date" and ask.required and ask.max == 0:
            return self.today.isoformat()
        if ask.required and len(ask.choices) == 1:
            return [ask.choices[0][0]] if _is_many(ask) else ask.choices[0][0]
        return [] if _is_many(ask) else ""

    def _choices(self, ask: AskView) -> list[Choice]:
        if ask.type in ("attachment", "attachments"):
            return [Choice(str(one.id), one.name) for one in self.parts.attachments]
        if ask.type == "bool":
            return [Choice("1", ask.label)]
        if ask.type in ("unit", "units"):
            return [self._unit(value, label) for value, label in ask.choices] + [
                Choice(key, self.mechanism.label_of(key), words.said(why), disabled=True)
                for key, why in ask.without.items()
            ]
        return [Choice(value, label) for value, label in ask.choices]

    def _unit(self, key: str, label: str) -> Choice:
        """Return a body to choose, with its duty and clause where the routing names it."""
        reasons = (self.parts.case.route or {}).get("reasons", [])
        named = next((one for one in reasons if key in one.get("units", [])), None)
        if named is None:
            return Choice(key, label)
        clause = words.clause_by_words(self.mechanism, named.get("clause", ""))
        return Choice(key, label, gettext("proposed: %(duty)s", duty=named["text"]), clause)


def _kind(ask: AskView) -> str:
    if ask.type in ONE_OF:
        return "list" if len(ask.choices) <= FEW else "select"
    fixed = {
        "units": "many",
        "person": "select",
        "attachment": "select",
        "attachments": "ticks",
        "days": "number",
    }
    return fixed.get(ask.type, ask.type)


def _width(ask: AskView, name: str) -> str:
    if "." in name:
        return "w4 half"
    return "w6" if ask.type in HALF else "w12"


def _is_many(ask: AskView) -> bool:
    return ask.type in ("units", "attachments")


def _attrs(ask: AskView) -> dict[str, str]:
    attrs: dict[str, str] = {}
    if ask.type == "money":
        attrs["inputmode"] = "decimal"
    if ask.type == "days":
        attrs = {"min": str(ask.min or 0), "inputmode": "numeric"}
        if ask.max is not None:
            attrs["max"] = str(ask.max)
    if ask.type in ("text", "line") and ask.max is not None:
        attrs["maxlength"] = str(ask.max)
    return attrs


# --- from what was sent to inputs


def inputs(asks: Sequence[AskView], form: Form) -> dict[str, Any]:
    """Return the inputs of an act as REST would send them; what is blank is left out.

    What cannot be read as its type stays as it was typed, so that the engine says why.
    """
    found: dict[str, Any] = {}
    for ask in asks:
        value = _rows(ask, form) if ask.type == "group" else _read(ask, form, ask.key)
        if value not in ("", None, []):
            found[ask.key] = value
    return found


def _read(ask: AskView, form: Form, name: str) -> Any:
    if _is_many(ask):
        kept = [one for one in form.getlist(name) if one]
        return [_whole(one) for one in kept] if ask.type == "attachments" else kept
    return _READERS.get(ask.type, _words)(form.get(name, "").strip())


def _words(text: str) -> Any:
    return text


def _whole(text: str) -> Any:
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text


def _money(text: str) -> Any:
    return text.replace(",", "").replace("\N{FULLWIDTH COMMA}", "")


def _truth(text: str) -> Any:
    return True if text else None


_READERS: Mapping[str, Callable[[str], Any]] = {
    "days": _whole,
    "attachment": _whole,
    "money": _money,
    "bool": _truth,
}


def rows_in(form: Form | None, name: str) -> list[int]:
    """Return the places of the rows of a group that were sent."""
    if form is None:
        return []
    found = {
        int(hit[1])
        for key in form
        if (hit := re.fullmatch(re.escape(name) + r"\.(\d{1,3})\.\w+", key, re.ASCII))
    }
    return sorted(place for place in found if place < MOST_ROWS)


def _rows(ask: AskView, form: Form) -> list[dict[str, Any]]:
    """Return the rows that hold anything; blank rows at the end are left out."""
    rows = []
    for place in rows_in(form, ask.key):
        row = {one.key: _read(one, form, f"{ask.key}.{place}.{one.key}") for one in ask.fields}
        rows.append({key: value for key, value in row.items() if value not in ("", None, [])})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def without_blank_rows(asks: Sequence[AskView], form: Form) -> Form:
    """Return the form with the blank rows of its groups taken out, so that places agree.

    The engine counts the rows that it gets; errors come back by those places.
    """
    kept = MultiDict((key, value) for key, value in form.items(multi=True))
    for ask in asks:
        if ask.type == "group":
            _compact(ask, form, kept)
    return kept


def _compact(ask: AskView, form: Form, kept: Form) -> None:
    full = []
    for place in rows_in(form, ask.key):
        names = [f"{ask.key}.{place}.{one.key}" for one in ask.fields]
        values = [form.getlist(name) for name in names]
        for name in names:
            kept.poplist(name)
        if any(text.strip() for one in values for text in one):
            full.append(values)
    for place, values in enumerate(full):
        for one, texts in zip(ask.fields, values, strict=True):
            kept.setlist(f"{ask.key}.{place}.{one.key}", texts)
