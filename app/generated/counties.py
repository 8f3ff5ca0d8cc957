"""The county at hand: a post has its own; the superuser chooses among all, however many."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, Select, select

from app.generated.asked import Filter
from app.generated.forms import Related
from app.models import Jurisdiction
from app.security.posts import chosen_post, database_session

PLACE, COUNTY = "jurisdiction_id", "county"
#: Counties that a list offers by name; where there are more, they are looked for by words.
MOST_OFFERED = 50

#: The county that the superuser adds a row for.
PLACES = Related(Jurisdiction, lambda one: str(one.name), (Jurisdiction.name, Jurisdiction.key))


def offered() -> list[tuple[int, str]]:
    """Return the counties to choose from; none where there are too many to offer."""
    query = select(Jurisdiction).order_by(Jurisdiction.id).limit(MOST_OFFERED + 1)
    found = _kept(query)
    return [(one.id, one.name) for one in found] if len(found) <= MOST_OFFERED else []


def know(wanted: set[int]) -> None:
    """Read these counties in one statement, those that the request does not know yet."""
    missing = wanted - set(g.get("places", {}))
    if missing:
        _kept(select(Jurisdiction).where(Jurisdiction.id.in_(missing)))


def _kept(query: Select[Any]) -> list[Jurisdiction]:
    """Return counties, known to `place_of` for the rest of the request."""
    found = list(database_session().scalars(query))
    g.setdefault("places", {}).update({one.id: one for one in found})
    return found


def chosen_among_all() -> bool:
    """Return whether the reader holds no post and so sees the counties beside each other."""
    return chosen_post() is None


def by_id(model: Any) -> Filter:
    """Return the filter by the key of a county, as links and forms use it."""

    def where(_view: Any, _operator: str, value: Any) -> ColumnElement[bool]:
        return model.jurisdiction_id == value

    label = lazy_gettext("County")
    return Filter(PLACE, label, "number", ("eq",), where, lambda _view: offered())


def by_name(model: Any) -> Filter:
    """Return the filter by words of a county's name, for where there are many."""

    def where(_view: Any, _operator: str, value: Any) -> ColumnElement[bool]:
        named = select(Jurisdiction.id).where(Jurisdiction.name.icontains(value, autoescape=True))
        return model.jurisdiction_id.in_(named)

    return Filter(COUNTY, lazy_gettext("County"), "text", ("has",), where)
