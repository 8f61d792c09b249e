"""Work shared by the processors: a batch is cut in pieces, whose results do not depend on who computes them.

The pieces are cut by the size of the batch alone, and sums over them are taken in their order: the bits are the same
on any number of processors. Only work without the interpreter lock gains: compiled kernels, and NumPy's products.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

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


@cache
def _helpers() -> ThreadPoolExecutor | None:
    """Return the threads beside the one that asks."""
    others = min(processors(), PIECES) - 1
    return ThreadPoolExecutor(others, "nnlab-share") if others else None


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
    futures = [helpers.submit(work) for _ in range(min(count, processors()) - 1)]
    try:
        work()
    finally:
        for _ in waiting:  # after an error or Interrupt nobody takes another piece
            pass
        for future in futures:
            if not future.cancel():  # one that has not begun has nothing left to do
                future.result()
