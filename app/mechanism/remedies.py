"""How a profile's remedies are read, and what is refused: an offer that the law does not know."""

from __future__ import annotations

from collections.abc import Iterator

from app.errors import N_
from app.mechanism.problems import KNOWN_HERE, Fault, fault, quoted
from app.mechanism.remedy import Addressee, Recourse, Remedies, Way
from app.mechanism.schema import Mechanism, PaperKind
from app.mechanism.sections import keyed, made, period
from app.mechanism.shapes import KEY, Form, list_of, may, mention, must, short, table_of, text
from app.mechanism.templates import form_text

#: The field by which a decision prints its remedies, and the one that lists those of others.
BLOCK, BLOCKS = "remedies", "remedies_of_decisions"

_WAY: Form = {
    "label": must(short(40), "its name"),
    "text": must(form_text(("period", "body", "address")), "the words by which papers offer it"),
    "due": must(period, "within what time from the service; of a way `after` another, from that"),
    "law": must(text, "the law and article that give it"),
    "kind": must(text, "the choice under which such an objection is recorded"),
    "after": may(text, "the key of the way that has to come first"),
}
_ADDRESSEE: Form = {
    "body": must(short(120), "to whom it leads; never a body of the mechanism"),
    "address": may(short(200), "its address, as papers print it"),
}
_addressees = table_of(made(Addressee, _ADDRESSEE), KEY)
_GIVEN: Form = {
    "issuers": must(list_of(mention("body"), least=1), "whose papers these are"),
    "papers": must(list_of(mention("paper", "remedies"), least=1), "which of their papers"),
    "ways": must(_addressees, "way → to whom it leads, in the order of the notice"),
    "known_by": may(
        list_of(text, least=1), "words that tell the issuer of an act served elsewhere"
    ),
}

#: The remedies of a mechanism; without the section its papers tell of none.
remedies = made(
    Remedies,
    {
        "notice": must(form_text(("ways",), ()), "the paragraph {remedies} of a decision"),
        "between": must(short(20), "what stands between two ways that are offered"),
        "last_day": must(
            form_text(("paper", "recipient", "way", "body", "last_day")),
            "a last day, as the record of service prints it",
        ),
        "contested": must(
            form_text(("act", "way", "body", "last_day")),
            "a last day of an act served before, as the notice of acceptance prints it",
        ),
        "untold": must(period, "the longest time where an act told of no remedy"),
        "public": may(period, "after what time a public notice serves"),
        "decided": may(
            table_of(period, KEY), "kind of objection → within what time it is decided on"
        ),
        "ways": must(keyed(Way, _WAY), "the remedies that there are"),
        "given": must(keyed(Recourse, _GIVEN), "who has which: the first entry that fits"),
        "otherwise": must(_addressees, "those against an act whose issuer is not recognised"),
        "never": may(list_of(text, least=1), "words that no paper with remedies may hold"),
    },
)


def check_remedies(m: Mechanism) -> Iterator[Fault]:
    """Tell of offers that lead nowhere, back into the mechanism, or against the law."""
    yield from _addressed(m)
    yield from _ordered(m)
    yield from _printed(m)
    yield from _never(m)


def _tables(m: Mechanism) -> Iterator[tuple[str, dict[str, Addressee]]]:
    for key, one in m.remedies.given.items():
        yield f"remedies.given.{key}.ways", dict(one.ways)
    yield "remedies.otherwise", dict(m.remedies.otherwise)


def _addressed(m: Mechanism) -> Iterator[Fault]:
    """A remedy leads out of the mechanism: none of its bodies judges its own or another's act."""
    for path, table in _tables(m):
        for key, to in table.items():
            if key not in m.remedies.ways:
                what, names = N_("there is no way %(way)s"), list(m.remedies.ways)
                yield fault(f"{path}.{key}", what, KNOWN_HERE, way=quoted(key), names=names)
            for body in m.bodies.values():
                if body.name in to.body:
                    what = N_("%(body)s takes part in the mechanism")
                    mend = N_("name the body above it; a court only in general words")
                    yield fault(f"{path}.{key}.body", what, mend, body=quoted(body.name))


def _ordered(m: Mechanism) -> Iterator[Fault]:
    """Each way has a last day, and where one has to come first, that one is offered too."""
    for key, way in m.remedies.ways.items():
        if way.due.unit == "hour":
            what = N_("a remedy ends on a day, not at an hour")
            mend = N_("write day, workday or month")
            yield fault(f"remedies.ways.{key}.due.unit", what, mend)
        first = m.remedies.ways.get(way.after or "")
        if way.after and (first is None or first.after):
            what = N_("%(way)s is no way that begins with the service")
            mend = N_("name the way that has to come first")
            yield fault(f"remedies.ways.{key}.after", what, mend, way=quoted(way.after))
    for path, table in _tables(m):
        for key in table:
            after = m.remedies.ways[key].after if key in m.remedies.ways else None
            if after and after not in table:
                what, mend = N_("%(way)s has to come first"), N_("add `%(key)s`")
                yield fault(f"{path}.{key}", what, mend, way=quoted(after), key=after)


def _holds(kind: PaperKind, name: str) -> bool:
    return any(f"{{{name}}}" in text for text in kind.text)


def _printed(m: Mechanism) -> Iterator[Fault]:
    """What can be objected to, says how: a decision that has remedies prints them."""
    for key, one in m.remedies.given.items():
        for paper in one.papers:
            kind, path = m.papers[paper], f"remedies.given.{key}.papers"
            if not kind.decision:
                what, mend = N_("%(paper)s is no decision"), N_("add `decision: true` to it")
                yield fault(path, what, mend, paper=quoted(paper))
            elif not _holds(kind, BLOCK):
                what = N_("%(paper)s does not print its remedies")
                mend = N_("add a paragraph with {remedies} to its text")
                yield fault(path, what, mend, paper=quoted(paper))


def _never(m: Mechanism) -> Iterator[Fault]:
    for word in m.remedies.never:
        for path, printed in _words(m):
            if word in printed:
                what = N_("%(word)s may never be offered")
                mend = N_("take it out: the law does not know this offer")
                yield fault(path, what, mend, word=quoted(word))


def _words(m: Mechanism) -> Iterator[tuple[str, str]]:
    """Yield what is printed of remedies, with its path."""
    for key, way in m.remedies.ways.items():
        yield f"remedies.ways.{key}.text", way.text
    yield "remedies.notice", m.remedies.notice
    for key, kind in m.papers.items():
        if _holds(kind, BLOCK) or _holds(kind, BLOCKS):
            yield f"papers.{key}.text", " ".join(kind.text)
