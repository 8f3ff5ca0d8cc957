"""The registration form: its fields, and what a browser sent, made into facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.mechanism.schema import Mechanism
from app.mechanism.terms import everywhere
from app.rules.registration import KINDS, ORGANISATION, PARTY_FIELDS, PERSON
from app.screens.desk import Desk
from app.screens.fields import Choice, Field

Form = MultiDict[str, str]

#: Fields whose value is a list of ticked boxes.
LISTS = ("insurance",)
#: Objects inside the facts, by their names.
NESTED = ("applicant", "opponent", "referred_from", "contested_act")
GROUP = "co_applicants"
PERSONS = "persons"
MOST_ROWS = 100
MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Part:
    """A titled part of the form."""

    title: str
    note: str
    fields: Sequence[Field]
    more: Sequence[Field] = ()
    twins: Any = None


def parts(here: Desk, form: Form, errors: Mapping[str, Sequence[str]]) -> list[Part]:
    """Return the parts of the form with what was typed and the errors beside the fields."""
    mechanism = here.world.mechanism
    made = [
        Part(
            gettext("Who reports"),
            gettext("* is required"),
            [*_applicant(), *_arrival(mechanism)],
            [*_together(form)],
        ),
        Part(
            gettext("What the dispute is"),
            gettext("the right side works out who handles it"),
            [*_kind(here), *_extent(mechanism), *_content()],
        ),
        Part(
            gettext("An act received already"),
            gettext("its last days run on while units confer, so please ask"),
            _contested(),
        ),
    ]
    return [
        replace(
            one,
            fields=[_filled(f, form, errors) for f in one.fields],
            more=[_filled(f, form, errors) for f in one.more],
        )
        for one in made
    ]


def fresh(here: Desk) -> Form:
    """Return what an empty form begins with: a person, a visit, now."""
    channels = here.world.mechanism.vocabulary.get("channels", {})
    form: Form = MultiDict()
    form["applicant.kind"] = PERSON
    form["visited_at"] = here.now.strftime(MOMENT)
    if channels:
        form["channel"] = next(iter(channels))
    return form


def all_fields(made: Sequence[Part]) -> list[Field]:
    """Return every field of the form in its order."""
    return [field for part in made for field in (*part.fields, *part.more)]


# --- fields


def _applicant() -> list[Field]:
    kinds = {PERSON: gettext("a person"), ORGANISATION: gettext("an organisation")}
    optional = gettext("optional")
    return [
        Field(
            "applicant.kind",
            "joined",
            gettext("The applicant is"),
            required=True,
            width="w4",
            choices=[Choice(key, kinds[key]) for key in KINDS],
        ),
        _line("applicant.name", gettext("Full name"), "w4", required=True, autocomplete="off"),
        Field(
            "applicant.phone",
            "phone",
            gettext("Telephone"),
            width="w4",
            note=gettext("or at least an address"),
            attrs={"autocomplete": "off"},
        ),
        replace(
            _line("applicant.id_number", gettext("ID number"), "w6", note=optional),
            only_for=("applicant.kind", PERSON),
        ),
        replace(
            _line("applicant.credit_code", gettext("Credit code"), "w6", note=optional),
            only_for=("applicant.kind", ORGANISATION),
        ),
        _line(
            "applicant.address", gettext("Address"), "w6", note=gettext("optional, for service")
        ),
    ]


def _arrival(mechanism: Mechanism) -> list[Field]:
    channels = mechanism.vocabulary.get("channels", {})
    referral = ("channel", "referral")
    return [
        Field(
            "channel",
            "tight",
            gettext("How it came in"),
            required=True,
            width="w8",
            choices=[Choice(key, label) for key, label in channels.items()],
        ),
        _line("visited_at", gettext("Time of the visit or call"), "w4", required=True),
        replace(_line("referred_from.body", gettext("Referred by"), "w6"), only_for=referral),
        replace(
            _line("referred_from.number", gettext("Its number"), "w6", note=gettext("optional")),
            only_for=referral,
        ),
    ]


def _together(form: Form) -> list[Field]:
    """Return the rows for further applicants."""
    count = max([-1, *_rows_in(form)]) + 1
    if form.get("_more") == GROUP:
        count += 1
    kinds = {PERSON: gettext("a person"), ORGANISATION: gettext("an organisation")}
    rows = []
    for place in range(min(max(count, 1), MOST_ROWS)):
        start = f"{GROUP}.{place}"
        rows.append(
            [
                Field(
                    f"{start}.kind",
                    "select",
                    gettext("Kind"),
                    width="w2",
                    choices=[Choice(key, kinds[key]) for key in KINDS],
                ),
                _line(f"{start}.name", gettext("Full name"), "w3"),
                _line(f"{start}.phone", gettext("Telephone"), "w3"),
                _line(f"{start}.id_number", gettext("ID number"), "w4"),
            ]
        )
    label = gettext("Further applicants with the same dispute")
    return [Field(GROUP, "group", label, note=gettext("optional"), rows_of=rows)]


def _kind(here: Desk) -> list[Field]:
    mechanism = here.world.mechanism
    categories = [
        Choice(str(code), f"{code} {one.label}")
        for code, one in here.world.categories.items()
        if one.retired_on is None or here.today < one.retired_on
    ]
    aspects = [
        Choice(f"{code}:{key}", label, group=str(code))
        for code, one in mechanism.categories.items()
        for key, label in one.aspects.items()
    ]
    return [
        Field(
            "category",
            "select",
            gettext("Kind of dispute"),
            required=True,
            width="w6",
            choices=categories,
        ),
        Field(
            "aspect",
            "select",
            gettext("Which step"),
            width="w6",
            choices=aspects,
            note=gettext("optional, makes it clearer"),
            attrs={"data-depends": "category"},
        ),
        Field(
            "insurance",
            "checks",
            gettext("Insurance"),
            required=True,
            value=[],
            choices=[Choice(key, label) for key, label in mechanism.insurances.items()],
        ),
    ]


def _extent(mechanism: Mechanism) -> list[Field]:
    optional = gettext("optional")
    month = {"inputmode": "numeric", "maxlength": "10"}
    return [
        Field(
            "period_from",
            "line",
            gettext("Period from"),
            width="w3 half",
            note=optional,
            help=gettext("like 2024-03"),
            attrs=month,
        ),
        Field("period_to", "line", gettext("to"), width="w3 half", note=optional, attrs=month),
        Field(
            "amount",
            "money",
            gettext("Amount"),
            width="w3",
            note=gettext("optional, yuan"),
            attrs={"inputmode": "decimal"},
        ),
        _line("employer", gettext("Employer"), "w3", note=optional),
        *(_persons() if _asks_persons(mechanism) else ()),
    ]


def _asks_persons(mechanism: Mechanism) -> bool:
    """Return whether the ways or the acts of a mechanism hang on how many persons there are."""
    facts = (term.arg for term in everywhere(mechanism) if term.word == "fact")
    return any(fact["name"] == PERSONS for fact in facts)


def _persons() -> list[Field]:
    return [
        Field(
            PERSONS,
            "number",
            gettext("Number of persons"),
            width="w3",
            note=gettext("optional"),
            help=gettext("all whom it concerns, those on the form included"),
            attrs={"min": "1", "inputmode": "numeric"},
        )
    ]


def _content() -> list[Field]:
    return [
        Field(
            "content",
            "text",
            gettext("What is reported"),
            required=True,
            rows=4,
            help=gettext("Three things: when, with whom, what is wanted."),
            attrs={"maxlength": "4000"},
        ),
        _line("claim", gettext("What is wanted"), "w12", note=gettext("optional")),
        _line("insured_at", gettext("Insured at"), "w6", note=gettext("optional, place")),
    ]


def _contested() -> list[Field]:
    optional = gettext("optional")
    return [
        _line("contested_act.body", gettext("Who issued it"), "w4", note=optional),
        _line("contested_act.kind", gettext("What it is called"), "w4", note=optional),
        Field(
            "contested_act.served_on",
            "date",
            gettext("When it was received"),
            width="w4",
            note=optional,
        ),
    ]


def _line(name: str, label: str, width: str, **more: Any) -> Field:
    attrs = {"autocomplete": more.pop("autocomplete", "off")}
    return Field(name, "line", label, width=width, attrs=attrs, **more)


def _filled(field: Field, form: Form, errors: Mapping[str, Sequence[str]]) -> Field:
    rows = [[_filled(cell, form, errors) for cell in row] for row in field.rows_of]
    value = form.getlist(field.name) if field.name in LISTS else form.get(field.name, "")
    return replace(field.with_state(value, errors.get(field.name, ())), rows_of=rows)


# --- from what was sent to facts


def facts(here: Desk, form: Form) -> dict[str, Any]:
    """Return the body of a registration as REST takes it; what is blank is left out."""
    found: dict[str, Any] = {"jurisdiction": here.jurisdiction.key}
    for name in form:
        value = form.getlist(name) if name in LISTS else form.get(name, "").strip()
        if value and not name.startswith("_"):
            _put(found, name, _as_fact(name, value))
    further = [row for row in (found.pop(GROUP, None) or {}).values() if set(row) - {"kind"}]
    if further:
        found[GROUP] = further
    return _without_hidden(found)


def _put(found: dict[str, Any], name: str, value: Any) -> None:
    """Set a value under its dotted name; other names of the page are none of the facts."""
    if re.fullmatch(rf"{GROUP}\.\d{{1,3}}\.({'|'.join(PARTY_FIELDS)})", name, re.ASCII):
        _, place, key = name.split(".")
        found.setdefault(GROUP, {}).setdefault(int(place), {})[key] = value
        return
    outer, _, inner = name.partition(".")
    if inner and outer in NESTED:
        found.setdefault(outer, {})[inner] = value
    elif not inner and outer in _PLAIN:
        found[outer] = value


_PLAIN = frozenset(
    {
        *("visited_at", "channel", "category", "aspect", "insurance", "payer_kind"),
        *(
            "insured_at",
            "linked",
            "period_from",
            "period_to",
            "amount",
            PERSONS,
            "content",
            "claim",
            "employer",
        ),
    }
)


def _as_fact(name: str, value: Any) -> Any:
    if name in ("category", PERSONS):
        return int(value) if re.fullmatch(r"\d{1,6}", value, re.ASCII) else value
    if name == "aspect":
        return value.rpartition(":")[2]
    if name in ("period_from", "period_to"):
        return month(value)
    return value


def month(text: str) -> str:
    """Return a month as YYYY-MM where it was typed as 202403, 2024.3 or 2024/03."""
    hit = re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?", text.strip())
    return f"{hit[1]}-{int(hit[2]):02d}" if hit else text


def _without_hidden(found: dict[str, Any]) -> dict[str, Any]:
    """Drop what belongs to a choice that was not made: its field was not to be seen."""
    applicant = found.get("applicant", {})
    applicant.pop("credit_code" if applicant.get("kind") == PERSON else "id_number", None)
    if found.get("channel") != "referral":
        found.pop("referred_from", None)
    return found


def _rows_in(form: Form) -> list[int]:
    pattern = re.compile(rf"{GROUP}\.(\d{{1,3}})\.\w+", re.ASCII)
    return [int(hit[1]) for name in form if (hit := pattern.fullmatch(name))]


def without_blank_rows(form: Form) -> Form:
    """Return the form with blank rows of further applicants taken out, so that places agree."""
    kept: Form = MultiDict((key, value) for key, value in form.items(multi=True))
    full = []
    for place in sorted(set(_rows_in(form))):
        row = {key: form.get(f"{GROUP}.{place}.{key}", "") for key in PARTY_FIELDS}
        for key in PARTY_FIELDS:
            kept.poplist(f"{GROUP}.{place}.{key}")
        if any(text.strip() for key, text in row.items() if key != "kind"):
            full.append(row)
    for place, row in enumerate(full):
        for key, text in row.items():
            if text:
                kept[f"{GROUP}.{place}.{key}"] = text
    return kept
