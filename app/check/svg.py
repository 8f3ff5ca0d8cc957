"""The flow of a mechanism as a picture: plain SVG that any page and any printer takes.

No styles and no scripts, so that a strict policy lets it in; classes let a page colour it.
Every act leads to the clause that it carries out. The same mechanism always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from app.check.flow import Edge, Flow, flow
from app.check.layout import BOX, GAP, LINE, MARGIN, PORT, Box, Layout
from app.errors import N_, Translate
from app.mechanism.schema import PROPOSAL, Action, Mechanism

_FONT = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
HERE = N_("the case is here")
#: A label longer than this is cut (in a box sooner); the whole stands in its title.
_LONGEST, _LONGEST_INSIDE = 13, 9
_ROUND = 6


def svg(
    mechanism: Mechanism,
    *,
    here: str | None = None,
    page: str = "",
    translate: Translate = str,
) -> str:
    """Return the drawing; `here` is the stage at which a case stands.

    `page` is the address of the mechanism's page, where the drawing stands on another one.
    """
    return _Drawing(mechanism, here, page, translate).text()


class _Drawing:
    """One drawing."""

    def __init__(
        self, mechanism: Mechanism, here: str | None, page: str, translate: Translate
    ) -> None:
        self.mechanism, self.here, self.page, self.say = mechanism, here, page, translate
        self.flow: Flow = flow(mechanism)
        self.layout = Layout(mechanism, self.flow)

    def text(self) -> str:
        """Return the whole file."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        width = self.layout.width
        below = list(self._below())
        height = self.layout.bottom + MARGIN + (len(below) + 1) * LINE
        name = escape(self.mechanism.name)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="flow" role="img" width="{width}" '
            f'height="{height}" viewBox="0 0 {width} {height}" font-family="{_FONT}" '
            f'font-size="13" aria-labelledby="flow-title flow-desc">'
        )
        yield f'<title id="flow-title">{name}</title>'
        yield f'<desc id="flow-desc">{escape(self._description())}</desc>'
        yield from _MARKERS
        yield f'<text class="name" x="{MARGIN}" y="{MARGIN + 18}" font-size="16">{name}</text>'
        yield from self._lanes()
        for edge in self.flow.edges:
            yield from self._edge(edge)
        for stage in self.flow.nodes:
            yield from self._stage(stage)
        for number, line in enumerate(below, 1):
            y = self.layout.bottom + MARGIN + number * LINE
            yield f'<text class="beside" x="{MARGIN}" y="{y}" fill="#444444">{line}</text>'
        yield "</svg>"

    def _description(self) -> str:
        """Return the flow in a sentence, for those who do not see the drawing."""
        ways = "; ".join(
            f"{tier.label}: " + " → ".join(self.mechanism.stages[key].label for key in tier.steps)
            for tier in self.mechanism.tiers.values()
        )
        if self.here is None:
            return ways
        place = self.mechanism.stages[self.here].label
        return f"{ways}. " + self.say(N_("The case stands at %(stage)s")) % {"stage": place}

    def _lanes(self) -> Iterator[str]:
        for band in self.layout.bands:
            width = self.layout.width - 2 * MARGIN
            yield (
                f'<rect class="lane" x="{MARGIN}" y="{band.y}" width="{width}" '
                f'height="{band.height}" rx="{_ROUND}" fill="#f6f7f9" stroke="#d5d9de"/>'
            )
            name = escape(self.say(band.name))
            yield (
                f'<text class="lane-name" x="{MARGIN + 10}" y="{band.y + 20}" '
                f'fill="#555555" font-weight="bold">{name}</text>'
            )

    def _stage(self, stage: str) -> Iterator[str]:
        box, node = self.layout.boxes[stage], self.flow.nodes[stage]
        is_here = stage == self.here
        kind = "stage here" if is_here else "stage"
        stroke = '"#b3261e" stroke-width="3"' if is_here else '"#34506b" stroke-width="1.5"'
        yield f'<g class="{kind}" id="stage-{stage}">'
        yield (
            f'<rect x="{box.x}" y="{box.y}" width="{BOX}" height="{box.height}" '
            f'rx="{_ROUND}" fill="#ffffff" stroke={stroke}/>'
        )
        yield (
            f'<text x="{box.x + 10}" y="{box.y + 20}" font-weight="bold" fill="#1d2733">'
            f"{escape(node.stage.label)}</text>"
        )
        if is_here:
            yield (
                f'<text class="here" x="{box.right}" y="{box.y - 7}" text-anchor="end" '
                f'font-weight="bold" fill="#b3261e">{escape(self.say(HERE))} ▼</text>'
            )
        yield from self._inside(stage, box)
        yield "</g>"

    def _inside(self, stage: str, box: Box) -> Iterator[str]:
        """Yield the acts that stand in the box: they keep the stage, lead back, or lead here."""
        node = self.flow.nodes[stage]
        back = self.say(N_("back to the stage before"))
        lines = [(act, "•", "") for act in node.keeps]
        lines += [(act, "↩", back) for act in node.returns]
        lines += [(e.acts[0], "⇠", self._from_many(e)) for e in self.layout.gathered(stage)]
        for number, (act, sign, note) in enumerate(lines, 1):
            yield self._act(act, box.x + 10, box.y + 20 + number * LINE, sign, note)

    def _from_many(self, edge: Edge) -> str:
        return self.say(N_("from %(n)s stages")) % {"n": edge.many}

    def _act(self, act: Action, x: int, y: int, sign: str = "", note: str = "") -> str:
        """Return an act's label as a link to the clause that it carries out."""
        most = _LONGEST_INSIDE if sign else _LONGEST
        shown = act.label if len(act.label) <= most else act.label[: most - 1] + "…"
        clause = self.mechanism.clause_shown(act.clause)
        title = escape(" ".join(part for part in (act.label, note, clause) if part))
        words = escape(f"{sign} {shown}".strip())
        text = (
            f'<text x="{x}" y="{y}" font-size="12" fill="#1f5fa8">{words}'
            f"<title>{title}</title></text>"
        )
        if act.clause == PROPOSAL:
            return f'<g class="act" data-act="{act.key}">{text}</g>'
        href = quoteattr(f"{self.page}#clause-{act.clause}")
        return f'<a class="act" data-act="{act.key}" href={href}>{text}</a>'

    # --- lines between the stages

    def _edge(self, edge: Edge) -> Iterator[str]:
        target = self.layout.boxes[edge.target]
        if edge.many:
            return
        if edge.source is None:
            yield from self._beginning(edge, target)
            return
        source = self.layout.boxes[edge.source]
        first = self._port(edge)
        for number, act in enumerate(edge.acts):
            y = source.y + PORT * (first + number) + PORT // 2 + 4
            yield self._line(edge, source, target, y)
            yield self._act(act, source.right + 8, y - 4)

    def _port(self, edge: Edge) -> int:
        """Return the number of the first port of an edge on its source's side."""
        before = 0
        for one in self.layout.outgoing(edge.source or ""):
            if one is edge:
                break
            before += len(one.acts)
        return before

    def _beginning(self, edge: Edge, target: Box) -> Iterator[str]:
        y = target.y + 16
        yield f'<circle class="begin" cx="{target.x - 30}" cy="{y}" r="6" fill="#34506b"/>'
        yield (
            f'<path class="usual" d="M{target.x - 24} {y}H{target.x - 4}" fill="none" '
            f'stroke="#34506b" stroke-width="1.5" marker-end="url(#flow-arrow)"/>'
        )
        yield self._act(edge.acts[0], target.x - 36, y - 10)

    def _line(self, edge: Edge, source: Box, target: Box, y: int) -> str:
        """Return the line of one act; the arrows of several acts end at one place."""
        path = self._path(edge, source, target, y)
        kind, dash = ("usual", "") if edge.is_usual else ("exception", ' stroke-dasharray="6 4"')
        colour = "#34506b" if edge.is_usual else "#8a6d3b"
        return (
            f'<path class="{kind}" d="{path}" fill="none" stroke="{colour}" '
            f'stroke-width="1.5"{dash} marker-end="url(#flow-arrow)"/>'
        )

    def _path(self, edge: Edge, source: Box, target: Box, y: int) -> str:
        """Return the course of a line: straight on, round below other boxes, or back."""
        x1, x2 = source.right, target.x - 4
        y2 = target.y + min(target.height - 8, 18)
        gap = x1 + GAP - 30
        if x2 < x1:
            low = max(source.y + source.height, target.y + target.height) + 12
            back = target.x - 30
            return f"M{x1} {y}H{gap}V{low}H{back}V{y2}H{x2}"
        if self._is_free(edge, source, target):
            turn = x2 - 40
            return f"M{x1} {y}H{turn}C{turn + 20} {y} {turn + 10} {y2} {x2} {y2}"
        low = self._bottom_of(edge) - 9
        turn = x2 - 36
        return (
            f"M{x1} {y}H{gap - 20}C{gap} {y} {gap - 10} {low} {gap + 10} {low}H{turn - 10}"
            f"C{turn + 20} {low} {turn} {y2} {x2} {y2}"
        )

    def _is_free(self, edge: Edge, source: Box, target: Box) -> bool:
        """Return whether no box of the source's lane stands between the two."""
        lane = self.flow.nodes[edge.source or ""].lane
        between = (
            box
            for key, box in self.layout.boxes.items()
            if self.flow.nodes[key].lane == lane and source.x < box.x < target.x
        )
        return not any(between)

    def _bottom_of(self, edge: Edge) -> int:
        """Return where the lane of an edge's source ends."""
        name = str(self.flow.nodes[edge.source or ""].lane)
        band = next(one for one in self.layout.bands if one.name == name)
        return band.y + band.height

    def _below(self) -> Iterator[str]:
        """Yield the acts that stand in no box, a few to a line."""
        acts = self.flow.beside
        if not acts:
            return
        most = max(self.layout.width // 170, 1)
        yield escape(self.say(N_("Also possible on the way, without another stage:")))
        for start in range(0, len(acts), most):
            yield " · ".join(self._inline(act) for act in acts[start : start + most])

    def _inline(self, act: Action) -> str:
        label = escape(act.label)
        if act.clause == PROPOSAL:
            return f'<tspan class="act" data-act="{act.key}">{label}</tspan>'
        href = quoteattr(f"{self.page}#clause-{act.clause}")
        return (
            f'<a class="act" data-act="{act.key}" href={href}>'
            f'<tspan fill="#1f5fa8">{label}</tspan></a>'
        )


_MARKERS = (
    '<defs><marker id="flow-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#34506b"/></marker></defs>',
)
