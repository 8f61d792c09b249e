"""From a model to the tables of the compiled runner; or the reason why the runner cannot take it.

Only the package's own classes are taken, by exact type: a subclass may compute something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, engine, layers, losses, metrics, optimizers
from nnlab.engine import codes
from nnlab.layers.base import Layer, Shape

_ACTIVATIONS = {
    activations.linear: codes.LINEAR,
    activations.sigmoid: codes.SIGMOID,
    activations.tanh: codes.TANH,
    activations.relu: codes.RELU,
    activations.softmax: codes.SOFTMAX,
}
_LOSSES: dict[type[losses.Loss], tuple[int, int]] = {  # on outputs, on logits
    losses.MeanSquaredError: (codes.MSE, codes.MSE),
    losses.BinaryCrossentropy: (codes.BINARY, codes.BINARY_LOGITS),
    losses.CategoricalCrossentropy: (codes.CATEGORICAL, codes.CATEGORICAL_LOGITS),
    losses.SparseCategoricalCrossentropy: (codes.SPARSE, codes.SPARSE_LOGITS),
}
_METRICS: dict[Any, int] = {
    metrics.binary_accuracy: codes.BINARY_ACCURACY,
    metrics.categorical_accuracy: codes.CATEGORICAL_ACCURACY,
    metrics.sparse_categorical_accuracy: codes.SPARSE_ACCURACY,
}


@dataclass
class Stage:
    """One row of the runner's table: an affine map, an activation, or both."""

    n_in: int
    n_out: int
    kernel: int = -1
    bias: int = -1
    activation: int = codes.LINEAR
    rate: float = 0.0


def why_not(
    chain: list[Layer],
    shapes: list[Shape],
    optimizer: optimizers.Optimizer,
    loss: losses.Loss,
    functions: list[metrics.Metric | None],
) -> str:
    """Say why the runner cannot train this network; an empty text means that it can.

    Parameters
    ----------
    chain : list of Layer
    shapes : list of tuple of int
        Shape of one output of each layer.
    optimizer : Optimizer
    loss : Loss
    functions : list of callable or None
        The metrics; None is an accuracy that is not decided yet.

    Returns
    -------
    str

    Examples
    --------
    >>> why_not([layers.Dense(1)], [(1,)], optimizers.SGD(), losses.MeanSquaredError(), [])
    ''
    """
    if not engine.available():
        return "Numba is not installed"
    for layer, shape in zip(chain, shapes, strict=True):
        if type(layer) not in (layers.Dense, layers.Activation, layers.Flatten, layers.Dropout):
            return f"layer {layer.name} ({layer.describe()}) has no compiled form"
        activation = getattr(layer, "activation", activations.linear)
        if activation not in _ACTIVATIONS:
            return f"the activation {activation.name!r} of layer {layer.name} has no compiled form"
        if activation == activations.softmax and len(shape) > 1:
            return f"layer {layer.name} takes the softmax of samples of shape {shape}, not of vectors"
    if not any(type(layer) is layers.Dense for layer in chain):
        return "there is no dense layer"
    if type(optimizer) not in (optimizers.SGD, optimizers.Adam):
        return f"the optimizer {type(optimizer).__name__} has no compiled form"
    if type(loss) not in _LOSSES:
        return f"the loss {loss.name!r} has no compiled form"
    if len(functions) > 1:
        return "the runner counts one metric only"
    for function in functions:
        if function is not None and function not in _METRICS:
            return "a metric of your own has no compiled form"
    return ""


def stages_of(chain: list[Layer], input_shape: Shape) -> list[Stage]:
    """Cut a chain of layers into stages; parameters are numbered in the order of the layers.

    Parameters
    ----------
    chain : list of Layer
    input_shape : tuple of int

    Returns
    -------
    list of Stage
    """
    width = int(np.prod(input_shape))
    stages: list[Stage] = []
    offset = 0
    for layer in chain:
        if isinstance(layer, layers.Dense):
            stage = Stage(width, layer.units, kernel=offset, activation=_ACTIVATIONS[layer.activation])
            offset += width * layer.units
            if "bias" in layer.parameter_names:
                stage.bias = offset
                offset += layer.units
            stages.append(stage)
            width = layer.units
        elif isinstance(layer, layers.Activation):
            code = _ACTIVATIONS[layer.activation]
            if stages and stages[-1].activation == codes.LINEAR:
                stages[-1].activation = code  # the same as the argument of the layer before
            else:
                stages.append(Stage(width, width, activation=code))
        elif isinstance(layer, layers.Dropout):
            stages.append(Stage(width, width, activation=codes.DROPOUT, rate=layer.rate))
    return stages


def table(stages: list[Stage]) -> tuple[NDArray[np.int64], int, int]:
    """Lay the stages out in the work buffer.

    Parameters
    ----------
    stages : list of Stage

    Returns
    -------
    table : ndarray of shape (S, STAGE_COLUMNS)
    units : int
        Numbers a point that the work buffer has to hold.
    dropped : int
        Units of all dropout stages together.
    """
    rows = np.full((len(stages), codes.STAGE_COLUMNS), -1, np.int64)
    source, units, dropped = 0, stages[0].n_in, 0
    for row, stage in zip(rows, stages, strict=True):
        row[codes.N_IN], row[codes.N_OUT] = stage.n_in, stage.n_out
        row[codes.KERNEL], row[codes.BIAS] = stage.kernel, stage.bias
        row[codes.ACTIVATION], row[codes.INPUT] = stage.activation, source
        row[codes.Z] = source
        if stage.kernel >= 0:
            row[codes.Z] = units
            units += stage.n_out
        if stage.activation == codes.DROPOUT:
            row[codes.KEEP] = dropped
            dropped += stage.n_out
        source = row[codes.OUTPUT] = units
        units += stage.n_out
    return rows, units, dropped


def loss_code(loss: losses.Loss) -> int:
    """Return the runner's number of a loss.

    Parameters
    ----------
    loss : Loss

    Returns
    -------
    int
    """
    return _LOSSES[type(loss)][loss.from_logits]


def metric_code(functions: list[metrics.Metric]) -> int:
    """Return the runner's number of the only metric.

    Parameters
    ----------
    functions : list of callable
        At most one.

    Returns
    -------
    int
    """
    return _METRICS[functions[0]] if functions else codes.NO_METRIC


def optimizer_settings(optimizer: optimizers.Optimizer) -> tuple[int, NDArray[np.float64]]:
    """Return the runner's number of an optimizer, and its settings as a vector.

    Parameters
    ----------
    optimizer : Optimizer

    Returns
    -------
    code : int
    settings : ndarray
    """
    if isinstance(optimizer, optimizers.Adam):
        settings = [optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2, optimizer.epsilon]
        return codes.ADAM, np.array(settings)
    assert isinstance(optimizer, optimizers.SGD)
    return codes.SGD, np.array([optimizer.learning_rate, optimizer.momentum, float(optimizer.nesterov)])
