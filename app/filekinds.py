"""What a file that somebody brings really is: told by its content, not by its name.

The name's ending must agree with the content, for who opens the file goes by the ending.
Recordings are those of DA/T 78-2019 and what telephones make.
"""

from __future__ import annotations

import codecs
import mmap
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

#: How much of a file `sniff` should be given.
HEAD = 8 * 1024
CHUNK = 64 * 1024
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
TIFF = "image/tiff"
MP3, WAV, M4A, AAC, AMR = "audio/mpeg", "audio/wav", "audio/mp4", "audio/aac", "audio/amr"
MP4, MOV, AVI, MPG = "video/mp4", "video/quicktime", "video/x-msvideo", "video/mpeg"

#: Name endings, and the kinds that may stand behind each.
ENDINGS: Mapping[str, str] = {
    "pdf": PDF,
    "jpg": JPEG,
    "jpeg": JPEG,
    "png": PNG,
    "tif": TIFF,
    "tiff": TIFF,
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
    "m4a": M4A,
    "aac": AAC,
    "amr": AMR,
    "mp4": MP4,
    "mov": MOV,
    "avi": AVI,
    "mpg": MPG,
    "mpeg": MPG,
}
#: Each kind by the ending it is usually given.
USUAL_ENDING = {kind: ending for ending, kind in reversed(list(ENDINGS.items()))}


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_MP3 = re.compile(rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
#: Of the files that name a brand after `ftyp` these are recordings; others are pictures.
_BRANDS: Mapping[bytes, tuple[str, ...]] = {
    b"qt  ": (MOV,),
    **dict.fromkeys((b"M4A ", b"M4B "), (M4A, MP4)),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash"),
        (MP4, M4A),
    ),
    **dict.fromkeys((b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"XAVC"), (MP4,)),
}
_PROGRAM = re.compile(
    rb"MZ|\x7fELF|\xfe\xed\xfa|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|#!(?!AMR)", re.DOTALL
)
_MARKUP = re.compile(
    rb"<(?:!doctype|!--|html|head|body|svg|script|iframe|\?xml|\?php|%|hta:)", re.IGNORECASE
)
_TEXT_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def is_recording(kind: str) -> bool:
    """Return whether a media type is one of sound or moving pictures."""
    return kind.startswith(("audio/", "video/"))


def player_of(kind: str) -> str:
    """Return what plays a recording in a page: `audio`, `video`, or "" where browsers cannot."""
    return kind.partition("/")[0] if kind in _PLAYED else ""


_PLAYED = frozenset({MP3, WAV, M4A, AAC, MP4})


def is_whole(path: Path, kind: str) -> bool:
    """Return whether a whole file is of the kind that its beginning shows.

    Goes further than `sniff`: into the directory of a zip, the streams of an old office file,
    to the end of a text.
    """
    deeper = _DEEPER.get(kind)
    return deeper is None or deeper(path, kind)


def sniff(head: bytes, name: str) -> str | None:
    """Return the media type that a file's beginning shows, or None.

    None where the content is of no kind that is taken, and where the name's ending stands for
    another kind: who opens the file goes by the ending.
    """
    ending = ending_of(name)
    said = ENDINGS.get(ending)
    if _PROGRAM.match(head) or (ending and said is None):
        return None
    kinds = kinds_of(head)
    if said is None:
        return kinds[0] if len(kinds) == 1 else None
    return said if said in kinds else None


def ending_of(name: str) -> str:
    """Return the ending of a file name in small letters, without the dot; "" where none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def kinds_of(head: bytes) -> tuple[str, ...]:
    """Return the kinds that the first bytes allow."""
    for opening, kinds in _OPENINGS:
        if head.startswith(opening):
            return kinds
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], ())
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], ())
    if _MP3.match(head):
        return (MP3,)
    return (TXT, CSV) if _is_text_head(head) else ()


_OPENINGS: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    (b"%PDF-", (PDF,)),
    (b"\xff\xd8\xff", (JPEG,)),
    (b"\x89PNG\r\n\x1a\n", (PNG,)),
    (b"II*\0", (TIFF,)),
    (b"MM\0*", (TIFF,)),
    (b"#!AMR", (AMR,)),
    (b"\xff\xf1", (AAC,)),
    (b"\xff\xf9", (AAC,)),
    (b"\0\0\x01\xba", (MPG,)),
    (_ZIP, (DOCX, XLSX, OFD)),
    (_OLE, (DOC, XLS)),
)
_RIFF: Mapping[bytes, tuple[str, ...]] = {b"WAVE": (WAV,), b"AVI ": (AVI,)}


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
