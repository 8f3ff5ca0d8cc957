"""A notice is shown before it is taken in; provisional due dates move, all others stand."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app import holidays
from app.models import CalendarRow, Case, Entry, Jurisdiction, Notice, Paper, Task
from app.records import RecordChange
from app.rules.workdays import CalendarDay
from tests.factories import at
from tests.screens.desk import Clerk, words
from tests.web.bodies import act, registered

#: An invented notice: the days after New Year's Day off, a Saturday worked.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至5日（周二）放假调休，共5天。1月9日（周六）上班。
2026年11月20日
"""
SOURCE = "国办发明电〔2026〕9号"
LATE = at("2026-12-28")
IMPORT, CONFIRM = "/calendar/import/", "/calendar/import/confirm"


def days_of(*texts: str) -> list[CalendarDay]:
    """Return days off, New Year's Day among them: the year is announced."""
    return [CalendarDay(date.fromisoformat(text), "rest", "元旦", SOURCE) for text in texts]


NEW_YEAR = days_of("2027-01-01", "2027-01-04", "2027-01-05")


@pytest.fixture
def late(clock):
    """A day from which five working days reach into a year without a notice."""
    clock.move(to=LATE)


@pytest.fixture
def case_id(rest, late) -> int:
    return registered(rest("zezhou-tax"), visited_at="2026-12-28T08:30")["id"]


def tasks(database, case_id: int) -> dict[str, tuple[date, bool]]:
    with database() as session:
        rows = session.scalars(select(Task).where(Task.case_id == case_id))
        return {one.kind: (one.due_on, one.is_provisional) for one in rows}


def bring(database, days: list[CalendarDay], place: int | None = None) -> holidays.Plan:
    with database() as session:
        return holidays.bring(session, days, LATE, place, source=SOURCE)


def test_a_plan_tells_what_would_move_and_writes_nothing(database, case_id):
    with database() as session:
        plan = holidays.plan(session, NEW_YEAR)
    assert [one.day for one in plan.changes] == NEW_YEAR
    assert [(one.kind, one.before, one.after, one.stays) for one in plan.moves] == [
        ("acceptance", date(2027, 1, 5), date(2027, 1, 7), False)
    ]
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 5), True)
    with database() as session:
        assert (
            session.scalars(select(CalendarRow).where(CalendarRow.on > date(2027, 1, 1))).all()
            == []
        )


def test_a_provisional_date_moves_and_is_provisional_no_more(database, case_id, rest):
    done = bring(database, NEW_YEAR)
    assert len(done.moves) == 1
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 7), False)
    clock = rest("zezhou-tax").get(f"/api/v1/case/{case_id}/clock/").json["result"][0]
    assert (clock["due"], clock["provisional"]) == ("2027-01-07", False)
    assert clock["explained"][-1] | {"ran": 5, "on": "2027-01-07"} == clock["explained"][-1]


def test_the_move_is_noted_in_the_chain_and_raises_no_version(database, case_id, app):
    bring(database, NEW_YEAR)
    with database() as session:
        case = session.get(Case, case_id)
        entry = session.scalars(select(Entry).where(Entry.case_id == case_id)).one()
        assert case.version == 1
        assert case.head_hash == entry.hash
        assert entry.kind == "due"
        told = {name: entry.facts[name] for name in ("kind", "before", "after", "source")}
        assert told == {
            "kind": "acceptance",
            "before": "2027-01-05",
            "after": "2027-01-07",
            "source": SOURCE,
        }
        assert case.due_on == date(2027, 1, 7)
    verified = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert verified.exit_code == 0, verified.output


def test_the_owner_is_told_of_the_new_date(database, case_id, login):
    bring(database, NEW_YEAR)
    with database() as session:
        notice = session.scalars(select(Notice).where(Notice.action == "due_moved")).one()
        assert (notice.body, notice.about_on) == ("tax", date(2027, 1, 7))
    page = words(Clerk(login("zezhou-tax")).page("/notices/"))
    assert "新的到期日" in page
    assert "决定受理或移送" in page
    assert "决定受理或移送" in words(Clerk(login("zezhou-tax")).page("/noticeview/list/"))


def test_the_same_notice_twice_does_nothing_the_second_time(database, case_id):
    bring(database, NEW_YEAR)
    again = bring(database, NEW_YEAR)
    assert again.is_empty
    with database() as session:
        assert len(session.scalars(select(Entry).where(Entry.case_id == case_id)).all()) == 1


def test_an_announced_date_stands_when_the_calendar_is_changed_later(database, rest):
    case_id = registered(rest("zezhou-tax"))["id"]
    bring(database, [CalendarDay(date(2024, 11, 8), "rest", "临时", "通知")])
    assert tasks(database, case_id)["acceptance"] == (date(2024, 11, 11), False)


def test_a_finished_task_stands(database, case_id, rest):
    assert act(rest("zezhou-tax"), case_id, "accept").status_code == 200
    bring(database, NEW_YEAR)
    found = tasks(database, case_id)
    assert found["acceptance"] == (date(2027, 1, 5), True)
    assert found["own_case"] == (date(2027, 1, 21), False)


def test_a_date_that_a_paper_has_told_never_comes_earlier(database, case_id):
    with database() as session:
        paper = session.scalars(select(Paper).where(Paper.case_id == case_id)).first()
        paper.content = {**paper.content, "paragraphs": ["请于2027年1月5日前决定。"]}
    worked = [*days_of("2027-01-01"), CalendarDay(date(2027, 1, 2), "work", "元旦", SOURCE)]
    done = bring(database, worked)
    assert [(one.before, one.after, one.stays) for one in done.moves] == [
        (date(2027, 1, 5), date(2027, 1, 4), True)
    ]
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 5), False)
    with database() as session:
        entry = session.scalars(select(Entry).where(Entry.case_id == case_id)).one()
        assert (entry.facts["after"], entry.facts["reckoned"]) == ("2027-01-05", "2027-01-04")
        assert session.scalars(select(Notice).where(Notice.action == "due_moved")).all() == []


def test_a_date_that_no_paper_has_told_may_come_earlier(database, case_id):
    worked = [*days_of("2027-01-01"), CalendarDay(date(2027, 1, 2), "work", "元旦", SOURCE)]
    bring(database, worked)
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 4), False)


def test_days_of_one_county_move_nothing_in_another(database, case_id, rest):
    other = registered(rest("xiaoyi-tax"), jurisdiction="xiaoyi", visited_at="2026-12-28T08:30")
    with database() as session:
        place = session.scalar(select(Jurisdiction.id).where(Jurisdiction.key == "zezhou"))
    bring(database, [CalendarDay(date(2026, 12, 30), "rest", "山神节", "公告")], place)
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 6), True)
    assert tasks(database, other["id"])["acceptance"] == (date(2027, 1, 5), True)


# --- on screen


def test_the_superuser_sees_what_moves_and_confirms(database, case_id, login):
    admin = Clerk(login("admin"))
    page = admin.send(IMPORT, {"text": NOTICE, "notice": "", "place": ""}).get_data(as_text=True)
    assert "决定受理或移送" in words(page)
    assert "2027年1月7日" in words(page)
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 5), True)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {"text": NOTICE, "notice": SOURCE, "place": "", "seen": seen}
    assert admin.send(CONFIRM, form).status_code == 303
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 7), False)
    with database() as session:
        rows = session.scalars(select(RecordChange).where(RecordChange.record == "calendar_day"))
        assert len(rows.all()) == 6
    assert admin.send(CONFIRM, form).status_code == 409


def test_a_confirmation_of_what_was_not_shown_changes_nothing(database, late, login):
    form = {"text": NOTICE, "notice": "", "place": "", "seen": "else"}
    assert Clerk(login("admin")).send(CONFIRM, form).status_code == 409
    with database() as session:
        assert session.scalars(select(CalendarRow).where(CalendarRow.source == SOURCE)).all() == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"text": ""}, "粘贴"),
        ({"text": NOTICE.replace("1月9日", "1月8日")}, "第 3 行"),
        ({"text": NOTICE, "place": "99999"}, "没有"),
        ({"text": NOTICE, "notice": "x" * 130}, "120"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(login, form, told):
    answer = Clerk(login("admin")).send(IMPORT, {"notice": "", "place": "", **form})
    assert answer.status_code == 422
    assert told in words(answer.get_data(as_text=True))


def test_nobody_but_the_superuser_takes_a_notice_in(login):
    office = Clerk(login("zezhou-office"))
    office.page(IMPORT, 403)
    assert office.send(CONFIRM, {"text": NOTICE, "notice": "", "place": ""}).status_code == 403


# --- on the command line


def test_the_command_shows_first_and_then_takes_in(database, case_id, app, tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE, encoding="utf-8")
    run = app.test_cli_runner().invoke
    shown = run(args=["calendar", "import", str(file), "--dry-run"])
    assert shown.exit_code == 0, shown.output
    assert "2027-01-05 -> 2027-01-07" in shown.output
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 5), True)
    done = run(args=["calendar", "import", str(file)])
    assert "6 days, 6 new or changed" in done.output
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 7), False)


def test_the_command_takes_a_countys_own_days(database, case_id, app, tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("date,kind,name,source\n2026-12-30,rest,山神节,公告\n", encoding="utf-8")
    done = app.test_cli_runner().invoke(
        args=["calendar", "import", str(file), "--jurisdiction", "zezhou"]
    )
    assert done.exit_code == 0, done.output
    assert tasks(database, case_id)["acceptance"] == (date(2027, 1, 6), True)


def test_a_bad_file_is_refused_with_its_line(app, tmp_path):
    file = tmp_path / "own.csv"
    file.write_text("date,kind,name\n2027-13-01,rest,x\n", encoding="utf-8")
    refused = app.test_cli_runner().invoke(args=["calendar", "import", str(file)])
    assert refused.exit_code == 1
    assert "own.csv:2" in refused.output
