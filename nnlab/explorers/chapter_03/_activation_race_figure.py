"""What `activation_race` draws: a small decision surface for each activation, and one race of losses.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.decision import DecisionSurface
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import ACTIVATION_COLORS as COLORS
from nnlab.plots.style import INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 420)
REACH = 2.75  # the surfaces show the square from -2.75 to 2.75
SIDE = 49  # points of a surface along each axis
EPOCHS = 60  # at the right end of the race
LOWEST, HIGHEST = 0.003, 3.0  # the losses that are shown
LINE = 0.125  # of the race's height that a name needs


class RaceFigure:
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
        self._panels = [_Panel(figure, k, name) for k, name in enumerate(COLORS)]
        self._race = _Race(figure)
        self.moving = [artist for panel in self._panels for artist in panel.moving] + self._race.moving

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        for k, panel in enumerate(self._panels):
            panel.update(arrays["surface"][k], arrays["x"], arrays["y"], float(arrays["accuracy"][k]))
        self._race.update(arrays["epoch"], arrays["loss_low"], arrays["loss"], arrays["loss_high"])


class _Panel:
    """One activation: its surface of the first seed, the points, and how many of them are right."""

    def __init__(self, figure: Picture, column: int, name: str) -> None:
        axes = axes_at(figure, 38 + 160.5 * column, 26, 148, 148)
        axes.set(xticks=[], yticks=[])
        axes.set_title(name, color=COLORS[name][1], pad=6)
        axes.text(1, -0.05, "x₁", transform=axes.transAxes, ha="right", va="top", color=QUIET)
        if column == 0:
            axes.text(-0.05, 0.5, "x₂", transform=axes.transAxes, ha="right", va="center", color=QUIET)
        self._surface = DecisionSurface(axes, REACH, SIDE, 4.2)
        self._right = axes.text(0, -0.05, "", transform=axes.transAxes, va="top", color=INK)
        self.moving: list[Artist] = [*self._surface.moving, self._right]

    def update(self, surface: Array, x: Array, y: Array, accuracy: float) -> None:
        self._surface.update(surface, x, y)
        self._right.set_text(_("median {percent} %").format(percent=int(100 * accuracy + 1e-6)))


class _Race:
    """The losses: a line and a band for each activation, with its name at the end."""

    def __init__(self, figure: Picture) -> None:
        self._axes = axes = axes_at(figure, 70, 236, 686, 138)
        axes.set_title(_("loss: median over the seeds, and the band between the quartiles"))
        axes.set(xlabel=_("epoch"), ylabel=_("loss"), yscale="log", xlim=(1, EPOCHS), ylim=(LOWEST, HIGHEST))
        axes.set(xticks=[1, *range(10, EPOCHS + 1, 10)], yticks=[0.01, 0.1, 1.0])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        self._bands = [
            axes.fill_between([1], [1], [1], color=color, alpha=0.22, linewidth=0) for color, _ink in COLORS.values()
        ]
        self._lines = [axes.plot([], [], color=color, linewidth=2.2)[0] for color, _ink in COLORS.values()]
        self._leaders = [
            axes.plot([], [], color=color, linewidth=1, clip_on=False)[0] for color, _ink in COLORS.values()
        ]
        self._names = [axes.text(1, 1, name, color=ink, va="center") for name, (_color, ink) in COLORS.items()]
        self.moving: list[Artist] = [*self._bands, *self._lines, *self._leaders, *self._names]

    def update(self, epoch: Array, low: Array, middle: Array, high: Array) -> None:
        low, middle, high = (np.clip(a, LOWEST, HIGHEST) for a in (low, middle, high))
        height = np.log(HIGHEST / LOWEST)
        places = spread(np.log(middle[:, -1] / LOWEST) / height, LINE)  # shares of the height of the axes
        for k, name in enumerate(self._names):
            outline = np.concatenate([[epoch, low[k]], [epoch[::-1], high[k, ::-1]]], axis=1).T
            self._bands[k].set_verts([outline])
            self._bands[k].set_visible(bool((low[k] < high[k]).any()))  # no band of one seed: 2 ms
            self._lines[k].set_data(epoch, middle[k])
            at = LOWEST * np.exp(height * places[k])
            self._leaders[k].set_data([epoch[-1], epoch[-1] + 0.8], [middle[k, -1], at])
            name.set_position((epoch[-1] + 1.1, at))
