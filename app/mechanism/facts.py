"""The facts of a case that routing and guards may ask about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Facts:
    """What is known of a dispute; None or empty means unknown. Months are YYYY-MM."""

    category: int | None = None
    insurance: tuple[str, ...] = ()
    aspect: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    amount: Decimal | None = None
    payer_kind: str | None = None
    channel: str | None = None
    applicant_kind: str | None = None
    #: How many persons the dispute is about, and how many deciding bodies the routing names.
    persons: int | None = None
    units: int | None = None
