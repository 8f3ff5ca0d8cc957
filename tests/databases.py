"""Databases for tests: one per worker, brought back to a known state before every test.

Two states on each of the two engines: `empty` is migrated, `deployed` also holds what the deploy
step loads. The first worker that needs a state builds it; the others, and every later test, copy
it (SQLite: the file; PostgreSQL: CREATE DATABASE … TEMPLATE, about 50 ms without fsync).
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url
from werkzeug.security import generate_password_hash

from app import database, directory

KINDS = ("sqlite", "postgresql")
STATES = ("empty", "deployed")

#: Cases of each jurisdiction: one for each length of way that the demonstration takes cases.
CASES = 10
#: Tests ask who may log in, not how long it takes to find out.
QUICK_HASH = "scrypt:1024:8:1"

#: The same in every worker, because sealed columns and cookies of a copied state must open.
SECRETS = {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789",
    "PII_KEY": "only-for-tests-9876543210-9876543210",
}


def need(what: str, *, missing: bool, mend: str) -> None:
    """Skip by name where the machine lacks something; fail instead where REQUIRE_ALL=1."""
    if not missing:
        return
    sentence = f"{what} is missing: {mend}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


class Store(ABC):
    """One state of one engine: the worker's own database, and the template it is copied from."""

    def __init__(self, kind: str, state: str, *, shared: Path, own: Path, worker: str) -> None:
        """`shared` is a folder of the whole run, `own` of this worker."""
        self.kind, self.state = kind, state
        self.shared, self.own, self.worker = shared, own, worker
        self._app: Flask | None = None

    @property
    def app(self) -> Flask:
        """The application on this database; made once, because that is the slow part."""
        if self._app is None:
            from app import create_app

            settings: dict[str, Any] = {
                "TESTING": True,
                "DEMO": True,
                "DATABASE_URL": self.url,
                "INSTANCE_DIR": str(self.own / "instance"),
                "FAB_PASSWORD_HASH_METHOD": QUICK_HASH,
                **SECRETS,
            }
            self._app = create_app(settings)
        return self._app

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the worker's own database."""

    def restore(self) -> None:
        """Bring the worker's database to the known state."""
        self.let_go()
        with self._alone():
            if not self._has_template():
                self._build()
                return
        self._copy_from_template()

    def let_go(self) -> None:
        """Close every connection of the application, and forget what it read of the database."""
        directory.forget()
        if self._app is not None:
            session = self._app.appbuilder.session  # type: ignore[attr-defined]
            session.remove()
            session.get_bind().dispose()

    def _build(self) -> None:
        self._clear()
        database.upgrade(self.url)
        if self.state == "deployed":
            self._deploy()
        self._copy_to_template()

    def _deploy(self) -> None:
        """Load what a first start loads, with fewer cases and a hash that costs nothing."""
        from app import demo, deploy

        quick = functools.partial(generate_password_hash, method=QUICK_HASH)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo, "CASES", CASES)
            patch.setattr(demo, "generate_password_hash", quick)
            deploy.run(self.app)
        self.let_go()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one worker at a time build the template."""
        with (self.shared / f"{self.kind}-{self.state}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @abstractmethod
    def _has_template(self) -> bool: ...

    @abstractmethod
    def _clear(self) -> None: ...

    @abstractmethod
    def _copy_to_template(self) -> None: ...

    @abstractmethod
    def _copy_from_template(self) -> None: ...

    def close(self) -> None:
        """Give back what the worker holds at its end."""
        self.let_go()


class SqliteStore(Store):
    """A file, copied."""

    @property
    def _file(self) -> Path:
        return self.own / f"{self.state}.db"

    @property
    def _template(self) -> Path:
        return self.shared / f"{self.state}-template.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self._file}"

    def _has_template(self) -> bool:
        return self._template.exists()

    def _clear(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _copy_to_template(self) -> None:
        # The last connection that closes folds the write-ahead log into the file.
        draft = self._template.with_suffix(".draft")
        shutil.copyfile(self._file, draft)
        draft.rename(self._template)

    def _copy_from_template(self) -> None:
        self._clear()
        shutil.copyfile(self._template, self._file)


class PostgresStore(Store):
    """A database of the throw-away cluster, made from a template."""

    @property
    def _server(self) -> str:
        return os.environ["TEST_POSTGRES_URL"]

    @property
    def _name(self) -> str:
        return f"lianchu_{self.state}_{self.worker}_{os.getpid()}"

    @property
    def _template(self) -> str:
        # The folder of the run is new for every run; its name keeps two runs apart.
        run = "".join(sign for sign in self.shared.name if sign.isalnum())
        return f"lianchu_{self.state}_template_{run}_{self.shared.stat().st_ino}"

    @property
    def url(self) -> str:
        return (
            make_url(self._server).set(database=self._name).render_as_string(hide_password=False)
        )

    def _say(self, *statements: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]  # names of our own making

    def _has_template(self) -> bool:
        with psycopg.connect(self._server) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [self._template]
            )
            return found.fetchone() is not None

    def _clear(self) -> None:
        self._say(
            f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)',
            f'CREATE DATABASE "{self._name}"',
        )

    def _copy_to_template(self) -> None:
        self._say(f'CREATE DATABASE "{self._template}" TEMPLATE "{self._name}"')

    def _copy_from_template(self) -> None:
        self._say(
            f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)',
            f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"',
        )

    def close(self) -> None:
        super().close()
        self._say(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')


def store(kind: str, state: str, *, shared: Path, own: Path, worker: str) -> Store:
    """Return the store of a state on an engine."""
    made = SqliteStore if kind == "sqlite" else PostgresStore
    return made(kind, state, shared=shared, own=own, worker=worker)
