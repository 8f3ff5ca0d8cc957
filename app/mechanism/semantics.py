"""What a profile says together must make sense, as far as it can be told without running it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from app.errors import N_
from app.mechanism.problems import KNOWN_HERE, Fault, fault, quoted
from app.mechanism.reader import Reader
from app.mechanism.remedies import check_remedies
from app.mechanism.schema import Action, Mechanism, Row, Term
from app.mechanism.terms import acts, path_of, task_of, within
from app.mechanism.vocabulary import AGENCY, CRITERIA
from app.mechanism.yaml_reader import Node, Table


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
            what = N_("%(key)s is a post and also a body or a party")
            yield fault(f"posts.{key}", what, N_("give the post another key"), key=quoted(key))
    for key in m.bodies:
        if key in parties:
            what, mend = N_("%(key)s is a body and a party"), N_("give it another key")
            yield fault(f"bodies.{key}", what, mend, key=quoted(key))
        if key in m.tiers:
            what = N_("%(key)s is a body and a tier, so `per` would not know which")
            yield fault(f"bodies.{key}", what, N_("give the tier another key"), key=quoted(key))


def _bodies(m: Mechanism) -> Iterator[Fault]:
    for key in m.bodies:
        above, seen = m.bodies[key].parent, {key}
        while above is not None and above not in seen:
            seen.add(above)
            above = m.bodies[above].parent
        if above == key:
            what, mend = N_("the body is above itself"), N_("correct the parents")
            yield fault(f"bodies.{key}.parent", what, mend)
        if m.bodies[key].seat == key:
            what, mend = N_("the body has its seat at itself"), N_("leave `seat` out")
            yield fault(f"bodies.{key}.seat", what, mend)
    if not m.registering:
        mend = N_("give at least one `registering: true`")
        yield fault("bodies", N_("no body registers"), mend)


def _prefixes(m: Mechanism) -> Iterator[Fault]:
    """Numbers of papers tell who issued them; those of cases may."""
    if not any("{prefix}" in form for form in m.numbering.values()):
        return
    given = Counter(body.prefix for body in m.bodies.values())
    for key, body in m.bodies.items():
        issues = body.registering or body.deciding or body.advising or body.kind == "office"
        if issues and not m.bodies[m.issuer_of(key)].prefix:
            what = N_("the body issues papers, but has no prefix for their numbers")
            yield fault(f"bodies.{key}", what, N_("add `prefix`"))
        elif body.prefix and given[body.prefix] > 1:
            what = N_("another body has the prefix %(prefix)s too")
            mend = N_("two papers would bear one number; change one")
            yield fault(f"bodies.{key}.prefix", what, mend, prefix=body.prefix)


def _issuers(m: Mechanism) -> Iterator[Fault]:
    """A group inside a body issues papers in the name of a body that issues in its own."""
    for key, body in m.bodies.items():
        named = body.issues_as
        if named is not None and (named == key or m.bodies[named].issues_as):
            what = N_("%(body)s does not issue papers in its own name")
            mend = N_("name the body in whose name it writes")
            yield fault(f"bodies.{key}.issues_as", what, mend, body=quoted(named))


def _criteria(m: Mechanism) -> Iterator[Fault]:
    """Whether a way is proposed is told from the facts alone, before anybody has acted."""
    for tier in m.tiers.values():
        for term in within(tier.criteria):
            if term.word not in CRITERIA:
                what = N_("%(word)s asks more than the facts of a registration")
                params = {"word": quoted(term.word), "names": list(CRITERIA)}
                yield fault(f"tiers.{tier.key}.criteria", what, KNOWN_HERE, **params)


def _groups(m: Mechanism) -> Iterator[Fault]:
    """Where the volume has parts, every paper is filed in one of them."""
    for key, paper in m.papers.items():
        if m.groups and paper.group is None:
            what = N_("the paper belongs to no part of the volume")
            yield fault(f"papers.{key}", what, N_("add `group`: %(names)s"), names=list(m.groups))


def _series(m: Mechanism) -> Iterator[Fault]:
    """Each kind of paper has its own series; two with one mark would repeat their numbers."""
    marks: dict[tuple[str, str], str] = {}
    for key, paper in m.papers.items():
        form = paper.number or m.numbering["paper"]
        if not (paper.series or paper.number):
            continue
        if (form, paper.series) in marks:
            other = marks[form, paper.series]
            what = N_("the paper %(paper)s has the same series, so numbers would repeat")
            mend = N_("give it another mark")
            yield fault(f"papers.{key}.series", what, mend, paper=quoted(other))
        marks[form, paper.series] = key


def _posts(m: Mechanism) -> Iterator[Fault]:
    """Who holds a post is kept in the superuser's table; here only whether it acts at all."""
    for path, term in _terms(m):
        if term.word in ("post", "authority") and not m.posts[term.arg].acts:
            what = N_("the post %(post)s does not act")
            mend = N_("name another one, or take its `acts: false` out")
            yield fault(path, what, mend, post=quoted(term.arg))


def _sections(m: Mechanism) -> Iterator[Fault]:
    """A clause that a section carries out needs that section."""
    for key, one in m.clauses.items():
        if one.section in ("posts", "members", "groups") and not getattr(m, one.section):
            what = N_("the profile has no section %(section)s")
            mend = N_("write the section, or name another one")
            yield fault(f"clauses.{key}.section", what, mend, section=quoted(one.section))


def _routing(m: Mechanism) -> Iterator[Fault]:
    agencies = m.routing.agencies
    for row in m.routing.rows:
        path = f"routing.rows.{row.key}"
        named = (*row.decides, *row.joins)
        if AGENCY in named:
            for key in (row.insurances or m.insurances.keys()) - agencies.keys():
                what = N_("nobody is named as the agency of %(insurance)s")
                mend = N_("add it under routing.agencies")
                yield fault(path, what, mend, insurance=quoted(key))
        if row.eras and m.routing.reform is None:
            yield fault(f"{path}.eras", N_("no reform is named"), N_("add routing.reform"))
        if set(row.decides) & set(row.joins):
            what, mend = N_("a body both decides and joins"), N_("keep it in one of the two")
            yield fault(f"{path}.joins", what, mend)
        yield from _aspects(m, row, path)


def _aspects(m: Mechanism, row: Row, path: str) -> Iterator[Fault]:
    known = [a for key in row.categories for a in m.categories[key].aspects]
    for aspect in sorted(row.aspects - set(known)):
        what = N_("the row's categories have no aspect %(aspect)s")
        mend = KNOWN_HERE if known else N_("known here: none")
        yield fault(f"{path}.aspects", what, mend, aspect=quoted(aspect), names=known)


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
                    path = f"actions.{act.key}.asks.{tier.arg}.choices.{chosen}"
                    what = N_("the choice %(choice)s is no tier")
                    params = {"choice": quoted(chosen), "names": list(m.tiers)}
                    yield fault(path, what, KNOWN_HERE, **params)


def _fulfilling(m: Mechanism) -> Iterator[Fault]:
    """The usual act of a task is the button on the to-do list: after it nothing is owed."""
    for task in m.tasks.values():
        if task.acts and task.key not in _ended(m.actions[task.acts[0]]):
            what = N_("the usual act of the task, %(act)s, does not end it")
            mend = N_("add {close: %(task)s} to its `does`, or name another act first")
            params = {"act": quoted(task.acts[0]), "task": task.key}
            yield fault(f"tasks.{task.key}.acts", what, mend, **params)


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
