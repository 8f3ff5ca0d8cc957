"""What the check tells: where it stands in the profile, what it is, what mends it, and how a case
comes there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import N_, Reason, Translate
from app.mechanism.problems import Problem
from app.mechanism.semantics import line_of
from app.mechanism.yaml_reader import Table


@dataclass(frozen=True)
class Finding:
    """One thing that the check tells of a profile. Warnings do not make the check fail.

    `line` counts from 1, `key` is the dotted path of the place; `path` names the acts of a
    shortest way by which a case comes there, the registration first. `file` is where it was
    written, where that is known better than by the profile's name.
    """

    line: int
    key: str
    what: Reason
    mend: Reason
    is_warning: bool = False
    path: tuple[str, ...] = ()
    file: str = ""

    def say(self, file: str, translate: Translate = str) -> str:
        """Return the line that the check prints: place, what is wrong, mend, and the way there."""
        told = f"{self.what.say(translate)}; {self.mend.say(translate)}"
        if self.is_warning:
            told = translate(N_("warning: %(told)s")) % {"told": told}
        if self.path:
            steps = " → ".join(self.path)
            told += " " + translate(N_("(way there: %(steps)s)")) % {"steps": steps}
        return f"{self.file or file}:{self.line}: {self.key}: {told}"


class Notes:
    """Gathers findings; knows where each part of the profile stands."""

    def __init__(self, root: Table) -> None:
        self.root = root
        self.found: list[Finding] = []

    def tell(
        self,
        key: str,
        what: str,
        mend: str,
        params: Mapping[str, Any] | None = None,
        *,
        path: Iterable[str] = (),
        line: int = 0,
        is_warning: bool = False,
    ) -> None:
        """Keep a finding about the part at a dotted path (or at a line known better)."""
        params = params or {}
        self.found.append(
            Finding(
                line or line_of(self.root, key),
                key,
                Reason(what, params),
                Reason(mend, params),
                is_warning,
                tuple(path),
            )
        )

    def warn(
        self, key: str, what: str, mend: str, params: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Keep a finding that does not make the check fail."""
        self.tell(key, what, mend, params, is_warning=True, **more)

    def sorted(self) -> list[Finding]:
        """Return what was found, in the order of the file."""
        return sorted(self.found, key=lambda one: (one.line, one.is_warning, one.key))


def of_problem(problem: Problem) -> Finding:
    """Return what the reading of a profile found as the check tells it."""
    return Finding(problem.line, problem.key, problem.what, problem.mend)
