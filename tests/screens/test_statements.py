"""How many statements a page takes: the to-do eight at most, a case twelve, for any body."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.models import Case, CaseAccess, Jurisdiction
from app.security.sight import everything

TODO, CASE = 8, 12


def statements(response: Any) -> int:
    found = re.search(r'desc="(\d+)"', response.headers["Server-Timing"])
    assert found is not None
    return int(found[1])


def warm(client: Any, path: str) -> int:
    assert client.get(path).status_code == 200
    return statements(client.get(path))


@pytest.mark.parametrize("name", ["tax", "hrss-clerk", "office", "leader", "auditor"])
def test_the_todo_page_takes_eight_statements_at_most(login: Any, name: str) -> None:
    assert warm(login(f"zezhou-{name}"), "/todo/") <= TODO


@pytest.mark.parametrize("width", ["full", "progress"])
def test_a_case_page_takes_twelve_statements_at_most_for_any_width(
    login: Any, session: Any, width: str
) -> None:
    with everything(session):
        found = session.execute(
            select(CaseAccess.case_id, CaseAccess.body, Jurisdiction.key)
            .join(Case, Case.id == CaseAccess.case_id)
            .join(Jurisdiction, Jurisdiction.id == CaseAccess.jurisdiction_id)
            .where(CaseAccess.width == width, CaseAccess.body != "office")
            .order_by(CaseAccess.id)
        ).first()
    assert found is not None, f"the demonstration has no case seen as {width}"
    case_id, body, place = found
    assert warm(login(f"{place}-{body}"), f"/case/{case_id}") <= CASE
