"""Exercises of chapter 01 on learning: 1.3, how many corrections, and 1.5, the nearest mean.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(11)


def bound(x: Array, y: Array, w: Array, b: float) -> float:
    """Give (R / margin) squared: the most corrections that are possible."""
    rows = np.column_stack([x, np.ones(len(x))])  # (N, D + 1)
    u = np.append(w, b) / np.linalg.norm(np.append(w, b))  # (D + 1,), of length 1
    margin = np.min((2 * y - 1) * (rows @ u))
    radius = np.max(np.linalg.norm(rows, axis=1))
    return float((radius / margin) ** 2)


def _rows(x: Array) -> Array:
    return np.column_stack([x, np.ones(len(x))])


def _margins(x: Array, y: Array, w: Array, b: float) -> Array:
    """Margins of all samples, (N,), by (w, b) as they are."""
    return np.asarray((2 * y - 1) * (x @ w + b))


def _radius(x: Array) -> float:
    return float(np.linalg.norm(_rows(x), axis=1).max())


def _length(w: Array, b: float) -> float:
    return float(np.linalg.norm(np.append(w, b)))


def _separated(n: int, w: tuple[float, ...], b: float) -> tuple[Array, Array, Array, float]:
    x = np.round(_RNG.uniform(-2, 2, (n, len(w))), 2)
    return x, (x @ np.array(w) + b >= 0).astype(int), np.array(w), b


BOUND = Exercise(
    number="1.3",
    name="bound",
    task=N_("Write bound(x, y, w, b): Novikoff's (R / margin) squared for a line without mistakes."),
    reference=bound,
    probes=(
        (np.array([[2.0]]), np.array([1]), np.array([3.0]), -4.0),
        (np.array([[1.0], [3.0]]), np.array([0, 1]), np.array([2.0]), -4.5),
        (np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1]), np.array([2, 2]), -3.0),
        _separated(5, (1.5, -2.5), 0.75),
        _separated(6, (0.5, 2.0, -1.0), -0.25),
    ),
    hints=(
        N_("The bias counts as a weight: give every row of x a 1 at its end, and put b behind w."),
        N_("The margin is the smallest of all s times (row @ u), where s is 1 or −1, and u is (w, b) of length 1."),
        N_("Divide (w, b) by its norm. R is the largest norm of a row with its 1. Square R over the smallest margin."),
    ),
    why=N_("Long samples make long corrections, and a narrow margin leaves little room: their ratio is squared."),
    mistakes=(
        Mistake(
            "not of length 1",
            N_("The margin is measured with weights of length 1: divide (w, b) by its norm."),
            lambda x, y, w, b: (_radius(x) / _margins(x, y, w, b).min()) ** 2,
        ),
        Mistake(
            "length without the bias",
            N_("You divide by the length of w alone. The bias is one of the weights: take the norm of (w, b)."),
            lambda x, y, w, b: (_radius(x) / (_margins(x, y, w, b).min() / np.linalg.norm(w))) ** 2,
        ),
        Mistake(
            "radius without the 1",
            N_("The margin is right. In R the 1 at the end of each row is missing: it makes every sample longer."),
            lambda x, y, w, b: (np.linalg.norm(x, axis=1).max() * _length(w, b) / _margins(x, y, w, b).min()) ** 2,
        ),
        Mistake(
            "bias left out",
            N_("Both lengths leave the bias out. It is a weight: give (w, b) length 1, and each row a 1 at its end."),
            lambda x, y, w, b: (np.linalg.norm(x, axis=1).max() * np.linalg.norm(w) / _margins(x, y, w, b).min()) ** 2,
        ),
        Mistake(
            "only R squared",
            N_("You square R, but not the margin. The ratio of both is squared."),
            lambda x, y, w, b: _radius(x) ** 2 * _length(w, b) / _margins(x, y, w, b).min(),
        ),
        Mistake(
            "only the margin squared",
            N_("You square the margin, but not R. The ratio of both is squared."),
            lambda x, y, w, b: _radius(x) * (_length(w, b) / _margins(x, y, w, b).min()) ** 2,
        ),
        Mistake(
            "norm of all rows",
            N_("Your R is the norm of the whole array. Take the norm of each row, axis=1, and then the largest."),
            lambda x, y, w, b: (np.linalg.norm(_rows(x)) * _length(w, b) / _margins(x, y, w, b).min()) ** 2,
        ),
        Mistake(
            "shortest sample",
            N_("You take the shortest sample. R is the length of the longest one."),
            lambda x, y, w, b: (
                (np.linalg.norm(_rows(x), axis=1).min() * _length(w, b) / _margins(x, y, w, b).min()) ** 2
            ),
        ),
        Mistake(
            "sample by sample",
            N_("You divide sample by sample. R is the length of the longest one, the margin belongs to the nearest."),
            lambda x, y, w, b: (np.linalg.norm(_rows(x), axis=1) * _length(w, b) / _margins(x, y, w, b)).max() ** 2,
        ),
        Mistake(
            "not squared",
            N_("You give R divided by the margin. The bound is the square of that."),
            lambda x, y, w, b: _radius(x) * _length(w, b) / _margins(x, y, w, b).min(),
        ),
        Mistake(
            "mean margin",
            N_(
                "You take the mean of the margins. What counts is the sample that is nearest to the line: the smallest."
            ),
            lambda x, y, w, b: (_radius(x) * _length(w, b) / _margins(x, y, w, b).mean()) ** 2,
        ),
        Mistake(
            "largest margin",
            N_("You take the largest margin. What counts is the sample that is nearest to the line: the smallest."),
            lambda x, y, w, b: (_radius(x) * _length(w, b) / _margins(x, y, w, b).max()) ** 2,
        ),
        Mistake(
            "mean radius",
            N_("You take the mean length of the samples. R is the length of the longest one."),
            lambda x, y, w, b: (
                (np.linalg.norm(_rows(x), axis=1).mean() * _length(w, b) / _margins(x, y, w, b).min()) ** 2
            ),
        ),
        Mistake(
            "sign forgotten",
            N_("For a label 0 the z is negative, and there the margin is −z. Multiply by s, 1 or −1."),
            lambda x, _y, w, b: (_radius(x) * _length(w, b) / (x @ w + b).min()) ** 2,
        ),
        Mistake(
            "label for the sign",
            N_("You multiply by the label, so that the samples with label 0 get margin 0. Multiply by s, 1 or −1."),
            lambda x, y, w, b: (_radius(x) * _length(w, b) / (y * (x @ w + b)).min()) ** 2,
        ),
        Mistake(
            "upside down",
            N_("You divide the margin by R. The bound grows as the margin shrinks: R stands above."),
            lambda x, y, w, b: (_margins(x, y, w, b).min() / _length(w, b) / _radius(x)) ** 2,
        ),
    ),
)


def nearest_mean(x: Array, y: Array, new: Array) -> Array:
    """Give the class, 0 or 1, of each row of new; x (N, D) and y (N,) are to learn from."""
    zero, one = x[y == 0].mean(axis=0), x[y == 1].mean(axis=0)  # (D,)
    to_zero = ((new - zero) ** 2).sum(axis=1)  # (rows of new,)
    to_one = ((new - one) ** 2).sum(axis=1)
    return (to_one < to_zero).astype(int)


def _by(x: Array, y: Array, new: Array, middle: object, distance: object) -> Array:
    """Classify by other middles, or another distance."""
    zero, one = (middle(x[y == k]) for k in (0, 1))  # type: ignore[operator]
    return np.asarray(distance(new - one) < distance(new - zero)).astype(int)  # type: ignore[operator]


def _mean(x: Array) -> Array:
    return np.asarray(x.mean(axis=0))


def _squares(d: Array) -> Array:
    return np.asarray((d**2).sum(axis=1))


def _nearest_sample(x: Array, y: Array, new: Array) -> Array:
    distances = ((new[:, None] - x[None]) ** 2).sum(axis=2)  # (rows of new, N)
    return np.asarray(y[distances.argmin(axis=1)])


def _by_samples(x: Array, y: Array, new: Array) -> Array:
    """Classify by the mean of the squared distances to all samples of a class."""
    distances = ((new[:, None] - x[None]) ** 2).sum(axis=2)  # (rows of new, N)
    zero, one = (distances[:, y == k].mean(axis=1) for k in (0, 1))
    return np.asarray(one < zero).astype(int)


_X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [6.0, 2.0], [5.0, 3.0], [4.0, 4.0], [4.0, 3.0], [0.0, 5.0]])
_Y = np.array([0, 0, 0, 1, 1, 1, 1, 0])

NEAREST_MEAN = Exercise(
    number="1.5",
    name="nearest_mean",
    task=N_("Write nearest_mean(x, y, new): for each row of new, the class whose mean over x is nearer."),
    reference=nearest_mean,
    probes=(
        (np.array([[0.0], [4.0]]), np.array([0, 1]), np.array([[3.0]])),
        (np.array([[0.0], [4.0]]), np.array([0, 1]), np.array([[1.0]])),
        (np.array([[0.0], [1.0], [8.0], [4.0]]), np.array([0, 0, 0, 1]), np.array([[3.4], [3.8], [0.5]])),
        (_X, _Y, np.array([[2.0, 2.0], [3.0, 2.0], [0.0, 6.0], [3.0, 1.0], [-1.0, 9.0]])),
        (_X, _Y, np.round(_RNG.uniform(-2, 7, (40, 2)), 2)),
    ),
    hints=(
        N_("x[y == 1] holds the rows of class 1. What is their mean, feature by feature?"),
        N_("new − mean subtracts the mean from every row. A distance is the root of the sum of squares along a row."),
        N_("Compare the sums of squares along axis=1: the class is 1 where the one to the mean of class 1 is smaller."),
    ),
    why=N_("All it has learned are two points. The border between them is a straight line, like that of a unit."),
    mistakes=(
        Mistake(
            "nearest sample",
            N_("You look for the nearest single sample. That is a learner, too; here the nearest mean is asked for."),
            _nearest_sample,
        ),
        Mistake(
            "farther",
            N_("You give the class whose mean is farther away: turn the comparison round."),
            lambda x, y, new: 1 - nearest_mean(x, y, new),
        ),
        Mistake(
            "all distances",
            N_("You put the distances to all samples of a class together. Average the samples first, then measure."),
            lambda x, y, new: _by_samples(x, y, new),
        ),
        Mistake(
            "divided by all",
            N_("You divide the sum of each class by the number of all samples. Divide it by the number in the class."),
            lambda x, y, new: _by(x / len(x), y, new, lambda a: a.sum(axis=0), _squares),
        ),
        Mistake(
            "sums",
            N_("You add up the samples of each class. Divide by their number: the mean is asked for."),
            lambda x, y, new: _by(x, y, new, lambda a: a.sum(axis=0), _squares),
        ),
        Mistake(
            "medians",
            N_("You take the median of each class. The mean is asked for."),
            lambda x, y, new: _by(x, y, new, lambda a: np.median(a, axis=0), _squares),
        ),
        Mistake(
            "differences not squared",
            N_("You add up the differences as they are, so that negative and positive ones cancel. Square them first."),
            lambda x, y, new: _by(x, y, new, _mean, lambda d: d.sum(axis=1)),
        ),
        Mistake(
            "absolute differences",
            N_("You add up absolute differences. The distance in the plane comes from the sum of squares."),
            lambda x, y, new: _by(x, y, new, _mean, lambda d: np.abs(d).sum(axis=1)),
        ),
        Mistake(
            "first feature only",
            N_("Only the first feature counts in your distances. Add the squares of all features, along axis=1."),
            lambda x, y, new: _by(x, y, new, _mean, lambda d: d[:, 0] ** 2),
        ),
        Mistake(
            "one mean for all features",
            N_("Your mean is one number for all features together. Keep the features apart: mean(axis=0)."),
            lambda x, y, new: _by(x, y, new, lambda a: a.mean(), _squares),
        ),
        Mistake(
            "labels of the old samples",
            N_("You classify the samples that you have learned from. The rows of new are asked for."),
            lambda x, y, _new: nearest_mean(x, y, x),
        ),
        Mistake(
            "distance returned",
            N_("You give a difference of distances. The last step is missing: which class is nearer, 0 or 1?"),
            lambda x, y, new: _squares(new - _mean(x[y == 0])) - _squares(new - _mean(x[y == 1])),
        ),
    ),
    covered={"one minus": "farther"},
)

EXERCISES = (BOUND, NEAREST_MEAN)
