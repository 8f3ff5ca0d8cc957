"""Files that people bring: what kind they really are, and how they are kept.

A file is kept whole under its SHA-256 and never changed; the name it came with is only a
label. Its kind is told by its content, and the name's ending must agree with it.
"""

from __future__ import annotations

import codecs
import errno
import hashlib
import mmap
import os
import re
import struct
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from app.errors import N_, AppError, NotFound, Reason, Refused, TooLarge

Seen = TypeVar("Seen")

CHUNK = 64 * 1024
#: Where a file lies until it is whole.
INCOMING = "incoming"
#: How much of a file `sniff` should be given.
HEAD = 8 * 1024
LONGEST_NAME = 200
#: An office file has some dozens of parts and grows tenfold; what is beyond this is a bomb.
MOST_PARTS_BYTES = 1024 * 1024
MOST_UNPACKED = 512 * 1024 * 1024

PDF = "application/pdf"
JPEG, PNG = "image/jpeg", "image/png"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OFD = "application/ofd"
DOC, XLS = "application/msword", "application/vnd.ms-excel"
TXT, CSV = "text/plain", "text/csv"
MP3, WAV, MP4, M4A = "audio/mpeg", "audio/wav", "video/mp4", "audio/mp4"

#: Name endings, and the kinds that may stand behind each.
ENDINGS: Mapping[str, str] = {
    "pdf": PDF,
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": PNG,
    "docx": DOCX,
    "xlsx": XLSX,
    "ofd": OFD,
    "doc": DOC,
    "xls": XLS,
    "wps": DOC,
    "et": XLS,
    "txt": TXT,
    "csv": CSV,
    "mp3": MP3,
    "wav": WAV,
    "mp4": MP4,
    "m4a": M4A,
}
#: Each kind by the ending it is usually given.
USUAL_ENDING = {kind: ending for ending, kind in reversed(list(ENDINGS.items()))}

_HASH = re.compile(r"[0-9a-f]{64}")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_MP3 = re.compile(rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
_PROGRAM = re.compile(rb"MZ|\x7fELF|\xfe\xed\xfa|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|#!", re.DOTALL)
_MARKUP = re.compile(
    rb"<(?:!doctype|!--|html|head|body|svg|script|iframe|\?xml|\?php|%|hta:)", re.IGNORECASE
)
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Stored:
    """A file that is kept: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Taken(Stored):
    """A file that was looked into and kept, with its kind and the name to show."""

    media_type: str
    name: str


class StorageFull(AppError):
    """The disk takes nothing more; nothing was kept."""

    status = 507


def take(folder: Path, stream: BinaryIO, name: str, limit: int) -> Taken:
    """Keep a file if it is of a kind that is taken, and return what it is.

    `limit` is in bytes. Raises TooLarge above it, Refused under `file` where the file is empty,
    of another kind, or its name says something else than its content; then nothing is kept.
    """
    shown = clean_name(name)

    def look(part: Path) -> str:
        kind = kind_of(part, shown)
        if kind is None:
            raise _refusal(shown, part)
        return kind

    stored, kind = _keep(folder, stream, limit, look)
    return Taken(stored.sha256, stored.size, kind, shown or f"file.{USUAL_ENDING[kind]}")


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


def kind_of(path: Path, name: str) -> str | None:
    """Return the media type of a whole file, or None where it is not of a kind that is taken.

    Goes further than `sniff`: into the directory of a zip, the streams of an old office file,
    to the end of a text.
    """
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD), name)
    deeper = _DEEPER.get(kind or "")
    return kind if deeper is None or deeper(path, kind or "") else None


def sniff(head: bytes, name: str) -> str | None:
    """Return the media type that a file's beginning shows, or None.

    None where the content is of no kind that is taken, and where the name's ending stands for
    another kind: who opens the file goes by the ending.
    """
    ending = ending_of(name)
    said = ENDINGS.get(ending)
    if _PROGRAM.match(head) or (ending and said is None):
        return None
    kinds = _kinds(head)
    if said is None:
        return kinds[0] if len(kinds) == 1 else None
    return said if said in kinds else None


def ending_of(name: str) -> str:
    """Return the ending of a file name in small letters, without the dot; "" where none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _kinds(head: bytes) -> tuple[str, ...]:
    """Return the kinds that the first bytes allow."""
    for opening, kinds in _OPENINGS:
        if head.startswith(opening):
            return kinds
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return (WAV,)
    if head[4:8] == b"ftyp":
        return (MP4, M4A)
    if _MP3.match(head):
        return (MP3,)
    return (TXT, CSV) if _is_text_head(head) else ()


_OPENINGS: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"%PDF-", (PDF,)),
    (b"\xff\xd8\xff", (JPEG,)),
    (b"\x89PNG\r\n\x1a\n", (PNG,)),
    (_ZIP, (DOCX, XLSX, OFD)),
    (_OLE, (DOC, XLS)),
)


def _is_text_head(head: bytes) -> bool:
    """Return whether it reads as plain text in UTF-8 or GB 18030, and as no markup."""
    if not head or _MARKUP.search(head):
        return False
    return any(_decodes(head, encoding) for encoding in _ENCODINGS)


_ENCODINGS = ("utf-8-sig", "gb18030")


def _decodes(head: bytes, encoding: str) -> bool:
    """Return whether the bytes, perhaps cut inside a character, are text without controls."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return not _TEXT_CONTROLS.search(text)


# --- the whole file ------------------------------------------------------------------------------


def _is_package(path: Path, kind: str) -> bool:
    """Return whether a zip is the office file it says it is, without programs, and no bomb."""
    try:
        if _directory_size(path) > MOST_PARTS_BYTES:
            return False
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    names = {part.filename for part in parts}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return False
    return _PARTS[kind] <= names and sum(part.file_size for part in parts) <= MOST_UNPACKED


_PARTS = {
    DOCX: {"[Content_Types].xml", "word/document.xml"},
    XLSX: {"[Content_Types].xml", "xl/workbook.xml"},
    OFD: {"OFD.xml"},
}


def _directory_size(path: Path) -> int:
    """Return the size that a zip gives for its own directory; raises ValueError without one."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - CHUNK - 22))
        tail = file.read()
    (size,) = struct.unpack_from("<L", tail, tail.rindex(_ZIP_END) + 12)
    return int(size)


def _is_old_office(path: Path, kind: str) -> bool:
    """Return whether an OLE file holds a document or a workbook (and is no installer)."""
    streams = ("WordDocument",) if kind == DOC else ("Workbook", "Book")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        return any(whole.find(one.encode("utf-16-le")) >= 0 for one in streams)


def _is_text(path: Path, kind: str) -> bool:
    """Return whether the file is text to its end."""
    return any(_reads_as(path, encoding) for encoding in _ENCODINGS)


def _reads_as(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while piece := file.read(CHUNK):
                if _TEXT_CONTROLS.search(piece):
                    return False
    except UnicodeDecodeError:
        return False
    return True


_DEEPER: Mapping[str, Callable[[Path, str], bool]] = {
    DOCX: _is_package,
    XLSX: _is_package,
    OFD: _is_package,
    DOC: _is_old_office,
    XLS: _is_old_office,
    TXT: _is_text,
    CSV: _is_text,
}


def _refusal(name: str, path: Path) -> Refused:
    """Return why a file is not taken: its name says something else, or it is of another kind."""
    with path.open("rb") as file:
        kinds = _kinds(file.read(HEAD))
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
    folder: Path, stream: BinaryIO, limit: int, look: Callable[[Path], Seen]
) -> tuple[Stored, Seen]:
    """Write the stream beside its place, look into it, then move it there in one step."""
    incoming = folder / INCOMING
    try:
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                stored = _write(stream, file, limit)
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


def _write(stream: BinaryIO, file: BinaryIO, limit: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(CHUNK):
        size += len(piece)
        if size > limit:
            text = N_("The file is larger than the %(limit)s MB that are taken; make it smaller.")
            raise TooLarge(Reason(text, {"limit": limit // (1024 * 1024)}))
        digest.update(piece)
        file.write(piece)
    if not size:
        raise _refuse_file(N_("The file is empty. Choose it again."))
    file.flush()
    os.fsync(file.fileno())
    return Stored(digest.hexdigest(), size)


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
