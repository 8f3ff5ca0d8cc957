"""`flask calendar` and `flask clocks`: holidays, the end of a period, the sweep over due dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app import clock, clocks, holidays
from app.directory import directory_of, jurisdiction_of
from app.models import Jurisdiction
from app.rules.due_dates import Period, due
from app.rules.holiday_notices import Given, decoded, read_local, read_national
from app.rules.workdays import MAX_FILE, BadCalendar, CalendarDay, WorkCalendar
from app.security.sight import AnySession

ISO = click.DateTime(["%Y-%m-%d"])
Writing = Callable[[Callable[..., None]], Callable[..., None]]


def calendar(writing: Writing) -> AppGroup:
    """Return the commands; `writing` gives a command the session that sees everything."""
    group = AppGroup("calendar", help="Import a year's holidays; compute a due date.")

    @group.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--jurisdiction", "key", help="Days of one county only, from a table (CSV).")
    @click.option("--notice", default="", help="The notice's number, where the file has none.")
    @click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
    @writing
    def import_days(
        session: AnySession, file: Path, key: str | None, notice: str, dry_run: bool
    ) -> None:
        """Import holidays and make-up days; open provisional due dates are reckoned again."""
        place = jurisdiction_of(session, key).id if key is not None else None
        days, source = _read(file, notice, is_local=place is not None)
        if dry_run:
            plan = holidays.plan(session, days, place)
        else:
            plan = holidays.bring(session, days, clock.now(), place, source=source)
        for line in _told(plan):
            click.echo(line)
        click.echo(f"{len(days)} days, {len(plan.changes)} new or changed")

    @group.command("due")
    @click.option("--from", "start", required=True, type=ISO)
    @click.option("--days", required=True, type=click.IntRange(0, 3660))
    @click.option("--calendar-days", is_flag=True, help="Natural days instead of working days.")
    @writing
    def due_date(session: AnySession, start: datetime, days: int, calendar_days: bool) -> None:
        """Print the day a period ends."""
        known = _national(session)
        found = due(start.date(), Period(days, "day" if calendar_days else "workday"), known)
        if found.provisional:
            click.echo(
                f"The holidays of {found.on.year} are not announced here yet: provisional. "
                "Import the year with: flask --app app calendar import FILE",
                err=True,
            )
        click.echo(found.on.isoformat())

    return group


def sweeping(writing: Writing) -> AppGroup:
    """Return the command of the daily sweep."""
    group = AppGroup("clocks", help="Open due dates: who is to be told is told.")

    @group.command("sweep")
    @writing
    def sweep(session: AnySession) -> None:
        """Tell of due dates that press, and note those missed; twice does no harm."""
        done = clocks.sweep(session, clock.now())
        click.echo(f"{done.looked} due dates, {done.told} notices, {done.missed} missed")

    return group


def _read(file: Path, notice: str, *, is_local: bool) -> tuple[list[CalendarDay], str]:
    """Return the days of a file, and the notice that the chain names as the reason."""
    with file.open("rb") as stream:
        content = stream.read(MAX_FILE + 1)
    try:
        given = Given(decoded(content, str(file)), str(file), notice)
        if is_local:
            return list(read_local(given)), notice
        year = read_national(given)
    except BadCalendar as bad:
        raise click.ClickException(str(bad)) from bad
    return list(year.days), year.notice


def _told(plan: holidays.Plan) -> list[str]:
    """Return what changes, a line for each day and for each due date that moves."""
    lines = []
    for one in plan.changes:
        was = f", was {one.was.kind} {one.was.name}" if one.was else ""
        lines.append(f"{one.day.on} {one.day.kind} {one.day.name}{was}")
    for move in plan.moves:
        stays = ": stays, a paper has told it" if move.stays else ""
        days = f"{move.before} -> {move.after}{stays}"
        lines.append(f"{move.number} {move.owner} {move.label}: {days}")
    return lines


def _national(session: AnySession) -> WorkCalendar:
    place = session.scalars(select(Jurisdiction).order_by(Jurisdiction.id).limit(1)).first()
    if place is None:
        raise click.ClickException("Nothing is loaded yet: start the system once with make run.")
    return directory_of(session, place).calendar
