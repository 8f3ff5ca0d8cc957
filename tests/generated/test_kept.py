"""Lists are kept by name, for oneself alone, and columns are chosen; all without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.generated import kept
from tests.conftest import csrf_token
from tests.screens.desk import Clerk

LIST = "/caseview/list/"
QUERY = "_flt_eq_stage=registered&sort=-number&cols=number%2Cstage"


@pytest.fixture
def clerk(login: Callable[[str], FlaskClient]) -> Callable[[str], Clerk]:
    """Return an account at the screens."""
    return lambda account: Clerk(login(account))


def keep(clerk: Clerk, name: str, query: str = QUERY, view: str = "CaseView") -> Any:
    """Press the button that keeps a list."""
    token = csrf_token(clerk.browser.get(LIST if view == "CaseView" else "/unitview/list/"))
    form = {"name": name, "query": query, "csrf_token": token}
    return clerk.browser.post(f"/kept/{view}/", data=form)


def kept_lists(clerk: Clerk, path: str = LIST) -> dict[str, str]:
    """Return the kept lists that a page offers: name → address."""
    part = re.findall(r'<ul class="kept">.*?</ul>', clerk.page(path), re.DOTALL)
    found = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', part[0]) if part else []
    return {html.unescape(name): html.unescape(url) for url, name in found}


def forget(clerk: Clerk, name: str) -> Any:
    """Press the button that forgets a list."""
    page = clerk.browser.get(LIST)
    found = re.search(
        rf">{name}</a>\s*<form method=\"post\" action=\"([^\"]+)\"", page.get_data(as_text=True)
    )
    assert found
    return clerk.browser.post(found[1], data={"csrf_token": csrf_token(page)})


def test_a_list_is_kept_by_a_name_and_opened_by_a_link(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    answer = keep(tax, "新登记的")
    assert (answer.status_code, answer.location) == (302, f"{LIST}?{QUERY}")
    assert kept_lists(tax) == {"新登记的": f"{LIST}?{QUERY}"}
    page = tax.page(kept_lists(tax)["新登记的"])
    assert 'aria-current="true">新登记的' in page
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)", page)
    assert heads == ["案号", "办到哪一步"]


def test_the_page_hands_the_list_to_be_kept_as_it_is_seen(clerk: Any) -> None:
    page = clerk("zezhou-tax").page(f"{LIST}?{QUERY}&page=1&q=张")
    found = re.search(r'name="query" value="([^"]*)"', page)
    assert found
    assert html.unescape(found[1]) == f"{QUERY}&q=%E5%BC%A0"


def test_page_and_form_are_not_kept(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    keep(tax, "一", "page=3&as=xlsx&size=50&other=1")
    assert kept_lists(tax)["一"] == f"{LIST}?size=50"


def test_the_same_name_takes_the_place_of_the_first(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    keep(tax, "一", "size=50")
    keep(tax, "  一 ", "size=100")
    assert kept_lists(tax) == {"一": f"{LIST}?size=100"}


def test_what_is_kept_no_longer_is_gone(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    keep(tax, "一", "size=50")
    keep(tax, "二", "size=100")
    assert forget(tax, "一").status_code == 302
    assert set(kept_lists(tax)) == {"二"}


def test_a_kept_list_is_its_owners_alone(clerk: Any) -> None:
    tax, other = clerk("zezhou-tax"), clerk("zezhou-tax-clerk")
    keep(tax, "我的")
    assert kept_lists(other) == {}
    page = tax.page(LIST)
    path = re.findall(r'action="(/kept/\d+/forget)"', page)[0]
    token = csrf_token(other.browser.get(LIST))
    assert other.browser.post(path, data={"csrf_token": token}).status_code == 404
    assert set(kept_lists(tax)) == {"我的"}


def test_each_view_has_kept_lists_of_its_own(clerk: Any) -> None:
    office = clerk("zezhou-office")
    keep(office, "案件的")
    keep(office, "单位的", "size=50", view="UnitView")
    assert set(kept_lists(office)) == {"案件的"}
    assert set(kept_lists(office, "/unitview/list/")) == {"单位的"}


def test_only_so_many_lists_are_kept(clerk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    tax = clerk("zezhou-tax")
    assert [keep(tax, name).status_code for name in ("一", "二", "三")] == [302, 302, 422]
    assert keep(tax, "二", "size=50").status_code == 302
    assert kept_lists(tax) == {"一": f"{LIST}?{QUERY}", "二": f"{LIST}?size=50"}


@pytest.mark.parametrize("name", ["", "   ", "长" * 61, "a\x00b"])
def test_a_name_that_is_none_is_refused(clerk: Any, name: str) -> None:
    tax = clerk("zezhou-tax")
    assert keep(tax, name).status_code == 422
    assert kept_lists(tax) == {}


@pytest.mark.parametrize(
    "query", ["sort=phone", "cols=secret", "_flt_eq_phone=1", "size=x", "q=" + "a" * 3000]
)
def test_what_the_list_does_not_know_is_not_kept(clerk: Any, query: str) -> None:
    tax = clerk("zezhou-tax")
    assert keep(tax, "一", query).status_code == 400
    assert kept_lists(tax) == {}


def test_lists_that_are_not_open_cannot_be_kept(clerk: Any, client: FlaskClient) -> None:
    superuser = clerk("admin")
    assert keep(superuser, "一", view="UnitView", query="size=50").status_code == 302
    token = csrf_token(superuser.browser.get("/unitview/list/"))
    form = {"name": "x", "query": "", "csrf_token": token}
    assert superuser.browser.post("/kept/CaseView/", data=form).status_code == 403
    assert superuser.browser.post("/kept/Nothing/", data=form).status_code == 404
    assert superuser.browser.post("/kept/x/forget", data=form).status_code == 404
    token = csrf_token(client.get("/login/"))
    refused = client.post("/kept/CaseView/", data={**form, "csrf_token": token})
    assert refused.status_code == 302
    assert "/login/" in refused.location


def test_keeping_needs_the_token_of_the_page(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    assert tax.browser.post("/kept/CaseView/", data={"name": "x", "query": ""}).status_code == 400
    assert kept_lists(tax) == {}


def test_names_are_words_and_nothing_else_on_the_page(clerk: Any) -> None:
    tax = clerk("zezhou-tax")
    keep(tax, "<b>&\"'")
    assert "<b>&" not in tax.page(LIST)
    assert set(kept_lists(tax)) == {"<b>&\"'"}


# --- columns


def heads(page: str) -> list[str]:
    """Return the heads of the list's columns."""
    return re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)", page)


def test_columns_are_chosen_by_ticking_them(clerk: Any) -> None:
    page = clerk("zezhou-tax").page(f"{LIST}?cols=number&cols=employer&cols=amount&size=50")
    assert heads(page) == ["案号", "用人单位", "涉及金额"]
    ticked = re.findall(r'name="cols" value="(\w+)" checked', page)
    assert ticked == ["number", "employer", "amount"]
    assert '<input type="hidden" name="size" value="50">' in page


def test_filters_and_order_survive_the_choice_of_columns(clerk: Any) -> None:
    page = clerk("zezhou-tax").page(f"{LIST}?{QUERY}&page=1")
    box = re.findall(r'<form method="get".*?</form>', page, re.DOTALL)
    fields = [re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', one) for one in box]
    assert [("_flt_eq_stage", "registered"), ("sort", "-number")] in fields


@pytest.mark.parametrize("cols", ["secret", "id_number", "number,,stage", "content"])
def test_columns_that_the_list_does_not_show_cannot_be_chosen(clerk: Any, cols: str) -> None:
    assert clerk("zezhou-tax").browser.get(f"{LIST}?cols={cols}").status_code == 400
