"""What a profile says together must make sense, as far as it can be told without running it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from app.mechanism.problems import quoted
from app.mechanism.remedies import check_remedies
from app.mechanism.schema import Action, Mechanism, Row, Term
from app.mechanism.shapes import Reader
from app.mechanism.terms import acts, path_of, task_of, within
from app.mechanism.vocabulary import AGENCY, CRITERIA
from app.mechanism.yaml_reader import Node, Table

#: A fault of a checker: dotted path, what is wrong, what would mend it.
Fault = tuple[str, str, str]


def check_semantics(r: Reader, mechanism: Mechanism, root: Table) -> None:
    """Tell the reader of whatever contradicts itself; the profile's shape is right by now."""
    for check in _CHECKS:
        for path, what, mend in check(mechanism):
            r.fail(line_of(root, path), path, what, mend)


def line_of(root: Table, path: str) -> int:
    """Return the line where a dotted path stands, or the nearest part of it that does.

    Keys of clauses hold dots themselves, so that the longest key that fits is the one.
    """
    node: Node = root
    line, rest = root.line, path
    while isinstance(node, Table) and rest:
        fitting = [key for key in node.nodes if f"{rest}.".startswith(f"{key}.")]
        if not fitting:
            break
        key = max(fitting, key=len)
        line, node, rest = node.lines[key], node.nodes[key], rest[len(key) + 1 :]
    return line


def _principals(m: Mechanism) -> Iterator[Fault]:
    """Whoever acts is known by one key, be it a body, a post or an outside party."""
    parties = m.vocabulary["parties"]
    for key in m.posts:
        if key in m.bodies or key in parties:
            what = f"{quoted(key)} is a post and also a body or a party"
            yield f"posts.{key}", what, "give the post another key"
    for key in m.bodies:
        if key in parties:
            yield f"bodies.{key}", f"{quoted(key)} is a body and a party", "give it another key"
        if key in m.tiers:
            what = f"{quoted(key)} is a body and a tier, so `per` would not know which"
            yield f"bodies.{key}", what, "give the tier another key"


def _bodies(m: Mechanism) -> Iterator[Fault]:
    for key in m.bodies:
        above, seen = m.bodies[key].parent, {key}
        while above is not None and above not in seen:
            seen.add(above)
            above = m.bodies[above].parent
        if above == key:
            yield f"bodies.{key}.parent", "the body is above itself", "correct the parents"
        if m.bodies[key].seat == key:
            yield f"bodies.{key}.seat", "the body has its seat at itself", "leave `seat` out"
    if not m.registering:
        yield "bodies", "no body registers", "give at least one `registering: true`"


def _prefixes(m: Mechanism) -> Iterator[Fault]:
    """Numbers of papers tell who issued them; those of cases may."""
    if not any("{prefix}" in form for form in m.numbering.values()):
        return
    given = Counter(body.prefix for body in m.bodies.values())
    for key, body in m.bodies.items():
        issues = body.registering or body.deciding or body.advising or body.kind == "office"
        if issues and not m.bodies[m.issuer_of(key)].prefix:
            what = "the body issues papers, but has no prefix for their numbers"
            yield f"bodies.{key}", what, "add `prefix`"
        elif body.prefix and given[body.prefix] > 1:
            what = f"another body has the prefix {body.prefix} too"
            yield f"bodies.{key}.prefix", what, "two papers would bear one number; change one"


def _issuers(m: Mechanism) -> Iterator[Fault]:
    """A group inside a body issues papers in the name of a body that issues in its own."""
    for key, body in m.bodies.items():
        named = body.issues_as
        if named is not None and (named == key or m.bodies[named].issues_as):
            what = f"{quoted(named)} does not issue papers in its own name"
            yield f"bodies.{key}.issues_as", what, "name the body in whose name it writes"


def _criteria(m: Mechanism) -> Iterator[Fault]:
    """Whether a way is proposed is told from the facts alone, before anybody has acted."""
    for tier in m.tiers.values():
        for term in within(tier.criteria):
            if term.word not in CRITERIA:
                what = f"{quoted(term.word)} asks more than the facts of a registration"
                mend = "known here: " + ", ".join(CRITERIA)
                yield f"tiers.{tier.key}.criteria", what, mend


def _groups(m: Mechanism) -> Iterator[Fault]:
    """Where the volume has parts, every paper is filed in one of them."""
    for key, paper in m.papers.items():
        if m.groups and paper.group is None:
            mend = "add `group`: " + ", ".join(m.groups)
            yield f"papers.{key}", "the paper belongs to no part of the volume", mend


def _series(m: Mechanism) -> Iterator[Fault]:
    """Each kind of paper has its own series; two with one mark would repeat their numbers."""
    marks: dict[tuple[str, str], str] = {}
    for key, paper in m.papers.items():
        form = paper.number or m.numbering["paper"]
        if not (paper.series or paper.number):
            continue
        if (form, paper.series) in marks:
            other = marks[form, paper.series]
            what = f"the paper {quoted(other)} has the same series, so numbers would repeat"
            yield f"papers.{key}.series", what, "give it another mark"
        marks[form, paper.series] = key


def _posts(m: Mechanism) -> Iterator[Fault]:
    """Who holds a post is kept in the superuser's table; here only whether it acts at all."""
    for path, term in _terms(m):
        if term.word in ("post", "authority") and not m.posts[term.arg].acts:
            what = f"the post {quoted(term.arg)} does not act"
            yield path, what, "name another one, or take its `acts: false` out"


def _sections(m: Mechanism) -> Iterator[Fault]:
    """A clause that a section carries out needs that section."""
    for key, one in m.clauses.items():
        if one.section in ("posts", "members", "groups") and not getattr(m, one.section):
            what = f"the profile has no section {quoted(one.section)}"
            yield f"clauses.{key}.section", what, "write the section, or name another one"


def _routing(m: Mechanism) -> Iterator[Fault]:
    agencies = m.routing.agencies
    for row in m.routing.rows:
        path = f"routing.rows.{row.key}"
        named = (*row.decides, *row.joins)
        if AGENCY in named:
            for key in (row.insurances or m.insurances.keys()) - agencies.keys():
                what = f"nobody is named as the agency of {quoted(key)}"
                yield path, what, "add it under routing.agencies"
        if row.eras and m.routing.reform is None:
            yield f"{path}.eras", "no reform is named", "add routing.reform"
        if set(row.decides) & set(row.joins):
            yield f"{path}.joins", "a body both decides and joins", "keep it in one of the two"
        yield from _aspects(m, row, path)


def _aspects(m: Mechanism, row: Row, path: str) -> Iterator[Fault]:
    known = [a for key in row.categories for a in m.categories[key].aspects]
    for aspect in sorted(row.aspects - set(known)):
        what = f"the row's categories have no aspect {quoted(aspect)}"
        mend = "known here: " + (", ".join(known) or "none")
        yield f"{path}.aspects", what, mend


def _ways(m: Mechanism) -> Iterator[Fault]:
    """A choice that sets the tier offers tiers."""
    for act in m.actions.values():
        choices = {ask.key: ask.choices for ask in act.asks}
        for term in act.does:
            tier = term.arg.get("tier") if term.word == "set" else None
            if not isinstance(tier, Term):
                continue
            for chosen in choices[tier.arg]:
                if chosen not in m.tiers:
                    what = f"the choice {quoted(chosen)} is no tier"
                    mend = "known here: " + ", ".join(m.tiers)
                    yield f"actions.{act.key}.asks.{tier.arg}.choices.{chosen}", what, mend


def _fulfilling(m: Mechanism) -> Iterator[Fault]:
    """The usual act of a task is the button on the to-do list: after it nothing is owed."""
    for task in m.tasks.values():
        if task.acts and task.key not in _ended(m.actions[task.acts[0]]):
            what = f"the usual act of the task, {quoted(task.acts[0])}, does not end it"
            mend = f"add {{close: {task.key}}} to its `does`, or name another act first"
            yield f"tasks.{task.key}.acts", what, mend


def _ended(act: Action) -> set[str | None]:
    """Return the kinds of tasks that an act fulfils, voids or hands on."""
    chosen = {task_of(term) for ask in act.asks for term in ask.among}
    return chosen | {task_of(term) for term in act.does if term.word in ("close", "void", "move")}


def _terms(m: Mechanism) -> Iterator[tuple[str, Term]]:
    """Yield every word of the acts, however deep, with the path of its act's key."""
    for act in acts(m):
        head = path_of(m, act)
        for field in ("by", "needs", "does"):
            for term in within(getattr(act, field)):
                yield f"{head}.{field}", term


_CHECKS: tuple[Callable[[Mechanism], Iterable[Fault]], ...] = (
    _principals,
    _bodies,
    _prefixes,
    _issuers,
    _criteria,
    _groups,
    _series,
    _posts,
    _sections,
    _routing,
    _ways,
    _fulfilling,
    check_remedies,
)
