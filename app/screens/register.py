"""The registration screen: the official form, with a live proposal of who is competent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app import ledger, workflow
from app.clock import CHINA
from app.errors import N_, AppError, NotYours, Reason, Refused
from app.models import KIT, Case
from app.rules import engine
from app.rules.registration import NOT_LINKED
from app.rules.shapes import Act
from app.screens import register_form, words
from app.screens.desk import Desk, desk
from app.screens.fields import summary
from app.screens.formats import date_day
from app.screens.proposal import proposal
from app.screens.register_form import Form

#: The field that says whether the matter is open already.
LINKED = "linked"


def page() -> str:
    """Draw an empty form."""
    here = _registering()
    return _draw(here, register_form.fresh(here), {}, [])


def submit() -> ResponseReturnValue:
    """Register; where something is wrong, draw the form again with everything that was typed."""
    here = _registering()
    form = register_form.without_blank_rows(request.form)
    if "_more" in request.form or "only_route" in request.form:
        return _draw(here, form, {}, [])
    if _is_undecided(here, form):
        text = gettext("Say whether it is the matter that is open already; see below")
        return _draw(here, form, {LINKED: [text]}, [text]), 422
    try:
        outcome = workflow.register(
            here.session,
            here.actor,
            register_form.facts(here, form),
            now=here.now,
            idempotency_key=request.form.get("request_key") or None,
        )
    except Refused as refusal:
        errors = {k: [words.said(one) for one in v] for k, v in refusal.errors.items()}
        return _draw(here, form, errors, _loose(here, form, errors)), refusal.status
    _tell(outcome)
    return redirect(_next_page(here, outcome), 303)


def route_box() -> str:
    """Draw the proposal for as much of the form as is known."""
    here = _registering()
    return render_template("parts/route_box.html", route=proposal(here, request.form))


def _registering() -> Desk:
    here = desk()
    body = here.world.mechanism.bodies.get(here.me)
    if body is None or not body.registering:
        text = N_("%(body)s does not register disputes in this mechanism")
        raise NotYours(Reason(text, {"body": here.world.body_short(here.me)}))
    return here


# --- after registering


def _tell(outcome: workflow.Outcome) -> None:
    done = Markup('<span data-draft-done="register"></span>')
    links = [
        Markup('<a href="{}">{}</a>').format(
            url_for("screens.document", paper_id=paper.id),
            gettext("Print %(paper)s", paper=paper.title),
        )
        for paper in outcome.papers
    ]
    said = gettext("Registered as %(number)s; the office sees it already.", number=outcome.number)
    flash(Markup("{}{} {}").format(done, said, Markup(" ").join(links)), "success")


def _next_page(here: Desk, outcome: workflow.Outcome) -> str:
    """Return where the pressed button leads: the case, or the panel of the next act.

    The usual next act is done at once where it asks for nothing; otherwise its panel opens.
    """
    then = request.form.get("then", "")
    case = url_for("screens.case", case_id=outcome.case_id)
    known = [key for key, _ in _next_acts(here)]
    if then not in known:
        return case
    if then == known[0] and not outcome.repeated and _do_at_once(here, outcome, then):
        return case
    return url_for("screens.case", case_id=outcome.case_id, do=then) + "#act"


def _do_at_once(here: Desk, outcome: workflow.Outcome, key: str) -> bool:
    """Do an act that asks for nothing; False where it asks for something after all."""
    try:
        done = workflow.perform(
            here.session,
            here.actor,
            outcome.case_id,
            key,
            {},
            version=outcome.version,
            now=here.now,
        )
    except AppError:
        return False
    links = [
        Markup('<a href="{}">{}</a>').format(
            url_for("screens.document", paper_id=paper.id),
            gettext("Print %(paper)s", paper=paper.title),
        )
        for paper in done.papers
    ]
    label = words.action_label(here.world.mechanism, key, here.me, None)
    text = gettext("Done: %(act)s.", act=label)
    flash(Markup("{} {}").format(text, Markup(" ").join(links)), "success")
    return True


def _next_acts(here: Desk) -> list[tuple[str, str]]:
    """Return the acts with which the registering body goes on: (key, label), the usual first.

    They are those that fulfil what registration asks of the holder; the engine says which are
    this body's, on a case that is never stored.
    """
    mechanism = here.world.mechanism
    kinds = [term.arg.get("task") for term in mechanism.register.does if term.word == "open"]
    first = mechanism.register.then
    case = Case(
        jurisdiction_id=here.jurisdiction.id,
        stage=first[0].stage if first else "",
        version=1,
        round=1,
        registrar=here.me,
        holder=here.me,
        category=0,
        insurance=[],
        more={},
        route={},
        invited=[],
    )
    act = Act(case, here.actor, here.world, here.now, KIT, mechanism.register)
    acts = [key for kind in kinds if kind in mechanism.tasks for key in mechanism.tasks[kind].acts]
    mine = [
        key
        for key in dict.fromkeys(acts)
        if engine.is_yours(replace(act, action=mechanism.actions[key]))
    ]
    return [(key, words.action_label(mechanism, key, here.me, None)) for key in mine[:2]]


# --- drawing


def _draw(
    here: Desk, form: Form, errors: Mapping[str, Sequence[str]], loose: Sequence[str]
) -> str:
    made = register_form.parts(here, form, errors)
    made[0] = replace(made[0], twins=_twins(here, form, errors))
    fields = register_form.all_fields(made)
    number = sum(len(found) for found in errors.values())
    acts = _next_acts(here)
    view = {
        "crumbs": [
            words.Link(gettext("To-do"), url_for("screens.todo")),
            words.Link(gettext("Register a dispute"), ""),
        ],
        "heading": _heading(here),
        "errors": summary(fields, loose),
        "errors_title": gettext("%(n)s to put right, then it is registered", n=number),
        "url": url_for("screens.register_case"),
        "route_url": url_for("screens.route_box"),
        "request_key": secrets.token_hex(16),
        "parts": made,
        "buttons": _buttons(acts),
        "route": proposal(here, form),
        "effects_title": gettext("Press “%(button)s”", button=_buttons(acts)[0]["label"]),
        "effects": _effects(here),
    }
    return render_template("register.html", view=view)


def _heading(here: Desk) -> str:
    """Return the title of the official form, which registration issues."""
    mechanism = here.world.mechanism
    forms = [mechanism.papers[make.paper].title for make in mechanism.register.makes]
    return forms[0] if forms else gettext("Register a dispute")


def _buttons(acts: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    labels = [gettext("Register and %(act)s", act=label) for _, label in acts[:1]]
    labels += [gettext("Register, then %(act)s", act=label) for _, label in acts[1:]]
    buttons = [{"key": key, "label": label} for (key, _), label in zip(acts, labels, strict=True)]
    only = gettext("Only register") if buttons else gettext("Register")
    return [*buttons, {"key": "", "label": only}]


def _effects(here: Desk) -> list[dict[str, Any]]:
    """Return what registering does: who is told, which papers come, what begins to run."""
    mechanism = here.world.mechanism
    action = mechanism.register
    told = [key for key, one in mechanism.bodies.items() if one.sees_all]
    papers = [mechanism.papers[make.paper].title for make in action.makes]
    tag = words.clause(mechanism, action.clause)
    lines: list[dict[str, Any]] = []
    if told:
        names = words.listed([here.world.body_short(key) for key in told])
        lines.append(
            {
                "icon": "bell",
                "text": gettext("%(units)s sees it at once", units=names),
                "clause": tag,
            }
        )
    if papers:
        text = gettext("%(papers)s, ready to print", papers=words.listed(papers))
        lines.append({"icon": "file-lines", "text": text, "clause": None})
    text = gettext("A case number is given; the applicant can be told it")
    return [*lines, {"icon": "hashtag", "text": text, "clause": None}]


def _loose(here: Desk, form: Form, errors: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the errors that stand beside no field of the form."""
    fields = register_form.all_fields(register_form.parts(here, form, {}))
    known = {one.name for one in fields}
    known |= {cell.name for one in fields for row in one.rows_of for cell in row}
    return [text for name, found in errors.items() if name not in known for text in found]


# --- the same applicant


def _twins(here: Desk, form: Form, errors: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """Return the open cases of the same matter, to be compared, and what was chosen of them."""
    found = _similar(here, form)
    if not found:
        return None
    return {
        "rows": [_twin(here, case) for case in found],
        "chosen": form.get(LINKED, ""),
        "none": NOT_LINKED,
        "errors": errors.get(LINKED, ()),
    }


def _similar(here: Desk, form: Form) -> list[Case]:
    facts = register_form.facts(here, form)
    return workflow.similar(here.session, here.actor, facts, here.now)


def _is_undecided(here: Desk, form: Form) -> bool:
    """Return whether there are such cases and nothing was said of them; a retry was asked once."""
    if form.get(LINKED) or not _similar(here, form):
        return False
    return ledger.kept_answer(here.session, here.actor, form.get("request_key") or None) is None


def _twin(here: Desk, case: Case) -> dict[str, str]:
    mechanism = here.world_of(case).mechanism
    text = gettext(
        "%(matter)s, registered %(day)s by %(unit)s (%(number)s). Is it the same?",
        matter=words.matter(mechanism, case),
        day=date_day(case.registered_at.astimezone(CHINA).date()),
        unit=here.world.body_short(case.registrar),
        number=words.short_number(case),
    )
    return {
        "text": text,
        "number": case.number,
        "url": url_for("screens.case", case_id=case.id),
    }
