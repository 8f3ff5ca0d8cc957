"""Smaller pages: home, notices, help, the mechanism, choosing a post or colours, messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select, update

from app import clock, intake
from app.directory import directory_of, jurisdiction_of
from app.errors import AppError, NotFound, Reason
from app.models import Case, Jurisdiction, Notice, Task
from app.publishing import versions_of
from app.reminders import addressed_to
from app.screens import words
from app.screens.desk import NO_SUCH_PAGE, Desk, desk, session
from app.screens.formats import datetime_short
from app.screens.frame import CASES, DENSITIES, SWITCH, THEMES
from app.screens.mechanism_review import version_rows
from app.screens.mechanism_view import checked, mechanism_view
from app.screens.told import notice_words
from app.security.posts import choose_post, is_superuser, my_posts

YEAR = 365 * 24 * 3600
MOST_NOTICES = 50
CHOICES = {"theme": THEMES, "density": DENSITIES, "keys": SWITCH}


def home() -> ResponseReturnValue:
    """Lead everybody to where their work is."""
    try:
        desk()
    except AppError:
        if is_superuser():
            return redirect(_first_mechanism())
        raise
    return redirect(url_for("screens.todo"))


def _first_mechanism() -> str:
    """Return the address of the first mechanism, or of the own page where none is loaded."""
    place = session().scalar(select(Jurisdiction).order_by(Jurisdiction.id).limit(1))
    if place is None:
        return url_for("screens.mine")
    return url_for("screens.mechanism_page", key=place.key)


def mine() -> str:
    """Draw the account's own page: posts, colours, language, and for the phone the menu."""
    return render_template("mine.html")


# --- choices


def act_for() -> ResponseReturnValue:
    """Act for another of the account's posts from now on."""
    wanted = request.form.get("post", "")
    actor = choose_post(int(wanted) if wanted.isascii() and wanted.isdigit() else -1)
    g.pop("desk", None)
    g.pop("frame", None)
    flash(gettext("You act now as %(who)s.", who=actor.name), "info")
    return redirect(url_for("screens.home"), 303)


def set_theme() -> ResponseReturnValue:
    """Keep colours, row height or shortcuts as chosen, in a cookie for a year."""
    answer = redirect(_inside(request.form.get("next", "")), 303)
    for name, allowed in CHOICES.items():
        value = request.form.get(name)
        if value in allowed:
            answer.set_cookie(
                name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure
            )
    return answer


def _inside(path: str) -> str:
    """Return a path of this site, or the home page for anything that may lead outside."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\"))
    clean = is_path and not any(ord(one) < 33 or one == "\\" for one in path)
    return path if clean else url_for("screens.home")


# --- notices


def cases() -> ResponseReturnValue:
    """Lead from where the list of cases was to where it is, with the words looked for."""
    return redirect(url_for(CASES, q=request.args.get("q") or None))


def notices() -> str:
    """Draw what the acting post has been told and has not read."""
    here = desk()
    query = (
        select(Notice, Case, Task.kind)
        .join(Case, Case.id == Notice.case_id)
        .outerjoin(Task, Task.id == Notice.task_id)
        .where(Notice.jurisdiction_id == here.jurisdiction.id, Notice.body == here.me)
        .where(Notice.read_at.is_(None), addressed_to(here.actor))
        .order_by(Notice.id.desc())
        .limit(MOST_NOTICES)
    )
    rows = [_notice(here, *row) for row in here.session.execute(query)]
    return render_template("notices.html", view={"rows": rows})


def _notice(here: Desk, one: Notice, case: Case, task_kind: str | None) -> dict[str, str]:
    mechanism = here.world_of(case).mechanism
    return {
        "url": url_for("screens.case", case_id=case.id),
        "number": case.number,
        "text": notice_words(mechanism, case, one, task_kind),
        "at": datetime_short(one.at),
    }


def read_notices() -> ResponseReturnValue:
    """Mark the notices of the acting post as read, those that the page has shown."""
    here = desk()
    here.session.execute(
        update(Notice)
        .where(
            Notice.jurisdiction_id == here.jurisdiction.id,
            Notice.body == here.me,
            Notice.read_at.is_(None),
            addressed_to(here.actor),
        )
        .values(read_at=here.now)
        .execution_options(synchronize_session=False)
    )
    here.session.commit()
    return redirect(url_for("screens.notices"), 303)


# --- help and the mechanism


def help_page() -> str:
    """Draw the help: the course of a case, the keys, the words."""
    view: dict[str, Any] = {
        "course": [],
        "mechanism_url": "",
        "shortcuts": _keys(),
        "words": _words(),
    }
    try:
        here = desk()
    except AppError:
        return render_template("help.html", view=view)
    mechanism = here.world.mechanism
    view["mechanism_url"] = words.mechanism_url(mechanism)
    for tier in mechanism.tiers.values():
        stages = " \N{RIGHTWARDS ARROW} ".join(mechanism.stages[key].label for key in tier.steps)
        view["course"].append(f"{tier.label}: {stages}")
    return render_template("help.html", view=view)


def _keys() -> list[tuple[list[str], str]]:
    return [
        (["/"], gettext("Search a case")),
        (["J", "K"], gettext("Next and previous row")),
        (["Enter"], gettext("Open the row")),
        (["D"], gettext("Go to the next step")),
        (["N"], gettext("Register a dispute")),
        (["G", "T"], gettext("Go to the to-do page")),
        (["?"], gettext("This page")),
        (["Ctrl+Enter"], gettext("Send the form")),
    ]


def _words() -> list[tuple[str, str]]:
    return [
        (
            gettext("Lead"),
            gettext(
                "The unit that accepted first; it gathers the decisions and serves them together."
            ),
        ),
        (
            gettext("Proposal"),
            gettext("Days or a unit that the document does not name; the county may set another."),
        ),
        (
            gettext("Clause"),
            gettext("The place in the document on which a step, a date or a duty rests."),
        ),
        (
            gettext("Paused"),
            gettext("The days do not count until handling is resumed; steps stay possible."),
        ),
        (
            gettext("Draft"),
            gettext(
                "What you type is kept on this computer until it is sent; logging out deletes it."
            ),
        ),
    ]


def mechanism_page(key: str) -> str:
    """Draw a mechanism: stages by way, acts, duties, due dates, papers, clauses.

    The superuser sees its versions and may look at each of them, and at what the check finds;
    whoever holds a post sees the mechanism of its county.
    """
    place = jurisdiction_of(session(), key)
    if not is_superuser():
        if all(one.jurisdiction_id != place.id for one in my_posts()):
            raise NotFound(Reason(NO_SUCH_PAGE))
        return render_template(
            "mechanism.html", view=mechanism_view(directory_of(session(), place))
        )
    versions = versions_of(session(), place)
    wanted = request.args.get("version", "")
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else None
    shown = next((one for one in versions if one.number == number), None)
    world = directory_of(session(), place, shown.id if shown else None)
    version = next(one for one in versions if one.id == world.version_id)
    end = intake.ending(session(), world, clock.today()) if shown is None else None
    if end is not None:
        flash(words.said(end), "warning")
    url = url_for("screens.mechanism_page", key=key, version=version.number, check="")
    findings = checked(version.profile, version.source) if "check" in request.args else None
    rows = version_rows(versions, clock.today())
    view = mechanism_view(world, findings, url, rows)
    view["chip"] = next(row["chip"] for row in rows if row["number"] == version.number)
    return render_template("mechanism.html", view=view)


# --- messages


def error_page(status: int, sentence: str) -> ResponseReturnValue:
    """Draw the page of a refusal or a fault: what it is, why, and where to go on."""
    titles: dict[int, Callable[[], str]] = {
        403: lambda: gettext("Not open to you"),
        404: lambda: gettext("Not found"),
        409: lambda: gettext("Somebody was first"),
        413: lambda: gettext("Too large"),
        422: lambda: gettext("Not possible like this"),
        429: lambda: gettext("Too many at once"),
        503: lambda: gettext("Out of reach for the moment"),
    }
    title = titles.get(status, lambda: gettext("Something is not right"))()
    links = [words.Link(gettext("To the start"), "/"), words.Link(gettext("Help"), "/help/")]
    view = {"title": title, "text": sentence, "next": "", "code": "", "links": links}
    return render_template("message.html", view=view), status
