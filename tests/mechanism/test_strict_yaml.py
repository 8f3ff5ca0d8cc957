"""What YAML would guess, bend or blow up is refused, in words and in time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.mechanism.folder import read_profile
from app.mechanism.loader import check, loads
from app.mechanism.problems import ProfileError
from app.mechanism.yaml_reader import MOST_BYTES, Items, Scalar, Table, read_yaml

PROFILE = Path("mechanisms/zezhou/mechanism.yaml")


def refusal_of(content: bytes) -> list[tuple[int, str]]:
    """Return line and words of what is wrong with bytes that cannot be read as a profile."""
    try:
        _, problems = read_yaml(content, "f.yaml")
    except ProfileError as error:
        problems = error.problems
    return [(one.line, str(one.what)) for one in problems]


UNREADABLE = {
    "nothing": (b"", 1, "empty"),
    "comments alone": (b"# a\n# b\n", 1, "empty"),
    "a list at the top": (b"- a\n- b\n", 1, "no mapping"),
    "a word at the top": (b"hello\n", 1, "no mapping"),
    "a tab that indents": (b"a:\n  b: 1\n\tc: 2\n", 3, "tab"),
    "a bracket left open": (b"a: 1\nb: [1, 2\nc: 3\n", 3, "YAML"),
    "a quotation mark left open": (b'a: 1\nb: "x\n', 2, "YAML"),
    "a colon too many": (b"a: 1\nb: c: d\n", 2, "YAML"),
    "bytes that are not UTF-8": (b"a: 1\nb: \xff\n", 2, "UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, "UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbfa: 1\n", 1, "byte order mark"),
    "a byte order mark inside": ("a: 1\nb: \ufeff2\n".encode(), 2, "U+FEFF"),
    "a control character": (b"a: 1\nb: \x07\n", 2, "U+0007"),
    "a NUL": (b"a: \x00\n", 1, "U+0000"),
    "a second document": (b"a: 1\n---\nb: 2\n", 2, "second document"),
    "a key that is a list": (b"a: 1\n? [b, c]\n: 2\n", 2, "single word"),
    "an anchor": (b"a: 1\nb: &x 2\n", 2, "anchors"),
    "an alias": (b"a: &x 1\nb: *x\n", 2, "aliases"),
    "a tag": (b"a: 1\nb: !!python/object/apply:os.system [ls]\n", 2, "tags"),
    "a tag of one's own": (b"a: 1\nb: !mine 2\n", 2, "tags"),
    "a merge key": (b"a: 1\nb: {<<: {c: 2}}\n", 2, "merge"),
    "a key twice": (b"a: 1\nb: 2\na: 3\n", 3, "first on line 1"),
    "a key that is a truth value": (b"a: 1\nno: 2\n", 2, "as text"),
    "a key that is nothing": (b"a: 1\n~: 2\n", 2, "as text"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_it_is_refused_at_its_line(name):
    content, line, words = UNREADABLE[name]
    found = refusal_of(content)
    assert any(at == line and words in what for at, what in found), found


@pytest.mark.parametrize("name", UNREADABLE)
def test_it_never_ends_in_anything_but_problems(name, tmp_path):
    path = tmp_path / "mechanism.yaml"
    path.write_bytes(UNREADABLE[name][0])
    found = check(path)
    assert found
    assert all(one.file == str(path) and one.line >= 1 for one in found)


def bomb() -> str:
    steps = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    return "\n".join(["a0: &a0 [x, x]", *steps])


HEAVY = {
    "brackets within brackets": "[" * 1_000_000,
    "mappings within mappings": "{a: " * 250_000,
    "lists within lists": "- " * 500_000,
    "steps of indentation": "\n".join(" " * n + "a:" for n in range(1_300)),
    "aliases of aliases": bomb(),
    "a long list": "basis:\n" + "- a\n" * 250_000,
    "many keys": "\n".join(f"key{n}: 1" for n in range(80_000)),
    "one key again and again": "a: 1\n" * 200_000,
    "one long word": "a: " + "x" * 1_000_000,
    "many question marks": "? " * 500_000,
    "more than a megabyte": "a: " + "x" * MOST_BYTES,
}


@pytest.mark.parametrize("name", HEAVY)
def test_what_would_keep_a_reader_busy_is_refused_within_two_seconds(name):
    started = time.process_time()
    with pytest.raises(ProfileError):
        loads(HEAVY[name], "f.yaml")
    assert time.process_time() - started < 2


def test_a_file_of_fifty_megabytes_is_refused_unread(tmp_path):
    path = tmp_path / "mechanism.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    started = time.process_time()
    (found,) = check(path)
    assert time.process_time() - started < 0.2
    assert (found.line, str(found.what)) == (1, "the file is larger than 1024 KB")


@pytest.mark.parametrize("path", ["/dev/zero", "/", "/nonexistent/mechanism.yaml"])
def test_what_is_no_file_is_refused_in_words(path):
    (found,) = check(Path(path))
    assert str(found.what) == "there is no such file"


def test_only_true_and_false_are_truth_values():
    root, _ = read_yaml(b'a: true\nb: "true"\nc: yes\nd: True\n', "f.yaml")
    values = [one.truth for one in root.nodes.values() if isinstance(one, Scalar)]
    assert values == [True, None, None, None]


def test_only_plain_digits_are_numbers():
    texts = ["0", "15", '"15"', "0140525", "1_000", "+5", "-5", "1.5", "0x1f", "1e3", "12:30"]
    content = "\n".join(f"k{n}: {text}" for n, text in enumerate(texts)).encode()
    root, _ = read_yaml(content, "f.yaml")
    numbers = [one.number for one in root.nodes.values() if isinstance(one, Scalar)]
    assert numbers == [0, 15] + [None] * 9


@pytest.mark.parametrize(
    "text", ["0140525", "140525", "1_000", "yes", "Off", "0x1f", "1.5", ".inf"]
)
def test_text_that_yaml_might_misread_wants_quotes(text):
    profile = read_profile(PROFILE).text
    with pytest.raises(ProfileError) as refusal:
        loads(profile.replace('"140525"', text), "f.yaml")
    (found,) = refusal.value.problems
    assert (found.key, str(found.mend)) == ("place_code", "put it in quotation marks")
    assert loads(profile.replace('"140525"', f'"{text}"'), "f.yaml").place_code == text


def test_nodes_know_their_lines():
    root, _ = read_yaml("a: 1\n\nb:\n  - x\n  - {c: 二}\n".encode(), "f.yaml")
    assert root.lines == {"a": 1, "b": 3}
    items = root.nodes["b"]
    assert isinstance(items, Items)
    table = items.nodes[1]
    assert isinstance(table, Table)
    assert (table.line, table.lines["c"]) == (5, 5)


def test_a_value_left_out_is_told_at_its_key():
    root, _ = read_yaml(b"a: 1\nb:\n\n\nc: 2\n", "f.yaml")
    assert root.nodes["b"] == Scalar("", plain=True, line=2)


def test_two_thousand_bodies_load_in_time():
    profile = read_profile(PROFILE).text
    towns = "".join(
        f"  town{n}: {{name: 第{n}镇, short: {n}镇, kind: town, level: town, parent: gov,"
        f" prefix: 镇{n}争, deciding: true, registering: true, clause: Z2c}}\n"
        for n in range(2_000)
    )
    started = time.process_time()
    mechanism = loads(profile.replace("\nbodies:\n", f"\nbodies:\n{towns}", 1), "f.yaml")
    assert len(mechanism.bodies) > 2_000
    # measured: 0.17 s; the bound leaves room for slow and busy machines
    assert time.process_time() - started < 1.5
