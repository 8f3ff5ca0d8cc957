"""The commands on mechanisms: check, load, list, new, trace, compare, draw."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app import clock, deploy, drafts
from app.check.checker import check_file, is_sound
from app.check.differences import differences
from app.check.mermaid import mermaid
from app.check.svg import svg
from app.check.trace import Traced, links, trace
from app.database import write_transaction
from app.directory import directory_of, jurisdiction_of
from app.errors import NotFound, Reason
from app.mechanism.loader import load
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Mechanism
from app.mechanism.shapes import KEY
from app.models import Jurisdiction, MechanismVersion
from app.security.posts import database_session
from app.security.sight import AnySession, Scope, see

mechanism = AppGroup("mechanism", help="Check, load, list, trace, compare and draw mechanisms.")


def make(writing: Any) -> AppGroup:
    """Return the group; `writing` runs a command as one transaction (see app.cli)."""
    file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    first_day = click.option(
        "--from",
        "first_day",
        type=click.DateTime(["%Y-%m-%d"]),
        help="The day from which it holds, today or later; by default as soon as it can.",
    )
    mechanism.command("load")(file(first_day(writing(_load))))
    mechanism.command("list")(writing(_list))
    return mechanism


def _load(session: AnySession, file: Path, first_day: datetime | None) -> None:
    """Make a profile a new version; the same content makes none. What is not sound is refused."""
    findings = check_file(file)
    if not is_sound(findings):
        raise click.ClickException("\n".join(one.say(str(file)) for one in findings))
    for warning in findings:
        click.echo(warning.say(str(file)), err=True)
    day = first_day.date() if first_day else None
    version, is_new = deploy.load_profile(session, file, clock.now(), day)
    if is_new:
        click.echo(f"version {version.number} loaded; it holds from {version.valid_from}")
    else:
        click.echo(f"version {version.number} is loaded already")


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
@click.option("--links", "as_links", is_flag=True, help="One line a link: clause and place.")
def trace_clauses(name: str, as_links: bool) -> None:
    """Print each clause with the parts that carry it out; exit 1 if some clause has none."""
    found = named(name)
    if as_links:
        click.echo("\n".join(links(found)))
        return
    traced = trace(found)
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
    lines += [
        f"    {part.sort.say(gettext)}  {part.key}  {said(part.label)}" for part in one.parts
    ]
    return lines


@mechanism.command("diff")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
def compare(first: str, second: str) -> None:
    """Compare two mechanisms in words; nothing where they say the same."""
    here, there = named(first), named(second)
    names = (here.place, there.place) if here.place != there.place else (first, second)
    section = ""
    for one in differences(here, there):
        if (title := one.section.say(gettext)) != section:
            section = title
            click.echo(f"== {title} ==")
        click.echo(one.subject.say(gettext))
        for name, words in zip(names, (one.here, one.there), strict=True):
            listed = gettext(", ").join(map(said, words)) or gettext("none")
            click.echo(f"    {name}: {listed}")


@mechanism.command("diagram")
@click.argument("name", metavar="KEY")
@click.option("--format", "form", type=click.Choice(["svg", "mermaid"]), default="svg")
def draw(name: str, form: str) -> None:
    """Draw the flow of a mechanism."""
    found = named(name)
    drawn = mermaid(found) if form == "mermaid" else svg(found, translate=gettext)
    click.echo(drawn, nl=False)


@mechanism.command("new")
@click.argument("key")
def begin(key: str) -> None:
    """Write a skeleton profile, which passes the check, into mechanisms/KEY/."""
    if not KEY.fullmatch(key):
        raise click.UsageError("KEY begins with a small letter; then small letters, digits and _")
    path = deploy.MECHANISMS / key / "mechanism.yaml"
    if path.exists():
        raise click.ClickException(f"{path} exists already; choose another key, or edit it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drafts.skeleton(key), encoding="utf-8")
    click.echo(f"{path} written. Now edit it, then: flask --app app mechanism check {path}")


def said(words: str | Reason) -> str:
    """Return words in the language of the command line."""
    return words.say(gettext) if isinstance(words, Reason) else words


def named(name: str) -> Mechanism:
    """Return a mechanism by the file of its profile, or by its key: on disk, else as loaded."""
    places = (Path(name), deploy.MECHANISMS / name / "mechanism.yaml")
    found = next((path for path in places if path.is_file()), None)
    try:
        return load(found) if found else _loaded(name)
    except ProfileError as error:
        raise click.ClickException("\n".join(str(one) for one in error.problems)) from error
    except (NotFound, SQLAlchemyError) as error:
        known = ", ".join(sorted(path.parent.name for path in _profiles())) or "none"
        text = f"There is no mechanism {name}: neither a file, nor on disk ({known}), nor loaded."
        raise click.ClickException(text) from error


def _profiles() -> list[Path]:
    return list(deploy.MECHANISMS.glob("*/mechanism.yaml"))


def _loaded(key: str) -> Mechanism:
    session = database_session()
    with write_transaction():
        see(session, Scope.system())
        return directory_of(session, jurisdiction_of(session, key)).mechanism
