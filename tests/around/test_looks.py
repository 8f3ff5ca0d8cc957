"""Each look at a case is recorded, once an hour, and the auditor reads who looked and why."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.models import Attachment, Paper
from app.records import CaseLook
from app.security import looks
from app.security.sight import everything
from tests.conftest import Clock, Rest
from tests.screens.desk import FORM, Clerk, words
from tests.screens.test_statements import CASE, statements
from tests.web.bodies import an_upload

Seat = Callable[[str], Clerk]
#: In Chinese: somebody called and the number must be compared.
WHY = "\u7535\u8bdd\u6838\u5bf9\u8eab\u4efd"


@pytest.fixture
def case(clerk: Seat) -> int:
    """A case that the tax bureau has registered."""
    return clerk("zezhou-tax").register(**{"applicant.id_number": "11010519491231002X"})


def look(browser: Any, path: str) -> Any:
    """Open a page to its end; the look is written once the answer has gone out."""
    answer = browser.get(path)
    assert answer.status_code == 200
    answer.close()
    return answer


def stored(app: Flask, model: Any, case: int) -> list[Any]:
    """Return the rows of a case; in a context of its own, or requests would share theirs."""
    with app.app_context():
        session = app.extensions["lianchu.session"]
        with everything(session):
            return list(session.scalars(select(model).where(model.case_id == case)))


def kept(app: Flask, case: int) -> list[CaseLook]:
    return sorted(stored(app, CaseLook, case), key=lambda one: one.id)


def test_a_look_tells_who_for_whom_and_when(
    clerk: Seat, app: Flask, case: int, clock: Clock
) -> None:
    look(clerk("zezhou-office").browser, f"/case/{case}")
    found = kept(app, case)
    assert [(one.acting_for, one.at, one.reason) for one in found] == [("office", clock.now, "")]
    assert found[0].person
    assert found[0].user_id


def test_an_account_gets_one_row_an_hour_for_a_case(
    clerk: Seat, app: Flask, case: int, clock: Clock
) -> None:
    office = clerk("zezhou-office").browser
    for _ in range(3):
        look(office, f"/case/{case}")
    clock.move(minutes=59)
    look(office, f"/case/{case}")
    assert len(kept(app, case)) == 1
    clock.move(minutes=1)
    look(office, f"/case/{case}")
    assert len(kept(app, case)) == 2


def test_papers_files_and_the_flow_are_looks_at_their_case_too(
    clerk: Seat, rest: Callable[[str], Rest], app: Flask, case: int, clock: Clock
) -> None:
    tax = rest("zezhou-tax")
    tax.post(
        f"/api/v1/case/{case}/attachment/", data=an_upload(), content_type="multipart/form-data"
    )
    paper, file = stored(app, Paper, case)[0].id, stored(app, Attachment, case)[0].id
    office = clerk("zezhou-office").browser
    paths = (f"/document/{paper}", f"/document/{paper}/file", f"/attachment/{file}/file")
    for place, path in enumerate((*paths, f"/case/{case}/flow"), 1):
        clock.move(hours=1)
        look(office, path)
        assert len(kept(app, case)) == place, path


@pytest.mark.parametrize("part", ["", "/event/", "/task/", "/document/", "/action/"])
def test_a_program_that_reads_leaves_its_look(
    rest: Callable[[str], Rest], app: Flask, case: int, part: str
) -> None:
    rest("zezhou-office").get(f"/api/v1/case/{case}{part}").close()
    assert [one.acting_for for one in kept(app, case)] == ["office"]


def test_what_is_not_found_is_no_look(
    clerk: Seat, rest: Callable[[str], Rest], app: Flask, case: int
) -> None:
    clerk("zezhou-court").browser.get(f"/case/{case}").close()
    rest("zezhou-court").get(f"/api/v1/case/{case}").close()
    assert kept(app, case) == []


def test_a_look_that_cannot_be_written_goes_into_the_log_and_harms_nobody(
    clerk: Seat,
    app: Flask,
    case: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("insert", {}, Exception("the disk is full"))

    monkeypatch.setattr(looks, "_insert", refuse)
    with caplog.at_level(logging.WARNING):
        look(clerk("zezhou-office").browser, f"/case/{case}")
    assert f"a look at the cases [{case}] was not recorded" in caplog.text
    monkeypatch.undo()
    assert kept(app, case) == []


def test_the_look_costs_the_reader_no_statement(clerk: Seat, case: int) -> None:
    office, auditor = clerk("zezhou-office").browser, clerk("zezhou-auditor").browser
    for browser in (office, auditor):
        look(browser, f"/case/{case}")
        assert statements(look(browser, f"/case/{case}")) <= CASE


def test_the_auditor_reads_on_the_case_who_looked_and_nobody_else_does(
    clerk: Seat, case: int
) -> None:
    look(clerk("zezhou-tax").browser, f"/case/{case}")
    heading = "\u8c01\u770b\u8fc7"
    assert heading in clerk("zezhou-auditor").page(f"/case/{case}")
    for name in ("zezhou-tax", "zezhou-office", "zezhou-leader"):
        assert heading not in clerk(name).page(f"/case/{case}")


def test_numbers_are_shown_in_full_once_for_a_reason_that_the_auditor_reads(
    clerk: Seat, app: Flask, case: int
) -> None:
    tax = clerk("zezhou-tax")
    hidden = tax.page(f"/case/{case}")
    assert FORM["applicant.phone"] not in hidden
    shown = tax.send(f"/case/{case}/numbers", {"reason": f"  {WHY} "})
    text = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert FORM["applicant.phone"] in text
    assert "11010519491231002X" in text
    assert shown.headers["Cache-Control"] == "no-store"
    assert FORM["applicant.phone"] not in tax.page(f"/case/{case}")
    assert [one.reason for one in kept(app, case)] == [WHY]
    assert WHY in words(clerk("zezhou-auditor").page(f"/case/{case}"))


@pytest.mark.parametrize("reason", ["", "   ", "abc", "x" * 201, "call\x00back"])
def test_without_a_reason_nothing_is_shown_and_nothing_recorded(
    clerk: Seat, app: Flask, case: int, reason: str
) -> None:
    answer = clerk("zezhou-tax").send(f"/case/{case}/numbers", {"reason": reason})
    assert answer.status_code == 422
    assert FORM["applicant.phone"] not in answer.get_data(as_text=True)
    assert 'id="f-reason-numbers-err"' in answer.get_data(as_text=True)
    assert kept(app, case) == []


def test_whoever_handed_the_case_on_gets_no_numbers(clerk: Seat, app: Flask, case: int) -> None:
    tax = clerk("zezhou-tax")
    tax.done(case, "transfer", unit="hrss", reason="Not ours.")
    assert f"/case/{case}/numbers" not in tax.page(f"/case/{case}")
    answer = tax.send(f"/case/{case}/numbers", {"reason": WHY})
    assert answer.status_code == 403
    assert FORM["applicant.phone"] not in answer.get_data(as_text=True)
    assert not any(one.reason for one in kept(app, case))


def test_the_form_for_numbers_stands_only_where_some_are_hidden(clerk: Seat) -> None:
    tax = clerk("zezhou-tax")
    mute = tax.register(**{"applicant.phone": "", "applicant.address": "1 Invented Road"})
    assert not re.search(r"/case/\d+/numbers", tax.page(f"/case/{mute}"))


def test_the_auditor_lists_all_looks_and_those_with_a_reason(clerk: Seat, case: int) -> None:
    look(clerk("zezhou-office").browser, f"/case/{case}")
    clerk("zezhou-tax").send(f"/case/{case}/numbers", {"reason": WHY}).close()
    auditor = clerk("zezhou-auditor")
    whole = auditor.page("/lookview/list/")
    # the office's look, the tax bureau's, and its reason
    assert whole.count(f'href="/case/{case}"') == 3
    full = auditor.page("/lookview/list/?_flt_eq_full=1")
    assert full.count(f'href="/case/{case}"') == 1
    assert WHY in full
    assert "/lookview/list/" in auditor.page("/todo/")


@pytest.mark.parametrize("name", ["zezhou-tax", "zezhou-office", "zezhou-leader", "admin"])
def test_nobody_but_the_auditor_lists_looks(
    clerk: Seat, rest: Callable[[str], Rest], case: int, name: str
) -> None:
    assert "/lookview/" not in clerk(name).page("/me/")
    assert clerk(name).browser.get("/lookview/list/").status_code == 403
    assert rest(name).get("/api/v1/look/").status_code in (401, 403)


def test_a_program_of_the_auditor_reads_the_looks(
    clerk: Seat, rest: Callable[[str], Rest], case: int
) -> None:
    look(clerk("zezhou-office").browser, f"/case/{case}")
    answer = rest("zezhou-auditor").get("/api/v1/look/")
    assert answer.status_code == 200
    assert answer.json["count"] == 1  # type: ignore[index]
