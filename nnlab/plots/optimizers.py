"""Pictures of chapter 08: a range of learning rates, gone through once or trained with; and each optimizer's color.

They draw what a chapter has computed and compute nothing themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import ArrayLike, NDArray

from nnlab.plots._check import checked
from nnlab.plots._numbers import percents, short
from nnlab.plots.style import CLASS_0, GHOST, INK, LOSS, QUIET, RIGHT_TEXT, WRONG_TEXT, Picture, new_figure, styled
from nnlab.plots.training import _spread, label_ends

# The line of each optimizer, and an ink of the same hue that is dark enough for its name. Not blue, orange or
# vermilion: those mean the classes and the gradient. The first three share one idea, the last three another.
OPTIMIZER_COLORS = {
    "SGD": ("#8c8c8c", QUIET),
    "momentum": ("#56B4E9", "#20719f"),
    "Nesterov": (INK, INK),
    "Adagrad": ("#C2A200", "#766200"),
    "RMSprop": ("#009E73", RIGHT_TEXT),
    "Adam": ("#B35C8F", WRONG_TEXT),
}
_OTHER = (CLASS_0, CLASS_0)
_CLOSE = 0.05  # medians closer together than this are called close


@styled
@checked
def range_test(found: Any) -> Picture:
    """Draw what the learning-rate finder saw: the loss of each step against its learning rate.

    Parameters
    ----------
    found : RangeTest
        What `nnlab.find_learning_rate` returned.

    Returns
    -------
    Picture
    """
    rates, losses, smoothed = (np.asarray(a, np.float64) for a in (found.learning_rates, found.losses, found.smoothed))
    figure = new_figure(600, 310)
    ax = figure.subplots()
    top = 1.15 * float(np.nanmax(np.where(np.isfinite(smoothed), smoothed, np.nan)))
    ax.plot(rates, np.clip(losses, None, 2 * top), color=GHOST, linewidth=1)
    ax.plot(rates, smoothed, color=LOSS)
    ax.set(xscale="log", xlim=(rates[0], 1.5 * rates[-1]), ylim=(0, top))
    ax.set(xlabel="learning rate of the step", ylabel="loss")
    _plain_numbers(ax)
    named = np.isfinite(found.suggestion)
    if named:
        ax.axvline(found.suggestion, color=RIGHT_TEXT, linestyle=(0, (4, 2)), linewidth=1.6)
        ax.annotate("suggestion", (found.suggestion, 0.04 * top), (-6, 0), textcoords="offset points",
                    ha="right", color=RIGHT_TEXT)  # fmt: skip
    at = int(np.searchsorted(rates, np.sqrt(rates[0] * min(found.suggestion if named else rates[-1], rates[-1]))))
    ax.annotate("running mean", (rates[at], smoothed[at]), (0, -18), textcoords="offset points", color=LOSS,
                ha="center")  # fmt: skip
    steps = "falls, and then explodes" if found.exploded else "does not explode"
    where = "the suggestion lies where it falls most steeply" if named else "it never falls"
    figure.alt = f"Loss against a learning rate that grows from step to step: the running mean {steps}; {where}."
    if named:
        figure.numbers = f"The suggestion is {short(found.suggestion)}."
    return figure


@styled
@checked
def rates_and_seeds(results: Mapping[str, Mapping[float, ArrayLike]], *, ylabel: str) -> Picture:
    """Draw for each optimizer what every learning rate gives: median and range over the seeds, the best marked.

    Parameters
    ----------
    results : dict of str to dict of float to array_like of shape (seeds,)
        For each name the learning rates, and for each rate a share from 0 to 1 for each seed.
    ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or a result is not a share.
    """
    named = {str(name): _grid(name, grid) for name, grid in results.items()}
    if not named:
        raise ValueError('plots.rates_and_seeds expected results such as {"Adam": {0.01: accuracies}}.')
    figure = new_figure(840, 340)
    ax = figure.subplots()
    best: dict[str, float] = {}
    told_best = []
    begin: list[tuple[float, str, str]] = []
    for name, (rates, shares) in named.items():
        color, ink = OPTIMIZER_COLORS.get(name, _OTHER)
        middle = np.median(shares, axis=1)
        at = int(middle.argmax())
        best[name] = float(middle[at])
        told_best.append(f"{percents({name: middle[at : at + 1]})} at {short(float(rates[at]))}")
        ax.fill_between(rates, shares.min(axis=1), shares.max(axis=1), color=color, alpha=0.18, linewidth=0)
        ax.plot(rates, middle, color=color, marker="o", markersize=4)
        ax.plot(rates[at], middle[at], "o", color=color, markersize=10, markeredgecolor=INK, markeredgewidth=1.4)
        begin.append((float(middle[0]), name, ink))
    low, high = (f(rates[k] for rates, _shares in named.values()) for f, k in ((min, 0), (max, -1)))
    ax.set(xscale="log", xlim=(low / 3.6, 1.2 * high), ylim=(0, 1), xlabel="learning rate", ylabel=ylabel)
    begin.sort()
    for place, (_share, name, ink) in zip(_spread(np.array([one[0] for one in begin]), 0.07), begin, strict=True):
        ax.text(low / 1.12, float(place), name, ha="right", va="center", color=ink)
    _plain_numbers(ax)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    spread = max(best.values()) - min(best.values())
    told = "lie close together" if spread < _CLOSE else "differ"
    figure.alt = (
        f"{ylabel[:1].upper()}{ylabel[1:]} against the learning rate, median and range over the seeds, for "
        f"{', '.join(named)}. Each curve has its own best rate; the best medians {told}."
    )
    figure.numbers = f"Best medians: {', '.join(told_best)}."
    return figure


@styled
@checked
def tuned(results: Mapping[str, ArrayLike], *, ylabel: str) -> Picture:
    """Draw a dot for each seed and a line at the median, for each optimizer at a learning rate of its own.

    Parameters
    ----------
    results : dict of str to array_like of shape (seeds,)
        For each name a share from 0 to 1 for each seed.
    ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or a result is not a share.
    """
    named = {str(name): np.asarray(shares, np.float64).reshape(-1) for name, shares in results.items()}
    if not named or any(not len(shares) or not ((shares >= 0) & (shares <= 1)).all() for shares in named.values()):
        raise ValueError('plots.tuned expected shares from 0 to 1, such as {"Adam": [0.88, 0.9]}.')
    figure = new_figure(600, 290)
    ax = figure.subplots()
    for k, (name, shares) in enumerate(named.items()):
        color, ink = OPTIMIZER_COLORS.get(name, _OTHER)
        # Spread by rank, so that equal results stand beside each other and the picture is always the same.
        beside = k + 0.16 * ((np.argsort(np.argsort(shares, kind="stable")) % 5) - 2) / 2
        ax.plot(beside, shares, "o", color=color, markersize=6.5, markeredgecolor="white", clip_on=False)
        ax.plot([k - 0.32, k + 0.32], [np.median(shares)] * 2, color=ink, linewidth=2.6)
    ax.set(xlim=(-0.6, len(named) - 0.4), xticks=range(len(named)), xticklabels=list(named), ylim=(0.5, 1.0))
    ax.set_ylim(min(0.5, *(float(shares.min()) for shares in named.values())), 1.0)
    ax.grid(axis="x", visible=False)
    for label, name in zip(ax.get_xticklabels(), named, strict=True):
        label.set(color=OPTIMIZER_COLORS.get(name, _OTHER)[1], fontsize=10.5)
    ax.set_ylabel(ylabel)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    medians = [float(np.median(shares)) for shares in named.values()]
    told = "close together" if max(medians) - min(medians) < 2 * _CLOSE else "apart"
    figure.alt = f"{ylabel[:1].upper()}{ylabel[1:]}, a dot a seed, for {', '.join(named)}: the medians lie {told}."
    figure.numbers = f"Medians: {percents(named)}."
    return figure


@styled
@checked
def schedules(rates: Mapping[str, ArrayLike], losses: Mapping[str, ArrayLike]) -> Picture:
    """Draw learning rates over the steps, and beneath them on the same axis the losses that they led to.

    Parameters
    ----------
    rates : dict of str to array_like of shape (steps,)
    losses : dict of str to array_like of shape (epochs,)
        Under the same names.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the names differ.
    """
    if not rates or set(rates) != set(losses):
        raise ValueError("plots.schedules: rates and losses need the same names, at least one.")
    figure = new_figure(660, 400)
    above, below = figure.subplots(2, 1, sharex=True)
    inks = [("#8c8c8c", QUIET), ("#56B4E9", "#20719f"), (INK, INK), ("#B35C8F", WRONG_TEXT)]
    lower = min(float(np.min(loss)) for loss in losses.values())
    for ax, curves in ((above, rates), (below, losses)):
        ends = []
        for (name, curve), (color, ink) in zip(curves.items(), inks * len(curves), strict=False):
            y: NDArray[np.float64] = np.asarray(curve, np.float64)
            epochs = len(np.asarray(losses[name]))
            x = np.linspace(0, epochs, len(y) + 1)[: len(y)] if ax is above else np.arange(1, epochs + 1)
            ax.plot(x, y, color=color)
            ends.append((float(y[-1]), name, ink))
        ax.autoscale_view()
        if ax is below:
            ax.set(yscale="log", ylim=(0.8 * lower, None))
        label_ends(ax, ends, height=140)
    length = max(len(np.asarray(loss)) for loss in losses.values())
    above.set(ylabel="learning rate", xlim=(0, length))
    below.set(ylabel="loss", xlabel="epoch")
    _plain(below)
    last = min(losses, key=lambda name: float(np.asarray(losses[name])[-1]))
    figure.alt = f"Learning rates over the epochs and the losses beneath them: {', '.join(rates)}. Lowest: {last}."
    lasting = (f"{name} {short(float(np.asarray(loss)[-1]))}" for name, loss in losses.items())
    figure.numbers = f"Losses at the end: {', '.join(lasting)}."
    return figure


def _grid(name: str, grid: Mapping[float, ArrayLike]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rates = np.array(sorted(grid), np.float64)
    shares = np.array([np.asarray(grid[rate], np.float64).reshape(-1) for rate in sorted(grid)])
    if rates.size == 0 or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"plots.rates_and_seeds: {name!r} must hold shares from 0 to 1 for each learning rate.")
    return rates, shares


def _plain_numbers(ax: Axes) -> None:
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))


def _plain(ax: Axes) -> None:
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
