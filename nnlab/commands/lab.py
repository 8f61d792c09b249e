"""``nnlab lab``: lay the chapters out, compile what is not cached, start JupyterLab on the first chapter."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nnlab import __version__
from nnlab.commands import CommandError, chapter_files, page_files, warmup
from nnlab.commands.layout import Layout, lay_out


def run(arguments: argparse.Namespace) -> int:
    """Start the course.

    Parameters
    ----------
    arguments : argparse.Namespace
        ``folder``, and ``passed_on`` for JupyterLab.

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    CommandError
        If the chapters cannot be laid out, or JupyterLab is missing.
    """
    check_jupyterlab("lab", arguments.passed_on)
    folder = prepare(arguments.folder)
    chapters = chapter_files()
    first = next((path for path in chapters if path.name.startswith("00_")), chapters[0])
    return start(jupyterlab_command(folder / first.name, arguments.passed_on))


def check_jupyterlab(command: str, passed_on: list[str]) -> None:
    """Make sure that JupyterLab can be started.

    Parameters
    ----------
    command : str
        Of nnlab, for the message.
    passed_on : list of str
        Arguments for JupyterLab.

    Raises
    ------
    CommandError
        If JupyterLab is missing, or would refuse.
    """
    if find_spec("jupyterlab") is None:
        raise CommandError("JupyterLab is not installed in this Python: 'nnlab doctor' says more.")
    if getattr(os, "geteuid", lambda: 1)() == 0 and "--allow-root" not in passed_on:
        told = f"nnlab {command} -- --allow-root"
        raise CommandError(f"JupyterLab does not start for the user root unless told to: {told}")


def prepare(name: str) -> Path:
    """Lay the chapters out, and compile what is not cached.

    Parameters
    ----------
    name : str
        The learner's folder.

    Returns
    -------
    pathlib.Path
        The same, absolute.

    Raises
    ------
    CommandError
        If the chapters cannot be laid out.
    """
    folder = place(name)
    _warm_up()
    return folder


def place(name: str) -> Path:
    """Lay the chapters out, and say where.

    Parameters
    ----------
    name : str
        The learner's folder.

    Returns
    -------
    pathlib.Path
        The same, absolute.

    Raises
    ------
    CommandError
        If the chapters cannot be laid out.
    """
    folder = Path(name).expanduser().absolute()
    chapters = chapter_files()
    if folder.resolve() != chapters[0].parent.resolve():  # a maintainer may work on the chapters themselves
        _report(lay_out([*chapters, *page_files()], folder, __version__), folder)
    return folder


def jupyterlab_command(chapter: Path, passed_on: list[str]) -> list[str]:
    """Command that opens JupyterLab on a notebook; the notebook's folder becomes JupyterLab's.

    Parameters
    ----------
    chapter : pathlib.Path
    passed_on : list of str
        More arguments for JupyterLab.

    Returns
    -------
    list of str
    """
    # Not the notebook itself as the argument: then the address that --no-browser prints would not lead to it.
    address = f"--LabApp.default_url=/lab/tree/{quote(chapter.name)}"
    return [sys.executable, "-m", "jupyterlab", str(chapter.parent), address, *passed_on]


def _report(layout: Layout, folder: Path) -> None:
    print(f"The chapters are in {folder}")
    if layout.updated:
        print(f"Updated to nnlab {__version__}: {', '.join(layout.updated)}")
    if layout.beside:
        print("These chapters you have changed, so they stay as they are; the new edition is beside them:")
        for name, beside in layout.beside:
            print(f"  {name}  ->  {beside}")


def _warm_up() -> None:
    """Compile; nothing that goes wrong here keeps the learner from the course."""
    try:
        from nnlab import engine

        if engine.available():
            warmup.compile_all()
            return
        trouble = "Numba cannot be imported"
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
    print(
        f"nnlab: the compiler does not work ({trouble}): sliders will be slow. 'nnlab doctor' says more.",
        file=sys.stderr,
    )


def start(command: list[str]) -> int:
    """Start JupyterLab, and wait until it ends.

    Parameters
    ----------
    command : list of str

    Returns
    -------
    int
        Its exit code.

    Raises
    ------
    CommandError
        If it cannot be started.
    """
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        raise CommandError(f"cannot start JupyterLab: {error}") from error
    with _forwarding(process):
        code = _wait(process)
    return 128 - code if code < 0 else code  # killed by signal n: 128 + n, as shells have it


def _wait(process: subprocess.Popen[bytes]) -> int:
    # Ctrl-C reaches JupyterLab directly, which is in the same terminal: it asks, and stops at the second one.
    # Sending it again from here would count as the second. What is left to do here is to outlive JupyterLab.
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


@contextmanager
def _forwarding(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Hand on SIGTERM, which a service manager sends to this process alone."""

    def stop(_number: int, _frame: Any) -> None:
        process.terminate()

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
