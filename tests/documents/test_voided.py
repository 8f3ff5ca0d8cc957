"""A number that is taken back stays in sight, marked, wherever papers are listed or read."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from app import archiving
from app.models import Paper
from tests.archive import test_package as packages
from tests.archive.conftest import Pack, bring, close, pack, shelf
from tests.documents.test_pdf import pages
from tests.factories import Door
from tests.peopled import _peopled_stores, door

__all__ = ["_peopled_stores", "door", "pack", "shelf"]

VOID = "作废"


@dataclass(frozen=True)
class Known:
    """A paper, as far as these tests look for it."""

    id: int
    number: str
    state: str


@dataclass(frozen=True)
class Returned:
    """A case that was returned, the return taken back, and returned again."""

    case_id: int
    void: Known
    issued: Known


@pytest.fixture
def returned(app: Any) -> Returned:
    with app.app_context():
        door = Door(app.appbuilder.session)
        case_id = door.register("tax").case_id
        for key in ("return_to_office", "correct", "return_to_office"):
            door.do(case_id, "tax", key)
        papers = door.all(Paper, case_id=case_id, kind="return_note")
        void, issued = (Known(one.id, one.number, one.state) for one in papers)
        return Returned(case_id, void, issued)


def serial(paper: Known) -> int:
    found = re.search(r"〕(\d+)号$", paper.number)
    assert found
    return int(found[1])


def line_of(page: str, number: str) -> str:
    """Return what stands around a number on a page, its own line of a list."""
    rows = [one for one in re.split(r"</?(?:tr|li|article)\b", page) if number in one]
    assert rows, f"{number} is not on the page"
    return " ".join(rows)


def test_the_next_paper_takes_the_next_number(returned):
    assert (returned.void.state, returned.issued.state) == ("void", "issued")
    assert serial(returned.issued) == serial(returned.void) + 1


def test_the_case_page_and_the_list_of_papers_mark_it(returned, login):
    browser = login("zezhou-tax")
    for address in (f"/case/{returned.case_id}", "/paperview/list/?_flt_eq_kind=return_note"):
        page = browser.get(address).get_data(as_text=True)
        assert VOID in line_of(page, returned.void.number), address
        assert VOID not in line_of(page, returned.issued.number), address


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_printed_paper_is_stamped_in_the_countys_language(returned, login, language):
    browser = login("zezhou-tax")
    browser.get(f"/lang/{language}")
    page = browser.get(f"/document/{returned.void.id}").get_data(as_text=True)
    assert f'<p class="void plain">{VOID}</p>' in page
    sound = browser.get(f"/document/{returned.issued.id}").get_data(as_text=True)
    assert 'class="void' not in sound


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_files_are_stamped_and_those_of_the_next_are_not(returned, rest, language, tmp_path):
    tax = rest("zezhou-tax")

    def words(paper: Known, form: str) -> str:
        path = f"/api/v1/document/{paper.id}/file?format={form}"
        file = tax.get(path, headers={"Accept-Language": language}).data
        said = docx_words(file) if form == "docx" else "".join(pages(file, tmp_path))
        return re.sub(r"\s", "", said)

    for form in ("docx", "pdf"):
        void, issued = words(returned.void, form), words(returned.issued, form)
        assert (VOID in void, VOID in issued) == (True, False), form
        assert returned.void.number in void
        assert returned.issued.number in issued


def docx_words(file: bytes) -> str:
    with ZipFile(io.BytesIO(file)) as packed:
        parts = [packed.read(one) for one in packed.namelist() if one.endswith(".xml")]
    return re.sub("<[^>]+>", "", "".join(part.decode() for part in parts))


def test_rest_lists_it_with_its_state(returned, rest):
    path = f"/api/v1/case/{returned.case_id}/document/"
    found = {one["number"]: one["state"] for one in rest("zezhou-tax").get(path).json["result"]}
    assert found[returned.void.number] == "void"
    assert found[returned.issued.number] == "issued"


def test_the_catalogue_of_the_volume_lists_it_with_the_mark(
    door: Door, shelf: archiving.Shelf, pack: Pack
):
    case = door.register("tax", category=4).case_id
    bring(door, case, shelf)
    for key in ("return_to_office", "correct", "accept", "resolve", "serve"):
        door.do(case, "tax", key)
    close(door, case)
    (void,) = door.all(Paper, case_id=case, kind="return_note")
    (issued,) = door.all(Paper, case_id=case, kind="acceptance_notice")
    assert (void.state, issued.state) == ("void", "issued")
    marks = remarks(pack(case))
    assert marks[void.number] == VOID
    assert marks[issued.number] == ""


def remarks(path: Path) -> dict[str, str]:
    root = packages.metadata(path)
    numbers, said = packages.values(root, "number"), packages.values(root, "remark")
    return dict(zip(numbers, said, strict=True))
