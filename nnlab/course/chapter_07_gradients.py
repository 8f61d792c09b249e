"""Exercises of chapter 07 on arrays: 7.5 a layer backward, 7.6 the complex step.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake, Size
from nnlab.language import N_, _

_RNG = np.random.default_rng(7)


def _whole(*shape: int) -> Array:
    """Small whole numbers of both signs and some halves, as floats."""
    return _RNG.integers(-3, 4, shape) + _RNG.integers(0, 2, shape) * 0.75


def dense_backward(X: Array, W: Array, dZ: Array) -> tuple[Array, Array, Array]:
    """Give (dX, dW, db) of Z = X W + b, for X (N, D), W (D, H) and dZ (N, H)."""
    dX = dZ @ W.T  # (N, D)
    dW = X.T @ dZ  # (D, H)
    db = dZ.sum(axis=0)  # (H,)
    return dX, dW, db


def _but(k: int, wrong: Callable[..., Any]) -> Callable[..., Any]:
    """Replace one of the three results."""

    def mistaken(X: Array, W: Array, dZ: Array) -> tuple[Any, ...]:
        results: list[Any] = list(dense_backward(X, W, dZ))
        results[k] = wrong(X, W, dZ)
        return tuple(results)

    return mistaken


DENSE_BACKWARD = Exercise(
    number="7.5",
    name="dense_backward",
    task=N_("Write dense_backward(X, W, dZ): the gradients (dX, dW, db) of Z = X W + b, from dZ of shape (N, H)."),
    reference=dense_backward,
    parts=("dX", "dW", "db"),
    probes=(
        (np.array([[2.0]]), np.array([[-3.0]]), np.array([[0.75]])),
        (np.array([[1.0, -2.0]]), np.array([[0.5, 3.0, -1.0], [2.0, -0.7, 1.5]]), np.array([[1.0, -0.5, 2.75]])),
        (_whole(3, 3), _whole(3, 3), _whole(3, 3)),
        (_whole(4, 2), _whole(2, 3), _whole(4, 3)),
    ),
    hints=(
        N_("A gradient has the shape of what it belongs to. Write down the shapes of X, W and dZ, and those you want."),
        N_(
            "For W: (D, H) can come from (D, N) times (N, H). For X: (N, D) from (N, H) times (H, D). The bias went to "
            "every row, so what comes back is added."
        ),
        N_("dX is dZ times the transposed W, dW is the transposed X times dZ, db is the sum of dZ down its rows."),
    ),
    why=N_("Every sample used W and b, so what comes back from the samples is added: in the product, and in the sum."),
    mistakes=(
        Mistake(
            "X not transposed",
            N_("For dW the X has to be transposed: (D, N) times (N, H) gives (D, H)."),
            _but(1, lambda X, _W, dZ: X @ dZ),
        ),
        Mistake(
            "W not transposed",
            N_("For dX the W has to be transposed: (N, H) times (H, D) gives (N, D)."),
            _but(0, lambda _X, W, dZ: dZ @ W),
        ),
        Mistake(
            "mean of the bias",
            N_("For db you take the mean of the rows. They are added: the loss brings the 1/N."),
            _but(2, lambda _X, _W, dZ: dZ.mean(axis=0)),
        ),
        Mistake(
            "bias along the rows",
            N_("For db you add along each row. Go down the rows: axis=0."),
            _but(2, lambda _X, _W, dZ: dZ.sum(axis=1)),
        ),
        Mistake(
            "bias as one number",
            N_("For db you add all of dZ up. Each unit has its own bias: axis=0."),
            _but(2, lambda _X, _W, dZ: dZ.sum()),
        ),
        Mistake(
            "bias not summed",
            N_("As db you give dZ itself. All samples used the same bias: add their rows up."),
            _but(2, lambda _X, _W, dZ: dZ),
        ),
        Mistake(
            "dX and dW exchanged",
            N_("You give dX and dW in the wrong order: first dX, then dW, then db."),
            lambda X, W, dZ: (dense_backward(X, W, dZ)[1], dense_backward(X, W, dZ)[0], dZ.sum(axis=0)),
        ),
        Mistake(
            "dX last",
            N_("You give dW, db, dX. The order that is asked for: first dX, then dW, then db."),
            lambda X, W, dZ: (*dense_backward(X, W, dZ)[1:], dense_backward(X, W, dZ)[0]),
        ),
        Mistake(
            "means for dW and db",
            N_("You divide dW and db by N. What comes back from the samples is added: the loss brings the 1/N."),
            lambda X, W, dZ: (dZ @ W.T, X.T @ dZ / len(X), dZ.mean(axis=0)),
        ),
        Mistake(
            "slope as in forward",
            N_("For dX you multiply by X as well. X alone decides about dW, W alone about dX."),
            _but(0, lambda X, W, dZ: X * (dZ @ W.T)),
        ),
    ),
    sizes=(Size("N", N_("the number of samples"), lambda X, _W, _dZ: len(X)),),
    covered={"extra 1/N in db": "mean of the bias"},
)


def complex_step(theta: Array, loss: Callable[[Array], Any]) -> Array:
    """Give the gradient of loss at theta, shape (P,), by complex steps of h = 1e-30."""
    h = 1e-30
    nudges = 1j * h * np.eye(len(theta))  # a row for each parameter
    return np.array([np.imag(loss(theta + nudge)) / h for nudge in nudges])


def _square(w: Array) -> Any:
    return w[0] ** 2


def _product(w: Array) -> Any:
    return w[0] * w[1] + np.exp(w[0] / 2)


def _unit(w: Array) -> Any:
    return (np.tanh(w[0] * 0.5 - w[1] * 1.5 + w[2]) - 0.25) ** 2


def _nudged(w: Array, f: Callable[[Array], Any]) -> list[Any]:
    return [f(w + nudge) for nudge in 1e-30j * np.eye(len(w))]


def _kept(w: Array, f: Callable[[Array], Any]) -> Array:
    """Leave each nudge in place when the next one comes."""
    return np.array([np.imag(f(w + nudge)) / 1e-30 for nudge in 1e-30j * np.tri(len(w))])


def _never_imaginary(answer: Callable[..., Any]) -> str:
    """Say so if the loss is called with real numbers alone."""
    seen = []

    def loss(w: Array) -> Any:
        seen.append(np.iscomplexobj(w))
        return _unit(w)

    answer(np.array([0.5, -0.75, 0.25]), loss)
    return (
        ""
        if any(seen)
        else _("These are real nudges, right to about ten digits. Add 1j * h, along the imaginary axis.")
    )


COMPLEX_STEP = Exercise(
    number="7.6",
    name="complex_step",
    task=N_("Write complex_step(theta, loss): the gradient at theta, shape (P,), by complex steps of h = 1e-30."),
    reference=complex_step,
    probes=(
        (np.array([3.0]), _square),
        (np.array([2.0, -1.5]), _product),
        (np.array([0.5, -0.75, 0.25]), _unit),
        (np.array([-1.0, 0.5]), _product),
    ),
    hints=(
        N_("One call of loss for each parameter. What is added to that parameter, and what is read from the result?"),
        N_(
            "Add 1j * h to one entry at a time, in a complex copy: theta itself is real. The slope is in the "
            "imaginary part."
        ),
        N_(
            "1j * h * np.eye(P) has a row for each parameter; for each row, the imaginary part of loss(theta + row), "
            "divided by h."
        ),
    ),
    why=N_("Nothing is subtracted, so no digits are lost, and h may be as small as one likes."),
    mistakes=(
        Mistake(
            "not divided",
            N_("Next to nothing comes out. Divide the imaginary part by h; and the nudge must be imaginary, 1j * h."),
            lambda w, f: np.array([np.imag(value) for value in _nudged(w, f)]),
        ),
        Mistake(
            "real part",
            N_("You read the real part: it is the loss itself. The slope is in the imaginary part."),
            lambda w, f: np.array([np.real(value) for value in _nudged(w, f)]),
        ),
        Mistake(
            "real part, divided",
            N_("You divide the real part by h. The slope is in the imaginary part."),
            lambda w, f: np.array([np.real(value) / 1e-30 for value in _nudged(w, f)]),
        ),
        Mistake(
            "all at once",
            N_("You nudge all parameters at once: that gives the sum of their slopes. One at a time."),
            lambda w, f: np.full(len(w), np.imag(f(w + 1e-30j)) / 1e-30),
        ),
        Mistake(
            "one number",
            N_("You give one number for all parameters: there is a slope for each."),
            lambda w, f: np.imag(f(w + 1e-30j)) / 1e-30,
        ),
        Mistake(
            "first parameter only",
            N_("You give the slope for the first parameter only."),
            lambda w, f: complex_step(w, f)[0],
        ),
        Mistake(
            "nudges kept",
            N_("Nudges of earlier parameters are still there. Begin with a fresh copy for each parameter."),
            _kept,
        ),
        Mistake(
            "divided by 2h",
            N_("You divide by 2h, as for nudges to both sides. Here there is one side: divide by h."),
            lambda w, f: complex_step(w, f) / 2,
        ),
    ),
    covered={"half": "divided by 2h"},
    last_test=_never_imaginary,
)

EXERCISES = (DENSE_BACKWARD, COMPLEX_STEP)
