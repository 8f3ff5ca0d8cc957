"""Every sown fault of meaning is found, with its line and, where it applies, a way to it."""

from __future__ import annotations

import pytest

from app.check.checker import check_text, is_sound, tell_standing
from app.check.findings import Finding, Notes
from app.mechanism.loader import loads
from app.mechanism.yaml_reader import read_yaml
from tests.check.profiles import path_of, sown
from tests.check.seeded import RUNNING, STANDING, WARNED, Fault
from tests.chinese import chinese, english_in


def standing(fault: Fault, text: str) -> list[Finding]:
    """Return what is told of a text without running it."""
    notes = Notes(read_yaml(text.encode(), "mechanism.yaml")[0])
    tell_standing(notes, loads(text, "mechanism.yaml"), path_of(fault[0]))
    return notes.sorted()


def the_one(findings: list[Finding], fault: Fault) -> Finding:
    """Return the finding that the fault must bring."""
    key, words = fault[4:]
    found = [one for one in findings if one.key == key and words in one.what.say()]
    assert found, [one.say("m") for one in findings if not one.is_warning]
    return found[0]


def english(findings: list[Finding], text: str) -> list[str]:
    """Return what is English in findings as a Chinese screen says them."""
    said = [part.say(chinese) for one in findings for part in (one.what, one.mend)]
    return [word for one in said for word in english_in(one, text)]


def stands_at(finding: Finding, text: str, sown_at: int) -> bool:
    """Return whether it names the line of the fault, or the one that begins the part it is of."""
    parts = finding.key.split(".", 1)[-1].removesuffix(".does").removesuffix(".due")
    begins = (f"{parts.removesuffix('.to').removesuffix('.tells')}:", f"{finding.key}:")
    line = text.splitlines()[finding.line - 1].strip()
    if finding.key.endswith(".does"):
        return line.startswith("- {")
    return finding.line == sown_at or line.startswith((*begins, parts.rpartition(".")[2] + ":"))


@pytest.mark.parametrize("name", RUNNING)
def test_what_goes_wrong_on_the_way_is_found_with_its_line_and_a_shortest_way_there(name):
    fault = RUNNING[name]
    text, line = sown(fault)
    findings = check_text(text, path_of(fault[0]))
    found = the_one(findings, fault)
    assert not is_sound(findings)
    assert english(findings, text) == []
    assert stands_at(found, text, line), found.say("m")
    assert found.path[0] == "register"
    assert set(found.path[1:]) <= set(loads(text, "m").actions)


@pytest.mark.parametrize("name", STANDING)
def test_what_contradicts_the_document_or_itself_is_found_with_its_line(name):
    fault = STANDING[name]
    text, line = sown(fault)
    findings = standing(fault, text)
    assert stands_at(the_one(findings, fault), text, line)
    assert not is_sound(findings)
    assert english(findings, text) == []


@pytest.mark.parametrize("name", WARNED)
def test_what_may_be_meant_is_told_as_a_warning(name):
    fault = WARNED[name]
    text, line = sown(fault)
    findings = standing(fault, text)
    found = the_one(findings, fault)
    assert found.is_warning
    assert stands_at(found, text, line)
    assert is_sound(findings)
    assert english(findings, text) == []


def test_so_many_faults_are_sown():
    assert len(RUNNING) + len(STANDING) >= 36
