"""`flask evaluate`: the evaluation of a whole jurisdiction as a file, for the office to send."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app import clock
from app.directory import directory_of, jurisdiction_of
from app.documents.docx import write_docx
from app.errors import AppError
from app.evaluation import report
from app.evaluation.counting import Reader, read_span
from app.screens.formats import date_full
from app.security.posts import database_session
from app.security.sight import Scope, see
from app.spreadsheet import workbook

FORMS = ("json", "xlsx", "docx")


@click.command("evaluate")
@click.option("--jurisdiction", "key", required=True)
@click.option("--from", "first", required=True, help="The first day: 2024-11-01.")
@click.option("--to", "last", required=True, help="The last day, included.")
@click.option("--format", "form", required=True, type=click.Choice(FORMS))
@click.option("-o", "file", required=True, type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def evaluate(key: str, first: str, last: str, form: str, file: Path) -> None:
    """Write the evaluation report of a jurisdiction to a file."""
    try:
        found = _drawn(key, first, last)
    except AppError as refusal:
        raise click.ClickException(refusal.reason.say()) from refusal
    with force_locale(current_app.config["BABEL_DEFAULT_LOCALE"]):
        content = _WRITERS[form](found)
    try:
        file.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f"{len(found.values)} indicators, {len(found.charts)} charts: {file}")


def _drawn(key: str, first: str, last: str) -> report.Report:
    """Return the figures of a whole jurisdiction; nothing is written to the database."""
    session, now = database_session(), clock.now()
    see(session, Scope.system())
    world = directory_of(session, jurisdiction_of(session, key))
    return report.draw(Reader(session, world, None, read_span(first, last, now.date()), now))


def _json(found: report.Report) -> bytes:
    whole = report.as_json(found, gettext)
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _xlsx(found: report.Report) -> bytes:
    return workbook(report.sheets(found, gettext))


def _docx(found: report.Report) -> bytes:
    return write_docx(report.paper(found, date_full, gettext), issued_at=found.reader.now)


_WRITERS: dict[str, Callable[[report.Report], bytes]] = {
    "docx": _docx,
    "json": _json,
    "xlsx": _xlsx,
}
