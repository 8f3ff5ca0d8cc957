"""A profile becomes a version of a county's mechanism: from which day it holds, what it adds.

A version holds from its day until the next one's. Running cases keep theirs. What a superuser
edits in tables (bodies, categories, members) is added where it is missing and never overwritten
or revived; `table_rules` tells where a table says something else than the profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.errors import N_, Reason, Refused, spoken
from app.mechanism.loader import loads
from app.mechanism.schema import Mechanism
from app.models import Appointment, Body, CategoryRow, Jurisdiction, MechanismVersion
from app.rules.shapes import ZONE
from app.rules.versions import in_force
from app.security.sight import AnySession

#: The field of the form, and of refusals, that holds the day.
FIRST_DAY = "first_day"


def publish(
    session: AnySession,
    text: str,
    *,
    now: datetime,
    name: str = "profile",
    source: str = "",
    by: str = "",
    first_day: date | None = None,
) -> tuple[MechanismVersion, bool]:
    """Make a profile a version and return it, and whether it is new; the same text makes none.

    Without `first_day` a county's first version holds from the profile's own day on, a later
    one from that day or today, whichever comes last. Raises ProfileError where the profile is
    not sound, Refused under `first_day`.
    """
    mechanism = loads(text, name)
    place = _jurisdiction(session, mechanism)
    versions = versions_of(session, place)
    known = next((one for one in versions if one.digest == mechanism.digest), None)
    if known is not None:
        known.source = known.source or source
        return known, False
    earliest = earliest_day(mechanism, versions, now)
    if first_day is not None:
        check_day(mechanism, versions, first_day, now)
    version = MechanismVersion(
        jurisdiction_id=place.id,
        number=max((one.number for one in versions), default=0) + 1,
        digest=mechanism.digest,
        profile=text,
        source=source,
        valid_from=first_day or earliest,
        valid_until=mechanism.valid_until,
        loaded_at=now,
        loaded_by=by,
    )
    session.add(version)
    _add_missing_rows(session, place, mechanism)
    session.flush()
    return version, True


def versions_of(session: AnySession, place: Jurisdiction) -> list[MechanismVersion]:
    """Return the versions of a county's mechanism, oldest first."""
    return list(
        session.scalars(
            select(MechanismVersion)
            .where(MechanismVersion.jurisdiction_id == place.id)
            .order_by(MechanismVersion.number)
        )
    )


def earliest_day(mechanism: Mechanism, versions: list[MechanismVersion], now: datetime) -> date:
    """Return the first day from which a profile can hold beside the versions that there are."""
    if not versions:
        return mechanism.valid_from
    today = now.astimezone(ZONE).date()
    return max(mechanism.valid_from, in_force(versions, today).valid_from, today)


def check_day(
    mechanism: Mechanism, versions: list[MechanismVersion], day: date, now: datetime
) -> None:
    """Raise Refused where a profile cannot be published from that day on."""
    today = now.astimezone(ZONE).date()
    running = in_force(versions, today).valid_from if versions else day
    last = mechanism.valid_until or day
    for refused, text, limit in (
        (day < today, N_("This day is past; choose today or a later day"), today),
        (
            day < running,
            N_("The running version holds from %(day)s on; choose that day or a later one"),
            running,
        ),
        (
            day < mechanism.valid_from,
            N_("The profile itself holds from %(day)s on (valid.from); choose no earlier day"),
            mechanism.valid_from,
        ),
        (
            day > last,
            N_("The profile itself ends on %(day)s (valid.until); choose an earlier day"),
            last,
        ),
    ):
        if refused:
            reason = Reason(text, {"day": spoken(limit)})
            raise Refused(reason, {FIRST_DAY: [reason]})


# --- what stands in tables


@dataclass(frozen=True)
class TableRule:
    """A place where a table says something else than a profile: the table holds."""

    subject: Reason
    profile: str | Reason
    table: str | Reason


NOT_NAMED = Reason(N_("not named"))


def table_rules(session: AnySession, mechanism: Mechanism) -> list[TableRule]:
    """Return where the tables of a county override its profile, bodies first."""
    place = session.scalar(select(Jurisdiction).where(Jurisdiction.key == mechanism.key))
    if place is None:
        return []
    return [
        *_body_rules(session, place, mechanism),
        *_category_rules(session, place, mechanism),
        *_member_rules(session, place, mechanism),
    ]


def _body_rules(
    session: AnySession, place: Jurisdiction, mechanism: Mechanism
) -> Iterator[TableRule]:
    rows = select(Body).where(Body.jurisdiction_id == place.id).order_by(Body.position)
    for row in session.scalars(rows):
        one = mechanism.bodies.get(row.key)
        told = (one.name, one.short) if one else None
        unused = Reason(N_("stays in the table; nothing uses it"))
        yield from _rules(row, told, (row.name, row.short), N_("body %(name)s"), unused)


def _category_rules(
    session: AnySession, place: Jurisdiction, mechanism: Mechanism
) -> Iterator[TableRule]:
    rows = select(CategoryRow).where(CategoryRow.jurisdiction_id == place.id)
    for row in session.scalars(rows.order_by(CategoryRow.code)):
        one = mechanism.categories.get(row.code)
        told = (one.label, one.short) if one else None
        kept = Reason(N_("stays in the table and can be chosen; the office decides"))
        text = N_("kind of dispute %(name)s")
        yield from _rules(row, told, (row.label, row.short), text, kept)


def _rules(
    row: Any,
    told: tuple[str, str] | None,
    held: tuple[str, str],
    text: str,
    kept: Reason,
) -> Iterator[TableRule]:
    """Yield what a row says otherwise: another name, an end; `kept` of one that none names."""
    subject = Reason(text, {"name": held[1]})
    retired = row.retired_on and Reason(N_("retired on %(day)s"), {"day": spoken(row.retired_on)})
    if told is None:
        if not retired:
            yield TableRule(subject, NOT_NAMED, kept)
        return
    for mine, theirs in zip(told, held, strict=True):
        if mine != theirs:
            yield TableRule(subject, mine, theirs)
    if retired:
        yield TableRule(subject, Reason(N_("in use")), retired)


def _member_rules(
    session: AnySession, place: Jurisdiction, mechanism: Mechanism
) -> Iterator[TableRule]:
    """Yield one line where members are listed in the profile and the table has its own."""
    if mechanism.members and set(mechanism.posts) & _known(session, Appointment.post, place):
        n = Reason(N_("%(n)s members"), {"n": len(mechanism.members)})
        yield TableRule(Reason(N_("list of members")), n, Reason(N_("the table of members holds")))


# --- rows that a profile brings


def _jurisdiction(session: AnySession, mechanism: Mechanism) -> Jurisdiction:
    place = session.scalar(select(Jurisdiction).where(Jurisdiction.key == mechanism.key))
    if place is None:
        place = Jurisdiction(
            key=mechanism.key,
            name=mechanism.place,
            place_code=mechanism.place_code,
            revision=0,
        )
        session.add(place)
        session.flush()
    return place


def _add_missing_rows(session: AnySession, place: Jurisdiction, mechanism: Mechanism) -> None:
    """Add bodies, categories and members of the profile whose keys are not there yet."""
    bodies = _known(session, Body.key, place)
    for position, body in enumerate(mechanism.bodies.values()):
        if body.key not in bodies:
            session.add(
                Body(
                    jurisdiction_id=place.id,
                    key=body.key,
                    name=body.name,
                    short=body.short,
                    kind=body.kind,
                    address="",
                    position=position,
                )
            )
    codes = _known(session, CategoryRow.code, place)
    for category in mechanism.categories.values():
        if category.key not in codes:
            session.add(
                CategoryRow(
                    jurisdiction_id=place.id,
                    code=category.key,
                    label=category.label,
                    short=category.short,
                )
            )
    _add_members(session, place, mechanism)


def _known(session: AnySession, column: Any, place: Jurisdiction) -> set[Any]:
    """Return the values of a column in a county."""
    owner = column.class_
    return set(session.scalars(select(column).where(owner.jurisdiction_id == place.id)))


def _add_members(session: AnySession, place: Jurisdiction, mechanism: Mechanism) -> None:
    """Add the starting member list to a jurisdiction that has none (Z2, annex)."""
    posts = set(mechanism.posts)
    if posts & _known(session, Appointment.post, place):
        return
    for position, member in enumerate(mechanism.members):
        session.add(
            Appointment(
                jurisdiction_id=place.id,
                body_key=mechanism.posts[member.post].body,
                post=member.post,
                person=member.name,
                title=member.title,
                position=position,
                from_on=mechanism.valid_from,
            )
        )
