"""Every page of every role, in both languages: whole, in one language, with no dead end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from yaml import safe_load

from tests.conftest import csrf_token
from tests.test_translations import CHARACTER, LATIN
from tests.walk.crawler import Sheet, Walk
from tools import messages

#: What a page says is no matter of the database.
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

#: Each kind of role, those first who see most.
ACCOUNTS = {
    "zezhou": (
        *("zezhou-office", "zezhou-tax", "zezhou-leader", "zezhou-hrss-clerk", "zezhou-auditor"),
        *("zezhou-finance-clerk", "zezhou-deputy"),
    ),
    "xiaoyi": ("xiaoyi-office", "xiaoyi-tax-clerk", "xiaoyi-approval", "xiaoyi-platform"),
    "superuser": ("admin",),
}
#: What no link leads to: things that are not there, lists that find nothing, wrong values.
ASTRAY = (
    *("/nowhere", "/case/999999", "/document/999999", "/unitview/show/999999", "/case/x"),
    *("/caseview/list/?q=%E6%97%A0%E6%AD%A4%E6%A1%88", "/caseview/list/?_flt_eq_stage=0"),
    *("/taskview/list/?page=9999", "/unitview/list/?sort=0&_flt_eq_nothing=1"),
    *("/progress/?number=140525-2024-999999&phone=0000", "/progress/?number=1&phone=x"),
    *("/late-fee/?amount=-1&from=2024-13-01", "/late-fee/?amount=10000&from=2024-01-01"),
    *("/evaluation/?from=2030-01-01&to=2020-01-01", "/dashboard/?from=x", "/todo/?page=9"),
)
#: A date as machines write it; people read 2024年11月4日.
MACHINE_DATE = re.compile(r"(?<![\w-])(?:\d{4}-\d\d-\d\d|\d{1,4}/\d{1,2}/\d{1,4})(?![\w-])")
#: How a date is typed is told by an example.
EXAMPLE = re.compile(r"写成|例如|粘贴|write it like|as in|Excel")
#: An amount with four digits or more before the point, and no comma among them.
BARE_AMOUNT = re.compile(r"(?<![\d,.])\d{4,}(?:\.\d\d)? ?(?:元|yuan)")
#: Names of files and parts of a profile, addresses, sums, examples of a name, new passwords.
TRADE = re.compile(
    r"[{〔]\w+[}〕]|\badmin\b|YAML|\bkey\b|\w+\.(?:yaml|txt)|sha256|sm3|date,kind,name,source|\b(?:rest|work)\b|https?://\S+|zhang-san|otherwise"
    r"|\b[a-z_]+(?:\.\w+)+|\b[0-9a-f]{12,64}\b|\b\w{4}(?:-\w{4}){2}\b"
)
#: A field that each form carries for itself.
UNSEEN = ("hidden", "submit")


def language_faults(sheet: Sheet, words_of_the_other: Callable[[str], bool]) -> Iterator[str]:
    """Yield what a page says in the wrong language or in a machine's way of writing."""
    for text in dict.fromkeys([sheet.title, *sheet.words]):
        if words_of_the_other(text):
            yield f"wrong language: {text[:90]}"
        if MACHINE_DATE.search(text) and not EXAMPLE.search(text):
            yield f"date: {text[:90]}"
        if BARE_AMOUNT.search(text):
            yield f"amount: {text[:90]}"


def shape_faults(sheet: Sheet) -> Iterator[str]:
    """Yield what is wrong with a page whatever it says."""
    if not sheet.title:
        yield "no title"
    if sheet.headings.count(1) != 1:
        yield f"{sheet.headings.count(1)} main headings"
    yield from (f"id {name} twice" for name, n in sheet.ids.items() if n > 1)
    anchors = {link[1:] for link in sheet.links if link.startswith("#") and link != "#"}
    yield from (f"leads to no #{name}" for name in anchors - set(sheet.ids))
    for one in sheet.fields:
        is_seen = one.get("type") not in UNSEEN and "hidden" not in one
        has_label = one.get("id") in sheet.labelled or "label" in one["inside"].split()
        if is_seen and not has_label and not one.get("aria-label"):
            yield f"no label: {one.get('name')}"
    for one in sheet.buttons:
        acts = "form" in one or "form" in one["inside"].split() or "disabled" in one
        if not acts and not any(name.startswith("data-") for name in one):
            yield f"a button that does nothing: {one}"


@pytest.fixture(scope="module")
def is_english(root: Path) -> Callable[[str], bool]:
    """Tell whether a text has English words; lists of units show the units' keys as well."""
    profiles = [
        safe_load(one.read_text("utf-8")) for one in root.glob("mechanisms/*/mechanism.yaml")
    ]
    keys = {key for one in profiles for key in one["bodies"]}

    def tell(text: str) -> bool:
        rest = TRADE.sub(" ", LATIN.sub(" ", text))
        return text not in keys and bool(re.search(r"[A-Za-z]{2,}", rest))

    return tell


@pytest.fixture(scope="module")
def is_chinese_of_ours(root: Path) -> Callable[[str], bool]:
    """Tell whether a text is one that the catalogue translates; data may be Chinese, too."""
    files = [*root.glob("mechanisms/**/*.yaml"), *root.glob("calendars/*")]
    data = "".join(one.read_text("utf-8") for one in files)
    with (messages.FOLDER / "zh" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh")
    texts = {one.string for one in catalogue if one.id and isinstance(one.string, str)}
    # What a county calls something by the same word is data.
    ours = {text for text in texts if CHARACTER.search(text) and text not in data}
    assert len(ours) > 1000
    return ours.__contains__


def walk(
    login: Callable[[str], FlaskClient], accounts: tuple[str, ...], language: str, each: int
) -> Iterator[tuple[str, int, Sheet]]:
    """Yield where an account was, and each page that it came by."""
    shapes: Counter[str] = Counter()
    for account in accounts:
        browser = login(account)
        browser.get(f"/lang/{language}")
        way = Walk(browser, shapes, each)
        for address, status, sheet in way.pages("/", *ASTRAY):
            yield f"{account} {address}", status, sheet
        token = csrf_token(browser.get("/help/"))
        for address, status, sheet in way.send_empty(token):
            yield f"{account} sends {address}", status, sheet


def is_linked(where: str) -> bool:
    """Tell whether a link led there: whoever offers a page must not refuse it."""
    address = where.split(" ", 1)[1]
    return not address.startswith(("sends ", "/progress/?")) and address not in ASTRAY


def report(found: dict[str, str]) -> str:
    """Return each fault with the first page that has it."""
    return "\n".join(f"{where}: {fault}" for fault, where in sorted(found.items()))


@pytest.mark.parametrize("county", ACCOUNTS)
def test_every_page_in_chinese_is_whole_and_all_chinese(
    login: Callable[[str], FlaskClient], county: str, is_english: Callable[[str], bool]
) -> None:
    found: dict[str, str] = {}
    walked = 0
    for where, status, sheet in walk(login, ACCOUNTS[county], "zh", each=2):
        walked += 1
        if status >= 500 or (status >= 400 and is_linked(where)):
            found[f"answers {status}"] = where
        if sheet.html:
            for fault in (*language_faults(sheet, is_english), *shape_faults(sheet)):
                found.setdefault(fault, where)
    assert not found, report(found)
    assert walked > 100


@pytest.mark.parametrize("county", ACCOUNTS)
def test_every_page_in_english_says_nothing_of_ours_in_chinese(
    login: Callable[[str], FlaskClient], county: str, is_chinese_of_ours: Callable[[str], bool]
) -> None:
    found: dict[str, str] = {}
    for where, status, sheet in walk(login, ACCOUNTS[county], "en", each=1):
        if status >= 500:
            found[f"answers {status}"] = where
        for fault in language_faults(sheet, is_chinese_of_ours):
            found.setdefault(fault, where)
    assert not found, report(found)
