"""What `optimizer_digits` draws: the losses with a band over the seeds, and how many new digits are right.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.optimizers import OPTIMIZER_COLORS
from nnlab.plots.style import Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 350)
EPOCHS = 10
LOWEST, HIGHEST = 0.02, 4.0  # losses that are shown
NAMES = tuple(name for name in OPTIMIZER_COLORS if name != "Nesterov")
COLORS = {name: OPTIMIZER_COLORS[name] for name in NAMES}


class DigitsFigure:
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
        self._race, self._shares = _Race(figure), _Shares(figure)
        self.moving = [*self._race.moving, *self._shares.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._race.update(arrays["epoch"], arrays["loss_low"], arrays["loss"], arrays["loss_high"])
        self._shares.update(arrays["accuracies"], arrays["accuracy"])


class _Race:
    """The losses: a line and a band for each optimizer, with its name at the end."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 72, 30, 330, 268)
        axes.set_title(_("training loss: median and quartiles"))
        axes.set(xlabel=_("epoch"), ylabel=_("loss"), yscale="log", xlim=(1, EPOCHS), ylim=(LOWEST, HIGHEST))
        axes.set(xticks=range(1, EPOCHS + 1), yticks=[0.03, 0.1, 0.3, 1.0, 3.0])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        inks = COLORS.values()
        self._bands = [axes.fill_between([1], [1], [1], color=color, alpha=0.22, linewidth=0) for color, _ink in inks]
        self._lines = [axes.plot([], [], color=color, linewidth=2.2)[0] for color, _ink in inks]
        self._leaders = [axes.plot([], [], color=color, linewidth=1, clip_on=False)[0] for color, _ink in inks]
        self._names = [axes.text(1, 1, name, color=ink, va="center") for name, (_color, ink) in COLORS.items()]
        self.moving: list[Artist] = [*self._bands, *self._lines, *self._leaders, *self._names]

    def update(self, epoch: Array, low: Array, middle: Array, high: Array) -> None:
        low, middle, high = (np.clip(a, LOWEST, HIGHEST) for a in (low, middle, high))
        height = np.log(HIGHEST / LOWEST)
        places = spread(np.log(middle[:, -1] / LOWEST) / height, 0.07)
        for k, name in enumerate(self._names):
            outline = np.concatenate([[epoch, low[k]], [epoch[::-1], high[k, ::-1]]], axis=1).T
            self._bands[k].set_verts([outline])
            self._bands[k].set_visible(bool((low[k] < high[k]).any()))
            self._lines[k].set_data(epoch, middle[k])
            at = LOWEST * np.exp(height * places[k])
            self._leaders[k].set_data([epoch[-1], epoch[-1] + 0.25], [middle[k, -1], at])
            name.set_position((epoch[-1] + 0.33, at))


class _Shares:
    """A row for each optimizer: a dot a seed, a bar at the median, and its number."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 600, 30, 180, 268)
        axes.set_title(_("new digits right"))
        axes.set(xlim=(0, 1), ylim=(len(NAMES) - 0.5, -0.5), xlabel=_("share of 2,000, a dot a seed"), yticks=[])
        axes.set_xticks([0, 0.5, 1])
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        self._dots = [
            axes.plot([], [], "o", color=color, markersize=6, markeredgecolor="white", markeredgewidth=0.7)[0]
            for color, _ink in COLORS.values()
        ]
        self._bars = [axes.plot([], [], color=ink, linewidth=2.4)[0] for _color, ink in COLORS.values()]
        for k, (name, (_color, ink)) in enumerate(COLORS.items()):
            axes.text(-0.05, k, name, color=ink, ha="right", va="center", transform=axes.get_yaxis_transform())
        self._numbers = [
            axes.text(1.05, k, "", color=ink, va="center", transform=axes.get_yaxis_transform())
            for k, (_color, ink) in enumerate(COLORS.values())
        ]
        self.moving: list[Artist] = [*self._dots, *self._bars, *self._numbers]

    def update(self, shares: Array, middle: Array) -> None:
        for k, (dots, bar, number) in enumerate(zip(self._dots, self._bars, self._numbers, strict=True)):
            dots.set_data(shares[k], np.full(shares.shape[1], float(k)))
            bar.set_data([middle[k]] * 2, [k - 0.3, k + 0.3])
            number.set_text(_("{percent} %").format(percent=int(100 * middle[k] + 1e-6)))
