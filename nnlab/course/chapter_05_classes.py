"""Exercises of chapter 05 on losses of classes: 5.3 and 5.4. Those on numbers are in `chapter_05_numbers`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake, Reduction, Size
from nnlab.language import N_

_RNG = np.random.default_rng(55)


def logit_gradient(z: Array, y: Array) -> Array:
    """Give the gradient of the mean cross-entropy for the logits z, (N, K); y is one-hot."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)  # (N, K)
    return (p - y) / len(z)


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _columns(z: Array) -> Array:
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)


def _naive(z: Array) -> Array:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def _one_hot(classes: list[int], count: int) -> Array:
    return np.eye(count)[classes]


LOGIT_GRADIENT = Exercise(
    number="5.3",
    name="logit_gradient",
    task=N_("Write logit_gradient(z, y): the gradient of the mean cross-entropy for logits z, shape (N, K)."),
    reference=logit_gradient,
    probes=(
        (np.array([[0.0, 0.0]]), _one_hot([1], 2)),
        (np.array([[1.0, -1.0]]), _one_hot([0], 2)),
        (np.array([[1000.0, 1001.0]]), _one_hot([0], 2)),
        (np.array([[1000.0, 1001.0], [1.0, 0.0]]), _one_hot([0, 1], 2)),
        (np.array([[1.0, 0.0, 2.0], [0.5, -1.0, 0.0]]), _one_hot([2, 0], 3)),
        (np.round(_RNG.normal(0, 2, (4, 3)), 1), _one_hot([0, 2, 1, 1], 3)),
    ),
    hints=(
        N_("First the probabilities p: the softmax of each row, as in Exercise 3.5, safe for large logits."),
        N_("For one sample the gradient is p where the class is not the right one. And where it is? See the chapter."),
        N_("For one sample it is p − y, row by row. The loss is the mean over N samples: what does that do to it?"),
    ),
    why=N_("Softmax and logarithm cancel: what is left is what the network says, minus what it should say."),
    mistakes=(
        Mistake(
            "divided by all numbers",
            N_("You divide by N times K. The loss is the mean over the samples, a sum over the classes: divide by N."),
            lambda z, y: (_softmax(z) - y) / z.size,
        ),
        Mistake(
            "columns instead of rows",
            N_("Your softmax goes down the columns. A row is a sample, and its K probabilities add up to 1: axis=1."),
            lambda z, y: (_columns(z) - y) / len(z),
        ),
        Mistake(
            "overflow",
            N_("For large logits your softmax is NaN: subtract the largest logit of each row before exp."),
            lambda z, y: (_naive(z) - y) / len(z),
        ),
        Mistake(
            "one largest for all",
            N_("You subtract one largest logit from all rows. A row far below it becomes 0/0: each row needs its own."),
            lambda z, y: (_naive(z - z.max()) - y) / len(z),
        ),
        Mistake(
            "divided by the classes",
            N_("You divide by K, the number of classes. The loss is the mean over the N samples."),
            lambda z, y: (_softmax(z) - y) / z.shape[1],
        ),
        Mistake(
            "only the right class",
            N_("You give 0 for the other classes. Their slope is p: to raise such a logit raises the loss."),
            lambda z, y: (_softmax(z) - 1) * y / len(z),
        ),
        Mistake(
            "target forgotten",
            N_("You give the probabilities over N. At the right class 1 is missing: the target has to be subtracted."),
            lambda z, _y: _softmax(z) / len(z),
        ),
        Mistake(
            "against the probabilities",
            N_("That is the gradient for the probabilities p. For the logits, softmax's slopes come in, too."),
            lambda z, y: -y / _softmax(z) / len(z),
        ),
        Mistake(
            "logits for probabilities",
            N_("You subtract the target from the logits. They have to go through the softmax first."),
            lambda z, y: (z - y) / len(z),
        ),
        Mistake(
            "sigmoid",
            N_("You take a sigmoid of each logit. The K probabilities of a sample belong together: softmax."),
            lambda z, y: (1 / (1 + np.exp(-z)) - y) / len(z),
        ),
        Mistake(
            "squared error",
            N_("You multiply by p(1 − p) once more: with cross-entropy that factor cancels."),
            lambda z, y: (_softmax(z) - y) * _softmax(z) * (1 - _softmax(z)) / len(z),
        ),
    ),
    sizes=(Size("N", N_("the number of samples"), lambda z, _y: len(z)),),
)


def bce_from_logits(z: Array, y: Array) -> float:
    """Give the mean binary cross-entropy of targets y and logits z, both (N,)."""
    losses = np.maximum(z, 0) - z * y + np.log(1 + np.exp(-np.abs(z)))  # (N,)
    return float(losses.mean())


def _terms(z: Array, y: Array) -> Array:
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def _of_probability(a: Array, y: Array) -> float:
    return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))


BCE_FROM_LOGITS = Exercise(
    number="5.4",
    name="bce_from_logits",
    task=N_("Write bce_from_logits(z, y): the mean binary cross-entropy, finite and right for logits such as 1000."),
    reference=bce_from_logits,
    probes=(
        (np.array([0.5]), np.array([1.0])),
        (np.array([-2.0]), np.array([0.0])),
        (np.array([2.0]), np.array([0.25])),
        (np.array([1000.0, 1.0]), np.array([0.0, 1.0])),
        (np.array([-1000.0, -0.5, 3.0]), np.array([1.0, 1.0, 0.0])),
        (np.round(_RNG.normal(0, 3, 5), 1), np.array([1.0, 0.0, 0.0, 1.0, 1.0])),
    ),
    hints=(
        N_("Put a = 1/(1 + exp(−z)) into −log a and −log(1 − a), and simplify. No a is left, and one log."),
        N_("The loss is log(1 + exp(z)) − z·y. For large z that exp overflows. Take e^z out of the bracket."),
        N_("log(1 + e^z) = z + log(1 + e^−z). Use the form whose exponent is not above 0: with max(z, 0) and −|z|."),
    ),
    why=N_("The exponent is never above 0, so exp stays between 0 and 1, and nothing can overflow."),
    mistakes=(
        Mistake(
            "through the sigmoid",
            N_("You go through the sigmoid. At z = ±1000 it is exactly 0 or 1, and 0 times log 0 is NaN."),
            lambda z, y: _of_probability(_sigmoid(z), y),
        ),
        Mistake(
            "overflow",
            N_("The formula is right, but exp(1000) is infinite: take the form whose exponent is not above 0."),
            lambda z, y: float(np.mean(np.log(1 + np.exp(z)) - z * y)),
        ),
        Mistake(
            "clipped",
            N_("You keep the probability away from 0 and 1. A logit of 1000 on the wrong side costs 1000, not 16."),
            lambda z, y: _of_probability(np.clip(_sigmoid(z), 1e-7, 1 - 1e-7), y),
        ),
        Mistake(
            "targets exchanged",
            N_("Your loss is right for the opposite targets: class 1 and class 0 are exchanged."),
            lambda z, y: float(_terms(z, 1 - y).mean()),
        ),
        Mistake(
            "only class 1",
            N_("You give −log a for every sample. Where y is 0 the loss is −log(1 − a)."),
            lambda z, _y: float(np.mean(np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z))))),
        ),
        Mistake(
            "nothing for class 0",
            N_("Samples of class 0 add nothing to your loss: there the second term is missing."),
            lambda z, y: float(np.mean(y * (np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))))),
        ),
        Mistake(
            "target forgotten",
            N_("You give log(1 + exp(z)), which is right for class 0. The term with the target is missing."),
            lambda z, _y: float(np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))))),
        ),
        Mistake(
            "largest of all",
            N_("You take np.max, the largest of all logits. np.maximum(z, 0) compares each logit with 0."),
            lambda z, y: float(np.mean(np.max(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))),
        ),
        Mistake(
            "absolute value forgotten",
            N_("Beside max(z, 0) the exponent is −|z|. With −z your formula holds for positive z only."),
            lambda z, y: float(np.mean(np.maximum(z, 0) - z * y + np.log(1 + np.exp(-z)))),
        ),
        Mistake(
            "maximum forgotten",
            N_("With the exponent made negative, z has been taken out for positive z: max(z, 0) has to be added."),
            lambda z, y: float(np.mean(np.log1p(np.exp(-np.abs(z))) - z * y)),
        ),
    ),
    sizes=(Size("N", N_("the number of samples"), lambda z, _y: len(z)),),
    reduction=Reduction(_terms, axis=0, mean=True),
    covered={"missing 1/N": "sum"},
)

EXERCISES = (LOGIT_GRADIENT, BCE_FROM_LOGITS)
