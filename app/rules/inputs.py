"""The inputs of an act: what a form may offer, and what was filled in.

`views` says what is asked and what can be chosen; `read` checks the values. Both go by the
same candidates, so nothing can be sent that was not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from app.errors import N_, Reason
from app.mechanism.schema import Ask, Term
from app.rules.amendments import AMENDABLE, AMOUNT
from app.rules.guards import holds
from app.rules.shapes import APPLICANTS, Act, open_tasks, ref
from app.rules.who import correctable, principals

LONGEST_TEXT = 4000
LONGEST_LINE = 200
MOST_ROWS = 50
#: Control characters have no place in words; line breaks and tabs do.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")

Choice = tuple[str, str]
_NOTHING: Mapping[str, Reason] = MappingProxyType({})


@dataclass(frozen=True)
class AskView:
    """An input as a form shows it. `choices` are (value, label); `without` are those that
    could be chosen but for a reason (a body without a contact person)."""

    key: str
    type: str
    label: str
    required: bool
    choices: Sequence[Choice] = ()
    without: Mapping[str, Reason] = field(default_factory=dict)
    fields: Sequence[AskView] = ()
    help: str = ""
    default: Any = None
    only_for: tuple[str, str] | None = None
    min: int | None = None
    max: int | None = None

    @property
    def values(self) -> list[str]:
        """Return what may be chosen."""
        return [value for value, _ in self.choices]


def views(act: Act) -> list[AskView]:
    """Return the inputs of the act as the case stands."""
    return [_view(act, ask) for ask in act.action.asks]


def missing_choices(asked: Sequence[AskView]) -> list[Reason]:
    """Return why the act is impossible for want of something to choose."""
    found: list[Reason] = []
    for view in asked:
        if view.required and view.type in CANDIDATES and not view.choices:
            found.extend(view.without.values())
            if not view.without:
                text = N_("Nothing can be chosen for “%(input)s”")
                found.append(Reason(text, {"input": view.label}))
    return found


def read(
    act: Act, asked: Sequence[AskView], raw: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[Reason]]]:
    """Return the checked values and the reasons beside the inputs that are wrong."""
    values: dict[str, Any] = {}
    errors: dict[str, list[Reason]] = {}
    known = {view.key: view for view in asked}
    for name in raw:
        if name not in known:
            text = N_("There is no such input here; known: %(known)s")
            errors[str(name)] = [Reason(text, {"known": list(known) or ["—"]})]
    for view in asked:
        value = raw.get(view.key)
        if _is_empty(value):
            if view.required or _is_needed(view, raw):
                errors[view.key] = [
                    Reason(N_("Please fill in “%(input)s”"), {"input": view.label})
                ]
            continue
        try:
            values[view.key] = READERS[view.type](act, view, value)
        except BadInput as bad:
            errors.update(bad.under(view.key))
    return values, errors


class BadInput(Exception):
    """A value is wrong; the reasons go beside the input, or beside a field of a row."""

    def __init__(self, text: str, deeper: Mapping[str, list[Reason]] | None = None, **params: Any):
        super().__init__(text)
        self.reasons = [Reason(text, params)]
        self.deeper = deeper

    def under(self, key: str) -> dict[str, list[Reason]]:
        """Return the reasons by the input's full name."""
        if self.deeper is None:
            return {key: self.reasons}
        return {f"{key}.{name}": reasons for name, reasons in self.deeper.items()}


def _view(act: Act, ask: Ask) -> AskView:
    finder = CANDIDATES.get(ask.type)
    choices, without = finder(act, ask) if finder else ((), _NOTHING)
    return AskView(
        key=ask.key,
        type=ask.type,
        label=ask.label,
        required=holds(act, ask.required) if isinstance(ask.required, Term) else ask.required,
        choices=choices,
        without=without,
        fields=[_view(act, one) for one in ask.fields],
        help=ask.help,
        default=ask.default,
        only_for=ask.only_for,
        min=ask.min,
        max=ask.max,
    )


def _bodies(act: Act, ask: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    excluded = principals(act, ask.excluding)
    choices: list[Choice] = []
    without: dict[str, Reason] = {}
    for key in principals(act, ask.among):
        if key in excluded:
            continue
        if ask.having == "contact" and act.world.contact(key, act.today) is None:
            text = N_(
                "%(unit)s has no contact person with a telephone. "
                "Please record one under “Coordinators” first"
            )
            without[key] = Reason(text, {"unit": act.world.body_short(key)})
            continue
        choices.append((key, act.world.body_short(key)))
    return choices, without


def _persons(act: Act, ask: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    body, source = act.actor.acting_for, ask.among[0]
    if source.word == "post":
        return _holders(act, source.arg)
    signing = source.word == "signatories"
    listed = act.world.signatories if signing else act.world.people
    choices = [(str(p.id), p.name) for p in listed(body, act.today)]
    if choices:
        return choices, {}
    text = (
        N_("%(unit)s has no current signatory. Please record one under “Signatories” first")
        if signing
        else N_("%(unit)s has nobody to choose. Please record the clerks first")
    )
    return [], {body: Reason(text, {"unit": act.world.body_short(body)})}


def _holders(act: Act, post: str) -> tuple[list[Choice], dict[str, Reason]]:
    choices = [(str(p.id), p.name) for p in act.world.holders(post, act.today)]
    if choices:
        return choices, {}
    text = N_("Nobody holds the post “%(post)s” at present. The superuser records its holders")
    return [], {post: Reason(text, {"post": act.mechanism.posts[post].label})}


def _of_options(_: Act, ask: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    return list(ask.choices.items()), {}


def _decisions(act: Act, _: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    papers = act.case.papers
    return [
        (ref(papers, paper), f"{paper.title} {paper.number or ''}".strip())
        for paper in papers
        if paper.state == "issued" and act.mechanism.papers[paper.kind].decision
    ], {}


def _tasks(act: Act, ask: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    kind = ask.among[0].arg
    label = act.mechanism.tasks[kind].label
    return [
        (ref(act.case.tasks, task), f"{label} {task.from_on.isoformat()} {task.note}".strip())
        for task in open_tasks(act.case, kind)
    ], {}


def _parties(act: Act, _: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    names = (one.name for one in act.case.parties if one.role in APPLICANTS)
    return [(name, name) for name in dict.fromkeys(names)], {}


def _events(act: Act, _: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    actions = act.mechanism.actions
    return [
        (str(event.seq), f"{event.seq} {actions[event.key].label}")
        for event in correctable(act)
        if event.key in actions
    ], {}


def _facts(act: Act, _: Ask) -> tuple[list[Choice], dict[str, Reason]]:
    words = act.mechanism.vocabulary["facts"]
    return [(name, words[name]) for name in AMENDABLE], {}


#: Types whose values are chosen from the case or the world.
CANDIDATES: dict[str, Callable[[Act, Ask], tuple[list[Choice], dict[str, Reason]]]] = {
    "unit": _bodies,
    "units": _bodies,
    "person": _persons,
    "choice": _of_options,
    "paper": _decisions,
    "task": _tasks,
    "party": _parties,
    "event": _events,
    "fact": _facts,
}


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _is_needed(view: AskView, raw: Mapping[str, Any]) -> bool:
    """Return whether a choice made elsewhere makes this input needed."""
    return view.only_for is not None and raw.get(view.only_for[0]) == view.only_for[1]


def _read_one(_: Act, view: AskView, value: Any) -> str:
    if not isinstance(value, str) or value not in view.values:
        if isinstance(value, str) and value in view.without:
            reason = view.without[value]
            raise BadInput(reason.text, **reason.params)
        raise BadInput(
            N_("Please choose for “%(input)s” from: %(known)s"),
            input=view.label,
            known=[label for _, label in view.choices] or ["—"],
        )
    return value


def _read_many(act: Act, view: AskView, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise BadInput(N_("Please choose one or more for “%(input)s”"), input=view.label)
    return list(dict.fromkeys(_read_one(act, view, one) for one in value))


def _read_words(act: Act, view: AskView, value: Any) -> str:
    most = view.max or (LONGEST_TEXT if view.type == "text" else LONGEST_LINE)
    words = read_words(view.label, value, most)
    # What is pasted into one line over several becomes one.
    return " ".join(words.splitlines()) if view.type == "line" else words


def read_words(label: str, value: Any, most: int) -> str:
    """Return words without outer blanks; BadInput where they are none, too long or unprintable."""
    if not isinstance(value, str):
        raise BadInput(N_("“%(input)s” takes words"), input=label)
    if CONTROL.search(value):
        raise BadInput(N_("“%(input)s” holds characters that cannot be printed"), input=label)
    if len(value) > most:
        text = N_("“%(input)s” is %(n)s characters too long (at most %(most)s)")
        raise BadInput(text, input=label, n=len(value) - most, most=most)
    return value.strip()


def _read_date(act: Act, view: AskView, value: Any) -> date:
    day = _as_date(view, value)
    if view.min is not None and day < act.today + timedelta(view.min):
        first = (act.today + timedelta(view.min)).isoformat()
        raise BadInput(N_("“%(input)s” cannot be before %(day)s"), input=view.label, day=first)
    if view.max is not None and day > act.today + timedelta(view.max):
        last = (act.today + timedelta(view.max)).isoformat()
        raise BadInput(N_("“%(input)s” cannot be after %(day)s"), input=view.label, day=last)
    if not 1990 <= day.year <= 2100:
        raise BadInput(N_("The year of “%(input)s” cannot be right"), input=view.label)
    return day


def _as_date(view: AskView, value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    text = N_("“%(input)s” is no date of the calendar; write it like 2024-11-04")
    raise BadInput(text, input=view.label)


def _read_days(_: Act, view: AskView, value: Any) -> int:
    least, most = view.min or 0, view.max or 3660
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        text = N_("“%(input)s” is a whole number from %(least)s to %(most)s")
        raise BadInput(text, input=view.label, least=least, most=most)
    return value


def _read_money(_: Act, view: AskView, value: Any) -> Decimal:
    if isinstance(value, str) and AMOUNT.fullmatch(value.strip()):
        try:
            return Decimal(value.strip())
        except InvalidOperation:
            pass
    text = N_("“%(input)s” is an amount in yuan with at most two places, like 2148.00")
    raise BadInput(text, input=view.label)


def _read_bool(_: Act, view: AskView, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadInput(N_("“%(input)s” takes yes or no"), input=view.label)
    return value


def _read_file(act: Act, view: AskView, value: Any) -> int:
    known = {a.id for a in act.case.attachments}
    if isinstance(value, bool) or not isinstance(value, int) or value not in known:
        text = N_("“%(input)s”: there is no such file in this case; upload it first")
        raise BadInput(text, input=view.label)
    return value


def _read_files(act: Act, view: AskView, value: Any) -> list[int]:
    if not isinstance(value, list):
        raise BadInput(N_("“%(input)s” takes a list of files"), input=view.label)
    return list(dict.fromkeys(_read_file(act, view, one) for one in value))


def _read_rows(act: Act, view: AskView, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        text = N_("“%(input)s” takes rows, %(most)s at most")
        raise BadInput(text, input=view.label, most=MOST_ROWS)
    rows, deeper = [], {}
    for number, one in enumerate(value):
        if not isinstance(one, Mapping):
            raise BadInput(N_("“%(input)s” takes rows with named fields"), input=view.label)
        row, errors = read(act, view.fields, one)
        rows.append(row)
        deeper.update({f"{number}.{name}": reasons for name, reasons in errors.items()})
    if deeper:
        raise BadInput("", deeper)
    return rows


READERS: dict[str, Callable[[Act, AskView, Any], Any]] = {
    "unit": _read_one,
    "units": _read_many,
    "person": _read_one,
    "text": _read_words,
    "line": _read_words,
    "date": _read_date,
    "days": _read_days,
    "money": _read_money,
    "bool": _read_bool,
    "choice": _read_one,
    "paper": _read_one,
    "task": _read_one,
    "party": _read_one,
    "event": _read_one,
    "fact": _read_one,
    "attachment": _read_file,
    "attachments": _read_files,
    "group": _read_rows,
}
