"""The two good profiles as texts, with one place changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from app.mechanism.folder import read_profile
from tests.check.seeded import Fault

FOLDER = Path("mechanisms")


def path_of(key: str) -> Path:
    return FOLDER / key / "mechanism.yaml"


@cache
def text_of(key: str) -> str:
    return read_profile(path_of(key)).text


def sown(fault: Fault) -> tuple[str, int]:
    """Return the profile with the fault, and the line where it was sown."""
    key, after, old, new, _, _ = fault
    text = text_of(key)
    at = text.index(old, text.index("\n" + after))
    return text[:at] + new + text[at + len(old) :], text.count("\n", 0, at) + 1
