"""Which days are working days: the national calendar, and the files it is read from.

Working days are Monday to Friday without the holidays, with the make-up weekend days of the
State Council's yearly notice (National Holidays Regulation 2024, art. 2 and 6; rule C11). A
year whose notice is not out yet is computed from weekends and the holidays with a fixed date,
and whoever asks learns that the answer is provisional.

A calendar file is YAML and follows the notice paragraph by paragraph:

    year: 2026
    notice: <number of the notice, may be empty>
    issued_on: 2025-11-04                     # may be empty
    holidays:
      - {name: <holiday>, from: 2026-01-01, to: 2026-01-03, work: [2026-01-04]}

`work` are the weekend days worked for that holiday; `notice` inside a holiday names the later
notice that changed it. Nothing else is read, and every slip is refused with file and line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml

from app.errors import N_, Reason

#: The years computed with; a date outside is a slip of the keyboard.
FIRST_YEAR, LAST_YEAR = 1900, 2200

#: Holidays with a fixed date under the regulation in force since 2025: the basis of a
#: provisional answer. Those of the lunar year are left to the notice.
FIXED_HOLIDAYS = {
    (1, 1): N_("New Year's Day"),
    (5, 1): N_("Labour Day"),
    (5, 2): N_("Labour Day"),
    (10, 1): N_("National Day"),
    (10, 2): N_("National Day"),
    (10, 3): N_("National Day"),
}
FIXED_SOURCE = N_("National Holidays Regulation; this year's notice is not out yet")

#: One notice reaches back to the end of December and never further (2008 to 2026: to the 29th).
REACHES_BACK = (12, 20)
LONGEST_HOLIDAY = 16
MAX_FILE = 64 * 1024


class OutOfRange(ValueError):
    """A date lies outside the years that are computed with."""

    def __init__(self, year: int) -> None:
        self.reason = Reason(
            N_("The year %(year)s lies outside %(first)s to %(last)s; check the date"),
            {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
        )
        super().__init__(str(self.reason))


class BadCalendar(ValueError):
    """A calendar file cannot be taken: `file`, `line` and `reason` say where and why."""

    def __init__(self, file: str, line: int, reason: Reason) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that is not what its weekday says: a day off, or a weekend day that is worked."""

    on: date
    kind: Literal["rest", "work"]
    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class DayKind:
    """What a day is and why; `name` and `source` are empty on plain days.

    They stand as the notice writes them; on provisional holidays they are source strings to
    translate.
    """

    on: date
    kind: Literal["normal", "weekend", "holiday", "make-up"]
    name: str
    source: str
    provisional: bool


@dataclass(frozen=True, eq=False, slots=True)
class WorkCalendar:
    """The working days of one place. `announced` are the years whose notice is loaded.

    Safe to share between threads: the years are computed once, on first use.
    """

    days: Mapping[date, CalendarDay]
    announced: frozenset[int]
    _years: dict[int, tuple[int, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        # A copy that cannot change, so that the computed years never go stale.
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))

    @classmethod
    def of(
        cls, national: Iterable[CalendarDay], local: Iterable[CalendarDay] = ()
    ) -> WorkCalendar:
        """Return the calendar of a place: the national days, overruled by local ones.

        Local days are the festivals of an ethnic area (National Holidays Regulation, art. 4).
        """
        days = {day.on: day for day in national}
        announced = announced_years(days.values())
        return cls({**days, **{day.on: day for day in local}}, announced)

    def is_announced(self, year: int) -> bool:
        """Return whether the notice of that year is loaded."""
        return year in self.announced

    def is_workday(self, day: date) -> bool:
        """Return whether offices work on that day; a guess where the year is not announced."""
        listed = self.days.get(day)
        if listed is not None:
            return listed.kind == "work"
        return day.weekday() < 5 and self._fixed_holiday(day) is None

    def next_workday(self, day: date) -> date:
        """Return the first working day on or after the day: the day itself if it is one."""
        return date.fromordinal(self.nth_after(day.toordinal() - 1, 1))

    def kind_of(self, day: date) -> DayKind:
        """Return what the day is, with the holiday's name and the notice it comes from."""
        provisional = day.year not in self.announced
        listed = self.days.get(day)
        if listed is not None:
            kind: Literal["make-up", "holiday"] = "make-up" if listed.kind == "work" else "holiday"
            return DayKind(day, kind, listed.name, listed.source, False)
        fixed = self._fixed_holiday(day)
        if fixed is not None:
            return DayKind(day, "holiday", fixed, FIXED_SOURCE, True)
        return DayKind(day, "weekend" if day.weekday() > 4 else "normal", "", "", provisional)

    def nth_after(self, ordinal: int, n: int) -> int:
        """Return the ordinal of the n-th working day after a day's ordinal (n from 1).

        Raises OutOfRange past the last year. Costs a search in one year's list and a step a year.
        """
        year = _year_of(ordinal + 1)
        days = self._workdays(year)
        place = bisect_right(days, ordinal) + n - 1
        while place >= len(days):
            place -= len(days)
            year += 1
            days = self._workdays(year)
        return days[place]

    def count(self, after: int, until: int) -> int:
        """Return how many working days lie after one ordinal up to another, which counts."""
        if until <= after:
            return 0
        first, last = _year_of(after + 1), _year_of(until)
        found = bisect_right(self._workdays(last), until)
        found -= bisect_right(self._workdays(first), after)
        return found + sum(len(self._workdays(year)) for year in range(first, last))

    def _workdays(self, year: int) -> tuple[int, ...]:
        """Return the ordinals of a year's working days, in order."""
        known = self._years.get(year)
        if known is not None:
            return known
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise OutOfRange(year)
        first = date(year, 1, 1)
        length = (date(year, 12, 31) - first).days + 1
        every = (first + timedelta(shift) for shift in range(length))
        computed = tuple(day.toordinal() for day in every if self.is_workday(day))
        self._years[year] = computed
        return computed

    def _fixed_holiday(self, day: date) -> str | None:
        if day.year in self.announced:
            return None
        return FIXED_HOLIDAYS.get((day.month, day.day))


def announced_years(days: Iterable[CalendarDay]) -> frozenset[int]:
    """Return the years whose notice is among the days.

    Every notice gives 1 January off, and a notice's last days of the year before never do.
    """
    return frozenset(
        day.on.year for day in days if day.kind == "rest" and (day.on.month, day.on.day) == (1, 1)
    )


def _year_of(ordinal: int) -> int:
    """Return the year of an ordinal; what no date can hold counts as out of range."""
    if not 1 <= ordinal <= date.max.toordinal():
        raise OutOfRange(0 if ordinal < 1 else date.max.year + 1)
    return date.fromordinal(ordinal).year


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """One year's notice as read from a file; days may lie in the December before."""

    year: int
    notice: str
    issued_on: date | None
    days: tuple[CalendarDay, ...]


def load_calendar_files(folder: Path) -> list[CalendarDay]:
    """Return the days of every `YEAR.yaml` of a folder, in order of date.

    Raises BadCalendar for the first slip: a file that says another year than its name, or a
    day that two files list.
    """
    days: dict[date, CalendarDay] = {}
    for path in sorted(folder.glob("*.yaml")):
        year = parse_calendar_file(path)
        if path.stem != str(year.year):
            text = N_("The file speaks of %(year)s; rename it to %(year)s.yaml")
            raise BadCalendar(str(path), 1, Reason(text, {"year": year.year}))
        for day in year.days:
            if day.on in days:
                text = N_("%(day)s already stands in another year's file; keep one of the two")
                raise BadCalendar(str(path), 1, Reason(text, {"day": day.on.isoformat()}))
            days[day.on] = day
    return [days[on] for on in sorted(days)]


def parse_calendar_file(path: Path) -> CalendarFile:
    """Return what one calendar file says; raises BadCalendar (OSError if it cannot be read)."""
    with path.open("rb") as stream:
        return parse_calendar(stream.read(MAX_FILE + 1), str(path))


def parse_calendar(content: bytes, file: str) -> CalendarFile:
    """Return what a calendar file's content says; `file` is the name used in refusals."""
    if len(content) > MAX_FILE:
        raise BadCalendar(file, 1, Reason(N_("The file is far too long for one year's calendar")))
    try:
        root = yaml.compose(content.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        reason = Reason(N_("The file is not text in UTF-8; save it again in that encoding"))
        raise BadCalendar(file, 1, reason) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "?"
        reason = Reason(N_("The file is no valid YAML: %(problem)s"), {"problem": problem})
        raise BadCalendar(file, mark.line + 1 if mark else 1, reason) from None
    except RecursionError:
        raise BadCalendar(file, 1, Reason(N_("The file is nested too deeply"))) from None
    if root is None:
        raise BadCalendar(file, 1, Reason(N_("The file is empty")))
    return _Reader(file).read(root)


class _Reader:
    """Reads the nodes of one file, so that every refusal knows its line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.year = 0
        self.lines: dict[date, int] = {}

    def read(self, root: yaml.Node) -> CalendarFile:
        """Return the whole file."""
        keys = self._mapping(root, ("year", "notice", "issued_on", "holidays"))
        self.year = self._year(keys["year"])
        notice = self._text(keys["notice"], 120)
        blank = not self._text(keys["issued_on"], 10)
        issued_on = None if blank else self._date(keys["issued_on"])
        rows = self._sequence(keys["holidays"])
        days = [day for row in rows for day in self._holiday(row, notice)]
        if date(self.year, 1, 1) not in {day.on for day in days if day.kind == "rest"}:
            text = N_("1 January %(year)s is missing among the holidays; every notice has it")
            raise self._slip(keys["holidays"], text, year=self.year)
        days.sort(key=lambda day: day.on)
        return CalendarFile(self.year, notice, issued_on, tuple(days))

    def _holiday(self, row: yaml.Node, notice: str) -> Iterator[CalendarDay]:
        keys = self._mapping(row, ("name", "from", "to"), ("work", "notice"))
        name = self._text(keys["name"], 40)
        if not name:
            raise self._slip(keys["name"], N_("A holiday needs its name"))
        if "notice" in keys:
            notice = self._text(keys["notice"], 120)
        first, last = self._day(keys["from"]), self._day(keys["to"])
        length = (last - first).days + 1
        if not 1 <= length <= LONGEST_HOLIDAY:
            text = N_("A holiday of %(n)s days cannot be; check 'from' and 'to'")
            raise self._slip(keys["to"], text, n=length)
        for shift in range(length):
            yield self._listed(CalendarDay(first + timedelta(shift), "rest", name, notice), row)
        for node in self._sequence(keys["work"]) if "work" in keys else ():
            yield self._listed(CalendarDay(self._weekend(node), "work", name, notice), node)

    def _weekend(self, node: yaml.Node) -> date:
        day = self._day(node)
        if day.weekday() < 5:
            text = N_("%(day)s is no Saturday or Sunday, so it cannot be a make-up working day")
            raise self._slip(node, text, day=day.isoformat())
        return day

    def _listed(self, day: CalendarDay, node: yaml.Node) -> CalendarDay:
        if day.on in self.lines:
            text = N_("%(day)s is listed twice, first on line %(line)s; keep one of the two")
            raise self._slip(node, text, day=day.on.isoformat(), line=self.lines[day.on])
        self.lines[day.on] = _line(node)
        return day

    def _day(self, node: yaml.Node) -> date:
        """Return a date that the year's notice can speak of."""
        day = self._date(node)
        if not date(self.year - 1, *REACHES_BACK) <= day <= date(self.year, 12, 31):
            text = N_("%(day)s does not belong into the calendar of %(year)s")
            raise self._slip(node, text, day=day.isoformat(), year=self.year)
        return day

    def _date(self, node: yaml.Node) -> date:
        written = self._text(node, 40)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written):
            try:
                return date.fromisoformat(written)
            except ValueError:
                pass
        text = N_("'%(written)s' is no date; write it like 2026-01-01")
        raise self._slip(node, text, written=written)

    def _year(self, node: yaml.Node) -> int:
        written = self._text(node, 40)
        if re.fullmatch(r"[0-9]{4}", written) and FIRST_YEAR < int(written) <= LAST_YEAR:
            return int(written)
        raise self._slip(node, N_("'%(written)s' is no year; write it like 2026"), written=written)

    def _text(self, node: yaml.Node, longest: int) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise self._slip(node, N_("One single value belongs here"))
        text = str(node.value).strip()
        if len(text) > longest or not text.isprintable():
            raise self._slip(
                node, N_("The text may have at most %(n)s plain characters"), n=longest
            )
        return text

    def _sequence(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self._slip(node, N_("A list with at least one entry belongs here"))
        return list(node.value)

    def _mapping(
        self, node: yaml.Node, needed: tuple[str, ...], allowed: tuple[str, ...] = ()
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._slip(node, N_("'%(keys)s' belong here"), keys=list(needed))
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key, 40)
            if name not in needed + allowed:
                known = list(needed + allowed)
                raise self._slip(
                    key, N_("'%(key)s' is unknown here; known: %(known)s"), key=name, known=known
                )
            if name in found:
                raise self._slip(
                    key, N_("'%(key)s' is given twice; keep one of the two"), key=name
                )
            found[name] = value
        for name in needed:
            if name not in found:
                raise self._slip(node, N_("'%(key)s' is missing"), key=name)
        return found

    def _slip(self, node: yaml.Node, text: str, **params: object) -> BadCalendar:
        return BadCalendar(self.file, _line(node), Reason(text, params))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
