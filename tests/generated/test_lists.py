"""Lists: what they show, how they are narrowed and sorted, on screen and over REST alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import prison
import pytest
from sqlalchemy import func, select

from app.models import Case, CaseAccess, Jurisdiction
from tests.conftest import Rest
from tests.generated.conftest import Reader, words

Ask = Callable[[Any], list[Any]]


def of_place(column: Any, key: str = "zezhou") -> Any:
    """Return a query of a county's cases."""
    return (
        select(column)
        .select_from(Case)
        .join(Jurisdiction, Jurisdiction.id == Case.jurisdiction_id)
        .where(Jurisdiction.key == key)
    )


def count_of(page: str) -> int:
    """Return how many entries a list says it has."""
    found = re.search(r"(\d+) entries", page)
    return int(found[1]) if found else 0


def test_the_office_reads_all_cases_newest_first_and_a_row_opens_the_case(
    reader: Callable[[str], Reader], ask: Ask
) -> None:
    cases = ask(of_place(Case.id).add_columns(Case.number).order_by(Case.id.desc()))
    office = reader("zezhou-office")
    page = office.get("/caseview/list/").get_data(as_text=True)
    assert re.findall(r'<a href="/case/(\d+)" data-open', page) == [str(pk) for pk, _ in cases]
    rows = zip(cases, office.rows("/caseview/list/"), strict=True)
    assert all(number in row for (_, number), row in rows)


def test_a_unit_reads_its_own_cases_alone(reader: Callable[[str], Reader], ask: Ask) -> None:
    query = of_place(func.count(Case.id)).join(CaseAccess, CaseAccess.case_id == Case.id)
    [(own,)] = ask(query.where(CaseAccess.body == "hrss"))
    [(all_of_them,)] = ask(of_place(func.count(Case.id)))
    assert 0 < own < all_of_them
    assert count_of(reader("zezhou-hrss-clerk").text("/caseview/list/")) == own


@pytest.mark.parametrize("column", ["stage", "category", "holder", "registrar", "channel"])
def test_a_filter_finds_what_the_database_holds(
    reader: Callable[[str], Reader], ask: Ask, column: str
) -> None:
    """A chart's bar leads to this address."""
    office, held = reader("zezhou-office"), getattr(Case, column)
    groups = ask(of_place(held).add_columns(func.count(Case.id)).group_by(held))
    assert len(groups) > 1
    for value, number in groups:
        page = office.text("/caseview/list/", **{f"_flt_eq_{column}": value})
        assert count_of(page) == number


def test_several_values_of_one_filter_find_any_of_them(
    reader: Callable[[str], Reader], ask: Ask
) -> None:
    groups = ask(of_place(Case.stage).add_columns(func.count(Case.id)).group_by(Case.stage))
    (one, n), (other, m), *_ = groups
    page = reader("zezhou-office").text("/caseview/list/", _flt_eq_stage=[one, other])
    assert count_of(page) == n + m


def test_insurances_are_found_inside_the_list_that_a_case_has(
    reader: Callable[[str], Reader], ask: Ask
) -> None:
    held = [insurance for (insurance,) in ask(of_place(Case.insurance))]
    wanted = {key: sum(key in one for one in held) for one in held for key in one}
    assert len(wanted) > 1
    office = reader("zezhou-office")
    for key, number in wanted.items():
        assert count_of(office.text("/caseview/list/", _flt_has_insurance=key)) == number


def test_days_are_civil_days_of_china_with_both_ends_included(
    reader: Callable[[str], Reader], ask: Ask
) -> None:
    """A case registered at seven in the morning stands in UTC on the day before."""
    office = reader("zezhou-office")
    total = count_of(office.text("/caseview/list/"))
    on_day = {"_flt_from_registered_at": "2024-11-04", "_flt_to_registered_at": "2024-11-04"}
    until_then = {"_flt_to_registered_at": "2024-11-03"}
    found = [count_of(office.text("/caseview/list/", **one)) for one in (on_day, until_then)]
    assert sum(found) == total
    assert count_of(office.text("/caseview/list/", _flt_eq_registered_at="2024-11-04")) == found[0]


def test_a_list_is_sorted_by_a_column_both_ways(reader: Callable[[str], Reader], ask: Ask) -> None:
    office = reader("zezhou-office")
    numbers = sorted(number for (number,) in ask(of_place(Case.number)))
    for sort, wanted in (("number", numbers), ("-number", numbers[::-1])):
        rows = office.rows("/caseview/list/", sort=sort)
        assert [re.findall(r"\d{6}-\d{4}-\d{6}", row)[0] for row in rows] == wanted
    page = office.get("/caseview/list/", sort="number").get_data(as_text=True)
    assert page.count('aria-sort="ascending"') == 1
    assert "sort=-number" in page


def test_columns_are_shown_as_chosen_and_the_telephone_is_masked(
    reader: Callable[[str], Reader],
) -> None:
    office = reader("zezhou-office")
    page = office.get("/caseview/list/", cols="number,phone").get_data(as_text=True)
    heads = re.findall(r'(?s)<th scope="col"[^>]*>(.*?)</th>', page)
    assert [re.sub(r"(?s)<[^>]+>", "", one).strip() for one in heads] == [
        "Case number",
        "Telephone",
    ]
    assert re.search(r"138\*{4}\d{4}", page)
    assert not re.search(r"\b138\d{8}\b", page)


def test_a_list_that_nothing_fits_says_what_to_do(reader: Callable[[str], Reader]) -> None:
    page = reader("zezhou-office").text("/unitview/list/", _flt_eq_kind="nosuch")
    assert "Nothing fits these filters. Take one away, and more appears." in page


@pytest.mark.parametrize("wild", ["%", "_", "%%", "\\"])
def test_wildcards_of_the_database_are_ordinary_characters(
    reader: Callable[[str], Reader], wild: str
) -> None:
    assert reader("zezhou-office").rows("/unitview/list/", q=wild) == []


def test_duties_stand_beside_their_clause_and_are_narrowed_by_unit_and_category(
    reader: Callable[[str], Reader],
) -> None:
    clerk = reader("zezhou-tax-clerk")
    page = clerk.get("/dutyview/list/", size=100).get_data(as_text=True)
    assert page.count('class="law"') == page.count("<tr data-row")
    everything = len(clerk.rows("/dutyview/list/", size=100))
    finance = clerk.rows("/dutyview/list/", size=100, _flt_eq_unit="finance")
    refunds = clerk.rows("/dutyview/list/", size=100, _flt_eq_category=7)
    assert 0 < len(finance) < everything
    assert all("财政局" in row for row in finance)
    assert 0 < len(refunds) < everything
    assert all("退" in row for row in refunds)


def test_a_mechanism_leads_to_its_own_page(reader: Callable[[str], Reader]) -> None:
    page = reader("admin").get("/mechanismview/list/").get_data(as_text=True)
    assert re.findall(r'<a href="/mechanism/(\w+)" data-open', page) == ["xiaoyi", "zezhou"]


# --- the same over REST


def listed(rest: Rest, name: str, **q: Any) -> Any:
    """Return the answer of a list over REST."""
    answer = rest.get(f"/api/v1/{name}/", query_string={"q": prison.dumps(q)} if q else None)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_every_resource_lists_and_shows_what_its_screen_does(
    rest: Callable[[str], Rest], views: list[Any], reader: Callable[[str], Reader]
) -> None:
    office, screen = rest("zezhou-office"), reader("zezhou-office")
    served = [view for view in views if view.resource]
    assert len(served) > 10
    for view in served:
        if screen.get(view.url("list")).status_code != 200:
            assert office.get(f"/api/v1/{view.resource}/").status_code == 403
            continue
        found = listed(office, view.resource)
        assert found["count"] == count_of(screen.text(view.url("list")))
        assert found["ids"] == [row["id"] for row in found["result"]]
        assert len(found["result"]) == min(found["count"], 25)
        if found["ids"] and "can_show" in view.base_permissions:
            one = office.get(f"/api/v1/{view.resource}/{found['ids'][0]}")
            assert one.status_code == 200
            assert one.json["id"] == found["ids"][0]  # type: ignore[index]


def test_rest_pages_sorts_and_filters(rest: Callable[[str], Rest]) -> None:
    tax = rest("zezhou-tax")
    first = listed(tax, "category", page_size=3, order_column="code", order_direction="asc")
    second = listed(tax, "category", page_size=3, page=1, order_column="code")
    assert [row["code"] for row in first["result"] + second["result"]] == [1, 2, 3, 4, 5, 6]
    assert first["count"] == 10
    only = [{"col": "kind", "opr": "eq", "value": "office"}]
    assert [row["short"] for row in listed(tax, "unit", filters=only)["result"]] == ["办公室"]


def test_a_record_of_another_county_is_not_found_over_rest(
    rest: Callable[[str], Rest], ask: Ask
) -> None:
    [(other,)] = ask(select(Jurisdiction.id).where(Jurisdiction.key == "xiaoyi"))
    tax = rest("zezhou-tax")
    assert tax.get(f"/api/v1/mechanism/{other}").status_code == 404
    only = [{"col": "jurisdiction_id", "opr": "eq", "value": other}]
    assert listed(tax, "unit", filters=only)["count"] == 0


def test_the_superuser_reads_reference_data_over_rest_and_no_case_parts(
    rest: Callable[[str], Rest],
) -> None:
    admin = rest("admin")
    assert listed(admin, "category")["count"] == 20
    assert admin.get("/api/v1/task/").status_code == 403


def test_nobody_reads_records_without_signing_in(client: Any) -> None:
    assert client.get("/api/v1/unit/").status_code == 401
    assert client.get("/unitview/list/").status_code == 302


def test_the_resources_stand_in_the_openapi_document(rest: Callable[[str], Rest]) -> None:
    document: Any = rest("zezhou-tax").get("/api/v1/_openapi").json
    assert {"/api/v1/unit/", "/api/v1/unit/{record_id}"} <= set(document["paths"])


def test_flask_appbuilders_own_actions_and_download_are_not_served(app: Any) -> None:
    endpoints = {rule.endpoint.rpartition(".")[2] for rule in app.url_map.iter_rules()}
    assert not endpoints & {"action", "action_post", "download"}


def test_a_page_of_a_record_shows_its_facts(reader: Callable[[str], Reader], ask: Ask) -> None:
    office = reader("zezhou-office")
    for name in ("task", "event", "notice"):
        page = office.get(f"/{name}view/list/").get_data(as_text=True)
        url = re.search(rf'href="(/{name}view/show/\d+)"', page)
        assert url is not None, name
        assert words(office.get(url[1])).count("Case") >= 1
