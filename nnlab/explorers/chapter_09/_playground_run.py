"""One training of the playground: a network, trained from scratch and on, with its weights kept on the way.

It knows no widgets and draws nothing. `Run.train` goes from one kept epoch to the next with nnlab's own ``fit``; what
the network was at a kept epoch is computed from the kept weights in NumPy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab import activations
from nnlab.explorers.chapter_09 import _playground_data as data_sets
from nnlab.explorers.core import Values

Array = NDArray[Any]
Weights = list[Array]  # kernel and bias of each layer in turn

EPOCHS = (
    *range(11), 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 250, 300,
    350, 400, 450, 500, 600, 700, 800, 900, 1000, 1200, 1400, 1600, 1800, 2000, 2500, 3000,
)  # fmt: skip
ACTIVATIONS = ("tanh", "relu", "sigmoid", "leaky_relu", "gelu", "linear")
INITIALIZERS = ("glorot_uniform", "he_normal", "large", "zeros")
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam", "adamw")
LOSSES = {"cross_entropy": "binary_crossentropy", "mse": "mse", "mae": "mae"}
PENALTIES = ("none", "l1", "l2")
LARGE = 3.0  # standard deviation of the first weights that are too large
STEPS = 3000  # of training at once: between them it can be stopped


def loss_of(values: Values) -> str:
    """Name the loss that is trained with: cross-entropy compares probabilities, and a regression has none."""
    regression = values.data in data_sets.REGRESSION
    return "mse" if regression and values.loss == "cross_entropy" else str(values.loss)


def build(values: Values, run_eagerly: bool) -> Any:
    """Make and compile the network that the controls ask for.

    Parameters
    ----------
    values : SimpleNamespace
    run_eagerly : bool

    Returns
    -------
    Sequential
    """
    import nnlab
    from nnlab import initializers, layers, regularizers

    regression = values.data in data_sets.REGRESSION
    first = initializers.RandomNormal(stddev=LARGE) if values.initialization == "large" else values.initialization
    penalty = {"none": None, "l1": regularizers.L1(values.rate), "l2": regularizers.L2(values.rate)}
    settings: dict[str, Any] = {"kernel_initializer": first, "kernel_regularizer": penalty[values.regularization]}
    hidden = [layers.Dense(units, activation=values.activation, **settings) for units in values.hidden]
    output = layers.Dense(1, activation="linear" if regression else "sigmoid", **settings)
    model = nnlab.Sequential([layers.Input(shape=(len(values.features),)), *hidden, output], seed=values.seed)
    model.compile(_optimizer(values), LOSSES[loss_of(values)], run_eagerly=run_eagerly)
    return model


def _optimizer(values: Values) -> Any:
    from nnlab import optimizers

    rate = values.learning_rate
    match values.optimizer:
        case "momentum":
            return optimizers.SGD(learning_rate=rate, momentum=0.9)
        case "rmsprop":
            return optimizers.RMSprop(learning_rate=rate)
        case "adam":
            return optimizers.Adam(learning_rate=rate)
        case "adamw":
            return optimizers.AdamW(learning_rate=rate)
    return optimizers.SGD(learning_rate=rate)


class Network(NamedTuple):
    """What a network of dense layers computes, apart from its weights."""

    sizes: tuple[int, ...]  # features, units of each layer, 1
    activation: str
    output: str

    def weights(self, flat: Array) -> Weights:
        """Cut a vector of parameters into kernels and biases; (S, P) gives (S, D, H) and (S, 1, H)."""
        parts, start = [], 0
        lead = flat.shape[:-1]
        for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            parts.append(flat[..., start : start + n_in * n_out].reshape(*lead, n_in, n_out))
            start += n_in * n_out
            parts.append(flat[..., start : start + n_out].reshape(*lead, *(1,) * len(lead), n_out))
            start += n_out
        return parts

    def layers(self, weights: Weights, inputs: Array) -> list[Array]:
        """Compute the outputs of all layers, (..., N, H) each.

        Parameters
        ----------
        weights : list of ndarray
        inputs : ndarray of shape (N, features)

        Returns
        -------
        list of ndarray
        """
        outputs: list[Array] = []
        a = inputs
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            last = len(outputs) == len(self.sizes) - 2
            a = activations.get(self.output if last else self.activation)(a @ kernel + bias)
            outputs.append(a)
        return outputs


class Run:
    """A training from scratch, as far as it has come.

    Parameters
    ----------
    values : SimpleNamespace
        All that the training depends on.
    eagerly : bool
        Whether the formulas train.

    Attributes
    ----------
    data : Data
    network : Network
    epochs : list of int
        Those kept so far.
    diverged : int
        The epoch in which the loss was no longer a number; 0 as long as it is.
    """

    def __init__(self, values: Values, eagerly: bool) -> None:
        self.data = data_sets.make(values)
        self._values = values
        self._model = build(values, eagerly)
        regression = values.data in data_sets.REGRESSION
        sizes = (len(values.features), *values.hidden, 1)
        self.network = Network(sizes, values.activation, "linear" if regression else "sigmoid")
        self._inputs = data_sets.features(values.features, self.data.x)
        self.epochs, self._flat = [0], [self._model.parameters.copy()]
        self._losses = np.zeros((0, 2))
        self.diverged = 0

    @property
    def complete(self) -> bool:
        """Whether there is nothing more to train: the loss is no number, or there are no points."""
        return bool(self.diverged) or not self.data.training.any()

    def train(self, until: int) -> Iterator[int]:
        """Train on, up to an epoch; pauses often, and says how far it is.

        Parameters
        ----------
        until : int
            One of `EPOCHS`.

        Yields
        ------
        int
        """
        x, y = self._inputs[self.data.training], self.data.y[self.data.training]
        rows = max(1, len(x))
        lap = max(1, STEPS // -(-rows // min(self._batch(rows), rows)))
        while self.epochs[-1] < until and not self.complete:
            target = EPOCHS[EPOCHS.index(self.epochs[-1]) + 1]
            while self._model.epochs_done < target and not self.diverged:
                done = self._model.epochs_done
                history = self._model.fit(
                    x, y, batch_size=self._batch(rows), epochs=min(target, done + lap), initial_epoch=done, verbose=0
                )
                if history.diverged:
                    self.diverged = done + max(1, len(history.epoch))
                yield self._model.epochs_done
            if not self.diverged:
                self.epochs.append(target)
                self._flat.append(self._model.parameters.copy())

    def _batch(self, rows: int) -> int:
        return int(self._values.batch) or rows

    def reached(self, epoch: int) -> int:
        """Give the number of the last kept epoch up to this one."""
        return int(np.searchsorted(self.epochs, epoch, side="right")) - 1

    def weights(self, epoch: int) -> Weights:
        """Return the weights at a kept epoch, or where the training ended before it; to be changed at will."""
        if self.diverged and epoch >= self.diverged:
            return self.network.weights(self._model.parameters.copy())  # as the last finite step left them
        return self.network.weights(self._flat[self.reached(epoch)].copy())

    def losses(self, number: int) -> Array:
        """Compute the losses at the kept epochs up to a number.

        Parameters
        ----------
        number : int

        Returns
        -------
        ndarray of shape (number + 1, 2)
            On the training points and on the test points, without what regularization adds.
        """
        known = len(self._losses)
        if known <= number:
            outputs = self.network.layers(self.network.weights(np.stack(self._flat[known:])), self._inputs)[-1][..., 0]
            self._losses = np.concatenate([self._losses, self.measure(outputs)])
        return self._losses[: number + 1]

    def measure(self, outputs: Array) -> Array:
        """Compute the losses of outputs.

        Parameters
        ----------
        outputs : ndarray of shape (S, N)

        Returns
        -------
        ndarray of shape (S, 2)
            NaN where there are no points.
        """
        p, y = outputs.astype(np.float64), self.data.y.astype(np.float64)
        match loss_of(self._values):
            case "cross_entropy":
                each = -np.log(np.clip(np.where(y == 1, p, 1 - p), 1e-7, 1))
            case "mse":
                each = (p - y) ** 2
            case _:
                each = np.abs(p - y)
        training = self.data.training
        sides = [
            each[:, side].mean(axis=1) if side.any() else np.full(len(p), np.nan) for side in (training, ~training)
        ]
        return np.stack(sides, axis=1)

    def outputs(self, weights: Weights) -> list[Array]:
        """Compute what all layers answer to the points.

        Parameters
        ----------
        weights : list of ndarray

        Returns
        -------
        list of ndarray of shape (N, H)
        """
        return self.network.layers(weights, self._inputs)
