"""Relations: whom each word of `by`, `to` and `tells` names on a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.mechanism.schema import Term
from app.models import Case
from app.rules.who import principals
from tests.factories import Engine, World, zezhou

MEMBERS = ("gov", "tax", "justice", "finance", "hrss", "medical", "petition", "court")


@pytest.fixture
def county() -> Engine:
    return Engine()


def named(county: Engine, case: Case, who: str, *terms: Term, **more: Any) -> tuple[str, ...]:
    """Return whom an expression names, seen by somebody."""
    return principals(replace(county.view(case, who), **more), terms)


def a_joint_case(county: Engine) -> Case:
    case = county.register("hrss", category=7, insurance=["pension", "medical"])
    county.do(case, "hrss", "accept")
    county.do(case, "hrss", "start_joint", units=["tax", "medical"])
    return case


def test_the_roles_of_a_case_are_told_apart(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    found = {w: named(county, case, "medical", Term(w)) for w in ("registrar", "holder", "lead")}
    assert found == {"registrar": ("petition",), "holder": ("medical",), "lead": ()}


def test_the_accepting_body_is_who_accepted_else_who_registered(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    assert named(county, case, "medical", Term("acceptor")) == ("petition",)
    county.do(case, "medical", "accept")
    assert named(county, case, "medical", Term("acceptor")) == ("medical",)


def test_who_acts_is_the_body_or_the_post(county):
    case = county.register("tax")
    assert named(county, case, "leader", Term("actor")) == ("leader",)
    assert named(county, case, "tax", Term("actor")) == ("tax",)


def test_only_an_administrator_is_one(county):
    case = county.register("tax")
    admin = county.view(case, "tax", "admin")
    clerk = county.view(case, "tax", "clerk")
    assert principals(admin, [Term("admin")]) == ("tax",)
    assert principals(clerk, [Term("admin")]) == ()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("office"), ("office",)),
        (Term("applicant"), ("applicant",)),
        (Term("outside"), ("outside",)),
        (Term("post", "leader"), ("leader",)),
        (Term("kind", "venue"), ("centre",)),
        (Term("bodies", "deciding"), ("tax", "hrss", "medical")),
        (Term("bodies", "advising"), ("justice", "finance", "court")),
        (Term("bodies", "member"), MEMBERS),
    ],
)
def test_some_words_name_the_same_on_every_case(county, term, expected):
    assert named(county, county.register("tax"), "tax", term) == expected


def test_a_retired_body_is_no_longer_named():
    world = World()
    county = Engine(world)
    case = county.register("tax")
    world.retire("medical", date(2024, 11, 5))
    deciding = Term("bodies", "deciding")
    assert "medical" in named(county, case, "tax", deciding)
    county.now = county.now.replace(day=5)
    assert "medical" not in named(county, case, "tax", deciding)


def test_who_owes_owed_and_has_fulfilled(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    assert named(county, case, "hrss", Term("owner", "decision")) == ("hrss", "medical")
    assert named(county, case, "hrss", Term("owed", "decision")) == ("hrss", "tax", "medical")
    assert named(county, case, "hrss", Term("fulfilled", "decision")) == ("tax",)


def test_owed_and_fulfilled_speak_of_this_round(county):
    case = a_joint_case(county)
    county.do(case, "tax", "submit_decision")
    case.round = 2
    assert named(county, case, "hrss", Term("owed", "decision")) == ()
    assert named(county, case, "hrss", Term("fulfilled", "decision")) == ()


def test_busy_is_every_body_that_owes_anything(county):
    case = county.register("tax")
    assert set(named(county, case, "office", Term("busy"))) == {"tax", "office"}
    county.do(case, "tax", "accept")
    county.do(case, "tax", "escalate")
    assert named(county, case, "office", Term("busy")) == ("tax",), "a post is no body"


def test_a_role_of_the_way_is_nobodys_before_there_is_a_way(county):
    case = county.register("tax")
    assert named(county, case, "tax", Term("role", "serves")) == ()
    county.do(case, "tax", "accept")
    assert named(county, case, "tax", Term("role", "serves")) == ("tax",)
    assert named(county, case, "tax", Term("role", "leads")) == ()


@pytest.mark.parametrize(
    ("tier", "serves", "archives"),
    [
        ("own", ("tax",), ("hrss", "office")),
        ("general", ("medical",), ("hrss", "office")),
        ("complex", ("office",), ("hrss", "office")),
    ],
)
def test_each_way_says_who_serves_and_who_archives(county, tier, serves, archives):
    case = county.register("tax")
    case.tier, case.holder, case.lead, case.acceptor = tier, "tax", "medical", "hrss"
    assert named(county, case, "tax", Term("role", "serves")) == serves
    assert named(county, case, "tax", Term("role", "archives")) == archives


def test_seen_is_who_sees_the_whole_case_or_all_cases(county):
    case = county.register("petition", category=8, insurance=["medical"])
    county.do(case, "petition", "transfer", unit="medical")
    assert set(named(county, case, "medical", Term("seen"))) == {"medical", "office"}


def test_competent_is_who_the_routing_names_as_far_as_they_are_active():
    world = World()
    county = Engine(world)
    case = county.register("tax", category=8, insurance=["pension", "medical"])
    assert named(county, case, "tax", Term("competent")) == ("hrss", "medical")
    world.retire("hrss", date(2024, 11, 4))
    assert named(county, case, "tax", Term("competent")) == ("medical",)


def test_an_input_names_the_bodies_chosen_in_it(county):
    case = county.register("tax")
    one, more = Term("input", "unit"), Term("input", "units")
    assert named(county, case, "tax", one, inputs={"unit": "hrss"}) == ("hrss",)
    assert named(county, case, "tax", more, inputs={"units": ["tax", "hrss"]}) == ("tax", "hrss")
    assert named(county, case, "tax", one) == ()


def test_a_list_is_any_of_its_words_and_each_only_once(county):
    case = county.register("tax")
    found = named(county, case, "tax", Term("holder"), Term("office"), Term("registrar"))
    assert found == ("tax", "office")


def test_every_is_who_is_in_all_of_them(county):
    groups = ((Term("holder"), Term("office")), (Term("bodies", "deciding"),))
    assert named(county, county.register("tax"), "tax", Term("every", groups)) == ("tax",)
    assert named(county, county.register("court"), "court", Term("every", groups)) == ()


def test_without_takes_the_second_from_the_first(county):
    arg = {"who": (Term("bodies", "deciding"),), "minus": (Term("holder"),)}
    case = county.register("tax")
    assert named(county, case, "tax", Term("without", arg)) == ("hrss", "medical")


def test_every_relation_of_the_profile_names_known_principals(county):
    """Whoever is named in any act, on a case that has gone far, exists."""
    case = a_joint_case(county)
    m = zezhou()
    known = {*m.bodies, *m.posts, "applicant", "outside"}
    for action in m.actions.values():
        for terms in (action.by, action.tells):
            assert set(named(county, case, "hrss", *terms)) <= known, action.key
