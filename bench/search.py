"""What a search and the list it leads to cost: python -m bench.search [N], 100 000 by default.

The cases are filled in directly and as thin as a list needs them: facts, an applicant, who sees
them, and what they are found by. With TEST_POSTGRES_URL PostgreSQL is measured, else SQLite.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, insert, select, text

from app import clock, search
from app.columns import blind_index
from app.invented import Invented
from app.models import Case, CaseAccess, Jurisdiction, Party
from app.records import CaseSearch
from app.rules.shapes import EVERYTHING
from app.security.posts import database_session
from app.security.sight import Scope, see
from bench.product import Product, counted
from bench.report import machine
from bench.stock import NOW, PLACE, SEED, empty

#: How the bodies share the cases; the last one has few.
BODIES = {"tax": 60, "hrss": 38, "petition": 2}
ACCOUNTS = {"office": "zezhou-office", "tax": "zezhou-tax-clerk", "petition": "zezhou-petition"}
#: Words that stand everywhere, often, seldom and nowhere; `{phone}` and `{number}` are of a case.
ASKED = (
    *("缴费", "要求", "退费", "滞纳金", "示例机械", "李", "退费 李", "2022-123", "{number}"),
    *("{phone}", "{last_four}", "没有这个人"),
)
BATCH, ROUNDS = 1000, 7
Row = dict[str, Any]


def fill(engine: Engine, count: int) -> Row:
    """Write that many cases beside those of the demonstration; return one in the middle."""
    random, invented = Random(SEED), Invented.seeded(SEED)
    with engine.connect() as connection:
        here = select(Case.__table__).join(Jurisdiction.__table__).where(Jurisdiction.key == PLACE)
        pattern = connection.execute(here.order_by(Case.id).limit(1))
        model = dict(pattern.mappings().one())
        first = {t: _highest(connection, t) + 1 for t in (Case, Party, CaseAccess)}
    middle: Row = {}
    for start in range(0, count, BATCH):
        rows: dict[Any, list[Row]] = {Case: [], Party: [], CaseAccess: [], CaseSearch: []}
        for place in range(start, min(start + BATCH, count)):
            case = model | _facts(invented, place, count) | {"id": first[Case] + place}
            link = {"jurisdiction_id": case["jurisdiction_id"], "case_id": case["id"]}
            party = _applicant(invented) | link | {"id": first[Party] + place}
            rows[Case].append(case)
            rows[Party].append(party)
            rows[CaseAccess].append(_access(random) | link | {"id": first[CaseAccess] + place})
            rows[CaseSearch].append(
                search.row(SimpleNamespace(**case), [SimpleNamespace(**party)])
            )
            if place == count // 2:
                middle = case | {"phone": party["phone"]}
        with engine.begin() as connection:
            for table, some in rows.items():
                connection.execute(insert(table.__table__), some)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    return middle


def _highest(connection: Any, model: Any) -> int:
    return int(connection.scalar(select(func.max(model.__table__.c.id))) or 0)


def _facts(invented: Invented, place: int, count: int) -> Row:
    contents = list(invented.words["contents"].values())
    said = [invented.random.choice(one) for one in invented.random.sample(contents, 2)]
    year = NOW.year - 4 + 5 * place // (count + 1)
    return {
        "number": f"140525-{year}-{place + 1:06d}",
        "registered_at": NOW - timedelta(minutes=20 * (count - place)),
        "category": invented.random.randrange(1, 11),
        "employer": invented.pick("villages") + invented.pick("employers"),
        "content": f"{said[0]}{invented.name()}在{invented.pick('villages')}代办。{said[1]}",
    }


def _applicant(invented: Invented) -> Row:
    phone = f"139{invented.random.randrange(10**8):08d}"
    facts = {"role": "applicant", "kind": "person", "name": invented.name(), "address": ""}
    known = {"phone": phone, "phone_index": blind_index(phone)}
    return facts | known | {"id_number": None, "id_index": None, "credit_code": None}


def _access(random: Random) -> Row:
    body = random.choices(list(BODIES), list(BODIES.values()))[0]
    return {"body": body, "width": "full", "seen_through": EVERYTHING, "person_id": None}


# --- measuring


def measure(app: Flask, one: Row) -> Iterator[str]:
    """Yield a table: what each account's search costs alone, and the page that it leads to."""
    yield "| words | for | hits | 25 rows, ms | page, ms | statements |"
    yield "|---|---|---|---|---|---|"
    product, place = Product(app), one["jurisdiction_id"]
    browsers = {who: product.signed_in(account) for who, account in ACCOUNTS.items()}
    last_four = one["phone"][-4:]
    for asked in ASKED:
        words = asked.format(number=one["number"], phone=one["phone"], last_four=last_four)
        for who, browser in browsers.items():
            scope = Scope(place, who, sees_all=who == "office")
            hits, alone = _alone(app, scope, words)
            page, statements = _page(browser, words)
            yield f"| {asked} | {who} | {hits} | {alone:.1f} | {page:.0f} | {statements} |"


def _alone(app: Flask, scope: Scope, words: str) -> tuple[int, float]:
    """Return how many cases the words find within sight, and what the first page of them costs."""
    with app.app_context():
        session = database_session()
        see(session, scope)

        def first() -> None:
            found = search.hits(session, words)
            query = select(Case.id, Case.number).join(found, found.c.case_id == Case.id)
            session.execute(query.order_by(found.c.newest.desc()).limit(25)).all()

        spent = _least(first)
        found = search.hits(session, words)
        count = select(func.count(Case.id)).join(found, found.c.case_id == Case.id)
        return session.scalar(count) or 0, spent


def _page(browser: FlaskClient, words: str) -> tuple[float, int]:
    statements: list[int] = []

    def once() -> None:
        answer = browser.get("/caseview/list/", query_string={"q": words})
        statements.append(counted(answer))

    return _least(once), statements[-1]


def _file(app: Flask) -> str:
    """Return what the longest file costs: 10 000 rows as Excel."""
    browser = Product(app).signed_in(ACCOUNTS["office"])
    began = time.perf_counter()
    answer = browser.get("/caseview/list/?as=xlsx")
    size, statements = len(answer.data) // 1024, counted(answer)
    took = time.perf_counter() - began
    return f"Excel: 10 000 rows in {took:.1f} s, {size} KB, {statements} statements"


def _least(work: Callable[[], None]) -> float:
    """Return the shortest of some runs, which other programs of the machine disturb least."""
    spent = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return min(spent)


def main(arguments: Sequence[str]) -> int:
    """Fill, measure, show; return the exit code."""
    count = int(arguments[0] if arguments else 100_000)
    server = os.environ.get("TEST_POSTGRES_URL")
    clock.set_clock(lambda: NOW)
    with tempfile.TemporaryDirectory(prefix="lianchu-bench-") as folder:
        app = empty("postgresql" if server else "sqlite", Path(folder), server)
        engine: Engine = app.extensions["lianchu.session"].get_bind()
        began = time.perf_counter()
        one = fill(engine, count)
        print(f"{engine.dialect.name}: {count} cases in {time.perf_counter() - began:.0f} s")
        for line in measure(app, one):
            print(line, flush=True)
        print(_file(app))
    print(machine())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
