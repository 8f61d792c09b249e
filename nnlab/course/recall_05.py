"""Questions to recall of chapter 05, loss functions. Its exercises are in `nnlab.course.chapter_05_numbers`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _mean_squared(draw: Draw) -> Asked:
    e = draw.some_of([-3, -2, 2, 4, 6], 3)
    squares = float(sum(each**2 for each in e))
    return Asked(
        N_("Three predictions are off by {e}. What is their mean squared error?"),
        squares / 3,
        N_("Square each error, add the squares, and divide by their number."),
        {"e": e},
        slips={
            squares: N_("That is the sum of the squares."),
            squares / 2: N_("That is half of the sum, another scaling."),
            sum(map(abs, e)) / 3: N_("That is the mean absolute error."),
            (sum(e) / 3) ** 2: N_("Square first, then take the mean."),
        },
    )


def _best_constant(draw: Draw) -> Asked:
    low, middle, high = draw.one_of([1, 2]), draw.one_of([4, 5]), draw.one_of([30, 45, 60])
    y = draw.some_of([low, middle, high], 3)
    return Asked(
        N_("The values are {y}. Which one number has the least mean absolute error?"),
        float(middle),
        N_("The median: as many values below it as above."),
        {"y": y},
        slips={
            sum(y) / 3: N_("That is the mean, which squared errors like best."),
            (low + high) / 2: N_("That is the middle of the range."),
        },
        tolerance=1e-6,
    )


def _huber_slope(draw: Draw) -> Asked:
    delta, e = draw.one_of([0.5, 1.5, 2.0]), draw.one_of([-7.0, -5.0, 4.0, 8.0])
    return Asked(
        N_("A prediction is off by e = {e}. What is the slope of the Huber loss there, if δ = {delta}?"),
        math.copysign(delta, e),
        N_("Beyond δ the loss is a straight line, and its slope is δ with the sign of the error."),
        {"e": e, "delta": delta},
        slips={
            e: N_("That holds only within δ."),
            2 * e: N_("That is the slope of the squared error."),
            math.copysign(1.0, e): N_("That is the slope of the absolute error."),
            -math.copysign(delta, e): N_("Look at the sign: the loss falls towards the target."),
        },
    )


def _sigmoid_slope(draw: Draw) -> Asked:
    a, y = draw.one_of([0.1, 0.2, 0.7, 0.9]), draw.one_of([0, 1])
    return Asked(
        N_("A sigmoid says a = {a}, and the target is {y}. What is the slope of the cross-entropy against z?"),
        a - y,
        N_("With cross-entropy the slope of the sigmoid cancels: what is left is a − y."),
        {"a": a, "y": y},
        slips={
            y - a: N_("The sign is the other way round."),
            (a - y) * a * (1 - a): N_("The factor a(1 − a) cancels with cross-entropy."),
            2 * (a - y) * a * (1 - a): N_("That is the slope of the squared error."),
        },
    )


def _start(draw: Draw) -> Asked:
    k = draw.one_of([3, 4, 5, 8])
    return Asked(
        N_("A network has learned nothing and gives {k} classes the same probability. What is its cross-entropy?"),
        math.log(k),
        N_("The right class has the probability 1/{k}, and −log(1/{k}) = log {k}, with the natural logarithm."),
        {"k": k},
        slips={1 / k: N_("That is the probability of the right class."), math.log2(k): N_("That is with base 2.")},
    )


def _rates(draw: Draw) -> Asked:
    n, rate = draw.one_of([20, 50, 200]), draw.one_of([0.1, 0.2, 0.4])
    return Asked(
        N_("With the mean of {n} squared errors the rate {rate} is right. Which rate steps alike with ½ of the sum?"),
        2 * rate / n,
        N_("The gradient of ½ of the sum is {n}/2 times that of the mean, so its rate is as many times smaller."),
        {"n": n, "rate": rate},
        slips={
            rate * n / 2: N_("A longer gradient needs a smaller rate."),
            rate / n: N_("The 2 of the squared error is forgotten."),
            2 * rate: N_("That is the rate for the gradient of document C, section 4.3."),
        },
    )


_LOSSES = (N_("mean squared error"), N_("binary cross-entropy"), N_("categorical cross-entropy"), N_("Huber loss"))
_TASKS = {
    N_("whether an e-mail is spam, yes or no"): (
        _LOSSES[1],
        N_("One probability: Bernoulli, so binary cross-entropy."),
    ),
    N_("which of ten digits an image shows"): (_LOSSES[2], N_("One class of several: categorical cross-entropy.")),
    N_("a weight in kg, from data in which some weights are typing errors"): (
        _LOSSES[3],
        N_("A number, and outliers that must not pull too hard: the Huber loss bounds the slope."),
    ),
}


def _which(draw: Draw) -> Asked:
    return which(
        draw,
        N_("A network is to say: {case}. Which loss fits best?"),
        _TASKS,
        _LOSSES,
        {_LOSSES[0]: N_("Look at the kind of answer, and at what may be wrong with the data.")},
    )


def _broadcast(draw: Draw) -> Asked:
    n = draw.one_of([10, 20, 30])
    return Asked(
        N_("Targets have shape ({n},), predictions ({n}, 1). How many numbers does predictions − targets hold?"),
        float(n * n),
        N_("NumPy repeats the row and the column: each prediction meets each target. Give both the same shape."),
        {"n": n},
        slips={float(n): N_("So it should be, but a column and a row make a table.")},
        tolerance=1e-6,
    )


QUESTIONS = (
    Question("05.mean squared error", _mean_squared),
    Question("05.best constant", _best_constant),
    Question("05.huber slope", _huber_slope),
    Question("05.sigmoid slope", _sigmoid_slope),
    Question("05.first loss", _start),
    Question("05.rates", _rates),
    Question("05.which loss", _which),
    Question("05.shapes", _broadcast),
)
