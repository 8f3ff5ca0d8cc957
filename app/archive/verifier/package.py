"""A package as it is read: names, sizes, digests, and the small files of its frame."""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

NAMESPACE = "{urn:lianchu:archive:1}"
MANIFEST, SEAL, METADATA, PROCESS, README = (
    "manifest.json",
    "seal.json",
    "metadata.xml",
    "process.json",
    "readme.txt",
)
FRAME = (MANIFEST, SEAL, METADATA, PROCESS, README)
#: A package of one case: more than this is a bomb or no package.
MOST_FILES, MOST_BYTES, MOST_SHARE = 5_000, 8 * 1024**3, 1_000
CHUNK = 1024 * 1024
#: Metadata of the case: name, pattern of its value, whether it must be there.
CASE_FIELDS = {
    "number": (r".{3,40}", True),
    "title": (r".{1,200}", True),
    "jurisdiction": (r"[a-z0-9_]{1,40}", True),
    "mechanism": (r".{1,120}", True),
    "mechanism_version": (r"[1-9][0-9]*", True),
    "category": (r".{1,120}", True),
    "applicant": (r".{1,400}", True),
    "responsible": (r".{1,120}", True),
    "registered_on": (r"\d{4}-\d\d-\d\d", True),
    "closed_on": (r"\d{4}-\d\d-\d\d", False),
    "retention": (r"Y|D30|D10", True),
    "items": (r"\d+", True),
    "bytes": (r"\d+", True),
    "head": (r"[0-9a-f]{64}", True),
    "algorithm": (r"sha256", True),
}
ITEM_FIELDS = {
    "seq": (r"[1-9][0-9]*", True),
    "path": (r".{1,300}", True),
    "kind": (r"paper|attachment|volume", True),
    "title": (r".{1,255}", True),
    "number": (r".{1,60}", False),
    "issuer": (r".{1,120}", True),
    "date": (r"\d{4}-\d\d-\d\d", True),
    "pages": (r"[1-9][0-9]*", False),
    "size": (r"\d+", True),
    "sha256": (r"[0-9a-f]{64}", True),
    "sm3": (r"[0-9a-f]{64}|", False),
}


class Unusable(Exception):
    """The file cannot be read as a package at all."""


class Package:
    """A package that is read once: every file's size and digests, and the small ones whole."""

    def __init__(self, path: Path) -> None:
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, dict[str, str]] = {}
        self.heads: dict[str, bytes] = {}
        self.texts: dict[str, bytes] = {}
        self.unreadable: dict[str, str] = {}
        self.names: list[str] = []
        self.encrypted: list[str] = []
        try:
            with zipfile.ZipFile(path) as archive:
                self._read(archive)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
            raise Unusable(str(error)) from error

    def _read(self, archive: zipfile.ZipFile) -> None:
        entries = [one for one in archive.infolist() if not one.is_dir()]
        if len(entries) > MOST_FILES:
            raise Unusable(f"{len(entries)} files: more than a package of one case holds")
        total = 0
        for entry in entries:
            self.names.append(entry.filename)
            if entry.flag_bits & 1:
                self.encrypted.append(entry.filename)
                continue
            try:
                total += self._take(archive, entry, total)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
                self.unreadable[entry.filename] = str(error) or "cannot be read"

    def _take(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, before: int) -> int:
        """Read one file in pieces; returns its true size."""
        makers = {"sha256": hashlib.sha256()}
        if "sm3" in hashlib.algorithms_available:
            makers["sm3"] = hashlib.new("sm3")
        size, kept = 0, bytearray()
        with archive.open(entry) as stream:
            while piece := stream.read(CHUNK):
                size += len(piece)
                share = size / max(1, entry.compress_size)
                if before + size > MOST_BYTES or (size > 50 * CHUNK and share > MOST_SHARE):
                    raise Unusable(f"{entry.filename} unpacks to more than it can hold")
                for maker in makers.values():
                    maker.update(piece)
                if entry.filename in FRAME or not kept:
                    kept += piece
        name = entry.filename
        self.sizes[name] = size
        self.digests[name] = {key: maker.hexdigest() for key, maker in makers.items()}
        self.heads[name] = bytes(kept[:CHUNK])
        if name in FRAME:
            self.texts[name] = bytes(kept)
        return size

    def json(self, name: str) -> Any:
        """Return a frame file as JSON; None where it is absent or no JSON."""
        try:
            return json.loads(self.texts[name].decode("utf-8"))
        except (KeyError, UnicodeDecodeError, ValueError, RecursionError):
            return None

    @cached_property
    def metadata(self) -> ElementTree.Element | None:
        """Return the metadata; None where they are absent, no XML, or declare a document type."""
        text = self.texts.get(METADATA, b"")
        if not text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            return None
        try:
            # The standard library alone: a document type, which could swell, was refused above.
            return ElementTree.fromstring(text)  # noqa: S314
        except ElementTree.ParseError:
            return None

    @cached_property
    def case(self) -> dict[str, str]:
        """Return the metadata of the case."""
        return _fields(self.metadata, CASE_FIELDS)

    @cached_property
    def items(self) -> list[dict[str, str]]:
        """Return the metadata of the items, in their order."""
        root = self.metadata
        found = [] if root is None else root.findall(f"{NAMESPACE}item")
        return [_fields(one, ITEM_FIELDS) for one in found]

    @cached_property
    def listed(self) -> dict[str, dict[str, Any]]:
        """Return the manifest: file name → size and digests."""
        found = self.json(MANIFEST)
        rows = found.get("files", []) if isinstance(found, dict) else []
        return {
            row["path"]: row
            for row in rows
            if isinstance(row, dict) and isinstance(row.get("path"), str)
        }

    @cached_property
    def process(self) -> list[dict[str, Any]]:
        """Return the records of the case's chain: acts, and what was noted between them."""
        found = self.json(PROCESS)
        rows = found.get("records", []) if isinstance(found, dict) else []
        return [row for row in rows if isinstance(row, dict)]


def _fields(parent: ElementTree.Element | None, known: dict[str, Any]) -> dict[str, str]:
    if parent is None:
        return {}
    found = {name: parent.find(f"{NAMESPACE}{name}") for name in known}
    return {name: one.text or "" for name, one in found.items() if one is not None}
