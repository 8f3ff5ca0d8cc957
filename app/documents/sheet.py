"""A paper as it prints: what stands on it, in which order, whatever the medium.

The DOCX file and the printable page are both drawn from a `Sheet`, so that they hold the same
words. It comes from the content frozen at the paper's issue (models.Paper.content) alone.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LAYOUT = Path(__file__).with_name("layout.json")
#: The size of the text, and how wide a line of 28 characters is, in points (GB/T 9704 5.2).
BODY, LINE_WIDTH = 16.0, 442.2
#: The issuer's mark in points: as large as one line takes, within these.
MARK = (18, 36)
_LINE_BREAKS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Sheet:
    """The parts of a paper from top to bottom; what is empty is not printed.

    A form has neither issuer's mark nor addressee: its rows say who and to whom. `void` is the
    word stamped on a paper that no longer counts; `copies` the line below it all, of who else has
    it (GB/T 9704 7.4.2), its label included.
    """

    issuer: str
    number: str
    title: str
    to: str
    rows: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    attachments: Sequence[str]
    signed_body: str
    signed_person: str
    signed_on: str
    case_number: str
    basis: str
    is_form: bool
    void: str = ""
    copies: str = ""

    @property
    def enclosed(self) -> list[str]:
        """Return the lines that name the attachments (GB/T 9704 7.3.4)."""
        label = layout()["words"]["enclosed"]
        if len(self.attachments) == 1:
            return [f"{label}{self.attachments[0]}"]
        return [
            f"{label if place == 1 else ''}{place}. {name}"
            for place, name in enumerate(self.attachments, 1)
        ]


def sheet_of(content: Mapping[str, Any], *, void: str = "") -> Sheet:
    """Return the sheet of a paper's frozen content; `void` is the word to stamp on it."""
    is_form = bool(content.get("form"))
    signature = content.get("signature") or {}
    return Sheet(
        issuer="" if is_form else signature.get("body") or "",
        number=content.get("number") or "",
        title=content["title"],
        to="" if is_form else content.get("to") or "",
        rows=[(label, value) for label, value in content.get("rows") or ()],
        paragraphs=list(content.get("paragraphs") or ()),
        attachments=list(content.get("attachments") or ()),
        signed_body=signature.get("body") or "",
        signed_person=signature.get("person") or "",
        signed_on=signature.get("on") or "",
        case_number=content.get("case_number") or "",
        basis=content.get("basis") or "",
        is_form=is_form,
        void=void,
        copies=_copies(content) if not is_form else "",
    )


def _copies(content: Mapping[str, Any]) -> str:
    names = content.get("copies") or ""
    return f"{layout()['words']['copied']}{names}" if names else ""


def texts(content: Mapping[str, Any], *, void: str = "") -> list[str]:
    """Return the words of a paper as plain paragraphs, from top to bottom."""
    sheet = sheet_of(content, void=void)
    to = f"{sheet.to}{layout()['words']['colon']}" if sheet.to else ""
    found = [
        sheet.void,
        sheet.issuer,
        sheet.number,
        sheet.title,
        to,
        *(part for row in sheet.rows for part in row),
        *sheet.paragraphs,
        *sheet.enclosed,
        sheet.signed_body,
        sheet.signed_person,
        sheet.signed_on,
        sheet.copies,
        sheet.case_number,
        sheet.basis,
    ]
    return [text for text in found if text]


@cache
def layout() -> dict[str, Any]:
    """Return the names of fonts and the few fixed words of papers (layout.json)."""
    found: dict[str, Any] = json.loads(LAYOUT.read_text(encoding="utf-8"))
    return found


def split_lines(text: str) -> list[str]:
    """Return the lines of a text; each becomes a paragraph of its own."""
    return _LINE_BREAKS.split(text)


def safe(text: str) -> str:
    """Return a text that a file can hold; what it cannot stands as the printer's mark for it."""
    return _FORBIDDEN.sub("\N{GETA MARK}", text)


def points(text: str) -> float:
    """Return how wide a text is in the body's size, in points."""
    wide = sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)
    return max(1, wide) * BODY / 2


def mark_size(issuer: str) -> int:
    """Return the size of the issuer's mark, in points (7.2.2: never so large as to break)."""
    smallest, largest = MARK
    return max(smallest, min(largest, int(LINE_WIDTH * BODY / points(issuer))))
