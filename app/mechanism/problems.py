"""What is wrong with a profile: where it stands, what it is, and what would mend it.

Both are said as `Reason`: on screen in the reader's language, on the command line in English.
Words of the profile and keys of its form are parameters, the same in every language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from app.errors import N_, AppError, Reason

#: More problems than this are no longer read by anybody; the first ones are shown.
MOST_PROBLEMS = 100
#: Beyond so many known words no nearest match is sought: it would cost more than it helps.
MOST_CANDIDATES = 400
#: Known words that a mend lists.
MOST_LISTED = 24
_QUOTED = 60
#: What is told of a thing of some kind that was named and is not there.
THERE_IS_NO = N_("there is no %(kind)s %(word)s")
#: What mends it where few words can stand.
KNOWN_HERE = N_("known here: %(names)s")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a profile.

    `line` counts from 1, `key` is the dotted path of the place (`actions.transfer.by`).
    """

    file: str
    line: int
    key: str
    what: Reason
    mend: Reason

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.key}: {self.what}; {self.mend}"


#: A fault that a checker finds: dotted path, what is wrong, what would mend it.
Fault = tuple[str, Reason, Reason]


def fault(path: str, what: str, mend: str, /, **params: Any) -> Fault:
    """Return a fault whose two texts are filled with the same parameters."""
    return path, reason(what, params), reason(mend, params)


def reason(text: str | Reason, params: Mapping[str, Any]) -> Reason:
    """Return a text with its parameters; one that has its own already as it is."""
    return text if isinstance(text, Reason) else Reason(text, params)


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


def mend_word(word: str, known: Collection[str]) -> Reason:
    """Return what to write instead of an unknown word: the nearest known one, and them all."""
    if not known:
        return Reason(
            N_("nothing of this kind is declared in the profile; declare it or take this out")
        )
    near = get_close_matches(word[:_QUOTED], known, 1) if len(known) <= MOST_CANDIDATES else []
    names = [*known][:MOST_LISTED] + ["…"] * (len(known) > MOST_LISTED)
    if near:
        text = N_("did you mean %(near)s? Known here: %(names)s")
        return Reason(text, {"near": quoted(near[0]), "names": names})
    return Reason(KNOWN_HERE, {"names": names})
