"""A line fit by gradient descent, as chapters 06 and 10 use it: points, curvatures, batches, steps.

The parameters are the slope w and the intercept b, the loss is the mean squared error. Around its minimum the loss is
exactly a quadratic, so that a batch is five sums, and a step is a few multiplications.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Sums = tuple[list[float], ...]  # of the batches, one list for each kind

BEST = (1.0, 0.5)  # slope and intercept of the best line, whatever the points
FAR = 1e60  # steps end where a parameter is larger: its square would soon be no number


class Points(NamedTuple):
    """Points around the line `BEST`, which is exactly their best line."""

    x: Array  # (N,)
    y: Array  # (N,)

    @property
    def floor(self) -> float:
        """The loss of the best line."""
        return float(np.mean((BEST[0] * self.x + BEST[1] - self.y) ** 2))

    @property
    def hessian(self) -> Array:
        """The second derivatives of the loss, 2/N times X.T @ X: (2, 2)."""
        X = np.stack([self.x, np.ones_like(self.x)], axis=1)
        return np.asarray(2 / len(X) * X.T @ X)


@cache
def points(count: int, mean: float, noise: float) -> Points:
    """Draw points whose x have exactly this mean, and a standard deviation of 1.

    Parameters
    ----------
    count : int
    mean : float
        Of x.
    noise : float
        Standard deviation of y around the line.

    Returns
    -------
    Points
    """
    rng = np.random.default_rng(6)
    u, e = rng.standard_normal((2, count))
    u = (u - u.mean()) / u.std()
    e = e - e.mean()
    e = e - (e @ u) / count * u  # so that the best line does not move
    x = mean + u
    return Points(x, BEST[0] * x + BEST[1] + noise * e / e.std())


def batches(count: int, size: int, steps: int, seed: int = 0) -> NDArray[np.int64]:
    """Deal samples out in batches: within an epoch each comes once, in an order drawn anew for each epoch.

    Parameters
    ----------
    count : int
        Samples.
    size : int
        Of a batch; a divisor of `count`.
    steps : int
    seed : int

    Returns
    -------
    ndarray of shape (steps, size)
    """
    rng = np.random.default_rng(seed)
    epochs = -(-steps * size // count)
    if size == count:
        return np.tile(np.arange(count), (steps, 1))
    orders = np.concatenate([rng.permutation(count) for _epoch in range(epochs)])
    return orders[: steps * size].reshape(steps, size)


def sums(found: Points, chosen: NDArray[np.int64]) -> Sums:
    """Add up what the gradient of each batch needs.

    Parameters
    ----------
    found : Points
    chosen : ndarray of shape (steps, size)
        The samples of each batch.

    Returns
    -------
    tuple of list of float
        Twice the means of x squared, of x, of x times y, and of y.
    """
    x, y = found.x[chosen], found.y[chosen]
    return tuple((2 * part.mean(axis=1)).tolist() for part in (x * x, x, x * y, y))


def descend(found: Points, chosen: NDArray[np.int64], rate: float, start: tuple[float, float]) -> Array:
    """Take a step down the gradient of each batch.

    Parameters
    ----------
    found : Points
    chosen : ndarray of shape (steps, size)
        The samples of each batch.
    rate : float
        The learning rate.
    start : tuple of float
        Slope and intercept.

    Returns
    -------
    ndarray of shape (steps + 1, 2)
        Slope and intercept before each step and after the last; it stays where it is once it is far beyond all bounds.
    """
    return follow(sums(found, chosen), rate, start)


def follow(batches: Sums, rate: float, start: tuple[float, float]) -> Array:
    """Take a step down the gradient of each batch, as `descend` does.

    Parameters
    ----------
    batches : tuple of list of float
        As `sums` gives them.
    rate : float
    start : tuple of float

    Returns
    -------
    ndarray of shape (steps + 1, 2)
    """
    w, b = start
    path = [(w, b)]
    for xx, x1, xy, y1 in zip(*batches, strict=True):  # plain numbers: a step takes less than a microsecond
        if abs(w) < FAR and abs(b) < FAR:
            w, b = w - rate * (xx * w + x1 * b - xy), b - rate * (x1 * w + 2 * b - y1)
        path.append((w, b))
    return np.array(path)


def losses(found: Points, path: Array) -> tuple[Array, Array]:
    """Measure each place of a path on all points.

    Parameters
    ----------
    found : Points
    path : ndarray of shape (T, 2)

    Returns
    -------
    above : ndarray of shape (T,)
        The loss above that of the best line.
    norm : ndarray of shape (T,)
        Length of the gradient.
    """
    away = path - np.array(BEST)
    gradient = away @ found.hessian  # (T, 2)
    return (away * gradient).sum(axis=1) / 2, np.hypot(*gradient.T)


def ellipses(hessian: Array, levels: NDArray[Any]) -> Array:
    """Give the places at which the loss is so much above its minimum.

    Parameters
    ----------
    hessian : ndarray of shape (2, 2)
    levels : ndarray of shape (K,)

    Returns
    -------
    ndarray of shape (points, 2)
        One line, with a gap of NaN between two ellipses.
    """
    curvatures, axes = np.linalg.eigh(hessian)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    unit = circle * np.sqrt(2 / curvatures) @ axes.T  # of level 1
    unit = np.concatenate([unit, [[np.nan, np.nan]]])
    return np.concatenate([np.array(BEST) + np.sqrt(level) * unit for level in levels])
