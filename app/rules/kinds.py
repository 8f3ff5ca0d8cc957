"""The kinds of disputes as they hold: those of the profile, overlaid by the superuser's table."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol

from app.mechanism.schema import Category, Mechanism


class Told(Hashable, Protocol):
    """What the table says of a kind of dispute."""

    @property
    def code(self) -> int:
        """Return its number."""

    @property
    def label(self) -> str:
        """Return its words."""

    @property
    def short(self) -> str:
        """Return the same in a few characters."""


@lru_cache(maxsize=64)
def overlaid(mechanism: Mechanism, table: tuple[Told, ...]) -> Mechanism:
    """Return the mechanism with the table's words and with the kinds that the table adds (Z3.2).

    No duty names an added one, so that the routing leaves it to the office: its clause is that
    of the default. Where the table says nothing else, it is the same object.
    """
    held = {one.code: _held(mechanism, one) for one in table}
    if all(mechanism.categories.get(code) == one for code, one in held.items()):
        return mechanism
    every = dict(mechanism.categories) | held
    return replace(mechanism, categories=MappingProxyType(dict(sorted(every.items()))))


def _held(mechanism: Mechanism, told: Told) -> Category:
    own = mechanism.categories.get(told.code)
    if own is None:
        return Category(told.code, told.label, told.short, mechanism.routing.default_clause)
    return replace(own, label=told.label, short=told.short)
