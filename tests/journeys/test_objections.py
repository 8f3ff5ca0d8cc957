"""Objections: each party its own, each with its body, its period and its result (V11)."""

from __future__ import annotations

from datetime import date

import pytest

from app.models import Case, Task
from tests.factories import Engine, at, open_tasks, papers


@pytest.fixture
def engine() -> Engine:
    return Engine(now=at("2024-11-18"))


def jointly_served(engine: Engine) -> Case:
    """Return a case of two decisions, served together."""
    case = engine.register("hrss", category=7, insurance=["pension"])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax"])
    for body in ("hrss", "tax"):
        engine.do(case, body, "submit_decision")
    engine.do(case, "hrss", "issue_reply")
    engine.do(case, "hrss", "serve", served_on="2024-11-18")
    return case


def remedies(case: Case) -> list[Task]:
    return [one for one in case.tasks if one.kind == "remedy"]


def object_to(engine: Engine, case: Case, issuer: str, kind: str, **more: object) -> None:
    paper = next(one for one in papers(case, "unit_decision") if one.body == issuer)
    place = case.papers.index(paper) + 1
    engine.do(case, "hrss", "record_objection", decision=f"#{place}", kind=kind, **more)


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        # DOMAIN K17, K20, K21: from 2024-11-20; the last day rolls to a working one.
        ("reconsideration", date(2025, 1, 20)),
        ("arbitration", date(2025, 1, 6)),
        ("mediation", date(2024, 12, 5)),
    ],
)
@pytest.mark.clause("Z4.3")
def test_an_objection_has_the_time_in_which_the_law_wants_it_decided(
    engine: Engine, kind: str, last: date
) -> None:
    case = jointly_served(engine)
    engine.now = at("2024-11-25")
    object_to(engine, case, "tax", kind, filed_on="2024-11-20")
    assert [one.due_on for one in remedies(case)] == [last]


def test_a_law_suit_has_no_last_day(engine: Engine) -> None:
    case = jointly_served(engine)
    object_to(engine, case, "tax", "litigation", filed_on="2024-11-18")
    assert [one.length for one in remedies(case)] == [None]


def test_opposed_parties_each_go_their_own_way_and_each_has_its_result(engine: Engine) -> None:
    case = jointly_served(engine)
    object_to(engine, case, "hrss", "litigation", party="示例机械有限公司")
    object_to(engine, case, "hrss", "arbitration", party="张晓梅")
    first, second = remedies(case)
    assert (first.note, second.note) == ("示例机械有限公司", "张晓梅")
    assert first.paper_ref == second.paper_ref
    engine.do(case, "office", "record_remedy_result", objection=_ref(case, second))
    assert (first.state, second.state) == ("open", "done")
    assert "reopen" not in engine.keys(case, "office")


def test_setting_one_decision_aside_makes_reopening_due_and_leaves_the_other(
    engine: Engine,
) -> None:
    case = jointly_served(engine)
    object_to(engine, case, "tax", "reconsideration")
    object_to(engine, case, "hrss", "reconsideration")
    first, second = remedies(case)
    engine.do(
        case, "office", "record_remedy_result", objection=_ref(case, first), result="set_aside"
    )
    states = {one.body: one.state for one in papers(case, "unit_decision")}
    assert states == {"tax": "superseded", "hrss": "issued"}
    assert ("reopening", "office") in open_tasks(case)
    assert second.state == "open"


def test_the_form_tells_who_objected_and_where(engine: Engine) -> None:
    case = jointly_served(engine)
    object_to(engine, case, "tax", "litigation", party="示例机械有限公司", reference="某行初1号")
    text = "\n".join(papers(case, "objection_form")[0].content["paragraphs"])
    assert "提出人：示例机械有限公司" in text
    assert "某行初1号" in text


def _ref(case: Case, task: Task) -> str:
    return f"#{case.tasks.index(task) + 1}"
