"""Each invariant of DOMAIN.md 7.3 holds in the profile, and is missed where its rule is broken.

A check that cannot fail proves nothing: each is run on the county's profile, where it has to
hold, and on one in which the line that carries it was changed, where it has to fail.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.mechanism.folder import read_profile
from app.mechanism.loader import loads
from app.models import Case
from tests.factories import PROFILE, Engine, World, at, open_tasks, papers, task

ADVISERS = {"gov", "justice", "finance", "petition", "court"}
UNITS = ADVISERS | {"tax", "hrss", "medical"}


def joint(county: Engine, *units: str) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=list(units or ("tax", "medical")))
    return case


def decided(county: Engine) -> Case:
    case = joint(county)
    for who in ("hrss", "tax", "medical"):
        county.do(case, who, "submit_decision")
    county.do(case, "hrss", "issue_reply")
    return case


def special(county: Engine) -> Case:
    case = joint(county)
    county.do(case, "hrss", "escalate")
    county.do(case, "leader", "approve")
    return case


def v01_filed_after_service_and_archived_after_filing(county: Engine) -> None:
    case = decided(county)
    assert "file_with_office" not in county.keys(case, "hrss")
    county.do(case, "hrss", "serve")
    for who in ("hrss", "office"):
        assert "archive" not in county.keys(case, who)
    county.do(case, "hrss", "file_with_office")
    assert "archive" in county.keys(case, "hrss")


def v02_no_reply_while_a_decision_is_missing(county: Engine) -> None:
    case = joint(county)
    for who in ("hrss", "tax"):
        county.do(case, who, "submit_decision")
        assert "issue_reply" not in county.keys(case, "hrss")
    county.do(case, "medical", "submit_decision")
    county.do(case, "hrss", "issue_reply")
    assert len(papers(case, "unit_decision")) == 3


def v03_only_the_lead_or_the_office_serves(county: Engine) -> None:
    case = decided(county)
    serving = {who for who in (*UNITS, "office") if "serve" in county.keys(case, who)}
    assert serving == {"hrss"}
    case = special(county)
    county.do(case, "office", "record_minutes", units=["tax"])
    county.do(case, "tax", "submit_decision")
    county.do(case, "office", "issue_reply")
    serving = {who for who in (*UNITS, "office") if "serve" in county.keys(case, who)}
    assert serving == {"office"}


def v04_no_decision_of_the_special_way_precedes_the_minutes(county: Engine) -> None:
    case = joint(county)
    county.do(case, "tax", "submit_decision")
    county.do(case, "hrss", "escalate")
    county.do(case, "leader", "approve")
    assert not any("submit_decision" in county.keys(case, who) for who in UNITS)
    county.do(case, "office", "record_minutes", units=["tax"])
    assert "issue_reply" not in county.keys(case, "office"), "the tax bureau decides anew"
    county.do(case, "tax", "submit_decision")


def v05_special_handling_needs_the_leader(county: Engine) -> None:
    case = joint(county)
    county.do(case, "hrss", "escalate")
    assert case.stage == "awaiting_approval"
    consenting = {
        who for who in (*UNITS, "office", "deputy") if "approve" in county.keys(case, who)
    }
    assert consenting == set()
    county.do(case, "leader", "approve")
    assert case.stage == "special"


def v06_the_first_to_accept_leads_and_only_the_office_rules_otherwise(county: Engine) -> None:
    case = joint(county)
    assert case.lead == case.acceptor == "hrss"
    county.do(case, "tax", "contest_lead")
    ruling = {who for who in (*UNITS, "office") if "determine_lead" in county.keys(case, who)}
    assert ruling == {"office"}
    county.do(case, "office", "determine_lead", unit="tax", reason="先行受理")
    assert case.lead == "tax"
    assert "先行受理" in str(papers(case, "lead_ruling")[0].content)


def v07_no_transfer_to_a_body_without_a_contact(county: Engine) -> None:
    county.world.change("medical", "coordinator", phone="")
    case = county.register("petition", category=8, insurance=["medical"])
    offer = county.offers(case, "petition").find("transfer")
    assert offer is not None
    assert "medical" not in offer.asks[0].values


def v08_the_office_is_told_of_a_registration_once(county: Engine) -> None:
    act = county.view(county.register("tax"), "tax")
    told = [t.body for t in act.case.tasks if t.kind == "registration_notice"]
    assert told == ["office"]


def v09_advisers_never_decide(county: Engine) -> None:
    case = county.register("hrss", category=7)
    county.do(case, "hrss", "accept")
    offer = county.offers(case, "hrss").find("start_joint")
    assert offer is not None
    assert not ADVISERS & set(offer.asks[0].values)
    own = county.register("finance", category=7)
    assert "accept" not in county.keys(own, "finance")


def v12_nothing_is_paused_or_extended_after_service(county: Engine) -> None:
    case = decided(county)
    county.do(case, "hrss", "serve")
    for who in ("hrss", "tax", "office"):
        assert not county.keys(case, who) & {"pause", "extend"}


def v14_an_archived_case_offers_remedies_only(county: Engine) -> None:
    case = county.register("tax")
    for key in ("accept", "resolve", "serve", "archive"):
        county.do(case, "tax", key)
    county.do(case, "office", "archive")
    allowed = {"record_objection", "record_remedy_result", "reopen"}
    for who in (*UNITS, "office", "leader"):
        assert county.keys(case, who) <= allowed


def v17_after_one_transfer_the_office_says_who(county: Engine) -> None:
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    assert "transfer" not in county.keys(case, "medical")
    county.do(case, "medical", "return_to_office")
    assert ("assignment", "office") in open_tasks(case)


def v23_a_joint_case_needs_no_tax_bureau(county: Engine) -> None:
    case = joint(county, "medical")
    for who in ("hrss", "medical"):
        county.do(case, who, "submit_decision")
    county.do(case, "hrss", "issue_reply")
    assert case.stage == "decided"


def the_days_of_s3(county: Engine) -> None:
    county.now = at("2024-11-08")
    case = county.register("tax", category=7, aspect="procedure", insurance=["unemployment"])
    county.do(case, "tax", "accept")
    county.do(case, "tax", "start_joint", units=["hrss"])
    assert task(case, "decision", "hrss").due_on == date(2024, 11, 29)


Change = tuple[str, str]
ALL_OF = "{all: [{stage: decided}, {tier: [own, "
SERVE = """    from: [decided, declined, withdrawn]
    by: {owner: service}
    asks:
      method:
        type: choice
        label: 送达方式
        choices: {direct: 直接送达, left"""
APPROVE = """    needs:
      - {authority: leader}
    does:
      - {close: consent}
      - {set"""
MEMBERS = "excluding: [holder, {owed: decision}]"
PAUSE = """    label: 中止计时
    clause: proposal
    from: ["""
ASSIGN = """decided, served]
    by: {every: [admin, seen]}"""
DECISION = "decision: {label: 出具书面处理决定, clause: Z4.2.1-3, due: {length: 15, unit: "

#: Check, and what in the profile carries it, with what that is changed to.
BREAKS: list[tuple[Callable[[Engine], None], list[Change]]] = [
    (
        v01_filed_after_service_and_archived_after_filing,
        [
            (ALL_OF + "complex]}]", ALL_OF + "complex, general]}]"),
            ("      - {none_open: filing}\n", ""),
        ],
    ),
    (v02_no_reply_while_a_decision_is_missing, [("      - {none_open: decision}\n", "")]),
    (
        v03_only_the_lead_or_the_office_serves,
        [(SERVE, SERVE.replace("{owner: service}", "[{owner: service}, {owed: decision}]"))],
    ),
    (
        v04_no_decision_of_the_special_way_precedes_the_minutes,
        [
            (
                "      - {new_round: true}\n      - {open: {task: special",
                "      - {open: {task: special",
            )
        ],
    ),
    (
        v05_special_handling_needs_the_leader,
        [(APPROVE, APPROVE.replace("    needs:\n      - {authority: leader}\n", ""))],
    ),
    (
        v06_the_first_to_accept_leads_and_only_the_office_rules_otherwise,
        [("    from: [joint]\n    by: office\n", "    from: [joint]\n    by: [office, holder]\n")],
    ),
    (
        v07_no_transfer_to_a_body_without_a_contact,
        [("excluding: actor, having: contact}", "excluding: actor}")],
    ),
    (
        v08_the_office_is_told_of_a_registration_once,
        [("{task: registration_notice, to: office}", "{task: registration_notice, to: holder}")],
    ),
    (
        v09_advisers_never_decide,
        [(f"among: {{bodies: deciding}}, {MEMBERS}", f"among: {{bodies: member}}, {MEMBERS}")],
    ),
    (v12_nothing_is_paused_or_extended_after_service, [(PAUSE, PAUSE + "served, ")]),
    (v14_an_archived_case_offers_remedies_only, [(ASSIGN, ASSIGN.replace("]", ", archived]", 1))]),
    (
        v17_after_one_transfer_the_office_says_who,
        [("{fewer: {act: transfer, than: 1}}", "{fewer: {act: transfer, than: 9}}")],
    ),
    (
        v23_a_joint_case_needs_no_tax_bureau,
        [("      - {done: decision}\n", "      - {fact: {name: units, op: '>=', value: 9}}\n")],
    ),
    (the_days_of_s3, [(DECISION + "workday", DECISION + "day")]),
]
NAMES = [check.__name__ for check, _ in BREAKS]


@pytest.mark.parametrize("check", [check for check, _ in BREAKS], ids=NAMES)
def test_the_invariant_holds(check):
    check(Engine())


@pytest.mark.parametrize(("check", "changes"), BREAKS, ids=NAMES)
def test_the_check_fails_where_the_rule_is_broken(check, changes):
    text = read_profile(PROFILE).text
    for line, broken in changes:
        assert text.count(line) == 1, f"the profile no longer has this once: {line}"
        text = text.replace(line, broken)
    with pytest.raises(AssertionError):
        check(Engine(World(loads(text, "broken.yaml"))))
