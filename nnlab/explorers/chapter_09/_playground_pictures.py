"""From a training of the playground to what is drawn: pictures of units, losses, how many are right."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnlab.explorers.chapter_09 import _playground_edits as edits
from nnlab.explorers.chapter_09._playground_data import FEATURES, REACH, REGRESSION, Data, features
from nnlab.explorers.chapter_09._playground_figure import SIDE
from nnlab.explorers.chapter_09._playground_network import TILE
from nnlab.explorers.chapter_09._playground_run import Network, Run, Weights, loss_of
from nnlab.explorers.core import Arrays, Values
from nnlab.explorers.decision import grid

Array = NDArray[np.floating]


@cache
def _grid(names: tuple[str, ...], side: int) -> Array:
    """Features of the points of a grid over the square."""
    return features(names, grid(REACH, side))


def arrays_of(run: Run, values: Values, epoch: int) -> Arrays:
    """Name what is drawn of a training at an epoch that it has reached.

    Parameters
    ----------
    run : Run
    values : SimpleNamespace
    epoch : int
        The last kept one up to it is shown.

    Returns
    -------
    dict of str to ndarray
    """
    number = run.reached(epoch)
    weights = run.weights(epoch)
    typed = edits.apply(values.typed, weights, values)
    outputs = run.outputs(weights)
    answers = outputs[-1][:, 0]
    losses = run.losses(number)
    tiles = run.network.layers(weights[:-2], _grid(values.features, TILE)) if values.hidden else []
    field = _field(run.network, weights, values)
    data, reached = run.data, run.epochs[number]
    trained = int(data.training.sum())
    batch = min(values.batch, trained) or max(1, trained)
    return {
        "x": data.x,
        "y": data.y,
        "training": data.training,
        "tiles": np.concatenate([_grid(tuple(FEATURES), TILE), *tiles], axis=1).T.reshape(-1, TILE, TILE),
        "field": field,
        "epochs": np.array(run.epochs[: number + 1]),
        "training_loss": losses[:, 0],
        "test_loss": losses[:, 1],
        "loss": run.measure(answers[None])[0],
        "constant_loss": np.array(_constant_loss(data, values)),
        "steps": np.array(reached * -(-trained // batch)),
        "diverged": np.array(run.diverged if run.diverged <= epoch else 0),
        "typed": np.array(typed),
        "range": np.ptp(field),
        **_score(data, answers, values.data in REGRESSION),
        "_weights": weights,
        "_outputs": outputs,
    }


def _field(network: Network, weights: Weights, values: Values) -> Array:
    """Compute the large field: from 0 (blue) to 1 (orange)."""
    if values.look == "output":
        field = network.layers(weights, _grid(values.features, SIDE))[-1][:, 0]
        field = (field + 1) / 2 if values.data in REGRESSION else field
    else:
        layer, unit = (int(part) - 1 for part in values.look.split("."))
        upto = weights[: 2 * layer + 2]
        field = network.layers(upto, _grid(values.features, SIDE))[-1][:, unit]
        field = (field / max(1.0, float(np.abs(np.nan_to_num(field)).max())) + 1) / 2
    return np.asarray(field.reshape(SIDE, SIDE))


def _score(data: Data, answers: Array, regression: bool) -> Arrays:
    """Count what is right, or measure how far the answers are; training first, then test."""
    sides = data.training, ~data.training
    if regression:
        distance = np.abs(answers - data.y)
        return {"distance": np.array([distance[side].mean() for side in sides])}
    said = answers > 0.5
    right = said == (data.y == 1)
    test = ~data.training
    table = [[np.sum(test & (data.y == true) & (said == answer)) for answer in (0, 1)] for true in (0, 1)]
    return {"right": np.array([[right[side].sum(), side.sum()] for side in sides]), "confusion": np.array(table)}


def _constant_loss(data: Data, values: Values) -> float:
    """Compute the loss on the training points of the best answer that is the same everywhere."""
    y = data.y[data.training].astype(np.float64)
    if not len(y):
        return float("nan")
    match loss_of(values):
        case "cross_entropy":
            share = np.clip(y.mean(), 1e-7, 1 - 1e-7)
            return float(-share * np.log(share) - (1 - share) * np.log(1 - share))
        case "mse":
            return float(y.var())
    return float(np.abs(y - np.median(y)).mean())
