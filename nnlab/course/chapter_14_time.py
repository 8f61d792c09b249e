"""Exercises of chapter 14 on time: 14.1 unrolling, 14.2 backpropagation through time, 14.3 clipping.

Those on gates and temperature are in `nnlab.course.chapter_14_gates`. The references are written as a learner would
write them: their source is the solution that is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(14)


def _drawn(*shape: int) -> Array:
    return np.round(_RNG.normal(0, 0.7, shape), 2)


def unroll(X: Array, U: Array, W: Array, b: Array) -> Array:
    """Give the states after each step, (T, H), for inputs X (T, D); the state before the first is 0."""
    h, states = np.zeros(len(b)), []
    for x in X:
        h = np.tanh(x @ U + h @ W + b)  # (H,)
        states.append(h)
    return np.array(states)


def _unrolled(step: Callable[..., Any], first: float = 0.0) -> Callable[..., Any]:
    """Unroll another step."""

    def wrong(X: Array, U: Array, W: Array, b: Array) -> Array:
        h, states = np.full(len(b), first), []
        for x in X:
            h = step(x, h, U, W, b)
            states.append(h)
        return np.array(states)

    return wrong


UNROLL = Exercise(
    number="14.1",
    name="unroll",
    task=N_("Write unroll(X, U, W, b): all states of a tanh network, (T, H), for inputs X of shape (T, D)."),
    reference=unroll,
    probes=(
        (np.array([[1.0], [0.0]]), np.array([[0.5]]), np.array([[2.0]]), np.array([0.1])),
        (_drawn(1, 2), _drawn(2, 3), _drawn(3, 3), _drawn(3)),
        (_drawn(4, 2), _drawn(2, 3), _drawn(3, 3), _drawn(3)),
        (_drawn(5, 3), _drawn(3, 3), _drawn(3, 3), _drawn(3)),
    ),
    hints=(
        N_("One step is one line of the formula. What does the second step need that the first one made?"),
        N_("Keep the state in a variable h, of H zeros before the first step, and go through the rows of X in a loop."),
        N_("In the loop: h = np.tanh(x @ U + h @ W + b), then append h to a list; at the end np.array of the list."),
    ),
    why=N_("U, W and b are the same at each step: a sequence of any length goes through the same few weights."),
    mistakes=(
        Mistake(
            "no memory",
            N_("Each step begins with a state of 0 again. Hand the state of one step to the next."),
            lambda X, U, _W, b: np.tanh(X @ U + b),
        ),
        Mistake(
            "no bend",
            N_("The tanh is missing: each state must lie between −1 and 1."),
            _unrolled(lambda x, h, U, W, b: x @ U + h @ W + b),
        ),
        Mistake(
            "W transposed",
            N_("The state is a row: it stands on the left of W, as x stands on the left of U."),
            _unrolled(lambda x, h, U, W, b: np.tanh(x @ U + W @ h + b)),
        ),
        Mistake(
            "bias forgotten",
            N_("The bias b is missing."),
            _unrolled(lambda x, h, U, W, _b: np.tanh(x @ U + h @ W)),
        ),
        Mistake(
            "bias at the first step only",
            N_("The bias enters at the first step only. All steps are the same: it enters at each."),
            lambda X, U, W, b: _bias_once(X, U, W, b),
        ),
        Mistake(
            "last state only",
            N_("You give the last state only. Keep the state after each step, and return all as an array."),
            lambda X, U, W, b: unroll(X, U, W, b)[-1],
        ),
        Mistake(
            "state before the first step kept",
            N_("There is a row too many: the zeros before the first step are no state after a step."),
            lambda X, U, W, b: np.concatenate([np.zeros((1, len(b))), unroll(X, U, W, b)]),
        ),
        Mistake(
            "added to the old state",
            N_("You add the new state to the old one. The new state replaces it: the old one enters through W alone."),
            _unrolled(lambda x, h, U, W, b: h + np.tanh(x @ U + h @ W + b)),
        ),
        Mistake(
            "begins with ones",
            N_("The state before the first step is not 0: nothing has been read yet."),
            _unrolled(lambda x, h, U, W, b: np.tanh(x @ U + h @ W + b), first=1.0),
        ),
        Mistake(
            "state outside of the bend",
            N_("The old state's part stands outside of the tanh. First add all three parts, then bend the sum."),
            _unrolled(lambda x, h, U, W, b: np.tanh(x @ U + b) + h @ W),
        ),
        Mistake(
            "state before each step",
            N_("Your rows are one step late: the first is the 0 before the first step. Keep h after each step."),
            lambda X, U, W, b: np.concatenate([np.zeros((1, len(b))), unroll(X, U, W, b)])[:-1],
        ),
        Mistake(
            "read from the end",
            N_("You read the sequence from its end. Begin with its first row."),
            lambda X, U, W, b: unroll(X[::-1], U, W, b),
        ),
        Mistake(
            "sigmoid",
            N_("You bend by a sigmoid. Here the bend is tanh."),
            _unrolled(lambda x, h, U, W, b: 1 / (1 + np.exp(-(x @ U + h @ W + b)))),
        ),
    ),
)


def _bias_once(X: Array, U: Array, W: Array, b: Array) -> Array:
    h, states = np.zeros(len(b)), []
    for t, x in enumerate(X):
        h = np.tanh(x @ U + h @ W + (b if t == 0 else 0))
        states.append(h)
    return np.array(states)


def bptt(states: Array, W: Array, dh: Array) -> tuple[Array, Array]:
    """Give dW and the gradient at h_0, for states h_0 to h_T, (T + 1, H), and dh at h_T."""
    dW = np.zeros(W.shape)
    for t in range(len(states) - 1, 0, -1):
        dz = dh * (1 - states[t] ** 2)  # (H,)
        dW += np.outer(states[t - 1], dz)
        dh = dz @ W.T
    return dW, dh


def _back(
    slope: Callable[..., Any] = lambda new, _old: 1 - new**2,
    share: Callable[..., Any] = lambda old, _new, dz: np.outer(old, dz),
    on: Callable[..., Any] = lambda dz, W, _dh: dz @ W.T,
    add: Callable[..., Any] = lambda dW, new: dW + new,
) -> Callable[..., Any]:
    """Run back with another rule at one place."""

    def wrong(states: Array, W: Array, dh: Array) -> tuple[Array, Array]:
        dW = np.zeros(W.shape)
        for t in range(len(states) - 1, 0, -1):
            dz = dh * slope(states[t], states[t - 1])
            dW = add(dW, share(states[t - 1], states[t], dz))
            dh = on(dz, W, dh)
        return dW, dh

    return wrong


def _no_slope_in_dW(states: Array, W: Array, dh: Array) -> tuple[Array, Array]:
    dW = np.zeros(W.shape)
    for t in range(len(states) - 1, 0, -1):
        dW += np.outer(states[t - 1], dh)
        dh = (dh * (1 - states[t] ** 2)) @ W.T
    return dW, dh


def _forward(states: Array, W: Array, dh: Array) -> tuple[Array, Array]:
    dW = np.zeros(W.shape)
    for t in range(1, len(states)):
        dz = dh * (1 - states[t] ** 2)
        dW += np.outer(states[t - 1], dz)
        dh = dz @ W.T
    return dW, dh


def _states(steps: int, units: int) -> Array:
    return np.round(np.tanh(_RNG.normal(0, 0.8, (steps + 1, units))), 2)


BPTT = Exercise(
    number="14.2",
    name="bptt",
    task=N_("Write bptt(states, W, dh): dW and the gradient at the first state, for a tanh network of T steps."),
    reference=bptt,
    parts=("dW", N_("the gradient at the first state")),
    probes=(
        (np.array([[0.5], [-0.3]]), np.array([[2.0]]), np.array([1.0])),
        (np.array([[0.5], [-0.3], [0.8]]), np.array([[2.0]]), np.array([1.0])),
        (_states(1, 2), _drawn(2, 2), np.array([4.0, -7.0])),
        (_states(4, 3), _drawn(3, 3), np.array([5.0, -3.0, 8.0])),
    ),
    hints=(
        N_("Go from the last step to the first. At each, do what chapter 07 does at a layer: bend, weights, input."),
        N_(
            "At step t the bend's slope is 1 − states[t]². The row that came in was states[t − 1]. All steps share W, "
            "so their parts of dW are added."
        ),
        N_(
            "For t from T down to 1: dz is dh times the slope, dW grows by np.outer(states[t - 1], dz), "
            "and dz times W.T is the next dh."
        ),
    ),
    why=N_("One matrix is used T times, so T parts are added in dW, and a gradient meets W once in each step."),
    mistakes=(
        Mistake(
            "only the last part of dW",
            N_("In dW each step overwrites the part of the one before. W is shared by all steps: add the parts."),
            _back(add=lambda _dW, new: new),
        ),
        Mistake(
            "slope forgotten",
            N_("The slope of tanh is missing: dz is dh times 1 − h²."),
            _back(slope=lambda new, _old: np.ones_like(new)),
        ),
        Mistake(
            "slope of the state before",
            N_("You take the slope at the state that came in. The bend made the state that went out: states[t]."),
            _back(slope=lambda _new, old: 1 - old**2),
        ),
        Mistake(
            "slope taken again",
            N_("You bend states[t] once more. It is the output of tanh already: its slope is 1 − states[t]²."),
            _back(slope=lambda new, _old: 1 - np.tanh(new) ** 2),
        ),
        Mistake(
            "W not transposed",
            N_("On the way back W is transposed: dh is dz times W.T."),
            _back(on=lambda dz, W, _dh: dz @ W),
        ),
        Mistake(
            "state that went out",
            N_("dW is made of the state that came in, states[t − 1], not of the one that went out."),
            _back(share=lambda _old, new, dz: np.outer(new, dz)),
        ),
        Mistake(
            "gradient not handed on",
            N_("dh is the same at each step. What comes out of one step backward goes into the one before it."),
            _back(on=lambda _dz, _W, dh: dh),
        ),
        Mistake(
            "slope not handed on",
            N_("You hand dh on without the slope: it is dz that goes through W.T."),
            _back(on=lambda _dz, W, dh: dh @ W.T),
        ),
        Mistake(
            "dW without the slope",
            N_("You make dW of dh. It is made of dz, behind the bend: np.outer(states[t - 1], dz)."),
            _no_slope_in_dW,
        ),
        Mistake(
            "slope of the sigmoid",
            N_("h (1 − h) is the slope of the sigmoid. With tanh it is 1 − h²."),
            _back(slope=lambda new, _old: new * (1 - new)),
        ),
        Mistake(
            "forward in time",
            N_("You go through time forward. The gradient is known at the last step: begin there."),
            _forward,
        ),
        Mistake(
            "one step too few",
            N_("You stop one step too early: the first step, from states[0] to states[1], has its part, too."),
            lambda states, W, dh: bptt(states[1:], W, dh),
        ),
        Mistake(
            "mean over the steps",
            N_("You divide dW by the number of steps. The parts are added."),
            lambda states, W, dh: (bptt(states, W, dh)[0] / (len(states) - 1), bptt(states, W, dh)[1]),
        ),
    ),
)


def clip(g: Array, limit: float) -> Array:
    """Give the gradient g, of any shape, shortened to the length limit where it is longer."""
    norm = np.sqrt((g**2).sum())
    return g * (limit / norm) if norm > limit else g


def _norm(g: Array) -> Any:
    return np.sqrt((g**2).sum())


def _always(g: Array, limit: float) -> Any:
    with np.errstate(all="ignore"):
        return g * limit / _norm(g)


CLIP = Exercise(
    number="14.3",
    name="clip",
    task=N_("Write clip(g, limit): the gradient g, shortened to the length limit where it is longer."),
    reference=clip,
    probes=(
        (np.array([-5.0]), 2.0),
        (np.array([3.0, 4.0]), 1.0),
        (np.array([0.3, -0.4]), 1.0),
        (np.zeros(3), 1.0),
        (np.array([[6.0, -8.0], [0.0, 2.4]]), 2.0),
        (np.array([-30.0, 40.0, 120.0]), 13.0),
        (np.array([1.5]), 4.0),
    ),
    hints=(
        N_("The direction stays. By which one number do all entries of [3, 4] have to be multiplied for length 1?"),
        N_("The length is the root of the sum of all squares. What happens to a gradient that is short enough?"),
        N_("Where the norm is larger than limit, give g * limit / norm; else g itself."),
    ),
    why=N_("All entries shrink by the same factor, so the step points the same way; a short gradient is left alone."),
    mistakes=(
        Mistake(
            "entry by entry",
            N_("You cut each entry off. That changes the direction: multiply all entries by the same number."),
            lambda g, limit: np.clip(g, -limit, limit),
        ),
        Mistake(
            "always",
            N_("A gradient that is short enough comes out with the length limit. It should be left as it is."),
            lambda g, limit: g * limit / max(_norm(g), 1e-12),
        ),
        Mistake(
            "always, even zeros",
            N_("All gradients come out with the length limit. One that is short enough should be left as it is."),
            _always,
        ),
        Mistake(
            "row by row",
            N_("You measure each row by itself. The length counts all entries of the array."),
            lambda g, limit: g * np.minimum(1, limit / np.maximum(np.sqrt((g**2).sum(-1, keepdims=True)), 1e-12)),
        ),
        Mistake(
            "cut at the top",
            N_("You cut off what is above limit, entry by entry. Multiply all entries by the same number."),
            np.minimum,
        ),
        Mistake(
            "mean of the squares",
            N_("You take the mean of the squares. The length is the root of their sum."),
            lambda g, limit: g * limit / max(np.sqrt((g**2).mean()), limit),
        ),
        Mistake(
            "upside down",
            N_("The factor is upside down: it is limit divided by the length."),
            lambda g, limit: g * _norm(g) / limit if _norm(g) > limit else g,
        ),
        Mistake(
            "unit length",
            N_("Long gradients come out with length 1. They should have the length limit."),
            lambda g, limit: g / _norm(g) if _norm(g) > limit else g,
        ),
        Mistake(
            "root forgotten",
            N_("You divide by the sum of the squares. The length is its root."),
            lambda g, limit: g * limit / (g**2).sum() if _norm(g) > limit else g,
        ),
        Mistake(
            "never",
            N_("The gradient comes out as it went in, even where it is longer than limit."),
            lambda g, limit: g if _norm(g) >= 0 else limit,
        ),
        Mistake(
            "only divided by the limit",
            N_("You divide by limit. The factor is limit divided by the length."),
            lambda g, limit: g / limit if _norm(g) > limit else g,
        ),
        Mistake(
            "largest entry",
            N_("You measure by the largest entry. The length is the root of the sum of all squares."),
            lambda g, limit: g * limit / np.abs(g).max() if np.abs(g).max() > limit else g,
        ),
        Mistake(
            "sum of the entries",
            N_("You measure by the sum of the absolute entries. The length is the root of the sum of squares."),
            lambda g, limit: g * limit / np.abs(g).sum() if np.abs(g).sum() > limit else g,
        ),
        Mistake(
            "set to zero",
            N_("A gradient that is too long becomes 0: then nothing is learned. Shorten it."),
            lambda g, limit: 0 * g if _norm(g) > limit else g,
        ),
    ),
    covered={"input returned": "never"},
)

EXERCISES = (UNROLL, BPTT, CLIP)
