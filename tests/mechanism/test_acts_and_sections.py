"""Finer points of acts and sections: what they may say, and what is refused in words."""

from __future__ import annotations

import pytest

from app.mechanism.loader import loads
from app.mechanism.schema import Make, Term, Turn
from tests.mechanism.profile import TEXT, problems_of, sown

#: The inputs of an act that needs none, so that any may be put in its place.
PLACE = "      note: {type: text, label: 备案说明, required: false}\n"


def asking(lines: str) -> str:
    """Return the profile with other inputs of `file_with_office`; its paper's note falls away."""
    text = TEXT.replace(PLACE, "".join(f"      {line}\n" for line in lines.split("\n")))
    before, paper, after = text.partition("\n  filing_form:\n")
    return before + paper + after.replace('      - "{note}"\n', "", 1)


def asked(lines: str):
    """Return the inputs that a text asks for."""
    return loads(asking(lines), "mechanism.yaml").actions["file_with_office"].asks


CHOICE = "way: {type: choice, label: 方式, choices: {first: 一, second: 二}}\n"


def test_an_input_for_one_choice_is_required_only_there():
    later = asked(CHOICE + "why: {type: text, label: 理由, only_for: {way: second}}")[1]
    assert (later.only_for, later.required) == (("way", "second"), False)


def test_an_input_may_be_required_by_a_condition():
    (one,) = asked("why: {type: text, label: 理由, required: {off_route: true}}")
    assert one.required == Term("off_route", True)


def test_rows_have_inputs_of_their_own():
    (rows,) = asked(
        "rows: {type: group, label: 行, required: false, max: 5,"
        " fields: {day: {type: date, label: 日}}}"
    )
    assert [(one.key, one.type) for one in rows.fields] == [("day", "date")]


@pytest.mark.parametrize(
    ("default", "value"), [("second", "second"), ('"second"', "second")], ids=["bare", "quoted"]
)
def test_a_choice_may_have_a_default(default, value):
    text = CHOICE.rstrip("}\n") + f"}}, default: {default}}}"
    assert asked(text)[0].default == value


WRONG_INPUTS = {
    "needed for the first choice": (
        CHOICE + "why: {type: text, label: 理由, only_for: {way: first}}",
        "asks.why.only_for",
        "first choice",
    ),
    "needed for one choice and always": (
        CHOICE + "why: {type: text, label: 理由, required: true, only_for: {way: second}}",
        "asks.why",
        "leave `required` out",
    ),
    "needed for no input": (
        "why: {type: text, label: 理由, only_for: {wey: second}}",
        "asks.why.only_for",
        "asks for no",
    ),
    "needed for two choices": (
        CHOICE + "why: {type: text, label: 理由, only_for: {way: second, wey: x}}",
        "asks.why.only_for",
        "one input with one choice",
    ),
    "default that is no choice": (
        CHOICE.rstrip("}\n") + "}, default: third}",
        "asks.way.default",
        "no such value",
    ),
    "default of another type": (
        "day: {type: bool, label: 是否, default: 1}",
        "asks.day.default",
        "no such value",
    ),
    "min above max": ("day: {type: days, label: 天, min: 5, max: 2}", "asks.day.min", "exchange"),
    "required date in the future": (
        "day: {type: date, label: 日, min: 3}",
        "asks.day.min",
        "accept today",
    ),
    "rows that are required": (
        "rows: {type: group, label: 行, fields: {day: {type: date, label: 日}}}",
        "asks.rows",
        "never be required",
    ),
    "rows within rows": (
        "rows: {type: group, label: 行, required: false, fields: {inner: {type: group, label: 内,"
        " required: false, fields: {day: {type: date, label: 日}}}}}",
        "asks.rows",
        "cannot hold rows",
    ),
    "key that is none": ("On: {type: date, label: 日}", "asks.On", "no key"),
    "people of another kind": (
        "who: {type: person, label: 人, among: everybody}",
        "asks.who.among",
        "signatories, people",
    ),
    "condition on the candidates": (
        "unit: {type: unit, label: 单位, among: holder, having: telephone}",
        "asks.unit.having",
        "contact",
    ),
    "type left out": ("day: {label: 日}", "asks.day.type", "is missing"),
}


@pytest.mark.parametrize("name", WRONG_INPUTS)
def test_an_input_that_no_form_can_show_is_refused(name):
    lines, key, words = WRONG_INPUTS[name]
    found = problems_of(asking(lines))
    assert [one for one in found if one.key.endswith(key) and words in str(one)], found


def test_a_paper_may_go_once_to_each_and_under_a_condition():
    text, _ = sown(
        "makes: [filing_form]",
        "makes: [{paper: filing_form, each: {owed: decision}, when: {tier: general}}]",
    )
    makes = loads(text, "mechanism.yaml").actions["file_with_office"].makes
    each, when = (Term("owed", "decision"),), Term("tier", ("general",))
    assert makes == (Make("filing_form", each, when),)


def test_an_act_may_lead_to_one_stage_or_another_or_back():
    text, _ = sown("then: handling", "then: [{stage: handling, when: paused}, back]", "  accept:")
    then = loads(text, "mechanism.yaml").actions["accept"].then
    assert then == (Turn("handling", Term("paused", True)), Turn("back"))


SECTIONS = {
    "a branch behind one that always holds": (
        "then: handling",
        "then: [handling, served]",
        "accept.then.1",
        "holds always",
    ),
    "nothing that differs": (
        "gov: {label: 转交, clause: Z3.1-1}",
        "gov: {}",
        "per.gov",
        "differs",
    ),
    "a post with the key of a body": ("\n  auditor:", "\n  tax:", "posts.tax", "another key"),
    "a party with the key of a body": ("\n  centre:", "\n  clock:", "bodies.clock", "a party"),
    "a tier with the key of a body": ("\n  centre:", "\n  own:", "bodies.own", "a tier"),
    "a seat at itself": ("seat: tax", "seat: office", "bodies.office.seat", "itself"),
    "a body that issues without a prefix": ("prefix: 泽司争, ", "", "bodies.justice", "prefix"),
    "no office, and yet spoken of": (
        "kind: office",
        "kind: bureau",
        "register.does.2.open.to",
        "no kind `office`",
    ),
    "a unit of time without a word": ("day: 日, ", "", "special_case.due.unit", "no unit of time"),
    "no reform": (
        "  reform: {default: 2023-12, basis: proposal, clause: proposal}\n",
        "",
        "routing.rows.R05.eras",
        "reform",
    ),
    "a body that decides and joins": (
        "decides: [tax], joins: [agency]",
        "decides: [tax], joins: [tax]",
        "routing.rows.R04.joins",
        "both",
    ),
    "a name longer than its column": ("short: 税务局", f"short: {'长' * 41}", "tax.short", "40"),
    "a category without its number": ("\n  1: {label", "\n  one: {label", "categories.one", "99"),
    "a row without a key": ("\n    R01:", "\n    01:", "routing.rows.01", "R01"),
    "an icon that is none": (
        "icon: file-circle-plus",
        'icon: "<b>"',
        "stages.registered.icon",
        "icon",
    ),
    "a fact without its label": ("claim: 诉求, ", "", "vocabulary.facts.claim", "missing"),
    "a channel of one's own": (
        "online: 网上,",
        "online: 网上, fax: 传真,",
        "channels.fax",
        "no key",
    ),
}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_that_contradicts_itself_is_refused(name):
    old, new, key, words = SECTIONS[name]
    found = problems_of(sown(old, new)[0])
    assert [one for one in found if one.key.endswith(key) and words in str(one)], found


def test_a_role_that_no_tier_fills_is_refused():
    text = TEXT.replace("serves: ", "leads: ").replace("leads: lead, replies", "replies")
    found = problems_of(text)
    assert any("no role of a tier `serves`" in str(one.what) for one in found), found


def test_a_choice_that_sets_the_way_offers_ways():
    text = asking("way: {type: choice, label: 方式, choices: {own: 本单位, other: 其他}}")
    text = text.replace(
        "      - {close: filing}\n", "      - {close: filing}\n      - {set: {tier: $way}}\n"
    )
    (found,) = problems_of(text)
    assert found.key == "actions.file_with_office.asks.way.choices.other"
    assert "own, general, complex" in str(found.mend)
