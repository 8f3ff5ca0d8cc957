"""`flask backup`, `restore` and `files sweep`: keeping what is there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

import config
from app import clock, columns, directory, search
from app.database import DatabaseProblem, write_transaction
from app.keeping import backup as keeping
from app.keeping import restore as bringing
from app.keeping.packing import BackupProblem
from app.keeping.sweep import sweep
from app.security.posts import database_session
from app.security.sight import Scope, see
from app.uploads import folder_of

FILE = click.Path(dir_okay=False, path_type=Path)
files = AppGroup("files", help="The stored files.")


@click.command("backup")
@click.argument("file", type=FILE)
@click.option("--keys", type=FILE, help="Write the keys to this file, for another place.")
@with_appcontext
def backup(file: Path, keys: Path | None) -> None:
    """Write database and files to FILE, while the system serves."""
    settings = current_app.config
    began, engine = time.perf_counter(), database_session().get_bind()
    try:
        if keys is not None:
            keeping.write_keys(keys, settings)
        written = keeping.write(
            engine.engine,
            folder_of(settings),
            file,
            pii_key=settings["PII_KEY"],
            made_at=clock.now(),
        )
    except (BackupProblem, DatabaseProblem) as problem:
        raise click.ClickException(str(problem)) from problem
    holds = written.manifest
    size = file.stat().st_size / config.MEGABYTE
    seconds = time.perf_counter() - began
    click.echo(f"{file}: {holds.rows} rows, {holds.files} files, {size:.1f} MB, {seconds:.1f} s")
    _say_keys(keys)
    if written.missing:
        names = ", ".join(written.missing[:5])
        raise click.ClickException(
            f"{len(written.missing)} files that the database names are not in the store "
            f"({names}): look for them in an older backup."
        )


def _say_keys(keys: Path | None) -> None:
    if keys is None:
        click.echo(
            "The keys are not in it. Without PII_KEY nobody reads the telephones and ID numbers: "
            "keep it in another place (--keys FILE writes it)."
        )
    else:
        click.echo(f"{keys} holds the keys: keep it in another place than the backup.")


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Let it take the place of what is there.")
@click.option("--keys", type=FILE, help="The keys that `backup --keys` wrote.")
@click.option("--check", is_flag=True, help="Only check that the backup is whole.")
@with_appcontext
def restore(file: Path, replace: bool, keys: Path | None, check: bool) -> None:
    """Bring database and files back from FILE; stop the server first."""
    settings, began = current_app.config, time.perf_counter()
    try:
        if check:
            manifest = bringing.read(file)
            click.echo(f"{file} is whole: {manifest.rows} rows, {manifest.files} files")
            return
        told = keeping.read_keys(keys) if keys is not None else {}
        done = bringing.bring_back(
            settings["DATABASE_URL"],
            folder_of(settings),
            file,
            pii_key=told.get("PII_KEY", settings["PII_KEY"]),
            replace=replace,
        )
        _keep_keys(told, settings)
    except (BackupProblem, DatabaseProblem) as problem:
        raise click.ClickException(str(problem)) from problem
    _find_again()
    seconds = time.perf_counter() - began
    click.echo(f"{done.rows} rows and {done.files} files of {done.made_at}, {seconds:.1f} s")
    click.echo("Now run: flask --app app audit verify")


def _keep_keys(told: Mapping[str, str], settings: Any) -> None:
    """Put the keys that came with the backup into INSTANCE_DIR, and read with them."""
    for name, secret in told.items():
        if secret != settings[name]:
            path = Path(settings["INSTANCE_DIR"]) / name.lower()
            path.touch(mode=0o600)
            path.write_text(f"{secret}\n", encoding="utf-8")
    if told:
        columns.set_keys(told["PII_KEY"])


def _find_again() -> None:
    """Write anew by what the cases are found."""
    directory.forget()
    session = database_session()
    session.remove()  # type: ignore[union-attr]  # ours is one for each thread
    with write_transaction():
        see(session, Scope.system())
        search.catch_up(session)
        session.commit()


@files.command("sweep")
@click.option("--delete", is_flag=True, help="Delete them; without it they are only counted.")
@with_appcontext
def sweep_files(delete: bool) -> None:
    """Find stored files that no row names, an hour old or more."""
    session = database_session()
    see(session, Scope.system())
    found = sweep(session, folder_of(current_app.config), clock.now(), delete=delete)
    done = "deleted" if delete else "that no row names; --delete removes them"
    click.echo(f"{found.files} files, {found.size / config.MEGABYTE:.1f} MB, {done}")
