"""The flow on the mechanism's page and on a case, the clauses with their parts, the check."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.screens.desk import Clerk, words

Seat = Callable[[str], Clerk]
LINK = re.compile(r'href="([^"#]*)#(clause-[^"]+)"')


def test_the_mechanism_page_draws_the_flow_and_each_step_leads_to_its_clause(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/mechanism/zezhou")
    drawing = page[page.index("<svg xmlns") : page.index("</svg>")]
    assert "已登记" in drawing
    assert 'data-act="accept"' in drawing
    anchors = set(re.findall(r'id="(clause-[^"]+)"', page))
    found = LINK.findall(drawing)
    assert len(found) > 10
    assert {anchor for _, anchor in found} <= anchors


def test_the_drawing_passes_the_policy_of_the_page(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/mechanism/zezhou")
    drawing = page[page.index("<svg xmlns") : page.index("</svg>")]
    assert "style=" not in drawing
    assert "<script" not in drawing


def test_each_clause_says_what_carries_it_out_or_why_nothing_does(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/mechanism/zezhou")
    rows = dict(re.findall(r'<tr id="clause-([^"]+)">(.*?)</tr>', page, re.DOTALL))
    assert "移送告知书" in rows["Z4.2b"]
    assert "不用办理" in rows["Z5-1"]
    assert not [key for key, row in rows.items() if "没有任何一处落实" in row]


def test_a_case_has_the_drawing_behind_a_link_with_its_stage_marked(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    case = tax.register()
    assert f'href="/case/{case}/flow"' in tax.page(f"/case/{case}")
    page = tax.page(f"/case/{case}/flow")
    assert re.search(r'class="stage here" id="stage-registered"', page)
    assert "案件在这里" in page
    assert {address for address, _ in LINK.findall(page)} == {"/mechanism/zezhou"}


def test_the_drawing_of_another_units_case_is_not_found(clerk: Seat) -> None:
    case = clerk("zezhou-tax").register()
    assert clerk("zezhou-court").browser.get(f"/case/{case}/flow").status_code == 404


def test_a_superuser_sees_what_the_check_finds(login: Callable[[str], FlaskClient]) -> None:
    admin = login("admin")
    first = admin.get("/mechanism/zezhou").text
    assert 'href="/mechanism/zezhou?version=1&amp;check=#check"' in first
    page = admin.get("/mechanism/zezhou?check=").text
    assert "categories.10" in page
    assert "没有" in page[page.index("categories.10") :][:400]
    assert "“" in words(page)


def test_units_are_not_offered_the_check(clerk: Seat) -> None:
    page = clerk("zezhou-tax").page("/mechanism/zezhou?check=")
    assert "categories.10" not in page
    assert "#check" not in page
