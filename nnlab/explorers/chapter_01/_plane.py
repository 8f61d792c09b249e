"""The square that the explorers of chapter 01 draw in: the ground by what a unit says, lines, points, and rings.

It goes a little beyond the corners 0 and 1 of a truth table. Nothing is computed here but where lines run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.decision import Field, along_line, crossing
from nnlab.plots.style import GHOST, INK, WRONG, Picture, axes_at, class_marks

Array = NDArray[Any]

LOW, HIGH = -0.7, 1.7
HIDDEN = "#6a3d9a"  # the lines of hidden units: dark violet, on blue and orange
CORNERS = np.array([[LOW, LOW], [HIGH, LOW], [LOW, HIGH], [HIGH, HIGH]])
SHARP = 300.0  # how many times the field is steeper than from one side to the other: an edge, not a slope


def grid(side: int) -> Array:
    """Points of the square, row by row from below: (side * side, 2)."""
    along = np.linspace(LOW, HIGH, side)
    return np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)


def step_field(w: Array, b: float) -> Array:
    """Give what a threshold unit says over the square, as a field of 2 by 2 numbers that is steep at the line."""
    z = CORNERS @ w + b
    spread = float(np.abs(z).max()) if np.any(w) else 0.0
    if not spread > 0:
        return np.full((2, 2), float(b >= 0))
    return np.asarray(0.5 + SHARP * z / spread).reshape(2, 2)


class Plane:
    """The artists of the square, and their data.

    Parameters
    ----------
    figure : Picture
    left, top, width : float
        Where it stands, in pixels of the page.
    label : str
        Of the axes, for the pointer.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture, left: float, top: float, width: float, label: str = "plane") -> None:
        self.axes = axes = axes_at(figure, left, top, width, width)
        axes.set(xlim=(LOW, HIGH), ylim=(LOW, HIGH), xticks=(0, 1), yticks=(0, 1), xlabel="x₁", label=label)
        axes.set_ylabel("x₂", rotation=0, va="center")
        axes.grid(False)
        self._field = Field(axes, np.full((2, 2), 0.5))
        axes.add_artist(self._field)
        self._thin = LineCollection([], colors=HIDDEN, linewidths=1.6)
        axes.add_collection(self._thin, autolim=False)
        (self._before,) = axes.plot([], [], color="#555555", linewidth=1.6, linestyle=(0, (3, 2)))
        (self._border,) = axes.plot([], [], color=INK, linewidth=2.4)
        self._zeros, self._ones = class_marks(axes, 6.5, 0.8)
        (self._rings,) = axes.plot([], [], marker="o", linestyle="", markerfacecolor="none", markeredgewidth=2.6)
        self._rings.set_markeredgecolor(WRONG)
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor=GHOST, linewidth=0.8)
        axes.add_patch(frame)
        self.moving: list[Artist] = [
            self._field, self._before, self._border, self._thin, self._zeros, self._ones, self._rings, frame,
        ]  # fmt: skip

    def points(self, x: Array, y: Array) -> None:
        """Put the points: large where they are few."""
        size = 15.0 if len(x) <= 4 else 6.5
        for marks, k in ((self._zeros, 0), (self._ones, 1)):
            marks.set_data(*x[y == k].T)
            marks.set_markersize(size if k == 0 else 0.92 * size)
        self._rings.set_markersize(size + 11)

    def rings(self, x: Array) -> None:
        """Ring these points, (points, 2): they are wrong."""
        self._rings.set_data(*x.T)

    def step(self, w: Array, b: float) -> None:
        """Show what a threshold unit says, and its line."""
        self._field.values = step_field(w, b)
        self._border.set_data(*along_line(w, b).T)

    def before(self, w: Array, b: float) -> None:
        """Show where the line was before, dashed."""
        self._before.set_data(*along_line(w, b).T)

    def surface(self, values: Array) -> None:
        """Show what a network says at the points of `grid`, (side, side), and where it crosses one half."""
        self._field.values = np.where(np.isfinite(values), values, np.nan)
        self._border.set_data(*crossing(np.linspace(LOW, HIGH, len(values)), values).T)

    def lines(self, w: Array, b: Array) -> None:
        """Show the lines of hidden units: w is (2, H), b is (H,)."""
        drawn = [along_line(w[:, k], float(b[k])) for k in range(len(b))]
        self._thin.set_segments([ends for ends in drawn if np.isfinite(ends).all()])
