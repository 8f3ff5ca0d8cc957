"""Whether the numbers that were given are all there: none missing, none given twice (V13).

The chains show that no event of a case was changed; the series show that no case or paper as a
whole is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from app.intake import CASE_SERIES
from app.models import Case, Jurisdiction, NumberSeries, Paper
from app.security.sight import AnySession

#: Issuer, kind, year.
Series = tuple[str, str, int]


def gaps(session: AnySession, place: Jurisdiction) -> Iterator[str]:
    """Yield what does not fit in a jurisdiction's numbers, a sentence each."""
    given = {
        (row.issuer, row.kind, row.year): row.last
        for row in session.scalars(
            select(NumberSeries).where(NumberSeries.jurisdiction_id == place.id)
        )
    }
    cases = sum(last for (_, kind, _), last in given.items() if kind == CASE_SERIES)
    there = session.scalar(select(func.count(Case.id)).where(Case.jurisdiction_id == place.id))
    if there != cases:
        yield f"{place.key}: {cases} case numbers were given, and {there} cases are there"
    papers = _papers(session, place)
    for key in sorted({key for key in given if key[1] != CASE_SERIES} | papers.keys()):
        count, highest = papers.get(key, (0, 0))
        if not count == highest == given.get(key, 0):
            series = f"{key[1]} of {key[0]}, {key[2]}"
            yield (
                f"{place.key}: {given.get(key, 0)} numbers were given to {series}; "
                f"{count} papers are there, up to {highest}"
            )


def _papers(session: AnySession, place: Jurisdiction) -> dict[Series, tuple[int, int]]:
    """Return by series how many numbered papers there are, and the highest number."""
    query = (
        select(Paper.body, Paper.kind, Paper.year, func.count(Paper.id), func.max(Paper.serial))
        .where(Paper.jurisdiction_id == place.id, Paper.serial.is_not(None))
        .group_by(Paper.body, Paper.kind, Paper.year)
    )
    rows = session.execute(query)
    return {(body, kind, year): (count, last or 0) for body, kind, year, count, last in rows}
