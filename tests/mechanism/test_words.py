"""Each shape of argument, as the profile may write it and as the engine gets it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.mechanism import vocabulary
from app.mechanism.problems import ProfileError
from app.mechanism.reader import Reader
from app.mechanism.schema import Term
from app.mechanism.words import SHAPES, conditions, effects, shape_of, who
from app.mechanism.yaml_reader import read_yaml


def read(shape, text):
    """Return what a shape makes of a text, which has to be without a problem."""
    root, problems = read_yaml(f"it: {text}\n".encode(), "f.yaml")
    reader = Reader("f.yaml")
    value = shape(reader, root.nodes["it"], "it")
    assert not problems
    assert not reader.problems
    return value


def wrong(shape, text):
    """Return what is wrong with a text, by key."""
    root, _ = read_yaml(f"it: {text}\n".encode(), "f.yaml")
    reader = Reader("f.yaml")
    shape(reader, root.nodes["it"], "it")
    return [(one.key, str(one.what)) for one in reader.problems]


HOLDER, OFFICE = Term("holder"), Term("office")

WHO = [
    ("holder", (HOLDER,)),
    ("[holder, office]", (HOLDER, OFFICE)),
    ("{busy: true}", (Term("busy"),)),
    ("{owner: decision}", (Term("owner", "decision"),)),
    ("{bodies: deciding}", (Term("bodies", "deciding"),)),
    ("{role: serves}", (Term("role", "serves"),)),
    ("$unit", (Term("input", "unit"),)),
    ("{input: $unit}", (Term("input", "unit"),)),
    (
        "{every: [holder, [office, $unit]]}",
        (Term("every", ((HOLDER,), (OFFICE, Term("input", "unit")))),),
    ),
    (
        "{without: {who: [{busy: true}], minus: office}}",
        (Term("without", {"who": (Term("busy"),), "minus": (OFFICE,)}),),
    ),
]

TESTS = [
    ("{done: decision}", (Term("done", {"task": "decision"}),)),
    (
        "{none_open: {task: volume, of: acceptor}}",
        (Term("none_open", {"task": "volume", "of": (Term("acceptor"),)}),),
    ),
    ("[{acted: accept}, {paused: false}]", (Term("acted", "accept"), Term("paused", False))),
    ("paused", (Term("paused", True),)),
    ("{fewer: {act: transfer, than: 1}}", (Term("fewer", {"act": "transfer", "than": 1}),)),
    ("{stage: decided}", (Term("stage", ("decided",)),)),
    ("{tier: [own, complex]}", (Term("tier", ("own", "complex")),)),
    ("{exists: office}", (Term("exists", (OFFICE,)),)),
    ("{chosen: {result: set_aside}}", (Term("chosen", {"result": ("set_aside",)}),)),
    (
        "{chosen: {result: [upheld, changed]}}",
        (Term("chosen", {"result": ("upheld", "changed")}),),
    ),
    ("{not: {acted: accept}}", (Term("not", Term("acted", "accept")),)),
    (
        "{all: [{stage: decided}, {tier: own}]}",
        (Term("all", (Term("stage", ("decided",)), Term("tier", ("own",)))),),
    ),
    (
        '{fact: {name: amount, op: ">=", value: 5000}}',
        (Term("fact", {"name": "amount", "op": ">=", "value": Decimal(5000)}),),
    ),
    (
        "{fact: {name: category, op: in, value: [3, 4]}}",
        (Term("fact", {"name": "category", "op": "in", "value": (3, 4)}),),
    ),
    (
        "{fact: {name: insurance, op: has, value: medical}}",
        (Term("fact", {"name": "insurance", "op": "has", "value": "medical"}),),
    ),
    (
        "{fact: {name: period_from, op: known, value: false}}",
        (Term("fact", {"name": "period_from", "op": "known", "value": False}),),
    ),
]

EFFECTS = [
    ("{pause: true}", (Term("pause"),)),
    ("pause", (Term("pause"),)),
    ("{close: decision}", (Term("close", {"task": "decision"}),)),
    (
        "{close: {task: decision, of: holder}}",
        (Term("close", {"task": "decision", "of": (HOLDER,)}),),
    ),
    (
        "{set: {tier: own, holder: $unit, lead: none, acceptor: holder}}",
        (
            Term(
                "set",
                {
                    "tier": "own",
                    "holder": Term("input", "unit"),
                    "lead": "none",
                    "acceptor": HOLDER,
                },
            ),
        ),
    ),
    ("{set: {tier: $way}}", (Term("set", {"tier": Term("input", "way")}),)),
    (
        "{open: {task: decision, to: [holder, $units], due: $on, note: $note}}",
        (
            Term(
                "open",
                {
                    "task": "decision",
                    "to": (HOLDER, Term("input", "units")),
                    "due": "on",
                    "note": "note",
                },
            ),
        ),
    ),
    (
        "{entrust: {from: $rows, onto: decision, otherwise: item}}",
        (Term("entrust", {"from": "rows", "onto": "decision", "otherwise": "item"}),),
    ),
    ("{person: actor}", (Term("person", Term("actor")),)),
    ("{person: $person}", (Term("person", Term("input", "person")),)),
    ("{undo: $event}", (Term("undo", "event"),)),
    ("{invite: {bodies: member}}", (Term("invite", (Term("bodies", "member"),)),)),
    (
        "{hand: {to: holder, papers: [advice]}}",
        (Term("hand", {"to": (HOLDER,), "papers": ("advice",)}),),
    ),
    (
        "{void: decision, when: {stage: joint}}",
        (Term("void", {"task": "decision"}, when=Term("stage", ("joint",))),),
    ),
]


@pytest.mark.parametrize(("text", "terms"), WHO)
def test_who_is_read_as(text, terms):
    assert read(who, text) == terms


@pytest.mark.parametrize(("text", "terms"), TESTS)
def test_a_condition_is_read_as(text, terms):
    assert read(conditions, text) == terms


@pytest.mark.parametrize(("text", "terms"), EFFECTS)
def test_an_effect_is_read_as(text, terms):
    assert read(effects, text) == terms


WRONG = [
    (who, "[]", "it", "empty"),
    (who, "~", "it", "nothing stands here"),
    (who, "{holder: true, office: true}", "it", "2 stand here"),
    (who, "{holder: x}", "it.holder", "no argument"),
    (who, "{owner: [a, b]}", "it.owner", "a list stands here"),
    (who, "{every: [holder]}", "it.every", "at least two"),
    (who, "{holder: true, when: {paused: true}}", "it", "2 stand here"),
    (who, "{role: leeds}", "it.role", "there is no word `leeds`"),
    (who, "{bodies: decides}", "it.bodies", "there is no word `decides`"),
    (who, "{without: {who: holder}}", "it.without.minus", "missing"),
    (conditions, "{paused: maybe}", "it.paused", "true or false"),
    (conditions, "{fewer: {act: transfer, than: 0}}", "it.fewer.than", "whole number"),
    (conditions, "{fewer: {act: transfer, then: 1}}", "it.fewer.then", "there is no key"),
    (conditions, "{chosen: {}}", "it.chosen", "empty"),
    (conditions, "{fact: {name: amount, op: has, value: 5}}", "it.fact", "cannot be compared"),
    (conditions, "{fact: {name: category, op: in, value: 3}}", "it.fact", "cannot be compared"),
    (conditions, "{fact: {name: category, op: =, value: true}}", "it.fact", "cannot be compared"),
    (conditions, "{fact: {name: name, op: =, value: x}}", "it.fact.name", "there is no word"),
    (effects, "{set: {}}", "it.set", "needs an argument"),
    (effects, "{undo: event}", "it.undo", "an input of this act is expected"),
    (effects, "{set: {holder: holdr}}", "it.set.holder", "there is no relation"),
    (effects, "{when: {paused: true}}", "it", "0 stand here"),
    (effects, "{pause: true, when: {pausd: true}}", "it.when", "there is no condition"),
]


@pytest.mark.parametrize(("shape", "text", "key", "words"), WRONG)
def test_what_cannot_be_meant_is_told(shape, text, key, words):
    found = wrong(shape, text)
    assert any(at == key and words in what for at, what in found), found


FAMILIES = {"who": vocabulary.WHO, "test": vocabulary.TESTS, "effect": vocabulary.EFFECTS}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_shape_that_a_word_declares_can_be_read(family):
    for name, word in FAMILIES[family].items():
        shapes = word.fields.values() if word.shape == "fields" else [word.shape]
        for shape in shapes:
            known = shape.partition(" ")[0] in {*SHAPES, "input", "value", "none"}
            assert known, f"{name}: {shape}"
            assert shape == "none" or callable(shape_of(shape))
        assert word.help
        assert set(word.optional) <= set(word.fields)
        assert not word.main or word.main in word.fields


@pytest.mark.parametrize("family", FAMILIES)
def test_the_types_of_inputs_that_a_word_takes_exist(family):
    for word in FAMILIES[family].values():
        for shape in (word.shape, *word.fields.values()):
            head, *types = shape.split()
            assert not types or head in ("input", "value")
            assert set(types) <= set(vocabulary.INPUTS)


def test_terms_are_equal_wherever_they_stand():
    assert read(who, "\n  - holder\n  - holder") == (HOLDER, HOLDER)
    assert Term("holder", line=12) == HOLDER


def test_a_refusal_is_an_error_of_the_product():
    assert ProfileError([]).status == 422
