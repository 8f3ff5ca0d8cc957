"""The applicants' own page: case number and last four digits of the telephone, no log-in.

It shows where the matter stands in plain words, and no name, number or paper. Unknown number,
wrong digits, another county's case get one and the same answer, after the same statements;
whoever asks in vain too often is told to telephone. It works without script and cookies: the
size of the letters, the colours and the language are parts of the address.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from sqlalchemy import select

from app import clock
from app.clock import CHINA
from app.database import NEVER
from app.directory import Directory, directory_of
from app.models import Case, Event, Jurisdiction, Paper, Party, Task
from app.rules.remedies import last_days
from app.screens import remedies, standing, words
from app.screens.desk import session
from app.screens.formats import date_day, date_long
from app.screens.frame import LANGUAGE_TAGS, language
from app.security import attempts
from app.security.sight import everything

SIZES = ("large", "larger")
COLOURS = ("light", "dark")
LONGEST = 40
MOST_PLACES = 5
#: Cases of several counties may bear one number; no more are compared.
MOST_OF_ONE_NUMBER = 5
HOUR = 3600
#: The body whose telephone stands at the foot of the page.
HOTLINE_KIND = "office"


@dataclass(frozen=True)
class Look:
    """How the page is drawn, out of its address; the names are those of the frame."""

    lang: str
    theme: str
    size: str
    density: str = "normal"
    who: str = ""
    keys_on: bool = False


@dataclass(frozen=True)
class Asked:
    """What was asked for; empty where the form is fresh."""

    number: str = ""
    digits: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        """Return whether there is something to look up."""
        return bool(self.number and self.digits) and not self.errors


def page() -> ResponseReturnValue:
    """Draw the form, and the progress of the case where number and digits fit."""
    wanted = request.args.get("lang", "")
    if wanted in current_app.config["LANGUAGES"]:
        with force_locale(wanted):
            return _page()
    return _page()


def _page() -> ResponseReturnValue:
    asked = _asked()
    if not asked.is_ready:
        return _draw(asked), 422 if asked.errors else 200
    now = clock.now()
    allowed = attempts.limits(request.remote_addr or "", asked.number, now)
    if attempts.is_over(session(), allowed):
        text = gettext(
            "Too many look-ups did not fit. Try again in an hour, or telephone; "
            "the number stands below"
        )
        return _draw(asked, refused=text), 429, {"Retry-After": str(HOUR)}
    with everything(session()):
        case_id = _find(asked)
        if case_id is not None:
            return _draw(asked, _progress(case_id))
    attempts.count(session().get_bind(), allowed, now)
    text = gettext(
        "Number and digits do not fit together. Compare them with the paper that you were given, "
        "or telephone; the number stands below"
    )
    return _draw(asked, refused=text), 404


# --- what is asked


def _asked() -> Asked:
    number, digits = _typed("number"), _typed("phone")
    if not number and not digits:
        return Asked()
    errors = {}
    if not number:
        errors["number"] = gettext("Write the case number; it stands on every paper of the case")
    if "phone" in request.args and not re.fullmatch(r"[0-9]{4}", digits):
        errors["phone"] = gettext("Write the last four digits of the telephone")
    return Asked(number, digits, errors)


def _typed(name: str) -> str:
    """Return what was typed, full-width characters made plain, without blanks."""
    text = unicodedata.normalize("NFKC", request.args.get(name, "")[:LONGEST])
    return "".join(one for one in text if one.isprintable() and not one.isspace())


def _find(asked: Asked) -> int | None:
    """Return the case whose number and telephone fit; the same one statement for every answer."""
    query = (
        select(Case.id, Party.phone)
        .join(Party, Party.case_id == Case.id)
        .where(
            # Named, so that the index of each county's numbers serves.
            Case.jurisdiction_id.in_(select(Jurisdiction.id)),
            Case.number == asked.number,
            Party.jurisdiction_id == Case.jurisdiction_id,
            Party.role == "applicant",
        )
        .order_by(Case.id, Party.id)
        .limit(MOST_OF_ONE_NUMBER)
    )
    found = None
    for case_id, phone in session().execute(query):
        last = re.sub(r"\D", "", phone or "")[-4:]
        if len(last) == 4 and hmac.compare_digest(last, asked.digits):
            found = found or case_id
    return found


# --- what is shown


def _draw(asked: Asked, shown: Mapping[str, Any] | None = None, refused: str = "") -> str:
    worlds = [shown["world"]] if shown else _worlds()
    view = {
        "place": worlds[0].mechanism.place if len(worlds) == 1 else "",
        "number": asked.number,
        "digits": asked.digits,
        "errors": asked.errors,
        "refused": refused,
        "choices": _choices(asked),
        "languages": _languages(asked),
        "hotline": words.listed([line for world in worlds if (line := _hotline(world))]),
        "shown": shown,
        "is_demo": bool(current_app.config.get("DEMO")),
    }
    look = Look(LANGUAGE_TAGS.get(language(), language()), _one("colours"), _one("size"))
    return render_template("progress.html", view=view, frame=look)


def _worlds() -> list[Directory]:
    """Return the counties of this server."""
    places = session().scalars(select(Jurisdiction).order_by(Jurisdiction.id).limit(MOST_PLACES))
    return [directory_of(session(), place) for place in places]


def _hotline(world: Directory) -> str:
    """Return where to telephone in a county when nothing is found."""
    for key, body in world.mechanism.bodies.items():
        contact = world.contact(key, clock.today()) if body.kind == HOTLINE_KIND else None
        if contact is not None:
            return f"{world.mechanism.place} {contact.phone}"
    return ""


_CHOSEN: Mapping[str, tuple[str, ...]] = {"size": SIZES, "colours": COLOURS}


def _one(name: str) -> str:
    """Return what the address chooses, or the default."""
    value = request.args.get(name, "")
    return value if value in _CHOSEN[name] else _CHOSEN[name][0]


def _address(asked: Asked, **other: str) -> str:
    """Return the page's address with its choices, some of them changed."""
    kept = {"number": asked.number, "phone": asked.digits, "lang": request.args.get("lang", "")}
    kept |= {name: _one(name) for name in _CHOSEN if _one(name) != _CHOSEN[name][0]}
    kept |= other
    named = {name: value for name, value in kept.items() if value}
    return f"{url_for('screens.progress')}?{urlencode(named)}"


def _choices(asked: Asked) -> list[dict[str, Any]]:
    """Return the links for the size of the letters and the colours."""
    size, colours = _one("size"), _one("colours")
    other = COLOURS[1] if colours == COLOURS[0] else ""
    return [
        {
            "label": gettext("Large"),
            "url": _address(asked, size=""),
            "on": size == SIZES[0],
        },
        {
            "label": gettext("Larger"),
            "url": _address(asked, size=SIZES[1]),
            "on": size == SIZES[1],
        },
        {
            "label": gettext("Dark ground"),
            "url": _address(asked, colours=other),
            "on": colours == COLOURS[1],
        },
    ]


def _languages(asked: Asked) -> list[dict[str, str]]:
    return [
        {"key": key, "label": known["name"], "url": _address(asked, lang=key)}
        for key, known in current_app.config["LANGUAGES"].items()
        if key != language()
    ]


def _progress(case_id: int) -> dict[str, Any]:
    """Return what the applicant may know; only from within `everything`."""
    case: Case = session().get_one(Case, case_id)
    world = directory_of(session(), case.jurisdiction, case.mechanism_version_id)
    tasks, events = _parts(Task, case), _parts(Event, case)
    is_answered = _is_answered(world, case)
    ends = last_days(world.mechanism, world.calendar, events, _parts(Paper, case))
    return {
        "world": world,
        "short": words.short_number(case),
        "title": _plain(world, case.stage),
        "sentence": _sentence(world, case, tasks),
        "please": _please(world, case, tasks),
        "when": _when(world, case, tasks, is_answered=is_answered),
        "steps": _steps(world, case, events),
        "contact": _contact(world, case),
        "is_answered": is_answered,
        "remedies": remedies.lines(ends),
    }


def _parts(model: Any, case: Case) -> Sequence[Any]:
    query = select(model).where(
        model.jurisdiction_id == case.jurisdiction_id, model.case_id == case.id
    )
    return session().scalars(query.order_by(model.id)).all()


def _is_answered(world: Directory, case: Case) -> bool:
    """Return whether a decision has been issued, against which there are remedies."""
    kinds = [key for key, kind in world.mechanism.papers.items() if kind.decision]
    query = select(Paper.id).where(
        Paper.jurisdiction_id == case.jurisdiction_id,
        Paper.case_id == case.id,
        Paper.kind.in_(kinds),
        Paper.state == "issued",
    )
    return session().scalar(query.limit(1)) is not None


def _plain(world: Directory, stage: str) -> str:
    known = world.mechanism.stages[stage]
    return known.said or known.label


def _is_finished(world: Directory, case: Case) -> bool:
    return world.mechanism.stages[case.stage].state == "finished"


def _sentence(world: Directory, case: Case, tasks: Sequence[Task]) -> str:
    mechanism = world.mechanism
    matter, unit = words.matter(mechanism, case), world.body_short(case.lead or case.holder)
    if _is_finished(world, case):
        return gettext("Your matter (%(matter)s) has come to its end.", matter=matter)
    deciding = [
        task.body
        for task in tasks
        if mechanism.tasks[task.kind].sight == "full"
        and task.state != "void"
        and task.round == case.round
    ]
    leading = [case.lead] if case.lead else []
    units = [world.body_short(key) for key in dict.fromkeys([*leading, *deciding])]
    several = {"matter": matter, "units": words.listed(units)}
    if len(units) > 1 and case.lead:
        said = gettext(
            "Your matter (%(matter)s) is handled by %(units)s together; %(lead)s leads. "
            "In the end you are answered in writing.",
            lead=unit,
            **several,
        )
    elif len(units) > 1:
        said = gettext(
            "Your matter (%(matter)s) is handled by %(units)s together. "
            "In the end you are answered in writing.",
            **several,
        )
    else:
        said = gettext(
            "Your matter (%(matter)s) is with %(unit)s. In the end you are answered in writing.",
            matter=matter,
            unit=unit,
        )
    paused = [gettext("The due dates are paused.")] if case.paused_on else []
    return words.sentences([said, *paused])


def _please(world: Directory, case: Case, tasks: Sequence[Task]) -> dict[str, str] | None:
    """Return what the applicant is asked to do; the paper that asks says what exactly."""
    owed = [task for task in tasks if task.body == "applicant" and task.state == "open"]
    if not owed or _is_finished(world, case):
        return None
    day = owed[0].due_on
    return {
        "what": world.mechanism.tasks[owed[0].kind].label,
        "until": date_long(day) if day < NEVER else "",
        "unit": world.body_name(case.holder),
        "address": world.body_address(case.holder),
    }


def _when(
    world: Directory, case: Case, tasks: Sequence[Task], *, is_answered: bool
) -> dict[str, str] | None:
    """Return until when there is an answer, or at least the next step; None once there is one."""
    if is_answered or _is_finished(world, case) or case.paused_on is not None:
        return None
    holders = (case.holder, case.lead)
    dated = [t for t in tasks if t.state == "open" and t.body in holders and t.due_on < NEVER]
    answers = [task.due_on for task in dated if world.mechanism.tasks[task.kind].extendable]
    if not dated:
        return None
    title = gettext("When there is an answer") if answers else gettext("When it goes on")
    day: date = max(answers) if answers else min(task.due_on for task in dated)
    return {"title": title, "day": date_long(day)}


def _steps(world: Directory, case: Case, events: Sequence[Event]) -> list[dict[str, str]]:
    mechanism = world.mechanism
    order = standing.course(mechanism, case)
    at = order.index(case.stage)
    reached = {
        one.stage_after: f"{date_day(one.at.astimezone(CHINA).date())} "
        f"{world.body_short(one.body)}"
        for one in events
        if one.stage_after != one.stage_before
    }
    return [
        {
            "label": mechanism.stages[key].label,
            "note": reached.get(key, "") if place <= at else "",
            "state": "done" if place < at else "current" if place == at else "ahead",
        }
        for place, key in enumerate(order)
    ]


def _contact(world: Directory, case: Case) -> dict[str, str]:
    """Return who has the matter and how to reach that body."""
    contact = world.contact(case.holder, clock.today())
    return {
        "unit": world.body_short(case.holder),
        "name": contact.name if contact else "",
        "phone": contact.phone if contact else "",
        "dial": re.sub(r"[^0-9+]", "", contact.phone) if contact else "",
        "address": world.body_address(case.holder),
    }
