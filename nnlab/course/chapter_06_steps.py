"""Exercises of chapter 06 on steps: 6.3 and 6.5. The gradients are in `nnlab.course.chapter_06_gradients`."""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(64)


def _gradient(theta: Array, X: Array, y: Array) -> Array:
    return 2 * X.T @ (X @ theta - y) / len(X)


def descend(theta: Array, X: Array, y: Array, rate: float, steps: int) -> Array:
    """Give theta, shape (P,), after so many steps on all samples."""
    for _ in range(steps):
        e = X @ theta - y  # (N,)
        gradient = 2 * X.T @ e / len(X)  # (P,)
        theta = theta - rate * gradient
    return theta


def _looped(theta: Array, X: Array, y: Array, rate: float, steps: int, sign: float = -1.0) -> Array:
    for _ in range(steps):
        theta = theta + sign * rate * _gradient(theta, X, y)
    return theta


def _one_by_one(theta: Array, X: Array, y: Array, rate: float, steps: int) -> Array:
    """Move one parameter after the other, each by a gradient of its own moment."""
    theta = theta.astype(float)
    for _ in range(steps):
        for k in range(len(theta)):
            theta[k] -= rate * _gradient(theta, X, y)[k]
    return theta


def _table(n: int, p: int) -> tuple[Array, Array]:
    return np.round(_RNG.normal(0, 1, (n, p)), 1), np.round(_RNG.normal(0, 2, n), 1)


DESCEND = Exercise(
    number="6.3",
    name="descend",
    task=N_("Write descend(theta, X, y, rate, steps): gradient descent on the mean squared error, all samples a step."),
    reference=descend,
    probes=(
        (np.array([1.0]), np.array([[2.0]]), np.array([3.0]), 0.1, 1),
        (np.array([1.0, -2.0]), np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([4.0, -1.0]), 0.05, 1),
        (np.array([0.5, 2.0]), *_table(4, 2), 0.1, 3),
        (np.array([1, 0, -1]), *_table(5, 3), 0.2, 4),
    ),
    hints=(
        N_("Three lines in a loop: the errors, the gradient, the step. Only the parameters live on."),
        N_("The gradient in terms of the data matrix is 2/N times X.T @ e. It must be computed anew in each step."),
        N_("In each round subtract rate times gradient from the parameters; give what they are after the last."),
    ),
    why=N_("The gradient is a new one in each place, so every step has to ask for it again."),
    mistakes=(
        Mistake(
            "uphill",
            N_("You add the gradient. It points uphill, and you want to go down: subtract it."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate, steps, 1.0),
        ),
        Mistake(
            "gradient computed once",
            N_("You compute the gradient once, before the loop. After a step it is another one: compute it anew."),
            lambda theta, X, y, rate, steps: theta - steps * rate * _gradient(theta, X, y),
        ),
        Mistake(
            "one step only",
            N_("You take one step, however many are asked for: is the return inside of the loop?"),
            lambda theta, X, y, rate, _steps: theta - rate * _gradient(theta, X, y),
        ),
        Mistake(
            "one step too many",
            N_("You take one step too many."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate, steps + 1),
        ),
        Mistake(
            "one step too few",
            N_("You take one step too few: range(steps) gives as many rounds as steps."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate, steps - 1),
        ),
        Mistake(
            "mean forgotten",
            N_("The gradient is not divided by the number of samples, so your steps are N times too long."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate * len(X), steps),
        ),
        Mistake(
            "factor 2 forgotten",
            N_("Your steps are half as long as they should be: the derivative of e² is 2e."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate / 2, steps),
        ),
        Mistake(
            "2/N forgotten",
            N_("The gradient of the mean of squares is 2/N times X.T @ e: you leave out the 2/N."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate * len(X) / 2, steps),
        ),
        Mistake(
            "divided by the parameters",
            N_("You divide by the number of parameters. The mean is taken over the samples: the rows of X."),
            lambda theta, X, y, rate, steps: _looped(theta, X, y, rate * len(X) / X.shape[1], steps),
        ),
        Mistake(
            "rate forgotten",
            N_("You subtract the whole gradient: it must be multiplied by the learning rate."),
            lambda theta, X, y, _rate, steps: _looped(theta, X, y, 1.0, steps),
        ),
        Mistake(
            "one parameter after the other",
            N_(
                "You change one parameter, and compute the next one's slope with it. All slopes belong to the same "
                "place: compute the whole gradient before you move."
            ),
            _one_by_one,
        ),
        Mistake(
            "only the step",
            N_("You give the way that was walked. Where does it end? Add it to where it began."),
            lambda theta, X, y, rate, steps: descend(theta, X, y, rate, steps) - theta,
        ),
    ),
)


def sgd_epoch(theta: Array, X: Array, y: Array, rate: float, order: Array, size: int) -> Array:
    """Give theta after one epoch: a step for each batch of `size` samples, in this order."""
    for start in range(0, len(order), size):
        chosen = order[start : start + size]  # the last batch may be smaller
        e = X[chosen] @ theta - y[chosen]
        theta = theta - rate * 2 * X[chosen].T @ e / len(chosen)
    return theta


def _epoch(theta: Array, X: Array, y: Array, rate: float, batches: list[Array], over: int = 0) -> Array:
    """Step down the gradients of given batches, each divided by its own size or by `over`."""
    for chosen in batches:
        theta = theta - rate * _gradient(theta, X[chosen], y[chosen]) * (len(chosen) / over if over else 1.0)
    return theta


def _dealt(order: Array, size: int) -> list[Array]:
    return [order[start : start + size] for start in range(0, len(order), size)]


_ONE = (np.array([1.0]), np.array([[2.0]]), np.array([3.0]), 0.1, np.array([0]), 1)
_X5, _Y5 = _table(5, 2)
_X7, _Y7 = _table(7, 3)

SGD_EPOCH = Exercise(
    number="6.5",
    name="sgd_epoch",
    task=N_("Write sgd_epoch(theta, X, y, rate, order, size): one epoch of mini-batch steps, samples in this order."),
    reference=sgd_epoch,
    probes=(
        _ONE,
        (np.array([1.0, -1.0]), _X5[:3], _Y5[:3], 0.1, np.array([2, 0, 1]), 1),
        (np.array([0.5, 2.0]), _X5, _Y5, 0.2, np.array([3, 1, 4, 0, 2]), 2),
        (np.array([1, 0, -1]), _X7, _Y7, 0.1, np.array([6, 2, 0, 5, 1, 4, 3]), 3),
    ),
    hints=(
        N_("order holds the numbers of the samples, shuffled. Cut it into pieces of `size`; the last may be shorter."),
        N_("range with a third argument, the size, gives where each batch starts. X[chosen] are its rows."),
        N_("For each piece of order: errors of these rows, gradient divided by their number, and a step at once."),
    ),
    why=N_(
        "Each sample is used once an epoch, and each batch divides by its own size, so that the last counts fairly."
    ),
    mistakes=(
        Mistake(
            "order ignored",
            N_("You go through the samples as they stand. order says which ones are taken first."),
            lambda theta, X, y, rate, order, size: sgd_epoch(theta, X, y, rate, np.sort(order), size),
        ),
        Mistake(
            "order for X only",
            N_("You put the rows of X in order, but not y: each sample then has the target of another one."),
            lambda theta, X, y, rate, order, size: sgd_epoch(theta, X[order], y, rate, np.arange(len(X)), size),
        ),
        Mistake(
            "one sample a step",
            N_("You take a step for each sample. Take one for each batch of `size` samples."),
            lambda theta, X, y, rate, order, _size: sgd_epoch(theta, X, y, rate, order, 1),
        ),
        Mistake(
            "sum over the batch",
            N_("You add up over the batch where its loss takes the mean: divide by the number of its samples."),
            lambda theta, X, y, rate, order, size: _epoch(theta, X, y, rate * len(X), _dealt(order, size), len(X)),
        ),
        Mistake(
            "last batch lost",
            N_("The last batch is lost when it is smaller than the others: these samples are never learned from."),
            lambda theta, X, y, rate, order, size: sgd_epoch(
                theta, X, y, rate, order[: len(order) // size * size], size
            ),
        ),
        Mistake(
            "divided by all samples",
            N_("You divide by the number of all samples. A batch's mean is taken over the batch."),
            lambda theta, X, y, rate, order, size: _epoch(theta, X, y, rate, _dealt(order, size), len(X)),
        ),
        Mistake(
            "last batch divided by the size",
            N_("The last batch is smaller, but you divide by the full size: divide by the number it has."),
            lambda theta, X, y, rate, order, size: _epoch(theta, X, y, rate, _dealt(order, size), size),
        ),
        Mistake(
            "all gradients at the start",
            N_("All your gradients are taken where the epoch began. Each batch's belongs to where theta is by then."),
            lambda theta, X, y, rate, order, size: (
                theta - rate * sum(_gradient(theta, X[chosen], y[chosen]) for chosen in _dealt(order, size))
            ),
        ),
        Mistake(
            "one batch only",
            N_("You take only the first batch. An epoch goes through all of them: is the return inside of the loop?"),
            lambda theta, X, y, rate, order, size: _epoch(theta, X, y, rate, _dealt(order, size)[:1]),
        ),
        Mistake(
            "full batch",
            N_("You take one step on all samples together."),
            lambda theta, X, y, rate, order, _size: _epoch(theta, X, y, rate, [order]),
        ),
        Mistake(
            "windows overlap",
            N_("Your batches overlap: the next one starts where the last one ended, `size` further on."),
            lambda theta, X, y, rate, order, size: _epoch(
                theta, X, y, rate, [order[start : start + size] for start in range(len(order))]
            ),
        ),
        Mistake(
            "uphill",
            N_("You add the gradient. It points uphill, and you want to go down: subtract it."),
            lambda theta, X, y, rate, order, size: sgd_epoch(theta, X, y, -rate, order, size),
        ),
        Mistake(
            "factor 2 forgotten",
            N_("Your steps are half as long as they should be: the derivative of e² is 2e."),
            lambda theta, X, y, rate, order, size: sgd_epoch(theta, X, y, rate / 2, order, size),
        ),
    ),
)

EXERCISES = (DESCEND, SGD_EPOCH)
