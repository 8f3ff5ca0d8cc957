"""“My data and password”: who one is here, for which posts, and the change of the password."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from app import clock
from app.directory import directory_of
from app.models import Appointment, Jurisdiction
from app.screens import words
from app.screens.desk import session
from app.screens.fields import Field, summary
from app.screens.formats import date_full
from app.security import accounts
from app.security.posts import my_posts, standing

#: What an account may open before it has chosen a password of its own.
OPEN = frozenset({"screens.account", "screens.set_password", "screens.help_page"})
OPEN_VIEWS = frozenset({"static", "logout", "login", "set_theme"})
#: An English page is wanted as much as a Chinese one: the choice of language stays open.
OPEN_PATHS = ("/lang/", "/api/")


def only_own_passwords() -> ResponseReturnValue | None:
    """Lead whoever still has a start password to the page that changes it.

    REST says the same in a sentence (app.api.base).
    """
    endpoint = request.endpoint or ""
    if not standing().must_change or endpoint in OPEN:
        return None
    if endpoint.rpartition(".")[2] in OPEN_VIEWS or request.path.startswith(OPEN_PATHS):
        return None
    return redirect(url_for("screens.account"), 303)


def page() -> str:
    """Draw the account's data and the form of the password."""
    return _page({})


def set_password() -> ResponseReturnValue:
    """Change the password, end the account's other sessions, and keep this one."""
    form = {name: request.form.get(name, "") for name in ("present", "password", "again")}
    errors = _faults(form)
    if errors:
        return _page(errors), 422
    stamp = accounts.set_password(session(), g.user.id, form["password"], is_start=False)
    session().commit()
    browser["stamp"] = stamp
    flash(gettext("The new password holds from now on. Other devices were signed out."), "success")
    return redirect(url_for("screens.home"), 303)


def _faults(form: dict[str, str]) -> dict[str, list[str]]:
    """Return what is wrong, by field; the present password is looked at last.

    It is counted where it is wrong, and must not be where the rest would be refused anyway.
    """
    name, user_id = g.user.username, g.user.id
    present = form["present"]
    found = [one.say(gettext) for one in accounts.faults(form["password"], name, present)]
    if found:
        return {"password": found}
    if form["password"] != form["again"]:
        return {"again": [gettext("The two entries differ; type the new password again")]}
    if not accounts.confirms(session(), user_id, present, clock.now()):
        text = gettext(
            "This is not the present password. After five wrong ones in a row it is not "
            "looked at for 15 minutes"
        )
        return {"present": [text]}
    return {}


def _page(errors: dict[str, list[str]]) -> str:
    fields = _fields(errors)
    view = {
        "must_change": standing().must_change,
        "rows": [(gettext("Person"), g.user.first_name), (gettext("User name"), g.user.username)],
        "posts": [] if standing().must_change else _posts(),
        "fields": fields,
        "errors": summary(fields),
    }
    return render_template("account.html", view=view)


def _fields(errors: dict[str, list[str]]) -> list[Field]:
    least = gettext(
        "At least %(least)s characters, and not the user name. Three or four words are easy to "
        "remember.",
        least=accounts.SHORTEST,
    )
    known = (
        ("present", gettext("Present password"), "", "current-password"),
        ("password", gettext("New password"), least, "new-password"),
        ("again", gettext("New password once more"), "", "new-password"),
    )
    return [
        Field(
            name=name,
            kind="password",
            label=label,
            required=True,
            help=text,
            errors=tuple(errors.get(name, ())),
            attrs={"autocomplete": complete, "maxlength": str(accounts.LONGEST)},
        )
        for name, label, text, complete in known
    ]


def _posts() -> list[dict[str, Any]]:
    """Return the posts that the account holds today, each with its term."""
    ids = [one.appointment_id for one in my_posts()]
    query = select(Appointment).where(Appointment.id.in_(ids)).order_by(Appointment.position)
    found = []
    for row in session().scalars(query):
        world = directory_of(session(), session().get(Jurisdiction, row.jurisdiction_id))
        until = date_full(row.until_on) if row.until_on else gettext("until further notice")
        label = words.post_label(world.mechanism, row.post)
        found.append(
            {
                "unit": world.body_short(row.body_key),
                "post": label,
                "phone": row.phone,
                "term": f"{date_full(row.from_on)} \N{EN DASH} {until}",
            }
        )
    return found
