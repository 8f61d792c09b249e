"""The recurrent works: F, a digit read row by row, and G, first names letter by letter; and how they are trained.

They are trained through `peers`, like the others. PyTorch's loop is written out; its recurrent layers are its own, as
Keras's are. All start from nnlab's weights: PyTorch and Keras have other orders of gates, and these are rearranged.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import nnlab

Array: TypeAlias = NDArray[Any]
Train: TypeAlias = Callable[[Array, Array, int], tuple[float, float | None]]

LETTERS, EMBEDDING = 27, 32  # a to z, and 0 for what stands before and behind a name
EPSILON = 1e-7  # Keras's and nnlab's, in Adam


@dataclass(frozen=True)
class SequenceWork:
    """One recurrent network, its data and how long it is trained; has what `works.Work` has, too."""

    name: str
    cell: str
    units: int
    steps_of_time: int
    features: int
    outputs: int
    rows: int
    data: Callable[[], tuple[Array, Array]]
    batch: int = 32
    epochs: int = 1
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    shuffle: bool = False
    other_loss: tuple[str, ...] = ()

    @property
    def gates(self) -> int:
        return {"LSTM": 4, "GRU": 3}[self.cell]

    @property
    def sequences(self) -> bool:
        """Whether there is an output at each time step, and letters come in."""
        return self.cell == "GRU"

    @property
    def parameters(self) -> int:
        biases = 2 if self.cell == "GRU" else 1
        recurrent = (self.features + self.units + biases) * self.gates * self.units
        return recurrent + (self.units + 1) * self.outputs + self.sequences * LETTERS * EMBEDDING

    @property
    def steps(self) -> int:
        return self.epochs * -(-self.rows // self.batch)

    @property
    def trial_epochs(self) -> int:
        return 1

    @property
    def trainers(self) -> dict[str, Callable[[SequenceWork], Train]]:
        return TRAINERS


def digit_rows() -> tuple[Array, Array]:
    import nnlab

    (x, y), _ = nnlab.datasets.digits.load_data()
    return x.astype(np.float32) / 255, y.astype(np.int64)


def name_letters() -> tuple[Array, Array]:
    """Letters as numbers, and the letter that comes next; names are filled up with 0."""
    with Path(os.environ.get("NNLAB_DATA", "."), "first-names.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    codes = np.zeros((len(names), max(map(len, names)) + 2), np.int64)
    for row, name in zip(codes, names, strict=True):
        row[1 : 1 + len(name)] = [ord(letter) - ord("a") + 1 for letter in name]
    return codes[:, :-1], codes[:, 1:]


WORKS = [
    SequenceWork("F: LSTM 64 on digits", "LSTM", 64, 28, 28, 10, 8_000, digit_rows),
    # Keras's Adam takes other steps for an embedding: its gradient is a list there, with a letter once for each use.
    SequenceWork("G: GRU 128 on names", "GRU", 128, 12, EMBEDDING, LETTERS, 5_494, name_letters, other_loss=("keras",)),
]


def build(work: SequenceWork) -> nnlab.Sequential:
    """The work's network in nnlab; all packages start from its weights."""
    from nnlab import Sequential, layers, optimizers

    stack: list[Any] = [layers.Input((work.steps_of_time, work.features)), layers.LSTM(work.units)]
    if work.sequences:
        embedding = layers.Embedding(LETTERS, EMBEDDING)
        stack = [layers.Input((work.steps_of_time,)), embedding, layers.GRU(work.units, return_sequences=True)]
    model = Sequential([*stack, layers.Dense(work.outputs, "softmax")], seed=0)
    model.compile(optimizers.Adam(work.learning_rate), "sparse_categorical_crossentropy")
    return model


def with_nnlab(work: SequenceWork) -> Train:
    def train(x: Array, y: Array, epochs: int) -> tuple[float, float | None]:
        model = build(work)
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def with_keras(work: SequenceWork) -> Train:
    import keras

    stack: list[Any] = [keras.Input((work.steps_of_time, work.features)), keras.layers.LSTM(work.units)]
    if work.sequences:
        embedding = keras.layers.Embedding(LETTERS, EMBEDDING)
        stack = [keras.Input((work.steps_of_time,)), embedding, keras.layers.GRU(work.units, return_sequences=True)]
    model = keras.Sequential([*stack, keras.layers.Dense(work.outputs, "softmax")])
    # Not the default: with XLA, Keras's loop over time takes two thirds of the time.
    model.compile(keras.optimizers.Adam(work.learning_rate), "sparse_categorical_crossentropy", jit_compile=True)
    weights = build(work).get_weights()

    def train(x: Array, y: Array, epochs: int) -> tuple[float, float | None]:
        model.set_weights(weights)  # the same model again, so that its graph is traced once, and not in the time
        for variable in model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(keras.ops.zeros_like(variable))
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def with_torch(work: SequenceWork) -> Train:
    import torch

    loss = torch.nn.CrossEntropyLoss()

    def train(x: Array, y: Array, epochs: int) -> tuple[float, float | None]:
        embedding, cell, dense = modules = _torch_modules(work)
        optimizer = torch.optim.Adam(modules.parameters(), work.learning_rate, eps=EPSILON, fused=True)
        a, b = torch.from_numpy(x), torch.from_numpy(y)
        total, begin = 0.0, time.perf_counter()
        for _ in range(epochs):
            total = 0.0
            for start in range(0, len(a), work.batch):
                part = slice(start, start + work.batch)
                optimizer.zero_grad()
                h, _ = cell(embedding(a[part]))
                z = dense(h if work.sequences else h[:, -1])
                value = loss(z.flatten(0, -2), b[part].flatten())
                value.backward()
                optimizer.step()
                total += value.item() * len(a[part])
        return time.perf_counter() - begin, total / len(a)

    return train


def _torch_modules(work: SequenceWork) -> Any:
    import torch
    from torch import nn

    def tensor(array: Array) -> Any:
        return nn.Parameter(torch.from_numpy(np.ascontiguousarray(array)))

    weights = build(work).get_weights()
    embedding: Any = nn.Identity()
    if work.sequences:
        embedding = nn.Embedding(LETTERS, EMBEDDING)
        embedding.weight = tensor(weights.pop(0))
    kernel, recurrent, bias, dense_kernel, dense_bias = weights
    cell = getattr(nn, work.cell)(work.features, work.units, batch_first=True)
    # PyTorch has r, z, n where Keras has z, r, h; for LSTM both have i, f, g, o.
    order = [0, 1, 2, 3] if work.cell == "LSTM" else [1, 0, 2]

    def ordered(array: Array) -> Array:
        parts = np.split(array, work.gates, axis=-1)
        return np.concatenate([parts[k] for k in order], axis=-1).T

    outer, inner = (bias, np.zeros_like(bias)) if work.cell == "LSTM" else bias
    cell.weight_ih_l0, cell.weight_hh_l0 = tensor(ordered(kernel)), tensor(ordered(recurrent))
    cell.bias_ih_l0, cell.bias_hh_l0 = tensor(ordered(outer)), tensor(ordered(inner))
    cell.bias_hh_l0.requires_grad = work.cell == "GRU"  # two biases that are only added would learn twice as fast
    dense = nn.Linear(work.units, work.outputs)
    dense.weight, dense.bias = tensor(dense_kernel.T), tensor(dense_bias)
    return nn.ModuleList([embedding, cell, dense])


def with_bound(work: SequenceWork) -> Train:
    """The products of a step, each in its quickest form, and one pass over the optimizer's state; see `bound`."""
    from bound import numpy_forms, quickest, scipy_forms, state_forms

    rows, width = work.batch * work.steps_of_time, work.gates * work.units
    outputs = rows if work.sequences else work.batch

    def products() -> Iterator[tuple[int, tuple[int, int, int]]]:
        yield 1, (rows, work.features, width)
        yield work.steps_of_time, (work.batch, work.units, width)
        yield 1, (outputs, work.units, work.outputs)
        yield 1, (work.units, outputs, work.outputs)
        yield 1, (outputs, work.outputs, work.units)
        yield work.steps_of_time, (work.batch, width, work.units)
        yield 1, (work.units, rows, width)
        yield 1, (work.features, rows, width)
        if work.sequences:
            yield 1, (rows, width, work.features)

    def step_of(forms: Any) -> Callable[[], object]:
        calls = [(times, quickest(forms(*shape))) for times, shape in products()]
        calls.append((1, quickest(state_forms(work.parameters, 2))))

        def step() -> None:
            for times, call in calls:
                for _ in range(times):
                    call()

        return step

    step = quickest(step_of(forms) for forms in (numpy_forms, scipy_forms))

    def train(x: Array, y: Array, epochs: int) -> tuple[float, float | None]:  # noqa: ARG001 (as the packages train)
        begin = time.perf_counter()
        for _ in range(epochs * (len(x) // work.batch)):
            step()
        return time.perf_counter() - begin, None

    return train


TRAINERS: dict[str, Callable[[SequenceWork], Train]] = {
    "nnlab": with_nnlab,
    "torch": with_torch,
    "keras": with_keras,
    "bound": with_bound,
}
