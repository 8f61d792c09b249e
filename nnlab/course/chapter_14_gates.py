"""Exercises of chapter 14 on gates and letters: 14.4 a step of an LSTM, 14.5 softmax at a temperature.

Those on time are in `nnlab.course.chapter_14_time`. The references are written as a learner would write them: their
source is the solution that is shown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(41)


def lstm_step(z: Array, c: Array) -> tuple[Array, Array]:
    """Give the new cell state and the new output, (N, H) each, for z (N, 4H) in the order i, f, g, o."""
    i, f, g, o = np.split(z, 4, axis=1)
    i, f, o = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o))
    c = f * c + i * np.tanh(g)  # (N, H)
    return c, o * np.tanh(c)


def _parts(z: Array) -> tuple[Array, Array, Array, Array]:
    """Cut z, and bend nothing but the gates."""
    i, f, g, o = np.split(z, 4, axis=1)
    return _sigmoid(i), _sigmoid(f), g, _sigmoid(o)


def _sigmoid(z: Array) -> Any:
    return 1 / (1 + np.exp(-z))


def _of(cell: Any) -> Any:
    """Make a step of a rule for the cell state."""

    def step(z: Array, c: Array) -> tuple[Array, Array]:
        i, f, g, o = _parts(z)
        new = cell(i, f, np.tanh(g), c)
        return new, o * np.tanh(new)

    return step


def _other_order(z: Array, c: Array) -> tuple[Array, Array]:
    i, f, o, g = np.split(z, 4, axis=1)
    return lstm_step(np.concatenate([i, f, g, o], axis=1), c)


def _tanh_gates(z: Array, c: Array) -> tuple[Array, Array]:
    i, f, g, o = map(np.tanh, np.split(z, 4, axis=1))
    new = f * c + i * g
    return new, o * np.tanh(new)


def _bare_gates(z: Array, c: Array) -> tuple[Array, Array]:
    i, f, g, o = np.split(z, 4, axis=1)
    new = f * c + i * np.tanh(g)
    return new, o * np.tanh(new)


def _drawn(*shape: int) -> Array:
    return np.round(_RNG.normal(0, 1.5, shape), 2)


LSTM_STEP = Exercise(
    number="14.4",
    name="lstm_step",
    task=N_("Write lstm_step(z, c): the new cell state and the new output of an LSTM, from z of shape (N, 4H)."),
    reference=lstm_step,
    parts=(N_("the cell state"), N_("the output")),
    probes=(
        (np.array([[0.4, -1.0, 2.0, 0.7]]), np.array([[1.5]])),
        (np.array([[-2.0, 3.0, -0.5, -1.0]]), np.array([[-0.8]])),
        (_drawn(3, 8), _drawn(3, 2)),
        (_drawn(2, 12), _drawn(2, 3)),
    ),
    hints=(
        N_("Three of the four parts of z are gates, shares between 0 and 1. Which one is what is written?"),
        N_("np.split(z, 4, axis=1) cuts z. Gates get a sigmoid, the candidate g a tanh."),
        N_("c = f * c + i * tanh(g), with the sigmoids of f and i; the output is sigmoid(o) times tanh of the new c."),
    ),
    why=N_("The old cell state is only multiplied by f: with f near 1 it passes many steps, and so does its gradient."),
    mistakes=(
        Mistake(
            "i and f exchanged",
            N_("The gates i and f are exchanged: f stands beside the old cell state, i beside what is new."),
            _of(lambda i, f, g, c: i * c + f * g),
        ),
        Mistake(
            "nothing forgotten",
            N_("The old cell state passes whole. The forget gate f says how much of it is kept."),
            _of(lambda i, _f, g, c: c + i * g),
        ),
        Mistake(
            "f forgets too much",
            N_("You multiply the old state by 1 − f. In spite of its name, f is the share that is kept."),
            _of(lambda i, f, g, c: (1 - f) * c + i * g),
        ),
        Mistake(
            "one gate for both",
            N_("You use 1 − f in place of i: that is near to a GRU. Here i has its own part of z."),
            _of(lambda _i, f, g, c: f * c + (1 - f) * g),
        ),
        Mistake(
            "input gate forgotten",
            N_("What is new enters whole: the input gate i is missing."),
            _of(lambda _i, f, g, c: f * c + g),
        ),
        Mistake(
            "candidate with a sigmoid",
            N_("The candidate g gets a tanh, not a sigmoid: it must be able to write numbers below 0."),
            lambda z, c: _candidate(z, c, _sigmoid),
        ),
        Mistake(
            "candidate not bent",
            N_("The candidate g is not bent: it gets a tanh."),
            lambda z, c: _candidate(z, c, lambda g: g),
        ),
        Mistake(
            "gates with tanh",
            N_("Your gates have a tanh. A gate is a share between 0 and 1: a sigmoid."),
            _tanh_gates,
        ),
        Mistake(
            "gates not bent",
            N_("Your gates are the bare parts of z. A gate is a share between 0 and 1: a sigmoid."),
            _bare_gates,
        ),
        Mistake(
            "forget gate on the sum",
            N_("f multiplies the new part, too. It belongs to the old cell state alone."),
            _of(lambda i, f, g, c: f * (c + i * g)),
        ),
        Mistake(
            "old cell state bent",
            N_("You bend the old cell state. It is multiplied by f, and nothing else."),
            _of(lambda i, f, g, c: f * np.tanh(c) + i * g),
        ),
        Mistake(
            "order i, f, o, g",
            N_("You take the last two parts of z the other way round: the order is i, f, g, o."),
            _other_order,
        ),
        Mistake(
            "output from the old cell state",
            N_("The cell state is right. The output shows the new cell state, not the old one."),
            lambda z, c: (lstm_step(z, c)[0], _parts(z)[3] * np.tanh(c)),
        ),
        Mistake(
            "output without tanh",
            N_("The cell state is right. In the output it goes through a tanh."),
            lambda z, c: (lstm_step(z, c)[0], _parts(z)[3] * lstm_step(z, c)[0]),
        ),
        Mistake(
            "output with a sigmoid",
            N_("The cell state is right. In the output it goes through a tanh, not a sigmoid."),
            lambda z, c: (lstm_step(z, c)[0], _parts(z)[3] * _sigmoid(lstm_step(z, c)[0])),
        ),
        Mistake(
            "output gate with tanh",
            N_("The cell state is right. The output gate is a share between 0 and 1: a sigmoid."),
            lambda z, c: (lstm_step(z, c)[0], np.tanh(np.split(z, 4, axis=1)[3]) * np.tanh(lstm_step(z, c)[0])),
        ),
        Mistake(
            "output gate forgotten",
            N_("The cell state is right. In the output the gate o is missing."),
            lambda z, c: (lstm_step(z, c)[0], np.tanh(lstm_step(z, c)[0])),
        ),
    ),
)


def _candidate(z: Array, c: Array, bend: Any) -> tuple[Array, Array]:
    i, f, g, o = _parts(z)
    new = f * c + i * bend(g)
    return new, o * np.tanh(new)


def at_temperature(scores: Array, temperature: float) -> Array:
    """Give the probabilities of a softmax at a temperature, for scores of shape (N, K)."""
    z = scores / temperature
    e = np.exp(z - z.max(axis=1, keepdims=True))  # so that nothing overflows
    return e / e.sum(axis=1, keepdims=True)


def _softmax(scores: Array) -> Any:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _plain(scores: Array, temperature: float) -> Any:
    with np.errstate(all="ignore"):
        e = np.exp(scores / temperature)
        return e / e.sum(axis=1, keepdims=True)


def _one_maximum(scores: Array, temperature: float) -> Any:
    z = scores / temperature
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max())
        return e / e.sum(axis=1, keepdims=True)


AT_TEMPERATURE = Exercise(
    number="14.5",
    name="at_temperature",
    task=N_("Write at_temperature(scores, temperature): softmax at a temperature, for each row of scores."),
    reference=at_temperature,
    probes=(
        (np.array([[1.0, 2.0]]), 2.0),
        (np.array([[1.0, 2.0, 0.5]]), 0.5),
        (np.array([[0.0, 1.0, -1.0], [2.0, -0.5, 0.25]]), 3.0),
        (np.array([[900.0, 901.0], [-5.0, 3.0]]), 0.5),
        (np.round(_RNG.normal(0, 2, (3, 3)), 2), 1.5),
    ),
    hints=(
        N_("At temperature 1 it is the softmax of chapter 03. Where does the temperature enter, before it or after?"),
        N_("Divide the scores by the temperature, then take the softmax of each row, with its largest score removed."),
        N_(
            "z is the scores over the temperature, e the exponential of z minus its row's maximum. "
            "Divide e by its row sum."
        ),
    ),
    why=N_("Dividing the scores divides their differences: below 1 the leader gains, above 1 the others catch up."),
    mistakes=(
        Mistake(
            "multiplied",
            N_("You multiply by the temperature: then hot is cautious. Divide the scores by it."),
            lambda scores, temperature: _softmax(scores * temperature),
        ),
        Mistake(
            "temperature left out",
            N_("The temperature changes nothing: that is the plain softmax."),
            lambda scores, _temperature: _softmax(scores),
        ),
        Mistake(
            "divided afterwards",
            N_("You divide the probabilities: they no longer add up to 1. Divide the scores, before the softmax."),
            lambda scores, temperature: _softmax(scores) / temperature,
        ),
        Mistake(
            "overflow",
            N_("Large scores overflow and give nan. First take the largest score of each row away from it."),
            _plain,
        ),
        Mistake(
            "sum of everything",
            N_("You divide by the sum of all rows. Each row is a choice of its own: axis=1, keepdims=True."),
            lambda scores, temperature: _summed(scores / temperature, None),
        ),
        Mistake(
            "sum down the columns",
            N_("You add down the columns. Each row is a choice of its own: axis=1, keepdims=True."),
            lambda scores, temperature: _summed(scores / temperature, 0),
        ),
        Mistake(
            "softmax down the columns",
            N_("You take the softmax down the columns. Each row is a choice of its own: axis=1, keepdims=True."),
            lambda scores, temperature: _softmax(scores.T / temperature).T,
        ),
        Mistake(
            "largest of all rows",
            N_("You take the largest of all scores away: in another row all may become 0. Take each row's own."),
            _one_maximum,
        ),
        Mistake(
            "logarithm",
            N_("These are the logarithms of the probabilities. The probabilities themselves are asked for."),
            lambda scores, temperature: np.log(np.maximum(at_temperature(scores, temperature), 1e-300)),
        ),
        Mistake(
            "not divided by the sum",
            N_("The rows do not add up to 1: divide by their sums."),
            lambda scores, temperature: np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature),
        ),
        Mistake(
            "only the exponential divided",
            N_(
                "You divide the exponentials by the temperature, and the rows do not add up to 1. "
                "Divide the scores, before."
            ),
            lambda scores, temperature: np.exp(scores - scores.max(axis=1, keepdims=True)) / temperature,
        ),
        Mistake(
            "most likely only",
            N_("You give 1 to the largest score and 0 to the rest: that is temperature 0."),
            lambda scores, _temperature: (scores == scores.max(axis=1, keepdims=True)) * 1.0,
        ),
    ),
)


def _summed(z: Array, axis: int | None) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


EXERCISES = (LSTM_STEP, AT_TEMPERATURE)
