"""Exercises of chapter 04 on single layers and shapes: 4.1, 4.3 and 4.5.

The others: `nnlab.course.chapter_04_forward` and `nnlab.course.chapter_04_bumps`.

The references are written as a learner would write them: their source is the solution that is shown. The questions
to recall are in `nnlab.course.recall_04`.
"""

from __future__ import annotations

import numpy as np

from nnlab.course.exercise import Array, Exercise, Mistake
from nnlab.language import N_

_RNG = np.random.default_rng(4)


def _whole(*shape: int) -> Array:
    """Small whole numbers of both signs, as floats."""
    return _RNG.integers(-3, 4, shape).astype(float)


def dense(X: Array, W: Array, b: Array) -> Array:
    """Give relu(X W + b), (N, H), for a batch X (N, D), W (D, H) and b (H,)."""
    return np.maximum(X @ W + b, 0)


DENSE = Exercise(
    number="4.1",
    name="dense",
    task=N_("Write dense(X, W, b): the outputs (N, H) of H ReLU units for a batch X (N, D), with W (D, H) and b (H,)."),
    reference=dense,
    probes=(
        (np.array([[2.0]]), np.array([[3.0]]), np.array([1.5])),
        (np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [2.0, -2.0]]), np.array([0.5, 9.0])),
        (np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0, 4.0], [-2.0, 0.5]]), np.array([1.25, -2.0])),
        (_whole(4, 2), _whole(2, 3) + 0.25, _whole(3)),
    ),
    hints=(
        N_("One product does all samples and all units at once. Which of the two arrays stands on the left?"),
        N_("(N, D) times (D, H) gives (N, H). NumPy adds b of shape (H,) to each row by itself. Then comes the bend."),
        N_("The product is X @ W, b is added to it, and np.maximum(…, 0) bends every number."),
    ),
    why=N_("Each row of the result belongs to a sample, each column to a unit, and no loop is needed."),
    mistakes=(
        Mistake(
            "W transposed",
            N_("You multiply by W.T. Here the units are the columns of W, (D, H), so that X @ W fits as it is."),
            lambda X, W, b: np.maximum(X @ W.T + b, 0),
        ),
        Mistake(
            "W on the left",
            N_("W stands on the left of the product. A batch has its samples in rows, so X comes first."),
            lambda X, W, b: np.maximum(W @ X + b, 0),
        ),
        Mistake(
            "elementwise product",
            N_("You multiply number by number, with *. The weighted sums are a matrix product, @."),
            lambda X, W, b: np.maximum(X * W + b, 0),
        ),
        Mistake(
            "np.max",
            N_("np.max takes the largest number of each column. ReLU looks at each number alone: np.maximum."),
            lambda X, W, b: np.max(X @ W + b, 0),
        ),
        Mistake("bias lost", N_("The bias b is not added."), lambda X, W, _b: np.maximum(X @ W, 0)),
        Mistake(
            "bias after the bend",
            N_("You bend first and add b then. The bias belongs to z: it moves the corner of the ReLU."),
            lambda X, W, b: np.maximum(X @ W, 0) + b,
        ),
        Mistake(
            "bias as a column",
            N_("You add b as a column, so that its numbers go to samples. They belong to units: add b itself."),
            lambda X, W, b: np.maximum(X @ W + b[:, None], 0),
        ),
        Mistake(
            "one bias for all",
            N_("Every unit gets the sum of all biases. Each unit has its own: add b as it is."),
            lambda X, W, b: np.maximum(X @ W + b.sum(), 0),
        ),
        Mistake(
            "bias subtracted",
            N_("You subtract b. It is added: a large bias switches a unit on."),
            lambda X, W, b: np.maximum(X @ W - b, 0),
        ),
    ),
    steps={N_("z, before the bend"): lambda X, W, b: X @ W + b},
)


def count_parameters(sizes: Array) -> int:
    """Give the number of weights and biases of dense layers; sizes is such as [784, 128, 10]."""
    n_in, n_out = sizes[:-1], sizes[1:]  # one of each for each layer
    return int(np.sum(n_in * n_out + n_out))


def _products(sizes: Array) -> Array:
    return sizes[:-1] * sizes[1:]


COUNT_PARAMETERS = Exercise(
    number="4.3",
    name="count_parameters",
    task=N_(
        "Write count_parameters(sizes): weights and biases of dense layers; sizes is an array such as [784, 128, 10]."
    ),
    reference=count_parameters,
    probes=tuple(
        (np.array(sizes),) for sizes in ([3, 2], [2, 5, 1], [4, 3, 6], [10, 64, 1], [784, 128, 10], [7, 5, 3, 2])
    ),
    hints=(
        N_("Take one layer first: from 3 inputs to 2 units. How many arrows are there, and how many biases?"),
        N_("A layer lies between two neighbors of the list: sizes[:-1] are the inputs, sizes[1:] the units."),
        N_("Each layer has inputs times units weights, and one bias for each of its units."),
    ),
    why=N_("The input layer has none: it is the data. That is why the first size brings no biases."),
    mistakes=(
        Mistake(
            "biases forgotten",
            N_("You count the weights only. Each unit has a bias, too."),
            lambda sizes: int(_products(sizes).sum()),
        ),
        Mistake(
            "biases of the outputs lost",
            N_("The last layer's units have biases, too."),
            lambda sizes: int(_products(sizes).sum() + sizes[1:-1].sum()),
        ),
        Mistake(
            "one bias a layer",
            N_("You count one bias for each layer. It is one for each unit."),
            lambda sizes: int((_products(sizes) + 1).sum()),
        ),
        Mistake(
            "biases of the inputs",
            N_("You count a bias for each input, too. The input layer is the data: it has no biases."),
            lambda sizes: int(_products(sizes).sum() + sizes.sum()),
        ),
        Mistake(
            "biases of the wrong side",
            N_("You count as many biases as a layer has inputs. A bias belongs to each unit of the layer, its output."),
            lambda sizes: int((_products(sizes) + sizes[:-1]).sum()),
        ),
        Mistake(
            "last layer lost",
            N_("The last layer is missing: it has weights and biases like the others."),
            lambda sizes: int((_products(sizes) + sizes[1:])[:-1].sum()),
        ),
        Mistake(
            "first layer only",
            N_("You count the first layer only."),
            lambda sizes: int((_products(sizes) + sizes[1:])[0]),
        ),
        Mistake(
            "product of all",
            N_("You multiply all sizes. Only neighbors are joined by weights; the layers are added."),
            lambda sizes: int(np.prod(sizes)),
        ),
        Mistake(
            "units counted",
            N_("You count the units. Between two layers each unit has a weight for each input."),
            lambda sizes: int(sizes[1:].sum()),
        ),
        Mistake(
            "one list for each layer",
            N_("You give a number for each layer: add them up."),
            lambda sizes: _products(sizes) + sizes[1:],
        ),
    ),
)


def mean_square(p: Array, y: Array) -> float:
    """Give the mean squared difference of predictions p (N, 1) and targets y (N,)."""
    return float(np.mean((p[:, 0] - y) ** 2))


MEAN_SQUARE = Exercise(
    number="4.5",
    name="mean_square",
    task=N_(
        "Write mean_square(p, y): the mean of the N squared differences of predictions p (N, 1) and targets y (N,)."
    ),
    reference=mean_square,
    probes=(
        (np.array([[3.0]]), np.array([1.0])),
        (np.array([[1.0], [2.0]]), np.array([1.0, 2.0])),
        (np.array([[0.5], [-2.0], [1.0]]), np.array([1.0, 0.0, 0.25])),
        (_whole(5, 1) / 2, _whole(5) / 4),
    ),
    hints=(
        N_("Print (p - y).shape for N = 2. How many differences are there, and how many should there be?"),
        N_("Bring both to one shape first: take the only column of p, or make y a column."),
        N_("p[:, 0] has the shape (N,), like y. Subtract, square, take the mean."),
    ),
    why=N_("A column minus a row is a table: N times N differences, of which only the diagonal is meant."),
    mistakes=(
        Mistake(
            "table of differences",
            N_("(N, 1) minus (N,) gives (N, N): each prediction against each target. Bring both to one shape first."),
            lambda p, y: float(np.mean((p - y) ** 2)),
        ),
        Mistake(
            "table, added up",
            N_("(N, 1) minus (N,) gives (N, N), and you add all of it up. Bring both to one shape, and take the mean."),
            lambda p, y: float(np.sum((p - y) ** 2)),
        ),
        Mistake(
            "table, divided by N",
            N_("(N, 1) minus (N,) gives (N, N): you add up N times N squares. Bring both to one shape first."),
            lambda p, y: float(np.sum((p - y) ** 2) / len(y)),
        ),
        Mistake(
            "sum",
            N_("You add the squares up. Their mean is asked for."),
            lambda p, y: float(np.sum((p[:, 0] - y) ** 2)),
        ),
        Mistake(
            "absolute differences",
            N_("You take absolute differences. They should be squared."),
            lambda p, y: float(np.mean(np.abs(p[:, 0] - y))),
        ),
        Mistake(
            "not squared",
            N_("You do not square the differences: those above and below cancel."),
            lambda p, y: float(np.mean(p[:, 0] - y)),
        ),
        Mistake(
            "root",
            N_("You take the square root of the mean. Leave it out."),
            lambda p, y: float(np.sqrt(np.mean((p[:, 0] - y) ** 2))),
        ),
        Mistake(
            "square of the mean",
            N_("You square the mean difference. First square each difference, then take the mean."),
            lambda p, y: float(np.mean(p[:, 0] - y) ** 2),
        ),
        Mistake(
            "one for each sample",
            N_("You give a number for each sample: take their mean."),
            lambda p, y: (p[:, 0] - y) ** 2,
        ),
    ),
)

EXERCISES = (DENSE, COUNT_PARAMETERS, MEAN_SQUARE)
