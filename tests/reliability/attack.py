"""Calls public functions with bad arguments, in a process of its own, and judges what comes back.

``python -m tests.reliability.attack GROUP`` attacks a group of `tests.reliability.calls` and prints a line of JSON for
each finding, and last the number of calls. The process has an upper limit of memory; a call that hangs, or ends the
process, is named on the standard error.

A finding is: a warning; an error that no ``raise`` of nnlab has written, or of a kind that is neither TypeError nor
ValueError nor named in the docstring; another result for the same value in another spelling; an argument that was
changed; more than `SECONDS` for one call.
"""

import argparse
import collections
import contextlib
import dis
import faulthandler
import gc
import io
import json
import os
import pathlib
import random
import resource
import signal
import sys
import tempfile
import warnings

import numpy as np

import nnlab
from tests.reliability.nasty import EXTREME, NASTY, Holder, respelled

SECONDS = 4
MEMORY = 900 * 2**20  # beside what the process has when it begins: less than the largest arrays need
HOME = pathlib.Path(nnlab.__file__).parent


class TooLong(BaseException):
    """No code may catch it by accident."""


def main():
    """Attack a group."""
    parser = argparse.ArgumentParser()
    parser.add_argument("group")
    parser.add_argument("--only", default="", help="names that begin so")
    parser.add_argument("--pairs", type=int, default=0, help="how many pairs of bad arguments for each function")
    parser.add_argument("--share", type=int, default=1, help="of the bad values, try every second, third, ... only")
    parser.add_argument("--every", action="store_true", help="attack arguments that many functions share in each")
    parser.add_argument("--traceback", action="store_true")
    options = parser.parse_args()
    from tests.reliability import calls

    calls.pictures.thorough = options.every

    faulthandler.enable()
    signal.signal(signal.SIGPROF, _ring)
    os.chdir(tempfile.mkdtemp())
    table = {name: call for name, call in calls.GROUPS[options.group]().items() if name.startswith(options.only)}
    right = {name: _right(name, call) for name, call in table.items()}  # and all that is compiled is loaded
    limit = MEMORY + int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    made, report = 0, sys.stdout  # a call that is ended for its time may leave another one in its place
    for name, call in table.items():
        for bad, same in _cases(call, options, random.Random(name)):
            made += 1
            labels = {argument: label for argument, (label, _) in bad.items()}
            _begin(f"{name} {labels}")
            finding = _judged(call, bad, right[name] if same else None, options.traceback)
            if finding:
                print(json.dumps({"call": name, "with": labels, **finding}), flush=True, file=report)
        gc.collect()
    faulthandler.cancel_dump_traceback_later()
    print(json.dumps({"calls": made}), file=report)


_attacked = set()


def _right(name, call):
    outcome = _outcome(call, call.base(), 0)
    if isinstance(outcome, BaseException):
        raise AssertionError(f"the valid call of {name} fails") from outcome
    return outcome


def _cases(call, options, rng):
    """Each argument replaced, first by other spellings of its value; then pairs of them."""
    base, bad = call.base(), {}
    for name, value in base.items():
        if name in call.shared:
            if (call.shared_by, name) in _attacked and not options.every:
                continue
            _attacked.add((call.shared_by, name))
        for label, make in respelled(value).items():
            yield {name: (label, make)}, True
        bad[name] = [(label, make) for label, make in NASTY.items() if label not in call.leave_out]
        first = sum(map(ord, name)) % options.share
        for one in bad[name][first :: options.share]:
            yield {name: one}, False
    for _ in range(options.pairs if len(bad) > 1 else 0):
        first, second = rng.sample(sorted(bad), 2)
        yield {first: rng.choice(bad[first]), second: rng.choice(bad[second])}, False


def _begin(what):
    print(what, file=sys.stderr, flush=True)
    faulthandler.dump_traceback_later(15 * SECONDS, exit=True)


def _judged(call, bad, right, trace):
    arguments = call.base() | {name: make() for name, (_, make) in bad.items()}
    before = {name: _frozen(value) for name, value in arguments.items()}
    outcome = _outcome(call, arguments)
    changed = [name for name, value in arguments.items() if _frozen(value) != before[name]]
    if changed:
        return {"kind": "changed an argument", "what": ", ".join(changed)}
    if isinstance(outcome, BaseException):
        kind = _complaint(call, outcome, {label for label, _ in bad.values()})
        if kind is None:
            return None
        if trace:
            import traceback

            traceback.print_exception(outcome, file=sys.stdout)
        return {"kind": kind, "what": f"{type(outcome).__name__}: {outcome}"[:300], "at": _place(outcome)}
    coarse = any("16" in label for label, _ in bad.values())
    if right is not None and (difference := _difference(right, outcome, 1e-2 if coarse else 1e-6)):
        return {"kind": "another result", "what": difference[:300]}
    return None


def _outcome(call, arguments, seconds=SECONDS):
    signal.setitimer(signal.ITIMER_PROF, seconds)  # of work, however busy the machine is
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("error")
            return call.run(**arguments)
    except (Exception, TooLong) as error:
        return error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ring(number, frame):
    raise TooLong


def _complaint(call, error, labels):
    if isinstance(error, TooLong):
        return "hangs"
    if isinstance(error, RuntimeWarning) and labels & EXTREME:
        return None  # NumPy's own words for an overflow, as wherever numbers of this size are computed with
    if type(error) is UserWarning and _ours(list(_frames(error))[-1]):
        return None  # a documented word of nnlab's own
    if isinstance(error, Warning):
        return "warns"
    if isinstance(error, MemoryError) and labels & {"endless zeros", "endless rows"}:
        return None  # the result would be as large
    if isinstance(error, MemoryError) and not _raised_in_nnlab(error):
        return "memory"
    if isinstance(error, call.raises):
        return None
    if not isinstance(error, TypeError | ValueError):
        return "wrong kind of error"
    if call.words and not _raised_in_nnlab(error):
        return "not in our words"
    if not str(error).strip():
        return "says nothing"
    return None


def _frames(error):
    frames = error.__traceback__
    while frames is not None:
        yield frames
        frames = frames.tb_next


def _raised_in_nnlab(error):
    """Whether a ``raise`` in the package made it, and not an operation that failed there or deeper."""
    *_, last = _frames(error)
    operation = dis.opname[last.tb_frame.f_code.co_code[last.tb_lasti]]
    return _ours(last) and operation == "RAISE_VARARGS"


def _ours(frame):
    return pathlib.Path(frame.tb_frame.f_code.co_filename).is_relative_to(HOME)


def _place(error):
    ours = [frame for frame in _frames(error) if _ours(frame)]
    if not ours:
        return ""
    return f"{pathlib.Path(ours[-1].tb_frame.f_code.co_filename).relative_to(HOME)}:{ours[-1].tb_lineno}"


def _frozen(value):
    """What a value holds, so that a change is seen; nothing of what has no end, or is large."""
    if isinstance(value, np.ma.MaskedArray):
        return value.data.tobytes(), np.ma.getmaskarray(value).tobytes()
    if isinstance(value, np.ndarray):
        return None if value.size > 10**6 else (value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, Holder):
        return repr(value.values)
    if isinstance(value, list | tuple | dict | set | collections.deque):
        return repr(value)
    return None


def _difference(expected, got, tolerance):
    """Say how two results differ, as numbers; empty if they do not."""
    if isinstance(expected, dict) and isinstance(got, dict):
        expected, got = list(expected.items()), list(got.items())
    if isinstance(expected, list | tuple):
        if not isinstance(got, list | tuple) or len(expected) != len(got):
            return f"{got!r} in place of {expected!r}"
        return next(filter(None, (_difference(a, b, tolerance) for a, b in zip(expected, got, strict=True))), "")
    if isinstance(expected, np.ndarray | np.generic | int | float):
        a, b = np.asarray(expected), np.asarray(got)
        if a.shape != b.shape or b.dtype.kind not in "biufc" or a.dtype.kind not in "biufc":
            same = a.shape == b.shape and a.dtype.kind == b.dtype.kind and bool(np.all(a == b))
            return "" if same else f"{got!r} in place of {expected!r}"
        tolerance = max(tolerance, {2: 1e-2, 4: 1e-3}.get(b.dtype.itemsize if b.dtype.kind == "f" else 8, 0.0))
        close = np.allclose(a.astype(float), b.astype(float), rtol=tolerance, atol=tolerance, equal_nan=True)
        return "" if close else f"{got!r} in place of {expected!r}"
    return "" if type(expected) is not str or expected == got else f"{got!r} in place of {expected!r}"


if __name__ == "__main__":
    main()
