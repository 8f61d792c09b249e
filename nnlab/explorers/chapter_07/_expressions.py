"""The small graphs of chapter 07's explorers: what they compute, and where their boxes stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from nnlab.autodiff import Value
from nnlab.language import N_

Place = tuple[float, float]  # column and row, counted from 0


class Expression(NamedTuple):
    """A formula as a graph.

    Attributes
    ----------
    formula : str
    build : callable
        From w and x to the result; every node has its label.
    places : dict of str to (column, row)
        Of the node with that label.
    """

    formula: str
    build: Callable[[float, float], Value]
    places: Mapping[str, Place]


def _named(label: str, node: Value) -> Value:
    node.label = label
    return node


def _square(w: float, x: float) -> Value:
    given, at, b = Value(w, "w"), Value(x, "x"), Value(4.0, "b")
    z = _named("z", _named("y", given * at) + b)
    return _named("L", z**2)


def _neuron(w: float, x: float) -> Value:
    weight, at, b, t = Value(w, "w"), Value(x, "x"), Value(0.5, "b"), Value(1.0, "t")
    z = _named("z", _named("y", weight * at) + b)
    e = _named("e", _named("a", z.tanh()) - t)
    return _named("L", e**2)


def _twice(w: float, x: float) -> Value:
    weight, at = Value(w, "w"), Value(x, "x")
    p = _named("p", weight * at)
    q = _named("q", p + weight)
    return _named("L", p * q)


def _two_units(w: float, x: float) -> Value:
    at, t = Value(x, "x"), Value(1.0, "t")
    first, second = Value(w, "w₁"), Value(0.5, "w₂")
    h1 = _named("h₁", _named("p₁", first * at).tanh())
    h2 = _named("h₂", _named("p₂", second * at).tanh())
    q1, q2 = _named("q₁", Value(2.0, "v₁") * h1), _named("q₂", h2 * Value(-1.0, "v₂"))
    e = _named("e", _named("o", q1 + q2) - t)
    return _named("L", e**2)


EXPRESSIONS = {
    "a square": Expression(
        "L = (w·x + b)²",
        _square,
        {"w": (0, 0), "x": (0, 1), "y": (1, 0.5), "b": (1, 1.7), "z": (2, 1), "L": (3, 1)},
    ),
    "a neuron": Expression(
        "L = (tanh(w·x + b) − t)²",
        _neuron,
        {"w": (0, 0), "x": (0, 1), "y": (1, 0.5), "b": (1, 1.7), "z": (2, 1), "a": (3, 1), "t": (3, 2.2)}
        | {"e": (4, 1.4), "L": (5, 1.4)},
    ),
    "used twice": Expression(
        "L = w·x · (w·x + w)",
        _twice,
        {"w": (0, 0), "x": (0, 1.4), "p": (1, 1.4), "q": (2, 0.3), "L": (3, 1)},
    ),
    "two units": Expression(
        "L = (v₁·tanh(w₁·x) + v₂·tanh(w₂·x) − t)²",
        _two_units,
        {"w₁": (0, 0.5), "x": (0, 1.5), "w₂": (0, 2.5), "p₁": (1, 1), "p₂": (1, 2), "v₁": (2, 0), "h₁": (2, 1)}
        | {"h₂": (2, 2), "v₂": (2, 3), "q₁": (3, 0.7), "q₂": (3, 2.3), "o": (4, 1.5), "t": (4, 2.9), "e": (5, 1.5)}
        | {"L": (6, 1.5)},
    ),
}  # fmt: skip

#: Names of the graphs, marked for translation where a text needs them.
WORDS = {
    "a square": N_("a weighted sum, squared"),
    "a neuron": N_("a neuron with tanh and its loss"),
    "used twice": N_("a formula that uses w·x and w twice"),
    "two units": N_("a network of two tanh units and its loss"),
}


def _rectified(w: float, x: float) -> Value:
    weight, at, b, t = Value(w, "w"), Value(x, "x"), Value(1.0, "b"), Value(2.0, "t")
    z = _named("z", _named("y", weight * at) + b)
    e = _named("e", _named("a", z.relu()) - t)
    return _named("L", e**2)


#: Graphs whose gradients are whole numbers, to be found by hand.
QUIZ = {
    "a square": EXPRESSIONS["a square"],
    "used twice": EXPRESSIONS["used twice"],
    "a ReLU unit": EXPRESSIONS["a neuron"]._replace(formula="L = (relu(w·x + b) − t)²", build=_rectified),
}
