"""The self-test of chapter 00: what a learner needs before the course begins. There are five, so that all are asked.

Later chapters draw from them, too, as questions from earlier chapters. Each says where to refresh what it asks.
"""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _matrix_product(draw: Draw) -> Asked:
    n, d, h = draw.some_of([2, 3, 4, 5, 6, 7], 3)
    return Asked(
        N_("X has shape ({n}, {d}), and W has shape ({d}, {h}). How many numbers does X @ W hold?"),
        float(n * h),
        N_(
            "The inner sizes have to be equal, and vanish: ({n}, {d}) @ ({d}, {h}) is ({n}, {h}). To refresh: "
            "OpenStax, Precalculus 2e, section 9.5."
        ),
        {"n": n, "d": d, "h": h},
        slips={
            float(n * d * h): N_("That is how many multiplications it takes."),
            float(n * d): N_("That is how many X holds."),
            float(d * h): N_("That is how many W holds."),
            float(n + h): N_("A shape of two sizes holds their product."),
        },
        tolerance=1e-6,
    )


_ROWS = ([1, 4, 2], [3, 5, 0], [2, 7, 1], [6, 1, 8], [9, 2, 4])


def _sum_axis(draw: Draw) -> Asked:
    first, second = draw.some_of(_ROWS, 2)
    axis = draw.one_of([0, 1])
    down, along = [float(a + b) for a, b in zip(first, second, strict=True)], [float(sum(first)), float(sum(second))]
    right, other = (down, along) if axis == 0 else (along, down)
    return Asked(
        N_("x is the array {x}. What is x.sum(axis={axis})[1]?"),
        right[1],
        N_(
            "axis=0 goes down the rows, which leaves a sum for each column; axis=1 goes along each row. [1] is the "
            "second one. To refresh: “NumPy: the absolute basics for beginners”."
        ),
        {"x": [first, second], "axis": axis},
        slips={
            other[1]: N_("That is the other axis."),
            right[0]: N_("Counting begins at 0: [1] is the second."),
            sum(along): N_("That is the sum of all: without an axis."),
        },
        tolerance=1e-6,
    )


def _broadcasting(draw: Draw) -> Asked:
    n, d = draw.some_of([2, 3, 4, 5, 6], 2)
    return Asked(
        N_("x has shape ({n}, 1), and b has shape ({d},). How many numbers does x + b hold?"),
        float(n * d),
        N_(
            "Sizes are compared from the right, and a 1 is stretched: ({n}, 1) and ({d},) give ({n}, {d}). To refresh: "
            "“Broadcasting” in NumPy's user guide."
        ),
        {"n": n, "d": d},
        slips={
            float(n): N_("x is stretched to the right, too."),
            float(d): N_("b is laid over every row of x."),
            float(n + d): N_("Nothing is put in a row behind something else: the sizes multiply."),
        },
        tolerance=1e-6,
    )


def _derivative(draw: Draw) -> Asked:
    a, b, x = draw.one_of([2, 3, 4]), draw.one_of([5, 6, 7]), draw.one_of([2, 3, 5])
    return Asked(
        N_("f(x) = {a}x² + {b}x. How large is its derivative at x = {x}?"),
        float(2 * a * x + b),
        N_("The derivative is 2 · {a}x + {b}. To refresh: OpenStax, Calculus Volume 1, section 3.3."),
        {"a": a, "b": b, "x": x},
        slips={
            float(a * x**2 + b * x): N_("That is the value of f, not its slope."),
            float(2 * a * x): N_("The derivative of {b}x is {b}, not 0."),
            float(a * x + b): N_("The derivative of x² is 2x."),
            float(2 * a * x + b * x): N_("The derivative of {b}x is {b}: no x is left."),
        },
        tolerance=1e-6,
    )


def _chain_rule(draw: Draw) -> Asked:
    a, b, x = draw.one_of([3, 4, 5]), draw.one_of([1, 2, 4]), draw.one_of([1, 2, 3])
    inner = a * x + b
    return Asked(
        N_("y = u², and u = {a}x + {b}. How large is dy/dx at x = {x}?"),
        float(2 * inner * a),
        N_(
            "Chain rule: dy/dx = dy/du · du/dx = 2u · {a}, and u is {inner} there. To refresh: OpenStax, Calculus "
            "Volume 1, section 3.6."
        ),
        {"a": a, "b": b, "x": x, "inner": inner},
        slips={
            float(2 * inner): N_("That is dy/du: the factor du/dx is missing."),
            float(inner**2): N_("That is y."),
            float(2 * x * a): N_("2u is taken at u, not at x."),
            float(2 * inner + a): N_("The two derivatives are multiplied, not added."),
        },
        tolerance=1e-6,
    )


QUESTIONS = (
    Question("00.matrix product", _matrix_product),
    Question("00.axis of a sum", _sum_axis),
    Question("00.broadcasting", _broadcasting),
    Question("00.derivative", _derivative),
    Question("00.chain rule", _chain_rule),
)
