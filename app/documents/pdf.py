"""The PDF/A-2b file of an official paper, the copy that is issued and filed.

Drawn from the content frozen at the paper's issue: the same content and the same fonts give
the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from app.documents.printer import Printer
from app.documents.sheet import Sheet, layout, mark_size, safe, sheet_of, split_lines

MEDIA_TYPE = "application/pdf"
TEMPLATE = Path(__file__).with_name("paper.typ")
#: How many lines lower a text begins at most, so that the signature is not alone on a page.
MOST_PUSHED = 4


def write_pdf(
    content: Mapping[str, Any], *, issued_at: datetime, void: str = "", fonts: str = ""
) -> bytes:
    """Return the paper as a PDF/A-2b file; 22 lines of 28 characters a page (GB/T 9704 5.2).

    `content` is models.Paper.content; `issued_at` dates the file; `void` is the word to stamp on
    every page; `fonts` the folder of DOC_FONT_DIR. Raises Refused where no font has a character.
    """
    printer = Printer.of(TEMPLATE, fonts)
    words = _words(sheet_of(content, void=void))
    with printer.lock:
        for push in range(MOST_PUSHED + 1):
            made = printer.draw({**words, "push": push}, issued_at)
            above, here = printer.ask("ends")
            if above == here:
                break
    return made


def _words(sheet: Sheet) -> dict[str, Any]:
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
        "copies": safe(sheet.copies),
    }


def _safe_lines(text: str) -> list[str]:
    return [safe(line) for line in split_lines(text)]
