"""Exercises of chapter 01 on units: 1.1, 1.2 and 1.4. The others are in `nnlab.course.chapter_01_learners`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_01`.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(1)


def at_least(x: Array, k: int) -> Array:
    """Give 1 for each row of x, shape (N, D), with at least k ones, else 0."""
    w = np.ones(x.shape[1])  # (D,)
    b = -k
    return (x @ w + b >= 0).astype(int)


def _bits(n: int, d: int) -> Array:
    return _RNG.integers(0, 2, (n, d))


AT_LEAST = Exercise(
    number="1.1",
    name="at_least",
    task=N_("Write at_least(x, k): 1 for each row of x with at least k ones, else 0, by one threshold unit."),
    reference=at_least,
    probes=(
        (np.array([[1]]), 1),
        (np.array([[0, 1]]), 1),
        (np.array([[0, 1]]), 2),
        (np.array([[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]), 2),
        (np.array([[0, 0, 0], [0, 1, 0], [0, 1, 1], [1, 1, 1]]), 3),
        (_bits(6, 5), 3),
    ),
    hints=(
        N_("All inputs count alike, so all weights can be the same. What is x @ w if every weight is 1?"),
        N_("With weights of 1 the sum is the number of ones in a row. From which sum on should z be 0 or more?"),
        N_("Take w = np.ones(D) and a bias of −k, and compare z with 0 by >=. The comparison is an array already."),
    ),
    why=N_(
        "The bias is minus the threshold. On bits, any bias from −k up to, but not including, −k + 1 does the same."
    ),
    mistakes=(
        Mistake(
            "more than k",
            N_("A row with exactly k ones gets a 0: z = 0 belongs to the answer 1, so compare with >=."),
            lambda x, k: (x.sum(axis=1) > k).astype(int),
        ),
        Mistake(
            "exactly k",
            N_("You ask for exactly k ones. A unit can only ask for at least k: its sum has no upper limit."),
            lambda x, k: (x.sum(axis=1) == k).astype(int),
        ),
        Mistake(
            "at most k",
            N_("Your unit says 1 where there are few ones: is the comparison, or a sign, the wrong way round?"),
            lambda x, k: (x.sum(axis=1) <= k).astype(int),
        ),
        Mistake(
            "all inputs",
            N_("You ask for a 1 everywhere, whatever k is: that is AND."),
            lambda x, _k: x.all(axis=1).astype(int),
        ),
        Mistake(
            "any input",
            N_("One 1 is enough for you, whatever k is: that is OR."),
            lambda x, _k: x.any(axis=1).astype(int),
        ),
        Mistake(
            "plus k",
            N_("Every row gets a 1. A sum that has to reach k needs the bias −k, with a minus sign."),
            lambda x, _k: np.ones(len(x), dtype=int),
        ),
        Mistake(
            "one too few",
            N_("A row with one 1 fewer than k gets a 1, too: the bias is larger than −k by 1 or more."),
            lambda x, k: (x.sum(axis=1) >= k - 1).astype(int),
        ),
        Mistake(
            "down the columns",
            N_("You add down the columns. A row is a sample: its ones are added along axis=1, as x @ w does."),
            lambda x, k: (x.sum(axis=0) >= k).astype(int),
        ),
        Mistake(
            "the sum",
            N_("You give the number of ones. The last step is missing: compare it with the threshold."),
            lambda x, _k: x.sum(axis=1),
        ),
        Mistake(
            "z",
            N_("You give z itself. The last step is missing: 1 where z is 0 or more, else 0."),
            lambda x, k: x.sum(axis=1) - k,
        ),
        Mistake(
            "-1 for no",
            N_("Where the answer is no you give −1. The unit of this chapter says 0 there."),
            lambda x, k: np.where(x.sum(axis=1) >= k, 1, -1),
        ),
    ),
)


def correct(w: Array, b: float, x: Array, y: int) -> tuple[Array, float]:
    """Give (w, b) after the perceptron has seen the sample x with label y."""
    error = y - int(x @ w + b >= 0)  # 0, 1 or -1
    return w + error * x, b + error


def _sample(*numbers: float, b: float, x: tuple[float, ...], y: int) -> tuple[Array, float, Array, int]:
    return np.array(numbers), b, np.array(x), y


def _strict(w: Array, b: float, x: Array, y: int) -> int:
    return y - int(x @ w + b > 0)


CORRECT = Exercise(
    number="1.2",
    name="correct",
    task=N_("Write correct(w, b, x, y): weights and bias after one sample; unchanged where the answer was right."),
    reference=correct,
    parts=("w", "b"),
    probes=(
        _sample(1.0, b=0.5, x=(2.0,), y=1),
        _sample(1.0, b=0.5, x=(2.0,), y=0),
        _sample(1.0, b=-4.0, x=(3.0,), y=1),
        _sample(2.0, b=-4.0, x=(2.0,), y=1),
        _sample(2.0, b=-4.0, x=(2.0,), y=0),
        _sample(0.5, -1.5, b=0.75, x=(2.0, 3.0), y=1),
        _sample(0.5, 1.5, 2.0, b=-0.25, x=(2.0, -3.0, 4.0), y=0),
        _sample(-0.5, 1.5, b=-2.5, x=(2.0, 0.5), y=0),
    ),
    hints=(
        N_("First find out what the unit says to x. Compare this with y: what are the three possible differences?"),
        N_("y minus the answer is 0, 1 or −1. Multiplied by it, x is added, taken away, or left out."),
        N_("With error = y − (1 if z is 0 or more, else 0), both results get something times error added: x, and 1."),
    ),
    why=N_("One difference, 0, 1 or −1, says whether to add the sample, to take it away, or to leave all as it is."),
    mistakes=(
        Mistake(
            "wrong direction",
            N_("Your correction goes the wrong way: the difference is y minus the answer, and it is added."),
            lambda w, b, x, y: (w - _error(w, b, x, y) * x, b - _error(w, b, x, y)),
        ),
        Mistake(
            "bias not corrected",
            N_("w is right. The bias is a weight, too, with the input 1: it gets the difference added."),
            lambda w, b, x, y: (w + _error(w, b, x, y) * x, b),
        ),
        Mistake(
            "bias not used",
            N_("The answer depends on the bias, too: z = x @ w + b. You leave b out when you ask what the unit says."),
            lambda w, b, x, y: (w + _error(w, 0, x, y) * x, b + _error(w, 0, x, y)),
        ),
        Mistake(
            "always the label",
            N_("You add x wherever the label is 1, also where the answer was right. Only mistakes are corrected."),
            lambda w, b, x, y: (w + y * x, b + y),
        ),
        Mistake(
            "every sample corrected",
            N_("You correct every sample, also where the answer was right. Only mistakes are corrected."),
            lambda w, b, x, y: (w + (2 * y - 1) * x, b + 2 * y - 1),
        ),
        Mistake(
            "never taken away",
            N_("The difference is −1 where the answer was 1 and should be 0. Then x is taken away, not added."),
            lambda w, b, x, y: (w + abs(_error(w, b, x, y)) * x, b + abs(_error(w, b, x, y))),
        ),
        Mistake(
            "bias the other way",
            N_("w is right. The bias goes the wrong way: it gets the difference added, too."),
            lambda w, b, x, y: (w + _error(w, b, x, y) * x, b - _error(w, b, x, y)),
        ),
        Mistake(
            "change alone",
            N_("You give the changes alone. Add them to the old weights and to the old bias."),
            lambda w, b, x, y: (_error(w, b, x, y) * x, _error(w, b, x, y)),
        ),
        Mistake(
            "small rate",
            N_("The directions are right, but the steps are a tenth as long. Here the learning rate is 1."),
            lambda w, b, x, y: (w + 0.1 * _error(w, b, x, y) * x, b + 0.1 * _error(w, b, x, y)),
        ),
        Mistake(
            "sample forgotten",
            N_("You add the difference itself to the weights. Each weight gets it times its own input."),
            lambda w, b, x, y: (w + _error(w, b, x, y), b + _error(w, b, x, y)),
        ),
        Mistake(
            "z = 0 taken for no",
            N_("For z = 0 the unit of this chapter says 1: compare with >=."),
            lambda w, b, x, y: (w + _strict(w, b, x, y) * x, b + _strict(w, b, x, y)),
        ),
        Mistake(
            "z instead of the answer",
            N_("You take y − z. What is compared with the label is the answer, 0 or 1: z after the threshold."),
            lambda w, b, x, y: (w + (y - x @ w - b) * x, b + (y - x @ w - b)),
        ),
        Mistake(
            "only ones corrected",
            N_("A sample that should be 1 is corrected, but one that should be 0 is not: the difference may be −1."),
            lambda w, b, x, y: (w + max(0, _error(w, b, x, y)) * x, b + max(0, _error(w, b, x, y))),
        ),
    ),
)


def _error(w: Array, b: float, x: Array, y: int) -> int:
    return y - int(x @ w + b >= 0)


def xor(x: Array) -> Array:
    """Give XOR of the two columns of x, shape (N, 2), by three threshold units."""
    W1, b1 = np.array([[1, 1], [1, 1]]), np.array([-0.5, -1.5])  # OR, AND
    h = (x @ W1 + b1 >= 0).astype(int)  # (N, 2)
    w2, b2 = np.array([1, -1]), -0.5  # OR, and not AND
    return (h @ w2 + b2 >= 0).astype(int)


XOR = Exercise(
    number="1.4",
    name="xor",
    task=N_("Write xor(x) for the rows of x, shape (N, 2), with two hidden threshold units and one output unit."),
    reference=xor,
    probes=(
        (np.array([[0, 1]]),),
        (np.array([[1, 0]]),),
        (np.array([[0, 0], [1, 1]]),),
        (np.array([[0, 0], [0, 1], [1, 0], [1, 1]]),),
        (np.array([[1, 1], [1, 0], [0, 0], [1, 1], [0, 1]]),),
    ),
    hints=(
        N_("XOR is 1 where OR is 1 and AND is 0. You know weights and biases for OR and for AND."),
        N_("The output unit sees h1 from OR and h2 from AND, and should say 1 for (1, 0) only: with which signs?"),
        N_("Both hidden units have the weights 1 and 1, with the biases −0.5 and −1.5. The output has 1, −1 and −0.5."),
    ),
    why=N_("Two lines cut out the strip between (0, 0) and (1, 1), and the output unit asks for what lies in it."),
    mistakes=(
        Mistake(
            "or",
            N_("That is OR: (1, 1) gets a 1. The output unit has to be held back by the AND unit: a negative weight."),
            lambda x: x.any(axis=1).astype(int),
        ),
        Mistake(
            "and",
            N_("That is AND: only (1, 1) gets a 1."),
            lambda x: x.all(axis=1).astype(int),
        ),
        Mistake(
            "nand",
            N_("That is “not both”: (0, 0) gets a 1, too. It still has to be joined with OR."),
            lambda x: 1 - x.all(axis=1).astype(int),
        ),
        Mistake(
            "nor",
            N_("That is “neither”: only (0, 0) gets a 1. The output unit asks for h1 = 1, and not h2."),
            lambda x: 1 - x.any(axis=1).astype(int),
        ),
        Mistake(
            "opposite",
            N_("That is the opposite of XOR. Turn the signs of the output unit's weights and of its bias."),
            lambda x: 1 - (x[:, 0] ^ x[:, 1]),
        ),
        Mistake(
            "only (1, 0)",
            N_("Only (1, 0) gets a 1, which is half of XOR. The other half is (0, 1)."),
            lambda x: x[:, 0] * (1 - x[:, 1]),
        ),
        Mistake(
            "only (0, 1)",
            N_("Only (0, 1) gets a 1, which is half of XOR. The other half is (1, 0)."),
            lambda x: (1 - x[:, 0]) * x[:, 1],
        ),
        Mistake(
            "always yes",
            N_(
                "Every input gets a 1. Print h and the last z, row by row. Is h made of 0 and 1? Is z below 0 anywhere?"
            ),
            lambda x: np.ones(len(x), dtype=int),
        ),
        Mistake(
            "always no",
            N_("Every input gets a 0: the threshold of the output unit is never reached. Print h, row by row."),
            lambda x: np.zeros(len(x), dtype=int),
        ),
        Mistake(
            "sum of the inputs",
            N_("You give the number of ones: (1, 1) gets a 2. No threshold has been passed yet."),
            lambda x: x.sum(axis=1),
        ),
        Mistake(
            "hidden layer returned",
            N_("You give h, what the hidden units say: two columns. The output unit is still missing."),
            lambda x: (x @ np.ones((2, 2)) + np.array([-0.5, -1.5]) >= 0).astype(int),
        ),
        Mistake(
            "output without threshold",
            N_("You give the z of the output unit. The last step is missing: 1 where it is 0 or more, else 0."),
            lambda x: (x @ np.ones((2, 2)) + np.array([-0.5, -1.5]) >= 0) @ np.array([1, -1]) - 0.5,
        ),
        Mistake(
            "first input only",
            N_("Your answer is the first input. Does the output unit look at one hidden unit only, or at x?"),
            lambda x: x[:, 0],
        ),
        Mistake(
            "second input only",
            N_("Your answer is the second input. Does the output unit look at one hidden unit only, or at x?"),
            lambda x: x[:, 1],
        ),
    ),
    covered={"one minus": "opposite"},
)

EXERCISES = (AT_LEAST, CORRECT, XOR)
