"""Time the training of dense networks beside PyTorch, Keras and scikit-learn, on the same work in one run.

python benchmarks/training.py [--json FILE] [--repeat N] [WORK ...]

Needs the extra `bench`; a peer that is not installed is left out. The large works need Fashion-MNIST (NNLAB_DATA
may name a folder that has it). All start from the same weights and take the same samples in the same order
(scikit-learn makes its own), each in the number of threads that is best for it; runs take turns, and the median
counts. The losses that are reached are printed beside the times and compared. "bound" is the least that NumPy and
BLAS could take: the matrix products of a step and one pass over the optimizer's state, and nothing else.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import numpy as np

import nnlab

Run = Callable[[], tuple[float, float]]  # trains from the beginning; seconds of training alone, loss of the last epoch


@dataclass
class Work:
    """One network, its data and how long it is trained."""

    name: str
    sizes: list[int]
    hidden: str
    output: str
    loss: str
    optimizer: str
    learning_rate: float
    batch: int
    epochs: int
    data: Callable[[], tuple[np.ndarray, np.ndarray]]
    slow_peers: list[str] = field(default_factory=list)  # trained for a tenth of the epochs, and scaled up

    @property
    def parameters(self) -> int:
        return sum(a * b + b for a, b in zip(self.sizes, self.sizes[1:], strict=False))


def moons() -> tuple[np.ndarray, np.ndarray]:
    x, y = nnlab.datasets.moons(500, noise=0.2, seed=0)
    return x, y[:, None].astype(np.float32)


def line() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.random((100, 1), dtype=np.float32)
    return x, 2 * x + 1 + rng.random((100, 1), dtype=np.float32)


def noise() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.random((100, 10), dtype=np.float32), rng.random((100, 1), dtype=np.float32)


def clothes() -> tuple[np.ndarray, np.ndarray]:
    (x, y), _ = nnlab.datasets.fashion_mnist.load_data()
    return x.reshape(len(x), 784).astype(np.float32) / 255, y.astype(np.int64)


SPARSE = "sparse_categorical_crossentropy"
BINARY = "binary_crossentropy"
SLOW = ["torch", "keras", "sklearn"]
WORKS = [
    Work("2-8-8-1", [2, 8, 8, 1], "tanh", "sigmoid", BINARY, "adam", 1e-3, 10, 200, moons, SLOW),
    Work("C: regression", [1, 1], "linear", "linear", "mse", "sgd", 0.01, 100, 1000, line, SLOW),
    Work("D: 10-64-1", [10, 64, 1], "relu", "sigmoid", BINARY, "adam", 1e-3, 32, 100, noise, SLOW),
    Work("B: 784-128-10", [784, 128, 10], "relu", "softmax", SPARSE, "adam", 1e-3, 32, 1, clothes),
    Work("A: 784-256-10", [784, 256, 10], "relu", "softmax", SPARSE, "adam", 1e-3, 32, 1, clothes),
]


def build(work: Work, dtype: str = "float32") -> nnlab.Sequential:
    from nnlab import layers, optimizers

    stack = [layers.Dense(n, work.hidden) for n in work.sizes[1:-1]]
    model = nnlab.Sequential(
        [layers.Input((work.sizes[0],)), *stack, layers.Dense(work.sizes[-1], work.output)], seed=0, dtype=dtype
    )
    kind = optimizers.Adam if work.optimizer == "adam" else optimizers.SGD
    model.compile(kind(learning_rate=work.learning_rate), work.loss)
    return model


def with_nnlab(work: Work, x: np.ndarray, y: np.ndarray, epochs: int) -> Run:
    def run() -> tuple[float, float]:
        model = build(work)
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return run


def with_torch(work: Work, x: np.ndarray, y: np.ndarray, epochs: int) -> Run:
    import torch
    from torch import nn

    bends = {"tanh": nn.Tanh, "relu": nn.ReLU, "linear": nn.Identity}
    losses = {SPARSE: nn.CrossEntropyLoss, BINARY: nn.BCEWithLogitsLoss, "mse": nn.MSELoss}
    a, b = torch.from_numpy(x), torch.from_numpy(y)

    def run() -> tuple[float, float]:
        weights = build(work).get_weights()
        parts: list[nn.Module] = []
        for k, (n_in, n_out) in enumerate(zip(work.sizes, work.sizes[1:], strict=False)):
            layer = nn.Linear(n_in, n_out)
            layer.weight.data = torch.from_numpy(weights[2 * k].T.copy())
            layer.bias.data = torch.from_numpy(weights[2 * k + 1].copy())
            parts += [layer, bends[work.hidden]()]
        net, loss = nn.Sequential(*parts[:-1]), losses[work.loss]()
        if work.optimizer == "adam":
            optimizer: torch.optim.Optimizer = torch.optim.Adam(net.parameters(), work.learning_rate, eps=1e-7)
        else:
            optimizer = torch.optim.SGD(net.parameters(), work.learning_rate)
        total, begin = 0.0, time.perf_counter()
        for _ in range(epochs):
            total = 0.0
            for start in range(0, len(a), work.batch):
                part = slice(start, start + work.batch)
                optimizer.zero_grad()
                value = loss(net(a[part]), b[part])
                value.backward()
                optimizer.step()
                total += value.item() * len(a[part])
        return time.perf_counter() - begin, total / len(a)

    return run


def with_keras(work: Work, x: np.ndarray, y: np.ndarray, epochs: int) -> Run:
    import keras

    def run() -> tuple[float, float]:
        stack = [keras.layers.Dense(n, work.hidden) for n in work.sizes[1:-1]]
        model = keras.Sequential(
            [keras.Input((work.sizes[0],)), *stack, keras.layers.Dense(work.sizes[-1], work.output)]
        )
        kind = keras.optimizers.Adam if work.optimizer == "adam" else keras.optimizers.SGD
        model.compile(kind(learning_rate=work.learning_rate), work.loss)
        size = min(work.batch, len(x))
        model.fit(x[:size], y[:size], batch_size=work.batch, verbose=0)  # traces the graph; then all is set back
        model.set_weights(build(work).get_weights())
        for variable in model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(keras.ops.zeros_like(variable))
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return run


def with_sklearn(work: Work, x: np.ndarray, y: np.ndarray, epochs: int) -> Run:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    regression = work.loss == "mse" or len(np.unique(y)) > 10
    kind = MLPRegressor if regression else MLPClassifier
    hidden = {"linear": "identity"}.get(work.hidden, work.hidden)

    def run() -> tuple[float, float]:
        net = kind(
            hidden_layer_sizes=work.sizes[1:-1], activation=hidden, solver=work.optimizer,
            batch_size=min(work.batch, len(x)),
            learning_rate_init=work.learning_rate, alpha=0.0, max_iter=epochs, n_iter_no_change=10**6, tol=0.0,
            momentum=0.0, random_state=0,
        )  # fmt: skip
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            net.fit(x, y.ravel())
        # scikit-learn halves the squared error
        return time.perf_counter() - begin, net.loss_ * (2 if regression else 1)

    return run


def bound(work: Work, x: np.ndarray, _: np.ndarray, epochs: int) -> Run:
    """The products of a step and one pass over parameters, gradient and Adam's two moments."""
    n = min(work.batch, len(x))
    pairs = list(zip(work.sizes, work.sizes[1:], strict=False))
    arrays = [(np.ones((n, a), np.float32), np.ones((a, b), np.float32), np.ones((n, b), np.float32)) for a, b in pairs]
    outputs = [
        (np.empty((n, b), np.float32), np.empty((a, b), np.float32), np.empty((n, a), np.float32)) for a, b in pairs
    ]
    state = np.zeros((4, work.parameters), np.float32)

    def run() -> tuple[float, float]:
        begin = time.perf_counter()
        for _ in range(epochs * -(-len(x) // work.batch)):
            for k, ((inputs, kernel, slope), (z, dkernel, dx)) in enumerate(zip(arrays, outputs, strict=True)):
                np.dot(inputs, kernel, out=z)
                np.dot(inputs.T, slope, out=dkernel)
                if k:
                    np.dot(slope, kernel.T, out=dx)
            np.add(state, state, out=state)
        return time.perf_counter() - begin, float("nan")

    return run


PEERS: dict[str, tuple[str, Callable[[Work, np.ndarray, np.ndarray, int], Run]]] = {
    "nnlab": ("nnlab", with_nnlab),
    "torch": ("torch", with_torch),
    "keras": ("keras", with_keras),
    "sklearn": ("sklearn", with_sklearn),
    "bound": ("numpy", bound),
}


def set_threads(threads: int) -> None:
    """Set the threads of BLAS and PyTorch; TensorFlow keeps its own choice, which cannot change after its start."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)


def measure(work: Work, repeat: int) -> dict[str, dict[str, float]]:
    x, y = work.data()
    with_nnlab(work, x, y, 1)()  # loads or compiles what is not there yet
    runs: dict[str, tuple[Run, float, int]] = {}
    for name, (module, make) in PEERS.items():
        if importlib.util.find_spec(module) is None:
            continue
        epochs = max(1, work.epochs // 10) if name in work.slow_peers else work.epochs
        run = make(work, x, y, epochs)
        choices = {}
        for threads in (1, os.cpu_count() or 1):
            set_threads(threads)
            choices[threads] = run()[0]
        runs[name] = run, work.epochs / epochs, min(choices, key=lambda threads: choices[threads])
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    losses: dict[str, float] = {}
    for _ in range(repeat):
        for name, (run, scale, threads) in runs.items():
            set_threads(threads)
            taken, losses[name] = run()
            seconds[name].append(taken * scale)
    return {
        name: {"seconds": statistics.median(taken), "loss": losses[name], "threads": runs[name][2]}
        for name, taken in seconds.items()
    }


def check_losses(work: Work, results: dict[str, dict[str, float]]) -> None:
    """All that were trained as long, from the same weights, have to reach the same loss."""
    same = [name for name in ("nnlab", "torch", "keras") if name in results and name not in work.slow_peers]
    reached = [results[name]["loss"] for name in same]
    if reached and max(reached) - min(reached) > 0.01 * max(reached):
        raise SystemExit(f"{work.name}: the losses differ: {dict(zip(same, reached, strict=True))}")
    for peer in set(work.slow_peers) & results.keys() - {"sklearn"}:
        epochs = max(1, work.epochs // 10)
        x, y = work.data()
        _, ours = with_nnlab(work, x, y, epochs)()
        if abs(ours - results[peer]["loss"]) > 0.01 * abs(ours):
            raise SystemExit(f"{work.name}: {peer} reached {results[peer]['loss']}, nnlab {ours} in {epochs} epochs")


def show(work: Work, results: dict[str, dict[str, float]]) -> None:
    ours = results["nnlab"]["seconds"]
    steps = work.epochs * -(-len(work.data()[0]) // work.batch)
    print(f"\n{work.name}, batch {work.batch}, {work.optimizer}, {work.epochs} epochs = {steps} steps")
    for name, row in results.items():
        print(
            f"  {name:8} {row['seconds']:9.3f} s {1e6 * row['seconds'] / steps:9.1f} us a step"
            f"  {row['seconds'] / ours:8.2f} x nnlab  {row['threads']:.0f} threads  loss {row['loss']:.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Time dense training beside other packages.")
    parser.add_argument("works", nargs="*", metavar="WORK", help=f"of: {', '.join(work.name for work in WORKS)}")
    parser.add_argument("--json", metavar="FILE", help="write the figures here, too")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each, default %(default)s")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.machine()}")
    figures = {}
    for work in WORKS:
        if not arguments.works or any(part in work.name for part in arguments.works):
            results = figures[work.name] = measure(work, arguments.repeat)
            show(work, results)
            check_losses(work, results)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)


if __name__ == "__main__":
    main()
