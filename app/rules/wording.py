"""A unit's own words for its papers: what they may hold, and what they may not drop.

A unit words the paragraphs of a kind of paper; title, number, addressee, rows and signature stay
those of the mechanism. There is no code in a paragraph, only {field}.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from app.errors import N_, Reason
from app.mechanism.schema import Action, Mechanism, PaperKind
from app.mechanism.vocabulary import LIST_OF, NUMBER_OF, PAPER_FIELDS

#: Paragraphs of a paper, and characters of one: far beyond what a paper has.
MOST_PARAGRAPHS, LONGEST = 40, 2000
_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)\}", re.ASCII)
_BRACE = re.compile(r"[{}]")
REMEDIES = ("remedies", "remedies_of_decisions")
#: Fields that a unit may move and may not leave out: by them a recipient knows the matter and
#: the remedies, and a decision cites what it rests on.
_KEPT = frozenset((*REMEDIES, "contested_until", "last_days", "case_number"))


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a typed text: each line that is not blank."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def own_words(mechanism: Mechanism, kind: PaperKind, paragraphs: Sequence[str]) -> PaperKind:
    """Return a kind of paper in a unit's words.

    Where this version of the mechanism does not know what the words ask for, its own hold: a
    running case keeps its version, and the words may be younger.
    """
    if wrong_with(mechanism, kind, paragraphs):
        return kind
    return replace(kind, text=tuple(paragraphs))


def fields_of(mechanism: Mechanism, kind: PaperKind) -> list[str]:
    """Return the fields that the paragraphs of a kind may hold: inputs first, then the others."""
    makers = [one for one in _acts(mechanism) if any(m.paper == kind.key for m in one.makes)]
    inputs = [
        ask.key
        for ask in (makers[0].asks if makers else ())
        if all(any(other.key == ask.key for other in one.asks) for one in makers)
    ]
    numbered = [key for key, one in mechanism.papers.items() if one.series or one.number]
    numbers = [NUMBER_OF + key for key in numbered]
    lists = [LIST_OF + key for key in mechanism.papers]
    return list(dict.fromkeys([*inputs, *PAPER_FIELDS, *numbers, *lists]))


def _acts(mechanism: Mechanism) -> Iterator[Action]:
    yield mechanism.register
    yield from mechanism.actions.values()


def wrong_with(mechanism: Mechanism, kind: PaperKind, paragraphs: Sequence[str]) -> list[Reason]:
    """Return what is wrong with a unit's words for a kind of paper; nothing where they hold."""
    if not paragraphs:
        return [Reason(N_("Write at least one paragraph"))]
    if len(paragraphs) > MOST_PARAGRAPHS:
        text = N_("These are more than %(n)s paragraphs; put some of them together")
        return [Reason(text, {"n": MOST_PARAGRAPHS})]
    known = fields_of(mechanism, kind)
    return [
        *(one for n, words in enumerate(paragraphs, 1) for one in _wrong(n, words, known)),
        *_dropped(kind.text, paragraphs),
        *_forbidden(mechanism, paragraphs),
    ]


def _wrong(n: int, words: str, known: Collection[str]) -> Iterator[Reason]:
    """Yield what is wrong with one paragraph."""
    if len(words) > LONGEST:
        text = N_("Paragraph %(n)s is longer than %(most)s characters; divide it")
        yield Reason(text, {"n": n, "most": LONGEST})
    if _BRACE.search(_FIELD.sub("", words)):
        text = N_("Paragraph %(n)s: braces hold the plain name of a field, as in {case_number}")
        yield Reason(text, {"n": n})
    for name in fields_in([words]):
        if name not in known:
            yield _unknown(n, name, known)


def _unknown(n: int, name: str, known: Collection[str]) -> Reason:
    near = get_close_matches(name[:60], known, 1)
    params = {"n": n, "name": name[:60], "near": near[0] if near else ""}
    if near:
        text = N_("Paragraph %(n)s: there is no field {%(name)s}; did you mean {%(near)s}?")
    else:
        text = N_("Paragraph %(n)s: there is no field {%(name)s}; choose one from the list")
    return Reason(text, params)


def fields_in(paragraphs: Iterable[str]) -> list[str]:
    """Return the fields in some paragraphs, each once, in their order."""
    return list(dict.fromkeys(name for one in paragraphs for name in _FIELD.findall(one)))


def is_kept(name: str) -> bool:
    """Return whether a unit may not leave a field out where the mechanism has it."""
    return name in _KEPT or name.startswith(NUMBER_OF)


def _dropped(theirs: Sequence[str], paragraphs: Sequence[str]) -> Iterator[Reason]:
    """Yield what has to stand in the words and does not, or would fall away with another field.

    A paragraph with an empty field is left out, so beside a kept field only those may stand that
    the mechanism puts there.
    """
    beside = _neighbours(theirs)
    for name in filter(is_kept, fields_in(theirs)):
        holding = [one for one in paragraphs if name in fields_in([one])]
        if not holding:
            text = N_("{%(name)s} may not be left out of this paper")
            yield Reason(text, {"name": name})
        elif not any(set(fields_in([one])) <= beside[name] for one in holding):
            text = N_(
                "{%(name)s} would fall away with an empty field beside it; put it into a "
                "paragraph of its own"
            )
            yield Reason(text, {"name": name})


def _neighbours(paragraphs: Sequence[str]) -> Mapping[str, set[str]]:
    """Return for each field those of its paragraphs, itself included."""
    found: dict[str, set[str]] = {}
    for one in paragraphs:
        names = set(fields_in([one]))
        for name in names:
            found.setdefault(name, set()).update(names)
    return found


def _forbidden(mechanism: Mechanism, paragraphs: Sequence[str]) -> Iterator[Reason]:
    """Yield each word that no paper with remedies may hold."""
    if not set(REMEDIES) & set(fields_in(paragraphs)):
        return
    for word in mechanism.remedies.never:
        if any(word in one for one in paragraphs):
            text = N_("“%(word)s” may not stand in a paper with remedies: no law offers it")
            yield Reason(text, {"word": word})
