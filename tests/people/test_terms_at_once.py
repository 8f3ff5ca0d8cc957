"""Two who write terms of one county in the same moment: one after the other, nothing missed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app import database
from app.generated.members import MemberView
from app.models import Appointment, Jurisdiction
from tests.people.test_terms import Seat, form_of, place_of, send, terms

#: How long the first of two waits for the second, who must not come past the check.
TOGETHER = 1.0


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whoever has passed the check wait for the other one before anything is written."""
    both = threading.Barrier(2)

    def wait(*_args: Any) -> list[Any]:
        try:
            both.wait(TOGETHER)
        except threading.BrokenBarrierError:
            return []
        return []

    monkeypatch.setattr(MemberView, "warnings", wait)


@pytest.mark.usefixtures("meet")
def test_of_two_who_give_one_post_at_once_one_is_told_of_the_other(clerk: Seat, session) -> None:
    admin, old = clerk("admin"), terms(session, "leader")[0]
    assert send(admin, f"/memberview/end/{old.id}", until_on="2024-11-30").status_code == 303
    path = f"/memberview/add?jurisdiction_id={old.jurisdiction_id}"
    form = form_of(admin, path) | {"post": "leader", "from_on": "2024-12-01"}
    seats = [clerk("admin") for _ in range(2)]
    forms = [form_of(one, path) for one in seats]

    def add(number: int) -> int:
        typed = form | {"person": f"Heir {number}", "csrf_token": forms[number]["csrf_token"]}
        answer = seats[number].browser.post(path, data=typed)
        return int(answer.status_code)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add, range(2))) == [303, 422]
    heirs = [one.person for one in terms(session, "leader") if one.person.startswith("Heir")]
    assert len(heirs) == 1


def test_each_change_of_terms_makes_what_is_kept_in_memory_old(database_url: str) -> None:
    """A number given twice would let a process go on with the rows of the first change."""
    engine = database.make_engine(database_url)
    begin = sessionmaker(engine, expire_on_commit=False)
    with begin() as one, begin() as other:
        known = {here: _zezhou(here) for here in (one, other)}
        before = known[one].revision
        for here in (one, other):
            with database.write_transaction():
                here.add(_term(known[here]))
                here.commit()
    with begin() as third:
        assert _zezhou(third).revision == before + 2
    engine.dispose()


def _zezhou(session: Any) -> Jurisdiction:
    """Return the county as the session keeps it from now on."""
    found: Jurisdiction = session.scalars(
        select(Jurisdiction).where(Jurisdiction.key == "zezhou")
    ).one()
    session.commit()
    return found


def _term(place: Jurisdiction) -> Appointment:
    return Appointment(
        jurisdiction_id=place.id,
        body_key="tax",
        post="signatory",
        person="New Signatory",
        from_on=date(2024, 11, 4),
    )


def test_a_form_takes_its_choices_from_the_county_of_its_row(clerk: Seat, session) -> None:
    """The county of a list's filter, forged into a form's address, moves no body."""
    admin = clerk("admin")
    xiaoyi, zezhou = place_of(session, "xiaoyi"), place_of(session)
    path = f"/coordinatorview/add?jurisdiction_id={xiaoyi.id}&_flt_eq_jurisdiction_id={zezhou.id}"
    typed = {"person": "Stray", "phone": "0356-2030777", "from_on": "2024-11-04"}
    answer = send(admin, path, body_key="gov", **typed)
    assert answer.status_code == 422
    assert 'id="f-body_key-err"' in answer.get_data(as_text=True)
    assert send(admin, path, body_key="approval", **typed).status_code == 303
    assert terms(session, "coordinator", "approval", "xiaoyi")[-1].person == "Stray"
