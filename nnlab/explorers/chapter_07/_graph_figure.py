"""What `graph_scrubber` and `gradient_quiz` draw: a graph as boxes, and what flows along its lines.

It computes nothing: it draws a `Scene`. All of it moves when another graph is chosen, so all of it is a few artists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.letters import Letters, Placed, width
from nnlab.language import _
from nnlab.plots.style import GHOST, GRADIENT, INK, PAPER, QUIET, RIGHT_TEXT, WRONG_TEXT, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 430)
GRADIENT_INK, GRADIENT_GROUND = "#a84a00", "#fcede4"  # GRADIENT, dark enough for type and pale enough behind it
ROW = 18.0  # a line of text in a box
TOP, BOTTOM = 74.0, 316.0  # middles of the highest and the lowest box
LEFT, RIGHT = 46.0, 794.0  # middles of the first and the last column
SAID = 372.0  # first line of the sentences


@dataclass(frozen=True)
class Edge:
    """A line from a number to what was computed from it.

    Attributes
    ----------
    parent, child : str
    text : str
        What stands on it: a slope, or what flowed back; empty for neither.
    state : {"quiet", "slope", "forward", "backward", "passed"}
    """

    parent: str
    child: str
    text: str = ""
    state: str = "quiet"


@dataclass(frozen=True)
class Scene:
    """All that is drawn, by the nodes' labels.

    Attributes
    ----------
    formula : str
    places : dict of str to (column, row)
    signs : dict of str to str
        The operation that made each; empty for given numbers.
    data, gradients : dict of str to str
    edges : list of Edge
    sentences : sequence of str
    active : str
        The node at work.
    backward : bool
        Whether it works backward.
    marks : dict of str to {"right", "wrong", "asked"}
        How the gradients of a quiz stand; "asked" is the next one.
    """

    formula: str
    places: Mapping[str, tuple[float, float]]
    signs: dict[str, str]
    data: dict[str, str]
    gradients: dict[str, str]
    edges: list[Edge]
    sentences: tuple[str, ...]
    active: str = ""
    backward: bool = False
    marks: dict[str, str] = field(default_factory=dict)


class GraphFigure:
    """The artists that move.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 0, 0, *SIZE)
        axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
        axes.set_axis_off()
        self._lines = LineCollection([], capstyle="round")
        self._tips = PolyCollection([], linewidths=0)
        self._boxes = PolyCollection([], joinstyle="round")
        self._strips = PolyCollection([], linewidths=0)
        self._frames = PolyCollection([], facecolors="none")
        self._labels = PolyCollection([], facecolors="white", linewidths=0)
        for collection in (self._lines, self._tips, self._boxes, self._strips, self._frames, self._labels):
            axes.add_collection(collection, autolim=False)
        self._bold, self._plain, self._sign = (
            Letters(axes, INK, "bold"), Letters(axes, INK), Letters(axes, QUIET),
        )  # fmt: skip
        self._gradient, self._right, self._wrong = (
            Letters(axes, GRADIENT_INK), Letters(axes, RIGHT_TEXT, "bold"), Letters(axes, WRONG_TEXT, "bold"),
        )  # fmt: skip
        self._title, self._said = Letters(axes, INK, "bold", left=True), Letters(axes, INK, left=True)
        _legend(axes)
        self.moving: list[Artist] = [
            self._lines, self._tips, self._labels, self._boxes, self._strips, self._frames,
            *(writer.artist for writer in (*self._writers(), self._title, self._said)),
        ]  # fmt: skip

    def _writers(self) -> tuple[Letters, ...]:
        return self._bold, self._plain, self._sign, self._gradient, self._right, self._wrong

    def update(self, scene: Scene) -> None:
        """Draw a scene.

        Parameters
        ----------
        scene : Scene
        """
        self._title.write([(scene.formula, (14, 22))])
        self._said.write([(line, (14, SAID + 21 * k)) for k, line in enumerate(scene.sentences)])
        middles = _middles(scene.places)
        boxes = {name: _box(scene, at) for name, at in middles.items()}
        self._draw_lines(scene, middles, boxes)
        self._draw_boxes(scene, boxes)
        self._write(scene, middles, boxes)

    def _draw_lines(self, scene: Scene, middles: dict[str, Array], boxes: dict[str, Array]) -> None:
        segments, colors, widths, tips = [], [], [], []
        for edge, (start, end) in zip(scene.edges, _ends(scene, middles, boxes), strict=True):
            back = edge.state in ("backward", "passed")
            color = GRADIENT if back else INK if edge.state == "forward" else "#9a9a9a"
            segments.append([start, end])
            colors.append(color)
            widths.append(2.4 if edge.state in ("forward", "backward") else 1.4)
            tips.append(_tip(start, end) if back else _tip(end, start))
        self._lines.set_segments(segments)
        self._lines.set(colors=colors, linewidths=widths)
        self._tips.set_verts(tips)
        self._tips.set_facecolor(colors)

    def _draw_boxes(self, scene: Scene, boxes: dict[str, Array]) -> None:
        outlines = [_rounded(*box) for box in boxes.values()]
        self._boxes.set_verts(outlines)
        self._boxes.set(facecolors=["white" if scene.signs[name] else PAPER for name in boxes], linewidths=0)
        self._strips.set_verts([_rounded(x, y + h - ROW - 5, w, ROW + 5) for x, y, w, h in boxes.values()])
        grounds = {"right": "#e3f3ec", "wrong": "#f7e4ee", "asked": "#fff6cc"}
        self._strips.set_facecolor([grounds.get(scene.marks.get(name, ""), GRADIENT_GROUND) for name in boxes])
        self._frames.set_verts(outlines)
        edge = GRADIENT if scene.backward else INK
        asked = [name for name, mark in scene.marks.items() if mark == "asked"]
        plain = {name: "#555555" if scene.signs[name] else GHOST for name in boxes}
        self._frames.set_edgecolor([edge if name in (scene.active, *asked) else plain[name] for name in boxes])
        self._frames.set_linewidth([2.8 if name in (scene.active, *asked) else 1.0 for name in boxes])

    def _write(self, scene: Scene, middles: dict[str, Array], boxes: dict[str, Array]) -> None:
        heads: list[Placed] = []
        signs: list[Placed] = []
        data: list[Placed] = []
        gradients: list[Placed] = []
        graded: dict[str, list[Placed]] = {"right": [], "wrong": []}
        for name, (x, y, w, h) in boxes.items():
            middle, sign = x + w / 2, scene.signs[name]
            total = width(name, "bold") + (7 + width(sign) if sign else 0)
            heads.append((name, (middle - total / 2 + width(name, "bold") / 2, y + 14)))
            if sign:
                signs.append((sign, (middle + total / 2 - width(sign) / 2, y + 14)))
            data.append((scene.data[name], (middle, y + 14 + ROW)))
            place = middle, y + h - 11.5
            graded.get(scene.marks.get(name, ""), gradients).append((scene.gradients[name], place))
        patches = []
        for edge, (start, end) in zip(scene.edges, _ends(scene, middles, boxes), strict=True):
            if edge.text:
                x, y = start + (end - start) * 0.5
                half = width(edge.text) / 2 + 2
                patches.append([(x - half, y - 9), (x + half, y - 9), (x + half, y + 9), (x - half, y + 9)])
                (gradients if edge.state in ("backward", "passed") else signs).append((edge.text, (x, y)))
        self._labels.set_verts(patches)
        texts = heads, data, signs, gradients, graded["right"], graded["wrong"]
        for writer, written in zip(self._writers(), texts, strict=True):
            writer.write(written)


def _middles(places: Mapping[str, tuple[float, float]]) -> dict[str, Array]:
    """Spread columns over the whole width, and rows over the height."""
    columns, rows = max(column for column, _row in places.values()), [row for _column, row in places.values()]
    step = min((BOTTOM - TOP) / (max(rows) - min(rows)), 100.0)
    first = (TOP + BOTTOM) / 2 - step * (max(rows) + min(rows)) / 2
    return {
        name: np.array([LEFT + (RIGHT - LEFT) * column / columns, first + step * row])
        for name, (column, row) in places.items()
    }


def _box(scene: Scene, at: Array) -> Array:
    wide, high = (62 if max(c for c, _r in scene.places.values()) > 5 else 72), 3 * ROW + 8
    return np.array([at[0] - wide / 2, at[1] - high / 2, wide, high])


def _ends(scene: Scene, middles: dict[str, Array], boxes: dict[str, Array]) -> list[tuple[Array, Array]]:
    """Say from where to where each line goes: those that arrive at a box keep a distance from each other."""
    ends = []
    for edge in scene.edges:
        rivals = sorted((e.parent for e in scene.edges if e.child == edge.child), key=lambda p: float(middles[p][1]))
        spread = 16.0 * (rivals.index(edge.parent) - (len(rivals) - 1) / 2)
        start = middles[edge.parent] + [boxes[edge.parent][2] / 2, 0]
        end = middles[edge.child] + [-boxes[edge.child][2] / 2, spread]
        ends.append((start, end))
    return ends


def _tip(at: Array, source: Array) -> Array:
    """Corners of an arrow's tip."""
    along = (at - source) / np.hypot(*(at - source))
    across = np.array([-along[1], along[0]])
    return np.array([at, at - 9 * along + 4 * across, at - 9 * along - 4 * across])


def _rounded(x: float, y: float, w: float, h: float, r: float = 6.0) -> Array:
    """Outline of a box with round corners."""
    turn = np.linspace(0, np.pi / 2, 6)
    corners = []
    for k, (cx, cy) in enumerate(((x + w - r, y + h - r), (x + r, y + h - r), (x + r, y + r), (x + w - r, y + r))):
        angle = turn + k * np.pi / 2
        corners.append(np.stack([cx + r * np.cos(angle), cy + r * np.sin(angle)], axis=1))
    return np.concatenate(corners)


def _legend(axes: Axes) -> None:
    """Say which line of a box is which."""
    for text, color, ground, x in (
        (_("number"), INK, "white", 640.0),
        (_("gradient of L"), GRADIENT_INK, GRADIENT_GROUND, 716.0),
    ):
        wide = 70 if ground == "white" else 112
        axes.fill([x, x + wide, x + wide, x], [11, 11, 33, 33], color=ground, ec=GHOST, linewidth=0.8)
        axes.text(x + wide / 2, 22, text, ha="center", va="center", color=color)
