"""Many networks at once: 4,096 networks over a grid, against PyTorch's ensembles; a loss surface; executors.

    python benchmarks/sweep.py --repeat 5

Each contender trains in a process of its own, and they take turns. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnlab import Sequential, landscape, layers, sweep

SIZE, POINTS, STEPS = 64, 100, 200
RATES, SCALES = np.logspace(-3, 1, SIZE), np.logspace(-2, 1, SIZE)
# Name, environment's number of threads, what runs.
SWEEPS = {
    "nnlab, 1 thread": ("nnlab", 1),
    "nnlab, 2 threads": ("nnlab", 2),
    "nnlab, 2 processes": ("processes", 2),
    "nnlab, Dask, 2 workers": ("dask", 2),
    "PyTorch vmap(grad), 1 thread": ("vmap", 1),
    "PyTorch vmap(grad), 2 threads": ("vmap", 2),
    "PyTorch baddbmm, 1 thread": ("baddbmm", 1),
    "PyTorch baddbmm, 2 threads": ("baddbmm", 2),
    "PyTorch vmap(grad) compiled, 1 thread": ("compiled", 1),
    "PyTorch vmap(grad) compiled, 2 threads": ("compiled", 2),
}
SURFACES = {"landscape 101 x 101": ("landscape", 2)}


def problem(rows: int = POINTS) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2)).astype(np.float32)
    return x, (x[:, 0] * x[:, 1] > 0).astype(np.float32)


def template() -> Sequential:
    model = Sequential(
        [layers.Dense(4, activation="tanh", input_shape=(2,)), layers.Dense(1, activation="sigmoid")], seed=0
    )
    model.compile("sgd", "binary_crossentropy")
    return model


def train_nnlab(executor: Any) -> Callable[[], float]:
    model, data = template(), problem()

    def train() -> float:
        grid = {"learning_rate": RATES, "scale": SCALES}
        result = sweep(model, grid, data, epochs=STEPS, batch_size=POINTS, executor=executor)
        return float(np.nanmedian(result.loss))

    return train


def train_torch(how: str, threads: int) -> Callable[[], float]:
    import torch
    from torch.func import grad, vmap

    torch.set_num_threads(threads)
    x, y = (torch.from_numpy(array) for array in problem())
    y = y[:, None]
    first = [torch.from_numpy(w) for w in template().get_weights()]
    rates, scales = (
        torch.from_numpy(a.astype(np.float32).reshape(-1)) for a in np.meshgrid(RATES, SCALES, indexing="ij")
    )
    count = SIZE * SIZE
    crossentropy = torch.nn.functional.binary_cross_entropy_with_logits

    def begin() -> list[Any]:
        return [
            (w.expand(count, *w.shape) * (scales.reshape(-1, 1, 1) if w.ndim == 2 else 1)).contiguous() for w in first
        ]

    def loss(p: list[Any]) -> Any:
        return crossentropy(torch.tanh(x @ p[0] + p[1]) @ p[2] + p[3], y)

    def losses(p: list[Any]) -> Any:
        hidden = torch.tanh(torch.baddbmm(p[1][:, None], x.expand(count, -1, -1), p[0]))
        z = torch.baddbmm(p[3][:, None], hidden, p[2])
        return crossentropy(z, y.expand(count, -1, -1), reduction="none").mean(dim=(1, 2))

    slopes = vmap(grad(loss))

    def step(p: list[Any]) -> list[Any]:
        return [a - rates.reshape(-1, *[1] * (a.ndim - 1)) * g for a, g in zip(p, slopes(p), strict=True)]

    if how == "compiled":
        step = torch.compile(step)

    def train_functional() -> float:
        p = begin()
        with torch.no_grad():
            for _ in range(STEPS - 1):
                p = step(p)
            last = losses(p)
            step(p)
        return float(last.nanmedian())

    def train_batched() -> float:
        p = [w.requires_grad_() for w in begin()]
        for _ in range(STEPS):
            last = losses(p)
            gradients = torch.autograd.grad(last.sum(), p)
            with torch.no_grad():
                for a, g in zip(p, gradients, strict=True):
                    a -= rates.reshape(-1, *[1] * (a.ndim - 1)) * g
        return float(last.detach().nanmedian())

    return train_batched if how == "baddbmm" else train_functional


def surface() -> Callable[[], float]:
    x, y = problem(200)
    model = Sequential(
        [
            layers.Dense(8, activation="tanh", input_shape=(2,)),
            layers.Dense(8, activation="tanh"),
            layers.Dense(1, activation="sigmoid"),
        ],
        seed=0,
    )
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, epochs=20, verbose=0)
    return lambda: float(landscape(model, (x, y)).loss.mean())


def work(how: str, threads: int) -> None:
    """Be a contender: train once a line of input, and answer with seconds and loss."""
    if how in ("vmap", "baddbmm", "compiled"):
        serve(train_torch(how, threads))
    elif how == "landscape":
        serve(surface())
    elif how == "nnlab":
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as executor:
            serve(train_nnlab(executor))
    elif how == "processes":
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(threads, mp_context=multiprocessing.get_context("spawn")) as executor:
            serve(train_nnlab(executor))
    else:
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=threads, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            serve(train_nnlab(client.get_executor()))


def serve(train: Callable[[], float]) -> None:
    train()  # compiles, traces, starts workers
    print(json.dumps({"ready": True}), flush=True)
    for _ in sys.stdin:
        begin = time.perf_counter()
        loss = train()
        print(json.dumps({"seconds": time.perf_counter() - begin, "loss": loss}), flush=True)


class Contender:
    """A process that trains as often as it is asked to, within a limit of seconds each time."""

    def __init__(self, name: str, how: str, threads: int, limit: float) -> None:
        self.name, self.limit, self.seconds, self.loss = name, limit, list[float](), float("nan")
        self.messages = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed with the process)
        variables = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--work", how, str(threads)], env={**os.environ, **variables},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True,
        )  # fmt: skip
        self.alive = self.read(2 * limit) is not None

    def read(self, limit: float) -> dict[str, Any] | None:
        timer = threading.Timer(limit, self.process.kill)
        timer.start()
        try:
            line = self.process.stdout.readline() if self.process.stdout else ""
        finally:
            timer.cancel()
        if line:
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.process.wait()
        self.messages.seek(0)
        why = self.messages.read().strip().splitlines()[-1:] or [f"over its limit of {limit:g} s"]
        print(f"left out: {self.name}: {why[0][:160]}", flush=True)
        return None

    def train(self) -> None:
        assert self.process.stdin is not None
        print(file=self.process.stdin, flush=True)
        answer = self.read(self.limit)
        self.alive = answer is not None
        if answer:
            self.seconds.append(answer["seconds"])
            self.loss = answer["loss"]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.communicate()
        self.messages.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="only contenders whose names contain one of these")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--limit", type=float, default=60, help="seconds after which a contender is left out")
    parser.add_argument("--json", type=Path, help="write all single timings to this file")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(options.work[0], int(options.work[1]))
        return 0
    chosen = {
        name: how
        for name, how in (SWEEPS | SURFACES).items()
        if not options.words or any(word in name for word in options.words)
    }
    if not chosen:
        parser.error(f"no contender has such a name; there are: {', '.join(SWEEPS | SURFACES)}")
    contenders = [Contender(name, *how, options.limit) for name, how in chosen.items()]
    before = os.getloadavg() if hasattr(os, "getloadavg") else None
    for turn in range(options.repeat):
        for contender in contenders[turn % len(contenders) :] + contenders[: turn % len(contenders)]:
            if contender.alive:
                contender.train()
    for contender in contenders:
        contender.close()
    print(f"load before and after: {before}, {os.getloadavg() if before else None}")
    done = [contender for contender in contenders if contender.seconds]
    for contender in done:
        middle = statistics.median(contender.seconds)
        least, most = min(contender.seconds), max(contender.seconds)
        print(f"{contender.name:<40} {middle:8.3f} s  ({least:.3f} to {most:.3f})  loss {contender.loss:.6f}")
    if options.json:
        figures = {one.name: {"seconds": one.seconds, "loss": one.loss} for one in done}
        options.json.write_text(json.dumps(figures, indent=1))
    trained = [contender.loss for contender in done if contender.name in SWEEPS]
    return int(bool(trained) and max(trained) > 1.01 * min(trained))


if __name__ == "__main__":
    raise SystemExit(main())
