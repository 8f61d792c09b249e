"""How far samples lie from a line, and how far they can lie at best. Only arithmetic, with two features."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def distances(x: Array, y: Array, w: Array, b: float) -> Array:
    """Compute how far each sample lies on the correct side of the line; negative on the wrong side.

    Parameters
    ----------
    x : ndarray of shape (N, 2)
    y : ndarray of shape (N,)
        0 or 1.
    w : ndarray of shape (2,)
    b : float

    Returns
    -------
    ndarray of shape (N,)
        NaN where all weights are 0.
    """
    size = float(np.hypot(*w))
    return np.asarray((2 * y - 1) * (x @ w + b) / (size or np.nan))


def widest(x: Array, y: Array) -> tuple[float, Array, float]:
    """Find the line with the largest margin.

    The shortest way between the two hulls of the classes leads from a corner of one to a corner or an edge of the
    other; the line cuts it in half. All pairs are tried.

    Parameters
    ----------
    x : ndarray of shape (N, 2)
    y : ndarray of shape (N,)
        0 or 1.

    Returns
    -------
    margin : float
        0 where no line parts the classes.
    w : ndarray of shape (2,)
        Of length 1.
    b : float

    Examples
    --------
    >>> corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> margin, w, b = widest(corners, np.array([0, 0, 0, 1]))
    >>> round(margin, 4), w.round(4).tolist(), round(b, 4)
    (0.3536, [0.7071, 0.7071], -1.0607)
    """
    best = 0.0, np.array([1.0, 0.0]), 0.0
    for begin, end in _ways(x[y == 0], x[y == 1]):
        length = float(np.hypot(*(end - begin)))
        if length > 2 * best[0]:
            w = (end - begin) / length
            b = -float(w @ (begin + end)) / 2
            margin = float(distances(x, y, w, b).min())
            if margin > best[0]:
                best = margin, w, b
    return best


def _ways(zeros: Array, ones: Array) -> list[tuple[Array, Array]]:
    """Shortest ways from each sample of a class to each piece between two samples of the other."""
    ways = [(p, _nearest(p, q, r)) for p in zeros for q in ones for r in ones]
    return ways + [(_nearest(p, q, r), p) for p in ones for q in zeros for r in zeros]


def _nearest(p: Array, q: Array, r: Array) -> Array:
    """Find the point between q and r that is nearest to p."""
    way = r - q
    squared = float(way @ way)
    share = float(np.clip((p - q) @ way / squared, 0, 1)) if squared else 0.0
    return np.asarray(q + share * way)
