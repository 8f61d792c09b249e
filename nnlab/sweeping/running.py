"""The sweep itself: chunks are handed to threads or to an executor, and their outcomes put together."""

from __future__ import annotations

import _thread
import pickle
import threading
import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from nnlab.engine import sharing
from nnlab.layers.base import check_count
from nnlab.model import Model
from nnlab.sequential import Sequential
from nnlab.sweeping import chunks
from nnlab.sweeping.chunks import Chunk, CompiledChunk, Failure, Fitting, Outcome
from nnlab.sweeping.grids import check_grid, show
from nnlab.sweeping.plans import Plan
from nnlab.sweeping.results import Sweep
from nnlab.sweeping.sources import source_of

# Between two looks at whether somebody wants it to stop.
LOOK_SECONDS = 0.02


def sweep(
    model: Sequential | Callable[..., Model],
    grid: Mapping[str, Any],
    data: tuple[Any, ...],
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    shuffle: bool = True,
    progress: Any = None,
    stop: threading.Event | None = None,
    executor: Executor | None = None,
) -> Sweep:
    """Train a network for each cell of a grid of settings.

    Networks that the compiled runner takes are trained many in one compiled call, in as many threads as there are
    processors; others by ``fit``, one after the other. The results do not depend on the number of threads.

    Parameters
    ----------
    model : Sequential or callable
        A compiled model as a template, which is not changed: each cell begins with its present weights (or with those
        of the cell's seed) and with a new optimizer. Or a function that gets the names of the grid as arguments and
        returns a compiled model with a seed.
    grid : mapping of str to list
        Names and values; all combinations are trained. For a template the names are the settings of its optimizer,
        such as "learning_rate" and "momentum"; "seed"; "scale", a factor on all first kernels; and "activation",
        "width" and "depth" (the number) of its hidden dense layers.
    data : tuple of array_like
        ``(x, y)``, or ``(x, y, (x_val, y_val))``: the last are evaluated once, after the training.
    epochs, batch_size, shuffle
        As for ``fit``.
    progress : callable or tqdm bar, optional
        Called as ``progress(done, total)`` in cells; or a bar, whose ``update`` is called.
    stop : threading.Event, optional
        Set it from another thread to end the sweep; cells that are not done are NaN then.
    executor : concurrent.futures.Executor, optional
        Where to train instead, such as a ``ProcessPoolExecutor`` or Dask's ``client.get_executor()``. What a lost
        worker leaves undone is trained here.

    Returns
    -------
    Sweep

    Raises
    ------
    TypeError, ValueError, RuntimeError
        If the template, the grid or the data do not fit.
    KeyboardInterrupt
        After Interrupt.

    Examples
    --------
    >>> from nnlab import Sequential, layers
    >>> model = Sequential([layers.Dense(4, activation="tanh"), layers.Dense(1)], seed=0)
    >>> model.compile("sgd", "mse")
    >>> x = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> xor = sweep(model, {"learning_rate": [0.01, 0.1, 0.5], "seed": range(5)}, (x, [0, 1, 1, 0]), epochs=500)
    >>> xor.loss.shape
    (3, 5)
    >>> xor.best["learning_rate"]
    0.5
    """
    axes = check_grid(grid)
    x, y, validation = _check_data(data)
    source = source_of(model, x)
    source.check(axes)
    wanted = 32 if batch_size is None else check_count("batch_size", batch_size)
    fitting = Fitting(check_count("epochs", epochs), min(wanted, len(x)), _check_shuffle(shuffle))
    tell = _teller(progress)
    _check_executor(executor)
    if stop is not None and not hasattr(stop, "is_set"):
        raise TypeError(f"stop is a threading.Event, or None; got {stop!r}")
    plan = Plan(source, axes, (x, y), validation, fitting)
    result = Sweep(source, axes, (x, y), fitting, plan.logs, validation is not None)
    todo = plan.chunks()
    if plan.fitted:
        _check_pickle(executor, todo[-1])
    _run_all(todo, executor, result, tell, stop or threading.Event())
    return result


def _run_all(
    todo: list[Chunk],
    executor: Executor | None,
    result: Sweep,
    tell: Callable[[int, int], None],
    stop: threading.Event,
) -> None:
    total = sum(len(chunk.cells) for chunk in todo)
    done = 0
    tell(done, total)

    def take(outcome: Outcome | Failure) -> None:
        nonlocal done
        if isinstance(outcome, Failure):
            raise outcome.error
        result._take(outcome)
        done += len(outcome.cells)
        tell(done, total)

    left = todo
    if executor is not None:
        left, why = _run(todo, executor, take, stop)
        if left:
            warnings.warn(
                f"{len(left)} of {len(todo)} chunks were not done by the executor ({type(why).__name__}: {why}); they "
                f"are done in this process",
                stacklevel=4,
            )
    if left:
        _run_here(left, take, stop)


class _Halt(threading.Event):
    """An event without a lock, which Interrupt could leave locked; nobody waits for it, all look."""

    halted = False

    def set(self) -> None:
        self.halted = True

    def is_set(self) -> bool:
        return self.halted


def _run_here(todo: list[Chunk], take: Callable[[Outcome | Failure], None], stop: threading.Event) -> None:
    """Train in threads of this process, and leave none behind.

    Not with concurrent.futures, nor with threading.Thread: Interrupt can leave a lock of theirs locked, and the wait
    for the threads then never ends. What is used here is written in C, where Interrupt comes before or after.
    """
    waiting = iter(todo)  # advanced under the interpreter lock: each chunk is taken once
    halt = _Halt()
    told: SimpleQueue[Outcome | Failure | None] = SimpleQueue()
    ended: SimpleQueue[None] = SimpleQueue()

    def work(free: threading.Lock) -> None:
        if free.acquire(blocking=False):
            try:
                for chunk in waiting:
                    told.put(chunks.run(chunk, halt))
            except BaseException as error:
                told.put(Failure(error))
            finally:
                ended.put(None)
                told.put(None)  # so that somebody looks

    begun = [threading.Lock() for _ in range(min(sharing.processors(), len(todo)))]
    try:
        for lock in begun:
            _thread.start_new_thread(work, (lock,))
        while ended.qsize() < len(begun) and not stop.is_set():
            with suppress(Empty):
                outcome = told.get(timeout=LOOK_SECONDS)
                if outcome is not None:
                    take(outcome)
    finally:
        halt.set()
        for _ in waiting:  # after an error or Interrupt nobody takes another chunk
            pass
        for lock in begun:  # a thread that has not begun has nothing left to do
            if not lock.acquire(blocking=False):
                ended.get()
    while not told.empty():
        outcome = told.get()
        if outcome is not None:
            take(outcome)


def _run(
    todo: list[Chunk], executor: Executor, take: Callable[[Outcome | Failure], None], stop: threading.Event
) -> tuple[list[Chunk], BaseException | None]:
    """Hand all chunks to an executor; return those that were lost, and why."""
    halt = threading.Event()
    lost: list[Chunk] = []
    why: BaseException | None = None
    # Threads hear the event; other processes are not told, and finish the chunk at which they are.
    here = (halt,) if isinstance(executor, ThreadPoolExecutor) else ()
    futures: dict[Future[Outcome | Failure], Chunk] = {}
    try:
        for chunk in todo:
            try:
                futures[executor.submit(chunks.run, chunk, *here)] = chunk
            except Exception as error:  # broken, or shut down
                # Interrupt in the midst of a lock comes out as an error of that lock.
                if isinstance(error.__context__, KeyboardInterrupt):
                    raise error.__context__ from None
                lost.append(chunk)
                why = error
        pending = set(futures)
        while pending:
            finished, pending = wait(pending, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            if stop.is_set() and not halt.is_set():
                halt.set()
                waiting = {future for future in pending if not future.cancel()}
                pending = waiting if here else set()
            for future in finished:
                try:
                    outcome = future.result()
                except Exception as error:  # of the executor: errors of a learner's code come as a Failure
                    lost.append(futures[future])
                    why = error
                else:
                    take(outcome)
        return ([], None) if halt.is_set() else (lost, why)
    finally:
        halt.set()
        for future in futures:
            future.cancel()


def _check_data(data: Any) -> tuple[Any, Any, tuple[Any, Any] | None]:
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        raise TypeError("data is a tuple (x, y), or (x, y, (x_val, y_val))")
    x, y, *rest = data
    if not hasattr(x, "__len__") or len(x) == 0:
        raise ValueError("data has no samples: x is an array with a row a sample")
    if not rest or rest[0] is None:
        return x, y, None
    if not isinstance(rest[0], tuple | list) or len(rest[0]) != 2:
        raise TypeError("the third part of data are the validation data, (x_val, y_val)")
    return x, y, (rest[0][0], rest[0][1])


def _check_shuffle(shuffle: Any) -> bool:
    if not isinstance(shuffle, bool):
        raise ValueError(f"shuffle is True or False, got {shuffle!r}")
    return shuffle


def _check_executor(executor: Any) -> None:
    if executor is not None and not isinstance(executor, Executor):
        hint = ": for Dask give client.get_executor()" if hasattr(executor, "get_executor") else ""
        raise TypeError(f"executor is a concurrent.futures.Executor, got {executor!r:.100}{hint}")


def _check_pickle(executor: Executor | None, chunk: Chunk) -> None:
    """Say at once what another process could not be sent."""
    if not isinstance(executor, ProcessPoolExecutor) or isinstance(chunk, CompiledChunk):
        return
    try:
        pickle.dumps(chunk)
    except Exception as error:
        raise TypeError(
            f"other processes cannot be sent this network, in the cell {show(chunk.settings[0])} ({error}): define the "
            f"builder, and what it uses, with def at the top of a module, or leave executor out"
        ) from None


def _teller(progress: Any) -> Callable[[int, int], None]:
    if progress is None:
        return lambda done, total: None  # noqa: ARG005
    if hasattr(progress, "update") and hasattr(progress, "total"):

        def move(done: int, total: int) -> None:
            progress.total = total
            progress.update(done - progress.n)

        return move
    if not callable(progress):
        raise TypeError(f"progress is a function of done and total, or a tqdm bar, got {progress!r}")
    tell: Callable[[int, int], None] = progress
    return tell
