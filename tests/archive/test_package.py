"""The package of an archived case: what lies in it, and for whom."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.archive import verifier
from app.archive.verifier.package import NAMESPACE
from app.errors import Refused
from app.models import Attachment, Entry, Paper
from tests.archive.conftest import EVIDENCE, Pack
from tests.factories import Door


def opened(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def metadata(path: Path) -> ElementTree.Element:
    with opened(path) as package:
        return ElementTree.fromstring(package.read("metadata.xml"))


def values(root: ElementTree.Element, name: str) -> list[str]:
    """Return the values that the items have under a name."""
    return [one.findtext(f"{NAMESPACE}{name}") or "" for one in root.iter(f"{NAMESPACE}item")]


def test_a_package_as_written_holds_by_every_item(archived: int, pack: Pack) -> None:
    found = verifier.verify(pack(archived))
    assert {one.code: one.details for one in found if not one.holds} == {}
    assert len(found) >= 16


def test_it_holds_every_paper_the_attachment_and_a_volume_of_each_body(
    archived: int, pack: Pack, door: Door
) -> None:
    path = pack(archived)
    papers = door.all(Paper, case_id=archived)
    root = metadata(path)
    assert values(root, "kind") == ["paper"] * len(papers) + ["attachment"] + ["volume"] * 2
    assert values(root, "title")[: len(papers)] == [paper.title for paper in papers]
    assert values(root, "title")[len(papers)] == "工资条 2024年5月.pdf"
    with opened(path) as package:
        assert package.read("attachments/0001.pdf") == EVIDENCE
        assert package.read("volumes/tax/volume.pdf").startswith(b"%PDF-")
        assert package.read("volumes/office/volume.pdf").startswith(b"%PDF-")


def test_the_metadata_say_what_the_case_is(archived: int, pack: Pack, door: Door) -> None:
    root = metadata(pack(archived))
    told = {one.tag.removeprefix(NAMESPACE): one.text for one in root if len(one) == 0}
    case = door.case(archived)
    assert told["number"] == case.number
    assert told["applicant"] == case.applicant.name
    assert told["registered_on"] == "2024-11-04"
    assert told["retention"] == "D10"
    assert told["responsible"] == "国家税务总局泽州县税务局"


def test_the_export_is_noted_and_the_chain_goes_on(archived: int, pack: Pack, door: Door) -> None:
    version = door.case(archived).version
    pack(archived)
    noted = door.all(Entry, case_id=archived)
    assert [one.kind for one in noted][-1] == "export"
    papers, brought = door.all(Paper, case_id=archived), door.all(Attachment, case_id=archived)
    assert len(noted) == len(papers) + len(brought) + 1
    assert door.case(archived).version == version
    assert door.case(archived).head_hash == noted[-1].hash


def test_two_exports_differ_in_nothing_but_the_first_export(archived: int, pack: Pack) -> None:
    def records(path: Path) -> list[object]:
        with opened(path) as package:
            found: list[object] = json.loads(package.read("process.json"))["records"]
            return found

    first = records(pack(archived))
    second = records(pack(archived))
    assert second[: len(first)] == first
    assert len(second) == len(first) + 1


def test_one_bodys_volume_comes_alone(archived: int, pack: Pack) -> None:
    path = pack(archived, body="tax")
    with opened(path) as package:
        assert "volumes/office/volume.pdf" not in package.namelist()
    assert all(one.holds for one in verifier.verify(path))


def test_a_body_files_what_it_sees(door: Door, pack: Pack) -> None:
    case = door.register("tax", category=7, aspect="procedure").case_id
    door.do(case, "tax", "accept")
    door.do(case, "tax", "start_joint", units=["hrss"])
    for unit in ("tax", "hrss"):
        door.do(case, unit, "submit_decision")
    door.do(case, "tax", "issue_reply")
    door.do(case, "tax", "serve")
    door.do(case, "tax", "file_with_office")
    for body in ("tax", "office"):
        door.do(case, body, "archive")
    path = pack(case)
    assert all(one.holds for one in verifier.verify(path))
    held = values(metadata(path), "volumes")
    assert held.count("office tax") == len(door.all(Paper, case_id=case)) - len(("tax", "office"))


def test_a_case_that_still_runs_is_refused_and_says_who_has_to_close(
    served: int, pack: Pack, door: Door
) -> None:
    with pytest.raises(Refused) as refused:
        pack(served)
    assert "国家税务总局泽州县税务局" in str(refused.value.reason.params["bodies"])


def test_a_fresh_case_has_nothing_to_pack(pack: Pack, door: Door) -> None:
    case = door.register("tax").case_id
    with pytest.raises(Refused) as refused:
        pack(case)
    assert refused.value.reason.text == "%(case)s is not archived yet"


def test_a_body_that_keeps_no_volume_is_refused_by_name(archived: int, pack: Pack) -> None:
    with pytest.raises(Refused) as refused:
        pack(archived, body="hrss")
    assert refused.value.reason.params["body"] == "hrss"


def test_what_comes_after_filing_follows_as_a_supplement(
    archived: int, pack: Pack, door: Door
) -> None:
    decision = next(p for p in door.all(Paper, case_id=archived) if p.kind == "result_notice")
    door.do(archived, "office", "record_objection", decision=str(decision.id))
    path = pack(archived)
    assert all(one.holds for one in verifier.verify(path))
    assert values(metadata(path), "title").count("异议登记表") == 1


def test_the_note_on_a_volume_lies_in_that_volume_alone(archived: int, pack: Pack) -> None:
    root = metadata(pack(archived))
    notes = [
        held
        for title, held in zip(values(root, "title"), values(root, "volumes"), strict=True)
        if title == "卷内备考表"
    ]
    assert sorted(notes) == ["office", "tax"]
