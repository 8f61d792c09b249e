"""Questions to recall of chapter 06, gradient descent. Its exercises are in `nnlab.course.chapter_06_gradients`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _one_step(draw: Draw) -> Asked:
    w, gradient, rate = draw.one_of([2.0, 3.0, -1.0]), draw.one_of([-4.0, 5.0, -3.0]), draw.one_of([0.1, 0.2])
    return Asked(
        N_(
            "A weight is {w}, its gradient is {gradient}, the learning rate is {rate}. What is the weight after a step?"
        ),
        w - rate * gradient,
        N_("New weight = old weight − learning rate × gradient."),
        {"w": w, "gradient": gradient, "rate": rate},
        slips={
            w + rate * gradient: N_("That is a step uphill: look at the sign."),
            w - gradient: N_("The learning rate is missing."),
            -rate * gradient: N_("That is the step. Where does it lead to?"),
        },
    )


def _central(draw: Draw) -> Asked:
    h, slope, bend = draw.one_of([0.1, 0.5]), draw.one_of([2.0, -3.0, 5.0]), draw.one_of([1.0, 2.0])
    middle = draw.one_of([4.0, 6.0])
    up, down = middle + slope * h + bend * h * h, middle - slope * h + bend * h * h
    return Asked(
        N_(
            "At w the loss is {middle}; at w + {h} it is {up}, at w − {h} it is {down}. What is the central difference?"
        ),
        slope,
        N_("Difference of the two nudged losses, divided by 2 × {h}."),
        {"middle": middle, "h": h, "up": round(up, 4), "down": round(down, 4)},
        slips={
            slope + bend * h: N_("That is the difference to the right only."),
            2 * slope: N_("The two places are 2h apart."),
            2 * slope * h: N_("That is the difference: divide by the way between."),
        },
        tolerance=0.005,
    )


def _limit(draw: Draw) -> Asked:
    low, high = draw.one_of([0.1, 0.5]), draw.one_of([4.0, 5.0, 8.0, 10.0])
    return Asked(
        N_("A bowl has the curvatures {low} and {high}. Above which learning rate does gradient descent diverge?"),
        2 / high,
        N_("Above 2/λ_max: the steepest direction is the first to diverge."),
        {"low": low, "high": high},
        slips={
            2 / low: N_("That is the limit of the flat direction; the steep one diverges long before."),
            1 / high: N_("That one arrives in a single step along the steep direction."),
            2 / (low + high): N_("That is the quickest rate."),
        },
    )


def _left(draw: Draw) -> Asked:
    curvature, rate, steps = draw.one_of([1.0, 2.0]), draw.one_of([0.1, 0.25]), draw.one_of([2, 3, 4])
    factor = 1 - rate * curvature
    return Asked(
        N_("Curvature {curvature}, learning rate {rate}. Which share of the distance is left after {steps} steps?"),
        factor**steps,
        N_("Each step multiplies the distance by 1 − ηλ = {factor}."),
        {"curvature": curvature, "rate": rate, "steps": steps, "factor": round(factor, 4)},
        slips={
            factor: N_("That is after one step."),
            1 - steps * rate * curvature: N_("The factors of the steps are multiplied."),
            1 - factor**steps: N_("That is what is gone; the question is for what is left."),
        },
    )


def _quickest(draw: Draw) -> Asked:
    low, high = draw.one_of([1.0, 2.0]), draw.one_of([9.0, 18.0])
    return Asked(
        N_("The curvatures of a bowl are {low} and {high}. Which learning rate makes the slowest direction quickest?"),
        2 / (low + high),
        N_("2/(λ_min + λ_max): both directions then shrink by the same factor."),
        {"low": low, "high": high},
        slips={
            2 / high: N_("That is the limit: the steep direction jumps back and forth forever."),
            1 / high: N_("Safe, but the flat direction is slower than it need be."),
            1 / (low + high): N_("Twice that: the mean of both curvatures stands below."),
        },
    )


def _steps(draw: Draw) -> Asked:
    count, size = draw.one_of([1000, 500]), draw.one_of([32, 64, 60])
    return Asked(
        N_("{count} samples, batches of {size}. How many steps are taken in one epoch?"),
        float(math.ceil(count / size)),
        N_("Each sample once: {count} divided by {size}, rounded up, because the last batch is smaller."),
        {"count": count, "size": size},
        slips={
            float(count // size): N_("The last, smaller batch is a step, too."),
            float(count): N_("That is batch size 1."),
        },
        tolerance=1e-6,
    )


def _noise(draw: Draw) -> Asked:
    times = draw.one_of([4, 9, 16, 100])
    return Asked(
        N_("The batch is made {times} times as large. By which factor does the noise of the gradient become smaller?"),
        math.sqrt(times),
        N_("A mean of B samples is off by a share of 1/√B, so the noise falls with the root."),
        {"times": times},
        slips={float(times): N_("So much more does the step cost; the noise falls only with the root.")},
    )


_SIGNS = (
    N_("the learning rate is too large"),
    N_("the sign of the step is wrong"),
    N_("the learning rate is too small"),
)
_CASES = {
    N_("the loss grows from the first step on, and with a rate a thousand times smaller it grows, too"): (
        _SIGNS[1],
        N_("A step short enough goes down if it goes against the gradient: so it goes with it."),
    ),
    N_("the loss grows without end, and with a rate ten times smaller it falls"): (
        _SIGNS[0],
        N_("Above 2/λ_max each step lands higher; below, it falls."),
    ),
    N_("the loss falls smoothly, by a thousandth of itself in each step"): (
        _SIGNS[2],
        N_("No jumps, no zigzag, little progress: the steps may be longer."),
    ),
}


def _what_is_wrong(draw: Draw) -> Asked:
    case = draw.one_of(list(_CASES))
    answer, why = _CASES[case]
    return Asked(
        N_("You see: {case}. What is the likely cause?"),
        answer,
        why,
        {"case": case},
        options=tuple(draw.some_of(_SIGNS, 3)),
        slips={_SIGNS[0]: N_("Then a smaller rate would help.")} if answer == _SIGNS[1] else {},
    )


QUESTIONS = (
    Question("06.one step", _one_step),
    Question("06.central difference", _central),
    Question("06.limit", _limit),
    Question("06.what is left", _left),
    Question("06.quickest rate", _quickest),
    Question("06.steps of an epoch", _steps),
    Question("06.noise of a batch", _noise),
    Question("06.what is wrong", _what_is_wrong),
)
