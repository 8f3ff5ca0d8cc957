"""The list of cases narrowed to those behind a figure of the evaluation."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement

from app.errors import Reason
from app.evaluation import behind
from app.evaluation.behind import Figure
from app.evaluation.counting import Reader, own_of
from app.generated.asked import PREFIX, Filter
from app.screens.desk import desk
from app.screens.formats import date_full


def _reader(figure: Figure) -> Reader:
    here = desk()
    own = own_of(here.world.mechanism, here.me)
    return Reader(here.session, here.world, own, figure.span, here.now)


def _where(_view: Any, _operator: str, figure: Figure) -> ColumnElement[bool]:
    return behind.cases_of(_reader(figure), figure)


def _chosen(_view: Any) -> list[tuple[str, str]]:
    """Return the figure that was asked for, in words; there are too many to offer them."""
    typed = request.args.get(f"{PREFIX}eq_{behind.COUNTED}", "")
    if not typed:
        return []
    figure = behind.read(typed)
    told = behind.told(_reader(figure), figure)
    days = [date_full(figure.span.first), date_full(figure.span.last)]
    parts = [one.say(gettext) if isinstance(one, Reason) else one for one in told]
    return [
        (typed, ", ".join([*parts, gettext("%(first)s to %(last)s", first=days[0], last=days[1])]))
    ]


COUNTED = Filter(
    behind.COUNTED,
    lazy_gettext("Counted in"),
    "choice",
    ("eq",),
    _where,
    _chosen,
    behind.read,
    is_offered=False,
)
