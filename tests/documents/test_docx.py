"""The DOCX file of a paper: its words, its page, its stamp, and the same bytes each time."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from sqlalchemy import select

from app.clock import CHINA
from app.documents.docx import write_docx
from app.documents.sheet import sheet_of, texts
from app.models import Paper
from app.security.sight import everything

NOTICE: dict[str, Any] = {
    "kind": "transfer_notice",
    "title": "移送告知书",
    "number": "泽税争告〔2024〕1号",
    "form": False,
    "to": "王秀兰",
    "case_number": "140525-2024-000126",
    "rows": [],
    "paragraphs": [
        "您于2024年11月4日 09:20反映的“社会保险待遇核定和支付”争议，已交由泽州县医疗保障局办理。",
        "联系人员：郭丽娜。联系电话：0356-2030031。",
    ],
    "signature": {
        "body": "国家税务总局泽州县税务局",
        "person": "李文静",
        "on": "2024年11月4日",
    },
    "basis": "泽政办发〔2024〕11号",
    "clause": "四（二）",
    "fields": {},
}
FORM: dict[str, Any] = {
    **NOTICE,
    "kind": "registration_form",
    "title": "社会保险费征缴争议登记表",
    "number": None,
    "form": True,
    "to": "泽州县社会保险费征缴争议处置工作领导小组办公室",
    "rows": [["申请人", "王秀兰（个人）"], ["费款所属期", "2024年3月至2024年6月"]],
    "paragraphs": ["申请人（签字）：　　　　　　年　　月　　日"],
}


def opened(content: dict[str, Any], **more: Any) -> Any:
    """Return the file as python-docx reads it."""
    return docx.Document(BytesIO(write_docx(content, **more)))


def words(document: Any) -> str:
    """Return every text of the file, headers and footers included."""
    section = document.sections[0]
    edges = (
        section.header,
        section.even_page_header,
        section.footer,
        section.even_page_footer,
    )
    roots = [document.element, *(one._element for one in edges if not one.is_linked_to_previous)]
    return "\n".join(one.text or "" for root in roots for one in root.iter(qn("w:t")))


def styled(document: Any, style: str) -> Iterator[str]:
    """Return the paragraphs of one style."""
    return (one.text for one in document.paragraphs if one.style.name == style)


@pytest.mark.parametrize("content", [NOTICE, FORM], ids=["notice", "form"])
def test_every_word_of_the_content_stands_in_the_file(content: dict[str, Any]) -> None:
    found = words(opened(content, void="作废"))
    for text in texts(content, void="作废"):
        assert text in found


def test_the_parts_of_a_notice_stand_in_the_order_of_the_standard() -> None:
    styles = [one.style.name for one in opened(NOTICE).paragraphs]
    assert styles == [
        "Issuer",
        "Number",
        "PaperTitle",
        "To",
        "Text",
        "LastText",
        "FirstSign",
        "Sign",
        "SignedOn",
    ]
    assert next(styled(opened(NOTICE), "To")) == "王秀兰："


def test_the_page_of_a_notice_has_the_margins_of_the_standard() -> None:
    section = opened(NOTICE).sections[0]
    assert [round(section.page_width.mm), round(section.page_height.mm)] == [210, 297]
    margins = [
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    ]
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]


def test_a_page_takes_22_lines_of_28_characters() -> None:
    document = opened(NOTICE)
    section = document.sections[0]
    height = section.page_height - section.top_margin - section.bottom_margin
    line = document.styles["Text"].paragraph_format.line_spacing
    assert height // line == 22
    assert line == Pt(28.95)
    grid = section._sectPr.find(qn("w:docGrid"))
    character = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    width = section.page_width - section.left_margin - section.right_margin
    assert int(width / Pt(1) / character + 0.01) == 28


def test_letters_before_the_text_keep_the_pitch_of_the_lines() -> None:
    styles = opened(NOTICE).styles
    for name in ("Issuer", "Number", "PaperTitle", "To", "Text", "FirstSign"):
        form = styles[name].paragraph_format
        for space in (form.line_spacing, form.space_before, form.space_after):
            assert (space / Pt(28.95)) == pytest.approx(round(space / Pt(28.95)), abs=0.01)


def test_sizes_and_indent_are_those_of_the_standard() -> None:
    styles = opened(NOTICE).styles
    assert styles["PaperTitle"].font.size == Pt(22)
    assert styles["Text"].font.size == Pt(16)
    assert styles["Text"].paragraph_format.first_line_indent == 2 * Pt(16)
    assert str(styles["Issuer"].font.color.rgb) == "C0141B"


def test_the_issuers_mark_is_as_large_as_its_line_takes() -> None:
    def size(body: str) -> float:
        content = {**NOTICE, "signature": {**NOTICE["signature"], "body": body}}
        run = opened(content).paragraphs[0].runs[0]
        assert run.font.size is not None
        return float(run.font.size.pt)

    assert size("某局") == 36
    assert size("国家税务总局泽州县税务局") == 36
    long = "泽州县社会保险费征缴争议处置工作领导小组办公室"
    assert size(long) * len(long) <= Mm(156) / Pt(1)
    assert size("某" * 60) == 18


def test_the_red_rule_stands_below_the_number_or_else_below_the_mark() -> None:
    numbered, bare = opened(NOTICE), opened({**NOTICE, "number": None})
    ruled = [
        [one.style.name for one in document.paragraphs if list(one._p.iter(qn("w:pBdr")))]
        for document in (numbered, bare)
    ]
    assert ruled == [["Number"], ["Issuer"]]


def test_a_form_is_a_plain_table_without_mark_and_addressee() -> None:
    document = opened(FORM)
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == FORM["rows"]
    assert not list(styled(document, "Issuer")) + list(styled(document, "To"))
    assert "领导小组办公室" not in words(document)
    assert round(document.sections[0].top_margin.mm) == 25


def test_a_notice_may_hold_a_table_too() -> None:
    document = opened({**NOTICE, "rows": FORM["rows"]})
    assert len(document.tables[0].rows) == 2


def test_signature_stands_at_the_right_centred_over_the_date() -> None:
    document = opened(NOTICE)
    rights = {
        one.style.name: one.paragraph_format.right_indent.pt
        for one in document.paragraphs
        if one.style.name in ("FirstSign", "Sign", "SignedOn")
    }
    # The date is 104 points wide, so its middle is 116 from the edge; the names are 192 and 48.
    assert rights == {"FirstSign": 116 - 96, "Sign": 116 - 24, "SignedOn": 64}


def test_a_paper_without_a_signing_person_names_the_body_alone() -> None:
    content = {**NOTICE, "signature": {**NOTICE["signature"], "person": ""}}
    assert not list(styled(opened(content), "Sign"))
    assert next(styled(opened(content), "FirstSign")) == "国家税务总局泽州县税务局"


def test_the_foot_of_every_page_names_case_and_basis() -> None:
    section = opened(NOTICE).sections[0]
    for footer in (section.footer, section.even_page_footer):
        text = footer.paragraphs[0].text
        assert "140525-2024-000126" in text
        assert "泽政办发〔2024〕11号" in text
        assert footer.paragraphs[0]._p.find(qn("w:fldSimple")).get(qn("w:instr")) == "PAGE"
    # Bound on the left and printed on both sides: odd page numbers right, even ones left.
    assert section.footer.paragraphs[0].text.endswith("—")
    assert section.even_page_footer.paragraphs[0].text.startswith("—")


def test_a_paper_that_no_longer_counts_says_so_on_every_page() -> None:
    section = opened(NOTICE, void="作废").sections[0]
    for header in (section.header, section.even_page_header):
        assert [one.text for one in header.paragraphs] == ["作废"]
        assert header.paragraphs[0].style.name == "Void"


def test_a_paper_that_counts_has_nothing_above_its_text() -> None:
    assert opened(NOTICE).sections[0].header.is_linked_to_previous


@pytest.mark.parametrize("content", [NOTICE, FORM], ids=["notice", "form"])
def test_the_same_content_gives_the_same_bytes(content: dict[str, Any]) -> None:
    at = datetime(2024, 11, 4, 9, 0, tzinfo=CHINA)
    first = write_docx(content, issued_at=at)
    write_docx({**content, "title": "别的文书"}, void="作废")
    assert write_docx(dict(reversed(content.items())), issued_at=at) == first


def test_other_words_give_other_bytes() -> None:
    assert write_docx(NOTICE) != write_docx({**NOTICE, "to": "王秀英"})
    assert write_docx(NOTICE) != write_docx(NOTICE, void="作废")


def test_the_file_names_its_issue_and_nothing_of_this_machine() -> None:
    at = datetime(2024, 11, 4, 9, 0, tzinfo=CHINA)
    properties = opened(NOTICE, issued_at=at).core_properties
    assert properties.created == datetime(2024, 11, 4, 1, 0, tzinfo=UTC)
    assert properties.modified == properties.created
    assert (properties.title, properties.author) == ("移送告知书", "国家税务总局泽州县税务局")
    assert properties.comments == ""
    with zipfile.ZipFile(BytesIO(write_docx(NOTICE))) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in file.namelist() if "thumbnail" in name or "custom" in name]


def test_rare_characters_come_through() -> None:
    rare = "喆堃䶮𠮷㐂"
    document = opened({**NOTICE, "to": rare, "paragraphs": [rare]})
    assert next(styled(document, "To")) == f"{rare}："
    assert next(styled(document, "LastText")) == rare


def test_markup_in_the_words_stays_words() -> None:
    text = "<w:p/> & </w:t> \"a\" 'b' ]]>"
    document = opened({**FORM, "title": text, "rows": [[text, text]], "paragraphs": [text]})
    assert document.tables[0].rows[0].cells[1].text == text
    assert document.core_properties.title == text


def test_what_xml_cannot_hold_is_shown_as_lost() -> None:
    document = opened({**NOTICE, "title": "a\x00b\x1fc\ufffe", "paragraphs": ["\ud800尾"]})
    assert next(styled(document, "PaperTitle")) == "a〓b〓c〓"
    assert next(styled(document, "LastText")) == "〓尾"


def test_lines_of_a_text_become_paragraphs() -> None:
    document = opened({**NOTICE, "paragraphs": ["一\r\n二\v三"], "rows": [["甲", "一\n二"]]})
    assert [*styled(document, "Text"), *styled(document, "LastText")] == ["一", "二", "三"]
    assert document.tables[0].rows[0].cells[1].text == "一\n二"


def test_attachments_are_numbered_below_the_text() -> None:
    several = opened({**NOTICE, "paragraphs": ["正文"], "attachments": ["甲", "乙"]})
    assert [*styled(several, "Text"), *styled(several, "LastText")] == [
        "正文",
        "附件：1. 甲",
        "2. 乙",
    ]
    assert sheet_of({**NOTICE, "attachments": ["甲"]}).enclosed == ["附件：甲"]


def test_a_paper_without_paragraphs_is_a_paper() -> None:
    document = opened({**NOTICE, "paragraphs": []})
    assert [one.style.name for one in document.paragraphs][3:5] == ["To", "FirstSign"]


def test_long_content_is_whole() -> None:
    paragraphs = [f"第{number}段" + "文" * 4000 for number in range(100)]
    document = opened({**NOTICE, "paragraphs": paragraphs})
    assert [*styled(document, "Text"), *styled(document, "LastText")] == paragraphs


def test_a_form_of_two_hundred_rows_is_whole_and_quick(
    record_property: pytest.FixtureRequest,
) -> None:
    content = {**FORM, "rows": [[f"第{n}项", f"内容{n}"] for n in range(200)]}
    write_docx(content)
    began = time.perf_counter()
    file = write_docx(content)
    # For information: the target is 50 ms; a busy machine must not fail the suite.
    record_property("milliseconds", (time.perf_counter() - began) * 1000)  # type: ignore[operator]
    table = docx.Document(BytesIO(file)).tables[0]._tbl
    cells = ["".join(one.text for one in cell.iter(qn("w:t"))) for cell in table.iter(qn("w:tc"))]
    assert cells == [text for row in content["rows"] for text in row]


def test_every_paper_of_the_demonstration_holds_all_its_words(session: Any) -> None:
    with everything(session):
        papers = session.scalars(select(Paper)).all()
    assert papers
    for paper in papers:
        found = words(opened(paper.content, issued_at=paper.issued_at))
        for text in texts(paper.content):
            assert all(line in found for line in text.splitlines()), (paper.title, text)
