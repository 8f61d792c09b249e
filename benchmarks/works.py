"""What is trained: the networks, their data, and for how long. Who trains them stands in `peers`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import images
import numpy as np
import sequences
from numpy.typing import NDArray

if TYPE_CHECKING:
    import nnlab

Array: TypeAlias = NDArray[Any]
Data: TypeAlias = tuple[Array, Array]

SPARSE, BINARY, SQUARES = "sparse_categorical_crossentropy", "binary_crossentropy", "mse"
ROWS_IN_ALL = 1_000_000
COLUMNS = 20


@dataclass(frozen=True)
class Work:
    """One network, its data and how long it is trained."""

    name: str
    sizes: tuple[int, ...]
    hidden: str
    output: str
    loss: str
    optimizer: str
    learning_rate: float
    batch: int
    epochs: int
    rows: int
    data: Callable[[], Data]
    shuffle: bool = False
    other_loss: tuple[str, ...] = ()  # packages that have no such loss, and minimize another one here

    @property
    def parameters(self) -> int:
        return sum(a * b + b for a, b in self.layers)

    @property
    def layers(self) -> list[tuple[int, int]]:
        """Inputs and outputs of each dense layer."""
        return list(pairwise(self.sizes))

    @property
    def steps(self) -> int:
        return self.epochs * -(-self.rows // self.batch)

    @property
    def trial_epochs(self) -> int:
        """Enough to choose the number of threads by."""
        return max(1, self.epochs // 10)


def moons() -> Data:
    import nnlab

    x, y = nnlab.datasets.moons(500, noise=0.2, seed=0)
    return x, y[:, None].astype(np.float32)


def line() -> Data:
    rng = np.random.default_rng(0)
    x = rng.random((100, 1), dtype=np.float32)
    return x, 2 * x + 1 + rng.random((100, 1), dtype=np.float32)


def noise() -> Data:
    rng = np.random.default_rng(0)
    return rng.random((100, 10), dtype=np.float32), rng.random((100, 1), dtype=np.float32)


def clothes() -> Data:
    import nnlab

    (x, y), _ = nnlab.datasets.fashion_mnist.load_data()
    return x.reshape(len(x), 784).astype(np.float32) / 255, y.astype(np.int64)


def table(rows: int) -> Data:
    """Rows of random numbers, made without a copy: the class says whether they sum up to more than their mean."""
    x = np.random.default_rng(0).random((rows, COLUMNS), dtype=np.float32)
    return x, (x.sum(axis=1, keepdims=True) > COLUMNS / 2).astype(np.float32)


def of_rows(rows: int) -> Work:
    """One network on so many rows; each size takes as many steps in all, and draws a new order for each epoch."""
    return Work(
        f"{rows} rows", (COLUMNS, 32, 1), "relu", "sigmoid", BINARY, "adam", 1e-3, 32, ROWS_IN_ALL // rows,
        rows, lambda: table(rows), shuffle=True,
    )  # fmt: skip


WORKS = [
    Work("2-8-8-1", (2, 8, 8, 1), "tanh", "sigmoid", BINARY, "adam", 1e-3, 10, 200, 500, moons),
    Work("C: regression", (1, 1), "linear", "linear", SQUARES, "sgd", 0.01, 100, 1000, 100, line),
    Work(
        "D: 10-64-1", (10, 64, 1), "relu", "sigmoid", BINARY, "adam", 1e-3, 32, 100, 100, noise, other_loss=("sklearn",)
    ),
    Work("B: 784-128-10", (784, 128, 10), "relu", "softmax", SPARSE, "adam", 1e-3, 32, 1, 60_000, clothes),
    Work("A: 784-256-10", (784, 256, 10), "relu", "softmax", SPARSE, "adam", 1e-3, 32, 1, 60_000, clothes),
]
CONVOLUTIONAL = images.WORKS
RECURRENT = sequences.WORKS
ROWS = [of_rows(rows) for rows in (1_000, 10_000, 100_000, ROWS_IN_ALL)]


def find(name: str) -> Any:
    return next(work for work in [*WORKS, *CONVOLUTIONAL, *RECURRENT, *ROWS] if work.name == name)


def build(work: Work) -> nnlab.Sequential:
    """The work's network in nnlab; all packages start from its weights."""
    from nnlab import Sequential, layers, optimizers

    stack = [layers.Dense(n, work.hidden) for n in work.sizes[1:-1]]
    model = Sequential([layers.Input(work.sizes[:1]), *stack, layers.Dense(work.sizes[-1], work.output)], seed=0)
    kind = optimizers.Adam if work.optimizer == "adam" else optimizers.SGD
    model.compile(kind(learning_rate=work.learning_rate), work.loss)
    return model
