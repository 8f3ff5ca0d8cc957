"""`flask mechanism …` as an officer types it: checked, traced, compared, drawn, begun."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app, deploy
from app.mechanism.loader import load
from tests.check.profiles import path_of, sown
from tests.check.seeded import STANDING, WARNED
from tests.databases import SECRETS


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose database was never migrated: these commands need none.

    It has the secrets of the other tests: they hold for the whole process.
    """
    folder = tmp_path_factory.mktemp("bare")
    database = {"DATABASE_URL": f"sqlite:///{folder}/nothing.db", "INSTANCE_DIR": str(folder)}
    return create_app({"TESTING": True, "DEMO": True} | SECRETS | database)


def run(app: Flask, *words: str) -> Any:
    return app.test_cli_runner().invoke(args=["mechanism", *words])


def profile(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mechanism.yaml"
    path.write_text(text, encoding="utf-8")
    source = path_of("zezhou").parent / "source.txt"
    (tmp_path / "source.txt").write_bytes(source.read_bytes())
    return path


def test_a_good_profile_is_sound_and_its_warnings_are_printed(bare):
    found = run(bare, "check", str(path_of("zezhou")))
    assert found.exit_code == 0, found.output
    assert "warning: nobody holds" in found.output
    assert found.output.splitlines()[-1] == f"{path_of('zezhou')}: sound"


def test_a_problem_is_printed_with_file_line_key_and_mend_and_fails(bare, tmp_path):
    text, line = sown(STANDING["a quotation that the document does not hold"])
    path = profile(tmp_path, text)
    found = run(bare, "check", str(path))
    assert found.exit_code == 1
    (told,) = [one for one in found.output.splitlines() if "warning:" not in one]
    assert told.startswith(f"{path}:{line}: clauses.Z4.1c.text: the document does not say")
    assert "; quote it word for word" in told


def test_warnings_alone_do_not_fail(bare, tmp_path):
    text, _ = sown(WARNED["a clause that nothing carries out"])
    found = run(bare, "check", str(profile(tmp_path, text)))
    assert found.exit_code == 0, found.output
    assert "nothing carries out the clause `Z-A`" in found.output


def test_a_file_that_is_not_there_is_said_in_a_line(bare):
    found = run(bare, "check", "nowhere.yaml")
    assert found.exit_code == 1
    assert "nowhere.yaml:1: yaml: there is no such file" in found.output


def test_a_trace_names_each_clause_as_the_document_does_and_what_carries_it_out(bare):
    found = run(bare, "trace", "zezhou")
    assert found.exit_code == 0, found.output
    lines = found.output.splitlines()
    assert "四（二）1（3）  Z4.2.1-3" in found.output
    at = next(n for n, line in enumerate(lines) if "Z4.2b" in line)
    assert any("transfer" in line and "移送" in line for line in lines[at : at + 5])
    assert not any("%(" in line for line in lines)


def test_a_trace_with_a_clause_left_over_fails(bare, tmp_path):
    text, _ = sown(WARNED["a clause that nothing carries out"])
    found = run(bare, "trace", str(profile(tmp_path, text)))
    assert found.exit_code == 1


def test_a_comparison_is_told_in_the_officers_language(bare):
    found = run(bare, "diff", "zezhou", "xiaoyi")
    assert found.exit_code == 0, found.output
    assert "泽州县: " in found.output
    assert "    孝义市: 没有人" in found.output
    assert "一般争议 / 一般事项：由谁送达" in found.output
    assert "who " not in found.output


def test_a_mechanism_compared_with_itself_is_silent(bare):
    found = run(bare, "diff", "zezhou", "zezhou")
    assert (found.exit_code, found.output) == (0, "")


def test_a_drawing_is_printed_as_svg_or_for_mermaid(bare):
    drawn = run(bare, "diagram", "zezhou", "--format", "svg")
    assert ET.fromstring(drawn.output).tag.endswith("svg")
    text = run(bare, "diagram", "zezhou", "--format", "mermaid").output
    assert text.startswith("stateDiagram-v2\n")


def test_a_skeleton_is_begun_and_passes_the_check(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "MECHANISMS", tmp_path)
    begun = run(bare, "new", "newplace")
    path = tmp_path / "newplace" / "mechanism.yaml"
    assert begun.exit_code == 0, begun.output
    assert str(path) in begun.output
    assert load(path).key == "newplace"
    checked = run(bare, "check", str(path))
    assert (checked.exit_code, checked.output) == (0, f"{path}: sound\n")


@pytest.mark.parametrize("key", ["New", "1st", "a-b", "../x", ""])
def test_a_skeleton_is_refused_under_a_key_that_is_none(bare, tmp_path, monkeypatch, key):
    monkeypatch.setattr(deploy, "MECHANISMS", tmp_path)
    assert run(bare, "new", key).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_a_skeleton_never_overwrites_a_profile(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "MECHANISMS", tmp_path)
    assert run(bare, "new", "newplace").exit_code == 0
    before = (tmp_path / "newplace" / "mechanism.yaml").read_bytes()
    again = run(bare, "new", "newplace")
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert (tmp_path / "newplace" / "mechanism.yaml").read_bytes() == before


def test_a_key_that_is_nowhere_is_said_without_a_traceback(bare):
    for command in (("trace", "nowhere"), ("diagram", "nowhere"), ("diff", "zezhou", "nowhere")):
        found = run(bare, *command)
        assert found.exit_code == 1
        assert "There is no mechanism nowhere" in found.output
        assert "zezhou" in found.output


def test_a_mechanism_that_is_only_loaded_is_found_too(app, tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "MECHANISMS", tmp_path)
    found = run(app, "diagram", "zezhou", "--format", "mermaid")
    assert found.exit_code == 0, found.output
    assert "已登记" in found.output
