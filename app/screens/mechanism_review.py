"""What is told of a draft before it is published: findings, holes, differences, the flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from app import publishing
from app.check.differences import Difference, differences
from app.check.findings import Finding
from app.check.svg import svg
from app.check.trace import trace
from app.directory import directory_of
from app.drafts import Texts
from app.errors import N_, Reason
from app.mechanism.loader import loads
from app.mechanism.problems import ProfileError
from app.mechanism.schema import Mechanism
from app.mechanism.semantics import line_of
from app.mechanism.yaml_reader import read_yaml
from app.models import Jurisdiction, MechanismVersion
from app.rules.versions import in_force
from app.screens import words
from app.screens.desk import session
from app.screens.formats import date_full, datetime_short
from app.screens.mechanism_view import carried_out, checked, finding_row


@dataclass(frozen=True)
class Review:
    """A draft with all that can be told of it. `mechanism` is None where it cannot be read."""

    key: str
    mechanism: Mechanism | None
    findings: Sequence[Finding]
    versions: Sequence[MechanismVersion] = ()
    place: Jurisdiction | None = None
    remarks: Sequence[Reason] = field(default=())

    @property
    def faults(self) -> int:
        """Return how many findings forbid to publish it."""
        return sum(not one.is_warning for one in self.findings)

    @property
    def warnings(self) -> int:
        """Return how many findings and remarks must be read before."""
        return len(self.findings) - self.faults + len(self.remarks)

    @property
    def running(self) -> Mechanism | None:
        """Return the mechanism that is in force today."""
        if self.place is None or not self.versions:
            return None
        return directory_of(session(), self.place).mechanism

    def earliest(self, mechanism: Mechanism, now: datetime) -> date:
        """Return the first day from which it can hold."""
        first = publishing.earliest_day(mechanism, list(self.versions), now)
        return max(first, now.date())


def review(key: str, texts: Texts, base: int) -> Review:
    """Check a draft and return what is told of it."""
    findings = list(checked(texts.profile, texts.source))
    try:
        mechanism = loads(texts.profile, "profile")
    except ProfileError:
        return Review(key, None, findings)
    if mechanism.key != key:
        findings.insert(0, _other_key(mechanism, texts, key))
    place = session().scalar(select(Jurisdiction).where(Jurisdiction.key == key))
    versions = publishing.versions_of(session(), place) if place else []
    return Review(key, mechanism, findings, versions, place, _remarks(versions, base))


def _other_key(mechanism: Mechanism, texts: Texts, key: str) -> Finding:
    root, _ = read_yaml(texts.profile.encode(), "profile")
    params = {"key": mechanism.key, "here": key}
    return Finding(
        line_of(root, "key"),
        "key",
        Reason(N_("this draft is of %(here)s, and the profile names %(key)s"), params),
        Reason(N_("write %(here)s again; for another county upload a profile of its own"), params),
    )


def _remarks(versions: Sequence[MechanismVersion], base: int) -> list[Reason]:
    """Return what else must be read: versions after the one that the draft began from."""
    text = N_("Version %(number)s was published after this draft was begun: see the differences")
    return [Reason(text, {"number": one.number}) for one in versions if one.number > base]


# --- as the page draws it


def review_view(found: Review, now: datetime) -> dict[str, Any]:
    """Return what the review page shows."""
    mechanism, running = found.mechanism, found.running
    view: dict[str, Any] = {
        "findings": [finding_row(one) for one in found.findings],
        "faults": found.faults,
        "warnings": found.warnings,
        "remarks": [words.said(one) for one in found.remarks],
        "readable": mechanism is not None,
        "versions": version_rows(found.versions, now.date()),
        "number": max((one.number for one in found.versions), default=0) + 1,
    }
    if mechanism is not None:
        view["earliest"] = found.earliest(mechanism, now)
        view["earliest_words"] = date_full(view["earliest"])
        told = differences(running, mechanism) if running else None
        view["differences"] = None if told is None else _sections(told)
        view["tables"] = [_table_rule(one) for one in _rules(mechanism)]
        view["trace"] = _trace(mechanism)
        view["flow"] = Markup(svg(mechanism, translate=gettext))  # noqa: S704 # escaped there
    return view


def _rules(mechanism: Mechanism) -> list[publishing.TableRule]:
    return publishing.table_rules(session(), mechanism)


def _table_rule(one: publishing.TableRule) -> tuple[str, str, str]:
    return _said(one.subject), _said(one.profile), _said(one.table)


def _sections(told: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the differences under their sections, each as (what, then, now)."""
    none = gettext("none")
    return [
        {
            "title": title,
            "rows": [
                (
                    one.subject.say(gettext),
                    words.listed(list(map(_said, one.here))) or none,
                    words.listed(list(map(_said, one.there))) or none,
                )
                for one in some
            ],
        }
        for title, some in groupby(told, lambda one: one.section.say(gettext))
    ]


def _trace(mechanism: Mechanism) -> dict[str, Any]:
    """Return the clauses with what carries them out, those that nothing carries out first."""
    traced = trace(mechanism)
    rows: list[dict[str, Any]] = [
        {
            "anchor": f"clause-{one.clause.key}",
            "shown": one.clause.shown,
            "title": one.clause.title,
            "carried": carried_out(one),
            "is_hole": not one.is_settled,
        }
        for one in traced
    ]
    holes = sum(row["is_hole"] for row in rows)
    return {"rows": sorted(rows, key=lambda row: not row["is_hole"]), "holes": holes}


def version_rows(versions: Sequence[MechanismVersion], today: date) -> list[dict[str, Any]]:
    """Return the versions of a mechanism with the days on which they hold, newest first."""
    if not versions:
        return []
    current = in_force(versions, today)
    dated = sorted(versions, key=lambda one: (one.valid_from, one.number))
    nexts = {one.id: later.valid_from for one, later in pairwise(dated)}
    return [_version_row(one, current, nexts.get(one.id), today) for one in reversed(dated)]


def _version_row(
    one: MechanismVersion, current: MechanismVersion, until: date | None, today: date
) -> dict[str, Any]:
    if one is current and one.valid_from <= today:
        chip = words.Chip(gettext("in use"), "circle-check", "ok")
    elif one.valid_from > today:
        chip = words.Chip(gettext("waits for its day"), "clock", "warn")
    else:
        chip = words.Chip(gettext("replaced"), "clock-rotate-left")
    return {
        "number": one.number,
        "chip": chip,
        "first": date_full(one.valid_from),
        "before": date_full(until) if until else "",
        "published": gettext(
            "%(who)s, %(at)s",
            who=one.loaded_by or gettext("command line"),
            at=datetime_short(one.loaded_at),
        ),
    }


def _said(text: str | Reason) -> str:
    return text.say(gettext) if isinstance(text, Reason) else text
