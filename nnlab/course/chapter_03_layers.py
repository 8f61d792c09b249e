"""Exercises of chapter 03 on layers and batches: 3.3, 3.4 and 3.5. See `nnlab.course.chapter_03_functions`, too.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake, Reduction, Size
from nnlab.language import N_

_RNG = np.random.default_rng(33)


def collapse(W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, Array]:
    """Give (W, b) of the linear layer that does what two do, one after the other."""
    W = W1 @ W2
    b = b1 @ W2 + b2
    return W, b


def _layers(d: int, h: int, k: int) -> tuple[Array, ...]:
    return tuple(_RNG.integers(1, 6, shape).astype(float) for shape in ((d, h), (h,), (h, k), (k,)))


COLLAPSE = Exercise(
    number="3.3",
    name="collapse",
    task=N_("Write collapse(W1, b1, W2, b2): the (W, b) of one linear layer z = x @ W + b that does what two do."),
    reference=collapse,
    parts=("W", "b"),
    probes=(
        (np.array([[2.0]]), np.array([3.0]), np.array([[5.0]]), np.array([7.0])),
        _layers(2, 2, 2),
        _layers(1, 2, 3),
        _layers(4, 3, 2),
    ),
    hints=(
        N_("Write the second layer's formula, and put the first layer's formula in the place of its input."),
        N_("(x @ W1 + b1) @ W2 + b2: multiply the bracket out. What stands beside x is W, and the rest is b."),
        N_("W is the product of both matrices, in the order in which x meets them. b1 goes through W2, too."),
    ),
    why=N_("Without a bend between them, two linear layers can do no more than one."),
    mistakes=(
        Mistake(
            "bias not carried",
            N_("W is right. But b1 passes through the second layer, too: it is multiplied before b2 is added."),
            lambda W1, b1, W2, b2: (W1 @ W2, b1 + b2),
        ),
        Mistake(
            "first bias lost",
            N_("W is right, but in b the first bias is lost."),
            lambda W1, _b1, W2, b2: (W1 @ W2, b2),
        ),
        Mistake(
            "second bias lost",
            N_("W is right, but in b the second bias is lost."),
            lambda W1, b1, W2, _b2: (W1 @ W2, b1 @ W2),
        ),
        Mistake(
            "both biases carried",
            N_("W is right. But only b1 passes through the second layer: b2 is added after it, as it is."),
            lambda W1, b1, W2, b2: (W1 @ W2, (b1 + b2) @ W2),
        ),
        Mistake(
            "wrong order",
            N_("The matrices are multiplied in the wrong order: x meets W1 first, so W1 stands on the left."),
            lambda W1, b1, W2, b2: (W2 @ W1, b1 @ W2 + b2),
        ),
        Mistake(
            "elementwise product",
            N_("For W you multiply number by number, with *. Layers are chained by the matrix product, @."),
            lambda W1, b1, W2, b2: (W1 * W2, b1 @ W2 + b2),
        ),
        Mistake(
            "matrices added",
            N_("You add the matrices. The output of one layer is the input of the next, so they are multiplied."),
            lambda W1, b1, W2, b2: (W1 + W2, b1 @ W2 + b2),
        ),
    ),
)


def dead_units(a: Array) -> float:
    """Give the share of the units, columns of a (N, H), that are 0 for every sample."""
    dead = (a == 0).all(axis=0)  # (H,)
    return float(dead.mean())


DEAD_UNITS = Exercise(
    number="3.4",
    name="dead_units",
    task=N_("Write dead_units(a): the share of hidden units that are 0 for every sample; a holds ReLU outputs (N, H)."),
    reference=dead_units,
    probes=tuple(
        (np.array(rows, float),)
        for rows in (
            [[0]],
            [[2]],
            [[0, 3]],
            [[0, 1], [0, 0]],
            [[0, 0, 2], [1, 0, 0]],
            [[0, 4, 0, 0, 0], [0, 0, 0, 0, 1], [0, 3, 0, 0, 0]],
        )
    ),
    hints=(
        N_("A column of a is a unit, a row is a sample. One sample with more than 0 is enough for a unit to be alive."),
        N_("(a == 0) is True where an output is 0. Along which axis do you ask whether all of them are True?"),
        N_("(a == 0).all(axis=0) has one True or False for each unit, and the mean of these is a share."),
    ),
    why=N_("A unit that is 0 for every sample has a slope of 0 for every sample, so no step of training changes it."),
    mistakes=(
        Mistake(
            "share of zeros",
            N_("You count zeros one by one. A unit is dead only if its whole column is 0."),
            lambda a: float((a == 0).mean()),
        ),
        Mistake(
            "rows instead of columns",
            N_("You look at rows, which are samples. A unit is a column: go along axis=0."),
            lambda a: float((a == 0).all(axis=1).mean()),
        ),
        Mistake(
            "any instead of all",
            N_("You count units that are 0 for some sample. Dead means: for every sample."),
            lambda a: float((a == 0).any(axis=0).mean()),
        ),
        Mistake(
            "share of the living",
            N_("You give the share of units that are alive. The dead are asked for."),
            lambda a: float((a != 0).any(axis=0).mean()),
        ),
        Mistake(
            "divided by samples",
            N_(
                "You count the right units, but divide by the number of samples. A share of units is divided by theirs."
            ),
            lambda a: float((a == 0).all(axis=0).sum() / len(a)),
        ),
        Mistake(
            "below zero",
            N_("You look for outputs below 0, but a ReLU gives none: where it is off, it gives exactly 0."),
            lambda a: float((a < 0).all(axis=0).mean()),
        ),
    ),
    sizes=(Size("N", N_("the number of samples"), lambda a: len(a)),),
    reduction=Reduction(lambda a: (a == 0).all(axis=0), axis=0, mean=True),
    covered={"one minus": "share of the living"},
)


def softmax(z: Array) -> Array:
    """Turn scores z (N, K) into probabilities, row by row; large scores, too."""
    e = np.exp(z - z.max(axis=1, keepdims=True))  # (N, K)
    return e / e.sum(axis=1, keepdims=True)


def _powers(z: Array) -> Array:
    return np.exp(z - z.max(axis=1, keepdims=True))


SOFTMAX = Exercise(
    number="3.5",
    name="softmax",
    task=N_("Write softmax(z) for the rows of z, shape (N, K), so that it stays finite for scores such as 1000."),
    reference=softmax,
    probes=tuple(
        (np.array(rows, float),)
        for rows in (
            [[0, 0]],
            [[0, 1]],
            [[1000, 1001]],
            [[0, 1, -1]],
            [[0, 1], [2, 5]],
            [[0, 1], [1000, 1003]],
            np.round(_RNG.normal(0, 2, (2, 3)), 1),
        )
    ),
    hints=(
        N_("Each row is divided by its own sum. What is e to the power of 1000 in NumPy?"),
        N_("Subtracting the same number from all scores of a row changes nothing in the result. Which makes exp safe?"),
        N_("Subtract z.max(axis=1, keepdims=True), take np.exp, divide by the sum with the same axis and keepdims."),
    ),
    why=N_("Subtracting the row's largest score cancels in the division, and keeps exp from overflowing."),
    mistakes=(
        Mistake(
            "overflow",
            N_(
                "For large scores exp gives infinity, and infinity divided by infinity is NaN. Make the scores "
                "smaller before exp, in a way that leaves the result as it is."
            ),
            lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
        ),
        Mistake(
            "largest of all",
            N_(
                "You subtract the largest score of the whole array. In a row of much smaller scores exp then gives "
                "only 0, and 0 / 0 is NaN: each row needs its own largest score."
            ),
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=1, keepdims=True),
        ),
        Mistake(
            "columns instead of rows",
            N_("Your columns sum to 1, but each row should: a row is a sample. Go along axis=1."),
            lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
        ),
        Mistake(
            "one sum for all",
            N_("All numbers together sum to 1, but each row should: sum along axis=1."),
            lambda z: _powers(z) / _powers(z).sum(),
        ),
        Mistake(
            "no exp",
            N_("You divide the scores themselves by their sum. First each goes through exp, which makes it positive."),
            lambda z: z / z.sum(axis=1, keepdims=True),
        ),
        Mistake(
            "keepdims forgotten in the sum",
            N_("The sum of the rows has lost its axis, and does not line up with the rows: keepdims=True keeps it."),
            lambda z: _powers(z) / _powers(z).sum(axis=1),
        ),
        Mistake(
            "keepdims forgotten in the maximum",
            N_(
                "The maximum of the rows has lost its axis, and does not line up with the rows: keepdims=True keeps it."
            ),
            lambda z: (e := np.exp(z - z.max(axis=1))) / e.sum(axis=1, keepdims=True),
        ),
        Mistake(
            "logarithm",
            N_("You give the logarithm of the probabilities: leave the last log out."),
            lambda z: z - z.max(axis=1, keepdims=True) - np.log(_powers(z).sum(axis=1, keepdims=True)),
        ),
        Mistake(
            "smallest wins",
            N_("The smallest score gets the largest probability: there is a minus too many in front of z."),
            lambda z: softmax(-z),
        ),
        Mistake(
            "winner takes all",
            N_("You give everything to the largest score. Softmax is soft: the others get their shares."),
            lambda z: (z == z.max(axis=1, keepdims=True)).astype(float),
        ),
    ),
    steps={N_("the powers, not yet divided by their sums"): _powers},
)

EXERCISES = (COLLAPSE, DEAD_UNITS, SOFTMAX)
