"""The leading group and the mechanism's other posts, with authorisations (Z2, Z4.2.2-2)."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_appbuilder.security.sqla.models import User
from flask_babel import lazy_gettext
from sqlalchemy import Select, or_

from app.directory import ADMIN, CLERK
from app.errors import N_, FieldReasons, Reason
from app.generated.forms import Related
from app.generated.people import PeopleView
from app.generated.rights import DATED, POST, READ, SUPERUSER
from app.models import Appointment
from app.security.posts import database_session


class MemberView(PeopleView):
    """Members and holders of posts; the superuser keeps them, everybody in the county reads."""

    resource = "member"
    icon = "users-rectangle"
    list_title = lazy_gettext("Members of the leading group")
    add_title = lazy_gettext("New term")
    edit_title = lazy_gettext("Change a term")
    menu_label = lazy_gettext("Members")
    intro = lazy_gettext(
        "Members and their terms. Whoever leaves gets a last day; old terms stay, and an "
        "approval of that time remains that person's."
    )
    grants: ClassVar = {CLERK: READ, ADMIN: READ, POST: READ, SUPERUSER: DATED}
    list_columns = ["person", "post", "title", "term", "stands_in_for", "state"]
    show_columns = ["person", "post", "title", "phone", "term", "stands_in_for", "authority"]
    more_columns = ("authority", "phone", "from_on", "until_on", "jurisdiction_id")
    search_columns = ("post",)
    _fieldsets: ClassVar = [
        (
            lazy_gettext("Who it is"),
            {
                "fields": ["person", "title", "phone", "user_id"],
                "description": lazy_gettext("With an account the person acts on cases."),
            },
        ),
        (
            lazy_gettext("Term"),
            {
                "fields": ["post", "from_on", "until_on", "authority"],
                "description": lazy_gettext(
                    "A post that the document gives to one person is held by one at a time."
                ),
            },
        ),
        (
            lazy_gettext("Authorisation"),
            {
                "fields": ["stands_in_for"],
                "description": lazy_gettext(
                    "Lets the holder act for another post during this term: add a term of its "
                    "own for it, with both days and the paper."
                ),
            },
        ),
    ]
    add_fieldsets = edit_fieldsets = _fieldsets
    label_columns = {**PeopleView.label_columns, "title": lazy_gettext("Own office")}
    choices: ClassVar = {
        "post": lambda view: view.posts(),
        "stands_in_for": lambda view: view.posts(),
    }
    words: ClassVar = {
        **PeopleView.words,
        "stands_in_for": lambda view, row: view.authorised_words(row),
    }
    related: ClassVar = {
        "user_id": Related(
            User,
            lambda one: f"{one.first_name} ({one.username})",
            (User.username, User.first_name),
        )
    }

    def is_own_only(self) -> bool:
        """Return that everybody in the county may know the leading group."""
        return False

    def posts(self) -> list[tuple[str, str]]:
        """Return the mechanism's own posts."""
        world = self.world()
        if world is None:
            return []
        return [(key, post.label) for key, post in world.mechanism.posts.items()]

    def authorised_words(self, row: Any) -> str | None:
        """Return for which post the holder may act, if any."""
        world = self.world_of(row.jurisdiction_id)
        if not row.stands_in_for or world is None:
            return None
        return world.mechanism.label_of(row.stands_in_for)

    def is_single(self, row: Any) -> bool:
        """Return whether one person at a time holds the post: the document names just one."""
        world = self.world_of(row.jurisdiction_id)
        listed = [m for m in world.mechanism.members if m.post == row.post] if world else []
        return len(listed) == 1

    def prepare(self, row: Any, is_new: bool) -> None:
        """Let the post say its body; an authorisation goes with the account of its person."""
        super().prepare(row, is_new)
        world = self.world_of(row.jurisdiction_id)
        post = world.mechanism.posts.get(row.post) if world else None
        if post is not None:
            row.body_key = post.body
        if row.stands_in_for and row.user_id is None:
            query = self.of_post(row).where(
                Appointment.person == row.person, Appointment.user_id.is_not(None)
            )
            own = database_session().scalars(query.limit(1)).first()
            row.user_id = own.user_id if own else None

    def problems(self, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong: with the term, and with an authorisation."""
        found = dict(super().problems(row, is_new))
        if not row.stands_in_for:
            return found
        if row.stands_in_for == row.post:
            text = N_("This is the post itself; an authorisation is for another one")
            found["stands_in_for"] = [Reason(text)]
        if not row.authority:
            found["authority"] = [Reason(N_("Name the paper of the authorisation"))]
        if row.until_on is None:
            found.setdefault("until_on", [Reason(N_("An authorisation has a last day"))])
        return found

    def same_term(self, row: Any) -> Select[Any] | None:
        """Return the terms that exclude this one: all of a single post, else the person's own.

        An authorisation stands beside the term of the post itself.
        """
        query = self.of_post(row)
        if row.stands_in_for:
            return query.where(
                Appointment.person == row.person, Appointment.stands_in_for == row.stands_in_for
            )
        query = query.where(Appointment.stands_in_for.is_(None))
        return query if self.is_single(row) else query.where(Appointment.person == row.person)

    def history(self, row: Any) -> Select[Any] | None:
        """Return who held the post; of a post of several, who held this seat."""
        query = self.of_post(row)
        if self.is_single(row):
            return query
        return query.where(or_(Appointment.title == row.title, Appointment.person == row.person))
