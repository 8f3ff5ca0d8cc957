"""Texts with {fields}: what may stand in the braces, here and nowhere else.

Only plain names, and for numbers a width such as {serial:06}: a profile never reaches into the
objects behind a field.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from string import Formatter

from app.errors import N_
from app.mechanism.problems import quoted
from app.mechanism.reader import Reader
from app.mechanism.shapes import Shape, shaped, text
from app.mechanism.yaml_reader import Node

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_WIDTH = re.compile(r"0[1-9]", re.ASCII)
#: Fields that are numbers, which may be written with a width.
_NUMBERS = frozenset(("serial", "year", "month", "day", "hour", "minute"))


def form_text(known: Collection[str], needed: Collection[str] = ()) -> Shape:
    """Return the shape of a text whose {fields} are among the known ones, the needed included."""

    def read(r: Reader, node: Node, path: str) -> str | None:
        value: str | None = text(r, node, path)
        if value is None or (names := fields_of(r, value, node.line, path)) is None:
            return value
        for name in names:
            if name not in known:
                r.unknown(node.line, path, N_("there is no field %(word)s"), name, known)
        for name in needed:
            if name not in names:
                what = N_("the form has no {%(name)s}, so two numbers could be the same")
                r.fail(node.line, path, what, N_("add {%(name)s}"), name=name)
        return value

    fields = " ".join(f"{{{name}}}" for name in known)
    return Shape(read, f"text with {fields}" if known else "text", lambda: {"type": "string"})


@shaped("text with {fields}", type="string")
def paper_text(r: Reader, node: Node, path: str) -> str | None:
    """Read a paragraph of a paper; its fields are looked up when the acts are known."""
    value: str | None = text(r, node, path)
    if value is not None:
        r.scope = "paper:" + path.split(".")[1]
        for name in fields_of(r, value, node.line, path) or ():
            r.mention("field", name, node.line, path)
        r.scope = ""
    return value


def fields_of(r: Reader, value: str, line: int, path: str) -> list[str] | None:
    """Return the names in the braces of a text; None, with a problem, where it cannot be read."""
    names: list[str] = []
    try:
        for _, name, width, conversion in Formatter().parse(value):
            if name is None:
                continue
            if not _NAME.fullmatch(name) or conversion or not _is_width(name, width):
                shown = quoted("{" + name + (f":{width}" if width else "") + "}")
                what, mend = N_("%(field)s is no field"), N_("write its plain name in braces")
                r.fail(line, path, what, mend, field=shown)
            names.append(name)
    except ValueError:
        mend = N_("write {field}; a brace itself is {{ or }}")
        r.fail(line, path, N_("a brace is not closed"), mend)
        return None
    return names


def _is_width(name: str, width: str | None) -> bool:
    return not width or (name in _NUMBERS and bool(_WIDTH.fullmatch(width)))
