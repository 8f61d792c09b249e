"""Questions to recall of chapter 04. Its exercises are in `nnlab.course.chapter_04_layers` and its neighbors."""

from __future__ import annotations

from nnlab.course.question import Asked, Draw, Question
from nnlab.language import N_


def _parameters(draw: Draw) -> Asked:
    d, h, k = draw.one_of([4, 6, 8]), draw.one_of([3, 5, 7]), draw.one_of([2, 10])
    return Asked(
        N_("How many parameters has a dense network {d}-{h}-{k}?"),
        float(d * h + h + h * k + k),
        N_("{d}·{h} + {h} in the first layer, {h}·{k} + {k} in the second."),
        {"d": d, "h": h, "k": k},
        slips={
            float(d * h + h * k): N_("The biases are missing."),
            float(d * h + h * k + d + h + k): N_("The inputs have no biases."),
            float(d * h * k): N_("Layers are added, not multiplied."),
        },
        tolerance=1e-6,
    )


_SHAPES = (N_("(N, H)"), N_("(H, N)"), N_("(D, H)"), N_("(N, D)"))


def _shape(draw: Draw) -> Asked:
    del draw
    return Asked(
        N_("X has the shape (N, D), W the shape (D, H), b the shape (H,). What is the shape of X @ W + b?"),
        _SHAPES[0],
        N_("The inner D goes away, and b is added to each of the N rows."),
        options=_SHAPES,
        slips={_SHAPES[1]: N_("That is the other convention, W x with samples in columns.")},
    )


def _numbers(draw: Draw) -> Asked:
    n, d, h = draw.one_of([5, 20, 32]), draw.one_of([3, 8]), draw.one_of([4, 10])
    return Asked(
        N_("A batch of {n} samples with {d} inputs goes through {h} units. How many numbers come out?"),
        float(n * h),
        N_("Each of the {n} samples gets a number from each of the {h} units."),
        {"n": n, "d": d, "h": h},
        slips={
            float(d * h): N_("That is the number of weights."),
            float(n * d): N_("That is how many go in."),
            float(n * d * h): N_("That is the number of multiplications."),
        },
        tolerance=1e-6,
    )


def _multiplications(draw: Draw) -> Asked:
    n, d, h = draw.one_of([2, 5, 10]), draw.one_of([4, 20]), draw.one_of([3, 8])
    return Asked(
        N_("A batch of {n} samples, {d} inputs, {h} units: how many multiplications does X @ W take?"),
        float(n * d * h),
        N_("Each of the {n}·{h} results is a sum of {d} products."),
        {"n": n, "d": d, "h": h},
        slips={float(n * h): N_("That is how many results there are."), float(d * h): N_("That is for one sample.")},
        tolerance=1e-6,
    )


def _table(draw: Draw) -> Asked:
    n = draw.one_of([3, 10, 100])
    return Asked(
        N_("p has the shape ({n}, 1), y has the shape ({n},). How many numbers has p − y?"),
        float(n * n),
        N_("A column and a row broadcast to a table of {n} by {n}."),
        {"n": n},
        slips={float(n): N_("That is what one wants; but the shapes say otherwise.")},
        tolerance=1e-6,
    )


def _pieces(draw: Draw) -> Asked:
    h = draw.one_of([4, 7, 12, 20])
    return Asked(
        N_("One input, one hidden layer of {h} ReLUs, one output. How many straight pieces has the curve at most?"),
        float(h + 1),
        N_("Each unit brings one corner at most, and {h} corners part a line into {h} + 1 pieces."),
        {"h": h},
        slips={float(h): N_("That is the number of corners."), 2.0**h: N_("That takes depth.")},
        tolerance=1e-6,
    )


def _teeth(draw: Draw) -> Asked:
    k = draw.one_of([3, 4, 5, 6])
    return Asked(
        N_("{k} layers of two ReLUs, each folding the line from 0 to 1 in half. How many straight pieces come out?"),
        float(2**k),
        N_("Each fold doubles them: 2 to the power of {k}."),
        {"k": k},
        slips={
            float(2 * k): N_("Folds multiply, they do not add."),
            float(2 ** (k - 1)): N_("That is the number of teeth; each has two sides."),
            float(2 * k + 1): N_("That is what one layer of as many units could do."),
        },
        tolerance=1e-6,
    )


def _knots(draw: Draw) -> Asked:
    factor = draw.one_of([2, 3, 10])
    return Asked(
        N_("Straight pieces follow a smooth curve. With {factor} times as many, by what is the error divided?"),
        float(factor**2),
        N_("The error falls with the square of the width of a piece."),
        {"factor": factor},
        slips={float(factor): N_("It falls with the square.")},
        tolerance=1e-6,
    )


def _grid(draw: Draw) -> Asked:
    d = draw.one_of([2, 3, 4])
    return Asked(
        N_("Ten bumps follow a curve well enough. How many does a grid of them need with {d} inputs?"),
        float(10**d),
        N_("Ten along each of {d} axes: 10 to the power of {d}."),
        {"d": d},
        slips={float(10 * d): N_("A grid multiplies: ten in each of ten rows.")},
        tolerance=1e-6,
    )


def _transposed(draw: Draw) -> Asked:
    d, h = draw.some_of([3, 4, 5, 7], 2)
    right = f"({h}, {d})"
    return Asked(
        N_(
            "A textbook writes h = f(Wx + b) for {d} inputs and {h} units, with x a column. What is the shape of its W?"
        ),
        right,
        N_("A row for each unit: {h} rows of {d} weights. In nnlab and Keras it is the transpose."),
        {"d": d, "h": h},
        options=(right, f"({d}, {h})", f"({h},)", f"({d}, 1)"),
        slips={f"({d}, {h})": N_("That is the convention of the code, x @ W.")},
    )


QUESTIONS = (
    Question("04.parameters", _parameters),
    Question("04.shape of a batch", _shape),
    Question("04.numbers out", _numbers),
    Question("04.multiplications", _multiplications),
    Question("04.table", _table),
    Question("04.pieces of one layer", _pieces),
    Question("04.folds", _teeth),
    Question("04.knots", _knots),
    Question("04.grid of bumps", _grid),
    Question("04.transposed", _transposed),
)
