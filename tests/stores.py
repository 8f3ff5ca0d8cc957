"""Databases filled once, kept as templates, and brought back fresh for each test.

They need no application: the tables come from the models, and `populate` fills them with the
same functions that the deploy step calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask_appbuilder import Model

from app import database, directory
from app.security import sight
from app.security.sight import AnySession
from tests.databases import PostgresStore, SqliteStore, Store

Populate = Callable[[AnySession], None]


def stores(
    state: str, populate: Populate, tmp: pytest.TempPathFactory, worker: str
) -> Iterator[Callable[[str], Store]]:
    """Yield what gives this worker's store of a kind of database, made when first asked for."""
    own, base = tmp.mktemp(state), tmp.getbasetemp()
    shared = base if worker == "master" else base.parent
    kinds = _filled_by(populate)
    made: dict[str, Store] = {}

    def get(kind: str) -> Store:
        if kind not in made:
            made[kind] = kinds[kind](kind, state, shared=shared, own=own, worker=worker)
        return made[kind]

    yield get
    for one in made.values():
        one.close()


def _filled_by(populate: Populate) -> dict[str, type[Store]]:
    """Return the stores of both kinds of database, built by filling an empty one."""

    class File(SqliteStore):
        def _build(self) -> None:
            _fill(self, populate)

    class Server(PostgresStore):
        def _build(self) -> None:
            _fill(self, populate)

    return {"sqlite": File, "postgresql": Server}


def _fill(store: Store, populate: Populate) -> None:
    store._clear()
    engine = database.make_engine(store.url)
    Model.metadata.create_all(engine)
    session = database.make_session(engine)
    with database.write_transaction():
        populate(session)
    session.remove()
    engine.dispose()
    store._copy_to_template()


@contextmanager
def opened(store: Store) -> Iterator[AnySession]:
    """A session, under the rule of sight, on the store as it was filled."""
    store.restore()
    directory.forget()
    engine = database.make_engine(store.url)
    session = database.make_session(engine)
    sight.install(session)
    yield session
    session.remove()
    engine.dispose()
    directory.forget()
