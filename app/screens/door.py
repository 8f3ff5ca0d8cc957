"""What the log-in page shows: the county's bodies as a picture, accounts to try."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext
from sqlalchemy import select

from app.directory import directory_of
from app.mechanism.schema import Mechanism
from app.models import Jurisdiction
from app.screens.desk import session
from app.screens.formats import number_word

#: Counties that the log-in page names in a demonstration.
MOST_DOORS = 3


@dataclass(frozen=True)
class Door:
    """What the log-in page shows of the county."""

    title: str = ""
    number: str = ""
    motto: str = ""
    bodies: list[Any] = field(default_factory=list)
    progress_url: str = ""
    demo: Any = None


@dataclass(frozen=True)
class Demo:
    """Accounts of the demonstration, named on the log-in page under DEMO=1 only."""

    password: str
    accounts: list[tuple[str, str]]


def door() -> Door:
    """Return what the log-in page shows: the county; of several, a picture of one."""
    query = select(Jurisdiction).order_by(Jurisdiction.id.desc()).limit(MOST_DOORS)
    mechanisms = [directory_of(session(), place).mechanism for place in session().scalars(query)]
    if not mechanisms:
        return Door(motto=gettext("Several units, one matter, one answer"))
    shown, is_one = mechanisms[0], len(mechanisms) == 1
    members = [one for one in shown.bodies.values() if one.member]
    motto = gettext("%(n)s units, one matter, one answer", n=number_word(len(members)))
    several = gettext("Joint handling of disputes over social insurance premiums")
    return Door(
        title=shown.name if is_one else several,
        number=shown.source.number if is_one else "",
        motto=motto[:1].upper() + motto[1:],
        bodies=members,
        progress_url=url_for("screens.progress"),
        demo=_demo(mechanisms) if current_app.config.get("DEMO") else None,
    )


def _demo(mechanisms: list[Mechanism]) -> Demo:
    """Return accounts to begin with, of each county, with its name where they are several."""
    accounts = []
    for mechanism in mechanisms:
        place = "" if len(mechanisms) == 1 else f"{mechanism.place} "
        accounts += [(f"{place}{label}", name) for label, name in _accounts(mechanism)]
    return Demo(current_app.config["DEMO_PASSWORD"], accounts)


def _accounts(mechanism: Mechanism) -> list[tuple[str, str]]:
    """Return a clerk, the office and the first post that acts."""
    first = next((one for one in mechanism.bodies.values() if one.deciding), None)
    accounts = []
    if first is not None:
        label = gettext("%(unit)s, clerk", unit=first.short)
        accounts.append((label, f"{mechanism.key}-{first.key}-clerk"))
    accounts += [
        (one.short, f"{mechanism.key}-{key}")
        for key, one in mechanism.bodies.items()
        if one.sees_all
    ]
    accounts += [
        (one.label, f"{mechanism.key}-{key}")
        for key, one in list(mechanism.posts.items())[:1]
        if one.acts
    ]
    return accounts
