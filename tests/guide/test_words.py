"""The reference of all words and the JSON Schema are what the code says, and hold for profiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.drafts import skeleton
from app.mechanism import vocabulary
from app.mechanism.folder import read_profile
from app.mechanism.json_schema import DIALECT, json_schema
from app.mechanism.loader import PROFILE
from app.mechanism.sections import bodies
from tests.factories import ROOT
from tests.guide.editor import marked
from tools import mechanism_words

PROFILES = mechanism_words.PROFILES
TEXT = read_profile(PROFILES[0]).text
#: Where the fields of a word's argument stand: the word tells of them.
ARGUMENT = re.compile(r".*\.then|\.\$defs\.(relation|condition|effect)\.anyOf\.properties\..+\..")
FAMILIES = ("WHO", "TESTS", "EFFECTS")


def test_the_reference_is_what_the_code_says():
    assert mechanism_words.PAGE.read_text(encoding="utf-8") == mechanism_words.page(), "make words"


def test_the_schema_of_the_editors_is_what_the_code_says():
    kept = mechanism_words.SCHEMA.read_text(encoding="utf-8")
    assert kept == mechanism_words.schema_text(), "make words"


def test_every_section_key_and_word_is_in_the_reference():
    page = mechanism_words.PAGE.read_text(encoding="utf-8")
    words = {*PROFILE, *vocabulary.WHO, *vocabulary.TESTS, *vocabulary.EFFECTS}
    words |= {*vocabulary.INPUTS, *vocabulary.FACTS, *vocabulary.PAPER_FIELDS}
    words |= set(bodies.schema()["additionalProperties"]["properties"])
    assert {word for word in words if f"`{word}`" not in page} == set()


def keys(schema: object, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every key that a schema knows, with what it says of it."""
    if isinstance(schema, list):
        for one in schema:
            yield from keys(one, path)
    elif isinstance(schema, Mapping):
        for name, one in schema.items():
            if name == "properties" and "if" not in path:
                yield from ((f"{path}.{key}", said) for key, said in one.items())
            if name != "if":
                yield from keys(one, f"{path}.{name}")


def test_every_key_says_what_it_means():
    told = [one for one in keys(json_schema()) if not ARGUMENT.match(one[0])]
    assert len(told) > 150
    assert [path for path, said in told if not said.get("description")] == []


def test_every_word_is_used_by_some_profile_so_that_it_has_an_example():
    uses = mechanism_words.Uses()
    words = [(family, word) for family in FAMILIES for word in getattr(vocabulary, family)]
    assert [one for one in words if not uses.of(*one)] == []


def test_every_type_of_input_is_used_by_some_profile():
    page = mechanism_words.PAGE.read_text(encoding="utf-8")
    rows = page.partition("\n## Inputs\n")[2].partition("\n## ")[0].splitlines()
    told = [row.split(" | ") for row in rows if row.startswith("| `")]
    assert [row[0] for row in told] == [f"| `{name}`" for name in vocabulary.INPUTS]
    assert [row[0] for row in told if row[-1].strip(" |") == ""] == []


# --- in an editor


def test_the_schema_is_one_of_the_draft_that_it_names():
    assert json_schema()["$schema"] == DIALECT == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_a_profile_of_ours_is_not_marked(path):
    assert marked(path.read_text(encoding="utf-8")) == []


def test_the_skeleton_is_not_marked_and_names_the_schema():
    text = skeleton("somewhere")
    assert marked(text) == []
    first = text.partition("\n")[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (ROOT / "mechanisms" / "somewhere" / named).resolve() == mechanism_words.SCHEMA


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("place_code:", "placecode:", "$"),
        ("registering: true", "registring: true", "$.bodies"),
        ("kind: bureau", "kind: buro", "$.bodies"),
        ("unit: workday", "unit: workdays", "$.tasks"),
        ("decides: [tax]", "decide: [tax]", "$.routing.rows"),
        ("tone: main", "tone: red", "$.actions"),
        ("tells: [office]", "tell: [office]", "$.register"),
        ("{set: {acceptor:", "{sett: {acceptor:", "$.actions"),
        ("{open: {task: own_case, to: actor}}", "{open: {task: own_case, too: actor}}", "$.act"),
        ("type: choice", "type: choise", "$.actions"),
        ("state: finished", "state: done", "$.stages"),
        ("{role: serves}", "{role: serve}", "$.actions"),
        ("by: {bodies: registering}", "by: {body: registering}", "$.register"),
        ("type: text, label: 具体说明", "type: text, among: office, label: 具体说明", "$.actions"),
        ("from: 2024-11-01", "from: 1 November 2024", "$.valid"),
        ("decision: true", "decision: maybe", "$.papers"),
    ],
)
def test_a_slip_is_marked_where_it_stands(old, new, place):
    assert old in TEXT
    found = marked(TEXT.replace(old, new, 1))
    assert found
    assert all(one.startswith(place) for one in found), found


@pytest.mark.parametrize("key", [key for key, field in PROFILE.items() if field.required])
def test_a_section_that_is_missing_is_marked(key):
    assert marked(TEXT.replace(f"\n{key}:", "\nanother_key:", 1)) != []


def test_the_words_are_written_by_a_make_target():
    assert "tools/mechanism_words.py" in Path(ROOT / "Makefile").read_text(encoding="utf-8")
