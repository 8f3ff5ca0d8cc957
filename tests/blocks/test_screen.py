"""“Words of our papers” on screen: who may, what is refused, what is seen before it is saved."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.models import Paper
from app.records import PaperWording
from tests.blocks.test_wording import CASE, DECISION
from tests.conftest import csrf_token
from tests.factories import Door

OURS = "\n".join((CASE, "我局决定：{decision}", "{remedies}"))
PAGE = f"/blocks/{DECISION}"
TODAY = "2024-11-04"
PLACE = "?place=zezhou&unit=hrss"


@pytest.fixture
def admin(login: Any) -> FlaskClient:
    browser: FlaskClient = login("zezhou-tax")
    return browser


def words(answer: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def post(browser: FlaskClient, text: str, path: str = PAGE, **more: str) -> Any:
    page = browser.get(path.replace("/see", ""))
    seen = re.search(r'name="seen" value="(\d+)"', page.get_data(as_text=True))
    typed = {"text": text, "from_on": TODAY, "seen": seen[1] if seen else "0"}
    return browser.post(path, data={"csrf_token": csrf_token(page)} | typed | more)


def kept(app: Any) -> list[PaperWording]:
    with app.app_context():
        return list(Door(app.appbuilder.session).all(PaperWording))


def test_the_administrator_finds_every_kind_of_paper_and_the_way_to_it(admin):
    page = admin.get("/blocks/")
    assert page.status_code == 200
    assert f'href="{PAGE}"' in page.get_data(as_text=True)
    assert "处理决定书" in words(page)
    assert 'href="/blocks/"' in admin.get("/todo/").get_data(as_text=True)


def test_saved_words_hold_at_once_stand_in_the_list_and_in_the_history(app, admin):
    saved = post(admin, OURS)
    assert saved.status_code == 302
    page = admin.get(PAGE)
    assert "我局决定：{decision}" in words(page)
    assert "2024年11月4日" in words(page)
    (row,) = kept(app)
    assert (row.body_key, row.kind, row.paragraphs) == ("tax", DECISION, OURS.split("\n"))
    with app.app_context():
        door = Door(app.appbuilder.session)
        case = door.register("tax").case_id
        for key in ("accept", "resolve"):
            door.do(case, "tax", key)
        (paper,) = door.all(Paper, case_id=case, kind=DECISION)
        assert any(one.startswith("我局决定：") for one in paper.content["paragraphs"])


def test_an_unknown_field_is_refused_and_what_was_typed_stays(app, admin):
    refused = post(admin, OURS.replace("{decision}", "{decison}"))
    assert refused.status_code == 422
    said = words(refused)
    assert "{decision}" in said
    assert "{decison}" in said
    assert kept(app) == []


@pytest.mark.parametrize("dropped", ["{remedies}", "{case_number}"])
def test_a_block_that_drops_the_remedies_or_the_number_is_refused(app, admin, dropped):
    refused = post(admin, OURS.replace(dropped, ""))
    assert refused.status_code == 422
    assert dropped in words(refused)
    assert kept(app) == []


@pytest.mark.parametrize("day", ["2024-11-03", "", "morgen"])
def test_a_day_that_is_past_or_none_is_refused(app, admin, day):
    assert post(admin, OURS, from_on=day).status_code == 422
    assert kept(app) == []


def test_the_words_are_seen_as_they_print_with_an_invented_case(app, admin):
    seen = post(admin, OURS, f"{PAGE}/see")
    assert seen.status_code == 200
    said = words(seen)
    assert "我局决定：〔" in said
    assert "行政复议" in said
    assert "泽税争处〔2024〕1号" in said
    assert kept(app) == []


def test_a_script_gets_the_paper_alone(admin):
    page = admin.get(PAGE)
    typed = {"csrf_token": csrf_token(page), "text": OURS, "from_on": TODAY}
    seen = admin.post(f"{PAGE}/see", data=typed, headers={"X-Requested-With": "fetch"})
    assert seen.get_data(as_text=True).lstrip().startswith("<article")


def test_what_is_wrong_is_said_before_it_is_saved(admin):
    seen = post(admin, OURS + "\n{% code %}", f"{PAGE}/see")
    assert seen.status_code == 200
    assert "{case_number}" in words(seen)
    assert "<article" not in seen.get_data(as_text=True)


def test_the_words_are_seen_with_a_case_of_the_unit(app, admin):
    with app.app_context():
        door = Door(app.appbuilder.session)
        case = door.register("tax", employer="某某织造厂").case_id
        for key in ("accept", "resolve"):
            door.do(case, "tax", key)
        (paper,) = door.all(Paper, case_id=case, kind=DECISION)
        like, number = str(paper.id), paper.number
    seen = words(post(admin, OURS + "\n用人单位：{employer}", f"{PAGE}/see", like=like))
    assert "用人单位：某某织造厂" in seen
    assert number in seen


def test_a_clerk_is_refused_and_finds_no_way_there(app, login):
    clerk = login("zezhou-tax-clerk")
    assert "/blocks/" not in clerk.get("/todo/").get_data(as_text=True)
    for path in ("/blocks/", PAGE):
        assert clerk.get(path).status_code == 403
    token = csrf_token(clerk.get("/register/"))
    data = {"csrf_token": token, "text": OURS, "from_on": TODAY}
    for path in (PAGE, f"{PAGE}/see"):
        assert clerk.post(path, data=data).status_code == 403
    assert kept(app) == []


def test_an_administrator_keeps_no_other_units_words(app, admin):
    assert post(admin, OURS, PAGE, unit="hrss", place="zezhou").status_code == 302
    (row,) = kept(app)
    assert row.body_key == "tax"


def test_the_superuser_chooses_the_unit_first(app, login):
    root = login("admin")
    assert f"/blocks/{PLACE}".replace("&", "&amp;") in root.get("/blocks/").get_data(as_text=True)
    page = root.get(PAGE + PLACE)
    data = {"csrf_token": csrf_token(page), "text": OURS, "from_on": TODAY, "seen": "0"}
    assert root.post(PAGE + PLACE, data=data).status_code == 302
    (row,) = kept(app)
    assert row.body_key == "hrss"


@pytest.mark.parametrize("path", ["/blocks/none", f"{PAGE}?place=zezhou&unit=none", PAGE])
def test_what_is_not_there_is_not_found_for_the_superuser(login, path):
    assert login("admin").get(path).status_code == 404


def test_without_a_token_nothing_is_saved(app, admin):
    assert admin.post(PAGE, data={"text": OURS, "from_on": TODAY}).status_code == 400
    assert kept(app) == []
