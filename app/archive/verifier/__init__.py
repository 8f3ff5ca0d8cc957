"""Checks an archive package, on any machine with Python 3.9 or later and nothing of this product.

Copy this folder anywhere and run, beside it, `python -m verifier PACKAGE.zip`. It reports by the
items of DA/T 70-2018 (authenticity, integrity, usability, safety) and exits with 1 where one of
them fails. `items.json` names the items in Chinese. It reads the package only, writes nothing,
and believes no size that the package states about itself.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .checks import CHECKS
from .package import Package, Unusable

__all__ = ["Finding", "Unusable", "main", "report", "verify"]

ITEMS = Path(__file__).with_name("items.json")
MOST_TOLD = 20


class Finding(NamedTuple):
    """What one item says: its code, whether it holds, and what is wrong where."""

    code: str
    holds: bool
    details: tuple[str, ...]


def verify(path: Path) -> list[Finding]:
    """Return what each item says of a package; raises Unusable where it is none."""
    package = Package(path)
    found = ((code, tuple(check(package))) for code, check in CHECKS.items())
    return [Finding(code, not details, details) for code, details in found]


def names() -> dict[str, str]:
    """Return the items' names, from items.json; English ones where it is not there."""
    spoken = {code: (check.__doc__ or "").split("\n")[0] for code, check in CHECKS.items()}
    with contextlib.suppress(OSError, ValueError, KeyError):
        spoken.update(json.loads(ITEMS.read_text(encoding="utf-8"))["items"])
    return spoken


def report(findings: list[Finding]) -> Iterator[str]:
    """Return the report in lines: each item, and below it what is wrong."""
    spoken = names()
    for code, holds, details in findings:
        yield f"{'+' if holds else 'x'} {code} {spoken[code]}"
        yield from (f"    {one}" for one in details[:MOST_TOLD])
        if len(details) > MOST_TOLD:
            yield f"    … {len(details) - MOST_TOLD} more"
    failed = sum(not one.holds for one in findings)
    yield f"{len(findings) - failed} / {len(findings)}"


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 where all items hold, 1 where one does not, 2 for a wrong call."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        findings = verify(Path(arguments[0]))
    except Unusable as error:
        print(f"x {arguments[0]}: not readable as a package: {error}")
        return 1
    for line in report(findings):
        print(line)
    return 0 if all(one.holds for one in findings) else 1
