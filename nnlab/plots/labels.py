"""Words and numbers in a figure: places where labels do not overlap, and numbers in few digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def spread(places: Array, gap: float) -> Array:
    """Move places on a line from 0 to 1 apart where they are closer than `gap`, and keep their order.

    Parameters
    ----------
    places : ndarray of shape (K,)
    gap : float
        Less than 1 / (K - 1).

    Returns
    -------
    ndarray of shape (K,)

    Examples
    --------
    >>> spread(np.array([0.5, 0.98, 0.95]), 0.1).round(2).tolist()
    [0.5, 1.0, 0.9]
    """
    order = np.argsort(places, kind="stable")
    out = np.asarray(places, dtype=np.float64)[order]
    for k in range(1, len(out)):
        out[k] = max(out[k], out[k - 1] + gap)
    out[-1] = min(out[-1], 1.0)
    for k in range(len(out) - 2, -1, -1):
        out[k] = min(out[k], out[k + 1] - gap)
    return out[np.argsort(order)]


def short(size: float) -> str:
    """Write a number with two digits.

    Parameters
    ----------
    size : float
        Not negative.

    Returns
    -------
    str

    Examples
    --------
    >>> short(0.0524), short(503.0), short(3.41e-7), short(float("inf"))
    ('0.052', '500', '3.4·10⁻⁷', '∞')
    """
    if not math.isfinite(size):
        return "∞"
    if size == 0 or 0.001 <= size < 1000:
        return f"{float(f'{size:.2g}'):g}"
    digits, exponent = f"{size:.1e}".split("e")
    return f"{digits}·{power_of_ten(int(exponent))}"


def power_of_ten(exponent: int) -> str:
    """Write a power of ten.

    Parameters
    ----------
    exponent : int

    Returns
    -------
    str

    Examples
    --------
    >>> power_of_ten(-7)
    '10⁻⁷'
    """
    return "1" if exponent == 0 else "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
