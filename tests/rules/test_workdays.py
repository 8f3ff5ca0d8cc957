"""The calendar: both public data sets, the notices' own sums, and every slip of a file."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.workdays import (
    FIXED_SOURCE,
    MAX_FILE,
    BadCalendar,
    CalendarDay,
    OutOfRange,
    WorkCalendar,
    announced_years,
    load_calendar_files,
    parse_calendar,
    parse_calendar_file,
)

FOLDER = Path(__file__).parents[2] / "calendars"
DAYS = load_calendar_files(FOLDER)
CALENDAR = WorkCalendar.of(DAYS)
YEARS = range(2004, 2027)
EVERY_DAY = [
    date(2004, 1, 1) + timedelta(n)
    for n in range((date(2026, 12, 31) - date(2004, 1, 1)).days + 1)
]
#: chinesecalendar lacks it; the notice of 2006 says 12月31日（星期六）上班.
SETTLED_BY_THE_NOTICE = date(2005, 12, 31)

GOOD = """\
year: 2026
notice: 国办发明电〔2025〕7号
issued_on: 2025-11-04
holidays:
  - {name: 元旦, from: 2026-01-01, to: 2026-01-03, work: [2026-01-04]}
  - {name: 清明节, from: 2026-04-04, to: 2026-04-06}
"""


def parsed(text: str):
    return parse_calendar(text.encode(), "new.yaml")


def refused(text: str | bytes) -> BadCalendar:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadCalendar) as refusal:
        parse_calendar(content, "new.yaml")
    return refusal.value


# --- the data


def test_every_year_from_2004_to_2026_is_announced():
    assert CALENDAR.announced == set(YEARS)


def test_the_files_hold_621_days_off_and_151_weekend_days_worked():
    assert Counter(day.kind for day in DAYS) == {"rest": 621, "work": 151}


def test_every_day_agrees_with_chinesecalendar_but_the_one_that_the_notice_settles():
    differing = [
        day for day in EVERY_DAY if CALENDAR.is_workday(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == [SETTLED_BY_THE_NOTICE]
    assert CALENDAR.is_workday(SETTLED_BY_THE_NOTICE)


def test_every_day_agrees_with_holidays():
    oracle = holidays.country_holidays("CN", years=YEARS)
    assert [
        day for day in EVERY_DAY if CALENDAR.is_workday(day) != oracle.is_working_day(day)
    ] == []


@pytest.mark.parametrize(("year", "n"), [(2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_the_notices_give(year, n):
    assert sum(CALENDAR.is_workday(day) for day in EVERY_DAY if day.year == year) == n


@pytest.mark.parametrize("year", range(2008, 2027))
def test_weekdays_off_less_weekend_days_worked_are_the_statutory_days(year):
    """11 days under the regulation of 2007, 13 since 2025; two notices gave more for once."""
    days = parse_calendar_file(FOLDER / f"{year}.yaml").days
    weekdays_off = sum(day.kind == "rest" and day.on.weekday() < 5 for day in days)
    worked = sum(day.kind == "work" for day in days)
    victory_day, epidemic = {2015: 1}, {2020: 2}
    statutory = 13 if year >= 2025 else 11
    assert weekdays_off - worked == statutory + victory_day.get(year, 0) + epidemic.get(year, 0)


@pytest.mark.parametrize(
    ("year", "worked"),
    [
        (2024, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, "01-26 02-08 04-27 09-28 10-11"),
        (2026, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_the_weekend_days_worked_are_those_of_the_notice(year, worked):
    found = [f"{day.on:%m-%d}" for day in DAYS if day.kind == "work" and day.on.year == year]
    assert found == worked.split()


def test_new_years_eve_became_a_holiday_in_2025():
    assert CALENDAR.is_workday(date(2024, 2, 9))
    assert not CALENDAR.is_workday(date(2025, 1, 28))


def test_every_day_names_its_holiday_and_the_notice():
    assert [day for day in DAYS if not day.name or "国" not in day.source] == []


def test_a_later_notice_is_the_source_of_what_it_changed():
    sources = {day.on: day.source for day in DAYS}
    assert sources[date(2015, 9, 3)] == "国发明电〔2015〕1号"
    assert sources[date(2019, 5, 2)] == "国办发明电〔2019〕3号"
    assert sources[date(2020, 1, 30)] == "国办发明电〔2019〕16号"
    assert sources[date(2020, 1, 31)] == "国办发明电〔2020〕1号"


# --- what a day is


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        (date(2024, 9, 27), "normal", ""),
        (date(2024, 9, 28), "weekend", ""),
        (date(2024, 9, 29), "make-up", "国庆节"),
        (date(2024, 10, 1), "holiday", "国庆节"),
        (date(2026, 2, 15), "holiday", "春节"),
        (date(2018, 12, 29), "make-up", "元旦"),
    ],
)
def test_a_day_says_what_it_is(day, kind, name):
    found = CALENDAR.kind_of(day)
    assert (found.kind, found.name, found.provisional) == (kind, name, False)
    assert bool(found.source) == bool(name)


def test_the_source_of_a_day_is_the_notice():
    assert CALENDAR.kind_of(date(2025, 10, 8)).source == "国办发明电〔2024〕12号"


@pytest.mark.parametrize(
    ("day", "kind", "works"),
    [
        (date(2027, 1, 1), "holiday", False),
        (date(2029, 5, 1), "holiday", False),
        (date(2029, 5, 2), "holiday", False),
        (date(2029, 5, 3), "normal", True),
        (date(2029, 10, 1), "holiday", False),
        (date(2029, 10, 3), "holiday", False),
        (date(2029, 10, 4), "normal", True),
        (date(2027, 2, 6), "weekend", False),
        (date(2003, 6, 2), "normal", True),
    ],
)
def test_a_year_without_a_notice_has_weekends_and_fixed_holidays_and_says_so(day, kind, works):
    found = CALENDAR.kind_of(day)
    assert (found.kind, found.provisional, CALENDAR.is_workday(day)) == (kind, True, works)
    assert not CALENDAR.is_announced(day.year)
    assert (found.source == FIXED_SOURCE) == (kind == "holiday")


def test_fixed_dates_do_not_touch_an_announced_year():
    """In 2010 the second of May was a Sunday off, in 2008 the fourth was worked."""
    assert CALENDAR.is_workday(date(2012, 5, 2))
    assert CALENDAR.kind_of(date(2012, 5, 2)).kind == "normal"


def test_the_next_workday_is_the_day_itself_on_a_workday():
    assert CALENDAR.next_workday(date(2024, 9, 29)) == date(2024, 9, 29)


def test_the_next_workday_is_past_the_holidays():
    assert CALENDAR.next_workday(date(2024, 10, 1)) == date(2024, 10, 8)
    assert CALENDAR.next_workday(date(2022, 12, 31)) == date(2023, 1, 3)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 20)))
def test_between_a_day_and_its_next_workday_nobody_works(day):
    found = CALENDAR.next_workday(day)
    assert CALENDAR.is_workday(found)
    between = [day + timedelta(n) for n in range((found - day).days)]
    assert not any(CALENDAR.is_workday(one) for one in between)


def test_a_local_holiday_overrules_the_national_calendar():
    local = CalendarDay(date(2025, 6, 6), "rest", "古尔邦节", "宁政办发〔2024〕1号")
    place = WorkCalendar.of(DAYS, [local])
    assert not place.is_workday(date(2025, 6, 6))
    assert CALENDAR.is_workday(date(2025, 6, 6))
    assert place.announced == CALENDAR.announced


def test_a_local_holiday_announces_no_year():
    place = WorkCalendar.of(DAYS, [CalendarDay(date(2027, 1, 1), "rest", "元旦")])
    assert not place.is_announced(2027)


def test_days_of_the_next_years_notice_announce_no_year():
    days = [
        CalendarDay(date(2018, 12, 31), "rest", "元旦"),
        CalendarDay(date(2019, 1, 1), "rest", "元旦"),
    ]
    assert announced_years(days) == {2019}


def test_a_calendar_does_not_change_with_the_mapping_it_was_made_from():
    days = {day.on: day for day in DAYS}
    calendar = WorkCalendar(days, CALENDAR.announced)
    days.clear()
    assert not calendar.is_workday(date(2024, 10, 1))


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2201, 1, 1), date.min, date.max])
def test_a_year_far_away_is_refused(day):
    with pytest.raises(OutOfRange, match="lies outside 1900 to 2200"):
        CALENDAR.next_workday(day)


def test_the_last_year_ends_in_a_refusal_and_not_in_an_overflow():
    with pytest.raises(OutOfRange, match="2201"):
        CALENDAR.nth_after(date(2200, 12, 30).toordinal(), 3)


# --- the files


def test_a_file_gives_the_days_of_its_notice():
    found = parsed(GOOD)
    assert (found.year, found.notice, found.issued_on) == (
        2026,
        "国办发明电〔2025〕7号",
        date(2025, 11, 4),
    )
    assert found.days[0] == CalendarDay(date(2026, 1, 1), "rest", "元旦", "国办发明电〔2025〕7号")
    assert found.days[3] == CalendarDay(date(2026, 1, 4), "work", "元旦", "国办发明电〔2025〕7号")
    assert len(found.days) == 7


def test_a_holiday_may_name_the_notice_that_changed_it():
    text = GOOD.replace("to: 2026-04-06", "to: 2026-04-06, notice: 国办发明电〔2026〕3号")
    assert parsed(text).days[-1].source == "国办发明电〔2026〕3号"


def test_number_and_date_of_the_notice_may_be_left_empty():
    text = GOOD.replace("国办发明电〔2025〕7号", "").replace("2025-11-04", "")
    found = parsed(text)
    assert (found.notice, found.issued_on, found.days[0].source) == ("", None, "")


def test_a_file_saved_with_a_byte_order_mark_and_windows_line_ends_is_read():
    content = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert parse_calendar(content, "new.yaml") == parsed(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("year: 2026", "year: 26", 1, "'26' is no year"),
        ("year: 2026", "year: 2500", 1, "'2500' is no year"),
        ("year: 2026\n", "", 1, "'year' is missing"),
        ("notice: ", "notices: ", 2, "'notices' is unknown here; known: year, notice"),
        ("notice: 国", "year: 国", 2, "'year' is given twice"),
        ("notice: 国", "notice: [国", 3, "no valid YAML"),
        ("issued_on: 2025-11-04", "issued_on: 4.11.2025", 3, "'4.11.2025' is no date"),
        ("from: 2026-01-01", "from: 20260101", 5, "'20260101' is no date"),
        ("from: 2026-01-01", "from: 2026-02-30", 5, "'2026-02-30' is no date"),
        ("from: 2026-01-01", "from: 2026-01-02", 5, "1 January 2026 is missing"),
        ("to: 2026-01-03", "to: 2025-12-31", 5, "A holiday of 0 days cannot be"),
        ("to: 2026-01-03", "to: 2026-11-03", 5, "A holiday of 307 days cannot be"),
        ("from: 2026-01-01", "from: 2025-12-19", 5, "2025-12-19 does not belong into"),
        ("to: 2026-04-06", "to: 2027-04-06", 6, "2027-04-06 does not belong into"),
        ("work: [2026-01-04]", "work: [2026-01-05]", 5, "2026-01-05 is no Saturday or Sunday"),
        ("work: [2026-01-04]", "work: [2026-01-03]", 5, "2026-01-03 is listed twice"),
        ("work: [2026-01-04]", "work: [2026-01-04, 2026-01-04]", 5, "2026-01-04 is listed twice"),
        ("work: [2026-01-04]", "work: 2026-01-04", 5, "A list with at least one entry"),
        ("work: [2026-01-04]", "work: []", 5, "A list with at least one entry"),
        ("from: 2026-04-04", "from: 2026-01-03", 6, "A holiday of 94 days"),
        ("{name: 清明节, ", "{", 6, "'name' is missing"),
        ("name: 清明节", "name: ''", 6, "A holiday needs its name"),
        ("name: 清明节", f"name: {'节' * 41}", 6, "at most 40 plain characters"),
        ("name: 清明节", 'name: "清\\e"', 6, "at most 40 plain characters"),
        ("name: 清明节", "name: [清明节]", 6, "One single value belongs here"),
        ("  - {name: 清明节", "  - 清明节\n  - {name: 清明节", 6, "'name, from, to' belong here"),
        ("清明节, from", "清明节, days: 3, from", 6, "'days' is unknown here"),
    ],
)
def test_a_slip_is_refused_with_its_line(old, new, line, why):
    assert old in GOOD
    refusal = refused(GOOD.replace(old, new, 1))
    assert refusal.line == line
    assert why in str(refusal)
    assert str(refusal).startswith(f"new.yaml:{line}: ")


def test_a_day_of_two_holidays_is_refused_with_both_lines():
    refusal = refused(GOOD + "  - {name: 节, from: 2026-04-05, to: 2026-04-05}\n")
    assert refusal.line == 7
    assert refusal.reason.params == {"day": "2026-04-05", "line": 6}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty"),
        (b"# nothing but a remark\n", "The file is empty"),
        (b"[1, 2]", "'year, notice, issued_on, holidays' belong here"),
        (GOOD.encode("gb18030"), "not text in UTF-8"),
        (b"\x00", "no valid YAML"),
        (b"a: 1\n---\nb: 2\n", "no valid YAML"),
        (b"#" * (MAX_FILE + 1), "far too long"),
        (b"[" * 20_000, "nested too deeply"),
        (b"&a [*a]", "belong here"),
    ],
    ids=["empty", "remark", "list", "gb18030", "nul", "two documents", "long", "deep", "endless"],
)
def test_what_is_no_calendar_at_all_is_refused(content, why):
    assert why in str(refused(content))


def test_a_file_under_another_years_name_is_refused(tmp_path):
    (tmp_path / "2027.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadCalendar, match=r"speaks of 2026; rename it to 2026\.yaml"):
        load_calendar_files(tmp_path)


def test_a_day_that_two_years_list_is_refused(tmp_path):
    (tmp_path / "2026.yaml").write_text(
        GOOD + "  - {name: 节, from: 2026-12-31, to: 2026-12-31}\n", encoding="utf-8"
    )
    (tmp_path / "2027.yaml").write_text(
        "year: 2027\nnotice:\nissued_on:\nholidays:\n"
        "  - {name: 元旦, from: 2026-12-31, to: 2027-01-02}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadCalendar, match="2026-12-31 already stands in another year's file"):
        load_calendar_files(tmp_path)


def test_the_days_of_a_folder_come_in_order_of_date():
    assert [day.on for day in DAYS] == sorted({day.on for day in DAYS})


def test_an_empty_folder_announces_nothing(tmp_path):
    assert load_calendar_files(tmp_path) == []
