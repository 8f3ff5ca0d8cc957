"""What a reader without English would not understand in a Chinese text.

Keys and words of a profile are the same in every language; so are a few names of formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from app.mechanism.folder import read_profile
from app.mechanism.json_schema import json_schema

CATALOGUE = Path("translations/zh/LC_MESSAGES/messages.po")
#: Not words of a language: formats, and codes of characters.
NAMES = {"YAML", "UTF-8", "BOM", "KB", "register"}
_QUOTED = re.compile(r"`[^`]*`|\{\w+\}|U\+[0-9A-F]{4}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


@cache
def _catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {one.id: one.string for one in read_po(file, locale="zh") if one.id}


def chinese(text: str) -> str:
    """Return a text of the program as a Chinese screen has it; one without words as it is."""
    return _catalogue().get(text, text)


def _names(schema: Any) -> Iterator[str]:
    """Yield the keys and fixed words of a JSON Schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", ())
        yield from (one for one in schema.get("enum", ()) if isinstance(one, str))
        for one in schema.values():
            yield from _names(one)
    elif isinstance(schema, list):
        for one in schema:
            yield from _names(one)


@cache
def words_of_profiles() -> frozenset[str]:
    """Return what profiles say in Latin letters: the words of their form, and keys."""
    found = set(_names(json_schema()))
    for path in Path("mechanisms").glob("*/mechanism.yaml"):
        found.update(_WORD.findall(re.sub(r"#.*", "", read_profile(path).text)))
    return frozenset(found)


def english_in(text: str, profile: str = "") -> list[str]:
    """Return what is English in a text: sentences, and words that no profile knows."""
    plain = _QUOTED.sub("", text)
    allowed = words_of_profiles() | NAMES | {*_WORD.findall(profile)}
    strangers = [one for one in _WORD.findall(plain) if one not in allowed]
    return _SENTENCE.findall(plain) + strangers
