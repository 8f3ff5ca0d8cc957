"""The menu of each role, in one place: what a post may open, and nothing that would be refused.

The generated views say for themselves who may list them; a screen written by hand says so here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext, lazy_gettext

from app.screens.people import may_keep_people
from app.security.posts import is_superuser

WORK = "work"
PEOPLE = "people"
REFERENCE = "reference"
MECHANISM = "mechanism"

#: The parts of the menu in their order, with their titles.
TITLES = {
    PEOPLE: lazy_gettext("People"),
    REFERENCE: lazy_gettext("Reference data"),
    MECHANISM: lazy_gettext("Mechanism"),
    WORK: lazy_gettext("Records"),
}


@dataclass(frozen=True)
class Screen:
    """A screen written by hand: who finds it in the menu, as its own page lets them in."""

    label: Any
    icon: str
    endpoint: str
    group: str
    is_for: Callable[[], bool]


#: Screens beside the generated views.
SCREENS: Sequence[Screen] = (
    Screen(
        lazy_gettext("People and accounts"),
        "users-gear",
        "screens.people",
        PEOPLE,
        may_keep_people,
    ),
    Screen(
        lazy_gettext("Take in a notice of holidays"),
        "calendar-plus",
        "screens.holidays",
        REFERENCE,
        is_superuser,
    ),
    Screen(
        lazy_gettext("Words of our papers"),
        "file-lines",
        "screens.blocks",
        MECHANISM,
        may_keep_people,
    ),
    Screen(
        lazy_gettext("Change and publish"),
        "file-pen",
        "screens.mechanisms",
        MECHANISM,
        is_superuser,
    ),
)


@dataclass(frozen=True)
class MenuLine:
    """A line of the menu."""

    label: str
    icon: str
    url: str
    is_current: bool


def groups() -> list[tuple[str, list[MenuLine]]]:
    """Return the parts of the menu with what the acting post may open, the empty ones left out."""
    found = [(str(title), _lines(key)) for key, title in TITLES.items()]
    return [(title, lines) for title, lines in found if lines]


def _lines(group: str) -> list[MenuLine]:
    made = [
        _line(str(one.menu_label or one.list_title), one.icon, one.url("list"))
        for one in views()
        if one.group == group and one.may("can_list") and one.is_offered()
    ]
    made += [
        _line(gettext(one.label), one.icon, url_for(one.endpoint))
        for one in SCREENS
        if one.group == group and one.is_for()
    ]
    return made


def views() -> list[Any]:
    """Return the generated views as they were registered."""
    return list(current_app.extensions["generated"])


def _line(label: str, icon: str, url: str) -> MenuLine:
    return MenuLine(label, icon, url, request.path.startswith(url.removesuffix("list/")))
