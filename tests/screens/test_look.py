"""The look keeps its own rules: strict policy, old browsers, no other host."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.screens.desk import Clerk

Seat = Callable[[str], Clerk]
HAN = re.compile("[\u4e00-\u9fff]")
#: What Chromium 86 does not know, or what stops a page under the strict policy.
TOO_NEW = re.compile(r":has\(|:is\(|\binset:|aspect-ratio|color-mix|@container|&\s*[.:>]")


def _files(root: Path, *endings: str) -> list[Path]:
    found = [path for end in endings for path in (root / "app").rglob(f"*.{end}")]
    found = [path for path in found if path.parent.name != "vendor"]
    assert found
    return found


def test_no_words_of_a_language_stand_in_templates_and_scripts(root: Path) -> None:
    odd = [p.name for p in _files(root, "html", "js") if HAN.search(p.read_text("utf-8"))]
    assert odd == []


def test_no_template_carries_an_inline_style_or_handler(root: Path) -> None:
    bad = re.compile(r"\sstyle=|\son(click|load|submit|change)=", re.IGNORECASE)
    odd = [p.name for p in _files(root, "html") if bad.search(p.read_text("utf-8"))]
    assert odd == []


def test_no_page_asks_another_host(root: Path) -> None:
    other = re.compile(r"(src|href)=\"https?://|url\(\s*['\"]?https?:|@import")
    odd = [p.name for p in _files(root, "html", "css", "js") if other.search(p.read_text("utf-8"))]
    assert odd == []


def test_style_sheets_are_for_old_browsers_too(root: Path) -> None:
    odd = [p.name for p in _files(root, "css") if TOO_NEW.search(p.read_text("utf-8"))]
    assert odd == []


def test_files_of_the_look_stay_short(root: Path) -> None:
    long = [p.name for p in _files(root, "css", "js", "html") if p.read_text().count("\n") > 400]
    assert long == []


def test_the_login_form_has_the_fields_that_others_rely_on(client: FlaskClient) -> None:
    page = client.get("/login/").get_data(as_text=True)
    assert set(re.findall(r'<input[^>]* name="(\w+)"', page)) == {
        "csrf_token",
        "username",
        "password",
    }


def test_demo_accounts_stand_at_the_door_only_in_a_demonstration(client: FlaskClient) -> None:
    app = client.application
    assert "demo-box" in client.get("/login/").get_data(as_text=True)
    try:
        app.config["DEMO"] = False
        assert "demo-box" not in client.get("/login/").get_data(as_text=True)
    finally:
        app.config["DEMO"] = True


@pytest.mark.parametrize(
    "path", ["/todo/", "/register/", "/caseview/list/", "/mechanism/zezhou", "/help/"]
)
def test_every_field_has_a_label_and_every_page_one_heading(clerk: Seat, path: str) -> None:
    page = clerk("zezhou-tax").page(path)
    assert len(re.findall(r"<h1\b", page)) == 1
    assert page.index('class="skip"') < page.index("<header")
    labelled = set(re.findall(r'<label[^>]* for="([\w-]+)"', page))
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*\bid=\"([\w-]+)\"", page)
    assert set(fields) <= labelled


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways_and_none_complains(page: Any, width: int) -> None:
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: said.append(str(one)))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/login/")
    page.fill("#username", "zezhou-tax")
    page.fill("#password", "Demo-2024!")
    page.click("button[type=submit]")
    for path in (
        *("/todo/", "/register/", "/caseview/list/", "/help/", "/notices/"),
        "/mechanism/zezhou",
    ):
        page.goto(path)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} is {over} px too wide at {width}"
    assert said == []


def test_a_draft_outlives_a_closed_page_and_ends_with_registration(page: Any) -> None:
    page.goto("/login/")
    page.fill("#username", "zezhou-tax")
    page.fill("#password", "Demo-2024!")
    page.click("button[type=submit]")
    page.goto("/register/")
    page.fill("#f-applicant-name", "Zhou Invented")
    page.select_option("#f-category", "4")
    page.check("input[name=insurance][value=pension]")
    page.wait_for_selector("[data-draft-note]:not(:empty)")
    page.wait_for_selector(".route-unit")
    page.goto("/todo/")
    page.goto("/register/")
    assert page.input_value("#f-applicant-name") == "Zhou Invented"
    assert page.is_checked("input[name=insurance][value=pension]")
    page.fill("#f-applicant-phone", "13800000003")
    page.fill("#f-content", "The amount is wrong.")
    page.click("button[value=accept]")
    page.wait_for_selector("main[data-stage=handling]")
    page.wait_for_load_state("load")
    page.goto("/register/")
    assert page.input_value("#f-applicant-name") == ""
