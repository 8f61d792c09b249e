"""Questions to recall of chapter 02, the neuron. Its exercises are in `nnlab.course.chapter_02_neuron`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _sum(draw: Draw) -> Asked:
    (w1, w2), (x1, x2) = draw.some_of([2, -3, 4], 2), draw.some_of([1, 3, 5], 2)
    b = draw.one_of([-7, 6, 8])
    return Asked(
        N_("A neuron has the weights {w} and the bias {b}. What is z for the sample {x}?"),
        float(w1 * x1 + w2 * x2 + b),
        N_("Each weight times its feature, added up, and the bias: {w1} · {x1} + {w2} · {x2} + {b}."),
        {"w": [w1, w2], "b": b, "x": [x1, x2], "w1": w1, "w2": w2, "x1": x1, "x2": x2},
        slips={
            float(w1 * x1 + w2 * x2): N_("There the bias is missing."),
            float(w1 * x1 + w2 * x2 - b): N_("The bias is added; a threshold would be subtracted."),
            float(w1 * x2 + w2 * x1 + b): N_("The weights met the wrong features."),
        },
        tolerance=1e-6,
    )


_TRIPLES = ([3, 4, 5], [-4, 3, 5], [6, -8, 10], [5, 12, 13])


def _origin(draw: Draw) -> Asked:
    w1, w2, length = draw.one_of(_TRIPLES)
    times = draw.one_of([2, 3, 4])
    b = -times * length
    return Asked(
        N_("Weights {w}, bias {b}. From the origin, walk in the direction of w: after how far do you cross the line?"),
        float(times),
        N_("After −b / |w|, and |w| is {length}."),
        {"w": [w1, w2], "b": b, "length": length},
        slips={
            float(-b): N_("That is −b; the length of w is still missing."),
            float(-times): N_("The sign: where b is negative, the line lies in the direction of w."),
            float(-b) / length**2: N_("You divided by the square of the length."),
        },
        tolerance=1e-6,
    )


def _distance(draw: Draw) -> Asked:
    w1, w2, length = draw.one_of(_TRIPLES)
    z = draw.one_of([-2, -1, 2, 3]) * length
    return Asked(
        N_("For some sample a neuron with weights {w} has z = {z}. What is the sample's signed distance to the line?"),
        z / length,
        N_("z divided by the length of w, which is {length}."),
        {"w": [w1, w2], "z": z, "length": length},
        slips={
            float(z): N_("z is a distance only where the length of w is 1."),
            abs(z / length): N_("The size is right, but the distance has a sign, that of z."),
            z / length**2: N_("You divided by the square of the length."),
            z / (abs(w1) + abs(w2)): N_("The length is the root of the sum of the squares, not the sum of the sizes."),
        },
        tolerance=1e-6,
    )


_CHANGES = (
    N_("the line stays, and the step across it gets sharper"),
    N_("the line moves away from the origin"),
    N_("the line turns"),
    N_("the line stays, and its sides change places"),
)


def _scaled(draw: Draw) -> Asked:
    factor = draw.one_of([2, 3, 5, -1])
    return Asked(
        N_("All weights and the bias of a neuron with a sigmoid are multiplied by {factor}. What happens?"),
        _CHANGES[3] if factor < 0 else _CHANGES[0],
        N_("Where z was 0 it is 0 again. Every other z, and with it the answer, changes."),
        {"factor": factor},
        options=tuple(draw.some_of(_CHANGES, 4)),
        slips={
            _CHANGES[1]: N_("−b / |w| keeps its size: the factor cancels, up to its sign."),
            _CHANGES[2]: N_("The line stays at right angles to w, and w keeps its direction, or turns right round."),
        },
    )


def _margin(draw: Draw) -> Asked:
    near, far, other = draw.one_of([0.2, 0.3]), draw.one_of([1.1, 1.4]), draw.one_of([0.5, 0.7])
    return Asked(
        N_("Signed distances {d}, labels {y}. What is the margin?"),
        near,
        N_("For class 0 the sign is turned: all are right, and the nearest of them lies {near} from the line."),
        {"d": [far, -near, other, -far], "y": [1, 0, 1, 0], "near": near},
        slips={
            -far: N_("Class 0 belongs on the negative side: turn its signs before you take the smallest."),
            -near: N_("Class 0 belongs on the negative side: there this one is right."),
            other: N_("Samples of class 0 count, too."),
            far: N_("That is the farthest; the nearest decides."),
        },
        tolerance=1e-6,
    )


def _bias(draw: Draw) -> Asked:
    threshold = draw.one_of([3, 7, 12, -4])
    return Asked(
        N_("A neuron should say 1 as soon as its weighted sum w · x reaches {threshold}. What is its bias?"),
        float(-threshold),
        N_("w · x + b is 0 where w · x is −b: the bias is minus the threshold."),
        {"threshold": threshold},
        slips={float(threshold): N_("That is the threshold; the bias has the other sign.")},
        tolerance=1e-6,
    )


def _step(draw: Draw) -> Asked:
    a, rate, x = draw.one_of([0.2, 0.4, 0.7, 0.9]), draw.one_of([0.1, 0.5]), draw.one_of([2, 4, -5])
    y = draw.one_of([0, 1])
    move = rate * (y - a) * x
    return Asked(
        N_("Label {y}, answer {a}, learning rate {rate}. By how much does the weight of an input x = {x} move?"),
        move,
        N_("Learning rate times error times input, and the error is {y} − {a}."),
        {"y": y, "a": a, "rate": rate, "x": x},
        slips={
            -move: N_("The sign: the error is label minus answer."),
            rate * (y - a): N_("That is the step of the bias; the input is missing."),
            (y - a) * x: N_("The learning rate is missing."),
        },
    )


def _odds(draw: Draw) -> Asked:
    odds = draw.one_of([1, 3, 4, 9])
    return Asked(
        N_("A neuron with a sigmoid gives a sample the odds {odds} to 1 for a one. What is its answer a?"),
        odds / (1 + odds),
        N_("Odds are a / (1 − a), so a = odds / (1 + odds)."),
        {"odds": odds},
        slips={float(odds): N_("Those are the odds."), 1 / (1 + odds): N_("That is 1 − a, the probability of no.")},
        tolerance=0.01,
    )


def _windows(draw: Draw) -> Asked:
    length, size = draw.one_of([20, 50, 100]), draw.one_of([3, 5, 9])
    return Asked(
        N_("A filter with {size} weights is slid along a series of {length} numbers. How many answers does it give?"),
        float(length - size + 1),
        N_("{length} − {size} + 1: the last window begins {size} numbers before the end."),
        {"length": length, "size": size},
        slips={
            float(length): N_("Near the end there are not enough numbers left for all weights."),
            float(length - size): N_("One more: count the windows of 3 in a series of 3."),
        },
        tolerance=1e-6,
    )


def _unit(draw: Draw) -> Asked:
    weight, factor = draw.one_of([0.3, -0.6, 2.0]), draw.one_of([10, 100, 1000])
    return Asked(
        N_(
            "A feature with the weight {weight} now comes in smaller units, its numbers {factor} times as large. "
            "Which weight fits?"
        ),
        weight / factor,
        N_("Weight times feature has to stay the same, so the weight is divided by {factor}."),
        {"weight": weight, "factor": factor},
        slips={
            weight * factor: N_("Then the product would grow by the square of the factor."),
            weight: N_("Then the product would be {factor} times as large."),
        },
    )


QUESTIONS = (
    Question("02.weighted sum", _sum),
    Question("02.line and origin", _origin),
    Question("02.signed distance", _distance),
    Question("02.all multiplied", _scaled),
    Question("02.margin", _margin),
    Question("02.bias and threshold", _bias),
    Question("02.delta rule", _step),
    Question("02.odds", _odds),
    Question("02.number of windows", _windows),
    Question("02.unit of a weight", _unit),
)
