"""Exercises of chapter 10 on what a fitted line is worth: 10.4 and 10.5. The fits are in `chapter_10_regression`."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake, Size
from nnlab.language import N_

_RNG = np.random.default_rng(104)


def _rounded(*shape: int) -> Array:
    return np.round(_RNG.normal(0, 2, shape), 1)


def bootstrap_lines(x: Array, y: Array, rows: Array) -> Array:
    """Give slope and intercept of the best line through each row of chosen samples, shape (B, 2)."""
    lines = []
    for chosen in rows:  # (N,) numbers of samples
        X = np.column_stack([x[chosen], np.ones(len(chosen))])
        lines.append(np.linalg.solve(X.T @ X, X.T @ y[chosen]))
    return np.array(lines)


def _through(x: Array, y: Array) -> Array:
    return np.polyfit(x, y, 1)


BOOTSTRAP_LINES = Exercise(
    number="10.4",
    name="bootstrap_lines",
    task=N_("Write bootstrap_lines(x, y, rows): slope and intercept through each row of chosen samples, shape (B, 2)."),
    reference=bootstrap_lines,
    probes=(
        (np.array([0.0, 1.0, 3.0]), np.array([1.0, 4.0, 2.0]), np.array([[0, 1, 2]])),
        (np.array([0.0, 1.0, 3.0]), np.array([1.0, 4.0, 2.0]), np.array([[0, 0, 1], [2, 1, 1]])),
        (_rounded(6), _rounded(6), _RNG.integers(0, 6, (4, 6))),
        (np.array([1, 2, 4, 7]), np.array([0, 3, 3, 9]), np.array([[3, 3, 0, 1], [1, 2, 1, 0], [0, 1, 2, 3]])),
    ),
    hints=(
        N_("A row says which samples are taken; one may come twice, another never. Each row gives one line."),
        N_("Take x and y at the same chosen numbers: x[chosen] and y[chosen]. Then it is Exercise 10.2 again."),
        N_("In a loop over rows: a column of x[chosen] and one of ones, solve the normal equations, keep the pair."),
    ),
    why=N_("Lines of resampled points differ as lines of new points would: so one sample shows its own uncertainty."),
    mistakes=(
        Mistake(
            "y left in order",
            N_("You choose from x only: y stays in its old order, and the pairs are torn apart. Choose from both."),
            lambda x, y, rows: np.array([_through(x[chosen], y) for chosen in rows]),
        ),
        Mistake(
            "x left in order",
            N_("You choose from y only: x stays in its old order, and the pairs are torn apart. Choose from both."),
            lambda x, y, rows: np.array([_through(x, y[chosen]) for chosen in rows]),
        ),
        Mistake(
            "intercept first",
            N_("The numbers are right, but the intercept stands first: slope, then intercept."),
            lambda x, y, rows: bootstrap_lines(x, y, rows)[:, ::-1],
        ),
        Mistake(
            "nothing resampled",
            N_("Every line is that of all samples: use the numbers of the row, x[chosen] and y[chosen]."),
            lambda x, y, rows: np.array([_through(x, y) for _chosen in rows]),
        ),
        Mistake(
            "each sample once",
            N_("A sample that was drawn twice has to count twice: is there a np.unique or a set too many?"),
            lambda x, y, rows: np.array([_through(x[np.unique(chosen)], y[np.unique(chosen)]) for chosen in rows]),
        ),
        Mistake(
            "no intercept",
            N_("Your lines go through 0: append a column of ones, so that each has an intercept."),
            lambda x, y, rows: np.array([[x[chosen] @ y[chosen] / (x[chosen] @ x[chosen]), 0.0] for chosen in rows]),
        ),
        Mistake(
            "x against y",
            N_("You fit x as a line over y. Here y is what is to be predicted from x."),
            lambda x, y, rows: np.array([np.linalg.lstsq(
                np.column_stack([y[chosen], np.ones(len(chosen))]), x[chosen].astype(float), rcond=None)[0]
                for chosen in rows]),
        ),
        Mistake(
            "the last line only",
            N_("All rows give the line of the last one: keep each line in a list, inside of the loop."),
            lambda x, y, rows: np.tile(bootstrap_lines(x, y, rows)[-1], (len(rows), 1)),
        ),
    ),
)  # fmt: skip


def standard_error(x: Array, y: Array, at: Array) -> Array:
    """Give the standard error of the best line at the places `at`, shape (K,)."""
    slope, intercept = np.polyfit(x, y, 1)
    e = slope * x + intercept - y
    s = np.sqrt(np.sum(e**2) / (len(x) - 2))
    away = at - x.mean()
    return s * np.sqrt(1 / len(x) + away**2 / np.sum((x - x.mean()) ** 2))


def _error(
    x: Array, y: Array, at: Array, lost: float = 2, own: float = 0.0, one: float = 1.0, center: Any = None,
    over: Any = None, root: bool = True, s: Any = None,
) -> Array:  # fmt: skip
    """Compute the formula with one of its pieces changed."""
    slope, intercept = np.polyfit(x, y, 1)
    e = slope * x + intercept - y
    s = np.sqrt(np.sum(e**2) / (len(x) - lost)) if s is None else s
    middle = x.mean() if center is None else center
    around = np.sum((x - x.mean()) ** 2) if over is None else over
    inside = own + one / len(x) + (at - middle) ** 2 / around
    return np.asarray(s * np.sqrt(inside) if root else s**2 * inside)


STANDARD_ERROR = Exercise(
    number="10.5",
    name="standard_error",
    task=N_("Write standard_error(x, y, at): the standard error of the best line at the places `at`, shape (K,)."),
    reference=standard_error,
    probes=(
        (np.array([0.0, 1.0, 3.0]), np.array([1.0, 4.0, 2.0]), np.array([2.0])),
        (np.array([1.0, 2.0, 4.0, 7.0]), np.array([0.0, 3.0, 3.0, 9.0]), np.array([0.0, 5.0, 10.0])),
        (np.array([0, 1, 2, 5, 6]), np.array([2, 0, 1, 7, 3]), np.array([-3, 4])),
        (_rounded(8), _rounded(8), np.array([0.5, 3.0, -2.0])),
    ),
    hints=(
        N_("Three pieces: the spread s of the points around the line, the height 1/N, and the turning of the line."),
        N_("For s divide by N − 2: two numbers were fit. The turning grows with the distance from the mean of x."),
        N_("s times the root of: 1/N plus the distance squared over the sum of squares of x around its mean."),
    ),
    why=N_("A line is surest at the middle of its points, and turns around it: farther away it wobbles more."),
    mistakes=(
        Mistake(
            "divided by N",
            N_("A little too small: two numbers were fit, so the squares of the errors are divided by N − 2."),
            lambda x, y, at: _error(x, y, at, lost=0),
        ),
        Mistake(
            "divided by N - 1",
            N_("Divide by N − 2: not only a mean was fit, but slope and intercept."),
            lambda x, y, at: _error(x, y, at, lost=1),
        ),
        Mistake(
            "1/N forgotten",
            N_("At the mean of x yours would be 0: the term 1/N is missing, for the height of the line."),
            lambda x, y, at: _error(x, y, at, one=0.0),
        ),
        Mistake(
            "turning forgotten",
            N_("Yours is the same everywhere: the term with the distance from the mean of x is missing."),
            lambda x, y, at: np.full(len(at), _error(x, y, np.array([x.mean()]))[0]),
        ),
        Mistake(
            "distance from 0",
            N_("You take the distance from 0. The line turns around the mean of x: subtract it."),
            lambda x, y, at: _error(x, y, at, center=0.0),
        ),
        Mistake(
            "mean of squares below",
            N_("Below the distance stands the sum of squares around the mean of x, and not their mean, the variance."),
            lambda x, y, at: _error(x, y, at, over=np.var(x)),
        ),
        Mistake(
            "squares around 0",
            N_("Below the distance you add the squares of x itself: subtract the mean of x first."),
            lambda x, y, at: _error(x, y, at, over=np.sum(x.astype(float) ** 2)),
        ),
        Mistake(
            "for a new point",
            N_("You give the error for a new point, with its own noise: a 1 under the root. Here it is the line's."),
            lambda x, y, at: _error(x, y, at, own=1.0),
        ),
        Mistake(
            "not rooted",
            N_("You give the variance: take the root."),
            lambda x, y, at: _error(x, y, at, root=False),
        ),
        Mistake(
            "s not rooted",
            N_("You multiply by s², the mean square of the errors: take its root first."),
            lambda x, y, at: _error(x, y, at) * _error(x, y, at) / _error(x, y, at, s=1.0),
        ),
        Mistake(
            "bracket not rooted",
            N_("The root over 1/N and the turning is missing."),
            lambda x, y, at: _error(x, y, at, s=1.0) * _error(x, y, at),
        ),
        Mistake(
            "distance not squared",
            N_("The distance from the mean of x is squared under the root."),
            lambda x, y, at: _error(x, y, x.mean() + np.sqrt(np.abs(at - x.mean()))),
        ),
        Mistake(
            "spread of y itself",
            N_("Your s is the spread of y around its mean. It is the spread around the line: use the errors e."),
            lambda x, y, at: _error(x, y, at, s=np.std(y, ddof=2)),
        ),
        Mistake(
            "line itself",
            N_("These are the predictions of the line: give how unsure they are."),
            lambda x, y, at: np.polyval(np.polyfit(x, y, 1), at),
        ),
        Mistake(
            "s forgotten",
            N_("The spread of the points is missing: multiply by s."),
            lambda x, _y, at: np.sqrt(1 / len(x) + (at - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2)),
        ),
    ),
    sizes=(Size("N", N_("the number of samples"), lambda x, _y, _at: len(x)),),
)  # fmt: skip

EXERCISES = (BOOTSTRAP_LINES, STANDARD_ERROR)
