"""The chain of events: whatever is changed, dropped, swapped or put in, it is found and named."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from app.ledger import append_entry
from app.models import Case, Entry
from app.rules.chain import canonical, digest, event_facts, first_break, plain
from tests.factories import Engine, at


@pytest.fixture
def case() -> Case:
    """A case with five events and four papers."""
    county = Engine()
    found = county.register("tax")
    for key in ("accept", "pause", "resume", "resolve"):
        county.do(found, "tax", key)
    return found


def broken(case: Case, events: list[Any] | None = None, papers: list[Any] | None = None) -> str:
    """Return what does not fit."""
    return first_break(case.number, events or case.events, papers or case.papers) or ""


def test_what_nobody_touched_fits(case):
    assert first_break(case.number, case.events, case.papers) is None


def test_a_case_without_events_fits():
    assert first_break("1", [], []) is None


CHANGES: list[tuple[str, Any]] = [
    ("actor", "别人"),
    ("user_id", 7),
    ("body", "hrss"),
    ("key", "decline"),
    ("at", at("2024-11-03")),
    ("stage_before", "joint"),
    ("stage_after", "joint"),
    ("inputs", {"reason": "改过的"}),
    ("changes", {}),
    ("voids_seq", 1),
    ("previous_hash", "0" * 64),
    ("hash", "0" * 64),
]


@pytest.mark.parametrize(("name", "value"), CHANGES, ids=[name for name, _ in CHANGES])
@pytest.mark.parametrize("place", [0, 1, 4], ids=["first", "second", "last"])
def test_v22_a_changed_event_is_named(case, name, value, place):
    event = case.events[place]
    if getattr(event, name) == value or (place == 0 and name == "stage_before"):
        value = "another" if name != "changes" else {"x": 1}
    setattr(event, name, value)
    assert broken(case).startswith(f"{case.number}: event {place + 1} (")


def test_an_event_of_another_case_does_not_fit(case):
    assert "event 1 (register) does not fit" in broken_as("another", case)


def broken_as(number: str, case: Case) -> str:
    return first_break(number, case.events, case.papers) or ""


@pytest.mark.parametrize("place", range(4))
def test_a_dropped_event_is_missing(case, place):
    events = [event for event in case.events if event.seq != place + 1]
    assert f"event {place + 1} is missing" in broken(case, events)


def test_two_swapped_events_are_found(case):
    first, second, *rest = case.events
    assert "event 1 is missing" in broken(case, [second, first, *rest])


def test_two_events_that_exchanged_their_numbers_are_found(case):
    case.events[1].seq, case.events[2].seq = 3, 2
    assert "event 2" in broken(case, sorted(case.events, key=lambda e: e.seq))


def test_an_event_put_in_is_found(case):
    extra = deepcopy_of(case.events[1])
    assert "event 3 is missing" in broken(case, [*case.events[:2], extra, *case.events[2:]])


def test_an_event_put_in_with_the_others_renumbered_is_found(case):
    extra = deepcopy_of(case.events[1])
    later = case.events[2:]
    for event in (extra, *later):
        event.seq += 1
    assert "event 3 (accept) does not fit" in broken(case, [*case.events[:2], extra, *later])


def deepcopy_of(event: Any) -> Any:
    names = [one.key for one in type(event).__mapper__.column_attrs]
    return type(event)(**{name: deepcopy(getattr(event, name)) for name in names})


def test_a_forged_hash_breaks_at_the_next_event(case):
    """Who changes an event and computes its hash anew must change all that follow."""
    event = case.events[1]
    event.inputs = {"reason": "改过的"}
    event.hash = digest(event_facts(case.number, event))
    assert "event 3 (pause) does not fit" in broken(case)


def test_a_cut_end_shows_by_the_papers_that_it_issued(case):
    assert "is not in the chain" in broken(case, case.events[:-1])


def test_a_cut_end_shows_by_the_head_that_the_case_keeps(case):
    assert case.head_hash == case.events[-1].hash
    assert case.head_hash != case.events[-2].hash


# --- papers


def test_a_changed_paper_is_named_by_its_number(case):
    paper = case.papers[1]
    paper.content = {**paper.content, "paragraphs": ["改过的"]}
    assert broken(case) == f"{case.number}: paper 泽税争受〔2024〕1号 was changed"


def test_a_paper_changed_with_its_hash_is_not_in_the_chain(case):
    paper = case.papers[1]
    paper.content = {**paper.content, "paragraphs": ["改过的"]}
    paper.content_hash = digest(paper.content)
    assert broken(case) == f"{case.number}: paper 泽税争受〔2024〕1号 is not in the chain"


def test_a_paper_moved_to_another_act_is_not_in_the_chain(case):
    case.papers[1].seq = 1
    assert "is not in the chain" in broken(case)


def test_a_paper_without_a_number_is_named_by_its_title(case):
    case.papers[0].content = {}
    assert "社会保险费征缴争议登记表" in broken(case)


def test_a_void_paper_still_fits(case):
    """Its state is no part of its words: voiding is an event of its own."""
    case.papers[1].state = "void"
    assert broken(case) == ""


# --- the one text of a value


def test_the_text_does_not_depend_on_the_order_of_keys():
    assert (
        canonical({"b": 1, "a": [1, 2]}) == canonical({"a": (1, 2), "b": 1}) == '{"a":[1,2],"b":1}'
    )


def test_a_moment_is_the_same_in_every_zone():
    here = at("2024-11-04 09:00")
    assert plain(here) == plain(here.astimezone(UTC)) == "2024-11-04T01:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2024, 11, 4), "2024-11-04"),
        (datetime(2024, 11, 4, tzinfo=UTC), "2024-11-04T00:00:00.000000+00:00"),
        (Decimal("12345.60"), "12345.60"),
        ({1: "甲"}, {"1": "甲"}),
        (("a", "b"), ["a", "b"]),
        (None, None),
        (True, True),
    ],
)
def test_values_become_what_json_holds(value, expected):
    assert plain(value) == expected


def test_chinese_stays_readable_in_the_text():
    assert canonical("泽州县") == '"泽州县"'
    assert len(digest("泽州县")) == 64


# --- entries: what was noted between two acts


def noted(case: Case, kind: str = "file", **facts: Any) -> Entry:
    """Note something at the end of a case's chain, as the ledger does."""
    rows: list[Any] = []
    append_entry(SimpleNamespace(add=rows.append), case, kind, facts, "tax", at("2024-11-05"))
    return rows[0]


@pytest.fixture
def entries(case: Case) -> list[Entry]:
    """Two entries after the last act."""
    return [noted(case, sha256="a" * 64), noted(case, "due", moved=3)]


def test_entries_between_acts_fit_and_raise_no_version():
    county = Engine()
    case = county.register("tax")
    first = noted(case, sha256="a" * 64)
    county.do(case, "tax", "accept")
    second = noted(case, moved=1)
    assert first_break(case.number, case.events, case.papers, [first, second]) is None
    assert (first.seq, second.seq, case.version) == (1, 2, 2)
    assert case.events[1].previous_hash == first.hash
    assert case.head_hash == second.hash


@pytest.mark.parametrize(
    ("name", "value"), [("facts", {}), ("kind", "x"), ("body", "hrss"), ("at", at("2024-11-06"))]
)
def test_a_changed_entry_is_named(case, entries, name, value):
    setattr(entries[0], name, value)
    found = first_break(case.number, case.events, case.papers, entries)
    assert found == f"{case.number}: entry after event 5 ({entries[0].kind}) does not fit"


def test_a_dropped_entry_is_found_by_the_one_after(case, entries):
    found = first_break(case.number, case.events, case.papers, entries[1:])
    assert found == f"{case.number}: entry after event 5 (due) does not fit"


def test_an_entry_moved_to_another_act_is_found(case, entries):
    entries[0].seq = 2
    assert "does not fit" in str(first_break(case.number, case.events, case.papers, entries))
