"""The words of a mechanism one by one, however deep they stand in each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.mechanism.schema import Action, Mechanism, Term

#: Fields of an act that hold words, in the order in which they come into play.
FIELDS = ("by", "asks", "needs", "does", "makes", "tells", "then")


def acts(mechanism: Mechanism) -> tuple[Action, ...]:
    """Return all acts, the registration first."""
    return (mechanism.register, *mechanism.actions.values())


def path_of(mechanism: Mechanism, act: Action) -> str:
    """Return where an act stands in its profile."""
    return act.key if act is mechanism.register else f"actions.{act.key}"


def within(value: object) -> Iterator[Term]:
    """Yield every word in a part of a mechanism."""
    if isinstance(value, Term):
        yield value
        yield from within(value.arg)
        yield from within(value.when)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from within(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from within(one)
    else:
        for name in _INNER.get(type(value).__name__, ()):
            yield from within(getattr(value, name))


#: Objects that hold words, and where.
_INNER: Mapping[str, tuple[str, ...]] = {
    "Ask": ("required", "among", "excluding", "fields"),
    "Make": ("each", "when"),
    "Turn": ("when",),
    "Tier": ("roles", "criteria"),
    "PaperKind": ("to", "copies"),
}


def words(act: Action, *fields: str) -> Iterator[Term]:
    """Yield the words of an act, in some of its fields or in all; of effects what they ask."""
    for name in fields or FIELDS:
        for part in getattr(act, name):
            yield from asked(part) if name == "does" else within(part)


def asked(effect: Term) -> Iterator[Term]:
    """Yield the relations and conditions in an effect, without the effect itself."""
    yield from within(effect.arg)
    yield from within(effect.when)


def everywhere(mechanism: Mechanism) -> Iterator[Term]:
    """Yield every word of a mechanism."""
    for act in acts(mechanism):
        yield from words(act)
    for tier in mechanism.tiers.values():
        yield from within(tier)
    for paper in mechanism.papers.values():
        yield from within(paper)


def task_of(term: Term) -> str | None:
    """Return the kind of task that a word speaks of, if it speaks of one."""
    if isinstance(term.arg, Mapping):
        kind = term.arg.get("task")
        return kind if isinstance(kind, str) else None
    return term.arg if term.word in ("owner", "owed", "fulfilled", "task") else None
