"""The least that a step can take on this BLAS: its matrix products and one pass over the optimizer's state, no more.

Every piece is timed in all forms that could be quickest, and the quickest is taken, even where two pieces would then
need the same matrix in two layouts: a real step can only be slower. No bias, no activation, no loss, no reading of a
new batch. All arrays are made before, and written in place. Each call from Python costs about a microsecond, so for
small networks this is no bound: compiled code has no such calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from peers import Result, Train
from works import Array, Work

Call: TypeAlias = Callable[[], object]
Forms: TypeAlias = Callable[[int, int, int], Iterable["partial[Any]"]]

CHUNKS = (1 << 12, 1 << 14, 1 << 16)  # numbers at a time that fit in the first or second cache
LONG_ENOUGH = 0.02  # seconds of a timing


def filled(*shape: int) -> Array:
    return np.random.default_rng(0).random(shape, dtype=np.float32)


def numpy_forms(rows: int, inner: int, columns: int) -> Iterator[partial[Any]]:
    """(rows, inner) @ (inner, columns) by np.dot, each of the three matrices by rows or by columns."""
    by_rows = filled(rows, inner), filled(inner, columns)
    by_columns = [np.asfortranarray(matrix) for matrix in by_rows]
    for a, b in product(*zip(by_rows, by_columns, strict=True)):
        for left, right in ((a, b), (b.T, a.T)):  # the second writes the transpose: the result by columns
            out = np.zeros((len(left), right.shape[1]), np.float32)
            yield partial(np.dot, left, right, out=out)


def scipy_forms(rows: int, inner: int, columns: int) -> Iterator[partial[Any]]:
    """The same by SciPy's BLAS, which is another library, and the one that compiled code calls."""
    from scipy.linalg.blas import sgemm

    for call in numpy_forms(rows, inner, columns):
        left, right = call.args
        out = np.zeros((len(left), right.shape[1]), np.float32, order="F")
        # sgemm takes matrices by columns, without a copy: one by rows is the transpose of one by columns.
        flips = [not matrix.flags.f_contiguous for matrix in (left, right)]
        left, right = (m.T if flip else m for m, flip in zip((left, right), flips, strict=True))
        yield partial(sgemm, 1.0, left, right, 0.0, out, *flips, overwrite_c=True)


def state_forms(parameters: int, moments: int) -> Iterator[Call]:
    """One pass: the gradient is read, parameters and moments are read and written."""
    state, gradient = filled(1 + moments, parameters), np.zeros(parameters, np.float32)
    for chunk in (parameters, *CHUNKS):
        starts = range(0, parameters, chunk)
        parts = [(state[:, start : start + chunk], gradient[start : start + chunk]) for start in starts]

        def run(parts: list[tuple[Array, Array]] = parts) -> None:
            for part, slope in parts:
                np.add(part, slope, out=part)

        yield run


def seconds_of(call: Call) -> float:
    """Least time of a call, of several series that last long enough."""
    begin = time.perf_counter()
    call()
    times = max(1, int(LONG_ENOUGH / 3 / max(time.perf_counter() - begin, 1e-7)))
    series = []
    for _ in range(3):
        begin = time.perf_counter()
        for _ in range(times):
            call()
        series.append((time.perf_counter() - begin) / times)
    return min(series)


def quickest(forms: Iterable[Call]) -> Call:
    return min(forms, key=seconds_of)


def step_of(work: Work, forms: Forms) -> Call:
    """One step with one BLAS: forward, the gradients of weights and inputs, the optimizer."""
    calls: list[Call] = []
    for k, (n_in, n_out) in enumerate(work.layers):
        calls.append(quickest(forms(work.batch, n_in, n_out)))
        calls.append(quickest(forms(n_in, work.batch, n_out)))
        if k > 0:  # nobody needs the gradient of the data
            calls.append(quickest(forms(work.batch, n_out, n_in)))
    calls.append(quickest(state_forms(work.parameters, 2 if work.optimizer == "adam" else 0)))

    def step() -> None:
        for call in calls:
            call()

    return step


def with_bound(work: Work) -> Train:
    # Not mixed within a step: the idle threads of one library would disturb those of the other.
    step = quickest(step_of(work, forms) for forms in (numpy_forms, scipy_forms))

    def train(x: Array, y: Array, epochs: int) -> Result:  # noqa: ARG001 (as the packages train)
        begin = time.perf_counter()
        for _ in range(epochs * (len(x) // work.batch)):
            step()
        return time.perf_counter() - begin, None

    return train
