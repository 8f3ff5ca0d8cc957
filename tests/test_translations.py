"""Every text has good Chinese: complete, with the same placeholders, in an officer's words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale, gettext, ngettext

from app.clock import CHINA
from tests.conftest import csrf_token
from tools import messages
from translations.borrowed import TEXTS

CHINESE = Locale("zh")
CHARACTER = re.compile(r"[\u4e00-\u9fff]")
#: Patterns of dates are texts, too, because each language has its own order.
DATE_PATTERNS = ("EEE d MMM", "d MMM", "EEEE d MMMM", "d MMMM y")
MOMENT_PATTERNS = ("d MMM HH:mm", "d MMMM y HH:mm")
#: What DESIGN.md (6) does not let us say.
BARRED = (
    "!",
    "\uff01",
    "操作成功",
    "操作失败",
    "请稍后再试",
    "权限不足",
    "暂无数据",
    "确定要",
    "你的",
)


@pytest.fixture(scope="module")
def texts() -> Catalog:
    """Every text in the program."""
    return messages.template()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """What is translated."""
    path = messages.FOLDER / "zh" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def translated(catalogue: Catalog) -> Iterator[tuple[Message, str]]:
    """Yield each text with each form of its translation."""
    for message in catalogue:
        if message.id:
            forms = [message.string] if isinstance(message.string, str) else message.string
            for form in forms:
                yield message, form


def test_every_text_has_its_translation_and_the_same_placeholders(texts, chinese):
    assert list(messages.faults(texts, chinese)) == []


def test_nothing_is_translated_that_the_program_no_longer_says(texts, chinese):
    known = {message.id for message in texts}
    assert [message.id for message in chinese if message.id not in known] == []
    assert list(chinese.obsolete) == []


def test_the_chinese_is_polite_and_calm(chinese):
    bad = [form for _, form in translated(chinese) for word in BARRED if word in form]
    assert bad == []


def test_the_chinese_has_chinese_punctuation(chinese):
    """Between Chinese characters commas, colons and brackets are full-width."""
    half = re.compile(r"[\u4e00-\u9fff”][,;:?()]|[,;:?()][\u4e00-\u9fff“]")
    assert [form for _, form in translated(chinese) if half.search(form)] == []


def test_a_placeholder_is_filled_as_in_the_source(chinese):
    """A text that fails on its parameters would be an error page; fill each with a word."""
    for message, form in translated(chinese):
        sources = message.id if isinstance(message.id, list | tuple) else [message.id]
        names = {name for one in sources for name in re.findall(r"%\((\w+)\)", one)}
        if names:
            assert form % dict.fromkeys(names, "x")


@pytest.mark.parametrize("pattern", DATE_PATTERNS)
def test_a_pattern_of_dates_is_one_in_both_languages(chinese, pattern):
    day = date(2024, 11, 5)
    assert format_date(day, pattern, locale="en")
    assert CHARACTER.search(format_date(day, str(chinese.get(pattern).string), locale=CHINESE))


@pytest.mark.parametrize("pattern", MOMENT_PATTERNS)
def test_a_pattern_of_moments_is_one_in_both_languages(chinese, pattern):
    moment = datetime(2024, 11, 5, 9, 7, tzinfo=CHINA)
    shown = format_datetime(moment, str(chinese.get(pattern).string), locale=CHINESE)
    assert shown.endswith("09:07")
    assert CHARACTER.search(shown)


def test_no_chinese_stands_in_the_code(root: Path):
    """Labels live in profiles and catalogues, so that another county and language need no code."""
    files = [
        path
        for ending in ("py", "html", "js")
        for path in (root / "app").rglob(f"*.{ending}")
        if "vendor" not in path.parts
    ]
    assert len(files) > 20
    assert [str(one) for one in files if CHARACTER.search(one.read_text(encoding="utf-8"))] == []


# --- in the application


def test_our_words_stand_before_those_of_the_framework(app: Flask, chinese):
    with app.test_request_context("/"), force_locale("zh"):
        assert [text for text in TEXTS if gettext(text) != chinese.get(text).string] == []


def test_numbers_have_their_forms_in_both_languages(app: Flask):
    one, many = "%(num)s day late", "%(num)s days late"
    with app.test_request_context("/"):
        with force_locale("zh"):
            assert [ngettext(one, many, n) for n in (1, 2)] == ["超期 1 日", "超期 2 日"]
        with force_locale("en"):
            assert [ngettext(one, many, n) for n in (1, 2)] == ["1 day late", "2 days late"]


def test_english_needs_no_catalogue(app: Flask):
    with app.test_request_context("/"), force_locale("en"):
        assert gettext("All cases") == "All cases"


# --- what people see

#: Latin letters that a Chinese page has: names of formats and keys, marks, accounts.
LATIN = re.compile(
    r"zezhou[\w-]*|xiaoyi[\w-]*|Demo-2024!|English|Word|Excel|PDF|OFD|SHA|MB|KB|Enter|Ctrl|POST"
)
#: Pages that say something to whoever opens them, for an account that sees much.
PAGES = (
    "/todo/",
    "/register/",
    "/caseview/list/",
    "/caseview/list/?q=%E6%97%A0",
    "/taskview/list/?_flt_eq_state=open",
    "/paperview/list/?page=0",
    "/eventview/list/",
    "/attachmentview/list/",
    "/noticeview/list/",
    "/unitview/list/",
    "/categoryview/list/?size=x",
    "/calendarview/list/",
    "/seriesview/list/",
    "/dutyview/list/",
    "/mechanismview/list/",
    "/versionview/list/",
    "/notices/",
    "/help/",
    "/me/",
    "/mechanism/zezhou",
    "/me/account/",
    "/case/999999",
    "/nowhere",
)


def english_on(page: str) -> list[str]:
    """Return the English words that a page shows: its texts, titles and spoken labels."""
    body = re.sub(r"(?s)<(script|style|noscript)\b.*?</\1>|<!--.*?-->", " ", page)
    spoken = re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*)"', body)
    shown = " ".join([re.sub(r"<[^>]*>", " ", body), *spoken])
    return re.findall(r"[A-Za-z]{3,}", LATIN.sub(" ", html.unescape(shown)))


#: The same for the superuser: lists of all counties, and forms.
SUPERUSER_PAGES = (
    "/unitview/list/",
    "/unitview/edit/1",
    "/categoryview/list/",
    "/categoryview/add",
    "/categoryview/add?jurisdiction_id=1",
    "/categoryview/delete/1",
    "/calendarview/add",
    "/calendarview/show/1",
)


@pytest.mark.parametrize("path", SUPERUSER_PAGES)
def test_a_chinese_page_of_the_superuser_shows_no_english(login, path):
    page = login("admin").get(path).get_data(as_text=True)
    assert CHARACTER.search(page)
    assert set(english_on(page)) <= {"admin"}


@pytest.mark.parametrize("path", PAGES)
def test_a_chinese_page_shows_no_english(login, path):
    page = login("zezhou-office").get(path).get_data(as_text=True)
    assert CHARACTER.search(page)
    assert english_on(page) == []


def test_the_login_page_shows_no_english_before_or_after_a_slip(client):
    first = client.get("/login/")
    form = {"username": "nobody", "password": "wrong", "csrf_token": csrf_token(first)}
    second = client.post("/login/", data=form, follow_redirects=True)
    assert english_on(first.get_data(as_text=True)) == []
    assert english_on(second.get_data(as_text=True)) == []


def test_a_case_and_its_acts_show_no_english(login, rest):
    office = rest("zezhou-office")
    browser = login("zezhou-office")
    seen: dict[str, int] = {}
    for row in office.get("/api/v1/case/?q=(page_size:100)").json["result"]:
        seen.setdefault(row["stage"], row["id"])
    assert len(seen) >= 4
    for case in seen.values():
        assert english_on(browser.get(f"/case/{case}").get_data(as_text=True)) == []
        for offer in office.get(f"/api/v1/case/{case}/action/").json["result"]:
            page = browser.get(f"/case/{case}?do={offer['key']}").get_data(as_text=True)
            assert english_on(page) == []


def test_the_pages_change_their_language(login):
    browser = login("zezhou-tax-clerk")
    browser.get("/lang/en")
    assert "To-do" in browser.get("/todo/").get_data(as_text=True)
    browser.get("/lang/zh")
    assert "待办" in browser.get("/todo/").get_data(as_text=True)
