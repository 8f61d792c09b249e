"""Questions to recall of chapter 03, activation functions. Its exercises are in `nnlab.course.chapter_03_functions`."""

from __future__ import annotations

import math

from nnlab.course.question import Asked, Draw, Question, which
from nnlab.language import N_


def _sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def _sigmoid_at_0(draw: Draw) -> Asked:
    w, x = draw.one_of([2, 3, 4, 5]), draw.one_of([2, 3, 4])
    return Asked(
        N_("A unit has the weight {w} and the bias {b}, its input is {x}, and it has a sigmoid. What does it give?"),
        0.5,
        N_("{w} times {x} plus {b} is 0, and sigmoid(0) = 1 / (1 + 1)."),
        {"w": w, "b": -w * x, "x": x},
        slips={0.0: N_("0 is what goes into the sigmoid."), 1.0: N_("e to the power of 0 is 1, but it stands below.")},
    )


def _slope_from_output(draw: Draw) -> Asked:
    a = draw.one_of([0.1, 0.2, 0.3, 0.7, 0.8, 0.9])
    return Asked(
        N_("A sigmoid gives a = {a}. How large is its slope there?"),
        a * (1 - a),
        N_("The slope is a(1 − a): no exp is needed when the output is known."),
        {"a": a},
        slips={
            1 - a**2: N_("1 − a² is the slope of tanh."),
            1 - a: N_("That is one of two factors."),
            _sigmoid(a) * (1 - _sigmoid(a)): N_("a is the output already; you took it for the input."),
        },
        tolerance=0.01,
    )


def _product_of_slopes(draw: Draw) -> Asked:
    n = draw.one_of([3, 4, 5, 6])
    return Asked(
        N_("A gradient goes back through {n} sigmoids. How large can the product of their slopes be, to two digits?"),
        0.25**n,
        N_("Each slope is ¼ at most, and {n} of them are multiplied."),
        {"n": n},
        slips={
            0.25 * n: N_("Slopes along a chain are multiplied, not added."),
            0.25: N_("That is one sigmoid."),
            0.5**n: N_("½ is the largest slope's place, a = ½; the slope there is ¼."),
        },
    )


def _leaky_relu(draw: Draw) -> Asked:
    slope, z = draw.one_of([0.1, 0.2, 0.3]), -draw.one_of([2, 3, 5, 8])
    return Asked(
        N_("A leaky ReLU has the slope {slope} below 0. What does it give for z = {z}?"),
        slope * z,
        N_("Below 0 it gives slope times z, which is below 0, too."),
        {"slope": slope, "z": z},
        slips={
            0.0: N_("That is the plain ReLU."),
            float(z): N_("Below 0, z does not pass unchanged."),
            slope: N_("That is the slope itself."),
            -slope * z: N_("The line goes on downwards below 0."),
        },
    )


_OUTPUTS = (N_("sigmoid"), N_("softmax"), N_("none: linear"), N_("ReLU"))
_TASKS = {
    N_("the probability that it rains tomorrow, yes or no"): (
        _OUTPUTS[0],
        N_("One probability needs one number between 0 and 1, and the sigmoid gives just that."),
    ),
    N_("which one of ten digits an image shows"): (
        _OUTPUTS[1],
        N_("Softmax gives one probability for each class, and together they are 1."),
    ),
    N_("tomorrow's temperature in °C"): (
        _OUTPUTS[2],
        N_("A temperature may be any number, also below 0: nothing may bend or bound it."),
    ),
}


def _output(draw: Draw) -> Asked:
    return which(
        draw,
        N_("A network is to say: {case}. Which activation belongs on its last layer?"),
        _TASKS,
        _OUTPUTS,
        {_OUTPUTS[3]: N_("A ReLU is bounded below only, and where it is off it learns nothing.")},
    )


def _dead_units(draw: Draw) -> Asked:
    dead = draw.one_of([1, 2, 3])
    columns = draw.some_of([[0, 0, 0]] * dead + [[0, 1, 0], [2, 0, 1], [0, 0, 3], [1, 4, 0]][: 5 - dead], 5)
    rows = [[column[row] for column in columns] for row in range(3)]
    zeros = sum(row.count(0) for row in rows)
    return Asked(
        N_("A layer of ReLU units gave a = {a}, a row for each sample. How many units look dead?"),
        float(dead),
        N_("A unit is a column: it looks dead if it is 0 in every row."),
        {"a": rows},
        slips={float(zeros): N_("That counts the zeros one by one."), float(5 - dead): N_("Those are alive.")},
    )


def _equal_scores(draw: Draw) -> Asked:
    count, score = draw.one_of([2, 4, 5]), draw.one_of([-3, 2, 7, 100])
    return Asked(
        N_("Softmax gets these scores: {z}. What is the first probability?"),
        1 / count,
        N_("Equal scores get equal shares of 1, whatever the scores are."),
        {"z": [score] * count},
        slips={float(score): N_("That is the score."), 1.0: N_("All of them together are 1.")},
    )


def _shifted_scores(draw: Draw) -> Asked:
    shift = draw.one_of([10, 100, 1000])
    return Asked(
        N_("softmax([1, 2]) is [0.27, 0.73], rounded. What is the second number of softmax({z})?"),
        0.73,
        N_("The same number on all scores of a row cancels: only differences count."),
        {"z": [1 + shift, 2 + shift]},
        slips={
            0.27: N_("That is the first one."),
            1.0: N_("The scores are large, but their difference is 1 as before."),
        },
    )


def _collapsed_bias(draw: Draw) -> Asked:
    w1, b1, w2, b2 = (draw.one_of(values) for values in ([2, 3], [1, 4], [5, 6], [2, 3]))
    return Asked(
        N_("z = {w1}x + {b1} goes into a second layer, {w2}z + {b2}, without a bend. Together: Wx + b. What is b?"),
        float(b1 * w2 + b2),
        N_("{w2} multiplies all of the first layer, its bias too: {w2} · {b1} + {b2}."),
        {"w1": w1, "b1": b1, "w2": w2, "b2": b2},
        slips={
            float(b1 + b2): N_("The first bias goes through the second layer: it is multiplied, too."),
            float(b2): N_("The first bias is lost there."),
            float(w1 * w2): N_("That is W."),
        },
        tolerance=1e-6,
    )


def _relu_backward(draw: Draw) -> Asked:
    z, gradient = draw.one_of([-1.5, -0.5, 0.5, 2.5]), draw.one_of([0.4, 0.8, 1.2])
    on = z > 0
    return Asked(
        N_("A ReLU got z = {z}. Going back, the gradient {gradient} arrives at its output. What leaves at its input?"),
        gradient if on else 0.0,
        N_("Above 0 its slope is 1, and the gradient passes unchanged.")
        if on
        else N_("Below 0 its slope is 0, and nothing passes."),
        {"z": z, "gradient": gradient},
        slips={gradient: N_("It passes only where the unit is on."), gradient * z: N_("The slope counts, not z.")},
    )


QUESTIONS = (
    Question("03.sigmoid at 0", _sigmoid_at_0),
    Question("03.slope from output", _slope_from_output),
    Question("03.product of slopes", _product_of_slopes),
    Question("03.leaky relu", _leaky_relu),
    Question("03.output layer", _output),
    Question("03.dead units", _dead_units),
    Question("03.equal scores", _equal_scores),
    Question("03.shifted scores", _shifted_scores),
    Question("03.collapsed bias", _collapsed_bias),
    Question("03.relu backward", _relu_backward),
)
