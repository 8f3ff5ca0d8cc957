"""A profile with its papers in files of their own: one text, and faults told where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.check.checker import check_file
from app.mechanism.folder import read_profile
from app.mechanism.loader import check, load, loads
from app.mechanism.problems import ProfileError
from tests.check.profiles import path_of

SKELETON = Path("app/mechanism/skeleton.yaml").read_text(encoding="utf-8")
WHOLE = SKELETON.replace("KEY_OF_THE_PLACE", "newplace")
HEAD, _, PAPERS = WHOLE.partition("\npapers:\n")


def moved(folder: Path, *kinds: str) -> Path:
    """Lay the skeleton into a folder, these papers of it (by default all) in their own files."""
    (folder / "documents").mkdir()
    kept: list[str] = []
    lines: list[str] = kept
    for line in PAPERS.splitlines():
        if line.startswith("  ") and line[2] not in " #":
            kind = line.strip().rstrip(":")
            lines = [] if not kinds or kind in kinds else kept
            if lines is kept:
                kept.append(line)
            else:
                target = folder / "documents" / f"{kind}.yaml"
                target.write_text("", encoding="utf-8")
        elif lines is kept:
            kept.append(line)
        else:
            append(target, line.removeprefix("    ") + "\n")
    path = folder / "mechanism.yaml"
    inside = ("\npapers:\n" + "\n".join(kept)) if any(one.strip() for one in kept) else ""
    path.write_text(HEAD + inside + "\n", encoding="utf-8")
    return path


def told(path: Path) -> list[tuple[str, int, str]]:
    """Return file, line and key of all that is wrong with a profile."""
    return [(one.file, one.line, one.key) for one in check(path)]


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def document(path: Path, kind: str) -> Path:
    return path.parent / "documents" / f"{kind}.yaml"


@pytest.mark.parametrize("key", ["zezhou", "xiaoyi"])
def test_the_countys_papers_lie_in_a_file_each(key):
    path = path_of(key)
    found = {one.stem for one in (path.parent / "documents").iterdir()}
    assert found == set(load(path).papers)
    assert "\npapers:" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kinds", [(), ("decision",)], ids=["all", "one"])
def test_a_profile_says_the_same_with_its_papers_inside_and_beside_it(tmp_path, kinds):
    found = load(moved(tmp_path, *kinds))
    assert dict(found.papers) == dict(loads(WHOLE, "whole").papers)
    assert found.actions == loads(WHOLE, "whole").actions


def test_the_one_text_is_a_profile_by_itself_with_the_same_digest(tmp_path):
    path = moved(tmp_path)
    again = loads(read_profile(path).text, "stored")
    assert again.digest == load(path).digest
    append(document(path, "decision"), "# more\n")
    assert load(path).digest != again.digest


def test_a_file_without_documents_is_the_text_as_it_stands(tmp_path):
    path = tmp_path / "mechanism.yaml"
    text = WHOLE.replace("\n", "\r\n")
    path.write_bytes(text.encode())
    assert read_profile(path).text == text


def test_every_line_of_the_one_text_is_told_with_its_file_and_line(tmp_path):
    written = read_profile(moved(tmp_path, "decision"))
    for number, line in enumerate(written.text.splitlines(), 1):
        file, place = written.place(number)
        there = Path(file).read_text(encoding="utf-8").splitlines()
        if line.strip() not in ("", "decision:"):
            assert there[place - 1].strip() == line.strip()


def test_an_unknown_word_in_a_document_is_told_with_its_file_and_line(tmp_path):
    path = moved(tmp_path)
    paper = document(path, "decision")
    lines = paper.read_text(encoding="utf-8").count("\n")
    append(paper, "colour: red\n")
    assert told(path) == [(str(paper), lines + 1, "papers.decision.colour")]
    (said,) = [one.say(str(path)) for one in check_file(path)]
    assert said.startswith(f"{paper}:{lines + 1}: papers.decision.colour: ")


def test_a_fault_in_the_profile_keeps_its_line_beside_documents(tmp_path):
    path = moved(tmp_path, "decision")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "unheard_of_key: 1\n", encoding="utf-8")
    assert (str(path), text.count("\n") + 1, "unheard_of_key") in told(path)


def test_an_unknown_field_of_a_paragraph_is_told_where_it_stands(tmp_path):
    path = moved(tmp_path)
    paper = document(path, "decision")
    text = paper.read_text(encoding="utf-8").replace("{case_number}", "{case_nubmer}", 1)
    paper.write_text(text, encoding="utf-8")
    line = text[: text.index("{case_nubmer}")].count("\n") + 1
    (found,) = check(path)
    assert (found.file, found.line) == (str(paper), line)
    assert "did you mean `case_number`" in str(found.mend)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "the file is no mapping"),
        ("title: [a\n", "this cannot be read as YAML"),
        ("\ttitle: a\n", "the line is indented with a tab"),
        ("title: a\n---\ntitle: b\n", "a second document begins here"),
        ("\ufefftitle: a\n", "byte order mark"),
    ],
    ids=["empty", "list", "open", "tab", "second", "mark"],
)
def test_a_document_that_is_none_is_refused_by_its_own_name(tmp_path, text, what):
    path = moved(tmp_path)
    paper = document(path, "decision")
    paper.write_text(text, encoding="utf-8")
    (found,) = check(path)
    assert found.file == str(paper)
    assert what in str(found.what)


@pytest.mark.parametrize("name", ["Notice.yaml", "notice.yml", "readme.md", "a-b.yaml"])
def test_a_file_that_is_called_like_no_paper_is_refused(tmp_path, name):
    path = moved(tmp_path)
    (path.parent / "documents" / name).write_text("title: a\n", encoding="utf-8")
    (found,) = check(path)
    assert found.file.endswith(name)
    assert "no name of a paper" in str(found.what)


def test_a_hidden_file_is_passed_over(tmp_path):
    path = moved(tmp_path)
    (path.parent / "documents" / ".notice.yaml.swp").write_bytes(b"\0\0")
    assert check(path) == []


def test_a_paper_that_stands_twice_is_refused(tmp_path):
    path = moved(tmp_path, "decision")
    whole = tmp_path / "mechanism.yaml"
    whole.write_text(WHOLE, encoding="utf-8")
    (found,) = check(path)
    assert found.key == "papers.decision"
    assert "already, on line" in str(found.what)


def test_papers_on_one_line_take_none_from_files(tmp_path):
    path = moved(tmp_path)
    path.write_text(HEAD + "\npapers: {}\n", encoding="utf-8")
    (found,) = check(path)
    assert (found.file, found.line) == (str(path), HEAD.count("\n") + 2)
    assert "stands on one line" in str(found.what)


@pytest.mark.parametrize("text", ["", "- a\n"], ids=["empty", "list"])
def test_a_profile_that_is_none_is_refused_beside_good_documents(tmp_path, text):
    path = moved(tmp_path)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProfileError) as refusal:
        load(path)
    assert {one.file for one in refusal.value.problems} == {str(path)}
