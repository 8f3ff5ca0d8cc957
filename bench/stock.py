"""The databases of a run: one for the product and, for each floor, a copy of it.

The floors write acts that no engine checked; on copies they spoil nothing that is measured.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import make_url, select

from app import clock, create_app, database, deploy
from app.models import Case, Jurisdiction
from app.rules.chain import first_break
from app.security.posts import database_session
from app.security.sight import Scope, see
from bench import patterns
from bench.volume import Volume

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=clock.CHINA)
PATTERNS_FROM = NOW - timedelta(days=21)
SEED = 20261101
PLACE = "zezhou"
FLOORS = ("sql", "web")
SECRETS = {
    "SECRET_KEY": "only-for-the-bench-0123456789-0123456789",
    "PII_KEY": "only-for-the-bench-9876543210-9876543210",
}


@dataclass
class Stock:
    """A database of N cases on one engine: the application on it, and copies for the floors."""

    kind: str
    app: Flask
    copies: dict[str, str]
    count: int


def build(kind: str, folder: Path, count: int, server: str | None) -> Stock:
    """Deploy, load and copy; say how long it took."""
    address = _sqlite(folder) if kind == "sqlite" else _postgres(server or "")
    app = deployed(address("product"), folder / f"instance-{kind}")
    began = time.perf_counter()
    made = _fill(app, count)
    _say(f"{kind}: {made} cases in {time.perf_counter() - began:.0f} s")
    engine = app.extensions["lianchu.session"].get_bind()
    engine.dispose()
    copies = {}
    for floor in FLOORS:
        copies[floor] = address(floor, copy_of="product")
    return Stock(kind, app, copies, made)


def empty(kind: str, folder: Path, server: str | None) -> Flask:
    """Return the application on a database that holds the demonstration alone."""
    address = _sqlite(folder) if kind == "sqlite" else _postgres(server or "")
    return deployed(address("alone"), folder / f"instance-{kind}")


def deployed(url: str, instance: Path) -> Flask:
    """Return the application on a fresh database, as a first start leaves it."""
    database.upgrade(url)
    app = create_app(
        {
            "DATABASE_URL": url,
            "INSTANCE_DIR": str(instance),
            "DEMO": True,
            "SERVER_TIMING": True,
            "FAB_PASSWORD_HASH_METHOD": "scrypt:16:1:1",
            **SECRETS,
        }
    )
    deploy.run(app)
    return app


def _fill(app: Flask, count: int) -> int:
    """Bring the database to that many cases of the demonstration's first jurisdiction."""
    with app.app_context(), database.write_transaction():
        session = database_session()
        see(session, Scope.system())
        place = session.scalars(select(Jurisdiction).where(Jurisdiction.key == PLACE)).one()
        maker = patterns.Maker(session, place, PATTERNS_FROM)
        made = maker.make()
        there = len(session.scalars(select(Case.id).where(Case.jurisdiction_id == place.id)).all())
        session.remove()  # type: ignore[union-attr]  # a scoped session
        engine: Any = session.get_bind()
        some = Volume(engine, made, SEED).fill(max(0, count - there))
        see(session, Scope.system())
        _check(session, some)
        return max(count, there)


def _check(session: Any, case_ids: list[int]) -> None:
    """Raise where a copied case is not chained as the engine would chain it."""
    for case in patterns.whole(session, case_ids):
        broken = first_break(case.number, case.events, case.papers)
        if broken:
            raise RuntimeError(f"a copy is not as the engine writes it: {broken}")
    session.remove()


def _sqlite(folder: Path) -> Callable[..., str]:
    def address(name: str, copy_of: str = "") -> str:
        path = folder / f"{name}.db"
        if copy_of:
            shutil.copyfile(folder / f"{copy_of}.db", path)
        return f"sqlite:///{path}"

    return address


def _postgres(server: str) -> Callable[..., str]:
    def address(name: str, copy_of: str = "") -> str:
        own = f"lianchu_bench_{name}"
        source = f' TEMPLATE "lianchu_bench_{copy_of}"' if copy_of else ""
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{own}"{source}')
        return make_url(server).set(database=own).render_as_string(hide_password=False)

    return address


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
