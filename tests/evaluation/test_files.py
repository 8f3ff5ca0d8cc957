"""The evaluation as files: the figures of REST, in Chinese, with nothing to calculate."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Rest

FIRST, LAST = "2020-01-01", "2030-12-31"
QUERY = f"from={FIRST}&to={LAST}"


@pytest.fixture
def evaluate(app: Flask, tmp_path: Path) -> Callable[..., tuple[Result, Path]]:
    """Return the command, with other options where a test wants them."""

    def run(form: str, **other: str) -> tuple[Result, Path]:
        file = tmp_path / f"report.{form}"
        options = {"jurisdiction": "zezhou", "from": FIRST, "to": LAST, "format": form} | other
        args = [part for key, value in options.items() for part in (f"--{key}", value)]
        out = other.get("o", str(file))
        args = [part for part in args if part not in ("--o", other.get("o"))]
        return app.test_cli_runner().invoke(args=["evaluate", *args, "-o", out]), file

    return run


def test_the_json_file_has_the_figures_of_the_office(
    evaluate: Callable[..., tuple[Result, Path]], rest: Callable[[str], Rest]
) -> None:
    result, file = evaluate("json")
    assert result.exit_code == 0, result.output
    mine = json.loads(file.read_text("utf-8"))
    shown = rest("zezhou-office").get(f"/api/v1/evaluation/?{QUERY}").json
    assert shown is not None
    figures = ("key", "value", "numerator", "denominator")
    assert [[one[name] for name in figures] for one in mine["result"]] == [
        [one[name] for name in figures] for one in shown["result"]
    ]
    assert mine["result"][0]["label"] == "登记"


def sheets_of(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), "a cell is calculated"
    return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def test_the_excel_file_has_the_indicators_and_a_table_for_each_chart(
    evaluate: Callable[..., tuple[Result, Path]], rest: Callable[[str], Rest]
) -> None:
    result, file = evaluate("xlsx")
    assert result.exit_code == 0, result.output
    found = sheets_of(file.read_bytes())
    assert len(found) == 9
    office = rest("zezhou-office")
    shown = office.get(f"/api/v1/evaluation/?{QUERY}").json
    assert shown is not None
    table = found["定期评估"]
    assert [row[0] for row in table[1:]] == [one["label"] for one in shown["result"]]
    assert [row[4] for row in table[1:]] == [one["denominator"] for one in shown["result"]]
    category = office.get(f"/api/v1/evaluation/chart/category?{QUERY}").json
    assert category is not None
    assert found["争议类别"][1:] == [
        [row["label"], *row["figures"]] for row in category["result"]["rows"]
    ]


def test_the_word_file_is_the_report_in_chinese(
    evaluate: Callable[..., tuple[Result, Path]],
) -> None:
    result, file = evaluate("docx")
    assert result.exit_code == 0, result.output
    paper = docx.Document(str(file))
    rows = {row.cells[0].text: row.cells[1].text for row in paper.tables[0].rows}
    assert "件" in rows["登记"]
    assert "÷" in rows["按期办结率"]
    assert "税务局" in rows["现在在哪个单位"]
    words = "\n".join(one.text for one in paper.paragraphs)
    assert "2020年1月1日至2030年12月31日" in words
    assert "没有一个数字是手填的" in words


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"jurisdiction": "nowhere"}, "nowhere"),
        ({"from": "2024-02-30"}, "2024-02-30"),
        ({"from": "2031-01-01"}, "exchange the two"),
        ({"o": "/nowhere/report.json"}, "cannot be written"),
    ],
)
def test_the_command_says_what_is_wrong_and_writes_nothing(
    evaluate: Callable[..., tuple[Result, Path]], other: dict[str, str], said: str
) -> None:
    result, file = evaluate("json", **other)
    assert result.exit_code == 1
    assert said in result.output
    assert not file.exists()


def test_the_pages_give_the_same_files_within_sight(
    login: Callable[[str], FlaskClient], rest: Callable[[str], Rest]
) -> None:
    browser = login("zezhou-tax")
    answer = browser.get(f"/evaluation/file?format=xlsx&{QUERY}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    shown = rest("zezhou-tax").get(f"/api/v1/evaluation/?{QUERY}").json
    assert shown is not None
    table = sheets_of(answer.data)["定期评估"]
    assert [row[4] for row in table[1:]] == [one["denominator"] for one in shown["result"]]
    paper = browser.get(f"/evaluation/file?format=docx&{QUERY}")
    assert "国家税务总局泽州县税务局" in "\n".join(
        one.text for one in docx.Document(io.BytesIO(paper.data)).paragraphs
    )


def test_another_form_is_not_found(login: Callable[[str], FlaskClient]) -> None:
    assert login("zezhou-tax").get("/evaluation/file?format=pdf").status_code == 404
