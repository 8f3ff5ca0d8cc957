"""What can be done with a list as it is seen: save it as Excel, choose its columns, keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.generated import kept, listing
from app.generated.asked import Asked


@dataclass(frozen=True)
class Tools:
    """The tools of one list: addresses, and what its two boxes offer."""

    excel_url: str
    keep_url: str
    #: Key, label, and whether the column is shown.
    columns: Sequence[tuple[str, str, bool]]
    #: Fields that the choice of columns hands on.
    others: Sequence[tuple[str, str]]
    kept: Sequence[kept.Choice]


def of(view: Any, asked: Asked, query: str) -> Tools:
    """Return the tools of the list that is shown; `query` is its address without the page."""
    return Tools(
        excel_url=listing.url(page=None, **{"as": "xlsx"}),
        keep_url=url_for("kept.keep", view=type(view).__name__),
        columns=[(key, str(view.label_columns[key]), key in asked.columns) for key in _all(view)],
        others=[
            (name, value)
            for name in request.args
            for value in request.args.getlist(name)
            if name not in ("cols", "page", "as") and value
        ],
        kept=kept.choices(view, query),
    )


def _all(view: Any) -> Sequence[str]:
    """Return the columns of the list in their order, then those that may be added."""
    return tuple(dict.fromkeys((*view.default_columns(), *view.all_columns)))
