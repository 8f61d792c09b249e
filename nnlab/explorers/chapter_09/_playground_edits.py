"""Names of the playground's weights, such as "x1->1.2", "1.2->2.1" or "bias output", and the values typed for them.

A unit is "layer.number", both from 1; features have their own names, and the last unit is "output".
"""

from __future__ import annotations

import re
from typing import Any

from nnlab.explorers.chapter_09._playground_run import Weights
from nnlab.explorers.core import Values
from nnlab.language import _

Place = tuple[int, ...]  # number of the array, then the index in it

_UNIT = re.compile(r"([1-9])\.([1-9])")


def units(hidden: tuple[int, ...]) -> list[str]:
    """Name the hidden units.

    Parameters
    ----------
    hidden : tuple of int

    Returns
    -------
    list of str

    Examples
    --------
    >>> units((2, 1))
    ['1.1', '1.2', '2.1']
    """
    return [f"{layer}.{k}" for layer, count in enumerate(hidden, 1) for k in range(1, count + 1)]


def sources(unit: str, values: Values) -> list[str]:
    """Name what goes into a unit: features, or the units of the layer before."""
    layer = len(values.hidden) + 1 if unit == "output" else int(unit.split(".")[0])
    if layer == 1:
        return list(values.features)
    return [f"{layer - 1}.{k}" for k in range(1, values.hidden[layer - 2] + 1)]


def names_into(unit: str, values: Values) -> list[str]:
    """Name the weights of a unit, its bias last.

    Parameters
    ----------
    unit : str
    values : SimpleNamespace

    Returns
    -------
    list of str
    """
    return [*(f"{source}->{unit}" for source in sources(unit, values)), f"bias {unit}"]


def place(name: str, values: Values) -> Place:
    """Find a weight among the arrays of ``model.get_weights()``.

    Parameters
    ----------
    name : str
    values : SimpleNamespace
        With the hidden layers and the features.

    Returns
    -------
    tuple of int
        Number of the array and the index in it; empty where the network has no such weight.
    """
    bias = name.startswith("bias ")
    unit = name.removeprefix("bias ") if bias else name.partition("->")[2]
    if unit not in ("output", *units(values.hidden)):
        return ()
    layer, number = (len(values.hidden), 0) if unit == "output" else (int(part) - 1 for part in unit.split("."))
    if bias:
        return 2 * layer + 1, number
    source, known = name.partition("->")[0], sources(unit, values)
    return (2 * layer, known.index(source), number) if source in known else ()


def apply(typed: dict[str, float], weights: Weights, values: Values) -> int:
    """Put typed values in the place of trained ones.

    Parameters
    ----------
    typed : dict of str to float
    weights : list of ndarray
        Changed in place.
    values : SimpleNamespace

    Returns
    -------
    int
        How many there are in this network.
    """
    found = [(at, number) for name, number in typed.items() if (at := place(name, values))]
    for at, number in found:
        weights[at[0]][at[1:]] = number
    return len(found)


def checked(typed: Any) -> dict[str, float]:
    """Bring typed values into the form in which they are kept.

    Parameters
    ----------
    typed : dict of str to float

    Returns
    -------
    dict of str to float

    Raises
    ------
    ValueError
        If it is something else.
    """
    words = _('typed is a dict from weights to numbers, such as {{"x1->1.2": 0.5, "bias output": -1}}; got {value}.')
    if not isinstance(typed, dict):
        raise ValueError(words.format(value=repr(typed)))
    out = {}
    for name, number in typed.items():
        good = isinstance(name, str) and ("->" in name or name.startswith("bias "))
        if not good or isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) <= 1e6:
            raise ValueError(words.format(value=repr({name: number})))
        out[name] = float(number)
    return out


def check_unit(name: str, unit: Any, hidden: tuple[int, ...]) -> None:
    """Refuse a unit that the network does not have.

    Parameters
    ----------
    name : str
        For the message.
    unit : object
    hidden : tuple of int

    Raises
    ------
    ValueError
        Saying which ones it has.
    """
    known = ["output", *units(hidden)]
    if unit not in known:
        words = _('{name} is "output" or a hidden unit of this network, as layer.number: {known}; got {value}.')
        raise ValueError(words.format(name=name, known=", ".join(known[1:]) or _("none"), value=repr(unit)))


def check_names(name: str, typed: dict[str, float], values: Values) -> None:
    """Refuse weights that the network does not have.

    Parameters
    ----------
    name : str
        For the message.
    typed : dict of str to float
    values : SimpleNamespace

    Raises
    ------
    ValueError
        Saying how weights are named.
    """
    for weight in typed:
        if not place(weight, values):
            words = _("{name}: this network has no weight {weight}; into its output go {known}.")
            known = ", ".join(map(repr, names_into("output", values)))
            raise ValueError(words.format(name=name, weight=repr(weight), known=known))
