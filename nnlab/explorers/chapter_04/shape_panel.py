"""Chapter 4's shapes: two layers as blocks in the proportions of their arrays, and what NumPy says to a wrong shape.

What is drawn stands in `nnlab.explorers.chapter_04._shape_panel_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.activations import relu, softmax
from nnlab.explorers import controls
from nnlab.explorers.chapter_04._shape_panel_figure import MOST, SIZE, ShapeFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

FAULTS = ("none", "W1.T", "b1 as a column")


class Term(NamedTuple):
    """What is said of a term of the two equations."""

    letters: str
    code: str
    meaning: str


TERMS = {
    "X": Term("ND", "X = x_train[:N]", N_("a row for each sample")),
    "W1": Term("DH", "W1 = model.get_weights()[0]", N_("a column for each unit: D weights")),
    "b1": Term("H", "b1 = model.get_weights()[1]", N_("the same row for every sample")),
    "Z1": Term("NH", "Z1 = X @ W1 + b1", N_("each sample with each unit")),
    "A1": Term("NH", "A1 = np.maximum(Z1, 0)", N_("bent one by one: the shape stays")),
    "W2": Term("HK", "W2 = model.get_weights()[2]", N_("a column for each class: H weights")),
    "b2": Term("K", "b2 = model.get_weights()[3]", N_("the same row for every sample")),
    "Z2": Term("NK", "Z2 = A1 @ W2 + b2", N_("the scores of each sample")),
    "A2": Term("NK", "A2 = softmax(Z2)", N_("probabilities: each row adds up to 1")),
}
#: The code and the meaning of an array that is wrong.
FAULTY = {
    ("W1", "W1.T"): ("W1 = W1.T", N_("transposed: a row for each unit")),
    ("b1", "b1 as a column"): ("b1 = b1[:, None]", N_("a number for each row of X @ W1")),
}


@explorer(chapter="04")
def shape_panel(N: int = 5, D: int = 4, H: int = 6, K: int = 3, term: str = "Z1", fault: str = "none") -> ShapePanel:
    """Point at a term of two layers, and see its array, its shape and its line of code.

    Parameters
    ----------
    N : int
        Samples, from 1 to 10.
    D : int
        Inputs, from 1 to 10.
    H : int
        Hidden units, from 1 to 10.
    K : int
        Classes, from 1 to 10.
    term : {"X", "W1", "b1", "Z1", "A1", "W2", "b2", "Z2", "A2"}
        What the panel shows; it can be clicked in the figure.
    fault : {"none", "W1.T", "b1 as a column"}
        What is wrong: W1 is transposed, (H, D), or b1 has the shape (H, 1). Only presets change it.

    Returns
    -------
    ShapePanel
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ShapePanel(N=N, D=D, H=H, K=K, term=term, fault=fault)


@cache
def _drawn() -> tuple[Array, Array, Array, Array, Array]:
    """Draw the largest arrays; smaller ones are parts of them, so that a slider adds a row and leaves the others."""
    rng = np.random.default_rng(4)
    sizes: tuple[tuple[int, ...], ...] = ((MOST, MOST), (MOST, MOST), (MOST,), (MOST, MOST), (MOST,))
    return tuple(np.round(rng.normal(0, 1, size), 1) for size in sizes)  # type: ignore[return-value]


def forward(values: Values) -> tuple[dict[str, Array], str]:
    """Compute as far as NumPy goes.

    Parameters
    ----------
    values : SimpleNamespace
        The controls' values.

    Returns
    -------
    arrays : dict of str to ndarray
        By the names in `TERMS`; what comes after an error is missing.
    error : str
        What NumPy says; empty where it says nothing.
    """
    N, D, H, K = values.N, values.D, values.H, values.K
    X, W1, b1, W2, b2 = _drawn()
    X, W1, b1, W2, b2 = X[:N, :D], W1[:D, :H], b1[:H], W2[:H, :K], b2[:K]
    W1 = W1.T.copy() if values.fault == "W1.T" else W1
    b1 = b1[:, None] if values.fault == "b1 as a column" else b1
    arrays = {"X": X, "W1": W1, "b1": b1, "W2": W2, "b2": b2}
    try:
        arrays["Z1"] = X @ W1 + b1
        arrays["A1"] = relu(arrays["Z1"])
        arrays["Z2"] = arrays["A1"] @ W2 + b2
        arrays["A2"] = softmax(arrays["Z2"])
    except ValueError as error:
        return arrays, str(error)
    return arrays, ""


def letters(values: Values) -> dict[str, str]:
    """Give the shape of each array in letters, as it is: those of a transposed one are exchanged.

    Parameters
    ----------
    values : SimpleNamespace

    Returns
    -------
    dict of str to str
    """
    found = {name: term.letters for name, term in TERMS.items()}
    if values.fault == "W1.T":
        found["W1"] = "HD"
    if values.fault == "b1 as a column":
        found["b1"] = "H1"
        if values.N == 1:  # a row and a column make a table
            found |= {"Z1": "HH", "A1": "HH", "Z2": "HK", "A2": "HK"}
    return found


class ShapePanel(Explorer):
    """The widget that `shape_panel` returns."""

    name = "shape_panel"
    size = SIZE
    rows = (("N", "D"), ("H", "K"), ("term",))
    pointer = {"equation": ((None, None),)}  # a click takes the block below it: see `pointed`
    presets = {
        N_("right"): {"N": 5, "D": 4, "H": 6, "K": 3, "fault": "none"},
        N_("one sample"): {"N": 1, "D": 4, "H": 6, "K": 3, "fault": "none"},
        N_("W1 transposed"): {"N": 5, "D": 4, "H": 6, "K": 3, "term": "W1", "fault": "W1.T"},
        N_("b1 as a column"): {"N": 5, "D": 4, "H": 6, "K": 3, "term": "b1", "fault": "b1 as a column"},
        N_("a column, and N = H"): {"N": 6, "D": 4, "H": 6, "K": 3, "term": "Z1", "fault": "b1 as a column"},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "N": controls.count(_("N, samples"), 5, 1, MOST),
            "D": controls.count(_("D, inputs"), 4, 1, MOST),
            "H": controls.count(_("H, hidden units"), 6, 1, MOST),
            "K": controls.count(_("K, classes"), 3, 1, MOST),
            "term": controls.choice(_("term"), "Z1", tuple(TERMS)),
            "fault": controls.choice(_("fault"), "none", FAULTS),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Go through both layers, as far as NumPy lets one."""
        found, error = forward(values)
        right, _none = forward(Values(**{**vars(values), "fault": "none"}))
        return {**found, "_error": error, "_wrong": "Z1" in found and not same(found["Z1"], right["Z1"])}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the symbols of the equations, and the frame of the panel."""
        self._picture = ShapeFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Draw the blocks in their proportions, and the term in the panel."""
        code, meaning = FAULTY.get((values.term, values.fault), TERMS[values.term][1:])
        self._picture.update(
            {name: array for name, array in arrays.items() if name in TERMS},
            letters(values), values.term, code, _(meaning),
        )  # fmt: skip

    def pointed(self, axes: str, x: float, y: float) -> None:
        """Take the block under the pointer, if there is one."""
        name = self._picture.block_at(x, y)
        if name:
            self.set(term=name)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what the colors of the edges mean."""
        return _("Click a block. Edges of one color have one length: where @ joins two blocks, the colors must meet.")

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Give NumPy's message, or say that there is none although all is wrong."""
        if arrays["_error"]:
            return _("NumPy: “{message}” {cause}").format(message=arrays["_error"].strip(), cause=_cause(values))
        if not arrays["_wrong"]:
            return ""
        words = _("NumPy says nothing, and the numbers are wrong. {why}")
        return words.format(why=_silent(values))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say what shapes there are, and where it stops."""
        shapes = ", ".join(f"{name} {np.shape(arrays[name])}" for name in TERMS if name in arrays)
        words = _("Two layers as blocks, with the shapes {shapes}. The panel shows {term}.")
        sentences = [words.format(shapes=shapes, term=values.term)]
        if arrays["_error"]:
            sentences.append(_("NumPy stops with an error. {cause}").format(cause=_cause(values)))
        elif arrays["_wrong"]:
            sentences.append(_("There is no error, but the numbers are wrong. {why}").format(why=_silent(values)))
        return " ".join(sentences)


def same(one: Array, other: Array) -> bool:
    """Whether two arrays hold the same numbers in the same shape."""
    return one.shape == other.shape and bool(np.allclose(one, other))


def _cause(values: Values) -> str:
    if values.fault == "W1.T":
        words = _("X has rows of D = {D} numbers, W1 has columns of H = {H}: W1 is transposed.")
        return words.format(D=values.D, H=values.H)
    words = _("b1 is a column of H = {H} numbers, and X @ W1 has N = {N} rows: b1 should have the shape (H,).")
    return words.format(H=values.H, N=values.N)


def _silent(values: Values) -> str:
    if values.fault == "W1.T":
        return _("D and H are equal, so the transposed W1 fits as well.")
    if values.N == 1:
        return _("One row and a column make a table of H by H: suddenly there are H samples.")
    return _("The column fits because N = H: each number of b1 goes to a sample instead of a unit.")
