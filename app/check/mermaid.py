"""The flow of a mechanism as text for Mermaid, to be pasted into a document."""

from __future__ import annotations

from collections.abc import Iterator

from app.check.flow import flow
from app.mechanism.schema import Mechanism


def mermaid(mechanism: Mechanism) -> str:
    """Return the flow as a state diagram; the same mechanism always gives the same text."""
    return "\n".join(_lines(mechanism)) + "\n"


def _lines(mechanism: Mechanism) -> Iterator[str]:
    drawn = flow(mechanism)
    yield "stateDiagram-v2"
    yield "    direction LR"
    for key, node in drawn.nodes.items():
        yield f'    state "{_plain(node.stage.label)}" as {key}'
        for act in node.keeps:
            yield f"    {key} : {_plain(act.label)}"
        for act in node.returns:
            yield f"    {key} : ↩ {_plain(act.label)}"
    for edge in drawn.edges:
        labels = ", ".join(_plain(act.label) for act in edge.acts)
        if edge.many:
            yield f"    note right of {edge.target} : {labels}"
        else:
            yield f"    {edge.source or '[*]'} --> {edge.target} : {labels}"
    for key, stage in mechanism.stages.items():
        if stage.state == "finished":
            yield f"    {key} --> [*]"


def _plain(label: str) -> str:
    """Return a label without the marks that Mermaid reads as its own."""
    return label.replace('"', "'").replace(":", "\N{FULLWIDTH COLON}").replace("\n", " ")
