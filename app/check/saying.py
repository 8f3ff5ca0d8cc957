"""The words of a profile as an officer says them: who, on what condition, with what paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.errors import N_, Reason
from app.mechanism.schema import Ask, Mechanism, Period, Term
from app.mechanism.vocabulary import AGENCY

#: What is said in place of an empty list.
NOBODY = Reason(N_("nobody"))
Said = Callable[[Mechanism, Any], Reason]


def who(mechanism: Mechanism, terms: Iterable[Term], asks: Iterable[Ask] = ()) -> list[Reason]:
    """Return whom a who-expression names, in words; `asks` are the inputs of its act."""
    labels = {ask.key: ask.label for ask in asks}
    return [_relation(mechanism, term, labels) for term in terms] or [NOBODY]


def _relation(mechanism: Mechanism, term: Term, labels: Mapping[str, str]) -> Reason:
    if term.word == "input":
        return Reason(N_("whom the form names (%(input)s)"), {"input": labels.get(term.arg, "")})
    if term.word == "every":
        parts = [_joined(mechanism, one, labels) for one in term.arg]
        return Reason(N_("who is at once: %(parts)s"), {"parts": parts})
    if term.word == "without":
        params = {
            "who": _joined(mechanism, term.arg["who"], labels),
            "minus": _joined(mechanism, term.arg["minus"], labels),
        }
        return Reason(N_("%(who)s, without %(minus)s"), params)
    if term.word in ("parent", "children"):
        text = _RELATED[term.word]
        return Reason(text, {"who": _joined(mechanism, term.arg, labels)})
    if term.word in _SAID:
        return _SAID[term.word](mechanism, term.arg)
    return Reason(_RELATIONS[term.word])


def _joined(mechanism: Mechanism, terms: Iterable[Term], labels: Mapping[str, str]) -> Reason:
    found = [_relation(mechanism, term, labels) for term in terms]
    return found[0] if len(found) == 1 else Reason(N_("one of: %(those)s"), {"those": found})


def condition(mechanism: Mechanism, term: Term) -> Reason:
    """Return a condition in words."""
    if term.word in ("all", "any"):
        text = N_("all of: %(parts)s") if term.word == "all" else N_("one of: %(parts)s")
        return Reason(text, {"parts": [condition(mechanism, one) for one in term.arg]})
    if term.word == "not":
        return Reason(N_("not: %(part)s"), {"part": condition(mechanism, term.arg)})
    if term.word in ("paused", "routed", "off_route"):
        return Reason(_FLAGS[term.word, term.arg])
    return _CONDITIONS[term.word](mechanism, term.arg)


def stages(mechanism: Mechanism, keys: Iterable[str]) -> list[str]:
    """Return the labels of stages, in the profile's order."""
    wanted = set(keys)
    return [stage.label for key, stage in mechanism.stages.items() if key in wanted]


def period(mechanism: Mechanism, length: Period | None) -> Reason:
    """Return a length of time with what it rests on."""
    if length is None:
        return Reason(N_("no due date"))
    unit = mechanism.vocabulary["units"].get(length.unit, length.unit)
    basis = mechanism.vocabulary["basis"][length.basis]
    params = {"length": length.length, "unit": unit, "basis": basis}
    return Reason(N_("%(length)s %(unit)s (%(basis)s)"), params)


def competent(mechanism: Mechanism, keys: Iterable[str]) -> list[str]:
    """Return the short names of bodies in a routing row; the agencies for `agency`."""
    found: dict[str, None] = {}
    for key in keys:
        bodies = mechanism.routing.agencies.values() if key == AGENCY else (key,)
        found.update((mechanism.label_of(body), None) for body in bodies)
    return list(found)


def _task(text: str) -> Said:
    def say(mechanism: Mechanism, arg: Any) -> Reason:
        kind = arg["task"] if isinstance(arg, Mapping) else arg
        params: dict[str, Any] = {"task": mechanism.tasks[kind].label}
        if isinstance(arg, Mapping) and "of" in arg:
            return Reason(
                N_("%(condition)s (of %(who)s)"),
                {"condition": Reason(text, params), "who": who(mechanism, arg["of"])},
            )
        return Reason(text, params)

    return say


def _act(text: str) -> Said:
    def say(mechanism: Mechanism, arg: Any) -> Reason:
        key, count = (arg["act"], arg["than"]) if isinstance(arg, Mapping) else (arg, 1)
        return Reason(text, {"act": mechanism.actions[key].label, "count": count})

    return say


def _post(text: str) -> Said:
    return lambda mechanism, arg: Reason(text, {"post": mechanism.posts[arg].label})


def _bodies_of(mechanism: Mechanism, attribute: str, value: Any) -> list[str]:
    return [one.short for one in mechanism.bodies.values() if getattr(one, attribute) == value]


def _named(attribute: str) -> Said:
    """Say the bodies themselves, where there are few; they are what the officer knows."""
    text = "%(bodies)s"
    return lambda mechanism, arg: Reason(text, {"bodies": _bodies_of(mechanism, attribute, arg)})


def _plain(text: str) -> Said:
    return lambda mechanism, arg: Reason(text)


def _tiers(mechanism: Mechanism, arg: Any) -> Reason:
    return Reason(N_("on the way: %(ways)s"), {"ways": [mechanism.tiers[k].label for k in arg]})


def _stages(mechanism: Mechanism, arg: Any) -> Reason:
    return Reason(N_("at: %(stages)s"), {"stages": stages(mechanism, arg)})


_RELATIONS: Mapping[str, str] = {
    "actor": N_("who does it"),
    "registrar": N_("the registering body"),
    "holder": N_("the body that has the case"),
    "acceptor": N_("the accepting body"),
    "lead": N_("the leading body"),
    "admin": N_("the administrator of the body"),
    "seen": N_("who sees the whole case"),
    "busy": N_("who still owes something"),
    "competent": N_("the bodies that the routing names"),
    "author": N_("who did what is taken back"),
}
_RELATED: Mapping[str, str] = {
    "parent": N_("the body above %(who)s"),
    "children": N_("the bodies below %(who)s"),
}
_ATTRIBUTES: Mapping[str, str] = {
    "deciding": N_("a deciding body"),
    "advising": N_("an advising body"),
    "registering": N_("a registering body"),
    "member": N_("a member body"),
}
_ROLES: Mapping[str, str] = {
    "decides": N_("who decides on this way"),
    "handles": N_("who handles on this way"),
    "leads": N_("who leads on this way"),
    "replies": N_("who replies on this way"),
    "serves": N_("who serves on this way"),
    "archives": N_("who archives on this way"),
}
_SAID: Mapping[str, Said] = {
    "office": lambda mechanism, _: _named("kind")(mechanism, "office"),
    "applicant": lambda mechanism, _: Reason(mechanism.label_of("applicant")),
    "outside": lambda mechanism, _: Reason(mechanism.label_of("outside")),
    "owner": _task(N_("who owes “%(task)s”")),
    "owed": _task(N_("who owes or has done “%(task)s”")),
    "fulfilled": _task(N_("who has done “%(task)s”")),
    "post": lambda mechanism, arg: Reason(mechanism.posts[arg].label),
    "attached": _post(N_("the %(post)s attached to the case")),
    "role": lambda mechanism, arg: Reason(_ROLES.get(arg, arg)),
    "kind": _named("kind"),
    "level": _named("level"),
    "bodies": lambda mechanism, arg: Reason(_ATTRIBUTES.get(arg, arg)),
}
_FLAGS: Mapping[tuple[str, bool], str] = {
    ("paused", True): N_("the due dates are paused"),
    ("paused", False): N_("the due dates run"),
    ("routed", True): N_("the routing names a body"),
    ("routed", False): N_("the routing names no body"),
    ("off_route", True): N_("the routing names another body"),
    ("off_route", False): N_("the routing names this body"),
}
_CONDITIONS: Mapping[str, Said] = {
    "done": _task(N_("“%(task)s” has been done")),
    "none_open": _task(N_("“%(task)s” is not owed any more")),
    "open": _task(N_("“%(task)s” is owed")),
    "acted": _act(N_("“%(act)s” has been done")),
    "fewer": _act(N_("“%(act)s” has been done fewer than %(count)s times")),
    "stage": _stages,
    "tier": _tiers,
    "meets": lambda mechanism, arg: _tiers(mechanism, (arg,)),
    "same_day": _plain(N_("still on the day of the registration")),
    "exists": lambda mechanism, arg: Reason(N_("there is: %(who)s"), {"who": who(mechanism, arg)}),
    "authority": _post(N_("with the authority of the %(post)s")),
    "chosen": _plain(N_("as chosen in the form")),
    "fact": lambda mechanism, arg: Reason(
        N_("fact %(name)s %(op)s %(value)s"),
        {"name": arg["name"], "op": arg["op"], "value": str(arg["value"])},
    ),
}
