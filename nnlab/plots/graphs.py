"""A computational graph, drawn from left to right: each number in a box, each use of it a line.

Where the boxes stand is found in `nnlab.plots._layers`; the graphs themselves come from `nnlab.autodiff`.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path

from nnlab.autodiff import Moment, Tensor, Value, forward_order
from nnlab.autodiff.describe import check_node, formula, head, names, number, symbol
from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots._layers import Layers, Line, arrange
from nnlab.plots.style import GHOST, GRADIENT, INK, PAPER, QUIET, Picture, axes_at, new_figure, styled

_WIDTH, _HEIGHT = 840, 900  # pixels of the page: the widest that a notebook shows unscaled, and about a screen
_ROW = 18.0  # a line of text
_MARGIN = 14.0
_PAD = 6.5  # between text and the edge of its box
_GAP = (16.0, 84.0)  # between columns: the least through which lines can be followed, and enough
_MOST = 60  # nodes; more never fit
_SIZE = 10.5
_GRADIENT_INK, _GRADIENT_GROUND = "#a84a00", "#fcede4"  # GRADIENT, dark enough for type and pale enough behind it
_UNKNOWN = "·"

Head = tuple[str, str]  # name and operation


@styled
@checked
def graph(root: Value | Tensor, moment: Moment | None = None) -> Picture:
    """Draw the graph of a computation: each box shows an operation or a label, the number, and its gradient.

    Parameters
    ----------
    root : Value or Tensor
        The result; drawn with everything that it was made from. The box of a Tensor shows its shape.
    moment : Moment, optional
        From ``Steps(root).at(k)``: show only what is known by then, and what happens there.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError
        If `root` is neither a Value nor a Tensor.
    ValueError
        If the graph is too large to be read in a notebook, or `moment` belongs to another graph.

    Examples
    --------
    >>> x = Value(2.0, label="x")
    >>> graph(x * x).alt
    'A computational graph of 2 nodes, with their numbers and gradients. Given: x. Computed: v1 = x × x.'
    """
    nodes: list[Any] = forward_order(check_node(root, "plots.graph"))
    if moment and not moment.data.keys() <= set(nodes):
        raise ValueError(
            "plots.graph got a moment of another graph: take it from Steps(root).at(k), with the same root."
        )
    heads = _heads(nodes, moment)
    layers, digits = _arranged(nodes, heads)
    said = [line for text in moment.sentences for line in textwrap.wrap(text, 112)] if moment else []
    caption = _ROW * max(len(said), 3) + 10 if moment else 0.0  # as high at every step
    width = _WIDTH if moment else max(layers.width + 2 * _MARGIN, 300.0)
    bottom = layers.height + 2 * _MARGIN + (_ROW + 8 if isinstance(root, Value) else 0)
    figure = new_figure(width, bottom + caption, layout=None)
    ax = axes_at(figure, 0, 0, *figure.size())
    left = (layers.width - figure.size()[0]) / 2
    ax.set(xlim=(left, left + figure.size()[0]), ylim=(figure.size()[1] - _MARGIN, -_MARGIN))
    ax.set_axis_off()
    for line in layers.lines:
        _draw_line(ax, line, nodes, moment)
    _write_slopes(ax, layers, nodes, moment)
    for node, title, box in zip(nodes, heads, layers.boxes, strict=True):
        _draw_box(ax, node, box, moment, result=node is root)
        _write(ax, box, title, *_rows(node, moment, digits))
    if isinstance(root, Value):
        _legend(ax, left + _MARGIN, layers.height + _MARGIN + _ROW / 2)
    for k, text in enumerate(said):
        ax.text(left + _MARGIN, bottom - _MARGIN + (k + 0.5) * _ROW, text, va="center", fontsize=_SIZE)
    figure.alt = _describe(nodes, moment)
    return figure


def _arranged(nodes: list[Any], heads: list[Head]) -> tuple[Layers, int]:
    """Place the boxes, with numbers of three digits or else of two, or say why there are too many."""
    if len(nodes) > _MOST:
        raise ValueError(_too_large(len(nodes), f"a notebook has room for {_MOST} at most"))
    place = {node: k for k, node in enumerate(nodes)}
    parents = [[place[parent] for parent in node.parents] for node in nodes]
    ordered = [node.op in ("-", "/", "@") for node in nodes]
    for digits in (3, 2):
        sizes = [_box_size(node, title, digits) for node, title in zip(nodes, heads, strict=True)]
        layers = arrange(parents, sizes, ordered, _GAP, _WIDTH - 2 * _MARGIN)
        if layers.gap >= _GAP[0]:
            break
    if layers.gap < _GAP[0]:
        raise ValueError(_too_large(len(nodes), f"its {layers.columns} columns do not fit beside each other"))
    if layers.height > _HEIGHT:
        raise ValueError(_too_large(len(nodes), f"its columns, of up to {layers.rows} boxes, are too high"))
    return layers, digits


def _too_large(nodes: int, why: str) -> str:
    return (
        f"plots.graph cannot draw these {nodes:,} nodes so that they can be read: {why}. Draw a part, by passing a "
        "node from within, or a smaller example of the same thing: fewer inputs, units or layers."
    )


def _heads(nodes: list[Any], moment: Moment | None) -> list[Head]:
    """Write the head of each box; where steps are told, every computed number has the name that they call it."""
    named = names(nodes)
    heads = []
    for node in nodes:
        name = named[node] if node.label or (moment and node.op) else ""
        heads.append((name, symbol(node.op)) if name or node.op else ("", head(node)))
    return heads


def _rows(node: Any, moment: Moment | None, digits: int) -> tuple[str, str | None]:
    """Write what stands below the head of a box: the number or shape, and the gradient."""
    if isinstance(node, Tensor):
        return str(node.shape), None
    if moment is None:
        data, grad = number(node.data, digits), number(node.grad, digits)
    else:
        data = number(moment.data[node], digits) if node in moment.data else _UNKNOWN
        grad = number(moment.grad[node], digits) if node in moment.grad else _UNKNOWN
    return (data if node.label or node.op else ""), grad  # else its head says it


def _box_size(node: Any, title: Head, digits: int) -> tuple[float, float]:
    data, grad = _rows(node, None, digits)
    widest = max(_head_width(title), _text_width(data), _text_width(grad or ""), 34)
    if grad is not None:
        widest = max(widest, _text_width("−0.123"[: 3 + digits]))  # most numbers of most steps fit
    return widest + 2 * _PAD, _ROW * (1 + bool(data) + (grad is not None)) + 8


@cache
def _text_width(text: str, bold: bool = False) -> float:
    renderer = FigureCanvasAgg(Figure(dpi=100)).get_renderer()  # type: ignore[no-untyped-call]
    font = FontProperties(family="DejaVu Sans", size=_SIZE, weight="bold" if bold else "normal")
    return float(renderer.get_text_width_height_descent(text, font, False)[0])


def _draw_line(ax: Axes, line: Line, nodes: list[Any], moment: Moment | None) -> None:
    phase = _phase(nodes[line.child], moment)
    active, backward = phase in ("forward", "backward"), phase == "backward"
    color = GRADIENT if backward else INK if active else "#9a9a9a"
    (x, y), *others = line.points
    vertices, codes = [(x, y)], [Path.MOVETO]
    for there in others:
        middle = (vertices[-1][0] + there[0]) / 2
        vertices += [(middle, vertices[-1][1]), (middle, there[1]), there]
        codes += [Path.CURVE4] * 3
    path = PathPatch(Path(vertices, codes), fill=False, edgecolor=color, linewidth=2.2 if active else 1.2)
    ax.add_artist(path).set_zorder(2 if active else 1)
    tip, size = (line.points[0], 7.0) if backward else (line.points[-1], -5.0)
    ax.fill(
        [tip[0], tip[0] + 1.3 * size, tip[0] + 1.3 * size],
        [tip[1], tip[1] - 0.7 * size, tip[1] + 0.7 * size],
        color=color,
        linewidth=0,
        zorder=3,
    )


def _phase(node: Any, moment: Moment | None) -> str:
    """Tell what happens to a node at this moment: nothing, unless it is the step's own."""
    return moment.step.phase if moment and moment.step and moment.step.node is node else ""


def _write_slopes(ax: Axes, layers: Layers, nodes: list[Any], moment: Moment | None) -> None:
    """Write the local derivatives on the lines that a backward step goes along."""
    if moment is None or moment.step is None or moment.step.phase != "backward":
        return
    step = moment.step
    slopes: dict[Any, list[str]] = {}
    for parent, slope in zip(step.node.parents, step.slopes, strict=True):
        slopes.setdefault(parent, []).append(f"×{number(slope)}")
    places = {nodes[line.parent]: line.points[-2:] for line in layers.lines if nodes[line.child] is step.node}
    for parent, texts in slopes.items():
        text, ((x, y), (_x, there)) = " ".join(texts), places[parent]
        if _text_width(text) + 12 < layers.gap:
            ax.text(
                x + 9, y + (10 if there < y else -10), text, color=_GRADIENT_INK, fontsize=_SIZE, va="center", zorder=5
            )


def _draw_box(
    ax: Axes, node: Any, box: tuple[float, float, float, float], moment: Moment | None, *, result: bool
) -> None:
    left, top, width, height = box
    phase = _phase(node, moment)
    edge = GRADIENT if phase in ("start", "backward") else INK if node.op or phase else GHOST
    outline: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=7"}
    ground = FancyBboxPatch((left, top), width, height, linewidth=0, zorder=4, **outline)
    ground.set_facecolor("white" if node.op else PAPER)
    ax.add_artist(ground)
    if isinstance(node, Value):
        strip = Rectangle((left, top + height - _ROW - 4), width, _ROW + 4, linewidth=0, zorder=4.5)
        strip.set_facecolor(_GRADIENT_GROUND)
        ax.add_artist(strip).set_clip_path(ground)
    frame = FancyBboxPatch((left, top), width, height, fill=False, edgecolor=edge, zorder=5, **outline)
    frame.set_linewidth(2.6 if phase else 1.8 if result else 1.0)
    ax.add_artist(frame)


def _write(ax: Axes, box: tuple[float, float, float, float], title: Head, data: str, grad: str | None) -> None:
    """Write into a box: the name bold and the operation behind it lighter; the number; the gradient."""
    left, top, width, height = box
    style: dict[str, Any] = {"va": "center", "fontsize": _SIZE, "zorder": 6}
    name, sign = title
    middle, y = left + width / 2, top + 4 + _ROW / 2
    if name and sign:
        start = middle - _head_width(title) / 2
        ax.text(start, y, name, ha="left", weight="bold", **style)
        ax.text(start + _head_width(title), y, sign, ha="right", color=QUIET, **style)
    else:
        ax.text(middle, y, name or sign, ha="center", weight="bold", **style)
    if data:
        ax.text(middle, y + _ROW, data, ha="center", **style)
    if grad is not None:
        ax.text(middle, top + height - 3 - _ROW / 2, grad, ha="center", color=_GRADIENT_INK, **style)


def _head_width(title: Head) -> float:
    name, sign = title
    return (
        _text_width(name, bold=True) + 7 + _text_width(sign) if name and sign else _text_width(name or sign, bold=True)
    )


def _legend(ax: Axes, left: float, y: float) -> None:
    for text, color, ground in (
        (_("number"), INK, "white"),
        (_("gradient"), _GRADIENT_INK, _GRADIENT_GROUND),
    ):
        width = _text_width(text) + 12
        ax.add_artist(Rectangle((left, y - 9), width, 18, facecolor=ground, edgecolor=GHOST, linewidth=0.8, zorder=1))
        ax.text(left + width / 2, y, text, ha="center", va="center", color=color, fontsize=_SIZE)
        left += width + 6


def _describe(nodes: list[Any], moment: Moment | None) -> str:
    named = names(nodes)
    given = ", ".join(dict.fromkeys(named[node] for node in nodes if not node.op)) or _("nothing")
    computed = [node for node in nodes if node.op]
    if not computed:
        made = _("nothing")
    elif len(computed) <= 12:
        made = "; ".join(f"{named[node]} = {formula(node.op, [named[p] for p in node.parents])}" for node in computed)
    else:
        counts = Counter(symbol(node.op) for node in computed).most_common()
        made = ", ".join(f"{count} {sign}" for sign, count in counts)
    text = _("A computational graph of {count} nodes, with their numbers and gradients.")
    if isinstance(nodes[-1], Tensor):
        text = _("A computational graph of {count} arrays, with their shapes.")
    said = [
        text.format(count=len(nodes)),
        _("Given: {names}.").format(names=given),
        _("Computed: {formulas}.").format(formulas=made),
        *(moment.sentences if moment else ()),
    ]
    return " ".join(said)
