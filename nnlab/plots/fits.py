"""Pictures of fits: curves among points with the range that they were fit on, and one loss mended in stages.

They draw what a chapter has computed and fit nothing themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots._numbers import short
from nnlab.plots.style import CLASS_0, INK, QUIET, RIGHT, SERIES, WRONG_TEXT, Picture, new_figure, styled
from nnlab.plots.training import label_ends

Array = NDArray[np.float64]

_CURVES = (CLASS_0, WRONG_TEXT, INK, SERIES[0])


@styled
@checked
def fits(
    x: ArrayLike,
    y: ArrayLike,
    curves: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    fit_on: tuple[float, float],
    test: tuple[ArrayLike, ArrayLike] | None = None,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Picture:
    """Draw points with curves that were fit to some of them, each with its name, over the range of these points.

    Parameters
    ----------
    x, y : array_like of shape (N,)
    curves : dict of str to (array_like, array_like)
        For each name the places of a curve and its heights.
    fit_on : tuple of float
        The range of x that the curves were fit on.
    test : tuple of array_like, optional
        x and y of test points.
    xlabel, ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no curves, or two arrays that belong together differ in length.

    Examples
    --------
    >>> fits([0, 1], [1, 3], {"line": ([0, 4], [1, 9])}, fit_on=(0, 1)).alt
    '2 points over x and y, and curves that were fit between 0 and 1. At the right end, line lies highest.'
    """
    at, heights = _pair("x", x, y)
    named = {str(name): _pair(str(name), *both) for name, both in curves.items()}
    if not named:
        raise ValueError(
            _("plots.fits expected at least one curve, such as {example}.").format(example='"line": (x, y)')
        )
    figure = new_figure(640, 340)
    ax = figure.subplots()
    ax.axvspan(*fit_on, color="#e9f2f8", linewidth=0)
    ax.plot(at, heights, "o", color="#7d878e", markersize=4)
    ends = []
    for (name, (places, values)), color in zip(named.items(), _CURVES * len(named), strict=False):
        ax.plot(places, values, color=color, linewidth=2.2)
        ends.append((float(values[-1]), name, color))
    tested = _pair("test", *test) if test is not None else (at, heights)
    if test is not None:
        ax.plot(*tested, "D", color="white", markeredgecolor=RIGHT, markeredgewidth=2, markersize=7)
    right = max(at.max(), tested[0].max(), *(places.max() for places, _values in named.values()))
    left = min(at.min(), fit_on[0])
    ax.set_xlim(left - 0.02 * (right - left), right + 0.02 * (right - left))
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(_("pale: where they were fit"), fontsize=10.5, fontweight="normal", color=QUIET)
    label_ends(ax, ends, height=240)
    words = _(
        "{count} points over {xlabel} and {ylabel}, and curves that were fit between {low} and {high}. "
        "At the right end, {name} lies highest."
    )
    figure.alt = words.format(
        count=f"{len(at):,}", xlabel=xlabel, ylabel=ylabel, low=f"{fit_on[0]:g}", high=f"{fit_on[1]:g}",
        name=max(ends)[1],
    )  # fmt: skip
    told = ", ".join(f"{name} {short(y)}" for y, name, _color in ends)
    figure.numbers = _("At the right end: {told}.").format(told=told)
    return figure


@styled
@checked
def mended(losses: Mapping[str, float], *, xlabel: str = "test loss") -> Picture:
    """Draw one loss in stages, as bars from the first to the last on a logarithmic axis.

    Parameters
    ----------
    losses : dict of str to float
        Above 0, in the order in which things were mended.
    xlabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are fewer than two, or one is not above 0.

    Examples
    --------
    >>> mended({"as written": 2.0, "mended": 0.01}).alt
    'Bars of the test loss: as written 2; mended 0.01.'
    """
    found = {str(name): float(loss) for name, loss in losses.items()}
    if len(found) < 2 or not all(0 < loss < np.inf for loss in found.values()):
        raise ValueError(_("plots.mended expected two losses or more, each above 0: its axis is logarithmic."))
    figure = new_figure(640, 70 + 46 * len(found))
    ax = figure.subplots()
    rows, values = range(len(found)), np.array(list(found.values()))
    left = values.min() / 3
    ax.hlines(rows, left, values, color=CLASS_0, linewidth=14)
    for row, value in zip(rows, values, strict=True):
        ax.annotate(f"{value:.2g}", (value, row), (8, 0), textcoords="offset points", va="center", color=INK)
    ax.set(xscale="log", xlim=(left, 4 * values.max()), ylim=(len(found) - 0.5, -0.5), xlabel=xlabel)
    ax.set_yticks(list(rows), list(found))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
    ax.grid(axis="y", visible=False)
    told = "; ".join(f"{name} {loss:.2g}" for name, loss in found.items())
    figure.alt = _("Bars of the {what}: {told}.").format(what=xlabel, told=told)
    return figure


def _pair(name: str, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Two arrays of equal length."""
    across, up = (np.asarray(part, dtype=np.float64).reshape(-1) for part in (x, y))
    if len(across) != len(up) or not len(across):
        words = _("plots.fits: {name} has {across} places and {up} heights; they must be as many, and not none.")
        raise ValueError(words.format(name=name, across=len(across), up=len(up)))
    return across, up
