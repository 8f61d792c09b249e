"""Check a number that a learner passes, and say what is allowed when it does not fit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def check_number(
    name: str, value: Any, *, at_least: float | None = None, above: float | None = None, below: float = math.inf
) -> float:
    """Check a finite number.

    Parameters
    ----------
    name : str
        Name of the argument, for the message.
    value : float
    at_least, above, below : float, optional
        Limits; `at_least` may be reached, the other two may not.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is outside of the limits, infinite or NaN.

    Examples
    --------
    >>> check_number("momentum", 1, at_least=0, below=1)
    Traceback (most recent call last):
        ...
    ValueError: momentum has to be from 0 to below 1, got 1
    """
    allowed = _describe(at_least, above, below)
    if not isinstance(value, int | float | np.integer | np.floating) or isinstance(value, bool):
        raise TypeError(f"{name} is a number ({allowed}), got {value!r}")
    low = -math.inf if at_least is None else at_least
    if not (math.isfinite(value) and low <= value < below and (above is None or value > above)):
        raise ValueError(f"{name} has to be {allowed}, got {value!r}")
    return float(value)


def _describe(at_least: float | None, above: float | None, below: float) -> str:
    if at_least is not None and below < math.inf:
        return f"from {at_least:g} to below {below:g}"
    limits = [f"at least {at_least:g}"] if at_least is not None else []
    limits += [f"above {above:g}"] if above is not None else []
    limits += [f"below {below:g}"] if below < math.inf else ["finite"]
    return " and ".join(limits)


def check_seed(seed: Any) -> int | None:
    """Check the seed of a random number generator.

    Parameters
    ----------
    seed : int or None

    Returns
    -------
    int or None

    Raises
    ------
    ValueError
        If it is neither a whole number from 0 up nor None.

    Examples
    --------
    >>> check_seed(42)
    42
    """
    if seed is None:
        return None
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return int(seed)
    raise ValueError(f"seed is a whole number from 0 up, or None for other numbers each time; got {seed!r}")
