"""What is compiled: the runner that trains a dense network by many steps a call, and kernels that layers call.

Importing this package imports no compiler; `runner` and the modules with kernels do. Begin with
`nnlab.engine.runner`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np

# Modules with kernels, beside the runner.
FAMILIES = ("stepping", "pooling", "convolution", "convolution_pooling", "embedding", "recurrent", "sweeping")

_formulas_only = ContextVar("formulas_only", default=False)


def compiled(family: str) -> ModuleType | None:
    """Return the compiled kernels of a family of layers; None where its formulas have to do.

    Parameters
    ----------
    family : str
        A module of this package, such as "convolution".

    Returns
    -------
    module or None
        None without Numba, and within `formulas_only`.
    """
    if _formulas_only.get() or not available():
        return None
    return _module(family)


@cache
def _module(family: str) -> ModuleType:
    return importlib.import_module(f"nnlab.engine.{family}")


@contextmanager
def formulas_only(only: bool = True) -> Iterator[None]:
    """Let layers compute by their NumPy formulas alone, in this thread.

    Parameters
    ----------
    only : bool
        False changes nothing.

    Yields
    ------
    None
    """
    token = _formulas_only.set(only or _formulas_only.get())
    try:
        yield
    finally:
        _formulas_only.reset(token)


@cache
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
    if not available():
        return False
    from nnlab.engine import _jit

    folder = _jit.module_folder(_jit.ENGINE / "runner.py")
    return len(list(folder.glob("runner.advance*.nbc"))) >= 2  # one for each of two dtypes


def warmup(progress: Callable[[int, int, str], None] | None = None, everything: bool = False) -> None:
    """Compile what networks of dense layers train with, or load it from the cache.

    Parameters
    ----------
    progress : callable, optional
        Called as ``progress(done, total, name)`` before each piece, and once at the end with done equal to total.
    everything : bool
        Whether to compile what other layers and sweeps need as well, in single precision; without this it is compiled
        at its first use.
    """
    pieces = [("runner", np.float32), ("runner", np.float64)]
    if everything:
        pieces += [(family, np.float32) for family in FAMILIES]
    for done, (family, kind) in enumerate(pieces):
        if progress:
            progress(done, len(pieces), f"{family} in {np.dtype(kind).name}")
        _module(family).compile_for(np.dtype(kind))
    if progress:
        progress(len(pieces), len(pieces), "done")
