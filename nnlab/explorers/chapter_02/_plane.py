"""A neuron with two inputs over the plane: the color of its answer, its line, and the arrow of its weights.

The three explorers of chapter 02 share it. Nothing here trains or counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.decision import Field, along_line
from nnlab.plots.style import GHOST, INK, class_marks

Array = NDArray[Any]

SIDE = 81  # points of the field along an edge
PALE = 8.0  # without a bend, z from -4 to 4 takes all colors


def answer(activation: str, z: Array) -> Array:
    """Compute what a neuron gives.

    Parameters
    ----------
    activation : {"step", "sigmoid", "linear"}
    z : ndarray

    Returns
    -------
    ndarray
        Of the same shape.
    """
    if activation == "step":
        return np.where(z >= 0, 1.0, 0.0)
    return z if activation == "linear" else 1 / (1 + np.exp(-z))


def arrow(tail: Array, tip: Array, head: float) -> Array:
    """Draw an arrow as one line: (points, 2).

    Parameters
    ----------
    tail, tip : ndarray of shape (2,)
    head : float
        Length of its head.

    Returns
    -------
    ndarray of shape (5, 2)
    """
    way = tip - tail
    length = float(np.hypot(*way))
    u = way / length if length else np.zeros(2)
    side = 0.45 * head * np.array([-u[1], u[0]])
    neck = tip - min(head, length) * u
    return np.array([tail, tip, neck + side, tip, neck - side])


class NeuronPlane:
    """The artists of a neuron's plane, and their data.

    Parameters
    ----------
    axes : Axes
    reach : float
        The square goes from -reach to reach.
    size : float
        Of the marks: circles for class 0, squares for class 1.
    pointing : bool
        Whether to draw the arrow of the weights.
    sides : bool
        Whether to draw parallels to the line, at a distance from it.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, axes: Axes, reach: float, size: float, *, pointing: bool = True, sides: bool = False) -> None:
        self._reach, self._pointing = reach, pointing
        along = np.linspace(-reach, reach, SIDE)
        self._x1, self._x2 = np.meshgrid(along, along)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="x₁", ylabel="x₂")
        axes.grid(False)
        self._field = Field(axes, np.full((SIDE, SIDE), 0.5))
        axes.add_artist(self._field)
        self._cross = [axes.plot(*ends, color=GHOST, linewidth=0.9)[0] for ends in self._axes_of(reach)]
        self._sides = [
            axes.plot([], [], color=INK, linewidth=1.1, linestyle=(0, (4, 3)))[0] for _side in range(2 * sides)
        ]
        (self._line,) = axes.plot([], [], color=INK, linewidth=2.2)
        self._zeros, self._ones = class_marks(axes, size, 0.6)
        (self._arrow,) = axes.plot([], [], color=INK, linewidth=2.2, solid_joinstyle="miter")
        frame = Rectangle((0, 0), 1, 1, transform=axes.transAxes, fill=False, edgecolor="#999999", linewidth=0.8)
        axes.add_patch(frame)
        self.moving: list[Artist] = [self._field, *self._cross, *self._sides, self._line, self._arrow]
        self.moving += [self._zeros, self._ones, frame]

    @staticmethod
    def _axes_of(reach: float) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        ends, zero = [-reach, reach], [0, 0]
        return (ends, zero), (zero, ends)

    def neuron(self, w: Array, b: float, activation: str, margin: float = np.nan) -> None:
        """Move field, line, arrow and parallels.

        Parameters
        ----------
        w : ndarray of shape (2,)
        b : float
        activation : {"step", "sigmoid", "linear"}
        margin : float
            Distance of the parallels from the line; NaN for none.
        """
        self._field.values = self._colors(w, b, activation)
        self._line.set_data(*along_line(w, b).T)
        if self._pointing:
            self._arrow.set_data(*arrow(np.zeros(2), w, 0.08 * self._reach).T)
        for line, offset in zip(self._sides, (-margin, margin), strict=False):
            line.set_data(*along_line(w, b, offset).T)

    def samples(self, x: Array, y: Array) -> None:
        """Move the marks.

        Parameters
        ----------
        x : ndarray of shape (N, 2)
        y : ndarray of shape (N,)
            0 or 1.
        """
        self._zeros.set_data(*x[y == 0].T)
        self._ones.set_data(*x[y == 1].T)

    def _colors(self, w: Array, b: float, activation: str) -> Array:
        """Compute the field, from 0 to 1."""
        z = w[0] * self._x1 + w[1] * self._x2 + b
        if activation == "linear":
            return np.clip(0.5 + z / PALE, 0, 1)
        size = float(np.hypot(*w))
        if activation == "step" and size:
            # A ramp one grid cell wide comes out as a clean edge; 0 and 1 would come out as stairs.
            return np.clip(0.5 + z / size * (SIDE - 1) / (2 * self._reach), 0, 1)
        return answer(activation, z)
