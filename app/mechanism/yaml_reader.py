"""Strict YAML: a text becomes nodes that know their line, or problems that say where and why.

YAML guesses, and a profile must not be guessed at. So: a key stands once; only `true` and
`false` are truth values; numbers are plain digits without leading zero, sign or underscore;
whatever YAML elsewhere takes for a number or a truth value (`yes`, `0140525`, `1_000`, `0x1f`)
is text only in quotes. There are no tags, anchors, aliases, merge keys or second documents.
Depth, size and number of nodes are limited, so that no text keeps the reader busy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.errors import N_, Reason
from app.mechanism.problems import MOST_PROBLEMS, Problem, ProfileError, quoted, reason
from app.mechanism.yaml_words import said

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 30
MOST_NODES = 200_000

#: What mends a word that YAML would read as something else than text.
IN_QUOTES = N_("put it in quotation marks")

#: Written in C where PyYAML was built with libyaml; the other one is slower and no laxer.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}", re.ASCII)
_NUMBER_LIKE = re.compile(
    r"[-+]?(0[xob][0-9a-f_]+|[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.[0-9]+|\.inf|\.nan)",
    re.ASCII | re.IGNORECASE,
)
_TRUTH_LIKE = frozenset(("yes", "no", "on", "off", "true", "false"))
_NOTHING = frozenset(("", "~", "null"))
_CONTROL = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_INDENTED_BY_TAB = re.compile(r"^ *\t", re.MULTILINE)


@dataclass(slots=True)
class Scalar:
    """A single value; `plain` is one without quotation marks, which may be a number."""

    value: str
    plain: bool
    line: int

    @property
    def is_nothing(self) -> bool:
        """Return whether no value was written."""
        return self.plain and self.value.lower() in _NOTHING

    @property
    def number(self) -> int | None:
        """Return the whole number that was written, None where it is none."""
        return int(self.value) if self.plain and _NUMBER.fullmatch(self.value) else None

    @property
    def truth(self) -> bool | None:
        """Return true or false, None where neither was written."""
        return {"true": True, "false": False}.get(self.value) if self.plain else None

    @property
    def is_ambiguous(self) -> bool:
        """Return whether YAML might read something else than text here."""
        if not self.plain:
            return False
        return self.value.lower() in _TRUTH_LIKE or bool(_NUMBER_LIKE.fullmatch(self.value))


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A mapping; `lines` tells where each key stands."""

    line: int
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Items | Table


def read_file(path: Path, name: str) -> bytes:
    """Return the bytes of a profile; ProfileError where it cannot be read or is too large."""
    try:
        if not path.is_file():
            mend = N_("give the path of a mechanism.yaml")
            raise _refusal(name, 1, N_("there is no such file"), mend)
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(name)
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        what = N_("the file cannot be read (%(why)s)")
        mend = N_("check the path and who may read it")
        raise _refusal(name, 1, what, mend, why=error.strerror) from error


def read_yaml(content: bytes, name: str) -> tuple[Table, list[Problem]]:
    """Return the root mapping of a profile's text, and what was wrong but could be read past.

    `name` is how messages call the file. ProfileError where reading on is of no use.
    """
    if len(content) > MOST_BYTES:
        raise _too_large(name)
    text = _decoded(content, name)
    _refuse_characters(text, name)
    composer = _Composer(name)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        raise ProfileError([*composer.problems, _syntax(error, text, name)]) from error
    except _Stop as stop:
        raise ProfileError(composer.problems) from stop
    if not isinstance(composer.root, Table):
        what = FILE_IS_EMPTY if composer.root is None else FILE_IS_NO_MAPPING
        mend = N_("begin it with `format: 1`, `key:` and `name:`, each on its own line")
        raise _refusal(name, 1, what, mend)
    return composer.root, composer.problems


#: What is told of a file in which no mapping stands at all.
FILE_IS_EMPTY = N_("the file is empty")
FILE_IS_NO_MAPPING = N_("the file is no mapping")


def _refusal(name: str, line: int, what: str, mend: str, **params: Any) -> ProfileError:
    return ProfileError([Problem(name, line, "yaml", reason(what, params), reason(mend, params))])


def _too_large(name: str) -> ProfileError:
    what = N_("the file is larger than %(most)s KB")
    return _refusal(name, 1, what, _SHORTEN, most=MOST_BYTES // 1024)


_SHORTEN = N_("a profile holds what the notice says; take lists of people and cases out")


def _decoded(content: bytes, name: str) -> str:
    if content.startswith(b"\xef\xbb\xbf"):
        mend = N_("save it as UTF-8 without BOM")
        raise _refusal(name, 1, N_("the file begins with a byte order mark"), mend)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mend = N_("save the file as UTF-8")
        raise _refusal(name, line, N_("this is not UTF-8"), mend) from error


def _refuse_characters(text: str, name: str) -> None:
    """Refuse what YAML cannot take, before it says so in its own words."""
    if found := _CONTROL.search(text):
        what, code = N_("the control character %(code)s stands here"), f"U+{ord(found[0]):04X}"
        raise _refusal(name, _line_of(text, found.start()), what, N_("delete it"), code=code)
    if found := _INDENTED_BY_TAB.search(text):
        line, what = _line_of(text, found.end()), N_("the line is indented with a tab")
        raise _refusal(name, line, what, N_("indent with spaces"))


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _syntax(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = min(mark.line, text.rstrip("\n").count("\n")) + 1 if mark else 1
    params = {"why": said(error.problem or error.context or "")}
    what = Reason(N_("this cannot be read as YAML (%(why)s)"), params)
    return Problem(name, line, "yaml", what, Reason(_CHECK_MARKS))


_CHECK_MARKS = N_(
    "check indentation, colons, brackets and quotation marks here and on the line before"
)


class _Stop(Exception):
    """Enough is known to refuse the file."""


class _Composer:
    """Builds nodes from the parser's events, one after the other, without recursion."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Frame] = []
        self._count = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        """Take one event; _Stop where reading on would be of no use."""
        if isinstance(event, yaml.NodeEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                mend = N_("keep one profile to a file")
                self._fail(event, N_("a second document begins here"), mend)
                raise _Stop

    def _begin(self, event: Any) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            what = N_("the file holds more than %(most)s values")
            self._fail(event, what, _SHORTEN, most=MOST_NODES)
            raise _Stop
        if event.anchor is not None:
            what = N_("anchors and aliases (&, *) are not taken: %(name)s")
            mend = N_("write the words out where they belong")
            self._fail(event, what, mend, name=event.anchor)
        if getattr(event, "tag", None) not in (None, "!"):
            mend = N_("write the value without a tag")
            self._fail(event, N_("tags are not taken: %(tag)s"), mend, tag=event.tag)
        node = self._node(event)
        self._place(node, event)
        if not isinstance(node, Scalar):
            self._deepen(node, event)

    def _node(self, event: Any) -> Node:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.MappingStartEvent):
            return Table(line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Items(line)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, not event.style, line)
        return Scalar("alias", False, line)

    def _place(self, node: Node, event: Any) -> None:
        """Put a node where it belongs: the root, a list's next member, a key, a key's value."""
        if not self._open:
            self.root = node
            return
        frame = self._open[-1]
        holder = frame.node
        if isinstance(holder, Items):
            holder.nodes.append(node)
        elif frame.key is None:
            self._key(frame, holder, node, event)
        else:
            if isinstance(node, Scalar) and node.is_nothing:
                node.line = frame.line  # the mark of an absent value lies behind the blank lines
            if not frame.is_repeated:
                holder.nodes[frame.key] = node
                holder.lines[frame.key] = frame.line
            frame.key = None

    def _key(self, frame: _Frame, table: Table, node: Node, event: Any) -> None:
        if not isinstance(node, Scalar):
            mend = N_("begin the value on the key's right side")
            self._fail(event, N_("a key is a single word"), mend)
            raise _Stop
        word = node.value
        frame.key, frame.at, frame.line = word, word, node.line
        frame.is_repeated = word in table.lines
        if frame.is_repeated:
            what = N_("%(key)s stands here a second time, first on line %(line)s")
            params = {"key": quoted(word), "line": table.lines[word]}
            self._fail(event, what, N_("keep one of the two"), **params)
        elif word == "<<" and node.plain:
            self._fail(event, N_("merge keys (<<) are not taken"), N_("write the words out"))
        elif node.is_nothing or (node.plain and word.lower() in _TRUTH_LIKE):
            what = N_("YAML does not read the key %(key)s as text")
            self._fail(event, what, IN_QUOTES, key=quoted(word))

    def _deepen(self, node: Items | Table, event: Any) -> None:
        if len(self._open) >= MOST_DEPTH:
            what = N_("the file is nested more than %(most)s deep")
            mend = N_("no part of a profile is; check the brackets")
            self._fail(event, what, mend, most=MOST_DEPTH)
            raise _Stop
        self._open.append(_Frame(node))

    def _fail(self, event: Any, what: str, mend: str, **params: Any) -> None:
        told = reason(what, params), reason(mend, params)
        line = event.start_mark.line + 1
        self.problems.append(Problem(self.name, line, self._path(), *told))
        if len(self.problems) >= MOST_PROBLEMS:
            raise _Stop

    def _path(self) -> str:
        return ".".join(self._steps()) or "yaml"

    def _steps(self) -> Iterator[str]:
        for frame in self._open:
            if isinstance(frame.node, Items):
                yield str(len(frame.node.nodes) + (frame is self._open[-1]))
            elif frame.at:
                yield frame.at


@dataclass(slots=True)
class _Frame:
    """An open list or mapping: the key whose value comes next, and the one last read."""

    node: Items | Table
    key: str | None = None
    at: str = ""
    line: int = 0
    is_repeated: bool = False
