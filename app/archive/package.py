"""The package of an archived case: content once, the volumes that hold it, metadata, a seal.

One ZIP file that any machine can read and check (`app/archive/verifier`): papers as PDF/A,
attachments as they came, the record of what happened as it was hashed, a manifest of all files
in SHA-256 and SM3, and a seal over the manifest and the head of the chain (DA/T 70-2018).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.archive.verifier.package import MANIFEST, METADATA, NAMESPACE, PROCESS, README, SEAL
from app.archive.volume import Item, Volume, write_volume
from app.documents.sheet import layout

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Filed:
    """A file of the package, for which bodies' volumes, and after which act it came."""

    item: Item
    source: Path
    bodies: frozenset[str]
    seq: int


@dataclass(frozen=True)
class Dossier:
    """A case as it is archived: its metadata, files, chain, and the volumes' own words.

    `facts` are the metadata of the case by the names of the verifier's CASE_FIELDS; `records`
    the chain as it was hashed: {"hash", "facts"}, oldest first.
    """

    facts: Mapping[str, str]
    files: Sequence[Filed]
    records: Sequence[Mapping[str, Any]]
    volumes: Sequence[Volume]
    at: datetime
    fonts: str = ""


def digests_of(path: Path) -> tuple[int, str, str]:
    """Return size, SHA-256 and SM3 of a file; SM3 is "" where this machine has none."""
    makers = {name: hashlib.new(name) for name in ("sha256", "sm3") if name in _available()}
    size = 0
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            size += len(piece)
            for maker in makers.values():
                maker.update(piece)
    return size, makers["sha256"].hexdigest(), makers["sm3"].hexdigest() if "sm3" in makers else ""


def write_package(dossier: Dossier, out: IO[bytes]) -> str:
    """Write the package and return the SHA-256 of its manifest."""
    writer = _Writer(out, dossier.at)
    with writer.archive:
        for filed in dossier.files:
            writer.copy(filed.item.path, filed.source)
        items = [filed.item for filed in dossier.files]
        items += [_volume_item(writer, volume, dossier) for volume in dossier.volumes]
        writer.put(METADATA, _metadata(dossier, items))
        records = {"case": dossier.facts["number"], "records": list(dossier.records)}
        writer.put(PROCESS, _json(records))
        writer.put(README, layout()["filing"]["readme"].encode())
        manifest = _json({"files": writer.listed})
        writer.put(MANIFEST, manifest)
        seal = {
            **_digests(manifest),
            "head": dossier.facts["head"],
            "case": dossier.facts["number"],
        }
        writer.put(SEAL, _json(seal))
    return hashlib.sha256(manifest).hexdigest()


class _Writer:
    """Puts files into the archive and lists them as it goes."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self.archive = ZipFile(out, "w", ZIP_DEFLATED)
        self.listed: list[dict[str, Any]] = []
        self._time = at.timetuple()[:6]

    def put(self, name: str, content: bytes) -> None:
        """Write a small file."""
        self.archive.writestr(self._entry(name), content)
        self.listed.append({"path": name, "size": len(content), **_digests(content)})

    def copy(self, name: str, source: Path) -> None:
        """Write a file of any size, in pieces."""
        with source.open("rb") as stream, self.archive.open(self._entry(name), "w") as target:
            while piece := stream.read(CHUNK):
                target.write(piece)
        size, sha256, sm3 = digests_of(source)
        self.listed.append({"path": name, "size": size, "sha256": sha256, "sm3": sm3})

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._time)
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry


def _volume_item(writer: _Writer, volume: Volume, dossier: Dossier) -> Item:
    """Write a volume's cover, catalogue and closing note; returns it as an item."""
    content = write_volume(volume, at=dossier.at, fonts=dossier.fonts)
    path = f"volumes/{volume.body}/volume.pdf"
    writer.put(path, content)
    found = _digests(content)
    return Item(
        path=path,
        kind="volume",
        title=layout()["volume"]["cover"],
        number="",
        issuer=volume.name,
        on=volume.filed_on,
        pages=0,
        size=len(content),
        sha256=found["sha256"],
        sm3=found.get("sm3", ""),
    )


def _metadata(dossier: Dossier, items: Sequence[Item]) -> bytes:
    """Return the metadata as XML: those of the case, then one element for each item."""
    ElementTree.register_namespace("", NAMESPACE.strip("{}"))
    root = ElementTree.Element(f"{NAMESPACE}case_file")
    total = sum(item.size for item in items)
    _put(root, {**dossier.facts, "items": str(len(items)), "bytes": str(total)})
    held = {filed.item.path: filed.bodies for filed in dossier.files}
    for place, item in enumerate(items, 1):
        one = ElementTree.SubElement(root, f"{NAMESPACE}item")
        bodies = held.get(item.path, frozenset({item.path.split("/")[1]}))
        _put(one, {"seq": str(place), **_told(item), "volumes": " ".join(sorted(bodies))})
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _told(item: Item) -> dict[str, str]:
    return {
        "path": item.path,
        "kind": item.kind,
        "title": item.title,
        "number": item.number,
        "issuer": item.issuer,
        "date": _iso(item.on),
        "pages": str(item.pages or ""),
        "size": str(item.size),
        "sha256": item.sha256,
        "sm3": item.sm3,
        "remark": item.remark,
    }


def _put(parent: ElementTree.Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, f"{NAMESPACE}{name}").text = value


def _iso(day: date) -> str:
    return day.isoformat()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _digests(content: bytes) -> dict[str, str]:
    return {name: hashlib.new(name, content).hexdigest() for name in _available()}


def _available() -> Iterable[str]:
    """Return the digests that this machine knows; SM3 comes with OpenSSL 1.1.1 and later."""
    return [name for name in ("sha256", "sm3") if name in hashlib.algorithms_available]
