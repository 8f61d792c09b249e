"""Computing while a slider moves: the latest state wins, in a background thread. It knows no widgets.

`Live` runs one computation at a time. A state that arrives meanwhile replaces the one that waits, and stops the run
under way, but never before that run has drawn once: a held key would show nothing otherwise. `Compiler` gets the
compiled code ready in another thread.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from nnlab.language import _

S = TypeVar("S")


class Run(Generic[S]):
    """One computation.

    Attributes
    ----------
    state : S
        What to compute.
    stop : threading.Event
        Set when a newer state waits and this run has drawn.
    live : bool
        Whether somebody may watch; a run that only makes the first picture is not live.
    """

    def __init__(self, state: S, changed: threading.Condition | None = None) -> None:
        self.state = state
        self.stop = threading.Event()
        self.live = changed is not None
        self._changed = changed or threading.Condition()
        self._drawn = self._replaced = False

    def drew(self) -> None:
        """Tell that a picture of this run was made, so that it may be stopped."""
        with self._changed:
            self._drawn = True
            if self._replaced:
                self.stop.set()

    def replace(self) -> None:
        """Tell that a newer state waits; the caller holds the condition."""
        self._replaced = True
        if self._drawn:
            self.stop.set()


class Live(Generic[S]):
    """A worker that computes the latest of the requested states.

    Parameters
    ----------
    work : callable
        Called with a `Run`, in a background thread; must return soon after ``run.stop`` is set.
    failed : callable
        Called with the exception where `work` raises one.
    """

    def __init__(self, work: Callable[[Run[S]], None], failed: Callable[[BaseException], None]) -> None:
        self._work, self._failed = work, failed
        self._changed = threading.Condition()
        self._waiting: list[S] = []  # none or one
        self._run: Run[S] | None = None
        self._thread: threading.Thread | None = None
        self.runs = 0

    def request(self, state: S) -> None:
        """Compute `state` as soon as the run under way has drawn once; forget what waited."""
        with self._changed:
            self._waiting = [state]
            self._changed.notify_all()
            if self._run is not None:
                self._run.replace()
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, name="nnlab explorer", daemon=True)
                self._thread.start()

    def moved_within(self, seconds: float) -> bool:
        """Wait until another state is requested; False if none is within these seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting), seconds)

    def stop(self) -> None:
        """End the run under way, and forget what waits."""
        with self._changed:
            self._waiting.clear()
            if self._run is not None:
                self._run.stop.set()

    def now(self, state: S) -> None:
        """Compute `state` in the calling thread, before anything was requested; Interrupt is raised."""
        self._do(Run(state))

    def settle(self, timeout: float) -> None:
        """Wait until the last requested state is computed.

        Raises
        ------
        TimeoutError
            If that takes longer than `timeout` seconds.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._thread is None, timeout):
                words = _("The explorer was still computing after {seconds} s.")
                raise TimeoutError(words.format(seconds=f"{timeout:g}"))

    def _loop(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._run = self._thread = None
                    self._changed.notify_all()
                    return
                run = self._run = Run(self._waiting.pop(), self._changed)
            self._do(run)

    def _do(self, run: Run[S]) -> None:
        self.runs += 1
        try:
            self._work(run)
        except BaseException as error:  # shown in the explorer: an exception in a thread would be lost, and end it
            if isinstance(error, KeyboardInterrupt) and self._thread is None:
                raise  # in the learner's cell, which is to end
            self._failed(error)


class Compiler:
    """Gets the compiled code ready in a background thread, once a process.

    Attributes
    ----------
    error : Exception or None
        Why there is no compiled code.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._started = False
        self._then: list[Callable[[], None]] = []
        self.error: Exception | None = None

    def start(self) -> None:
        """Begin, if nobody has."""
        with self._lock:
            if self._started:
                return
            self._started = True
        threading.Thread(target=self._warm, name="nnlab compiler", daemon=True).start()

    def ready(self, timeout: float = 0.0) -> bool:
        """Whether compiled code is there, after waiting for it at most `timeout` seconds."""
        return self._done.wait(timeout) and self.error is None

    def at_work(self) -> bool:
        """Whether the compiler is still busy."""
        return self._started and not self._done.is_set()

    def then(self, call: Callable[[], None]) -> None:
        """Call when the compiler is done; at once if it is."""
        with self._lock:
            if not self._done.is_set():
                self._then.append(call)
                return
        call()

    def _warm(self) -> None:
        from nnlab import engine

        try:
            if not engine.available():
                raise ImportError(_("Numba is not installed"))
            if not engine.is_compiled():
                # In a process of its own: the compiler would hold the interpreter, and every slider with it. Should
                # it fail, or find no folder to write to, the next line compiles.
                run_beside("from nnlab import engine; engine.warmup()")
            engine.warmup()
        except Exception as error:  # shown in the status line; the formulas train instead
            self.error = error
        with self._lock:
            self._done.set()
            calls, self._then = self._then, []
        for call in calls:
            call()


# The pipe's other end closes with this process, however that ends: a kernel that is killed leaves no compiler behind.
# Not sys.stdin.read: it would hold a lock that the end of the interpreter wants.
_WATCH = """
import os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()
"""


def run_beside(code: str) -> int:
    """Run Python code in a process that ends with this one at the latest, and wait for it.

    Parameters
    ----------
    code : str

    Returns
    -------
    int
        The exit code of the process.
    """
    with subprocess.Popen(
        [sys.executable, "-c", _WATCH + code], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,  # Interrupt is for the learner's cell
    ) as process:  # fmt: skip
        return process.wait()


compiler = Compiler()
