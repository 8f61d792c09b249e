"""Questions to recall of chapter 01, neurons to deep learning. Its exercises: `nnlab.course.chapter_01_units`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _sum_of_a_unit(draw: Draw) -> Asked:
    w1, w2, b = draw.one_of([2, 3, 4]), -draw.one_of([1, 2, 5]), -draw.one_of([1, 3, 6])
    x1, x2 = draw.one_of([2, 3, 5]), draw.one_of([1, 2, 4])
    z = w1 * x1 + w2 * x2 + b
    return Asked(
        N_("A unit has the weights {w1} and {w2} and the bias {b}. What is its z for the inputs {x1} and {x2}?"),
        float(z),
        N_("{w1} times {x1}, plus {w2} times {x2}, plus {b}."),
        {"w1": w1, "w2": w2, "b": b, "x1": x1, "x2": x2},
        slips={
            float(z - b): N_("The bias is missing."),
            float(z - 2 * b): N_("The bias is added, with its sign."),
            float(z >= 0): N_("That is what the unit says; z is the number before the threshold."),
        },
        tolerance=1e-6,
    )


def _threshold(draw: Draw) -> Asked:
    n = draw.one_of([4, 5, 6, 7])
    k = draw.one_of([2, 3])
    return Asked(
        N_(
            "A unit has {n} inputs, each 0 or 1, and all weights are 1. Its bias is {b}. From how many ones on is it 1?"
        ),
        float(k),
        N_("The sum counts the ones; z is 0 or more when it reaches {k}, the next whole number from {low} on."),
        {"n": n, "b": -(k - 0.5), "k": k, "low": k - 0.5},
        slips={k - 0.5: N_("Ones are counted in whole numbers."), float(k - 1): N_("Then z is still below 0.")},
        tolerance=1e-6,
    )


def _corrected_weight(draw: Draw) -> Asked:
    w, x, rate = draw.one_of([4, 5, 7]), draw.one_of([2, 3]), draw.one_of([0.5, 2.0])
    label = draw.one_of([0, 1])
    sign = 1 if label else -1
    return Asked(
        N_(
            "A perceptron with learning rate {rate} says {said} to a sample with label {label}. A weight was {w}, its "
            "input is {x}. What is it afterwards?"
        ),
        w + sign * rate * x,
        N_("The difference {label} − {said} times {rate} times {x} is added."),
        {"said": 1 - label, "label": label, "w": w, "x": x, "rate": rate},
        slips={
            w - sign * rate * x: N_("That goes the wrong way: the difference is label minus answer."),
            float(w + sign * x): N_("The learning rate is missing."),
            float(w + sign * rate): N_("That is how a bias is corrected: the input is missing."),
            float(w): N_("The answer was wrong, so there is a correction."),
        },
        tolerance=1e-6,
    )


def _right_answer(draw: Draw) -> Asked:
    b, label = draw.one_of([-3, -1, 2, 4]), draw.one_of([0, 1])
    return Asked(
        N_("A perceptron says {label} to a sample with label {label}. Its bias was {b}. What is it afterwards?"),
        float(b),
        N_("Only mistakes are corrected."),
        {"label": label, "b": b},
        slips={float(b + label): N_("That adds the label."), b + 1.0: N_("That would correct a right answer.")},
        tolerance=1e-6,
    )


def _novikoff(draw: Draw) -> Asked:
    radius, margin = draw.one_of([2, 3, 4]), draw.one_of([0.5, 0.2, 0.1])
    return Asked(
        N_(
            "No sample is longer than R = {radius}, and a line keeps the margin {margin}. How many corrections at most?"
        ),
        (radius / margin) ** 2,
        N_("Novikoff's bound is ({radius} / {margin}) squared."),
        {"radius": radius, "margin": margin},
        slips={
            radius / margin: N_("The ratio is squared."),
            radius**2 / margin: N_("The margin is squared as well."),
        },
    )


def _larger_rate(draw: Draw) -> Asked:
    count, factor = draw.one_of([7, 11, 16]), draw.one_of([2, 4, 8])
    return Asked(
        N_("From zero weights a perceptron needs {count} corrections. How many with {factor} times the learning rate?"),
        float(count),
        N_("All weights are {factor} times as large at each moment, and the sign of z, which decides, is the same."),
        {"count": count, "factor": factor},
        slips={count / factor: N_("The steps are larger, but so are the weights that they have to turn.")},
        tolerance=1e-6,
    )


_PATTERNS = {(0, 0, 0, 1): 4, (0, 1, 1, 1): 4, (1, 1, 1, 0): 4, (0, 1, 1, 0): 3, (1, 0, 0, 1): 3, (1, 0, 0, 0): 4}


def _best_line(draw: Draw) -> Asked:
    pattern = draw.one_of(list(_PATTERNS))
    most = _PATTERNS[pattern]
    return Asked(
        N_("For (0, 0), (0, 1), (1, 0) and (1, 1) the labels are {labels}. How many can one unit get right at most?"),
        float(most),
        N_("Equal labels stand on the same diagonal: that is XOR or its opposite, and a line gets three of the four.")
        if most == 3
        else N_("One corner is unlike the three others, and a line can cut off any corner."),
        {"labels": list(pattern)},
        slips={
            2.0: N_("A line does better than tossing a coin."),
            7.0 - most: N_("Draw the four corners: do equal labels stand on the same diagonal?"),
        },
        tolerance=1e-6,
    )


def _parameters(draw: Draw) -> Asked:
    d, h = draw.one_of([2, 3, 10]), draw.one_of([4, 5, 8])
    total = d * h + h + h + 1
    return Asked(
        N_(
            "A network has {d} inputs, one hidden layer of {h} units, and one output unit. How many weights and biases?"
        ),
        float(total),
        N_("Hidden: {d} · {h} weights and {h} biases. Output: {h} weights and 1 bias."),
        {"d": d, "h": h},
        slips={
            float(d * h + h): N_("The biases are missing, or the output unit."),
            float(total - 1): N_("The output unit has a bias, too."),
            float(d * h + h + 1): N_("The output unit has a weight for each hidden unit."),
        },
        tolerance=1e-6,
    )


_FIELDS = (
    N_("artificial intelligence, but not machine learning"),
    N_("machine learning, but not deep learning"),
    N_("deep learning"),
)
_PROGRAMS = {
    N_("plays chess by looking ahead, with the worth of each piece set by its author"): (
        _FIELDS[0],
        N_("Nothing in it comes from data."),
    ),
    N_("tells spam by how often 20 chosen words occur, with weights found from labeled mails"): (
        _FIELDS[1],
        N_("The weights come from data, but the features were chosen by hand."),
    ),
    N_("recognizes voices by ten layers trained on the raw sound"): (
        _FIELDS[2],
        N_("The features are learned as well, layer by layer."),
    ),
}


def _field(draw: Draw) -> Asked:
    program = draw.one_of(list(_PROGRAMS))
    answer, why = _PROGRAMS[program]
    return Asked(
        N_("A program {program}. What is it?"), answer, why, {"program": program}, options=_FIELDS,
        slips={option: N_("Ask what was learned: nothing, the weights, or the features, too?")
               for option in _FIELDS if option != answer},
    )  # fmt: skip


QUESTIONS = (
    Question("01.sum of a unit", _sum_of_a_unit),
    Question("01.threshold", _threshold),
    Question("01.corrected weight", _corrected_weight),
    Question("01.right answer", _right_answer),
    Question("01.novikoff", _novikoff),
    Question("01.larger rate", _larger_rate),
    Question("01.best line", _best_line),
    Question("01.parameters", _parameters),
    Question("01.field", _field),
)
