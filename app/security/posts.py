"""For whom an account acts: its posts, and the one chosen for this request.

An account may hold several posts (tax bureau and office, say); their rights never add up. The
screen keeps the choice in the session; REST sends `X-Acting-For`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app, g, has_request_context, request
from flask import session as browser
from sqlalchemy import inspect, or_, select

from app import clock
from app.directory import ADMIN, CLERK, directory_of
from app.errors import N_, NotFound, NotYours, Reason
from app.models import Appointment, Jurisdiction
from app.rules.shapes import Actor
from app.security.accounts import Standing
from app.security.sight import AnySession, Scope, see

HEADER = "X-Acting-For"
SUPERUSER = "Admin"
#: Posts of a body under which its people act; a profile's posts act in their own name.
_WORKING = (CLERK, ADMIN)


def posts_of(session: AnySession, user_id: int, day: date) -> list[Actor]:
    """Return the posts that an account holds on that day, its first one first."""
    rows = session.execute(
        select(Appointment, Jurisdiction)
        .join(Jurisdiction, Jurisdiction.id == Appointment.jurisdiction_id)
        .where(
            Appointment.user_id == user_id,
            Appointment.from_on <= day,
            or_(Appointment.until_on.is_(None), Appointment.until_on >= day),
        )
        .order_by(Appointment.position, Appointment.id)
    ).all()
    if has_request_context():
        # Read along with the posts, so that the request asks for its place no second time.
        g.setdefault("places", {}).update({place.id: place for _, place in rows})
    found: dict[tuple[int, str, str], Actor] = {}
    for row, _ in rows:
        actor = _actor(session, row)
        if actor is not None:
            # A second term of the same post, an authorisation say, is no second post.
            found.setdefault((actor.jurisdiction_id, actor.acting_for, actor.role), actor)
    return list(found.values())


def _actor(session: AnySession, row: Appointment) -> Actor | None:
    """Return the actor of an appointment; None where the post gives no account rights."""
    if row.post in _WORKING:
        acting_for, role = row.body_key, row.post
    elif row.post in _mechanism_posts(session, row.jurisdiction_id):
        acting_for, role = row.post, "post"
    else:
        return None
    return Actor(
        user_id=row.user_id,
        name=row.person,
        jurisdiction_id=row.jurisdiction_id,
        acting_for=acting_for,
        role=role,
        appointment_id=row.id,
    )


def _mechanism_posts(session: AnySession, jurisdiction_id: int) -> Sequence[str]:
    place = place_of(session, jurisdiction_id)
    if place is None:
        return ()
    try:
        posts = directory_of(session, place).mechanism.posts
    except NotFound:
        return ()
    return [key for key, post in posts.items() if post.acts or post.sees_all]


def place_of(session: AnySession, jurisdiction_id: int) -> Jurisdiction | None:
    """Return a jurisdiction, read once per request."""
    if not has_request_context():
        return session.get(Jurisdiction, jurisdiction_id)
    places: dict[int, Jurisdiction | None] = g.setdefault("places", {})
    known = places.get(jurisdiction_id)
    # A refusal gives the session back before its page is drawn: then the row is read again.
    if known is None or inspect(known).detached:
        places[jurisdiction_id] = session.get(Jurisdiction, jurisdiction_id)
    return places[jurisdiction_id]


def scope_for(session: AnySession, actor: Actor) -> Scope:
    """Return what the actor's body or post may read."""
    place = place_of(session, actor.jurisdiction_id)
    if place is None:
        return Scope()
    mechanism = directory_of(session, place).mechanism
    holder: Any = mechanism.bodies.get(actor.acting_for) or mechanism.posts.get(actor.acting_for)
    sees_all = holder is not None and holder.sees_all
    return Scope(actor.jurisdiction_id, actor.acting_for, sees_all)


def is_superuser() -> bool:
    """Return whether the account edits the reference data of all jurisdictions.

    Whoever holds a post acts for it; the superuser holds none.
    """
    user = _user()
    if user is None or my_posts():
        return False
    return any(role.name == SUPERUSER for role in user.roles)


def my_posts() -> list[Actor]:
    """Return the posts of the signed-in account, read once per request."""
    user = _user()
    if user is None:
        return []
    if "posts" not in g:
        g.posts = posts_of(database_session(), user.id, clock.today())
    found: list[Actor] = g.posts
    return found


def _user() -> Any | None:
    """Return the account of this request, signed in by cookie or by token."""
    user = g.get("user")
    return user if user is not None and user.is_authenticated else None


def standing() -> Standing:
    """Return what the account of this request owes, known once the account is loaded."""
    found: Standing = g.get("standing", Standing())
    return found


def enter() -> None:
    """Let the request's session see what its post may see; called once the account is known."""
    actor = chosen_post()
    scope = scope_for(database_session(), actor) if actor is not None else Scope()
    see(database_session(), scope)


def current_actor() -> Actor:
    """Return for whom this request acts; raises NotYours where the account holds no such post."""
    actor = chosen_post()
    if actor is not None:
        return actor
    if wanted := request.headers.get(HEADER):
        text = N_("Your account does not act for “%(post)s”")
        raise NotYours(Reason(text, {"post": wanted}))
    text = N_(
        "Your account holds no post at present. "
        "The administrator of your unit or the superuser can give it one"
    )
    raise NotYours(Reason(text))


def chosen_post() -> Actor | None:
    """Return the post of this request: the header's, the session's, or the account's first."""
    if not has_request_context():
        return None
    posts = my_posts()
    wanted = request.headers.get(HEADER)
    if wanted:
        return next((post for post in posts if post.acting_for == wanted), None)
    kept = browser.get("acting_for")
    first = posts[0] if posts else None
    return next((post for post in posts if post.appointment_id == kept), first)


def choose_post(appointment_id: int) -> Actor:
    """Act for another of the account's posts from now on; raises NotYours where it is not held."""
    for post in my_posts():
        if post.appointment_id == appointment_id:
            browser["acting_for"] = appointment_id
            return post
    raise NotYours(Reason(N_("Your account does not hold this post")))


def database_session() -> AnySession:
    """Return the database session of this thread."""
    found: AnySession = current_app.extensions["lianchu.session"]
    return found
