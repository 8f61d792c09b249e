"""A chunk of a sweep: some cells, and all that it takes to train them, here or in another process.

`CompiledChunk` holds networks of one architecture as arrays, for `nnlab.engine.sweeping`. `FittedChunk` holds cells for
``fit``: layers, losses or optimizers without a compiled form, and dropout, which draws numbers for each network.
"""

from __future__ import annotations

import copy
import threading
import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnlab.engine import codes
from nnlab.engine.threads import single_blas_thread
from nnlab.sweeping.grids import Cell
from nnlab.sweeping.sources import Source

Array = NDArray[Any]

# A compiled call lasts about this long: then it is heard that the sweep was stopped.
SLICE_SECONDS = 0.05
# Numbers in the orders of samples that are drawn ahead.
ORDERS_AHEAD = 1_000_000


class Fitting(NamedTuple):
    """How each network is trained; as the arguments of ``fit``."""

    epochs: int
    batch_size: int
    shuffle: bool


class CompiledChunk(NamedTuple):
    """Networks of one architecture; the tuples are those of `nnlab.engine.runner`."""

    cells: NDArray[np.int64]  # (C,)
    fitting: Fitting
    network: Any
    work: Any
    code: int
    starts: NDArray[np.int64]
    samples: Any
    validation: Any  # Samples, or None
    rng: np.random.Generator | None  # shuffles; None: the samples stay in their order
    parameters: Array  # (C, P)
    settings: NDArray[np.float64]  # (C, K)
    rates: NDArray[np.float64]  # (C, steps) or (C, 0)
    clipping: NDArray[np.float64]  # (C, 2)
    first_slots: Array  # (C, slots, 1)


class FittedChunk(NamedTuple):
    """Cells that ``fit`` trains."""

    cells: NDArray[np.int64]
    fitting: Fitting
    source: Source
    settings: list[Cell]
    data: tuple[Any, Any]
    validation: tuple[Any, Any] | None
    logs: int


class Outcome(NamedTuple):
    """What came out for the cells of a chunk; those that were stopped are left out."""

    cells: NDArray[np.int64]  # (C,)
    history: NDArray[np.float64]  # (C, E, L), NaN behind the end of a diverged run
    diverged: NDArray[np.int64]  # (C,): the step, or 0
    validation: NDArray[np.float64]  # (C, L), or (C, 0)


class Failure(NamedTuple):
    """An error of the learner's own code, which is not the executor's."""

    error: BaseException


Chunk = CompiledChunk | FittedChunk


def run(chunk: Chunk, halt: threading.Event | None = None) -> Outcome | Failure:
    """Train the cells of a chunk.

    Parameters
    ----------
    chunk : CompiledChunk or FittedChunk
        Not changed.
    halt : threading.Event, optional
        Ends it soon.

    Returns
    -------
    Outcome or Failure
    """
    halt = halt or threading.Event()
    if isinstance(chunk, CompiledChunk):
        return _train(chunk, halt)
    try:
        return _fit(chunk, halt)
    except Exception as error:  # told apart from what happens to the executor
        return Failure(error)


def _train(chunk: CompiledChunk, halt: threading.Event) -> Outcome:
    from nnlab.engine import runner, sweeping

    sweeping.compile_for(chunk.parameters.dtype)
    count, size = chunk.parameters.shape
    slots = np.empty((count, chunk.first_slots.shape[1], size), chunk.parameters.dtype)
    slots[:] = chunk.first_slots
    cells = sweeping.Cells(
        chunk.parameters.copy(), chunk.settings.copy(), chunk.rates, chunk.clipping, slots,
        np.zeros((count, 4), np.int64), np.zeros(count, np.bool_),
    )  # fmt: skip
    network = chunk.network._replace(parameters=cells.parameters[0], gradient=np.zeros(size, chunk.parameters.dtype))
    work = own_buffers(chunk.work)
    optimizer = runner.Optimizer(
        chunk.code, chunk.settings[0], np.zeros(0), 0.0, 0.0, chunk.starts, cells.slots[0]
    )  # fmt: skip
    history = np.full((count, chunk.fitting.epochs, 1 + len(network.metrics)), np.nan)
    diverged = np.zeros(count, np.int64)
    rows = len(chunk.samples.x)
    rng = copy.deepcopy(chunk.rng)
    together = chunk.fitting.epochs if rng is None else max(1, min(chunk.fitting.epochs, ORDERS_AHEAD // rows))
    blocks = 1000
    with single_blas_thread():
        for epoch in range(0, chunk.fitting.epochs, together):
            epochs = min(together, chunk.fitting.epochs - epoch)
            samples = chunk.samples._replace(orders=_orders(rows, epochs, rng))
            totals = np.zeros((count, epochs, history.shape[2] + 1))
            cells.cursors[:, codes.EPOCH] = 0
            cells.over[:] = diverged > 0
            over = False
            while not over and not halt.is_set():
                begin = time.perf_counter()
                over = sweeping.train_many(
                    network, optimizer, work, samples, chunk.fitting.batch_size, blocks, _NOBODY, cells, totals
                )
                seconds = time.perf_counter() - begin
                blocks = max(1, min(8 * blocks, int(blocks * SLICE_SECONDS / max(seconds, 1e-6))))
            with np.errstate(invalid="ignore"):
                history[:, epoch : epoch + epochs] = totals[:, :, :-1] / totals[:, :, -1:]  # 0 / 0 where none was done
            ended = (diverged == 0) & cells.over & (cells.cursors[:, codes.EPOCH] < epochs)
            diverged[ended] = cells.cursors[ended, codes.UPDATES] + 1
            if not over:
                break
        # Stopped: whole are the cells that came to the end of the last epochs, and those that diverged.
        last = epoch + epochs == chunk.fitting.epochs
        whole = (diverged > 0) | (cells.over & last)
        measured = _measure(chunk, network, work, cells.parameters[whole])
    return Outcome(chunk.cells[whole], history[whole], diverged[whole], measured)


_NOBODY = np.random.default_rng(0)


def own_buffers(work: Any) -> Any:
    """Copy the buffers of a run, so that it can go on beside others.

    Parameters
    ----------
    work : nnlab.engine.runner.Work

    Returns
    -------
    nnlab.engine.runner.Work
    """
    return type(work)(*(part.copy() if isinstance(part, np.ndarray) else part for part in work))


def _orders(rows: int, epochs: int, rng: np.random.Generator | None) -> NDArray[np.int64]:
    """Draw the orders of samples as `nnlab.training.train` does."""
    orders = np.tile(np.arange(rows), (1 if rng is None else epochs, 1))
    if rng is not None:
        for order in orders:
            rng.shuffle(order)
    return orders


def _measure(chunk: CompiledChunk, network: Any, work: Any, parameters: Array) -> NDArray[np.float64]:
    from nnlab.engine import sweeping

    if chunk.validation is None:
        return np.zeros((len(parameters), 0))
    totals = np.zeros((len(parameters), 2 + len(network.metrics)))
    sweeping.evaluate_many(network, work, chunk.validation, parameters, totals)
    return totals[:, :-1] / totals[:, -1:]


def _fit(chunk: FittedChunk, halt: threading.Event) -> Outcome:
    done: list[tuple[int, Array, int, list[float]]] = []
    for number, cell in zip(chunk.cells.tolist(), chunk.settings, strict=True):
        if halt.is_set():
            break
        model = chunk.source.make(cell)
        history = model.fit(
            *chunk.data, chunk.fitting.batch_size, chunk.fitting.epochs, verbose=0, shuffle=chunk.fitting.shuffle,
            stop=halt,
        )  # fmt: skip
        if not history.diverged and len(history.epoch) < chunk.fitting.epochs:
            break
        curves = np.full((chunk.fitting.epochs, chunk.logs), np.nan)
        curves[: len(history.epoch)] = np.array(list(history.history.values())).T
        measured: Any = {}
        if chunk.validation is not None:
            measured = model.evaluate(*chunk.validation, verbose=0, return_dict=True)
        done.append((number, curves, history.diverged or 0, list(measured.values())))
    numbers, curves_of, diverged, validation = zip(*done, strict=True) if done else ((), (), (), ())
    return Outcome(
        np.array(numbers, np.int64),
        np.array(curves_of, np.float64).reshape(len(done), chunk.fitting.epochs, chunk.logs),
        np.array(diverged, np.int64),
        np.array(validation, np.float64).reshape(len(done), chunk.logs if chunk.validation is not None else 0),
    )
