"""Each kind of paper of the demonstration says the same as a Word file and as PDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from app.clock import CHINA
from app.documents.docx import write_docx
from app.documents.pdf import write_pdf
from app.documents.sheet import layout, texts
from app.models import Paper
from app.security.sight import Scope, see
from tests import factories
from tests.documents.test_docx import NOTICE
from tests.documents.test_pdf import pages, written
from tests.documents.test_voided import docx_words
from tests.factories import Engine

#: The page number between dashes.
_PAGE_NUMBER = re.compile("—\\s*\\d+\\s*—")
COPIED = NOTICE | {"copies": "泽州县财政局、泽州县人民法院"}


def bare(text: str) -> str:
    """Return a text without spaces and hyphens: poppler drops one at the end of a line."""
    return re.sub(r"[\s-]", "", text)


def of_pdf(file: bytes, folder: Path) -> str:
    """Return the words of a PDF in their order, without the line at the foot of each page."""
    lines = "".join(pages(file, folder, "-raw")).split("\n")
    return bare("".join(line for line in lines if not _PAGE_NUMBER.search(line)))


def missing(wanted: Sequence[str], said: str) -> list[str]:
    return [one for one in wanted if bare(one) not in said]


def test_both_files_hold_every_word_of_each_kind_of_paper(session, tmp_path):
    see(session, Scope.system())
    papers = session.scalars(select(Paper).order_by(Paper.id)).all()
    assert len({paper.kind for paper in papers}) >= 8
    seen: set[str] = set()
    for paper in papers:
        place = f"{paper.jurisdiction_id}-{paper.kind}"
        if place in seen:
            continue
        seen.add(place)
        content, at = paper.content, paper.issued_at.astimezone(CHINA)
        foot = {content["case_number"], content["basis"]}
        wanted = [one for one in texts(content) if one not in foot]
        word = bare(docx_words(write_docx(content, issued_at=at)))
        print_ = of_pdf(write_pdf(content, issued_at=at), tmp_path)
        assert missing(wanted, word) == [], (paper.kind, "docx")
        assert missing(wanted, print_) == [], (paper.kind, "pdf")


@pytest.mark.parametrize("is_form", [False, True], ids=["letter", "form"])
def test_the_copies_close_a_letter_and_stand_in_no_form(tmp_path, is_form):
    content = COPIED | {"form": is_form}
    line = layout()["words"]["copied"] + COPIED["copies"]
    word = bare(docx_words(write_docx(content)))
    assert (line in word, line in of_pdf(written(content), tmp_path)) == (
        not is_form,
        not is_form,
    )
    assert (line in texts(content)) is not is_form


def test_the_copies_stand_below_the_signature_on_the_same_page(tmp_path):
    (page,) = pages(written(COPIED), tmp_path, "-layout")
    signed = COPIED["signature"]["on"]
    assert bare(page).index(bare(signed)) < bare(page).index("抄送")
    assert written(COPIED) == written(COPIED)


def test_a_transfer_names_who_has_a_copy_and_a_notice_of_acceptance_nobody():
    engine = Engine()
    case = engine.register("tax")
    engine.do(case, "tax", "transfer", unit="hrss")
    (letter,) = factories.papers(case, "transfer_letter")
    assert letter.content["copies"] == engine.world.directory.body_name("office")
    engine.do(case, "hrss", "accept")
    (notice,) = factories.papers(case, "acceptance_notice")
    assert "copies" not in notice.content
