"""What is tried out in the forms: every choice, and of bodies one, two and all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice, product
from typing import Any

from app.check.abstraction import Abstraction
from app.mechanism.schema import Action, Term
from app.mechanism.terms import words
from app.rules.inputs import AskView
from app.rules.shapes import Act

#: More ways of filling in one form than this are not tried.
MOST_FORMS = 40
_WORDS = "-"
#: Left out of a form.
_ABSENT: Any = object()


def forms(
    abstraction: Abstraction, act: Act, asked: Iterable[AskView], relevant: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Yield ways of filling in the form of an act, the simplest first."""
    asked = list(asked)
    options = [list(_options(abstraction, act, ask, ask.key in relevant)) for ask in asked]
    for chosen in islice(product(*options), MOST_FORMS):
        form = {a.key: value for a, value in zip(asked, chosen, strict=True)}
        given = {key: value for key, value in form.items() if value is not _ABSENT}
        for ask in asked:
            if ask.only_for and given.get(ask.only_for[0]) == ask.only_for[1]:
                given.setdefault(ask.key, _simplest(act, ask))
        yield given


def inputs_that_matter(action: Action) -> frozenset[str]:
    """Return the inputs on which it depends how a case goes on."""
    found: set[str] = set()
    for term in (*action.does, *words(action, "does", "then", "makes", "needs")):
        if term.word == "chosen":
            found.update(term.arg)
        elif term.word == "input":
            found.add(term.arg)
        elif isinstance(term.arg, Mapping):
            found.update(v for v in term.arg.values() if isinstance(v, str))
            found.update(v.arg for v in term.arg.values() if _is_input(v))
        elif isinstance(term.arg, str):
            found.add(term.arg)
    return frozenset(found & {ask.key for ask in action.asks})


def _is_input(value: object) -> bool:
    return isinstance(value, Term) and value.word == "input"


def _options(abstraction: Abstraction, act: Act, ask: AskView, relevant: bool) -> Iterator[Any]:
    """Yield what is tried in one input; where nothing depends on it, only what it must have."""
    if not relevant:
        yield _simplest(act, ask) if ask.required else _ABSENT
        return
    if not ask.required:
        yield _ABSENT
    finder = _TRIED.get(ask.type)
    if finder is not None:
        yield from finder(abstraction, act, ask)
    elif ask.required:
        yield _simplest(act, ask)


def _bodies(abstraction: Abstraction, act: Act, ask: AskView) -> Iterator[Any]:
    case: Any = act.case
    sorts = abstraction.unlike(case, ask.values)
    if ask.type == "unit":
        yield from sorts
        return
    several = [[body] for body in sorts] + [ask.values[:2], ask.values]
    yield from (list(one) for one in dict.fromkeys(tuple(one) for one in several if one))


def _rows(abstraction: Abstraction, act: Act, ask: AskView) -> Iterator[Any]:
    """Yield a single row for each sort of body, the other fields filled in."""
    unit = next((field for field in ask.fields if field.type == "unit"), None)
    rest = {field.key: _simplest(act, field) for field in ask.fields if field.required}
    if unit is None:
        yield [rest]
        return
    case: Any = act.case
    for body in abstraction.unlike(case, unit.values):
        yield [{**rest, unit.key: body}]


def _simplest(act: Act, ask: AskView) -> Any:
    """Return the simplest value that an input takes."""
    if ask.type == "units":
        return ask.values[:1]
    if ask.choices:
        return ask.values[0]
    simple: dict[str, Any] = {
        "date": (act.today + timedelta(max(ask.min or 0, 0))).isoformat(),
        "days": max(ask.min or 1, 1),
        "money": "1",
        "bool": True,
        "group": _ABSENT,
        "attachment": _ABSENT,
        "attachments": _ABSENT,
    }
    return simple.get(ask.type, _WORDS)


def _every(_: Abstraction, __: Act, ask: AskView) -> Iterator[Any]:
    yield from ask.values


def _first(_: Abstraction, __: Act, ask: AskView) -> Iterator[Any]:
    yield from ask.values[:1]


#: What is tried in an input on which it depends how a case goes on, by its type.
_TRIED: Mapping[str, Callable[[Abstraction, Act, AskView], Iterator[Any]]] = {
    "unit": _bodies,
    "units": _bodies,
    "group": _rows,
    "choice": _every,
    "paper": _first,
    "task": _first,
    "party": _first,
    "event": _first,
    "fact": _first,
}
