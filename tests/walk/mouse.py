"""People at real browsers, each with an own profile; what the browsers complain of is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import axe_playwright_python

from tests.conftest import DEMO_PASSWORD

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
#: What the page breaks, rule by rule, with the elements that do.
RUN_AXE = """() => axe.run({resultTypes: ["violations"]}).then((found) =>
  found.violations.map((one) => one.id + ": " + one.nodes.map((n) => n.target).join(", ")))"""
THEMES = ("light", "dark")
WIDTHS = (1280, 390)


@dataclass
class People:
    """Accounts at their browsers on one served system."""

    browser: Any
    server: str
    complaints: list[str] = field(default_factory=list)
    at: dict[str, Any] = field(default_factory=dict)

    def visitor(self) -> Any:
        """Return a page of a fresh browser whose complaints are kept."""
        context = self.browser.new_context(
            base_url=self.server, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda one: self._hear(f"{one.type}: {one.text}"))
        page.on("pageerror", lambda one: self._hear(f"error: {one}"))
        page.on("request", lambda one: self._see(one.url))
        return page

    def _hear(self, said: str) -> None:
        self.complaints.append(said)

    def _see(self, url: str) -> None:
        if not url.startswith((self.server, "data:", "blob:")):
            self.complaints.append(f"asks another host: {url}")

    def seat(self, account: str) -> Any:
        """Return the page of an account, which logs in by the form the first time."""
        if account not in self.at:
            page = self.visitor()
            page.goto("/login/")
            page.fill("#username", account)
            page.fill("#password", DEMO_PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_selector("nav.side")
            self.at[account] = page
        return self.at[account]

    def does(self, account: str, case: str, key: str, **inputs: Any) -> str:
        """Open the case, press the act's button, fill in the panel, confirm; return the stage."""
        page = self.seat(account)
        page.goto(case)
        page.click(f"a.btn[data-action={key}]")
        fill(page, inputs)
        page.click(".act-form button[name=confirm]")
        page.wait_for_selector(".alert-success")
        return str(page.get_attribute("main", "data-stage"))

    def close(self) -> None:
        """Leave all browsers."""
        for context in self.browser.contexts:
            context.close()


def fill(page: Any, inputs: dict[str, Any]) -> None:
    """Fill in the fields of a form: a list ticks boxes, any other value goes where it fits."""
    for name, value in inputs.items():
        for one in value if isinstance(value, list) else [value]:
            box = f"input[name='{name}'][value='{one}']"
            if page.locator(f"{box}[type=radio], {box}[type=checkbox]").count():
                page.check(box)
            elif page.locator(f"select[name='{name}']").count():
                page.select_option(f"select[name='{name}']", str(one))
            else:
                page.fill(f"form [name='{name}']", str(one))


def faults(page: Any, where: str) -> list[str]:
    """Return what an open page breaks, in both themes, at a desk's width and a telephone's."""
    found: list[str] = []
    page.evaluate(AXE)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            found.append(f"{where} at {width}: {over} px too wide")
        for theme in THEMES:
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
            found += [f"{where} at {width}, {theme}: {one}" for one in page.evaluate(RUN_AXE)]
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found


def path(page: Any) -> str:
    """Return the address of a page without its host and parameters."""
    return re.sub(r"^https?://[^/]+|[?#].*$", "", page.url)
