"""What one pass over a profile gathers: its problems, and what it mentions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from app.errors import Reason
from app.mechanism.problems import MOST_PROBLEMS, Problem, mend_word, quoted, reason
from app.mechanism.schema import Ask


@dataclass(frozen=True)
class Mention:
    """A place that names something declared elsewhere in the profile (or an input of `scope`).

    `use` is the word or field around it (`open`, `then`), `types` what an input must be.
    """

    kind: str
    key: str
    line: int
    path: str
    use: str = ""
    scope: str = ""
    types: tuple[str, ...] = ()


class Reader:
    """What one pass over a profile gathers: its problems, and what it mentions."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.mentions: list[Mention] = []
        #: Kinds of things of which an undeclared one was mentioned.
        self.unresolved: set[str] = set()
        #: The inputs of each act, by its key.
        self.asks: dict[str, dict[str, Ask]] = {}
        #: The word or field that is being read, and the act whose inputs `$name` speaks of.
        self.use = ""
        self.scope = ""

    def fail(
        self, line: int, path: str, what: str | Reason, mend: str | Reason, /, **params: Any
    ) -> None:
        """Keep one more problem, its texts filled with the parameters.

        More than anybody reads are dropped.
        """
        if len(self.problems) < MOST_PROBLEMS:
            told = reason(what, params), reason(mend, params)
            self.problems.append(Problem(self.file, line, path or "profile", *told))

    def unknown(
        self, line: int, path: str, what: str, word: str, known: Collection[str], /, **params: Any
    ) -> None:
        """Keep a problem about a word, `%(word)s` in the text, that is not among those known."""
        if len(self.problems) < MOST_PROBLEMS:
            self.fail(line, path, what, mend_word(word, known), word=quoted(word), **params)

    def mention(
        self, kind: str, key: str, line: int, path: str, *, use: str = "", types: str = ""
    ) -> None:
        """Remember that something is named here, to be looked up when all is read."""
        kinds = tuple(types.split())
        self.mentions.append(Mention(kind, key, line, path, use or self.use, self.scope, kinds))
