"""The list of cases within sight, and the search by which a call is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from app.columns import blind_index
from app.database import NEVER
from app.models import Case, Party, Task
from app.rules import identity
from app.screens import words
from app.screens.desk import Desk, desk
from app.screens.formats import date_short

#: Rows of one page; the next one goes on below the last id.
PAGE = 25
#: Years in which a bare serial number is looked for, newest first.
YEARS = 5
LONGEST = 60
#: The last character there is, so that a range holds every name that begins so.
LAST = "\U0010ffff"


def page() -> str:
    """Draw the cases within sight, newest first, or those that the search names."""
    here = desk()
    asked = " ".join(request.args.get("q", "").split())[:LONGEST]
    query = _wanted(here, asked).order_by(Case.id.desc()).limit(PAGE + 1)
    below = request.args.get("below", "")
    if below.isascii() and below.isdigit() and len(below) < 19:
        query = query.where(Case.id < int(below))
    found = list(here.session.scalars(query.options(selectinload(Case.parties))).unique())
    more, found = found[PAGE:], found[:PAGE]
    due = _due(here, found)
    view = {
        "heading": gettext("Search: %(words)s", words=asked) if asked else _title(here),
        "lead": gettext("Only cases that your post may see."),
        "rows": [_row(here, case, due.get(case.id)) for case in found],
        "nothing": _nothing(asked),
        "next_url": url_for("screens.cases", q=asked or None, below=found[-1].id) if more else "",
    }
    return render_template("search.html", view=view)


def _title(here: Desk) -> str:
    return gettext("All cases") if here.sees_all else gettext("Cases of this unit")


def _nothing(asked: str) -> str:
    if not asked:
        return gettext("No case yet. The first registration appears here.")
    return gettext(
        "Nothing found for “%(words)s”. A name is found by its beginning, numbers only in full.",
        words=asked,
    )


# --- finding


def _wanted(here: Desk, asked: str) -> Select[Any]:
    """Return the cases that the words name: a number, a telephone, an ID number, a name."""
    query = select(Case).where(Case.jurisdiction_id == here.jurisdiction.id)
    if not asked:
        return query
    numbers = _numbers(here, asked)
    if numbers:
        return query.where(Case.number.in_(numbers))
    return query.where(Case.id.in_(_of_party(here, asked)))


def _numbers(here: Desk, asked: str) -> list[str]:
    """Return the case numbers that the words may mean: a whole one, or the last six digits."""
    if re.fullmatch(r"\d{6,12}-\d{4}-\d{1,8}", asked, re.ASCII):
        return [asked]
    if not re.fullmatch(r"\d{1,6}", asked, re.ASCII):
        return []
    mechanism = here.world.mechanism
    form, place = mechanism.numbering["case"], mechanism.place_code
    return [
        form.format(place=place, year=here.today.year - back, serial=int(asked))
        for back in range(YEARS)
    ]


def _of_party(here: Desk, asked: str) -> Select[Any]:
    query = select(Party.case_id).where(Party.jurisdiction_id == here.jurisdiction.id)
    phone = _uniform(identity.check_phone, asked)
    number = re.fullmatch(r"\d{17}[\dXx]", asked, re.ASCII)
    if number:
        return query.where(Party.id_index == blind_index(asked.upper()))
    if phone:
        return query.where(Party.phone_index == blind_index(phone))
    query = query.where(Party.name.startswith(asked, autoescape=True))
    if here.session.get_bind().dialect.name == "sqlite":
        # SQLite compares by code point, so that a range lets it use the index of names; other
        # databases compare by their locale, in which such a range would lose names.
        query = query.where(Party.name >= asked, Party.name < asked + LAST)
    return query


def _uniform(check: Any, asked: str) -> str:
    if not re.fullmatch(r"[\d\-+() ]{7,20}", asked, re.ASCII):
        return ""
    try:
        found: str = check(asked).value
    except identity.Invalid:
        return ""
    return found


def _due(here: Desk, cases: Sequence[Case]) -> dict[int, Any]:
    """Return the next due date of each case."""
    if not cases:
        return {}
    query = (
        select(Task.case_id, Task.due_on)
        .where(
            Task.jurisdiction_id == here.jurisdiction.id,
            Task.case_id.in_([case.id for case in cases]),
            Task.state == "open",
            Task.due_on < NEVER,
        )
        .order_by(Task.due_on.desc())
    )
    return dict(iter(here.session.execute(query)))


def _row(here: Desk, case: Case, due_on: Any) -> dict[str, Any]:
    mechanism = here.world_of(case).mechanism
    return {
        "url": url_for("screens.case", case_id=case.id),
        "name": case.applicant.name,
        "kind": words.matter(mechanism, case),
        "number": case.number,
        "chip": words.stage_chip(mechanism, case),
        "holder": here.world.body_short(case.holder),
        "due": date_short(due_on) if due_on else "",
    }
