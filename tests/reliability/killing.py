"""Kills an operation at every call that touches the file system, and at random moments.

An operation is a generator function: what stands before its first ``yield`` is prepared once, what follows is done in
each try, in a process forked for it. Moments at which the files change are few, and a random one rarely hits them:
so one try dies at each of them, before the call and after it.
"""

from __future__ import annotations

import io
import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: Names of built-in functions and methods that touch the file system.
CALLS = {"open", "write", "flush", "close", "fsync", "truncate", "ftruncate", "sendfile", "copy_file_range",
         "replace", "rename", "unlink", "remove", "mkdir", "rmdir", "chmod", "utime", "flock"}  # fmt: skip
WITH_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

Operation = Callable[..., Generator[None, None, None]]


class Victim:
    """A process that has an operation ready, and forks a process for each try.

    Parameters
    ----------
    operation : generator function
        At the top of a module.
    *arguments
        Its arguments, as text.
    """

    def __init__(self, operation: Operation, *arguments: object) -> None:
        self.name, self.calls, self.tried, self.landed = operation.__name__, 0, 0, 0
        code = f"from {__name__} import wait_for_orders; from {operation.__module__} import {self.name} as operation; "
        command = [sys.executable, "-W", "ignore", "-c", code + "wait_for_orders(operation)", *map(str, arguments)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def __enter__(self) -> Victim:
        return self

    def __exit__(self, *_: object) -> None:
        print(f"\n{self.name}: killed at each of {self.calls} calls; {self.landed} of {self.tried} random kills landed")
        self._process.communicate(timeout=60)

    def moments(self, kills: int, seed: int = 0) -> Iterator[Callable[[], bool]]:
        """Yield functions, each of which does the operation and kills it at another moment.

        Parameters
        ----------
        kills : int
            How many random moments, after all calls.
        seed : int

        Yields
        ------
        callable
            Returns whether the operation was killed before it had ended.
        """
        ended = False

        def at_call() -> bool:
            nonlocal ended
            self.calls += 1
            killed, _ = self._order(f"call {self.calls}")
            ended = not killed
            return killed

        while not ended:
            yield at_call
        self.calls -= 1
        seconds: list[float] = []

        def never() -> bool:
            seconds.append(self._order("never 0")[1])
            return False

        if kills:
            yield never
        chance = random.Random(seed)
        for _ in range(kills):
            yield lambda: self.after(chance.uniform(0, seconds[0]))

    def after(self, seconds: float) -> bool:
        """Do the operation, and kill it after so many seconds; return whether it had not ended."""
        killed, _ = self._order(f"after {seconds}")
        self.tried += 1
        self.landed += killed
        return killed

    def _order(self, order: str) -> tuple[bool, float]:
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(order + "\n")
        process.stdin.flush()
        status, seconds = process.stdout.readline().split()
        assert status in ("0", "-9"), f"the operation itself failed: {status}"
        return status == "-9", float(seconds)


def wait_for_orders(operation: Operation) -> None:
    """Do the operation in a forked process for each line of the standard input, and kill that as the line says.

    Parameters
    ----------
    operation : generator function
        Its arguments are those of the command line.
    """
    steps = operation(*sys.argv[1:])
    next(steps)
    for line in sys.stdin:
        how, what = line.split()
        begin = time.perf_counter()
        process = os.fork()
        if process == 0:
            if how == "call":
                _die_at(int(what))
            status = 1
            try:
                next(steps, None)
                status = 0
            finally:
                sys.setprofile(None)
                sys.stderr.flush()
                os._exit(status)
        if how == "after":
            select.select([], [], [], float(what))
            os.kill(process, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        print(code, time.perf_counter() - begin, flush=True)


def _die_at(number: int) -> None:
    """End this process, as a kill would, before or after a call that touches the file system."""
    left = number

    def look(_frame: Any, event: str, called: Any) -> None:
        nonlocal left
        if event not in ("c_call", "c_return") or called.__name__ not in CALLS:
            return
        owner = getattr(called, "__self__", None)  # of os.replace it is a module, of str.replace a text
        if isinstance(owner, ModuleType | io.IOBase) and not isinstance(owner, io.BytesIO | io.StringIO):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(look)
