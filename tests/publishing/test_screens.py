"""A superuser's pages of a mechanism: upload, edit, what is told of it, publish."""

from __future__ import annotations

import html
import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.directory import jurisdiction_of
from app.mechanism.folder import read_profile
from app.models import Body, Case, Jurisdiction, MechanismVersion
from app.publishing import publish as publish_version
from app.records import MechanismDraft
from app.security.sight import Scope, see
from tests.check.profiles import sown
from tests.check.seeded import WARNED
from tests.conftest import Clock, csrf_token
from tests.factories import PROFILE, START
from tests.publishing.test_versions_by_day import OWN_DAYS, changed
from tests.screens.desk import Clerk, words

Seat = Callable[[str], Clerk]
DRAFT = "/mechanism/zezhou/draft"
REVIEW, PUBLISH = DRAFT + "/review", DRAFT + "/publish"
DOCUMENT = (PROFILE.parent / "source.txt").read_text(encoding="utf-8")
UNSOUND = OWN_DAYS.replace("Z4.2a", "Z4.2zz")


def seen(page: str) -> str:
    """Return the stamp in a page's form."""
    return re.findall(r'name="seen" value="(\w*)"', page)[0]


def typed(page: str, name: str = "profile") -> str:
    """Return what stands in a text area."""
    found = re.findall(rf'<textarea id="{name}".*?>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[0])


def save(admin: Clerk, profile: str, stamp: str | None = None, **more: Any) -> Any:
    """Save a draft as drawn from the page, or from an older one."""
    stamp = seen(admin.page(DRAFT)) if stamp is None else stamp
    data = {"profile": profile, "source": DOCUMENT, "seen": stamp, **more}
    return admin.send(DRAFT, data)


def publish(admin: Clerk, day: str = "2024-11-04", **more: Any) -> Any:
    data = {"seen": seen(admin.page(REVIEW)), "first_day": day, "agreed": "1", **more}
    return admin.send(PUBLISH, data)


def send_bytes(admin: Clerk, path: str, field: str, content: bytes, **typed: str) -> Any:
    """Post a file whatever its size; the test client would leave a large one open."""
    typed["csrf_token"] = csrf_token(admin.browser.get("/mechanism/"))
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in typed.items()]
    parts.append(f'name="{field}"; filename="m.yaml"\r\n\r\n'.encode() + content)
    head = b"--x\r\nContent-Disposition: form-data; "
    body = b"".join(head + part + b"\r\n" for part in parts) + b"--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return admin.browser.post(path, data=body, content_type=kind)


def a_file(text: str | bytes, name: str = "mechanism.yaml") -> tuple[io.BytesIO, str]:
    return io.BytesIO(text if isinstance(text, bytes) else text.encode()), name


@pytest.fixture
def admin(clerk: Seat) -> Clerk:
    return clerk("admin")


@contextmanager
def opened(app: Flask) -> Iterator[Any]:
    """The database outside any request, everything in sight."""
    with app.app_context():
        session = app.extensions["lianchu.session"]
        see(session, Scope.system())
        yield session
        session.remove()


def all_of(app: Flask, model: Any) -> list[Any]:
    """Return every row of a table."""
    with opened(app) as session:
        return list(session.scalars(select(model).order_by(model.id)))


# --- the text


def test_the_page_shows_what_runs_with_a_number_beside_each_line(admin: Clerk) -> None:
    page = admin.page(DRAFT)
    assert typed(page) == read_profile(PROFILE).text
    assert typed(page, "source") == DOCUMENT
    lines = typed(page).count("\n") + 1
    assert f'<li id="L{lines}">{lines}</li>' in page
    assert "还没有草稿" in words(page)
    form = re.findall(r'<form[^>]*action="/mechanism/zezhou/draft"[^>]*>', page)[0]
    assert 'method="post"' in form
    assert 'enctype="multipart/form-data"' in form


def test_a_draft_is_kept_as_typed_and_changes_nothing(admin: Clerk, app: Flask) -> None:
    answer = save(admin, changed().replace("\n", "\r\n"))
    assert (answer.status_code, answer.location) == (303, DRAFT)
    assert typed(admin.page(DRAFT)) == changed()
    assert len(all_of(app, MechanismVersion)) == 2  # one of each county


def test_even_a_text_that_is_no_profile_is_kept_and_its_fault_told(admin: Clerk) -> None:
    assert save(admin, "format: 1\n\tkey: [").status_code == 303
    page = admin.page(REVIEW)
    assert "待修改 1 处" in words(page)
    assert f'href="{DRAFT}#L2"' in page
    assert PUBLISH not in page


def test_what_two_editors_typed_is_shown_to_the_second_and_neither_is_lost(
    admin: Clerk, clerk: Seat
) -> None:
    other = clerk("admin")
    stamp = seen(admin.page(DRAFT))
    theirs, mine = changed(), changed(new=OWN_DAYS.replace("15", "7"))
    assert save(other, theirs, stamp).status_code == 303
    answer = save(admin, mine, stamp)
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert typed(page) == mine
    for whose, days in (("另一版", "3"), ("您的", "7")):
        assert re.search(rf"{whose} [^*]*due: {{length: {days}, unit: workday", words(page))
    assert html.escape(theirs, quote=False)[:200] in html.unescape(page)
    assert typed(admin.page(DRAFT)) == theirs
    assert save(admin, mine, seen(page)).status_code == 303
    assert typed(admin.page(DRAFT)) == mine


def test_the_same_text_saved_twice_is_no_conflict(admin: Clerk) -> None:
    stamp = seen(admin.page(DRAFT))
    assert save(admin, changed(), stamp).status_code == 303
    assert save(admin, changed(), stamp).status_code == 303


def test_a_draft_changed_by_another_is_not_discarded(admin: Clerk) -> None:
    save(admin, changed())
    stamp = seen(admin.page(DRAFT))
    save(admin, changed(new=OWN_DAYS.replace("15", "7")))
    answer = admin.send(DRAFT + "/discard", {"seen": stamp}, follow=True)
    assert "草稿刚刚被别人改动" in words(answer.get_data(as_text=True))
    stamp = seen(admin.page(DRAFT))
    admin.send(DRAFT + "/discard", {"seen": stamp})
    assert "还没有草稿" in words(admin.page(DRAFT))


def test_a_file_takes_the_place_of_what_was_typed(admin: Clerk) -> None:
    save(admin, "typed", profile_file=a_file("\ufeff" + changed()))
    assert typed(admin.page(DRAFT)) == changed()


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"PK\x03\x04\xff\xfe\x00", "UTF-8"),
        (b"format: 1\0", "不属于文本"),
        (b"a" * (1024 * 1024 + 1), "1024 KB"),
    ],
)
def test_a_bad_file_is_refused_and_what_was_typed_stands_there(
    admin: Clerk, content: bytes, part: str
) -> None:
    answer = send_bytes(admin, DRAFT, "profile_file", content, profile="typed: 1")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert part in words(page)
    assert typed(page) == "typed: 1"


# --- bringing a file


@pytest.mark.parametrize(
    ("content", "status", "part"),
    [
        (b"a: " + b"x" * 50 * 1024 * 1024, 413, ""),
        (b"a: " + b"x" * 20 * 1024 * 1024, 422, "1024 KB"),
        (b"key: a\na: &a [1]\nb: [*a, *a]\n", 422, "anchors"),
        (b"key: !!python/object:os.system x\n", 422, "tags"),
        (b"key: " + b"[" * 50 + b"]" * 50, 422, "nested"),
        (bytes(range(256)), 422, "UTF-8"),
        (b"", 422, "empty"),
        (b"format: 1\n", 422, "key"),
        (b"key: Zezhou County\n", 422, "small letter"),
    ],
    ids=["50 MB", "20 MB", "alias", "tag", "deep", "binary", "empty", "no key", "bad key"],
)
def test_what_is_no_profile_is_refused_with_the_reason_at_once(
    admin: Clerk, app: Flask, content: bytes, status: int, part: str
) -> None:
    admin.browser.get("/lang/en")
    before = time.process_time()
    answer = send_bytes(admin, "/mechanism/", "profile", content)
    assert time.process_time() - before < 2
    assert answer.status_code == status
    assert part in words(answer.get_data(as_text=True))
    assert all_of(app, MechanismDraft) == []


def test_a_profile_with_a_new_key_makes_a_new_county(admin: Clerk, app: Flask) -> None:
    text = (PROFILE.parents[2] / "tests" / "mechanisms" / "c" / "mechanism.yaml").read_bytes()
    answer = admin.send("/mechanism/", {"profile": a_file(text)}, follow=True)
    assert answer.request.path == "/mechanism/baishi/draft"
    assert "baishi" in words(admin.page("/mechanism/"))
    page = admin.page("/mechanism/baishi/draft/review")
    data = {"seen": seen(page), "first_day": "2025-02-03", "agreed": "1"}
    done = admin.send("/mechanism/baishi/draft/publish", data)
    assert done.status_code == 303, words(done.get_data(as_text=True))
    place = next(one for one in all_of(app, Jurisdiction) if one.key == "baishi")
    (version,) = (v for v in all_of(app, MechanismVersion) if v.jurisdiction_id == place.id)
    assert (version.valid_from.isoformat(), version.loaded_by) == ("2025-02-03", "admin")
    assert [one for one in all_of(app, Body) if one.jurisdiction_id == place.id]
    assert all_of(app, MechanismDraft) == []
    assert "/mechanism/baishi" in admin.page("/mechanism/")


def test_a_county_begins_from_the_skeleton_under_a_key_that_is_free(admin: Clerk) -> None:
    assert admin.send("/mechanism/", {"key": "linshui"}).location == "/mechanism/linshui/draft"
    assert "key: linshui" in typed(admin.page("/mechanism/linshui/draft"))
    assert "已有" in words(admin.send("/mechanism/", {"key": "linshui"}).get_data(as_text=True))
    assert admin.send("/mechanism/", {"key": "zezhou"}).status_code == 422
    assert admin.send("/mechanism/", {"key": "Lin shui"}).status_code == 422
    assert admin.send("/mechanism/", {}).status_code == 422


def test_a_file_for_a_county_with_a_draft_shows_both(admin: Clerk) -> None:
    save(admin, changed())
    mine = changed(new=OWN_DAYS.replace("15", "7"))
    answer = admin.send("/mechanism/", {"profile": a_file(mine)})
    assert answer.status_code == 409
    assert typed(answer.get_data(as_text=True)) == mine
    assert typed(admin.page(DRAFT)) == changed()


# --- what is told of it


def test_the_review_tells_findings_with_line_mend_and_a_shortest_way(admin: Clerk) -> None:
    text = read_profile(PROFILE).text
    at = text.index("then: handling", text.index("\n  accept:"))
    only_complex = "then: [{stage: handling, when: {tier: complex}}]"
    save(admin, text[:at] + only_complex + text[at + len("then: handling") :])
    page = words(admin.page(REVIEW))
    assert "stages.registered" in page
    assert "register" in page
    assert "还不能发布" in page


def test_the_review_tells_the_difference_to_what_runs_in_words(admin: Clerk) -> None:
    save(admin, changed())
    page = words(admin.page(REVIEW))
    part = page[page.index("与现行版本的不同") :]
    assert "15个工作日" in part
    assert "3个工作日" in part


def test_a_clause_that_nothing_carries_out_stands_first(admin: Clerk) -> None:
    text, _ = sown(WARNED["a clause that nothing carries out"])
    save(admin, text)
    page = admin.page(REVIEW)
    rows = re.findall(r'<tr id="clause-([^"]+)">(.*?)</tr>', page, re.DOTALL)
    assert rows[0][0] == "Z-A"
    assert "没有任何一处落实" in rows[0][1]
    assert "没有任何一处落实" not in rows[1][1]


def test_the_review_draws_the_draft_whose_steps_lead_to_its_clauses(admin: Clerk) -> None:
    save(admin, changed())
    page = admin.page(REVIEW)
    drawing = page[page.index("<svg xmlns") : page.index("</svg>")]
    anchors = set(re.findall(r'id="(clause-[^"]+)"', page))
    links = set(re.findall(r'href="#(clause-[^"]+)"', drawing))
    assert links
    assert links <= anchors


def test_the_review_tells_where_a_table_overrides_the_profile(admin: Clerk, app: Flask) -> None:
    with opened(app) as session:
        place = jurisdiction_of(session, "zezhou")
        of_place = Body.jurisdiction_id == place.id
        court = session.scalars(select(Body).where(of_place, Body.key == "court")).one()
        court_id, old = court.id, court.name
        court.name = "泽州县人民法院（新址）"
        session.commit()
    save(admin, changed())
    page = words(admin.page(REVIEW))
    part = page[page.index("以表为准的地方") :]
    assert "泽州县人民法院（新址）" in part
    assert old in part
    publish(admin)
    again = [one for one in all_of(app, Body) if one.id == court_id]
    assert again[0].name == "泽州县人民法院（新址）"


def test_another_key_in_the_text_is_an_error_at_its_line(admin: Clerk) -> None:
    save(admin, changed().replace("\nkey: zezhou", "\nkey: gaoping", 1))
    page = words(admin.page(REVIEW))
    assert "gaoping" in page
    assert "还不能发布" in page


# --- publishing


def test_a_draft_is_published_from_today_and_the_next_case_follows_it(
    admin: Clerk, clerk: Seat, app: Flask
) -> None:
    tax = clerk("zezhou-tax")
    before = tax.register()
    save(admin, changed())
    answer = publish(admin)
    assert answer.status_code == 303, words(answer.get_data(as_text=True))
    after = tax.register()
    versions = {one.id: one.mechanism_version_id for one in all_of(app, Case)}
    numbers = {one.id: one.number for one in all_of(app, MechanismVersion)}
    assert numbers[versions[before]] == 1
    assert numbers[versions[after]] == 2
    assert all_of(app, MechanismDraft) == []
    page = words(admin.page("/mechanism/zezhou"))
    assert "第2版已发布" in page


def test_a_version_for_later_waits_for_its_day_and_then_holds(
    admin: Clerk, clerk: Seat, app: Flask, clock: Clock
) -> None:
    save(admin, changed())
    publish(admin, "2024-11-05")
    assert "待施行" in words(admin.page("/mechanism/zezhou"))
    first = clerk("zezhou-tax").register()
    clock.move(days=1)
    second = clerk("zezhou-tax").register()
    versions = {one.id: one.mechanism_version_id for one in all_of(app, Case)}
    assert versions[first] != versions[second]
    numbers = {one.id: one.number for one in all_of(app, MechanismVersion)}
    assert numbers[versions[second]] == 2


@pytest.mark.parametrize(
    ("day", "part"),
    [("2024-11-03", "已经过去"), ("", "施行的日期"), ("x", "施行的日期"), ("2030-01-01", "到期")],
)
def test_a_day_that_cannot_be_is_refused_beside_its_field(
    admin: Clerk, app: Flask, day: str, part: str
) -> None:
    save(admin, changed())
    answer = publish(admin, day)
    assert answer.status_code == 422
    assert part in words(answer.get_data(as_text=True))
    assert len(all_of(app, MechanismVersion)) == 2
    assert len(all_of(app, MechanismDraft)) == 1


def test_errors_forbid_and_warnings_ask_for_a_tick(admin: Clerk, app: Flask) -> None:
    save(admin, changed())
    data = {"seen": seen(admin.page(REVIEW)), "first_day": "2024-11-04"}
    assert admin.send(PUBLISH, data).status_code == 422
    save(admin, changed(OWN_DAYS, UNSOUND))
    stamp = seen(admin.page(DRAFT))
    answer = admin.send(PUBLISH, data | {"seen": stamp, "agreed": "1"})
    assert answer.status_code == 422
    assert "须先修改" in words(answer.get_data(as_text=True))
    assert len(all_of(app, MechanismVersion)) == 2


def test_what_changed_since_it_was_looked_at_is_not_published(admin: Clerk, app: Flask) -> None:
    save(admin, changed())
    old = seen(admin.page(REVIEW))
    save(admin, changed(new=OWN_DAYS.replace("15", "7")))
    answer = admin.send(PUBLISH, {"seen": old, "first_day": "2024-11-04", "agreed": "1"})
    assert (answer.status_code, answer.location) == (303, REVIEW)
    assert len(all_of(app, MechanismVersion)) == 2


def test_the_words_of_a_known_version_make_none_and_say_how_to_bring_it_back(
    admin: Clerk, app: Flask
) -> None:
    save(admin, read_profile(PROFILE).text)
    answer = publish(admin)
    assert answer.status_code == 422
    assert "第1版" in words(answer.get_data(as_text=True))
    assert len(all_of(app, MechanismDraft)) == 1


def test_a_version_published_after_the_draft_began_must_be_read_of(
    admin: Clerk, app: Flask
) -> None:
    save(admin, changed())
    mine = changed(new=OWN_DAYS.replace("15", "7"))
    with opened(app) as session:
        publish_version(session, mine, now=START, first_day=date(2025, 1, 6))
        session.commit()
    assert "草稿开始之后又发布了第2版" in words(admin.page(REVIEW))
    assert publish(admin).status_code == 303
    save(admin, changed(new=OWN_DAYS.replace("15", "8")))
    assert "草稿开始之后" not in words(admin.page(REVIEW))


def test_a_version_can_be_saved_as_a_file_and_looked_at(admin: Clerk) -> None:
    save(admin, changed())
    publish(admin, "2025-01-06")
    answer = admin.browser.get("/mechanism/zezhou/version/2")
    assert answer.get_data(as_text=True) == changed()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "待施行" in words(admin.page("/mechanism/zezhou?version=2"))
    admin.page("/mechanism/zezhou/version/3", 404)
    admin.page("/mechanism/zezhou/version/x", 404)
    assert typed(admin.page(DRAFT + "?from=2")) == changed()


# --- whose pages they are


PAGES = ("/mechanism/", DRAFT, REVIEW, "/mechanism/zezhou/version/1", "/mechanism/no/draft")


@pytest.mark.parametrize("account", ["zezhou-tax", "zezhou-office", "zezhou-leader"])
def test_nobody_else_opens_them_or_posts_to_them(clerk: Seat, account: str) -> None:
    seat = clerk(account)
    for path in PAGES:
        seat.page(path, 403)
    for path in ("/mechanism/", DRAFT, DRAFT + "/discard", PUBLISH):
        assert seat.send(path, {"profile": "x", "key": "abc"}).status_code == 403
    assert DRAFT not in seat.page("/mechanism/zezhou")


def test_a_county_that_is_none_has_no_draft(admin: Clerk) -> None:
    admin.page("/mechanism/no/draft", 404)
    assert admin.send("/mechanism/no/draft", {"profile": "x"}).status_code == 404
    assert admin.send("/mechanism/no/draft/publish", {}).status_code == 404


def test_the_superusers_menu_leads_to_all_mechanisms(
    login: Callable[[str], FlaskClient], app: Flask
) -> None:
    page = login("admin").get("/mechanism/zezhou").text
    assert 'href="/mechanism/"' in page
    assert len(all_of(app, Jurisdiction)) == 2
