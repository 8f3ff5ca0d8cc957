"""Two mechanisms compared: the differences that the domain names, and nothing with itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.check.differences import differences
from app.check.pairs import Difference
from app.mechanism.folder import read_profile
from app.mechanism.loader import load, loads
from app.mechanism.vocabulary import TESTS, WHO
from tests.check.profiles import path_of, text_of

EVERY = [*map(path_of, ("zezhou", "xiaoyi")), *sorted(Path("tests/mechanisms").glob("*/*.yaml"))]

#: The rows of DOMAIN.md 1.3: the subject that tells them, and words of each side.
ROWS = {
    "the office is told at registration": ("登记: who is told", "办公室", "nobody"),
    "who registers": ("who registers", "县政府办", "政法委"),
    "the first person is responsible": ("What is owed: only here", "", "首问跟进"),
    "the ways": ("ways", "复杂争议", "重大疑难事项"),
    "who picks the way": (
        "一般争议 / 一般事项: who chooses it",
        "启动联办",
        "确定一般或者重大疑难",
    ),
    "who leads": ("一般争议 / 一般事项: who leads", "the leading body", "nobody"),
    "where a meeting is held": (
        "形成会议纪要 / 形成会议记录: at which stages",
        "专案中",
        "联办中",
    ),
    "what a unit gives": (
        "出具书面处理决定 / 提供书面意见: papers",
        "书面处理决定, a decision, to 申请人",
        "书面意见, to 办公室",
    ),
    "one reply of the office": (
        "统一答复 / 综合答复: papers",
        "处理结果告知书",
        "综合答复书, a decision",
    ),
    "who serves on the general way": (
        "一般争议 / 一般事项: who serves",
        "the leading body",
        "办公室",
    ),
    "who serves on the hard way": (
        "复杂争议 / 重大疑难事项: who serves",
        "办公室",
        "调处平台",
    ),
    "who handles hard cases": (
        "复杂争议 / 重大疑难事项: course",
        "专案中",
        "平台处理中",
    ),
    "who archives": (
        "复杂争议 / 重大疑难事项: who archives",
        "the accepting body",
        "调处平台",
    ),
    "sound and film in the volume": ("归档", "音视频资料", "受理、流转、处理、反馈资料"),
    "the first question follows the person": (
        "指定经办人: by whom",
        "who sees the whole case",
        "the registering body",
    ),
    "territory": ("转出，不属本市管辖", "", "done by"),
    "filing with the office": ("向办公室备案", "done by", ""),
    "the last step": ("移交办理", "", "done by"),
}


@pytest.fixture(scope="module")
def told() -> list[Difference]:
    return differences(load(path_of("zezhou")), load(path_of("xiaoyi")))


def said(words) -> str:
    return ", ".join(map(str, words))


@pytest.mark.parametrize("row", ROWS)
def test_a_difference_that_the_domain_names_is_told(told, row):
    subject, here, there = ROWS[row]
    found = [
        one
        for one in told
        if subject in (one.subject.say(), f"{one.section.say()}: {one.subject.say()}")
    ]
    assert found, subject
    assert any(here in said(one.here) and there in said(one.there) for one in found)


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.parent.name)
def test_a_mechanism_does_not_differ_from_itself(path):
    text = read_profile(path).text
    assert differences(load(path), loads(text, "again")) == []


def test_the_other_way_round_the_same_is_told(told):
    back = differences(load(path_of("xiaoyi")), load(path_of("zezhou")))
    assert sorted(said([*one.here, "|", *one.there]) for one in told) == sorted(
        said([*one.there, "|", *one.here]) for one in back
    )


def test_one_changed_due_date_is_all_that_is_told():
    text = text_of("zezhou")
    old = "own_case: {label: 办理并反馈申请人, clause: Z4.2a, due: {length: 15,"
    assert old in text
    changed = loads(text.replace(old, old.replace("15", "10")), "changed")
    (one,) = differences(load(path_of("zezhou")), changed)
    assert one.subject.say() == "办理并反馈申请人: within"
    assert (said(one.here)[:2], said(one.there)[:2]) == ("15", "10")


def test_all_pairs_of_mechanisms_can_be_told_in_words():
    mechanisms = [load(path) for path in EVERY]
    for here in mechanisms:
        for there in mechanisms:
            for one in differences(here, there):
                for words in (*one.here, *one.there):
                    assert "%(" not in str(words)


def test_every_word_of_the_vocabulary_can_be_said():
    from app.check import saying

    relations = {*saying._RELATIONS, *saying._RELATED, *saying._SAID, "input", "every", "without"}
    assert relations == set(WHO)
    conditions = {*saying._CONDITIONS, *(word for word, _ in saying._FLAGS), "all", "any", "not"}
    assert conditions == set(TESTS)
