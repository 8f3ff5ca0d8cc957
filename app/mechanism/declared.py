"""What a profile declares, by the kind of thing that its other parts may name.

Read from the nodes, so that an entry counts as declared even where its values are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from app.errors import N_
from app.mechanism.schema import PROPOSAL
from app.mechanism.vocabulary import AGENCY
from app.mechanism.yaml_reader import Node, Scalar, Table


def declared(root: Table) -> dict[str, Collection[str]]:
    """Return the keys of each kind.

    A kind whose section is missing is left out: that is told once, not at each mention. Of a
    section that may be missing nothing is declared then.
    """
    return {
        kind: dict.fromkeys(find(root))
        for kind, (section, find) in KINDS.items()
        if section in root.nodes or section in _OPTIONAL
    }


_OPTIONAL = frozenset(("posts", "groups"))


def entries_of(root: Table, section: str) -> Mapping[str, Node]:
    """Return the entries of a section by key; none where it is no mapping."""
    node = root.nodes.get(section)
    return node.nodes if isinstance(node, Table) else {}


def values_of(root: Table, section: str, field: str) -> Iterator[tuple[str, Node]]:
    """Yield the keys of a section's entries with the value of a field, where one is written."""
    for key, entry in entries_of(root, section).items():
        if isinstance(entry, Table) and field in entry.nodes:
            yield key, entry.nodes[field]


def _keys(section: str) -> tuple[str, Callable[[Table], Iterable[str]]]:
    return section, lambda root: entries_of(root, section)


def _clauses(root: Table) -> Iterator[str]:
    yield from entries_of(root, "clauses")
    yield PROPOSAL


def _bodies_with(attribute: str) -> Callable[[Table], Iterable[str]]:
    return lambda root: (
        key
        for key, one in values_of(root, "bodies", attribute)
        if isinstance(one, Scalar) and one.truth
    )


def _competent(root: Table) -> Iterator[str]:
    yield from _bodies_with("deciding")(root)
    yield AGENCY


def _tiers_and_bodies(root: Table) -> Iterator[str]:
    yield from entries_of(root, "tiers")
    yield from entries_of(root, "bodies")


def _bodies_and_posts(root: Table) -> Iterator[str]:
    yield from entries_of(root, "bodies")
    yield from entries_of(root, "posts")


def _kinds(root: Table) -> Iterator[str]:
    for _, one in values_of(root, "bodies", "kind"):
        if isinstance(one, Scalar):
            yield one.value


def _inner_keys(section: str, field: str) -> Callable[[Table], Iterable[str]]:
    def find(root: Table) -> Iterator[str]:
        for _, one in values_of(root, section, field):
            if isinstance(one, Table):
                yield from one.nodes

    return find


def _numbered(root: Table) -> Iterator[str]:
    for field in ("series", "number"):
        yield from (key for key, _ in values_of(root, "papers", field))


def _units(root: Table) -> Iterable[str]:
    units = entries_of(root, "vocabulary").get("units")
    return units.nodes if isinstance(units, Table) else ()


#: Each kind with the section that declares it, and how its keys are found there; problems name it.
KINDS: Mapping[str, tuple[str, Callable[[Table], Iterable[str]]]] = {
    N_("stage"): _keys("stages"),
    N_("tier"): _keys("tiers"),
    N_("task"): _keys("tasks"),
    N_("action"): _keys("actions"),
    N_("paper"): _keys("papers"),
    N_("group of papers"): _keys("groups"),
    N_("post"): _keys("posts"),
    N_("body"): _keys("bodies"),
    N_("body or post"): ("bodies", _bodies_and_posts),
    N_("category"): _keys("categories"),
    N_("insurance"): _keys("insurances"),
    N_("clause"): ("clauses", _clauses),
    N_("kind"): ("bodies", _kinds),
    N_("deciding body"): ("bodies", _bodies_with("deciding")),
    N_("advising body"): ("bodies", _bodies_with("advising")),
    N_("competent body"): ("bodies", _competent),
    N_("tier or body"): ("tiers", _tiers_and_bodies),
    N_("role of a tier"): ("tiers", _inner_keys("tiers", "roles")),
    N_("aspect"): ("categories", _inner_keys("categories", "aspects")),
    N_("numbered paper"): ("papers", _numbered),
    N_("unit of time"): ("vocabulary", _units),
}
