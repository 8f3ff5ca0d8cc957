"""The volume of an archiving body: its items in order, with pages; cover, catalogue, closing note.

Catalogue and closing note have the columns of the national forms (volume of a file: sequence,
number, responsible, title, date, page, remark).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app.documents.printer import Printer
from app.documents.sheet import layout, safe

TEMPLATE = Path(__file__).with_name("volume.typ")


@dataclass(frozen=True)
class Item:
    """Something filed: a paper or an attachment. `pages` is 0 where it has none (a recording)."""

    path: str
    kind: str
    title: str
    number: str
    issuer: str
    on: date
    pages: int
    size: int
    sha256: str
    sm3: str
    remark: str = ""


@dataclass(frozen=True)
class Volume:
    """A body's volume: what it says of itself, and its items in order."""

    body: str
    name: str
    facts: Sequence[tuple[str, str]]
    note: str
    filed_by: str
    filed_on: date
    items: Sequence[Item]

    @property
    def pages(self) -> int:
        """Return how many pages the volume has."""
        return sum(item.pages for item in self.items)

    @property
    def rows(self) -> list[list[str]]:
        """Return the catalogue's rows; papers with the pages on which they stand."""
        found, page = [], 1
        for place, item in enumerate(self.items, 1):
            found.append(
                [
                    str(place),
                    item.number,
                    item.issuer,
                    item.title,
                    f"{item.on:%Y.%m.%d}",
                    _pages(page, item.pages),
                    item.remark,
                ]
            )
            page += item.pages
        return found


def _pages(first: int, count: int) -> str:
    if not count:
        return ""
    return str(first) if count == 1 else f"{first}-{first + count - 1}"


def write_volume(volume: Volume, *, at: datetime, fonts: str = "") -> bytes:
    """Return cover, catalogue and closing note of a volume as one PDF/A file."""
    words = layout()["volume"]
    recordings = sum(not item.pages for item in volume.items)
    counted = words["counted"].format(
        items=len(volume.items), pages=volume.pages, recordings=recordings
    )
    told: Mapping[str, Any] = {
        "words": words,
        "name": safe(volume.name),
        "facts": [[safe(label), safe(value)] for label, value in volume.facts],
        "rows": [[safe(cell) for cell in row] for row in volume.rows],
        "note": [safe(one) for one in (volume.note, counted) if one],
        "filed_by": safe(volume.filed_by),
        "filed_on": words["day"].format(
            year=volume.filed_on.year, month=volume.filed_on.month, day=volume.filed_on.day
        ),
    }
    printer = Printer.of(TEMPLATE, fonts)
    with printer.lock:
        return printer.draw(told, at)
