"""A generated list as an Excel file: the rows, columns, order and masks of the page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response
from flask_babel import gettext

from app.downloads import saved
from app.generated.asked import MOST_ROWS, Asked
from app.spreadsheet import MEDIA_TYPE, workbook


def answer(view: Any, asked: Asked) -> Response:
    """Return the list that was asked for as a file, whole up to the limit of lists."""
    title = str(view.list_title)
    heads, rows = view.rows_for_export(asked, MOST_ROWS + 1)
    content = workbook([(title, heads, _lines(rows))])
    return saved(io.BytesIO(content), f"{title} {view.today().isoformat()}.xlsx", MEDIA_TYPE)


def _lines(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Yield the rows, and where the list is longer than a file a last line that says so."""
    for place, row in enumerate(rows):
        if place == MOST_ROWS:
            yield [
                gettext(
                    "The list goes on: a file takes %(limit)s rows. Narrow it by its filters.",
                    limit=MOST_ROWS,
                )
            ]
            return
        yield [_said(value) for value in row]


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return value
