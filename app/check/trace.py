"""Each clause of the document, and the parts of the profile that carry it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from app.check import saying
from app.errors import N_, Reason
from app.mechanism.schema import Action, Clause, Mechanism


@dataclass(frozen=True)
class Part:
    """A part of a profile that carries a clause out: its sort, key, label, and where it stands."""

    sort: Reason
    key: str
    label: str | Reason
    path: str


@dataclass(frozen=True)
class Traced:
    """A clause with all that carries it out."""

    clause: Clause
    parts: tuple[Part, ...]

    @property
    def is_settled(self) -> bool:
        """Return whether something carries the clause out, or a reason says why nothing does."""
        return bool(self.parts) or not self.clause.operative


def trace(mechanism: Mechanism) -> list[Traced]:
    """Return every clause with what carries it out, in the order of the document."""
    return [
        Traced(clause, tuple(_parts(mechanism, clause))) for clause in mechanism.clauses.values()
    ]


def links(mechanism: Mechanism) -> list[str]:
    """Return every link of a clause to a part that carries it out: its key and the part's path."""
    return [f"{one.clause.key} {part.path}" for one in trace(mechanism) for part in one.parts]


def _parts(mechanism: Mechanism, clause: Clause) -> Iterator[Part]:
    if clause.section:
        label = Reason(_SECTIONS[clause.section])
        yield Part(Reason(N_("section")), clause.section, label, clause.section)
    for path in mechanism.cited.get(clause.key, ()):
        section, _, rest = path.partition(".")
        yield from _FINDERS[section](mechanism, path, rest.split("."))


#: The sections that may carry out a clause as a whole, in words.
_SECTIONS: Mapping[str, str] = {
    "basis": N_("legal basis"),
    "valid": N_("in force"),
    "bodies": N_("Bodies"),
    "posts": N_("posts"),
    "members": N_("members"),
    "routing": N_("Duties"),
    "groups": N_("parts of the volume"),
}

Finder = Callable[[Mechanism, str, list[str]], Iterator[Part]]


def _register(mechanism: Mechanism, path: str, _: list[str]) -> Iterator[Part]:
    yield from _act(mechanism, mechanism.register, path)


def _actions(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    """Yield the act, and what only `per` names for a way or a body."""
    act = mechanism.actions[steps[0]]
    if steps[1] == "per":
        label = act.per[steps[2]].get("label", act.label)
        named = mechanism.tiers[steps[2]].label if steps[2] in mechanism.tiers else ""
        named = named or mechanism.label_of(steps[2])
        yield Part(Reason(N_("act")), act.key, f"{label} ({named})", path)
        return
    yield from _act(mechanism, act, path)


def _act(mechanism: Mechanism, act: Action, path: str) -> Iterator[Part]:
    """Yield an act, and its conditions: they carry the clause out together."""
    yield Part(Reason(N_("act")), act.key, act.label, path)
    place = path.removesuffix(".clause")
    for need in act.needs:
        said = saying.condition(mechanism, need)
        yield Part(Reason(N_("condition")), act.key, said, f"{place}.needs")


def _tasks(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    kind = mechanism.tasks[steps[0]]
    if steps[1] == "due" and kind.due:
        label = saying.period(mechanism, kind.due)
        yield Part(Reason(N_("due date")), kind.key, label, path)
        return
    yield Part(Reason(N_("task")), kind.key, kind.label, path)


def _papers(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    paper = mechanism.papers[steps[0]]
    yield Part(Reason(N_("paper")), paper.key, paper.title, path)


def _routing(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    if steps[0] == "rows":
        row = next(row for row in mechanism.routing.rows if row.key == steps[1])
        yield Part(Reason(N_("duty")), row.key, row.text, path)
        return
    yield Part(Reason(N_("routing")), steps[0], mechanism.routing.default_text, path)


def _tiers(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    tier = mechanism.tiers[steps[0]]
    yield Part(Reason(N_("way")), tier.key, tier.label, path)


def _bodies(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    body = mechanism.bodies[steps[0]]
    yield Part(Reason(N_("body")), body.key, body.short, path)


def _posts(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    post = mechanism.posts[steps[0]]
    yield Part(Reason(N_("post")), post.key, post.label, path)


def _categories(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    category = mechanism.categories[int(steps[0])]
    yield Part(Reason(N_("kind of dispute")), steps[0], category.label, path)


def _remedies(mechanism: Mechanism, path: str, steps: list[str]) -> Iterator[Part]:
    """Yield a remedy, or another time that the law gives for them."""
    if steps[0] == "ways":
        way = mechanism.remedies.ways[steps[1]]
        yield Part(Reason(N_("remedy")), way.key, way.label, path)
        return
    known = mechanism.remedies
    lengths = {"untold": known.untold, "public": known.public}
    length = lengths.get(steps[0]) or known.decided.get(steps[1])
    yield Part(Reason(N_("due date")), steps[0], saying.period(mechanism, length), path)


_FINDERS: Mapping[str, Finder] = {
    "register": _register,
    "actions": _actions,
    "tasks": _tasks,
    "papers": _papers,
    "routing": _routing,
    "tiers": _tiers,
    "bodies": _bodies,
    "posts": _posts,
    "categories": _categories,
    "remedies": _remedies,
}
