"""Calls what a learner wrote, with a time limit, and reports what came of it instead of raising.

It works in any thread and on every system: the call runs in a thread of its own, which is told to end by an
exception raised inside it. What the results mean, `nnlab.course.checking` decides.
"""

from __future__ import annotations

import contextvars
import copy
import ctypes
import dis
import inspect
import linecache
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.course.exercise import Function

LIMIT = 2.0  # seconds of a processor for all calls of one check: a server that thirty learners share is slow
PATIENCE = 20.0  # seconds of the clock, for what waits instead of computing
GRACE = 2.0  # seconds more for a call that is told to end


class _TimeIsUp(SystemExit):
    """Ends the thread. A SystemExit, because threads end quietly with it, and no ``except Exception`` stops it."""


@dataclass(frozen=True)
class Failure:
    """What a learner's function raised.

    Parameters
    ----------
    kind : str
        Name of the exception's class.
    message : str
    line : int
        Line of the learner's function, from 1; 0 if unknown.
    source : str
        That line; empty if unknown.
    """

    kind: str
    message: str
    line: int = 0
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    Parameters
    ----------
    value : object
    failure : Failure, optional
        If it raised.
    late : bool
        If it did not end in time.
    changed : str
        Name of an argument that was changed in place.
    """

    value: Any = None
    failure: Failure | None = None
    late: bool = False
    changed: str = ""


def call_all(
    function: Function, probes: Sequence[tuple[Any, ...]], names: Sequence[str], pieces: Sequence[Function]
) -> list[Outcome]:
    """Call a function with each probe's arguments.

    Parameters
    ----------
    function : callable
    probes : sequence of tuple
        Arguments; the function gets copies.
    names : sequence of str
        Names of the arguments.
    pieces : sequence of callable
        The functions whose lines are named when one raises.

    Returns
    -------
    list of Outcome
        One a probe; shorter if the time was up, the last then being late.
    """
    outcomes: list[Outcome] = []

    def work() -> None:
        # A learner's overflow is found in the numbers; NumPy's warnings would only stand in the way.
        with np.errstate(all="ignore"):
            for arguments in probes:
                outcomes.append(_call(function, arguments, names, pieces))

    if limited(work):
        return outcomes
    return [*outcomes[: len(probes) - 1], Outcome(late=True)]


def limited(work: Callable[[], None]) -> bool:
    """Run something for `LIMIT` seconds of a processor at most, in a thread of its own.

    Parameters
    ----------
    work : callable
        Takes and returns nothing. What it raises is raised here.

    Returns
    -------
    bool
        Whether it came to its end.
    """
    lock, ended, given_up = threading.Lock(), threading.Event(), threading.Event()
    running = threading.Lock()  # until the thread ends: Thread.join, when interrupted, takes a running one for ended
    raised: list[BaseException] = []
    clock: list[int] = []

    def run() -> None:
        if hasattr(time, "pthread_getcpuclockid"):
            clock.append(time.pthread_getcpuclockid(threading.get_ident()))
        try:
            if given_up.is_set():  # Interrupt came while the thread began
                return
            try:
                context.run(work)
            except _TimeIsUp:
                return
            except BaseException as error:
                raised.append(error)
            with lock:
                ended.set()
        except _TimeIsUp:
            pass  # it came in the very last moment
        finally:
            running.release()

    context = contextvars.copy_context()
    thread = threading.Thread(target=run, name="nnlab-check", daemon=True)
    end = time.monotonic() + (PATIENCE if hasattr(time, "pthread_getcpuclockid") else LIMIT)
    running.acquire()
    over = False
    try:
        thread.start()
        while not over and _used(clock) < LIMIT and time.monotonic() < end:
            over = running.acquire(timeout=0.02)
    finally:  # also when the learner presses Interrupt
        given_up.set()
        if not over:
            _end(thread, lock, ended, running)
    if raised:
        raise raised[0]
    return ended.is_set()


def _used(clock: list[int]) -> float:
    """Seconds of a processor that a thread has used; 0 before it has begun, after its end, and where none tells."""
    try:
        return time.clock_gettime(clock[0]) if clock else 0.0
    except OSError:
        return 0.0


def _end(thread: threading.Thread, lock: threading.Lock, ended: threading.Event, running: threading.Lock) -> None:
    # More than once, because a bare "except:" of the learner's swallows it.
    end = time.monotonic() + GRACE
    over = False
    while not over and time.monotonic() < end:
        with lock:
            if not ended.is_set():
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_TimeIsUp)
                )
        over = running.acquire(timeout=0.02)


def _call(function: Function, arguments: tuple[Any, ...], names: Sequence[str], pieces: Sequence[Function]) -> Outcome:
    given = copy.deepcopy(arguments)
    try:
        value = function(*given)
    except _TimeIsUp:
        raise
    except BaseException as error:
        return Outcome(failure=_describe(error, pieces))
    changed = [name for name, now, before in zip(names, given, arguments, strict=False) if not _identical(now, before)]
    try:
        value = copy.deepcopy(value)  # a result may be the same array at each call, overwritten by the next
    except _TimeIsUp:
        raise
    except Exception:
        pass
    return Outcome(value, changed=changed[0] if changed else "")


def _identical(now: Any, before: Any) -> bool:
    if isinstance(before, list | tuple):
        return type(now) is type(before) and len(now) == len(before) and all(map(_identical, now, before))
    if isinstance(before, np.ndarray):
        same_kind = isinstance(now, np.ndarray) and now.shape == before.shape and now.dtype == before.dtype
        return same_kind and now.tobytes() == before.tobytes()
    return bool(now == before)


def _describe(error: BaseException, pieces: Sequence[Function]) -> Failure:
    """Say what was raised, and in which line of what the learner wrote."""
    kind, message = type(error).__name__, " ".join(str(error).split())
    codes = {code.co_filename: code for piece in pieces if (code := getattr(piece, "__code__", None)) is not None}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_code.co_filename in codes:
            source = linecache.getline(frame.f_code.co_filename, line).strip()
            return Failure(kind, message, line - frame.f_code.co_firstlineno + 1, source)
    return Failure(kind, message)


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "POP_TOP", "RETURN_VALUE", "RETURN_CONST"}


def is_empty(function: Function) -> bool:
    """Whether a function has a docstring, three dots or ``pass``, and nothing else.

    Parameters
    ----------
    function : callable

    Returns
    -------
    bool
    """
    code = getattr(function, "__code__", None)
    return code is not None and {step.opname for step in dis.get_instructions(code)} <= _NOTHING


def misfit(function: Function, arguments: int) -> inspect.Signature | None:
    """Return the signature of a function that cannot be called with so many arguments.

    Parameters
    ----------
    function : callable
    arguments : int

    Returns
    -------
    inspect.Signature or None
        None if it can be called.
    """
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return None  # some compiled functions do not tell
    try:
        signature.bind(*range(arguments))
    except TypeError:
        return signature
    return None
