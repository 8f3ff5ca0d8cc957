"""“People of my unit”: who works here, their accounts, and start passwords shown once.

A unit's administrator keeps the own unit's clerks. The superuser keeps every body of every
county: administrators, and whoever acts for a post of the mechanism, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import gettext
from sqlalchemy import or_, select, union_all

from app import clock
from app.directory import (
    ADMIN,
    CLERK,
    Directory,
    directory_of,
    jurisdiction_of,
    next_position,
)
from app.errors import N_, NotFound, NotYours, Reason
from app.generated import changes
from app.models import Appointment, Jurisdiction
from app.screens import caseload, words
from app.screens.desk import NO_SUCH_PAGE, as_id, desk, session
from app.screens.fields import Choice, Field, summary
from app.screens.formats import date_full, say
from app.security import accounts
from app.security.posts import SUPERUSER, chosen_post, is_superuser

#: Posts of every body whose people have accounts.
WORKING = (CLERK, ADMIN)
KEPT_BY = N_("The people of a unit are kept by its administrator")
LONGEST = {"person": 60, "phone": 40, "username": 40}


@dataclass(frozen=True)
class Chair:
    """Whose people are kept: one body of one county."""

    place: int
    place_key: str
    world: Directory
    unit: str
    today: date
    is_superuser: bool

    @property
    def posts(self) -> tuple[str, ...]:
        """Return the posts of the body whose holders have accounts; the keeper's to give."""
        if not self.is_superuser:
            return (CLERK,)
        own = self.world.mechanism.posts.items()
        return (*WORKING, *(k for k, p in own if p.body == self.unit and (p.acts or p.sees_all)))

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the posts whose holders the page lists."""
        return self.posts if self.is_superuser else WORKING

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page about this body."""
        if self.is_superuser:
            values |= {"place": self.place_key, "unit": self.unit}
        return url_for(f"screens.{endpoint}", **values)


def may_keep_people() -> bool:
    """Return whether the account keeps people: a unit's administrator, or the superuser."""
    actor = chosen_post()
    return actor.role == ADMIN if actor is not None else is_superuser()


def chair(kept_by: str = KEPT_BY) -> Chair | None:
    """Return whose people this request keeps; None where the superuser has yet to choose.

    Raises NotYours for everybody else, with the sentence that says who keeps them, NotFound for
    a county or body that is none.
    """
    if is_superuser():
        return _chosen()
    here = desk()
    if here.actor.role != ADMIN:
        raise NotYours(Reason(kept_by))
    place, key = here.actor.jurisdiction_id, here.world.mechanism.key
    return Chair(place, key, here.world, here.me, here.today, is_superuser=False)


def _chosen() -> Chair | None:
    key, unit = request.values.get("place", ""), request.values.get("unit", "")
    if not key or not unit:
        return None
    place = jurisdiction_of(session(), key)
    world = directory_of(session(), place)
    if unit not in world.mechanism.bodies:
        raise NotFound(Reason(NO_SUCH_PAGE))
    return Chair(place.id, key, world, unit, clock.today(), is_superuser=True)


# --- the list


def page() -> ResponseReturnValue:
    """Draw the people of the unit; for the superuser first the units to choose from."""
    at = chair()
    if at is None:
        return units_to_choose("people", gettext("People and accounts"))
    return _page(at, {}, {})


def units_to_choose(endpoint: str, title: str) -> str:
    """Draw the units of every county, each with the way to a page about it."""
    groups = []
    for place in session().scalars(select(Jurisdiction).order_by(Jurisdiction.id)):
        world = directory_of(session(), place)
        links = [
            words.Link(
                world.body_name(key), url_for(f"screens.{endpoint}", place=place.key, unit=key)
            )
            for key in world.mechanism.bodies
        ]
        groups.append((place.name, links))
    return render_template("people_units.html", view={"groups": groups, "title": title})


def _page(at: Chair, typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    held = caseload.counts(at.world, at.unit) if not at.is_superuser else {}
    fields, people = _fields(at, typed, errors), _people(at)
    foreign = _acting_elsewhere(at, [one.user_id for one, _ in people if one.user_id])
    view = {
        "unit": at.world.body_name(at.unit),
        "rows": [_row(at, one, name, held, one.user_id in foreign) for one, name in people],
        "loose": held.get(None, 0),
        "loose_url": "" if at.is_superuser else at.url("people_cases", who=caseload.NOBODY),
        "add_url": at.url("add_person"),
        "fields": fields,
        "errors": summary(fields),
        "links": _registers(at),
    }
    return render_template("people.html", view=view)


def _registers(at: Chair) -> list[words.Link]:
    """Return the ways to those who need no account: they stand in the generated lists."""
    query = f"?_flt_eq_jurisdiction_id={at.place}&_flt_eq_body_key={at.unit}"
    tail = query if at.is_superuser else ""
    return [
        words.Link(gettext("Coordinators"), f"/coordinatorview/list/{tail}"),
        words.Link(gettext("Signatories"), f"/signatoryview/list/{tail}"),
        words.Link(gettext("All terms, ended ones too"), f"/clerkview/list/{tail}"),
    ]


def _people(at: Chair) -> Sequence[Any]:
    """Return the present and coming appointments of the body, each with its account's name."""
    query = (
        select(Appointment, User.username)
        .outerjoin(User, User.id == Appointment.user_id)
        .where(
            Appointment.jurisdiction_id == at.place,
            Appointment.body_key == at.unit,
            Appointment.post.in_(at.shown),
            or_(Appointment.until_on.is_(None), Appointment.until_on >= at.today),
        )
        .order_by(Appointment.position, Appointment.id)
    )
    return list(session().execute(query).all())


def _row(
    at: Chair, one: Appointment, username: str | None, held: dict[Any, int], is_foreign: bool
) -> Any:
    until = date_full(one.until_on) if one.until_on else gettext("until further notice")
    is_member = one.post not in WORKING
    return {
        "person": one.person,
        "post": words.post_label(at.world.mechanism, one.post),
        "phone": one.phone,
        "term": f"{date_full(one.from_on)} \N{EN DASH} {until}",
        "username": username or "",
        "count": held.get(one.id, 0),
        "cases_url": "" if at.is_superuser else at.url("people_cases", who=one.id),
        "account_url": "" if is_foreign else at.url("account_form", appointment_id=one.id),
        "end_url": "" if is_member else f"/clerkview/end/{one.id}",
    }


# --- adding a person


def add() -> ResponseReturnValue:
    """Add a clerk with an account, and show the start password once."""
    at = _at()
    typed = {name: request.form.get(name, "").strip() for name in ("person", "username", "phone")}
    typed["post"] = request.form.get("post", CLERK) if at.is_superuser else CLERK
    errors = _faults(at, typed)
    if errors:
        return _page(at, typed, errors), 422
    row = Appointment(
        jurisdiction_id=at.place,
        body_key=at.unit,
        post=typed["post"],
        person=typed["person"],
        phone=typed["phone"],
        position=next_position(session(), at.place),
        from_on=at.today,
    )
    session().add(row)
    return _give_account(at, row, typed["username"])


def _faults(at: Chair, typed: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not typed["person"]:
        found["person"] = [gettext("Give the person's name")]
    for name, most in LONGEST.items():
        if len(typed[name]) > most or not typed[name].isprintable():
            found[name] = [gettext("At most %(most)s characters, all of them visible", most=most)]
    if typed["post"] not in at.posts:
        found["post"] = [gettext("Choose one of the list")]
    if "username" not in found:
        faults = [say(one) for one in accounts.name_faults(session(), typed["username"])]
        found |= {"username": faults} if faults else {}
    return found


def _fields(at: Chair, typed: dict[str, str], errors: dict[str, list[str]]) -> list[Field]:
    posts = [Choice(one, words.post_label(at.world.mechanism, one)) for one in at.posts]
    taken = gettext("What the person logs in with, as in zhang-san; it stays the same.")
    known = [
        Field("person", "line", gettext("Person"), required=True),
        Field("username", "line", gettext("User name"), required=True, help=taken),
        Field("phone", "phone", gettext("Telephone"), note=gettext("optional")),
    ]
    if at.is_superuser:
        known.append(Field("post", "radios", gettext("Post"), required=True, choices=posts))
    first = {"post": CLERK} | typed
    return [one.with_state(first.get(one.name, ""), errors.get(one.name, ())) for one in known]


# --- start passwords


def account_form(appointment_id: str) -> str:
    """Ask before a new start password is set, or for the name of an account to open."""
    at = _at()
    row = _with_account_to_keep(at, appointment_id)
    return _account_page(at, row, "", ())


def give_password(appointment_id: str) -> ResponseReturnValue:
    """Set a new start password, or open an account for who has none; show it once."""
    at = _at()
    row = _with_account_to_keep(at, appointment_id)
    if row.user_id is not None:
        return _show_password(at, row, session().get_one(User, row.user_id))
    username = request.form.get("username", "").strip()
    faults = [say(one) for one in accounts.name_faults(session(), username)]
    if faults:
        return _account_page(at, row, username, faults), 422
    return _give_account(at, row, username)


def _account_page(at: Chair, row: Appointment, typed: str, faults: Sequence[str]) -> str:
    field = Field("username", "line", gettext("User name"), required=True)
    fields = [field.with_state(typed, faults)] if row.user_id is None else []
    view = {
        "person": row.person,
        "url": at.url("give_password", appointment_id=row.id),
        "fields": fields,
        "errors": summary(fields),
        "back": at.url("people"),
    }
    return render_template("people_account.html", view=view)


def _give_account(at: Chair, row: Appointment, username: str) -> ResponseReturnValue:
    before = changes.columns_of(row) if row.id is not None else {}
    role = f"unit {row.post}" if row.post in WORKING else row.post
    password = accounts.start_password(secrets.choice)
    user = accounts.open_account(session(), username, row.person, role, password)
    row.user_id = user.id
    session().flush()
    made = changes.difference(before, changes.columns_of(row))
    changes.record(row, made, clock.now())
    session().commit()
    return _password_page(at, row, username, password)


def _show_password(at: Chair, row: Appointment, user: User) -> ResponseReturnValue:
    password = accounts.start_password(secrets.choice)
    accounts.set_password(session(), user.id, password, is_start=True)
    changes.record(row, {"start_password": [None, at.today.isoformat()]}, clock.now())
    session().commit()
    return _password_page(at, row, user.username, password)


def _password_page(at: Chair, row: Appointment, username: str, password: str) -> str:
    view = {
        "person": row.person,
        "rows": [(gettext("User name"), username), (gettext("Start password"), password)],
        "back": at.url("people"),
    }
    return render_template("people_password.html", view=view)


def _acting_elsewhere(at: Chair, user_ids: Sequence[int]) -> set[int]:
    """Return which accounts act for others, too: their passwords are the superuser's to set.

    Whoever sets a password can act as its account once.
    """
    if at.is_superuser:
        return set()
    posts = select(Appointment.user_id).where(
        Appointment.user_id.in_(user_ids),
        or_(Appointment.until_on.is_(None), Appointment.until_on >= at.today),
        or_(
            Appointment.jurisdiction_id != at.place,
            Appointment.body_key != at.unit,
            Appointment.post.not_in(WORKING),
        ),
    )
    superusers = select(User.id).where(
        User.id.in_(user_ids), User.roles.any(Role.name == SUPERUSER)
    )
    return {one for one in session().scalars(union_all(posts, superusers)) if one is not None}


# --- who is meant


def _at() -> Chair:
    at = chair()
    if at is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    return at


def _with_account_to_keep(at: Chair, text: str) -> Appointment:
    """Return an appointment whose account the keeper may open or reset; raises NotYours."""
    row = _appointment(at, text)
    if row.user_id is not None and _acting_elsewhere(at, [row.user_id]):
        sentence = N_("%(person)s acts for others, too: the superuser sets a new start password")
        raise NotYours(Reason(sentence, {"person": row.person}))
    return row


def _appointment(at: Chair, text: str) -> Appointment:
    """Return a present or coming appointment of the body; raises NotFound."""
    query = select(Appointment).where(
        Appointment.id == as_id(text),
        Appointment.jurisdiction_id == at.place,
        Appointment.body_key == at.unit,
        Appointment.post.in_(at.shown),
        or_(Appointment.until_on.is_(None), Appointment.until_on >= at.today),
    )
    found: Appointment | None = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound(Reason(NO_SUCH_PAGE))
    return found
