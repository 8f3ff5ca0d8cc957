"""Whatever a list or a form is asked for, it answers with a page and never with a fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.conftest import Rest
from tests.generated.conftest import Reader, fields

BAD = {
    "page": ("x", "0", "-1", "99999999999999999999", "1.5", "５", "1e3"),
    "size": ("x", "1.5", "１", "99999999999999999999"),
    "sort": ("nosuch", "-nosuch", "hash; drop table", "jurisdiction", "__class__", "metadata"),
    "cols": ("nosuch", "name,nosuch", ",", "__class__", "registry"),
    "as": ("pdf", "xml", "XLSX"),
    "_flt_eq_nosuch": ("1",),
    "_flt_eq_id_number": ("1",),
    "_flt_eq___class__": ("1",),
    "_flt_": ("1",),
    "_flt_eq_": ("1",),
}
TYPED = {
    "number": ("x", "1.5", "99999999999", "１", "NaN"),
    "date": ("x", "2024-13-01", "2024-02-30", "0001-01-01", "99999-01-01", "2024-W01-1"),
    "moment": ("x", "2024-11-04T09:00", "20241104"),
    "bool": ("x", "yes", "2"),
    "list": ("pen'sion", 'a"b', "x" * 300),
}


@pytest.mark.parametrize("name", BAD)
def test_a_parameter_that_no_list_knows_is_refused_with_a_sentence(
    reader: Callable[[str], Reader], views: list[Any], name: str
) -> None:
    accounts = [reader(one) for one in ("zezhou-office", "zezhou-auditor", "admin")]
    for view in views:
        url = view.url("list")
        who = next(one for one in accounts if one.get(url).status_code == 200)
        for value in BAD[name]:
            answer = who.get(view.url("list"), **{name: value})
            assert answer.status_code == 400, f"{view.url('list')}?{name}={value}"
            assert 'class="card plain-page"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(("asked", "given"), [("1000000", 100), ("1", 25), ("60", 50), ("", 25)])
def test_a_page_size_is_the_nearest_of_three(
    reader: Callable[[str], Reader], asked: str, given: int
) -> None:
    page = reader("zezhou-office").get("/eventview/list/", size=asked).get_data(as_text=True)
    assert re.findall(r"<b>(\d+)</b>", page) == [str(given)]
    assert page.count("<tr data-row") <= given


def test_a_page_past_the_end_is_the_last_one(reader: Callable[[str], Reader]) -> None:
    office = reader("zezhou-office")
    last = office.rows("/unitview/list/", page="400")
    assert last == office.rows("/unitview/list/")
    assert office.get("/unitview/list/", page="401").status_code == 400


def test_a_value_that_does_not_fit_its_filter_is_refused(
    reader: Callable[[str], Reader], views: list[Any]
) -> None:
    office = reader("zezhou-office")
    tried = 0
    for view in views:
        if office.get(view.url("list")).status_code != 200:
            continue
        for one in view.filters.values():
            for value in TYPED.get(one.kind, ()):
                answer = office.get(view.url("list"), **{f"_flt_{one.ops[0]}_{one.key}": value})
                assert answer.status_code == 400, f"{view.url('list')} {one.key}={value}"
                tried += 1
    assert tried > 50


def test_a_refusal_is_said_in_the_readers_language(login: Any) -> None:
    answer = login("zezhou-tax").get("/unitview/list/?sort=nosuch")
    assert "不能按“nosuch”排序" in answer.get_data(as_text=True)


ODD = st.text(st.characters(exclude_categories=()), max_size=40)


def _parameters(view: Any) -> SearchStrategy[dict[str, str]]:
    filters = [f"_flt_{op}_{one.key}" for one in view.filters.values() for op in one.ops]
    names = ["page", "size", "sort", "cols", "q", "as", "_flt_eq_x", *filters]
    values = st.one_of(
        ODD,
        st.integers().map(str),
        st.dates().map(str),
        st.sampled_from([*view.all_columns, *view.order_columns, "%", "_", "\0", "'", '"', "\\"]),
    )
    return st.dictionaries(st.sampled_from(names), values, max_size=4)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@drawn(data=st.data())
def test_no_parameter_of_any_list_makes_a_fault(
    reader: Callable[[str], Reader], views: list[Any], data: st.DataObject
) -> None:
    who = _kept(reader, "zezhou-office")
    view = data.draw(st.sampled_from(views))
    asked = data.draw(_parameters(view))
    asked = {k: v.encode("utf-8", "ignore").decode() for k, v in asked.items()}
    answer = who.get(view.url("list"), **asked)
    assert answer.status_code in (200, 400, 403), f"{view.url('list')} {asked}"


def _kept(reader: Callable[[str], Reader], account: str) -> Reader:
    """Return an account that signs in once for all examples of a test."""
    if not hasattr(reader, "kept"):
        reader.kept = reader(account)  # type: ignore[attr-defined]
    found: Reader = reader.kept  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("place", ["x", "0", "-1", "9999999999", "9" * 20, "１", "1 or 1=1"])
def test_a_county_that_is_none_is_asked_for_again(
    reader: Callable[[str], Reader], views: list[Any], place: str
) -> None:
    admin = reader("admin")
    forms = [one for one in views if one.of_places and admin.get(one.url("add")).status_code < 300]
    assert forms
    for view in forms:
        answer = admin.get(view.url("add"), jurisdiction_id=place)
        assert answer.status_code == 200, view.url("add")
        assert "record-form" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("pk", ["x", "0", "-1", "99999999999999999999999", "１", "1 or 1=1"])
@pytest.mark.parametrize("page", ["show", "edit", "delete", "end"])
def test_a_key_that_is_none_is_not_found(
    reader: Callable[[str], Reader], views: list[Any], page: str, pk: str
) -> None:
    admin = reader("admin")
    for view in views:
        assert admin.get(f"{view.route_base}/{page}/{pk}").status_code in (403, 404)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@drawn(data=st.data())
def test_no_field_of_any_form_makes_a_fault(
    reader: Callable[[str], Reader], views: list[Any], data: st.DataObject
) -> None:
    who = _kept(reader, "admin")
    pages = _forms(who, views)
    url = data.draw(st.sampled_from(sorted(pages)))
    form = dict(pages[url])
    names = sorted(form.keys() - {"csrf_token"})
    for name in data.draw(st.lists(st.sampled_from(names), max_size=3)):
        odd = st.one_of(ODD, st.integers().map(str), st.dates().map(str))
        form[name] = data.draw(odd).encode("utf-8", "ignore").decode()
    answer = who.client.post(url, data=form)
    assert answer.status_code in (200, 303, 404, 409, 422), f"{url} {form}: {answer.status_code}"


def _forms(who: Reader, views: list[Any]) -> dict[str, dict[str, str]]:
    """Return the forms that the account can open, with their fields."""
    if not hasattr(who, "forms"):
        urls = [f"{view.url('add')}?jurisdiction_id=1" for view in views]
        urls += [view.url("edit", pk=pk) for view in views for pk in (1, 2)]
        found = {url: who.get(url) for url in urls}
        who.forms = {  # type: ignore[attr-defined]
            url: fields(page)
            for url, page in found.items()
            if page.status_code == 200
            and 'class="card record-form"' in page.get_data(as_text=True)
        }
    forms: dict[str, dict[str, str]] = who.forms  # type: ignore[attr-defined]
    assert len(forms) > 4
    return forms


@pytest.mark.parametrize(
    "q",
    [
        "(",
        "(page:x)",
        "(page:-1)",
        "(page:999999)",
        "(page_size:0)",
        "(order_column:nosuch)",
        "(order_column:!t)",
        "(filters:!((col:nosuch,opr:eq,value:1)))",
        "(filters:!((col:kind,opr:nosuch,value:1)))",
        "(filters:x)",
        "(nosuch:1)",
        "!(1)",
        "(filters:!((col:jurisdiction_id,opr:eq,value:99999999999999)))",
    ],
)
def test_a_query_that_rest_does_not_know_is_refused(rest: Callable[[str], Rest], q: str) -> None:
    tax = rest("zezhou-tax")
    for name in ("unit", "category", "task", "duty"):
        answer = tax.get(f"/api/v1/{name}/", query_string={"q": q})
        assert answer.status_code == 400, f"{name} {q}: {answer.status_code}"
        assert answer.json["message"]  # type: ignore[index]
