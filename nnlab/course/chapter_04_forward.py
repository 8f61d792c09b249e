"""Exercise 4.2 of chapter 04: a whole forward pass. The others: `chapter_04_layers` and `chapter_04_bumps`.

The reference is written as a learner would write it: its source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Function, Mistake
from nnlab.language import N_, _

Weights = list[tuple[Array, Array]]

_RNG = np.random.default_rng(42)


def _whole(*shape: int) -> Array:
    """Small whole numbers of both signs, as floats."""
    return _RNG.integers(-3, 4, shape).astype(float)


def forward(X: Array, weights: Weights) -> Array:
    """Give the probabilities (N, K); weights is a list of pairs (W, b), one for each layer."""
    A = X
    for W, b in weights[:-1]:
        A = np.maximum(A @ W + b, 0)
    W, b = weights[-1]
    Z = A @ W + b  # (N, K)
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _softmax(z: Array, axis: int | None = 1) -> Array:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _hidden(X: Array, weights: Weights) -> Array:
    for W, b in weights[:-1]:
        X = np.maximum(X @ W + b, 0)
    return X


def _scores(X: Array, weights: Weights) -> Array:
    W, b = weights[-1]
    return _hidden(X, weights) @ W + b


def _each(X: Array, weights: Weights, bend: Function) -> Array:
    """Do the same in every layer, the last too."""
    for W, b in weights:
        X = bend(X @ W + b)
    return X


def _of_two_layers(X: Array, weights: Weights) -> Array:
    (W1, b1), (W2, b2) = weights
    return _softmax(np.maximum(X @ W1 + b1, 0) @ W2 + b2)


def _from_x(X: Array, weights: Weights) -> Array:
    A = X
    for W, b in weights[:-1]:
        A = np.maximum(X @ W + b, 0)
    return _softmax(A @ weights[-1][0] + weights[-1][1])


def _without(biases: slice) -> Function:
    """Leave some of the biases out."""

    def wrong(X: Array, weights: Weights) -> Array:
        left_out = weights[biases]
        kept = [(W, 0 * b if any(b is other for _W, other in left_out) else b) for W, b in weights]
        return _softmax(_scores(X, kept))

    return wrong


def _no_keepdims(X: Array, weights: Weights) -> Array:
    e = np.exp(_scores(X, weights))
    return np.asarray(e / e.sum(axis=1))


def _no_keepdims_in_max(X: Array, weights: Weights) -> Array:
    Z = _scores(X, weights)
    e = np.exp(Z - Z.max(axis=1))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _shares(e: Array, axis: int | None = 1) -> Array:
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def _columns_taken_off(X: Array, weights: Weights) -> Array:
    Z = _scores(X, weights)
    e = np.exp(Z - Z.max(axis=0))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _survives_large_scores(answer: Any) -> str:
    """Give a network whose scores are too large for exp in one row, and small in the other."""
    scores = np.array([[1000.0, 999.0], [0.0, 0.0]])
    large, small = np.isclose(answer(np.eye(2), [(scores, np.zeros(2))]), _softmax(scores)).all(axis=1)
    if not large:
        return _("On small scores it is right, but np.exp(1000) is infinite: subtract the largest score of each row.")
    if not small:
        return _(
            "You subtract the largest of all scores: a row of far smaller ones is lost. Each row has its own largest."
        )
    return ""


FORWARD = Exercise(
    number="4.2",
    name="forward",
    task=N_(
        "Write forward(X, weights): a network's probabilities (N, K). weights is a list of pairs (W, b); all layers "
        "but the last have a ReLU, the last has a softmax."
    ),
    reference=forward,
    last_test=_survives_large_scores,
    probes=(
        (np.array([[1.0]]), [(np.array([[2.0, 1.0]]), np.array([0.0, 0.5]))]),
        (
            np.array([[1.0]]),
            [(np.array([[-2.0]]), np.array([1.0])), (np.array([[2.0, 1.0]]), np.array([0.0, 0.5]))],
        ),
        (
            np.array([[1.0], [-2.0]]),
            [
                (np.array([[1.0, -1.0]]), np.array([0.5, 0.25])),
                (np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([0.25, -2.0])),
            ],
        ),
        (
            _whole(3, 2),
            [
                (_whole(2, 4) / 2, _whole(4) / 4),
                (_whole(4, 5) / 4, _whole(5) / 4),
                (_whole(5, 3) / 4, np.array([-1.0, 0.5, -2.0])),
            ],
        ),
    ),
    hints=(
        N_("What goes into a layer? The outputs of the one before it, after their bend. Keep them in one variable."),
        N_("A loop over weights[:-1] does the hidden layers. The last pair, weights[-1], gives the scores."),
        N_("Subtract the largest score of each row before np.exp; sum along axis=1, with keepdims=True."),
    ),
    why=N_("This is all that a trained network does when it is asked: products, sums and bends, layer after layer."),
    mistakes=(
        Mistake(
            "two layers only",
            N_("Your function takes exactly two layers. weights may hold one pair or many: loop over weights[:-1]."),
            _of_two_layers,
        ),
        Mistake(
            "each layer from X",
            N_("Each layer starts from X again. It should start from what the layer before has given."),
            _from_x,
        ),
        Mistake(
            "no bend between",
            N_("The ReLU between the layers is missing: without it they are all one layer, as in chapter 03."),
            lambda X, weights: _softmax(_each(X, weights, lambda z: z)),
        ),
        Mistake(
            "scores bent, too",
            N_("You send the scores through a ReLU before the softmax. The last layer has the softmax alone."),
            lambda X, weights: _softmax(_each(X, weights, lambda z: np.maximum(z, 0))),
        ),
        Mistake(
            "softmax in every layer",
            N_("Every layer of yours has a softmax. Only the last one has: the layers before it have a ReLU."),
            lambda X, weights: _each(X, weights, _softmax),
        ),
        Mistake(
            "last layer lost",
            N_("The last layer is missing: the softmax takes the outputs of the layer before it."),
            lambda X, weights: _softmax(_hidden(X, weights)),
        ),
        Mistake(
            "sigmoid instead of softmax",
            N_("Your rows do not add up to 1: each score goes through a sigmoid. Softmax shares 1 among the classes."),
            lambda *a: 1 / (1 + np.exp(-_scores(*a))),
        ),
        Mistake(
            "softmax down the columns",
            N_("Your columns add up to 1. Each sample is a row: sum along axis=1."),
            lambda *a: _softmax(_scores(*a), axis=0),
        ),
        Mistake(
            "softmax over all",
            N_("All your numbers together add up to 1. Each row should: sum along axis=1."),
            lambda *a: _softmax(_scores(*a), axis=None),
        ),
        Mistake(
            "exp over all",
            N_("All your numbers together add up to 1: sum each row for itself, along axis=1."),
            lambda *a: _shares(np.exp(_scores(*a)), axis=None),
        ),
        Mistake(
            "exp forgotten",
            N_("You divide the scores themselves by their sum. np.exp comes first: it makes them positive."),
            lambda *a: _shares(_scores(*a)),
        ),
        Mistake(
            "relu instead of softmax",
            N_("Your last layer ends with a ReLU. It should end with the softmax, and without a ReLU."),
            lambda X, weights: _each(X, weights, lambda z: np.maximum(z, 0)),
        ),
        Mistake(
            "keepdims forgotten",
            N_("The sums of the rows have lost an axis, so that NumPy sets them against the columns: keepdims=True."),
            _no_keepdims,
        ),
        Mistake(
            "keepdims forgotten in max",
            N_("The largest scores of the rows stand against the columns: give max keepdims=True, too."),
            _no_keepdims_in_max,
        ),
        Mistake(
            "largest of each column",
            N_("You subtract the largest score of each column. Softmax is done row by row: take max along axis=1."),
            _columns_taken_off,
        ),
        Mistake(
            "exp not divided",
            N_("You give exp of the scores. Divide by the sum of each row, so that it adds up to 1."),
            lambda *a: np.exp(_scores(*a)),
        ),
        Mistake(
            "all biases lost",
            N_("The biases are missing: each layer adds its own b."),
            _without(slice(None)),
        ),
        Mistake(
            "hidden biases lost",
            N_("The biases of the hidden layers are missing: b is added before the ReLU."),
            _without(slice(-1)),
        ),
        Mistake(
            "last bias lost",
            N_("The last bias is missing: it is added to the scores."),
            _without(slice(-1, None)),
        ),
    ),
    steps={N_("the scores, before the softmax"): _scores},
)


EXERCISES = (FORWARD,)
