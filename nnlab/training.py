"""The training loop: epochs, callbacks, stopping. It drives one of two trainers that do the same arithmetic.

`Formulas` goes step by step through the layers' own forward and backward; it is the reference, and takes any layer.
`Compiled` hands slices of an epoch to `nnlab.engine.runner`, for networks that `nnlab.lowering` can describe.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab import assembly, evaluation, lowering, metrics
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
        self.gradient = np.zeros_like(model.parameters)
        self.gradients = assembly.views(model.chain, self.gradient)

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
        model, last = self.model, self.model.chain[-1]
        a = x
        for layer in model.chain:
            a = layer.forward(a, training=True, rng=model.rng)

        fused = model.fused_loss
        if fused is None:
            totals[0] += model.loss.per_sample(y, a).sum()
            d = last.backward(model.loss.gradient(y, a))
        else:  # loss and last activation as one, on the values before it
            z = last.z  # type: ignore[attr-defined]
            totals[0] += fused.per_sample(y, z).sum()
            d = last.backward_from_z(fused.gradient(y, z))  # type: ignore[attr-defined]
        for layer in reversed(model.chain[:-1]):
            d = layer.backward(d)

        for k, function in enumerate(self.functions):
            totals[1 + k] += metrics.total(function, y, a)
        totals[-1] += len(x)
        assembly.collect_gradients(model.chain, self.gradients)
        model.optimizer.update(model.parameters, self.gradient)


class Compiled:
    """Trains by slices of an epoch inside the compiled runner."""

    def __init__(self, model: Model, functions: list[metrics.Metric]) -> None:
        from nnlab.engine import runner

        runner.compile_for(model.dtype)  # type: ignore[no-untyped-call]
        self.runner, self.model = runner, model
        self.stages = lowering.stages_of(model.chain, model.input_shape)
        self.table, self.units, self.dropped = lowering.table(self.stages)
        fused = model.fused_loss
        self.network = runner.Network(
            stages=self.table,
            rates=np.array([stage.rate for stage in self.stages]),
            parameters=model.parameters,
            gradient=np.zeros_like(model.parameters),
            loss=lowering.loss_code(fused or model.loss),
            fused=int(fused is not None),
            metric=lowering.metric_code(functions),
        )
        self.counts_metric = bool(functions)
        self.work: Any = None
        self.blocks = 1

    def epoch(self, x: Array, y: Array, order: Array, batch_size: int, totals: Array) -> Iterator[None]:
        """Train on the rows in this order; pauses after each slice. See `Formulas.epoch`."""
        model = self.model
        x = x.reshape(len(x), -1)
        batch_size = min(batch_size, len(order))
        if self.work is None:
            # About 20 ms a block for wide networks, so that one huge batch does not hold up Interrupt.
            block = min(batch_size, max(32, min(1024, 60_000_000 // max(1, model.parameters.size))))
            self.work = self.runner.make_work(  # type: ignore[no-untyped-call]
                self.table, self.units, self.dropped, block, batch_size, model.dtype
            )
        cursor = np.array([0, 0, model.optimizer.iterations])
        sums = np.zeros(3)
        over = False
        while not over:
            begin = time.perf_counter()
            # Anew for each slice: a callback may have changed the learning rate, or replaced weights.
            network = self.network._replace(parameters=model.parameters)
            over = self.runner.advance(
                network, self.optimizer(), self.work, x, y, order, batch_size, self.blocks, model.rng, cursor, sums
            )
            model.optimizer.iterations = int(cursor[2])
            totals[0], totals[-1] = sums[0], sums[2]
            if self.counts_metric:
                totals[1] = sums[1]
            seconds = time.perf_counter() - begin
            if not over:
                self.blocks = max(1, min(8 * self.blocks, int(self.blocks * SLICE_SECONDS / max(seconds, 1e-6))))
            yield

    def optimizer(self) -> Any:
        """Describe the optimizer as the runner sees it.

        Returns
        -------
        nnlab.engine.runner.Optimizer
        """
        code, settings = lowering.optimizer_settings(self.model.optimizer)
        assert self.model.optimizer.slots is not None
        return self.runner.Optimizer(code, settings, self.model.optimizer.slots)


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
        Ends the training after its last completed step.
    """
    _check_callbacks(callbacks)
    model.optimizer.build(model.parameters.size, model.dtype)
    trainer = Formulas(model, functions) if model.why_formulas() else Compiled(model, functions)
    model.stop_training = False
    logs: Logs = {}
    told = time.monotonic()
    with ExitStack() as ends, interrupts() as interrupted, single_blas_thread():

        def stopped() -> bool:
            return stop.is_set() or interrupted.is_set() or model.stop_training

        def tell_progress(epoch: int, totals: Array) -> None:
            nonlocal told
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                for callback in callbacks:
                    callback.on_progress(epoch, totals[-1] / len(x), evaluation.named_means(model, totals))

        for callback in callbacks:
            callback.model = model
            callback.params = {"epochs": epochs, "steps": -(-len(x) // batch_size)}
            ends.callback(_end, callback, lambda: logs)
            callback.on_train_begin({})
        for epoch in range(epochs):
            if stopped():
                return
            for callback in callbacks:
                callback.on_epoch_begin(epoch, {})
            order = model.rng.permutation(len(x)) if shuffle else np.arange(len(x))
            totals = np.zeros(2 + len(functions))
            for _ in trainer.epoch(x, y, order, batch_size, totals):
                tell_progress(epoch, totals)
                if stopped():
                    break
            if totals[-1] < len(x):
                return  # stopped within the epoch, which is then no part of the history
            logs = evaluation.named_means(model, totals)
            if validation is not None:
                measured = evaluation.measure(model, *validation, functions, stopped) or {}
                logs |= {f"val_{name}": value for name, value in measured.items()}
            for callback in callbacks:
                callback.on_epoch_end(epoch, logs)


def _end(callback: Callback, logs: Callable[[], Logs]) -> None:
    callback.on_train_end(logs())


def _check_callbacks(callbacks: list[Callback]) -> None:
    for callback in callbacks:
        for name in ("on_batch_end", "on_batch_begin", "on_train_batch_end", "on_train_batch_begin"):
            if hasattr(callback, name):
                raise ValueError(
                    f"{type(callback).__name__}.{name} would never be called: a batch takes microseconds here. "
                    f"Use on_progress(epoch, done, logs), which is called about 20 times a second."
                )


@contextmanager
def interrupts() -> Iterator[threading.Event]:
    """Turn Interrupt (Ctrl-C) into an event, so that it does not break off in the middle of a step.

    KeyboardInterrupt is raised at the end. A second Interrupt breaks off at once. Outside of the main thread, which
    gets no signals, and where Interrupt is ignored, nothing changes.

    Yields
    ------
    threading.Event
        Set when Interrupt came.
    """
    interrupted = threading.Event()
    main = threading.current_thread() is threading.main_thread()
    previous = signal.getsignal(signal.SIGINT) if main else None
    if previous in (None, signal.SIG_IGN):  # None: also a handler that Python did not install, and cannot put back
        yield interrupted
        return

    def handle(number: int, frame: Any) -> None:  # noqa: ARG001
        interrupted.set()
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, handle)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, previous)
    if interrupted.is_set():
        raise KeyboardInterrupt("training was interrupted; the model is as its last completed step left it")
