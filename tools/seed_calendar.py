"""Writes calendars/YEAR.yaml, 2004 to 2026, out of two public data sets that must agree.

A tool for developers, run once a year at most: `python tools/seed_calendar.py [FOLDER]`.
Days and holidays come from `chinesecalendar`; `holidays` must give the same working days, and
the one day on which they differ is settled by the notice itself. Numbers and dates of the
notices were taken from public copies of their texts; where only one public list gives the
number (UNCONFIRMED), the file says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]
import holidays
from chinese_calendar.constants import (  # type: ignore[import-untyped]
    holidays as rest_days,
)
from chinese_calendar.constants import workdays as work_days

FIRST, LAST = 2004, 2026

#: year -> number and date of the State Council's notice.
NOTICES = {
    2004: ("国办发明电〔2003〕53号", "2003-12-18"),
    2005: ("国办发明电〔2004〕52号", "2004-12-17"),
    2006: ("国办发明电〔2005〕35号", "2005-12-16"),
    2007: ("国办发明电〔2006〕49号", "2006-12-14"),
    2008: ("国办发明电〔2007〕52号", "2007-12-15"),
    2009: ("国办发明电〔2008〕42号", "2008-12-04"),
    2010: ("国办发明电〔2009〕27号", "2009-12-08"),
    2011: ("国办发明电〔2010〕40号", "2010-12-10"),
    2012: ("国办发明电〔2011〕45号", "2011-12-06"),
    2013: ("国办发明电〔2012〕33号", "2012-12-08"),
    2014: ("国办发明电〔2013〕28号", "2013-12-11"),
    2015: ("国办发明电〔2014〕28号", "2014-12-16"),
    2016: ("国办发明电〔2015〕18号", "2015-12-10"),
    2017: ("国办发明电〔2016〕17号", "2016-12-01"),
    2018: ("国办发明电〔2017〕12号", "2017-11-30"),
    2019: ("国办发明电〔2018〕15号", "2018-12-04"),
    2020: ("国办发明电〔2019〕16号", "2019-11-21"),
    2021: ("国办发明电〔2020〕27号", "2020-11-25"),
    2022: ("国办发明电〔2021〕11号", "2021-10-25"),
    2023: ("国办发明电〔2022〕16号", "2022-12-08"),
    2024: ("国办发明电〔2023〕7号", "2023-10-25"),
    2025: ("国办发明电〔2024〕12号", "2024-11-12"),
    2026: ("国办发明电〔2025〕7号", "2025-11-04"),
}

#: Years whose number of the notice, or of a later change, rests on one public list alone.
UNCONFIRMED = {2009, 2010, 2011, 2012, 2014, 2019}

#: Notices that changed a year's holiday later: its days (first to last) -> their number.
CHANGES = {
    (date(2015, 9, 3), date(2015, 9, 6)): "国发明电〔2015〕1号",
    (date(2019, 4, 28), date(2019, 5, 5)): "国办发明电〔2019〕3号",
    (date(2020, 1, 31), date(2020, 2, 2)): "国办发明电〔2020〕1号",
}

#: The data sets differ on one day; the notice of 2006 says of it "12月31日（星期六）上班".
SETTLED = {date(2005, 12, 31): "New Year's Day"}

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",
}

#: Where a notice names two holidays in one breath.
JOINED = {
    2009: "国庆节、中秋节",
    2012: "中秋节、国庆节",
    2017: "国庆节、中秋节",
    2020: "国庆节、中秋节",
    2023: "中秋节、国庆节",
    2025: "国庆节、中秋节",
}

HEAD = """\
# {year} 年法定节假日和调休上班日（国务院办公厅通知），由两套公开数据核对一致后生成。
# 格式：year 年份；notice 通知文号；issued_on 通知日期（两项不明时留空，不得编造）；
# holidays 每个节日一行：name 名称，from 至 to 为放假首日和末日（含周末），
# work 为该节日的调休上班日（只能是周六、周日），notice 为事后作出调整的通知文号。
# 日期写作 2026-01-01。上年 12 月 20 日以后的日期可以出现在本文件中。
"""
CAUTION = "# 本年通知（或调整通知）的文号只有一处公开汇编可据，引用前请与通知原文核对。\n"


@dataclass
class Holiday:
    """One row of a year's file."""

    name: str
    first: date
    last: date
    notice: str = ""
    work: list[date] = field(default_factory=list)

    def row(self) -> str:
        """Return the row as it stands in the file."""
        parts = [f"name: {self.name}", f"from: {self.first}", f"to: {self.last}"]
        if self.work:
            parts.append(f"work: [{', '.join(str(day) for day in sorted(self.work))}]")
        if self.notice:
            parts.append(f"notice: {self.notice}")
        return f"  - {{{', '.join(parts)}}}\n"


def compare() -> None:
    """Stop unless both data sets give the same working days."""
    other = holidays.country_holidays("CN", years=range(FIRST, LAST + 1))
    day, end = date(FIRST, 1, 1), date(LAST, 12, 31)
    while day <= end:
        same = chinese_calendar.is_workday(day) == other.is_working_day(day)
        if not same and day not in SETTLED:
            sys.exit(f"the data sets differ on {day}: look into the notice")
        day += timedelta(1)


def notice_year(day: date, label: str) -> int:
    """Return the year whose notice gives the day: late December belongs to the next year."""
    return day.year + 1 if day.month == 12 and label == "New Year's Day" else day.year


def change_of(day: date) -> str:
    """Return the later notice that gave the day, or nothing."""
    return next((number for (a, b), number in CHANGES.items() if a <= day <= b), "")


def runs(year: int) -> Iterator[Holiday]:
    """Yield a year's holidays: days in a row of one name that one notice gave."""
    current: Holiday | None = None
    for day, label in sorted(rest_days.items()):
        if notice_year(day, label) != year:
            continue
        name, notice = name_of(day, label, year), change_of(day)
        follows = current is not None and day - current.last == timedelta(1)
        if current and follows and (current.name, current.notice) == (name, notice):
            current.last = day
            continue
        if current:
            yield current
        current = Holiday(name, day, day, notice)
    if current:
        yield current


def name_of(day: date, label: str, year: int) -> str:
    """Return the holiday's Chinese name as the year's notice writes it."""
    joined = year in JOINED and label in {"National Day", "Mid-autumn Festival"}
    return JOINED[year] if joined else NAMES[label]


def add_work(year: int, found: list[Holiday]) -> None:
    """Put every weekend day worked beside its holiday, the nearest of that name."""
    for day, label in [*work_days.items(), *SETTLED.items()]:
        if notice_year(day, label) == year:
            name = name_of(day, label, year)
            rows = [one for one in found if one.name == name]
            min(rows, key=lambda one: distance(day, one)).work.append(day)


def distance(day: date, holiday: Holiday) -> int:
    """Return how many days lie between a day and a holiday."""
    return max((holiday.first - day).days, (day - holiday.last).days)


def text_of(year: int) -> str:
    """Return the content of a year's file."""
    found = list(runs(year))
    add_work(year, found)
    number, issued = NOTICES[year]
    head = f"year: {year}\nnotice: {number}\nissued_on: {issued}\nholidays:\n"
    caution = CAUTION if year in UNCONFIRMED else ""
    return HEAD.format(year=year) + caution + head + "".join(one.row() for one in found)


def main(folder: Path) -> None:
    """Write every year's file."""
    compare()
    folder.mkdir(exist_ok=True)
    for year in range(FIRST, LAST + 1):
        (folder / f"{year}.yaml").write_text(text_of(year), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "calendars")
