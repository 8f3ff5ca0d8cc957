"""Planted defects: each is found under its own item of DA/T 70-2018, whatever else finds it."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.archive import verifier

Files = dict[str, bytes]
PAPER = "content/0002.pdf"


@pytest.fixture
def good(package: bytes, tmp_path: Path) -> Path:
    """A package that holds."""
    path = tmp_path / "good.zip"
    path.write_bytes(package)
    return path


@pytest.fixture
def files(good: Path) -> Files:
    """The files of a package that holds."""
    with zipfile.ZipFile(good) as package:
        return {name: package.read(name) for name in package.namelist()}


def failed(path: Path) -> set[str]:
    """Return the items that do not hold."""
    return {one.code for one in verifier.verify(path) if not one.holds}


def packed(files: Files, path: Path) -> Path:
    """Write files as a package."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return path


def metadata(pattern: str, replacement: str) -> Callable[[Files], None]:
    """Return a defect in the metadata."""

    def plant(files: Files) -> None:
        changed, times = re.subn(
            pattern.encode(), replacement.encode(), files["metadata.xml"], count=1
        )
        assert times == 1, pattern
        files["metadata.xml"] = changed

    return plant


def process(
    change: Callable[[list[dict[str, dict[str, object]]]], object],
) -> Callable[[Files], None]:
    """Return a defect in the record of what happened."""

    def plant(files: Files) -> None:
        found = json.loads(files["process.json"])
        change(found["records"])
        files["process.json"] = json.dumps(found, ensure_ascii=False).encode()

    return plant


def flip(files: Files) -> None:
    files[PAPER] = files[PAPER][:-3] + bytes([files[PAPER][-3] ^ 1]) + files[PAPER][-2:]


def forge(files: Files) -> None:
    """Change a paper and write its new digests over the old ones wherever they stand."""
    old = files[PAPER]
    flip(files)
    for name in ("sha256", "sm3"):
        before, after = (
            hashlib.new(name, content).hexdigest().encode() for content in (old, files[PAPER])
        )
        for key in files:
            files[key] = files[key].replace(before, after)


def forge_all(files: Files) -> None:
    """Forge a paper, its digests, the manifest's digest in the seal: all but the chain."""
    forge(files)
    seal = json.loads(files["seal.json"])
    for name in ("sha256", "sm3"):
        seal[name] = hashlib.new(name, files["manifest.json"]).hexdigest()
    files["seal.json"] = json.dumps(seal).encode()


def rename(old: str, new: str) -> Callable[[Files], None]:
    def plant(files: Files) -> None:
        files[new] = files.pop(old)

    return plant


def put(name: str, content: bytes) -> Callable[[Files], None]:
    return lambda files: files.update({name: content})


def drop(name: str) -> Callable[[Files], None]:
    def plant(files: Files) -> None:
        del files[name]

    return plant


DEFECTS: list[tuple[str, str, Callable[[Files], None]]] = [
    ("a seal of another manifest", "GD1-1", put("seal.json", b'{"sha256": "0", "head": "0"}')),
    ("a paper forged with its digests", "GD1-1", forge),
    ("a day that is none", "GD1-2", metadata(r"<registered_on>[^<]+", "<registered_on>4.11.2024")),
    ("an unknown retention", "GD1-2", metadata("<retention>D10", "<retention>D11")),
    ("an item described twice", "GD1-8", metadata("<seq>2</seq>", "<seq>1</seq>")),
    ("one byte of a paper changed", "GD1-9", flip),
    ("another size told", "GD1-9", metadata(r"<size>\d+", "<size>1")),
    ("a paper missing", "GD1-10", drop(PAPER)),
    ("a paper that nothing describes", "GD1-10", put("content/0099.pdf", b"%PDF-1.7 pdfaid")),
    ("a file in no place", "GD1-12", put("other/0001.pdf", b"%PDF-1.7")),
    ("a place outside", "GD1-12", put("content/../../0001.pdf", b"%PDF-1.7")),
    ("no readme", "GD1-12", drop("readme.txt")),
    ("a changed readme", "GD1-13", put("readme.txt", b"changed")),
    ("a paper forged all the way to the seal", "GD2-5", forge_all),
    ("a paper that the chain does not know", "GD1-14", process(lambda rows: rows.pop())),
    ("an item too few", "GD2-1", metadata("<items>\\d+", "<items>99")),
    ("other bytes told", "GD2-2", metadata("<bytes>\\d+", "<bytes>1")),
    ("no applicant", "GD2-4", metadata("<applicant>[^<]*</applicant>", "")),
    ("an act left out", "GD2-5", process(lambda rows: rows.pop(1))),
    ("an act changed", "GD2-5", process(lambda rows: rows[1]["facts"].update(actor="别人"))),
    ("two acts exchanged", "GD2-5", process(lambda rows: rows.insert(0, rows.pop(1)))),
    ("no process", "GD2-5", put("process.json", b'{"records": []}')),
    ("items out of order", "GD2-6", metadata("<seq>3</seq>", "<seq>30</seq>")),
    ("an empty paper", "GD2-7", put(PAPER, b"")),
    ("metadata that are no XML", "GD3-1", put("metadata.xml", b"<case_file>")),
    (
        "metadata that could swell",
        "GD3-1",
        metadata("<case_file", '<!DOCTYPE a [<!ENTITY b "c">]><case_file'),
    ),
    ("a manifest that is no JSON", "GD3-1", put("manifest.json", b"{")),
    ("a paper of another kind", "GD3-3", put(PAPER, b"GIF89a")),
    ("a format that does not keep", "GD3-3", rename(PAPER, "content/0002.wps")),
    ("a PDF that is no PDF/A", "GD3-5", put(PAPER, b"%PDF-1.7 plain")),
    ("a program among the papers", "GD4-2", put("content/setup.exe", b"MZ\x90\x00")),
    ("a program under a paper's name", "GD4-2", put(PAPER, b"MZ\x90\x00")),
    ("a PDF that runs something", "GD4-2", put(PAPER, b"%PDF-1.7 pdfaid /JavaScript (x)")),
    ("a file too many", "GD4-3", put("attachments/0009.txt", b"more")),
]


@pytest.mark.parametrize(
    ("code", "plant"), [row[1:] for row in DEFECTS], ids=[row[0] for row in DEFECTS]
)
def test_a_planted_defect_is_found_under_its_item(
    files: Files, tmp_path: Path, code: str, plant: Callable[[Files], None]
) -> None:
    plant(files)
    assert code in failed(packed(files, tmp_path / "bent.zip"))


def test_the_same_files_packed_again_hold(files: Files, tmp_path: Path) -> None:
    assert failed(packed(files, tmp_path / "again.zip")) == set()


def test_a_control_character_in_a_value_is_found(files: Files, tmp_path: Path) -> None:
    # XML itself forbids most of them; U+FFFE is let through by some writers.
    files["metadata.xml"] = files["metadata.xml"].replace(b"<title>", b"<title>\x0c", 1)
    assert "GD3-1" in failed(packed(files, tmp_path / "bent.zip"))


def test_an_encrypted_file_is_found(good: Path, tmp_path: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.rindex(b"readme.txt")
    header = content.rindex(b"PK\x01\x02", 0, place)
    flags = struct.unpack_from("<H", content, header + 8)[0]
    struct.pack_into("<H", content, header + 8, flags | 1)
    path = tmp_path / "closed.zip"
    path.write_bytes(content)
    assert "GD3-7" in failed(path)


def test_a_file_that_stands_twice_is_found(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.zip"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(PAPER, b"%PDF-1.7 pdfaid")
    assert "GD1-8" in failed(path)


def test_a_damaged_file_is_found(good: Path, tmp_path: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.index(PAPER.encode())
    content[place + 200] ^= 0xFF
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    assert "GD2-7" in failed(path)


# --- what is no package


def alone(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """Run the check as somebody without the product does: the folder, and Python."""
    return subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(folder)!r}); "
            f"import verifier; sys.exit(verifier.main([{str(path)!r}]))",
        ],
        capture_output=True,
        text=True,
    )


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A folder that holds the verifier and nothing else of the product."""
    place = tmp_path / "elsewhere"
    (place / "verifier").mkdir(parents=True)
    for one in (root / "app" / "archive" / "verifier").glob("*.*"):
        (place / "verifier" / one.name).write_bytes(one.read_bytes())
    return place


def test_it_runs_on_a_machine_without_the_product(good: Path, folder: Path) -> None:
    told = alone(folder, good)
    assert told.returncode == 0, told.stderr
    assert "21 / 21" in told.stdout
    assert "真实性" in told.stdout


def test_what_fails_is_named_with_its_place(files: Files, folder: Path, tmp_path: Path) -> None:
    flip(files)
    told = alone(folder, packed(files, tmp_path / "bent.zip"))
    assert told.returncode == 1
    assert f"{PAPER}: its sha256 is another" in told.stdout


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"no package", b"%PDF-1.7"],
    ids=["empty", "cut", "text", "pdf"],
)
def test_what_is_no_package_is_refused_in_a_line(
    content: bytes, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "file.zip"
    path.write_bytes(content)
    told = alone(folder, path)
    assert told.returncode == 1
    assert "not readable as a package" in told.stdout
    assert "Traceback" not in told.stderr


def test_a_cut_package_is_refused(good: Path, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(good.read_bytes()[:-200])
    assert alone(folder, path).returncode == 1


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("content/0001.txt", bytes(80 * 1024 * 1024))
    with pytest.raises(verifier.Unusable):
        verifier.verify(path)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as package:
        for number in range(5001):
            package.writestr(f"content/{number}.txt", b"x")
    with pytest.raises(verifier.Unusable):
        verifier.verify(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert verifier.main([str(tmp_path / "none.zip")]) == 1


def test_a_wrong_call_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert verifier.main([]) == 2
    assert "verifier PACKAGE.zip" in capsys.readouterr().err
