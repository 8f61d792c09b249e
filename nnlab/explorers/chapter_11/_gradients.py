"""Document D's network in plain NumPy, small enough that the gradient of each row is at hand."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from nnlab.explorers.chapter_11._perceptron import Array, bands

ROWS = 512
UPDATES = (0, 10, 30, 100, 300)
EVERY = 10  # updates from one loss of all rows to the next


def first_weights(width: int, seed: int = 0) -> list[Array]:
    """Draw the first weights by Glorot's rule, as `Dense` does by default.

    Parameters
    ----------
    width : int
    seed : int

    Returns
    -------
    list of ndarray of shapes (10, width), (width,), (width,) and ()
    """
    rng = np.random.default_rng(seed)
    inner, outer = np.sqrt(6 / (10 + width)), np.sqrt(6 / (width + 1))
    return [
        rng.uniform(-inner, inner, (10, width)),
        np.zeros(width),
        rng.uniform(-outer, outer, width),
        np.zeros(()),
    ]


def forward(x: Array, weights: list[Array]) -> tuple[Array, Array]:
    """Compute hidden outputs and the number before the last sigmoid.

    Parameters
    ----------
    x : ndarray of shape (N, 10)
    weights : list of ndarray

    Returns
    -------
    a, z : ndarray of shape (N, width), (N,)
    """
    W1, b1, w2, b2 = weights
    a = x @ W1
    a += b1
    np.maximum(a, 0, out=a)  # in place: twice as fast on all rows
    return a, a @ w2 + b2


def loss(z: Array, y: Array) -> float:
    """Compute the mean cross-entropy from the numbers before the sigmoid.

    Parameters
    ----------
    z, y : ndarray of shape (N,)

    Returns
    -------
    float
    """
    return float(_losses(z, y).mean())


def _losses(z: Array, y: Array) -> Array:
    return np.asarray(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


@cache
def rows() -> tuple[Array, Array]:
    """Give the training rows and their targets, in 32 bits.

    Returns
    -------
    x, y : ndarray of shape (ROWS, 10), (ROWS,)
    """
    x, y = (part[:ROWS].astype(np.float32) for part in bands()[:2])  # 1.6x: large batches wait for memory
    return x, y


def _back(a: Array, z: Array, y: Array, w2: Array) -> tuple[Array, Array]:
    """Give the slope of each row's own loss for the numbers of both layers."""
    d2 = 1 / (1 + np.exp(-z)) - y
    d1 = np.multiply.outer(d2, w2)
    d1 *= a > 0
    return d1, d2


def each_gradient(x: Array, y: Array, weights: list[Array]) -> Array:
    """Compute the gradient of each row's own loss.

    Parameters
    ----------
    x : ndarray of shape (N, 10)
    y : ndarray of shape (N,)
    weights : list of ndarray

    Returns
    -------
    ndarray of shape (N, P)
        In the order of the weights; their mean is the gradient of the mean loss.
    """
    a, z = forward(x, weights)
    d1, d2 = _back(a, z, y, weights[2])
    kernels = (x[:, :, None] * d1[:, None, :]).reshape(len(x), -1)
    return np.hstack([kernels, d1, a * d2[:, None], d2[:, None]])


@lru_cache(maxsize=32)
def descend(batch: int, rate: float, width: int) -> tuple[dict[int, list[Array]], Array, Array]:
    """Train by plain gradient descent with batches of one size.

    Parameters
    ----------
    batch : int
    rate : float
    width : int

    Returns
    -------
    weights : dict of int to list of ndarray
        After each number of updates in `UPDATES`.
    seen : ndarray of shape (300,)
        The loss of each batch, before its update.
    whole : ndarray of shape (31,)
        The loss of all rows, before every tenth update and at the end.
    """
    x, y = rows()
    rng, order = np.random.default_rng(1), np.zeros(0, np.int64)
    weights = [w.astype(np.float32) for w in first_weights(width)]
    kept, sums, asked, whole = {}, [], [], []
    for step in range(UPDATES[-1] + 1):
        if step in UPDATES:
            kept[step] = weights
        if step % EVERY == 0:
            whole.append(loss(forward(x, weights)[1], y))
        if len(order) < batch:
            order = rng.permutation(ROWS)
        some, order = order[:batch], order[batch:]
        here, target = x[some], y[some]
        a, z = forward(here, weights)
        d1, d2 = _back(a, z, target, weights[2])
        sums.append(z)
        asked.append(target)
        slopes = [here.T @ d1, np.add.reduce(d1), d2 @ a, np.add.reduce(d2)]
        weights = [w - np.float32(rate / batch) * dw for w, dw in zip(weights, slopes, strict=True)]
    seen = _losses(np.array(sums[:-1]), np.array(asked[:-1])).mean(axis=1)
    return kept, seen, np.array(whole)
