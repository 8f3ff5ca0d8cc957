"""What happened, and what came of it: timeline, papers, files, the applicant's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.clock import CHINA
from app.mechanism.schema import Ask, Mechanism
from app.models import Case
from app.rules.cautions import KEPT
from app.rules.urging import URGE, answer_to
from app.screens import words
from app.screens.desk import Desk
from app.screens.formats import date_day, date_full, money, size_words
from app.screens.parts import Parts

#: Kinds of files, as CONTRACT.md names them.
FILE_KINDS = ("evidence", "material", "recording", "other")


@dataclass(frozen=True)
class Happened:
    """One act in the timeline."""

    at: datetime
    icon: str
    text: str
    note: str
    clause: words.Clause | None
    voided: bool = False
    details: list[tuple[str, str]] = field(default_factory=list)


def file_kind(key: str) -> str:
    """Return what a kind of file is called."""
    known = {
        "evidence": gettext("Evidence"),
        "material": gettext("Material"),
        "recording": gettext("Recording"),
    }
    return known.get(key, gettext("Other"))


# --- timeline


def timeline(here: Desk, parts: Parts) -> dict[str, Any]:
    """Return the acts, newest first."""
    voided = {event.voids_seq for event in parts.events if event.voids_seq is not None}
    events = [
        _happened(here, parts, event, event.seq in voided) for event in reversed(parts.events)
    ]
    return {"events": events, "more_url": ""}


def _happened(here: Desk, parts: Parts, event: Any, is_voided: bool) -> Happened:
    case, mechanism = parts.case, here.world_of(parts.case).mechanism
    label = words.action_label(mechanism, event.key, event.body, case.tier)
    who = f"{here.world.body_short(event.body)} {event.actor}"
    stage = mechanism.stages.get(event.stage_after)
    moved = stage is not None and event.stage_after != event.stage_before
    icon = words.icon(stage.icon) if stage and moved else "pen"
    return Happened(
        at=event.at.astimezone(CHINA),
        icon=icon,
        text=gettext("%(who)s: %(act)s", who=who, act=label),
        note=_note(here, parts, event, is_voided),
        clause=words.action_clause(mechanism, event.key, event.body, case.tier),
        voided=is_voided,
        details=_details(here, mechanism, parts, event),
    )


def _note(here: Desk, parts: Parts, event: Any, is_voided: bool) -> str:
    """Return the papers that came of an act, who answered it, whether another took it back."""
    issued = [paper.number or paper.title for paper in parts.papers if paper.seq == event.seq]
    said = [words.listed(issued)] if issued else []
    said += event.changes.get(KEPT, ())
    if event.key == URGE:
        said.append(_answer(here, parts, event))
    if is_voided:
        said.append(gettext("taken back by a later entry"))
    return "; ".join(said)


def _answer(here: Desk, parts: Parts, urge: Any) -> str:
    """Return by whom and when a body that was urged has answered, as far as the post sees."""
    answer = answer_to(urge, parts.events)
    body = here.world.body_short(urge.inputs["unit"])
    if answer is None:
        return gettext("%(body)s has not answered yet", body=body)
    day = date_day(answer.at.astimezone(CHINA).date())
    return gettext("%(body)s answered on %(day)s: %(who)s", body=body, day=day, who=answer.actor)


def _details(here: Desk, mechanism: Mechanism, parts: Parts, event: Any) -> list[tuple[str, str]]:
    """Return what was filled in, by the labels of the form; a registration has its own paper."""
    action = mechanism.actions.get(event.key)
    if action is None:
        return []
    asks = {ask.key: ask for ask in action.asks}
    return [
        (asks[name].label, shown)
        for name, value in event.inputs.items()
        if name in asks and (shown := _shown(here, parts, asks[name], value))
    ]


def _shown(here: Desk, parts: Parts, ask: Ask, value: Any) -> str:
    """Return a filled-in value as people read it."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        inner = {one.key: one for one in ask.fields}
        parts_of_it = [
            _shown(here, parts, inner.get(name, ask), one) for name, one in value.items()
        ]
        return words.listed([one for one in parts_of_it if one])
    if isinstance(value, list):
        return words.listed([_shown(here, parts, ask, one) for one in value])
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return _named(here, parts, ask, value)


def _named(here: Desk, parts: Parts, ask: Ask, value: Any) -> str:
    if ask.type in ("unit", "units"):
        return here.world.body_short(str(value))
    if ask.type == "person" and str(value).isdigit():
        person = here.world.person(int(value))
        return person.name if person else str(value)
    if ask.type in ("attachment", "attachments"):
        return next((one.name for one in parts.attachments if one.id == value), str(value))
    if ask.type == "fact":
        return here.world.mechanism.vocabulary["facts"].get(str(value), str(value))
    if ask.type == "date":
        return date_full(date.fromisoformat(str(value)))
    if ask.type == "money":
        return money(str(value))
    return ask.choices.get(str(value), str(value))


# --- papers and files


def papers(here: Desk, parts: Parts) -> list[dict[str, Any]]:
    """Return the papers, newest first."""
    return [
        {
            "title": paper.title,
            "number": paper.number or "",
            "issuer": here.world.body_short(paper.body),
            "date": date_day(paper.issued_at.astimezone(CHINA).date()),
            "url": url_for("screens.document", paper_id=paper.id),
            "docx_url": url_for("screens.document_file", paper_id=paper.id, format="docx"),
            "pdf_url": url_for("screens.document_file", paper_id=paper.id, format="pdf"),
            "state": paper_state(paper.state),
        }
        for paper in sorted(parts.papers, key=lambda one: one.id, reverse=True)
    ]


def paper_state(state: str) -> words.Chip | None:
    """Return the chip of a paper that no longer holds as it was issued."""
    known = {
        "void": words.Chip(gettext("Void"), "ban", "danger"),
        "superseded": words.Chip(gettext("Superseded"), "rotate-left", "warn"),
    }
    return known.get(state)


def files(here: Desk, parts: Parts) -> list[dict[str, Any]]:
    """Return the files, newest first."""
    return [
        {
            "name": one.name,
            "size": size_words(one.size),
            "kind": file_kind(one.kind),
            "body": here.world.body_short(one.body),
            "date": date_day(one.added_at.astimezone(CHINA).date()),
            "url": url_for("screens.attachment_file", attachment_id=one.id),
        }
        for one in sorted(parts.attachments, key=lambda one: one.id, reverse=True)
    ]


# --- facts


def facts_line(mechanism: Mechanism, case: Case) -> list[str]:
    """Return the facts under the title."""
    category = mechanism.categories[case.category]
    line = [case.number, f"{category.key} {category.short}", words.insurances(mechanism, case)]
    if case.period_from or case.period_to:
        line.append(_period(case))
    if case.amount is not None:
        line.append(money(case.amount))
    return line


def _period(case: Case) -> str:
    first, last = case.period_from or case.period_to, case.period_to or case.period_from
    if first == last:
        return gettext("period %(month)s", month=first)
    return gettext("period %(first)s to %(last)s", first=first, last=last)


def applicant(mechanism: Mechanism, case: Case, *, in_full: bool = False) -> list[tuple[str, str]]:
    """Return the facts of the matter; numbers of persons have their middle hidden."""
    one, more = case.applicant, case.more or {}
    kinds = mechanism.vocabulary.get("kinds", {})
    number = one.credit_code or _id_number(one, in_full=in_full)
    category = mechanism.categories[case.category]
    lines = [
        (kinds.get(one.kind, gettext("Full name")), one.name),
        (gettext("Telephone"), _phone(one, in_full=in_full)),
        (gettext("ID or code"), number),
        (gettext("Address"), one.address),
        *_others(case.parties, in_full=in_full),
        (gettext("Employer"), case.employer),
        (gettext("Step"), category.aspects.get(case.aspect or "", "")),
        (gettext("Came in by"), mechanism.vocabulary.get("channels", {}).get(case.channel, "")),
        (gettext("Reported"), case.content),
        (gettext("Wanted"), str(more.get("claim") or "")),
        (gettext("Act received"), _contested(more.get("contested_act"))),
    ]
    return [(label, value) for label, value in lines if value]


def _phone(one: Any, *, in_full: bool) -> str:
    return str(one.phone) if in_full and one.phone else words.masked_phone(one.phone)


def _id_number(one: Any, *, in_full: bool) -> str:
    return str(one.id_number) if in_full and one.id_number else words.masked_id(one.id_number)


def _others(parties: Sequence[Any], *, in_full: bool) -> list[tuple[str, str]]:
    """Return the further parties by name, with their numbers where those are shown in full."""
    labels = {"co_applicant": gettext("Together with"), "opponent": gettext("The other side")}
    found = []
    for role, label in labels.items():
        several = [one for one in parties if one.role == role]
        names = [
            " ".join(filter(None, [one.name, *((one.phone, one.id_number) if in_full else ())]))
            for one in several
        ]
        found += [(label, words.listed(names))] if names else []
    return found


def _contested(act: Mapping[str, Any] | None) -> str:
    if not act:
        return ""
    parts = [act.get("body"), act.get("kind"), act.get("served_on")]
    return words.listed([str(part) for part in parts if part])


def route_lines(mechanism: Mechanism, case: Case) -> list[dict[str, Any]]:
    """Return why the routing named whom it named, clause by clause."""
    return [
        {"clause": words.clause_by_words(mechanism, one.get("clause", "")), "text": one["text"]}
        for one in (case.route or {}).get("reasons", [])
    ]
