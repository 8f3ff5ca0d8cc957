"""The files of others that we serve are those of the lock file, and no others."""

from __future__ import annotations

import hashlib
from pathlib import Path


def entries(root: Path) -> dict[str, tuple[str, str]]:
    lines = (root / "app/static/vendor/vendor.lock").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {name: (licence, sha256) for _, _, licence, _, name, sha256 in rows}


def test_every_file_has_the_hash_of_the_lock_file(root: Path) -> None:
    for name, (_, sha256) in entries(root).items():
        content = (root / "app/static/vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256, name


def test_nothing_is_served_that_the_lock_file_does_not_name(root: Path) -> None:
    there = {one.name for one in (root / "app/static/vendor").iterdir()}
    assert there == {*entries(root), "vendor.lock"}


def test_every_licence_lets_us_hand_it_on(root: Path) -> None:
    assert {licence for licence, _ in entries(root).values()} <= {"Apache-2.0", "MIT", "0BSD"}
