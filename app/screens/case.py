"""The case page: where a case stands, what can be done, the panel of one act."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app import uploads, workflow
from app.check.svg import svg
from app.errors import AppError, NotFound, Reason, Refused, Stale
from app.models import Case
from app.rules.engine import Blocked, Offer
from app.screens import (
    act_form,
    chain,
    foresight,
    history,
    looks,
    material,
    remedies,
    ruler,
    standing,
    words,
)
from app.screens.desk import Desk, as_id, desk
from app.screens.fields import Field, summary
from app.screens.parts import Parts, parts_of
from app.security import looks as notes

MAIN = "main"
#: From this many offers on the less usual ones stand in pairs.
MANY = 5


def page(case_id: str) -> ResponseReturnValue:
    """Draw the case page, with the panel of one act where `do` names it."""
    here = desk()
    parts = parts_of(here, as_id(case_id))
    act = _panel(here, parts, request.args.get("do", ""), None) if "do" in request.args else None
    return render_template("case.html", view=_view(here, parts, act))


def flow(case_id: str) -> str:
    """Draw the flow of the case's mechanism, with the stage where the case stands marked."""
    here = desk()
    case = workflow.find(here.session, as_id(case_id))
    notes.note(here.actor, case.id)
    mechanism = here.world_of(case).mechanism
    page = words.mechanism_url(mechanism)
    view = {
        "heading": gettext("Where %(number)s stands", number=case.number),
        "stage": mechanism.stages[case.stage].label,
        "back": url_for("screens.case", case_id=case.id),
        # its writer escapes every word of the profile
        "flow": Markup(svg(mechanism, here=case.stage, page=page, translate=gettext)),  # noqa: S704
    }
    return render_template("flow.html", view=view)


def perform(case_id: str, key: str) -> ResponseReturnValue:
    """Do an act; where it is refused, draw the panel again with everything that was typed."""
    here = desk()
    if "_more" in request.form or "look" in request.form:
        return _again(here, as_id(case_id), key, {}, "", 200)
    asks = _asks(here, as_id(case_id), key)
    form = act_form.without_blank_rows(asks, request.form)
    try:
        outcome = workflow.perform(
            here.session,
            here.actor,
            as_id(case_id),
            key,
            act_form.inputs(asks, form),
            version=_version(),
            now=here.now,
            idempotency_key=request.form.get("request_key") or None,
        )
    except Stale as stale:
        return _again(here, as_id(case_id), key, {}, words.said(stale.reason), stale.status)
    except Refused as refusal:
        return _again(here, as_id(case_id), key, refusal.errors, "", refusal.status)
    _tell(here, outcome, key)
    return redirect(url_for("screens.case", case_id=outcome.case_id), 303)


def preview(case_id: str, key: str) -> ResponseReturnValue:
    """Draw what the act would bring about, for the inputs typed so far."""
    here = desk()
    case = workflow.find(here.session, as_id(case_id))
    offer = workflow.available(here.session, here.actor, case, here.now).find(key)
    if offer is None:
        return "", 204
    inputs = act_form.inputs(offer.asks, act_form.without_blank_rows(offer.asks, request.form))
    return render_template("parts/preview_box.html", act=_foreseen(here, case, offer, inputs))


def attach(case_id: str) -> ResponseReturnValue:
    """Take a file into the case; a refusal stands beside the file's field."""
    here = desk()
    upload = request.files.get("file")
    try:
        taken = uploads.bring(
            here.session,
            here.actor,
            as_id(case_id),
            folder=uploads.folder_of(current_app.config),
            name=(upload.filename if upload else "") or "",
            kind=request.form.get("kind", "other"),
            stream=upload.stream if upload and upload.filename else None,  # type: ignore[arg-type]
            limits=uploads.limits_of(current_app.config),
            now=here.now,
        )
    except NotFound:
        raise
    except AppError as refusal:
        parts = parts_of(here, as_id(case_id))
        view = _view(here, parts, None, upload_error=_first(refusal))
        return render_template("case.html", view=view), refusal.status
    flash(gettext("“%(name)s” is now among the material of the case.", name=taken.name), "success")
    return redirect(url_for("screens.case", case_id=case_id), 303)


def numbers(case_id: str) -> ResponseReturnValue:
    """Show the numbers of persons in full, once, for a reason that is recorded."""
    here = desk()
    parts = parts_of(here, as_id(case_id))
    shown = looks.reveal(here, parts, request.form.get("reason", ""))
    view = _view(here, parts, None, numbers=shown)
    return render_template("case.html", view=view), 422 if shown.error else 200


# --- doing


def _asks(here: Desk, case_id: int, key: str) -> Sequence[Any]:
    """Return what the act asks; nothing where it is not on offer, so that the engine refuses."""
    case = workflow.find(here.session, case_id)
    offer = workflow.available(here.session, here.actor, case, here.now).find(key)
    return offer.asks if offer else ()


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _again(
    here: Desk,
    case_id: int,
    key: str,
    errors: Mapping[str, Sequence[Reason]],
    stale: str,
    status: int,
) -> ResponseReturnValue:
    """Draw the panel again: what was typed is kept, and what is wrong stands beside it."""
    parts = parts_of(here, case_id)
    said = {name: [words.said(one) for one in reasons] for name, reasons in errors.items()}
    act = _panel(here, parts, key, said, stale)
    if act is None:
        flash(
            stale or gettext("This step is no longer open. Below is how the case stands now."),
            "warning",
        )
        return redirect(url_for("screens.case", case_id=case_id), 303)
    return render_template("case.html", view=_view(here, parts, act)), status


def _tell(here: Desk, outcome: workflow.Outcome, key: str) -> None:
    """Say what was done, with the papers to print; the draft of the form is done with."""
    case = workflow.find(here.session, outcome.case_id)
    mechanism = here.world_of(case).mechanism
    label = words.action_label(mechanism, key, here.me, case.tier)
    done = Markup('<span data-draft-done="case-{}-{}"></span>').format(outcome.case_id, key)
    links = [
        Markup('<a href="{}">{}</a>').format(
            url_for("screens.document", paper_id=paper.id),
            gettext("Print %(paper)s", paper=paper.title),
        )
        for paper in outcome.papers
    ]
    said = gettext(
        "Done: %(act)s. The case is now at “%(stage)s”.",
        act=label,
        stage=mechanism.stages[outcome.stage].label,
    )
    flash(Markup("{}{} {}").format(done, said, Markup(" ").join(links)), "success")


def _first(refusal: AppError) -> str:
    errors = getattr(refusal, "errors", {})
    for reasons in errors.values():
        return words.said(reasons[0])
    return words.said(refusal.reason)


# --- the page


def _view(
    here: Desk,
    parts: Parts,
    act: dict[str, Any] | None,
    upload_error: str = "",
    numbers: looks.Numbers = looks.HIDDEN,
) -> dict[str, Any]:
    case, mechanism = parts.seen, here.world_of(parts.case).mechanism
    return {
        "id": case.id,
        "number": case.number,
        "name": case.applicant.name,
        "stage": case.stage,
        "version": case.version,
        "crumbs": _crumbs(here, case),
        "heading": gettext(
            "%(name)s: %(matter)s", name=case.applicant.name, matter=words.matter(mechanism, case)
        ),
        "chips": [*_chips(here, case), *chain.marks(here, parts)],
        "facts": history.facts_line(mechanism, case),
        "form_url": _form_url(parts),
        "answer": standing.answer(here, parts),
        "steps": standing.steps(here, parts),
        "other_way": standing.other_ways(here, case),
        "flow_url": url_for("screens.case_flow", case_id=case.id),
        "missing": _missing(parts),
        "parties": standing.parties(here, parts),
        "papers": history.papers(here, parts),
        "attachments": history.files(here, parts),
        "volume_url": url_for("screens.volume", case_id=case.id),
        "upload": material.upload_form(here, case, upload_error),
        "recordings": material.players(here, parts.case, parts.attachments),
        "timeline": history.timeline(here, parts),
        "offers": _offers(parts),
        "blocked": [_blocked(one) for one in parts.offers.blocked],
        "no_act": gettext(
            "Nothing is yours to do here at present. The page shows how it goes on."
        ),
        "due": ruler.deadline(here, parts),
        "remedies": remedies.card(here, parts),
        "chains": chain.chains(here, parts),
        "applicant": history.applicant(mechanism, case, in_full=numbers.is_shown),
        "numbers": _numbers(parts, numbers),
        "looks": looks.listed(here, case),
        "linked": [
            words.Link(number, url_for("screens.case", case_id=one))
            for one, number in parts.linked
        ],
        "route": history.route_lines(mechanism, case),
        "act": act,
    }


def _numbers(parts: Parts, numbers: looks.Numbers) -> dict[str, Any] | None:
    """Return the form that asks for the numbers in full, where there are hidden ones to show."""
    has_some = any(one.phone or one.id_number for one in parts.case.parties)
    if not parts.is_whole or not has_some:
        return None
    url = url_for("screens.numbers", case_id=parts.case.id)
    return {"url": url, "most": looks.LONGEST, **asdict(numbers)}


def _crumbs(here: Desk, case: Case) -> list[words.Link]:
    cases = gettext("All cases") if here.sees_all else gettext("Cases of this unit")
    return [
        words.Link(gettext("To-do"), url_for("screens.todo")),
        words.Link(cases, url_for("CaseView.list")),
        words.Link(case.number, ""),
    ]


def _chips(here: Desk, case: Case) -> list[words.Chip]:
    mechanism = here.world_of(case).mechanism
    chips = [words.stage_chip(mechanism, case)]
    if case.paused_on is not None:
        chips.insert(0, words.Chip(mechanism.stages[case.stage].label))
    tier = mechanism.tiers.get(case.tier or "")
    return [*chips, words.Chip(tier.label, "layer-group")] if tier else chips


def _form_url(parts: Parts) -> str:
    """Return the registration form, which is the first paper of every case."""
    first = [paper for paper in parts.papers if paper.seq == 1]
    return url_for("screens.document", paper_id=first[0].id) if first else ""


def _missing(parts: Parts) -> dict[str, Any] | None:
    """Return what still stands before the next main step."""
    held = next((one for one in parts.offers.blocked if one.tone == MAIN), None)
    if held is None:
        return None
    title = gettext("%(n)s still missing before “%(act)s”", n=len(held.why), act=held.label)
    lines = [{"text": words.said(one), "note": "", "action": None} for one in held.why]
    return {"title": title, "aside": "", "lines": lines}


def _offers(parts: Parts) -> list[dict[str, Any]]:
    offers = parts.offers.now
    main = next((one for one in offers if one.tone == MAIN), None)
    return [
        {
            "key": one.key,
            "label": one.label,
            "url": url_for("screens.case", case_id=parts.case.id, do=one.key) + "#act",
            "main": one is main,
            "tone": one.tone,
            "quiet": len(offers) >= MANY and place >= MANY - 1,
        }
        for place, one in enumerate(sorted(offers, key=lambda one: one is not main))
    ]


def _blocked(one: Blocked) -> dict[str, Any]:
    return {
        "key": one.key,
        "label": one.label,
        "why": [words.said(reason) for reason in one.why],
        "main": one.tone == MAIN,
    }


# --- the panel


def _panel(
    here: Desk,
    parts: Parts,
    key: str,
    errors: Mapping[str, Sequence[str]] | None,
    stale: str = "",
) -> dict[str, Any] | None:
    """Return the panel of an act on offer; None where it is not (the page then says why)."""
    offer = parts.offers.find(key)
    if offer is None:
        return None
    case, mechanism = parts.case, here.world_of(parts.case).mechanism
    form = None if errors is None else act_form.without_blank_rows(offer.asks, request.form)
    fields = act_form.fields(offer.asks, form, parts, mechanism, here.today, errors or {})
    inputs = act_form.inputs(offer.asks, form) if form is not None else _given(fields)
    act = _foreseen(here, case, offer, inputs)
    return act | {
        "fields": fields,
        "errors": summary(fields, _loose(fields, errors or {})),
        "errors_title": _errors_title(fields, errors or {}, offer.label),
        "stale": stale,
        "url": url_for("screens.perform", case_id=case.id, key=key),
        "look_url": url_for("screens.perform", case_id=case.id, key=key) + "#act",
        "preview_url": url_for("screens.preview", case_id=case.id, key=key),
        "close_url": url_for("screens.case", case_id=case.id),
        # A fresh key each time: what was refused may be sent again with other inputs.
        "request_key": secrets.token_hex(16),
    }


def _foreseen(here: Desk, case: Case, offer: Offer, inputs: Mapping[str, Any]) -> dict[str, Any]:
    mechanism = here.world_of(case).mechanism
    seen = workflow.preview(here.session, here.actor, case, offer.key, inputs, here.now)
    act: dict[str, Any] = {
        "key": offer.key,
        "label": offer.label,
        "clause": words.clause_by_words(mechanism, offer.clause),
        "confirm": gettext("Confirm: %(act)s", act=offer.label),
    }
    return act | foresight.panel(act, mechanism, seen)


def _given(fields: Sequence[Field]) -> dict[str, Any]:
    """Return the values that a fresh form already holds."""
    return {one.name: one.value for one in fields if one.value not in ("", [], None)}


def _loose(fields: Sequence[Field], errors: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the errors that stand beside no field of the form."""
    known = {one.name for one in fields}
    known |= {cell.name for one in fields for row in one.rows_of for cell in row}
    return [words_ for name, found in errors.items() if name not in known for words_ in found]


def _errors_title(fields: Sequence[Field], errors: Mapping[str, Sequence[str]], label: str) -> str:
    number = sum(len(found) for found in errors.values())
    return gettext("%(n)s to put right before “%(act)s”", n=number, act=label)
