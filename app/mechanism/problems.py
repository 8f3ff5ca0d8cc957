"""What is wrong with a profile: where it stands, what it is, and what would mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from app.errors import AppError, Reason

#: More problems than this are no longer read by anybody; the first ones are shown.
MOST_PROBLEMS = 100
#: Beyond so many known words no nearest match is sought: it would cost more than it helps.
MOST_CANDIDATES = 400
#: Known words that a mend lists.
MOST_LISTED = 24
_QUOTED = 60


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a profile.

    `line` counts from 1, `key` is the dotted path of the place (`actions.transfer.by`).
    """

    file: str
    line: int
    key: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.what}; {self.mend}"


class ProfileError(AppError):
    """The profile is refused; `problems` holds all that is wrong with it, by file and line."""

    status = 422

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line))
        self.problems = found[:MOST_PROBLEMS]
        super().__init__(Reason("%(problems)s", {"problems": "\n".join(map(str, self.problems))}))


def quoted(text: str) -> str:
    """Return a word of the profile as a message repeats it: short and printable."""
    kept = "".join(one if one.isprintable() else "?" for one in text[:_QUOTED])
    return f"`{kept}{'…' if len(text) > _QUOTED else ''}`"


def mend_word(word: str, known: Collection[str]) -> str:
    """Return what to write instead of an unknown word: the nearest known one, and them all."""
    if not known:
        return "nothing of this kind is declared in the profile; declare it or take this out"
    near = get_close_matches(word[:_QUOTED], known, 1) if len(known) <= MOST_CANDIDATES else []
    listed = [str(one) for one in known][:MOST_LISTED]
    names = ", ".join(listed) + (", …" if len(known) > MOST_LISTED else "")
    return (
        f"did you mean {quoted(near[0])}? Known here: {names}" if near else f"known here: {names}"
    )
