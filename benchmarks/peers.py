"""How each package trains a work. As a program, one process that trains as often as its standard input asks.

python benchmarks/peers.py PACKAGE WORK THREADS

Each line read is a number of epochs; the answer is a line of JSON with the seconds of training and the loss of the last
epoch. All packages start from the same weights and take the samples in the same order. Not timed: reading the data,
building the network, and a first short training, which compiles, traces and allocates what is kept.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias

import works
from works import Array, Work

Result: TypeAlias = tuple[float, float | None]  # seconds, loss
Train: TypeAlias = Callable[[Array, Array, int], Result]

EPSILON = 1e-7  # Keras's and nnlab's, in Adam; the defaults of the others are 1e-8


def with_nnlab(work: Work) -> Train:
    def train(x: Array, y: Array, epochs: int) -> Result:
        model = works.build(work)
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=work.shuffle)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def with_torch(work: Work) -> Train:
    import torch

    losses = {
        works.SPARSE: torch.nn.CrossEntropyLoss,
        works.BINARY: torch.nn.BCEWithLogitsLoss,
        works.SQUARES: torch.nn.MSELoss,
    }
    loss = losses[work.loss]()

    def train(x: Array, y: Array, epochs: int) -> Result:
        net = _torch_net(work)
        if work.optimizer == "adam":
            # The fused kernel is the quickest of the three that PyTorch has, and not the default.
            optimizer: Any = torch.optim.Adam(net.parameters(), work.learning_rate, eps=EPSILON, fused=True)
        else:
            optimizer = torch.optim.SGD(net.parameters(), work.learning_rate, fused=True)
        a, b = torch.from_numpy(x), torch.from_numpy(y)
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

    return train


def _torch_net(work: Work) -> Any:
    """A PyTorch network with the work's first weights; its last activation is part of the loss."""
    import torch
    from torch import nn

    bends = {"tanh": nn.Tanh, "relu": nn.ReLU, "linear": nn.Identity}
    weights = works.build(work).get_weights()
    parts: list[nn.Module] = []
    for k, (n_in, n_out) in enumerate(work.layers):
        layer = nn.Linear(n_in, n_out)
        layer.weight.data = torch.from_numpy(weights[2 * k].T.copy())
        layer.bias.data = torch.from_numpy(weights[2 * k + 1].copy())
        parts += [layer, bends[work.hidden]()]
    return nn.Sequential(*parts[:-1])


def with_keras(work: Work) -> Train:
    import keras

    stack = [keras.layers.Dense(n, work.hidden) for n in work.sizes[1:-1]]
    model = keras.Sequential([keras.Input(work.sizes[:1]), *stack, keras.layers.Dense(work.sizes[-1], work.output)])
    kind = keras.optimizers.Adam if work.optimizer == "adam" else keras.optimizers.SGD
    model.compile(kind(learning_rate=work.learning_rate), work.loss)
    weights = works.build(work).get_weights()

    def train(x: Array, y: Array, epochs: int) -> Result:
        model.set_weights(weights)  # the same model again, so that its graph is traced once, and not in the time
        for variable in model.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(keras.ops.zeros_like(variable))
        begin = time.perf_counter()
        history = model.fit(x, y, batch_size=work.batch, epochs=epochs, verbose=0, shuffle=False)
        return time.perf_counter() - begin, history.history["loss"][-1]

    return train


def with_sklearn(work: Work) -> Train:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    regression = work.loss == works.SQUARES or "sklearn" in work.other_loss
    halved = 2 if regression else 1  # scikit-learn halves the squared error, and so its gradient
    rate = work.learning_rate * (halved if work.optimizer == "sgd" else 1)
    hidden = {"linear": "identity"}.get(work.hidden, work.hidden)
    weights = works.build(work).get_weights()

    def train(x: Array, y: Array, epochs: int) -> Result:
        net = (MLPRegressor if regression else MLPClassifier)(
            hidden_layer_sizes=work.sizes[1:-1], activation=hidden, solver=work.optimizer,
            batch_size=min(work.batch, len(x)), learning_rate_init=rate, alpha=0.0, epsilon=EPSILON, momentum=0.0,
            max_iter=epochs, n_iter_no_change=10**6, tol=0.0, shuffle=False,
        )  # fmt: skip
        copies = iter([w.copy() for w in weights])
        net._init_coef = lambda *_: (next(copies), next(copies))  # there is no public way to set the first weights
        begin = time.perf_counter()
        net.fit(x, y.ravel())
        return time.perf_counter() - begin, net.loss_ * halved

    return train


def with_bound(work: Work) -> Train:
    from bound import with_bound

    return with_bound(work)


TRAINERS: dict[str, Callable[[Work], Train]] = {
    "nnlab": with_nnlab,
    "torch": with_torch,
    "keras": with_keras,
    "sklearn": with_sklearn,
    "bound": with_bound,
}


def limit_threads(package: str, threads: int) -> None:
    """Set what the environment does not set for sure; the caller has set OMP_NUM_THREADS and its like."""
    if package == "torch":
        import torch

        torch.set_num_threads(threads)
    elif package == "keras" and os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def prepare(package: str, name: str, threads: int) -> Callable[[int], Result]:
    """Read the data, build, and train once shortly; then each call trains from the beginning."""
    warnings.simplefilter("ignore")  # of scikit-learn: not converged in so few epochs
    limit_threads(package, threads)
    work = works.find(name)
    trainers = getattr(work, "trainers", TRAINERS)
    if package not in trainers:
        raise ValueError("it has no such layers")
    train = trainers[package](work)
    x, y = work.data()
    few = min(len(x), 20 * work.batch + len(x) % work.batch)  # with a last batch of its own size, as the data have
    train(x[:few], y[:few], 1)
    return lambda epochs: train(x, y, epochs)


def answer(**fields: Any) -> None:
    print(json.dumps(fields), flush=True)


def main() -> None:
    package, name, threads = sys.argv[1:]
    try:
        run = prepare(package, name, int(threads))
    except Exception as error:
        answer(error=f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
        return
    answer(ready=True)
    for line in sys.stdin:
        seconds, loss = run(int(line))
        answer(seconds=seconds, loss=loss)


if __name__ == "__main__":
    main()
