"""The training loop: epochs, callbacks, stopping. It drives one of two trainers that do the same arithmetic.

`Formulas` goes step by step through the layers' own forward and backward; it is the reference, and takes any layer:
read its `step` first. `Compiled` hands many steps at once to `nnlab.engine.runner`, for networks that
`nnlab.lowering` can describe: the same step is there in `advance`.
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

from nnlab import assembly, engine, evaluation, lowering
from nnlab.callbacks import Callback, Logs
from nnlab.callbacks.base import check_callbacks, go_on, listens
from nnlab.engine.threads import single_blas_thread
from nnlab.evaluation import Metrics
from nnlab.samples import Samples

if TYPE_CHECKING:
    from nnlab.model import Model

Array = NDArray[Any]

# A compiled slice lasts about this long: short enough for Interrupt and for a moving bar, long enough to cost nothing.
SLICE_SECONDS = 0.03
# Seconds between two calls of on_progress: few at first, so that a picture follows a slider at once, then more.
FIRST_PROGRESS, PROGRESS_SECONDS = 0.005, 0.05
# Orders of this many rows at most are drawn ahead, when nobody is to be told of each epoch.
ROWS_AHEAD = 65_536


class Formulas:
    """Trains through the layers' NumPy formulas, one step after the other."""

    draws = True  # random numbers that have to come between those of two orders

    def __init__(self, model: Model, functions: Metrics, batch_size: int) -> None:
        self.model, self.functions, self.batch_size = model, functions, batch_size
        self.gradient = np.zeros_like(model.parameters)
        self.views = assembly.views(model.chain, self.gradient)
        self.gradients = assembly.Gradients(model.chain, self.gradient)
        self.diverged = False

    def epochs(self, samples: Samples, orders: Array, totals: Array) -> Iterator[int]:
        """Train on the rows in these orders; pauses after each step. Ends early at a loss that is not finite.

        Parameters
        ----------
        samples : Samples
        orders : ndarray of shape (E, M) or (1, M)
            Row numbers, for each epoch or for all.
        totals : ndarray of shape (E, logs + 1)
            For each epoch, as `nnlab.evaluation.add_up` fills them.

        Yields
        ------
        int
            The present epoch, from 0 to E - 1.
        """
        for epoch in range(len(totals)):
            order = orders[min(epoch, len(orders) - 1)]
            for start in range(0, len(order), self.batch_size):
                with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # a diverging run is a lesson
                    self.step(samples.take(order[start : start + self.batch_size]), totals[epoch])
                yield epoch
                if self.diverged:
                    return

    def step(self, batch: Samples, totals: Array) -> None:
        """One step: forward, loss, backward, update.

        Parameters
        ----------
        batch : Samples
        totals : ndarray of shape (logs + 1,)
            As `nnlab.evaluation.add_up` fills them.
        """
        model = self.model
        states = [(array, array.copy()) for array in assembly.states(model.chain)]
        self.differentiate(batch, totals)
        self.diverged = not np.isfinite(totals[0])
        if self.diverged:
            for array, before in states:
                array[...] = before
        else:
            self._update()
            assembly.constrain(model.chain)

    def _update(self) -> None:
        """Let the optimizer take its step: in one compiled pass, where there is one."""
        model, optimizer = self.model, self.model.optimizer
        fast = engine.compiled("stepping") if lowering.has_compiled_step(optimizer) else None
        if fast is None:
            optimizer.update(model.parameters, self.gradient)
            return
        code, settings = lowering.optimizer_settings(optimizer)
        optimizer.iterations += 1
        gradient = optimizer.clip(self.gradient)
        fast.step(code, settings, optimizer.iterations, gradient, optimizer.slots, model.parameters)

    def differentiate(self, batch: Samples, totals: Array) -> None:
        """Forward, loss, backward: leave the gradient in ``self.gradient``.

        Parameters
        ----------
        batch : Samples
        totals : ndarray of shape (logs + 1,)
            As `nnlab.evaluation.add_up` fills them.
        """
        model, graph = self.model, self.model.graph
        done = graph.forward(batch.xs, training=True, rng=model.rng)
        compared = evaluation.compare(model, done, batch)
        evaluation.add_up(model, done, compared, self.functions, totals)

        d_outputs: dict[int, Array] = {}
        dz_outputs: dict[int, Array] = {}
        for slot, objective, comparison in zip(graph.outputs, model.objectives, compared, strict=True):
            d = comparison.gradient()
            if objective.weight != 1:
                d = d * model.dtype.type(objective.weight)
            step = model.makers[slot]
            if step in model.fused:
                dz_outputs[step] = d
            else:
                d_outputs[slot] = d_outputs[slot] + d if slot in d_outputs else d
        self.gradients.clear()
        graph.backward(done, d_outputs, dz_outputs, self.gradients.collect)
        totals[0] += batch.rows * assembly.regularize(model.chain, self.views)


class Compiled:
    """Trains by slices of some steps or epochs inside the compiled runner."""

    def __init__(self, model: Model, functions: Metrics, batch_size: int) -> None:
        from nnlab.engine import runner

        runner.compile_for(model.dtype)
        self.runner, self.model, self.batch_size = runner, model, batch_size
        stages = lowering.stages_of(model.chain, model.input_shape)
        table, units, dropped = lowering.table(stages)
        self.draws = dropped > 0
        loss, fused = model.loss, list(model.fused.values())
        self.network = runner.Network(
            stages=table,
            constants=np.array([stage.constant for stage in stages]),
            penalties=lowering.penalties(stages),
            parameters=model.parameters,
            gradient=np.zeros_like(model.parameters),
            loss=lowering.loss_code(fused[0] if fused else loss),
            delta=getattr(loss, "delta", 0.0),
            fused=len(fused),
            metrics=lowering.metric_codes(functions[0]),
        )
        # About 20 ms a block for wide networks, so that one huge batch does not hold up Interrupt.
        block = min(batch_size, max(32, min(1024, 60_000_000 // max(1, model.parameters.size))))
        self.work = runner.make_work(table, units, dropped, block, batch_size, model.dtype)  # type: ignore[no-untyped-call]
        self.blocks = 1
        self.diverged = False

    def epochs(self, samples: Samples, orders: Array, totals: Array) -> Iterator[int]:
        """Train on the rows in these orders; pauses after each slice. See `Formulas.epochs`."""
        model = self.model
        weights = np.ones(0, model.dtype) if samples.weights is None else samples.weights
        (x,), (y,) = samples.xs, samples.ys
        data = self.runner.Samples(x.reshape(len(x), -1), y, weights, orders)
        cursor = np.array([0, 0, 0, model.optimizer.iterations])
        over = False
        while not over:
            begin = time.perf_counter()
            # Anew for each slice: a callback may have changed the learning rate, or replaced weights.
            left = (len(totals) - int(cursor[0])) * -(-orders.shape[1] // self.batch_size)
            network = self.network._replace(parameters=model.parameters)
            optimizer = self.optimizer(min(self.blocks, left))
            over = self.runner.advance(
                network, optimizer, self.work, data, self.batch_size, self.blocks, model.rng, cursor, totals
            )
            epoch, _, _, model.optimizer.iterations = cursor.tolist()
            self.diverged = bool(over) and epoch < len(totals)
            seconds = time.perf_counter() - begin
            if not over:
                self.blocks = max(1, min(8 * self.blocks, int(self.blocks * SLICE_SECONDS / max(seconds, 1e-6))))
            yield min(epoch, len(totals) - 1)

    def optimizer(self, steps: int) -> Any:
        """Describe the optimizer as the runner sees it.

        Parameters
        ----------
        steps : int
            The most that it is going to take.

        Returns
        -------
        nnlab.engine.runner.Optimizer
        """
        optimizer = self.model.optimizer
        code, settings = lowering.optimizer_settings(optimizer)
        assert optimizer.slots is not None
        rates = np.zeros(0)
        if optimizer.schedule is not None:
            rates = optimizer.schedule.rates(np.arange(optimizer.iterations, optimizer.iterations + steps))
        return self.runner.Optimizer(
            code,
            settings,
            rates,
            optimizer.clipnorm or 0.0,
            optimizer.clipvalue or 0.0,
            optimizer.starts,
            optimizer.slots,
        )


def train(
    model: Model,
    samples: Samples,
    functions: Metrics,
    *,
    batch_size: int,
    initial_epoch: int,
    epochs: int,
    shuffle: bool,
    callbacks: list[Callback],
    validation: Samples | None,
    stop: threading.Event,
) -> int | None:
    """Train a compiled and built model; see `nnlab.model.Model.fit`.

    Parameters
    ----------
    model : Model
    samples : Samples
    functions : list of list of callable
        The metrics of each output.
    batch_size, initial_epoch, epochs : int
    shuffle : bool
    callbacks : list of Callback
    validation : Samples or None
    stop : threading.Event
        Ends the training after its last completed step.

    Returns
    -------
    int or None
        The number of the step whose loss was not finite, from 1; None if all were.
    """
    check_callbacks(callbacks)
    rows = samples.rows
    batch_size = min(batch_size, rows)
    model.optimizer.build(model.parameters.size, model.dtype, assembly.starts(model.chain))
    trainer = (Formulas if model.why_formulas() else Compiled)(model, functions, batch_size)
    model.stop_training = False
    logs: Logs = {}
    told, wait = time.monotonic(), FIRST_PROGRESS
    with (
        ExitStack() as ends,
        interrupts() as interrupted,
        single_blas_thread(),
        engine.formulas_only(model.run_eagerly),
    ):

        def stopped() -> bool:
            return stop.is_set() or interrupted.is_set() or model.stop_training

        def tell_progress(epoch: int, totals: Array) -> None:
            nonlocal told, wait
            if time.monotonic() - told > wait:
                told, wait = time.monotonic(), min(2 * wait, PROGRESS_SECONDS)
                for callback in callbacks:
                    callback.on_progress(epoch, totals[-1] / rows, evaluation.named_means(model, totals.tolist()))

        kept = model.kept_states if initial_epoch == model.epochs_done else []
        model.epochs_done, model.kept_states = initial_epoch, []
        begun: list[Callback] = []
        ends.callback(_end, begun, lambda: logs)
        for callback in callbacks:
            callback.model = model
            callback.params = {"epochs": epochs, "steps": -(-rows // batch_size)}
            begun.append(callback)
            callback.on_train_begin({})
        go_on(callbacks, kept)
        epoch = initial_epoch
        while epoch < epochs and not stopped():
            ahead = 1 if validation is not None or trainer.draws or listens(callbacks) else ROWS_AHEAD // rows
            for callback in callbacks:
                callback.on_epoch_begin(epoch, {})
            together = max(1, min(ahead, epochs - epoch))
            shuffled = shuffle and batch_size < rows  # a full batch has no order
            orders = np.tile(np.arange(rows), (together if shuffled else 1, 1))
            if shuffled:
                for order in orders:
                    model.rng.shuffle(order)  # in place: with many rows each copy counts
            totals = np.zeros((together, evaluation.width(model)))
            for at in trainer.epochs(samples, orders, totals):
                tell_progress(epoch + at, totals[at])
                if stopped():
                    break
            done = at + 1 if trainer.diverged else int((totals[:, -1] == rows).sum())
            for sums in totals[:done].tolist():
                logs = evaluation.named_means(model, sums)
                if validation is not None:
                    measured = evaluation.measure(model, validation, functions, stopped)
                    if measured is None:
                        return None  # stopped within an epoch, which is then no part of the history
                    logs |= {f"val_{name}": value for name, value in measured.items()}
                model.epochs_done = epoch + 1
                for callback in callbacks:
                    callback.on_epoch_end(epoch, logs)
                epoch += 1
            if trainer.diverged:
                return model.optimizer.iterations + 1
            if done < len(totals):
                break  # stopped within an epoch, which is then no part of the history
    return None


def _end(callbacks: list[Callback], logs: Callable[[], Logs]) -> None:
    """End all callbacks in their order, even where one raises."""
    with ExitStack() as ends:
        for callback in reversed(callbacks):
            ends.callback(callback.on_train_end, logs())


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
