"""Drawings of units: the nerve cell and its model, the hidden layer's plane, and the way from a unit to a network.

The weights that are drawn come from the chapter; nothing is trained here.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import CLASS_0, CLASS_1, FIELD, GHOST, INK, QUIET, WRONG, Picture, axes_at, new_figure, styled

HIDDEN = "#6a3d9a"  # as in chapter 01's explorers
CELL = "#7a9cb8"

Array = NDArray[np.float64]


@styled
def cell_and_unit() -> Picture:
    """Draw a nerve cell, and beside it the unit that is modeled after it.

    Returns
    -------
    Picture

    Examples
    --------
    >>> "threshold" in cell_and_unit().alt
    True
    """
    figure = new_figure(840, 300, layout=None)
    _cell(_canvas(figure, 0, 425, _("a nerve cell")))
    _unit(_canvas(figure, 430, 410, _("the unit")))
    figure.alt = _(
        "Left, a nerve cell: dendrites bring signals to the cell body, and one axon leads away and ends in synapses. "
        "Right, the unit: three inputs, each multiplied by its weight, are added with the bias, and a threshold gives "
        "0 or 1."
    )
    return figure


def _canvas(figure: Picture, left: float, width: float, title: str) -> Axes:
    """Make axes in which a unit is a pixel, without any frame."""
    axes = axes_at(figure, left, 0, width, 300)
    axes.set(xlim=(0, width), ylim=(0, 300))
    axes.set_axis_off()
    axes.text(16, 280, title, fontsize=11.5, fontweight="bold", va="center")
    return axes


def _cell(axes: Axes) -> None:
    body = (150.0, 150.0)
    for tip in ((38, 232), (24, 178), (30, 108), (66, 58), (120, 248)):
        _branch(axes, body, tip, 7.0)
    _curve(axes, [(150, 150), (215, 150), (250, 128), (318, 140)], 6.0)
    for tip in ((352, 176), (366, 146), (356, 112)):
        _curve(axes, [(316, 140), (330, 141), (340, tip[1]), tip], 3.0)
        axes.add_patch(Circle(tip, 5.5, color=CELL))
    axes.add_patch(Circle(body, 34, facecolor="#a9c3d8", edgecolor=CELL, linewidth=2))
    axes.add_patch(Circle(body, 11, color=CELL))
    for x, y, text in (
        (40, 28, _("dendrites: signals arrive")),
        (188, 204, _("cell body:\nadds them up")),
        (222, 100, _("axon: a spike,\nor none")),
        (304, 226, _("synapses:\nstrong or weak")),
    ):
        axes.text(x, y, text, color=INK, va="center")


def _branch(axes: Axes, start: tuple[float, float], tip: tuple[float, float], width: float) -> None:
    """Draw a dendrite that splits in two."""
    a, b = np.array(start), np.array(tip)
    across = np.array([a[1] - b[1], b[0] - a[0]]) / np.hypot(*(b - a))
    fork = a + 0.62 * (b - a)
    _curve(axes, [a, a + 0.3 * (b - a) + 8 * across, fork - 6 * across, fork], width)
    for side in (-1, 1):
        _curve(axes, [fork, fork + 0.15 * (b - a), b + 9 * side * across, b + 15 * side * across], 0.45 * width)


def _curve(axes: Axes, points: list[ArrayLike], width: float) -> None:
    path = Path(np.array(points, dtype=float), [Path.MOVETO, *[Path.CURVE4] * 3])
    axes.add_patch(PathPatch(path, fill=False, edgecolor=CELL, linewidth=width * 0.72, capstyle="round"))


def _unit(axes: Axes) -> None:
    total, step = (190.0, 150.0), (292.0, 150.0)
    for k, y in enumerate((226, 150, 74)):
        _arrow(axes, (56, y), (164, 150 + 0.28 * (y - 150)))
        axes.add_patch(Circle((40, y), 17, facecolor="white", edgecolor=CLASS_0, linewidth=2))
        axes.text(40, y, f"$x_{k + 1}$", ha="center", va="center", fontsize=12)
        axes.text(106, 150 + 0.66 * (y - 150) + 13, f"$w_{k + 1}$", ha="center", color=HIDDEN, fontsize=12.5)
    _arrow(axes, (190, 70), (190, 120))
    axes.text(190, 58, "$b$", ha="center", va="center", color=HIDDEN, fontsize=12.5)
    axes.add_patch(Circle(total, 28, facecolor="white", edgecolor=INK, linewidth=2))
    axes.text(190, 150, "Σ", ha="center", va="center", fontsize=19)
    _arrow(axes, (219, 150), (263, 150))
    axes.text(241, 161, "$z$", ha="center", fontsize=12.5)
    axes.add_patch(Rectangle((264, 122), 56, 56, facecolor="white", edgecolor=INK, linewidth=2))
    axes.plot([271, 292, 292, 313], [134, 134, 166, 166], color=INK, linewidth=2.2)
    _arrow(axes, (321, 150), (366, 150))
    axes.text(384, 150, "$\\hat{y}$", ha="center", va="center", fontsize=14)
    for x, y, text in (
        (40, 34, _("inputs")), (104, 238, _("weights")), (190, 34, _("bias")), (190, 206, _("sum")),
        (step[0], 206, _("threshold")), (378, 206, _("0 or 1")),
    ):  # fmt: skip
        axes.text(x, y, text, ha="center", va="center", color=QUIET)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.5, "shrinkA": 0})


@styled
@checked
def hidden_space(x: ArrayLike, y: ArrayLike, W1: ArrayLike, b1: ArrayLike, w2: ArrayLike, b2: float) -> Picture:
    """Draw what two hidden threshold units see, and where they put the points.

    Parameters
    ----------
    x : array_like of shape (N, 2)
        Corners of the unit square.
    y : array_like of shape (N,)
        0 or 1.
    W1 : array_like of shape (2, 2)
        A column for each hidden unit.
    b1 : array_like of shape (2,)
    w2 : array_like of shape (2,)
        Weights of the output unit.
    b2 : float

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the shapes are not those of a network with two inputs and two hidden units.
    """
    points, classes, kernel = np.asarray(x, float), np.asarray(y), np.asarray(W1, float)
    bias, out = np.asarray(b1, float), np.asarray(w2, float)
    if (
        points.ndim != 2
        or points.shape[1:] != (2,)
        or kernel.shape != (2, 2)
        or bias.shape != (2,)
        or out.shape != (2,)
    ):
        message = _(
            "plots.hidden_space draws 2 inputs and 2 hidden units: x (N, 2), W1 (2, 2), b1 (2,), w2 (2,); got {shapes}."
        )
        shapes = ", ".join(str(a.shape) for a in (points, kernel, bias, out))
        raise ValueError(message.format(shapes=shapes))
    hidden = (points @ kernel + bias >= 0).astype(float)
    figure = new_figure(720, 330, layout=None)
    left = _plane(figure, 52, _("the inputs, and the two units' lines"), ("$x_1$", "$x_2$"))
    right = _plane(figure, 430, _("the same points after the layer"), ("$h_1$", "$h_2$"))
    for k in range(2):
        _line(left, kernel[:, k], float(bias[k]), HIDDEN, f"$h_{k + 1}$")
    _ground(right, out, float(b2))
    _line(right, out, float(b2), INK, "")
    for axes, at in ((left, points), (right, hidden)):
        _points(axes, at, classes)
        _names(axes, at, points)
    right_answers = (hidden @ out + b2 >= 0).astype(int) == classes
    figure.alt = _(
        "Left, the points with the lines of two hidden units. Right, where the two units put them: {places}. There one "
        "line gets {right} of {all} right."
    ).format(places=_told(points, hidden), right=int(right_answers.sum()), all=len(points))
    return figure


@styled
def unit_to_network() -> Picture:
    """Draw the chapter in three pictures: one unit's line, XOR that no line parts, and XOR behind a hidden layer.

    Returns
    -------
    Picture

    Examples
    --------
    >>> unit_to_network().alt.count("line")
    3
    """
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    xor = np.array([0, 1, 1, 0])
    hidden = (corners @ np.ones((2, 2)) + np.array([-0.5, -1.5]) >= 0).astype(float)  # OR and AND
    figure = new_figure(840, 296, layout=None)
    panels = [
        (_("one unit: one line"), ("$x_1$", "$x_2$"), corners, np.array([0, 0, 0, 1])),
        (_("XOR: no line will do"), ("$x_1$", "$x_2$"), corners, xor),
        (_("hidden layer: one line"), ("$h_1$", "$h_2$"), hidden, xor),
    ]
    for k, (title, names, at, y) in enumerate(panels):
        axes = _plane(figure, 44 + 276 * k, title, names, 214)
        if k == 1:
            for w, b in (([1, 1], -0.5), ([1, 1], -1.5), ([1, 0.15], -0.55), ([-0.15, 1], -0.45)):
                _line(axes, np.array(w, float), b, WRONG, "", dashed=True)
        else:
            w, b = ([1.0, 1.0], -1.5) if k == 0 else ([1.0, -1.0], -0.5)
            _ground(axes, np.array(w), b)
            _line(axes, np.array(w), b, INK, "")
        _points(axes, at, y)
    figure.alt = _(
        "Three squares. One unit parts the points of AND by a line. For XOR every line leaves a point on the wrong "
        "side. After a hidden layer has moved the points of XOR, one line parts them."
    )
    return figure


def _plane(figure: Picture, left: float, title: str, names: tuple[str, str], side: float = 250) -> Axes:
    axes = axes_at(figure, left, 28, side, side)
    axes.set(xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=(0, 1), yticks=(0, 1), xlabel=names[0])
    axes.set_ylabel(names[1], rotation=0, va="center")
    axes.set_title(title, pad=6)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=GHOST)
    return axes


def _ground(axes: Axes, w: Array, b: float) -> None:
    """Color the ground by what a threshold unit says."""
    along = np.linspace(-0.6, 1.6, 221)
    says = along[None, :] * w[0] + along[:, None] * w[1] + b >= 0
    two = ListedColormap([FIELD(0.0), FIELD(1.0)])
    axes.imshow(says, cmap=two, extent=(-0.6, 1.6, -0.6, 1.6), origin="lower", vmin=0, vmax=1, zorder=0, aspect="auto")


def _line(axes: Axes, w: Array, b: float, color: str, name: str, *, dashed: bool = False) -> None:
    foot, along = -b * w / float(w @ w), np.array([-w[1], w[0]]) / float(np.hypot(*w))
    ends = np.stack([foot - 5 * along, foot + 5 * along])
    style = (0, (4, 2)) if dashed else "-"
    axes.plot(*ends.T, color=color, linewidth=1.6 if dashed else 2.4, linestyle=style, scalex=False, scaley=False)
    if name:
        at = foot - 0.95 * along * np.sign(along[0] or 1)
        inside = np.clip(at + 0.13 * w / float(np.hypot(*w)), -0.5, 1.5)
        axes.text(float(inside[0]), float(inside[1]), name, color=color, ha="center", va="center", fontsize=13)


def _points(axes: Axes, at: Array, y: NDArray[np.int64]) -> None:
    for k, (marker, color) in enumerate((("o", CLASS_0), ("s", CLASS_1))):
        axes.plot(
            *at[y == k].T, marker, color=color, markersize=14 - k, markeredgecolor="white", clip_on=False, zorder=5
        )


def _names(axes: Axes, at: Array, points: Array) -> None:
    """Write the inputs beside the points; those that share a place share a label."""
    for place in np.unique(at, axis=0):
        here = points[(at == place).all(axis=1)]
        text = _(" and ").join(f"({p:g}, {q:g})" for p, q in here)
        axes.annotate(text, place, (0, -12), textcoords="offset points", ha="center", va="top", fontsize=10, zorder=6)


def _told(points: Array, hidden: Array) -> str:
    pairs = zip(points, hidden, strict=True)
    return ", ".join(_("({p}) to ({h})").format(p=_pair(p), h=_pair(h)) for p, h in pairs)


def _pair(point: Array) -> str:
    return f"{point[0]:g}, {point[1]:g}"
