"""What is compiled: the runner that trains a dense network by many steps a call.

Importing this package imports no compiler; `runner` does. Begin with `nnlab.engine.runner`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np


def available() -> bool:
    """Whether the compiler (Numba) is installed; without it the formulas do all the work.

    Returns
    -------
    bool
    """
    return importlib.util.find_spec("numba") is not None


def cache_folder() -> Path:
    """Folder in which compiled code is kept.

    Returns
    -------
    pathlib.Path
        It may not exist yet.
    """
    from nnlab.engine import _jit

    return _jit.cache_folder()


def is_compiled() -> bool:
    """Whether the cache holds the compiled runner, so that `warmup` takes less than a second.

    Returns
    -------
    bool
    """
    return len(list(cache_folder().glob("runner.advance*.nbc"))) >= 2  # one for each of two dtypes


def warmup(progress: Callable[[int, int, str], None] | None = None) -> None:
    """Compile everything that training needs, or load it from the cache.

    Parameters
    ----------
    progress : callable, optional
        Called as ``progress(done, total, name)`` before each piece, and once at the end with done equal to total.
    """
    from nnlab.engine import runner

    kinds = (np.float32, np.float64)
    for done, kind in enumerate(kinds):
        if progress:
            progress(done, len(kinds), f"training in {np.dtype(kind).name}")
        runner.compile_for(np.dtype(kind))
    if progress:
        progress(len(kinds), len(kinds), "done")
