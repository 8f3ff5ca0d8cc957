"""The samples of a run, in turn, and what is told of them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.ask import Ask

RESULTS = Path(__file__).with_name("results") / "latest.json"
WARM_UP = 5
FLOOR = "flask and orm"


@dataclass(frozen=True)
class Work:
    """One workload of one system; `before` prepares a sample and is not measured."""

    workload: str
    system: str
    database: str
    run: Callable[[Ask], int]
    before: Callable[[Ask], None] = lambda _ask: None


@dataclass(frozen=True)
class Result:
    """The figures of one workload of one system, as CONTRACT.md names them."""

    workload: str
    system: str
    database: str
    n: int
    median_ms: float
    p95_ms: float
    statements: int


def measure(works: Sequence[Work], asks: Sequence[Ask], n: int) -> list[Result]:
    """Return the figures of all works, sampled in turn so that they share the machine's moods."""
    spent: list[list[float]] = [[] for _ in works]
    statements: list[list[int]] = [[] for _ in works]
    for number, ask in enumerate(asks):
        for place, work in enumerate(works):
            work.before(ask)
            began = time.perf_counter()
            count = work.run(ask)
            took = (time.perf_counter() - began) * 1000
            if number >= WARM_UP:
                spent[place].append(took)
                statements[place].append(count)
    return [
        Result(
            work.workload,
            work.system,
            work.database,
            n,
            round(statistics.median(times), 3),
            round(statistics.quantiles(times, n=20)[-1], 3),
            round(statistics.median(counts)),
        )
        for work, times, counts in zip(works, spent, statements, strict=True)
    ]


def keep(results: Iterable[Result]) -> Path:
    """Write the figures to the file that CONTRACT.md names, and return it."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(one) for one in results], ensure_ascii=False, indent=1)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    return RESULTS


def table(results: Sequence[Result]) -> str:
    """Return the figures as one table; the last column compares with the web floor."""
    floors = {(r.workload, r.database): r.median_ms for r in results if r.system == FLOOR}
    lines = [
        f"{'workload':10}{'system':16}{'database':12}{'median ms':>10}{'p95 ms':>9}"
        f"{'statements':>12}{'x floor':>9}"
    ]
    for one in results:
        ratio = one.median_ms / floors[one.workload, one.database]
        lines.append(
            f"{one.workload:10}{one.system:16}{one.database:12}{one.median_ms:10.2f}"
            f"{one.p95_ms:9.2f}{one.statements:12d}{ratio:9.2f}"
        )
    return "\n".join(lines)


def machine() -> str:
    """Return what the figures were taken on."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores ({platform.machine()}), "
        f"load {load}"
    )
