"""The working day in a real browser: by mouse and form, nothing from elsewhere, no complaint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.walk.mouse import People, faults, fill, path

#: The browser asks the server, not the database.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

TAX, HRSS, OFFICE = "zezhou-tax-clerk", "zezhou-hrss-clerk", "zezhou-office"
MATTER = {
    "applicant.kind": "person",
    "applicant.name": "Zhou Invented",
    "applicant.phone": "13800000003",
    "channel": "visit",
    "category": "7",
    "insurance": ["pension"],
    "period_from": "2024-03",
    "period_to": "2024-06",
    "content": "Paid twice.",
}
DECISION = {"decision": "What was paid twice is paid back."}
SERVED = {"method": "counter", "served_on": "2024-11-04", "receiver": "Zhou Invented"}


@pytest.fixture
def people(_browser: Any, live_server: str) -> Iterator[People]:
    """People at their browsers; whatever a browser complains of fails the test."""
    found = People(_browser, live_server)
    yield found
    found.close()
    assert found.complaints == []


def registered(people: People, account: str, then: str) -> str:
    """Register a dispute by the menu and the form, and return the address of its case."""
    page = people.seat(account)
    page.click("nav.side a[data-go=register]")
    fill(page, MATTER)
    page.wait_for_selector(".route-unit")
    page.click(f"button[name=then][value={then}]")
    page.wait_for_url(re.compile(r"/case/\d+"))
    return path(page)


def test_a_matter_of_another_unit_goes_there_and_into_the_archive(people: People) -> None:
    case = registered(people, "zezhou-petition-clerk", "transfer")
    petition = people.seat("zezhou-petition-clerk")
    fill(petition, {"unit": "tax", "reason": "It collects."})
    petition.wait_for_selector("[data-see] .see")
    assert faults(petition, "the panel of a transfer") == []
    petition.click(".act-form button[name=confirm]")
    petition.wait_for_selector(".alert-success")
    tax = people.seat(TAX)
    tax.click(f"a[data-next][href^='{case}']")
    fill(
        tax,
        {"reason": "The office agreed."} if tax.locator("[name=reason][required]").count() else {},
    )
    tax.click(".act-form button[name=confirm]")
    tax.wait_for_selector("main[data-stage=handling]")
    assert people.does(TAX, case, "resolve", **DECISION) == "decided"
    assert people.does(TAX, case, "serve", **SERVED) == "served"
    assert people.does(TAX, case, "archive") == "archived"
    tax.click(f"a[href='{case}/volume']")
    assert faults(tax, "the volume") == []


def test_a_matter_of_two_units_is_decided_by_each_and_answered_by_the_lead(people: People) -> None:
    case = registered(people, HRSS, "accept")
    assert people.does(HRSS, case, "start_joint", units=["tax"]) == "joint"
    assert people.seat(HRSS).locator("button[data-action=issue_reply]").is_disabled()
    assert people.does(TAX, case, "submit_decision", **DECISION) == "joint"
    assert faults(people.seat(TAX), "a joint case") == []
    assert people.does(HRSS, case, "submit_decision", **DECISION) == "joint"
    assert people.does(HRSS, case, "issue_reply", summary="Both agree.") == "decided"
    assert people.does(HRSS, case, "serve", **SERVED) == "served"
    assert people.does(HRSS, case, "file_with_office") == "served"
    assert people.does(HRSS, case, "archive") == "archived"


def test_a_complex_matter_goes_by_the_leader_and_the_office(people: People) -> None:
    case = registered(people, HRSS, "accept")
    assert people.does(HRSS, case, "escalate", reason="Rules differ.") == "awaiting_approval"
    leader = people.seat("zezhou-leader")
    leader.goto(f"{case}?do=approve")
    assert faults(leader, "an approval") == []
    assert people.does("zezhou-leader", case, "approve", opinion="Agreed.") == "special"
    meeting = {"units": ["tax", "hrss"], "conclusions": "Pay back.", "due_on": "2024-11-15"}
    people.does(OFFICE, case, "record_minutes", **meeting)
    for unit in (TAX, HRSS):
        people.does(unit, case, "submit_decision", **DECISION)
    assert people.does(OFFICE, case, "issue_reply", summary="All agree.") == "decided"
    assert people.does(OFFICE, case, "serve", **SERVED) == "served"
    people.does(HRSS, case, "archive")
    assert people.does(OFFICE, case, "archive") == "archived"


def test_a_superuser_changes_members_and_categories(people: People) -> None:
    admin = people.seat("admin")
    admin.click("nav.side a[href='/memberview/list/']")
    assert faults(admin, "the members") == []
    admin.locator("tbody a[href*='/memberview/edit/']").first.click()
    assert faults(admin, "a member") == []
    admin.fill("form.card [name=title]", "Magistrate")
    admin.click("form.card .card-foot button")
    admin.wait_for_selector("text=Magistrate")
    admin.click("nav.side a[href='/categoryview/list/']")
    admin.locator("tbody a[href*='/categoryview/edit/']").first.click()
    admin.fill("form.card [name=label]", "Changed words")
    admin.click("form.card .card-foot button")
    admin.wait_for_selector("text=Changed words")
    admin.click("nav.side a[href='/mechanism/']")
    assert faults(admin, "the mechanisms") == []


def test_an_administrator_hands_on_what_a_leaver_had(people: People) -> None:
    registered(people, TAX, "accept")
    admin = people.seat("zezhou-tax")
    admin.click("nav.side a[href='/people/']")
    assert faults(admin, "the people") == []
    admin.locator("a[href$='/cases']").first.click()
    leaver = path(admin)
    assert admin.locator("tr[data-row]").count() > 0
    assert faults(admin, "a leaver's cases") == []
    fill(admin, {"to": admin.get_attribute("select[name=to] option:last-child", "value")})
    admin.click("button[name=which][value=all]")
    admin.wait_for_selector(".alert-success")
    admin.goto(leaver)
    assert admin.locator("tr[data-row]").count() == 0


def test_the_office_opens_the_cases_behind_a_figure(people: People) -> None:
    office = people.seat(OFFICE)
    office.click("nav.side a[href='/dashboard/']")
    office.wait_for_selector(".plot canvas")
    assert faults(office, "the charts") == []
    office.locator("#chart-stage .seg a").nth(1).click()
    figure = office.locator("#chart-stage tbody td a").first
    number = int(figure.inner_text())
    figure.click()
    office.wait_for_url("**/caseview/list/**")
    assert office.locator("tr[data-row]").count() == min(number, 25)
    assert faults(office, "the list of cases") == []


def test_an_applicant_reads_how_the_matter_stands(people: People) -> None:
    case = registered(people, TAX, "accept")
    tax = people.seat(TAX)
    assert path(tax) == case
    [number] = set(re.findall(r"140525-\d{4}-\d{6}", tax.title()))
    visitor = people.visitor()
    visitor.goto("/login/")
    visitor.click("a[href^='/progress/']")
    visitor.fill("[name=number]", number)
    visitor.fill("[name=phone]", "0003")
    visitor.click("form button")
    visitor.wait_for_selector("[aria-current=step]")
    assert faults(visitor, "the progress of a matter") == []
