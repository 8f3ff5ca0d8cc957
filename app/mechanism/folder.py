"""A profile as it lies in its folder: `mechanism.yaml`, and beside it `documents/`.

Each file `documents/<kind>.yaml` holds one kind of paper. Reading joins them into the one text
that is canonical: it is this text, with every paper under `papers:`, that is stored as a version,
that the digest covers and that is compared, drafted and published. A file without such a folder
is that text already. What is wrong is told by the file and line where it was written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from app.errors import N_, Reason
from app.mechanism.problems import Problem, ProfileError, quoted
from app.mechanism.shapes import KEY
from app.mechanism.yaml_reader import (
    FILE_IS_EMPTY,
    FILE_IS_NO_MAPPING,
    Table,
    read_file,
    read_yaml,
)

FOLDER = "documents"
SECTION = "papers"
ENDING = ".yaml"
_LINE_END = re.compile(r"\r\n|\r|\n")
_OPEN_SECTION = re.compile(rf"{SECTION}:\s*(#.*)?")
_INDENT = re.compile(r"( +)[^ #]")


@dataclass(frozen=True)
class Part:
    """Lines of the one text that were written together: their file, and the first one's place."""

    file: str
    first: int
    lines: Sequence[str]


@dataclass(frozen=True)
class Written:
    """The one text of a profile, and where each of its lines was written."""

    text: str
    parts: Sequence[Part]

    def place(self, line: int) -> tuple[str, int]:
        """Return the file, and the line in it, of a line of the text."""
        ends = list(accumulate(len(part.lines) for part in self.parts))
        at = min(bisect_right(ends, line - 1), len(ends) - 1)
        begins = ends[at] - len(self.parts[at].lines)
        return self.parts[at].file, max(1, self.parts[at].first + line - 1 - begins)

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return problems of the text as problems of the files."""
        return [
            replace(one, file=file, line=line)
            for one in problems
            for file, line in [self.place(one.line)]
        ]


def read_profile(path: Path) -> Written:
    """Return the text of a profile with the papers beside it.

    Raises ProfileError where a file cannot be read, or stands for no paper or for a second one.
    """
    name = str(path)
    content = read_file(path, name)
    documents = sorted(_documents(path.parent / FOLDER))
    if not documents:
        text = content.decode("utf-8", "surrogateescape")
        return Written(text, [Part(name, 1, _lines(text))])
    root, _ = read_yaml(content, name)
    return _joined(name, _lines(content.decode("utf-8")), root, documents)


def _documents(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder; those that an editor hides are none."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.suffix != ENDING or not KEY.fullmatch(path.stem):
            what = Reason(N_("%(name)s is no name of a paper"), {"name": quoted(path.name)})
            raise ProfileError([Problem(str(path), 1, SECTION, what, Reason(_NAME_IT))])
        yield path


_NAME_IT = N_("call it by the paper's key, as in acceptance_notice.yaml, or move it away")


def _joined(name: str, lines: list[str], root: Table, documents: Sequence[Path]) -> Written:
    """Return the profile with the documents behind its line `papers:`, by default its last."""
    at = root.lines.get(SECTION, 0)
    if at and not _OPEN_SECTION.fullmatch(lines[at - 1]):
        what = Reason(N_("`papers` stands on one line, so those in documents/ cannot join them"))
        mend = Reason(N_("write each paper on lines of its own, or move them all to documents/"))
        raise ProfileError([Problem(name, at, SECTION, what, mend)])
    while not at and lines and not lines[-1].strip():
        lines.pop()
    head = lines[:at] if at else [*lines, f"{SECTION}:"]
    rest = lines[at:] if at else []
    indent = next((found[1] for one in rest if (found := _INDENT.match(one))), "  ")
    own = root.nodes.get(SECTION)
    taken = own.lines if isinstance(own, Table) else {}
    papers = [_part(path, indent, taken) for path in documents]
    parts = [Part(name, 1, head), *papers, Part(name, len(head) + 1, [*rest, ""])]
    return Written("\n".join(line for part in parts for line in part.lines), parts)


def _part(path: Path, indent: str, taken: dict[str, int]) -> Part:
    """Return a document as it stands in the one text: under its key, and one level deeper."""
    name, kind = str(path), path.stem
    if kind in taken:
        what = N_("the profile has the paper %(paper)s already, on line %(line)s")
        told = Reason(what, {"paper": quoted(kind), "line": taken[kind]})
        mend = Reason(N_("keep one of the two"))
        raise ProfileError([Problem(name, 1, f"{SECTION}.{kind}", told, mend)])
    content = read_file(path, name)
    try:
        # By itself first: a bracket that is left open would else be told of the next paper.
        read_yaml(content, name)
    except ProfileError as error:
        raise ProfileError(_of_a_paper(error.problems)) from error
    inner = [f"{indent}  {line}" if line else "" for line in _lines(content.decode("utf-8"))]
    return Part(name, 0, [f"{indent}{kind}:", *inner])


def _of_a_paper(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems of a document; what to begin it with is not what begins a profile."""
    for one in problems:
        if one.what.text in (FILE_IS_EMPTY, FILE_IS_NO_MAPPING):
            yield replace(one, mend=Reason(N_("begin it with `title:` and `to:`")))
        else:
            yield one


def _lines(text: str) -> list[str]:
    """Return the lines of a text, as the reader counts them."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]
