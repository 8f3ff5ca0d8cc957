"""The words of a paper: fields from the case and the act, filled into the profile's text.

What stands in the result is frozen with the act; files are rendered from it alone. Papers
speak the county's language, whatever the screen's: every word comes from the profile.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.mechanism.schema import Category, PaperKind
from app.mechanism.vocabulary import LIST_OF, NUMBER_OF
from app.rules import identity, remedies, remedy_words, urging, wording
from app.rules.shapes import NEVER, ZONE, Act, by_ref, open_tasks

#: Inputs that name the body a paper speaks of, in this order.
TARGETS = ("unit",)


@dataclass(frozen=True)
class Composer:
    """The words of the profile for dates, amounts, lists."""

    words: Mapping[str, str]

    def day(self, value: date) -> str:
        """Return a date as papers write it."""
        return self.words["date"].format(year=value.year, month=value.month, day=value.day)

    def last_day(self, value: date, *, is_provisional: bool) -> str:
        """Return a last day; one that a notice of holidays may move says so."""
        form = self.words.get("provisional", "{day}") if is_provisional else "{day}"
        return form.format(day=self.day(value))

    def moment(self, value: datetime) -> str:
        """Return a moment in local time as papers write it."""
        at = value.astimezone(ZONE)
        return self.words["moment"].format(
            year=at.year, month=at.month, day=at.day, hour=at.hour, minute=at.minute
        )

    def month(self, value: str) -> str:
        """Return YYYY-MM as papers write it."""
        year, month = value.split("-")
        return self.words["month"].format(year=int(year), month=int(month))

    def period(self, first: str | None, last: str | None) -> str:
        """Return a period of months; one month alone stands for itself."""
        if first is None or last is None:
            return self.month(first or last or "") if first or last else ""
        if first == last:
            return self.month(first)
        return self.words["range"].format(first=self.month(first), last=self.month(last))

    def yuan(self, value: Decimal | None) -> str:
        """Return an amount with two places."""
        return "" if value is None else self.words["yuan"].format(amount=f"{value:,.2f}")

    def listed(self, values: list[str]) -> str:
        """Return a list with the county's comma."""
        return self.words["comma"].join(value for value in values if value)


def compose(
    act: Act, kind: PaperKind, to: list[str], copies: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the frozen content of a paper; `to` and `copies` are names: who it is for.

    A paragraph or row with an empty field is left out: no paper has a hole. Where the issuer has
    words of its own for this kind, they stand in its paragraphs.
    """
    if own := act.world.wording(act.issuer, kind.key, act.today):
        kind = wording.own_words(act.mechanism, kind, own)
    used = _used(kind)
    fields = _fields(act, used)
    if "remedies" in used:
        fields["remedies"] = remedies.notice(act.mechanism, act.issuer, kind.key)
    return {
        "kind": kind.key,
        "title": kind.title,
        "number": None,
        "form": kind.form,
        "to": _composer(act).listed(to),
        "case_number": act.case.number,
        "rows": [[label, text] for label, form in kind.rows if (text := filled(form, fields))],
        "paragraphs": [text for form in kind.text if (text := filled(form, fields))],
        "signature": {
            "body": act.world.body_name(act.issuer),
            "person": fields.get("signed_by", ""),
            "on": fields["today"],
        },
        **({"copies": _composer(act).listed(list(copies))} if copies else {}),
        "basis": act.mechanism.source.number,
        "clause": act.mechanism.clause_shown(kind.clause),
        "fields": {name: fields[name] for name in sorted(used) if fields.get(name)},
    }


def addressees(act: Act, keys: tuple[str, ...]) -> list[str]:
    """Return the names that a paper is addressed to."""
    if "applicant" in keys:
        return [act.case.applicant.name]
    return [act.world.body_name(key) for key in keys]


def number_text(act: Act, kind: PaperKind, issuer: str, year: int, serial: int) -> str:
    """Return a paper's number by the mechanism's form, or the paper's own (GB/T 9704 7.2.5)."""
    form = kind.number or act.mechanism.numbering["paper"]
    body = act.mechanism.bodies.get(issuer)
    prefix = body.prefix if body else ""
    return form.format(prefix=prefix, series=kind.series, year=year, serial=serial)


def _composer(act: Act) -> Composer:
    return Composer(act.mechanism.vocabulary["words"])


def _used(kind: PaperKind) -> set[str]:
    forms = [form for _, form in kind.rows] + list(kind.text)
    return {name for form in forms for name in _names(form)}


@lru_cache(maxsize=4096)
def _names(form: str) -> tuple[str, ...]:
    """Return the fields that a text of the profile has."""
    return tuple(name for _, name, _, _ in string.Formatter().parse(form) if name)


def filled(form: str, fields: Mapping[str, str]) -> str:
    """Return a text of the profile with its fields, or nothing where one of them is empty."""
    names = _names(form)
    if any(not fields.get(name) for name in names):
        return ""
    return form.format_map({name: fields[name] for name in names})


def _fields(act: Act, used: set[str]) -> dict[str, str]:
    """Return the fields of a paper; those of the case are looked for only where they are used."""
    wanted = used | _ALWAYS
    return {
        **_numbers(act),
        **{name: make(act) for name, make in FIELDS.items() if name in wanted},
        **_target_fields(act),
        **_input_fields(act),
    }


#: Each paper is signed with its day.
_ALWAYS = frozenset({"today"})


def _applicant_id(act: Act) -> str:
    """Return the applicant's number; an ID number is masked on papers (DOMAIN 5.5)."""
    one = act.case.applicant
    number = identity.mask_id_number(one.id_number) if one.id_number else None
    return number or one.credit_code or _words(act)["unknown"]


def _applicant_phone(act: Act) -> str:
    phone = act.case.applicant.phone
    return identity.mask_phone(phone) if phone else _words(act)["unknown"]


def _applicant_kind(act: Act) -> str:
    kind: str = act.case.applicant.kind
    return act.mechanism.vocabulary["kinds"].get(kind, kind)


def _words(act: Act) -> Mapping[str, str]:
    return act.mechanism.vocabulary["words"]


def _category(act: Act) -> Category:
    return act.mechanism.categories[act.case.category]


def _insurances(act: Act) -> str:
    names = act.mechanism.insurances
    return _composer(act).listed([names[key] for key in act.case.insurance])


def _contested(act: Act) -> str:
    """Return the act already served, whose remedies run on (SPEC, the applicant's last days)."""
    contested = act.case.more.get("contested_act") or {}
    parts = [str(contested[name]) for name in ("body", "kind", "served_on") if contested.get(name)]
    return _composer(act).listed(parts)


def _opened(act: Act) -> list[Any]:
    """Return the tasks that this act has opened."""
    return [t for t in act.case.tasks if t.seq == act.seq and t.state == "open"]


def _way(act: Act) -> str:
    tier = act.mechanism.tiers.get(act.case.tier or "")
    return tier.label if tier else ""


def _decisions(act: Act) -> str:
    """Return the decisions of this round."""
    began = _began(act)
    return _papers(act, lambda p: _is_decision(act, p) and p.seq >= began)


def _served(act: Act) -> str:
    """Return the papers that go to the applicant."""
    return _papers(act, lambda p: _is_for_applicant(act, p))


def _handler(act: Act, body: str) -> str:
    """Return who handles the case inside a body, or in a post; nobody is an empty text."""
    row = next((row for row in act.case.access if row.body == body), None)
    person = act.world.person(row.person_id) if row else None
    return person.name if person else ""


def _due(act: Act) -> str:
    """Return the last day, or the moment, that the act sets: of what the receiver owes.

    Where it opens nothing, it is the first one that the acting body has to keep.
    """
    opened = _opened(act)
    own = [t for t in open_tasks(act.case) if t.body == act.actor.acting_for]
    dated = [t for t in opened or own if t.due_on != NEVER]
    if not dated:
        return ""
    task = dated[-1] if opened else min(dated, key=lambda t: t.due_on)
    composer = _composer(act)
    if task.due_at:
        return composer.moment(task.due_at)
    return composer.last_day(task.due_on, is_provisional=task.is_provisional)


def _volume(act: Act) -> str:
    """Return the papers of the volume, by its parts where the mechanism has parts."""
    groups = act.mechanism.groups
    if not groups:
        return _papers(act, lambda p: True)
    kinds = act.mechanism.papers

    def part(key: str) -> str:
        return _papers(act, lambda p: kinds[p.kind].group == key)

    found = {label: part(key) for key, label in groups.items()}
    return "；".join(f"{label}：{text}" for label, text in found.items() if text)


def _basis(act: Act) -> str:
    kinds = [act.mechanism.tasks[t.kind] for t in _opened(act)]
    due = next((kind.due for kind in kinds if kind.due is not None), None)
    return act.mechanism.vocabulary["basis"][due.basis] if due else ""


#: The fields that every paper may have, from the registration and from how the case stands.
FIELDS: Mapping[str, Callable[[Act], str]] = {
    "case_number": lambda act: act.case.number,
    "applicant": lambda act: str(act.case.applicant.name),
    "applicant_kind": _applicant_kind,
    "applicant_id": _applicant_id,
    "applicant_phone": _applicant_phone,
    "applicant_address": lambda act: str(act.case.applicant.address),
    "employer": lambda act: act.case.employer,
    "category": lambda act: _category(act).label,
    "aspect": lambda act: _category(act).aspects.get(act.case.aspect or "", ""),
    "insurance": _insurances,
    "period": lambda act: _composer(act).period(act.case.period_from, act.case.period_to),
    "amount": lambda act: _composer(act).yuan(act.case.amount),
    "content": lambda act: act.case.content,
    "claim": lambda act: act.case.more.get("claim") or "",
    "visited_at": lambda act: _composer(act).moment(act.case.visited_at),
    "channel": lambda act: act.mechanism.vocabulary["channels"].get(
        act.case.channel, act.case.channel
    ),
    "registrar": lambda act: act.world.body_name(act.case.registrar),
    "registered_by": lambda act: act.case.registered_by,
    "registered_at": lambda act: _composer(act).moment(act.case.registered_at),
    "insured_at": lambda act: act.case.more.get("insured_at") or "",
    "persons": lambda act: str(act.case.facts().persons or ""),
    "contested_act": _contested,
    "holder": lambda act: act.world.body_name(act.case.holder),
    "lead": lambda act: act.world.body_name(act.case.lead) if act.case.lead else "",
    "way": _way,
    "issuer": lambda act: act.world.body_name(act.issuer),
    "actor": lambda act: act.actor.name,
    "person": lambda act: _handler(act, act.actor.acting_for),
    "first_person": lambda act: _handler(act, act.case.registrar) or act.case.registered_by,
    "today": lambda act: _composer(act).day(act.today),
    "due": _due,
    "basis": _basis,
    "document": lambda act: act.mechanism.source.number,
    "mechanism": lambda act: act.mechanism.name,
    "place": lambda act: act.mechanism.place,
    "decisions": _decisions,
    "served_papers": _served,
    "papers": _volume,
    "owed": lambda act: _composer(act).listed(urging.owed_labels(act)),
    "owed_until": lambda act: urging.last_day(act, _composer(act).day),
    "overdue_days": lambda act: str(urging.overdue_days(act) or ""),
    "remedies_of_decisions": lambda act: remedy_words.of_decisions(act, _began(act)),
    "last_days": lambda act: remedy_words.last_days(act, _composer(act).day),
    "contested_until": lambda act: remedy_words.contested(act, _composer(act).day),
}


def _is_decision(act: Act, paper: Any) -> bool:
    return act.mechanism.papers[paper.kind].decision and paper.state == "issued"


def _is_for_applicant(act: Act, paper: Any) -> bool:
    """Return whether a paper of that kind goes to the applicant, under whatever name."""
    return any(term.word == "applicant" for term in act.mechanism.papers[paper.kind].to)


def _papers(act: Act, wanted: Callable[[Any], bool]) -> str:
    return _named(act, [p for p in act.case.papers if p.state == "issued" and wanted(p)])


def _named(act: Act, papers: list[Any]) -> str:
    """Return papers with their titles and numbers, in the county's form of a list."""
    return _composer(act).listed([f"《{p.title}》{p.number or ''}" for p in papers])


def _began(act: Act) -> int:
    """Return the act with which the present round began, 0 for the first."""
    rounds = [e.seq for e in act.case.events if "round" in e.changes.get("fields", {})]
    return max(rounds, default=0)


def _numbers(act: Act) -> dict[str, str]:
    """Return what papers of this round others cite, by kind.

    The number of the latest one as number_of_<kind>, all with their numbers as list_of_<kind>.
    """
    began = _began(act)
    found = [p for p in act.case.papers if p.state == "issued" and p.seq >= began]
    latest = {NUMBER_OF + paper.kind: paper.number for paper in found if paper.number}
    kinds = dict.fromkeys(paper.kind for paper in found)
    lists = {LIST_OF + kind: _named(act, [p for p in found if p.kind == kind]) for kind in kinds}
    return {**latest, **lists}


def _target_fields(act: Act) -> dict[str, str]:
    """Return the body that the paper speaks of: the one chosen, else the issuer's own contact."""
    key = next((act.inputs[name] for name in TARGETS if act.inputs.get(name)), None)
    body = key or act.actor.acting_for
    contact = act.world.contact(body, act.today)
    return {
        "contact_unit": act.world.body_name(body),
        "contact_name": contact.name if contact else "",
        "contact_phone": contact.phone if contact else "",
        "contact_address": act.world.body_address(body),
    }


def _input_fields(act: Act) -> dict[str, str]:
    return {ask.key: _shown(act, ask, act.inputs.get(ask.key)) for ask in act.action.asks}


def _shown(act: Act, ask: Any, value: Any) -> str:
    """Return an input as a paper prints it."""
    if value is None or ask.type in ("attachment", "attachments"):
        return ""
    shower = SHOWERS.get(ask.type)
    return shower(act, ask, value) if shower else str(value)


def _show_rows(act: Act, ask: Any, rows: list[dict[str, Any]]) -> str:
    lines = [
        " ".join(_shown(act, field, row.get(field.key)) for field in ask.fields) for row in rows
    ]
    return "；".join(lines)


def _show_person(act: Act, _: Any, value: str) -> str:
    person = act.world.person(int(value))
    return person.name if person else ""


def _show_paper(act: Act, _: Any, value: str) -> str:
    paper = by_ref(act.case.papers, value)
    return f"《{paper.title}》{paper.number or ''}" if paper else ""


SHOWERS: dict[str, Callable[[Act, Any, Any], str]] = {
    "unit": lambda act, _, value: act.world.body_name(value),
    "units": lambda act, _, value: _composer(act).listed([act.world.body_name(k) for k in value]),
    "date": lambda act, _, value: _composer(act).day(value),
    "money": lambda act, _, value: _composer(act).yuan(value),
    "choice": lambda _, ask, value: str(ask.choices[value]),
    "person": _show_person,
    "paper": _show_paper,
    "group": _show_rows,
}
