"""What stands in a page of the guide: its snippets, and its table of mistakes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.drafts import skeleton
from app.mechanism.yaml_reader import Items, Node, Table, read_yaml
from tests.guide.editor import as_json

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "docs" / "mechanism-guide.md", ROOT / "docs" / "mechanism-guide.zh.md")
BEGINNING = skeleton("linxian")
#: Line breaks within a cell of a table.
BREAK = "⏎"


@dataclass(frozen=True)
class Snippet:
    """A piece of YAML: an excerpt of a county's profile, or a recipe for the skeleton."""

    page: str
    line: int
    county: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Mistake:
    """A row of the table: what is written instead of what, and what the check says."""

    written: str
    instead: str
    says: str


def snippets() -> list[Snippet]:
    """Return every piece of YAML of the guide."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for one in re.finditer(r"(?ms)^```yaml ?(\w*)\n(.*?)^```$", text):
            line = text.count("\n", 0, one.start()) + 1
            found.append(Snippet(page.name, line, one[1], one[2]))
    return found


def mistakes() -> list[Mistake]:
    """Return the rows of the table of mistakes."""
    text = PAGES[0].read_text(encoding="utf-8")
    table = text.partition("| written | instead of | the check says |")[2].partition("\n\n")[0]
    rows = [row.strip("| ").split(" | ") for row in table.splitlines()[2:]]
    return [Mistake(*(_code(cell) for cell in row[:2]), row[2]) for row in rows]


def _code(cell: str) -> str:
    return cell.strip("`").replace(BREAK, "\n")


def node_of(text: str) -> Node:
    """Return a text as nodes; nothing may be wrong with its YAML."""
    root, problems = read_yaml(text.encode(), "snippet")
    assert problems == []
    return root


def differs(part: Node, whole: Node | None, path: str = "") -> str:
    """Return where a part does not stand so in the whole; nothing where it does."""
    if isinstance(part, Table):
        known = whole.nodes if isinstance(whole, Table) else {}
        places = ((one, known.get(key), f"{path}.{key}") for key, one in part.nodes.items())
    elif isinstance(part, Items) and isinstance(whole, Items):
        return path if _left_out(part, whole) else ""
    else:
        return path if whole is None or as_json(part) != as_json(whole) else ""
    return next((found for place in places if (found := differs(*place))), "")


def _left_out(part: Items, whole: Items) -> list[Node]:
    """Return the members of a list that the whole list does not have, in their order."""
    rest = iter(whole.nodes)
    wanted = [one for one in part.nodes if not any(not differs(one, each, "it") for each in rest)]
    return wanted or ([part] if not part.nodes else [])


def put_into_the_skeleton(snippet: Snippet) -> str:
    """Return the skeleton with a recipe: mappings grow, all else is replaced."""
    whole = as_json(node_of(BEGINNING))
    _merge(whole, as_json(node_of(snippet.text)))
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)


def _merge(whole: dict[str, Any], part: dict[str, Any]) -> None:
    for key, value in part.items():
        if isinstance(value, dict) and isinstance(whole.get(key), dict):
            _merge(whole[key], value)
        else:
            whole[key] = value
