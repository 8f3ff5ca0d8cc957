"""Runs the benchmarks: python -m bench [N], or N=100000 make bench.

ROUNDS (default 60) says how often each work is sampled. With TEST_POSTGRES_URL everything is
measured on PostgreSQL too: tools/with_postgres.sh make bench.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app import clock
from bench.ask import asks
from bench.by_hand import ByHand
from bench.product import Product
from bench.report import FLOOR, WARM_UP, Work, keep, machine, measure, table
from bench.stock import NOW, Stock, build
from bench.web_floor import WebFloor

#: The order in which works are shown.
ORDER = ("todo", "list", "case", "history", "act")


def main(arguments: Sequence[str]) -> int:
    """Build, measure, show and keep; return the exit code."""
    count = int(arguments[0] if arguments else os.environ.get("N", "10000"))
    rounds = int(os.environ.get("ROUNDS", "60"))
    server = os.environ.get("TEST_POSTGRES_URL")
    clock.set_clock(lambda: NOW)
    with tempfile.TemporaryDirectory(prefix="lianchu-bench-") as folder:
        kinds = ["sqlite", *(["postgresql"] if server else [])]
        stocks = [build(kind, Path(folder), count, server) for kind in kinds]
        works = [work for stock in stocks for work in _works(stock)]
        works.sort(key=lambda work: ORDER.index(work.workload))
        engine = stocks[0].app.extensions["lianchu.session"].get_bind()
        results = measure(works, asks(engine, rounds + WARM_UP), stocks[0].count)
    print(f"{stocks[0].count} cases, {rounds} samples each, in turn; {machine()}")
    print(table(results))
    print(f"kept in {keep(results)}")
    return 0


def _works(stock: Stock) -> list[Work]:
    """Return everything that is measured on one database."""
    kind = stock.kind
    hand, web, product = (
        ByHand(stock.copies["sql"]),
        WebFloor(stock.copies["web"]),
        Product(stock.app),
    )
    return [
        *(Work(name, "sql by hand", kind, run) for name, run in hand.workloads().items()),
        *(Work(name, FLOOR, kind, run) for name, run in web.workloads().items()),
        *(
            Work(name, "lianchu rest", kind, run, product.before if name == "act" else _nothing)
            for name, run in product.rest_workloads().items()
        ),
        *(Work(name, "lianchu page", kind, run) for name, run in product.page_workloads().items()),
    ]


def _nothing(_ask: object) -> None:
    """Prepare nothing."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
