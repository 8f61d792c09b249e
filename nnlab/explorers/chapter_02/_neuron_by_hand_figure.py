"""What `neuron_by_hand` draws: the plane with the line, how far each sample lies from it, and the score."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.chapter_02._plane import NeuronPlane
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, RIGHT, RIGHT_TEXT, WRONG_TEXT, Picture, axes_at, class_marks

Array = NDArray[Any]

SIZE = (840, 410)
REACH = 2.0  # the plane shows the square from -2 to 2
FAR = 2.0  # the largest distance that is shown


class HandFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        plane = axes_at(figure, 52, 30, 325, 325)
        plane.set(label="plane", xticks=range(-2, 3), yticks=range(-2, 3))
        plane.set_title(_("orange: the neuron says 1"))
        self._plane = NeuronPlane(plane, REACH, 11, sides=True)
        self._distances = _Distances(axes_at(figure, 490, 30, 315, 216))
        self._score = _Score(axes_at(figure, 490, 330, 315, 24))
        self.moving: list[Artist] = [*self._plane.moving, *self._distances.moving, *self._score.moving]

    def update(self, arrays: dict[str, Any], best_so_far: float) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        best_so_far : float
            The best share of the largest margin that was reached on this task.
        """
        margin = float(arrays["margin"])
        self._plane.neuron(arrays["w"], float(arrays["b"]), "step", margin if margin > 0 else np.nan)
        self._plane.samples(arrays["x"], arrays["y"])
        self._distances.update(arrays)
        self._score.update(arrays, best_so_far)


class _Distances:
    """A row for each sample: how far on the correct side it lies."""

    def __init__(self, axes: Axes) -> None:
        axes.set(
            xlim=(-FAR - 0.1, FAR + 0.1),
            ylim=(-0.7, 3.7),
            yticks=[],
            xlabel=_("distance from the line; below 0: wrong side"),
        )
        axes.set_title(_("how far on the correct side?"))
        axes.axvline(0, color=INK, linewidth=2.2)
        axes.spines["left"].set_visible(False)
        self._band = Rectangle((0, -0.7), 0, 4.4, facecolor=RIGHT, alpha=0.16, linewidth=0)
        axes.add_patch(self._band)
        self._ways = LineCollection([], linewidths=1.4, colors=GHOST)
        axes.add_collection(self._ways, autolim=False)
        self._zeros, self._ones = class_marks(axes, 9, 0.6)
        self._names = [axes.text(-FAR - 0.15, row, "", ha="right", va="center", color=INK) for row in range(4)]
        self._none = axes.text(0.05, 1.5, "", va="center", color=WRONG_TEXT)
        self.moving: list[Artist] = [self._band, self._ways, self._zeros, self._ones, *self._names, self._none]

    def update(self, arrays: dict[str, Any]) -> None:
        x, y, distance = arrays["x"], arrays["y"], arrays["distance"]
        rows = np.linspace(3, 0, len(x))
        shown = np.clip(distance, -FAR, FAR)
        self._ways.set_segments([[(0, row), (d, row)] for row, d in zip(rows, shown, strict=True) if np.isfinite(d)])
        self._zeros.set_data(shown[y == 0], rows[y == 0])
        self._ones.set_data(shown[y == 1], rows[y == 1])
        few = len(x) == len(self._names)
        for name, sample, row in zip(self._names, x, rows, strict=False):
            name.set_text(f"({sample[0]:g}, {sample[1]:g})" if few else "")
            name.set_y(row)
        margin = float(arrays["margin"])
        self._band.set_width(margin if margin > 0 else 0.0)
        self._none.set_text("" if np.isfinite(margin) else _("no weights, no line"))


class _Score:
    """The margin as a share of the largest one."""

    def __init__(self, axes: Axes) -> None:
        axes.set(xlim=(0, 1), ylim=(0, 1), yticks=[], xticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set_xticklabels(["0", "25 %", "50 %", "75 %", "100 %"])
        axes.grid(False)
        axes.spines["left"].set_visible(False)
        axes.add_patch(Rectangle((0, 0), 1, 1, facecolor="#eeeeee", linewidth=0))
        self._bar = Rectangle((0, 0), 0, 1, facecolor=RIGHT, linewidth=0)
        axes.add_patch(self._bar)
        (self._best,) = axes.plot([], [], color=INK, linewidth=2.4, clip_on=False)
        self._words = axes.text(0, 1.35, "", color=INK, fontweight="bold", fontsize=11.5)
        self.moving: list[Artist] = [self._bar, self._best, self._words]

    def update(self, arrays: dict[str, Any], best_so_far: float) -> None:
        share, right, count = float(arrays["share"]), int(arrays["right"]), len(arrays["x"])
        self._bar.set_width(share)
        self._best.set_data([best_so_far, best_so_far], [-0.2, 1.2] if best_so_far > 0 else [np.nan, np.nan])
        words = _("{right} of {count} right")
        if right == count:
            words = _("all right, {percent} % of the largest margin")
        self._words.set_text(words.format(right=right, count=count, percent=percent(share)))
        self._words.set_color(RIGHT_TEXT if right == count else WRONG_TEXT)


def percent(share: float) -> int:
    """Round a share down, so that only the widest line has 100 %."""
    return int(100 * share + 1e-6)
