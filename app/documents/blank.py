"""The empty official paper: page, styles and footers by GB/T 9704-2012, made once per process.

python-docx's own template carries two style sheets of 400 KB, a picture and an author; a paper
needs none of them, and opening them for every file is what would make it slow.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor

from app.documents.sheet import layout

PAGE = (Mm(210), Mm(297))
#: Top, bottom, left, right. GB/T 9704 5.2: a text area of 156 by 225 mm.
MARGINS = (Mm(37), Mm(35), Mm(28), Mm(26))
#: A form is a plain table on A4, with room to bind it on the left.
FORM_MARGINS = (Mm(25), Mm(20), Mm(28), Mm(20))
#: 22 lines a page (225 mm / 22) of 28 characters (156 mm / 28) of 16 points.
BODY = Pt(16)
LINE = Pt(28.95)
CHARACTERS = 28
RED = RGBColor(0xC0, 0x14, 0x1B)
EDGE = Mm(15)


@dataclass(frozen=True)
class Look:
    """A paragraph style: font by its role in layout.json, sizes in points, indents in points."""

    font: str = "body"
    size: float = 16
    align: ALIGN = ALIGN.LEFT
    line: Length | None = LINE
    before: float = 0
    after: float = 0
    indent: float = 0
    colour: RGBColor | None = None
    joined: bool = False


_CENTRE, _BOTH, _RIGHT = ALIGN.CENTER, ALIGN.JUSTIFY, ALIGN.RIGHT
_LINE = LINE.pt

#: The styles by id; a text is given one of them and nothing else.
LOOKS = {
    "Issuer": Look("title", 36, _CENTRE, line=Pt(2 * _LINE), colour=RED, joined=True),
    "Number": Look(align=_CENTRE, before=_LINE, joined=True),
    "PaperTitle": Look("title", 22, _CENTRE, before=2 * _LINE, after=_LINE, joined=True),
    "FormTitle": Look("title", 22, _CENTRE, line=None, after=12, joined=True),
    "To": Look(joined=True),
    "Text": Look(align=_BOTH, indent=32),
    "LastText": Look(align=_BOTH, indent=32, joined=True),
    "FormText": Look(size=12, align=_BOTH, line=None, before=12, indent=24),
    "Label": Look("label", 12, line=None),
    "Cell": Look(size=12, line=None),
    "FirstSign": Look(align=_RIGHT, before=2 * _LINE, joined=True),
    "Sign": Look(align=_RIGHT, joined=True),
    "SignedOn": Look(align=_RIGHT),
    "Copies": Look(size=14, before=2 * _LINE),
    "Foot": Look("foot", 10.5, line=None),
    "Void": Look("label", 22, _RIGHT, line=None, colour=RED),
}


@cache
def blank(is_form: bool) -> bytes:
    """Return the empty paper as a DOCX file."""
    document = docx.Document()
    _drop(document)
    _style(document)
    _page(document, is_form)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def width(*, is_form: bool) -> float:
    """Return the width between the margins, in points."""
    left, right = (FORM_MARGINS if is_form else MARGINS)[2:]
    return (PAGE[0] - left - right) / Pt(1)


def _drop(document: Any) -> None:
    """Drop what the template brings and a paper does not use."""
    _drop_parts(document.part.rels, kept={REL.STYLES, REL.SETTINGS})
    _drop_parts(document.part.package.rels, kept={REL.OFFICE_DOCUMENT, REL.CORE_PROPERTIES})
    _drop_elements(document.settings.element, kept={"w:characterSpacingControl", "w:compat"})
    _drop_elements(document.styles.element, kept=set())


def _drop_parts(rels: Any, kept: set[str]) -> None:
    for key, rel in list(rels.items()):
        if rel.reltype not in kept:
            del rels[key]


def _drop_elements(parent: Any, kept: set[str]) -> None:
    names = {qn(name) for name in kept}
    for child in list(parent):
        if child.tag not in names:
            parent.remove(child)


def _style(document: Any) -> None:
    """Write our styles, and the language of a text that says nothing else."""
    sheet = document.styles.element
    language = OxmlElement("w:docDefaults")
    inner = OxmlElement("w:rPr")
    inner.append(_element("w:lang", val="en-US", eastAsia=layout()["language"]))
    language.append(OxmlElement("w:rPrDefault"))
    language[0].append(inner)
    sheet.append(language)
    normal = document.styles.add_style("Normal", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    normal.element.set(qn("w:default"), "1")
    _write_look(normal, Look(line=None))
    spacing = normal.element.get_or_add_pPr().find(qn("w:spacing"))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        # Papers set figures and Latin letters without a gap beside Chinese characters.
        spacing.addprevious(_element(name, val="0"))
    for key, look in LOOKS.items():
        style = document.styles.add_style(key, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _write_look(style, look)


def _write_look(style: Any, look: Look) -> None:
    fonts = layout()["fonts"]
    style.font.name = fonts["latin"]
    style.font.size = Pt(look.size)
    names = style.element.rPr.rFonts
    names.set(qn("w:eastAsia"), fonts[look.font])
    # Quotation marks and dashes exist in both kinds of font: take the Chinese one.
    names.set(qn("w:hint"), "eastAsia")
    if look.colour is not None:
        style.font.color.rgb = look.colour
    form = style.paragraph_format
    form.alignment = look.align
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.widow_control = False
    form.keep_with_next = look.joined
    if look.indent:
        form.first_line_indent = Pt(look.indent)
        # Word counts the indent in characters; the points are for programs that do not.
        style.element.pPr.ind.set(qn("w:firstLineChars"), "200")
    if look.line is not None:
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = look.line


def _page(document: Any, is_form: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE
    margins = FORM_MARGINS if is_form else MARGINS
    section.top_margin, section.bottom_margin = margins[:2]
    section.left_margin, section.right_margin = margins[2:]
    section.gutter = 0
    section.header_distance = section.footer_distance = EDGE
    document.settings.odd_and_even_pages_header_footer = True
    for footer in (section.footer, section.even_page_footer):
        footer.is_linked_to_previous = False
    properties = section._sectPr
    for old in [*properties.findall(qn("w:docGrid")), *properties.findall(qn("w:cols"))]:
        properties.remove(old)
    if not is_form:
        properties.append(_grid())


def _grid() -> Any:
    """Return the grid of 22 lines by 28 characters."""
    shift = width(is_form=False) / CHARACTERS - BODY.pt
    return _element(
        "w:docGrid",
        type="linesAndChars",
        linePitch=str(round(LINE.pt * 20)),
        charSpace=str(round(shift * 4096)),
    )


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made
