"""Inputs: what a form offers, what is taken, what is refused and beside which input."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.mechanism.schema import Ask, Term
from app.rules.inputs import AskView, missing_choices, read, views
from app.rules.shapes import Act
from tests.factories import Engine, World

CHOICES = (("a", "甲"), ("b", "乙"))


@pytest.fixture
def view() -> Act:
    """How the tax bureau looks at a case that it has registered."""
    county = Engine()
    return county.view(county.register("tax"), "tax")


def ask(type: str, **more: Any) -> AskView:
    facts = {"key": "it", "label": "某项", "required": True} | more
    return AskView(type=type, **facts)


def taken(view: Act, asked: AskView, value: Any) -> Any:
    """Return what a value is read as, which has to be right."""
    values, errors = read(view, [asked], {"it": value})
    assert errors == {}
    return values.get("it")


def refused(view: Act, asked: AskView, value: Any) -> dict[str, list[str]]:
    """Return the reasons by input of a value that has to be wrong."""
    _, errors = read(view, [asked], {"it": value})
    assert errors, f"{value!r} was taken"
    return {name: [reason.say() for reason in found] for name, found in errors.items()}


# --- what is taken


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        (ask("text"), "  好。\n二行 ", "好。\n二行"),
        (ask("line"), "某人", "某人"),
        (ask("line"), "某人\r\n某处", "某人 某处"),
        (ask("text"), "字" * 4000, "字" * 4000),
        (ask("choice", choices=CHOICES), "b", "b"),
        (ask("units", choices=CHOICES), ["b", "a", "b"], ["b", "a"]),
        (ask("date"), "2024-02-29", date(2024, 2, 29)),
        (ask("date"), " 2024-11-04 ", date(2024, 11, 4)),
        (ask("date", min=0), "2024-11-04", date(2024, 11, 4)),
        (ask("date", max=0), "2024-11-04", date(2024, 11, 4)),
        (ask("days", min=1, max=60), 1, 1),
        (ask("days", min=1, max=60), 60, 60),
        (ask("money"), "2148.50", Decimal("2148.50")),
        (ask("money"), "0", Decimal(0)),
        (ask("bool"), False, False),
    ],
)
def test_a_value_is_taken_as(view, asked, value, expected):
    assert taken(view, asked, value) == expected


@pytest.mark.parametrize("value", [None, "", "   ", "\n", [], {}])
def test_what_is_blank_is_missing_where_it_is_required(view, value):
    assert refused(view, ask("text"), value) == {"it": ["Please fill in “某项”"]}


@pytest.mark.parametrize("value", [None, "", "   ", [], {}])
def test_what_is_blank_and_optional_is_left_out(view, value):
    values, errors = read(view, [ask("text", required=False)], {"it": value})
    assert (values, errors) == ({}, {})


def test_no_and_zero_are_not_blank(view):
    assert taken(view, ask("bool"), False) is False
    assert taken(view, ask("days", min=0), 0) == 0


# --- what is refused


@pytest.mark.parametrize(
    ("asked", "value", "word"),
    [
        (ask("text"), 5, "takes words"),
        (ask("text"), ["x"], "takes words"),
        (ask("text"), {"a": 1}, "takes words"),
        (ask("text"), "字" * 4001, "1 characters too long"),
        (ask("text", max=10), "字" * 12, "2 characters too long"),
        (ask("line"), "字" * 201, "1 characters too long"),
        (ask("text"), "坏\x00", "cannot be printed"),
        (ask("text"), "坏\x1b[31m", "cannot be printed"),
        (ask("text"), "坏\ud800", "cannot be printed"),
        (ask("choice", choices=CHOICES), "c", "甲, 乙"),
        (ask("choice", choices=CHOICES), ["a"], "甲, 乙"),
        (ask("choice", choices=CHOICES), 1, "甲, 乙"),
        (ask("choice"), "a", "—"),
        (ask("units", choices=CHOICES), "a", "choose one or more"),
        (ask("units", choices=CHOICES), ["a", "c"], "甲, 乙"),
        (ask("units", choices=CHOICES), [{"a": 1}], "甲, 乙"),
        (ask("date"), "2025-02-30", "no date of the calendar"),
        (ask("date"), "yesterday", "no date of the calendar"),
        (ask("date"), 20250101, "no date of the calendar"),
        (ask("date"), "2024-11-04T09:00", "no date of the calendar"),
        (ask("date"), "２０２４-11-04", "no date of the calendar"),
        (ask("date"), "1989-12-31", "year"),
        (ask("date"), "2101-01-01", "year"),
        (ask("date", min=0), "2024-11-03", "cannot be before 2024-11-04"),
        (ask("date", max=0), "2024-11-05", "cannot be after 2024-11-04"),
        (ask("days", min=1, max=60), 0, "from 1 to 60"),
        (ask("days", min=1, max=60), 61, "from 1 to 60"),
        (ask("days", min=1, max=60), -(10**12), "from 1 to 60"),
        (ask("days"), "5", "whole number"),
        (ask("days"), True, "whole number"),
        (ask("days"), 2.5, "whole number"),
        (ask("money"), "1.234", "amount"),
        (ask("money"), "-1", "amount"),
        (ask("money"), 100, "amount"),
        (ask("money"), "1e5", "amount"),
        (ask("money"), "NaN", "amount"),
        (ask("bool"), "yes", "yes or no"),
        (ask("bool"), 1, "yes or no"),
        (ask("attachment"), 987654321, "no such file"),
        (ask("attachment"), "1", "no such file"),
        (ask("attachment"), True, "no such file"),
        (ask("attachments"), 1, "list of files"),
        (ask("attachments"), [987654321], "no such file"),
        (ask("group"), {"unit": "tax"}, "takes rows"),
        (ask("group"), ["tax"], "named fields"),
        (ask("group"), [{}] * 51, "50 at most"),
    ],
)
def test_a_value_is_refused_beside_its_input(view, asked, value, word):
    found = refused(view, asked, value)
    assert list(found) == ["it"]
    assert word in found["it"][0]


def test_an_input_that_is_not_asked_for_is_named(view):
    _, errors = read(view, [ask("text", required=False)], {"other": 1})
    assert [r.say() for r in errors["other"]] == ["There is no such input here; known: it"]


def test_where_nothing_is_asked_for_that_is_said(view):
    _, errors = read(view, [], {"other": 1})
    assert [r.say() for r in errors["other"]] == ["There is no such input here; known: —"]


def test_every_wrong_input_is_told_at_once(view):
    asked = [ask("text", key="a"), ask("date", key="b"), ask("days", key="c")]
    _, errors = read(view, asked, {"b": "x", "c": "y", "d": 1})
    assert set(errors) == {"a", "b", "c", "d"}


# --- files of the case


def test_a_file_of_the_case_is_taken_once(view):
    attached = SimpleNamespace(id=7)
    case = SimpleNamespace(attachments=[attached])
    own = replace(view, case=case)  # type: ignore[arg-type]
    assert taken(own, ask("attachment"), 7) == 7
    assert taken(own, ask("attachments"), [7, 7]) == [7]


# --- rows


ROW = ask(
    "group",
    fields=(
        AskView("unit", "unit", "单位", True, choices=CHOICES),
        AskView("task", "text", "任务", True),
        AskView("note", "text", "备注", False),
    ),
)


def test_rows_are_read_field_by_field(view):
    rows = [{"unit": "a", "task": " 看 "}, {"unit": "b", "task": "办", "note": "急"}]
    assert taken(view, ROW, rows) == [
        {"unit": "a", "task": "看"},
        {"unit": "b", "task": "办", "note": "急"},
    ]


def test_what_is_wrong_in_a_row_is_told_by_row_and_field(view):
    rows = [{"unit": "a", "task": "看"}, {"unit": "c", "other": 1}]
    assert set(refused(view, ROW, rows)) == {"it.1.unit", "it.1.task", "it.1.other"}


# --- needed only for one choice


ONLY = ask("text", key="why", required=False, only_for=("it", "b"))


@pytest.mark.parametrize(
    ("chosen", "given", "expected"), [("a", None, set()), ("b", None, {"why"}), ("b", "好", set())]
)
def test_an_input_is_needed_for_the_one_choice_alone(view, chosen, given, expected):
    raw = {"it": chosen} | ({"why": given} if given else {})
    _, errors = read(view, [ask("choice", choices=CHOICES), ONLY], raw)
    assert set(errors) == expected


# --- what can be chosen


def form(county: Engine, case: Any, who: str, key: str) -> dict[str, AskView]:
    offer = county.offers(case, who).find(key)
    assert offer is not None
    return {one.key: one for one in offer.asks}


@pytest.mark.clause("Z4.2b")
def test_v07_a_body_without_a_contact_is_no_choice_and_says_why():
    world = World()
    world.change("medical", "coordinator", phone="")
    county = Engine(world)
    case = county.register("petition", category=8)
    unit = form(county, case, "petition", "transfer")["unit"]
    assert unit.values == ["tax", "hrss"]
    assert "Coordinators" in unit.without["medical"].say()
    _, errors = read(county.view(case, "petition"), [unit], {"unit": "medical"})
    assert "医保局" in errors["unit"][0].say()


def test_v07_where_no_body_has_a_contact_the_act_is_blocked_and_names_them_all():
    world = World()
    for body in ("tax", "hrss", "medical"):
        world.change(body, "coordinator", until_on=date(2024, 11, 3))
    county = Engine(world)
    case = county.register("petition")
    why = county.why_not(case, "petition", "transfer")
    assert len(why) == 3
    assert all("no contact person" in one for one in why)


def test_a_sender_cannot_send_to_itself():
    county = Engine()
    unit = form(county, county.register("tax"), "tax", "transfer")["unit"]
    assert unit.values == ["hrss", "medical"]


def test_without_a_signatory_what_needs_one_is_blocked_and_the_rest_is_not():
    world = World()
    world.change("tax", "signatory", until_on=date(2024, 11, 3))
    county = Engine(world)
    case = county.register("tax")
    county.do(case, "tax", "accept")
    assert "resolve" in county.keys(case, "tax"), "the signature is optional there"
    assert "signatory" in county.why_not(case, "tax", "extend")[0]


def test_people_are_those_of_the_acting_body():
    county = Engine()
    case = county.register("tax")
    person = form(county, case, "tax", "assign_person")["person"]
    assert [label for _, label in person.choices] == ["某taxclerk", "某taxadmin"]


def test_a_reason_is_required_only_of_who_is_not_in_the_proposal():
    county = Engine()
    case = county.register("tax", category=8, insurance=["medical"])
    assert form(county, case, "tax", "accept")["reason"].required
    assert not form(county, county.register("tax"), "tax", "accept")["reason"].required


def test_parts_of_the_case_are_named_by_their_id_once_they_have_one():
    county = Engine()
    case = county.register("tax")
    for key in ("accept", "resolve", "serve"):
        county.do(case, "tax", key)
    decision = form(county, case, "tax", "record_objection")["decision"]
    assert decision.choices == [("#3", "处理决定书 泽税争处〔2024〕1号")]
    case.papers[2].id = 41
    assert form(county, case, "tax", "record_objection")["decision"].values == ["41"]


def test_facts_to_amend_bear_the_profiles_words():
    county = Engine()
    field = form(county, county.register("tax"), "tax", "amend")["field"]
    assert field.choices[0] == ("content", "反映的主要内容")


def test_what_cannot_be_chosen_blocks_only_where_it_is_required():
    empty = ask("choice", choices=())
    assert [r.say() for r in missing_choices([empty])] == ["Nothing can be chosen for “某项”"]
    assert missing_choices([replace(empty, required=False)]) == []
    assert missing_choices([ask("text")]) == []


def test_a_view_keeps_what_the_profile_says_of_the_input(view):
    asked = Ask("it", "days", "某项", required=Term("paused"), min=1, max=9, help="帮", default=3)
    action = replace(view.action, asks=(asked,))
    (found,) = views(replace(view, action=action))
    assert (found.min, found.max, found.help, found.default) == (1, 9, "帮", 3)
    assert found.required is False
