"""The PDF/A-2b file of an official paper, the copy that is issued and filed.

Drawn by typst from the content frozen at the paper's issue: the same content and the same
fonts give the same bytes. The fonts come with the system, so that a machine without any
prints Chinese too; those in DOC_FONT_DIR (a county's licensed Fangsong and title Song) go
before them. The machine's own fonts are never used: they would make other bytes elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst
from fontTools.ttLib import TTCollection, TTFont

from app.documents.sheet import Sheet, layout, mark_size, safe, sheet_of, split_lines
from app.errors import N_, Reason, Refused

MEDIA_TYPE = "application/pdf"
STANDARD: Final = "a-2b"
TEMPLATE = Path(__file__).with_name("paper.typ")
FONTS = Path(__file__).with_name("fonts")
FONT_FILES = ("*.otf", "*.ttf", "*.ttc")
#: How many lines lower a text begins at most, so that the signature is not alone on a page.
MOST_PUSHED = 4
#: Characters that no font draws and no paper shows.
INVISIBLE = frozenset("\t\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{BYTE ORDER MARK}")
MISSING = N_(
    "The PDF cannot be made: no font here has %(characters)s. "
    "Put a font that has them into DOC_FONT_DIR, or take the Word file"
)


def write_pdf(
    content: Mapping[str, Any], *, issued_at: datetime, void: str = "", fonts: str = ""
) -> bytes:
    """Return the paper as a PDF/A-2b file; 22 lines of 28 characters a page (GB/T 9704 5.2).

    `content` is models.Paper.content; `issued_at` dates the file; `void` is the word to stamp on
    every page; `fonts` the folder of DOC_FONT_DIR. Raises Refused where no font has a character.
    """
    return Printer.of(fonts).draw(sheet_of(content, void=void), issued_at)


class Printer:
    """One warm compiler with its fonts; a process keeps one for each folder of fonts."""

    def __init__(self, folder: str) -> None:
        self._folders = [FONTS, *([Path(folder)] if folder else [])]
        found = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(one) for one in self._folders],
        )
        self._families = set(found.families())
        self._compiler = typst.Compiler(
            TEMPLATE,
            root=TEMPLATE.parent,
            font_paths=found,
            # No template asks for a package; none could be fetched either.
            package_path=FONTS,
            package_cache_path=FONTS,
        )
        self._lock = Lock()

    @staticmethod
    @cache
    def of(folder: str) -> Printer:
        """Return the printer that uses this folder of fonts beside our own."""
        return Printer(folder)

    def draw(self, sheet: Sheet, at: datetime) -> bytes:
        """Return the PDF file of a sheet; `at` is the date that the file carries."""
        words = self._words(sheet, at)
        self._check(words)
        with self._lock:
            for push in range(MOST_PUSHED + 1):
                made = self._compile({**words, "push": push}, at)
                above, here = json.loads(self._compiler.query("<ends>", "value", one=True))
                if above == here:
                    break
        return made

    def _compile(self, words: Mapping[str, Any], at: datetime) -> bytes:
        made = self._compiler.compile(
            format="pdf",
            sys_inputs={"paper": json.dumps(words, ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=int(at.timestamp()),
        )
        if not isinstance(made, bytes):
            raise TypeError("the compiler gave no file")
        return made

    def _words(self, sheet: Sheet, at: datetime) -> dict[str, Any]:
        """Return what the template is told; texts as lists of lines."""
        colon = layout()["words"]["colon"]
        parts = (*sheet.paragraphs, *sheet.enclosed)
        return {
            "issuer": safe(sheet.issuer),
            "mark": mark_size(sheet.issuer),
            "number": safe(sheet.number),
            "title": safe(sheet.title),
            "to": safe(f"{sheet.to}{colon}") if sheet.to else "",
            "rows": [[safe(label), _safe_lines(value)] for label, value in sheet.rows],
            "paragraphs": [line for text in parts for line in _safe_lines(text)],
            "signed_body": safe(sheet.signed_body),
            "signed_person": safe(sheet.signed_person),
            "signed_on": safe(sheet.signed_on),
            "case_number": safe(sheet.case_number),
            "basis": safe(sheet.basis),
            "is_form": sheet.is_form,
            "void": safe(sheet.void),
            "date": {"year": at.year, "month": at.month, "day": at.day},
            "fonts": {role: self._chain(role) for role in layout()["fonts"]},
        }

    def _chain(self, role: str) -> list[str]:
        """Return the fonts of a role that are here, the wished one first."""
        wished = layout()["prints"].get(role, [])
        return [name for name in (*wished, *layout()["prints"]["any"]) if name in self._families]

    def _check(self, words: Mapping[str, Any]) -> None:
        missing = sorted(set(_characters(words.values())) - self._drawn() - INVISIBLE)
        if missing:
            shown = " ".join(f"{one} (U+{ord(one):04X})" for one in missing[:10])
            reason = Reason(MISSING, {"characters": shown})
            raise Refused(reason, {"format": [reason]})

    def _drawn(self) -> frozenset[str]:
        return _coverage(tuple(self._folders))


def _safe_lines(text: str) -> list[str]:
    return [safe(line) for line in split_lines(text)]


def _characters(values: Iterable[Any]) -> Iterable[str]:
    """Return every character of the texts in a nested value."""
    for value in values:
        if isinstance(value, str):
            yield from value
        elif isinstance(value, Mapping):
            yield from _characters(value.values())
        elif isinstance(value, list):
            yield from _characters(value)


@cache
def _coverage(folders: Sequence[Path]) -> frozenset[str]:
    """Return the characters that the fonts in these folders can draw."""
    found: set[str] = set()
    for folder in folders:
        for path in (one for pattern in FONT_FILES for one in sorted(folder.glob(pattern))):
            found |= {chr(code) for face in _faces(path) for code in face.getBestCmap() or ()}
    return frozenset(found)


def _faces(path: Path) -> list[TTFont]:
    if path.suffix == ".ttc":
        return list(TTCollection(BytesIO(path.read_bytes()), lazy=True).fonts)
    return [TTFont(BytesIO(path.read_bytes()), lazy=True)]
