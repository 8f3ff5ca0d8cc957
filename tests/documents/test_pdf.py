"""The PDF of a paper: PDF/A-2b on the grid of GB/T 9704, the same bytes each time, no hole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.clock import CHINA
from app.documents.pdf import TEMPLATE, write_pdf
from app.documents.sheet import texts
from app.errors import Refused
from tests.documents.test_docx import FORM, NOTICE

AT = datetime(2024, 11, 4, 9, 30, tzinfo=CHINA)
HAN = re.compile("[㐀-鿿]")


def written(content: dict[str, Any], **more: Any) -> bytes:
    """Return the file of a content that is issued at a fixed moment."""
    return write_pdf(content, issued_at=AT, **more)


def pages(file: bytes, folder: Path, *options: str) -> list[str]:
    """Return the words of each page, as poppler reads them."""
    path = folder / "paper.pdf"
    path.write_bytes(file)
    return said_by("pdftotext", *options, path, "-").split("\f")[:-1]


def said_by(tool: str, *arguments: object) -> str:
    """Return what one of poppler's tools says of a file."""
    if shutil.which(tool) is None:
        missing = pytest.fail if os.environ.get("REQUIRE_ALL") else pytest.skip
        missing(f"{tool} is missing: install poppler-utils")
    command = [tool, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("content", [NOTICE, FORM], ids=["notice", "form"])
def test_the_file_is_whole_and_says_what_it_is(content: dict[str, Any]) -> None:
    file = written(content)
    assert file.startswith(b"%PDF-1.7")
    assert b"%%EOF" in file[-32:]
    assert b"<pdfaid:part>2</pdfaid:part>" in file
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in file


@pytest.mark.parametrize("content", [NOTICE, FORM], ids=["notice", "form"])
def test_the_file_holds_every_chinese_character_of_the_paper(
    content: dict[str, Any], tmp_path: Path
) -> None:
    shown = "".join(pages(written(content), tmp_path))
    assert set(HAN.findall("".join(texts(content)))) <= set(HAN.findall(shown))


def test_the_same_content_gives_the_same_bytes_and_another_gives_others() -> None:
    file = written(NOTICE)
    other = written({**NOTICE, "number": "泽税争告〔2024〕2号"})
    assert written(NOTICE) == file != other


def test_several_threads_print_at_once_and_mix_nothing() -> None:
    contents = [{**NOTICE, "number": f"泽税争告〔2024〕{n}号"} for n in range(8)]
    alone = [written(content) for content in contents]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(written, contents)) == alone


def test_a_full_page_has_22_lines_of_28_characters(tmp_path: Path) -> None:
    content = {**NOTICE, "paragraphs": ["国" * 28 * 70], "signature": {}, "rows": []}
    page = pages(written(content), tmp_path, "-layout")[1]
    lines = [line.strip() for line in page.splitlines() if "国" in line]
    assert len(lines) == 22
    assert {len(line) for line in lines} == {28}


def test_the_page_is_a4(tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(written(NOTICE))
    assert "595.276 x 841.89 pts (A4)" in said_by("pdfinfo", path)


def test_page_numbers_stand_outside_right_on_odd_and_left_on_even_pages(tmp_path: Path) -> None:
    content = {**NOTICE, "paragraphs": ["国" * 28 * 40]}
    first, second = pages(written(content), tmp_path, "-layout")[:2]
    foot = [page.strip().splitlines()[-1] for page in (first, second)]
    assert re.search(r"号\s*— ?1 ?—$", foot[0].strip())
    assert re.search(r"^— ?2 ?—\s*140525", foot[1].strip())


def test_rare_characters_of_names_are_printed(tmp_path: Path) -> None:
    name = "张喆堃昇犇祎翀玥䶮陳國"
    assert name in "".join(pages(written({**NOTICE, "to": name}), tmp_path))


def test_a_character_that_no_font_has_is_refused_by_its_name() -> None:
    with pytest.raises(Refused) as refused:
        written({**NOTICE, "to": "张\N{EGYPTIAN HIEROGLYPH A001}"})
    assert "U+13000" in str(refused.value.reason.params["characters"])
    assert set(refused.value.errors) == {"format"}


@pytest.mark.parametrize(
    "words",
    [
        '#panic("x")',
        '#read("/etc/passwd")',
        "$x^2$ *bold* _it_ = Heading",
        "// comment /* */ \\ @ref <label> `raw`",
        "{{ name }} {% if %} {field}",
    ],
)
def test_words_are_never_read_as_markup(words: str, tmp_path: Path) -> None:
    shown = "".join(pages(written({**NOTICE, "paragraphs": [words]}), tmp_path, "-layout"))
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", shown)


def test_controls_are_shown_as_lost_and_lines_are_kept(tmp_path: Path) -> None:
    content = {**NOTICE, "paragraphs": ["第一行\n第二行\x00末\u2028第三行"]}
    shown = "".join(pages(written(content), tmp_path))
    assert "第二行\N{GETA MARK}末" in shown
    assert [shown.index(f"第{n}行") for n in "一二三"] == sorted(
        shown.index(f"第{n}行") for n in "一二三"
    )


def test_a_void_paper_says_so_on_every_page(tmp_path: Path) -> None:
    content = {**NOTICE, "paragraphs": ["国" * 28 * 40]}
    found = pages(written(content, void="作废"), tmp_path)
    assert len(found) >= 2
    assert all("作废" in page for page in found)


def test_the_signature_stays_with_the_last_words(tmp_path: Path) -> None:
    for lines in range(8, 34):
        content = {**NOTICE, "paragraphs": ["国" * 28 * lines]}
        last = pages(written(content), tmp_path)[-1]
        assert ("国" in last, "2024年11月4日" in last) == (True, True), lines


def test_a_table_breaks_over_pages_and_loses_nothing(tmp_path: Path) -> None:
    rows = [[f"第{n}项", "内容" * 40] for n in range(40)]
    shown = "".join(pages(written({**FORM, "rows": rows}), tmp_path))
    assert [n for n in range(40) if f"第{n}项" not in shown] == []


def test_the_template_fetches_nothing() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    assert "@preview" not in template
    assert "import" not in template


def test_the_countys_own_fonts_go_first(tmp_path: Path) -> None:
    own = tmp_path / "fonts"
    own.mkdir()
    assert written(NOTICE, fonts=str(own)) == written(NOTICE)
