"""Open cases of the same matter, among those that may be seen: asked before one is registered.

The same matter is the same category, and an applicant with the same identity number, credit
code or telephone (found by their keyed indexes), or the same name at the same employer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select, union

from app.columns import blind_index
from app.errors import N_, Reason, Refused
from app.mechanism.schema import Mechanism
from app.models import Case, Party
from app.rules.identity import Checked, Invalid, check_credit_code, check_id_number, check_phone
from app.rules.registration import NOT_LINKED
from app.security.sight import AnySession

#: Roles in which somebody brings a matter.
APPLICANTS = ("applicant", "co_applicant")
#: More cases than these nobody compares.
MOST = 3
LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Sought:
    """By what an earlier case of the same matter is known; what is unknown is empty."""

    category: int
    name: str
    employer: str
    id_number: str
    credit_code: str
    phone: str


def sought(body: Any, today: date) -> Sought | None:
    """Return what to look for, out of a registration as far as it is filled in; or None.

    Numbers that are not right yet are left out, as nothing can equal them.
    """
    if not isinstance(body, Mapping) or type(body.get("category")) is not int:
        return None
    applicant = body.get("applicant")
    if not isinstance(applicant, Mapping):
        return None

    def text(source: Mapping[str, Any], name: str) -> str:
        value = source.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(name: str, check: Callable[[str], Checked]) -> str:
        try:
            return check(text(applicant, name)).value
        except Invalid:
            return ""

    return Sought(
        category=body["category"],
        name=text(applicant, "name"),
        employer=text(body, "employer"),
        id_number=number("id_number", lambda raw: check_id_number(raw, today=today)),
        credit_code=number("credit_code", check_credit_code),
        phone=number("phone", check_phone),
    )


def similar(
    session: AnySession, place_id: int, mechanism: Mechanism, wanted: Sought | None
) -> list[Case]:
    """Return the open cases of the same matter within sight, the latest first; one statement."""
    by = _applicants(place_id, wanted) if wanted is not None else []
    if wanted is None or not by:
        return []
    finished = [key for key, one in mechanism.stages.items() if one.state == "finished"]
    query = (
        select(Case)
        .where(
            Case.jurisdiction_id == place_id,
            Case.category == wanted.category,
            Case.stage.not_in(finished),
            Case.id.in_(union(*by) if len(by) > 1 else by[0]),
        )
        .order_by(Case.id.desc())
        .limit(MOST)
    )
    return list(session.scalars(query))


def _applicants(place_id: int, wanted: Sought) -> Sequence[Select[int]]:
    """Return a query of case ids for each way in which the applicant is known."""
    known = [
        column == value
        for column, value in (
            (Party.id_index, blind_index(wanted.id_number or None)),
            (Party.phone_index, blind_index(wanted.phone or None)),
            (Party.credit_code, wanted.credit_code),
        )
        if value
    ]
    mine = select(Party.case_id).where(
        Party.jurisdiction_id == place_id, Party.role.in_(APPLICANTS)
    )
    found = [mine.where(one) for one in known]
    if wanted.name and wanted.employer:
        named = mine.join(Case, Case.id == Party.case_id)
        found.append(named.where(Party.name == wanted.name, Case.employer == wanted.employer))
    return found


def linked_id(session: AnySession, place_id: int, body: Any) -> int | None:
    """Return the case that a registration is linked to; None where it is linked to none.

    Raises Refused where there is no such case within sight.
    """
    number = body.get("linked") if isinstance(body, Mapping) else None
    if not isinstance(number, str) or number.strip() in ("", NOT_LINKED):
        return None
    query = select(Case.id).where(
        Case.jurisdiction_id == place_id, Case.number == number.strip()[:LONGEST_NUMBER]
    )
    found = session.scalar(query)
    if found is None:
        text = N_("There is no case of this number to link to, or it is out of your sight")
        raise Refused(Reason(text), {"linked": [Reason(text)]})
    return found
