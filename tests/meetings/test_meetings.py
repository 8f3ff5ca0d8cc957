"""Meetings of both mechanisms: called, attended, recorded; several cases in one; none needed."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Refused
from tests.factories import Engine, at, open_tasks, papers, task
from tests.places import Place

MEETING = "2024年第3次专案会商会"
CALL = {
    "units": ["tax", "medical", "justice"],
    "held_on": "2024-11-08",
    "begins": "15时",
    "place": "县政府三楼会议室",
    "agenda": "核定基数和退费口径",
    "invited": "分管负责人",
    "meeting": MEETING,
}
SIGNED = {
    "attended_on": "2024-11-08",
    "units": ["tax", "justice"],
    "attendance": [
        {"unit": "tax", "person": "赵建国 副局长", "instead": "李局长"},
        {"unit": "justice", "person": "孙敏 科员"},
    ],
    "observers": "北石店镇政府",
    "absent": ["medical"],
}


def text(paper) -> str:
    """Return all words of a paper's body."""
    rows = [f"{label} {value}" for label, value in paper.content["rows"]]
    return "\n".join([*rows, *paper.content["paragraphs"]])


def special(engine: Engine):
    """Return a case that the leader has agreed to handle specially."""
    case = engine.register("medical", category=9, insurance=["medical", "pension"])
    engine.do(case, "medical", "accept")
    engine.do(case, "medical", "escalate")
    engine.do(case, "leader", "approve")
    return case


@pytest.fixture
def engine() -> Engine:
    return Engine(now=at("2024-11-04"))


@pytest.mark.clause("Z4.2.2-2")
def test_a_consultation_is_called_with_day_place_items_and_who(engine):
    case = special(engine)
    act = engine.do(case, "office", "call_meeting", **CALL)
    (notice,) = papers(case, "meeting_notice")
    assert notice.number == "泽社争办会〔2024〕1号"
    assert notice.addressee == "国家税务总局泽州县税务局、泽州县医疗保障局、泽州县司法局"
    for words in (
        "定于2024年11月8日会商",
        "15时",
        "县政府三楼会议室",
        "核定基数和退费口径",
        "分管负责人",
        MEETING,
    ):
        assert words in text(notice)
    assert set(act.told) == {"tax", "medical", "justice"}
    assert case.stage == "special"
    assert ("minutes", "office") in open_tasks(case)


@pytest.mark.clause("Z4.2.2-2")
def test_the_attendance_names_persons_stand_ins_observers_and_who_was_absent(engine):
    case = special(engine)
    engine.do(case, "office", "call_meeting", **CALL)
    engine.now = at("2024-11-08")
    engine.do(case, "office", "record_attendance", **SIGNED)
    (sheet,) = papers(case, "attendance_sheet")
    words = text(sheet)
    assert "国家税务总局泽州县税务局 赵建国 副局长 李局长" in words
    assert "列席人员 北石店镇政府" in words
    assert "缺席单位 泽州县医疗保障局" in words
    assert "《会商通知》泽社争办会〔2024〕1号" in words
    assert ("minutes", "office") in open_tasks(case)


@pytest.mark.clause("Z4.2.2-2")
def test_the_minutes_cite_notice_and_attendance_and_give_each_unit_its_task_and_date(engine):
    case = special(engine)
    engine.do(case, "office", "call_meeting", **CALL)
    engine.now = at("2024-11-08")
    engine.do(case, "office", "record_attendance", **SIGNED)
    engine.do(
        case,
        "office",
        "record_minutes",
        units=["tax", "medical"],
        conclusions="先核后退。",
        due_on="2024-11-22",
        held_on="2024-11-08",
        chair="许云发",
        recorder="周平",
        meeting=MEETING,
        tasks=[
            {"unit": "justice", "task": "审查依据", "due_on": "2024-11-15"},
            {"unit": "tax", "task": "核对缴费记录", "due_on": "2024-11-18"},
        ],
    )
    words = text(papers(case, "minutes")[0])
    for said in (MEETING, "《会商通知》泽社争办会〔2024〕1号", "《会商签到表》", "记录人：周平"):
        assert said in words
    assert "泽州县司法局 审查依据 2024年11月15日" in words
    assert task(case, "item", "justice").due_on == date(2024, 11, 15)
    assert task(case, "decision", "tax").due_on == date(2024, 11, 18)
    assert task(case, "decision", "medical").due_on == date(2024, 11, 22)


def test_minutes_alone_are_enough_and_leave_no_hole(engine):
    case = special(engine)
    engine.do(case, "office", "record_minutes", units=["tax"])
    words = text(papers(case, "minutes")[0])
    assert "签到" not in words
    assert "会议通知" not in words
    assert all(line.rstrip()[-1] not in "：:" for line in words.splitlines())


def test_two_cases_of_one_meeting_cite_it_each_in_their_own_papers(engine):
    first, second = special(engine), special(engine)
    for case in (first, second):
        engine.do(case, "office", "call_meeting", **CALL)
        engine.do(case, "office", "record_minutes", units=["tax"], meeting=MEETING)
    numbers = [papers(case, "minutes")[0].number for case in (first, second)]
    assert len(set(numbers)) == 2
    for case, other in ((first, second), (second, first)):
        words = text(papers(case, "minutes")[0])
        assert MEETING in words
        assert case.number in words
        assert other.number not in words
        assert papers(case, "meeting_notice")[0].number in words
        assert papers(other, "meeting_notice")[0].number not in words


def test_a_second_meeting_is_called_and_the_minutes_name_both_notices(engine):
    case = special(engine)
    engine.do(case, "office", "call_meeting", **CALL)
    engine.do(case, "office", "call_meeting", **CALL | {"held_on": "2024-11-12"})
    engine.do(case, "office", "record_minutes", units=["tax"])
    words = text(papers(case, "minutes")[0])
    assert "泽社争办会〔2024〕1号" in words
    assert "泽社争办会〔2024〕2号" in words


def test_only_the_office_calls_a_meeting_and_only_before_the_minutes(engine):
    case = special(engine)
    assert "call_meeting" not in engine.keys(case, "tax")
    assert "record_attendance" not in engine.keys(case, "tax")
    engine.do(case, "office", "record_minutes", units=["tax"])
    assert engine.why_not(case, "office", "call_meeting")
    assert engine.why_not(case, "office", "record_attendance")


@pytest.mark.parametrize(
    ("key", "given", "field"),
    [
        ("call_meeting", CALL | {"held_on": "2024-11-01"}, "held_on"),
        ("call_meeting", CALL | {"units": []}, "units"),
        ("call_meeting", CALL | {"units": ["group"]}, "units"),
        ("record_attendance", SIGNED, "attended_on"),
        ("record_attendance", {"attended_on": "2024-11-04", "units": []}, "units"),
    ],
)
def test_a_meeting_in_the_past_an_attendance_in_the_future_or_of_nobody_is_refused(
    engine, key, given, field
):
    case = special(engine)
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "office", key, **given)
    assert field in refusal.value.errors
    assert not papers(case, "meeting_notice")
    assert not papers(case, "attendance_sheet")


# --- the city


@pytest.fixture
def city(place) -> Place:
    return place("xiaoyi")


@pytest.mark.clause("X4.3-1b")
def test_the_citys_joint_meeting_is_called_attended_and_recorded(city):
    case = city.register("petition", category=7).case_id
    city.do(case, "petition", "refer_to_office", reason="unclear")
    city.do(case, "office", "classify", tier="general")
    facts = {"place": "市政府二楼", "agenda": "退费", "begins": "9时", "meeting": "第5次联席会议"}
    city.do(case, "office", "convene", units=["tax", "hrss"], held_on="2024-11-04", **facts)
    city.do(
        case,
        "office",
        "record_attendance",
        attended_on="2024-11-04",
        units=["tax"],
        attendance=[{"unit": "tax", "person": "武强"}],
        absent=["hrss"],
    )
    minutes = {"units": ["tax"], "conclusions": "先核后退", "recorder": "周平"}
    city.do(case, "office", "record_minutes", meeting="第5次联席会议", **minutes)
    made = {paper.kind: paper for paper in city.case(case).papers}
    for words in ("9时", "市政府二楼", "第5次联席会议"):
        assert words in text(made["meeting_notice"])
    assert "武强" in text(made["attendance_sheet"])
    cited = text(made["minutes"])
    assert made["meeting_notice"].number in cited
    assert "《联席会议签到表》" in cited
    assert "第5次联席会议" in cited
    assert city.case(case).stage == "joint"
