"""Exercises of chapter 05 on losses of numbers: 5.1, 5.2 and 5.5. Those on classes are in `chapter_05_classes`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_05`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(5)


def huber(e: Array, delta: float) -> tuple[Array, Array]:
    """Give Huber's loss of the errors e, and its slope."""
    near = np.abs(e) <= delta
    loss = np.where(near, e**2 / 2, delta * np.abs(e) - delta**2 / 2)
    slope = np.where(near, e, delta * np.sign(e))
    return loss, slope


def _bent(near: Any, far: Any, near_slope: Any, far_slope: Any) -> Any:
    """Make a wrong Huber loss from its two sides: functions of the error and of delta."""

    def wrong(e: Array, delta: float) -> tuple[Array, Array]:
        inside, distance = np.abs(e) <= delta, np.abs(e)
        loss = np.where(inside, near(distance, delta), far(distance, delta))
        return loss, np.where(inside, near_slope(distance, delta), far_slope(distance, delta)) * np.sign(e)

    return wrong


HUBER = Exercise(
    number="5.1",
    name="huber",
    task=N_("Write huber(e, delta): the loss of each error in e, and its slope, both of e's shape."),
    reference=huber,
    parts=("loss", "slope"),
    probes=(
        (np.array([0.5]), 2.0),
        (np.array([3.0]), 2.0),
        (np.array([-3.0]), 2.0),
        (np.array([-0.25, 5.0]), 0.5),
        (np.array([-4, 1]), 3.0),
        (np.round(_RNG.normal(0, 3, (2, 3)), 2), 1.5),
    ),
    hints=(
        N_("Look at one error first. If delta is 2: which of the two forms holds for e = 0.5, which for e = −3?"),
        N_("np.where(condition, a, b) chooses for each error. The condition is about |e|: an error may be negative."),
        N_("The slope of e²/2 is e. Far off the slope is delta, with the sign of e: np.sign(e) is +1 or −1."),
    ),
    why=N_("At |e| = delta both forms have the same value and the same slope, so the curve has no kink there."),
    mistakes=(
        Mistake(
            "squared everywhere",
            N_("You square far errors, too. Beyond delta the loss grows along a straight line, and the slope stays."),
            lambda e, _delta: (e**2 / 2, e + 0.0),
        ),
        Mistake(
            "absolute everywhere",
            N_("You take the straight form everywhere. Within delta the loss is e²/2, and its slope is e."),
            lambda e, delta: (delta * np.abs(e) - delta**2 / 2, delta * np.sign(e)),
        ),
        Mistake(
            "sides exchanged",
            N_("The two forms stand on the wrong sides: the squared one is for errors within delta."),
            _bent(lambda d, c: c * d - c**2 / 2, lambda d, _c: d**2 / 2, lambda d, c: 0 * d + c, lambda d, _c: d),
        ),
        Mistake(
            "half forgotten",
            N_("Within delta you give e², without the ½. Then the two forms do not meet at delta."),
            _bent(lambda d, _c: d**2, lambda d, c: c * d - c**2 / 2, lambda d, _c: 2 * d, lambda d, c: 0 * d + c),
        ),
        Mistake(
            "a jump at delta",
            N_("The slope is right, but your loss jumps at delta: of the straight form delta²/2 is taken away."),
            _bent(lambda d, _c: d**2 / 2, lambda d, c: c * d, lambda d, _c: d, lambda d, c: 0 * d + c),
        ),
        Mistake(
            "half forgotten in the line",
            N_("The slope is right, but your loss jumps at delta: take delta²/2 away from the line, not delta²."),
            _bent(lambda d, _c: d**2 / 2, lambda d, c: c * d - c**2, lambda d, _c: d, lambda d, c: 0 * d + c),
        ),
        Mistake(
            "delta not in the line",
            N_("Beyond delta your line rises by 1 for each unit of the error. It should rise by delta."),
            _bent(lambda d, _c: d**2 / 2, lambda d, c: d - c**2 / 2, lambda d, _c: d, lambda d, _c: 0 * d + 1),
        ),
        Mistake(
            "fixed delta 1",
            N_("You always take 1 for delta. It should be the argument."),
            lambda e, _delta: huber(e, 1.0),
        ),
        Mistake(
            "sign lost",
            N_("The loss is right. But for a negative error the slope is negative: the loss falls towards 0."),
            lambda e, delta: (huber(e, delta)[0], np.minimum(np.abs(e), delta)),
        ),
        Mistake(
            "sign lost far off",
            N_("The loss is right. But far below the target the slope is −delta: there the loss falls towards 0."),
            lambda e, delta: (huber(e, delta)[0], np.where(np.abs(e) <= delta, e, delta)),
        ),
        Mistake(
            "sign alone",
            N_("The loss is right. Beyond delta its slope is delta times the sign; you give the sign alone."),
            lambda e, delta: (huber(e, delta)[0], np.where(np.abs(e) <= delta, e, np.sign(e))),
        ),
        Mistake(
            "absolute value forgotten",
            N_("You compare e itself with delta. A large negative error is far off, too: compare |e|."),
            lambda e, delta: (
                np.where(e <= delta, e**2 / 2, delta * e - delta**2 / 2),
                np.where(e <= delta, e, delta),
            ),
        ),
    ),
    covered={"absolute in slope": "sign lost"},
)


def best_constant(y: Array) -> Array:
    """Give for each column of y, (N, D), the one number of least mean absolute error."""
    return np.median(y, axis=0)


def _most_frequent(y: Array) -> Array:
    return np.array([(values := np.unique(column, return_counts=True))[0][np.argmax(values[1])] for column in y.T])


BEST_CONSTANT = Exercise(
    number="5.2",
    name="best_constant",
    task=N_("Write best_constant(y): for each column of y, shape (N, D), the number of least mean absolute error."),
    reference=best_constant,
    probes=tuple(
        (np.array(rows, float),)
        for rows in (
            [[7]],
            [[1], [2], [9]],
            [[5, 0], [8, 1], [0, 2]],
            [[4, 4, 9], [0, 3, 9], [1, 0, 2]],
            [[0, 2.6], [9, 7], [1, 1], [0, 6], [3, 1.5]],
        )
    ),
    hints=(
        N_("Say c for the values 1, 2 and 9, and move c up a little. Which errors grow, and which shrink?"),
        N_("The slope of the mean absolute error is 0 where as many values lie below c as above it."),
        N_("That is the median, the middle one of the sorted values. NumPy has it; go down the rows, along axis=0."),
    ),
    why=N_("Each value pulls with the same force, up or down, so the best place has as many below it as above."),
    mistakes=(
        Mistake(
            "mean",
            N_("That is the mean, the best constant for squared errors. With absolute errors each value counts alike."),
            lambda y: y.mean(axis=0),
        ),
        Mistake(
            "rows",
            N_("You go along each row. A column is what one number is said for: go down the rows, along axis=0."),
            lambda y: np.median(y, axis=1),
        ),
        Mistake(
            "one for all",
            N_("You give one number for the whole array. Each column has its own best constant."),
            lambda y: np.median(y),
        ),
        Mistake(
            "middle of the range",
            N_("You give the middle between the smallest and the largest value. That makes the largest error small."),
            lambda y: (y.min(axis=0) + y.max(axis=0)) / 2,
        ),
        Mistake(
            "not sorted",
            N_("You take the middle row as it stands. The middle value is in the middle only once they are sorted."),
            lambda y: y[len(y) // 2],
        ),
        Mistake(
            "sorted along the rows",
            N_("np.sort sorts along each row if you do not tell it otherwise. Sort down the columns: axis=0."),
            lambda y: np.sort(y)[len(y) // 2],
        ),
        Mistake(
            "most frequent",
            N_("You give the value that occurs most often. Values close by count for nothing there."),
            _most_frequent,
        ),
        Mistake(
            "smallest",
            N_("You give the smallest value of each column."),
            lambda y: y.min(axis=0),
        ),
    ),
)


def same_steps(rate: Array, n: int) -> tuple[Array, Array]:
    """Give the learning rates for half the sum and for C 4.3's gradient that step as the mean does at rate."""
    half_sum = 2 * rate / n
    c_43 = 2 * rate
    return half_sum, c_43


SAME_STEPS = Exercise(
    number="5.5",
    name="same_steps",
    task=N_("Write same_steps(rate, n): the learning rates at which the other two scalings step as the mean does."),
    reference=same_steps,
    parts=("half_sum", "c_43"),
    probes=(
        (np.array([0.1]), 10),
        (np.array([0.5]), 100),
        (np.array([1.0]), 3),
        (np.array([0.01, 0.3]), 25),
    ),
    hints=(
        N_(
            "A step is the learning rate times the gradient. Write the three gradients below each other, for one error."
        ),
        N_("The mean's gradient is 2/n times that of half the sum. So its steps are 2/n as long at the same rate."),
        N_("Where a gradient is k times as long, the rate must be k times as small. C's is half of the mean's."),
    ),
    why=N_("What counts is the product of rate and gradient: a scaling of the loss is a scaling of the rate."),
    mistakes=(
        Mistake(
            "the wrong way round",
            N_("You turn both ratios round: a longer gradient needs a smaller rate, not a larger one."),
            lambda rate, n: (rate * n / 2, rate / 2),
        ),
        Mistake(
            "factor 2 forgotten in the first",
            N_("The second is right. In the first a factor is lost: the mean's gradient is 2/n times half the sum's."),
            lambda rate, n: (rate / n, 2 * rate),
        ),
        Mistake(
            "the first the wrong way round",
            N_("The second is right. Half the sum has the longer gradient, so its rate must be smaller, not larger."),
            lambda rate, n: (rate * n / 2, 2 * rate),
        ),
        Mistake(
            "2 below instead of above",
            N_("The second is right. In the first the 2 stands on the wrong side of the line."),
            lambda rate, n: (rate / (2 * n), 2 * rate),
        ),
        Mistake(
            "n forgotten",
            N_("The second is right. The first must shrink as the points become more: half the sum grows with n."),
            lambda rate, _n: (2 * rate, 2 * rate),
        ),
        Mistake(
            "n in both",
            N_("The first is right. C's gradient is divided by n already, as that of the mean is: no n is needed."),
            lambda rate, n: (2 * rate / n, 2 * rate / n),
        ),
        Mistake(
            "C taken for the mean",
            N_("The first is right. C's gradient lacks the factor 2 of the mean's, so its rate must differ, too."),
            lambda rate, n: (2 * rate / n, rate + 0.0),
        ),
        Mistake(
            "half instead of twice",
            N_("The first is right. C's gradient is half of the mean's: to step as far it needs a larger rate."),
            lambda rate, n: (2 * rate / n, rate / 2),
        ),
    ),
    covered={
        "half in half_sum": "factor 2 forgotten in the first",
        "half in c_43": "C taken for the mean",
        "input returned in c_43": "C taken for the mean",
    },
)

EXERCISES = (HUBER, BEST_CONSTANT, SAME_STEPS)
