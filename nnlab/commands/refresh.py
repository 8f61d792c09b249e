"""``nnlab refresh``, for maintainers: runs chapters and stores their outputs.

Each runs from top to bottom in a fresh kernel of this very Python, with a temporary state folder and the
fixed learner's seed that the tests use. What may be stored, `nnlab.commands.notebooks` decides.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nnlab._files import write_atomically
from nnlab.commands import chapter_files, find_chapter
from nnlab.commands.notebooks import cell_name, clean, plain, problems, read, same, to_bytes

CELL_TIMEOUT = 120  # seconds


@dataclass
class Outcome:
    """What became of one chapter.

    Parameters
    ----------
    text : str
        For the report.
    changed : bool
        Whether the outputs differ from those that were stored.
    problems : list of str
        If there are any, nothing was written.
    """

    text: str
    changed: bool = False
    problems: list[str] = field(default_factory=list)


class _CellError(Exception):
    """A cell raised or took too long."""


def run(arguments: argparse.Namespace) -> int:
    """Refresh chapters, and print one line for each.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``chapters`` and ``check``.

    Returns
    -------
    int
        1 if a chapter has a problem, or with ``--check`` would change; else 0.
    """
    paths = find_chapters(arguments.chapters)
    width = max(len(path.stem) for path in paths)
    failed = False
    for path in paths:
        outcome = refresh(path, write=not arguments.check)
        print(f"{path.stem:{width}}  {outcome.text}", flush=True)
        for problem in outcome.problems:
            print(f"{path.stem}: {problem}", file=sys.stderr, flush=True)
        failed = failed or bool(outcome.problems) or (arguments.check and outcome.changed)
    return 1 if failed else 0


def find_chapters(names: list[str]) -> list[Path]:
    """Notebooks by number, name or path.

    Parameters
    ----------
    names : list of str
        All chapters if empty.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    CommandError
        If a name stands for none or for several.
    """
    found = [_find_chapter(name) for name in names] if names else chapter_files()
    return list(dict.fromkeys(found))


def _find_chapter(name: str) -> Path:
    path = Path(name)
    return path if path.suffix == ".ipynb" and path.is_file() else find_chapter(name)


def refresh(path: Path, *, write: bool = True) -> Outcome:
    """Execute one notebook and store its outputs.

    Parameters
    ----------
    path : pathlib.Path
    write : bool
        If false, only compare, and leave pictures out of it.

    Returns
    -------
    Outcome
    """
    start = time.perf_counter()
    try:
        stored = read(path)
        notebook = copy.deepcopy(stored)
        _execute(notebook)
        clean(notebook)
        content = to_bytes(notebook)
    except (_CellError, ValueError) as error:
        return Outcome("failed", problems=[str(error)])
    except Exception as error:  # such as a kernel that does not start
        return Outcome("failed", problems=[f"{type(error).__name__}: {error}"])
    changed = not same(stored, notebook, images=write)
    seconds, cells = time.perf_counter() - start, len(notebook["cells"])
    text = f"{seconds:6.1f} s  {cells:3d} cells  {len(content) / 1e3:5.0f} kB  "
    found = list(problems(notebook))
    if found:
        return Outcome(text + "not stored", problems=found)
    if not write:
        return Outcome(text + ("would change" if changed else "unchanged"), changed)
    if changed:
        try:
            write_atomically(path, content)
        except OSError as error:
            return Outcome(text + "not stored", problems=[f"cannot write {path}: {error.strerror or error}"])
    return Outcome(text + ("changed" if changed else "unchanged"), changed)


def _execute(notebook: Any) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    at = 0

    def remember(cell_index: int, **_: Any) -> None:
        nonlocal at
        at = cell_index

    def failure(what: str) -> _CellError:
        return _CellError(f"{cell_name(at, notebook['cells'][at])}: {what}")

    with tempfile.TemporaryDirectory(prefix="nnlab-refresh-", ignore_cleanup_errors=True) as folder:
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            kernel_manager_class=_this_python(),
            extra_arguments=["--Application.log_level=ERROR"],
            store_widget_state=False,
            record_timing=False,
            on_cell_start=remember,
        )
        try:
            # In a folder of its own: what a chapter saves stays out of the checkout, and files that
            # `nnlab lab` does not lay out are missing here, too.
            client.execute(cwd=folder, env=_environment(folder))
        except CellExecutionError as error:
            raise failure(" ".join(plain(f"{error.ename}: {error.evalue}").split())) from error
        except CellTimeoutError as error:
            raise failure(f"takes longer than {CELL_TIMEOUT} s") from error
        except DeadKernelError as error:
            raise failure("the kernel died") from error


def _environment(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "NNLAB_STATE": str(Path(folder) / "state"),
        "NNLAB_LEARNER_SEED": "0",
        "TQDM_DISABLE": "1",
        "LANGUAGE": "en",  # stored outputs are English, whatever the maintainer's own language
        "IPYTHONDIR": str(Path(folder) / "ipython"),  # not the maintainer's own startup files
    }


def _this_python() -> Any:
    """Kernel manager that starts the running interpreter, whatever kernels are installed."""
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    return ThisPython
