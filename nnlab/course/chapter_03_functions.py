"""Exercises of chapter 03 on single functions: 3.1, 3.2 and 3.6. The others are in `nnlab.course.chapter_03_layers`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_03`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.activations import Activation
from nnlab.course.exercise import ACTIVATION, Array, Exercise, Mistake
from nnlab.language import N_, _

_RNG = np.random.default_rng(3)


def _column(*numbers: float) -> tuple[Array, ...]:
    """Probes of one number each, for elementwise functions."""
    return tuple(np.array([number]) for number in numbers)


def leaky_relu(z: Array, slope: float) -> Array:
    """Give z above 0, and slope times z below."""
    return np.where(z > 0, z, slope * z)


LEAKY_RELU = Exercise(
    number="3.1",
    name="leaky_relu",
    task=N_("Write leaky_relu(z, slope) for an array z of any shape: z above 0, slope times z below."),
    reference=leaky_relu,
    probes=(
        *((z, 0.1) for z in _column(2.0, -2.0, 0.0)),
        (np.array([-3, 5]), 0.5),
        (np.array([-1.0, 0.5, 3.0]), 0.2),
        (np.round(_RNG.normal(0, 2, (2, 3)), 2), 0.3),
    ),
    hints=(
        N_("Look at one number first. What should come out for z = 2, and what for z = −2, if slope is 0.1?"),
        N_("An if cannot look at a whole array. np.where(condition, a, b) takes a where the condition holds, else b."),
        N_("The condition is z > 0. Where it holds the result is z, elsewhere it is slope * z."),
    ),
    why=N_("np.where looks at each number by itself, so the shape stays; with slope 0 it is the plain ReLU."),
    mistakes=(
        Mistake(
            "plain relu",
            N_("Below 0 you give 0: that is the plain ReLU. There the result should be slope times z."),
            lambda z, _slope: np.maximum(z, 0),
        ),
        Mistake(
            "sides exchanged",
            N_("The slope is on the wrong side: z comes out unchanged above 0, and is multiplied by slope below."),
            lambda z, slope: np.where(z > 0, slope * z, z),
        ),
        Mistake(
            "slope itself",
            N_("Below 0 you give slope itself. It should be slope times z."),
            lambda z, slope: np.where(z > 0, z, slope),
        ),
        Mistake(
            "slope everywhere",
            N_("You multiply by slope everywhere. Above 0, z should come out unchanged."),
            lambda z, slope: slope * z,
        ),
        Mistake(
            "bent upwards",
            N_("Below 0 your result is positive: there the line should go on downwards. Is there a minus too many?"),
            lambda z, slope: np.where(z > 0, z, -slope * z),
        ),
        Mistake(
            "fixed slope 0.01",
            N_("You always take the slope 0.01. It should be the argument slope."),
            lambda z, _slope: np.where(z > 0, z, 0.01 * z),
        ),
        Mistake(
            "slope added",
            N_("Below 0 you add slope to z. It should be multiplied."),
            lambda z, slope: np.where(z > 0, z, z + slope),
        ),
    ),
    covered={"negatives lost": "plain relu", "absolute": "bent upwards"},
)


def sigmoid_derivative(a: Array) -> Array:
    """Give the slope of the sigmoid, from its output a."""
    return a * (1 - a)


def _sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


SIGMOID_DERIVATIVE = Exercise(
    number="3.2",
    name="sigmoid_derivative",
    task=N_("Write sigmoid_derivative(a): the slope of the sigmoid where its output is a. You are given a, not z."),
    reference=sigmoid_derivative,
    probes=(*((a,) for a in _column(0.5, 0.25, 0.9)), (np.array([0.125, 0.75]),), (_RNG.uniform(0, 1, (2, 3)),)),
    hints=(
        N_("A network has already computed a = sigmoid(z) when it needs the slope, so that it needs no exp again."),
        N_("Where the sigmoid is flat, the slope is 0: at a near 0, and at a near 1. Where is it steepest?"),
        N_("The slope is a product of two factors: one is a, and the other is how much is missing from a to 1."),
    ),
    why=N_("The slope is largest at a = 0.5, where it is 0.25, and vanishes towards a = 0 and a = 1."),
    mistakes=(
        Mistake(
            "a taken for z",
            N_("You compute the sigmoid once more. The argument a is its output already: work with a itself."),
            lambda a: _sigmoid(a) * (1 - _sigmoid(a)),
        ),
        Mistake(
            "slope of tanh",
            N_("1 − a² is the slope of tanh, from the output of tanh. The sigmoid's is another."),
            lambda a: 1 - a**2,
        ),
        Mistake(
            "only what is missing to 1",
            N_("1 − a is one factor of the slope. The other is missing."),
            lambda a: 1 - a,
        ),
        Mistake(
            "wrong sign inside",
            N_("Your second factor grows with a, but towards a = 1 the curve is flat, and the slope must go to 0."),
            lambda a: a * (1 + a),
        ),
        Mistake(
            "square",
            N_("You give a². At a near 1 that is near 1, but there the curve is flat, and the slope must go to 0."),
            lambda a: a**2,
        ),
        Mistake(
            "sigmoid of a",
            N_("You give the sigmoid of a. What is asked for is its slope, and a is its output already."),
            lambda a: _sigmoid(a),
        ),
    ),
    covered={"cut": "rounded"},
)


def f(z: Array) -> Array:
    """Compute z / (1 + |z|)."""
    return z / (1 + np.abs(z))


def derivative(z: Array) -> Array:
    """Give the slope of f at z."""
    return 1 / (1 + np.abs(z)) ** 2


def _trains(activation: Activation) -> str:
    """Train a small network with it, through the formulas: a curve that one layer without a bend cannot follow."""
    from nnlab import Sequential, layers, optimizers

    x = np.linspace(-2, 2, 16)[:, None]
    model = Sequential([layers.Dense(8, activation=activation, input_shape=(1,)), layers.Dense(1)], seed=0)
    model.compile(optimizers.Adam(learning_rate=0.05), loss="mean_squared_error")
    model.fit(x, np.abs(x), epochs=200, batch_size=16, verbose=0)
    loss: Any = model.evaluate(x, np.abs(x), verbose=0)
    constant = float(np.var(np.abs(x)))
    if loss < constant / 4:
        return ""
    message = _(
        "On the probes it is right, but a network does not learn with it: fitting |x| leaves a loss of {loss}, where "
        "a straight line leaves {constant}. Does it treat all shapes alike?"
    )
    return message.format(loss=f"{loss:.2g}", constant=f"{constant:.2g}")


def _both(f: Any, derivative: Any) -> Any:
    return lambda z: (f(z), derivative(z))


OWN_ACTIVATION = Exercise(
    number="3.6",
    name="softsign",
    task=N_("Make an activation of your own: softsign, f(z) = z / (1 + |z|), with its derivative."),
    reference=Activation("softsign", f, derivative),
    form=ACTIVATION,
    sources=(f, derivative),
    last_line='softsign = nnlab.activations.Activation("softsign", f, derivative)',
    parts=("f(z)", N_("the derivative")),
    slope=True,
    last_test=_trains,
    probes=(
        *((z,) for z in _column(1.0, -1.0, 0.0)),
        (np.array([-3.0, 2.0]),),
        (np.array([-1, 3]),),
        (np.round(_RNG.normal(0, 2, (2, 3)), 2),),
    ),
    hints=(
        N_("Above 0, |z| is z. Take the derivative of z / (1 + z) there with the quotient rule. Below 0, do it again."),
        N_("Both sides give the same formula, if you write it with |z|. At 0 the slope is 1: try it with a tiny step."),
        N_("The quotient rule leaves 1 above the line, and below it (1 + |z|) in a power that you can find out."),
    ),
    why=N_(
        "Its slope falls like 1/z², much more slowly than that of tanh, so that far from 0 it still learns a little."
    ),
    mistakes=(
        Mistake(
            "slope from the output",
            N_("f is right. Your derivative would be right for the output f(z), but it is called with z."),
            _both(f, lambda z: (1 - np.abs(z)) ** 2),
        ),
        Mistake(
            "square forgotten",
            N_("f is right. In the derivative the quotient rule squares what stands below the line."),
            _both(f, lambda z: 1 / (1 + np.abs(z))),
        ),
        Mistake(
            "sign in the slope",
            N_("f is right, and it rises everywhere. Your derivative is negative below 0: leave the sign out."),
            _both(f, lambda z: np.where(z < 0, -1, 1) / (1 + np.abs(z)) ** 2),
        ),
        Mistake(
            "absolute value forgotten",
            N_("You divide by 1 + z, without the absolute value: at z = −1 that is a division by 0."),
            _both(lambda z: z / (1 + z), lambda z: 1 / (1 + z) ** 2),
        ),
        Mistake(
            "absolute value only in f",
            N_("f is right. In the derivative the absolute value is missing: at z = −1 you divide by 0."),
            _both(f, lambda z: 1 / (1 + z) ** 2),
        ),
        Mistake(
            "square for the absolute value",
            N_("You divide by 1 + z². The absolute value |z| is asked for: np.abs(z)."),
            _both(lambda z: z / (1 + z**2), lambda z: (1 - z**2) / (1 + z**2) ** 2),
        ),
        Mistake(
            "absolute value above the line",
            N_("Above the line of f stands |z|. It should be z itself, so that f is negative below 0."),
            _both(lambda z: np.abs(z) / (1 + np.abs(z)), derivative),
        ),
    ),
    # The slope is at most 1, and 1 only at 0: rounding and cutting off leave the same.
    covered={
        "absolute in f(z)": "absolute value above the line",
        "cut in the derivative": "rounded in the derivative",
    },
)

EXERCISES = (LEAKY_RELU, SIGMOID_DERIVATIVE, OWN_ACTIVATION)
