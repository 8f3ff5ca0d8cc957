"""The good profile as a text, and what is told of it once a place is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.mechanism.folder import read_profile
from app.mechanism.loader import loads
from app.mechanism.problems import Problem, ProfileError

PROFILE = Path("mechanisms/zezhou/mechanism.yaml")
TEXT = read_profile(PROFILE).text
STAGES = list(loads(TEXT, "mechanism.yaml").stages)


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(ProfileError) as refusal:
        loads(text, "mechanism.yaml")
    return refusal.value.problems


def sown(old: str, new: str, after: str = "") -> tuple[str, int]:
    """Return the profile with one place changed, behind the line `after`, and the place's line."""
    start = TEXT.index("\n" + after) if after else 0
    at = TEXT.index(old, start)
    line = TEXT.count("\n", 0, at + len(old) - len(old.lstrip("\n"))) + 1
    return TEXT[:at] + new + TEXT[at + len(old) :], line


def told(text: str) -> list[Problem]:
    """Return what is wrong with a text, which may be right."""
    try:
        loads(text, "mechanism.yaml")
    except ProfileError as refusal:
        return refusal.problems
    return []
