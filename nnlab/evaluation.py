"""Losses and metrics of data that a model does not train on: what `evaluate` and validation measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import metrics
from nnlab.callbacks import Logs

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

CHUNK = 1024  # rows at a time: more would only leave the cache


def measure(
    model: Model,
    x: Array,
    y: Array,
    functions: list[metrics.Metric],
    stopped: Callable[[], bool] = lambda: False,
) -> Logs | None:
    """Mean loss and metrics.

    Parameters
    ----------
    model : Model
    x : ndarray of shape (N, ...)
    y : ndarray of shape (N, K)
    functions : list of callable
        The metrics.
    stopped : callable
        Asked between two chunks whether to give up.

    Returns
    -------
    dict of str to float, or None
        None if it was stopped.
    """
    totals = np.zeros(2 + len(functions))
    for start in range(0, len(x), CHUNK):
        if start and stopped():
            return None
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what has diverged is shown as it is
            _add_up(model, x[start : start + CHUNK], y[start : start + CHUNK], functions, totals)
    return named_means(model, totals)


def _add_up(model: Model, x: Array, y: Array, functions: list[metrics.Metric], totals: Array) -> None:
    """Add the losses and metrics of some samples, and their number, to sums."""
    fused, last, a = model.fused_loss, model.chain[-1], x
    for layer in model.chain[:-1]:
        a = layer.forward(a)
    if fused is None:
        a = last.forward(a)
        totals[0] += model.loss.per_sample(y, a).sum()
    else:  # loss and last activation as one, on the values before it
        z = last.before_activation(a)  # type: ignore[attr-defined]
        totals[0] += fused.per_sample(y, z).sum()
        a = last.activation(z)  # type: ignore[attr-defined]
    for k, function in enumerate(functions):
        totals[1 + k] += metrics.total(function, y, a)
    totals[-1] += len(x)


def named_means(model: Model, totals: Array) -> Logs:
    """Divide sums by the number of samples.

    Parameters
    ----------
    model : Model
        Its metrics give the names.
    totals : ndarray of shape (2 + metrics,)
        Sum of losses, of each metric, and the number of samples.

    Returns
    -------
    dict of str to float
    """
    means = totals[:-1] / max(1.0, totals[-1])
    return dict(zip(["loss", *(name for name, _ in model.metrics)], means.tolist(), strict=True))
