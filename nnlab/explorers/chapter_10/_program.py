"""Document C's program (4.1 to 4.4), as the explorers of chapter 10 run it: its data, its steps, its test.

Its gradient lacks the factor 2 of the loss, and so it does here. The line is a pair (slope, intercept).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers.line_fit import follow

Array = NDArray[np.float64]

TRUTH = (2.0, 1.0)  # slope and intercept before the noise
TEST = np.array([2.0, 3.0, 4.0, 5.0])  # x of the test points
RATE, STEPS, POINTS = 0.01, 1000, 100


class Data(NamedTuple):
    """What a seed draws."""

    x: Array  # (N,)
    y: Array  # (N,)
    start: tuple[float, float]

    @property
    def best(self) -> Array:
        """The line of least squares: (2,)."""
        slope, intercept = np.linalg.solve(self.hessian, 2 * np.array([np.mean(self.x * self.y), np.mean(self.y)]))
        return np.array([slope, intercept])

    @property
    def hessian(self) -> Array:
        """The second derivatives of the mean squared error: (2, 2)."""
        return curvature(self.x)

    @property
    def floor(self) -> float:
        """The loss of the best line."""
        return float(np.mean((self.best @ np.stack([self.x, np.ones_like(self.x)]) - self.y) ** 2))


@lru_cache(maxsize=64)
def draw(seed: int, points: int = POINTS, noise: float = 1.0, mean: float = 0.5) -> Data:
    """Draw the points and the first line, with the document's random numbers in their order.

    Parameters
    ----------
    seed : int
    points : int
    noise : float
        Width of the interval from which the noise is drawn.
    mean : float
        Of the noise, in widths: 0.5 for [0, 1), and 0 for [-1/2, 1/2).

    Returns
    -------
    Data
    """
    rng = np.random.RandomState(seed)  # the old generator: it gives the document's numbers
    x, drawn = rng.rand(points), rng.rand(points)
    w, b = rng.rand(2).tolist()
    return Data(x, TRUTH[0] * x + TRUTH[1] + noise * drawn + noise * (mean - 0.5), (w, b))


def curvature(x: NDArray[Any]) -> Array:
    """Give the second derivatives of the mean squared error over points at `x`.

    Parameters
    ----------
    x : ndarray of shape (N,)

    Returns
    -------
    ndarray of shape (2, 2)
    """
    return np.array([[2 * np.mean(x * x), 2 * np.mean(x)], [2 * np.mean(x), 2.0]])


def train(data: Data, rate: float, steps: int) -> Array:
    """Run the document's loop.

    Parameters
    ----------
    data : Data
    rate : float
        The learning rate.
    steps : int
        On all points each; the document calls them epochs.

    Returns
    -------
    ndarray of shape (steps + 1, 2)
        The line before each step and after the last.
    """
    sums = data.x @ data.x, data.x.sum(), data.x @ data.y, data.y.sum()
    means = tuple([2 * float(each) / len(data.x)] * steps for each in sums)
    return follow(means, rate / 2, data.start)  # half of the step, for the factor 2 that it lacks


def above(lines: Array, hessian: Array, best: Array) -> Array:
    """Measure by how much the mean squared errors of lines lie above the least one.

    Parameters
    ----------
    lines : ndarray of shape (T, 2)
    hessian : ndarray of shape (2, 2)
    best : ndarray of shape (2,)

    Returns
    -------
    ndarray of shape (T,)
    """
    away = lines - best
    return np.asarray((away @ hessian * away).sum(axis=1) / 2)


def loss_on(lines: Array, x: NDArray[Any] = TEST) -> Array:
    """Measure lines on test points that lie on the true line, without noise.

    Parameters
    ----------
    lines : ndarray of shape (..., 2)
    x : ndarray of shape (K,)

    Returns
    -------
    ndarray of shape (...)
    """
    off = lines - np.array(TRUTH)
    return np.asarray(np.mean((off[..., :1] * x + off[..., 1:]) ** 2, axis=-1))
