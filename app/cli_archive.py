"""`flask archive`: the package of a case, and its check."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from app import archiving, clock
from app.archive import verifier
from app.models import Case
from app.security.sight import AnySession

Writing = Callable[[Callable[..., None]], Callable[..., None]]


def make(writing: Writing) -> AppGroup:
    """Return the commands; `writing` gives a command the session that sees everything."""
    group = AppGroup("archive", help="Archive packages of closed cases.")

    @group.command("export")
    @click.argument("number")
    @click.option("--body", help="one body's volume alone")
    @click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
    @writing
    def export(session: AnySession, number: str, body: str | None, output: Path) -> None:
        """Write the package of a case, all volumes or one body's."""
        found = session.scalars(select(Case).where(Case.number == number)).all()
        if len(found) != 1:
            raise click.ClickException(f"{number}: {len(found) or 'no'} cases have this number.")
        shelf = archiving.Shelf.of(current_app.config)
        _write(session, found[0], body, shelf, output)
        click.echo(f"{output}: {output.stat().st_size} bytes")

    @group.command("verify")
    @click.argument("file", type=click.Path(path_type=Path))
    def verify(file: Path) -> None:
        """Check a package by the items of DA/T 70-2018; exit 1 where one fails."""
        sys.exit(verifier.main([str(file)]))

    return group


def _write(
    session: AnySession, case: Case, body: str | None, shelf: archiving.Shelf, output: Path
) -> None:
    """Write beside the file and move it there whole: a package is never half written."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as out:
            archiving.export(session, case, out, body=body, shelf=shelf, now=clock.now())
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
