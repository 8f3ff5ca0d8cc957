"""How single values, lists and mappings of a profile are read: each into its type, or a problem.

A shape takes the reader, a node and the dotted path of its place. What it cannot read it tells
the reader and gives None for, so that one pass finds every problem of a file. It also tells what
it takes, as JSON Schema, from which editors and the reference of all words are served.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from app.errors import N_, Reason
from app.mechanism.problems import quoted, reason
from app.mechanism.reader import Reader
from app.mechanism.yaml_reader import IN_QUOTES, Items, Node, Scalar, Table

#: Keys become permissions, addresses and columns of the database.
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
#: Keys of clauses and routing rows follow the document's own numbering.
NUMBER_KEY = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}", re.ASCII)
_ICON = re.compile(r"[a-z][a-z-]{0,30}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII)

IS_NO_KEY = N_("%(key)s is no key")
_KEY_MEND = N_("begin with a small letter; go on with small letters, digits and _ (40 at most)")


def _whole(pattern: re.Pattern[str]) -> str:
    """Return a pattern as JSON Schema has it, which looks anywhere in a text unless told."""
    return f"^(?:{pattern.pattern})$"


Schema = dict[str, Any]
Read = Callable[[Reader, Node, str], Any]


@dataclass(frozen=True, eq=False)
class Shape:
    """How a value is read, and what may stand there.

    `title` names it for people; `looks` makes its JSON Schema, only when asked, since shapes are
    also made while a profile is read.
    """

    read: Read
    title: str
    looks: Callable[[], Schema]

    def __call__(self, r: Reader, node: Node, path: str) -> Any:
        """Return the value of a node; what it cannot be read as is told to the reader."""
        return self.read(r, node, path)

    def schema(self) -> Schema:
        """Return the JSON Schema of what may stand there, titled."""
        return {"title": self.title} | self.looks()


def shaped(title: str, **schema: Any) -> Callable[[Read], Shape]:
    """Make a reading function a shape, with the JSON Schema of what it takes."""
    return lambda read: Shape(read, title, lambda: dict(schema))


def named(title: str, name: str) -> Callable[[Read], Shape]:
    """Make a reading function a shape whose JSON Schema stands by itself, under `$defs`."""
    return shaped(title, **{"$ref": f"#/$defs/{name}"})


def scalar(r: Reader, node: Node, path: str, wanted: str | Reason) -> Scalar | None:
    """Return the node where it is a single value that was written, else tell what is wanted."""
    if isinstance(node, Scalar) and not node.is_nothing:
        return node
    what, mend = N_("%(wanted)s is expected, %(found)s stands here"), N_("write %(wanted)s")
    found = Reason(_FOUND[type(node)])
    r.fail(node.line, path, what, mend, wanted=reason(wanted, {}), found=found)
    return None


_FOUND = {Items: N_("a list"), Table: N_("a mapping"), Scalar: N_("nothing")}


@shaped("text", type="string")
def text(r: Reader, node: Node, path: str) -> str | None:
    """Read words. What YAML takes for a number or a truth value is text in quotes only."""
    if (one := scalar(r, node, path, N_("text"))) is None:
        return None
    if one.is_ambiguous:
        what = N_("%(value)s is not read as text by YAML")
        r.fail(one.line, path, what, IN_QUOTES, value=quoted(one.value))
        return None
    if not one.value.strip():
        mend = N_("write it, or leave the key out")
        r.fail(one.line, path, N_("the text is blank"), mend)
        return None
    return one.value


def short(most: int) -> Shape:
    """Return the shape of one line of text that fits the column it is stored in."""

    def read(r: Reader, node: Node, path: str) -> str | None:
        value: str | None = text(r, node, path)
        if value is not None and (len(value) > most or "\n" in value):
            what = N_("the text is too long (%(length)s)")
            mend = N_("write one line of at most %(most)s characters")
            r.fail(node.line, path, what, mend, length=len(value), most=most)
        return value

    return Shape(
        read, f"text, {most} characters at most", lambda: {"type": "string", "maxLength": most}
    )


@shaped("true or false", type="boolean")
def flag(r: Reader, node: Node, path: str) -> bool | None:
    """Read true or false; yes, no, on and off are neither."""
    if (one := scalar(r, node, path, N_("true or false"))) is None:
        return None
    if one.truth is None:
        what = N_("true or false is expected, %(value)s stands here")
        mend = N_("write true or false, without quotation marks")
        r.fail(one.line, path, what, mend, value=quoted(one.value))
    return one.truth


def whole(least: int, most: int) -> Shape:
    """Return the shape of a whole number from `least` to `most`."""

    def read(r: Reader, node: Node, path: str) -> int | None:
        if (one := scalar(r, node, path, N_("a whole number"))) is None:
            return None
        if one.number is not None and least <= one.number <= most:
            return one.number
        what = N_("a whole number from %(least)s to %(most)s is expected, not %(value)s")
        mend = N_("write digits only: no sign, point, leading zero, underscore or quotation marks")
        r.fail(one.line, path, what, mend, least=least, most=most, value=quoted(one.value))
        return None

    looks = {"type": "integer", "minimum": least, "maximum": most}
    return Shape(read, f"whole number, {least} to {most}", lambda: dict(looks))


@shaped("day, YYYY-MM-DD", type="string", pattern=_whole(_DAY))
def day(r: Reader, node: Node, path: str) -> date | None:
    """Read a day of the calendar, YYYY-MM-DD."""
    if (one := scalar(r, node, path, N_("a date"))) is None:
        return None
    try:
        if _DAY.fullmatch(one.value):
            return date.fromisoformat(one.value)
    except ValueError:
        pass
    what = N_("%(value)s is no day of the calendar")
    mend = N_("write year, month and day, as in 2024-11-01")
    r.fail(one.line, path, what, mend, value=quoted(one.value))
    return None


@shaped("month, YYYY-MM", type="string", pattern=_whole(_MONTH))
def month(r: Reader, node: Node, path: str) -> str | None:
    """Read a month, YYYY-MM."""
    if (one := scalar(r, node, path, N_("a month"))) is None:
        return None
    if _MONTH.fullmatch(one.value):
        return one.value
    what, mend = N_("%(value)s is no month"), N_("write it as in 2023-12")
    r.fail(one.line, path, what, mend, value=quoted(one.value))
    return None


@shaped("name of an icon", type="string", pattern=_whole(_ICON))
def icon(r: Reader, node: Node, path: str) -> str | None:
    """Read the name of an icon."""
    one = scalar(r, node, path, N_("the name of an icon"))
    if one and not _ICON.fullmatch(one.value):
        what, mend = N_("%(value)s is no name of an icon"), N_("as in file, users")
        r.fail(one.line, path, what, mend, value=quoted(one.value))
    return one.value if one else None


def one_of(words: Collection[str]) -> Shape:
    """Return the shape of one of some fixed words."""
    wanted = Reason(N_("one of %(words)s"), {"words": list(words)})

    def read(r: Reader, node: Node, path: str) -> str | None:
        if (one := scalar(r, node, path, wanted)) is None:
            return None
        if one.value not in words:
            r.unknown(one.line, path, N_("there is no word %(word)s"), one.value, words)
            return None
        return one.value

    return Shape(read, " · ".join(words), lambda: {"enum": list(words)})


def mention(kind: str, use: str = "") -> Shape:
    """Return the shape of the key of something that the profile declares: a stage, a paper."""
    is_vowel = kind[0] in "aeiou"
    title = f"key of {'an' if is_vowel else 'a'} {kind}"
    the_key = N_("the key of an %(kind)s") if is_vowel else N_("the key of a %(kind)s")
    wanted = Reason(the_key, {"kind": Reason(kind)})

    def read(r: Reader, node: Node, path: str) -> str | None:
        if (one := scalar(r, node, path, wanted)) is None:
            return None
        r.mention(kind, one.value, one.line, path, use=use)
        return one.value

    return Shape(read, title, lambda: {"type": "string"})


#: What is told of a list without members.
LIST_IS_EMPTY = N_("the list is empty")


def list_of(shape: Shape, *, least: int = 0, alone: bool = True) -> Shape:
    """Return the shape of a list without repeats; `alone`: one member may stand bare."""

    def read(r: Reader, node: Node, path: str) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            if not alone:
                mend = N_("write the members within [ ]")
                r.fail(node.line, path, N_("a list is expected"), mend)
                return ()
            return (shape(r, node, path),)
        if len(node.nodes) < least:
            mend = N_("name at least %(least)s, or leave it out")
            r.fail(node.line, path, LIST_IS_EMPTY, mend, least=least)
        found = [shape(r, one, f"{path}.{n}") for n, one in enumerate(node.nodes, 1)]
        seen = set()
        for n, (value, one) in enumerate(zip(found, node.nodes, strict=True), 1):
            if value is not None and value in seen:
                what = N_("this stands in the list twice")
                r.fail(one.line, f"{path}.{n}", what, N_("keep one of them"))
            seen.add(value)
        return tuple(found)

    def looks() -> Schema:
        listed = {"type": "array", "items": shape.schema(), "minItems": least}
        return {"anyOf": [shape.schema(), listed]} if alone else listed

    return Shape(read, f"{'one or a list' if alone else 'list'} of: {shape.title}", looks)


def table_of(shape: Shape, pattern: re.Pattern[str] = KEY, *, least: int = 1) -> Shape:
    """Return the shape of a mapping from keys of the profile's own choice to values."""

    def read(r: Reader, node: Node, path: str) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for key, line, one in entries(r, node, path, least=least):
            if not pattern.fullmatch(key):
                r.fail(line, f"{path}.{key}", IS_NO_KEY, _KEY_MEND, key=quoted(key))
            found[key] = shape(r, one, f"{path}.{key}")
        return MappingProxyType(found)

    return Shape(
        read, f"key → {shape.title}", lambda: table_schema(shape.schema(), pattern, least)
    )


def table_schema(one: Schema, pattern: re.Pattern[str] = KEY, least: int = 1) -> Schema:
    """Return the JSON Schema of a mapping from keys of the profile's own choice to values."""
    return {
        "type": "object",
        "propertyNames": {"pattern": _whole(pattern)},
        "additionalProperties": one,
        "minProperties": least,
    }


def entries(r: Reader, node: Node, path: str, *, least: int = 1) -> list[tuple[str, int, Node]]:
    """Return the keys of a mapping, each with its line and value.

    None, with a problem, where it is no mapping.
    """
    if not isinstance(node, Table):
        mend = N_("write `key: value`, indented below")
        r.fail(node.line, path, N_("a mapping is expected"), mend)
        return []
    if len(node.nodes) < least:
        r.fail(node.line, path, N_("the mapping is empty"), N_("fill it, or leave it out"))
    return [(key, node.lines[key], one) for key, one in node.nodes.items()]


def members_of(node: Node, path: str) -> list[tuple[str, Node]]:
    """Return the members of a list with their paths; what stands alone is its only member."""
    if not isinstance(node, Items):
        return [(path, node)]
    return [(f"{path}.{number}", one) for number, one in enumerate(node.nodes, 1)]


@dataclass(frozen=True)
class Field:
    """A key of a form: how it is read, whether it must be there, what it means.

    `attribute` is its name in the object, where that is another one.
    """

    shape: Shape
    required: bool = False
    help: str = ""
    attribute: str = ""


Form = Mapping[str, Field]


def must(shape: Shape, help: str = "", attribute: str = "") -> Field:
    """Return a field that has to be filled in."""
    return Field(shape, True, help, attribute)


def may(shape: Shape, help: str = "", attribute: str = "") -> Field:
    """Return a field that may be left out."""
    return Field(shape, False, help, attribute)


def form_schema(form: Form, kind: type | None = None) -> Schema:
    """Return the JSON Schema of a form; `kind` is the class that knows what stands by default."""
    properties = {
        key: field.shape.schema() | ({"description": field.help} if field.help else {})
        for key, field in form.items()
    }
    for one in fields(kind) if kind else ():
        if one.name in properties and isinstance(one.default, bool | str) and one.default != "":
            properties[one.name]["default"] = one.default
    required = [key for key, field in form.items() if field.required]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def form_of(form: Form, title: str = "mapping") -> Shape:
    """Return the shape of a mapping with known keys, as it stands."""
    return Shape(
        lambda r, node, path: MappingProxyType(read_form(r, node, path, form)),
        title,
        lambda: form_schema(form),
    )


def read_form(r: Reader, node: Node, path: str, form: Form) -> dict[str, Any]:
    """Return the values of a mapping with known keys, by attribute; absent ones are left out."""
    values: dict[str, Any] = {}
    for key, line, one in entries(r, node, path, least=0):
        here = f"{path}.{key}" if path else key
        if (field := form.get(key)) is None:
            r.unknown(line, here, N_("there is no key %(word)s"), key, form)
            continue
        values[field.attribute or key] = field.shape.read(r, one, here)
    if isinstance(node, Table):
        for key in [k for k, field in form.items() if field.required and k not in node.nodes]:
            here = f"{path}.{key}" if path else key
            what, mend = N_("the key `%(key)s` is missing"), N_("add `%(key)s: …` here")
            r.fail(node.line, here, what, mend, key=key)
    return values
