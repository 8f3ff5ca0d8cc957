"""A form field as the templates draw it: label, value as typed, choices, errors in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

#: Kinds whose value is a list of ticked boxes.
MANY = frozenset({"checks", "many", "ticks"})
#: The HTML type of a one-line input; every other kind is drawn by its own macro.
INPUT_TYPES: Mapping[str, str] = {
    "date": "date",
    "number": "number",
    "phone": "tel",
    "password": "password",
}


@dataclass(frozen=True)
class Choice:
    """One of several to choose from; `note` explains it, `clause` says why it is there.

    `group` is the value of another field under which alone it can be chosen.
    """

    value: str
    label: str
    note: str = ""
    clause: Any = None
    disabled: bool = False
    group: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a form. `value` is what was typed: words, or a list where many are ticked.

    `only_for` names another field and the choice for which alone this one is asked.
    """

    name: str
    kind: str
    label: str
    required: bool = False
    value: Any = ""
    choices: Sequence[Choice] = ()
    help: str = ""
    note: str = ""
    errors: Sequence[str] = ()
    width: str = "w12"
    rows: int = 3
    attrs: Mapping[str, str] = field(default_factory=dict)
    only_for: tuple[str, str] | None = None
    #: The words of choosing nothing, where that is not “not known”.
    blank: str = ""
    rows_of: Sequence[Sequence[Field]] = ()

    @property
    def id(self) -> str:
        """Return the field's id in the page, which error links lead to."""
        return "f-" + self.name.replace(".", "-")

    @property
    def input_type(self) -> str:
        """Return the HTML type of its input."""
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def is_used(self) -> bool:
        """Return whether the field, or a row of it, holds anything or is wrong."""
        own = bool(self.value) or bool(self.errors)
        return own or any(cell.is_used for row in self.rows_of for cell in row)

    def is_on(self, value: str) -> bool:
        """Return whether a choice is ticked."""
        if isinstance(self.value, list | tuple | set | frozenset):
            return value in self.value
        return value == str(self.value)

    def with_state(self, value: Any, errors: Sequence[str]) -> Field:
        """Return the field with what was typed and what is wrong with it."""
        return replace(self, value=value, errors=tuple(errors))


def summary(fields: Sequence[Field], loose: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return every error as (id of its field, words), in the order of the form.

    `loose` are those of no field; they come first, without a link.
    """
    found = [("", words) for words in loose]
    for one in fields:
        found += [(one.id, words) for words in one.errors]
        for row in one.rows_of:
            found += summary(row)
    return found
