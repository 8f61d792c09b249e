"""Exercises of chapter 00, with which a learner sees how exercises work: two steps in NumPy that later chapters need.

The references are written as a learner would write them: their source is the solution that is shown. The questions of
the self-test are in `nnlab.course.recall_00`.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(0)


def standardize(x: Array) -> Array:
    """Give x with each column moved to mean 0 and scaled to standard deviation 1."""
    return (x - x.mean(axis=0)) / x.std(axis=0)


def _over_rows(x: Array) -> Array:
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)


STANDARDIZE = Exercise(
    number="0.1",
    name="standardize",
    task=N_(
        "Write standardize(x): subtract from each column of x, shape (N, D), its mean; divide it by its deviation."
    ),
    reference=standardize,
    probes=(
        (np.array([[1.0], [5.0]]),),
        (np.array([[0.0, 10.0], [4.0, 30.0]]),),
        (np.array([[1, 20, 3], [2, 50, 4], [6, 20, 8], [3, 30, 1]]),),
        (np.round(_RNG.normal(3, 2, (5, 2)), 2),),
    ),
    hints=(
        N_("Print x.mean(axis=0).shape and x.mean(axis=1).shape for x of shape (4, 3). Which has one for a column?"),
        N_("Means and deviations have the shape (D,). Broadcasting lays such a row over all N rows of x by itself."),
        N_("First the difference between x and the means, in brackets; then divide it by x.std with the same axis."),
    ),
    why=N_("Each column now has mean 0 and deviation 1, so that none outweighs the others because of its unit."),
    mistakes=(
        Mistake(
            "rows",
            N_("You go along the rows. A column's mean goes down its N rows, so it is axis=0."),
            _over_rows,
        ),
        Mistake(
            "rows without keepdims",
            N_("With axis=1 you get one mean for each row, shape (N,). One for each column is asked for: axis=0."),
            lambda x: (x - x.mean(axis=1)) / x.std(axis=1),
        ),
        Mistake(
            "one for all",
            N_("You take one mean and one deviation of all the numbers. Each column needs its own: name an axis."),
            lambda x: (x - x.mean()) / x.std(),
        ),
        Mistake(
            "one deviation for all",
            N_("The means are right, but you divide by one deviation of all the numbers. std needs the axis, too."),
            lambda x: (x - x.mean(axis=0)) / x.std(),
        ),
        Mistake(
            "one mean for all",
            N_("The deviations are right, but you subtract one mean of all the numbers. mean needs the axis, too."),
            lambda x: (x - x.mean()) / x.std(axis=0),
        ),
        Mistake(
            "not divided",
            N_("The columns have mean 0 now. They are not scaled yet: divide by the deviation of each."),
            lambda x: x - x.mean(axis=0),
        ),
        Mistake(
            "not centered",
            N_("The columns are scaled, but not moved: subtract the mean of each before you divide."),
            lambda x: x / x.std(axis=0),
        ),
        Mistake(
            "brackets",
            N_("Division comes before subtraction, so you divide only the mean. Put the difference in brackets."),
            lambda x: x - x.mean(axis=0) / x.std(axis=0),
        ),
        Mistake(
            "multiplied",
            N_("You multiply by the deviation. That makes a wide column wider: divide by it."),
            lambda x: (x - x.mean(axis=0)) * x.std(axis=0),
        ),
        Mistake(
            "largest",
            N_("You divide each column by its largest number. Take the mean away, and divide by the deviation."),
            lambda x: x / x.max(axis=0),
        ),
        Mistake(
            "variance",
            N_("You divide by the variance. The standard deviation is its square root."),
            lambda x: (x - x.mean(axis=0)) / x.var(axis=0),
        ),
        Mistake(
            "sample deviation",
            N_("Your deviation divides by N − 1. Here it is NumPy's usual one, which divides by N: leave out ddof."),
            lambda x: (x - x.mean(axis=0)) / x.std(axis=0, ddof=1),
        ),
        Mistake(
            "range",
            N_("You bring each column to between 0 and 1. That is another scaling: take the mean and the deviation."),
            lambda x: (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0)),
        ),
    ),
)


def slopes(y: Array, h: float) -> Array:
    """Give the slope at each inner point of a curve with the heights y, one every h."""
    return (y[2:] - y[:-2]) / (2 * h)


SLOPES = Exercise(
    number="0.2",
    name="slopes",
    task=N_("Write slopes(y, h): the slope at each inner point, from its two neighbors. The heights y are h apart."),
    reference=slopes,
    probes=(
        (np.array([0.0, 1.0, 4.0]), 1.0),
        (np.array([3.0, 1.0, 2.0]), 0.5),
        (np.array([5, 2, 4, 7]), 2.0),
        (np.round(_RNG.normal(0, 1, 6), 2), 0.1),
    ),
    hints=(
        N_("Take y = [0, 1, 4] and h = 1. The one inner point is in the middle. How far apart are its neighbors?"),
        N_("All right neighbors at once are y from index 2 on. All left neighbors are y without its last two."),
        N_("Subtract y[:-2] from y[2:], and divide by the distance between the two neighbors, which is 2 * h."),
    ),
    why=N_("The errors of a step to the right and of one to the left have opposite signs: here they nearly cancel."),
    mistakes=(
        Mistake(
            "to the right",
            N_("You measure from each point to its right neighbor. Take both neighbors, one on each side."),
            lambda y, h: (y[2:] - y[1:-1]) / h,
        ),
        Mistake(
            "to the left",
            N_("You measure from the left neighbor to the point. Take both neighbors, one on each side."),
            lambda y, h: (y[1:-1] - y[:-2]) / h,
        ),
        Mistake(
            "one step",
            N_("You divide by h. But from the left neighbor to the right one it is two steps: divide by 2h."),
            lambda y, h: (y[2:] - y[:-2]) / h,
        ),
        Mistake(
            "brackets",
            N_("“/ 2 * h” divides by 2 and then multiplies by h. Put the 2 * h in brackets."),
            lambda y, h: (y[2:] - y[:-2]) / 2 * h,
        ),
        Mistake(
            "division first",
            N_("Division comes before subtraction: you divide the left heights only. Put the difference in brackets."),
            lambda y, h: y[2:] - y[:-2] / (2 * h),
        ),
        Mistake(
            "mean of the differences",
            N_("You divide by 2 and leave out h: a slope is a rise for each unit of x."),
            lambda y, _h: (y[2:] - y[:-2]) / 2,
        ),
        Mistake(
            "not divided",
            N_("You give the difference of the neighbors, which is a rise. Divide it by their distance."),
            lambda y, _h: y[2:] - y[:-2],
        ),
        Mistake(
            "left minus right",
            N_("You subtract the right neighbor from the left one. Where the curve rises the slope must be positive."),
            lambda y, h: (y[:-2] - y[2:]) / (2 * h),
        ),
        Mistake(
            "between the points",
            N_("You give one slope for each gap between two points. One for each inner point is asked for."),
            lambda y, h: np.diff(y) / h,
        ),
        Mistake(
            "ends too",
            N_("You give slopes at the two ends, too. An end has one neighbor only: leave both out."),
            lambda y, h: np.gradient(y, h),
        ),
        Mistake(
            "curvature",
            N_("You measure how the slope changes, which is the second derivative. The first is asked for."),
            lambda y, h: (y[2:] - 2 * y[1:-1] + y[:-2]) / h**2,
        ),
    ),
    covered={"sign": "left minus right", "twice": "one step"},
)

EXERCISES = (STANDARDIZE, SLOPES)
