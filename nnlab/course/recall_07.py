"""Questions to recall of chapter 07, backpropagation. Its exercises are in `nnlab.course.chapter_07_value`."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _chain(draw: Draw) -> Asked:
    w, x, b = draw.one_of([2, 3, -2]), draw.one_of([-1, 2, 4]), draw.one_of([1, -3, 5])
    z = w * x + b
    return Asked(
        N_("L = (w·x + b)² with w = {w}, x = {x}, b = {b}. What is the gradient of w?"),
        float(2 * z * x),
        N_("z is {z}. Back through the square comes 2·z, the sum hands it on, and the product multiplies it by x."),
        {"w": w, "x": x, "b": b, "z": z},
        slips={
            float(x): N_("That is the slope of the product alone: multiply it by what comes from behind."),
            float(2 * z): N_("That is the gradient of z."),
            float(2 * z * w): N_("In a product the slope for w is the other factor, x."),
            float(z * x): N_("The slope of a square is 2 times the number."),
        },
        tolerance=1e-6,
    )


def _fork(draw: Draw) -> Asked:
    a, b = draw.one_of([2, 3, 5]), draw.one_of([4, -1, 6])
    return Asked(
        N_("L = a·b + a with a = {a} and b = {b}. What is the gradient of a?"),
        float(b + 1),
        N_("a is used twice: the product sends back b = {b}, the sum sends back 1, and both are added."),
        {"a": a, "b": b},
        slips={
            float(b): N_("That comes back through the product; the sum sends something, too."),
            1.0: N_("That comes back through the sum; the product sends something, too."),
            float(a): N_("That is the gradient of b."),
        },
        tolerance=1e-6,
    )


def _bend(draw: Draw) -> Asked:
    a, g = draw.one_of([0.5, -0.5, 0.8]), draw.one_of([2, -4, 10])
    return Asked(
        N_("A tanh has the output a = {a}, and a's gradient is {g}. What is the gradient of its input z?"),
        g * (1 - a * a),
        N_("The slope of tanh is 1 − a², and it is multiplied by what comes from behind."),
        {"a": a, "g": g},
        slips={
            1 - a * a: N_("That is the slope alone."),
            float(g): N_("That goes on only where the slope is 1."),
            g * a: N_("The slope is 1 − a², not a."),
        },
    )


def _passes(draw: Draw) -> Asked:
    n = draw.one_of([100, 784, 5000])
    return Asked(
        N_("A network has {n} parameters. How many forward passes takes the gradient with nudges to one side?"),
        float(n + 1),
        N_("One for the loss as it is, and one for each of the {n} parameters."),
        {"n": n},
        slips={float(n): N_("And one for the loss as it is."), float(2 * n): N_("That is for nudges to both sides.")},
        tolerance=1e-6,
    )


_COSTS = (
    N_("about as much as one to three forward passes"),
    N_("a forward pass for each parameter"),
    N_("a forward pass for each layer"),
)


def _cost(draw: Draw) -> Asked:
    del draw
    return Asked(
        N_("What does one backward pass cost, for the gradient of all parameters?"),
        _COSTS[0],
        N_("Each operation does a small constant amount of work on its way back, however many parameters there are."),
        options=_COSTS,
        slips={_COSTS[1]: N_("That is the cost of nudging.")},
    )


def _shape(draw: Draw) -> Asked:
    n, d, h = draw.some_of([4, 5, 6, 8, 32], 3)
    right = f"({d}, {h})"
    return Asked(
        N_("X has the shape ({n}, {d}), dZ the shape ({n}, {h}). What is the shape of X.T @ dZ?"),
        right,
        N_("({d}, {n}) times ({n}, {h}): the shape of W, whose gradient it is."),
        {"n": n, "d": d, "h": h},
        options=(right, f"({n}, {h})", f"({h}, {d})", f"({n}, {d})"),
        slips={f"({h}, {d})": N_("That would be dZ.T @ X, its transpose.")},
    )


def _bias(draw: Draw) -> Asked:
    rows = [[draw.one_of([1, 2, -1]), draw.one_of([3, -2])], [draw.one_of([4, 2]), 1], [draw.one_of([-3, 5]), 2]]
    total = sum(row[0] for row in rows)
    return Asked(
        N_("dZ is {rows}: three samples, two units. What is the gradient of the first unit's bias?"),
        float(total),
        N_("All samples used the same bias, so the first column is added up."),
        {"rows": rows},
        slips={
            total / 3: N_("That is the mean. The 1/N, if there is one, comes from the loss."),
            float(sum(rows[0])): N_("That is a row: a sample. The units are the columns."),
        },
        tolerance=1e-6,
    )


_STEPS = (N_("about 1e-5"), N_("about 1e-15"), N_("about 0.1"))


def _step(draw: Draw) -> Asked:
    del draw
    return Asked(
        N_("You check a gradient in float64 by nudges to both sides. Which step is best?"),
        _STEPS[0],
        N_("Larger steps cut off too much of the curve, smaller ones drown in rounding."),
        options=_STEPS,
        slips={_STEPS[1]: N_("Then nearly all digits of the difference are lost to rounding.")},
    )


def _smaller(draw: Draw) -> Asked:
    factor = draw.one_of([2, 10])
    return Asked(
        N_(
            "The step of a central difference is far from the rounding. It gets {factor} times smaller. Its error gets "
            "how many times smaller?"
        ),
        float(factor**2),
        N_("What is cut off goes with h²."),
        {"factor": factor},
        slips={float(factor): N_("That holds for the forward difference.")},
        tolerance=1e-6,
    )


_ROLES = (
    N_("the gradient; the optimizer changes the parameters"),
    N_("the parameters that make the loss smallest"),
    N_("the learning rate of each parameter"),
)


def _role(draw: Draw) -> Asked:
    del draw
    return Asked(
        N_("What does backpropagation compute?"),
        _ROLES[0],
        N_("Documents A, D and E call it an optimizer; it only says how the loss changes with each parameter."),
        options=_ROLES,
    )


def _forgotten(draw: Draw) -> Asked:
    first, second = draw.one_of([3, -2]), draw.one_of([5, 4])
    return Asked(
        N_(
            "A weight's gradient was {first} in the last step, and {second} comes now. zero_grad was forgotten. What "
            "does grad say?"
        ),
        float(first + second),
        N_("backward adds to what is there, because forks need it."),
        {"first": first, "second": second},
        slips={float(second): N_("That is what it should say.")},
        tolerance=1e-6,
    )


QUESTIONS = (
    Question("07.chain", _chain),
    Question("07.fork", _fork),
    Question("07.bend", _bend),
    Question("07.passes", _passes),
    Question("07.cost", _cost),
    Question("07.shape", _shape),
    Question("07.bias", _bias),
    Question("07.step", _step),
    Question("07.smaller step", _smaller),
    Question("07.role", _role),
    Question("07.forgotten", _forgotten),
)
