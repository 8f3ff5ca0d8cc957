"""What papers and packages cost: python -m bench.papers. No database; medians of ROUNDS (20)."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from app import files
from app.archive import verifier
from app.archive.package import Dossier, Filed, write_package
from app.archive.volume import Item, Volume
from app.clock import CHINA
from app.documents.docx import write_docx
from app.documents.pdf import write_pdf
from app.documents.printer import pages_of

AT = datetime(2024, 11, 5, 9, 30, tzinfo=CHINA)
#: What the standard set of a case on its usual way holds (registration to service).
SET = 5
PAPERS, LINES = 40, 28 * 22 * 5


def content(number: int, characters: int = 400) -> dict[str, Any]:
    """Return the frozen words of a paper."""
    return {
        "title": "处理决定书",
        "number": f"泽税争处〔2024〕{number}号",
        "form": False,
        "to": "张晓梅",
        "case_number": "140525-2024-000123",
        "rows": [],
        "paragraphs": ["本单位经审查，认定如下事实。" * (characters // 14)],
        "signature": {"body": "国家税务总局泽州县税务局", "person": "", "on": "2024年11月5日"},
        "basis": "泽政办发〔2024〕11号",
    }


def median(work: Callable[[int], object], rounds: int) -> float:
    """Return the median time of a piece of work in milliseconds; the first one is not counted."""
    spent = []
    for number in range(rounds + 1):
        began = time.perf_counter()
        work(number)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent[1:])


def pdf(number: int) -> bytes:
    """Make one paper."""
    return write_pdf(content(number), issued_at=AT)


def whole_set(number: int) -> list[bytes]:
    """Make the standard set of a case in both forms."""
    sheets = [content(SET * number + place) for place in range(SET)]
    return [*(write_pdf(one, issued_at=AT) for one in sheets), *map(write_docx, sheets)]


def dossier(folder: Path) -> tuple[Dossier, int]:
    """Return a case of forty papers of five pages, and how many pages it has."""
    filed = []
    for number in range(1, PAPERS + 1):
        path = folder / f"{number}.pdf"
        path.write_bytes(write_pdf(content(number, LINES), issued_at=AT))
        found = files.measured(path)
        pages = pages_of(path.read_bytes())
        name = f"content/{number:04}.pdf"
        item = Item(
            name,
            "paper",
            "处理决定书",
            "",
            "税务局",
            date(2024, 11, 5),
            pages,
            found.size,
            found.sha256,
            found.sm3,
        )
        filed.append(Filed(item, path, frozenset({"tax"}), number))
    items = [one.item for one in filed]
    volume = Volume("tax", "税务局", [], "", "某人", date(2024, 11, 5), items)
    facts = {"number": "140525-2024-000123", "head": "0" * 64}
    return Dossier(facts, filed, [], [volume], AT), sum(item.pages for item in items)


def main() -> int:
    """Measure and show; return the exit code."""
    rounds = int(os.environ.get("ROUNDS", "20"))
    with tempfile.TemporaryDirectory(prefix="lianchu-papers-") as name:
        folder = Path(name)
        case, pages = dossier(folder)
        package = folder / "package.zip"

        def pack(_: int) -> None:
            with package.open("wb") as out:
                write_package(case, out)

        works = {
            "a paper as PDF/A": (pdf, 50),
            "a paper as Word file": (lambda n: write_docx(content(n)), 50),
            f"the {SET} papers of a case, both forms": (whole_set, 1000),
            f"packing {pages} pages": (pack, 3000),
            f"verifying {pages} pages": (lambda _: verifier.verify(package), 3000),
        }
        for what, (work, most) in works.items():
            print(f"{what:40} {median(work, rounds):8.1f} ms   (target {most} ms)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
