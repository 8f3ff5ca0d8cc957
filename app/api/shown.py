"""Rows as REST shows them: dates in ISO 8601, moments with the Chinese zone, amounts as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import select

from app.clock import CHINA
from app.database import NEVER
from app.errors import Reason
from app.mechanism.schema import Mechanism
from app.models import Attachment, Case, CaseAccess, Event, Paper, Party, Task
from app.rules.explained import of_task, words_of
from app.rules.identity import mask_id_number, mask_phone
from app.rules.periods import is_late
from app.rules.shapes import PauseLike
from app.rules.workdays import WorkCalendar
from app.security.sight import AnySession, scope_of

FULL, BUNDLE, PROGRESS = "full", "bundle", "progress"


def moment(at: datetime) -> str:
    """Return a moment with the Chinese zone, to the second."""
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def day(on: date | None) -> str | None:
    """Return a day, or None where there is none."""
    return None if on is None or on == NEVER else on.isoformat()


# --- cases


def case_row(case: Case, *, masked: bool = True) -> dict[str, Any]:
    """Return a case as a list shows it; numbers of persons are masked unless said otherwise."""
    return {
        "id": case.id,
        "number": case.number,
        "jurisdiction": case.jurisdiction.key,
        "stage": case.stage,
        "version": case.version,
        "tier": case.tier,
        "holder": case.holder,
        "lead": case.lead,
        "registrar": case.registrar,
        "acceptor": case.acceptor,
        "due": day(case.due_on),
        "paused": case.paused_on is not None,
        "registered_at": moment(case.registered_at),
        "visited_at": moment(case.visited_at),
        "channel": case.channel,
        "category": case.category,
        "aspect": case.aspect,
        "insurance": list(case.insurance),
        "period_from": case.period_from,
        "period_to": case.period_to,
        "amount": None if case.amount is None else f"{case.amount:.2f}",
        "employer": case.employer,
        "applicant": party(case.applicant, masked=masked),
    }


def case_whole(case: Case, sight: str, mechanism_version: int) -> dict[str, Any]:
    """Return one case with its facts; only who sees it whole reads numbers in full."""
    masked = sight != FULL
    return {
        **case_row(case, masked=masked),
        "sight": sight,
        "mechanism_version": mechanism_version,
        "content": case.content,
        "more": _more(case.more, masked=masked),
        "parties": [{"role": one.role, **party(one, masked=masked)} for one in case.parties],
        "route": route(case.route),
    }


def party(one: Party, *, masked: bool) -> dict[str, Any]:
    """Return a party; the credit code of an organisation is public."""
    return {
        "kind": one.kind,
        "name": one.name,
        **_numbers({"id_number": one.id_number, "phone": one.phone}, masked=masked),
        "credit_code": one.credit_code,
        "address": one.address,
    }


_MASKS = {"id_number": mask_id_number, "phone": mask_phone}


def _numbers(values: Mapping[str, Any], *, masked: bool) -> dict[str, Any]:
    """Return the values, with the numbers among them masked."""
    if not masked:
        return dict(values)
    return {
        name: _MASKS[name](value) if value and name in _MASKS else value
        for name, value in values.items()
    }


def _more(more: Mapping[str, Any], *, masked: bool) -> dict[str, Any]:
    return {
        name: _numbers(value, masked=masked) if isinstance(value, Mapping) else value
        for name, value in more.items()
    }


def similar(case: Case) -> dict[str, Any]:
    """Return an open case of the same matter, by which to compare."""
    return {
        "id": case.id,
        "number": case.number,
        "stage": case.stage,
        "holder": case.holder,
        "registrar": case.registrar,
        "registered_at": moment(case.registered_at),
    }


def route(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return who is competent, with the notes in the reader's language."""
    return {**found, "notes": [_note(**one) for one in found.get("notes", [])]}


def _note(text: str, params: Mapping[str, Any]) -> str:
    return Reason(text, params).say(gettext)


def width(session: AnySession, case: Case) -> str:
    """Return how much of the case the caller sees: full, bundle or progress."""
    scope = scope_of(session)
    if scope.sees_all or scope.is_system:
        return FULL
    query = select(CaseAccess.width).where(
        CaseAccess.case_id == case.id, CaseAccess.body == scope.principal
    )
    return session.scalar(query) or PROGRESS


# --- parts of a case


def event(one: Event) -> dict[str, Any]:
    """Return an act that happened."""
    return {
        "id": one.id,
        "key": one.key,
        "actor": one.actor,
        "acting_for": one.body,
        "at": moment(one.at),
        "version": one.seq,
        "stage": one.stage_after,
        "voids": one.voids_seq,
        "hash": one.hash,
    }


def task(one: Task, mechanism: Mechanism) -> dict[str, Any]:
    """Return something owed."""
    return {
        "id": one.id,
        "kind": one.kind,
        "label": mechanism.tasks[one.kind].label,
        "owner": one.body,
        "state": one.state,
        "due": day(one.due_on),
        "due_at": moment(one.due_at) if one.due_at else None,
    }


def clock(one: Task, case: Case, mechanism: Mechanism, now: datetime) -> dict[str, Any]:
    """Return a due date with where it comes from: the clause, or the word for a proposal."""
    kind = mechanism.tasks[one.kind]
    source = kind.due.clause if kind.due is not None else kind.clause
    return {
        "id": one.id,
        "key": one.kind,
        "from": one.from_on.isoformat(),
        "due": one.due_on.isoformat(),
        "due_at": moment(one.due_at) if one.due_at else None,
        "state": clock_state(one, now, is_paused=kind.pauses and case.paused_on is not None),
        "source": mechanism.clause_shown(source),
        "basis": kind.due.basis if kind.due is not None else "local",
        "provisional": one.is_provisional,
    }


def explained(
    one: Task, calendar: WorkCalendar, pauses: Sequence[PauseLike], began: datetime | None
) -> list[dict[str, Any]]:
    """Return the days of a due date: whether each counted, why, and by what notice or law."""
    return [
        {
            "on": day.on.isoformat(),
            "counted": day.counted,
            "ran": day.ran,
            "kind": day.why,
            "why": words_of(day).say(gettext),
            "source": gettext(day.source) if day.source else "",
            "provisional": day.provisional,
        }
        for day in of_task(one, calendar, pauses, began)
    ]


def clock_state(one: Task, now: datetime, *, is_paused: bool) -> str:
    """Return running, paused, met, missed or void; periods of hours end at a moment."""
    if one.state == "void":
        return "void"
    if one.state != "open":
        return "missed" if one.closed_at and is_late(one, one.closed_at) else "met"
    if is_paused:
        return "paused"
    return "missed" if is_late(one, now) else "running"


def document(one: Paper) -> dict[str, Any]:
    """Return an official document, without its words."""
    return {
        "id": one.id,
        "kind": one.kind,
        "number": one.number,
        "state": one.state,
        "title": one.title,
        "issuer": one.body,
        "addressee": one.addressee,
        "issued_at": moment(one.issued_at),
    }


def attachment(one: Attachment) -> dict[str, Any]:
    """Return a file of the case, without its content."""
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "size": one.size,
        "sha256": one.sha256,
        "sm3": one.sm3,
        "media_type": one.media_type,
        "body": one.body,
        "added_by": one.added_by,
        "added_at": moment(one.added_at),
    }
