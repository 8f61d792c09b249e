"""Losses and metrics of data that a model does not train on: what `evaluate` and validation measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, metrics
from nnlab.callbacks import Logs
from nnlab.samples import Samples

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

CHUNK = 1024  # rows at a time: more would only leave the cache


def measure(
    model: Model,
    samples: Samples,
    functions: list[metrics.Metric],
    stopped: Callable[[], bool] = lambda: False,
) -> Logs | None:
    """Mean loss, with what the regularizers add, and metrics.

    Parameters
    ----------
    model : Model
    samples : Samples
        Their weights count for the loss, not for the metrics, as in Keras.
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
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what has diverged is shown as it is
        for start in range(0, len(samples.x), CHUNK):
            if start and stopped():
                return None
            _add_up(model, samples.rows(slice(start, start + CHUNK)), functions, totals)
        totals[0] += totals[-1] * assembly.penalty(model.chain)
    return named_means(model, totals.tolist())


def _add_up(model: Model, samples: Samples, functions: list[metrics.Metric], totals: Array) -> None:
    """Add the losses and metrics of some samples, and their number, to sums."""
    fused, last, a = model.fused_loss, model.chain[-1], samples.x
    for layer in model.chain[:-1]:
        a = layer.forward(a)
    if fused is None:
        a = last.forward(a)
        totals[0] += samples.weigh(model.loss.per_sample(samples.y, a)).sum()
    else:  # loss and last activation as one, on the values before it
        z = last.before_activation(a)  # type: ignore[attr-defined]
        totals[0] += samples.weigh(fused.per_sample(samples.y, z)).sum()
        a = last.activation(z)  # type: ignore[attr-defined]
    for k, function in enumerate(functions):
        totals[1 + k] += metrics.total(function, samples.y, a)
    totals[-1] += len(samples.x)


def named_means(model: Model, totals: list[float]) -> Logs:
    """Divide sums by the number of samples.

    Parameters
    ----------
    model : Model
        Its metrics give the names.
    totals : list of float
        Sum of losses, of each metric, and the number of samples.

    Returns
    -------
    dict of str to float
    """
    *sums, count = totals
    names = ["loss", *(name for name, _ in model.metrics)]
    return {name: value / max(1.0, count) for name, value in zip(names, sums, strict=True)}
