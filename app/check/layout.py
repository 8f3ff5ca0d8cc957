"""Where everything of a flow stands on the sheet: lanes one below the other, columns by way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.check.flow import Edge, Flow, Node, pairs
from app.mechanism.schema import Mechanism

#: Sizes in the units of the drawing: one is a pixel at its natural size.
MARGIN, HEAD = 16, 44
BOX, GAP = 148, 168
LINE, PORT = 18, 26
LANE_GAP, STACK_GAP = 22, 26
LANE_NAME = 30


@dataclass(frozen=True)
class Box:
    """The place of a stage."""

    x: int
    y: int
    height: int

    @property
    def right(self) -> int:
        """Return its right side."""
        return self.x + BOX


@dataclass(frozen=True)
class Band:
    """The place of a lane."""

    name: str
    y: int
    height: int


class Layout:
    """The places of all parts; the same flow always gets the same places."""

    def __init__(self, mechanism: Mechanism, drawn: Flow) -> None:
        self.mechanism = mechanism
        self.flow = drawn
        self.columns = _columns(mechanism, drawn)

    @cached_property
    def lanes(self) -> list[str]:
        """The names of the lanes, in the order in which a case meets them; the end last."""
        found = dict.fromkeys(
            str(node.lane)
            for key, node in self.flow.nodes.items()
            if self.mechanism.stages[key].state != "finished"
        )
        return list(found | dict.fromkeys(str(node.lane) for node in self.flow.nodes.values()))

    def outgoing(self, stage: str) -> list[Edge]:
        """Return the edges that leave a stage, the usual ones first."""
        leaving = [edge for edge in self.flow.edges if edge.source == stage]
        return sorted(leaving, key=lambda edge: (not edge.is_usual, self.columns[edge.target]))

    def gathered(self, stage: str) -> list[Edge]:
        """Return the acts that lead to a stage from so many others that they have no lines."""
        return [edge for edge in self.flow.edges if edge.many and edge.target == stage]

    @cached_property
    def bands(self) -> list[Band]:
        """The lanes with their places."""
        return list(self._bands())

    def _bands(self) -> Iterator[Band]:
        y = MARGIN + HEAD
        for name in self.lanes:
            heights = [
                sum(self._height(node) + STACK_GAP for node in cell)
                for cell in self._cells(name).values()
            ]
            height = LANE_NAME + max(heights, default=0)
            yield Band(name, y, height)
            y += height + LANE_GAP

    def _cells(self, lane: str) -> dict[int, list[Node]]:
        """Return the nodes of a lane by column."""
        found: dict[int, list[Node]] = {}
        for key, node in self.flow.nodes.items():
            if str(node.lane) == lane:
                found.setdefault(self.columns[key], []).append(node)
        return found

    def _height(self, node: Node) -> int:
        """Return the height of a stage: its lines inside, and a port for each way out."""
        inside = len(node.keeps) + len(node.returns) + len(self.gathered(node.stage.key))
        lines = 1 + inside
        ports = max(len(self._labels(node.stage.key)), 1)
        return max(lines * LINE + 14, ports * PORT)

    def _labels(self, stage: str) -> list[str]:
        return [act.label for edge in self.outgoing(stage) for act in edge.acts]

    @cached_property
    def boxes(self) -> Mapping[str, Box]:
        """The places of the stages."""
        found: dict[str, Box] = {}
        for band in self.bands:
            for column, cell in self._cells(band.name).items():
                y = band.y + LANE_NAME
                for node in cell:
                    height = self._height(node)
                    found[node.stage.key] = Box(self.x(column), y, height)
                    y += height + STACK_GAP
        return found

    def x(self, column: int) -> int:
        """Return the left side of a column."""
        return MARGIN + 40 + column * (BOX + GAP)

    @property
    def width(self) -> int:
        """Return the width of the sheet."""
        return self.x(max(self.columns.values(), default=0)) + BOX + GAP // 2

    @property
    def bottom(self) -> int:
        """Return where the lanes end."""
        last = self.bands[-1]
        return last.y + last.height


def _columns(mechanism: Mechanism, drawn: Flow) -> dict[str, int]:
    """Return the column of each stage: the longest usual way to it; beside it, one further."""
    found = dict.fromkeys(mechanism.stages, 0)
    usual = pairs(mechanism)
    for _ in found:  # a longest way has no more steps than there are stages
        for source, target in sorted(usual):
            found[target] = min(max(found[target], found[source] + 1), len(found))
    on_the_way = {stage for pair in usual for stage in pair}
    for stage in mechanism.stages:
        if stage not in on_the_way:
            before = [found[e.source] for e in drawn.edges if e.target == stage and e.source]
            found[stage] = min(before, default=max(found.values()) - 1) + 1
    return found
