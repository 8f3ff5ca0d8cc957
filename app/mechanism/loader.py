"""From the text of a profile to a frozen `Mechanism`, or to everything that is wrong with it.

Each step has its room: `yaml_reader` makes nodes that know their line, `sections`, `duties`,
`acts` and `words` read them into the schema's objects, `references` looks up whatever is
mentioned, `flow` whether what is declared is reached, `semantics` whether it makes sense together.
The digest is the sha256 of the text's own bytes: a changed comment is another version. Papers that
lie in files beside the profile are in that text (`folder`).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.errors import N_
from app.mechanism import acts, duties, sections
from app.mechanism.flow import check_flow
from app.mechanism.folder import Written, read_profile
from app.mechanism.problems import Problem, ProfileError
from app.mechanism.reader import Reader
from app.mechanism.references import check_references
from app.mechanism.remedies import remedies
from app.mechanism.schema import Mechanism
from app.mechanism.semantics import check_semantics
from app.mechanism.shapes import (
    KEY,
    Form,
    day,
    form_schema,
    list_of,
    may,
    must,
    read_form,
    scalar,
    shaped,
    short,
    text,
    whole,
)
from app.mechanism.yaml_reader import Node, read_yaml

FORMAT = 1
_NONE: Mapping[str, Any] = MappingProxyType({})


def load(path: Path) -> Mechanism:
    """Return the mechanism that a profile describes; ProfileError with all that is wrong."""
    return load_written(read_profile(path))


def load_written(written: Written) -> Mechanism:
    """Return the mechanism of a profile that was read; problems name the files of its parts."""
    try:
        return _loaded(written.text.encode("utf-8", "surrogateescape"), "")
    except ProfileError as error:
        raise ProfileError(written.placed(error.problems)) from error


def loads(text: str, name: str) -> Mechanism:
    """Return the mechanism in a text; `name` is how problems call it. Raises ProfileError."""
    return _loaded(text.encode("utf-8", "surrogatepass"), name)


def check(path: Path) -> list[Problem]:
    """Return everything that is wrong with a profile, by line; nothing where it is right."""
    try:
        load(path)
    except ProfileError as error:
        return error.problems
    return []


def _loaded(content: bytes, name: str) -> Mechanism:
    root, problems = read_yaml(content, name)
    r = Reader(name)
    r.problems.extend(problems)
    values = read_form(r, root, "", PROFILE)
    check_references(r, root)
    check_flow(r, root)
    if r.problems:
        raise ProfileError(r.problems)
    mechanism = _built(values, sha256(content).hexdigest(), _cited(r))
    check_semantics(r, mechanism, root)
    if r.problems:
        raise ProfileError(r.problems)
    return mechanism


def _cited(r: Reader) -> Mapping[str, tuple[str, ...]]:
    """Return where each clause is named."""
    found: dict[str, list[str]] = {}
    for mention in r.mentions:
        if mention.kind == "clause":
            found.setdefault(mention.key, []).append(mention.path)
    return MappingProxyType({key: tuple(paths) for key, paths in found.items()})


def _built(values: dict[str, Any], digest: str, cited: Mapping[str, Any]) -> Mechanism:
    del values["format"]
    valid = values.pop("valid")
    return Mechanism(
        **{"members": (), "posts": _NONE, "groups": _NONE} | values,
        valid_from=valid["from"],
        valid_until=valid.get("until"),
        digest=digest,
        cited=cited,
    )


@shaped(f"the number {FORMAT}", const=FORMAT)
def _format(r: Reader, node: Node, path: str) -> int | None:
    number: int | None = whole(0, 999)(r, node, path)
    if number not in (None, FORMAT):
        what = N_("this program reads format %(format)s, not %(number)s")
        mend = N_("write `format: %(format)s`, or update the program")
        r.fail(node.line, path, what, mend, format=FORMAT, number=number)
    return number


@shaped("key", type="string", pattern=f"^(?:{KEY.pattern})$")
def _key(r: Reader, node: Node, path: str) -> str | None:
    one = scalar(r, node, path, N_("the key of the mechanism"))
    if one and not KEY.fullmatch(one.value):
        mend = N_("small letters, digits and _; it names the folder and stands in addresses")
        r.fail(one.line, path, N_("this is no key"), mend)
    return one.value if one else None


_VALID: Form = {
    "from": must(day, "the first day on which it holds"),
    "until": may(day, "the last day; left out: until further notice"),
}


@shaped("mapping", **form_schema(_VALID))
def _valid(r: Reader, node: Node, path: str) -> dict[str, Any]:
    values = read_form(r, node, path, _VALID)
    begins, ends = values.get("from"), values.get("until")
    if begins and ends and ends < begins:
        r.fail(node.line, path, N_("it ends before it begins"), N_("exchange the two days"))
    return values


#: A profile, in the order in which it is written.
PROFILE: Form = {
    "format": must(_format, "the form of the file itself"),
    "key": must(_key, "the key of the jurisdiction: its folder, in addresses, for ever the same"),
    "name": must(short(120), "the full name of the mechanism, as papers show it"),
    "place": must(text, "the name of the county or city, also in case numbers"),
    "place_code": must(short(12), "its administrative division code, in quotation marks"),
    "source": must(sections.source, "the notice that the profile is read from"),
    "valid": must(_valid, "from when until when the notice holds"),
    "basis": must(list_of(text, least=1), "the laws that the notice rests on"),
    "numbering": must(sections.numbering, "the forms of the numbers of cases and papers"),
    "vocabulary": must(sections.vocabulary, "the county's own words for papers and screens"),
    "clauses": must(sections.clause_table, "every clause of the notice, by a key of yours"),
    "bodies": must(sections.bodies, "who takes part: bureaus, office, towns, venues"),
    "posts": may(sections.posts, "posts that act in their own name or see all cases"),
    "members": may(sections.members, "who holds them at first; later kept on screen"),
    "insurances": must(sections.insurances, "the insurances that are told apart"),
    "categories": must(duties.categories, "the kinds of disputes, numbered from 1"),
    "routing": must(duties.routing, "who is competent for what"),
    "tiers": must(sections.tiers, "the ways a case can go, and who answers on each"),
    "stages": must(sections.stages, "where a case can stand"),
    "tasks": must(sections.tasks, "what somebody owes, and until when"),
    "register": must(
        acts.register,
        "the first act, by which a dispute becomes a case: as actions, without from, asks, per",
    ),
    "actions": must(acts.actions, "all other acts: the buttons on a case"),
    "groups": may(sections.groups, "the parts of a volume, in their order"),
    "papers": must(
        sections.papers, "the official papers that acts make; here or a file each in documents/"
    ),
    "remedies": may(remedies, "the remedies that its decisions tell of, and where they lead"),
}
