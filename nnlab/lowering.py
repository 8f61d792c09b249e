"""From a model to the tables of the compiled runner; or the reason why the runner cannot take it.

Only the package's own classes are taken, by exact type: a subclass may compute something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab import activations, engine, layers, losses, metrics, optimizers, regularizers
from nnlab.engine import codes
from nnlab.graph import Graph
from nnlab.layers.base import Layer, Shape

_ACTIVATIONS = {
    activations.linear: codes.LINEAR,
    activations.sigmoid: codes.SIGMOID,
    activations.tanh: codes.TANH,
    activations.relu: codes.RELU,
    activations.selu: codes.SELU,
    activations.gelu: codes.GELU,
    activations.silu: codes.SILU,
    activations.softplus: codes.SOFTPLUS,
    activations.softmax: codes.SOFTMAX,
}
_LOSSES: dict[type[losses.Loss], tuple[int, int]] = {  # on outputs, on logits
    losses.MeanSquaredError: (codes.MSE, codes.MSE),
    losses.MeanAbsoluteError: (codes.MAE, codes.MAE),
    losses.Huber: (codes.HUBER, codes.HUBER),
    losses.BinaryCrossentropy: (codes.BINARY, codes.BINARY_LOGITS),
    losses.CategoricalCrossentropy: (codes.CATEGORICAL, codes.CATEGORICAL_LOGITS),
    losses.SparseCategoricalCrossentropy: (codes.SPARSE, codes.SPARSE_LOGITS),
}
_METRICS: dict[Any, int] = {
    metrics.binary_accuracy: codes.BINARY_ACCURACY,
    metrics.categorical_accuracy: codes.CATEGORICAL_ACCURACY,
    metrics.sparse_categorical_accuracy: codes.SPARSE_ACCURACY,
    metrics.mean_squared_error: codes.SQUARED_ERROR,
    metrics.mean_absolute_error: codes.ABSOLUTE_ERROR,
}
_OPTIMIZERS: dict[type[optimizers.Optimizer], tuple[int, tuple[str, ...]]] = {  # with their settings in order
    optimizers.SGD: (codes.SGD, ("learning_rate", "momentum", "nesterov")),
    optimizers.RMSprop: (codes.RMSPROP, ("learning_rate", "rho", "momentum", "epsilon", "centered")),
    optimizers.Adagrad: (codes.ADAGRAD, ("learning_rate", "epsilon")),
    optimizers.Adam: (codes.ADAM, ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")),
    optimizers.AdamW: (codes.ADAM, ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")),
}
_REGULARIZERS = (regularizers.L1, regularizers.L2, regularizers.L1L2)


@dataclass
class Stage:
    """One row of the runner's table: an affine map, an activation, or both."""

    n_in: int
    n_out: int
    kernel: int = -1
    bias: int = -1
    activation: int = codes.LINEAR
    constant: float = 0.0  # rate of a dropout, slope of a leaky ReLU, alpha of an ELU
    penalties: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # l1, l2 of the kernel; of the bias


def why_not(
    graph: Graph,
    optimizer: optimizers.Optimizer,
    loss: losses.Loss,
    functions: list[metrics.Metric | None],
) -> str:
    """Say why the runner cannot train this network; an empty text means that it can.

    Parameters
    ----------
    graph : Graph
    optimizer : Optimizer
    loss : Loss
    functions : list of callable or None
        The metrics; None is an accuracy that is not decided yet.

    Returns
    -------
    str

    Examples
    --------
    >>> x = layers.Input((1,))
    >>> why_not(Graph([x], [layers.Dense(1)(x)]), optimizers.SGD(), losses.MeanSquaredError(), [])
    ''
    """
    if not engine.available():
        return "Numba is not installed"
    if not graph.is_chain:
        return "its layers are no simple chain"
    for layer, shape in zip(graph.layers, graph.shapes[1:], strict=True):
        if type(layer) not in (layers.Dense, layers.Activation, layers.Flatten, layers.Dropout):
            return f"layer {layer.name} ({layer.describe()}) has no compiled form"
        activation = getattr(layer, "activation", activations.linear)
        parametrized = type(activation) in (activations.LeakyReLU, activations.ELU)
        if not parametrized and activation not in _ACTIVATIONS:
            return f"the activation {activation.name!r} of layer {layer.name} has no compiled form"
        if activation == activations.softmax and len(shape) > 1:
            return f"layer {layer.name} takes the softmax of samples of shape {shape}, not of vectors"
        if any(type(regularizer) not in _REGULARIZERS for regularizer in layer.regularizers.values()):
            return f"the regularizer of layer {layer.name} has no compiled form"
        if layer.activity_regularizer is not None or layer.constraints:
            return f"the activity regularizer or the constraint of layer {layer.name} has no compiled form"
        if not layer.trainable and layer.parameter_names:
            return f"layer {layer.name} is frozen"
        if type(layer) is layers.Dense and len(shape) > 1:
            return f"layer {layer.name} is applied to samples of several rows"
    if not any(type(layer) is layers.Dense for layer in graph.layers):
        return "there is no dense layer"
    if not has_compiled_step(optimizer):
        return f"the optimizer {type(optimizer).__name__} has no compiled form"
    if type(loss) not in _LOSSES:
        return f"the loss {loss.name!r} has no compiled form"
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
            stage = Stage(width, layer.units, kernel=offset, penalties=_penalties(layer))
            stage.activation, stage.constant = _activation(layer.activation)
            offset += width * layer.units
            if "bias" in layer.parameter_names:
                stage.bias = offset
                offset += layer.units
            stages.append(stage)
            width = layer.units
        elif isinstance(layer, layers.Activation):
            if not stages or stages[-1].activation != codes.LINEAR:
                stages.append(Stage(width, width))
            # Otherwise it is the same as the argument of the layer before.
            stages[-1].activation, stages[-1].constant = _activation(layer.activation)
        elif isinstance(layer, layers.Dropout):
            stages.append(Stage(width, width, activation=codes.DROPOUT, constant=layer.rate))
    return stages


def _activation(activation: activations.Activation) -> tuple[int, float]:
    """Return an activation's number and constant."""
    if isinstance(activation, activations.LeakyReLU):
        return codes.LEAKY_RELU, activation.negative_slope
    if isinstance(activation, activations.ELU):
        return codes.ELU, activation.alpha
    return _ACTIVATIONS[activation], 0.0


def _penalties(layer: Layer) -> tuple[float, float, float, float]:
    kernel, bias = (layer.regularizers.get(name) for name in ("kernel", "bias"))
    found = [(getattr(r, "l1", 0.0), getattr(r, "l2", 0.0)) for r in (kernel, bias)]
    return (*found[0], *found[1])


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


def metric_codes(functions: list[metrics.Metric]) -> NDArray[np.int64]:
    """Return the runner's numbers of metrics.

    Parameters
    ----------
    functions : list of callable

    Returns
    -------
    ndarray of int64
    """
    return np.array([_METRICS[function] for function in functions], np.int64)


def penalties(stages: list[Stage]) -> NDArray[np.float64]:
    """Return the regularizers' factors as the runner reads them.

    Parameters
    ----------
    stages : list of Stage

    Returns
    -------
    ndarray of shape (S, 4), or (0, 4) if there is none
    """
    table = np.array([stage.penalties for stage in stages])
    return table if table.any() else table[:0]


def has_compiled_step(optimizer: optimizers.Optimizer) -> bool:
    """Whether the step of an optimizer has a compiled form.

    Parameters
    ----------
    optimizer : Optimizer

    Returns
    -------
    bool
    """
    return type(optimizer) in _OPTIMIZERS


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
    code, names = _OPTIMIZERS[type(optimizer)]
    return code, np.array([getattr(optimizer, name, 0.0) for name in names], np.float64)
