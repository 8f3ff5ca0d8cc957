"""Urging: the note prints what is owed and how late it is; page and to-do show who answered."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.rules.urging import answer_to
from tests.factories import Engine, at, papers
from tests.screens.desk import Clerk, words


def text(case) -> str:
    """Return the words of the newest note of urging."""
    return "\n".join(papers(case, "urge_note")[-1].content["paragraphs"])


def replaced(events, event, **facts):
    """Return the events with other facts in one of them."""
    names = ("seq", "body", "voids_seq")
    return [
        SimpleNamespace(**{name: getattr(one, name) for name in names} | facts)
        if one is event
        else one
        for one in events
    ]


@pytest.fixture
def engine() -> Engine:
    return Engine(now=at("2024-11-04"))


def handled(engine: Engine):
    """Return a case that the tax bureau handles: 15 working days from 4 November."""
    case = engine.register("tax")
    engine.do(case, "tax", "accept")
    return case


@pytest.mark.clause("Z5-4")
def test_the_note_says_what_is_owed_until_when_and_by_how_many_days_it_is_late(engine):
    case = handled(engine)
    engine.now = at("2024-12-01")
    engine.do(case, "office", "urge", unit="tax", text="请抓紧。")
    words_ = text(case)
    assert "督办事项：办理并反馈申请人" in words_
    assert "办理期限：2024年11月25日" in words_
    assert "已超过期限6日" in words_


def test_the_note_speaks_of_no_overdue_days_on_the_last_day(engine):
    case = handled(engine)
    engine.now = at("2024-11-25")
    engine.do(case, "office", "urge", unit="tax", text="请抓紧。")
    assert "办理期限：2024年11月25日" in text(case)
    assert "超过" not in text(case)


def test_only_what_the_urged_unit_owes_is_named(engine):
    case = engine.register("hrss", category=7, insurance=["pension"])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax"])
    engine.do(case, "office", "urge", unit="tax", text="请抓紧。")
    assert "督办事项：出具书面处理决定\n" in text(case)


def test_the_first_act_of_the_urged_unit_answers_unless_it_is_taken_back(engine):
    case = handled(engine)
    engine.do(case, "office", "urge", unit="tax", text="请抓紧。")
    urge = case.events[-1]
    assert answer_to(urge, case.events) is None
    engine.do(case, "office", "urge", unit="tax", text="再次督办。")
    assert answer_to(urge, case.events) is None
    engine.do(case, "tax", "extend", days=2)
    extended = case.events[-1]
    assert answer_to(urge, case.events) is extended
    engine.do(case, "tax", "amend", field="claim", value="退费", reason="笔误")
    amended = case.events[-1]
    taken_back = replaced(case.events, amended, voids_seq=extended.seq)
    assert answer_to(urge, taken_back).seq == amended.seq


# --- the screens


def test_the_urged_unit_sees_it_in_its_queue_until_it_has_acted(login):
    tax, office = Clerk(login("zezhou-tax")), Clerk(login("zezhou-office"))
    case = tax.register(then="accept")
    mark = "〔已被督办〕"
    assert mark not in words(tax.page("/todo/"))
    office.done(case, "urge", unit="tax", text="Please answer.")
    assert mark in words(tax.page("/todo/"))
    assert mark not in words(office.page("/todo/"))
    assert "尚未回复" in words(office.page(f"/case/{case}"))
    tax.done(case, "resolve", decision="Pay back.")
    assert mark not in words(tax.page("/todo/"))
    page = words(office.page(f"/case/{case}"))
    assert "尚未回复" not in page
    assert "于11月4日回复" in page
