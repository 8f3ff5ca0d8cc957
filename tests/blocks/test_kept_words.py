"""Words that a unit gave its papers: dated, kept, and printed in no one else's papers."""

from __future__ import annotations

from datetime import date

import pytest

from app import database, wordings
from app.directory import directory_of, jurisdiction_of
from app.errors import Refused
from app.models import Paper
from app.records import PaperWording
from tests.blocks.test_wording import CASE, DECISION
from tests.factories import Door, at
from tests.peopled import _peopled_stores, door

__all__ = ["_peopled_stores", "door"]

TODAY = date(2024, 11, 4)
OURS = "\n".join((CASE, "我局决定：{decision}", "{remedies}"))


def place(door: Door, body: str = "tax", kind: str = DECISION) -> wordings.Place:
    world = directory_of(door.session, jurisdiction_of(door.session, "zezhou"), day=TODAY)
    return wordings.Place(world, body, world.mechanism.papers[kind])


def save(
    door: Door, text: str | None, from_on: date = TODAY, *, body: str = "tax", seen: int = 0
) -> PaperWording:
    with database.write_transaction():
        row = wordings.save(
            door.session,
            place(door, body),
            text,
            from_on=from_on,
            seen=seen,
            by="某管理员",
            now=door.now,
            today=door.now.date(),
        )
        door.session.commit()
        return row


def decide(door: Door, who: str = "tax") -> list[str]:
    """Take a case to its decision and return the paragraphs."""
    case = door.register(who).case_id
    for key in ("accept", "resolve"):
        door.do(case, who, key)
    (paper,) = door.all(Paper, case_id=case, kind=DECISION)
    found: list[str] = paper.content["paragraphs"]
    return found


def test_a_unit_prints_its_own_words_from_their_day_on_and_others_do_not(door):
    save(door, OURS, date(2024, 11, 6))
    assert not any("我局决定" in one for one in decide(door))
    door.now = at("2024-11-06")
    assert any(one.startswith("我局决定：") for one in decide(door))
    assert not any("我局决定" in one for one in decide(door, "hrss"))


def test_the_paper_says_nothing_of_whose_words_they_are_and_holds_the_remedies(door):
    before = decide(door)
    save(door, OURS)
    after = decide(door)
    assert before[-1] == after[-1]
    assert "行政复议" in after[-1]
    assert "某管理员" not in "".join(after)


def test_a_paper_that_was_issued_keeps_its_words(door):
    case = door.register("tax").case_id
    for key in ("accept", "resolve"):
        door.do(case, "tax", key)
    before = door.all(Paper, case_id=case)[-1].content
    save(door, OURS)
    assert door.all(Paper, case_id=case)[-1].content == before


def test_the_mechanisms_words_come_back_and_the_history_keeps_all(door):
    first = save(door, OURS)
    again = save(door, None, seen=first.id)
    assert not any("我局决定" in one for one in decide(door))
    kept = wordings.history(door.session, place(door))
    assert [one.id for one in kept] == [again.id, first.id]
    assert kept[0].paragraphs is None


def test_a_later_day_waits_behind_what_holds_now(door):
    later = save(door, OURS, date(2024, 12, 1))
    save(door, OURS.replace("我局", "本局"), seen=later.id)
    world = place(door).world
    assert "本局决定：{decision}" in world.wording("tax", DECISION, TODAY)
    assert "我局决定：{decision}" in world.wording("tax", DECISION, date(2024, 12, 1))


@pytest.mark.parametrize(
    ("text", "day", "field", "said"),
    [
        (OURS.replace("{decision}", "{decison}"), TODAY, "text", "did you mean {decision}"),
        (OURS.replace("{remedies}", ""), TODAY, "text", "{remedies} may not be left out"),
        ("", TODAY, "text", "at least one paragraph"),
        (OURS, date(2024, 11, 3), "from_on", "This day is past"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_kept(door, text, day, field, said):
    with pytest.raises(Refused) as refusal:
        save(door, text, day)
    door.session.rollback()
    assert said in " ".join(one.say() for one in refusal.value.errors[field])
    assert door.all(PaperWording) == []


def test_the_mechanisms_own_words_are_no_words_of_a_unit(door):
    own = place(door).kind.text
    with pytest.raises(Refused):
        save(door, "\n".join(own))


def test_whoever_saw_older_words_is_told_and_overwrites_nothing(door):
    save(door, OURS)
    with pytest.raises(Refused) as refusal:
        save(door, OURS.replace("我局", "本局"))
    assert "Somebody else saved other words" in refusal.value.errors["text"][0].say()
