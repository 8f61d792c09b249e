"""The numbers of a picture in words, for those who do not see it.

They stand beside the alternative text in `nnlab.plots.style.Picture.numbers`: another processor may turn a digit.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _


def short(value: float) -> str:
    """Write a number with two digits that count, as it is read aloud.

    Parameters
    ----------
    value : float

    Returns
    -------
    str

    Examples
    --------
    >>> short(0.01234), short(-3.0), short(12345.6), short(2e-9)
    ('0.012', '−3', '12,346', '2·10^−9')
    """
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2g}"
    head, _e, power = text.partition("e")
    return (f"{head}·10^{int(power)}" if power else head).replace("-", "−")


def course(name: str, x: ArrayLike, y: ArrayLike) -> str:
    """Say where a curve begins and ends, and where it is highest or lowest if that is in between.

    Parameters
    ----------
    name : str
    x, y : array_like of shape (points,)

    Returns
    -------
    str

    Examples
    --------
    >>> course("validation", [1, 2, 3], [0.7, 0.2, 0.5])
    'validation from 0.7, lowest 0.2 at 2, to 0.5'
    """
    at, heights = np.asarray(x, np.float64), np.asarray(y, np.float64)
    begin, end = float(heights[0]), float(heights[-1])
    turn = ""
    if np.isfinite(heights).all():
        margin = 0.05 * float(np.ptp(heights))
        for word, k in ((_("highest"), int(heights.argmax())), (_("lowest"), int(heights.argmin()))):
            if min(abs(heights[k] - begin), abs(heights[k] - end)) > margin:
                turn += f", {word} {short(float(heights[k]))} {_('at')} {short(float(at[k]))}"
    words = _("{name} from {begin}{turn}, to {end}") if turn else _("{name} from {begin} to {end}")
    return words.format(name=name, begin=short(begin), turn=turn, end=short(end))


def percents(results: Mapping[str, NDArray[np.float64]]) -> str:
    """List the medians of shares in percent.

    Parameters
    ----------
    results : dict of str to ndarray

    Returns
    -------
    str

    Examples
    --------
    >>> percents({"SGD": np.array([0.8, 0.9, 0.85]), "Adam": np.array([0.913])})
    'SGD 85 %, Adam 91.3 %'
    """
    return ", ".join(f"{name} {round(100 * float(np.median(y)), 1):g} %" for name, y in results.items())
