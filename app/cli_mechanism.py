"""The commands on mechanisms: check, load, list, new, trace, compare, draw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select

from app import clock, deploy
from app.check.checker import check_file, is_sound
from app.check.trace import Traced, trace
from app.database import write_transaction
from app.directory import directory_of, jurisdiction_of
from app.errors import NotFound
from app.mechanism.loader import load
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Mechanism
from app.models import Jurisdiction, MechanismVersion
from app.security.posts import database_session
from app.security.sight import AnySession, Scope, see

mechanism = AppGroup("mechanism", help="Check, load, list, trace, compare and draw mechanisms.")


def make(writing: Any) -> AppGroup:
    """Return the group; `writing` runs a command as one transaction (see app.cli)."""
    file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    mechanism.command("load")(file(writing(_load)))
    mechanism.command("list")(writing(_list))
    return mechanism


def _load(session: AnySession, file: Path) -> None:
    """Make a profile a new version; the same content makes none."""
    try:
        version, is_new = deploy.load_profile(session, file, clock.now())
    except ProfileError as error:
        raise click.ClickException("\n".join(str(one) for one in error.problems)) from error
    click.echo(f"version {version.number} {'loaded' if is_new else 'is loaded already'}")


def _list(session: AnySession) -> None:
    """Print the versions that are loaded."""
    query = select(Jurisdiction, MechanismVersion).join(
        MechanismVersion, MechanismVersion.jurisdiction_id == Jurisdiction.id
    )
    for place, version in session.execute(
        query.order_by(Jurisdiction.key, MechanismVersion.number)
    ):
        until = version.valid_until or "—"
        click.echo(f"{place.key}\t{version.number}\t{version.valid_from}..{until}\t{place.name}")


@mechanism.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def check_profiles(files: tuple[Path, ...]) -> None:
    """Validate profiles: exit 1 with one line per problem; warnings alone pass."""
    sound = True
    for path in files:
        findings = check_file(path)
        for finding in findings:
            click.echo(finding.say(str(path)))
        if is_sound(findings):
            click.echo(f"{path}: sound")
        else:
            sound = False
    if not sound:
        sys.exit(1)


@mechanism.command("trace")
@click.argument("name", metavar="KEY")
def trace_clauses(name: str) -> None:
    """Print each clause with the parts that carry it out; exit 1 if some clause has none."""
    traced = trace(named(name))
    for one in traced:
        click.echo("\n".join(_clause_lines(one)))
    open_ones = [one.clause.key for one in traced if not one.is_settled]
    settled = len(traced) - len(open_ones)
    click.echo(gettext("%(n)s of %(all)s clauses are settled", n=settled, all=len(traced)))
    if open_ones:
        sys.exit(1)


def _clause_lines(one: Traced) -> list[str]:
    clause = one.clause
    lines = [f"{clause.shown}  {clause.key}  {clause.title}"]
    if not clause.operative:
        lines.append("    " + gettext("not operative: %(why)s", why=clause.why))
    elif not one.parts:
        lines.append("    " + gettext("nothing carries it out"))
    lines += [f"    {part.sort.say(gettext)}  {part.key}  {part.label}" for part in one.parts]
    return lines


def named(name: str) -> Mechanism:
    """Return a mechanism by the file of its profile, or by its key: on disk, else as loaded."""
    places = (Path(name), deploy.MECHANISMS / name / "mechanism.yaml")
    found = next((path for path in places if path.is_file()), None)
    try:
        return load(found) if found else _loaded(name)
    except ProfileError as error:
        raise click.ClickException("\n".join(str(one) for one in error.problems)) from error
    except NotFound as error:
        raise click.ClickException(error.reason.say(gettext)) from error


def _loaded(key: str) -> Mechanism:
    session = database_session()
    with write_transaction():
        see(session, Scope.system())
        return directory_of(session, jurisdiction_of(session, key)).mechanism
