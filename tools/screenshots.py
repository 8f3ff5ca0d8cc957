"""Takes the pictures of the README from a running demonstration.

    DEMO=1 make run                          in another terminal
    .venv/bin/python tools/screenshots.py    http://127.0.0.1:8080, or another address behind it

Registers one more invented dispute, takes it into joint handling over REST, and photographs the
main screens as clerk, office, superuser and applicant see them: in Chinese, at a desk's width
(`todo.png`) and a telephone's (`todo-m.png`).
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "img"
ADDRESS = "http://127.0.0.1:8080"
Fill = Callable[[Page], None]
#: What a name ends with → width, and how far down a README can show the page.
WIDTHS = {"": (1280, 1200), "-m": (390, 1000)}
PASSWORD = os.environ.get("DEMO_PASSWORD") or "Demo-2024!"
CLERK, SENDER = "zezhou-hrss-clerk", "zezhou-petition-clerk"
OFFICE, SUPERUSER = "zezhou-office", "admin"

REGISTRATION: dict[str, Any] = {
    "jurisdiction": "zezhou",
    "applicant": {"kind": "person", "name": "示例申请人", "phone": "13800000001"},
    "channel": "visit",
    "category": 7,
    "aspect": "procedure",
    "insurance": ["unemployment"],
    "period_from": "2024-06",
    "period_to": "2024-08",
    "amount": "2148.00",
    "content": "离职以后单位又申报了三个月，要求退费，两个窗口都说不归自己办。",
}
#: Account, action, inputs: up to the point where one decision is still missing.
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (CLERK, "accept", {}),
    (CLERK, "start_joint", {"units": ["tax"], "note": "税务局初核，人社局复核。"}),
    (CLERK, "request_advice", {"unit": "finance", "question": "退费账户信息是否无误。"}),
    ("zezhou-finance-clerk", "submit_advice", {"advice": "账户信息无误，可以退库。"}),
    ("zezhou-tax-clerk", "submit_decision", {"decision": "六月至八月多申报的费款，同意退费。"}),
)


@dataclass
class Rest:
    """The REST interface as one account after the other."""

    address: str

    def call(self, path: str, body: Any = None, token: str = "") -> Any:
        """Return the JSON answer; raises HTTPError where it is a refusal."""
        asked = Request(  # noqa: S310  # our own server's address
            f"{self.address}/api/v1{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            if token
            else {"Content-Type": "application/json"},
        )
        with urlopen(asked, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())

    def token(self, account: str) -> str:
        """Return an account's token."""
        login = {"username": account, "password": PASSWORD, "provider": "db"}
        return str(self.call("/security/login", login)["access_token"])

    def example(self, visited_at: str) -> int:
        """Register the example, take it as far as the picture needs, and return its id."""
        made = self.call("/case/", REGISTRATION | {"visited_at": visited_at}, self.token(CLERK))
        case = int(made["id"])
        for account, key, inputs in STEPS:
            token = self.token(account)
            version = self.call(f"/case/{case}", token=token)["result"]["version"]
            body = {"version": version, "inputs": inputs}
            self.call(f"/case/{case}/action/{key}", body, token)
        return case


@dataclass
class Camera:
    """A browser that logs in as one person after the other."""

    browser: Browser
    address: str

    def at(self, account: str = "") -> Page:
        """Return a page of a fresh browser, logged in by the form where an account is named."""
        page = self.browser.new_context(
            base_url=self.address, locale="zh-CN", timezone_id="Asia/Shanghai"
        ).new_page()
        if account:
            page.goto("/login/")
            page.fill("[name=username]", account)
            page.fill("[name=password]", PASSWORD)
            page.click("form [type=submit]")
            page.wait_for_selector("nav.side")
        return page

    def take(
        self, page: Page, path: str, name: str, ready: str = "main", fill: Fill | None = None
    ) -> None:
        """Photograph a page at each width from its top, filled in, once something stands on it."""
        for ending, (width, tallest) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            if fill:
                fill(page)
            page.wait_for_selector(ready)
            page.evaluate("document.activeElement.blur()")
            height = min(tallest, page.evaluate("document.documentElement.scrollHeight"))
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=FOLDER / f"{name}{ending}.png")
            print(FOLDER.name, f"{name}{ending}.png", f"{width} x {height}")


def send_to_tax(page: Page) -> None:
    """Fill in the panel of a transfer, so that it shows what will happen."""
    page.check("input[name=unit][value=tax]")
    page.fill("textarea[name=reason]", "多申报的费款由税务机关初核。")
    page.press("textarea[name=reason]", "Tab")


def own_matter(rest: Rest, visited_at: str) -> tuple[int, str]:
    """Register a dispute that another unit handles; return its id and number."""
    made = rest.call("/case/", REGISTRATION | {"visited_at": visited_at}, rest.token(SENDER))
    return int(made["id"]), str(made["number"])


def photograph(camera: Camera) -> None:
    """Take all pictures."""
    rest, clerk = Rest(camera.address), camera.at(CLERK)
    # The form of a registration begins with the server's own time.
    clerk.goto("/register/")
    visited_at = clerk.input_value("[name=visited_at]")
    case = rest.example(visited_at)
    camera.take(clerk, "/todo/", "todo")
    camera.take(clerk, "/register/", "register")
    camera.take(clerk, f"/case/{case}", "case")
    sent, number = own_matter(rest, visited_at)
    told = ".see:has-text('税务局')"
    camera.take(camera.at(SENDER), f"/case/{sent}?do=transfer", "transfer", told, send_to_tax)
    office = camera.at(OFFICE)
    camera.take(office, "/dashboard/", "dashboard", ".plot canvas")
    camera.take(office, "/evaluation/", "evaluation")
    superuser = camera.at(SUPERUSER)
    camera.take(superuser, "/memberview/list/", "members")
    edit = superuser.locator("tbody a[href*='/memberview/edit/']").first.get_attribute("href")
    camera.take(superuser, str(edit), "member")
    camera.take(superuser, "/mechanism/zezhou?check=", "mechanism")
    phone = REGISTRATION["applicant"]["phone"][-4:]
    camera.take(camera.at(), f"/progress/?number={number}&phone={phone}", "progress")


def main(address: str) -> None:
    """Take all pictures from the server at the address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("TEST_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        photograph(Camera(browser, address))
        browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else ADDRESS)
