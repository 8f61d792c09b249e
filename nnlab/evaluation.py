"""Losses and metrics of data that a model does not train on: what `evaluate` and validation measure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, metrics
from nnlab.callbacks import Logs
from nnlab.graph import Pass
from nnlab.objective import Comparison
from nnlab.samples import Samples

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]
Metrics = list[list[metrics.Metric]]  # for each output

NUMBERS = 2_000_000  # in the largest array of a chunk: more would only leave the cache
ROWS = 32, 1024  # a chunk has at least and at most so many


def chunks(model: Model, rows: int) -> list[slice]:
    """Cut rows into pieces that stay in the cache.

    Parameters
    ----------
    model : Model
    rows : int

    Returns
    -------
    list of slice
    """
    size = min(ROWS[1], max(ROWS[0], NUMBERS // max(1, model.graph.largest)))
    return [slice(start, start + size) for start in range(0, rows, size)]


def measure(
    model: Model,
    samples: Samples,
    functions: Metrics,
    stopped: Callable[[], bool] = lambda: False,
) -> Logs | None:
    """Mean loss, with what the regularizers add, and metrics.

    Parameters
    ----------
    model : Model
    samples : Samples
        Their weights count for the loss, not for the metrics, as in Keras.
    functions : list of list of callable
        The metrics of each output.
    stopped : callable
        Asked between two chunks whether to give up.

    Returns
    -------
    dict of str to float, or None
        None if it was stopped.
    """
    totals = np.zeros(width(model))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # what has diverged is shown as it is
        for chunk in chunks(model, samples.rows):
            if chunk.start and stopped():
                return None
            batch = samples.take(chunk)
            done = model.graph.forward(batch.xs, remember=model.fused)
            add_up(model, done, compare(model, done, batch), functions, totals)
        totals[0] += totals[-1] * assembly.penalty(model.chain)
    return named_means(model, totals.tolist())


def width(model: Model) -> int:
    """Count the numbers that `add_up` adds to.

    Parameters
    ----------
    model : Model

    Returns
    -------
    int
    """
    return len(model.log_names) + len(model.metrics) + 1


def compare(model: Model, done: Pass, batch: Samples) -> list[Comparison]:
    """Put the outputs of a batch beside its targets.

    Where a loss and the last activation have a stable common form, it is computed on the values before that.

    Parameters
    ----------
    model : Model
    done : Pass
    batch : Samples

    Returns
    -------
    list of Comparison
        One for each output.
    """
    compared = []
    for slot, objective, y in zip(model.graph.outputs, model.objectives, batch.ys, strict=True):
        step = model.makers[slot]
        loss, p = objective.loss, done.values[slot]
        if step is not None and step in model.fused:
            loss, p = model.fused[step], model.graph.steps[step].layer.z  # type: ignore[attr-defined]
        compared.append(Comparison(loss, y, p, batch.weights, done.masks[slot]))
    return compared


def add_up(model: Model, done: Pass, compared: list[Comparison], functions: Metrics, totals: Array) -> None:
    """Add the losses and metrics of a batch, times its number of samples, to sums.

    Parameters
    ----------
    model : Model
    done : Pass
    compared : list of Comparison
    functions : list of list of callable
    totals : ndarray of shape (`width` of the model,)
        The loss, the losses of the outputs if there are several, the metrics; for each metric how many rows counted,
        which stays 0 where all did; the number of samples.
    """
    rows = len(done.values[0])
    losses = [comparison.mean() for comparison in compared]
    total = sum(objective.weight * loss for objective, loss in zip(model.objectives, losses, strict=True))
    means = [total + model.graph.activity_penalty(done), *(losses if len(losses) > 1 else [])]
    totals[: len(means)] += np.multiply(means, rows)
    at, count = len(means), sum(len(chosen) for chosen in functions)
    for slot, comparison, chosen in zip(model.graph.outputs, compared, functions, strict=True):
        for function in chosen:
            total, counted = comparison.metric(function, done.values[slot])
            totals[at] += total
            totals[at + count] += counted
            at += 1
    totals[-1] += rows


def named_means(model: Model, totals: list[float]) -> Logs:
    """Divide sums by the number of samples.

    Parameters
    ----------
    model : Model
        Its ``log_names`` give the names.
    totals : list of float
        As `add_up` leaves them.

    Returns
    -------
    dict of str to float
    """
    names, count = model.log_names, totals[-1]
    counted = totals[len(names) : -1]
    counts = [count] * (len(names) - len(counted)) + [own or count for own in counted]
    return {name: value / max(1.0, n) for name, value, n in zip(names, totals, counts, strict=False)}
