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

from app import clock, demo, holidays, intake, views
from app.check.sources import read_source
from app.database import ROOT, write_transaction
from app.generated import rights
from app.mechanism.folder import read_profile
from app.mechanism.loader import load_written
from app.models import MechanismVersion
from app.publishing import publish
from app.rules.workdays import load_calendar_files
from app.search import catch_up
from app.security.posts import database_session
from app.security.sight import AnySession, Scope, see

MECHANISMS = ROOT / "mechanisms"
CALENDARS = ROOT / "calendars"
#: What moved a last day, in the chain of its case, where a release brought the notice.
SOURCE = "calendars/"


def run(app: Flask) -> None:
    """Load everything that the repository holds into the application's database."""
    with app.app_context(), write_transaction():
        session = database_session()
        see(session, Scope.system())
        now = clock.now()
        for path in profiles():
            load_profile(session, path, now)
        days = holidays.unknown(session, load_calendar_files(CALENDARS))
        holidays.bring(session, days, now, source=SOURCE)
        intake.seal_opponents(session)
        session.commit()
        synchronise_rights(app)
        session.commit()
        if app.config["DEMO"]:
            demo.prepare(session, app.config["DEMO_PASSWORD"], now)
            session.commit()
        catch_up(session)


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
    rights.synchronise(appbuilder, database_session(), views.VIEWS)


# --- mechanisms


def load_profile(
    session: AnySession, path: Path, now: datetime, first_day: date | None = None
) -> tuple[MechanismVersion, bool]:
    """Load a profile as a new version; the same content makes none. Return it, and whether new.

    See app.publishing.publish for the day from which it holds, and for what is raised.
    """
    written = read_profile(path)
    source = read_source(load_written(written), path) or ""
    return publish(
        session, written.text, name=str(path), source=source, now=now, first_day=first_day
    )
