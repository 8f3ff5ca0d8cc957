"""The volume of a case on screen: what lies in it, what is missing, and the package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.screens.desk import Clerk


@pytest.fixture
def tax(clerk: Callable[[str], Clerk]) -> Clerk:
    return clerk("zezhou-tax")


def test_it_says_early_which_papers_are_still_to_come(tax: Clerk) -> None:
    case = tax.register()
    tax.done(case, "accept")
    page = tax.page(f"/case/{case}/volume")
    assert "受理通知书" in page
    assert "处理决定书" in page
    assert "办理并反馈申请人" in page
    assert "下载案卷包" not in page


def test_the_package_comes_when_the_volumes_are_closed(
    tax: Clerk, clerk: Callable[[str], Clerk]
) -> None:
    case = tax.register()
    tax.done(case, "accept")
    tax.done(case, "resolve", decision="维持原核定。")
    tax.done(case, "serve", method="direct", served_on="2024-11-04")
    tax.done(case, "archive")
    assert "下载案卷包" not in tax.page(f"/case/{case}/volume")
    office = clerk("zezhou-office")
    office.done(case, "archive")
    assert "下载案卷包" in office.page(f"/case/{case}/volume")
    with office.send(f"/case/{case}/volume", {}) as answer:
        assert answer.status_code == 200
        names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert {"volumes/tax/volume.pdf", "volumes/office/volume.pdf"} <= set(names)
    with tax.send(f"/case/{case}/volume", {}) as answer:
        names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert "volumes/tax/volume.pdf" in names
    assert "volumes/office/volume.pdf" not in names


def test_the_package_of_a_running_case_is_refused_in_words(tax: Clerk) -> None:
    case = tax.register()
    answer = tax.send(f"/case/{case}/volume", {})
    assert answer.status_code == 422
    assert "还没有归档" in answer.get_data(as_text=True)


def test_a_stranger_finds_no_volume(tax: Clerk, clerk: Callable[[str], Clerk]) -> None:
    case = tax.register()
    clerk("zezhou-court").page(f"/case/{case}/volume", 404)
    assert clerk("zezhou-court").send(f"/case/{case}/volume", {}).status_code == 404
