"""The words of papers: what is filled in or left out, whom they go to, how they are numbered."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.models import Case, Paper
from app.rules.chain import digest
from app.rules.composition import Composer
from tests.factories import Engine, World, at, papers, zezhou

WORDS = zezhou().vocabulary["words"]
WRITE = Composer(WORDS)


@pytest.fixture
def county() -> Engine:
    return Engine()


def last(case: Case, kind: str) -> Paper:
    return papers(case, kind)[-1]


def text(paper: Paper) -> str:
    return "\n".join(paper.content["paragraphs"])


def rows(paper: Paper) -> dict[str, str]:
    return dict(paper.content["rows"])


# --- words of the profile


def test_days_moments_and_months_are_written_as_papers_write_them():
    assert WRITE.day(at("2024-11-04").date()) == "2024年11月4日"
    assert WRITE.moment(at("2024-11-04 08:05")) == "2024年11月4日 08:05"
    assert WRITE.month("2024-03") == "2024年3月"


@pytest.mark.parametrize(
    ("first", "last_", "expected"),
    [
        ("2024-03", "2024-10", "2024年3月至2024年10月"),
        ("2024-03", "2024-03", "2024年3月"),
        ("2024-03", None, "2024年3月"),
        (None, "2024-10", "2024年10月"),
        (None, None, ""),
    ],
)
def test_a_period_is_as_long_as_it_is_known(first, last_, expected):
    assert WRITE.period(first, last_) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (Decimal("12345.6"), "12,345.60元"),
        (Decimal(0), "0.00元"),
        (Decimal("999999999999.99"), "999,999,999,999.99元"),
        (None, ""),
    ],
)
def test_an_amount_has_two_places_and_an_unknown_one_is_left_out(amount, expected):
    assert WRITE.yuan(amount) == expected


def test_a_list_has_the_countys_comma_and_no_blanks():
    assert WRITE.listed(["甲", "", "乙"]) == "甲、乙"


# --- the form of the registration


@pytest.mark.clause("Z4.1b")
def test_the_form_holds_what_the_document_asks_for(county):
    form = last(county.register("tax", claim="请求退费"), "registration_form")
    found = rows(form)
    assert found["申请人"] == "张晓梅（个人）"
    assert found["来访时间"] == "2024年11月4日 08:30"
    assert found["反映的主要内容"] == "对单位申报的缴费基数有异议。"
    assert found["诉求"] == "请求退费"
    assert found["登记单位"] == "国家税务总局泽州县税务局"
    assert form.number is None


def test_numbers_of_persons_are_masked_on_papers(county):
    form = last(county.register("tax"), "registration_form")
    found = rows(form)
    assert found["证件号码"] == "140525********0016"
    assert found["联系电话"] == "138****0001"
    assert "140525200002290016" not in str(form.content)
    assert "13800000001" not in str(form.content)


def test_a_row_with_nothing_in_it_is_left_out(county):
    case = county.register("tax", amount=None, employer=None, aspect=None)
    assert not {"涉及金额", "用人单位", "具体环节", "诉求"} & set(
        rows(last(case, "registration_form"))
    )


def test_an_organisation_is_named_with_its_code(county):
    firm = {
        "kind": "organisation",
        "name": "示例机械有限公司",
        "credit_code": "91140525MA0H5J6K3J",
        "phone": "0356-2030001",
        "address": "某街1号",
    }
    found = rows(last(county.register("tax", applicant=firm), "registration_form"))
    assert found["申请人"] == "示例机械有限公司（用人单位）"
    assert found["证件号码"] == "91140525MA0H5J6K3J"


# --- what acts say


@pytest.mark.clause("Z4.2a")
def test_the_acceptance_names_the_day_the_contact_and_the_telephone(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    words = text(last(case, "acceptance_notice"))
    assert "已于2024年11月4日受理" in words
    assert "应当在2024年11月25日前办理" in words
    assert "0356-2030" in words


@pytest.mark.clause("Z4.2b")
def test_the_transfer_notice_names_the_receivers_contact_not_the_senders(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical", reason="属于医保")
    words = text(last(case, "transfer_notice"))
    contact = county.world.directory.contact("medical", county.now.date())
    sender = county.world.directory.contact("petition", county.now.date())
    assert contact is not None
    assert sender is not None
    assert contact.phone in words
    assert contact.name in words
    assert sender.phone not in words
    assert last(case, "transfer_notice").addressee == "张晓梅"
    assert last(case, "transfer_letter").addressee == "泽州县医疗保障局"


def test_a_paragraph_with_an_empty_field_is_left_out(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "resolve", decision="同意退费")
    words = text(last(case, "result_notice"))
    assert "同意退费" in words
    assert "依据：" not in words
    assert last(case, "result_notice").content["signature"]["person"] == ""


def test_what_was_filled_in_stands_on_the_paper(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    signer = county.world.directory.signatories("tax", county.now.date())[0]
    county.do(
        case,
        "tax",
        "resolve",
        decision="同意退费",
        legal_basis="《社会保险法》第六十三条",
        signed_by=str(signer.id),
    )
    paper = last(case, "result_notice")
    assert "依据：《社会保险法》第六十三条" in text(paper)
    assert paper.content["signature"] == {
        "body": "国家税务总局泽州县税务局",
        "person": signer.name,
        "on": "2024年11月4日",
    }


def test_braces_and_percents_in_what_was_typed_are_words(county):
    """Nothing that a person types is a field of the profile."""
    case = county.register("tax", content="按{amount}的50%%计算，%(x)s {} {0}")
    found = rows(last(case, "registration_form"))
    assert found["反映的主要内容"] == "按{amount}的50%%计算，%(x)s {} {0}"


@pytest.mark.clause("Z4.2.2-3")
def test_a_decision_after_the_minutes_cites_them_and_one_without_does_not(county):
    case = county.register("medical", category=9, insurance=["medical"])
    county.do(case, "medical", "accept")
    county.do(case, "medical", "escalate")
    county.do(case, "leader", "approve")
    county.do(case, "office", "record_minutes", units=["medical"])
    county.do(case, "medical", "submit_decision")
    assert "会议纪要（泽社争办纪〔2024〕1号）" in text(last(case, "unit_decision"))
    other = county.register("hrss", category=7)
    county.do(other, "hrss", "accept")
    county.do(other, "hrss", "start_joint", units=["tax"])
    county.do(other, "tax", "submit_decision")
    assert "会议纪要" not in text(last(other, "unit_decision"))


def test_the_minutes_list_what_each_body_has_to_do(county):
    case = county.register("medical", category=9, insurance=["medical"])
    county.do(case, "medical", "accept")
    county.do(case, "medical", "escalate")
    county.do(case, "leader", "approve")
    tasks = [{"unit": "justice", "task": "审查依据", "due_on": "2024-11-20"}]
    county.do(case, "office", "record_minutes", units=["medical", "tax"], tasks=tasks)
    words = text(last(case, "minutes"))
    assert "泽州县司法局 审查依据 2024年11月20日" in words
    assert "泽州县医疗保障局、国家税务总局泽州县税务局" in words


@pytest.mark.clause("Z4.2.1-3")
def test_the_cover_notice_names_every_decision_and_merges_none(county):
    case = county.register("hrss", category=7, insurance=["pension"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    for who in ("hrss", "tax"):
        county.do(case, who, "submit_decision", decision=f"{who}的决定")
    county.do(case, "hrss", "issue_reply")
    words = text(last(case, "cover_notice"))
    assert (
        "《书面处理决定》泽人社争联处〔2024〕1号、《书面处理决定》泽税争联处〔2024〕1号" in words
    )
    assert "的决定" not in words.replace("各份决定", "")


def test_a_void_decision_is_not_delivered(county):
    case = county.register("hrss", category=7, insurance=["pension"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax"])
    county.do(case, "tax", "submit_decision")
    county.do(case, "tax", "correct")
    for who in ("hrss", "tax"):
        county.do(case, who, "submit_decision")
    county.do(case, "hrss", "issue_reply")
    words = text(last(case, "cover_notice"))
    assert "泽税争联处〔2024〕2号" in words
    assert "泽税争联处〔2024〕1号" not in words


def test_the_record_of_service_names_what_was_served_under_whatever_name(county):
    """The applicant's name was amended after the decision had been issued."""
    case = county.register("tax")
    county.do(case, "tax", "accept")
    county.do(case, "tax", "resolve")
    county.do(case, "tax", "amend", field="applicant.name", value="张小梅")
    county.do(case, "tax", "serve")
    found = rows(last(case, "service_record"))
    assert found["受送达人"] == "张小梅"
    assert "《处理决定书》泽税争处〔2024〕1号" in found["送达文书"]
    assert "登记表" not in found["送达文书"]


# --- numbers, hashes, copies


def test_each_issuer_has_its_own_series_of_each_kind(county):
    numbers = []
    for who in ("tax", "tax", "hrss"):
        case = county.register(who)
        county.do(case, who, "accept", reason="好")
        county.do(case, who, "pause")
        numbers += [last(case, k).number for k in ("acceptance_notice", "pause_notice")]
    assert numbers == [
        "泽税争受〔2024〕1号",
        "泽税争中〔2024〕1号",
        "泽税争受〔2024〕2号",
        "泽税争中〔2024〕2号",
        "泽人社争受〔2024〕1号",
        "泽人社争中〔2024〕1号",
    ]


def test_the_content_is_frozen_with_its_hash_and_the_hash_stands_in_the_event(county):
    case = county.register("tax")
    county.do(case, "tax", "accept")
    paper = last(case, "acceptance_notice")
    assert paper.content_hash == digest(paper.content)
    assert case.events[-1].changes["papers"] == {"acceptance_notice.1": paper.content_hash}
    assert paper.content["number"] == paper.number


def test_a_paper_names_the_clause_and_the_document_that_it_rests_on(county):
    form = last(county.register("tax"), "registration_form")
    assert form.content["basis"] == "泽政办发〔2024〕11号"
    assert form.content["clause"] == "四（一）"


def test_every_paper_of_the_profile_has_words_for_everything_it_says(county):
    """No field of a paper is a word that nothing fills: its kind is tried with all inputs."""
    m = zezhou()
    used: dict[str, list[str]] = {}
    for action in (m.register, *m.actions.values()):
        for make in action.makes:
            used.setdefault(make.paper, []).append(action.key)
    assert set(used) == set(m.papers), "a paper that no act makes, or an act without its paper"


def test_without_a_contact_the_sentence_about_the_contact_is_left_out():
    world = World()
    world.change("tax", "coordinator", phone="")
    county = Engine(world)
    case = county.register("tax")
    county.do(case, "tax", "accept")
    assert "联系电话" not in text(last(case, "acceptance_notice"))


def test_a_paper_speaks_the_countys_words_whatever_the_screens_language(county):
    """Papers take nothing from the translations of the screens."""
    case = county.register("tax")
    act: Any = county.do(case, "tax", "accept")
    paper = last(case, "acceptance_notice")
    assert replace(act, now=act.now).action.label == "受理"
    shown = text(paper)
    assert not any(word in shown for word in ("accept", "January", "None"))
