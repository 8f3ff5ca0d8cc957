"""Routing: the golden vectors of DOMAIN.md 2.3, and the whole grid without a silent miss."""

from __future__ import annotations

import itertools

import pytest

from app.mechanism.facts import Facts
from app.rules.routing import propose
from tests.factories import zezhou

#: (vector, category, insurances, from, to, aspect) → (units, advisers, tier, gap or None)
VECTORS = [
    (1, 3, ["pension"], "2024-05", "2024-05", None, ["tax"], [], "own"),
    (2, 3, ["pension"], "2022-05", "2022-05", None, ["hrss", "tax"], [], "general"),
    (3, 3, ["medical"], "2022-05", "2022-05", None, ["medical", "tax"], [], "general"),
    (4, 3, ["pension"], "2022-05", "2024-05", None, ["hrss", "tax"], [], "general"),
    (5, 3, ["pension", "medical"], "2024-05", "2024-05", None, ["tax"], [], "own"),
    (
        6,
        3,
        ["pension", "medical"],
        "2022-05",
        "2022-05",
        None,
        ["hrss", "medical", "tax"],
        [],
        "general",
    ),
    (7, 5, ["medical"], "2024-05", "2024-05", None, ["medical"], [], "own"),
    (8, 5, ["injury"], "2024-05", "2024-05", None, ["hrss"], [], "own"),
    (
        9,
        7,
        ["unemployment"],
        "2024-06",
        "2024-06",
        "first_review",
        ["tax"],
        ["finance"],
        "own",
    ),
    (
        10,
        7,
        ["unemployment"],
        "2024-06",
        "2024-06",
        "second_review",
        ["hrss"],
        ["finance"],
        "own",
    ),
    (
        11,
        7,
        ["unemployment"],
        "2024-06",
        "2024-06",
        "procedure",
        ["tax", "hrss"],
        ["finance"],
        "general",
    ),
    (
        12,
        7,
        ["medical"],
        "2021-01",
        "2021-01",
        "audit",
        ["medical", "tax"],
        ["finance"],
        "general",
    ),
    (13, 8, ["pension"], "2024-05", "2024-05", None, ["hrss"], [], "own"),
    (14, 8, ["medical"], "2024-05", "2024-05", None, ["medical"], [], "own"),
    (15, 9, ["pension"], "2024-06", "2024-06", "enforcement", ["tax"], ["court"], "own"),
    (16, 9, ["pension"], "2021-01", "2021-12", "penalty", ["hrss"], ["justice"], "own"),
    (
        17,
        9,
        ["pension"],
        "2024-01",
        "2024-12",
        "penalty",
        ["hrss", "tax"],
        ["justice"],
        "general",
    ),
    (18, 1, ["unemployment"], "2024-05", "2024-05", None, ["hrss"], [], "own"),
    (19, 2, ["medical"], "2024-05", "2024-05", None, ["medical", "tax"], [], "general"),
    (20, 6, ["pension"], "2023-06", "2024-06", None, ["tax", "hrss"], [], "general"),
    (21, 10, ["pension"], "2024-05", "2024-05", "labour", [], ["court"], None),
    (22, 10, ["pension"], "2024-05", "2024-05", "other", [], [], None),
    (23, 3, ["pension"], None, None, None, ["tax"], [], "own"),
    (24, 3, ["pension"], "2023-12", "2023-12", None, ["tax"], [], "own"),
    (25, 3, ["pension"], "2023-11", "2023-11", None, ["hrss", "tax"], [], "general"),
]
#: Cells for which the document names nobody (DOMAIN 2.3, checked by enumeration).
OPEN_CELLS = [
    (2, "both_sides", "2024-05"),
    (6, "calculation", "2024-05"),
    (6, "charging", "2022-05"),
    (7, "audit", "2024-05"),
    (9, "enforcement", "2022-05"),
    (10, "other", "2024-05"),
]


@pytest.mark.parametrize(
    ("category", "insurance", "first", "last", "aspect", "units", "advisers", "tier"),
    [row[1:] for row in VECTORS],
    ids=[f"vector {row[0]}" for row in VECTORS],
)
def test_a_golden_vector_is_routed_as_the_domain_says(
    category: int,
    insurance: list[str],
    first: str | None,
    last: str | None,
    aspect: str | None,
    units: list[str],
    advisers: list[str],
    tier: str | None,
) -> None:
    route = propose(zezhou(), Facts(category, tuple(insurance), aspect, first, last))
    assert set(route.units) == set(units)
    assert route.units[:1] == tuple(units[:1]), "the proposed lead stands first"
    assert list(route.advisers) == advisers
    assert route.tier == tier


def test_the_gap_in_the_text_is_marked() -> None:
    assert propose(zezhou(), Facts(5, ("injury",), None, "2024-05", "2024-05")).gap
    assert propose(zezhou(), Facts(9, ("pension",), "penalty", "2024-01", "2024-12")).gap
    assert not propose(zezhou(), Facts(4, ("pension",), None, "2024-05", "2024-05")).gap


def test_an_unknown_period_is_told_and_routed_as_after_the_reform() -> None:
    route = propose(zezhou(), Facts(3, ("pension",)))
    assert route.units == ("tax",)
    assert any("period is not known" in note.text for note in route.notes)


def test_the_body_that_registered_comes_first_among_those_who_decide() -> None:
    facts = Facts(7, ("pension", "medical"), None, "2024-03", "2024-10")
    assert propose(zezhou(), facts, "hrss").units[0] == "hrss"
    assert propose(zezhou(), facts, "medical").units[0] == "medical"
    assert propose(zezhou(), facts, "petition").units[0] == "tax"


def test_a_route_names_the_bodies_that_could_have_been_meant() -> None:
    route = propose(zezhou(), Facts(4, ("pension",), None, "2024-05", "2024-05"))
    assert route.runners_up == ("hrss", "medical")
    assert route.facts["category"] == 4


@pytest.mark.parametrize(("category", "aspect", "month"), OPEN_CELLS)
def test_where_the_text_names_nobody_the_office_decides(
    category: int, aspect: str, month: str
) -> None:
    route = propose(zezhou(), Facts(category, ("pension",), aspect, month, month))
    assert route.units == ()
    assert route.tier is None
    assert route.reasons[0]["clause"]


def test_the_whole_grid_resolves_to_bodies_or_to_the_office_with_a_reason() -> None:
    """10 categories × 5 insurances × 4 periods × every aspect, the unknown one included."""
    m = zezhou()
    deciding = {key for key, body in m.bodies.items() if body.deciding}
    periods = (("2022-05",) * 2, ("2024-05",) * 2, ("2022-05", "2024-05"), (None, None))
    cells = 0
    for category, insurance, (first, last) in itertools.product(
        m.categories.values(), m.insurances, periods
    ):
        for aspect in (None, *category.aspects):
            route = propose(m, Facts(category.key, (insurance,), aspect, first, last))
            again = propose(m, Facts(category.key, (insurance,), aspect, first, last))
            assert route == again
            assert set(route.units) <= deciding, "an adviser never decides (V09)"
            assert not set(route.units) & set(route.advisers)
            assert route.reasons
            assert all(one["clause"] and one["text"] for one in route.reasons)
            assert (route.tier is None) == (not route.units)
            if category.key != 10 and aspect is None:
                assert route.units, f"category {category.key} alone names somebody"
            cells += 1
    assert cells == len(m.insurances) * len(periods) * sum(
        1 + len(one.aspects) for one in m.categories.values()
    )
