"""Exercises of chapter 06 on gradients: 6.1, 6.2 and 6.4. The loops are in `nnlab.course.chapter_06_steps`.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Function, Mistake, Size
from nnlab.language import N_

_RNG = np.random.default_rng(61)


def numerical_gradient(theta: Array, loss: Function, h: float) -> Array:
    """Give the central difference of loss for each entry of theta, shape (P,)."""
    gradient = np.zeros(len(theta))
    for k in range(len(theta)):
        nudge = np.zeros(len(theta))
        nudge[k] = h
        gradient[k] = (loss(theta + nudge) - loss(theta - nudge)) / (2 * h)
    return gradient


def _cube(theta: Array) -> float:
    return float(np.sum(theta**3))


def _mixed(theta: Array) -> float:
    return float(theta[0] ** 3 * theta[1] - 3 * theta[1] ** 2 + np.sum(theta))


def _saddle(theta: Array) -> float:
    return float(theta[0] ** 3 - theta[1] ** 3 * theta[2] + 5.0)


def _differences(theta: Array, loss: Function, up: float, down: float, over: float) -> Array:
    """Nudge each entry up and down by so much, and divide the difference of the losses."""
    one = np.eye(len(theta))
    return np.array([(loss(theta + up * d) - loss(theta - down * d)) / over for d in one])


NUMERICAL_GRADIENT = Exercise(
    number="6.1",
    name="numerical_gradient",
    task=N_("Write numerical_gradient(theta, loss, h): the central difference of loss for each entry of theta."),
    reference=numerical_gradient,
    probes=(
        (np.array([2.0]), _cube, 0.5),
        (np.array([1.5, -2.25]), _cube, 0.5),
        (np.array([2.0, 3.0]), _mixed, 0.25),
        (np.array([1, -2, 3]), _saddle, 0.5),
    ),
    hints=(
        N_("Nudge one entry at a time, and leave all the others where they are. Each entry costs two losses."),
        N_("Make a vector of zeros with h in place k. Add it to theta, subtract it: what are the two losses?"),
        N_("Entry k is the loss at theta plus the nudge, minus that at theta minus the nudge, divided by 2h."),
    ),
    why=N_("A partial derivative is the slope along one axis, so every entry needs a nudge of its own."),
    mistakes=(
        Mistake(
            "only to the right",
            N_("You nudge to one side only: the result is off by about h. Nudge to both sides, and divide by 2h."),
            lambda theta, loss, h: _differences(theta, loss, h, 0.0, h),
        ),
        Mistake(
            "only to the left",
            N_("You nudge downwards only: the result is off by about h. Nudge to both sides, and divide by 2h."),
            lambda theta, loss, h: _differences(theta, loss, 0.0, h, h),
        ),
        Mistake(
            "all at once",
            N_("You nudge all entries together, so each gets the sum of the slopes. Nudge one at a time."),
            lambda theta, loss, h: np.full(len(theta), (loss(theta + h) - loss(theta - h)) / (2 * h)),
        ),
        Mistake(
            "h not divided by",
            N_("You give the difference of two losses. A slope is difference divided by the way between: 2h."),
            lambda theta, loss, h: _differences(theta, loss, h, h, 1.0),
        ),
        Mistake(
            "times h at the end",
            N_("In Python a / 2 * h is (a / 2) * h. Put 2 * h in parentheses."),
            lambda theta, loss, h: _differences(theta, loss, h, h, 2 / h),
        ),
        Mistake(
            "nudges of whole numbers",
            N_("theta holds whole numbers, so zeros_like(theta) does, too: h is cut off. Use np.zeros(len(theta))."),
            lambda theta, loss, h: (
                numerical_gradient(theta, loss, h) if theta.dtype.kind == "f" else np.zeros(len(theta))
            ),
        ),
        Mistake(
            "nudges left in place",
            N_("Each entry stays nudged when the next one has its turn: begin each time from theta as it was given."),
            lambda theta, loss, h: np.array(
                [
                    (loss(at + h * d) - loss(at - h * d)) / (2 * h)
                    for at, d in zip(
                        theta + h * (np.tri(len(theta)) - np.eye(len(theta))), np.eye(len(theta)), strict=True
                    )
                ]
            ),
        ),
        Mistake(
            "a fixed h",
            N_("You nudge by another h than the one that is given."),
            lambda theta, loss, _h: _differences(theta, loss, 1e-5, 1e-5, 2e-5),
        ),
    ),
)


def line_gradient(x: Array, y: Array, w: float, b: float) -> tuple[Any, Any]:
    """Give (dL/dw, dL/db) of the mean squared error of the line w * x + b."""
    e = w * x + b - y  # (N,)
    dw = 2 * np.mean(e * x)
    db = 2 * np.mean(e)
    return dw, db


def _errors(x: Array, y: Array, w: float, b: float) -> Array:
    return w * x + b - y


LINE_GRADIENT = Exercise(
    number="6.2",
    name="line_gradient",
    task=N_("Write line_gradient(x, y, w, b): the (dw, db) of the mean squared error of the line w * x + b."),
    reference=line_gradient,
    parts=("dw", "db"),
    probes=(
        (np.array([3.0]), np.array([1.0]), 2.0, -1.5),
        (np.array([1.0, 4.0]), np.array([2.0, -3.0]), 0.5, 1.0),
        (np.array([2, -1, 5]), np.array([7, 0, 1]), -1.5, 0.25),
        (np.round(_RNG.normal(0, 2, 5), 1), np.round(_RNG.normal(0, 3, 5), 1), 1.5, -2.0),
    ),
    hints=(
        N_("Begin with the errors e, prediction minus target. The loss is the mean of their squares."),
        N_("Chain rule: the square gives 2e. Then ask how e moves with w, and how it moves with b."),
        N_("With w the error of a sample moves by its x, with b by 1. So: twice the mean of e times x, or of e alone."),
    ),
    why=N_("Each sample pulls at the intercept with its error, and at the slope with its error times its x."),
    mistakes=(
        Mistake(
            "target minus prediction",
            N_("Both signs are turned: the error is prediction minus target. With this gradient the loss would climb."),
            lambda x, y, w, b: tuple(-part for part in line_gradient(x, y, w, b)),
        ),
        Mistake(
            "factor 2 forgotten",
            N_("Both are half of the right ones: the derivative of e² is 2e. (Document C's program does so, too.)"),
            lambda x, y, w, b: (np.mean(_errors(x, y, w, b) * x), np.mean(_errors(x, y, w, b))),
        ),
        Mistake(
            "sums",
            N_("You add up where the loss takes the mean: divide by the number of samples."),
            lambda x, y, w, b: tuple(part * len(x) for part in line_gradient(x, y, w, b)),
        ),
        Mistake(
            "x forgotten",
            N_("db is right. But the slope's pull is the error times x: you leave out x."),
            lambda x, y, w, b: (2 * np.mean(_errors(x, y, w, b)),) * 2,
        ),
        Mistake(
            "means multiplied",
            N_("db is right. For dw multiply each error by its own x first, and take the mean after that."),
            lambda x, y, w, b: (2 * np.mean(_errors(x, y, w, b)) * np.mean(x), 2 * np.mean(_errors(x, y, w, b))),
        ),
        Mistake(
            "x in both",
            N_("dw is right. But moving b moves every prediction by 1, whatever x is: no x belongs into db."),
            lambda x, y, w, b: (2 * np.mean(_errors(x, y, w, b) * x),) * 2,
        ),
        Mistake(
            "intercept forgotten in the error",
            N_("In the error the intercept is forgotten: the prediction is w * x + b."),
            lambda x, y, w, _b: line_gradient(x, y, w, 0.0),
        ),
    ),
    covered={"sign": "target minus prediction", "half": "factor 2 forgotten", "missing 1/N": "sums"},
    sizes=(Size("N", N_("the number of samples"), lambda x, _y, _w, _b: len(x)),),
)


def largest_rate(X: Array) -> float:
    """Give the learning rate above which gradient descent on the mean squared error diverges; X is (N, P)."""
    hessian = 2 * X.T @ X / len(X)  # (P, P)
    return float(2 / np.linalg.eigvalsh(hessian).max())


def _eigenvalues(X: Array) -> Array:
    return np.asarray(np.linalg.eigvalsh(2 * X.T @ X / len(X)))


LARGEST_RATE = Exercise(
    number="6.4",
    name="largest_rate",
    task=N_("Write largest_rate(X): the largest stable learning rate for a linear fit with the data matrix X (N, P)."),
    reference=largest_rate,
    probes=(
        (np.array([[3.0]]),),
        (np.array([[1.0, 2.0]]),),
        (np.array([[2.0], [1.0], [5.0]]),),
        (np.array([[1.0, 1.0], [2.0, 1.0], [6.0, 1.0]]),),
        (np.array([[1, 0, 2], [0, 3, 1], [4, 1, 1], [2, 2, 7]]),),
        (np.round(_RNG.normal(0, 1, (6, 3)), 1),),
    ),
    hints=(
        N_("The gradient is 2/N times X.T @ (X @ theta - y). How does it move with theta? That matrix is the Hessian."),
        N_("Steps converge while the learning rate is below 2 over the largest eigenvalue of the Hessian."),
        N_("Make the Hessian, 2/N times X.T @ X, and take the largest of what np.linalg.eigvalsh gives."),
    ),
    why=N_("Along the steepest direction the error is multiplied by 1 − ηλ_max in each step, and −1 is reached first."),
    mistakes=(
        Mistake(
            "factor 2 forgotten",
            N_(
                "Your rate is twice too large: the loss is the mean of squares, and a square's derivative has a factor "
                "2, so the Hessian has it, too."
            ),
            lambda X: 2 / np.linalg.eigvalsh(X.T @ X / len(X)).max(),
        ),
        Mistake(
            "1/N forgotten",
            N_("The Hessian of the mean has a 1/N. Without it your rate is N times too small."),
            lambda X: largest_rate(X) / len(X),
        ),
        Mistake(
            "2/N forgotten",
            N_("The Hessian of the mean of squares is 2/N times X.T @ X: you leave out the 2/N."),
            lambda X: 2 / np.linalg.eigvalsh(X.T @ X).max(),
        ),
        Mistake(
            "largest entry",
            N_("You take the largest entry of the Hessian. You need its largest eigenvalue: np.linalg.eigvalsh."),
            lambda X: 2 / (2 * X.T @ X / len(X)).max(),
        ),
        Mistake(
            "smallest eigenvalue",
            N_("You take the smallest eigenvalue. The steepest direction is the first to diverge: take the largest."),
            lambda X: 2 / _eigenvalues(X).min(),
        ),
        Mistake(
            "one over",
            N_("1/λ is the rate that arrives in one step along that direction. It diverges only above twice that."),
            lambda X: 1 / _eigenvalues(X).max(),
        ),
        Mistake(
            "sum of both",
            N_("2/(λ_min + λ_max) is the quickest rate. The question is for the largest one that still converges."),
            lambda X: 2 / (_eigenvalues(X).max() + _eigenvalues(X).min()),
        ),
        Mistake(
            "eigenvalue itself",
            N_("You give the largest eigenvalue. The rate is 2 divided by it: the steeper, the shorter."),
            lambda X: float(_eigenvalues(X).max()),
        ),
        Mistake(
            "rows for columns",
            N_(
                "X @ X.T compares samples with each other, and is divided by the wrong number. You need X.T @ X over N."
            ),
            lambda X: 2 / np.linalg.eigvalsh(2 * X @ X.T / X.shape[1]).max(),
        ),
        Mistake(
            "trace",
            N_("You add up all the eigenvalues, or the diagonal. Only the largest one sets the limit."),
            lambda X: float(2 / _eigenvalues(X).sum()),
        ),
    ),
    covered={"half": "one over", "twice": "factor 2 forgotten", "extra 1/N": "1/N forgotten"},
    sizes=(Size("N", N_("the number of samples"), lambda X: len(X)),),
)

EXERCISES = (NUMERICAL_GRADIENT, LINE_GRADIENT, LARGEST_RATE)
