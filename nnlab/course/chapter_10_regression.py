"""Exercises of chapter 10 on fitting a line: 10.1 to 10.3. What a line is worth is in `nnlab.course.chapter_10_spread`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(101)


def _rounded(*shape: int) -> Array:
    return np.round(_RNG.normal(0, 1, shape), 1)


def regression(x: Array, y: Array, W: Array, b: Array, learning_rate: float, epochs: int) -> tuple[Any, Any, Any]:
    """Give W, b and the losses, one before each step."""
    losses = []
    for _ in range(epochs):
        e = x @ W + b - y  # (N, 1)
        losses.append(np.mean(e**2))
        W = W - learning_rate * 2 * x.T @ e / len(x)
        b = b - learning_rate * 2 * np.mean(e)
    return W, b, np.array(losses)


def _loop(
    x: Array,
    y: Array,
    W: Array,
    b: Array,
    learning_rate: float,
    epochs: int,
    *,
    weight: float = 2.0,
    bias: float = 2.0,
    shared: bool = False,
) -> tuple[Any, Any, Any]:
    """Train as `regression` does, with other factors before the two gradients."""
    losses = []
    for _ in range(epochs):
        e = x @ W + b - y
        losses.append(np.mean(e**2))
        dW = np.mean(x * e) if shared else x.T @ e / len(x)
        W, b = W - learning_rate * weight * dW, b - learning_rate * bias * np.mean(e)
    return W, b, np.array(losses)


def _errors_of_the_start(
    x: Array, y: Array, W: Array, b: Array, learning_rate: float, epochs: int
) -> tuple[Any, Any, Any]:
    W_1, b_1, losses = regression(x, y, W, b, learning_rate, 1)
    return W + epochs * (W_1 - W), b + epochs * (b_1 - b), np.repeat(losses, epochs)


def _one_after_the_other(
    x: Array, y: Array, W: Array, b: Array, learning_rate: float, epochs: int
) -> tuple[Any, Any, Any]:
    losses = []
    for _ in range(epochs):
        losses.append(np.mean((x @ W + b - y) ** 2))
        W = W - learning_rate * 2 * x.T @ (x @ W + b - y) / len(x)
        b = b - learning_rate * 2 * np.mean(x @ W + b - y)
    return W, b, np.array(losses)


def _losses_after(x: Array, y: Array, W: Array, b: Array, learning_rate: float, epochs: int) -> tuple[Any, Any, Any]:
    W_end, b_end, losses = regression(x, y, W, b, learning_rate, epochs)
    return W_end, b_end, np.append(losses[1:], np.mean((x @ W_end + b_end - y) ** 2))


def _with_losses(*arguments: Any, change: Any) -> tuple[Any, Any, Any]:
    W, b, losses = regression(*arguments)
    return W, b, change(losses)


REGRESSION = Exercise(
    number="10.1",
    name="regression",
    task=N_("Write regression(x, y, W, b, learning_rate, epochs): gradient descent on the mean squared error."),
    reference=regression,
    parts=("W", "b", "losses"),
    probes=(
        (np.array([[2.0]]), np.array([[3.0]]), np.array([[0.5]]), np.array([[0.25]]), 0.05, 1),
        (np.array([[1.0], [3.0]]), np.array([[2.0], [-1.0]]), np.array([[1.0]]), np.array([[0.5]]), 0.1, 2),
        (_rounded(5, 1), _rounded(5, 1), _rounded(1, 1), _rounded(1, 1), 0.2, 4),
        (_rounded(6, 3), _rounded(6, 1), _rounded(3, 1), _rounded(1, 1), 0.1, 3),
    ),
    hints=(
        N_("Four things in each round: the errors, the loss, both gradients from the same errors, and the steps."),
        N_("The gradient for W is chapter 06's 2/N times X.T @ e. For b, each error counts by itself: no x."),
        N_("With e = x @ W + b - y: keep the mean of e squared; subtract the rate times 2 x.T @ e / N, and for b the "
           "rate times twice the mean of e."),
    ),
    why=N_("The loss is what is printed, the gradient is what moves the line: only the two errors connect them."),
    mistakes=(
        Mistake(
            "factor 2 forgotten",
            N_("Your steps are half as long: the derivative of e² is 2e. Document C's program leaves the 2 out, too."),
            lambda *a: _loop(*a, weight=1.0, bias=1.0),
        ),
        Mistake(
            "factor 2 for W only",
            N_("W moves as it should, b only half as far: the 2 belongs into both gradients."),
            lambda *a: _loop(*a, bias=1.0),
        ),
        Mistake(
            "factor 2 for b only",
            N_("b moves as it should, W only half as far: the 2 belongs into both gradients."),
            lambda *a: _loop(*a, weight=1.0),
        ),
        Mistake(
            "uphill",
            N_("W and b go uphill. With e = x @ W + b - y, subtract the gradients: is there a plus, or is e reversed?"),
            lambda *a: _loop(*a, weight=-2.0, bias=-2.0),
        ),
        Mistake(
            "sums",
            N_("Your steps are N times too long: both gradients are means over the samples."),
            lambda x, *a: _loop(x, *a, weight=2.0 * len(x), bias=2.0 * len(x)),
        ),
        Mistake(
            "sum for W",
            N_("For W you add up over the samples, and for b you take the mean: divide x.T @ e by the number of rows."),
            lambda x, *a: _loop(x, *a, weight=2.0 * len(x)),
        ),
        Mistake(
            "b stands still",
            N_("b never moves: it has a gradient as well, twice the mean of the errors."),
            lambda *a: _loop(*a, bias=0.0),
        ),
        Mistake(
            "one after the other",
            N_("You move b by errors that are computed anew, after W has moved. Both gradients belong to one place."),
            _one_after_the_other,
        ),
        Mistake(
            "no rate",
            N_("Your steps leave out the learning rate: multiply both gradients by it."),
            lambda x, y, W, b, _rate, epochs: _loop(x, y, W, b, 1.0, epochs),
        ),
        Mistake(
            "errors of the start",
            N_("All your steps use the errors of the start: compute e anew in each round of the loop."),
            _errors_of_the_start,
        ),
        Mistake(
            "one round only",
            N_("W and b stop after the first round: return after the loop, not inside of it."),
            lambda x, y, W, b, rate, _epochs: regression(x, y, W, b, rate, 1),
        ),
        Mistake(
            "one gradient for all weights",
            N_("All weights move alike. Each needs its own gradient: x.T @ e / N has shape (D, 1)."),
            lambda *a: _loop(*a, shared=True),
        ),
        Mistake(
            "losses after the steps",
            N_("W and b are right. But a loss is noted before each step, so that the first one is that of the start."),
            _losses_after,
        ),
        Mistake(
            "sums of squares",
            N_("W and b are right. But the losses are sums: the mean squared error divides by the number of samples."),
            lambda x, *a: _with_losses(x, *a, change=lambda losses: losses * len(x)),
        ),
        Mistake(
            "roots",
            N_("W and b are right. But the losses are roots: leave the square root out."),
            lambda *a: _with_losses(*a, change=np.sqrt),
        ),
    ),
    covered={"axis behind in b": "axis in front in b"},
)  # fmt: skip


def normal_equations(x: Array, y: Array) -> Array:
    """Give the weights and, last, the intercept of the least squares; x is (N, D), y is (N,)."""
    X = np.column_stack([x, np.ones(len(x))])  # (N, D + 1)
    return np.linalg.solve(X.T @ X, X.T @ y)


def _with_ones(x: Array) -> Array:
    return np.column_stack([x, np.ones(len(x))])


def _ones_first(x: Array, y: Array) -> Array:
    theta = normal_equations(x, y)
    return np.append(theta[-1:], theta[:-1])


def _solved(X: Array, y: Array, left: Array) -> Array:
    return np.linalg.solve(left, X.T @ y)


NORMAL_EQUATIONS = Exercise(
    number="10.2",
    name="normal_equations",
    task=N_("Write normal_equations(x, y): the weights and, last, the intercept of least squares, shape (D + 1,)."),
    reference=normal_equations,
    probes=(
        (np.array([[1.0], [3.0]]), np.array([5.0, 2.0])),
        (np.array([[0.0], [1.0], [4.0]]), np.array([1.5, 2.5, 0.5])),
        (np.array([[1, 2], [0, 3], [4, 1], [2, 2], [5, 0]]), np.array([2, -1, 3, 0, 7])),
        (_rounded(7, 3), _rounded(7)),
    ),
    hints=(
        N_("The intercept is the weight of a feature that is 1 for every sample. Make that column first."),
        N_("Two sides: a square matrix of the features' products, and the features' products with y."),
        N_("With X that ends in a column of ones: np.linalg.solve takes X.T @ X and, as its right side, X.T @ y."),
    ),
    why=N_("Where the gradient is zero, the errors are at right angles to every column of X."),
    mistakes=(
        Mistake(
            "ones in front",
            N_("The numbers are right, but the intercept stands first: append the column of ones at the end."),
            _ones_first,
        ),
        Mistake(
            "no intercept",
            N_("You fit without a column of ones, so the intercept is not there, or 0: the line goes through 0."),
            lambda x, y: np.append(np.linalg.solve(x.T @ x, x.T @ y), 0.0),
        ),
        Mistake(
            "no column of ones",
            N_("The intercept is missing: you solve for the D weights only. Append a column of ones to x."),
            lambda x, y: np.linalg.solve(x.T @ x, x.T @ y),
        ),
        Mistake(
            "right side only",
            N_("You give X.T @ y, the right side: the system is not solved yet."),
            lambda x, y: _with_ones(x).T @ y,
        ),
        Mistake(
            "times instead of solved",
            N_("You multiply by X.T @ X. It stands on the left of the equation: solve for theta."),
            lambda x, y: _with_ones(x).T @ _with_ones(x) @ (_with_ones(x).T @ y),
        ),
        Mistake(
            "divided by N on one side",
            N_("All numbers are N times too small: divide both sides by N, or neither."),
            lambda x, y: normal_equations(x, y) / len(x),
        ),
        Mistake(
            "left side divided by N",
            N_("All numbers are N times too large: divide both sides by N, or neither."),
            lambda x, y: normal_equations(x, y) * len(x),
        ),
        Mistake(
            "predictions",
            N_("These are the predictions of the best line, one a sample: give theta itself."),
            lambda x, y: _with_ones(x) @ normal_equations(x, y),
        ),
        Mistake(
            "something added to the diagonal",
            N_("You add the identity matrix to X.T @ X: that is weight decay, and pulls all weights towards 0."),
            lambda x, y: _solved(_with_ones(x), y, _with_ones(x).T @ _with_ones(x) + np.eye(x.shape[1] + 1)),
        ),
        Mistake(
            "diagonal only",
            N_("You divide each product with y by the square of its own column. The columns overlap: solve together."),
            lambda x, y: _with_ones(x).T @ y / (_with_ones(x) ** 2).sum(axis=0),
        ),
        Mistake(
            "slope around the means, intercept around 0",
            N_("The weights are right. The mean of y is not the intercept: subtract the weights' share at x's mean."),
            lambda x, y: np.append(normal_equations(x, y)[:-1], y.mean()),
        ),
    ),
)  # fmt: skip


def steps_needed(x: Array, learning_rate: float, share: float) -> int:
    """Give the steps after which at most this share of the distance is left along the flattest direction."""
    X = np.column_stack([x, np.ones(len(x))])  # (N, 2)
    flattest = np.linalg.eigvalsh(2 * X.T @ X / len(X)).min()
    return int(np.ceil(np.log(share) / np.log(1 - learning_rate * flattest)))


def _counted(x: Array, learning_rate: float, share: float, *, factor: float = 2.0, which: int = 0) -> Any:
    """Count steps with another curvature: with another factor, or the steepest."""
    X = _with_ones(x)
    curvature = np.linalg.eigvalsh(factor * X.T @ X / len(X))[which]
    return np.ceil(np.log(share) / np.log(1 - learning_rate * curvature))


def _fraction(x: Array, learning_rate: float, share: float) -> float:
    X = _with_ones(x)
    flattest = np.linalg.eigvalsh(2 * X.T @ X / len(X)).min()
    return float(np.log(share) / np.log(1 - learning_rate * flattest))


STEPS_NEEDED = Exercise(
    number="10.3",
    name="steps_needed",
    task=N_(
        "Write steps_needed(x, learning_rate, share): how many steps leave at most this share of the distance along "
        "the flattest direction, for a line and the mean squared error."
    ),
    reference=steps_needed,
    probes=(
        (np.array([0.0, 1.0]), 0.1, 0.5),
        (np.array([1.0, 2.0, 4.0]), 0.05, 0.1),
        (np.array([0.1, 0.9, 0.4, 0.3, 0.8]), 0.2, 0.01),
        (np.array([-1, 0, 1, 2]), 0.1, 0.3),
        (np.array([0.5, 3.0, 2.5, 1.0]), 0.02, 0.05),
    ),
    hints=(
        N_("Each step multiplies the distance by 1 − ηλ. Which λ is the slowest, and how is it found (chapter 06)?"),
        N_("After t steps (1 − ηλ) to the power t is left. Set that equal to the share, and take logarithms."),
        N_("Smallest eigenvalue of 2/N X.T @ X; logarithm of the share over logarithm of 1 − ηλ; round up."),
    ),
    why=N_("How long a training takes can be read off the data, as long as the loss is a bowl."),
    mistakes=(
        Mistake(
            "steepest direction",
            N_("You take the largest curvature. It sets the limit of the rate; the smallest one sets the time."),
            lambda *a: _counted(*a, which=1),
        ),
        Mistake(
            "factor 2 forgotten",
            N_("About twice too many: the Hessian of the mean of squares has a factor 2."),
            lambda *a: _counted(*a, factor=1.0),
        ),
        Mistake(
            "1/N forgotten",
            N_("Too few: the Hessian is a mean over the samples. Divide X.T @ X by N."),
            lambda x, rate, share: _counted(x, rate, share, factor=2.0 * len(x)),
        ),
        Mistake(
            "not rounded up",
            N_("Steps are whole numbers: round up, since after one step fewer there is still more left."),
            _fraction,
        ),
        Mistake(
            "rounded down",
            N_("You round down: then a little more than the share is left. Round up."),
            lambda *a: np.floor(_fraction(*a)),
        ),
        Mistake(
            "rounded to the nearest",
            N_("You round to the nearest number. Where that is down, a little more than the share is left: round up."),
            lambda *a: np.round(_fraction(*a)),
        ),
        Mistake(
            "upside down",
            N_("Your quotient stands upside down: the logarithm of the share goes on top, that of 1 − ηλ below."),
            lambda *a: np.ceil(1 / _fraction(*a)),
        ),
        Mistake(
            "share that is gone",
            N_("You count until this share is gone. The question is for what is left."),
            lambda x, rate, share: _counted(x, rate, 1 - share),
        ),
        Mistake(
            "no logarithm of the factor",
            N_("You divide by ηλ. That is nearly right for short steps; exact is the logarithm of 1 − ηλ."),
            lambda x, rate, share: np.ceil(
                -np.log(share) / (rate * np.linalg.eigvalsh(2 * _with_ones(x).T @ _with_ones(x) / len(x)).min())
            ),
        ),
        Mistake(
            "column of ones forgotten",
            N_("You leave out the column of ones: with a slope alone there is only one direction."),
            lambda x, rate, share: np.ceil(np.log(share) / np.log(abs(1 - rate * 2 * np.mean(x * x)))),
        ),
    ),
)  # fmt: skip

EXERCISES = (REGRESSION, NORMAL_EQUATIONS, STEPS_NEEDED)
