"""Questions to recall of chapter 14, recurrent networks. Its exercises are in `nnlab.course.chapter_14_time`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _powers(draw: Draw) -> Asked:
    radius, steps = draw.one_of([0.5, 0.8, 0.9, 1.1, 1.2, 2.0]), draw.one_of([3, 4, 5, 6])
    return Asked(
        N_("A linear unit has the recurrent weight {w}. By what is a gradient multiplied in {n} steps back?"),
        radius**steps,
        N_("Each step back multiplies by the weight once more: a power."),
        {"w": radius, "n": steps},
        slips={
            radius * steps: N_("Factors along a chain are multiplied, not added."),
            radius: N_("That is one step."),
            radius ** (steps + 1): N_("That is one step too many."),
        },
    )


def _parameters(draw: Draw) -> Asked:
    features, units = draw.one_of([2, 3, 5, 10]), draw.one_of([4, 6, 8])
    steps = draw.one_of([20, 28, 50])
    count = features * units + units * units + units
    return Asked(
        N_("A SimpleRNN has {h} units and reads {t} steps of {d} features. How many weights and biases has it?"),
        float(count),
        N_("D·H for the inputs, H·H for the state, H biases; all steps share them."),
        {"h": units, "t": steps, "d": features},
        slips={
            float(count * steps): N_("The steps share their weights: the number of steps does not count."),
            float(features * units + units): N_("The weights from state to state are missing."),
            float(features * units + units * units): N_("The biases are missing."),
        },
        tolerance=1e-6,
    )


def _clipped(draw: Draw) -> Asked:
    times, limit = draw.one_of([2, 3, 4, 10]), draw.one_of([1, 2, 5])
    return Asked(
        N_("A gradient is ({a}, {b}). It is clipped to the norm {c}. What is its first entry then?"),
        0.6 * limit,
        N_("Its length is 5 times {n}; all entries shrink by one factor, so the first stays 0.6 of the length."),
        {"a": 3 * times * limit, "b": 4 * times * limit, "c": limit, "n": times * limit},
        slips={
            float(limit): N_("That cuts each entry off: the direction changes."),
            float(3 * times * limit): N_("It is too long: it has to be shortened."),
        },
    )


def _cell(draw: Draw) -> Asked:
    forget, write = draw.one_of([0.5, 0.9, 0.8]), draw.one_of([0.1, 0.5, 0.2])
    old, new = draw.one_of([2.0, 4.0, -2.0]), draw.one_of([0.5, -0.5])
    return Asked(
        N_("An LSTM has c = {c}, forget gate {f}, input gate {i}, candidate {g} after its tanh. What is the new c?"),
        forget * old + write * new,
        N_("f times the old c, plus i times the candidate."),
        {"c": old, "f": forget, "i": write, "g": new},
        slips={
            (1 - forget) * old + write * new: N_("The forget gate is the share that is kept."),
            write * old + forget * new: N_("The gates are exchanged."),
        },
        tolerance=0.005,
    )


def _kept(draw: Draw) -> Asked:
    forget, steps = draw.one_of([0.9, 0.95, 0.99]), draw.one_of([10, 20, 50])
    return Asked(
        N_("A forget gate stands at {f}, the input gate at 0. What share of the cell state is left after {n} steps?"),
        forget**steps,
        N_("Each step keeps the share f of what is there: f to the power of the number of steps."),
        {"f": forget, "n": steps},
        slips={forget: N_("That is after one step."), 1 - forget**steps: N_("That is what is lost.")},
    )


def _temperature(draw: Draw) -> Asked:
    gap, temperature = draw.one_of([1.0, 2.0]), draw.one_of([0.5, 2.0])
    return Asked(
        N_("Two scores differ by {gap}. How many times as likely is the higher one at temperature {t}?"),
        math.exp(gap / temperature),
        N_("The ratio of two softmax shares is e to the power of the difference, divided by the temperature."),
        {"gap": gap, "t": temperature},
        slips={
            math.exp(gap): N_("That is at temperature 1."),
            math.exp(gap * temperature): N_("The temperature divides the scores."),
            gap / temperature: N_("That is the exponent."),
        },
        tolerance=0.03,
    )


_CURES = (N_("clipping the gradient"), N_("gates"), N_("temperature"), N_("the naive forecast"))
_TROUBLES = {
    N_("the loss jumps to nan on long sequences"): (_CURES[0], N_("The gradient explodes; clipping bounds the step.")),
    N_("the network never learns what was said 50 steps ago"): (
        _CURES[1],
        N_("The gradient vanishes; a cell state that is kept by a gate brings it back."),
    ),
    N_("the written names are all alike"): (_CURES[2], N_("A higher temperature lets less likely letters through.")),
    N_("you wonder whether a forecast is any good"): (
        _CURES[3],
        N_("A forecast is worth what it adds to the naive one."),
    ),
}


def _cure(draw: Draw) -> Asked:
    return which(
        draw,
        N_("What do you reach for first when {case}?"),
        _TROUBLES,
        _CURES,
    )


QUESTIONS = (
    Question("14.powers", _powers),
    Question("14.parameters", _parameters),
    Question("14.clipped", _clipped),
    Question("14.cell", _cell),
    Question("14.kept", _kept),
    Question("14.temperature", _temperature),
    Question("14.cure", _cure),
)
