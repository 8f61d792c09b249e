"""Four surfaces over two weights, with their gradients: where the optimizers of chapter 08 race.

The least loss of each is 0, so that all fit a logarithmic axis.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

GENTLE, STEEP = 0.3, 9.5  # curvatures of the valley, along it and across
REACH = 2.0


@dataclass(frozen=True)
class Landscape:
    """A loss of two weights.

    Parameters
    ----------
    loss : callable
        From weights of shape (..., 2) to losses of shape (...).
    gradient : callable
        From weights of shape (..., 2) to gradients of the same shape.
    levels : tuple of float
        Losses of the lines on the map.
    """

    loss: Callable[[Array], Array]
    gradient: Callable[[Array], Array]
    levels: tuple[float, ...]


def _quadratic(matrix: Array, levels: tuple[float, ...]) -> Landscape:
    """½ w A w, whose gradient is A w; written out, because a product of matrices may round differently elsewhere."""
    (a, b), (_b, c) = matrix.tolist()

    def loss(w: Array) -> Array:
        return np.asarray(0.5 * (a * w[..., 0] ** 2 + 2 * b * w[..., 0] * w[..., 1] + c * w[..., 1] ** 2))

    def gradient(w: Array) -> Array:
        return np.stack([a * w[..., 0] + b * w[..., 1], b * w[..., 0] + c * w[..., 1]], axis=-1)

    return Landscape(loss, gradient, levels)


def _saddle_loss(w: Array) -> Array:
    return np.asarray(w[..., 0] ** 2 + 0.5 * (w[..., 1] ** 2 - 1) ** 2)


def _saddle_gradient(w: Array) -> Array:
    return np.stack([2 * w[..., 0], 2 * w[..., 1] * (w[..., 1] ** 2 - 1)], axis=-1)


_MEAN, _HALF = (STEEP + GENTLE) / 2, (STEEP - GENTLE) / 2
_VALLEY_LEVELS = (0.02, 0.1, 0.3, 1.0, 3.0, 8.0, 16.0)

LANDSCAPES = {
    "valley": _quadratic(np.diag([GENTLE, STEEP]), _VALLEY_LEVELS),
    # The same valley turned by 45 degrees: along it both weights grow together.
    "tilted valley": _quadratic(np.array([[_MEAN, -_HALF], [-_HALF, _MEAN]]), _VALLEY_LEVELS),
    # A saddle at (0, 0), of loss ½, between two minima at (0, 1) and (0, -1).
    "saddle": Landscape(_saddle_loss, _saddle_gradient, (0.03, 0.15, 0.3, 0.5, 0.8, 1.5, 3.0, 5.0)),
    "bowl": _quadratic(np.eye(2), (0.02, 0.1, 0.3, 0.7, 1.4, 2.5)),
}
