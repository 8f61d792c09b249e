"""Exercises of chapter 02 on the neuron and its line: 2.1 to 2.3. The others are in `nnlab.course.chapter_02_rules`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_02`.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(2)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _table(n: int, d: int) -> tuple[Array, Array, float]:
    """Draw samples, weights and a bias, in halves."""
    x, w = _RNG.integers(-5, 6, (n, d)) / 2, _RNG.integers(1, 5, d) / 2
    return x, w * np.resize([1.0, -1.0], d), 0.5


def neuron(x: Array, w: Array, b: float) -> Array:
    """Give the answers a (N,) to samples x (N, D)."""
    z = x @ w + b
    return 1 / (1 + np.exp(-z))


NEURON = Exercise(
    number="2.1",
    name="neuron",
    task=N_("Write neuron(x, w, b): the answers of one neuron with a sigmoid to all samples, the rows of x."),
    reference=neuron,
    probes=(
        (np.array([[2.0]]), np.array([1.5]), -2.0),
        (np.array([[1.0, 2.0]]), np.array([0.5, -1.0]), 0.5),
        (np.array([[1, 2], [3, -1]]), np.array([0.5, -1.0]), 1.0),
        _table(3, 2),
        _table(4, 3),
    ),
    hints=(
        N_("Two steps: first the sums z, one for each row, then the bend of each z."),
        N_("x @ w multiplies each row by the weights and adds up: it has the shape (N,). What is still to be added?"),
        N_("Add b to x @ w, and put the result into the sigmoid: 1 divided by 1 plus np.exp of minus z."),
    ),
    why=N_("The product of a table and a vector is one sum for each row, so no loop over the samples is needed."),
    mistakes=(
        Mistake(
            "bend forgotten",
            N_("You give the sums z. The answer a is still to come: put z into the sigmoid."),
            lambda x, w, b: x @ w + b,
        ),
        Mistake("bias forgotten", N_("The bias is missing: z is x @ w + b."), lambda x, w, _b: _sigmoid(x @ w)),
        Mistake(
            "bias subtracted",
            N_("You subtract the bias. Does the minus in np.exp stand in front of the whole sum, −(x @ w + b)?"),
            lambda x, w, b: _sigmoid(x @ w - b),
        ),
        Mistake(
            "parentheses forgotten",
            N_("Division comes before addition: you divide 1 by 1. Put parentheses around 1 + np.exp(−z)."),
            lambda x, w, b: 1 / 1 + np.exp(-(x @ w + b)),
        ),
        Mistake(
            "bias after the bend",
            N_("You add the bias after the sigmoid. It belongs in the sum, before the bend."),
            lambda x, w, b: _sigmoid(x @ w) + b,
        ),
        Mistake(
            "step",
            N_("You give a hard step, 0 or 1. The sigmoid is soft: 1 / (1 + exp(−z))."),
            lambda x, w, b: (x @ w + b >= 0).astype(float),
        ),
        Mistake(
            "minus lost in exp",
            N_("You give 1 − a: the sigmoid goes down instead of up. Is the minus in exp(−z) lost?"),
            lambda x, w, b: _sigmoid(-(x @ w + b)),
        ),
        Mistake(
            "products not added",
            N_("You multiply number by number, with *, and do not add up: each sample has one sum. Use @."),
            lambda x, w, b: _sigmoid(x * w + b),
        ),
        Mistake(
            "bias for each feature",
            N_("You add the bias to each product, so that it counts once for each feature. It is added once."),
            lambda x, w, b: _sigmoid((x * w + b).sum(axis=1)),
        ),
        Mistake(
            "all samples added",
            N_("You add everything up to one number. Each sample, a row of x, has its own answer."),
            lambda x, w, b: _sigmoid(np.sum(x * w) + b),
        ),
    ),
    covered={"one minus": "minus lost in exp", "rounded": "step"},
)


def signed_distance(x: Array, w: Array, b: float) -> Array:
    """Give the signed distances (N,) of samples x (N, D) from the line."""
    length = np.sqrt(np.sum(w**2))
    return (x @ w + b) / length


SIGNED_DISTANCE = Exercise(
    number="2.2",
    name="signed_distance",
    task=N_("Write signed_distance(x, w, b): how far each sample lies from the line, positive where z is."),
    reference=signed_distance,
    probes=(
        (np.array([[3.0]]), np.array([4.0]), -2.0),
        (np.array([[4.0, 7.0]]), np.array([3.0, 4.0]), -10.0),
        (np.array([[1, 1], [0, 3]]), np.array([0.6, 0.8]), -2.0),
        (np.array([[1, 2], [-3, 1]]), np.array([-6.0, 8.0]), 5.0),
        _table(3, 3),
    ),
    hints=(
        N_("z grows with the distance from the line, but twice as fast if the weights are twice as long."),
        N_("So z is divided by the length of w. How do you get a length from the sum of the squares?"),
        N_("The length is np.sqrt of the sum of w**2. Divide the sums x @ w + b, with their bias, by it."),
    ),
    why=N_("A factor in front of weights and bias cancels: the distance belongs to the line, not to its sharpness."),
    mistakes=(
        Mistake(
            "length forgotten",
            N_("You give z itself. It is a distance only where |w| is 1: divide by the length of w."),
            lambda x, w, b: x @ w + b,
        ),
        Mistake(
            "squared length",
            N_("You divide by the sum of the squares. The length of w is the root of it."),
            lambda x, w, b: (x @ w + b) / np.sum(w**2),
        ),
        Mistake(
            "sum of the weights",
            N_("You divide by the sum of the weights. The length is the root of the sum of their squares."),
            lambda x, w, b: (x @ w + b) / np.sum(w),
        ),
        Mistake(
            "sum of the sizes",
            N_("You divide by the sum of |w|. The length is the root of the sum of the squares."),
            lambda x, w, b: (x @ w + b) / np.sum(np.abs(w)),
        ),
        Mistake(
            "bias not divided",
            N_("The bias is divided, too: it is added to the sum first, and the whole z is divided by the length."),
            lambda x, w, b: x @ w / np.sqrt(np.sum(w**2)) + b,
        ),
        Mistake(
            "only the bias divided",
            N_("You divide the bias alone: division comes before addition. Put x @ w + b in parentheses."),
            lambda x, w, b: x @ w + b / np.sqrt(np.sum(w**2)),
        ),
        Mistake(
            "weights counted",
            N_("len(w) counts the weights. The length of a vector is the root of the sum of its squares."),
            lambda x, w, b: (x @ w + b) / len(w),
        ),
        Mistake(
            "bias subtracted",
            N_("You subtract the bias. A threshold would be subtracted; the bias is added."),
            lambda x, w, b: (x @ w - b) / np.sqrt(np.sum(w**2)),
        ),
        Mistake(
            "bias forgotten",
            N_("The bias is missing: you give the distance from a line through the origin."),
            lambda x, w, _b: x @ w / np.sqrt(np.sum(w**2)),
        ),
        Mistake(
            "bias in the length",
            N_("You take the bias for one of the weights in the length. Only w has the direction: leave b out there."),
            lambda x, w, b: (x @ w + b) / np.sqrt(np.sum(w**2) + b**2),
        ),
        Mistake(
            "sides exchanged",
            N_("Your signs are turned: the distance is positive on the side to which w points, where z is positive."),
            lambda x, w, b: -(x @ w + b) / np.sqrt(np.sum(w**2)),
        ),
    ),
    covered={"sign": "sides exchanged"},
)


def fold(x: Array, w: Array, b: float) -> tuple[Array, Array]:
    """Give the table (N, D + 1) and the weights (D + 1,) that do without a bias."""
    ones = np.ones((len(x), 1))
    return np.hstack([x, ones]), np.append(w, b)


def _folded(x: Array, w: Array, b: float, column: float, last: float) -> tuple[Array, Array]:
    return np.hstack([x, np.full((len(x), 1), column)]), np.append(w, last * b)


FOLD = Exercise(
    number="2.3",
    name="fold",
    task=N_(
        "Write fold(x, w, b): the table with a column of ones behind it, and the weights with the bias behind them."
    ),
    reference=fold,
    parts=(N_("the table"), N_("the weights")),
    probes=(
        (np.array([[2.0]]), np.array([3.0]), 5.0),
        (np.array([[2.0, 7.0]]), np.array([3.0, 4.0]), 5.0),
        (np.array([[2, 7], [4, 6]]), np.array([3.0, 4.0]), -5.0),
        _table(3, 3),
        _table(4, 2),
    ),
    hints=(
        N_("Both get longer by one: the table by a column, the weights by a number. In what order must they match?"),
        N_("np.ones of the shape (N, 1) is a column. np.hstack puts it beside the table; np.append makes w longer."),
        N_("The table is np.hstack of x and the ones, in a list. The weights are np.append of w and b."),
    ),
    why=N_("The last product is b times 1, so the product of table and weights is x @ w + b, with no bias to carry."),
    mistakes=(
        Mistake(
            "ones in front",
            N_("Your ones stand in front of the features and the bias behind the weights: they do not meet."),
            lambda x, w, b: (np.hstack([np.ones((len(x), 1)), x]), np.append(w, b)),
        ),
        Mistake(
            "both in front",
            N_("Ones and bias stand in front: that works, too, but here both are asked for at the end."),
            lambda x, w, b: (np.hstack([np.ones((len(x), 1)), x]), np.append(b, w)),
        ),
        Mistake(
            "bias in the table",
            N_("You put the bias into the table and 1 into the weights. The bias is learned, so it is a weight."),
            lambda x, w, b: (np.hstack([x, np.full((len(x), 1), b)]), np.append(w, 1.0)),
        ),
        Mistake(
            "bias twice",
            N_("The bias stands in the table and in the weights, so that its square is added: the column holds 1."),
            lambda x, w, b: _folded(x, w, b, b, 1.0),
        ),
        Mistake(
            "zeros",
            N_("The new column holds zeros, and the bias is multiplied by 0. It holds ones."),
            lambda x, w, b: _folded(x, w, b, 0.0, 1.0),
        ),
        Mistake(
            "minus the bias",
            N_("The last weight is minus the bias. It is added as it is; only a threshold would get a minus."),
            lambda x, w, b: _folded(x, w, b, 1.0, -1.0),
        ),
        Mistake(
            "row of ones",
            N_("You put a row of ones under the table, as if it were a sample. It is a feature: a column."),
            lambda x, w, b: (np.vstack([x, np.ones((1, x.shape[1]))]), np.append(w, b)),
        ),
    ),
)

EXERCISES = (NEURON, SIGNED_DISTANCE, FOLD)
