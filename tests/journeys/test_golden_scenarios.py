"""What DOMAIN 7.3 and 7.4 name beside the ways: refusal, withdrawal, failed delivery, a group.

Days are by the profile's periods, counted with a finger on the calendar: proposal values in
working days, the remedies in natural days and months as the law has them.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app import archiving
from app.archive.package import Dossier
from app.errors import NotYours, Refused
from app.mechanism.loader import load
from app.models import Case, Paper
from app.rules import remedies
from app.rules.engine import may_attach
from tests.archive.conftest import close, export, serve
from tests.factories import ROOT, Door, Engine, World, at, china, open_tasks, papers, task
from tests.web.bodies import act, inputs_of, registered

PAUSING = ("pause", "extend", "request_material")


def ends(engine: Engine, case: Case) -> list[tuple[str, str, date]]:
    """Return way, recipient ("" for all) and last day of every remedy that runs."""
    found = remedies.last_days(engine.world.mechanism, china(), case.events, case.papers)
    return [(one.way.key, one.recipient, one.due.on) for one in found]


def printed(case: Case, kind: str) -> str:
    """Return what the latest paper of a kind says."""
    content = papers(case, kind)[-1].content
    return "\n".join([*content["paragraphs"], *(" ".join(row) for row in content["rows"])])


def owed(case: Case) -> set[tuple[str, str, date]]:
    """Return kind, owner and last day of what is open."""
    return {(one.kind, one.body, one.due_on) for one in case.tasks if one.state == "open"}


def person(number: int) -> dict[str, str]:
    return {"kind": "person", "name": f"申请人{number}", "phone": f"1380000000{number}"}


def decided(engine: Engine, **facts: Any) -> Case:
    """Return a case that the tax bureau accepted on the day of registration and decided."""
    case = engine.register("tax", category=3, visited_at="2024-11-04T08:30", **facts)
    engine.do(case, "tax", "accept")
    engine.now = at("2024-11-20")
    engine.do(case, "tax", "resolve")
    return case


def joint(engine: Engine, **facts: Any) -> Case:
    """Return a case of three deciding bodies and an adviser, led by hrss."""
    case = engine.register("hrss", category=7, insurance=["pension", "medical"], **facts)
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax", "medical"])
    return case


# --- S9: refusal


@pytest.mark.clause("Z4.3")
def test_s9_a_refusal_has_a_ground_is_served_and_is_to_be_reconsidered_first() -> None:
    engine = Engine(now=at("2024-11-04"))
    case = engine.register("hrss", category=8, insurance=["pension"])
    assert task(case, "acceptance", "hrss").due_on == date(2024, 11, 11)
    engine.now = at("2024-11-05")
    told = engine.do(case, "hrss", "decline", ground="repeated").told
    assert "office" in told
    assert case.stage == "declined"
    assert owed(case) == {
        ("service", "hrss", date(2024, 11, 8)),
        ("volume", "hrss", date(2024, 12, 5)),
    }
    notice = printed(case, "decline_notice")
    assert "理由：同一事项已经处理完毕。" in notice
    assert "应当先自收到本文书之日起60日内，向泽州县人民政府" in notice
    assert "直接向" not in notice
    assert "archive" not in engine.keys(case, "hrss"), "the notice is to be served first"
    engine.now = at("2024-11-07")
    engine.do(case, "hrss", "serve", served_on="2024-11-07")
    # 60 days end on 6 January, a Monday; the court comes after the reconsideration only.
    assert ends(engine, case) == [("reconsideration_first", "", date(2025, 1, 6))]
    assert "2025年1月6日" in printed(case, "service_record")
    engine.do(case, "hrss", "archive")
    assert [one.body for one in papers(case, "volume_note")] == ["hrss"]
    assert case.stage == "declined"
    assert case.due_on is None
    assert not open_tasks(case)


@pytest.mark.parametrize("given", [{}, {"ground": "too_busy"}], ids=["none", "one of its own"])
def test_s9_a_refusal_without_a_listed_ground_is_none(given: dict[str, str]) -> None:
    engine = Engine()
    case = engine.register("tax")
    with pytest.raises(Refused) as refusal:
        engine.attempt(case, "tax", "decline", reason="不归我们管", **given)
    assert list(refusal.value.errors) == ["ground"]
    assert case.stage == "registered"
    assert not papers(case, "decline_notice")


# --- S10: withdrawal


@pytest.mark.clause("Z4.2.1-2")
def test_s10_a_withdrawal_tells_all_units_stops_the_days_and_leaves_one_volume() -> None:
    engine = Engine(now=at("2024-11-04"))
    case = joint(engine)
    engine.do(case, "hrss", "request_advice", unit="justice")
    assert {(kind, day) for kind, _, day in owed(case)} == {
        ("joint_case", date(2024, 12, 16)),
        ("decision", date(2024, 11, 25)),
        ("advice", date(2024, 11, 11)),
    }
    engine.now = at("2024-11-08")
    engine.do(case, "tax", "submit_decision")
    engine.do(case, "hrss", "pause")
    engine.now = at("2024-11-12")
    told = engine.do(case, "hrss", "withdraw").told
    assert {"tax", "medical", "justice", "office"} <= set(told)
    assert case.stage == "withdrawn"
    assert case.paused_on is None
    assert owed(case) == {
        ("service", "hrss", date(2024, 11, 15)),
        ("volume", "hrss", date(2024, 12, 12)),
    }
    assert case.due_on == date(2024, 11, 15)
    stopped = {one.kind for one in case.tasks if one.state == "void"}
    assert {"joint_case", "decision", "advice"} <= stopped
    for body in ("tax", "medical", "justice"):
        assert not engine.keys(case, body)
    engine.do(case, "hrss", "serve", served_on="2024-11-12")
    engine.do(case, "hrss", "archive")
    assert [one.body for one in papers(case, "volume_note")] == ["hrss"]
    assert not engine.keys(case, "office") & {"archive", "serve"}
    assert case.stage == "withdrawn"
    assert not open_tasks(case)


@pytest.mark.parametrize("place", ["zezhou", "xiaoyi"])
def test_s10_an_adviser_who_was_asked_is_told_that_the_question_is_gone(place: str) -> None:
    engine = Engine(World(load(ROOT / "mechanisms" / place / "mechanism.yaml")))
    case = engine.register("hrss", category=1, insurance=["pension"], jurisdiction=place)
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "request_advice")
    (adviser,) = (one.body for one in case.tasks if one.kind == "advice")
    assert adviser in engine.do(case, "hrss", "withdraw").told
    assert ("advice", adviser) not in open_tasks(case)


# --- S11: service that fails


@pytest.mark.parametrize(
    ("posted", "served", "sixty", "months"),
    [
        # Thirty days end on Wednesday 25 December, a working day.
        ("2024-11-25", "2024-12-25", date(2025, 2, 24), date(2025, 6, 25)),
        # They end on Saturday 28 December: the remedies count from Monday.
        ("2024-11-28", "2024-12-30", date(2025, 2, 28), date(2025, 6, 30)),
    ],
)
@pytest.mark.clause("Z4.2.1-3", "Z4.3")
def test_s11_two_failed_services_then_a_public_notice_of_thirty_days(
    posted: str, served: str, sixty: date, months: date
) -> None:
    engine = Engine(now=at("2024-11-04"))
    case = decided(engine)
    assert task(case, "service").due_on == date(2024, 11, 25)
    for day, method in (("2024-11-21", "direct"), ("2024-11-22", "post")):
        engine.now = at(day)
        engine.do(case, "tax", "record_attempt", method=method, tried_on=day)
        assert (case.stage, ends(engine, case)) == ("decided", [])
    assert owed(case) == {("service", "tax", date(2024, 11, 25))}, "no attempt moves the day"
    engine.now = at(posted)
    tried = "2024年11月21日上门无人，11月22日邮件退回。"
    given = {"posted_on": posted, "media": "县政府公告栏", "whereabouts": tried}
    engine.do(case, "tax", "serve", method="public", served_on=posted, **given)
    assert case.events[-1].changes["served"]["on"] == served
    assert ends(engine, case) == [("reconsideration", "", sixty), ("litigation", "", months)]
    record = printed(case, "service_record")
    assert tried in record
    assert f"最后一日为{sixty.year}年{sixty.month}月{sixty.day}日" in record


# --- S12: a group


def test_s12_seven_applicants_have_each_one_day_of_service_and_its_remedies() -> None:
    engine = Engine(now=at("2024-11-04"))
    case = decided(engine, applicant=person(1), co_applicants=[person(n) for n in range(2, 8)])
    names = [one.name for one in case.parties]
    assert names == [f"申请人{n}" for n in range(1, 8)]
    engine.now = at("2024-12-02")
    own = {
        "申请人2": ("2024-11-20", date(2025, 1, 20)),  # the 60th day is a Sunday
        "申请人3": ("2024-11-22", date(2025, 1, 21)),
        "申请人4": ("2024-11-27", date(2025, 1, 26)),  # a Sunday that is worked
        "申请人5": ("2024-11-29", date(2025, 2, 5)),  # in the Spring Festival
    }
    rows = [{"recipient": name, "served_on": day} for name, (day, _) in own.items()]
    engine.do(case, "tax", "serve", served_on="2024-12-02", recipients=rows)
    last = {name: own[name][1] if name in own else date(2025, 2, 5) for name in names}
    assert [(one, day) for way, one, day in ends(engine, case) if way == "reconsideration"] == [
        (name, last[name]) for name in names
    ]
    served = dict(case.events[-1].changes["served"]["to"])
    assert served == {name: own[name][0] if name in own else "2024-12-02" for name in names}
    record = printed(case, "service_record")
    assert all(f"（{name}）" in record for name in names)


# --- S13: the coordinator


@pytest.mark.clause("Z4.2b")
def test_s13_an_expired_coordinator_blocks_the_transfer_and_is_not_printed_any_more() -> None:
    world = World()
    world.change("medical", "coordinator", person="旧联系人", until_on=date(2024, 11, 4))
    engine = Engine(world, now=at("2024-11-04"))
    case, other = (
        engine.register("petition", category=8, insurance=["medical"]) for _ in range(2)
    )
    engine.do(case, "petition", "transfer", unit="medical")
    assert "旧联系人" in printed(case, "transfer_notice"), "on the last day it is in force"
    engine.now = at("2024-11-05")
    with pytest.raises(Refused) as refusal:
        engine.attempt(other, "petition", "transfer", unit="medical", reason="不归本单位")
    (reason,) = refusal.value.errors["unit"]
    assert "has no contact person with a telephone" in reason.say()
    assert (other.holder, papers(other, "transfer_notice")) == ("petition", [])
    engine.do(case, "medical", "accept")
    assert "旧联系人" not in printed(case, "acceptance_notice")
    world.appoint("medical", "coordinator", person="新联系人", phone="0356-2030999")
    engine.do(other, "petition", "transfer", unit="medical")
    notice = printed(other, "transfer_notice")
    assert "新联系人" in notice
    assert "0356-2030999" in notice
    assert "旧联系人" not in notice


# --- invariants


@pytest.mark.clause("Z4.3")
def test_v11_each_decision_has_for_each_applicant_its_own_bodies_and_last_days() -> None:
    engine = Engine(now=at("2024-11-18"))
    case = engine.register("hrss", category=7, insurance=["pension"], co_applicants=[person(2)])
    engine.do(case, "hrss", "accept")
    engine.do(case, "hrss", "start_joint", units=["tax"])
    for body in ("hrss", "tax"):
        engine.do(case, body, "submit_decision")
    engine.do(case, "hrss", "issue_reply")
    engine.now = at("2024-12-02")
    rows = [{"recipient": "申请人2", "served_on": "2024-11-22"}]
    engine.do(case, "hrss", "serve", served_on="2024-12-02", recipients=rows)
    found = remedies.last_days(engine.world.mechanism, china(), case.events, case.papers)
    days = {
        ("张晓梅", "reconsideration"): date(2025, 2, 5),
        ("张晓梅", "litigation"): date(2025, 6, 3),
        ("申请人2", "reconsideration"): date(2025, 1, 21),
        ("申请人2", "litigation"): date(2025, 5, 22),
    }
    above = {"hrss": "泽州县人民政府", "tax": "国家税务总局晋城市税务局"}
    wanted = [
        (body, *who, above[body] if who[1] == "reconsideration" else "有管辖权的人民法院", day)
        for body in ("hrss", "tax")
        for who, day in days.items()
    ]
    said = [(o.paper.body, o.recipient, o.way.key, o.to.body, o.due.on) for o in found]
    assert said == wanted


def own_way(engine: Engine) -> Case:
    case = engine.register("hrss", category=8, insurance=["pension"])
    for key in ("accept", "resolve", "serve"):
        engine.do(case, "hrss", key)
    return case


def general_way(engine: Engine) -> Case:
    case = joint(engine)
    for body in ("hrss", "tax", "medical"):
        engine.do(case, body, "submit_decision")
    for key in ("issue_reply", "serve"):
        engine.do(case, "hrss", key)
    return case


def complex_way(engine: Engine) -> Case:
    case = engine.register("hrss", category=8, insurance=["pension"])
    for key in ("accept", "escalate"):
        engine.do(case, "hrss", key)
    engine.do(case, "leader", "approve")
    engine.do(case, "office", "record_minutes", units=["hrss"])
    engine.do(case, "hrss", "submit_decision")
    for key in ("issue_reply", "serve"):
        engine.do(case, "office", key)
    return case


@pytest.mark.parametrize("key", PAUSING)
@pytest.mark.parametrize("way", [own_way, general_way, complex_way])
def test_v12_nobody_stops_or_moves_a_day_after_service(way: Any, key: str) -> None:
    engine = Engine()
    case = way(engine)
    before = case.due_on, len(case.pauses), case.version
    for actor in engine.world.actors:
        view = engine.view_of(case, actor)
        with pytest.raises((Refused, NotYours)):
            engine.perform(view, key, {})
    assert (case.due_on, len(case.pauses), case.version) == before
    assert case.paused_on is None


def test_v14_an_archived_case_refuses_every_act_but_those_of_the_remedies() -> None:
    engine = Engine()
    case = own_way(engine)
    engine.do(case, "hrss", "archive")
    engine.do(case, "office", "archive")
    assert case.stage == "archived"
    before = case.version, len(case.papers)
    remedial = {"record_objection", "record_remedy_result", "reopen"}
    for key in set(engine.world.mechanism.actions) - remedial:
        for actor in engine.world.actors:
            with pytest.raises((Refused, NotYours)):
                engine.perform(engine.view_of(case, actor), key, {})
    assert (case.version, len(case.papers)) == before
    for actor in engine.world.actors:
        assert not may_attach(engine.view_of(case, actor)), actor
    engine.do(case, "office", "record_objection", kind="reconsideration")
    assert (case.stage, case.papers[-1].kind) == ("archived", "objection_form")


def test_v14_a_paper_that_comes_later_is_marked_as_a_supplement_in_the_volume(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = archiving.Shelf(tmp_path / "files", "")
    case = serve(door, shelf)
    close(door, case)
    decision = door.all(Paper, case_id=case, kind="result_notice")[0]
    door.do(case, "tax", "record_objection", decision=str(decision.id))
    filed: list[Dossier] = []
    monkeypatch.setattr(archiving, "write_package", lambda one, *_, **__: filed.append(one))
    export(door, case, shelf, tmp_path / "case.zip", "tax")
    (volume,) = filed[0].volumes
    late = [row[3] for row in volume.rows if "归档后补充" in row[-1]]
    assert late == [volume.rows[-1][3]]
    assert "异议登记表" in late[0]


@pytest.mark.clause("Z4.2a")
def test_v20_each_clock_tells_its_unit_of_days_and_the_clause_it_is_from(
    rest: Any, login: Any
) -> None:
    tax = rest("zezhou-tax")
    case = registered(tax)["id"]
    assert act(tax, case, "accept", inputs_of(tax, case, "accept")).status_code == 200
    rows = tax.get(f"/api/v1/case/{case}/clock/").json["result"]
    assert {row["key"]: (row["due"], row["source"], row["basis"]) for row in rows} == {
        "acceptance": ("2024-11-11", "四（二）", "proposal"),
        "own_case": ("2024-11-25", "四（二）", "proposal"),
    }
    for row in rows:
        counted = {day["kind"] for day in row["explained"] if day["counted"]}
        assert counted == {"workday"}
    page = login("zezhou-tax").get(f"/case/{case}").get_data(as_text=True)
    note = re.search(r'<p class="ruler-note">[^<]*15 个工作日.*?</p>', page, re.DOTALL)
    assert note
    assert "四（二）" in note[0]


def test_v20_no_period_of_the_profile_is_without_unit_and_clause() -> None:
    mechanism = World().mechanism
    timed = {key: kind.due for key, kind in mechanism.tasks.items() if kind.due is not None}
    assert len(timed) >= 15
    for key, due in timed.items():
        assert due.unit in mechanism.vocabulary["units"], key
        assert mechanism.clause_shown(due.clause), key
        assert due.basis in mechanism.vocabulary["basis"], key
