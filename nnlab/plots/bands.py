"""Results of many seeds on an axis of their own, to see a small difference beside the spread."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from nnlab.plots._check import checked
from nnlab.plots._numbers import percents
from nnlab.plots.style import CLASS_0, INK, QUIET, Picture, new_figure, styled


@styled
@checked
def seed_bands(results: Mapping[str, ArrayLike], *, xlabel: str = "right answers, new data") -> Picture:
    """Draw for each setting a row with a point for each seed, the middle half as a band, and the median.

    Parameters
    ----------
    results : dict of str to array_like of shape (seeds,)
        Shares from 0 to 1, at least two for each setting.
    xlabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is no setting, or one without at least two shares.

    Examples
    --------
    >>> seed_bands({"16 units": [0.9, 0.92, 0.91], "24 units": [0.91, 0.93, 0.9]}).alt
    'Right answers, new data, by seed, for 16 units, 24 units. The ranges of all settings overlap.'
    """
    found = {str(name): np.asarray(values, dtype=np.float64).reshape(-1) for name, values in results.items()}
    if not found:
        raise ValueError('plots.seed_bands expected at least one setting, such as {"16 units": accuracies}.')
    for name, values in found.items():
        if len(values) < 2 or not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"plots.seed_bands: {name!r} must hold at least two shares from 0 to 1.")
    figure = new_figure(700, 110 + 62 * len(found))
    ax = figure.subplots()
    for row, values in enumerate(found.values()):
        low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
        ax.barh(row, max(high - low, 1e-4), left=low, height=0.62, color="#dcebf5")
        beside = row + 0.2 * ((np.argsort(np.argsort(values, kind="stable")) % 5) - 2) / 2
        ax.plot(values, beside, "o", color=CLASS_0, markersize=5.5, alpha=0.85)
        ax.plot([middle, middle], [row - 0.36, row + 0.36], color=INK, linewidth=2.4)
    ax.set(yticks=range(len(found)), yticklabels=list(found), ylim=(len(found) - 0.4, -0.6), xlabel=xlabel)
    ax.grid(axis="y", visible=False)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda share, _position: f"{round(100 * share, 2):g} %"))
    ax.set_title("point: a seed · band: the middle half · line: the median", color=QUIET, fontsize=10, loc="left")
    overlap = max(values.min() for values in found.values()) <= min(values.max() for values in found.values())
    told = "The ranges of all settings overlap." if overlap else "Not all ranges overlap."
    figure.alt = f"{xlabel[:1].upper()}{xlabel[1:]}, by seed, for {', '.join(found)}. {told}"
    figure.numbers = f"Medians: {percents(found)}."
    return figure
