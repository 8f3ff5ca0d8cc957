"""Forms made from the model: Flask-AppBuilder's converter with plain fields of our own look.

Its fields need scripts and load related tables whole; ours are plain HTML, and a related row is
looked for on the server, so that a form is as large with a million related rows as with ten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request
from flask_appbuilder.forms import GeneralModelConverter
from flask_babel import gettext, lazy_gettext
from sqlalchemy import Select, or_, select
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms import validators as checks

from app.generated import kinds
from app.screens.fields import Choice, Field
from app.security.posts import database_session

#: Related rows that a form shows at once; others are found by words.
MOST_FOUND = 20


@dataclass(frozen=True)
class Related:
    """A column that holds the key of a row of another table, which may be large.

    `label` says a row in words, `search` are the columns in which the words are looked for,
    `narrow` keeps to the rows that the acting post may choose (it takes view and query).
    """

    model: Any
    label: Callable[[Any], str]
    search: Sequence[Any]
    narrow: Callable[[Any, Select[Any]], Select[Any]] = lambda _view, query: query

    def found(self, view: Any, words: str) -> list[tuple[int, str]]:
        """Return a few rows that hold the words, with their labels: one bounded statement."""
        query = self.narrow(view, select(self.model))
        if words:
            query = query.where(or_(*(c.icontains(words, autoescape=True) for c in self.search)))
        query = query.order_by(self.search[0], self.model.id).limit(MOST_FOUND)
        return [(one.id, self.label(one)) for one in database_session().scalars(query).unique()]

    def one(self, view: Any, pk: int) -> tuple[int, str] | None:
        """Return the row of that key, if the acting post may choose it."""
        query = self.narrow(view, select(self.model)).where(self.model.id == pk)
        row = database_session().scalars(query).unique().one_or_none()
        return (row.id, self.label(row)) if row is not None else None


class RelatedField(IntegerField):
    """The key of a related row, chosen among those that were looked for."""


class _InRange:
    """A day that a calendar of this program can hold."""

    def __call__(self, _form: Any, field: Any) -> None:
        day: date | None = field.data
        if day is not None and not kinds.FIRST_YEAR <= day.year <= kinds.LAST_YEAR:
            raise checks.ValidationError(lazy_gettext("The year cannot be right"))


class _Printable:
    """Text that every database takes."""

    def __call__(self, _form: Any, field: Any) -> None:
        text: str = field.data or ""
        if any(not (one.isprintable() or one in "\n\t") for one in text):
            raise checks.ValidationError(lazy_gettext("This holds characters that are no text"))


def _stripped(text: str | None) -> str | None:
    return text.replace("\r\n", "\n").strip() if isinstance(text, str) else text


class RecordForms(GeneralModelConverter):
    """Makes the form of a view's columns."""

    def __init__(self, view: Any) -> None:
        super().__init__(view.datamodel)
        self.view = view

    def form(self, columns: Sequence[str]) -> type[Any]:
        """Return the form class of these columns."""
        view = self.view
        made: type[Any] = self.create_form(
            view.label_columns, columns, view.description_columns, view.validators_columns
        )
        return made

    def _convert_simple(
        self,
        col_name: str,
        label: Any,
        description: Any,
        lst_validators: Sequence[Any],
        form_props: dict[str, Any],
    ) -> dict[str, Any]:
        """Put the field of one column into the form; required is what the table needs."""
        column = self.datamodel.list_columns[col_name]
        needed = not column.nullable and column.default is None
        first = checks.InputRequired() if needed else checks.Optional()
        given = [] if isinstance(first, checks.Optional) and lst_validators else [first]
        basics = {"description": description, "validators": [*given, *lst_validators]}
        form_props[col_name] = self._field(col_name, column, label, basics, needed)
        return form_props

    def _field(
        self, name: str, column: Any, label: Any, basics: dict[str, Any], needed: bool
    ) -> Any:
        kind = kinds.kind_of(column)
        if name in self.view.related:
            return RelatedField(label, **basics)
        if name in self.view.choices:
            return _choice(self.view, name, kind, label, basics, needed)
        if kind == "bool":
            return BooleanField(label, description=basics["description"])
        if kind == "date":
            basics["validators"].append(_InRange())
            return DateField(label, **basics)
        if kind == "number":
            basics["validators"].append(checks.NumberRange(0, kinds.GREATEST_NUMBER))
            return IntegerField(label, **basics)
        length = getattr(column.type, "length", None)
        basics["validators"] += [checks.Length(max=length or 4000), _Printable()]
        made = StringField if length else TextAreaField
        return made(label, filters=[_stripped], **basics)


def _choice(
    view: Any, name: str, kind: str, label: Any, basics: dict[str, Any], needed: bool
) -> SelectField:
    def labelled() -> list[tuple[Any, str]]:
        empty = [] if needed else [("", "")]
        return [*empty, *((str(value), text) for value, text in view.choices[name](view))]

    def coerce(value: Any) -> Any:
        if value in (None, "", "None"):
            return None
        return int(value) if kind == "number" else str(value)

    return SelectField(label, choices=labelled, coerce=coerce, validate_choice=False, **basics)


# --- as the page draws it


def drawn(view: Any, form: Any) -> list[Field]:
    """Return the form's fields as the page draws them, with what was typed and what is wrong."""
    return [_drawn(view, one) for one in form if one.name != "csrf_token"]


def _drawn(view: Any, field: Any) -> Field:
    required, kind = bool(field.flags.required), _kind(view, field)
    made = Field(
        name=field.name,
        kind=kind,
        width="w12" if kind in ("text", "related") else "w6",
        label=str(field.label.text),
        required=required,
        help=str(field.description or ""),
        errors=tuple(str(one) for one in field.errors),
        value=_typed(field),
        attrs=_limits(field),
        blank=gettext("nothing chosen"),
    )
    return Field(**{**vars(made), "choices": _options(view, field, made)})


def _kind(view: Any, field: Any) -> str:
    if field.name in view.related:
        return "related"
    known = ((SelectField, "select"), (BooleanField, "bool"), (DateField, "date"))
    found = next((kind for type_, kind in known if isinstance(field, type_)), "")
    if found:
        return found
    return "text" if isinstance(field, TextAreaField) else _line_kind(field)


def _line_kind(field: Any) -> str:
    return "number" if isinstance(field, IntegerField) else "line"


def _typed(field: Any) -> str:
    if isinstance(field, BooleanField):
        return "1" if field.data else ""
    if isinstance(field, SelectField):
        return "" if field.data is None else str(field.data)
    return str(field._value() or "")


def _limits(field: Any) -> Mapping[str, str]:
    longest = [one.max for one in field.validators if isinstance(one, checks.Length)]
    return {"maxlength": str(longest[0])} if longest else {}


def _options(view: Any, field: Any, made: Field) -> list[Choice]:
    if made.kind == "bool":
        return [Choice("1", made.label)]
    if made.kind == "related":
        return _related_options(view, field, made)
    if made.kind != "select":
        return []
    options = [Choice(str(value), str(label)) for value, label, *_ in field.iter_choices()]
    options = [one for one in options if one.value]
    if made.value and all(one.value != made.value for one in options):
        # What the row holds and nobody may choose any more stays with the row.
        options.append(Choice(made.value, made.value))
    return options


def _related_options(view: Any, field: Any, made: Field) -> list[Choice]:
    related: Related = view.related[field.name]
    found = dict(related.found(view, searched(field.name)))
    chosen = field.data if isinstance(field.data, int) else None
    if chosen is not None and chosen not in found:
        one = related.one(view, chosen) if abs(chosen) <= kinds.GREATEST_NUMBER else None
        found = {**dict([one] if one else []), **found}
    return [Choice(str(pk), label) for pk, label in found.items()]


def searched(name: str) -> str:
    """Return the words by which a related row was looked for."""
    return kinds.clean(request.values.get(f"_q_{name}", ""))
