"""A result beside the results of chance: what the same method scores where the targets were shuffled."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import ArrayLike

from nnlab.plots._check import checked
from nnlab.plots._numbers import percents
from nnlab.plots.style import GHOST, INK, QUIET, RIGHT, RIGHT_TEXT, Picture, beside, new_figure, styled


@styled
@checked
def permutation_test(real: float, shuffled: ArrayLike, *, xlabel: str = "right answers, fresh rows") -> Picture:
    """Draw the result with real targets as a line, and each result with shuffled targets as a dot.

    Equal results are stacked, so that the dots form a histogram.

    Parameters
    ----------
    real : float
        A share from 0 to 1.
    shuffled : array_like of shape (K,)
        Shares from 0 to 1, at least two.
    xlabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are not at least two shuffled results, or one is not a share.

    Examples
    --------
    >>> permutation_test(0.8, [0.5, 0.52, 0.47]).alt
    'Right answers, fresh rows: the result with real targets lies above all 3 with shuffled targets.'
    """
    chance = np.sort(np.asarray(shuffled, dtype=np.float64).reshape(-1))
    given = np.append(chance, real)
    if len(chance) < 2 or not ((given >= 0) & (given <= 1)).all():
        raise ValueError("plots.permutation_test expected at least two shuffled results, all shares from 0 to 1.")
    figure = new_figure(700, 240)
    ax = figure.subplots()
    bins = np.floor(chance / 0.01)
    height = np.arange(len(chance)) - np.searchsorted(bins, bins)  # how many stand below it
    ax.plot((bins + 0.5) * 0.01, height + 0.5, "o", color=GHOST, markeredgecolor=QUIET, markersize=7)
    top = float(height.max()) + 2.5
    ax.plot([real, real], [0, top], color=RIGHT, linewidth=3)
    low, high = min(given.min(), 0.45), max(given.max(), 0.55)
    ax.set(xlim=(low - 0.03, min(high + 0.05, 1.0)), ylim=(0, top + 0.5), xlabel=xlabel, ylabel="trainings")
    side = "right" if real > (low + high) / 2 else "left"
    beside(ax, "real targets", (real, 1), (0, 8), ("data", "axes fraction"), ha=side, color=RIGHT_TEXT)
    beside(ax, "shuffled targets", (float(np.median(chance)), height.max() + 1), (0, 8), ha="center", color=INK)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    below = int((chance < real).sum())
    how = f"above all {len(chance)}" if below == len(chance) else "among those"
    figure.alt = f"{xlabel[:1].upper()}{xlabel[1:]}: the result with real targets lies {how} with shuffled targets."
    both = {"real targets": np.array([real]), "shuffled targets, median": chance, "highest": chance[-1:]}
    figure.numbers = f"In numbers: {percents(both)}."
    return figure
