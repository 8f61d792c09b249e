"""Chapter 7's layer backward: which array meets which, and what becomes of it when a transpose is missing.

What is drawn stands in `nnlab.explorers.chapter_07._backward_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_07._backward_figure import MOST, SIZE, BackwardFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

FAULTS = ("none", "X not transposed", "W not transposed", "mean for the sum")
NUDGE = 1e-5


class Term(NamedTuple):
    """What is said of an array."""

    letters: str
    code: str
    meaning: str


TERMS = {
    "X": Term("ND", "X = x_train[:N]", N_("a row for each sample")),
    "W": Term("DH", "W = layer.kernel", N_("a column for each unit")),
    "b": Term("H", "b = layer.bias", N_("the same row for every sample")),
    "Z": Term("NH", "Z = X @ W + b", N_("each sample with each unit")),
    "A": Term("NH", "A = np.maximum(Z, 0)", N_("bent one by one")),
    "dA": Term("NH", "dA = A - Y", N_("what comes from the loss")),
    "f′(Z)": Term("NH", "slope = Z > 0", N_("1 where the unit is on, else 0")),
    "dZ": Term("NH", "dZ = dA * (Z > 0)", N_("gradient times slope, one by one")),
    "db": Term("H", "db = dZ.sum(axis=0)", N_("every row used b: they add")),
    "dW": Term("DH", "dW = X.T @ dZ", N_("every sample used W: they add")),
    "dX": Term("ND", "dX = dZ @ W.T", N_("for the layer below: units add")),
}


@explorer(chapter="07")
def backward_matrices(N: int = 5, D: int = 3, H: int = 4, term: str = "dW", fault: str = "none") -> BackwardMatrices:
    """Point at an array of a layer's forward and backward pass, and see its numbers, its shape and its line of code.

    Parameters
    ----------
    N : int
        Samples, from 1 to 8.
    D : int
        Inputs, from 1 to 8.
    H : int
        Units, from 1 to 8.
    term : {"X", "W", "b", "Z", "A", "dA", "f′(Z)", "dZ", "db", "dW", "dX"}
        What the panel shows; it can be clicked in the figure.
    fault : {"none", "X not transposed", "W not transposed", "mean for the sum"}
        What is wrong in the backward pass. Only presets change it.

    Returns
    -------
    BackwardMatrices
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return BackwardMatrices(N=N, D=D, H=H, term=term, fault=fault)


@cache
def _drawn() -> tuple[Array, ...]:
    """Draw the largest arrays; smaller ones are parts of them, so that a slider adds a row and leaves the others."""
    rng = np.random.default_rng(7)
    sizes: tuple[tuple[int, ...], ...] = ((MOST, MOST), (MOST, MOST), (MOST,), (MOST, MOST))
    X, W, b, Y = (np.round(rng.normal(0, 1, size), 1) for size in sizes)
    return X, W, b + 0.005, Y  # so no sum is exactly 0, where the ReLU has its corner


def _given(values: Values) -> tuple[Array, ...]:
    N, D, H = values.N, values.D, values.H
    X, W, b, Y = _drawn()
    return X[:N, :D], W[:D, :H], b[:H], Y[:N, :H]


def loss(X: Array, W: Array, b: Array, Y: Array) -> float:
    """Half the sum of the squared differences between a ReLU layer's outputs and Y.

    Parameters
    ----------
    X, W, b, Y : ndarray of shape (N, D), (D, H), (H,), (N, H)

    Returns
    -------
    float
    """
    return float(np.sum((np.maximum(X @ W + b, 0) - Y) ** 2) / 2)


def passes(values: Values) -> tuple[dict[str, Array], dict[str, str]]:
    """Go forward, and backward as far as NumPy goes.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    arrays : dict of str to ndarray
        By the names in `TERMS`, and Xᵀ and Wᵀ as they are used; what comes of an error is missing.
    errors : dict of str to str
        What NumPy says, by what could not be computed.
    """
    X, W, b, Y = _given(values)
    Z = X @ W + b
    A = np.maximum(Z, 0)
    dA, slope = A - Y, (Z > 0).astype(float)
    dZ = dA * slope
    arrays = {"X": X, "W": W, "b": b, "Z": Z, "A": A, "dA": dA, "f′(Z)": slope, "dZ": dZ}
    arrays["Xᵀ"] = X if values.fault == "X not transposed" else X.T
    arrays["Wᵀ"] = W if values.fault == "W not transposed" else W.T
    arrays["db"] = dZ.mean(axis=0) if values.fault == "mean for the sum" else dZ.sum(axis=0)
    errors = {}
    for name, (left, right) in {"dW": ("Xᵀ", "dZ"), "dX": ("dZ", "Wᵀ")}.items():
        try:
            arrays[name] = arrays[left] @ arrays[right]
        except ValueError as error:
            errors[name] = str(error)
    return arrays, errors


def nudged(values: Values, name: str) -> Array:
    """Measure the gradient of the loss for one array by central differences.

    Parameters
    ----------
    values : SimpleNamespace
    name : {"W", "b", "X"}

    Returns
    -------
    ndarray
        Of the array's shape.
    """
    given = dict(zip("XWbY", (array.copy() for array in _given(values)), strict=True))
    slopes = np.zeros(given[name].shape)
    for at in np.ndindex(slopes.shape):
        here = given[name][at]
        ends = []
        for side in (NUDGE, -NUDGE):
            given[name][at] = here + side
            ends.append(loss(**given))
        given[name][at] = here
        slopes[at] = (ends[0] - ends[1]) / (2 * NUDGE)
    return slopes


class BackwardMatrices(Explorer):
    """The widget that `backward_matrices` returns."""

    name = "backward_matrices"
    size = SIZE
    rows = (("N", "D"), ("H",), ("term",))
    pointer = {"equations": ((None, None),)}  # a click takes the block below it: see `pointed`
    presets = {
        N_("right"): {"N": 5, "D": 3, "H": 4, "fault": "none"},
        N_("X not transposed"): {"N": 5, "D": 3, "H": 4, "term": "dW", "fault": "X not transposed"},
        N_("the same, N = D"): {"N": 4, "D": 4, "H": 3, "term": "dW", "fault": "X not transposed"},
        N_("W not transposed, D = H"): {"N": 5, "D": 4, "H": 4, "term": "dX", "fault": "W not transposed"},
        N_("mean for the sum"): {"N": 5, "D": 3, "H": 4, "term": "db", "fault": "mean for the sum"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "N": controls.count(_("N, samples"), 5, 1, MOST),
            "D": controls.count(_("D, inputs"), 3, 1, MOST),
            "H": controls.count(_("H, units"), 4, 1, MOST),
            "term": controls.choice(_("array"), "dW", tuple(TERMS)),
            "fault": controls.choice(_("fault"), "none", FAULTS),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Go forward and backward, and measure what a fault may have made wrong."""
        arrays, errors = passes(values)
        wrong = _wrong(values, arrays)
        return {**arrays, "_errors": errors, "_wrong": wrong}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the signs of the equations, and the frame of the panel."""
        self._picture = BackwardFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Draw the blocks in their proportions, and the chosen array in the panel."""
        term = TERMS[values.term]
        found = {name: array for name, array in arrays.items() if not name.startswith("_")}
        code = _FAULTY_CODE.get((values.fault, values.term), term.code)
        self._picture.update(found, letters(values), values.term, code, _(term.meaning))

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Take the array under the pointer, if there is one."""
        name = self._picture.block_at(x, y)
        if name:
            self.set(term=name)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what to look at."""
        return _("Click a block. Top: forward. Below: backward. A gradient has the shape of what it belongs to.")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Give NumPy's message, or what gradient checking says where NumPy is silent."""
        for name, message in arrays["_errors"].items():
            return _("NumPy stops at {name}: “{message}”").format(name=name, message=message.strip())
        if not arrays["_wrong"]:
            return ""
        name, said, slope = arrays["_wrong"]
        words = _("NumPy says nothing, but nudges do: where {name} says {said}, they measure {slope}.")
        return words.format(name=name, said=f"{said:.2f}", slope=f"{slope:.2f}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what shapes there are, and what is wrong."""
        shapes = ", ".join(f"{name} {np.shape(arrays[name])}" for name in TERMS if name in arrays)
        words = _("A ReLU layer forward and backward as blocks, with the shapes {shapes}. The panel shows {term}.")
        sentences = [words.format(shapes=shapes, term=values.term)]
        if arrays["_errors"]:
            sentences.append(_("NumPy cannot multiply for {name}.").format(name=", ".join(arrays["_errors"])))
        elif arrays["_wrong"]:
            sentences.append(
                _("NumPy says nothing, but {name} is not what nudges measure.").format(name=arrays["_wrong"][0])
            )
        return " ".join(sentences)


_FAULTY_CODE = {
    ("X not transposed", "dW"): "dW = X @ dZ",
    ("W not transposed", "dX"): "dX = dZ @ W",
    ("mean for the sum", "db"): "db = dZ.mean(axis=0)",
}
_SPOILED = {"X not transposed": "W", "W not transposed": "X", "mean for the sum": "b"}


def _wrong(values: Values, arrays: dict[str, Array]) -> tuple[str, float, float] | None:
    """Find the first number that differs from what nudges measure: its name, what is said, and what is measured."""
    if values.fault == "none":
        return None
    name = _SPOILED[values.fault]
    said = arrays.get(f"d{name}")
    if said is None:
        return None
    slopes = nudged(values, name)
    off = np.argwhere(np.abs(said - slopes) > 1e-3)
    at = tuple(off[0]) if len(off) else None
    return None if at is None else (f"d{name}", float(said[at]), float(slopes[at]))


def letters(values: Values) -> dict[str, str]:
    """Give the shape of each array in letters, as it is.

    Parameters
    ----------
    values : SimpleNamespace

    Returns
    -------
    dict of str to str
    """
    found = {name: term.letters for name, term in TERMS.items()} | {"Xᵀ": "DN", "Wᵀ": "HD"}
    if values.fault == "X not transposed":
        found |= {"Xᵀ": "ND", "dW": "NH"}
    if values.fault == "W not transposed":
        found |= {"Wᵀ": "DH", "dX": "NH"}
    return found
