"""What a generated screen costs does not grow: statements at any size, forms with large tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from app.generated.asked import MOST_ROWS
from app.models import Case, Jurisdiction, Notice, NumberSeries, Task
from app.security.sight import everything
from tests.generated.conftest import Reader, statements, words

#: What a list may take, whatever stands in its tables (issue 11).
LIST = 10
MANY = 100_000


@pytest.fixture
def fill(app: Flask) -> Callable[[Any, Iterator[dict[str, Any]]], None]:
    """Write rows straight into a table, as a full system would have them."""

    def rows(table: Any, values: Iterator[dict[str, Any]]) -> None:
        with app.app_context():
            session = app.extensions["lianchu.session"]
            with everything(session):
                session.connection().execute(insert(table), list(values))
                session.commit()

    return rows


def open_lists(who: Reader, views: list[Any]) -> list[str]:
    """Return the lists that an account can open."""
    return [v.url("list") for v in views if who.get(v.url("list")).status_code == 200]


@pytest.mark.parametrize(
    "account", ["zezhou-office", "zezhou-hrss-clerk", "zezhou-auditor", "admin"]
)
def test_any_list_takes_ten_statements_at_most(
    reader: Callable[[str], Reader], views: list[Any], account: str
) -> None:
    who = reader(account)
    urls = open_lists(who, views)
    assert urls
    for url in urls:
        taken = statements(who.get(url, size="100"))
        assert taken <= LIST, f"{url} for {account}: {taken}"


@pytest.mark.parametrize("name", ["task", "notice", "number_series"])
def test_a_list_takes_as_many_statements_with_a_thousand_rows_as_with_a_page(
    reader: Callable[[str], Reader], fill: Any, ask: Callable[[Any], list[Any]], name: str
) -> None:
    who = reader("zezhou-office")
    url = {"task": "/taskview/list/", "notice": "/noticeview/list/"}.get(name, "/seriesview/list/")
    who.get(url, size="100")
    before = statements(who.get(url, size="100"))
    [(case, place)] = ask(
        select(Case.id, Case.jurisdiction_id)
        .join(Jurisdiction, Jurisdiction.id == Case.jurisdiction_id)
        .where(Jurisdiction.key == "zezhou")
        .order_by(Case.id)
        .limit(1)
    )
    fill(*_thousand(ask, name, case, place))
    after = who.get(url, size="100")
    assert after.get_data(as_text=True).count("<tr data-row") == 100
    assert statements(after) <= before


def _thousand(
    ask: Callable[[Any], list[Any]], name: str, case: int, place: int
) -> tuple[Any, Iterator[dict[str, Any]]]:
    if name == "number_series":
        common = {"jurisdiction_id": place, "issuer": "tax", "kind": "decision", "last": 1}
        return NumberSeries.__table__, (common | {"year": 3000 + n} for n in range(1000))
    table: Any = (Task if name == "task" else Notice).__table__
    names = [column.key for column in table.columns if column.key not in ("id", "seq")]
    query = select(*(table.c[key] for key in names)).where(table.c.jurisdiction_id == place)
    kept = dict(zip(names, ask(query.limit(1))[0], strict=True)) | {"case_id": case}
    return table, (kept | {"body": "office", "seq": 5000 + n} for n in range(1000))


def test_counting_ends_and_the_page_says_so(
    reader: Callable[[str], Reader], fill: Any, ask: Callable[[Any], list[Any]]
) -> None:
    [(place,)] = ask(select(Jurisdiction.id).where(Jurisdiction.key == "zezhou"))
    common = {"jurisdiction_id": place, "issuer": "tax", "kind": "x", "last": 1}
    fill(NumberSeries.__table__, (common | {"year": n} for n in range(3000, 3000 + MOST_ROWS + 9)))
    who = reader("zezhou-office")
    page = who.text("/seriesview/list/")
    assert f"More than {MOST_ROWS} entries, shown are 1 to 25" in page
    last = who.text("/seriesview/list/", page="400")
    assert f"shown are {MOST_ROWS - 24} to {MOST_ROWS}" in last


def test_a_form_is_as_large_and_takes_as_many_statements_with_a_hundred_thousand_related_rows(
    reader: Callable[[str], Reader], fill: Any
) -> None:
    admin = reader("admin")
    # Ten counties, then a hundred thousand of them: the table behind the calendar's drop-down.
    fill(Jurisdiction.__table__, _counties(0, 30))
    few = admin.get("/calendarview/add")
    fill(Jurisdiction.__table__, _counties(30, MANY))
    many = admin.get("/calendarview/add")
    assert statements(many) == statements(few)
    assert abs(len(many.data) - len(few.data)) < 200
    found = admin.client.post(
        "/calendarview/add",
        data=_token(many) | {"_find": "jurisdiction_id", "_q_jurisdiction_id": "County 77777"},
    )
    assert "County 77777" in words(found)
    assert len(found.data) < len(few.data) + 2000
    assert statements(found) <= statements(few)


def test_a_list_of_all_counties_stays_small_with_a_hundred_thousand_of_them(
    reader: Callable[[str], Reader], fill: Any
) -> None:
    admin = reader("admin")
    few = admin.get("/unitview/list/")
    fill(Jurisdiction.__table__, _counties(0, MANY))
    many = admin.get("/unitview/list/")
    assert len(many.data) <= len(few.data)
    assert statements(many) <= LIST
    rows = admin.rows("/unitview/list/", _flt_has_county="泽州")
    assert rows
    assert all("泽州" in row for row in rows)


def _counties(first: int, last: int) -> Iterator[dict[str, Any]]:
    for n in range(first, last):
        yield {"key": f"c{n}", "name": f"County {n:05}", "place_code": "000000", "revision": 0}


def _token(page: Any) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found is not None
    return {"csrf_token": found[1]}
