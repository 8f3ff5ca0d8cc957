"""Whether the routing says for each kind of dispute who is competent, and says it once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from app.check.findings import Notes
from app.check.starts import STRUCTURE
from app.errors import N_, Reason
from app.mechanism.problems import quoted
from app.mechanism.schema import Mechanism, Row
from app.mechanism.terms import everywhere
from app.mechanism.vocabulary import AGENCY, ERAS

#: More open places than this are not listed.
MOST_LISTED = 8


@dataclass(frozen=True)
class Cell:
    """A place of the grid: a kind of dispute, an insurance, a side of the reform, an aspect."""

    category: int
    insurance: str
    era: str
    aspect: str | None

    def fits(self, row: Row) -> bool:
        """Return whether a row speaks of this place."""
        return (
            self.category in row.categories
            and (not row.insurances or self.insurance in row.insurances)
            and (not row.eras or self.era in row.eras)
            and (not row.aspects or self.aspect in row.aspects)
        )


def tell_duties(notes: Notes, mechanism: Mechanism) -> None:
    """Tell of places that no row covers, rows that are never reached, and idle bodies."""
    every = mechanism.routing.rows
    rows = {cell: [row for row in every if cell.fits(row)] for cell in _grid(mechanism)}
    first = {cell: fitting[0] for cell, fitting in rows.items() if fitting}
    _hidden_rows(notes, mechanism, rows)
    _empty_rows(notes, mechanism)
    _gaps(notes, mechanism, first)
    _idle_bodies(notes, mechanism)


def _grid(mechanism: Mechanism) -> Iterator[Cell]:
    eras = ERAS if mechanism.routing.reform else ("after",)
    for key, category in mechanism.categories.items():
        for aspect in category.aspects or (None,):
            for insurance in mechanism.insurances:
                for era in eras:
                    yield Cell(key, insurance, era, aspect)


def _hidden_rows(notes: Notes, mechanism: Mechanism, rows: dict[Cell, list[Row]]) -> None:
    """Tell of rows before which another one always comes, and of those that only part hide."""
    for row in mechanism.routing.rows:
        own = [fitting for fitting in rows.values() if row in fitting]
        earlier = [fitting[0] for fitting in own if fitting[0] is not row]
        unlike = [one for one in earlier if not one.gap and _bodies(one) != _bodies(row)]
        names = list(dict.fromkeys(one.key for one in earlier))
        params = {"row": quoted(row.key), "rows": names}
        place = f"routing.rows.{row.key}"
        if own and len(earlier) == len(own):
            what = N_("the row %(row)s is never used: %(rows)s always comes first")
            mend = N_("move it before them, make them narrower, or take it out")
            notes.tell(place, what, mend, params, line=row.line)
        elif unlike:
            what = N_("the row %(row)s overlaps %(rows)s, which names others and comes first")
            mend = N_("make clear which holds: narrow one of them, or leave it if first wins")
            notes.warn(place, what, mend, params, line=row.line)


def _bodies(row: Row) -> tuple[tuple[str, ...], ...]:
    return row.decides, row.joins


def _empty_rows(notes: Notes, mechanism: Mechanism) -> None:
    """Tell of rows that name nobody, but for those that say themselves that this is a gap."""
    for row in mechanism.routing.rows:
        if not (row.gap or row.decides or row.joins or row.advises):
            what = N_("the row %(row)s names no body")
            mend = N_("name who decides, joins in or advises, or take it out")
            params = {"row": quoted(row.key)}
            notes.warn(f"routing.rows.{row.key}", what, mend, params, line=row.line)


def _gaps(notes: Notes, mechanism: Mechanism, first: dict[Cell, Row]) -> None:
    """Tell, for each kind of dispute, for what nobody is competent: a duty that nobody holds."""
    cells = [cell for cell in _grid(mechanism) if not _is_held(cell, first)]
    held = {cell.category for cell in first if _is_held(cell, first)}
    for key, some in groupby(cells, lambda cell: cell.category):
        category = mechanism.categories[key]
        places = {str(one): one for one in (_shown(mechanism, cell) for cell in some)}
        listed = list(places.values())[:MOST_LISTED]
        params = {
            "category": f"{key} {category.short}",
            "places": [*listed, *["…"] * (len(places) > MOST_LISTED)],
            "otherwise": mechanism.routing.default_text,
        }
        mend = N_("add a row under routing.rows; until then it is as otherwise: %(otherwise)s")
        if key in held:
            what = N_("nobody holds part of the duty for %(category)s: %(places)s")
        else:
            what = N_("nobody holds the duty for %(category)s")
        notes.warn(f"categories.{key}", what, mend, params)


def _is_held(cell: Cell, first: dict[Cell, Row]) -> bool:
    """Return whether somebody decides in a place. Across the reform both sides together do."""
    row = first.get(cell)
    if row is None and cell.era == "across":
        return True
    return row is not None and bool(row.decides or row.joins)


def _shown(mechanism: Mechanism, cell: Cell) -> Reason:
    """Return a place of the grid in words: its aspect, and the side of the reform."""
    aspects = mechanism.categories[cell.category].aspects
    part = aspects[cell.aspect] if cell.aspect else mechanism.insurances[cell.insurance]
    if not mechanism.routing.reform:
        return Reason(part)
    return Reason(_SIDES[cell.era], {"part": part})


_SIDES = {
    "before": N_("%(part)s (before the reform)"),
    "after": N_("%(part)s (after the reform)"),
    "across": N_("%(part)s (across the reform)"),
}


def _idle_bodies(notes: Notes, mechanism: Mechanism) -> None:
    """Tell of deciding bodies to which no kind of dispute leads.

    Where acts follow how bodies stand to each other, a case may also come up or down to one.
    """
    named = {key for row in mechanism.routing.rows for key in (*row.decides, *row.joins)}
    if AGENCY in named:
        named |= set(mechanism.routing.agencies.values())
    if {term.word for term in everywhere(mechanism)} & STRUCTURE:
        for key, body in mechanism.bodies.items():
            named |= {key, body.parent} if body.parent else set()
    for key, body in mechanism.bodies.items():
        if body.deciding and key not in named:
            what = N_("no row of the routing names %(body)s, which decides")
            mend = N_("name it in a row, or take its `deciding: true` out")
            notes.warn(f"bodies.{key}", what, mend, {"body": quoted(key)})
