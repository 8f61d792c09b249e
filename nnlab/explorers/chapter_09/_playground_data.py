"""The points of the playground: made, typed as y > f(x), painted or loaded; and the features computed from them.

It draws and trains nothing. Whatever is made here can be made again by the program that
`nnlab.explorers.chapter_09._playground_program` writes: change both together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab._numbers import as_numbers
from nnlab.explorers.core import Values
from nnlab.explorers.formula import Formula, FormulaError, parse
from nnlab.language import _

Array = NDArray[Any]
Point = tuple[float, float, int]  # x1, x2 and the class

POINTS = 200  # made of each set
MOST = 500  # painted or loaded
REACH = 3.0  # the picture shows the square from -3 to 3
EDGE = 2.5  # points that are spread evenly lie in the square from -2.5 to 2.5
REGRESSION = ("plane", "hills")
TOYS = {"circles": "circles", "xor": "xor", "gauss": "gaussians", "spiral": "spiral", "moons": "moons"}
SETS = (*TOYS, *REGRESSION, "formula", "own")
GOLDEN = 0.6180339887498949  # multiples of it fill the circle evenly, however many there are

FEATURES: dict[str, Callable[[Array, Array], Array]] = {  # the names are their Python
    "x1": lambda x1, x2: x1,  # noqa: ARG005
    "x2": lambda x1, x2: x2,  # noqa: ARG005
    "x1*x1": lambda x1, x2: x1 * x1,  # noqa: ARG005
    "x2*x2": lambda x1, x2: x2 * x2,  # noqa: ARG005
    "x1*x2": lambda x1, x2: x1 * x2,
    "sin(x1)": lambda x1, x2: np.sin(x1),  # noqa: ARG005
    "sin(x2)": lambda x1, x2: np.sin(x2),  # noqa: ARG005
}


class Data(NamedTuple):
    """Points in the plane and what is to be learned of them."""

    x: Array  # (N, 2) float32
    y: Array  # (N,): classes 0 and 1, or numbers
    training: Array  # (N,) of bool; the others are for the test


def make(values: Values) -> Data:
    """Make the points that the controls ask for.

    Parameters
    ----------
    values : SimpleNamespace

    Returns
    -------
    Data

    Raises
    ------
    ValueError
        If the typed text is no formula.
    """
    if values.data == "own":
        return _own(values.points, values.training)
    x, y = _made(values)
    return Data(x, y, np.arange(POINTS) < training_points(values.training))


def training_points(percent: int) -> int:
    """Say how many of the points that are made are trained on.

    Parameters
    ----------
    percent : int

    Returns
    -------
    int
    """
    return POINTS * percent // 100


def spread_of(name: str, percent: int) -> float:
    """Give the standard deviation that a noise in percent stands for: that of the clouds is 0.3 to 1.1.

    Parameters
    ----------
    name : str
    percent : int

    Returns
    -------
    float
    """
    return round(0.3 + 0.016 * percent, 3) if name == "gauss" else percent / 100


def _made(values: Values) -> tuple[Array, Array]:
    from nnlab import datasets

    noise = spread_of(values.data, values.noise)
    if values.data in TOYS:
        x, y = getattr(datasets, TOYS[values.data])(POINTS, noise=noise, seed=values.draw)
        return x, y
    rng = np.random.default_rng(values.draw)
    x = rng.uniform(-EDGE, EDGE, (POINTS, 2)).astype(np.float32)
    if values.data == "formula":
        y = (x[:, 1] > read_formula(values.formula).value(x[:, 0])).astype(np.int64)
        return (x + noise * rng.standard_normal((POINTS, 2))).astype(np.float32), y
    return x, target(values.data, x) + noise * rng.standard_normal(POINTS)


def target(name: str, x: Array) -> Array:
    """Give the numbers that a regression has to learn, before the noise.

    Parameters
    ----------
    name : {"plane", "hills"}
    x : ndarray of shape (N, 2)

    Returns
    -------
    ndarray of shape (N,)
        From -1 to 1: a slope; or two hills and two valleys.
    """
    if name == "plane":
        return np.asarray((x[:, 0] + x[:, 1]) / 5)
    slices = np.exp(-((x - 1.2) ** 2)) - np.exp(-((x + 1.2) ** 2))
    return np.asarray(slices[:, 0] * slices[:, 1])


def _own(points: tuple[Point, ...], percent: int) -> Data:
    """Part painted points; each stays on its side while others are painted."""
    rows = np.array(points, dtype=np.float64).reshape(-1, 3)
    share = np.arange(len(rows)) * GOLDEN % 1.0
    return Data(rows[:, :2].astype(np.float32), rows[:, 2].astype(np.int64), share < percent / 100)


def features(names: tuple[str, ...], x: Array) -> Array:
    """Compute what the network gets of each point.

    Parameters
    ----------
    names : tuple of str
        Of `FEATURES`.
    x : ndarray of shape (N, 2)

    Returns
    -------
    ndarray of shape (N, len(names))
    """
    return np.stack([FEATURES[name](x[:, 0], x[:, 1]) for name in names], axis=1)


# Typed formulas: `nnlab.explorers.formula` reads them in z, a learner writes them in x1.

_X = re.compile(r"(?<![A-Za-z_])x1?(?![A-Za-z_0-9])")
_Z = re.compile(r"(?<![A-Za-z_])z(?![A-Za-z_0-9])")


def in_z(text: str) -> str:
    """Write a formula in x1 (or x) as one in z."""
    return _X.sub("z", text)


def read_formula(text: str) -> Formula:
    """Read a formula in x1.

    Parameters
    ----------
    text : str
        As for `nnlab.explorers.formula.parse`, with x1 or x in place of z.

    Returns
    -------
    Formula

    Raises
    ------
    ValueError
        Saying what is wrong, and where, in x1.
    """
    if "x2" in text or (">" in text and "where" not in text):
        raise ValueError(_("Type only f, a formula in x1 such as sin(2*x1): what stands to the right of y >."))
    try:
        return parse(in_z(text))
    except FormulaError as error:
        raise ValueError(_Z.sub("x1", str(error))) from None


# Points from outside: painted, or a learner's arrays.


def checked_points(points: Any) -> tuple[Point, ...]:
    """Bring points into the form in which they are kept.

    Parameters
    ----------
    points : iterable of (x1, x2, class)

    Returns
    -------
    tuple of (float, float, int)
        Rounded to three decimals, so that a line of Python can hold them.

    Raises
    ------
    ValueError
        If they are something else, too many, or outside of the picture.
    """
    try:
        rows = as_numbers("points", points).reshape(len(points), 3)
    except (TypeError, ValueError):
        words = _("points is a list of (x1, x2, class), such as [(0.5, -1.2, 0), (1.0, 2.0, 1)].")
        raise ValueError(words) from None
    return from_arrays(rows[:, :2], rows[:, 2])


def from_arrays(x: ArrayLike, y: ArrayLike) -> tuple[Point, ...]:
    """Turn a learner's arrays into points.

    Parameters
    ----------
    x : array_like of shape (N, 2)
        From -3 to 3.
    y : array_like of shape (N,)
        Classes 0 and 1; or -1 and 1.

    Returns
    -------
    tuple of (float, float, int)

    Raises
    ------
    ValueError
        If they do not fit.
    """
    a, b = _numbers("x", x), _numbers("y", y)  # whatever their dtype: there may be too many to be copied
    if b.ndim == 2 and b.shape[1] == 1:
        b = b[:, 0]
    if a.ndim != 2 or a.shape[1] != 2:
        words = _("x has a row for each point and two columns, x1 and x2: shape (N, 2); yours has shape {shape}.")
        raise ValueError(words.format(shape=a.shape))
    if b.shape != (len(a),):
        words = _("y has one class for each of the {count} points: shape ({count},); yours has shape {shape}.")
        raise ValueError(words.format(count=len(a), shape=b.shape))
    if len(a) > MOST:
        words = _("{count} points are too many to be drawn: choose {most} of them, such as x[:{most}] and y[:{most}].")
        raise ValueError(words.format(count=len(a), most=MOST))
    a, b = a.astype(np.float64), b.astype(np.float64)
    for name, numbers in (("x", a), ("y", b)):
        if not np.isfinite(numbers).all():
            words = _("{name} holds NaN or infinity: leave such points out.")
            raise ValueError(words.format(name=name))
    if np.abs(a).max(initial=0) > REACH:
        words = _(
            "The picture shows the square from -{reach} to {reach}, but x goes from {low} to {high}. Scale it first: "
            "x = x - x.mean(axis=0); x = 2.5 * x / abs(x).max()"
        )
        raise ValueError(words.format(reach=f"{REACH:g}", low=f"{a.min():g}", high=f"{a.max():g}"))
    found = set(np.unique(b).tolist())
    if not (found <= {0.0, 1.0} or found <= {-1.0, 1.0}):
        kinds = ", ".join(f"{value:g}" for value in sorted(found)[:5])
        words = _("y holds two classes, 0 and 1 (or -1 and 1); yours holds {kinds}.")
        raise ValueError(words.format(kinds=kinds if len(found) <= 5 else f"{kinds}, …"))
    return tuple((round(x1, 3), round(x2, 3), int(k > 0)) for (x1, x2), k in zip(a.tolist(), b.tolist(), strict=True))


def _numbers(name: str, given: ArrayLike) -> Array:
    try:
        return as_numbers(name, given)
    except ValueError:
        raise ValueError(_("{name} has to be an array of numbers.").format(name=name)) from None
