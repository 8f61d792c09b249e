"""The training loop: epochs, callbacks, stopping. It drives one of two trainers that do the same arithmetic.

`Formulas` goes step by step through the layers' own forward and backward; it is the reference, and takes any layer.
`Compiled` hands slices of an epoch to `nnlab.engine.runner`, for networks that `nnlab.lowering` can describe.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import lowering, metrics
from nnlab.callbacks import Callback, Logs
from nnlab.engine.threads import single_blas_thread

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

# A compiled slice lasts about this long: short enough for Interrupt and for a moving bar, long enough to cost nothing.
SLICE_SECONDS = 0.03
PROGRESS_SECONDS = 0.05


class Formulas:
    """Trains through the layers' NumPy formulas, one step after the other."""

    def __init__(self, model: Model, functions: list[metrics.Metric]) -> None:
        self.model, self.functions = model, functions

    def epoch(self, x: Array, y: Array, order: Array, batch_size: int, totals: Array) -> Iterator[None]:
        """Train on the rows in this order; pauses after each step.

        Parameters
        ----------
        x : ndarray of shape (N, ...)
        y : ndarray of shape (N, K)
        order : ndarray of shape (M,)
        batch_size : int
        totals : ndarray of shape (2 + metrics,)
            Sum of losses, of each metric, and the number of samples; added to.

        Yields
        ------
        None
        """
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a diverging run is a lesson
                self.step(x[rows], y[rows], totals)
            yield

    def step(self, x: Array, y: Array, totals: Array) -> None:
        """One step: forward, loss, backward, update.

        Parameters
        ----------
        x : ndarray of shape (n, ...)
        y : ndarray of shape (n, K)
        totals : ndarray
            As for `epoch`.
        """
        model = self.model
        a = x
        for layer in model.chain:
            a = layer.forward(a, training=True, rng=model.rng)
        loss, outputs = model.loss_and_outputs(a)
        totals[0] += loss.per_sample(y, outputs).sum()
        for k, function in enumerate(self.functions):
            totals[1 + k] += function(y, a).sum()
        totals[-1] += len(x)

        d = loss.gradient(y, outputs)
        last = model.chain[-1]
        d = last.backward(d) if outputs is a else last.backward_from_z(d)  # type: ignore[attr-defined]
        for layer in reversed(model.chain[:-1]):
            d = layer.backward(d)
        gradients = [g.ravel() for layer in model.chain for g in layer.gradients]
        if gradients:
            model.optimizer.update(model.parameters, np.concatenate(gradients))


class Compiled:
    """Trains by slices of an epoch inside the compiled runner."""

    def __init__(self, model: Model, functions: list[metrics.Metric]) -> None:
        from nnlab.engine import runner

        self.runner, self.model = runner, model
        stages = lowering.stages_of(model.chain, model.input_shape)
        self.table, self.units, self.dropped = lowering.table(stages)
        assert model.optimizer.slots is not None
        self.network = runner.Network(
            stages=self.table,
            rates=np.array([stage.rate for stage in stages]),
            parameters=model.parameters,
            gradient=np.zeros_like(model.parameters),
            loss=lowering.loss_code(model.fused_loss or model.loss),
            metric=lowering.metric_code(functions),
        )
        code, settings = lowering.optimizer_settings(model.optimizer)
        self.optimizer = runner.Optimizer(code, settings, model.optimizer.slots)
        self.counts_metric = bool(functions)
        self.work: Any = None
        self.blocks = 1

    def epoch(self, x: Array, y: Array, order: Array, batch_size: int, totals: Array) -> Iterator[None]:
        """Train on the rows in this order; pauses after each slice. See `Formulas.epoch`."""
        x = np.ascontiguousarray(x.reshape(len(x), -1))
        batch_size = min(batch_size, len(order))
        if self.work is None:
            # About 20 ms a block for wide networks, so that one huge batch does not hold up Interrupt.
            block = min(batch_size, max(32, min(1024, 60_000_000 // max(1, self.model.parameters.size))))
            self.work = self.runner.make_work(  # type: ignore[no-untyped-call]
                self.table, self.units, self.dropped, block, batch_size, self.model.parameters.dtype
            )
        model = self.model
        cursor = np.array([0, 0, model.optimizer.iterations])
        sums = np.zeros(3)
        over = False
        while not over:
            begin = time.perf_counter()
            over = self.runner.advance(
                self.network,
                self.optimizer,
                self.work,
                x,
                y,
                order,
                batch_size,
                self.blocks,
                model.rng,
                cursor,
                sums,
            )
            model.optimizer.iterations = int(cursor[2])
            totals[0], totals[-1] = sums[0], sums[2]
            if self.counts_metric:
                totals[1] = sums[1]
            seconds = time.perf_counter() - begin
            if not over:
                self.blocks = max(1, min(8 * self.blocks, int(self.blocks * SLICE_SECONDS / max(seconds, 1e-6))))
            yield


def train(
    model: Model,
    x: Array,
    y: Array,
    functions: list[metrics.Metric],
    *,
    batch_size: int,
    epochs: int,
    shuffle: bool,
    callbacks: list[Callback],
    validation: tuple[Array, Array] | None,
    stop: threading.Event,
) -> None:
    """Train a compiled and built model; see `nnlab.model.Model.fit`.

    Parameters
    ----------
    model : Model
    x : ndarray of shape (N, ...)
    y : ndarray of shape (N, K)
    functions : list of callable
        The metrics.
    batch_size, epochs : int
    shuffle : bool
    callbacks : list of Callback
    validation : tuple of ndarray or None
    stop : threading.Event
        Ends the training after the step under way.
    """
    model.optimizer.build(model.parameters.size, model.parameters.dtype)
    trainer = Formulas(model, functions) if model.why_formulas() else Compiled(model, functions)
    totals = np.zeros(2 + len(functions))
    logs: Logs = {}
    for callback in callbacks:
        callback.model = model
        callback.params = {"epochs": epochs, "steps": -(-len(x) // batch_size)}
        callback.on_train_begin({})
    try:
        with interrupt_sets(stop), single_blas_thread():
            for epoch in range(epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(epoch, {})
                order = model.rng.permutation(len(x)) if shuffle else np.arange(len(x))
                totals[:] = 0
                told = time.monotonic()
                for _ in trainer.epoch(x, y, order, batch_size, totals):
                    if stop.is_set():
                        return
                    if time.monotonic() - told > PROGRESS_SECONDS:
                        told = time.monotonic()
                        for callback in callbacks:
                            callback.on_progress(epoch, totals[-1] / len(x), model.named_means(totals))
                logs = model.named_means(totals)
                if validation is not None:
                    logs |= {f"val_{name}": value for name, value in model.measure(*validation, functions).items()}
                for callback in callbacks:
                    callback.on_epoch_end(epoch, logs)
                if stop.is_set():
                    return
    finally:
        for callback in callbacks:
            callback.on_train_end(logs)


@contextmanager
def interrupt_sets(stop: threading.Event) -> Iterator[None]:
    """Let Interrupt (Ctrl-C) set the event instead of breaking off in the middle of a step.

    KeyboardInterrupt is raised at the end. A second Interrupt breaks off at once. Outside of the main thread, which
    gets no signals, nothing changes.

    Parameters
    ----------
    stop : threading.Event

    Yields
    ------
    None
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    interrupted = False
    previous = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: Any) -> None:  # noqa: ARG001
        nonlocal interrupted
        interrupted = True
        stop.set()
        signal.signal(signal.SIGINT, previous)

    if previous is not None:  # None: a handler that Python did not install, and cannot put back
        signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        if previous is not None:
            signal.signal(signal.SIGINT, previous)
    if interrupted:
        raise KeyboardInterrupt("training was interrupted; the model is as its last completed step left it")
