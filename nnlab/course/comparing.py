"""Compares results, and writes arguments and results as a learner reads them. It knows no exercise."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.course.calling import Failure, Outcome
from nnlab.course.exercise import Array, Function
from nnlab.language import _

_SHOWN = 12  # numbers of an array that are written out
_NUMBERS = (np.ndarray, np.generic, bool, int, float, complex)


def attempt(function: Function, arguments: tuple[Any, ...]) -> Outcome:
    """Call a function of our own, such as a known mistake, which may raise.

    Parameters
    ----------
    function : callable
    arguments : tuple
        The function gets copies.

    Returns
    -------
    Outcome
    """
    try:
        with np.errstate(all="ignore"):
            return Outcome(function(*copy.deepcopy(arguments)))
    except Exception as error:
        return Outcome(failure=Failure(type(error).__name__, str(error)))


def split(value: Any, parts: Sequence[str]) -> tuple[Any, ...] | None:
    """Take several results apart.

    Parameters
    ----------
    value : object
    parts : sequence of str
        Their names; empty for a single result.

    Returns
    -------
    tuple or None
        None if it is not as many.
    """
    if not parts:
        return (value,)
    return tuple(value) if isinstance(value, tuple | list) and len(value) == len(parts) else None


def as_numbers(value: Any) -> Array | None:
    """Return a number or an array of numbers as an array.

    Parameters
    ----------
    value : object

    Returns
    -------
    ndarray or None
        None if it is neither, or some of the numbers are masked.
    """
    if not isinstance(value, _NUMBERS) or isinstance(value, np.ma.MaskedArray):
        return None  # what a mask hides compares equal to anything
    array = np.asarray(value)
    return array if array.dtype.kind in "biufc" else None


def is_coarse(value: Any) -> bool:
    """Whether an array holds less than double precision.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    array = as_numbers(value)
    return array is not None and array.dtype in (np.float32, np.float16)


def same_numbers(one: Any, other: Any) -> bool:
    """Whether two results have the same shape and values, up to rounding.

    Parameters
    ----------
    one, other : object

    Returns
    -------
    bool
        False if one of them is not made of numbers.
    """
    a, b = as_numbers(one), as_numbers(other)
    if a is None or b is None or a.shape != b.shape:
        return False
    rtol = 2e-3 if np.float16 in (a.dtype, b.dtype) else 1e-5 if is_coarse(a) or is_coarse(b) else 1e-7
    with np.errstate(all="ignore"):
        return bool(np.allclose(a, b, rtol=rtol, atol=rtol * 1e-3, equal_nan=True))


def same(one: Outcome, other: Outcome, parts: Sequence[str]) -> bool:
    """Whether two calls came to the same: equal results, or the same kind of error.

    Parameters
    ----------
    one, other : Outcome
    parts : sequence of str

    Returns
    -------
    bool
    """
    if one.late or other.late:
        return False
    if one.failure or other.failure:
        return bool(one.failure and other.failure and one.failure.kind == other.failure.kind)
    a, b = split(one.value, parts), split(other.value, parts)
    return a is not None and b is not None and all(map(same_numbers, a, b))


def size(arguments: Sequence[Any]) -> int:
    """How many numbers the arguments hold.

    Parameters
    ----------
    arguments : sequence
        A list or tuple in it counts with all that it holds.

    Returns
    -------
    int
    """
    return sum(size(one) if isinstance(one, list | tuple) else int(np.size(one)) for one in arguments)


def written(value: Any) -> str:
    """Write a result or an argument, briefly.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> written(np.array([[1.0, -0.25]]))
    '[[1, -0.25]]'
    >>> written(np.zeros((4, 5)))
    'an array of shape (4, 5)'
    """
    array = as_numbers(value)
    if array is None:
        return _named(value)
    if array.size > _SHOWN:
        return _("an array of shape {shape}").format(shape=array.shape)
    return _listed(array.tolist())


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    if isinstance(value, float):
        return f"{value + 0.0:.4g}"  # -0 looks like a mistake, and is none
    return str(value)


def _named(value: Any) -> str:
    """Name a thing that is not made of numbers; not by its repr, which may be long or raise."""
    if value is None or value is Ellipsis:
        return "None" if value is None else "..."
    if callable(value):
        return _("a function")
    if isinstance(value, str):
        return _("a text")
    if isinstance(value, np.ma.MaskedArray):
        return _("a masked array, which hides numbers")
    if isinstance(value, np.ndarray):
        return _("an array of type {kind}").format(kind=value.dtype)
    if isinstance(value, list | tuple):
        return _("a {kind} of {count}").format(kind=type(value).__name__, count=len(value))
    return _("an object of type {kind}").format(kind=type(value).__name__)


def call_written(names: Sequence[str], arguments: tuple[Any, ...]) -> str:
    """Write the arguments of a call with their names.

    Parameters
    ----------
    names : sequence of str
    arguments : tuple

    Returns
    -------
    str

    Examples
    --------
    >>> call_written(["z", "slope"], (np.array([-2.0]), 0.1))
    'z = [-2], slope = 0.1'
    >>> call_written(["weights"], ([(np.array([[2.0]]), np.array([0.5]))],))
    'weights = [([[2]], [0.5])]'
    """
    return ", ".join(f"{name} = {_argument(value)}" for name, value in zip(names, arguments, strict=True))


def _argument(value: Any) -> str:
    if not isinstance(value, list | tuple) or size(value) > _SHOWN:
        return written(value)
    left, right = "[]" if isinstance(value, list) else "()"
    return f"{left}{', '.join(map(_argument, value))}{right}"
