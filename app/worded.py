"""The words that bodies give their papers, as they hold on a day: read with the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from app.records import PaperWording


@dataclass(frozen=True)
class Words:
    """Paragraphs by body and kind of paper, each with its first day, the oldest first."""

    dated: Mapping[tuple[str, str], Sequence[tuple[date, tuple[str, ...]]]] = field(
        default_factory=dict
    )

    @staticmethod
    def read(session: Any, jurisdiction_id: int) -> Words:
        """Return the words of a jurisdiction's bodies."""
        rows = session.scalars(
            select(PaperWording)
            .where(PaperWording.jurisdiction_id == jurisdiction_id)
            .order_by(PaperWording.from_on, PaperWording.id)
        )
        found: dict[tuple[str, str], list[tuple[date, tuple[str, ...]]]] = {}
        for row in rows:
            dated = found.setdefault((row.body_key, row.kind), [])
            dated.append((row.from_on, tuple(row.paragraphs or ())))
        return Words(found)

    def on(self, body: str, kind: str, day: date) -> tuple[str, ...]:
        """Return a body's paragraphs for a kind of paper; none where the mechanism's hold."""
        dated = self.dated.get((body, kind), ())
        return next((words for first, words in reversed(dated) if first <= day), ())
