"""What the engine asks about a jurisdiction: its mechanism, bodies, people and days.

Read once and kept in the process until the jurisdiction's revision changes, so that a request
asks the database for one row only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import URL, event, func, or_, select
from sqlalchemy.orm import Session

from app import clock
from app.errors import N_, NotFound, Reason
from app.mechanism.loader import loads
from app.mechanism.schema import Mechanism
from app.models import (
    Appointment,
    Body,
    CalendarRow,
    CategoryRow,
    Jurisdiction,
    MechanismVersion,
)
from app.records import PaperWording
from app.rules.kinds import overlaid
from app.rules.shapes import Person
from app.rules.versions import in_force
from app.rules.workdays import CalendarDay, WorkCalendar
from app.security.sight import AnySession
from app.worded import Words

#: Rows whose change makes the kept directory old.
_KEPT = (Body, Appointment, CategoryRow, CalendarRow, MechanismVersion, PaperWording)
#: Posts of a body, as `appointment.post` holds them; all others are the profile's own.
CLERK, ADMIN, COORDINATOR, SIGNATORY = "clerk", "admin", "coordinator", "signatory"


@dataclass(frozen=True)
class Held:
    """An appointment as the directory keeps it."""

    id: int
    body: str
    post: str
    person: str
    title: str
    phone: str
    user_id: int | None
    stands_in_for: str | None
    from_on: date
    until_on: date | None

    def on(self, day: date) -> bool:
        """Return whether it is in force on that day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)

    def is_beside(self, other: Held) -> bool:
        """Return whether the same account holds the same post under another term."""
        same = (self.user_id, self.body, self.post) == (other.user_id, other.body, other.post)
        return same and self.user_id is not None


@dataclass(frozen=True)
class BodyFacts:
    """A body as the superuser's table has it."""

    key: str
    name: str
    short: str
    address: str
    retired_on: date | None


@dataclass(frozen=True)
class CategoryFacts:
    """A kind of dispute as the superuser's table has it."""

    code: int
    label: str
    short: str
    retired_on: date | None
    #: Whether the profile of this version names it; else the table alone does.
    is_named: bool = True


_Categories = dict[int, CategoryFacts]


@dataclass(frozen=True)
class Directory:
    """The world of one jurisdiction, with the mechanism of one version (rules.shapes.World)."""

    jurisdiction_id: int
    version_id: int
    mechanism: Mechanism
    calendar: WorkCalendar
    bodies: dict[str, BodyFacts]
    appointments: tuple[Held, ...]
    categories: _Categories = field(default_factory=dict)
    #: The first day on which this version of the mechanism takes cases.
    holds_from: date = date.min
    words: Words = field(default_factory=Words)

    def is_active(self, body: str, day: date) -> bool:
        """Return whether the body takes part on that day."""
        known = self.bodies.get(body)
        return known is None or known.retired_on is None or day < known.retired_on

    def body_name(self, body: str) -> str:
        """Return the full name of a body, post or party."""
        known = self.bodies.get(body)
        return known.name if known else self.mechanism.label_of(body)

    def body_short(self, body: str) -> str:
        """Return the short name of a body, post or party."""
        known = self.bodies.get(body)
        return known.short if known else self.mechanism.label_of(body)

    def body_address(self, body: str) -> str:
        """Return the body's address, or an empty text."""
        known = self.bodies.get(body)
        return known.address if known else ""

    def wording(self, body: str, kind: str, day: date) -> tuple[str, ...]:
        """Return the paragraphs that the body gives a kind of paper; none where it gives none."""
        return self.words.on(body, kind, day)

    def contact(self, body: str, day: date) -> Person | None:
        """Return the current coordinator who has a telephone."""
        return next((p for p in self._holders(body, COORDINATOR, day) if p.phone), None)

    def signatories(self, body: str, day: date) -> Sequence[Person]:
        """Return who may sign for the body."""
        return self._holders(body, SIGNATORY, day)

    def people(self, body: str, day: date) -> Sequence[Person]:
        """Return who works on cases for the body: clerks, then administrators."""
        return [*self._holders(body, CLERK, day), *self._holders(body, ADMIN, day)]

    def holders(self, post: str, day: date) -> Sequence[Person]:
        """Return who holds a post of the mechanism, in the list's order."""
        return self._holders(self.mechanism.posts[post].body, post, day)

    def person(self, appointment_id: int | None) -> Person | None:
        """Return the person of an appointment, past ones too."""
        held = self._by_id.get(appointment_id or 0)
        return Person(held.id, held.person, held.phone) if held else None

    def stands_for(self, appointment_id: int | None, post: str, day: date) -> bool:
        """Return whether the appointment is of the post, or authorised to act for it, that day.

        An authorisation may be a dated term of its own beside that of the account's post.
        """
        held = self._by_id.get(appointment_id or 0)
        if held is None or not held.on(day):
            return False
        beside = self._by_post[held.body, held.post]
        own = [h for h in beside if h.on(day) and (h is held or h.is_beside(held))]
        return held.post == post or any(h.stands_in_for == post for h in own)

    def _holders(self, body: str, post: str, day: date) -> list[Person]:
        held = [h for h in self._by_post.get((body, post), ()) if h.on(day)]
        plain = {h.person for h in held if h.stands_in_for is None}
        return [
            Person(h.id, h.person, h.phone)
            for h in held
            # An authorisation beside the post itself makes nobody hold it twice.
            if h.stands_in_for is None or h.person not in plain
        ]

    @cached_property
    def _by_post(self) -> dict[tuple[str, str], list[Held]]:
        found: dict[tuple[str, str], list[Held]] = {}
        for one in self.appointments:
            found.setdefault((one.body, one.post), []).append(one)
        return found

    @cached_property
    def _by_id(self) -> dict[int, Held]:
        return {one.id: one for one in self.appointments}


def next_position(session: AnySession, jurisdiction_id: int) -> int:
    """Return the place of a new appointment: last in every list, and of an account's posts."""
    query = select(func.max(Appointment.position))
    last = session.scalar(query.where(Appointment.jurisdiction_id == jurisdiction_id))
    return (last or 0) + 1


def jurisdiction_of(session: AnySession, key: str) -> Jurisdiction:
    """Return a jurisdiction by its key, or raise NotFound."""
    found = session.scalar(select(Jurisdiction).where(Jurisdiction.key == key))
    if found is None:
        raise NotFound(Reason(N_("There is no jurisdiction “%(key)s”"), {"key": key}))
    return found


def directory_of(
    session: AnySession,
    jurisdiction: Jurisdiction,
    version_id: int | None = None,
    *,
    day: date | None = None,
) -> Directory:
    """Return the directory with one version of the mechanism.

    Where none is named it is the version in force on `day`, by default today.
    """
    place = (session.get_bind().engine.url, jurisdiction.id)
    kept = _directories.get(place)
    if kept is None or kept.revision != jurisdiction.revision:
        kept = _directories[place] = _read(session, jurisdiction)
    wanted = version_id or in_force(kept.versions, day or clock.today()).id
    if wanted not in kept.by_version:
        kept.by_version[wanted] = _make(session, kept, wanted)
    return kept.by_version[wanted]


@dataclass(frozen=True)
class _Version:
    """A version of the mechanism as the directory keeps it."""

    id: int
    number: int
    valid_from: date


@dataclass
class _Kept:
    """What is kept per jurisdiction, for one revision of its rows."""

    revision: int
    versions: Sequence[_Version]
    make: Callable[[_Version, Mechanism, _Categories], Directory]
    categories: _Categories
    by_version: dict[int, Directory] = field(default_factory=dict)


#: The directories in memory, by database and jurisdiction; the mechanisms by their content.
_directories: dict[tuple[URL, int], _Kept] = {}
_mechanisms: dict[str, Mechanism] = {}


def _mechanism(session: AnySession, version_id: int) -> Mechanism:
    row = session.get(MechanismVersion, version_id)
    if row is None:
        raise NotFound(Reason(N_("There is no such version of the mechanism")))
    if row.digest not in _mechanisms:
        _mechanisms[row.digest] = loads(row.profile, f"version {row.number}")
    return _mechanisms[row.digest]


def _read(session: AnySession, jurisdiction: Jurisdiction) -> _Kept:
    place = jurisdiction.id
    query = select(MechanismVersion.id, MechanismVersion.number, MechanismVersion.valid_from)
    rows = session.execute(query.where(MechanismVersion.jurisdiction_id == place))
    versions = [_Version(*row) for row in rows]
    if not versions:
        raise NotFound(Reason(N_("No mechanism is loaded for this jurisdiction")))
    bodies, held = _bodies(session, place), _held(session, place)
    calendar, words = _calendar(session, place), Words.read(session, place)

    def make(version: _Version, mechanism: Mechanism, known: _Categories) -> Directory:
        facts = (calendar, bodies, held, known, version.valid_from, words)
        return Directory(place, version.id, mechanism, *facts)

    return _Kept(jurisdiction.revision, versions, make, _categories(session, place))


def _make(session: AnySession, kept: _Kept, version_id: int) -> Directory:
    """Return the directory of a version, whose kinds of disputes are the table's (Z3.2).

    An old case may have any of them; for a new one those are chosen that the version names or
    the table alone, while one that a later version brings waits for that version's day.
    """
    mechanism = _mechanism(session, version_id)
    version = next(one for one in kept.versions if one.id == version_id)
    named, table = mechanism.categories, kept.categories
    later: set[int] = set()
    if not table.keys() <= named.keys():
        ahead = [one.id for one in kept.versions if one.valid_from > version.valid_from]
        later = {code for pk in ahead for code in _mechanism(session, pk).categories}
    own = {
        code: replace(one, is_named=code in named)
        for code, one in table.items()
        if code in named or code not in later
    }
    return kept.make(version, overlaid(mechanism, tuple(table.values())), own)


def _categories(session: AnySession, jurisdiction_id: int) -> _Categories:
    rows = session.scalars(
        select(CategoryRow)
        .where(CategoryRow.jurisdiction_id == jurisdiction_id)
        .order_by(CategoryRow.code)
    )
    return {
        row.code: CategoryFacts(row.code, row.label, row.short, row.retired_on) for row in rows
    }


def _bodies(session: AnySession, jurisdiction_id: int) -> dict[str, BodyFacts]:
    rows = session.scalars(
        select(Body).where(Body.jurisdiction_id == jurisdiction_id).order_by(Body.position)
    )
    return {b.key: BodyFacts(b.key, b.name, b.short, b.address, b.retired_on) for b in rows}


def _held(session: AnySession, jurisdiction_id: int) -> tuple[Held, ...]:
    rows = session.scalars(
        select(Appointment)
        .where(Appointment.jurisdiction_id == jurisdiction_id)
        .order_by(Appointment.position, Appointment.id)
    )
    return tuple(
        Held(
            a.id,
            a.body_key,
            a.post,
            a.person,
            a.title,
            a.phone,
            a.user_id,
            a.stands_in_for,
            a.from_on,
            a.until_on,
        )
        for a in rows
    )


def _calendar(session: AnySession, jurisdiction_id: int) -> WorkCalendar:
    """Return the national days, overlaid with the jurisdiction's own."""
    rows = session.scalars(
        select(CalendarRow)
        .where(
            or_(
                CalendarRow.jurisdiction_id.is_(None),
                CalendarRow.jurisdiction_id == jurisdiction_id,
            )
        )
        .order_by(CalendarRow.on)
    )
    national: list[CalendarDay] = []
    local: list[CalendarDay] = []
    for row in rows:
        kind: Any = row.kind
        day = CalendarDay(row.on, kind, row.name, row.source)
        (national if row.jurisdiction_id is None else local).append(day)
    return WorkCalendar.of(national, local)


@event.listens_for(Session, "before_flush")
def _raise_revision(session: Session, _context: Any, _instances: Any) -> None:
    """Make kept directories old when one of their rows is written."""
    touched = {
        row.jurisdiction_id
        for row in (*session.new, *session.dirty, *session.deleted)
        if isinstance(row, _KEPT)
    }
    if touched:
        query = select(Jurisdiction, Jurisdiction.revision).order_by(Jurisdiction.id)
        if None not in touched:
            query = query.where(Jurisdiction.id.in_(touched))
        # Locked and read anew: of two who write at once the second must not give the first one's
        # number again, or what is kept under that number would lack the second one's rows.
        with session.no_autoflush:
            for jurisdiction, revision in session.execute(query.with_for_update(key_share=True)):
                jurisdiction.revision = (revision or 0) + 1


def forget() -> None:
    """Drop what is kept in the process, for a database that was exchanged underneath."""
    _directories.clear()
