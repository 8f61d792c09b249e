"""What a network with two inputs answers, drawn: the field between the classes, its border, and the points."""

from __future__ import annotations

from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.plots.style import FIELD, INK, class_marks

Array = NDArray[Any]

RUGGED = 30  # pieces of the border from which on it is not drawn


def grid(reach: float, side: int) -> Array:
    """Points of the square from -reach to reach, row by row from below.

    Parameters
    ----------
    reach : float
    side : int
        Points along an edge.

    Returns
    -------
    ndarray of shape (side * side, 2)
        In float32.

    Examples
    --------
    >>> grid(1.0, 2).tolist()
    [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]
    """
    along = np.linspace(-reach, reach, side, dtype=np.float32)
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def along_line(w: Array, b: float, offset: float = 0.0, reach: float = 20.0) -> Array:
    """Give two points, far apart, of the line at a signed distance from the line ``x @ w + b = 0``.

    Parameters
    ----------
    w : ndarray of shape (2,)
    b : float
    offset : float
        Positive on the side to which w points.
    reach : float
        Half of the distance between the two.

    Returns
    -------
    ndarray of shape (2, 2)
        A row for each point; NaN where all weights are 0 and there is no line.

    Examples
    --------
    >>> along_line(np.array([2.0, 0.0]), -2.0, reach=3).tolist()
    [[1.0, -3.0], [1.0, 3.0]]
    """
    size = float(np.hypot(*w))
    if not size > 0:
        return np.full((2, 2), np.nan)
    u = w / size
    foot = (offset - b / size) * u
    return np.asarray(foot + np.array([[-reach], [reach]]) * np.array([-u[1], u[0]]))


def crossing(along: Array, surface: Array) -> Array:
    """Find where a surface crosses one half.

    Parameters
    ----------
    along : ndarray of shape (side,)
        Where its points lie along each axis.
    surface : ndarray of shape (side, side)
        The lowest row first; what is not finite is left out.

    Returns
    -------
    ndarray of shape (points, 2)
        All lines in one, with NaN between two; none where they are too many to be seen.
    """
    lines = contour_generator(along, along, np.ma.masked_invalid(surface)).lines(0.5)
    gap = np.full((1, 2), np.nan)
    pieces = [] if len(lines) > RUGGED else lines
    return np.concatenate([gap, *(part for line in pieces for part in (np.asarray(line), gap))])


class Field(Artist):
    """Colors of a grid of numbers that fills its axes, in a tenth of the time of matplotlib's `imshow`.

    The grid is spread over the pixels (bilinear), looked up in the color map, and copied into the picture as it is.

    Parameters
    ----------
    axes : Axes
    values : ndarray of shape (side, side)
        From 0 to 1, the lowest row first; NaN is left white.
    """

    def __init__(self, axes: Axes, values: Array) -> None:
        super().__init__()
        self.axes, self.values = axes, values
        self.set_transform(axes.transData)
        self._colors = (FIELD(np.linspace(0, 1, 256)) * 255).round().astype(np.uint8)

    def draw(self, renderer: RendererBase) -> None:
        """Copy the colors into the picture."""
        assert self.axes is not None
        box = self.axes.bbox
        left, bottom, right, top = (round(edge) for edge in (box.x0, box.y0, box.x1, box.y1))
        spread = _stretched(_stretched(self.values, top - bottom).T, right - left).T  # Agg copies upwards
        shade = np.nan_to_num(spread * 255).clip(0, 255).astype(np.uint8)
        pixels = self._colors[shade]
        pixels[np.isnan(spread)] = 255
        context = renderer.new_gc()
        renderer.draw_image(context, left, bottom, np.ascontiguousarray(pixels))
        context.restore()


def _stretched(values: Array, pixels: int) -> Array:
    """Interpolate along the first axis, whose first and last value stand on the edges: (pixels, ...)."""
    at = (np.arange(pixels) + 0.5) / pixels * (len(values) - 1)
    low = np.minimum(at.astype(int), len(values) - 2)
    share = (at - low)[:, None]
    return np.asarray(values[low] * (1 - share) + values[low + 1] * share)


class DecisionSurface:
    """The artists of a decision surface, and their data. The axes show the square, without a grid.

    Parameters
    ----------
    axes : Axes
    reach : float
        The square goes from -reach to reach.
    side : int
        Points along an edge.
    size : float
        Of the marks: circles for class 0, squares for class 1, so that nothing is told by color alone.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, axes: Axes, reach: float, side: int, size: float) -> None:
        self._along = np.linspace(-reach, reach, side)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
        axes.grid(False)
        self._field = Field(axes, np.full((side, side), 0.5))
        axes.add_artist(self._field)
        (self._border,) = axes.plot([], [], color=INK, linewidth=1.4)
        self._zeros, self._ones = class_marks(axes, size)
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor="#999999", linewidth=0.8)
        axes.add_patch(frame)
        self.moving: list[Artist] = [self._field, self._border, self._zeros, self._ones, frame]

    def update(self, surface: Array, x: Array, y: Array) -> None:
        """Move everything.

        Parameters
        ----------
        surface : ndarray of shape (side, side)
            Probability of class 1 at the points of `grid`.
        x : ndarray of shape (N, 2)
        y : ndarray of shape (N,)
            0 or 1.
        """
        self._field.values = np.where(np.isfinite(surface), surface, np.nan)
        self._border.set_data(*crossing(self._along, surface).T)
        self._zeros.set_data(*x[y == 0].T)
        self._ones.set_data(*x[y == 1].T)
