"""Exercises of chapter 11 on the network itself: 11.1 and 11.2. The others are in `nnlab.course.chapter_11_memory`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_11`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(11)


def updates(rows: Array, batch_size: int, epochs: int) -> Array:
    """Give how often the weights change, for each number of rows."""
    return -(-rows // batch_size) * epochs


UPDATES = Exercise(
    number="11.1",
    name="updates",
    task=N_(
        "Write updates(rows, batch_size, epochs): how often the weights change; rows is an array of whole numbers."
    ),
    reference=updates,
    probes=(
        (np.array([7]), 3, 1),
        (np.array([6]), 3, 2),
        (np.array([2]), 5, 3),
        (np.array([10, 23]), 4, 5),
    ),
    hints=(
        N_("Take 7 rows in batches of 3, and write the batches down. What becomes of the seventh row?"),
        N_("The rows that are left over make one more, smaller batch, so the division is rounded up."),
        N_("np.ceil(rows / batch_size) rounds up; so does -(-rows // batch_size). Then multiply by the epochs."),
    ),
    why=N_("The last batch may be smaller, but it changes the weights like any other."),
    mistakes=(
        Mistake(
            "last batch lost",
            N_("You round down: the rows that are left over make one more batch, and it changes the weights, too."),
            lambda rows, batch_size, epochs: rows // batch_size * epochs,
        ),
        Mistake(
            "rounded to the nearest",
            N_("You round to the nearest whole number. Rows that are left over, however few, make one more batch."),
            lambda rows, batch_size, epochs: np.round(rows / batch_size) * epochs,
        ),
        Mistake(
            "not rounded",
            N_("You divide without rounding: half a batch is a batch, and there are no half updates."),
            lambda rows, batch_size, epochs: rows / batch_size * epochs,
        ),
        Mistake(
            "epochs forgotten",
            N_("You count the updates of one epoch. Each epoch goes through all batches again."),
            lambda rows, batch_size, _epochs: -(-rows // batch_size),
        ),
        Mistake(
            "one too many",
            N_("Where the rows fill the batches exactly, you count a batch with nothing in it."),
            lambda rows, batch_size, epochs: (rows // batch_size + 1) * epochs,
        ),
        Mistake(
            "an update a row",
            N_("You count an update for each row. A batch makes one update, however many rows are in it."),
            lambda rows, _batch_size, epochs: rows * epochs,
        ),
        Mistake(
            "epochs only",
            N_("You count an update for each epoch. That is so only if all rows are in one batch."),
            lambda rows, _batch_size, epochs: epochs + 0 * rows,
        ),
        Mistake(
            "epochs strung together",
            N_("You cut all epochs as if they were one long row. Each epoch begins with a batch of its own."),
            lambda rows, batch_size, epochs: -(-rows * epochs // batch_size),
        ),
    ),
)


def perceptron_gradients(x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> tuple[Array, ...]:
    """Give dW1, db1, dW2 and db2 of the mean cross-entropy."""
    a = np.maximum(x @ W1 + b1, 0)  # (N, H)
    p = 1 / (1 + np.exp(-(a @ W2 + b2)))  # (N, 1)
    dz2 = (p - y) / len(x)  # (N, 1)
    dz1 = dz2 @ W2.T * (a > 0)  # (N, H)
    return x.T @ dz1, dz1.sum(axis=0), a.T @ dz2, dz2.sum(axis=0)


def _gradients(
    x: Array, y: Array, W1: Array, b1: Array, W2: Array, b2: Array, *,
    mean: bool = True, bend: Any = None, slope2: Any = None, weights: bool = True, both: bool = True,
    twice: bool = False,
) -> tuple[Array, ...]:  # fmt: skip
    """Compute the gradients with one step done otherwise."""
    z1 = x @ W1 + b1
    a = np.maximum(z1, 0)
    p = 1 / (1 + np.exp(-(a @ W2 + b2)))
    dz2 = (p - y if slope2 is None else slope2(p, y)) / (len(x) if mean else 1)
    back = dz2 @ W2.T if weights else np.repeat(dz2, W1.shape[1], axis=1)
    dz1 = back * ((a > 0) if bend is None else bend(z1, a))
    reduce = np.sum if both else np.mean
    n = len(x) if twice else 1
    return x.T @ dz1 / n, reduce(dz1, axis=0) / n, a.T @ dz2 / n, reduce(dz2, axis=0) / n


def _network(n: int, d: int, h: int, last: float = 0.0) -> tuple[Array, ...]:
    """Draw rows, targets and weights; a large bias at the end makes answers near 1, and large slopes."""
    y = np.round(_RNG.uniform(0.1, 0.3 if last else 0.9, (n, 1)), 1)
    x, W1, b1, W2 = (np.round(_RNG.normal(0, 1, shape), 1) for shape in ((n, d), (d, h), (h,), (h, 1)))
    return x, y, W1, b1, W2, np.array([last])


GRADIENTS = Exercise(
    number="11.2",
    name="perceptron_gradients",
    task=N_("Write perceptron_gradients(x, y, W1, b1, W2, b2): the four gradients of the mean binary cross-entropy."),
    reference=perceptron_gradients,
    parts=("dW1", "db1", "dW2", "db2"),
    probes=(
        (
            np.array([[1.0], [-2.0]]),
            np.array([[0.2], [0.9]]),
            np.array([[0.5, -1.5]]),
            np.array([0.5, 0.3]),
            np.array([[2.0], [-0.7]]),
            np.array([0.4]),
        ),
        _network(3, 2, 3),
        _network(5, 4, 3),
        _network(4, 3, 6, last=3.0),
    ),
    hints=(
        N_("Go forward first, and keep what comes out of the hidden layer. Then begin at the end: the slope at z2."),
        N_("Behind the sigmoid the cross-entropy pulls with answer minus target. The mean divides that by N."),
        N_(
            "dz1 is dz2 @ W2.T where the ReLU is on, else 0. Each layer: its input, transposed, times its dz; and sums."
        ),
    ),
    why=N_(
        "Each layer needs its input from the way forward and dz from the way back; the shapes leave no other choice."
    ),
    mistakes=(
        Mistake(
            "no mean",
            N_("All four gradients are N times too large: the loss is a mean over the rows."),
            lambda *given: _gradients(*given, mean=False),
        ),
        Mistake(
            "mean twice",
            N_("All four gradients are N times too small: the 1/N is in dz2 already. Divide by N once."),
            lambda *given: _gradients(*given, twice=True),
        ),
        Mistake(
            "bend forgotten",
            N_("The gradients of the second layer are right. On the way back the ReLU is missing: 0 where it was off."),
            lambda *given: _gradients(*given, bend=lambda _z, _a: 1.0),
        ),
        Mistake(
            "bend applied to the slope",
            N_("The second layer is right. The ReLU bends the numbers forward; back, multiply by its slope, 0 or 1."),
            lambda *given: _gradients(*given, bend=lambda _z, a: a),
        ),
        Mistake(
            "slope of a sigmoid inside",
            N_("The second layer is right. In the hidden layer you take the slope of a sigmoid; there is a ReLU."),
            lambda *given: _gradients(*given, bend=lambda z, _a: np.exp(-z) / (1 + np.exp(-z)) ** 2),
        ),
        Mistake(
            "sigmoid's slope twice",
            N_("You multiply p - y by p (1 - p): that belongs to squared errors. With cross-entropy it cancels."),
            lambda *given: _gradients(*given, slope2=lambda p, y: (p - y) * p * (1 - p)),
        ),
        Mistake(
            "uphill",
            N_("All four have the wrong sign: the slope at z2 is answer minus target, not the other way round."),
            lambda *given: _gradients(*given, slope2=lambda p, y: y - p),
        ),
        Mistake(
            "second weights left out",
            N_("The second layer is right. On its way back the slope passes W2, too."),
            lambda *given: _gradients(*given, weights=False),
        ),
        Mistake(
            "biases averaged",
            N_("The kernels are right. The biases' gradients are sums over the rows: the 1/N is in dz already."),
            lambda *given: _gradients(*given, both=False),
        ),
        Mistake(
            "classes for targets",
            N_("You round answers or targets to 0 and 1. The loss compares the numbers themselves."),
            lambda *given: _gradients(*given, slope2=lambda p, y: (p > 0.5) - y),
        ),
    ),
    covered={"sign": "uphill", "axis behind in db2": "axis in front in db2"},
)

EXERCISES = (UPDATES, GRADIENTS)
