"""What a deployment loads into the database: mechanisms, calendar, rights, the demonstration.

Run once per content (see app.serve). Loading adds what is missing by stable key and never
overwrites or revives what a superuser edited (ARCHITECTURE, rule 7).
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_appbuilder.security.manager import BaseSecurityManager
from sqlalchemy import select

from app import clock, demo
from app.database import ROOT, write_transaction
from app.mechanism.loader import loads
from app.mechanism.schema import Mechanism
from app.models import (
    Appointment,
    Body,
    CalendarRow,
    CategoryRow,
    Jurisdiction,
    MechanismVersion,
)
from app.rules.workdays import CalendarDay, load_calendar_files
from app.security.posts import database_session
from app.security.sight import AnySession, Scope, see

MECHANISMS = ROOT / "mechanisms"
CALENDARS = ROOT / "calendars"


def run(app: Flask) -> None:
    """Load everything that the repository holds into the application's database."""
    with app.app_context(), write_transaction():
        session = database_session()
        see(session, Scope.system())
        now = clock.now()
        for path in profiles():
            load_profile(session, path, now)
        import_days(session, load_calendar_files(CALENDARS))
        session.commit()
        synchronise_rights(app)
        session.commit()
        if app.config["DEMO"]:
            demo.prepare(session, app.config["DEMO_PASSWORD"], now)
            session.commit()


def profiles() -> list[Path]:
    """Return the profiles that come with the product."""
    return sorted(MECHANISMS.glob("*/mechanism.yaml"))


def describe() -> str:
    """Return what the operator should know after a start: accounts, or how to make the first."""
    if current_app.config["DEMO"]:
        return demo.describe(database_session(), current_app.config["DEMO_PASSWORD"])
    if current_app.extensions["appbuilder"].sm.count_users() == 0:
        return (
            "There is no account yet. Make the first superuser with: "
            ".venv/bin/flask --app app user add NAME --role superuser"
        )
    return ""


def synchronise_rights(app: Flask) -> None:
    """Bring Flask-AppBuilder's permissions and the roles of posts in line with the views."""
    appbuilder: Any = app.extensions["appbuilder"]
    BaseSecurityManager.create_db(appbuilder.sm)
    appbuilder.add_permissions(update_perms=True)


# --- mechanisms


def load_profile(session: AnySession, path: Path, now: datetime) -> tuple[MechanismVersion, bool]:
    """Load a profile as a new version; the same content makes none. Return it, and whether new.

    Raises ProfileError where the profile is not sound.
    """
    text = path.read_text(encoding="utf-8")
    mechanism = loads(text, str(path))
    place = _jurisdiction(session, mechanism)
    known = session.scalar(
        select(MechanismVersion).where(
            MechanismVersion.jurisdiction_id == place.id,
            MechanismVersion.digest == mechanism.digest,
        )
    )
    if known is not None:
        return known, False
    last = session.scalars(
        select(MechanismVersion.number).where(MechanismVersion.jurisdiction_id == place.id)
    ).all()
    version = MechanismVersion(
        jurisdiction_id=place.id,
        number=max(last, default=0) + 1,
        digest=mechanism.digest,
        profile=text,
        valid_from=mechanism.valid_from,
        valid_until=mechanism.valid_until,
        loaded_at=now,
    )
    session.add(version)
    _add_missing_rows(session, place, mechanism)
    session.flush()
    return version, True


def _jurisdiction(session: AnySession, mechanism: Mechanism) -> Jurisdiction:
    place = session.scalar(select(Jurisdiction).where(Jurisdiction.key == mechanism.key))
    if place is None:
        place = Jurisdiction(
            key=mechanism.key,
            name=mechanism.place,
            place_code=mechanism.place_code,
            revision=0,
        )
        session.add(place)
        session.flush()
    return place


def _add_missing_rows(session: AnySession, place: Jurisdiction, mechanism: Mechanism) -> None:
    """Add bodies, categories and members of the profile whose keys are not there yet."""
    bodies = _known(session, Body.key, place)
    for position, body in enumerate(mechanism.bodies.values()):
        if body.key not in bodies:
            session.add(
                Body(
                    jurisdiction_id=place.id,
                    key=body.key,
                    name=body.name,
                    short=body.short,
                    kind=body.kind,
                    address="",
                    position=position,
                )
            )
    codes = _known(session, CategoryRow.code, place)
    for category in mechanism.categories.values():
        if category.key not in codes:
            session.add(
                CategoryRow(
                    jurisdiction_id=place.id,
                    code=category.key,
                    label=category.label,
                    short=category.short,
                )
            )
    _add_members(session, place, mechanism)


def _known(session: AnySession, column: Any, place: Jurisdiction) -> set[Any]:
    owner = column.class_
    return set(session.scalars(select(column).where(owner.jurisdiction_id == place.id)))


def _add_members(session: AnySession, place: Jurisdiction, mechanism: Mechanism) -> None:
    """Add the starting member list to a jurisdiction that has none (Z2, annex)."""
    posts = set(mechanism.posts)
    if posts & _known(session, Appointment.post, place):
        return
    for position, member in enumerate(mechanism.members):
        session.add(
            Appointment(
                jurisdiction_id=place.id,
                body_key=mechanism.posts[member.post].body,
                post=member.post,
                person=member.name,
                title=member.title,
                position=position,
                from_on=mechanism.valid_from,
            )
        )


# --- calendar


def import_days(
    session: AnySession, days: list[CalendarDay], jurisdiction_id: int | None = None
) -> int:
    """Store holidays and make-up days that are not there or differ; return how many changed."""
    place = CalendarRow.jurisdiction_id
    here = place.is_(None) if jurisdiction_id is None else place == jurisdiction_id
    known: dict[date, CalendarRow] = {
        r.on: r for r in session.scalars(select(CalendarRow).where(here))
    }
    changed = 0
    for day in days:
        row = known.get(day.on)
        if row is None:
            session.add(_calendar_row(day, jurisdiction_id))
        elif (row.kind, row.name, row.source) == (day.kind, day.name, day.source):
            continue
        else:
            row.kind, row.name, row.source = day.kind, day.name, day.source
        changed += 1
    return changed


def _calendar_row(day: CalendarDay, jurisdiction_id: int | None) -> CalendarRow:
    return CalendarRow(
        jurisdiction_id=jurisdiction_id, on=day.on, kind=day.kind, name=day.name, source=day.source
    )
