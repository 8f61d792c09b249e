"""The best line through points for each of four losses: no steps, the minimum itself.

What is minimized is the mean over the points of a function of the error e, the prediction minus the target:
``e**2``, ``|e|``, Huber's loss, and ``min(e**2, delta**2)``, which stops growing.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def slopes(e: Array, delta: float) -> dict[str, Array]:
    """Differentiate each loss with respect to the prediction.

    Parameters
    ----------
    e : ndarray
        Errors, predictions minus targets.
    delta : float
        Where Huber's loss and the capped one turn.

    Returns
    -------
    dict of str to ndarray
    """
    return {
        "squared": 2 * e,
        "absolute": np.sign(e),
        "Huber": np.clip(e, -delta, delta),
        "capped": np.where(np.abs(e) < delta, 2 * e, 0.0),
    }


def fit(x: Array, y: Array, delta: float) -> dict[str, Array]:
    """Find the best line for each loss.

    Parameters
    ----------
    x, y : ndarray of shape (N,)
        With at least two different x; N at most 16.
    delta : float
        Above 0.

    Returns
    -------
    dict of str to ndarray of shape (2,)
        Slope and intercept.

    Examples
    --------
    >>> lines = fit(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0, 9.0]), 1.0)
    >>> lines["squared"].round(6).tolist(), lines["absolute"].round(6).tolist()
    ([2.8, -1.2], [1.0, 0.0])
    """
    return {
        "squared": _squared(x, y, np.ones_like(x)),
        "absolute": _absolute(x, y),
        "Huber": _huber(x, y, delta),
        "capped": _capped(x, y, delta),
    }


def _squared(x: Array, y: Array, weight: Array) -> Array:
    total = weight.sum()
    x_mean, y_mean = weight @ x / total, weight @ y / total
    slope = weight @ ((x - x_mean) * (y - y_mean)) / (weight @ (x - x_mean) ** 2)
    return np.array([slope, y_mean - slope * x_mean])


def _absolute(x: Array, y: Array) -> Array:
    """Try the lines through two of the points: a best one is among them (the minimum of a linear program)."""
    i, j = _pairs(len(x))
    apart = x[i] != x[j]
    i, j = i[apart], j[apart]
    slope = (y[j] - y[i]) / (x[j] - x[i])
    intercept = y[i] - slope * x[i]
    total = np.abs(slope[:, None] * x + intercept[:, None] - y).sum(axis=1)  # (lines,)
    best = int(np.argmin(total))
    return np.array([slope[best], intercept[best]])


def _huber(x: Array, y: Array, delta: float) -> Array:
    """Weighted squares again and again: a point beyond delta counts by delta / |e| (Huber, 1964)."""
    line = _absolute(x, y)
    for _ in range(1000):
        distance = np.abs(line[0] * x + line[1] - y)
        weight = delta / np.maximum(distance, delta)
        before, line = line, _squared(x, y, weight)
        if np.abs(line - before).max() < 1e-11:
            break
    return line


def _capped(x: Array, y: Array, delta: float) -> Array:
    """Try each set of points that may lie within delta: the others cost delta**2 each, wherever the line is.

    For the best set this is the capped loss, and no line has less, whichever its set.
    """
    sets = _sets(len(x))  # (sets, N)
    n, sx, sy, sxx, sxy, syy = (sets @ np.stack([x**0, x, y, x * x, x * y, y * y], axis=1)).T
    across = sxx - sx * sx / n
    bend = sxy - sx * sy / n
    usable = across > 1e-9
    squares = syy - sy * sy / n - bend**2 / np.where(usable, across, 1.0)
    cost = np.where(usable, squares, np.inf) + delta**2 * (len(x) - n)
    return _squared(x, y, sets[int(np.argmin(cost))])


@cache
def _pairs(count: int) -> tuple[Array, Array]:
    i, j = np.array(list(combinations(range(count), 2))).T
    return i, j


@cache
def _sets(count: int) -> Array:
    """All sets of at least two of so many points, as rows of zeros and ones."""
    rows = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    return np.asarray(rows[rows.sum(axis=1) >= 2], dtype=np.float64)
