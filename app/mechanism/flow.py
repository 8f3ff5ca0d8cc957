"""Whether what a profile declares is ever reached: stages, tasks, papers.

Told from what the acts mention, without running them. Where something of a kind is misspelt,
that kind is not looked at: the slip would show a second time as something unreached.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from app.errors import N_
from app.mechanism.declared import entries_of, values_of
from app.mechanism.problems import quoted
from app.mechanism.reader import Mention, Reader
from app.mechanism.yaml_reader import Scalar, Table

_OPENING = frozenset(("effect open", "effect entrust"))
_CLOSING = frozenset(("effect close", "among"))


def check_flow(r: Reader, root: Table) -> None:
    """Tell the reader of stages, tasks and papers that nothing leads to, or out of."""
    if not entries_of(root, "actions"):
        return  # told already, and everything would seem unreached
    if "stage" not in r.unresolved:
        entered = _mentioned(r, "stage", lambda one: one.use == "then")
        left = _mentioned(r, "stage", lambda one: one.use == "from")
        _unreached(r, root, "stages", entered, *_NEVER_ENTERED)
        _unreached(r, root, "stages", left | _finished(root), *_STUCK)
    if "task" not in r.unresolved:
        _unreached(r, root, "tasks", _mentioned(r, "task", _opens), *_NEVER_OPENED)
        closed = _mentioned(r, "task", lambda one: one.use in _CLOSING)
        _unreached(r, root, "tasks", closed, *_NEVER_CLOSED)
    if "paper" not in r.unresolved:
        made = _mentioned(r, "paper", lambda one: one.use == "makes")
        _unreached(r, root, "papers", made, *_NEVER_MADE)


_NEVER_ENTERED = (
    N_("no act leads to %(key)s"),
    N_("name it under a `then`, or take it out"),
)
_STUCK = (
    N_("no act starts from %(key)s"),
    N_("name it under a `from`, or give it the state finished, or take it out"),
)
_NEVER_OPENED = (
    N_("no act opens %(key)s"),
    N_("give some act {open: {task: …, to: …}} of it, or take it out"),
)
_NEVER_CLOSED = (
    N_("no act closes %(key)s"),
    N_("give some act {close: …} of it, or take it out"),
)
_NEVER_MADE = (
    N_("no act makes %(key)s"),
    N_("name it under a `makes`, or take it out"),
)


def _opens(mention: Mention) -> bool:
    return mention.use in _OPENING and not mention.path.endswith(".onto")


def _mentioned(r: Reader, kind: str, fits: Callable[[Mention], bool]) -> frozenset[str]:
    return frozenset(one.key for one in r.mentions if one.kind == kind and fits(one))


def _finished(root: Table) -> frozenset[str]:
    states = values_of(root, "stages", "state")
    return frozenset(k for k, one in states if isinstance(one, Scalar) and one.value == "finished")


def _unreached(
    r: Reader, root: Table, section: str, reached: Collection[str], what: str, mend: str
) -> None:
    declared = root.nodes.get(section)
    for key, line in declared.lines.items() if isinstance(declared, Table) else ():
        if key not in reached:
            r.fail(line, f"{section}.{key}", what, mend, key=quoted(key))
