"""A mechanism as a page: its ways, acts, duties, due dates, papers, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from markupsafe import Markup

from app.check.checker import check_text
from app.check.findings import Finding
from app.check.svg import svg
from app.check.trace import Traced, trace
from app.directory import Directory
from app.errors import Reason
from app.mechanism.schema import Mechanism, Row, Tier
from app.screens import words
from app.screens.formats import date_full


@dataclass(frozen=True)
class Line:
    """A row of a table; `anchor` is what clause tags lead to."""

    cells: list[Any]
    anchor: str = ""


def mechanism_view(
    world: Directory,
    findings: Sequence[Finding] | None = None,
    check_url: str = "",
    versions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what the mechanism page shows; the findings where it has been checked.

    `check_url` leads whoever may do so to the page with the findings; `versions` stand there for
    whoever publishes them.
    """
    mechanism = world.mechanism
    tables = [
        _acts(mechanism),
        _duties(mechanism),
        _due_dates(mechanism),
        _papers(mechanism),
        _clauses(mechanism),
    ]
    return {
        "name": mechanism.name,
        "source": _source(mechanism),
        "key": mechanism.key,
        "chip": words.Chip(gettext("in use"), "circle-check", "ok"),
        "versions": versions,
        "tabs": [
            ("stages", gettext("Ways")),
            ("flow", gettext("Flow")),
            *((one["key"], one["title"]) for one in tables),
        ],
        "flow": Markup(svg(mechanism, translate=gettext)),  # noqa: S704 # escaped by its writer
        "check_url": check_url,
        "findings": None if findings is None else [finding_row(one) for one in findings],
        "ways": [_way(mechanism, tier) for tier in mechanism.tiers.values()],
        "tables": tables,
    }


@lru_cache(maxsize=32)
def checked(profile: str, document: str) -> Sequence[Finding]:
    """Return what the check tells of a profile; the same texts are checked once.

    The check takes a second or two; quotations are looked up in the document.
    """
    return tuple(check_text(profile, document=document))


def _source(mechanism: Mechanism) -> str:
    first = date_full(mechanism.valid_from)
    name = mechanism.source.number or mechanism.source.title
    if mechanism.valid_until is None:
        return gettext("%(number)s, in force from %(first)s", number=name, first=first)
    last = date_full(mechanism.valid_until)
    return gettext(
        "%(number)s, in force from %(first)s to %(last)s",
        number=name,
        first=first,
        last=last,
    )


def _way(mechanism: Mechanism, tier: Tier) -> dict[str, Any]:
    return {
        "label": tier.label,
        "note": "",
        "clause": words.clause(mechanism, tier.clause),
        "steps": [{"label": mechanism.stages[key].label, "note": ""} for key in tier.steps],
    }


def _table(key: str, title: str, heads: list[str], rows: list[Line]) -> dict[str, Any]:
    note = gettext("%(n)s entries", n=len(rows))
    return {"key": key, "title": title, "note": note, "heads": heads, "rows": rows}


def _acts(mechanism: Mechanism) -> dict[str, Any]:
    rows = [
        Line(
            [
                action.label,
                words.listed(
                    [one.label for key, one in mechanism.stages.items() if key in action.origin]
                ),
                words.listed([mechanism.papers[make.paper].title for make in action.makes]),
                words.clause(mechanism, action.clause),
            ],
            f"act-{action.key}",
        )
        for action in (mechanism.register, *mechanism.actions.values())
    ]
    heads = [gettext("Step"), gettext("Possible at"), gettext("Papers"), gettext("Clause")]
    return _table("acts", gettext("Steps"), heads, rows)


def _duties(mechanism: Mechanism) -> dict[str, Any]:
    heads = [
        gettext("Kind"),
        gettext("When"),
        gettext("Decides"),
        gettext("Joins, advises"),
        gettext("Why"),
        gettext("Clause"),
    ]
    rows = [_duty(mechanism, row) for row in mechanism.routing.rows]
    return _table("duties", gettext("Duties"), heads, rows)


def _duty(mechanism: Mechanism, row: Row) -> Line:
    return Line(
        [
            words.listed([mechanism.categories[key].short for key in sorted(row.categories)]),
            conditions(mechanism, row),
            words.listed([unit_label(mechanism, key) for key in row.decides]),
            words.listed([unit_label(mechanism, key) for key in (*row.joins, *row.advises)]),
            row.text,
            words.clause(mechanism, first_clause(row)),
        ],
        f"row-{row.key}",
    )


def first_clause(row: Any) -> str:
    """Return the key of the clause that a duty rests on."""
    found = getattr(row, "clauses", None) or (row.clause,)
    return str(found[0])


def conditions(mechanism: Mechanism, row: Row) -> str:
    """Return in words when a duty holds: insurances, before or after the reform, aspects."""
    eras = {
        "before": gettext("before the reform"),
        "after": gettext("after the reform"),
        "across": gettext("across the reform"),
    }
    said = [label for key, label in mechanism.insurances.items() if key in row.insurances]
    said += [eras.get(era, era) for era in sorted(row.eras)]
    aspects = {
        key: label
        for number in row.categories
        for key, label in mechanism.categories[number].aspects.items()
    }
    said += [label for key, label in aspects.items() if key in row.aspects]
    return words.listed(said)


def unit_label(mechanism: Mechanism, key: str) -> str:
    """Return what a body of a duty is called; an agency is each body that runs an insurance."""
    if key != "agency":
        return mechanism.label_of(key)
    agencies = dict.fromkeys(mechanism.routing.agencies.values())
    return "/".join(mechanism.label_of(one) for one in agencies)


def _due_dates(mechanism: Mechanism) -> dict[str, Any]:
    units = mechanism.vocabulary.get("units", {})
    basis = mechanism.vocabulary.get("basis", {})
    rows = [
        Line(
            [
                kind.label,
                f"{kind.due.length} {units.get(kind.due.unit, kind.due.unit)}",
                basis.get(kind.due.basis, kind.due.basis),
                words.clause(mechanism, kind.due.clause),
            ],
            f"due-{kind.key}",
        )
        for kind in mechanism.tasks.values()
        if kind.due is not None
    ]
    heads = [gettext("What is owed"), gettext("Within"), gettext("Set by"), gettext("Clause")]
    return _table("due", gettext("Due dates"), heads, rows)


def _papers(mechanism: Mechanism) -> dict[str, Any]:
    rows = [
        Line(
            [
                kind.title,
                kind.series or gettext("not numbered"),
                words.clause(mechanism, kind.clause),
            ],
            f"paper-{kind.key}",
        )
        for kind in mechanism.papers.values()
    ]
    heads = [gettext("Paper"), gettext("Series"), gettext("Clause")]
    return _table("papers", gettext("Papers"), heads, rows)


def _clauses(mechanism: Mechanism) -> dict[str, Any]:
    """Return each clause with the parts that carry it out, or why nothing does."""
    rows = [
        Line(
            [words.Clause(one.clause.shown), one.clause.title, carried_out(one)],
            f"clause-{one.clause.key}",
        )
        for one in trace(mechanism)
    ]
    heads = [gettext("Clause"), gettext("What it says"), gettext("Carried out by")]
    return _table("clauses", gettext("Clauses"), heads, rows)


def carried_out(one: Traced) -> str:
    """Return what carries a clause out, or why nothing does."""
    if not one.clause.operative:
        return gettext("not operative: %(why)s", why=one.clause.why)
    parts = [
        f"{part.sort.say(gettext)} {_said(part.label)}"
        for part in one.parts
        if part.sort.text != "condition"
    ]
    return words.listed(parts) or gettext("nothing carries it out")


def _said(label: str | Reason) -> str:
    return label.say(gettext) if isinstance(label, Reason) else label


def finding_row(one: Finding) -> dict[str, Any]:
    """Return a finding as a row: how grave, where, what, what mends it, and the way there."""
    chip = (
        words.Chip(gettext("to consider"), "circle-info", "warn")
        if one.is_warning
        else words.Chip(gettext("to mend"), "triangle-exclamation", "danger")
    )
    return {
        "chip": chip,
        "line": one.line,
        "key": one.key,
        "what": one.what.say(gettext),
        "mend": one.mend.say(gettext),
        "path": " → ".join(one.path),
    }
