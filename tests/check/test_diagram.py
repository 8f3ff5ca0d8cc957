"""The drawing shows the flow, leads to the clauses, stays the same, and passes a strict policy."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.check.flow import flow
from app.check.layout import BOX, Layout
from app.check.mermaid import mermaid
from app.check.svg import svg
from app.mechanism.loader import load
from app.mechanism.schema import PROPOSAL, Mechanism
from tests.check.profiles import path_of

EVERY = [*map(path_of, ("zezhou", "xiaoyi")), *sorted(Path("tests/mechanisms").glob("*/*.yaml"))]


@pytest.fixture(scope="module", params=EVERY, ids=lambda path: path.parent.name)
def mechanism(request) -> Mechanism:
    return load(request.param)


def parsed(mechanism: Mechanism, **how: str) -> ET.Element:
    return ET.fromstring(svg(mechanism, **how))


def name_of(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_every_stage_is_a_box_with_its_label(mechanism):
    root = parsed(mechanism)
    boxes = {one.get("id"): one for one in root.iter() if "stage" in one.get("class", "").split()}
    assert set(boxes) == {f"stage-{key}" for key in mechanism.stages}
    for key, stage in mechanism.stages.items():
        assert stage.label in "".join(boxes[f"stage-{key}"].itertext())


def test_every_act_stands_in_it_and_leads_to_its_clause(mechanism):
    root = parsed(mechanism)
    drawn = {one.get("data-act"): one for one in root.iter() if one.get("data-act")}
    assert set(drawn) == {"register", *mechanism.actions}
    for act in mechanism.actions.values():
        link = drawn[act.key].get("href")
        assert link == (None if act.clause == PROPOSAL else f"#clause-{act.clause}")


def test_it_is_the_same_at_every_run(mechanism):
    assert svg(mechanism) == svg(mechanism)


def test_it_is_the_same_in_every_process():
    script = (
        "from pathlib import Path\nfrom app.check.svg import svg\n"
        "from app.check.mermaid import mermaid\n"
        "from app.mechanism.loader import load\n"
        "m = load(Path('mechanisms/zezhou/mechanism.yaml'))\nprint(svg(m), mermaid(m))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_a_strict_policy_lets_it_in(mechanism):
    """No styles, no scripts, nothing from elsewhere."""
    root = parsed(mechanism)
    for one in root.iter():
        assert name_of(one) not in ("style", "script", "image", "use", "foreignObject")
        assert not {key for key in one.attrib if key == "style" or key.startswith("on")}
        assert all("://" not in value for value in one.attrib.values())


def test_it_has_a_title_and_a_description_for_those_who_do_not_see_it(mechanism):
    root = parsed(mechanism)
    named = {one.get("id"): one.text for one in root if name_of(one) in ("title", "desc")}
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == " ".join(named)
    assert named["flow-title"] == mechanism.name
    for tier in mechanism.tiers.values():
        assert tier.label in (named["flow-desc"] or "")


def test_the_usual_way_is_solid_and_exceptions_are_dashed():
    root = parsed(load(path_of("zezhou")))
    lines = [one for one in root.iter() if one.get("class") in ("usual", "exception")]
    for one in lines:
        assert ("stroke-dasharray" in one.attrib) == (one.get("class") == "exception")
    assert {one.get("class") for one in lines} == {"usual", "exception"}


def test_where_a_case_stands_is_marked_with_words_and_not_by_colour_alone():
    mechanism = load(path_of("zezhou"))
    root = parsed(mechanism, here="joint")
    here = [one.get("id") for one in root.iter() if "here" in one.get("class", "").split()]
    assert here[0] == "stage-joint"
    text = "".join(root.itertext())
    assert "the case is here" in text
    assert mechanism.stages["joint"].label in text
    assert "the case is here" not in "".join(parsed(mechanism).itertext())


def test_boxes_do_not_lie_on_each_other(mechanism):
    boxes = list(Layout(mechanism, flow(mechanism)).boxes.values())
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = abs(one.x - other.x) >= BOX
            above = one.y + one.height < other.y or other.y + other.height < one.y
            assert apart or above


def test_stages_of_a_way_go_from_left_to_right(mechanism):
    columns = Layout(mechanism, flow(mechanism)).columns
    for tier in mechanism.tiers.values():
        places = [columns[key] for key in tier.steps]
        assert places == sorted(set(places))


def test_lanes_are_those_who_act():
    lanes = {key: str(node.lane) for key, node in flow(load(path_of("xiaoyi"))).nodes.items()}
    assert lanes["handling"] == "Units"
    assert lanes["with_office"] == lanes["joint"] == "办公室"
    assert lanes["awaiting_approval"] == "组长"
    assert lanes["platform"] == "调处平台"
    assert lanes["archived"] == lanes["withdrawn"] == "Finished"


def test_mermaid_has_every_stage_and_every_step_between_them(mechanism):
    lines = mermaid(mechanism).splitlines()
    assert lines[0] == "stateDiagram-v2"
    for key, stage in mechanism.stages.items():
        assert f'    state "{stage.label}" as {key}' in lines
    for edge in flow(mechanism).edges:
        if edge.source and not edge.many:
            assert any(
                line.startswith(f"    {edge.source} --> {edge.target} : ") for line in lines
            )
