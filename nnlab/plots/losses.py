"""Pictures of losses: what they do to an error, which constant they like best, and what noise they come from.

The losses themselves are in `nnlab.losses`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots._numbers import percents, short
from nnlab.plots.style import INK, QUIET, RIGHT_TEXT, WRONG_TEXT, Picture, beside, new_figure, styled
from nnlab.plots.training import label_ends

Array = NDArray[np.float64]

#: The line of each loss, and an ink of the same hue that is dark enough for its name.
LOSS_COLORS = {
    "squared": ("#56B4E9", "#20719f"),
    "absolute": ("#009E73", RIGHT_TEXT),
    "Huber": ("#B35C8F", WRONG_TEXT),
    "capped": ("#8c8c8c", QUIET),
    "cross-entropy": (INK, INK),
}


@styled
@checked
def best_constants(y: ArrayLike, constants: ArrayLike, losses: Mapping[str, ArrayLike], *, unit: str = "y") -> Picture:
    """Draw how the values are spread, and below it each loss against the one number that is said for all of them.

    Parameters
    ----------
    y : array_like of shape (N,)
        The values.
    constants : array_like of shape (points,)
        What might be said for all of them.
    losses : dict of str to array_like of shape (points,)
        For each loss, such as "squared", its mean over the values at each constant.
    unit : str
        Name of the values, for the axis.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or if a loss has not as many points as there are constants.

    Examples
    --------
    >>> best_constants([0, 1, 5], [0, 1, 2], {"squared": [26 / 3, 17 / 3, 14 / 3]}).alt
    'Histogram of 3 values, and below it the mean losses against one constant: squared is lowest at 2.'
    """
    values, at = np.asarray(y, dtype=np.float64).reshape(-1), np.asarray(constants, dtype=np.float64).reshape(-1)
    named = _matching("plots.best_constants", at, losses)
    if not values.size:
        raise ValueError(_("plots.best_constants expected at least one value in y."))
    figure = new_figure(600, 335)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.9))
    above.hist(values, bins=40, range=(float(at[0]), float(at[-1])), color="#c9d3da")
    above.set(ylabel=_("how many"))
    lowest, told = [], []
    for name, loss in named.items():
        color, ink = _color(name)
        k = int(np.argmin(loss))
        shown = loss / loss[k]  # each over its own lowest value: one axis for losses of different units
        below.plot(at, shown, color=color, linewidth=2.4)
        below.plot(at[k], 1, "o", color=color, markersize=9, clip_on=False, zorder=4)
        above.axvline(at[k], color=color, linewidth=2)
        lowest.append((float(shown[-1]), name, ink))
        told.append(_("{loss} is lowest at {place}").format(loss=name, place=f"{at[k]:.3g}"))
    top = max(1.2, min(float(max(y for y, _name, _ink in lowest)), 3.0))
    below.set(xlim=(at[0], at[-1]), ylim=(0.9, top), xlabel=unit, ylabel=_("loss ÷ its lowest"))
    label_ends(below, [(min(y, top), name, ink) for y, name, ink in lowest], height=200)
    words = _("Histogram of {count} values, and below it the mean losses against one constant: {told}.")
    figure.alt = words.format(count=values.size, told=", ".join(told))
    return figure


@styled
@checked
def noise_and_loss(error: ArrayLike, densities: Mapping[str, ArrayLike]) -> Picture:
    """Draw densities of noise, and beside them their negative logarithms, which are losses.

    Parameters
    ----------
    error : array_like of shape (points,)
    densities : dict of str to array_like of shape (points,)
        For each loss, such as "squared", the density of the noise that it belongs to; all above 0.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, if the lengths differ, or if a density is not above 0.

    Examples
    --------
    >>> noise_and_loss([-1, 0, 1], {"absolute": [0.18, 0.5, 0.18]}).alt
    'Densities of noise and their negative logarithms, drawn from 0 upwards: absolute.'
    """
    at = np.asarray(error, dtype=np.float64).reshape(-1)
    named = _matching("plots.noise_and_loss", at, densities)
    for name, density in named.items():
        if not (density > 0).all():
            raise ValueError(_("plots.noise_and_loss: the density {name} is not above 0 everywhere.").format(name=name))
    figure = new_figure(840, 290)
    left, right = figure.subplots(1, 2)
    left.set_title(_("how likely an error is"))
    right.set_title(_("minus its logarithm, from 0 upwards"))
    ends, told = [], []
    for name, density in named.items():
        color, ink = _color(name)
        loss = -np.log(density)
        loss -= loss.min()
        left.plot(at, density, color=color, linewidth=2.6)
        right.plot(at, loss, color=color, linewidth=2.6)
        ends.append((float(loss[-1]), name, ink))
        halfway = float(np.interp((at[0] + 3 * at[-1]) / 4, at, loss))
        told.append(f"{name} {short(halfway)}, {short(float(loss[-1]))}")
    for ax in (left, right):
        ax.set(xlim=(at[0], at[-1]), xlabel=_("error"))
        ax.set_ylim(bottom=0)
    left.set_ylabel(_("density"))
    right.set_ylabel("−log")
    label_ends(right, ends, height=200)
    words = _("Densities of noise and their negative logarithms, drawn from 0 upwards: {names}.")
    figure.alt = words.format(names=", ".join(named))
    words = _("Minus the logarithm at the errors {half} and {end}: {told}.")
    figure.numbers = words.format(half=f"{(at[0] + 3 * at[-1]) / 4:g}", end=f"{at[-1]:g}", told="; ".join(told))
    return figure


@styled
@checked
def runs(shares: Mapping[str, Sequence[ArrayLike]], *, ylabel: str = "right answers") -> Picture:
    """Draw a share against the epoch, a thin line for each run and a thick one for the median.

    Parameters
    ----------
    shares : dict of str to sequence of array_like of shape (epochs,)
        For each name, such as that of a loss, its runs, all of the same length.
    ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there is nothing to draw, or if what should be a share is none.

    Examples
    --------
    >>> runs({"squared": [[0, 0, 0.1]], "cross-entropy": [[0, 0.5, 1]]}).alt
    'Right answers by epoch, median of the runs: squared ends below 50 %; cross-entropy ends above 90 %.'
    """
    named = {str(name): np.asarray(lines, dtype=np.float64) for name, lines in shares.items()}
    for name, lines in named.items():
        if lines.ndim != 2 or lines.shape[1] < 2 or not ((lines >= 0) & (lines <= 1)).all():
            words = _("plots.runs: {name} must be runs of shares from 0 to 1, at least two epochs each.")
            raise ValueError(words.format(name=name))
    if not named:
        raise ValueError(_("plots.runs expected at least one name with its runs."))
    figure = new_figure(600, 300)
    ax = figure.subplots()
    ends, told = [], []
    lasting: dict[str, Array] = {}
    for name, lines in named.items():
        color, ink = _color(name)
        epochs, median = np.arange(1, lines.shape[1] + 1), np.median(lines, axis=0)
        ax.plot(epochs, lines.T, color=color, linewidth=1, alpha=0.5, clip_on=False)
        ax.plot(epochs, median, color=color, linewidth=2.8, clip_on=False)
        ends.append((float(median[-1]), name, ink))
        told.append(f"{name} {_ending(float(median[-1]))}")
        lasting[name] = median[-1:]
    ax.set(xlim=(1, epochs[-1]), ylim=(0, 1), xlabel=_("epoch"), ylabel=ylabel)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    label_ends(ax, ends, height=220)
    words = _("{what} by epoch, median of the runs: {told}.")
    figure.alt = words.format(what=ylabel[:1].upper() + ylabel[1:], told="; ".join(told))
    figure.numbers = _("At the end: {shares}.").format(shares=percents(lasting))
    return figure


@styled
@checked
def pulls(delta: float = 1.0) -> Picture:
    """Draw chapter 5 in one picture: the losses, how hard they pull, and how hard they pull through a sigmoid.

    Parameters
    ----------
    delta : float
        Of the Huber loss, above 0.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `delta` is not above 0.
    """
    if not delta > 0:
        raise ValueError(_("plots.pulls: delta must be above 0, got {delta}.").format(delta=delta))
    e = np.linspace(-3, 3, 301)
    near = np.clip(e, -delta, delta)
    curves = {
        "squared": (e**2, 2 * e),
        "absolute": (np.abs(e), np.sign(e)),
        "Huber": (np.abs(near) * (np.abs(e) - np.abs(near) / 2), near),
    }
    figure = new_figure(840, 270)
    left, middle, right = figure.subplots(1, 3)
    for name, (loss, slope) in curves.items():
        color, _ink = _color(name)
        left.plot(e, loss, color=color, linewidth=2.4)
        jumps = np.flatnonzero(np.abs(np.diff(slope)) > 0.5) + 1
        for piece in np.split(np.arange(e.size), jumps):
            middle.plot(e[piece], slope[piece], color=color, linewidth=2.4)
    _finish(left, _("The loss"), (0, 4.2), {"squared": (-0.85, 3.7), "Huber": (1.5, 0.4)})
    color = LOSS_COLORS["absolute"][1]  # along its line: beside it there is no room
    left.text(-2.75, 2.92, "absolute", color=color, rotation=-45, transform_rotates_text=True, rotation_mode="anchor")
    _finish(
        middle,
        _("Its slope is the pull"),
        (-3.2, 3.2),
        {"squared": (1.45, 2.3), "absolute": (1.1, 1.45), "Huber": (1.1, 0.5)},
    )
    _through_sigmoid(right)
    figure.alt = _(
        "Three panels. The squared, absolute and Huber loss against the error. Their slopes: the squared one grows "
        "without end, the other two stay bounded. The slopes against z behind a sigmoid, for a target of 1: where the "
        "answer is confidently wrong, that of cross-entropy stays near −1, and that of the squared error goes to 0."
    )
    return figure


def _through_sigmoid(ax: Axes) -> None:
    z = np.linspace(-8, 8, 321)
    a = 1 / (1 + np.exp(-z))
    ax.plot(z, 2 * (a - 1) * a * (1 - a), color=LOSS_COLORS["squared"][0], linewidth=2.4)
    ax.plot(z, a - 1, color=LOSS_COLORS["cross-entropy"][0], linewidth=2.4)
    ax.axhline(0, color="#a8a8a8", linewidth=0.8)
    ax.set(title=_("Behind a sigmoid"), xlabel=_("z, where the target is 1"), xlim=(-8, 8), ylim=(-1.15, 0.25))
    ax.set(ylabel=_("slope against z"), yticks=(-1, -0.5, 0))
    _name(ax, "squared", (-7.7, 0.1))
    _name(ax, "cross-entropy", (0.3, -0.8))


def _finish(ax: Axes, title: str, ylim: tuple[float, float], names: Mapping[str, tuple[float, float]]) -> None:
    ax.axhline(0, color="#a8a8a8", linewidth=0.8)
    ax.set(title=title, xlabel=_("error ŷ − y"), xlim=(-3, 3), ylim=ylim, xticks=range(-3, 4))
    for name, place in names.items():
        _name(ax, name, place)


def _name(ax: Axes, name: str, place: tuple[float, float]) -> None:
    beside(ax, name, place, (0, 0), color=LOSS_COLORS[name][1])


def _matching(who: str, at: Array, named: Mapping[str, ArrayLike]) -> dict[str, Array]:
    """Arrays of as many points as `at`."""
    found = {str(name): np.asarray(values, dtype=np.float64).reshape(-1) for name, values in named.items()}
    if not found or at.size < 2:
        raise ValueError(_("{who} expected at least two points and one curve.").format(who=who))
    for name, values in found.items():
        if values.size != at.size:
            words = _("{who}: {name} has {count} points, where {points} are expected.")
            raise ValueError(words.format(who=who, name=name, count=values.size, points=at.size))
    return found


def _color(name: str) -> tuple[str, str]:
    return LOSS_COLORS.get(name, (INK, INK))


def _ending(share: float) -> str:
    """Say where a share ends, in words that hold with a margin."""
    if share > 0.9:
        return _("ends above 90 %")
    return _("ends below 50 %") if share < 0.5 else _("ends between 50 and 90 %")
