"""The one place that decides how code is compiled: flags, cache, and what happens without a writable folder.

Kernels are marked with `kernel`; nothing else in the package calls Numba's ``njit``. What is compiled stands in
`runner`, and in the parts that it calls: `kernels`, `objectives`, `updates`.
"""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching

from nnlab import _folders

# Not "nnan" and "ninf": with them isnan lies, and a diverging run must stay visible as NaN.
FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
ENGINE = Path(__file__).parent


def stamp(source: Path) -> str:
    """Hash of a module and of all it imports from this folder: their code is compiled into its own.

    Parameters
    ----------
    source : pathlib.Path

    Returns
    -------
    str
    """
    digest = hashlib.sha256()
    for path in sorted(_with_imports(source)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _with_imports(source: Path) -> set[Path]:
    found: set[Path] = set()
    waiting = [source]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nnlab.engine"):
                names = [(node.module or "").removeprefix("nnlab.engine."), *(alias.name for alias in node.names)]
                waiting += [ENGINE / f"{name}.py" for name in names]
    return found


def cache_folder() -> Path:
    """Folder of the compiled code; ``NUMBA_CACHE_DIR`` moves it.

    Returns
    -------
    pathlib.Path
        It may be missing or read-only: then each process compiles anew, and nothing fails.
    """
    return Path(os.environ.get("NUMBA_CACHE_DIR") or _folders.cache()) / "engine"


@cache
def module_folder(source: Path) -> Path:
    """Folder of what is compiled from one module, as it is now.

    Parameters
    ----------
    source : pathlib.Path

    Returns
    -------
    pathlib.Path
    """
    return cache_folder() / f"{source.stem}-{stamp(source)}"


class _Locator(caching._CacheLocator):  # type: ignore[misc]
    """Says where a kernel is kept; Numba's own locators look at one file only, and probe by writing."""

    def __init__(self, source: Path, line: int) -> None:
        self._source, self._line = source, line

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> _Locator:
        return cls(Path(py_file), py_func.__code__.co_firstlineno)

    def ensure_cache_path(self) -> None:
        """Do nothing: the folder is made when there is something to save."""

    def get_cache_path(self) -> str:
        return str(module_folder(self._source))

    def get_source_stamp(self) -> str:
        return stamp(self._source)

    def get_disambiguator(self) -> str:
        return str(self._line)


class _Files(caching.IndexDataCacheFile):  # type: ignore[misc]
    """The files of one kernel: nothing that happens to them may stop a lesson."""

    def load(self, key: Any) -> Any:
        try:
            return super().load(key)
        except Exception:  # damaged or foreign files: compile again, and write over them
            return None

    def save(self, key: Any, data: Any) -> None:
        # Named after its key and written before the index: two processes that compile at once can lose an
        # entry of the index, but an entry never names the code of another signature.
        name = self._data_name(int(hashlib.sha256(repr(key).encode()).hexdigest()[:8], 16))
        with suppress(OSError):  # a read-only or full disk costs the next process its compile time only
            Path(self._cache_path).mkdir(parents=True, exist_ok=True)
            self._save_data(name, data)
            try:
                known = self._load_index()
            except Exception:  # a damaged index is written anew
                known = {}
            self._save_index({**known, key: name})


class _Implementation(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_Locator,)


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _Implementation

    def __init__(self, py_func: Callable[..., Any]) -> None:
        super().__init__(py_func)
        self._cache_file = _Files(self._cache_path, self._impl.filename_base, self._impl.locator.get_source_stamp())


def part(function: Callable[..., Any]) -> Any:
    """Compile a function that only compiled functions call: without the wrappers by which Python would call it.

    They are half of the time that compiling takes. A part is kept on disk within the kernels that call it.

    Parameters
    ----------
    function : callable
        A module-level function of this folder, within what Numba compiles.

    Returns
    -------
    numba dispatcher
    """
    options = {"fastmath": FASTMATH, "error_model": "numpy"}
    return numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a `part` into each of its callers: for what gets the runner's tuples, whose call passes 150 numbers.

    Parameters
    ----------
    function : callable
        As for `part`.

    Returns
    -------
    numba dispatcher
    """
    options = {"fastmath": FASTMATH, "error_model": "numpy"}
    return numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True, **options)(function)


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a function at its first call, without the interpreter lock, and keep the result on disk.

    Parameters
    ----------
    function : callable
        A module-level function of this folder, within what Numba compiles.

    Returns
    -------
    numba dispatcher
        Called like the function.
    """
    compiled = numba.njit(nogil=True, fastmath=FASTMATH, error_model="numpy")(function)
    if compiled is not function:  # NUMBA_DISABLE_JIT=1 hands back the plain function, for debugging
        compiled._cache = _Cache(function)
    return compiled
