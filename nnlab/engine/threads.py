"""One BLAS thread while a small network trains: more would cost more than they bring, and change the last bits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_lock = threading.Lock()
_holders: set[object] = set()
_limit: Any = None


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread; the first that enters sets the limit, the last that leaves lifts it.

    The limit is one for the whole process, so that two models that train at once must share it.

    Yields
    ------
    None
    """
    holder = object()
    try:
        _holders.add(holder)
        _set_limit()
        yield
    finally:
        _holders.discard(holder)
        _set_limit()


def _set_limit() -> None:
    """Set or lift the limit, as there are holders or not; what Interrupt breaks off here, the next call makes good."""
    global _limit
    with _lock:
        if _holders and _limit is None:
            _take_control()
            _limit = _blas().limit(limits=1)
        elif not _holders and _limit is not None:
            _take_control()
            _limit.restore_original_limits()
            _limit = None
            _take_control()


@cache
def _blas() -> Any:
    """Find the loaded BLAS libraries, once: it takes 2 ms, as long as training a small network."""
    import scipy.linalg.cython_blas  # noqa: F401 (the BLAS that compiled code calls must be loaded to be held)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def _take_control() -> None:
    """Let this thread set OpenBLAS's limit: threadpoolctl heeds only the first that did, and here any may be last."""
    from threadpoolctl import OpenBLASController

    release = getattr(OpenBLASController, "clear_controlling_thread", None)  # since threadpoolctl 3.8
    if release is not None:
        release(force=True)
