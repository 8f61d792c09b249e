"""``nnlab warmup``: compile everything ahead, with a progress bar."""

from __future__ import annotations

import argparse
import time

from nnlab.commands import CommandError


def run(arguments: argparse.Namespace) -> int:  # noqa: ARG001
    """Compile, and say how long it took and where the result is kept.

    Parameters
    ----------
    arguments : argparse.Namespace
        Without options.

    Returns
    -------
    int
        The exit code.

    Raises
    ------
    CommandError
        If Numba is missing or the compiler fails.
    """
    from nnlab import engine

    if not engine.available():
        raise CommandError(
            "there is no compiler: Numba cannot be imported. The course works without, but slowly; "
            "'nnlab doctor' says more."
        )
    start = time.perf_counter()
    try:
        compile_all()
    except Exception as error:
        raise CommandError(
            f"the compiler failed: {type(error).__name__}: {error}. 'nnlab doctor' says more."
        ) from error
    seconds, folder = time.perf_counter() - start, engine.cache_folder()
    if not engine.is_compiled():
        raise CommandError(
            f"compiled in {seconds:.1f} s, but nothing could be kept in {folder}: each start compiles anew. "
            f"Set NUMBA_CACHE_DIR to a folder that you can write to."
        )
    print(f"Ready after {seconds:.1f} s. The compiled code is in {folder}")
    return 0


def compile_all() -> None:
    """Compile what is not in the cache yet, behind a progress bar that disappears at the end."""
    from tqdm import tqdm

    from nnlab import engine

    line = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}{postfix}"
    with tqdm(desc="Compiling", total=1, leave=False, bar_format=line) as bar:

        def show(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.n = done
            bar.set_postfix_str(name, refresh=False)
            bar.refresh()

        engine.warmup(progress=show, everything=True)
