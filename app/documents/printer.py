"""One warm typst compiler for each template: fonts found once, files drawn in milliseconds.

The fonts come with the system, so that a machine without any prints Chinese too; those in
DOC_FONT_DIR (a county's licensed Fangsong and title Song) go before them. The machine's own
fonts are never used: they would make other bytes elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final

import typst
from fontTools.ttLib import TTCollection, TTFont

from app.documents.sheet import layout
from app.errors import N_, Reason, Refused

STANDARD: Final = "a-2b"
FONTS = Path(__file__).with_name("fonts")
FONT_FILES = ("*.otf", "*.ttf", "*.ttc")
#: Characters that no font draws and no paper shows.
INVISIBLE = frozenset("\t\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{BYTE ORDER MARK}")
MISSING = N_(
    "The PDF cannot be made: no font here has %(characters)s. "
    "Put a font that has them into DOC_FONT_DIR, or take the Word file"
)


class Printer:
    """One warm compiler with its fonts; a process keeps one for each template and folder."""

    def __init__(self, template: Path, folder: str) -> None:
        self._folders = (FONTS, *([Path(folder)] if folder else []))
        found = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(one) for one in self._folders],
        )
        families = set(found.families())
        self._fonts = {role: _chain(role, families) for role in layout()["fonts"]}
        self._compiler = typst.Compiler(
            template,
            root=template.parent,
            font_paths=found,
            # No template asks for a package; none could be fetched either.
            package_path=FONTS,
            package_cache_path=FONTS,
        )
        self.lock = Lock()

    @staticmethod
    @cache
    def of(template: Path, folder: str) -> Printer:
        """Return the printer of a template with this folder of fonts beside our own."""
        return Printer(template, folder)

    def draw(self, words: Mapping[str, Any], at: datetime) -> bytes:
        """Return the PDF/A file; `words` reach the template as text, `at` dates the file.

        One at a time: whoever draws holds `lock`. Raises Refused where no font has a character.
        """
        self._check(words)
        date = {"year": at.year, "month": at.month, "day": at.day}
        given = {**words, "date": date, "fonts": self._fonts}
        made = self._compiler.compile(
            format="pdf",
            sys_inputs={"paper": json.dumps(given, ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=int(at.timestamp()),
        )
        if not isinstance(made, bytes):
            raise TypeError("the compiler gave no file")
        return made

    def ask(self, label: str) -> Any:
        """Return what the template says under a label of the file that was drawn last."""
        return json.loads(self._compiler.query(f"<{label}>", "value", one=True))

    def _check(self, words: Mapping[str, Any]) -> None:
        missing = sorted(set(_characters(words.values())) - _coverage(self._folders) - INVISIBLE)
        if missing:
            shown = " ".join(f"{one} (U+{ord(one):04X})" for one in missing[:10])
            reason = Reason(MISSING, {"characters": shown})
            raise Refused(reason, {"format": [reason]})


def pages_of(file: bytes) -> int:
    """Return how many pages a file of ours has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", file)
    return int(found[1]) if found else 0


def _chain(role: str, families: set[str]) -> list[str]:
    """Return the fonts of a role that are here, the wished one first."""
    prints = layout()["prints"]
    return [name for name in (*prints.get(role, ()), *prints["any"]) if name in families]


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
    file = BytesIO(path.read_bytes())
    if path.suffix == ".ttc":
        return list(TTCollection(file, lazy=True).fonts)
    return [TTFont(file, lazy=True)]
