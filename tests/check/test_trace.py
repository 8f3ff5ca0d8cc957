"""Every clause of both documents is carried out, or says why not; no link gets lost unnoticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.check.sources import sentences, squeezed, unquoted
from app.check.trace import _SECTIONS, links, trace
from app.mechanism.loader import load, loads
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Mechanism
from app.mechanism.vocabulary import SECTIONS
from tests.check.profiles import path_of, text_of

GOOD = ("zezhou", "xiaoyi")
#: The links as they were agreed; more may come, none may go. To bring them up to date:
#: flask --app app mechanism trace KEY --links > tests/check/traces/KEY.txt
KEPT = Path(__file__).parent / "traces"


def kept(key: str) -> list[str]:
    return (KEPT / f"{key}.txt").read_text(encoding="utf-8").splitlines()


def lost(mechanism: Mechanism) -> list[str]:
    """Return the links that are kept but no longer there."""
    return sorted(set(kept(mechanism.key)) - set(links(mechanism)))


def cut(mechanism: Mechanism, link: str) -> Mechanism:
    """Return the mechanism without one link of a clause."""
    clause, _, path = link.partition(" ")
    if path in mechanism.cited.get(clause, ()):
        left = tuple(one for one in mechanism.cited[clause] if one != path)
        return replace(mechanism, cited={**mechanism.cited, clause: left})
    without = replace(mechanism.clauses[clause], section="")
    return replace(mechanism, clauses={**mechanism.clauses, clause: without})


@pytest.fixture(scope="module", params=GOOD)
def mechanism(request) -> Mechanism:
    return load(path_of(request.param))


def test_every_clause_is_carried_out_or_says_why_not(mechanism):
    assert [one.clause.key for one in trace(mechanism) if not one.is_settled] == []


def test_a_clause_that_is_not_operative_gives_its_reason(mechanism):
    silent = [one.clause for one in trace(mechanism) if not one.clause.operative]
    assert silent
    assert all(clause.why for clause in silent)


def test_acts_conditions_due_dates_papers_duties_ways_and_bodies_carry_clauses_out(mechanism):
    sorts = {part.sort.text for one in trace(mechanism) for part in one.parts}
    assert {"act", "condition", "task", "due date", "paper", "duty", "way", "body"} <= sorts


def test_every_section_that_may_carry_out_a_clause_has_words():
    assert set(_SECTIONS) == set(SECTIONS)


def test_no_link_is_lost(mechanism):
    assert lost(mechanism) == []


def test_each_link_that_is_cut_is_missed(mechanism):
    unmissed = []
    for link in kept(mechanism.key):
        if link.endswith(".needs"):
            continue  # a condition goes with its act
        if link not in lost(cut(mechanism, link)):
            unmissed.append(link)
    assert unmissed == []


def test_a_clause_whose_links_are_all_cut_is_not_settled(mechanism):
    for one in trace(mechanism):
        bare = replace(
            mechanism,
            cited={k: v for k, v in mechanism.cited.items() if k != one.clause.key},
            clauses={**mechanism.clauses, one.clause.key: replace(one.clause, section="")},
        )
        again = next(each for each in trace(bare) if each.clause.key == one.clause.key)
        assert again.is_settled is not one.clause.operative


def test_every_quotation_stands_in_the_document_word_for_word(mechanism):
    source = squeezed((path_of(mechanism.key).parent / "source.txt").read_text(encoding="utf-8"))
    quotes = [one for clause in mechanism.clauses.values() for one in clause.text]
    assert all(clause.text for clause in mechanism.clauses.values())
    assert [one for one in quotes if squeezed(one) not in source] == []


def test_every_sentence_of_the_document_is_quoted(mechanism):
    source = (path_of(mechanism.key).parent / "source.txt").read_text(encoding="utf-8")
    assert unquoted(mechanism, source) == []
    assert len(list(sentences(source))) > 30


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (", why: 是目标，没有要办的步骤", "", "no reason is given"),
        ("operative: false, why: 是目标", "why: 是目标", "the clause is operative"),
        ("section: basis", "section: basics", "there is no word"),
        ("section: basis", "section: members", "has no section `members`"),
        ("file: source.txt", "file: ../source.txt", "no file beside the profile"),
    ],
)
def test_a_clause_that_contradicts_itself_is_refused_at_its_line(old, new, words):
    text = text_of("xiaoyi")
    at = text.index(old)
    with pytest.raises(ProfileError) as refusal:
        loads(text[:at] + new + text[at + len(old) :], "mechanism.yaml")
    (problem,) = refusal.value.problems
    assert words in str(problem.what)
    assert problem.line == text.count("\n", 0, at) + 1
