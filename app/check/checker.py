"""The check of a profile: its shape, what it refers to, and what it means when it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.check.duties import tell_duties
from app.check.explore import explore
from app.check.findings import Finding, Notes, of_problem
from app.check.papers import tell_papers
from app.check.sources import tell_clauses
from app.check.ways import tell_ways
from app.mechanism.folder import read_profile
from app.mechanism.loader import loads
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Mechanism
from app.mechanism.yaml_reader import read_yaml


def check_file(path: Path) -> list[Finding]:
    """Return what is to be told of a profile, its papers and the document beside it."""
    try:
        written = read_profile(path)
    except ProfileError as error:
        return [replace(of_problem(one), file=one.file) for one in error.problems]
    findings = check_text(written.text, path)
    return [
        replace(one, file=file, line=line)
        for one in findings
        for file, line in [written.place(one.line)]
    ]


def check_text(text: str, path: Path | None = None, document: str | None = None) -> list[Finding]:
    """Return what is to be told of a profile's text.

    Quotations are looked up in `document`, or in the one beside the file at `path`; without
    either they are not looked up.
    """
    try:
        mechanism = loads(text, str(path))
        root, _ = read_yaml(text.encode(), str(path))
    except ProfileError as error:
        return [of_problem(one) for one in error.problems]
    notes = Notes(root)
    tell_standing(notes, mechanism, path, document)
    tell_ways(notes, explore(mechanism))
    return notes.sorted()


def tell_standing(
    notes: Notes, mechanism: Mechanism, path: Path | None = None, document: str | None = None
) -> None:
    """Tell what can be told without running the mechanism, which takes no time."""
    tell_papers(notes, mechanism)
    tell_duties(notes, mechanism)
    tell_clauses(notes, mechanism, path, document)


def is_sound(findings: Sequence[Finding]) -> bool:
    """Return whether nothing was found but warnings."""
    return all(one.is_warning for one in findings)
