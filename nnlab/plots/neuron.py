"""Pictures of single neurons: their lines among samples, what they answer as filters, and chapter 02's one picture.

They draw what a chapter has computed. Read `nnlab.plots.grids` for weights drawn as images.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import (
    CLASS_0,
    CLASS_1,
    GHOST,
    INK,
    PAPER,
    QUIET,
    SIGNED,
    VALIDATION_DASHES,
    Picture,
    beside,
    new_figure,
    styled,
)

Array = NDArray[np.float64]
Neuron = tuple[ArrayLike, float]  # weights and bias

_INKS = (INK, "#a84a00", "#00704f")
_DASHES = ("-", VALIDATION_DASHES, (0, (1.5, 1.5)))


@styled
@checked
def neuron_lines(
    x: ArrayLike,
    y: ArrayLike,
    neurons: Mapping[str, Neuron],
    *,
    xlabel: str = "x₁",
    ylabel: str = "x₂",
    classes: tuple[str, str] = ("class 0", "class 1"),
) -> Picture:
    """Draw samples with two features, and the lines of neurons through them.

    Parameters
    ----------
    x : array_like of shape (N, 2)
    y : array_like of shape (N,)
        0 or 1.
    neurons : dict of str to (weights, bias)
        Up to three, by the names that stand beside their lines.
    xlabel, ylabel : str
    classes : (str, str)
        Names of class 0 and class 1.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the samples have not two features, or there are more than three neurons.

    Examples
    --------
    >>> neuron_lines([[0, 0], [1, 1]], [0, 1], {"by hand": ([1.0, 1.0], -1.0)}).alt
    '2 samples with two features, x₁ and x₂, and the line of the neuron by hand, which gets all of them right.'
    """
    at, labels = _samples(x, y, "neuron_lines")
    if not 1 <= len(neurons) <= len(_INKS):
        raise ValueError(
            _("plots.neuron_lines draws 1 to {most} neurons, got {count}.").format(most=3, count=len(neurons))
        )
    figure = new_figure(560, 360)
    ax = figure.subplots()
    _marks(ax, at, labels, 9.0 if len(at) < 10 else 4.0)
    pad = (0.35 if len(at) < 10 else 0.08) * np.ptp(at, axis=0)
    (left, low), (right, high) = at.min(axis=0) - pad, at.max(axis=0) + pad
    for (name, neuron), ink, dashes in zip(neurons.items(), _INKS, _DASHES, strict=False):
        ends = _through(neuron, (left, right), (low, high))
        ax.plot(*ends.T, color=ink, linestyle=dashes, linewidth=2.2)
        end = ends[np.argmax(ends[:, 0])]
        beside(ax, name, tuple(end), (6, 0), color=ink)
    ax.set(xlim=(left, right), ylim=(low, high), xlabel=xlabel, ylabel=ylabel)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    for place, name, color in ((0.0, classes[0], CLASS_0), (0.5, classes[1], "#8a5f00")):
        ax.text(place, 1.03, f"{'●' if color == CLASS_0 else '■'} {name}", transform=ax.transAxes, color=color)
    figure.alt = _lines_told(at, labels, neurons, xlabel, ylabel)
    return figure


@styled
@checked
def filtered(signal: ArrayLike, outputs: Mapping[str, ArrayLike], *, xlabel: str = "time") -> Picture:
    """Draw a noisy series as points, and below it what filters answer as they are slid along it.

    Parameters
    ----------
    signal : array_like of shape (T,)
    outputs : dict of str to array_like of shape (T',)
        For each filter the answers, fewer than T; each is drawn above the middle of its window.
    xlabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no outputs, or some are longer than the signal.
    """
    series = np.asarray(signal, dtype=np.float64).reshape(-1)
    named = {str(name): np.asarray(values, dtype=np.float64).reshape(-1) for name, values in outputs.items()}
    if not named or any(not 0 < values.size <= series.size for values in named.values()):
        raise ValueError(_("plots.filtered expected at least one output, none longer than the signal."))
    figure = new_figure(760, 150 + 120 * len(named))
    axes = figure.subplots(len(named), 1, squeeze=False, sharex=True)[:, 0]
    for ax, (name, values), ink in zip(axes, named.items(), _INKS * len(named), strict=False):
        first = (series.size - values.size) / 2
        ax.plot(series, ".", color=GHOST, markersize=4.5)
        ax.axhline(0, color=GHOST, linewidth=0.9)
        ax.plot(first + np.arange(values.size), values, color=ink, linewidth=2.2)
        ax.set_title(name)
        ax.set(ylabel="z", xlim=(0, series.size - 1))
    axes[-1].set_xlabel(xlabel)
    words = _("A noisy series of {count} numbers as points, and over it the answers of {names}.")
    figure.alt = words.format(count=series.size, names=", ".join(named))
    return figure


@styled
@checked
def responses(image: ArrayLike, answers: Mapping[str, ArrayLike]) -> Picture:
    """Draw an image, and beside it what each filter answers at each place: orange above 0, blue below.

    Parameters
    ----------
    image : array_like of shape (height, width)
    answers : dict of str to array_like of shape (rows, columns)

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are none, or more than four, or one is not two-dimensional.
    """
    maps = {str(name): np.asarray(values, dtype=np.float64) for name, values in answers.items()}
    shown = np.asarray(image, dtype=np.float64)
    if not 1 <= len(maps) <= 4 or any(values.ndim != 2 or values.size == 0 for values in (shown, *maps.values())):
        words = _("plots.responses draws an image and 1 to 4 answers to it, each of two dimensions and not empty.")
        raise ValueError(words)
    figure = new_figure(min(840, 205 * (1 + len(maps))), 235)
    axes = figure.subplots(1, 1 + len(maps))
    axes[0].imshow(shown, cmap="gray_r")
    axes[0].set_title(_("the image"))
    for ax, (name, values) in zip(axes[1:], maps.items(), strict=True):
        limit = float(np.abs(values).max()) or 1.0
        ax.imshow(values, cmap=SIGNED, vmin=-limit, vmax=limit)
        ax.set_title(name)
    for ax in axes:
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set_visible(True)
        ax.spines[:].set_color(GHOST)
    words = _("An image, and at each place of it the answers of {names}: orange above 0, blue below 0.")
    figure.alt = words.format(names=", ".join(maps))
    return figure


@styled
@checked
def one_neuron(x: ArrayLike, y: ArrayLike, weights: ArrayLike, bias: float) -> Picture:
    """Draw chapter 02 in one picture: the sum, the line, and the soft step along the distance from it.

    Parameters
    ----------
    x : array_like of shape (N, 2)
        Features of one scale.
    y : array_like of shape (N,)
        0 or 1.
    weights : array_like of shape (2,)
    bias : float

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are not two features.
    """
    at, labels = _samples(x, y, "one_neuron")
    w = np.asarray(weights, dtype=np.float64).reshape(2)
    figure = new_figure(840, 290)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.0, 1.0, 1.1))
    _diagram(left, w, float(bias))
    _marks(middle, at, labels, 4.5)
    reach = float(np.abs(at).max()) * 1.05
    middle.plot(*_through((w, bias), (-reach, reach), (-reach, reach)).T, color=INK, linewidth=2.2)
    foot = -bias * w / (w @ w)
    tip = foot + 0.45 * reach * w / np.hypot(*w)
    middle.annotate("", tip, foot, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 2})
    beside(middle, "w", tuple(tip), (10 * w / np.hypot(*w)), color=INK, fontweight="bold", ha="center")
    middle.set_aspect("equal")  # so that the right angle looks like one
    middle.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="x₁", ylabel="x₂", title=_("a line, and w across it"))
    _soft_step(right, at, labels, w, float(bias))
    figure.alt = _(
        "Three panels: a neuron multiplies two inputs by its weights and adds its bias; its line lies at right angles "
        "to the weights; the answer rises in a soft step from one side of the line to the other."
    )
    return figure


def _diagram(ax: Axes, w: Array, b: float) -> None:
    """Draw the sum with its numbers."""
    ax.set(xlim=(0, 1), ylim=(0, 1), title=_("a sum, and a bend"))
    ax.set_axis_off()
    for y, name, weight in ((0.86, "x₁", w[0]), (0.5, "x₂", w[1]), (0.14, "1", b)):
        ax.plot([0.1, 0.58], [y, 0.5], color=CLASS_1 if weight > 0 else CLASS_0, linewidth=2.4, zorder=1)
        ax.add_patch(Circle((0.1, y), 0.085, facecolor=PAPER, edgecolor=QUIET, zorder=2))
        ax.text(0.1, y, name, ha="center", va="center", color=INK)
        ax.text(0.30, y + (0.5 - y) * 0.4 + 0.055, f"{weight:.1f}".replace("-", "−"), ha="center", color=INK)
    ax.plot([0.62, 0.98], [0.5, 0.5], color=INK, linewidth=2, zorder=1)
    ax.add_patch(Circle((0.66, 0.5), 0.13, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=2))
    ax.text(0.66, 0.5, "z → σ", ha="center", va="center", color=INK)
    ax.text(0.99, 0.56, "a", ha="right", color=INK)


def _soft_step(ax: Axes, x: Array, y: NDArray[Any], w: Array, b: float) -> None:
    """Draw the answer over the signed distance, with the samples at 0 and 1."""
    size = float(np.hypot(*w))
    distance = (x @ w + b) / size
    reach = float(np.abs(distance).max()) * 1.05
    along = np.linspace(-reach, reach, 301)
    ax.axvline(0, color=INK, linewidth=2)
    for value, marker, color in ((0, "o", CLASS_0), (1, "s", CLASS_1)):
        ax.plot(distance[y == value], y[y == value], marker, color=color, markersize=5, alpha=0.5, markeredgewidth=0)
    ax.plot(along, 1 / (1 + np.exp(-size * along)), color=INK, linewidth=2.4)
    ax.set(xlim=(-reach, reach), ylim=(-0.12, 1.12), yticks=(0, 0.5, 1), yticklabels=("0", "½", "1"))
    ax.set(xlabel=_("signed distance from the line"), ylabel="a", title=_("a soft step across it"))


def _samples(x: ArrayLike, y: ArrayLike, what: str) -> tuple[Array, NDArray[Any]]:
    at, labels = np.asarray(x, dtype=np.float64), np.asarray(y).reshape(-1)
    if at.ndim != 2 or at.shape[1] != 2 or len(at) != len(labels):
        words = _("plots.{what} expected x of shape (N, 2) and y of shape (N,), got {x} and {y}.")
        raise ValueError(words.format(what=what, x=at.shape, y=labels.shape))
    return at, labels


def _marks(ax: Axes, x: Array, y: NDArray[Any], size: float) -> None:
    ax.grid(False)
    faint: dict[str, Any] = {"linestyle": "", "markersize": size, "markeredgecolor": "white", "markeredgewidth": 0.4}
    ax.plot(*x[y == 0].T, marker="o", color=CLASS_0, alpha=0.8, **faint)
    ax.plot(*x[y == 1].T, marker="s", color=CLASS_1, alpha=0.8, **faint)


def _through(neuron: Neuron, across: tuple[float, float], up: tuple[float, float]) -> Array:
    """Both ends of a neuron's line in a rectangle: (2, 2)."""
    w, b = np.asarray(neuron[0], dtype=np.float64).reshape(2), float(neuron[1])
    ends = [(x1, -(w[0] * x1 + b) / w[1]) for x1 in across if w[1]]
    ends += [(-(w[1] * x2 + b) / w[0], x2) for x2 in up if w[0]]
    slack = 1e-9 * (1 + np.abs([*across, *up]).max())
    inside = [
        end
        for end in ends
        if across[0] - slack <= end[0] <= across[1] + slack and up[0] - slack <= end[1] <= up[1] + slack
    ]
    inside.sort()
    return np.array([inside[0], inside[-1]]) if inside else np.full((2, 2), np.nan)


def _lines_told(x: Array, y: NDArray[Any], neurons: Mapping[str, Neuron], xlabel: str, ylabel: str) -> str:
    told = []
    for name, (w, b) in neurons.items():
        share = float(np.mean((x @ np.asarray(w, dtype=np.float64) + b >= 0) == (y == 1)))
        right = _("all of them") if share == 1 else _("at least {percent} %").format(percent=5 * int(20 * share - 0.1))
        told.append(_("the line of the neuron {name}, which gets {right} right").format(name=name, right=right))
    words = _("{count} samples with two features, {x} and {y}, and {lines}.")
    return words.format(count=f"{len(x):,}", x=xlabel, y=ylabel, lines="; ".join(told))
