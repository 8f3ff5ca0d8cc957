"""The command line: `flask --app app …` (CONTRACT.md, Command line)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from app import (
    cli_archive,
    cli_evaluation,
    cli_keeping,
    cli_mechanism,
    cli_posts,
    cli_time,
    clock,
    demo_cases,
)
from app.database import write_transaction
from app.directory import ADMIN, CLERK, directory_of, jurisdiction_of, next_position
from app.errors import AppError
from app.keeping.series import gaps
from app.models import Appointment, Case, Entry, Event, Jurisdiction, Paper
from app.rules.chain import first_break, links
from app.security import accounts
from app.security.posts import SUPERUSER, database_session
from app.security.sight import AnySession, Scope, see

demonstration = AppGroup("demo", help="Invented cases, through the engine's door.")
user = AppGroup("user", help="Accounts.")
audit = AppGroup("audit", help="The chains of events.")


def register(app: Flask) -> None:
    """Put the commands on the application."""
    made = (cli_mechanism.make(writing), cli_posts.make(writing), cli_archive.make(writing))
    for group in (
        *made,
        cli_time.calendar(writing),
        cli_time.sweeping(writing),
        demonstration,
        user,
        audit,
        cli_evaluation.evaluate,
    ):
        app.cli.add_command(group)
    for command in (cli_keeping.backup, cli_keeping.restore, cli_keeping.files):
        app.cli.add_command(command)


def writing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command as one transaction that sees everything; say refusals in a sentence."""

    @wraps(command)
    @with_appcontext
    def run(*args: Any, **kwargs: Any) -> Any:
        session = database_session()
        with write_transaction():
            see(session, Scope.system())
            try:
                command(session, *args, **kwargs)
                session.commit()
            except AppError as refusal:
                session.rollback()
                raise click.ClickException(refusal.reason.say()) from refusal

    return run


# --- demo, users, audit


@demonstration.command("load")
@click.option("--jurisdiction", "key", required=True)
@click.option("--cases", default=100, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--seed", default=1, show_default=True, type=int)
@writing
def load_demo(session: AnySession, key: str, cases: int, seed: int) -> None:
    """Register invented cases and take each some way."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("Invented cases go into a demonstration only: set DEMO=1.")
    made = demo_cases.load(session, jurisdiction_of(session, key), cases, seed, clock.now())
    click.echo(f"{made} cases")


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, help="superuser, clerk, admin, or a post of the mechanism")
@click.option("--jurisdiction", "key")
@click.option("--unit")
@click.option("--person", help="The name of the person; by default the account's.")
@click.option("--own-password", is_flag=True, help="Its person typed it: it need not be changed.")
@writing
def add_user(
    session: AnySession,
    name: str,
    role: str,
    key: str | None,
    unit: str | None,
    person: str | None,
    own_password: bool,
) -> None:
    """Make an account; the password is asked for, or read from standard input.

    Its person changes the password at the first login; a superuser has typed it personally.
    """
    manager: Any = current_app.extensions["appbuilder"].sm
    if manager.find_user(username=name) is not None:
        raise click.ClickException(f"There is an account {name} already.")
    place = None if role == "superuser" else _place_for(session, key)
    password = _password(name)
    body, post = _post_for(session, place, role, unit) if place else ("", "")
    fab_role = SUPERUSER if place is None else (f"unit {post}" if post in (CLERK, ADMIN) else post)
    made = manager.add_user(
        name,
        first_name=person or name,
        last_name="",
        email=f"{name}@account.invalid",
        role=manager.add_role(fab_role) or manager.find_role(fab_role),
        password=password,
    )
    if not made:
        raise click.ClickException("The account could not be made; look at the log.")
    is_start = place is not None and not own_password
    accounts.set_password(session, made.id, password, is_start=is_start)
    if place is not None:
        _appoint(session, place, (body, post, person or name), made.id)
    click.echo(f"account {name} made")


def _place_for(session: AnySession, key: str | None) -> Jurisdiction:
    if key is None:
        raise click.UsageError("--jurisdiction is needed for every role but superuser")
    return jurisdiction_of(session, key)


def _post_for(
    session: AnySession, place: Jurisdiction, role: str, unit: str | None
) -> tuple[str, str]:
    """Return body and post of a role: a unit's clerk or administrator, the office, or a post."""
    known = directory_of(session, place).mechanism
    if role in known.posts:
        return known.posts[role].body, role
    body = unit or (role if role in known.bodies else None)
    post = role if role in (CLERK, ADMIN) else ADMIN
    if body is None or body not in known.bodies:
        raise click.UsageError(f"--unit is one of: {', '.join(known.bodies)}")
    return body, post


def _appoint(
    session: AnySession, place: Jurisdiction, term: tuple[str, str, str], user_id: int
) -> None:
    """Bind the account to the person's current term in the list, or begin a term today."""
    body, post, person = term
    today = clock.today()
    query = select(Appointment).where(
        Appointment.jurisdiction_id == place.id,
        Appointment.body_key == body,
        Appointment.post == post,
        Appointment.person == person,
        Appointment.user_id.is_(None),
    )
    held = [one for one in session.scalars(query) if one.holds_on(today)]
    if held:
        held[0].user_id = user_id
        return
    session.add(
        Appointment(
            jurisdiction_id=place.id,
            body_key=body,
            post=post,
            person=person,
            user_id=user_id,
            position=next_position(session, place.id),
            from_on=today,
        )
    )


def _password(username: str) -> str:
    """Return the password: asked for on a terminal, read from standard input elsewhere."""
    if sys.stdin.isatty():
        given = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    else:
        given = sys.stdin.readline().rstrip("\n")
    if not given:
        raise click.UsageError("give the password on standard input")
    if faults := accounts.faults(given, username):
        raise click.ClickException("; ".join(one.say() for one in faults))
    return given


@audit.command("verify")
@click.option("--jurisdiction", "key")
@writing
def verify_chains(session: AnySession, key: str | None) -> None:
    """Re-compute the event chains; exit 1 naming the first event that does not fit."""
    query = select(Case).order_by(Case.jurisdiction_id, Case.id)
    if key is not None:
        query = query.where(Case.jurisdiction_id == jurisdiction_of(session, key).id)
    count = 0
    # Closed on the way out, too: PostgreSQL keeps a cursor for it.
    with session.scalars(query.execution_options(yield_per=200)) as cases:
        for case in cases:
            found = _broken(session, case)
            if found:
                click.echo(found, err=True)
                sys.exit(1)
            count += 1
    for place in _places(session, key):
        for gap in gaps(session, place):
            click.echo(gap, err=True)
            sys.exit(1)
    click.echo(f"{count} cases: every chain fits, no number is missing")


def _broken(session: AnySession, case: Case) -> str | None:
    """Return what does not fit in a case's chain."""
    events = session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.seq)
    ).all()
    papers = session.scalars(select(Paper).where(Paper.case_id == case.id)).all()
    entries = session.scalars(
        select(Entry).where(Entry.case_id == case.id).order_by(Entry.id)
    ).all()
    return first_break(case.number, events, papers, entries) or _cut(case, events, entries)


def _places(session: AnySession, key: str | None) -> Sequence[Jurisdiction]:
    if key is not None:
        return [jurisdiction_of(session, key)]
    return session.scalars(select(Jurisdiction).order_by(Jurisdiction.id)).all()


def _cut(case: Case, events: Any, entries: Any) -> str | None:
    """Return what is wrong at the chain's end: a record too few or too many."""
    chain = list(links(case.number, events, entries))
    last = chain[-1].hash if chain else ""
    if case.head_hash != last or case.version != len(events):
        return f"{case.number}: the end of the chain does not fit the case"
    return None
