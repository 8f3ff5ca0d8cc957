"""Cases are found by what stands in them, on both databases, as soon as the act is through."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from app import search
from app.errors import Refused
from app.models import Case, Party
from app.records import CaseSearch
from app.security.sight import Scope, see
from tests.factories import Door


def found(door: Door, asked: str, who: str = "office") -> list[int]:
    """Return the cases that a search gives to a body or post, newest first."""
    door.look(who)
    hits = search.hits(door.session, asked)
    query = select(Case.id).join(hits, hits.c.case_id == Case.id)
    return list(door.session.scalars(query.order_by(hits.c.newest.desc())))


@pytest.fixture
def three(door: Door) -> list[int]:
    """Three cases that differ in everything one searches by, oldest first."""
    facts: list[dict[str, Any]] = [
        {
            "applicant": _person("张晓梅", "13800000001", "140525200002290016"),
            "employer": "示例机械有限公司",
            "content": "对单位申报的缴费基数有异议，要求退费。",
        },
        {
            "applicant": _person("王建国", "13900001234"),
            "employer": "清河煤业公司",
            "content": "医保局答复后仍不服，申请仲裁。",
        },
        {
            "applicant": _person("张三丰", "0356-2030001"),
            "employer": None,
            "content": "医疗保险费 2148 元，局部说明见附件。",
        },
    ]
    return [door.register(**one).case_id for one in facts]


def _person(name: str, phone: str, id_number: str | None = None) -> dict[str, Any]:
    person = {"kind": "person", "name": name, "phone": phone, "address": "某镇某村"}
    return person | ({"id_number": id_number} if id_number else {})


@pytest.mark.parametrize(
    ("asked", "which"),
    [
        ("张晓梅", [1]),
        ("晓梅", [1]),
        ("张", [3, 1]),
        ("建国", [2]),
        ("机械", [1]),
        ("清河煤业公司", [2]),
        ("退费", [1]),
        ("仲裁", [2]),
        ("医保局", [2]),
        ("医保", [2]),
        ("局", [3, 2]),
        ("医保 王", [2]),
        ("王 医保", [2]),
        ("医保 张", []),
        ("张 2148", [3]),
        ("13800000001", [1]),
        ("138 0000 0001", [1]),
        ("1234", [2]),
        ("0356-2030001", [3]),
        ("0001", [3, 1]),
        ("140525200002290016", [1]),
        ("保险费2148", [3]),
        ("机械公司", []),
        ("险医", []),
        ("20000229", []),
        ("zzz", []),
    ],
)
def test_words_find_the_cases_in_which_they_stand(
    door: Door, three: list[int], asked: str, which: list[int]
) -> None:
    assert found(door, asked) == [three[place - 1] for place in which]


@pytest.mark.parametrize("form", ["{}", "{:.0}2024-{short}", "{:.0}2024-{serial}"])
def test_a_case_is_found_by_its_number(door: Door, three: list[int], form: str) -> None:
    number = door.case(three[1]).number
    serial = number.rpartition("-")[2]
    asked = form.format(number, serial=serial, short=serial.lstrip("0"))
    assert found(door, asked) == [three[1]]


@pytest.mark.parametrize("zeros", [0, 2, 5])
def test_the_serial_number_alone_is_enough(door: Door, three: list[int], zeros: int) -> None:
    serial = door.case(three[1]).number.rpartition("-")[2].lstrip("0")
    assert three[1] in found(door, "0" * zeros + serial)


@pytest.mark.parametrize("asked", ["%", "_", "*", "张%", "张_梅", '"', "张*梅", "NOT", "张 OR 王"])
def test_signs_of_a_query_language_mean_nothing(door: Door, three: list[int], asked: str) -> None:
    plain = {"张%": [3, 1]}
    assert found(door, asked) == [three[place - 1] for place in plain.get(asked, [])]


@pytest.mark.parametrize(
    "asked",
    ["'", '""', "(", ")", "a AND", "NEAR(a b)", ":*", "& |", "!x", "<->", "\\", "\x00", "ａ:b"],
)
def test_no_query_breaks_the_search(door: Door, three: list[int], asked: str) -> None:
    assert found(door, asked) == []


def test_a_search_finds_what_one_may_see_and_nothing_else(door: Door) -> None:
    mine = door.register("tax", content="同一句话").case_id
    theirs = door.register("hrss", content="同一句话").case_id
    assert found(door, "同一句话", "office") == [theirs, mine]
    assert found(door, "同一句话", "tax") == [mine]
    assert found(door, "同一句话", "hrss") == [theirs]
    see(door.session, Scope())
    hits = search.hits(door.session, "同一句话")
    assert not door.session.scalars(select(Case.id).join(hits, hits.c.case_id == Case.id)).all()


@pytest.mark.parametrize(
    ("field", "value", "old", "new"),
    [
        ("content", "改为申请仲裁", "异议", "仲裁"),
        ("employer", "清河煤业公司", "示例机械", "煤业"),
        ("applicant.name", "李小红", "张晓梅", "小红"),
        ("applicant.phone", "13900001234", "13800007777", "13900001234"),
        ("applicant.phone", "13900001234", "7777", "1234"),
    ],
)
def test_what_was_amended_is_found_at_once_and_what_it_was_is_not(
    door: Door, field: str, value: str, old: str, new: str
) -> None:
    applicant = _person("张晓梅", "13800007777")
    case_id = door.register(content="对缴费基数有异议", applicant=applicant).case_id
    assert found(door, old) == [case_id]
    door.do(case_id, "tax", "amend", field=field, value=value, reason="笔误")
    assert (found(door, old), found(door, new)) == ([], [case_id])


def test_who_handed_a_case_on_does_not_find_it_by_words_that_came_later(door: Door) -> None:
    case_id = door.register("tax", content="先前的说法").case_id
    door.do(case_id, "tax", "transfer", unit="hrss", reason="不归本局")
    assert found(door, "先前的说法", "tax") == [case_id]
    door.do(case_id, "hrss", "amend", field="content", value="后来的说法", reason="笔误")
    number = door.case(case_id).number
    for who in ("hrss", "office"):
        assert found(door, "后来的说法", who) == [case_id]
    for asked in ("后来的说法", "后来", "说法", number[-6:]):
        assert found(door, asked, "tax") == []
    assert found(door, f" {number} ", "tax") == [case_id]


def test_who_handed_a_case_on_finds_what_it_amended_itself(door: Door) -> None:
    case_id = door.register("tax", content="先前的说法").case_id
    door.do(case_id, "tax", "amend", field="content", value="后来的说法", reason="笔误")
    door.do(case_id, "tax", "transfer", unit="hrss", reason="不归本局")
    assert found(door, "后来的说法", "tax") == [case_id]


def test_an_act_that_was_refused_leaves_nothing_to_find(door: Door) -> None:
    with pytest.raises(Refused):
        door.register(category=99, content="不该出现")
    assert door.session.scalar(select(func.count()).select_from(CaseSearch.__table__)) == 0


def test_an_act_that_changes_nothing_to_find_writes_no_words(door: Door) -> None:
    case_id = door.register(content="没有变化").case_id
    case = door.case(case_id)
    case.stage = "handling"
    assert not search.is_touched(case)
    case.content = "有变化"
    assert search.is_touched(case)
    door.session.rollback()
    case.applicant.phone = "13900001234"
    assert search.is_touched(case)
    door.session.rollback()


def test_cases_without_words_are_taken_up_later(door: Door, monkeypatch: Any) -> None:
    monkeypatch.setattr(search, "BATCH", 2)
    ids = [door.register(content="旧案").case_id for _ in range(5)]
    see(door.session, Scope.system())
    door.session.execute(delete(CaseSearch))
    door.session.commit()
    assert found(door, "旧案") == []
    see(door.session, Scope.system())
    assert (search.catch_up(door.session), search.catch_up(door.session)) == (5, 0)
    assert found(door, "旧案") == ids[::-1]


def test_the_index_of_the_database_follows_its_rows(door: Door) -> None:
    case_id = door.register(content="先前的话").case_id
    see(door.session, Scope.system())
    door.session.execute(update(CaseSearch).values(words=["后来", "来"]))
    door.session.commit()
    assert (found(door, "先前"), found(door, "后来")) == ([], [case_id])
    see(door.session, Scope.system())
    door.session.execute(delete(CaseSearch))
    door.session.commit()
    assert found(door, "后来") == []


def test_the_numbers_of_persons_are_nowhere_readable_in_the_index(
    door: Door, three: list[int]
) -> None:
    see(door.session, Scope.system())
    phones = [one.phone for one in door.session.scalars(select(Party))]
    kept = " ".join(str(one) for one in door.session.scalars(select(CaseSearch.words)))
    assert len(phones) == 3
    for digits in ("13800000001", "13900001234", "2030001", "140525200002290016", "1234"):
        assert digits not in kept
