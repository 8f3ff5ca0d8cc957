"""Takes the pictures of the README from a running demonstration.

    DEMO=1 make run                          in another terminal
    .venv/bin/python tools/screenshots.py    http://127.0.0.1:8080, or another address behind it

Registers one more invented dispute, takes it into joint handling over REST, and photographs the
to-do page and that case as a clerk sees them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "img"
ADDRESS = "http://127.0.0.1:8080"
WIDTH, TALLEST = 1280, 1200
PASSWORD = os.environ.get("DEMO_PASSWORD") or "Demo-2024!"
CLERK = "zezhou-hrss-clerk"

REGISTRATION = {
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


def log_in(page: Page) -> None:
    """Log in as the clerk by the form."""
    page.goto("/login/")
    page.fill("[name=username]", CLERK)
    page.fill("[name=password]", PASSWORD)
    page.click("form [type=submit]")
    page.wait_for_url("**/todo/")


def take(page: Page, path: str, name: str) -> None:
    """Photograph a page from its top, as far down as a README can show it."""
    page.goto(path)
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.screenshot(path=FOLDER / name)
    print(FOLDER.name, name, f"{WIDTH} x {height}")


def main(address: str) -> None:
    """Take all pictures from the server at the address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("TEST_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        context = browser.new_context(
            base_url=address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": WIDTH, "height": 900},
        )
        page = context.new_page()
        log_in(page)
        # The form of a registration begins with the server's own time.
        page.goto("/register/")
        case = Rest(address).example(page.input_value("[name=visited_at]"))
        take(page, "/todo/", "todo.png")
        take(page, f"/case/{case}", "case.png")
        browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else ADDRESS)
