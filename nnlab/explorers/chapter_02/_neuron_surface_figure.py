"""What `neuron_surface` draws: the plane, the surface above it, and the cut along the arrow of the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.chapter_02._plane import PALE, NeuronPlane, answer
from nnlab.explorers.decision import along_line
from nnlab.language import _
from nnlab.plots.style import CLASS_0, FIELD, GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 412)
REACH = 3.0  # the plane shows the square from -3 to 3
LOW, HIGH = -0.6, 1.6  # the answers that are shown; only a neuron without a bend leaves them

# Where the directions of x1, x2 and the answer go on the page, and which way is farther from the eye.
_TO_PAGE = np.array([[0.80, -0.26], [0.52, 0.40], [0.0, 2.5]])
_FAR = np.array([-0.55, 0.84])


class SurfaceFigure:
    """The artists that move, and their data.

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
        plane = axes_at(figure, 52, 34, 326, 326)
        plane.set(label="plane", xticks=range(-3, 4), yticks=range(-3, 4))
        self._plane = NeuronPlane(plane, REACH, 9)
        (self._way,) = plane.plot([], [], color=INK, linewidth=1.6, linestyle=(0, (2, 1.6)))
        (self._sample,) = plane.plot([], [], "D", color=INK, markersize=8, markeredgecolor="white")
        self._sum = plane.text(0, 1.03, "", transform=plane.transAxes, color=INK)
        self._w = plane.text(0, 0, "w", color=INK, fontweight="bold", ha="center", va="center", clip_on=True)
        self._surface = _Surface(axes_at(figure, 430, 14, 400, 220))
        self._profile = _Profile(axes_at(figure, 484, 274, 340, 86))
        self.moving: list[Artist] = [*self._plane.moving, self._way, self._sample, self._w, self._sum]
        self.moving += [*self._surface.moving, *self._profile.moving]

    def update(self, arrays: dict[str, Any], activation: str) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        activation : str
        """
        w, b, x = arrays["w"], float(arrays["b"]), arrays["sample"]
        self._plane.neuron(w, b, activation)
        self._way.set_data(*np.array([x, arrays["foot"]]).T)
        self._sample.set_data([x[0]], [x[1]])
        size = float(np.hypot(*w))
        self._w.set_visible(size > 0.3)
        beyond = w * (1 + 0.3 / size) if size else w
        beside = 0.55 * w + 0.3 * np.array([w[1], -w[0]]) / size if size else w
        self._w.set_position(tuple(beyond if np.abs(beyond).max() < REACH - 0.15 else beside))
        terms = [f"{bracketed(w[k])} · {bracketed(x[k])}" for k in range(2)]
        self._sum.set_text(f"z = {terms[0]} + {terms[1]} + {bracketed(b)} = {written(float(arrays['z']))}")
        self._surface.update(w, b, activation, x, float(arrays["a"]))
        self._profile.update(arrays)


def written(value: float) -> str:
    """Write a number with two digits."""
    text = f"{value:.2f}"
    return text.replace("-", "−") if float(text) else "0.00"


def bracketed(value: float) -> str:
    """Write a number with two digits, in brackets where it is negative."""
    text = written(value)
    return f"({text})" if text.startswith("−") else text


class _Surface:
    """The answer as a height above the square: strips along the line, drawn from far to near."""

    def __init__(self, axes: Axes) -> None:
        axes.set_axis_off()
        axes.set(xlim=(-4.6, 4.4), ylim=(-2.15, 4.9))
        corners = REACH * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
        for height in (0.0, 1.0):
            axes.plot(*_on_page(corners, height).T, color=GHOST, linewidth=1)
        for corner in corners[:3]:
            axes.plot(*_on_page(np.array([corner, corner]), np.array([0.0, 1.0])).T, color=GHOST, linewidth=1)
        for place, height, text, align in (
            ((0.0, -3.5), 0.0, "x₁", "center"), ((3.5, 0.0), 0.0, "x₂", "left"), ((-3.2, -3.0), 0.0, "0", "right"),
            ((-3.2, -3.0), 1.0, "1", "right"), ((-3.2, -3.0), 0.5, "a", "right"),
        ):  # fmt: skip
            x, y = _on_page(np.array(place), height)
            axes.text(x, y, text, color=QUIET, ha=align, va="center")
        self._strips = PolyCollection([], linewidths=0.4, edgecolors="face")
        axes.add_collection(self._strips, autolim=False)
        (self._edge,) = axes.plot([], [], color=INK, linewidth=1.8)
        (self._post,) = axes.plot([], [], color=INK, linewidth=1.2, linestyle=(0, (2, 2)))
        (self._sample,) = axes.plot([], [], "D", color=INK, markersize=7, markeredgecolor="white")
        self.moving: list[Artist] = [self._strips, self._edge, self._post, self._sample]

    def update(self, w: Array, b: float, activation: str, x: Array, a: float) -> None:
        corners, heights = strips(w, b, activation)
        shades = heights.mean(axis=1)
        if activation == "linear":
            shades = 0.5 + shades / PALE
        inside = (heights.min(axis=1) > LOW - 1e-9) & (heights.max(axis=1) < HIGH + 1e-9)
        self._strips.set_verts(list(_on_page(corners, heights)[inside]))
        self._strips.set_facecolor(FIELD(np.clip(shades[inside], 0, 1)))
        middle = 0.0 if activation == "linear" else 0.5
        self._edge.set_data(*_on_page(_inside(along_line(w, b)), middle).T)
        shown = LOW < a < HIGH
        self._post.set_data(*_on_page(np.array([x, x]), np.array([0.0, a if shown else np.nan])).T)
        self._sample.set_data(*(_on_page(x, a if shown else np.nan)[:, None]))


def _on_page(x: Array, height: Any) -> Array:
    """Where points of the plane stand on the page, lifted by a height: (..., 2) to (..., 2)."""
    return np.asarray(x @ _TO_PAGE[:2] + np.asarray(height)[..., None] * _TO_PAGE[2])


def _inside(line: Array) -> Array:
    """Cut a line to the square; NaN where it passes by."""
    begin, way = line[0], line[1] - line[0]
    low, high = _spans(begin[None], way)
    ends = np.array([begin + share * way for share in (low[0], high[0])])
    meets = high[0] > low[0] and np.abs(ends).max() < REACH + 1e-6  # a line parallel to an edge may lie outside
    return ends if meets else np.full((2, 2), np.nan)


def _spans(begin: Array, way: Array) -> tuple[Array, Array]:
    """From where to where lines begin + s * way are inside the square: two arrays (K,)."""
    free = np.abs(way) < 1e-12  # parallel to an edge
    ends = (np.array([-REACH, REACH])[:, None, None] - begin) / np.where(free, 1.0, way)  # (2, K, 2)
    low, high = np.where(free, -np.inf, ends.min(axis=0)), np.where(free, np.inf, ends.max(axis=0))
    return low.max(axis=1), high.min(axis=1)


def strips(w: Array, b: float, activation: str) -> tuple[Array, Array]:
    """Cut the square into strips along the line, narrow where the answer changes.

    Parameters
    ----------
    w : ndarray of shape (2,)
    b : float
    activation : str

    Returns
    -------
    corners : ndarray of shape (K, 4, 2)
        From the farthest strip to the nearest.
    heights : ndarray of shape (K, 4)
        The answer there.
    """
    size = float(np.hypot(*w))
    u = w / size if size else np.array([1.0, 0.0])
    edges = np.array([s * u[0] + t * u[1] for s in (-REACH, REACH) for t in (-REACH, REACH)])  # of the corners
    bends = np.linspace(LOW, HIGH, 12) if activation == "linear" else np.linspace(-5, 5, 21)
    bend = (bends - b) / size if size else edges[:0]
    at = np.unique(np.clip(np.concatenate([np.linspace(edges.min(), edges.max(), 25), edges, bend]), *_range(edges)))
    low, high = at[:-1], at[1:]
    heights = answer(activation, size * np.array([low, low, high, high]).T + b)
    if activation == "step":
        heights = np.repeat(answer(activation, size * (low + high)[:, None] / 2 + b), 4, axis=1)
    corners = np.stack([*_chord(low, u), *_chord(high, u)[::-1]], axis=1)  # (K, 4, 2)
    if activation == "step" and size and low[0] < -b / size < high[-1]:
        wall = np.concatenate([_chord(np.array([-b / size]), u)] * 2)[[0, 1, 3, 2]].transpose(1, 0, 2)
        place = int(np.searchsorted(low, -b / size))
        corners = np.insert(corners, place, wall[0], axis=0)
        heights = np.insert(heights, place, [0.0, 0.0, 1.0, 1.0], axis=0)
    order = slice(None, None, -1) if u @ _FAR > 0 else slice(None)
    return corners[order], heights[order]


def _range(edges: Array) -> tuple[float, float]:
    return float(edges.min()), float(edges.max())


def _chord(t: Array, u: Array) -> Array:
    """Both ends, in the square, of the lines at a distance t from the origin, across u: (2, K, 2)."""
    across = np.array([-u[1], u[0]])
    begin = t[:, None] * u
    low, high = _spans(begin, across)
    return np.array([begin + s[:, None] * across for s in (low, np.maximum(low, high))])


class _Profile:
    """The answer along the arrow of the weights."""

    def __init__(self, axes: Axes) -> None:
        axes.set(label="profile", xlim=(-4, 4), ylim=(-0.3, 1.3), yticks=(0, 0.5, 1), yticklabels=("0", "½", "1"))
        axes.set(xlabel=_("place along the arrow w, from the origin"), ylabel="a")
        self._title = axes.text(0, 1.1, "", transform=axes.transAxes, color=INK)
        (self._edge,) = axes.plot([], [], color=INK, linewidth=2)
        (self._curve,) = axes.plot([], [], color=CLASS_0, linewidth=2.4)
        (self._way,) = axes.plot([], [], color=INK, linewidth=1.6, linestyle=(0, (2, 1.6)))
        (self._sample,) = axes.plot([], [], "D", color=INK, markersize=8, markeredgecolor="white")
        self.moving: list[Artist] = [self._edge, self._curve, self._way, self._sample, self._title]

    def update(self, arrays: dict[str, Any]) -> None:
        edge, place, a = float(arrays["edge"]), float(arrays["place"]), float(arrays["a"])
        self._curve.set_data(arrays["along"], arrays["profile"])
        self._edge.set_data([edge, edge], [-1, 2])
        self._way.set_data([edge, place], [a, a])
        self._sample.set_data([place], [a])
        numbers = {"a": written(a), "distance": written(place - edge)}
        words = _("a = {a}, {distance} from the line") if np.isfinite(edge) else _("a = {a}, and no line")
        self._title.set_text(words.format(**numbers))
