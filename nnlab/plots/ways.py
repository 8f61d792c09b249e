"""Three ways to the same task as nested boxes, and the mistakes of a perceptron against the bound of the theorem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import as_classes, as_images, checked, class_names, same_length
from nnlab.plots.style import (
    CLASS_0,
    GHOST,
    INK,
    QUIET,
    RIGHT_TEXT,
    WRONG_TEXT,
    Picture,
    axes_at,
    beside,
    new_figure,
    styled,
)

_COLUMN, _HEIGHT = 280, 372
_GROUNDS = ("#f1f4f7", "#e1eaf2", "#cfdfec")
_SHOWN = 6  # wrong images of each way


@styled
@checked
def nested_ways(
    images: ArrayLike,
    y_true: ArrayLike,
    answers: Mapping[str, ArrayLike],
    made_by_hand: Sequence[str],
    labels: Sequence[object] | None = None,
) -> Picture:
    """Draw three ways as boxes in each other, with how many answers of each are wrong, and some of these.

    Parameters
    ----------
    images : array_like of shape (N, height, width)
        New ones, from which nothing was learned.
    y_true : array_like of shape (N,)
        True class of each.
    answers : dict of str to array_like of shape (N,)
        The field, from the widest to the narrowest, and its answers.
    made_by_hand : sequence of str
        For each, what a person had to think of, in one short line or two.
    labels : sequence, optional
        Names of the classes; their numbers if not given.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are not three ways, or the arrays do not describe the same samples.
    """
    x, truth = as_images(images, "nested_ways"), as_classes(y_true, "nested_ways", "y_true")
    ways = {name: as_classes(given, "nested_ways", name) for name, given in answers.items()}
    if len(ways) != 3 or len(made_by_hand) != 3:
        message = _("plots.nested_ways draws three ways and a line on each, got {ways} and {lines}.")
        raise ValueError(message.format(ways=len(ways), lines=len(made_by_hand)))
    same_length("nested_ways", images=x, y_true=truth, **ways)
    names = class_names(labels, max(int(given.max()) for given in ways.values()) + 1, "nested_ways")
    figure = new_figure(3 * _COLUMN, _HEIGHT, layout=None)
    ground = axes_at(figure, 0, 0, 3 * _COLUMN, _HEIGHT)
    ground.set(xlim=(0, 3 * _COLUMN), ylim=(_HEIGHT, 0))
    ground.set_axis_off()
    told = []
    for k, ((name, given), line) in enumerate(zip(ways.items(), made_by_hand, strict=True)):
        wrong = np.flatnonzero(given != truth)
        _box(ground, k, name, line, len(wrong), len(truth))
        for place, n in enumerate(wrong[:_SHOWN]):
            _image(figure, k, place, x[n], names[given[n]])
        told.append(_("{name}, at most {most} % wrong").format(name=name, most=_at_most(len(wrong) / len(truth))))
    figure.alt = _(
        "Three boxes in each other, with answers on {count} new images: {told}. Below, wrong answers."
    ).format(count=len(truth), told="; ".join(told))
    return figure


def _box(axes: Axes, k: int, name: str, line: str, wrong: int, count: int) -> None:
    """Draw the box of one field, with its words."""
    left, inset = _COLUMN * k + 6 + 2 * k, 5 + 7 * k
    axes.add_patch(
        FancyBboxPatch(
            (left, inset), 3 * _COLUMN - 8 - 5 * k - left, _HEIGHT - 2 * inset, boxstyle="round,pad=0,rounding_size=10",
            facecolor=_GROUNDS[k], edgecolor="#9fb4c6", linewidth=1,
        )
    )  # fmt: skip
    x = left + 14
    axes.text(x, 36, name, fontsize=12.5, fontweight="bold", va="center")
    axes.text(x, 54, line, va="top", color=QUIET, linespacing=1.25)
    color = WRONG_TEXT if wrong else RIGHT_TEXT
    axes.text(x, 116, _("{wrong} of {count} wrong").format(wrong=wrong, count=count), fontsize=14, color=color,
              fontweight="bold", va="center")  # fmt: skip
    full, share = _COLUMN - 56, wrong / count
    axes.plot([x, x + full], [138, 138], color="white", linewidth=7, solid_capstyle="butt")
    axes.plot([x, x + full * min(1.0, share / 0.1)], [138, 138], color=WRONG_TEXT, linewidth=7, solid_capstyle="butt")
    axes.text(x, 152, "0", color=QUIET, va="center", fontsize=10)
    axes.text(x + full, 152, "10 %", color=QUIET, va="center", ha="right", fontsize=10)


def _image(figure: Picture, column: int, place: int, image: NDArray[Any], said: str) -> None:
    """Draw a wrong image, and what was said."""
    left = _COLUMN * column + 20 + 2 * column + 80 * (place % 3)
    axes = axes_at(figure, left, 168 + 92 * (place // 3), 68, 68)
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=GHOST)
    axes.text(0.5, -0.05, _("says {said}").format(said=said), transform=axes.transAxes, ha="center", va="top",
              color=WRONG_TEXT, fontsize=10)  # fmt: skip


def _at_most(share: float) -> int:
    """Round a share up to steps of three percent: another processor's last bit may turn an answer or two."""
    return 3 * int(np.ceil((100 * share + 0.5) / 3))


@styled
@checked
def mistakes_and_bound(margins: ArrayLike, mistakes: ArrayLike, bounds: ArrayLike) -> Picture:
    """Draw how many mistakes perceptrons made, against the margin between the classes, and the bound of the theorem.

    Parameters
    ----------
    margins, mistakes, bounds : array_like of shape (runs,)
        One of each for each run; all positive.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the arrays are not of one length, or hold what a logarithmic axis cannot show.
    """
    margin, made, bound = (np.asarray(a, dtype=float).ravel() for a in (margins, mistakes, bounds))
    if not len(margin) == len(made) == len(bound) or not len(margin):
        message = _("plots.mistakes_and_bound needs arrays of one length, got {margins}, {mistakes} and {bounds}.")
        raise ValueError(message.format(margins=len(margin), mistakes=len(made), bounds=len(bound)))
    if min(margin.min(), made.min(), bound.min()) <= 0:
        raise ValueError(_("plots.mistakes_and_bound: a logarithmic axis has no place for numbers that are 0 or less."))
    figure = new_figure(600, 320)
    axes = figure.subplots()
    order = np.argsort(margin)
    axes.plot(margin[order], bound[order], "_", color=INK, markersize=9, markeredgewidth=2)
    axes.plot(margin, made, "o", color=CLASS_0, markersize=6, markeredgecolor="white", markeredgewidth=0.6)
    axes.set(xscale="log", yscale="log", xlabel=_("margin γ"), ylabel=_("corrections"))
    axes.set_xticks(np.unique(margin), [f"{value:.2g}" for value in np.unique(margin)])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.margins(x=0.06)
    low = margin == margin.min()
    for name, height, color in ((_("bound (R/γ)²"), bound, INK), (_("perceptrons"), made, CLASS_0)):
        beside(axes, name, (float(margin.min()), float(np.median(height[low]))), (9, 0), color=color)
    below = int((made <= bound).sum())
    figure.alt = _(
        "The number of corrections of {runs} perceptrons against the margin between the classes: it grows as the "
        "margin shrinks; {below} of {runs} lie below the bound."
    ).format(runs=len(margin), below=below)
    return figure
