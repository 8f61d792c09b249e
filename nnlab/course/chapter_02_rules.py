"""Exercises of chapter 02 on margin, learning and filters: 2.4 to 2.6. See `nnlab.course.chapter_02_neuron`, too.

The references are written as a learner would write them: their source is the solution that is shown.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake, Size
from nnlab.language import N_


def margin(x: Array, y: Array, w: Array, b: float) -> float:
    """Give the smallest distance of a sample from the line, negative if one is wrong."""
    distance = (x @ w + b) / np.sqrt(np.sum(w**2))
    signs = 2 * y - 1
    return float(np.min(signs * distance))


def _distances(x: Array, y: Array, w: Array, b: float) -> Array:
    return (2 * y - 1) * (x @ w + b) / np.sqrt(np.sum(w**2))


MARGIN = Exercise(
    number="2.4",
    name="margin",
    task=N_("Write margin(x, y, w, b): the smallest signed distance, counted positive where the neuron is right."),
    reference=margin,
    probes=(
        (np.array([[3.0]]), np.array([1.0]), np.array([2.0]), -1.0),
        (np.array([[3.0], [-2.0]]), np.array([1.0, 0.0]), np.array([2.0]), -1.0),
        (np.array([[3.0], [1.5], [0.5]]), np.array([1.0, 0.0, 0.0]), np.array([4.0]), -3.0),
        (np.array([[0, 0], [0, 1], [1, 0], [3, 4]]), np.array([0.0, 0.0, 0.0, 1.0]), np.array([6.0, 8.0]), -15.0),
        (np.array([[2.0, 1.0], [-1.0, 3.0], [0.0, -4.0]]), np.array([1.0, 1.0, 0.0]), np.array([3.0, 4.0]), 2.0),
    ),
    hints=(
        N_("Begin with the signed distances. For a sample of class 0, which sign should its distance have?"),
        N_("Multiply each distance by +1 where y is 1 and by −1 where y is 0. Then ask for the worst sample."),
        N_("2 * y − 1 gives the signs. Divide z by the length of w, multiply by the signs, and take np.min."),
    ),
    why=N_("One sample decides, the nearest or the most wrong one: the margin is negative as soon as one is wrong."),
    mistakes=(
        Mistake(
            "labels not turned",
            N_("You take the smallest distance as it is: samples of class 0 should lie on the negative side."),
            lambda x, _y, w, b: float(np.min((x @ w + b) / np.sqrt(np.sum(w**2)))),
        ),
        Mistake(
            "multiplied by 0 and 1",
            N_("You multiply by the labels 0 and 1, so that class 0 always gives 0. Turn them into −1 and +1 first."),
            lambda x, y, w, b: float(np.min(y * (x @ w + b) / np.sqrt(np.sum(w**2)))),
        ),
        Mistake(
            "wrong side ignored",
            N_("You take sizes without signs: a sample on the wrong side counts as if it were right."),
            lambda x, _y, w, b: float(np.min(np.abs(x @ w + b) / np.sqrt(np.sum(w**2)))),
        ),
        Mistake(
            "length forgotten",
            N_("You give the smallest signed z. For a distance, divide by the length of w."),
            lambda x, y, w, b: float(np.min((2 * y - 1) * (x @ w + b))),
        ),
        Mistake(
            "squared length",
            N_("You divide by the sum of the squares. The length of w is the root of it."),
            lambda x, y, w, b: float(np.min((2 * y - 1) * (x @ w + b)) / np.sum(w**2)),
        ),
        Mistake(
            "bias forgotten",
            N_("The bias is missing: you measure from a line through the origin."),
            lambda x, y, w, _b: float(np.min((2 * y - 1) * (x @ w)) / np.sqrt(np.sum(w**2))),
        ),
        Mistake(
            "largest",
            N_("You give the largest distance. The margin is that of the worst sample: the smallest."),
            lambda x, y, w, b: float(np.max(_distances(x, y, w, b))),
        ),
        Mistake(
            "mean",
            N_("You give the mean distance. The margin is the smallest one: one sample decides."),
            lambda x, y, w, b: float(np.mean(_distances(x, y, w, b))),
        ),
        Mistake(
            "all distances",
            N_("You give the distances of all samples. The last step is missing: the smallest of them."),
            _distances,
        ),
        Mistake(
            "classes exchanged",
            N_("Your signs are turned round: class 1 should lie on the positive side, class 0 on the negative one."),
            lambda x, y, w, b: float(np.min(-_distances(x, y, w, b))),
        ),
        Mistake(
            "never negative",
            N_("You cut off below 0. A negative margin is a message: by how far the worst sample is wrong."),
            lambda x, y, w, b: max(0.0, float(np.min(_distances(x, y, w, b)))),
        ),
    ),
    covered={"negatives lost": "never negative"},
)


def delta_step(w: Array, b: float, x: Array, y: float, learning_rate: float) -> tuple[Array, float]:
    """Give the new (w, b) after one sample x (D,) with label y."""
    a = 1 / (1 + np.exp(-(x @ w + b)))
    error = y - a
    return w + learning_rate * error * x, float(b + learning_rate * error)


def _answer(w: Array, b: float, x: Array) -> float:
    return float(1 / (1 + np.exp(-(x @ w + b))))


def _moved(w: Array, b: float, x: Array, by: float) -> tuple[Array, float]:
    return w + by * x, b + by


DELTA_STEP = Exercise(
    number="2.5",
    name="delta_step",
    task=N_("Write delta_step(w, b, x, y, learning_rate): weights and bias after one sample, with a sigmoid."),
    reference=delta_step,
    parts=("w", "b"),
    probes=(
        (np.array([0.0]), 0.0, np.array([2.0]), 1.0, 0.5),
        (np.array([1.5]), 0.5, np.array([-3.0]), 1.0, 0.1),
        (np.array([1.0, -2.0]), 0.25, np.array([2.0, 0.5]), 0.0, 0.2),
        (np.array([1, -1]), 1.0, np.array([3, 1]), 0.0, 0.5),
        (np.array([0.5, 1.0, -1.5]), -0.25, np.array([1.0, -2.0, 0.5]), 1.0, 2.0),
    ),
    hints=(
        N_("Three lines: the answer a of the neuron to this sample, the error, and the new weights and bias."),
        N_("The error is the label minus the answer. Each weight moves by learning rate, error and its own input."),
        N_("Add learning_rate * error * x to w. The bias is the weight of an input 1: add learning_rate * error."),
    ),
    why=N_("Answers too low raise the weights of positive inputs, answers too high lower them, each by its share."),
    mistakes=(
        Mistake(
            "wrong way",
            N_("Both move the wrong way. The error is label minus answer, and the step is added."),
            lambda w, b, x, y, rate: _moved(w, b, x, -rate * (y - _answer(w, b, x))),
        ),
        Mistake(
            "perceptron",
            N_("You compare the label with a hard step. Here the soft answer a of the sigmoid counts."),
            lambda w, b, x, y, rate: _moved(w, b, x, rate * (y - (x @ w + b >= 0))),
        ),
        Mistake(
            "no bend",
            N_("You take z for the answer. The error is y minus a, and a is the sigmoid of z."),
            lambda w, b, x, y, rate: _moved(w, b, x, rate * (y - (x @ w + b))),
        ),
        Mistake(
            "slope",
            N_("You multiply by a * (1 − a) as well. Other rules do (chapter 05); here it is error times input."),
            lambda w, b, x, y, rate: _moved(
                w, b, x, rate * (y - _answer(w, b, x)) * _answer(w, b, x) * (1 - _answer(w, b, x))
            ),
        ),
        Mistake(
            "bias stays",
            N_("w is right. But the bias moves, too: by learning_rate * error, as if its input were 1."),
            lambda w, b, x, y, rate: (w + rate * (y - _answer(w, b, x)) * x, b),
        ),
        Mistake(
            "input forgotten",
            N_("b is right. But each weight moves by the error times its own input: x is missing in w."),
            lambda w, b, x, y, rate: (w + rate * (y - _answer(w, b, x)), b + rate * (y - _answer(w, b, x))),
        ),
        Mistake(
            "learning rate forgotten",
            N_("The learning rate is missing: your steps are as long as the error itself."),
            lambda w, b, x, y, _rate: _moved(w, b, x, y - _answer(w, b, x)),
        ),
        Mistake(
            "only the step",
            N_("You give the steps alone. Add them to the old weights and to the old bias."),
            lambda w, b, x, y, rate: (rate * (y - _answer(w, b, x)) * x, rate * (y - _answer(w, b, x))),
        ),
        Mistake(
            "bias not in the answer",
            N_("In the answer a the bias is forgotten: z is x @ w + b."),
            lambda w, b, x, y, rate: _moved(w, b, x, rate * (y - _answer(w, 0.0, x))),
        ),
        Mistake(
            "bias after the weights",
            N_(
                "w is right. For b you compute the answer anew, with the new weights. Both steps belong to the same "
                "answer: compute the error once."
            ),
            lambda w, b, x, y, rate: (
                v := w + rate * (y - _answer(w, b, x)) * x,
                b + rate * (y - _answer(v, b, x)),
            ),
        ),
    ),
)


def slide(series: Array, w: Array) -> Array:
    """Give the sums (T - K + 1,) of weights w (K,) at each place of a series (T,)."""
    windows = np.lib.stride_tricks.sliding_window_view(series, len(w))
    return windows @ w


def _padded(series: Array, w: Array) -> Array:
    return np.array([w @ np.resize(np.append(series, np.zeros(len(w)))[k:], len(w)) for k in range(len(series))])


SLIDE = Exercise(
    number="2.6",
    name="slide",
    task=N_("Write slide(series, w): the weighted sum at each place where all weights have a number under them."),
    reference=slide,
    probes=(
        (np.array([2.0, 5.0]), np.array([1.0, 3.0])),
        (np.array([1.0, 4.0, 9.0]), np.array([-1.0, 2.0])),
        (np.array([1, 0, 2, -3, 5]), np.array([1.0, 2.0, -4.0])),
        (np.array([0.5, 2.0, -1.0, 3.0, 1.5, 4.0]), np.array([2.0])),
        (np.array([2.0, -1.0, 4.0, 0.5, 3.0, 7.0, -2.0]), np.array([0.5, -1.5, 2.0, 1.0])),
    ),
    hints=(
        N_("With 5 numbers and 3 weights there are 3 places: 0 to 2, 1 to 3, 2 to 4."),
        N_("Make the table of windows, a row for each place. What does a table give when multiplied by w?"),
        N_("np.lib.stride_tricks.sliding_window_view(series, len(w)) is that table. Multiply it by w, with @."),
    ),
    why=N_(
        "Each window is a sample, so a filter is one neuron that answers to a table; a loop over places does as well."
    ),
    mistakes=(
        Mistake(
            "weights turned round",
            N_(
                "Your weights run backwards. That is what mathematicians call convolution, and np.convolve does it; a "
                "neuron multiplies the first number of the window by the first weight."
            ),
            lambda series, w: np.convolve(series, w, "valid"),
        ),
        Mistake(
            "past the end",
            N_("You go on past the end, with zeros under some of the weights. Stop at the last full window."),
            _padded,
        ),
        Mistake(
            "as long as the series",
            N_("Your result is as long as the series: zeros were put on both sides. Only full windows count."),
            lambda series, w: np.correlate(series, w, "same") if len(w) > 1 else series * w,
        ),
        Mistake(
            "one window missing",
            N_("The last window is missing: there are T − K + 1 places, not T − K."),
            lambda series, w: slide(series, w)[:-1],
        ),
        Mistake(
            "windows do not overlap",
            N_("Your window jumps by its own length. It moves on by one number at a time."),
            lambda series, w: slide(series, w)[:: len(w)],
        ),
        Mistake(
            "weights not applied",
            N_("You add up the windows without their weights."),
            lambda series, w: slide(series, np.ones(len(w))),
        ),
        Mistake(
            "products not added",
            N_("You multiply number by number, with *, and do not add up: each window has one sum. Use @."),
            lambda series, w: np.lib.stride_tricks.sliding_window_view(series, len(w)) * w,
        ),
        Mistake(
            "first window missing",
            N_("The first window is missing: it begins with the number at place 0."),
            lambda series, w: slide(series, w)[1:],
        ),
        Mistake(
            "divided by the weights' number",
            N_("You take the mean of the products. A weighted sum adds them: leave the division out."),
            lambda series, w: slide(series, w) / len(w),
        ),
    ),
    sizes=(Size("K", N_("the number of weights"), lambda _series, w: len(w)),),
    covered={"extra 1/K": "divided by the weights' number"},
)

EXERCISES = (MARGIN, DELTA_STEP, SLIDE)
