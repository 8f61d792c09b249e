"""What `more_digits` draws: the share of wrong digits over the number of digits to learn from, on two logarithms.

Data in, artists out: no widgets, no training.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, QUIET, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 352)
SIZES = (125, 250, 500, 1000, 2000, 4000, 8000)
AHEAD = 60_000  # digits that MNIST has to learn from
LOW, HIGH = 0.005, 0.95  # shares that are shown
_AWAY = 1.28  # a factor: from the end of a curve to its name
_RIGHT = 714.0  # where the large number stands, in pixels


class MoreFigure:
    """The axes and artists of `more_digits`.

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
        axes = axes_at(figure, 94, 24, 496, 270)
        axes.set(xscale="log", yscale="log", xlim=(100, 72_000), ylim=(LOW, HIGH))
        axes.set(xlabel=_("digits to learn from"), ylabel=_("share of wrong answers"), xticks=[*SIZES, AHEAD])
        axes.set_xticklabels([f"{size:,}" for size in (*SIZES, AHEAD)])
        axes.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(_percent))
        (self._ghost,) = axes.plot([], [], color=GHOST, linestyle=VALIDATION_DASHES, linewidth=2)
        (self._ahead,) = axes.plot([], [], color=QUIET, linestyle=(0, (1, 2)), linewidth=2)
        self._dots = [axes.plot([], [], "o", color=INK, markersize=5, alpha=0.45, linewidth=0)[0] for _kind in range(2)]
        self._dots[1].set(markerfacecolor="white", markeredgecolor=INK)
        (self._test,) = axes.plot([], [], color=INK, linestyle=VALIDATION_DASHES, linewidth=2.2)
        (self._training,) = axes.plot([], [], color=INK, linewidth=2.2)
        self._names = Labels(axes)
        beside = figure.add_axes((0, 0, 1, 1))
        beside.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
        beside.set_axis_off()
        self._words = Labels(beside)
        self._big = figure.text(_RIGHT / SIZE[0], 0.71, "", fontsize=27, fontweight="bold", color=INK, ha="center")
        self.moving: list[Artist] = [
            self._ghost, self._ahead, *self._dots, self._test, self._training, self._names, self._words, self._big,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        size = arrays["size"].astype(np.float64)
        self._ghost.set_data(size, np.clip(arrays["previous"], LOW, HIGH))
        middles = []
        lines = ((self._test, "test"), (self._training, "training"))
        for dots, (line, name) in zip(self._dots, lines, strict=True):
            shares = np.clip(arrays[name], LOW, HIGH)
            known = np.isfinite(shares)
            dots.set_data(np.broadcast_to(size, shares.shape)[known], shares[known])
            middle = np.array([np.median(column[good]) if good.any() else np.nan for column, good in
                               zip(shares.T, known.T, strict=True)])  # fmt: skip
            line.set_data(size, middle)
            middles.append(middle)
        self._ahead.set_data([size[-1], AHEAD], np.clip(arrays["ahead"], LOW, HIGH))
        self._name(size, arrays["ahead"], *middles)
        self._tell(arrays, middles[0])

    def _name(self, size: Array, ahead: Array, test: Array, training: Array) -> None:
        """Write the names at the right ends of the curves, above and below: the dotted line has room between."""
        known = np.flatnonzero(np.isfinite(test))
        if not len(known):
            self._names.texts = []
            return
        last = known[-1]
        above = float(np.clip(max(test[last], training[last]) * _AWAY, LOW * _AWAY**2, HIGH / 1.1))
        dotted = ahead[0] * (ahead[1] / ahead[0]) ** 0.55 / 1.1  # where the dotted line leaves the name
        below = float(np.clip(np.nanmin([test[last] / _AWAY, training[last] / _AWAY, dotted]), LOW * 1.15, HIGH))
        self._names.texts = [
            Label(_("test digits"), size[last] * 1.06, above, plate=True),
            Label(_("training digits"), size[last] * 1.06, below, plate=True),
        ]

    def _tell(self, arrays: dict[str, Any], test: Array) -> None:
        """Write what 8,000 digits give, what half of them give, and where the line leads."""
        if not np.isfinite(test[-1]):
            self._big.set_text("…")
            self._words.texts = []
            return
        self._big.set_text(_("{share} %").format(share=f"{100 * test[-1]:.1f}"))
        lines = [(_("of the test digits are wrong"), INK), (_("after learning from 8,000"), INK), ("", INK)]
        lines += [(_("with half of them: {share} %").format(share=f"{100 * test[-2]:.1f}"), QUIET)]
        if np.isfinite(arrays["previous"][-1]):
            before = f"{100 * arrays['previous'][-1]:.1f}"
            lines += [(_("setting before: {share} %").format(share=before), QUIET)]
        if np.isfinite(arrays["ahead"][-1]):
            guess = f"{100 * arrays['ahead'][-1]:.0f}"
            lines += [("", INK), (_("dotted, if it goes on like this:"), QUIET)]
            lines += [(_("about {share} % with 60,000").format(share=guess), QUIET)]
        self._words.texts = [
            Label(words, _RIGHT, 122 + 19 * k, align="center", color=color)
            for k, (words, color) in enumerate(lines)
            if words
        ]


def _percent(share: float, _position: int) -> str:
    if share <= LOW:
        return _("≤ 0.5 %")
    return _("{share} %").format(share=f"{100 * share:g}")
