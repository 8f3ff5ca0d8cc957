"""What a profile may say beyond the first county: criteria, levels, hours, parts of a volume."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.mechanism.folder import read_profile
from app.mechanism.loader import loads
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Term
from app.mechanism.words import conditions, effects, who
from tests.mechanism.test_words import HOLDER, read, wrong
from tests.places import PROFILES, mechanism

TEXTS = {key: read_profile(path).text for key, path in PROFILES.items()}


def problems(key: str, *changes: tuple[str, str]) -> list[tuple[str, str]]:
    """Return what is told of a profile with places changed, as (key, what)."""
    text = TEXTS[key]
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    try:
        loads(text, "mechanism.yaml")
    except ProfileError as refusal:
        return [(one.key, str(one.what)) for one in refusal.problems]
    return []


@pytest.mark.parametrize(
    ("shape", "text", "terms"),
    [
        (who, "{parent: holder}", (Term("parent", (HOLDER,)),)),
        (who, "{children: {parent: holder}}", (Term("children", (Term("parent", (HOLDER,)),)),)),
        (who, "{level: village}", (Term("level", "village"),)),
        (who, "competent", (Term("competent"),)),
        (who, "{attached: leader}", (Term("attached", "leader"),)),
        (who, "{role: decides}", (Term("role", "decides"),)),
        (conditions, "same_day", (Term("same_day"),)),
        (conditions, "{meets: led}", (Term("meets", "led"),)),
        (
            conditions,
            '{fact: {name: persons, op: ">=", value: 10}}',
            (Term("fact", {"name": "persons", "op": ">=", "value": 10}),),
        ),
        (
            conditions,
            "{fact: {name: channel, op: in, value: [visit, phone]}}",
            (Term("fact", {"name": "channel", "op": "in", "value": ("visit", "phone")}),),
        ),
        (
            effects,
            "{attach: {post: leader, person: $person}}",
            (Term("attach", {"post": "leader", "person": "person"}),),
        ),
    ],
)
def test_a_word_is_read_as(shape, text, terms):
    assert read(shape, text) == terms


@pytest.mark.parametrize(
    ("shape", "text", "key", "words"),
    [
        (who, "{level: hamlet}", "it.level", "there is no word `hamlet`"),
        (who, "{parent: holdr}", "it.parent", "there is no relation"),
        (who, "{competent: tax}", "it.competent", "no argument"),
        (conditions, '{fact: {name: persons, op: ">=", value: "10"}}', "it.fact", "compared"),
        (conditions, "{same_day: 3}", "it.same_day", "no argument"),
        (effects, "{attach: {post: leader}}", "it.attach.person", "missing"),
    ],
)
def test_what_cannot_be_meant_is_told(shape, text, key, words):
    found = wrong(shape, text)
    assert any(at == key and words in what for at, what in found), found


FAULTS = {
    "criteria that ask what has been done": (
        "qinghe",
        [('criteria: {fact: {name: units, op: ">=", value: 2}}', "criteria: {acted: pass_up}")],
        ("tiers.county.criteria", "more than the facts"),
    ),
    "criteria that ask it within another one": (
        "qinghe",
        [('criteria: {fact: {name: units, op: ">=", value: 2}}', "criteria: {not: same_day}")],
        ("tiers.county.criteria", "more than the facts"),
    ),
    "a criterion of a tier that there is not": (
        "qinghe",
        [("{meets: counter}", "{meets: countre}")],
        ("actions.close_at_counter.needs.2.meets", "there is no tier"),
    ),
    "a group that issues as itself": (
        "yunze",
        [("issues_as: tax,", "issues_as: tax_team,")],
        ("bodies.tax_team.issues_as", "in its own name"),
    ),
    "a group that issues as another group": (
        "yunze",
        [("issues_as: tax,", "issues_as: hrss_team,")],
        ("bodies.tax_team.issues_as", "in its own name"),
    ),
    "a group that issues as nobody known": (
        "yunze",
        [("issues_as: tax,", "issues_as: taxx,")],
        ("bodies.tax_team.issues_as", "there is no body"),
    ),
    "a group without a prefix whose body has none": (
        "yunze",
        [("prefix: 云税, ", "")],
        ("bodies.tax_team", "no prefix"),
    ),
    "a registrar without the prefix of its case numbers": (
        "qinghe",
        [("prefix: 青东泉, ", "")],
        ("bodies.east", "no prefix"),
    ),
    "a paper in no part of the volume": (
        "yunze",
        [("    group: process\n", "")],
        ("papers.intake_slip", "no part of the volume"),
    ),
    "a paper in a part that there is not": (
        "yunze",
        [("    group: process\n", "    group: proces\n")],
        ("papers.intake_slip.group", "there is no group of papers `proces`"),
    ),
    "a part where the volume has none": (
        "baishi",
        [("    title: 收件回执\n", "    title: 收件回执\n    group: process\n")],
        ("papers.receipt.group", "there is no group of papers `process`"),
    ),
    "a post where there are none": (
        "yunze",
        [("by: {owner: filing}", "by: {post: leader}")],
        ("actions.close.by.post", "there is no post `leader`"),
    ),
    "no working days at all": (
        "baishi",
        [("{length: 15, unit: workday", "{length: 0, unit: workday")],
        ("tasks.resolution.due.length", "from 1 to"),
    ),
    "hours that the county has no word for": (
        "baishi",
        [("{length: 15, unit: workday", "{length: 15, unit: hour")],
        ("tasks.resolution.due.unit", "there is no unit of time `hour`"),
    ),
    "a list of papers that there are not": (
        "baishi",
        [("{list_of_view_paper}", "{list_of_view}")],
        ("papers.resolution.text.1", "there is no paper `view`"),
    ),
    "a person of a post that there is not": (
        "qinghe",
        [("among: {post: county_leader}", "among: {post: leader}")],
        ("actions.propose_leader.asks.person.among.post", "there is no post `leader`"),
    ),
    "a person of something else": (
        "qinghe",
        [("among: {post: county_leader}", "among: {body: group}")],
        ("actions.propose_leader.asks.person.among.body", "there is no key"),
    ),
    "a role that no tier fills": (
        "yunze",
        [("by: {role: handles}", "by: {role: decides}")],
        ("actions.dispatch.by.role", "there is no role of a tier `decides`"),
    ),
    "a case number that would be given twice": (
        "qinghe",
        [('case: "{prefix}登[{year}]{serial:05}"', 'case: "{prefix}登{serial:05}"')],
        ("numbering.case", "two numbers could be the same"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_is_told(name):
    key, changes, (at, words) = FAULTS[name]
    found = problems(key, *changes)
    assert any(path == at and words in what for path, what in found), found


def test_amounts_of_criteria_are_amounts():
    (any_of,) = mechanism("qinghe").tiers["led"].criteria
    assert [term.arg["value"] for term in any_of.arg] == [10, Decimal(500000)]


def test_a_day_without_length_is_the_day_itself():
    due = mechanism("qinghe").tasks["service"].due
    assert (due.length, due.unit) == (0, "day")


def test_a_mechanism_may_have_neither_posts_nor_members_nor_parts():
    found = mechanism("yunze")
    assert (dict(found.posts), found.members) == ({}, ())
    assert dict(mechanism("baishi").groups) == {}


@pytest.mark.parametrize(
    ("key", "paper"),
    [
        ("zezhou", "{prefix}{series}〔{year}〕{serial}号"),
        ("qinghe", "{prefix}{series}[{year}]第{serial:04}号"),
        ("yunze", "{prefix}{series}（{year}）{serial}号"),
        ("baishi", "{prefix}〔{year}〕{series}{serial}"),
    ],
)
def test_numbers_have_the_county_s_own_brackets(key, paper):
    assert mechanism(key).numbering["paper"] == paper


def test_people_act_for_bodies_that_issue_papers():
    working = mechanism("yunze").working
    assert {"tax_team", "hrss_team", "centre"} <= set(working)
    assert "room" not in working
