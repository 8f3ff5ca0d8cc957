"""Due dates explain themselves on the case page and over REST, by national and local days."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import CalendarRow, Jurisdiction
from app.rules.composition import Composer
from tests.factories import Engine, at
from tests.generated.conftest import Reader
from tests.screens.desk import Clerk, words
from tests.web.bodies import registered

CASES = "/api/v1/case/"


def place_of(session, key: str = "zezhou") -> int:
    return session.scalar(select(Jurisdiction.id).where(Jurisdiction.key == key))


@pytest.fixture
def festival(database):
    """A day off in one county only, and its own source."""
    with database() as session:
        row = CalendarRow(
            jurisdiction_id=place_of(session),
            on=date(2024, 11, 6),
            kind="rest",
            name="山神节",
            source="县政府公告〔2024〕1号",
        )
        session.add(row)


def explained(unit, key: str = "acceptance", **facts):
    case = registered(unit, **facts)["id"]
    clocks = unit.get(f"{CASES}{case}/clock/").json["result"]
    return next(one for one in clocks if one["key"] == key)


def test_a_clock_tells_every_day_with_the_source_of_each_that_is_left_out(rest):
    found = explained(rest("zezhou-tax"))
    days = found["explained"]
    assert (days[0]["on"], days[-1]["on"]) == (found["from"], found["due"])
    assert [one["ran"] for one in days if one["counted"]] == [1, 2, 3, 4, 5]
    left_out = [one for one in days if not one["counted"]]
    assert [one["kind"] for one in left_out] == ["start", "weekend", "weekend"]
    assert all(one["source"] and one["why"] for one in left_out)


def test_a_local_day_off_holds_in_its_county_and_nowhere_else(rest, festival):
    here = explained(rest("zezhou-tax"))
    day = next(one for one in here["explained"] if one["on"] == "2024-11-06")
    assert (day["counted"], day["source"]) == (False, "县政府公告〔2024〕1号")
    assert here["due"] == "2024-11-12"
    there = explained(rest("xiaoyi-tax"), jurisdiction="xiaoyi")
    assert there["due"] == "2024-11-11"
    assert all(one["kind"] != "holiday" for one in there["explained"])


def test_the_superuser_sets_and_moves_a_local_day_on_screen(login, rest, database):
    admin = Reader(login("admin"))
    with database() as session:
        place = place_of(session)
    form = {
        "on": "2024-11-07",
        "kind": "rest",
        "name": "山神节",
        "source": "县政府公告〔2024〕1号",
        "jurisdiction_id": str(place),
    }
    assert admin.send("/calendarview/add", form).status_code == 303
    assert explained(rest("zezhou-tax"))["due"] == "2024-11-12"
    with database() as session:
        row = session.scalars(select(CalendarRow.id).where(CalendarRow.name == "山神节")).one()
    change = {"kind": "work", "name": "调整", "source": "县政府公告〔2024〕2号"}
    assert admin.send(f"/calendarview/edit/{row}", change).status_code == 303
    assert explained(rest("zezhou-tax"))["due"] == "2024-11-11"


def test_the_case_page_tells_the_days_in_rows_with_their_source(login):
    tax = Clerk(login("zezhou-tax"))
    page = words(tax.page(f"/case/{tax.register()}"))
    assert "逐日说明" in page
    assert "国务院关于职工工作时间的规定" in page
    assert "民事诉讼法第八十五条第二款" in page


def test_a_date_past_the_notices_is_marked_on_screen_and_over_rest(login, rest, clock):
    clock.move(to=at("2026-12-28"))
    found = explained(rest("zezhou-tax"), visited_at="2026-12-28T08:30")
    assert found["provisional"]
    assert next(one["on"] for one in found["explained"] if one["provisional"]) == "2027-01-01"
    tax = Clerk(login("zezhou-tax"))
    page = words(tax.page(f"/case/{tax.register(visited_at='2026-12-28 08:30')}"))
    assert "2027" in page
    assert "暂定" in page


def test_a_paper_says_of_a_provisional_day_that_it_may_move():
    engine = Engine(now=at("2026-12-28"))
    case = engine.register("tax", visited_at="2026-12-28T08:00")
    engine.do(case, "tax", "accept")
    notice = next(one for one in case.papers if one.kind == "acceptance_notice")
    assert "（暂定" in str(notice.content)
    announced = Engine().register("tax")
    assert "暂定" not in str([one.content for one in announced.papers])


def test_a_profile_without_the_words_prints_the_day_alone():
    words = {"date": "{year}-{month}-{day}"}
    assert Composer(words).last_day(date(2027, 1, 5), is_provisional=True) == "2027-1-5"
