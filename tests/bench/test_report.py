"""What the benchmarks tell: the figures of CONTRACT.md, in turn; and what a copy is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import report
from bench.ask import Ask
from bench.report import FLOOR, WARM_UP, Result, Work, keep, measure, table
from bench.volume import _renumbered, _reworded

ASKS = [Ask(1, "tax", number, "tax") for number in range(WARM_UP + 3)]


def test_works_are_sampled_in_turn_after_a_warm_up() -> None:
    ran: list[tuple[str, int]] = []

    def run(name: str) -> Work:
        def work(ask: Ask) -> int:
            ran.append((name, ask.case_id))
            return 4

        return Work("todo", name, "sqlite", work)

    results = measure([run("first"), run("second")], ASKS, 100)
    assert ran[:4] == [("first", 0), ("second", 0), ("first", 1), ("second", 1)]
    assert [(one.system, one.n, one.statements) for one in results] == [
        ("first", 100, 4),
        ("second", 100, 4),
    ]


def test_what_prepares_a_sample_comes_before_it() -> None:
    ran: list[str] = []

    def run(_: Ask) -> int:
        ran.append("run")
        return 1

    measure([Work("act", "x", "sqlite", run, lambda _: ran.append("before"))], ASKS, 1)
    assert ran[:2] == ["before", "run"]


def test_the_file_holds_what_the_contract_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results" / "latest.json")
    path = keep([Result("todo", FLOOR, "sqlite", 10, 1.5, 2.0, 1)])
    assert json.loads(path.read_text(encoding="utf-8")) == [
        {
            "workload": "todo",
            "system": FLOOR,
            "database": "sqlite",
            "n": 10,
            "median_ms": 1.5,
            "p95_ms": 2.0,
            "statements": 1,
        }
    ]


def test_the_table_compares_with_the_floor_of_the_same_work_and_database() -> None:
    lines = table(
        [
            Result("todo", FLOOR, "sqlite", 10, 2.0, 3.0, 1),
            Result("todo", "lianchu rest", "sqlite", 10, 9.0, 9.9, 4),
        ]
    ).splitlines()
    assert lines[1].split()[-1] == "1.00"
    assert lines[2].split() == ["todo", "lianchu", "rest", "sqlite", "9.00", "9.90", "4", "4.50"]


def test_a_copy_speaks_of_its_own_numbers_alone() -> None:
    own = {"140525-2026-000001": "140525-2025-000777", "样本0001": "李喆", "ab" * 32: "cd" * 32}
    content = {
        "case_number": "140525-2026-000001",
        "paragraphs": ["样本0001：案件140525-2026-000001"],
    }
    assert _reworded(content, own) == {
        "case_number": "140525-2025-000777",
        "paragraphs": ["李喆：案件140525-2025-000777"],
    }
    assert _reworded({"papers": {"advice.1": "ab" * 32}}, own)["papers"] == {"advice.1": "cd" * 32}


def test_a_copied_paper_is_numbered_anew() -> None:
    assert _renumbered("泽税争受〔2026〕12号", 2025, 345) == "泽税争受〔2025〕345号"
