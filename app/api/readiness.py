"""What /ready looks at: whether the system can do its work now, and what it will soon lack.

Each check gives nothing where all is well, else a sentence for whoever keeps the server.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from app import database
from app.errors import N_, Reason
from app.models import CalendarRow, Party
from app.security.sight import AnySession

#: Below this nothing more is taken on; below the second it is time to make room.
LEAST_FREE, LITTLE_FREE = 50 * 1024 * 1024, 1024 * 1024 * 1024


@dataclass(frozen=True)
class Found:
    """What one check found: a fault stops the work, a warning does not yet."""

    reason: Reason
    is_fault: bool = True


Check = Callable[[AnySession, Mapping[str, Any], date], Found | None]


def findings(
    session: AnySession, settings: Mapping[str, Any], today: date
) -> dict[str, Found | None]:
    """Return what each check found; those that need the database only where it is in order."""
    found = {"database": _database(session), "disk": _disk(settings)}
    if found["database"] is None:
        found |= {"keys": _keys(session), "calendar": _calendar(session, today)}
    return found


def _database(session: AnySession) -> Found | None:
    if database.is_current(session.get_bind().engine):
        return None
    return Found(
        Reason(N_("The database is out of reach, or not at this program's version; see the log."))
    )


def _disk(settings: Mapping[str, Any]) -> Found | None:
    """Look at the disk of INSTANCE_DIR: files, and SQLite's database unless it lies elsewhere."""
    free = shutil.disk_usage(settings["INSTANCE_DIR"]).free
    if free >= LITTLE_FREE:
        return None
    text = N_("The disk of INSTANCE_DIR has %(free)s MB left; make room.")
    return Found(Reason(text, {"free": free // 2**20}), is_fault=free < LEAST_FREE)


def _keys(session: AnySession) -> Found | None:
    """Open one sealed telephone, where there is one."""
    sealed = Party.__table__.c.phone
    try:
        session.execute(select(sealed).where(sealed.is_not(None)).limit(1)).first()
    except InvalidTag:
        text = N_("PII_KEY does not open the personal data in this database; set the right key.")
        return Found(Reason(text))
    return None


def _calendar(session: AnySession, today: date) -> Found | None:
    """Ask for this year's holidays, and in December for the next year's."""
    wanted = today.year + (today.month == 12)
    day = CalendarRow.__table__.c.on
    query = select(day).where(day >= date(wanted, 1, 1), day <= date(wanted, 12, 31)).limit(1)
    if session.execute(query).first() is not None:
        return None
    text = N_("The holidays of %(year)s are not imported; last days in that year are provisional.")
    return Found(Reason(text, {"year": wanted}), is_fault=False)
