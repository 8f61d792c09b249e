"""The shortest program with each package, with its own defaults; a process of its own that `processes` starts.

python benchmarks/plain.py first PACKAGE           the first training: 2-8-8-1, one epoch of 500 points
python benchmarks/plain.py memory PACKAGE ROWS     prints the peak memory before and after an epoch on so many rows

Only NumPy and the package itself are imported, so that time and memory are the package's.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any
COLUMNS = 20
BATCH = 256  # of the memory's rows: quick, and as many for all


def with_nnlab(x: Array, y: Array, hidden: list[int], batch: int) -> None:
    from nnlab import Sequential, layers

    stack = [layers.Dense(n, "tanh") for n in hidden]
    model = Sequential([layers.Input(x.shape[1:]), *stack, layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0)


def with_keras(x: Array, y: Array, hidden: list[int], batch: int) -> None:
    import keras

    stack = [keras.layers.Dense(n, "tanh") for n in hidden]
    model = keras.Sequential([keras.Input(x.shape[1:]), *stack, keras.layers.Dense(1, "sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, batch_size=batch, epochs=1, verbose=0)


def with_torch(x: Array, y: Array, hidden: list[int], batch: int) -> None:
    import torch
    from torch import nn

    sizes = [x.shape[1], *hidden, 1]
    parts = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.Tanh())]
    net, loss = nn.Sequential(*parts[:-1]), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(net.parameters())
    a, b = torch.from_numpy(x), torch.from_numpy(y)
    order = torch.randperm(len(a))
    for start in range(0, len(a), batch):
        rows = order[start : start + batch]
        optimizer.zero_grad()
        loss(net(a[rows]), b[rows]).backward()
        optimizer.step()


def with_sklearn(x: Array, y: Array, hidden: list[int], batch: int) -> None:
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")  # not converged after one epoch
    MLPClassifier(hidden, activation="tanh", batch_size=batch, max_iter=1).fit(x, y.ravel())


PROGRAMS: dict[str, Callable[[Array, Array, list[int], int], None]] = {
    "nnlab": with_nnlab,
    "torch": with_torch,
    "keras": with_keras,
    "sklearn": with_sklearn,
}


def moons() -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    angle, upper = rng.uniform(0, np.pi, 500), rng.integers(0, 2, 500)
    side = 2 * upper - 1
    x = np.stack([side * np.cos(angle) + 1 - upper, side * np.sin(angle) + 0.5 - 0.5 * upper], axis=1)
    return (x + rng.normal(0, 0.2, x.shape)).astype(np.float32), upper[:, None].astype(np.float32)


def table(rows: int) -> tuple[Array, Array]:
    """Random rows and classes in float32, made without a copy."""
    x = np.random.default_rng(0).random((rows, COLUMNS), dtype=np.float32)
    return x, (x.sum(axis=1, keepdims=True) > COLUMNS / 2).astype(np.float32)


def peak() -> int:
    """Most bytes of memory that this process has held at once."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def memory(train: Callable[[Array, Array, list[int], int], None], rows: int) -> dict[str, float]:
    """Peaks with the package alone, with the data beside it, and after an epoch."""
    train(*table(1000), [32], BATCH)  # whatever the package loads and keeps once, is no cost of the rows
    package = peak()
    x, y = table(rows)
    before = peak()
    begin = time.perf_counter()
    train(x, y, [32], BATCH)
    seconds = time.perf_counter() - begin
    return {"data": x.nbytes + y.nbytes, "package": package, "before": before, "after": peak(), "seconds": seconds}


def main() -> None:
    kind, package, *rest = sys.argv[1:]
    if kind == "first":
        PROGRAMS[package](*moons(), [8, 8], 10)
    else:
        print(json.dumps(memory(PROGRAMS[package], int(rest[0]))))


if __name__ == "__main__":
    main()
