"""What `memory_or_rule` draws: both losses with the runs behind them, and the shares of right answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from nnlab.explorers.chapter_11._perceptron import GUESS
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import GHOST, INK, QUIET, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 330)
HIGHEST = 2.0  # of the losses that are shown
_PARTS = ("training", "validation")


class MemoryFigure:
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
        axes = self._axes = axes_at(figure, 62, 34, 400, 240)
        axes.set(ylim=(0, HIGHEST), yticks=[0, 0.5, 1, 1.5, 2], xlabel=_("epoch"), ylabel=_("loss"))
        axes.set_title(_("cross-entropy: median, and each seed"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.axhline(GUESS, color=GHOST, linewidth=1.4)
        self._thin = LineCollection([], colors=GHOST, linewidths=1)
        axes.add_collection(self._thin, autolim=False)
        (self._training,) = axes.plot([], [], color=INK, linewidth=2.4)
        (self._validation,) = axes.plot([], [], color=INK, linewidth=2.4, linestyle=VALIDATION_DASHES)
        at = axes.get_yaxis_transform()
        words = (_("training"), _("always ½"), _("validation"))
        self._names = [
            axes.text(1.02, 0.5, word, color=ink, va="center", transform=at)
            for word, ink in zip(words, (INK, QUIET, INK), strict=True)
        ]
        self._shares = _Shares(figure)
        self.moving: list[Artist] = [
            self._thin, self._training, self._validation, *self._names, *self._shares.moving,
            axes.xaxis,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any], epochs: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        epochs : int
            At the right end.
        """
        epoch = arrays["epoch"]
        self._axes.set_xlim(0, epochs)
        runs = arrays["losses"].reshape(-1, len(epoch))
        self._thin.set_segments([np.stack([epoch, run], axis=1) for run in runs])
        for line, loss in zip((self._training, self._validation), arrays["loss"], strict=True):
            line.set_data(epoch, loss)
        ends = np.clip(arrays["loss"][:, -1], 0, HIGHEST)
        places = spread(np.array([ends[0], GUESS + 1e-3, ends[1] + 2e-3]) / HIGHEST, 0.08)
        for name, place in zip(self._names, places, strict=True):
            name.set_y(HIGHEST * place)
        self._shares.update(arrays["right"], arrays["rights"])


class _Shares:
    """How many answers are right: a bar for the training rows, one for fresh ones, a dot a seed."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 640, 84, 140, 140)
        axes.set(xlim=(0, 1), ylim=(1.6, -0.6), yticks=[], title=_("right answers"))
        axes.set_xticks([0, 0.5, 1])
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.axvline(0.5, color=GHOST, linewidth=1.4)
        axes.text(0.5, -0.24, _("a coin: 50 %"), color=QUIET, ha="center", va="top", transform=axes.transAxes)
        self._bars = axes.barh([0, 1], [0, 0], height=0.6, color=["#8f8f8f", "white"], edgecolor=INK, linewidth=1.2)
        self._bars[1].set_linestyle((0, (3, 1.5)))
        (self._dots,) = axes.plot([], [], "o", color=INK, markersize=4)
        at = axes.get_yaxis_transform()
        for row, word in enumerate((_("training"), _("fresh"))):
            axes.text(-0.05, row, word, color=INK, ha="right", va="center", transform=at)
        self._numbers = [axes.text(1.04, row, "", color=INK, va="center", transform=at) for row in (0, 1)]
        self.moving: list[Artist] = [*self._bars, self._dots, *self._numbers]

    def update(self, right: Array, rights: Array) -> None:
        for bar, share, number in zip(self._bars, right, self._numbers, strict=True):
            bar.set_width(share)
            number.set_text(_("{percent} %").format(percent=int(100 * share + 1e-6)))
        self._dots.set_data(rights.ravel(), np.repeat([0, 1], rights.shape[1]))
