"""The grid of a sweep: names and values, checked; and its cells."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Axes = dict[str, tuple[Any, ...]]
Cell = dict[str, Any]


def check_grid(grid: Any) -> Axes:
    """Check a grid, and return its axes.

    Parameters
    ----------
    grid : mapping of str to list, tuple, range or ndarray

    Returns
    -------
    dict of str to tuple

    Raises
    ------
    TypeError, ValueError
        If it is empty, or values are no list or hold NaN.

    Examples
    --------
    >>> check_grid({"learning_rate": np.array([0.1, 0.2]), "seed": range(3)})
    {'learning_rate': (0.1, 0.2), 'seed': (0, 1, 2)}
    """
    if not isinstance(grid, Mapping):
        raise TypeError(f"grid is a dict such as {{'learning_rate': [0.01, 0.1]}}, got {grid!r:.100}")
    if not grid:
        raise ValueError("the grid is empty: give names and values, such as {'learning_rate': [0.01, 0.1]}")
    return {_check_name(name): _check_values(name, values) for name, values in grid.items()}


def _check_name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier():
        raise TypeError(f"the names of a grid are texts such as 'learning_rate', got {name!r}")
    return name


def _check_values(name: str, values: Any) -> tuple[Any, ...]:
    if isinstance(values, np.ndarray) and values.ndim == 1:
        values = values.tolist()
    if not isinstance(values, list | tuple | range):
        raise TypeError(f"grid[{name!r}] is a list of values, such as [{values!r:.50}], got {type(values).__name__}")
    if not len(values):
        raise ValueError(f"grid[{name!r}] is empty: give at least one value")
    for k, value in enumerate(values):
        if isinstance(value, float | np.floating) and math.isnan(value):
            raise ValueError(f"grid[{name!r}] holds nan, at position {k}")
    return tuple(value.item() if isinstance(value, np.generic) else value for value in values)


def shape_of(axes: Axes) -> tuple[int, ...]:
    """Count the values on each axis.

    Parameters
    ----------
    axes : dict of str to tuple

    Returns
    -------
    tuple of int
    """
    return tuple(len(values) for values in axes.values())


def cells_of(axes: Axes) -> Iterator[Cell]:
    """Go through all cells, the last axis first, as NumPy does through an array.

    Parameters
    ----------
    axes : dict of str to tuple

    Yields
    ------
    dict of str to object

    Examples
    --------
    >>> list(cells_of({"width": (2, 3), "seed": (0,)}))
    [{'width': 2, 'seed': 0}, {'width': 3, 'seed': 0}]
    """
    for values in itertools.product(*axes.values()):
        yield dict(zip(axes, values, strict=True))


def show(cell: Cell) -> str:
    """Write a cell as arguments.

    Parameters
    ----------
    cell : dict of str to object

    Returns
    -------
    str

    Examples
    --------
    >>> show({"learning_rate": 0.1, "activation": "relu"})
    "learning_rate=0.1, activation='relu'"
    """
    return ", ".join(f"{name}={value!r}" for name, value in cell.items())
