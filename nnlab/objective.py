"""What an output of a model is compared with: a loss, its weight beside the other outputs', and metrics.

Outputs with a time axis, (N, T, K), are compared row by row, and the mean goes over all of them; what a mask leaves
out does not count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import losses, metrics

Array = NDArray[Any]


@dataclass
class Objective:
    """The loss and the metrics of one output.

    Attributes
    ----------
    loss : Loss
    weight : float
        What the loss is multiplied by in the sum over the outputs.
    metrics : list of (str, callable or None)
        Names and functions; None stands for "accuracy", which the data decide.
    """

    loss: losses.Loss
    weight: float = 1.0
    metrics: list[tuple[str, metrics.Metric | None]] = field(default_factory=list)


@dataclass
class Comparison:
    """One batch of an output beside its targets, row by row.

    Parameters
    ----------
    loss : Loss
    y : ndarray of shape (N, ..., K)
    p : ndarray of shape (N, ..., K)
        What the loss is computed from: outputs, or values before an activation that is differentiated with it.
    weights : ndarray of shape (N,) or None
    mask : ndarray of bool of shape (N, T) or None
    """

    loss: losses.Loss
    y: Array
    p: Array
    weights: Array | None
    mask: Array | None

    def __post_init__(self) -> None:
        self._shape = self.p.shape
        self.rows = self.p.size // self._shape[-1] if self.p.ndim > 2 else len(self.p)  # of one sample: T
        if self.p.ndim > 2:
            if self.mask is not None and self.mask.shape == self._shape[: self.mask.ndim]:
                axes = (..., *[None] * (len(self._shape) - 1 - self.mask.ndim))
                self.mask = np.broadcast_to(self.mask[axes], self._shape[:-1])
            else:
                self.mask = None  # the time axis of the mask is gone
            self.y, self.p = (a.reshape(self.rows, -1) for a in (self.y, self.p))
        else:
            self.mask = None
        self._factors = self._row_weights()

    def _row_weights(self) -> Array | None:
        """Weight of each row: that of its sample, and what makes the mean go over the rows that count."""
        factors = self.weights
        if factors is not None and self.rows != len(factors):
            factors = np.repeat(factors, self.rows // len(factors))
        if self.mask is not None:
            kept = self.mask.reshape(-1).astype(self.p.dtype)
            kept *= self.p.dtype.type(len(kept) / (kept.sum() + 1e-7))
            factors = kept if factors is None else factors * kept
        return factors

    def mean(self) -> float:
        """Return the mean loss."""
        values = self.loss.per_sample(self.y, self.p)
        return float((values if self._factors is None else values * self._factors).sum() / self.rows)

    def gradient(self) -> Array:
        """Return the gradient of the mean loss with respect to p, in its shape."""
        d = self.loss.gradient(self.y, self.p)
        if self._factors is not None:
            d = d * self._factors[:, None]
        return d.reshape(self._shape)

    def metric(self, function: metrics.Metric, a: Array) -> tuple[float, int]:
        """Sum a metric over the rows that count, whatever their weights.

        Parameters
        ----------
        function : callable
        a : ndarray of shape (N, ..., K)
            The outputs.

        Returns
        -------
        total : float
        counted : int
            Number of these rows.
        """
        y, a = self.y, a.reshape(self.rows, -1)
        if self.mask is not None:
            kept = self.mask.reshape(-1)
            y, a = y[kept], a[kept]
        return metrics.total(function, y, a) if len(y) else 0.0, len(y)
