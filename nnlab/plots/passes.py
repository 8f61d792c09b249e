"""What the gradient of many parameters costs in several ways. It draws what a chapter has counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import GRADIENT, INK, SERIES, Picture, new_figure, styled
from nnlab.plots.training import label_ends

_INKS = {GRADIENT: "#a84a00"}


@styled
@checked
def costs(parameters: ArrayLike, operations: Mapping[str, ArrayLike]) -> Picture:
    """Draw counts of operations against the number of parameters, both on logarithmic axes.

    Parameters
    ----------
    parameters : array_like of shape (networks,)
        Increasing.
    operations : dict of str to array_like of shape (networks,)
        Counts by name; "backward" is drawn as the gradient, "forward" in black.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, a number is not above 0, or `parameters` do not increase.

    Examples
    --------
    >>> costs([10, 100], {"forward": [20, 200], "nudges": [400, 40000]}).alt
    'Operations against the number of parameters, from 10 to 100. At the right end: nudges 40,000; forward 200.'
    """
    x = np.asarray(parameters, dtype=np.float64)
    named = {name: np.asarray(y, dtype=np.float64) for name, y in operations.items()}
    if not named or x.ndim != 1 or any(y.shape != x.shape for y in named.values()):
        raise ValueError(
            f"plots.costs expected a count for each of the {x.size} networks in each curve, got shapes "
            f"{', '.join(f'{name} {y.shape}' for name, y in named.items()) or 'of nothing'}"
        )
    if not all((y > 0).all() for y in (x, *named.values())):
        raise ValueError("plots.costs draws on logarithmic axes: all numbers have to be above 0")
    if x.size < 2 or not (np.diff(x) > 0).all():
        raise ValueError("plots.costs draws two networks or more, each with more parameters than the one before it")
    figure = new_figure(660, 330)
    ax = figure.subplots()
    others = iter(color for color in SERIES if color not in (GRADIENT, INK))
    ends = []
    for name, y in named.items():
        color = {"backward": GRADIENT, "forward": INK}.get(name) or next(others)
        ax.plot(x, y, "o-", color=color, linewidth=2.2, markersize=5, clip_on=False)
        ends.append((float(y[-1]), name, _INKS.get(color, color)))
    ax.set(xscale="log", yscale="log", xlim=(x[0], x[-1]), xlabel=_("parameters"), ylabel=_("multiplications"))
    ax.autoscale_view(scalex=False)
    label_ends(ax, ends, height=250)
    said = _("Operations against the number of parameters, from {low} to {high}. At the right end: {ends}.")
    order = sorted(ends, reverse=True)
    figure.alt = said.format(
        low=f"{x[0]:,.0f}", high=f"{x[-1]:,.0f}", ends="; ".join(f"{name} {y:,.0f}" for y, name, _ink in order)
    )
    return figure
