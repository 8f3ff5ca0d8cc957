"""The package of an archived case: content once, the volumes that hold it, metadata, a seal.

One ZIP file that any machine can read and check (`app/archive/verifier`): papers as PDF/A,
attachments as they came, the record of what happened as it was hashed, a manifest of all files
in SHA-256 and SM3, and a seal over the manifest and the head of the chain (DA/T 70-2018).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.archive.verifier.package import MANIFEST, METADATA, NAMESPACE, PROCESS, README, SEAL
from app.archive.volume import Item, Volume, write_volume
from app.documents.sheet import layout
from app.files import digest_names

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


def write_package(dossier: Dossier, out: IO[bytes]) -> str:
    """Write the package and return the SHA-256 of its manifest."""
    writer = _Writer(out, dossier.at)
    with writer.archive:
        for filed in dossier.files:
            writer.copy(filed.item, filed.source)
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

    def copy(self, item: Item, source: Path) -> None:
        """Write a file of any size, in pieces, and list it as it was measured for its item."""
        with source.open("rb") as stream, self.archive.open(self._entry(item.path), "w") as target:
            shutil.copyfileobj(stream, target, CHUNK)
        told = {"path": item.path, "size": item.size, "sha256": item.sha256, "sm3": item.sm3}
        self.listed.append(told)

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
        "date": item.on.isoformat(),
        "pages": str(item.pages or ""),
        "size": str(item.size),
        "sha256": item.sha256,
        "sm3": item.sm3,
        "remark": item.remark,
    }


def _put(parent: ElementTree.Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, f"{NAMESPACE}{name}").text = value


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _digests(content: bytes) -> dict[str, str]:
    return {name: hashlib.new(name, content).hexdigest() for name in digest_names()}
