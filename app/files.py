"""Files that people bring: what kind they really are, and how they are kept.

A file is kept whole under its SHA-256 and never changed; the name it came with is only a
label. Its kind is told by its content, and the name's ending must agree with it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from app.errors import N_, AppError, NotFound, Reason, Refused, TooLarge
from app.filekinds import (
    CHUNK,
    ENDINGS,
    HEAD,
    USUAL_ENDING,
    ending_of,
    is_recording,
    is_whole,
    kinds_of,
    sniff,
)

Seen = TypeVar("Seen")

MEGABYTE = 1024 * 1024
#: Where a file lies until it is whole.
INCOMING = "incoming"
LONGEST_NAME = 200
EMPTY = N_("The file is empty. Choose it again.")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Limits:
    """The most bytes that are taken: of a recording, and of every other file."""

    recording: int
    other: int

    def of(self, kind: str) -> int:
        """Return the limit for a media type."""
        return self.recording if is_recording(kind) else self.other


@dataclass(frozen=True)
class Stored:
    """A file that is kept: its SHA-256 and its size in bytes.

    `sm3` is its digest by GB/T 32905, "" where this machine's OpenSSL has none.
    """

    sha256: str
    size: int
    sm3: str


@dataclass(frozen=True)
class Taken(Stored):
    """A file that was looked into and kept, with its kind and the name to show."""

    media_type: str
    name: str


class StorageFull(AppError):
    """The disk takes nothing more; nothing was kept."""

    status = 507


def take(folder: Path, stream: BinaryIO, name: str, limits: Limits) -> Taken:
    """Keep a file if it is of a kind that is taken, and return what it is.

    What its beginning shows decides the limit, and refuses before anything is written. Raises
    TooLarge above the limit, Refused under `file` where the file is empty, of another kind, or
    its name says something else than its content; then nothing is kept.
    """
    shown = clean_name(name)
    head = stream.read(HEAD)
    kind = sniff(head, shown)
    if not head:
        raise _refuse_file(EMPTY)
    if kind is None:
        raise _refusal(shown, head)

    def look(part: Path) -> None:
        if not is_whole(part, kind):
            raise _refusal(shown, head)

    stored, _ = _keep(folder, stream, limits.of(kind), look, head)
    shown = shown or f"file.{USUAL_ENDING[kind]}"
    return Taken(stored.sha256, stored.size, stored.sm3, kind, shown)


def store(folder: Path, stream: BinaryIO, limit: int) -> Stored:
    """Keep a file of any kind under its hash, all of it or nothing.

    `limit` is in bytes. Raises TooLarge above it, Refused under `file` where it is empty,
    StorageFull where the disk is full.
    """
    return _keep(folder, stream, limit, lambda part: None)[0]


def path_of(folder: Path, sha256: str) -> Path:
    """Return where the file of this hash is kept; raises NotFound where it is not."""
    path = _place(folder, sha256)
    if not _HASH.fullmatch(sha256) or not path.is_file():
        text = N_("The file is not in the store of this server; ask its administrator.")
        raise NotFound(Reason(text))
    return path


def stored(folder: Path) -> Iterator[Path]:
    """Yield the files that are kept, in the order of their hashes; no parts of unfinished ones."""
    for place in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        for path in sorted(place.iterdir()):
            if _HASH.fullmatch(path.name):
                yield path


def clean_name(name: str) -> str:
    """Return a file name as it may be shown: without folders, controls and other invisibles.

    Chinese and every other script stay; a long name keeps its ending.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(one for one in last if unicodedata.category(one) not in _INVISIBLE)
    stem, dot, ending = kept.strip().rpartition(".")
    if not dot or len(ending) > len(".jpeg"):
        return kept.strip()[:LONGEST_NAME].strip(". ")
    return f"{stem[: LONGEST_NAME - len(ending) - 1].rstrip('. ')}.{ending}".lstrip(".")


_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _refusal(name: str, head: bytes) -> Refused:
    """Return why a file is not taken: its name says something else, or it is of another kind."""
    kinds = kinds_of(head)
    said = ENDINGS.get(ending_of(name))
    if said and kinds and said not in kinds:
        text = N_(
            "The name ends in .%(ending)s, but the content is that of another kind of file."
            " Save it again in the right format, or give it its right ending."
        )
        return _refuse_file(text, ending=ending_of(name))
    text = N_(
        "This kind of file is not taken. Bring it as one of: %(kinds)s;"
        " programs, web pages and files with macros are not kept."
    )
    return _refuse_file(text, kinds=list(USUAL_ENDING.values()))


def _refuse_file(text: str, **params: object) -> Refused:
    reason = Reason(text, params)
    return Refused(reason, {"file": [reason]})


# --- keeping -------------------------------------------------------------------------------------


def _keep(
    folder: Path,
    stream: BinaryIO,
    limit: int,
    look: Callable[[Path], Seen],
    head: bytes = b"",
) -> tuple[Stored, Seen]:
    """Write the stream beside its place, look into it, then move it there in one step.

    `head` is what was read of the stream already.
    """
    incoming = folder / INCOMING
    try:
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                stored = _write(stream, file, limit, head)
            seen = look(part)
            _move(part, _place(folder, stored.sha256))
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text = N_(
                "The server's disk is full and the file was not kept."
                " Tell its administrator, then send it again."
            )
            raise StorageFull(Reason(text)) from error
        raise
    return stored, seen


def _write(stream: BinaryIO, file: BinaryIO, limit: int, head: bytes) -> Stored:
    measure = _Measure()
    for piece in _pieces(stream, head):
        measure.add(piece)
        if measure.size > limit:
            text = N_("The file is larger than the %(limit)s MB that are taken; make it smaller.")
            raise TooLarge(Reason(text, {"limit": limit // MEGABYTE}))
        file.write(piece)
    if not measure.size:
        raise _refuse_file(EMPTY)
    file.flush()
    os.fsync(file.fileno())
    return measure.taken()


def measured(path: Path) -> Stored:
    """Return size and digests of a file as it lies on the disk now."""
    measure = _Measure()
    with path.open("rb") as file:
        for piece in _pieces(file, b""):
            measure.add(piece)
    return measure.taken()


class _Measure:
    """Size and digests of what has passed so far."""

    def __init__(self) -> None:
        self.size = 0
        self._digests = [hashlib.new(name) for name in digest_names()]

    def add(self, piece: bytes) -> None:
        """Take one more piece in."""
        self.size += len(piece)
        for digest in self._digests:
            digest.update(piece)

    def taken(self) -> Stored:
        """Return what was measured."""
        sha256, *more = [digest.hexdigest() for digest in self._digests]
        return Stored(sha256, self.size, more[0] if more else "")


def digest_names() -> list[str]:
    """Return the digests that this machine makes; SM3 comes with OpenSSL 1.1.1 and later."""
    return ["sha256", *(["sm3"] if "sm3" in hashlib.algorithms_available else [])]


def _pieces(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    if head:
        yield head
    while piece := stream.read(CHUNK):
        yield piece


def _move(part: Path, place: Path) -> None:
    """Put a finished file in its place; one with the same content may be there already."""
    place.parent.mkdir(mode=0o700, exist_ok=True)
    part.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _place(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256
