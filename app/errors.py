"""What the product refuses, and why: one family of errors, each with its HTTP status.

A text shown to a person is a `Reason`: an English source string with named parameters.
It is translated at the edge (screen, REST, command line), never here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Translate = Callable[[str], str]


def N_(text: str) -> str:
    """Return the text as it is; marks an English source string for the translators."""
    return text


@dataclass(frozen=True)
class Reason:
    """One sentence for the reader: what is wrong and what to do next.

    `text` is an English source string with `%(name)s` parameters; a parameter may be a
    Reason itself, or a list, whose members are joined with the reader's comma.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def say(self, translate: Translate = str) -> str:
        """Return the sentence in the reader's language."""
        shown = {name: _shown(value, translate) for name, value in self.params.items()}
        return translate(self.text) % shown if shown else translate(self.text)

    def __str__(self) -> str:
        return self.say()


def _shown(value: Any, translate: Translate) -> Any:
    """Return a parameter as the reader sees it."""
    if isinstance(value, Reason):
        return value.say(translate)
    if isinstance(value, list | tuple):
        return translate(N_(", ")).join(str(_shown(one, translate)) for one in value)
    return value


MONTHS = (
    *(N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June")),
    *(N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")),
)


def spoken(day: date) -> Reason:
    """Return a day as a reader's language says it, for a parameter of a sentence."""
    month = Reason(MONTHS[day.month - 1])
    params = {"day": day.day, "month": month, "year": day.year}
    return Reason(N_("%(day)s %(month)s %(year)s"), params)


#: Reasons beside the input they speak of; what is no input's stands under `_`.
FieldReasons = Mapping[str, list[Reason]]


class AppError(Exception):
    """A refusal: nothing was changed. `status` is what HTTP answers."""

    status = 400

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.say())
        self.reason = reason


class NotFound(AppError):
    """There is no such thing within the asker's sight."""

    status = 404


class NotYours(AppError):
    """The act belongs to somebody else."""

    status = 403


class Stale(AppError):
    """Somebody acted first; `version` is the present one."""

    status = 409

    def __init__(self, reason: Reason, version: int) -> None:
        super().__init__(reason)
        self.version = version


class Conflict(AppError):
    """The same idempotency key came with another request."""

    status = 409


class Refused(AppError):
    """The stage, the inputs or a rule say no; every reason at once, by input."""

    status = 422

    def __init__(self, reason: Reason, errors: FieldReasons) -> None:
        super().__init__(reason)
        self.errors = errors


class Unreadable(AppError):
    """The request cannot be read at all (syntax, type, size)."""

    status = 400


class TooLarge(AppError):
    """A file or a body exceeds what is taken."""

    status = 413
