"""`flask post …`: who holds which post, for a real system until the screens do it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app import clock
from app.directory import (
    ADMIN,
    CLERK,
    COORDINATOR,
    SIGNATORY,
    Directory,
    directory_of,
    jurisdiction_of,
    next_position,
)
from app.models import Appointment
from app.security.sight import AnySession

ISO = click.DateTime(["%Y-%m-%d"])


def make(writing: Any) -> AppGroup:
    """Return the group; `writing` runs a command as one transaction (see app.cli)."""
    group = AppGroup("post", help="Coordinators, signatories, leaders, authorisations.")

    @group.command("appoint")
    @click.argument("person")
    @click.option("--jurisdiction", "key", required=True)
    @click.option("--post", required=True, help="coordinator, signatory, or a mechanism's post")
    @click.option("--unit", help="The body; a post of the mechanism has its own.")
    @click.option("--phone", default="", help="Papers name it: a coordinator needs one.")
    @click.option("--title", default="")
    @click.option("--from", "start", type=ISO, help="The first day; by default today.")
    @click.option("--until", "end", type=ISO, help="The last day.")
    @click.option("--stands-in-for", help="A recorded authorisation to act for this post.")
    @writing
    def appoint(session: AnySession, person: str, key: str, post: str, **more: Any) -> None:
        """Let a person hold a post from a day on."""
        place = jurisdiction_of(session, key)
        directory = directory_of(session, place)
        row = _appointment(directory, person, post, **more)
        row.position = next_position(session, place.id)
        session.add(row)
        session.flush()
        click.echo(f"appointment {row.id} made: {person}, {post} of {row.body_key}")

    @group.command("end")
    @click.argument("appointment", type=int)
    @click.option("--on", "end", type=ISO, help="The last day; by default yesterday.")
    @writing
    def end(session: AnySession, appointment: int, end: datetime | None) -> None:
        """End an appointment; who held the post on a day stays true later."""
        row = session.scalar(select(Appointment).where(Appointment.id == appointment))
        if row is None:
            raise click.ClickException(f"There is no appointment {appointment}.")
        row.until_on = end.date() if end else clock.today() - timedelta(1)
        click.echo(f"{row.person}: {row.post} of {row.body_key} until {row.until_on}")

    return group


def _appointment(
    directory: Directory,
    person: str,
    post: str,
    *,
    unit: str | None,
    phone: str,
    title: str,
    start: datetime | None,
    end: datetime | None,
    stands_in_for: str | None,
) -> Appointment:
    known = directory.mechanism
    posts = (COORDINATOR, SIGNATORY, CLERK, ADMIN, *known.posts)
    if post not in posts:
        raise click.UsageError(f"--post is one of: {', '.join(posts)}")
    if stands_in_for is not None and stands_in_for not in known.posts:
        raise click.UsageError(f"--stands-in-for is one of: {', '.join(known.posts)}")
    body = known.posts[post].body if post in known.posts else unit
    if body is None or body not in known.bodies:
        raise click.UsageError(f"--unit is one of: {', '.join(known.bodies)}")
    if post == COORDINATOR and not phone:
        raise click.UsageError("--phone is needed: the notice to the applicant names it")
    first = start.date() if start else clock.today()
    if end is not None and end.date() < first:
        raise click.UsageError("--until is before --from")
    return Appointment(
        jurisdiction_id=directory.jurisdiction_id,
        body_key=body,
        post=post,
        person=person,
        title=title,
        phone=phone,
        from_on=first,
        until_on=end.date() if end else None,
        stands_in_for=stands_in_for,
    )
