"""Curves over one axis, with their names beside them, and results of many seeds as points.

They draw what a chapter has computed and compute nothing themselves. The pictures that belong to activation functions
alone are in `nnlab.plots.activations`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from nnlab.plots._check import checked
from nnlab.plots._numbers import course, percents
from nnlab.plots.style import (
    ACTIVATION_COLORS,
    CLASS_0,
    CLASS_1,
    GRADIENT,
    INK,
    LOSS,
    VALIDATION_DASHES,
    Picture,
    new_figure,
    styled,
)
from nnlab.plots.training import label_ends

Named = Mapping[str, ArrayLike]

_OTHERS = ((CLASS_0, CLASS_0), (CLASS_1, "#8a5f00"), (GRADIENT, "#a84a00"), (INK, INK))


@styled
@checked
def curves(
    x: ArrayLike,
    ys: Named,
    *,
    xlabel: str = "x",
    ylabel: str = "y",
    log: bool = False,
    dashed: Collection[str] = (),
) -> Picture:
    """Draw curves over the same x, each with its name at its right end.

    Parameters
    ----------
    x : array_like of shape (points,)
    ys : dict of str to array_like of shape (points,)
        A name that begins with that of an activation, such as "relu, He", takes its color; a loss, "training", is
        black.
    xlabel, ylabel : str
    log : bool
        Whether y is logarithmic; then all y must be above 0.
    dashed : collection of str
        Names of the curves to be dashed, such as what theory says.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no curves, if one has not as many points as x, or cannot stand on a logarithmic axis.

    Examples
    --------
    >>> curves([0, 1, 2], {"relu": [0, 1, 2], "half": [0, 0.5, 1]}).alt
    'Curves over x from 0 to 2: relu rises; half rises.'
    """
    at, named = _checked(x, ys, log)
    figure = new_figure(600, 310)
    ax = figure.subplots()
    ends = []
    for (name, y), (color, ink) in zip(named.items(), _colors(list(named)), strict=True):
        color, ink = (INK, INK) if name in dashed else (color, ink)
        style = VALIDATION_DASHES if name in dashed else "-"
        ax.plot(at, y, color=color, linestyle=style, linewidth=2.2, clip_on=False)
        ends.append((float(y[-1]), name, ink))
    ax.set(xlim=(at[0], at[-1]), xlabel=xlabel, ylabel=ylabel)
    if np.array_equal(at, np.round(at)):
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if log:
        ax.set_yscale("log")
    ax.autoscale_view()
    label_ends(ax, ends, height=230)
    heights = {name: np.log10(y) if log else y for name, y in named.items()}
    reach = float(np.ptp(np.concatenate(list(heights.values()))))
    told = "; ".join(f"{name} {_course(y, reach)}" for name, y in heights.items())
    figure.alt = f"Curves over {xlabel} from {at[0]:g} to {at[-1]:g}: {told}."
    figure.numbers = f"In numbers, {ylabel}: {'; '.join(course(name, at, y) for name, y in named.items())}."
    return figure


@styled
@checked
def seeds(results: Mapping[str, Named], *, ylabel: str = "accuracy on new data") -> Picture:
    """Draw a point for each seed and a line at the median, to see whether a difference is more than luck.

    Parameters
    ----------
    results : dict of str to dict of str to array_like of shape (seeds,)
        Panels, side by side; in each, names such as those of activations; for each name, a share from 0 to 1 for each
        seed.
    ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no panel, no result, or a result that is not a share.

    Examples
    --------
    >>> seeds({"shallow": {"relu": [0.9, 0.92, 0.91], "tanh": [0.9, 0.9, 0.88]}}).alt
    'Accuracy on new data by seed, for relu, tanh. shallow: all medians lie within 5 points.'
    """
    panels = {title: _shares(title, named) for title, named in results.items()}
    if not panels:
        raise ValueError('plots.seeds expected at least one panel, such as {"one layer": {"relu": accuracies}}.')
    figure = new_figure(840 if len(panels) > 1 else 460, 310)
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for ax, (title, named) in zip(axes, panels.items(), strict=True):
        _strip(ax, named)
        ax.set_title(title)
    axes[0].set_ylabel(ylabel)
    axes[0].yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    told = "; ".join(f"{title}: {_compared(named)}" for title, named in panels.items())
    names = ", ".join(dict.fromkeys(name for named in panels.values() for name in named))
    figure.alt = f"{ylabel[:1].upper()}{ylabel[1:]} by seed, for {names}. {told}."
    figure.numbers = f"Medians: {'; '.join(f'{title}: {percents(named)}' for title, named in panels.items())}."
    return figure


def _strip(ax: Axes, named: dict[str, NDArray[np.float64]]) -> None:
    """One column of points for each name."""
    for k, (values, (color, ink)) in enumerate(zip(named.values(), _colors(list(named)), strict=True)):
        # Spread by rank, so that equal results stand beside each other and the picture is always the same.
        beside = k + 0.13 * ((np.argsort(np.argsort(values, kind="stable")) % 5) - 2) / 2
        ax.scatter(beside, values, s=34, color=color, edgecolors="white", linewidths=0.8, zorder=3)
        median = float(np.median(values))
        ax.plot([k - 0.3, k + 0.3], [median, median], color=ink, linewidth=2.4, zorder=2)
    ax.set(xlim=(-0.6, len(named) - 0.4), xticks=range(len(named)), xticklabels=list(named), ylim=(0, 1))
    ax.grid(axis="x", visible=False)
    for label, (_, ink) in zip(ax.get_xticklabels(), _colors(list(named)), strict=True):
        label.set(color=ink, fontsize=10.5)


def _checked(x: ArrayLike, ys: Named, log: bool) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    at = np.asarray(x, dtype=np.float64).reshape(-1)
    named = {str(name): np.asarray(y, dtype=np.float64).reshape(-1) for name, y in ys.items()}
    if not named or at.size < 2:
        raise ValueError('plots.curves expected at least two x and one curve, such as {"relu": np.maximum(x, 0)}.')
    for name, y in named.items():
        if y.size != at.size:
            raise ValueError(f"plots.curves: x has {at.size:,} points, but {name!r} has {y.size:,}.")
        if log and not (y > 0).all():
            raise ValueError(f"plots.curves: {name!r} is not above 0 everywhere, as a logarithmic axis needs it.")
    return at, named


def _shares(title: str, named: Named) -> dict[str, NDArray[np.float64]]:
    found = {str(name): np.asarray(values, dtype=np.float64).reshape(-1) for name, values in named.items()}
    if not found:
        raise ValueError(f"plots.seeds: the panel {title!r} has no results.")
    for name, values in found.items():
        if values.size == 0 or not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"plots.seeds: {name!r} in {title!r} must hold shares from 0 to 1, one for each seed.")
    return found


def _colors(names: list[str]) -> list[tuple[str, str]]:
    """Line and ink of each name."""
    rest = iter(_OTHERS * len(names))
    known = {**ACTIVATION_COLORS, "training": (LOSS, LOSS)}
    return [known.get(name.replace(",", " ").split()[0]) or next(rest) for name in names]


def _course(y: NDArray[np.float64], reach: float) -> str:
    """Say what a curve does from its left end to its right; `reach` is the height of the whole picture."""
    span = float(np.ptp(y))
    if span <= 1e-9 * max(1.0, float(np.max(np.abs(y)))):
        return "is constant"
    if span < 0.02 * reach:
        return "stays nearly level"
    if float(np.max(y)) > max(y[0], y[-1]) + 0.05 * span:
        return "rises and falls again"
    if float(np.min(y)) < min(y[0], y[-1]) - 0.05 * span:
        return "falls and rises again"
    return "rises" if y[-1] > y[0] else "falls"


def _compared(named: dict[str, NDArray[np.float64]]) -> str:
    """Say what stands out, in words that hold with a margin."""
    medians = {name: float(np.median(values)) for name, values in named.items()}
    lowest = min(medians, key=lambda name: medians[name])
    others = [median for name, median in medians.items() if name != lowest]
    if others and min(others) - medians[lowest] > 0.2:
        return f"the median of {lowest} lies more than 20 points below the others"
    if max(medians.values()) - medians[lowest] < 0.05:
        return "all medians lie within 5 points"
    return "the medians differ"
