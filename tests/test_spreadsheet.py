"""Excel files: what a person typed is never calculated, and numbers and days are real ones."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from app.clock import CHINA
from app.spreadsheet import AMOUNT, DAY, LONGEST, MOMENT, workbook


def read(*sheets: Any) -> Any:
    """Return the file that was written, as Excel would read it."""
    return load_workbook(io.BytesIO(workbook(sheets)))


def cell(value: object) -> Any:
    """Return the only cell of a sheet that holds one value."""
    return read(("Cases", ["Value"], [[value]])).active["A2"]


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1+1", "＝1+1", "000123", "1E5"],
)
def test_what_looks_like_a_formula_or_a_number_stays_text(typed: str) -> None:
    found = cell(typed)
    assert (found.data_type, found.value) == ("s", typed)


def test_a_heading_that_looks_like_a_formula_stays_text() -> None:
    found = read(("Cases", ["=1+1"], [])).active["A1"]
    assert (found.data_type, found.value) == ("s", "=1+1")


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_sign_that_no_file_may_hold_becomes_a_blank(sign: str) -> None:
    assert cell(f"张{sign}三").value == "张 三"


def test_lines_stay_lines_whatever_ends_them() -> None:
    found = cell("一\r\n二\r三\n四")
    assert found.value == "一\n二\n三\n四"
    assert found.alignment.wrap_text


def test_a_text_is_cut_to_what_a_cell_holds() -> None:
    assert cell("文" * LONGEST).value == "文" * LONGEST
    assert cell("文" * (LONGEST + 5)).value == "文" * LONGEST


def test_a_text_is_not_cut_in_the_middle_of_a_character() -> None:
    assert cell("文" * (LONGEST - 1) + "𠮷").value == "文" * (LONGEST - 1)


def test_a_day_is_a_day_in_chinese_form() -> None:
    found = cell(date(2024, 11, 4))
    assert found.is_date
    assert found.value.isoformat() == "2024-11-04T00:00:00"
    assert found.number_format == DAY == 'yyyy"年"m"月"d"日"'


def test_a_moment_is_told_in_the_time_of_china() -> None:
    found = cell(datetime(2024, 11, 4, 23, 30, tzinfo=UTC))
    assert found.value.isoformat() == "2024-11-05T07:30:00"
    assert found.number_format == MOMENT


def test_a_day_before_the_calendar_of_excel_is_written_as_text() -> None:
    assert cell(date(1899, 12, 31)).value == "1899-12-31"
    assert cell(datetime(1900, 2, 28, 9, 0, tzinfo=CHINA)).value == "1900-02-28T09:00:00"


def test_an_amount_is_a_number_with_two_places() -> None:
    found = cell(Decimal("12345.60"))
    assert (found.data_type, found.number_format) == ("n", AMOUNT)
    assert found.value == 12345.6


@pytest.mark.parametrize("number", [3, 0, -7, 2.5, 999_999_999_999_999])
def test_a_number_is_a_number(number: float) -> None:
    found = cell(number)
    assert (found.data_type, found.value) == ("n", number)


@pytest.mark.parametrize(
    "value", [10**15, Decimal("9999999999999999.99"), Decimal("NaN"), float("inf")]
)
def test_a_number_that_excel_would_change_is_written_as_text(value: object) -> None:
    found = cell(value)
    assert (found.data_type, found.value) == ("s", str(value))


def test_nothing_stays_empty_and_anything_else_is_its_text() -> None:
    assert cell(None).value is None
    assert cell(("tax", "hrss")).value == "('tax', 'hrss')"


def test_each_table_has_its_sheet_with_fixed_headings() -> None:
    book = read(
        ("案件", ["案号", "金额"], [["140525-2024-000001", Decimal("1.00")]]),
        ("说明", ["项目"], [["一"], ["二"]]),
    )
    assert book.sheetnames == ["案件", "说明"]
    assert [[c.value for c in row] for row in book["案件"]] == [
        ["案号", "金额"],
        ["140525-2024-000001", 1],
    ]
    assert book["说明"].max_row == 3
    assert book["案件"].freeze_panes == "A2"
    assert book["案件"]["A1"].font.bold


def test_rows_that_come_one_by_one_are_all_written() -> None:
    sheet = read(("Many", ["Number"], ([number] for number in range(200)))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == list(range(200))


def test_names_of_sheets_fit_excel_and_differ() -> None:
    long = "社会保险费" * 10
    book = read(("a/b:c", ["x"], []), ("A b c", ["x"], []), (long, ["x"], []), (long, ["x"], []))
    assert book.sheetnames == ["a b c", "A b c 2", long[:31], long[:29] + " 2"]


@pytest.mark.parametrize("name", ["", "'", "[]", "???"])
def test_a_sheet_without_a_usable_name_gets_one(name: str) -> None:
    assert read((name, ["x"], [])).sheetnames == ["Sheet"]


def test_a_file_without_tables_opens() -> None:
    assert read().sheetnames == ["Sheet"]


def test_a_column_is_as_wide_as_its_words() -> None:
    sheet = read(("Cases", ["Name", "Text"], [["欧阳晓梅", "文" * 500]])).active
    assert sheet.column_dimensions["A"].width == 10
    assert sheet.column_dimensions["B"].width == 60
