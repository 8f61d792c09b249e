"""What `flipped_labels` draws: the decision surface with ringed wrong labels, and shares of right answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import NDArray

from nnlab.explorers.decision import DecisionSurface
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import GHOST, INK, VALIDATION_DASHES, WRONG, WRONG_TEXT, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 400)
REACH = 2.75
SIDE = 71  # points of the surface along each axis
EPOCHS = (0, 10, 30, 100, 300, 1000, 3000)


class FlippedFigure:
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
        axes = axes_at(figure, 40, 30, 320, 320)
        axes.set(xticks=[], yticks=[], title=_("answers, and training points"))
        axes.set_xlabel("x₁")
        axes.set_ylabel("x₂", rotation=0, labelpad=10)
        self._surface = DecisionSurface(axes, REACH, SIDE, 6)
        (self._rings,) = axes.plot(
            [], [], "o", color="none", markeredgecolor=WRONG_TEXT, markersize=12, markeredgewidth=1.8
        )
        self._shares = _Shares(figure)
        self.moving = [*self._surface.moving, self._rings, *self._shares.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._surface.update(arrays["surface"], arrays["x"], arrays["y"])
        self._rings.set_data(*arrays["x"][arrays["wrong"]].T)
        self._shares.update(arrays)


class _Shares:
    """Over the epochs: labels as given, wrong labels, and true labels of fresh points."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 452, 30, 230, 300)
        axes.set(xlim=(0, len(EPOCHS) - 1), ylim=(0, 1), xlabel=_("epochs"), title=_("answers that match the labels"))
        axes.set_xticks([0, 1, 3, 5])
        axes.set_xticklabels(["0", "10", "100", "1000"])
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.axhline(0.5, color=GHOST, linewidth=1.2)
        (self._wrong,) = axes.plot([], [], color=WRONG, linewidth=2.4, clip_on=False)
        (self._given,) = axes.plot([], [], color=INK, linewidth=2.2, clip_on=False)
        (self._fresh,) = axes.plot([], [], color=INK, linewidth=2.2, linestyle=VALIDATION_DASHES, clip_on=False)
        self._lines = (self._given, self._fresh, self._wrong)
        (self._ends,) = axes.plot([], [], "o", color=INK, markersize=6, clip_on=False)
        at = axes.get_yaxis_transform()
        words = (_("training points"), _("fresh points"), _("wrong labels"))
        self._names = [
            axes.text(1.04, 0.5, word, color=ink, va="center", transform=at)
            for word, ink in zip(words, (INK, INK, WRONG_TEXT), strict=True)
        ]
        self.moving: list[Artist] = [self._wrong, self._given, self._fresh, self._ends, *self._names]

    def update(self, arrays: dict[str, Any]) -> None:
        at = np.searchsorted(EPOCHS, arrays["epoch"])
        curves = [arrays[name] for name in ("right", "right_new", "learned")]
        for line, curve in zip(self._lines, curves, strict=True):
            line.set_data(at, curve)
        ends = np.array([curve[-1] for curve in curves])
        self._ends.set_data([at[-1]] * 3, ends)
        there = np.isfinite(ends)
        places = spread(np.where(there, np.minimum(ends, 0.94), 0.0) + np.array([2e-3, 1e-3, 0.0]), 0.065)
        for name, place, shown in zip(self._names, places, there, strict=True):
            name.set_y(place)
            name.set_visible(bool(shown))
