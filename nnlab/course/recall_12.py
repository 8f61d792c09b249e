"""Questions to recall of chapter 12, handwritten digits. Its exercises are in `nnlab.course.chapter_12_images`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _parameters(draw: Draw) -> Asked:
    side, units, classes = draw.one_of([8, 10, 20]), draw.one_of([16, 32, 50]), draw.one_of([5, 10])
    pixels = side * side
    right = pixels * units + units + units * classes + classes
    return Asked(
        N_(
            "Images of {side} × {side} pixels go into a dense layer of {units} units, then into one of {classes}. How "
            "many parameters are there?"
        ),
        float(right),
        N_("Weights: inputs times units in each layer. Biases: one for each unit of both layers."),
        {"side": side, "units": units, "classes": classes},
        slips={
            float(right - units - classes): N_("The biases are missing."),
            float(right + pixels): N_("The pixels are numbers that go in: they have no biases."),
            float(side * units + units + units * classes + classes): N_("An image has side times side pixels."),
        },
        tolerance=1e-6,
    )


def _steps(draw: Draw) -> Asked:
    images, batch, epochs = draw.one_of([1600, 3200, 9600]), draw.one_of([32, 64]), draw.one_of([3, 5, 8])
    return Asked(
        N_("{images} images, {batch} a step: how many steps are {epochs} epochs?"),
        float(images // batch * epochs),
        N_("One epoch is images divided by batch size steps."),
        {"images": images, "batch": batch, "epochs": epochs},
        slips={
            float(images // batch): N_("That is one epoch."),
            float(images * epochs): N_("A step takes a whole batch."),
        },
        tolerance=1e-6,
    )


def _guessing(draw: Draw) -> Asked:
    classes = draw.one_of([4, 5, 8, 26])
    return Asked(
        N_("A network knows nothing and gives each of {classes} classes the same probability. What is its loss?"),
        math.log(classes),
        N_("Cross-entropy is -log of the probability of the truth: -log(1/{classes}) = log {classes}."),
        {"classes": classes},
        slips={
            1 / classes: N_("That is the probability. The loss is minus its logarithm."),
            math.log2(classes): N_("That is the logarithm with base 2."),
            math.log10(classes): N_("That is the logarithm with base 10."),
        },
        tolerance=0.02,
    )


def _error(draw: Draw) -> Asked:
    tested, percent = draw.one_of([400, 900, 1600, 2500]), draw.one_of([80, 90, 95])
    p = percent / 100
    error = 100 * math.sqrt(p * (1 - p) / tested)
    return Asked(
        N_("{percent} % of {tested} test images are right. How many percentage points is the standard error?"),
        error,
        N_("It is 100 times the square root of p(1 - p)/N, with p = {percent}/100 and N = {tested}."),
        {"percent": percent, "tested": tested},
        slips={
            error / 100: N_("That is the share. In percentage points it is 100 times as much."),
            100 * p * (1 - p) / tested: N_("The square root is missing."),
            100 * math.sqrt(p * (1 - p)): N_("That is the spread of one answer: divide by √N."),
        },
        tolerance=0.03,
    )


def _score(draw: Draw) -> Asked:
    a, w = draw.one_of([2, 3, 4]), draw.one_of([0.5, 1.5, 2.0])
    b, v = draw.one_of([1, 5]), draw.one_of([-1.0, -0.5])
    bias = draw.one_of([0.25, -0.25])
    return Asked(
        N_(
            "Two hidden units have the activations {a} and {b} and the weights {w} and {v} to digit 3, whose bias is "
            "{bias}. What is its score?"
        ),
        a * w + b * v + bias,
        N_("Each unit contributes activation times weight; the contributions and the bias add up to the score."),
        {"a": a, "b": b, "w": w, "v": v, "bias": bias},
        slips={
            a * w + b * v: N_("The bias is missing."),
            a * w - b * v + bias: N_("The second unit speaks against the digit: its contribution is negative."),
        },
        tolerance=1e-3,
    )


_ANSWERS = (N_("the scale of the inputs"), N_("the number of units"), N_("the batch size"), N_("the test data"))
_SIGNS = {
    N_("the mean loss of the first epoch is 11, with ten classes"): (
        _ANSWERS[0],
        N_("A network that knows nothing has log 10 = 2.3. Far above it, it starts certain and wrong."),
    ),
    N_("training stays at 60 % right, however many digits it gets"): (
        _ANSWERS[1],
        N_("It cannot even fit what it sees: more data will not help a network that is too small."),
    ),
    N_("twenty settings were tried, and the best test accuracy is reported"): (
        _ANSWERS[3],
        N_("The test set took part in the choice, so it cannot judge it any more."),
    ),
}


def _sign(draw: Draw) -> Asked:
    return which(
        draw,
        N_("What do you look at first: {case}?"),
        _SIGNS,
        _ANSWERS,
        {_ANSWERS[2]: N_("The batch size does not do that.")},
    )


def _diagonal(draw: Draw) -> Asked:
    classes = draw.one_of([3, 4, 5])
    each, off = draw.one_of([20, 30]), draw.one_of([1, 2])
    right = each - off * (classes - 1)
    return Asked(
        N_(
            "A confusion matrix of {classes} classes has {right} everywhere on its diagonal and {off} everywhere else. "
            "What is the accuracy?"
        ),
        right / each,
        N_("Right answers stand on the diagonal; all entries together are the number of samples."),
        {"classes": classes, "right": right, "off": off},
        slips={1 - right / each: N_("That is the share of wrong answers.")},
        tolerance=0.01,
    )


QUESTIONS = (
    Question("12.parameters", _parameters),
    Question("12.steps", _steps),
    Question("12.guessing", _guessing),
    Question("12.error", _error),
    Question("12.score", _score),
    Question("12.sign", _sign),
    Question("12.diagonal", _diagonal),
)
