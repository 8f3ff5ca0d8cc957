"""“Words of our papers”: a unit words the paragraphs of its papers, and sees them as they print.

A unit's administrator keeps the words of the own unit, the superuser those of every unit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import clock, wordings
from app.documents.sheet import LAYOUT, layout, sheet_of
from app.errors import N_, NotFound, NotYours, Reason, Refused
from app.mechanism.vocabulary import LIST_OF, NUMBER_OF
from app.models import Paper
from app.records import PaperWording
from app.rules import remedies
from app.rules.composition import Composer, filled
from app.rules.wording import fields_in, fields_of, is_kept, paragraphs_of, wrong_with
from app.screens import people
from app.screens.desk import NO_SUCH_PAGE, desk, session
from app.screens.fields import Choice, Field, summary
from app.screens.formats import date_full, datetime_full, say
from app.security import looks
from app.security.posts import is_superuser
from app.wordings import FIRST_DAY, TEXT, Place

SAMPLE = LAYOUT.with_name("sample.json")
#: The field that names the paper by which words are looked at.
LIKE = "like"
KEPT_BY = N_("The words of a unit's papers are kept by its administrator")
OTHERS_NAME = N_("%(unit)s writes in the name of %(body)s, which keeps the words of these papers")


def page() -> ResponseReturnValue:
    """List the kinds of papers of a unit; for the superuser first the units to choose from."""
    at = people.chair(KEPT_BY)
    if at is None:
        return people.units_to_choose("blocks", gettext("Words of our papers"))
    kinds = at.world.mechanism.papers.values()
    _only_own_name(at)
    rows = [
        {
            "title": kind.title,
            "series": kind.series,
            "url": at.url("block", kind=kind.key),
            "is_own": bool(at.world.wording(at.unit, kind.key, at.today)),
        }
        for kind in kinds
    ]
    view = {"unit": at.world.body_name(at.unit), "rows": rows}
    return render_template("blocks.html", view=view)


def _only_own_name(at: people.Chair) -> None:
    issuer = at.world.mechanism.issuer_of(at.unit)
    if issuer != at.unit:
        unit, body = at.world.body_short(at.unit), at.world.body_short(issuer)
        raise NotYours(Reason(OTHERS_NAME, {"unit": unit, "body": body}))


def block(kind: str) -> ResponseReturnValue:
    """Draw the words that hold for a kind of paper, to be changed."""
    at, place = _place(kind)
    known = wordings.history(session(), place)
    typed = {TEXT: "\n".join(_latest(place, known)), FIRST_DAY: at.today.isoformat()}
    return _editor(at, place, known, typed)


def see(kind: str) -> ResponseReturnValue:
    """Draw what the typed words look like: the whole page, or the paper alone for a script."""
    at, place = _place(kind)
    typed = _typed()
    if request.headers.get("X-Requested-With") == "fetch":
        return render_template("parts/block_see.html", see=_seen(at, place, typed))
    return _editor(at, place, wordings.history(session(), place), typed)


def save(kind: str) -> ResponseReturnValue:
    """Keep the typed words from their day on, or bring the mechanism's own back."""
    at, place = _place(kind)
    typed = _typed()
    try:
        first_day = date.fromisoformat(typed[FIRST_DAY])
    except ValueError:
        errors = {FIRST_DAY: [gettext("Choose a day")]}
        return _editor(at, place, wordings.history(session(), place), typed, errors), 422
    try:
        wordings.save(
            session(),
            place,
            None if "back" in request.form else typed[TEXT],
            from_on=first_day,
            seen=int(typed["seen"]) if typed["seen"].isascii() and typed["seen"].isdigit() else 0,
            by=str(g.user.get_full_name()).strip()[:60],
            now=clock.now(),
            today=at.today,
        )
        session().commit()
    except Refused as refusal:
        session().rollback()
        errors = {name: [say(one) for one in why] for name, why in refusal.errors.items()}
        return _editor(at, place, wordings.history(session(), place), typed, errors), 422
    flash(gettext("Saved. Papers say it from %(day)s on.", day=date_full(first_day)), "success")
    return redirect(at.url("block", kind=kind))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in (TEXT, FIRST_DAY, LIKE, "seen")}


def _place(kind: str) -> tuple[people.Chair, Place]:
    at = people.chair(KEPT_BY)
    if at is None or kind not in at.world.mechanism.papers:
        raise NotFound(Reason(NO_SUCH_PAGE))
    _only_own_name(at)
    return at, Place(at.world, at.unit, at.world.mechanism.papers[kind])


def _latest(place: Place, known: Sequence[PaperWording]) -> Sequence[str]:
    """Return the words that were saved last, or the mechanism's own."""
    return (known[0].paragraphs if known else None) or place.kind.text


# --- the page


def _editor(
    at: people.Chair,
    place: Place,
    known: Sequence[PaperWording],
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> str:
    fields = _fields(at, place, typed, errors or {})
    view = {
        "title": place.kind.title,
        "unit": at.world.body_name(at.unit),
        "list_url": at.url("blocks"),
        "save_url": at.url("save_block", kind=place.kind.key),
        "see_url": at.url("see_block", kind=place.kind.key),
        "seen": typed.get("seen") if errors else (known[0].id if known else 0),
        "draft": f"block-{at.place_key}-{at.unit}-{place.kind.key}",
        "fields": fields,
        "errors": summary(fields),
        "see": _seen(at, place, typed),
        "names": [
            {
                "name": f"{{{name}}}",
                "is_kept": is_kept(name) and name in _own(place),
                "cites": name.startswith((NUMBER_OF, LIST_OF)),
            }
            for name in fields_of(at.world.mechanism, place.kind)
        ],
        "history": [_past(one) for one in known],
        "can_go_back": bool(known and known[0].paragraphs),
    }
    return render_template("block.html", view=view)


def _own(place: Place) -> list[str]:
    return fields_in(place.kind.text)


def _past(one: PaperWording) -> dict[str, Any]:
    return {
        "from": date_full(one.from_on),
        "by": one.by,
        "at": datetime_full(one.at.astimezone(clock.CHINA)),
        "paragraphs": one.paragraphs or [],
    }


def _fields(
    at: people.Chair,
    place: Place,
    typed: Mapping[str, str],
    errors: Mapping[str, Sequence[str]],
) -> list[Field]:
    told = gettext(
        "Each line is a paragraph. A paragraph with an empty field is left out when it is printed."
    )
    papers = _papers(at, place)
    known = [
        Field(TEXT, "text", gettext("Paragraphs"), required=True, help=told, rows=10),
        Field(FIRST_DAY, "date", gettext("From which day on"), required=True, width="w6"),
    ]
    if papers:
        choices = [
            Choice(str(one.id), f"{one.number or one.title} {one.addressee}") for one in papers
        ]
        blank = gettext("An invented case")
        known.append(
            Field(
                LIKE,
                "select",
                gettext("Look at it with"),
                choices=choices,
                blank=blank,
                width="w6",
            )
        )
    return [one.with_state(typed.get(one.name, ""), errors.get(one.name, ())) for one in known]


def _papers(at: people.Chair, place: Place) -> Sequence[Paper]:
    """Return the papers to choose from; the superuser sees no case."""
    return () if is_superuser() else wordings.papers_like(session(), place)


# --- what it looks like


@cache
def _sample() -> dict[str, str]:
    found: dict[str, str] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return found


def _seen(at: people.Chair, place: Place, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the sheet of the typed words, or what is wrong with them."""
    paragraphs = paragraphs_of(typed[TEXT])
    wrong = wrong_with(at.world.mechanism, place.kind, paragraphs)
    if wrong:
        return {"errors": [say(one) for one in wrong], "colon": layout()["words"]["colon"]}
    like = next((p for p in _papers(at, place) if str(p.id) == typed.get(LIKE)), None)
    return {
        "errors": [],
        "paper": sheet_of(_content(at, place, paragraphs, like)),
        "colon": layout()["words"]["colon"],
    }


def _content(
    at: people.Chair, place: Place, paragraphs: Sequence[str], like: Paper | None
) -> dict[str, Any]:
    """Return the content of a paper in these words: invented, or as one that was issued."""
    kind, mechanism = place.kind, at.world.mechanism
    forms = [*(form for _, form in kind.rows), *paragraphs]
    fields = _values(at, place, forms)
    if like is not None:
        looks.note(desk().actor, like.case_id)
        names = fields_in(forms)
        fields |= wordings.fields_of_case(session(), desk().actor, like, names, clock.now())
    made = {
        "title": kind.title,
        "form": kind.form,
        "number": fields["number"],
        "to": fields["applicant"] if any(one.word == "applicant" for one in kind.to) else "",
        "case_number": fields["case_number"],
        "signature": {"body": at.world.body_name(at.unit), "on": fields["today"]},
        "basis": mechanism.source.number,
    }
    if like is not None:
        made = {**like.content}
    rows = [[label, text] for label, form in kind.rows if (text := filled(form, fields))]
    said = [text for one in paragraphs if (text := filled(one, fields))]
    return {**made, "rows": rows, "paragraphs": said}


def _values(at: people.Chair, place: Place, forms: Sequence[str]) -> dict[str, str]:
    """Return an invented value for each field; an input is called by its label, in brackets."""
    mechanism, kind = at.world.mechanism, place.kind
    labels = {
        ask.key: ask.label
        for act in (mechanism.register, *mechanism.actions.values())
        if any(make.paper == kind.key for make in act.makes)
        for ask in act.asks
    }
    body = mechanism.bodies.get(at.unit)
    form = kind.number or mechanism.numbering["paper"]
    number = form.format(
        prefix=body.prefix if body else "", series=kind.series, year=at.today.year, serial=1
    )
    known = {
        **_sample(),
        "number": number if kind.series or kind.number else "",
        "issuer": at.world.body_name(at.unit),
        "today": Composer(mechanism.vocabulary["words"]).day(at.today),
        "place": mechanism.place,
        "mechanism": mechanism.name,
        "document": mechanism.source.number,
        "remedies": remedies.notice(mechanism, at.unit, kind.key),
    }
    bracket = layout()["words"]["bracket"].format
    missing = {name: bracket(labels.get(name, name)) for name in fields_in(forms)}
    return {**missing, **{name: value for name, value in known.items() if name not in labels}}
