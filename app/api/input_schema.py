"""The inputs of an offered act as JSON Schema, so that a client can draw the form and fill it in.

Choices carry `enum` and, by key, `x-labels`; files are ids with `x-attachment`; days are
`format: date` with `x-min` and `x-max` where the act has bounds. What only one choice needs is
written `if`/`then`. `required` is what the engine itself requires (CONTRACT.md, action).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.rules.inputs import LONGEST_LINE, LONGEST_TEXT, MOST_ROWS, AskView

Schema = dict[str, Any]
LONGEST_PERIOD = 3660


def schema_of(asks: Sequence[AskView], today: date) -> Schema:
    """Return the schema of an act's inputs, as they can be chosen on that day."""
    found: Schema = {
        "type": "object",
        "properties": {ask.key: _property(ask, today) for ask in asks},
        "required": [ask.key for ask in asks if ask.required],
        "additionalProperties": False,
    }
    conditions = _conditions(asks)
    return found | {"allOf": conditions} if conditions else found


def _conditions(asks: Iterable[AskView]) -> list[Schema]:
    """Return what is needed only where another input has one choice."""
    needed: dict[tuple[str, str], list[str]] = {}
    for ask in asks:
        if ask.only_for is not None:
            needed.setdefault(ask.only_for, []).append(ask.key)
    return [
        {
            "if": {"properties": {name: {"const": value}}, "required": [name]},
            "then": {"required": keys},
        }
        for (name, value), keys in needed.items()
    ]


def _property(ask: AskView, today: date) -> Schema:
    found = {"title": ask.label, **_SHAPES[ask.type](ask, today)}
    if ask.help:
        found["description"] = ask.help
    if ask.default is not None:
        found["default"] = ask.default
    return found


def _one_of(ask: AskView, _today: date) -> Schema:
    return {"type": "string", "enum": ask.values, "x-labels": dict(ask.choices)}


def _some_of(ask: AskView, _today: date) -> Schema:
    items = {"type": "string", "enum": ask.values}
    least = {"minItems": 1} if ask.required else {}
    return {
        "type": "array",
        "items": items,
        "uniqueItems": True,
        "x-labels": dict(ask.choices),
        **least,
    }


def _words(longest: int) -> Callable[[AskView, date], Schema]:
    return lambda ask, _today: {"type": "string", "maxLength": ask.max or longest}


def _day(ask: AskView, today: date) -> Schema:
    bounds = {"x-min": ask.min, "x-max": ask.max}
    return {
        "type": "string",
        "format": "date",
        **{
            name: (today + timedelta(days)).isoformat()
            for name, days in bounds.items()
            if days is not None
        },
    }


def _days(ask: AskView, _today: date) -> Schema:
    return {"type": "integer", "minimum": ask.min or 0, "maximum": ask.max or LONGEST_PERIOD}


def _money(_ask: AskView, _today: date) -> Schema:
    return {"type": "string", "format": "decimal", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$"}


def _bool(_ask: AskView, _today: date) -> Schema:
    return {"type": "boolean"}


def _file(_ask: AskView, _today: date) -> Schema:
    return {"type": "integer", "x-attachment": True}


def _files(ask: AskView, today: date) -> Schema:
    return {"type": "array", "items": _file(ask, today)}


def _rows(ask: AskView, today: date) -> Schema:
    return {"type": "array", "items": schema_of(ask.fields, today), "maxItems": MOST_ROWS}


#: The shape of each type of input; a test holds it against the vocabulary.
_SHAPES: Mapping[str, Callable[[AskView, date], Schema]] = {
    **dict.fromkeys(
        ("unit", "person", "choice", "paper", "task", "party", "event", "fact"), _one_of
    ),
    "units": _some_of,
    "text": _words(LONGEST_TEXT),
    "line": _words(LONGEST_LINE),
    "date": _day,
    "days": _days,
    "money": _money,
    "bool": _bool,
    "attachment": _file,
    "attachments": _files,
    "group": _rows,
}
