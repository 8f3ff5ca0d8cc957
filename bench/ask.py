"""What one piece of work is about; every system gets the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

#: Whose queue is read, and who acts.
BODY, OFFICE = "tax", "office"


@dataclass(frozen=True)
class Ask:
    """A queue (`place`, `body`), a case that the body sees, and a body of it to be urged."""

    place: int
    body: str
    case_id: int
    to: str


#: Cases in which the body owes something: for acts and for reading alike.
_OPEN = """
SELECT DISTINCT t.jurisdiction_id, t.case_id, t.body FROM task t JOIN jurisdiction j
ON j.id = t.jurisdiction_id JOIN case_file c ON c.id = t.case_id
WHERE j.key = 'zezhou' AND t.body = :body AND t.state = 'open'
AND c.stage IN ('registered', 'handling', 'joint') ORDER BY t.case_id LIMIT :limit"""


def asks(engine: Any, count: int) -> list[Ask]:
    """Return that many pieces of work; they repeat where there are fewer cases."""
    with engine.connect() as connection:
        rows = connection.execute(text(_OPEN), {"body": BODY, "limit": count}).all()
    found = [Ask(place, BODY, case_id, body) for place, case_id, body in rows]
    return [found[number % len(found)] for number in range(count)]
