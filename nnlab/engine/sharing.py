"""Work shared by the processors: a batch is cut in pieces, whose results do not depend on who computes them.

The pieces are cut by the size of the batch alone, and sums over them are taken in their order: the bits are the same
on any number of processors. Only work without the interpreter lock gains: compiled kernels, and NumPy's products.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from queue import SimpleQueue

PIECES = 8


def processors() -> int:
    """Count the processors that this process may use.

    Returns
    -------
    int
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# Not a pool of concurrent.futures: Interrupt can leave a lock of its own locked, and the next use waits for ever. What
# is used here is written in C, where Interrupt comes before or after.
@cache
def _helpers() -> SimpleQueue[Callable[[], None]] | None:
    """Start the threads beside the one that asks, and return where they take their work from."""
    others = min(processors(), PIECES) - 1
    if not others:
        return None
    requests: SimpleQueue[Callable[[], None]] = SimpleQueue()
    for k in range(others):
        threading.Thread(target=_serve, args=(requests,), name=f"nnlab-share_{k}", daemon=True).start()
    return requests


def _serve(requests: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        requests.get()()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.cache_clear)  # threads do not outlive a fork


def pieces(rows: int, least: int = 1) -> list[tuple[int, int]]:
    """Cut rows in at most `PIECES` pieces of nearly one size.

    Parameters
    ----------
    rows : int
    least : int
        Rows of a piece, at least, where there are so many.

    Returns
    -------
    list of tuple of int
        First row of each piece, and the one behind its last.

    Examples
    --------
    >>> pieces(10, least=4)
    [(0, 5), (5, 10)]
    """
    count = max(1, min(PIECES, rows // least))
    edges = [k * rows // count for k in range(count + 1)]
    return list(pairwise(edges))


def share(compute: Callable[[int], object], count: int) -> None:
    """Call ``compute(k)`` for each piece, in as many threads as there are processors.

    Parameters
    ----------
    compute : callable
        Releases the interpreter lock for most of its time, and writes where no other piece writes.
    count : int
        Number of pieces.
    """
    waiting = iter(range(count))  # advanced under the interpreter lock: each piece is taken once

    def work() -> None:
        for k in waiting:
            compute(k)

    helpers = _helpers() if count > 1 else None
    if helpers is None:
        work()
        return
    ended: SimpleQueue[BaseException | None] = SimpleQueue()

    def help_if(free: threading.Lock) -> None:
        if free.acquire(blocking=False):
            try:
                work()
            except BaseException as error:
                ended.put(error)
            else:
                ended.put(None)

    begun = [threading.Lock() for _ in range(min(count, processors()) - 1)]
    try:
        for lock in begun:
            helpers.put(partial(help_if, lock))
        work()
    finally:
        for _ in waiting:  # after an error or Interrupt nobody takes another piece
            pass
        # A helper that has not begun has nothing left to do.
        errors = [ended.get() for lock in begun if not lock.acquire(blocking=False)]
    for error in errors:
        if error is not None:
            raise error
