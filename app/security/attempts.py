"""How often the page for applicants may be asked in vain: per address and per case number.

Counted in the database and not in the process, so that several workers and a restart count
together: four digits are guessed in ten thousand tries, and a count per worker would let
through as many times more as there are workers. What is found is not counted, so that nobody
is kept from the own case by looking often.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from app import database
from app.columns import blind_index
from app.records import ProgressTry
from app.security.sight import AnySession

WINDOW = timedelta(hours=1)
#: Look-ups in vain within the hour, after which there is no answer. A county may sit behind one
#: address; a case number belongs to one applicant.
MOST_FROM_ADDRESS, MOST_FOR_NUMBER = 60, 10

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_TRIES: Any = ProgressTry.__table__


def limits(address: str, number: str, now: datetime) -> dict[str, int]:
    """Return under which keys a look-up counts within this hour, with the most of each."""
    hour = now.astimezone(UTC).strftime("%Y%m%d%H")
    keyed = {
        f"address {address} {hour}": MOST_FROM_ADDRESS,
        f"number {number} {hour}": MOST_FOR_NUMBER,
    }
    return {str(blind_index(words)): most for words, most in keyed.items()}


def is_over(session: AnySession, allowed: Mapping[str, int]) -> bool:
    """Return whether one of the limits is reached."""
    query = select(ProgressTry.key, ProgressTry.count).where(ProgressTry.key.in_(allowed))
    return any(count >= allowed[key] for key, count in session.execute(query))


def count(engine: Engine, allowed: Mapping[str, int], now: datetime) -> None:
    """Count one look-up in vain, in a transaction of its own, and forget those of past hours."""
    rows = [{"key": key, "count": 1, "until": now + WINDOW} for key in sorted(allowed)]
    query = _INSERT[engine.dialect.name](_TRIES).values(rows)
    query = query.on_conflict_do_update(index_elements=["key"], set_={"count": _TRIES.c.count + 1})
    with database.write_transaction(), engine.begin() as connection:
        connection.execute(delete(_TRIES).where(_TRIES.c.until < now))
        connection.execute(query)
