"""Relations that follow how bodies stand to each other, and who is attached to a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.mechanism import vocabulary
from app.mechanism.schema import Term
from app.rules.effects import EFFECTS
from app.rules.guards import TESTS
from app.rules.who import RELATIONS, principals
from tests.factories import Engine, World, at
from tests.places import mechanism


class Invented(World):
    """A county in memory with somebody in every body that acts, and two holders of each post."""

    def __init__(self, key: str) -> None:
        super().__init__(mechanism(key))
        for body in self.mechanism.working:
            if all(one.body != body for one in self.held):
                self.appoint(body, "admin")
        for key_, post in self.mechanism.posts.items():
            self.appoint(post.body, key_)


def looking(key: str, who: str, registrar: str, **facts):
    """Return how somebody looks at a case that was just registered."""
    county = Engine(Invented(key))
    case = county.register(registrar, jurisdiction=key, aspect=None, **facts)
    return county.view(case, who)


def named(act, *terms: Term) -> tuple[str, ...]:
    return principals(act, terms)


HOLDER, OFFICE = (Term("holder"),), (Term("office"),)


@pytest.mark.parametrize(
    ("term", "keys"),
    [
        (Term("parent", HOLDER), ("linxi",)),
        (Term("parent", (Term("parent", HOLDER),)), ("office",)),
        (Term("children", HOLDER), ()),
        (Term("children", (Term("parent", HOLDER),)), ("east", "west", "linxi_mediation")),
        (Term("level", "village"), ("east", "west")),
        (Term("level", "prefecture"), ()),
        (Term("kind", "committee"), ("linxi_mediation",)),
        (Term("parent", (Term("post", "chief"),)), ()),
        (Term("competent"), ("tax",)),
        (Term("attached", "county_leader"), ()),
    ],
)
def test_a_relation_names(term, keys):
    assert named(looking("qinghe", "east", "east", category=2), term) == keys


def test_what_has_nothing_above_it_has_no_parent():
    act = looking("qinghe", "office", "east", category=2)
    assert named(act, Term("parent", OFFICE)) == ()


def test_a_body_that_has_left_the_mechanism_is_neither_above_nor_below():
    act = looking("qinghe", "east", "east", category=2)
    world = Invented("qinghe")
    for body in ("linxi", "west"):
        world.retire(body, at("2024-11-01").date())
    gone = replace(act, world=world.directory)
    assert named(gone, Term("parent", HOLDER)) == ()
    assert named(gone, Term("children", (Term("parent", (Term("kind", "committee"),)),))) == ()
    assert named(gone, Term("level", "village")) == ("east",)


def test_the_competent_bodies_are_those_of_the_routing():
    act = looking("qinghe", "tax", "tax", category=4)
    assert named(act, Term("competent")) == ("tax", "hrss")
    act = looking("qinghe", "tax", "tax", category=5, insurance=["maternity"])
    assert named(act, Term("competent")) == ()


def test_a_post_is_attached_for_one_of_its_holders_and_for_everybody_else():
    act = looking("qinghe", "office", "linxi", category=2)
    holders = act.world.holders("county_leader", act.today)
    assert len(holders) == 2
    act.inputs = {"person": str(holders[1].id)}
    EFFECTS["attach"](act, {"post": "county_leader", "person": "person"})
    term = Term("attached", "county_leader")
    assert named(act, term) == ("county_leader",)
    actor = replace(act.actor, acting_for="county_leader", role="post")
    for holder, seen in zip(holders, ((), ("county_leader",)), strict=True):
        mine = replace(act, actor=replace(actor, appointment_id=holder.id))
        assert named(mine, term) == seen
    assert act.changes["attached"] == {"county_leader": [None, holders[1].id]}


def test_to_attach_the_same_person_again_changes_nothing():
    act = looking("qinghe", "office", "linxi", category=2)
    holder = act.world.holders("county_leader", act.today)[0]
    act.inputs = {"person": str(holder.id)}
    EFFECTS["attach"](act, {"post": "county_leader", "person": "person"})
    act.changes.clear()
    EFFECTS["attach"](act, {"post": "county_leader", "person": "person"})
    assert act.changes == {}


def test_papers_are_issued_in_the_name_of_the_body_that_a_group_belongs_to():
    act = looking("yunze", "tax_team", "tax", category=1)
    assert act.issuer == "tax"
    assert looking("yunze", "centre", "tax", category=1).issuer == "centre"
    assert looking("qinghe", "chief", "east", category=2).issuer == "chief"


def test_the_day_of_the_registration_is_a_civil_day_in_china():
    act = looking("qinghe", "east", "east", category=2)
    assert TESTS["same_day"](replace(act, now=at("2024-11-04 23:59")), None) == []
    assert TESTS["same_day"](replace(act, now=at("2024-11-05 00:00")), None)


@pytest.mark.parametrize(
    ("declared", "defined"),
    [
        (vocabulary.WHO, RELATIONS),
        (vocabulary.TESTS, TESTS),
        (vocabulary.EFFECTS, EFFECTS),
    ],
    ids=["who", "tests", "effects"],
)
def test_every_word_that_is_declared_has_its_function_and_no_other_has(declared, defined):
    assert set(declared) == set(defined)
