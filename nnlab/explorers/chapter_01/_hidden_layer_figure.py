"""What `hidden_layer` draws: the plane, the loss of one seed over the epochs, and where all seeds are at that time.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import MultipleLocator

from nnlab.explorers.chapter_01._plane import Plane
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, LOSS, RIGHT, WRONG, Picture, axes_at

SIZE = (840, 316)
SIDE = 49  # points of the surface along each axis
HIGHEST = 1.0  # the largest loss that is shown
SEEDS = 40


class HiddenLayerFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.
    epochs : int
        At the right end of the loss.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture, epochs: int) -> None:
        self._plane = Plane(figure, 48, 30, 228)
        self._plane.axes.set_title(_("violet: hidden units"), pad=6)
        axes = axes_at(figure, 346, 30, 212, 228)
        axes.set(xlim=(0, epochs), ylim=(0, 1.06 * HIGHEST), xlabel=_("epoch"), ylabel=_("loss"))
        axes.xaxis.set_major_locator(MultipleLocator(epochs // 3))
        title: dict[str, Any] = {"fontsize": 11.5, "fontweight": "bold", "color": INK, "va": "bottom"}
        self._word = axes.text(0, 1.025, "", transform=axes.transAxes, **title)
        (self._curve,) = axes.plot([], [], color=LOSS, linewidth=2)
        (self._now,) = axes.plot([], [], color=GHOST, linewidth=1.4)
        (self._dot,) = axes.plot([], [], "o", color=INK, markersize=8, clip_on=False)
        every = axes_at(figure, 600, 30, 224, 228)
        every.set(xlim=(-1, SEEDS), ylim=(0, 1.06 * HIGHEST), xlabel=_("seed"), label="seeds")
        every.tick_params(labelleft=False)
        style: dict[str, Any] = {"linestyle": "", "clip_on": False, "markeredgecolor": "white", "markeredgewidth": 0.5}
        (self._solved,) = every.plot([], [], marker="o", markersize=7, color=RIGHT, **style)
        (self._stuck,) = every.plot([], [], marker="X", markersize=8, color=WRONG, **style)
        (self._mine,) = every.plot([], [], "o", markersize=14, markerfacecolor="none", markeredgecolor=INK)
        self._mine.set_clip_on(False)
        self._count = every.text(0, 1.025, "", transform=every.transAxes, **title)
        self.moving: list[Artist] = [
            *self._plane.moving, self._now, self._curve, self._dot, self._word, self._solved, self._stuck, self._mine,
            self._count,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any], seed: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        seed : int
            The one whose plane is shown.
        """
        self._plane.points(arrays["x"], arrays["y"])
        self._plane.surface(arrays["surface"])
        self._plane.lines(arrays["w"], arrays["b"])
        self._plane.rings(arrays["x"][~arrays["right"]] if len(arrays["x"]) <= 4 else np.empty((0, 2)))
        epoch, loss = int(arrays["epoch"]), np.minimum(np.nan_to_num(arrays["loss"], nan=HIGHEST), HIGHEST)
        at = np.arange(len(loss))
        self._curve.set_data(at, loss)
        self._now.set_data([epoch, epoch], [0, HIGHEST])
        self._dot.set_data([epoch], [loss[min(epoch, len(loss) - 1)]])
        percent = int(100 * arrays["right"].mean() + 1e-6)
        self._word.set_text(_("epoch {epoch}: {percent} % right").format(epoch=epoch, percent=percent))
        self._strip(arrays, seed)

    def _strip(self, arrays: dict[str, Any], seed: int) -> None:
        losses, solved = arrays["losses"], arrays["solved"]
        heights = np.minimum(np.nan_to_num(losses, nan=HIGHEST), HIGHEST)
        seeds = np.arange(len(losses))
        self._solved.set_data(seeds[solved], heights[solved])
        self._stuck.set_data(seeds[~solved], heights[~solved])
        known = seed < len(losses)
        self._mine.set_data([seed] if known else [], [heights[seed]] if known else [])
        words = _("{count} of {all} have learned it").format(count=int(solved.sum()), all=len(losses))
        self._count.set_text(words if len(losses) else _("training all seeds"))
