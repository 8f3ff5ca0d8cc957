"""Two mechanisms compared in words an officer reads: who does what, when, and with what paper.

Only what differs is told. Bodies, stages and ways are called by their labels, so that a reader
needs neither profile beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.check import act_differences, saying
from app.check.pairs import Difference, Said, differing, only_in
from app.errors import N_, Reason
from app.mechanism.schema import Mechanism, Tier
from app.mechanism.terms import acts

__all__ = ["Difference", "differences"]


@dataclass(frozen=True)
class Pair:
    """The two mechanisms."""

    here: Mechanism
    there: Mechanism

    def both(
        self, say: Callable[..., Iterable[Said]], *about: object
    ) -> tuple[list[Said], list[Said]]:
        """Return what is said of each."""
        return list(say(self.here, *about)), list(say(self.there, *about))


def differences(here: Mechanism, there: Mechanism) -> list[Difference]:
    """Return what differs, section by section; nothing for a mechanism and itself."""
    pair = Pair(here, there)
    found = [one for compare in _SECTIONS for one in compare(pair)]
    return [*found, *act_differences.compare(here, there)]


def _document(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("The document"))
    yield from differing(section, Reason(N_("number")), *pair.both(lambda m: [m.source.number]))
    yield from differing(section, Reason(N_("in force")), *pair.both(_validity))
    yield from differing(section, Reason(N_("legal basis")), *pair.both(lambda m: m.basis))
    for name, text in (("case", N_("case numbers")), ("paper", N_("numbers of papers"))):
        yield from differing(section, Reason(text), *pair.both(_numbering, name))


def _numbering(mechanism: Mechanism, name: str) -> list[str]:
    return [mechanism.numbering[name]]


def _validity(mechanism: Mechanism) -> list[Said]:
    last = mechanism.valid_until.isoformat() if mechanism.valid_until else Reason(N_("open end"))
    return [mechanism.valid_from.isoformat(), last]


def _bodies(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("Bodies"))
    for attribute, text in (
        ("registering", N_("who registers")),
        ("deciding", N_("who decides")),
        ("advising", N_("who is asked for advice")),
        ("member", N_("members")),
        ("sees_all", N_("who sees every case")),
    ):
        both = pair.both(_having, attribute)
        yield from differing(section, Reason(text), *both)
    yield from differing(section, Reason(N_("other bodies")), *pair.both(_others))
    yield from differing(section, Reason(N_("seat of the office")), *pair.both(_seats))
    yield from differing(section, Reason(N_("posts")), *pair.both(_posts))


def _having(mechanism: Mechanism, attribute: str) -> list[str]:
    return [one.short for one in mechanism.bodies.values() if getattr(one, attribute)]


def _others(mechanism: Mechanism) -> list[str]:
    """Return the bodies that neither register nor decide nor advise: venues, platforms."""
    return [
        one.short
        for one in mechanism.bodies.values()
        if not (one.registering or one.deciding or one.advising or one.sees_all)
    ]


def _seats(mechanism: Mechanism) -> list[str]:
    return [mechanism.label_of(one.seat) for one in mechanism.bodies.values() if one.seat]


def _posts(mechanism: Mechanism) -> list[str]:
    return [one.label for one in mechanism.posts.values()]


def _duties(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("Duties"))
    reform = Reason(N_("month of the reform"))
    yield from differing(section, reform, *pair.both(_reform))
    for key in dict.fromkeys([*pair.here.categories, *pair.there.categories]):
        both = pair.both(_competent, key)
        label = (pair.here if key in pair.here.categories else pair.there).categories[key].short
        subject = Reason(N_("who is competent for %(n)s %(kind)s"), {"n": key, "kind": label})
        yield from differing(section, subject, *both)
        labels = pair.both(_label, key)
        yield from differing(section, Reason(N_("name of kind %(n)s"), {"n": key}), *labels)


def _reform(mechanism: Mechanism) -> list[Said]:
    reform = mechanism.routing.reform
    if reform is None:
        return [Reason(N_("not told apart"))]
    return [reform.default, *(f"{key} {month}" for key, month in reform.months.items())]


def _competent(mechanism: Mechanism, category: int) -> list[Said]:
    """Return who decides, joins in and advises on a kind of dispute, of all its rows together."""
    rows = [row for row in mechanism.routing.rows if category in row.categories]
    found: list[Said] = []
    for text, keys in (
        (N_("decide: %(bodies)s"), [key for row in rows for key in row.decides]),
        (N_("join in: %(bodies)s"), [key for row in rows for key in row.joins]),
        (N_("advise: %(bodies)s"), [key for row in rows for key in row.advises]),
    ):
        named = saying.competent(mechanism, keys)
        if named:
            found.append(Reason(text, {"bodies": named}))
    return found


def _label(mechanism: Mechanism, category: int) -> list[str]:
    known = mechanism.categories.get(category)
    return [known.label] if known else []


def _ways(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("Ways"))
    yield from differing(section, Reason(N_("ways")), *pair.both(_tier_labels))
    for here, there in _paired_tiers(pair):
        yield from _way(section, pair, here, there)


def _tier_labels(mechanism: Mechanism) -> list[str]:
    return [tier.label for tier in mechanism.tiers.values()]


def _paired_tiers(pair: Pair) -> Iterator[tuple[Tier, Tier]]:
    """Yield ways with the same key, then the others in their order."""
    here, there = pair.here.tiers, pair.there.tiers
    yield from ((here[key], there[key]) for key in here if key in there)
    left = [one for key, one in here.items() if key not in there]
    right = [one for key, one in there.items() if key not in here]
    yield from zip(left, right, strict=False)


def _way(section: Reason, pair: Pair, here: Tier, there: Tier) -> Iterator[Difference]:
    name = here.label if here.label == there.label else f"{here.label} / {there.label}"
    for role, text in _ROLES.items():
        said = _role(pair.here, here, role), _role(pair.there, there, role)
        yield from differing(section, Reason(text, {"way": name}), *said)
    if here.steps != there.steps:
        steps = saying.stages(pair.here, here.steps), saying.stages(pair.there, there.steps)
        yield from differing(section, Reason(N_("%(way)s: course"), {"way": name}), *steps)
    chosen = _choosers(pair.here, here), _choosers(pair.there, there)
    yield from differing(section, Reason(N_("%(way)s: who chooses it"), {"way": name}), *chosen)


_ROLES = {
    "decides": N_("%(way)s: who decides"),
    "handles": N_("%(way)s: who handles"),
    "leads": N_("%(way)s: who leads"),
    "replies": N_("%(way)s: who replies"),
    "serves": N_("%(way)s: who serves"),
    "archives": N_("%(way)s: who archives"),
}


def _role(mechanism: Mechanism, tier: Tier, role: str) -> list[Said]:
    return list(saying.who(mechanism, tier.roles.get(role, ())))


def _choosers(mechanism: Mechanism, tier: Tier) -> list[Said]:
    """Return the acts by which a case comes on a way, and who does them."""
    found: list[Said] = []
    for act in acts(mechanism):
        for term in act.does:
            value: Any = term.arg.get("tier") if term.word == "set" else None
            chosen = any(tier.key in ask.choices for ask in act.asks if ask.key == _input(value))
            if value == tier.key or chosen:
                by = saying.who(mechanism, act.by, act.asks)
                found.append(Reason(N_("%(act)s (%(who)s)"), {"act": act.label, "who": by}))
    return found


def _input(value: Any) -> str:
    return str(getattr(value, "arg", ""))


def _stages(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("Stages"))
    yield from only_in(section, pair.here.stages, pair.there.stages, lambda one: one.label)
    for key in (key for key in pair.here.stages if key in pair.there.stages):
        both = pair.both(lambda m, one: [m.stages[one].label], key)
        subject = Reason(N_("name of the stage %(stage)s"), {"stage": key})
        yield from differing(section, subject, *both)


def _tasks(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("What is owed"))
    yield from only_in(section, pair.here.tasks, pair.there.tasks, lambda one: one.label)
    for key in (key for key in pair.here.tasks if key in pair.there.tasks):
        label = pair.here.tasks[key].label
        due = pair.both(lambda m, one: [saying.period(m, m.tasks[one].due)], key)
        yield from differing(section, Reason(N_("%(task)s: within"), {"task": label}), *due)
        owed = pair.both(_owners, key)
        yield from differing(section, Reason(N_("%(task)s: owed by"), {"task": label}), *owed)


def _owners(mechanism: Mechanism, kind: str) -> list[Said]:
    found: dict[str, Said] = {}
    for act in acts(mechanism):
        for term in act.does:
            if term.word == "open" and term.arg["task"] == kind:
                said = saying.who(mechanism, term.arg["to"], act.asks)
                found.update((str(one), one) for one in said)
    return list(found.values())


def _archive(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("The volume"))
    groups = pair.both(lambda m: list(m.groups.values()))
    yield from differing(section, Reason(N_("parts of the volume")), *groups)


def _remedies(pair: Pair) -> Iterator[Difference]:
    section = Reason(N_("Remedies"))
    ways = pair.both(
        lambda m: [
            Reason(
                N_("%(way)s: within %(period)s"),
                {"way": way.label, "period": saying.period(m, way.due)},
            )
            for way in m.remedies.ways.values()
        ]
    )
    yield from differing(section, Reason(N_("the ways, and their time")), *ways)
    bodies = pair.both(
        lambda m: sorted({to.body for r in m.remedies.given.values() for to in r.ways.values()})
    )
    yield from differing(section, Reason(N_("where they lead")), *bodies)


_SECTIONS: tuple[Callable[[Pair], Iterator[Difference]], ...] = (
    _document,
    _bodies,
    _duties,
    _ways,
    _stages,
    _tasks,
    _archive,
    _remedies,
)
