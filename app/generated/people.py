"""Who holds which post of a unit: coordinators, signatories, clerks. All dated, none deleted.

A term ends by its last day, so that who held a post on the day of an approval stays true. A
unit's administrator keeps the own unit's people, the superuser everybody's, and the leading
group's members are the superuser's alone (Z2, SPEC People).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from flask import g, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import ColumnElement, Select, or_, select
from wtforms.validators import InputRequired

from app.directory import ADMIN, CLERK, COORDINATOR, SIGNATORY, next_position
from app.errors import N_, FieldReasons, Reason
from app.generated import menu
from app.generated.dated import DatedView, holds_on
from app.generated.interface import RecordInterface
from app.generated.listing import RowLink
from app.generated.rights import ALL_READ, DATED, READ, SUPERUSER
from app.models import Appointment, Jurisdiction
from app.rules.identity import Invalid, check_phone
from app.screens import caseload, words
from app.security.posts import chosen_post, database_session, place_of, scope_for

#: The posts that every body has; all others are the mechanism's own.
OF_BODIES = (CLERK, ADMIN, COORDINATOR, SIGNATORY)
#: An administrator and a clerk have been given an account; the terms themselves only end.
CLERKS = (*READ, "can_edit", "can_end")


class PeopleView(DatedView):
    """Appointments of some posts."""

    datamodel = RecordInterface(Appointment)
    group = menu.PEOPLE
    #: The posts whose holders stand in this list; empty: the mechanism's own.
    held: ClassVar[tuple[str, ...]] = ()
    grants: ClassVar = {**ALL_READ, ADMIN: DATED, SUPERUSER: DATED}
    text_columns = ("person", "title", "phone", "authority")
    order_columns = ("person", "from_on", "until_on", "position")
    base_order = ("position", "asc")
    search_columns: Any = ("body_key",)
    more_columns: ClassVar[Sequence[str]] = (
        "authority",
        "from_on",
        "until_on",
        "jurisdiction_id",
    )
    choices: ClassVar[Mapping[str, Any]] = {"body_key": lambda view: view.bodies()}
    words: ClassVar[Mapping[str, Any]] = {
        **DatedView.words,
        "body_key": lambda view, row: view.body_words(row),
        "post": lambda view, row: view.post_words(row),
    }
    description_columns = {
        "person": lazy_gettext("Correct a slip here; for another person add a new term."),
        "until_on": lazy_gettext("Leave it empty while the term goes on. This day still counts."),
        "authority": lazy_gettext("The paper of the appointment: its name and number."),
    }
    label_columns = {"start_password": lazy_gettext("Start password")}

    # --- which rows, and whose

    def narrow(self, query: Select[Any]) -> Select[Any]:
        """Return the terms of this list's posts: the own body's, or all where all is seen."""
        query = super().narrow(query).where(self._of_these_posts())
        actor = chosen_post()
        if actor is None or not self.is_own_only():
            return query
        return query.where(Appointment.body_key == actor.acting_for)

    def _of_these_posts(self) -> ColumnElement[bool]:
        if self.held:
            return Appointment.post.in_(self.held)
        return Appointment.post.not_in(OF_BODIES)

    def is_own_only(self) -> bool:
        """Return whether the acting post sees the people of its own body alone."""
        actor = chosen_post()
        return actor is not None and not scope_for(database_session(), actor).sees_all

    def may_write(self, row: Any) -> bool:
        """Return whether the row is the superuser's, or of the administrator's own body."""
        actor = chosen_post()
        if actor is None:
            return True
        own = (row.jurisdiction_id, row.body_key) == (actor.jurisdiction_id, actor.acting_for)
        return own and actor.role == ADMIN

    def found(self, pk: str, *, to_write: bool = False) -> Any:
        """Return the row, and keep its county at hand for the form's choices."""
        row = super().found(pk, to_write=to_write)
        g.people_place = row.jurisdiction_id
        return row

    def _place_to_add(self) -> int | None:
        """Return the county of a new row, and keep it at hand for the form's choices."""
        g.people_place = found = super()._place_to_add()
        return found

    def place_id(self) -> int | None:
        """Return the county at hand: that of the row that is written, else the list's.

        A form never takes its choices from the county that an address filters by.
        """
        if "people_place" not in g:
            found = super().place_id()
            if found is not None:
                return found
            self._place_to_add()
        place: int | None = g.people_place
        return place

    # --- words

    def bodies(self) -> list[tuple[str, str]]:
        """Return the bodies that may be chosen: an administrator has one."""
        world = self.world()
        if world is None:
            return []
        actor = chosen_post()
        own = actor is not None and self.is_own_only()
        keys = [actor.acting_for] if own and actor else world.mechanism.working
        return [(key, world.body_short(key)) for key in keys]

    def body_words(self, row: Any) -> str:
        """Return the short name of a row's body."""
        world = self.world_of(row.jurisdiction_id)
        return world.body_short(row.body_key) if world else str(row.body_key)

    def post_words(self, row: Any) -> str:
        """Return the words of a row's post."""
        world = self.world_of(row.jurisdiction_id)
        return words.post_label(world.mechanism, row.post) if world else str(row.post)

    # --- rules

    def prepare(self, row: Any, is_new: bool) -> None:
        """Put a new term at the end of its list."""
        if is_new:
            row.position = next_position(database_session(), row.jurisdiction_id)
            if self.held:
                row.post = self.held[0]

    def problems(self, row: Any, is_new: bool) -> FieldReasons:
        """Return what is wrong: the term, the telephone, somebody else's unit."""
        found = dict(super().problems(row, is_new))
        if slip := _phone_slip(row.phone):
            found["phone"] = [slip]
        if not self.may_write(row):
            found["body_key"] = [Reason(N_("You keep the people of your own unit only"))]
        return found

    def same_term(self, row: Any) -> Select[Any] | None:
        """Return the terms of the same person in the same post: one at a time."""
        return self.of_post(row).where(Appointment.person == row.person)

    def of_post(self, row: Any) -> Select[Any]:
        """Return the terms of the row's post in its body."""
        return select(Appointment).where(
            Appointment.jurisdiction_id == row.jurisdiction_id,
            Appointment.body_key == row.body_key,
            Appointment.post == row.post,
        )

    def history(self, row: Any) -> Select[Any] | None:
        """Return who held the post in this body before and after."""
        return self.of_post(row)

    def warnings(self, row: Any, is_new: bool) -> list[Reason]:
        """Return what follows from a last day that is typed into the form."""
        return self.end_warnings(row, row.until_on) if row.until_on and not is_new else []

    def others_after(self, row: Any, last_day: date, *more: ColumnElement[bool]) -> bool:
        """Return whether somebody else holds the post on the day after."""
        query = self.of_post(row).with_only_columns(Appointment.id)
        query = query.where(Appointment.id != row.id, *more)
        query = query.where(holds_on(Appointment, last_day + timedelta(1)))
        return database_session().scalar(query.limit(1)) is not None


def _phone_slip(number: str | None) -> Reason | None:
    try:
        if number:
            check_phone(number)
    except Invalid as slip:
        return slip.reason
    return None


class CoordinatorView(PeopleView):
    """The contact persons of the units; a transfer names the receiving unit's (Z4.2b, Z5-2)."""

    held = (COORDINATOR,)
    resource = "coordinator"
    icon = "address-book"
    list_title = lazy_gettext("Coordinators")
    add_title = lazy_gettext("New coordinator")
    edit_title = lazy_gettext("Change a coordinator")
    intro = lazy_gettext(
        "The notice to the applicant names the receiving unit's coordinator with telephone: "
        "without one no case can be transferred to the unit."
    )
    list_columns = ["person", "body_key", "phone", "is_full_time", "term", "state"]
    show_columns = ["person", "body_key", "title", "phone", "is_full_time", "term", "authority"]
    add_columns = [
        "body_key",
        "person",
        "title",
        "phone",
        "is_full_time",
        "from_on",
        "until_on",
        "authority",
    ]
    edit_columns = ["person", "title", "phone", "is_full_time", "from_on", "until_on", "authority"]
    search_columns = ("body_key", "is_full_time")
    validators_columns = {"phone": [InputRequired()]}

    def end_warnings(self, row: Any, last_day: date) -> list[Reason]:
        """Return that transfers to the unit will be blocked, where nobody follows."""
        if self.others_after(row, last_day, Appointment.phone != ""):
            return []
        text = N_(
            "%(unit)s has no other coordinator with a telephone after that day: cases can no "
            "longer be transferred to it. Record a successor first, or let this one end all the "
            "same"
        )
        return [Reason(text, {"unit": self.body_words(row)})]


class SignatoryView(PeopleView):
    """Who may sign for a unit."""

    held = (SIGNATORY,)
    resource = "signatory"
    icon = "signature"
    list_title = lazy_gettext("Signatories")
    add_title = lazy_gettext("New signatory")
    edit_title = lazy_gettext("Change a signatory")
    intro = lazy_gettext("Who signs for the unit: extensions need the name of one in office.")
    list_columns = ["person", "body_key", "title", "term", "state"]
    show_columns = ["person", "body_key", "title", "phone", "term", "authority"]
    add_columns = ["body_key", "person", "title", "phone", "from_on", "until_on", "authority"]
    edit_columns = ["person", "title", "phone", "from_on", "until_on", "authority"]

    def end_warnings(self, row: Any, last_day: date) -> list[Reason]:
        """Return that steps which need a signature are blocked, where nobody follows."""
        if self.others_after(row, last_day):
            return []
        text = N_(
            "%(unit)s has no other signatory after that day: steps that need a signature, such "
            "as an extension, will be blocked"
        )
        return [Reason(text, {"unit": self.body_words(row)})]


class ClerkView(PeopleView):
    """Who works on cases: clerks and administrators, with their accounts."""

    held = (CLERK, ADMIN)
    resource = "clerk"
    icon = "users"
    list_title = lazy_gettext("Clerks and administrators")
    edit_title = lazy_gettext("Change a term")
    menu_label = lazy_gettext("Clerks")
    intro = lazy_gettext(
        "New clerks, accounts and start passwords are on the page “People and accounts”. "
        "When somebody leaves, hand over the cases there, then let the term end here."
    )
    grants: ClassVar = {**ALL_READ, ADMIN: CLERKS, SUPERUSER: CLERKS}
    list_columns = ["person", "body_key", "post", "phone", "term", "state"]
    show_columns = ["person", "body_key", "post", "title", "phone", "term", "authority"]
    edit_columns = ["person", "title", "phone", "until_on", "authority"]

    def prepare(self, row: Any, is_new: bool) -> None:
        """Leave clerk and administrator as they are."""

    def history(self, row: Any) -> Select[Any] | None:
        """Return the terms of the same account or person in this body."""
        same = Appointment.person == row.person
        if row.user_id is not None:
            same = or_(same, Appointment.user_id == row.user_id)
        return select(Appointment).where(
            Appointment.jurisdiction_id == row.jurisdiction_id,
            Appointment.body_key == row.body_key,
            self._of_these_posts(),
            same,
        )

    def end_warnings(self, row: Any, last_day: date) -> list[Reason]:
        """Return which open cases would have nobody, and that nobody would keep the people."""
        found = []
        count = caseload.open_cases_of(row)
        if count:
            text = N_(
                "%(person)s handles %(count)s open cases: hand them over first, or they stand "
                "in the list of cases that nobody handles"
            )
            found.append(Reason(text, {"person": row.person, "count": count}))
        if row.post == ADMIN and not self.others_after(row, last_day):
            text = N_("%(unit)s has no other administrator after that day")
            found.append(Reason(text, {"unit": self.body_words(row)}))
        return found

    def writing_links(self, row: Any) -> list[RowLink]:
        """Return the links of a dated row, and the way to its account."""
        found = super().writing_links(row)
        if self.may("can_edit") and self.may_write(row):
            found.append(RowLink(gettext("Account"), _accounts_url(row)))
        return found


def _accounts_url(row: Any) -> str:
    """Return the address of the page that keeps the accounts of a row's body."""
    if chosen_post() is not None:
        return url_for("screens.people")
    place: Jurisdiction | None = place_of(database_session(), row.jurisdiction_id)
    return url_for("screens.people", place=place.key if place else "", unit=row.body_key)
