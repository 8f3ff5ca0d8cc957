"""A case taken to the archive, and its package."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from app import archiving, database, files, workflow
from app.security.sight import Scope, see
from tests.databases import Store
from tests.factories import Door
from tests.peopled import _peopled_stores, door
from tests.stores import opened

__all__ = ["_peopled_stores", "door"]

WAY = ("accept", "resolve", "serve")
EVIDENCE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n"
Pack = Callable[..., Path]


@pytest.fixture
def shelf(tmp_path: Path) -> archiving.Shelf:
    """Where the files of these tests lie."""
    return archiving.Shelf(tmp_path / "files", "")


@pytest.fixture
def served(door: Door, shelf: archiving.Shelf) -> int:
    """A served case with an attachment."""
    return serve(door, shelf)


def serve(door: Door, shelf: archiving.Shelf) -> int:
    """Take a case with an attachment to its service."""
    case: int = door.register("tax", category=4).case_id
    bring(door, case, shelf)
    for key in WAY:
        door.do(case, "tax", key)
    return case


def close(door: Door, case: int) -> None:
    """Close both volumes of a case."""
    door.do(case, "tax", "archive", note="本卷材料齐全。")
    door.do(case, "office", "archive")


def bring(door: Door, case: int, shelf: archiving.Shelf, who: str = "tax") -> None:
    """Bring a file to a case."""
    kept = files.store(shelf.folder, io.BytesIO(EVIDENCE), 10_000)
    with database.write_transaction():
        workflow.attach(
            door.session,
            door.look(who),
            case,
            name="工资条 2024年5月.pdf",
            kind="evidence",
            media_type="application/pdf",
            size=kept.size,
            sha256=kept.sha256,
            now=door.now,
        )


@pytest.fixture
def archived(door: Door, served: int) -> int:
    """The case with both volumes closed."""
    close(door, served)
    return served


@pytest.fixture
def pack(door: Door, shelf: archiving.Shelf, tmp_path: Path) -> Pack:
    """Write the package of a case and return where it lies."""

    def write(case: int, body: str | None = None) -> Path:
        path = tmp_path / f"{case}-{body}.zip"
        export(door, case, shelf, path, body)
        return path

    return write


def export(
    door: Door, case: int, shelf: archiving.Shelf, path: Path, body: str | None = None
) -> None:
    """Write the package of a case to a path."""
    see(door.session, Scope.system())
    found = workflow.find(door.session, case)
    with path.open("wb") as out:
        archiving.export(door.session, found, out, body=body, shelf=shelf, now=door.now)


@pytest.fixture(scope="session")
def package(
    _peopled_stores: Callable[[str], Store], tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """A package that holds, made once: what is planted in it knows no database."""
    folder = tmp_path_factory.mktemp("package")
    shelf = archiving.Shelf(folder / "files", "")
    with opened(_peopled_stores("sqlite")) as session:
        door = Door(session)
        case = serve(door, shelf)
        close(door, case)
        export(door, case, shelf, folder / "good.zip")
    return (folder / "good.zip").read_bytes()
