"""What the explorers of chapter 11 train: the network of document D, random rows for it, and real ones.

The real rows have ten features, as the random ones: the ink of a digit in five bands across and five down.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FEATURES = 10
FLOOR = 0.5  # mean entropy of a target that is uniform in [0, 1): the integral of -2 y log y
GUESS = float(np.log(2))  # the cross-entropy of always answering one half, whatever the targets are
FRESH = 1000  # rows of the validation set


def entropy(targets: Array) -> float:
    """Compute the mean entropy of targets: no training loss can be less.

    Parameters
    ----------
    targets : ndarray
        From 0 to 1.

    Returns
    -------
    float

    Examples
    --------
    >>> round(entropy(np.array([0.5])), 4), entropy(np.array([0.0, 1.0]))
    (0.6931, 0.0)
    """
    y = np.asarray(targets, np.float64)
    inside = np.where((y > 0) & (y < 1), y, 0.5)
    each = -(inside * np.log(inside) + (1 - inside) * np.log(1 - inside))
    return float(np.where((y > 0) & (y < 1), each, 0.0).mean())


@cache
def random_rows(rows: int, seed: int) -> tuple[Array, Array]:
    """Draw rows of ten numbers, and a target for each, all uniform and independent.

    Parameters
    ----------
    rows : int
    seed : int

    Returns
    -------
    x, y : ndarray of shape (rows, 10), (rows,)
    """
    rng = np.random.default_rng(seed)
    return rng.random((rows, FEATURES)), rng.random(rows)


@cache
def bands() -> tuple[Array, Array, Array, Array]:
    """Measure real digits: ten bands of ink, standardized; the target is 1 where the digit is odd.

    Returns
    -------
    x, y, x_new, y_new : ndarray of shape (8000, 10), (8000,), (1000, 10), (1000,)
    """
    from nnlab import datasets

    (images, labels), (new_images, new_labels) = datasets.digits.load_data()
    x, x_new = _bands(images), _bands(new_images[:FRESH])
    mean, deviation = x[:1000].mean(axis=0), x[:1000].std(axis=0)
    return (x - mean) / deviation, labels % 2, (x_new - mean) / deviation, new_labels[:FRESH] % 2


def _bands(images: Array) -> Array:
    ink = images[:, 4:24, 4:24] / 255  # (N, 20, 20): the digit's own square
    across = ink.reshape(-1, 5, 4, 20).mean(axis=(2, 3))
    down = ink.reshape(-1, 20, 5, 4).mean(axis=(1, 3))
    return np.hstack([across, down])


def build(inputs: int, width: int, rate: float, seed: int, run_eagerly: bool) -> Any:
    """Make and compile the network of document D, section 4.

    Parameters
    ----------
    inputs : int
    width : int
        Units of the hidden layer.
    rate : float
        Of Adam.
    seed : int
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    from nnlab import Sequential, layers, optimizers

    stack = [
        layers.Dense(width, activation="relu", input_shape=(inputs,)),
        layers.Dense(1, activation="sigmoid"),
    ]
    model = Sequential(stack, seed=seed)
    model.compile(optimizers.Adam(rate), loss="binary_crossentropy", run_eagerly=run_eagerly)
    return model
