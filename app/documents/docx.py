"""The DOCX file of an official paper (GB/T 9704-2012; forms are plain A4 tables).

Rendered from the content frozen at the paper's issue: the same content gives the same bytes.
Fonts are named in layout.json and not embedded; a machine without them shows its own Song.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from app.documents.blank import BODY, RED, blank, width
from app.documents.sheet import Sheet, layout, mark_size, points, safe, sheet_of, split_lines

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: The first moment that a ZIP file can name.
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
#: What a field of the file's properties may hold.
LONGEST_PROPERTY = 255
#: The date stands four characters from the right edge, below the seal (7.3.5.1).
SEAL_INDENT = 4 * BODY.pt
#: Share of the table that its labels take, in percent.
LABELS = 26
#: Page numbers stand between dashes (7.5); the 1 is what a reader shows that cannot count.
_PAGE_NUMBER = (
    "<w:r><w:rPr><w:sz w:val='28'/></w:rPr><w:t xml:space='preserve'>\N{EM DASH} </w:t></w:r>"
    "<w:fldSimple w:instr='PAGE'><w:r><w:rPr><w:sz w:val='28'/></w:rPr><w:t>1</w:t></w:r>"
    "</w:fldSimple>"
    "<w:r><w:rPr><w:sz w:val='28'/></w:rPr><w:t xml:space='preserve'> \N{EM DASH}</w:t></w:r>"
)


def write_docx(
    content: Mapping[str, Any], *, void: str = "", issued_at: datetime | None = None
) -> bytes:
    """Return the paper as a DOCX file.

    `content` is models.Paper.content. `void` is the word to stamp on every page of a paper that
    no longer counts. `issued_at` goes into the file's properties; without it they have no date.
    """
    sheet = sheet_of(content, void=void)
    document = docx.Document(BytesIO(blank(sheet.is_form)))
    parts = _form(sheet) if sheet.is_form else _letter(sheet)
    _fill(document.element.body, parts)
    _edges(document.sections[0], sheet)
    _describe(document.core_properties, sheet, issued_at or EPOCH)
    file = BytesIO()
    document.save(file)
    return _same_bytes(file)


# --- what stands on the page


def _letter(sheet: Sheet) -> Iterator[str]:
    """Return the parts of a formal paper as WordprocessingML."""
    if sheet.issuer:
        size = mark_size(sheet.issuer)
        rule = "" if sheet.number else _rule()
        yield _paragraph("Issuer", sheet.issuer, rule, f'<w:sz w:val="{2 * size}"/>')
    if sheet.number:
        yield _paragraph("Number", sheet.number, _rule())
    yield _paragraph("PaperTitle", sheet.title)
    if sheet.to:
        yield _paragraph("To", f"{sheet.to}{layout()['words']['colon']}")
    yield from _table(sheet)
    lines = [line for text in (*sheet.paragraphs, *sheet.enclosed) for line in split_lines(text)]
    yield from (_paragraph("Text", line) for line in lines[:-1])
    yield from (_paragraph("LastText", line) for line in lines[-1:])
    yield from _signature(sheet)
    if sheet.copies:
        yield _paragraph("Copies", sheet.copies, _copies_rules())


def _form(sheet: Sheet) -> Iterator[str]:
    """Return the parts of a form as WordprocessingML."""
    yield _paragraph("FormTitle", sheet.title)
    if sheet.number:
        yield _paragraph("Cell", sheet.number, '<w:jc w:val="right"/>')
    yield from _table(sheet)
    for text in (*sheet.paragraphs, *sheet.enclosed):
        yield from (_paragraph("FormText", line) for line in split_lines(text))
    yield from _signature(sheet)


def _table(sheet: Sheet) -> Iterator[str]:
    if not sheet.rows:
        return
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    whole = _width(sheet)
    columns = (whole * LABELS // 100, whole - whole * LABELS // 100)
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in columns)
    padding = "".join(
        f'<w:{side} w:w="{size}" w:type="dxa"/>'
        for side, size in (("top", 60), ("left", 108), ("bottom", 60), ("right", 108))
    )
    rows = "".join(_row(label, value, columns) for label, value in sheet.rows)
    yield (
        f'<w:tbl><w:tblPr><w:tblW w:w="{whole}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{padding}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(label: str, value: str, columns: tuple[int, int]) -> str:
    cells = zip(("Label", "Cell"), (label, value), columns, strict=True)
    inner = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{column}" w:type="dxa"/></w:tcPr>'
        f"{''.join(_paragraph(style, line) for line in split_lines(text))}</w:tc>"
        for style, text, column in cells
    )
    return f"<w:tr>{inner}</w:tr>"


def _signature(sheet: Sheet) -> Iterator[str]:
    """Return the signature: the body's name centred over the date, room for the seal above."""
    middle = SEAL_INDENT + points(sheet.signed_on) / 2
    lines = [text for text in (sheet.signed_body, sheet.signed_person) if text]
    for place, text in enumerate(lines):
        indent = max(0.0, middle - points(text) / 2)
        yield _paragraph("Sign" if place else "FirstSign", text, _indent(indent))
    if sheet.signed_on:
        yield _paragraph("SignedOn", sheet.signed_on, _indent(SEAL_INDENT))


def _indent(points: float) -> str:
    return f'<w:ind w:right="{round(20 * points)}"/>'


def _rule() -> str:
    """Return the red rule 4 mm below a line (7.2.7)."""
    return f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="11" w:color="{RED}"/></w:pBdr>'


def _copies_rules() -> str:
    """Return the black rules of 0.35 mm above and below the copies, one character in (7.4.1)."""
    rule = 'w:val="single" w:sz="8" w:space="4" w:color="auto"'
    borders = f"<w:pBdr><w:top {rule}/><w:bottom {rule}/></w:pBdr>"
    return f'{borders}<w:ind w:left="280" w:right="280"/>'


def _paragraph(style: str, text: str, more: str = "", run: str = "") -> str:
    """Return a paragraph of one style; `more` and `run` are properties beyond it."""
    look = f"<w:rPr>{run}</w:rPr>" if run else ""
    words = _clean(text).replace("\t", "</w:t><w:tab/><w:t xml:space='preserve'>")
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>'
        f"<w:r>{look}<w:t xml:space='preserve'>{words}</w:t></w:r></w:p>"
    )


def _clean(text: str) -> str:
    """Return a text as XML writes it."""
    return html.escape(safe(text), quote=False)


# --- the file


def _fill(body: Any, parts: Iterator[str]) -> None:
    """Put the parts before the section's properties."""
    made = parse_xml(f"<w:body {nsdecls('w')}>{''.join(parts)}</w:body>")
    section = body.find(qn("w:sectPr"))
    for part in list(made):
        section.addprevious(part)


def _edges(section: Any, sheet: Sheet) -> None:
    """Write case number, basis and page number below every page, and the void word above it."""
    about = "\N{EM SPACE}".join(text for text in (sheet.case_number, sheet.basis) if text)
    words = f"<w:r><w:t>{_clean(about)}</w:t></w:r>"
    gap = "<w:r><w:tab/></w:r>"
    stop = f'<w:tabs><w:tab w:val="right" w:pos="{_width(sheet)}"/></w:tabs>'
    _replace(section.footer, "Foot", stop, f"{words}{gap}{_PAGE_NUMBER}")
    _replace(section.even_page_footer, "Foot", stop, f"{_PAGE_NUMBER}{gap}{words}")
    if sheet.void:
        border = f'<w:rPr><w:bdr w:val="single" w:sz="12" w:space="4" w:color="{RED}"/></w:rPr>'
        stamp = f"<w:r>{border}<w:t>{_clean(sheet.void)}</w:t></w:r>"
        for header in (section.header, section.even_page_header):
            header.is_linked_to_previous = False
            _replace(header, "Void", "", stamp)


def _replace(edge: Any, style: str, more: str, runs: str) -> None:
    """Let a header or footer hold one paragraph and nothing else."""
    old = edge.paragraphs[0]._p
    look = f'<w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>'
    old.addprevious(parse_xml(f"<w:p {nsdecls('w')}>{look}{runs}</w:p>"))
    old.getparent().remove(old)


def _width(sheet: Sheet) -> int:
    """Return the width between the margins, in twentieths of a point."""
    return round(20 * width(is_form=sheet.is_form))


def _describe(properties: Any, sheet: Sheet, at: datetime) -> None:
    """Write the file's properties; none of them comes from this machine or this moment."""
    values = {
        "title": sheet.title,
        "subject": sheet.number,
        "author": sheet.signed_body,
        "last_modified_by": sheet.signed_body,
        "keywords": sheet.case_number,
        "language": layout()["language"],
        "comments": "",
    }
    for name, value in values.items():
        setattr(properties, name, safe(value)[:LONGEST_PROPERTY])
    properties.created = properties.modified = at.astimezone(UTC)
    properties.revision = 1


def _same_bytes(file: BytesIO) -> bytes:
    """Return the file with the time of packing taken out of it."""
    packed = BytesIO()
    with ZipFile(file) as source, ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, EPOCH.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return packed.getvalue()
