"""The way of the plane's points through the layers of a small network: the geometry behind `nnlab.plots.planes`.

A `Passage` multiplies, shifts and bends in small steps, and looks at the result so that it begins as the plane itself
and ends with the border between the classes lying level. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from contourpy import contour_generator
from numpy.typing import NDArray

from nnlab import activations

Array = NDArray[Any]

REACH = 2.4  # the sheet is the square from -2.4 to 2.4
FINE = 81  # points along an edge of the square for the answers and their border
TILT = 0.55  # of the way to the last view that a sheet in space is turned while it is stretched
_LOW = "₁₂₃"


class Passage:
    """The way of points from the plane through hidden layers of two or three units each.

    Parameters
    ----------
    weights : sequence of ndarray
        Kernel and bias of each layer in turn, as ``model.get_weights()`` gives them; the last layer has one unit.
    activation : str
        Of the hidden layers.
    samples : ndarray of shape (N, 2)
        They decide from where the last stage is looked at, and how large all is drawn.

    Attributes
    ----------
    stages : list of str
        What happens one after the other: "linear", "shift" and "bend" for each hidden layer, at last "turn".
    field : ndarray of shape (FINE, FINE)
        The network's last z over the square of the sheet, the lowest row first.
    border : ndarray of shape (points, 2)
        Where in the plane it is 0; rows of NaN between two pieces.
    """

    def __init__(self, weights: Sequence[Array], activation: str, samples: Array) -> None:
        self._f = activations.get(activation)
        pairs = [(np.asarray(k, np.float64), np.asarray(b, np.float64)) for k, b in _pairs(weights)]
        self.layers, (self._last, self._last_bias) = _upright(pairs[:-1], pairs[-1])
        kernel = self.layers[0][0]  # (2, H) = stretch (2, 2) times frame (2, H), whose rows are orthonormal
        left, sizes, right = np.linalg.svd(kernel, full_matrices=False)
        self._stretch, self._frame = left * sizes @ left.T, left @ right
        self.stages = [stage for _layer in self.layers for stage in ("linear", "shift", "bend")] + ["turn"]
        self._samples = np.asarray(samples, np.float64)
        self._views = self._first_view(), self._last_view()
        self.field, self.border = self._answers()

    @property
    def dimensions(self) -> int:
        """Units of each hidden layer."""
        return int(self._frame.shape[1])

    def forward(self, x: Array) -> Array:
        """Compute the last z, before the sigmoid: (N,)."""
        return np.asarray((self._hidden(x) @ self._last + self._last_bias)[:, 0])

    def _hidden(self, x: Array) -> Array:
        a = np.asarray(x, np.float64)
        for kernel, bias in self.layers:
            a = self._f(a @ kernel + bias)
        return a

    def place(self, x: Array, position: float) -> Array:
        """Say where points are after so many stages, as one sees them.

        Parameters
        ----------
        x : ndarray of shape (N, 2)
        position : float
            From 0 to ``len(stages)``; 1.5 is half way through the second stage.

        Returns
        -------
        ndarray of shape (N, 2) or (N, 3)
            To the right, upwards and, in space, towards the eye.
        """
        a = np.asarray(x, np.float64) @ self._frame
        first = True
        for number, (kernel, bias) in enumerate(self.layers):
            done = [float(np.clip(position - 3 * number - k, 0, 1)) for k in range(3)]
            if first:
                stretch = (1 - done[0]) * np.eye(2) + done[0] * self._stretch
                a, first = np.asarray(x, np.float64) @ stretch @ self._frame, False
            else:
                a = a @ ((1 - done[0]) * np.eye(len(kernel)) + done[0] * kernel)
            a = a + done[1] * bias
            if done[2]:
                a = (1 - done[2]) * a + done[2] * self._f(a)
        return np.asarray(a @ self.view(position))

    def view(self, position: float) -> Array:
        """Give the directions to the right, upwards and towards the eye, as columns.

        Parameters
        ----------
        position : float

        Returns
        -------
        ndarray of shape (H, H)
        """
        first, last = self._views
        begun, ended = _ease(position), _ease(position - len(self.stages) + 1)
        if self.dimensions == 2:
            plain = np.eye(2)
            return _between(first, plain, begun) if ended == 0 else _between(plain, last, ended)
        return _between(first, last, TILT * begun + (1 - TILT) * ended)

    def box(self, position: float) -> tuple[Array, float]:
        """Choose what to show: the center, and how far the samples reach from it, with a margin."""
        seen = self.place(self._samples, position)[:, :2]
        low, high = seen.min(axis=0), seen.max(axis=0)
        return (low + high) / 2, max(1e-6, 0.62 * float((high - low).max()))

    def compass(self, position: float) -> dict[str, Array]:
        """Name the directions in which one number of a point grows, and say where they are seen to lead.

        Parameters
        ----------
        position : float

        Returns
        -------
        dict of str to ndarray of shape (2,)
        """
        if position <= 0:
            return {"x₁": np.array([1.0, 0.0]), "x₂": np.array([0.0, 1.0])}
        done = (position % 3 == 0 and position > 0) or position > len(self.stages) - 1 or (position % 3 > 2)
        letter = "a" if done else "z"
        return {f"{letter}{_LOW[k]}": way[:2] for k, way in enumerate(self.view(position))}

    def _first_view(self) -> Array:
        if self.dimensions == 2:
            return np.asarray(self._frame.T)
        right, up = self._frame
        return np.stack([right, up, np.cross(right, up)], axis=1)

    def _last_view(self) -> Array:
        up = self._last[:, 0] / max(1e-12, float(np.linalg.norm(self._last)))
        if self.dimensions == 2:
            return np.array([[up[1], up[0]], [-up[0], up[1]]])
        bent = self._hidden(self._samples)
        flat = bent - bent.mean(axis=0)
        flat = flat - flat @ up[:, None] * up  # what is left of them when one looks along `up`
        right = np.linalg.svd(flat, full_matrices=False)[2][0]
        right = right - right @ up * up
        right = right / max(1e-12, float(np.linalg.norm(right)))
        views = [np.stack([side, up, np.cross(side, up)], axis=1) for side in (right, -right)]
        first = self._first_view()
        return max(views, key=lambda view: float(np.trace(first.T @ view)))  # the shorter way

    def _answers(self) -> tuple[Array, Array]:
        along = np.linspace(-REACH, REACH, FINE)
        field = self.forward(np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)).reshape(FINE, FINE)
        lines = contour_generator(along, along, field).lines(0.0)
        gap = np.full((1, 2), np.nan)
        return field, np.concatenate([gap, *(part for line in lines for part in (np.asarray(line), gap))])


def _pairs(weights: Sequence[Array]) -> list[tuple[Array, Array]]:
    return list(zip(weights[::2], weights[1::2], strict=True))


def _upright(
    hidden: list[tuple[Array, Array]], last: tuple[Array, Array]
) -> tuple[list[tuple[Array, Array]], tuple[Array, Array]]:
    """Exchange two units of a layer that would turn the sheet over: their order means nothing, and it looks calmer."""
    layers = [*hidden, last]
    for k, (kernel, bias) in enumerate(hidden):
        kernel, bias = layers[k]
        if kernel.shape[0] == kernel.shape[1] and np.linalg.det(kernel) < 0:
            order = [1, 0, *range(2, kernel.shape[1])]
            layers[k] = kernel[:, order], bias[order]
            layers[k + 1] = layers[k + 1][0][order], layers[k + 1][1]
    return layers[:-1], layers[-1]


def _ease(share: float) -> float:
    """Go from 0 to 1, slowly at both ends."""
    share = float(np.clip(share, 0, 1))
    return share * share * (3 - 2 * share)


def _between(one: Array, other: Array, share: float) -> Array:
    """Turn from one view to another, on the shortest way."""
    turn = one.T @ other
    if len(turn) == 2:
        angle = share * np.arctan2(turn[1, 0], turn[0, 0])
        return np.asarray(one @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]))
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    length = float(np.linalg.norm(axis))
    if length < 1e-9:
        return other if share > 0.5 else one
    x, y, z = axis / length
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = share * angle
    return np.asarray(one @ (np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross))
