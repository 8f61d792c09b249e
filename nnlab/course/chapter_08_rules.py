"""Exercises of chapter 08 on the rules: 8.1, 8.2 and 8.3. Those on steps and schedules are in `chapter_08_rates`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_08`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(8)

A = Array  # so that the long line of adam stays one line: it is shown as the solution
Three = tuple[Array, Array, Array]


def nesterov(w: Array, v: Array, g: Array, learning_rate: float, momentum: float) -> tuple[Array, Array]:
    """Take one step with Nesterov's momentum; give the new weights and the new velocity."""
    v = momentum * v - learning_rate * g
    return w + momentum * v - learning_rate * g, v


NESTEROV = Exercise(
    number="8.1",
    name="nesterov",
    task=N_("Write nesterov(w, v, g, learning_rate, momentum): one step; return the new w and the new v."),
    reference=nesterov,
    parts=(N_("the weights"), N_("the velocity")),
    probes=(
        (np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.5),
        (np.array([1.0]), np.array([0.5]), np.array([2.0]), 0.1, 0.8),
        (np.array([-2.0]), np.array([-0.25]), np.array([0.0]), 0.3, 0.9),
        (np.array([2.0, -1.0]), np.array([0.5, 0.25]), np.array([3.0, -4.0]), 0.2, 0.9),
        (*(np.round(_RNG.normal(0, 2, (2, 3)), 2) for _ in range(3)), 0.05, 0.7),
    ),
    hints=(
        N_("There are two lines. The first is that of momentum and changes v. What does the second do with the new v?"),
        N_("If v and g are 0, nothing moves. If only g is 0, the weights still move: the velocity carries them on."),
        N_("w gets the next coasting, momentum times the new v, and the gradient's part, −learning_rate * g."),
    ),
    why=N_(
        "Momentum's own step is momentum times the old v minus learning_rate * g. Nesterov's takes the new v there: "
        "it coasts as if the next step had begun."
    ),
    mistakes=(
        Mistake(
            "plain momentum",
            N_("That is momentum without the look ahead: you add v. Nesterov adds momentum * v − learning_rate * g."),
            lambda w, v, g, r, b: (w + b * v - r * g, b * v - r * g),
        ),
        Mistake(
            "coasting only",
            N_("You add momentum times the new v, but the gradient's part, −learning_rate * g, is missing there."),
            lambda w, v, g, r, b: (w + b * (b * v - r * g), b * v - r * g),
        ),
        Mistake(
            "new velocity and the gradient again",
            N_("The new v has to be multiplied by momentum once more before you add it to w."),
            lambda w, v, g, r, b: (w + b * v - 2 * r * g, b * v - r * g),
        ),
        Mistake(
            "uphill",
            N_("Your step goes uphill: the gradient's part has to be subtracted, in v and in w."),
            lambda w, v, g, r, b: (w + b * (b * v + r * g) + r * g, b * v + r * g),
        ),
        Mistake(
            "uphill with the old velocity",
            N_("Your step goes uphill: subtract the gradient's part. And w gets momentum * v with the new v."),
            lambda w, v, g, r, b: (w + b * v + r * g, b * v + r * g),
        ),
        Mistake(
            "old velocity looks ahead",
            N_("You use the old v in both places and return it. First compute the new v, then use it for w."),
            lambda w, v, g, r, b: (w + b * v - r * g, v + 0.0),
        ),
        Mistake(
            "learning rate forgotten in v",
            N_("In v the gradient comes without its learning rate: v is a step, and a step has the rate in it."),
            lambda w, v, g, r, b: (w + b * (b * v - g) - r * g, b * v - g),
        ),
        Mistake(
            "a running mean",
            N_("You multiply the gradient by 1 − momentum, as in a running mean. Here it enters v with its full rate."),
            lambda w, v, g, r, b: (w + b * (b * v - (1 - b) * r * g) - (1 - b) * r * g, b * v - (1 - b) * r * g),
        ),
        Mistake(
            "old velocity returned",
            N_("The weights are right. But you return the old v, so that the next step would begin with it again."),
            lambda w, v, g, r, b: (nesterov(w, v, g, r, b)[0], v + 0.0),
        ),
        Mistake(
            "the step returned as velocity",
            N_("The weights are right. But v is not the whole change of w: it is momentum * v − learning_rate * g."),
            lambda w, v, g, r, b: (nesterov(w, v, g, r, b)[0], nesterov(w, v, g, r, b)[0] - w),
        ),
    ),
)


def rmsprop(w: Array, s: Array, g: Array, learning_rate: float, rho: float, epsilon: float) -> tuple[Array, Array]:
    """Take one step of RMSprop; give the new weights and the new mean of squares."""
    s = rho * s + (1 - rho) * g**2
    return w - learning_rate * g / np.sqrt(s + epsilon), s


def _rms(new_s: Callable[..., Array], step: Callable[..., Array]) -> Any:
    """Make a wrong rule from how it changes s, and from the step that it takes with the new s."""

    def wrong(w: Array, s: Array, g: Array, r: float, rho: float, e: float) -> tuple[Array, Array]:
        new = new_s(s, g, rho)
        return w - r * step(g, new, s, e), new

    return wrong


def _mean(s: Array, g: Array, rho: float) -> Array:
    return rho * s + (1 - rho) * g**2


def _divided(g: Array, new: Array, _old: Array, e: float) -> Array:
    return g / np.sqrt(new + e)


RMSPROP = Exercise(
    number="8.2",
    name="rmsprop",
    task=N_("Write rmsprop(w, s, g, learning_rate, rho, epsilon): one step; return the new w and the new s."),
    reference=rmsprop,
    parts=(N_("the weights"), N_("the mean of squares")),
    probes=(
        (np.array([1.0]), np.array([0.0]), np.array([2.0]), 0.1, 0.75, 0.0),
        (np.array([1.0]), np.array([4.0]), np.array([-1.0]), 0.1, 0.9, 0.0),
        (np.array([1.0]), np.array([0.3]), np.array([0.5]), 0.2, 0.6, 0.5),
        (np.array([2.0, -1.0]), np.array([1.0, 9.0]), np.array([3.0, -0.5]), 0.3, 0.9, 1e-7),
        (np.ones((2, 3)), *(np.round(_RNG.uniform(0.5, 3, (2, 3)), 2) for _ in range(2)), 0.05, 0.8, 0.01),
    ),
    hints=(
        N_("Begin with Adagrad's two lines. Only the first of them changes: s has to forget."),
        N_("A running mean keeps the share rho of what it was, and takes the share 1 − rho of what is new."),
        N_("The new s is rho * s + (1 − rho) * g**2; the step divides g by np.sqrt(s + epsilon) with this new s."),
    ),
    why=N_("A running mean of squares follows the size of the gradient, so the steps neither stop nor explode."),
    mistakes=(
        Mistake(
            "Adagrad",
            N_("You add all squares up: that is Adagrad, which stops. s has to be a running mean."),
            _rms(lambda s, g, _rho: s + g**2, _divided),
        ),
        Mistake(
            "shares exchanged",
            N_("The shares are exchanged: rho is what is kept of s, and 1 − rho what is taken of g**2."),
            _rms(lambda s, g, rho: (1 - rho) * s + rho * g**2, _divided),
        ),
        Mistake(
            "new share forgotten",
            N_("Of the new square you take all. Its share is 1 − rho, so that both shares add up to 1."),
            _rms(lambda s, g, rho: rho * s + g**2, _divided),
        ),
        Mistake(
            "mean of the gradient",
            N_("You average the size of g, not its square. s is a mean of squares: average g**2."),
            _rms(lambda s, g, rho: rho * s + (1 - rho) * np.abs(g), _divided),
        ),
        Mistake(
            "root forgotten",
            N_("You divide by the mean of squares itself. Its root has the size of a gradient: np.sqrt."),
            _rms(_mean, lambda g, new, _old, e: g / (new + e)),
        ),
        Mistake(
            "old mean used",
            N_("Your step divides by the old s. The present gradient counts already: take the new s."),
            _rms(_mean, lambda g, _new, old, e: g / np.sqrt(old + e) if np.all(old + e) else 0 * g),
        ),
        Mistake(
            "epsilon outside of the root",
            N_("Nearly: here epsilon stands under the root, as in nnlab and Keras. In Adam it stands beside the root."),
            _rms(_mean, lambda g, new, _old, e: g / (np.sqrt(new) + e)),
        ),
        Mistake(
            "uphill",
            N_("Your step goes uphill: it has to be subtracted."),
            _rms(_mean, lambda g, new, _old, e: -g / np.sqrt(new + e)),
        ),
        Mistake(
            "mean of the gradient with its sign",
            N_("You average g with its sign, so that gradients cancel. The size is asked for: average g**2."),
            _rms(lambda s, g, rho: rho * s + (1 - rho) * g, _divided),
        ),
        Mistake(
            "epsilon forgotten",
            N_("Where is epsilon? It stands under the root, added to s, and keeps the division finite where s is 0."),
            _rms(_mean, lambda g, new, _old, _e: g / np.sqrt(new)),
        ),
        Mistake(
            "learning rate forgotten",
            N_("Your step has no learning rate: multiply g by it."),
            lambda w, s, g, _r, rho, e: (rmsprop(w, s, g, 1.0, rho, e)[0], _mean(s, g, rho)),
        ),
        Mistake(
            "old mean returned",
            N_("The weights are right. But you return the old s, so that the next step would begin with it again."),
            lambda w, s, g, r, rho, e: (rmsprop(w, s, g, r, rho, e)[0], s + 0.0),
        ),
        Mistake(
            "bias corrected",
            N_("You correct s for its first steps, as Adam does. RMSprop does not."),
            _rms(_mean, lambda g, new, _old, e: g / np.sqrt(new / 0.1 + e)),
        ),
    ),
)


def adam(w: A, m: A, v: A, g: A, t: int, learning_rate: float, beta_1: float, beta_2: float, epsilon: float) -> Three:
    """Take step number t of Adam, from 1; give the new weights and the two new running means."""
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    correction = np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - learning_rate * correction * m / (np.sqrt(v) + epsilon), m, v


def _adam(
    correction: Callable[[float, float, int], Any],
    below: Callable[[Array, float], Array] = lambda v, e: np.sqrt(v) + e,
    square: Callable[[Array], Array] = np.square,
) -> Any:
    """Make a wrong Adam from its correction, from what it divides by, and from what it averages below."""

    def wrong(w: A, m: A, v: A, g: A, t: int, r: float, b1: float, b2: float, e: float) -> Three:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * square(g)
        return w - r * correction(b1, b2, t) * m / below(v, e), m, v

    return wrong


def _right(b1: float, b2: float, t: int) -> Any:
    return np.sqrt(1 - b2**t) / (1 - b1**t)


def _as_the_paper(w: A, m: A, v: A, g: A, t: int, r: float, b1: float, b2: float, e: float) -> Three:
    m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
    return w - r * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + e), m, v


def _as_the_paper_corrected(w: A, m: A, v: A, g: A, t: int, r: float, b1: float, b2: float, e: float) -> Three:
    new, m, v = _as_the_paper(w, m, v, g, t, r, b1, b2, e)
    return new, m / (1 - b1**t), v / (1 - b2**t)


def _stepped(w: A, m: A, v: A, t: int, r: float, b1: float, b2: float, e: float) -> Three:
    return w - r * _right(b1, b2, t) * m / (np.sqrt(v) + e), m, v


def _corrected_means(w: A, m: A, v: A, g: A, t: int, r: float, b1: float, b2: float, e: float) -> Three:
    new, m, v = adam(w, m, v, g, t, r, b1, b2, e)
    return new, m / (1 - b1**t), v / (1 - b2**t)


ADAM = Exercise(
    number="8.3",
    name="adam",
    task=N_(
        "Write adam(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon): step number t, counted from 1; return the "
        "new w, m and v."
    ),
    reference=adam,
    parts=(N_("the weights"), N_("the mean m"), N_("the mean v")),
    probes=(
        (np.array([1.0]), np.array([0.0]), np.array([0.0]), np.array([2.0]), 1, 0.1, 0.5, 0.75, 0.0),
        (np.array([1.0]), np.array([0.5]), np.array([0.2]), np.array([2.0]), 2, 0.1, 0.5, 0.75, 0.0),
        (np.array([1.25]), np.array([0.5]), np.array([0.2]), np.array([-1.0]), 3, 0.2, 0.8, 0.9, 0.5),
        (
            np.array([2.0, -1.0]), np.array([1.0, 0.3]), np.array([1.0, 2.0]), np.array([3.0, -0.5]),
            4, 0.3, 0.9, 0.999, 1e-7,
        ),
        (np.zeros((2, 3)), *(np.round(_RNG.uniform(0.5, 2, (2, 3)), 2) for _ in range(3)), 9, 0.05, 0.7, 0.95, 0.1),
    ),
    hints=(
        N_("Take the uncorrected rule of the cell above. One factor is missing, and it depends on t, not on g."),
        N_("m is too small by the factor 1 − beta_1**t, and v by 1 − beta_2**t. m is divided by √v."),
        N_("The step is multiplied by np.sqrt(1 − beta_2**t) / (1 − beta_1**t); m and v are returned uncorrected."),
    ),
    why=N_("Only the step is corrected: m and v go on uncorrected, or the next step would correct them twice."),
    mistakes=(
        Mistake(
            "no correction",
            N_("Your first steps are not corrected: multiply by √(1 − beta_2ᵗ) / (1 − beta_1ᵗ)."),
            _adam(lambda _b1, _b2, _t: 1.0),
        ),
        Mistake(
            "t from 0",
            N_("You count the steps from 0. The first is number 1: t is given so, and needs no change."),
            _adam(lambda b1, b2, t: _right(b1, b2, t - 1) if t > 1 else 1.0),
        ),
        Mistake(
            "t one too high",
            N_("You add 1 to t. The first step is number 1 already."),
            _adam(lambda b1, b2, t: _right(b1, b2, t + 1)),
        ),
        Mistake(
            "corrections swapped",
            N_("The corrections are swapped: beta_1 belongs to m, above the line, and beta_2 to v, under the root."),
            _adam(lambda b1, b2, t: np.sqrt(1 - b1**t) / (1 - b2**t)),
        ),
        Mistake(
            "correction upside down",
            N_("Your correction is upside down. The right one makes the first step as long as the rate."),
            _adam(lambda b1, b2, t: (1 - b1**t) / np.sqrt(1 - b2**t)),
        ),
        Mistake(
            "root of the correction forgotten",
            N_("v stands under a root, and so does its correction: √(1 − beta_2ᵗ)."),
            _adam(lambda b1, b2, t: (1 - b2**t) / (1 - b1**t)),
        ),
        Mistake(
            "t not a power",
            N_("The betas are raised to the power of t: beta_1**t. You have the same correction in each step."),
            _adam(lambda b1, b2, _t: _right(b1, b2, 1)),
        ),
        Mistake(
            "epsilon inside the root",
            N_("Nearly: your epsilon stands under the root. Adam adds it to √v; under the root it stands in RMSprop."),
            _adam(_right, lambda v, e: np.sqrt(v + e)),
        ),
        Mistake(
            "epsilon of the paper",
            N_("That is the paper's form: it corrects v, and then adds epsilon. Here epsilon is added to √v itself."),
            _as_the_paper,
        ),
        Mistake(
            "means returned corrected",
            N_("The weights are right. But you return corrected means; the next step would correct them once more."),
            _corrected_means,
        ),
        Mistake(
            "root forgotten",
            N_("You divide by v. It is a mean of squares: divide by its root."),
            _adam(_right, lambda v, e: v + e),
        ),
        Mistake(
            "the paper's form, corrected means returned",
            N_("You correct m and v themselves and return them so: the next step would correct them once more."),
            _as_the_paper_corrected,
        ),
        Mistake(
            "shares exchanged",
            N_("The shares are exchanged: the betas are what is kept of m and v, 1 − beta what is taken of the new."),
            lambda w, m, v, g, t, r, b1, b2, e: _stepped(
                w, (1 - b1) * m + b1 * g, (1 - b2) * v + b2 * g**2, t, r, b1, b2, e
            ),
        ),
        Mistake(
            "gradient above the line",
            N_("Your step has g above the line. That is RMSprop's step; Adam's has the mean m there."),
            lambda w, m, v, g, t, r, b1, b2, e: (
                w - r * _right(b1, b2, t) * g / (np.sqrt(b2 * v + (1 - b2) * g**2) + e),
                b1 * m + (1 - b1) * g,
                b2 * v + (1 - b2) * g**2,
            ),
        ),
        Mistake(
            "uphill",
            N_("Your step goes uphill: it has to be subtracted."),
            _adam(lambda b1, b2, t: -_right(b1, b2, t)),
        ),
        Mistake(
            "square forgotten",
            N_("v is the mean of the squares of g; you average the size of g."),
            _adam(_right, square=np.abs),
        ),
    ),
)  # fmt: skip

EXERCISES = (NESTEROV, RMSPROP, ADAM)
