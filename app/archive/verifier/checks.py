"""The items of DA/T 70-2018, one function each; it yields what is wrong."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .package import (
    CASE_FIELDS,
    FRAME,
    ITEM_FIELDS,
    MANIFEST,
    METADATA,
    PROCESS,
    SEAL,
    Package,
)

PLACES = re.compile(r"(content|attachments|volumes/[a-z0-9_]+)/[^/\\:*?\"<>|]+")
#: How each kind of content begins; what is kept for long, and what is only kept.
BEGINNINGS = {
    "pdf": (b"%PDF-",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "png": (b"\x89PNG",),
    "tif": (b"II*\0", b"MM\0*"),
    "tiff": (b"II*\0", b"MM\0*"),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "wav": (b"RIFF",),
    "m4a": (b"....ftyp",),
    "mp4": (b"....ftyp",),
    "mov": (b"....ftyp",),
    "ofd": (b"PK",),
    "docx": (b"PK",),
    "xlsx": (b"PK",),
    "doc": (b"\xd0\xcf\x11\xe0",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "txt": (b"",),
}
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Check = Callable[[Package], Iterator[str]]
CHECKS: dict[str, Check] = {}


def item(code: str) -> Callable[[Check], Check]:
    """Enter a check under its code."""

    def enter(check: Check) -> Check:
        CHECKS[code] = check
        return check

    return enter


@item("GD1-1")
def seal_binds(package: Package) -> Iterator[str]:
    """The seal names the manifest's digests and the head of the chain."""
    seal, digests = package.json(SEAL), package.digests.get(MANIFEST)
    if not isinstance(seal, dict) or digests is None:
        yield f"{SEAL} or {MANIFEST} is missing or no JSON"
        return
    for name, digest in digests.items():
        if seal.get(name) != digest:
            yield f"{MANIFEST}: its {name} is not that of the seal"
    if seal.get("head") != package.case.get("head"):
        yield f"{SEAL}: the head of the chain is not that of {METADATA}"


@item("GD1-2")
def values_fit(package: Package) -> Iterator[str]:
    """Each metadata value has its type, length and range."""
    for where, values, known in _rows(package):
        for name, value in values.items():
            if value and not re.fullmatch(known[name][0], value, re.DOTALL):
                yield f"{METADATA}: {where}: {name}: {value[:40]!r} is no such value"


@item("GD1-6")
def values_are_clean(package: Package) -> Iterator[str]:
    """No metadata value holds control characters."""
    for where, values, _ in _rows(package):
        yield from (
            f"{METADATA}: {where}: {name} holds a control character"
            for name, value in values.items()
            if _CONTROL.search(value)
        )


@item("GD1-8")
def items_are_single(package: Package) -> Iterator[str]:
    """No item and no file stands twice."""
    for field in ("path", "seq"):
        counted = Counter(one.get(field) for one in package.items)
        yield from (f"{METADATA}: {field} {value} stands twice" for value in _twice(counted))
    yield from (f"{name} stands twice" for name in _twice(Counter(package.names)))


@item("GD1-9")
def content_is_as_described(package: Package) -> Iterator[str]:
    """Size and digests of each item are those of its file."""
    for one in package.items:
        path = one.get("path", "")
        if path not in package.sizes:
            continue
        if one.get("size") != str(package.sizes[path]):
            yield f"{path}: {package.sizes[path]} bytes, described as {one.get('size')}"
        for name, digest in package.digests[path].items():
            if one.get(name, digest) != digest:
                yield f"{path}: its {name} is another"


@item("GD1-10")
def metadata_lead_to_content(package: Package) -> Iterator[str]:
    """Every item has its file, and every content file its item."""
    described = {one.get("path") for one in package.items}
    yield from (
        f"{path}: described and not there" for path in described if path not in package.sizes
    )
    for name in package.names:
        if PLACES.fullmatch(name) and name not in described:
            yield f"{name}: there and not described"


@item("GD1-12")
def structure_is_as_laid_down(package: Package) -> Iterator[str]:
    """The frame is whole and every file lies in its place."""
    yield from (f"{name} is missing" for name in FRAME if name not in package.names)
    for name in package.names:
        if name not in FRAME and not (PLACES.fullmatch(name) and ".." not in name):
            yield f"{name}: no such place in a package"


@item("GD1-13")
def package_is_as_listed(package: Package) -> Iterator[str]:
    """Every listed file is there with its size and digests."""
    for name, row in package.listed.items():
        if name not in package.sizes:
            yield f"{name}: listed and not there"
            continue
        found = {"size": package.sizes[name], **package.digests[name]}
        wrong = [key for key, value in found.items() if row.get(key, value) != value]
        if wrong or "sha256" not in row:
            yield f"{name}: another {', '.join(wrong) or 'digest'} than listed"


@item("GD1-14")
def papers_are_in_the_chain(package: Package) -> Iterator[str]:
    """The digest of each paper's file was noted in the chain when it was made."""
    noted = {
        digest
        for row in package.process
        for digest in _texts((row.get("facts") or {}).get("facts", {}))
    }
    for one in package.items:
        digests = package.digests.get(one.get("path", ""))
        if one.get("kind") == "paper" and digests and digests["sha256"] not in noted:
            yield f"{one['path']}: its digest is not in the chain"


@item("GD2-1")
def items_are_complete(package: Package) -> Iterator[str]:
    """As many items are described as the case says."""
    if package.case.get("items") != str(len(package.items)):
        yield f"{METADATA}: {len(package.items)} items, told are {package.case.get('items')}"


@item("GD2-2")
def bytes_are_complete(package: Package) -> Iterator[str]:
    """The items hold as many bytes as the case says."""
    total = sum(package.sizes.get(one.get("path", ""), 0) for one in package.items)
    if package.case.get("bytes") != str(total):
        yield f"{METADATA}: {total} bytes, told are {package.case.get('bytes')}"


@item("GD2-4")
def values_are_given(package: Package) -> Iterator[str]:
    """Every value that must be given is given."""
    for where, values, known in _rows(package):
        yield from (
            f"{METADATA}: {where}: {name} is missing"
            for name, (_, must) in known.items()
            if must and not values.get(name)
        )


@item("GD2-5")
def process_is_whole(package: Package) -> Iterator[str]:
    """The chain of acts has no gap, and each record's hash follows from the one before."""
    records = package.process
    if not records:
        yield f"{PROCESS}: no records"
    previous, acts = "", 0
    for place, row in enumerate(records, 1):
        facts = row.get("facts")
        if not isinstance(facts, dict) or facts.get("previous") != previous:
            yield f"{PROCESS}: record {place} does not follow the one before"
            return
        if _digest(facts) != row.get("hash"):
            yield f"{PROCESS}: record {place} was changed"
            return
        if "key" in facts:
            acts += 1
            if facts.get("seq") != acts:
                yield f"{PROCESS}: act {acts} is missing"
                return
        previous = row["hash"]
    if previous != package.case.get("head"):
        yield f"{PROCESS}: its last record is not the head that {METADATA} names"


@item("GD2-6")
def numbers_have_no_gap(package: Package) -> Iterator[str]:
    """Items are numbered without a gap."""
    found = [one.get("seq") for one in package.items]
    if found != [str(place) for place in range(1, len(found) + 1)]:
        yield f"{METADATA}: items are not numbered 1 to {len(found)}"


@item("GD2-7")
def content_is_whole(package: Package) -> Iterator[str]:
    """Every file reads to its end and is not empty; a PDF has its end."""
    yield from (f"{name}: {why}" for name, why in package.unreadable.items())
    yield from (f"{name}: empty" for name, size in package.sizes.items() if not size)


@item("GD3-1")
def metadata_are_readable(package: Package) -> Iterator[str]:
    """Metadata, manifest and process read as XML and JSON."""
    if package.metadata is None:
        yield f"{METADATA}: no XML, or one that declares a document type"
    for name in (MANIFEST, SEAL, PROCESS):
        if not isinstance(package.json(name), dict):
            yield f"{name}: no JSON object"


@item("GD3-3")
def formats_are_allowed(package: Package) -> Iterator[str]:
    """Content is of a kind that is archived, and begins like it."""
    for name in package.sizes:
        if name in FRAME or not PLACES.fullmatch(name):
            continue
        begins = BEGINNINGS.get(name.rpartition(".")[2].lower())
        if begins is None:
            yield f"{name}: no format for archives"
        elif not any(_begins(package.heads[name], one) for one in begins):
            yield f"{name}: its content is of another kind"


@item("GD3-5")
def papers_keep(package: Package) -> Iterator[str]:
    """Papers are PDF/A."""
    for one in package.items:
        head = package.heads.get(one.get("path", ""), b"")
        if one.get("kind") == "paper" and head and b"pdfaid" not in head:
            yield f"{one['path']}: no PDF/A"


@item("GD3-7")
def nothing_is_closed(package: Package) -> Iterator[str]:
    """Nothing is encrypted."""
    yield from (f"{name}: encrypted" for name in package.encrypted)


@item("GD4-2")
def nothing_runs(package: Package) -> Iterator[str]:
    """No file is a program, and no PDF starts one."""
    for name, head in package.heads.items():
        if any(head.startswith(one) for one in PROGRAMS):
            yield f"{name}: a program"
        if head.startswith(b"%PDF-") and re.search(rb"/(JavaScript|Launch|EmbeddedFile)\b", head):
            yield f"{name}: a PDF that starts something"


@item("GD4-3")
def nothing_is_too_many(package: Package) -> Iterator[str]:
    """No file lies in the package that the manifest does not list."""
    listed = set(package.listed) | {MANIFEST, SEAL}
    yield from (f"{name}: not listed" for name in package.names if name not in listed)


# --- helpers


def _rows(package: Package) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    yield "case", package.case, CASE_FIELDS
    for place, one in enumerate(package.items, 1):
        yield f"item {place}", one, ITEM_FIELDS


def _twice(counted: Counter[Any]) -> list[Any]:
    return [value for value, times in counted.items() if times > 1]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _begins(head: bytes, pattern: bytes) -> bool:
    """Return whether a file begins like its kind; a dot stands for any byte."""
    found = head[: len(pattern)]
    places = enumerate(pattern)
    return len(found) == len(pattern) and all(byte in (found[at], 46) for at, byte in places)


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
