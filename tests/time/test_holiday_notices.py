"""A notice of holidays is read as text, as a table, as our own file; every slip is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.rules.holiday_notices import Given, decoded, read_local, read_national
from app.rules.workdays import MAX_FILE, BadCalendar, parse_calendar_file

FOLDER = Path(__file__).parents[2] / "calendars"
NOTICE_2025 = """国务院办公厅关于2025年
部分节假日安排的通知
国办发明电〔2024〕12号

各省、自治区、直辖市人民政府：
经国务院批准，现将2025年元旦、春节等节假日安排通知如下。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2024年11月12日
"""


def given(text: str, number: str = "") -> Given:
    return Given(text, "pasted", number)


def read(text: str, number: str = ""):
    return read_national(given(text, number))


def test_the_text_as_it_was_published_gives_the_year_of_our_own_file():
    assert read(NOTICE_2025) == parse_calendar_file(FOLDER / "2025.yaml")


def test_what_stands_in_brackets_is_by_the_way():
    text = NOTICE_2025.replace("上班。\n三", "上班。鼓励安排职工在除夕（1月27日）休息。\n三")
    assert read(text).days == read(NOTICE_2025).days


def test_a_holiday_may_begin_in_the_year_before():
    text = NOTICE_2025.replace("1月1日（周三）放假1天", "12月31日至1月1日放假")
    assert read(text).days[0].on == date(2024, 12, 31)


@pytest.mark.parametrize("year", [2013, 2020, 2024, 2025, 2026])
def test_our_own_file_and_a_table_of_it_give_the_same_days(year):
    content = (FOLDER / f"{year}.yaml").read_bytes()
    own = read(content.decode())
    assert own == parse_calendar_file(FOLDER / f"{year}.yaml")
    lines = [f"{day.on},{day.kind},{day.name}" for day in own.days]
    table = read("\n".join(["date,kind,name", *lines]), own.notice)
    assert [(day.on, day.kind, day.name) for day in table.days] == [
        (day.on, day.kind, day.name) for day in own.days
    ]
    assert {day.source for day in table.days} == {own.notice}


def test_a_table_out_of_a_spreadsheet_is_read_with_chinese_words_and_tabs():
    rows = [
        "日期\t类型\t名称\t依据",
        "2024/11/6\t放假\t山神节\t县政府公告〔2024〕1号",
        "2024年11月9日\t上班\t山神节\t",
    ]
    days = read_local(given("\n".join(rows), "另号"))
    assert [(day.on, day.kind, day.source) for day in days] == [
        (date(2024, 11, 6), "rest", "县政府公告〔2024〕1号"),
        (date(2024, 11, 9), "work", "另号"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("2025年", "来年", 1, "title"),
        ("2月4日（农历", "2月30日（农历", 8, "2025-2-30"),
        ("4月27日（周日）", "4月28日（周一）", 10, "2025-04-28"),
        ("10月11日（周六）", "9月28日（周日）", 12, "2025-09-28"),
        ("1月1日（周三）放假1天，不调休", "1月1日（周三）照常", 7, "元旦"),
        ("一、元旦：1月1日（周三）放假1天，不调休。\n", "", 7, "1 January"),
    ],
)
def test_a_slip_in_the_text_is_refused_with_its_line(old, new, line, why):
    with pytest.raises(BadCalendar) as refused:
        read(NOTICE_2025.replace(old, new))
    assert refused.value.line == line
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("date,name\n2027-01-01,New Year", 1, "kind"),
        ("date,kind,name", 1, "no row"),
        ("date,kind,name\n2027-13-01,rest,x", 2, "2027-13-1"),
        ("date,kind,name\nsoon,rest,x", 2, "soon"),
        ("date,kind,name\n2027-01-01,maybe,x", 2, "maybe"),
        ("date,kind,name\n2027-01-01,rest,", 2, "name"),
        ("date,kind,name\n2027-01-01,rest,x\n2027-01-01,rest,x", 3, "line 2"),
        ("date,kind,name\n2027-01-01,rest,x\n2027-01-02,work,y", 3, "y"),
        ("date,kind,name\n2027-02-01,rest,x", 2, "1 January"),
        ("date,kind,name\n" + "2027-01-01,rest,x\n" * 500, 1, "400"),
    ],
)
def test_a_slip_in_a_table_is_refused_with_its_line(text, line, why):
    with pytest.raises(BadCalendar) as refused:
        read(text)
    assert refused.value.line == line
    assert why in str(refused.value)


def test_a_countys_own_days_come_as_a_table():
    with pytest.raises(BadCalendar, match="date,kind,name,source"):
        read_local(given(NOTICE_2025))


def test_a_file_in_the_encoding_of_old_spreadsheets_is_read():
    assert decoded("元旦".encode("gb18030"), "x.csv") == "元旦"


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"x" * (MAX_FILE + 1)])
def test_what_is_no_text_or_too_long_is_refused(content):
    with pytest.raises(BadCalendar):
        decoded(content, "x.csv")
