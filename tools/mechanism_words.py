"""Write the reference of all words of a profile, and its JSON Schema, from the code.

`python tools/mechanism_words.py` writes docs/mechanism-words.md and docs/mechanism.schema.json.
What stands in them is said once, beside the shapes and words in app/mechanism; the examples are
taken from the profiles themselves.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.mechanism import vocabulary  # noqa: E402
from app.mechanism.folder import read_profile  # noqa: E402
from app.mechanism.json_schema import json_schema  # noqa: E402
from app.mechanism.loader import loads  # noqa: E402
from app.mechanism.schema import Term  # noqa: E402
from app.mechanism.terms import acts, everywhere  # noqa: E402
from app.mechanism.vocabulary import Word  # noqa: E402
from app.mechanism.words import shape_of  # noqa: E402
from app.mechanism.yaml_reader import Items, Node, Scalar, Table, read_yaml  # noqa: E402

PAGE = ROOT / "docs" / "mechanism-words.md"
SCHEMA = ROOT / "docs" / "mechanism.schema.json"
#: Where examples are looked for, the shipped counties first.
PROFILES = (
    ROOT / "mechanisms" / "zezhou" / "mechanism.yaml",
    ROOT / "mechanisms" / "xiaoyi" / "mechanism.yaml",
    *sorted((ROOT / "tests" / "mechanisms").glob("*/mechanism.yaml")),
)
#: An example that is longer than this gives way to a shorter one, and is cut.
MOST = 96

Schema = Mapping[str, Any]

HEAD = """# The words of a profile

<!-- Written by `make words` from app/mechanism. Do not edit. -->

Everything that a `mechanism.yaml` may say, in the order in which it is written.
[The guide](mechanism-guide.md) tells how to write one from a notice. Editors that know JSON Schema
complete and mark these words by [mechanism.schema.json](mechanism.schema.json).

A key marked ● must stand there. What may be “one or a list” stands alone or within `[ ]`. A *who*
is a word of [Who](#who), a *condition* one of [Conditions](#conditions), an *effect* one of
[Effects](#effects). Examples are those of Zezhou, else of another profile that has the word.
"""


def main() -> None:
    """Write both files."""
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


def schema_text() -> str:
    """Return the JSON Schema as it is kept."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def page() -> str:
    """Return the reference."""
    schema = json_schema()
    roots = [_root(path) for path in PROFILES]
    parts = [HEAD, "## The sections\n", *_table(schema, roots, linked=True)]
    for key, section in schema["properties"].items():
        parts += _section(key, section, _below(roots, key), schema["$defs"])
    parts += _words(schema)
    return "\n".join(parts).rstrip() + "\n"


def _root(path: Path) -> Node:
    root, _ = read_yaml(read_profile(path).text.encode(), str(path))
    return root


def _section(key: str, section: Schema, nodes: list[Node], defs: Schema) -> Iterator[str]:
    """Yield a section with its tables, and those of what stands in it."""
    tables = list(_tables(key, section, nodes, defs))
    if not tables:
        return
    yield f"\n## {key}\n"
    yield _sentence(section["description"])
    for name, table, rows in tables:
        if name != key:
            yield f"\n### `{name}`\n"
        else:
            yield ""
        yield from _table(table, rows)


def _tables(
    name: str, schema: Schema, nodes: list[Node], defs: Schema
) -> Iterator[tuple[str, Schema, list[Node]]]:
    """Yield every mapping with known keys in a section: its name, schema and examples."""
    named = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if named in _FORMS and not name.endswith(".fields"):
        yield from _tables(name, defs[named], nodes, defs)
        return
    if "properties" in schema:
        yield name, schema, nodes
        for key, one in schema["properties"].items():
            yield from _tables(f"{name}.{key}", one, _below(nodes, key), defs)
    elif isinstance(inner := schema.get("additionalProperties"), Mapping):
        yield from _tables(f"{name}.…", inner, _below(nodes), defs)
    else:
        for one in (*schema.get("anyOf", ()), schema.get("items", {})):
            members = [each for node in nodes for each in _members(node)]
            if "properties" in one:
                yield from _tables(name, one, members, defs)


#: Definitions that are forms, told where they stand; rows of a group are inputs again.
_FORMS = ("action", "asks", "ask")


def _members(node: Node) -> list[Node]:
    return node.nodes if isinstance(node, Items) else [node]


def _below(nodes: Iterable[Node], key: str | None = None) -> list[Node]:
    """Return what stands under a key in each mapping, under any key where none is given."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Table):
            found += [one for name, one in node.nodes.items() if key in (None, name)]
    return found


def _table(schema: Schema, nodes: list[Node], *, linked: bool = False) -> Iterator[str]:
    yield "| key | | type | else | meaning | example |"
    yield "|---|---|---|---|---|---|"
    for key, one in schema["properties"].items():
        yield _row(
            f"[`{key}`](#{key})" if linked and _has_tables(one) else f"`{key}`",
            "●" if key in schema["required"] else "",
            one.get("title", "see below"),
            _code(json.dumps(one["default"]).strip('"')) if "default" in one else "",
            one["description"],
            "" if linked else _example(_below(nodes, key)),
        )


def _has_tables(schema: Schema) -> bool:
    return next(_tables("", schema, [], json_schema()["$defs"]), None) is not None


def _example(nodes: Sequence[Node]) -> str:
    """Return the first value that is short enough, else the shortest one, cut."""
    shown = [rendered(node) for node in nodes]
    fitting = next((one for one in shown if len(one) <= MOST), None)
    return _code(fitting or min(shown, key=len)) if shown else ""


def rendered(node: Node) -> str:
    """Return a value as one line of YAML."""
    if isinstance(node, Items):
        return "[" + ", ".join(map(rendered, node.nodes)) + "]"
    if isinstance(node, Table):
        return "{" + ", ".join(f"{k}: {rendered(one)}" for k, one in node.nodes.items()) + "}"
    is_text = not node.plain and (node.is_ambiguous or not node.value.isalnum())
    return json.dumps(node.value, ensure_ascii=False) if is_text else node.value


def _code(text: str) -> str:
    cut = text if len(text) <= MOST else text[: MOST - 1] + "…"
    return f"`{cut}`"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _words(schema: Schema) -> Iterator[str]:
    """Yield the families of words."""
    uses = Uses()
    for title, said, words in (
        ("Who", "Relations to a case. Each names bodies or posts; a list is any of them", "WHO"),
        ("Conditions", "For `needs`, `when`, `required`. A list is all of them", "TESTS"),
        ("Effects", "For `does`, in the order written; `when` may stand beside any", "EFFECTS"),
    ):
        yield f"\n## {title}\n"
        yield _sentence(said)
        yield "\n| word | argument | meaning | example |"
        yield "|---|---|---|---|"
        for name, word in getattr(vocabulary, words).items():
            yield _row(f"`{name}`", _argument(word), word.help, uses.of(words, name))
    yield from _inputs(schema)
    yield from _meanings("Facts", "For `fact`", vocabulary.FACTS)
    yield from _meanings("Comparisons", "For `op` of `fact`", vocabulary.FACT_OPS)
    fields = {**vocabulary.PAPER_FIELDS, **_OTHER_FIELDS}
    yield from _meanings("Fields of papers", "For `{…}` in `rows` and `text`", fields)


_OTHER_FIELDS = {
    f"{vocabulary.NUMBER_OF}KIND": "the number of the latest paper of a kind in this round",
    f"{vocabulary.LIST_OF}KIND": "the papers of a kind in this round, with their numbers",
    "INPUT": "what was given in an input of the act that makes the paper, by its key",
}


def _meanings(title: str, said: str, words: Mapping[str, str]) -> Iterator[str]:
    yield f"\n## {title}\n"
    yield _sentence(said)
    yield "\n| word | meaning |"
    yield "|---|---|"
    for name, meaning in words.items():
        yield _row(f"`{name}`", meaning)


def _inputs(schema: Schema) -> Iterator[str]:
    roots = [_root(path) for path in PROFILES]
    asks = _below(_below(_below(_below(roots, "actions")), "asks"))
    asks = [*asks, *_below(_below(asks, "fields"))]
    taken = {one["if"]["properties"]["type"]["const"]: one["then"] for one in _cases(schema)}
    common = set.intersection(*(set(one["propertyNames"]["enum"]) for one in taken.values()))
    yield "\n## Inputs\n"
    yield "For `type` under `asks`. ● marks the key that a type cannot do without."
    yield "\n| type | takes also | meaning | example |"
    yield "|---|---|---|---|"
    for name, word in vocabulary.INPUTS.items():
        then = taken[name]
        keys = [key for key in then["propertyNames"]["enum"] if key not in common]
        shown = " ".join(f"`{key}`{'●' if key in then['required'] else ''}" for key in keys)
        found = [one for one in asks if _type_of(one) == name]
        yield _row(f"`{name}`", shown, word.help, _example(found))


def _cases(schema: Schema) -> list[Schema]:
    found: list[Schema] = schema["$defs"]["ask"]["allOf"]
    return found


def _type_of(node: Node) -> str:
    one = node.nodes.get("type") if isinstance(node, Table) else None
    return one.value if isinstance(one, Scalar) else ""


def _argument(word: Word) -> str:
    if word.shape == "none":
        return ""
    if word.shape != "fields":
        return shape_of(word.shape).title
    fields = [
        f"`{name}`{' (may be left out)' if name in word.optional else ''}: {shape_of(one).title}"
        for name, one in word.fields.items()
    ]
    alone = f", or `{word.main}` alone" if word.main else ""
    return "; ".join(fields) + alone


class Uses:
    """The lines of the profiles in which each word stands."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], list[str]] = {}
        for path in PROFILES:
            self._read(read_profile(path).text)

    def of(self, family: str, word: str) -> str:
        """Return a short line with the word."""
        lines = self.lines.get((family, word), [])
        fitting = next((one for one in lines if len(one) <= MOST), None)
        return _code(fitting or min(lines, key=len)) if lines else ""

    def _read(self, text: str) -> None:
        lines = text.splitlines()
        found = loads(text, "profile")
        for term in everywhere(found):
            self._keep("TESTS" if term.word in vocabulary.TESTS else "WHO", term, lines)
        for act in acts(found):
            for effect in act.does:
                self._keep("EFFECTS", effect, lines)

    def _keep(self, family: str, term: Term, lines: Sequence[str]) -> None:
        line = lines[term.line - 1].strip().removeprefix("- ")
        self.lines.setdefault((family, term.word), []).append(line)


if __name__ == "__main__":
    main()
