"""The one place that decides how code is compiled: flags, cache, and what happens without a writable folder.

Kernels are marked with `kernel`; nothing else in the package calls Numba's ``njit``. What is compiled stands in
`runner`, and in the parts that it calls: `kernels`, `objectives`, `updates`.
"""

from __future__ import annotations

import dis
import hashlib
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from nnlab import _folders
from nnlab._files import write_atomically


def _import_numba() -> None:
    """Import Numba and what it imports at its first use; what goes wrong is told by the imports below."""
    with suppress(Exception):
        from numba.core.registry import cpu_target

        cpu_target.typing_context.refresh()
        cpu_target.target_context.refresh()


# In a thread, which Interrupt does not reach: half imported, Numba cannot be imported again in the same process.
_thread = threading.Thread(target=_import_numba, name="nnlab import")
_thread.start()
_thread.join()

import llvmlite  # noqa: E402
import numba  # noqa: E402
from llvmlite import binding  # noqa: E402
from numba.core import caching, config, serialize  # noqa: E402

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
        waiting += [ENGINE / f"{name.rpartition('.')[2]}.py" for name in _imported(path)]
    return found


def _imported(path: Path) -> Iterator[str]:
    """Yield the names in a module's imports, of modules and of what is taken from them.

    From its bytecode, not its syntax tree: this runs beside the learner's cell, and in Python 3.11 two threads that
    build syntax trees at the same time both may fail with a SystemError.
    """
    for instruction in dis.get_instructions(compile(path.read_bytes(), path, "exec")):
        if instruction.opname in ("IMPORT_NAME", "IMPORT_FROM"):
            yield instruction.argval


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
    """Folder of what is compiled from one module as it is now, by this Numba for this processor.

    Parameters
    ----------
    source : pathlib.Path

    Returns
    -------
    pathlib.Path
    """
    return cache_folder() / f"{source.stem}-{stamp(source)}-{_machine()}"


def _machine() -> str:
    """Hash of what compiles, and of the processor: a shared home may have served another one before."""
    name = config.CPU_NAME or binding.get_host_cpu_name()
    features = binding.get_host_cpu_features().flatten() if config.CPU_FEATURES is None else config.CPU_FEATURES
    described = (numba.__version__, llvmlite.__version__, name, features)
    return hashlib.sha256(repr(described).encode()).hexdigest()[:8]


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


class _Files:
    """The files of one kernel, one a signature: nothing that happens to them may stop a lesson.

    Each begins with the SHA-256 of the rest: a flipped bit in machine code would end the process.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name

    def _path(self, key: Any) -> Path:
        return self._folder / f"{self._name}.{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.nbc"

    def load(self, key: Any) -> Any:
        try:
            content = self._path(key).read_bytes()
            if hashlib.sha256(content[32:]).digest() == content[:32]:
                known, data = pickle.loads(content[32:])
                return data if known == key else None
        except Exception:  # missing, damaged or foreign: compile, and write over it
            pass
        return None

    def save(self, key: Any, data: Any) -> None:
        content = serialize.dumps((key, data))
        with suppress(OSError):  # a read-only or full disk costs the next process its compile time only
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path(key), hashlib.sha256(content).digest() + content)


class _Implementation(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = (_Locator,)


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _Implementation

    def __init__(self, py_func: Callable[..., Any]) -> None:
        super().__init__(py_func)
        self._cache_file = _Files(Path(self._cache_path), self._impl.filename_base)


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
        compiled._compile_for_args = _interruptible(compiled._compile_for_args)
    return compiled


def _interruptible(compile_: Callable[..., Any]) -> Callable[..., Any]:
    """Raise Interrupt where LLVM calls back into Python and loses it: Numba then misses what was to be compiled."""

    def compile_for_args(*args: Any, **options: Any) -> Any:
        try:
            return compile_(*args, **options)
        except RuntimeError as error:
            of_interrupt = threading.current_thread() is threading.main_thread()  # no other thread hears it
            if of_interrupt and "no compiled object yet" in str(error):
                raise KeyboardInterrupt from None
            raise

    return compile_for_args
