"""Who is competent for a dispute, with the reasons (SPEC Z3.1, DOMAIN 2).

Per insurance the first matching row wins. Where the aspect is unknown, the rows of the
category's aspects are united; where nothing matches, the office decides. Periods are told
apart by the reform month: before, after, or across it; unknown counts as after, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from app.errors import N_, Reason
from app.mechanism.facts import Facts
from app.mechanism.schema import Mechanism, Row
from app.rules.criteria import meets

BEFORE, AFTER, ACROSS = "before", "after", "across"


@dataclass(frozen=True)
class Match:
    """A row that fits, for one insurance and one side of the reform."""

    row: Row
    insurance: str
    era: str


@dataclass(frozen=True)
class Route:
    """The proposal: deciding bodies (the lead first), advisers, way, and why."""

    units: tuple[str, ...]
    advisers: tuple[str, ...]
    tier: str | None
    reasons: tuple[dict[str, Any], ...]
    runners_up: tuple[str, ...]
    facts: dict[str, Any]
    gap: bool
    notes: tuple[Reason, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the route as it is stored with the case and answered over REST."""
        return {
            "units": list(self.units),
            "advisers": list(self.advisers),
            "tier": self.tier,
            "reasons": [dict(reason) for reason in self.reasons],
            "runners_up": list(self.runners_up),
            "facts": self.facts,
            "gap": self.gap,
            "notes": [{"text": n.text, "params": dict(n.params)} for n in self.notes],
        }


def eras_of(mechanism: Mechanism, facts: Facts, insurance: str) -> tuple[tuple[str, ...], bool]:
    """Return the eras to look at (the preferred first), and whether the period is known.

    The month of the reform itself counts as after (golden vector 24).
    """
    reform = mechanism.routing.reform
    if reform is None:
        return (AFTER,), True
    first = facts.period_from or facts.period_to
    last = facts.period_to or facts.period_from
    if first is None or last is None:
        return (AFTER,), False
    month = reform.months.get(insurance, reform.default)
    if last < month:
        return (BEFORE,), True
    if first >= month:
        return (AFTER,), True
    return (ACROSS, BEFORE, AFTER), True


def propose(mechanism: Mechanism, facts: Facts, registrar: str | None = None) -> Route:
    """Return who is competent and why, for as many facts as are known."""
    insurances = facts.insurance or tuple(mechanism.insurances)
    matches: list[Match] = []
    known = True
    for insurance in insurances:
        eras, is_known = eras_of(mechanism, facts, insurance)
        known = known and is_known
        matches.extend(_matches(mechanism, facts, insurance, eras))
    units = _ordered(mechanism, matches, registrar) if facts.category is not None else ()
    advisers = _advisers(mechanism, matches, units)
    return Route(
        units=units,
        advisers=advisers,
        tier=_tier(mechanism, facts, units),
        reasons=_reasons(mechanism, matches) if matches else (_default(mechanism),),
        runners_up=_runners_up(mechanism, units),
        facts=_facts_used(facts, insurances),
        gap=any(match.row.gap for match in matches) or not units,
        notes=_notes(mechanism, facts, known),
    )


def _matches(
    mechanism: Mechanism, facts: Facts, insurance: str, eras: tuple[str, ...]
) -> list[Match]:
    """Return the rows that apply to one insurance: of each aspect asked, over each era.

    Rows that only advise say nothing while the aspect is unknown (category 10: the office).
    """
    if facts.category is None:
        return []
    found: list[Match] = []
    for aspect in _aspects(mechanism, facts):
        for era in eras:
            row = _first(mechanism, facts.category, insurance, era, aspect)
            if row is not None:
                found.append(Match(row, insurance, era))
                if era == ACROSS:
                    break
    if _is_open(mechanism, facts) and not any(match.row.decides for match in found):
        return []
    return list(dict.fromkeys(found))


def _is_open(mechanism: Mechanism, facts: Facts) -> bool:
    """Return whether the category tells aspects apart and the case's is not known."""
    category = mechanism.categories.get(facts.category or 0)
    return facts.aspect is None and category is not None and bool(category.aspects)


def _aspects(mechanism: Mechanism, facts: Facts) -> Iterable[str | None]:
    """Return the aspects to look at: the known one, or all of the category."""
    if not _is_open(mechanism, facts):
        return (facts.aspect,)
    return tuple(mechanism.categories[facts.category or 0].aspects)


def _first(
    mechanism: Mechanism, category: int, insurance: str, era: str, aspect: str | None
) -> Row | None:
    """Return the first row that fits a cell of the grid, or None: the office decides."""
    for row in mechanism.routing.rows:
        if category in row.categories and _fits(row, insurance, era, aspect):
            return row
    return None


def _fits(row: Row, insurance: str, era: str, aspect: str | None) -> bool:
    return (
        (not row.insurances or insurance in row.insurances)
        and (not row.eras or era in row.eras)
        and (not row.aspects or aspect in row.aspects)
    )


def cell(
    mechanism: Mechanism, category: int, insurance: str, era: str, aspect: str | None
) -> Row | None:
    """Return the row of one cell of the grid, for the completeness check."""
    return _first(mechanism, category, insurance, era, aspect)


def _named(mechanism: Mechanism, keys: Iterable[str], insurance: str) -> list[str]:
    agency = mechanism.routing.agencies.get(insurance)
    return [agency if key == "agency" and agency else key for key in keys]


def _ordered(mechanism: Mechanism, matches: list[Match], registrar: str | None) -> tuple[str, ...]:
    """Return the deciding bodies: those who decide before those who join in.

    Among those who decide, the one that registered comes first: it accepts first (Z4.2.1-2).
    """
    decide: dict[str, None] = {}
    join: dict[str, None] = {}
    for match in matches:
        decide.update(dict.fromkeys(_named(mechanism, match.row.decides, match.insurance)))
        join.update(dict.fromkeys(_named(mechanism, match.row.joins, match.insurance)))
    first = [key for key in decide if key == registrar]
    return tuple(dict.fromkeys([*first, *decide, *join]))


def _advisers(
    mechanism: Mechanism, matches: list[Match], units: tuple[str, ...]
) -> tuple[str, ...]:
    named = [
        key for match in matches for key in _named(mechanism, match.row.advises, match.insurance)
    ]
    return tuple(key for key in dict.fromkeys(named) if key not in units)


def _tier(mechanism: Mechanism, facts: Facts, units: tuple[str, ...]) -> str | None:
    """Return the proposed way: the last one whose criteria the facts meet.

    Where they meet none, it is the usual one: the first without criteria, or the first at all.
    None where the routing names nobody, either.
    """
    known, tiers = replace(facts, units=len(units)), list(mechanism.tiers.values())
    fitting = [tier for tier in tiers if tier.criteria and meets(known, tier.criteria)]
    if fitting:
        return fitting[-1].key
    usual = [*(tier for tier in tiers if not tier.criteria), *tiers]
    return usual[0].key if units and usual else None


def _reasons(mechanism: Mechanism, matches: list[Match]) -> tuple[dict[str, Any], ...]:
    """Return a reason per row: its rule, clauses, words, bodies and the insurances it serves."""
    by_row: dict[str, list[Match]] = {}
    for match in matches:
        by_row.setdefault(match.row.key, []).append(match)
    return tuple(_reason(mechanism, same) for same in by_row.values())


def _reason(mechanism: Mechanism, same: list[Match]) -> dict[str, Any]:
    row = same[0].row
    insurances = list(dict.fromkeys(match.insurance for match in same))
    bodies = [
        key
        for insurance in insurances
        for key in _named(mechanism, (*row.decides, *row.joins, *row.advises), insurance)
    ]
    clause = _fitting_clause(mechanism, row, bodies)
    return {
        "rule": row.key,
        "clause": mechanism.clause_shown(clause),
        "clauses": [mechanism.clause_shown(key) for key in row.clauses],
        "text": row.text,
        "units": list(dict.fromkeys(bodies)),
        "insurances": insurances,
        "gap": row.gap,
    }


def _fitting_clause(mechanism: Mechanism, row: Row, bodies: list[str]) -> str:
    """Return the row's clause that is the duty of the first body named, else the first."""
    own = {mechanism.bodies[key].clause for key in bodies[:1] if key in mechanism.bodies}
    return next((key for key in row.clauses if key in own), row.clauses[0])


def _default(mechanism: Mechanism) -> dict[str, Any]:
    shown = mechanism.clause_shown(mechanism.routing.default_clause)
    return {
        "rule": None,
        "clause": shown,
        "clauses": [shown],
        "text": mechanism.routing.default_text,
        "units": [],
        "insurances": [],
        "gap": True,
    }


def _runners_up(mechanism: Mechanism, units: tuple[str, ...]) -> tuple[str, ...]:
    """Return the other deciding bodies: those that could have been meant."""
    return tuple(k for k, b in mechanism.bodies.items() if b.deciding and k not in units)


def _facts_used(facts: Facts, insurances: tuple[str, ...]) -> dict[str, Any]:
    return {
        "category": facts.category,
        "insurance": list(insurances),
        "aspect": facts.aspect,
        "period_from": facts.period_from,
        "period_to": facts.period_to,
    }


def _notes(mechanism: Mechanism, facts: Facts, known: bool) -> tuple[Reason, ...]:
    """Return what the officer should know: unknown period, unconfirmed reform, unknown aspect."""
    notes: list[Reason] = []
    if not known:
        text = N_(
            "The period is not known; the duties after the reform are assumed, to be confirmed"
        )
        notes.append(Reason(text))
    reform = mechanism.routing.reform
    if reform is not None and reform.basis == "proposal":
        text = N_(
            "The month of the reform (%(month)s) is a proposal; the county has to confirm it"
        )
        notes.append(Reason(text, {"month": reform.default}))
    if _is_open(mechanism, facts):
        notes.append(Reason(N_("The exact step is not known; every body it may concern is named")))
    return tuple(notes)
