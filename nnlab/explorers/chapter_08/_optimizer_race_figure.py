"""What `optimizer_race` draws: six paths over the lines of equal loss, and the losses step by step.

It takes no steps: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from contourpy import contour_generator
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_08._landscapes import LANDSCAPES, REACH
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.optimizers import OPTIMIZER_COLORS as COLORS
from nnlab.plots.style import INK, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 390)
STEPS = 100
NAMES = tuple(COLORS)
LOWEST, HIGHEST = 1e-6, 30.0  # losses that are shown
FAR = 1e9  # what stands for a loss beyond all bounds
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BEYOND = 4.0  # a path is not drawn farther out than this


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
        self._map, self._race = _Map(figure), _Race(figure)
        self.moving = [*self._map.moving, *self._race.moving]

    def update(self, landscape: str, paths: Array, losses: Array, corrected: bool) -> None:
        """Move everything.

        Parameters
        ----------
        landscape : str
        paths : ndarray of shape (6, steps + 1, 2)
        losses : ndarray of shape (6, steps + 1)
        corrected : bool
            Whether Adam has its bias correction; its name says so.
        """
        self._map.update(landscape, paths)
        self._race.update(losses, corrected)


class _Map:
    """Lines of equal loss, and a path for each optimizer, a dot for each step."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 56, 30, 310, 310)
        axes.set_label("plane")
        axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="w₁", ylabel="w₂")
        axes.set(xticks=range(-2, 3), yticks=range(-2, 3))
        axes.set_title(_("paths over the lines of equal loss"))
        axes.grid(False)
        (self._levels,) = axes.plot([], [], color="#d3d8dc", linewidth=1.2)
        self._paths = [
            axes.plot([], [], color=color, linewidth=1.5, marker="o", markersize=2.6)[0]
            for color, _ink in COLORS.values()
        ]
        self._ends = [
            axes.plot([], [], "o", color=color, markersize=8.5, markeredgecolor="white", markeredgewidth=1)[0]
            for color, _ink in COLORS.values()
        ]
        (self._start,) = axes.plot([], [], "o", color="white", markersize=11, markeredgecolor=INK, markeredgewidth=1.8)
        # Equal paths cover each other: the plainest optimizer lies on top.
        self.moving: list[Artist] = [self._levels, *self._paths[::-1], *self._ends[::-1], self._start]

    def update(self, landscape: str, paths: Array) -> None:
        self._levels.set_data(*_lines(landscape))
        self._start.set_data(*paths[0, :1].T)
        for line, end, path in zip(self._paths, self._ends, paths, strict=True):
            out = np.flatnonzero(~(np.abs(path).max(axis=1) < BEYOND))
            drawn = path[: int(out[0])] if len(out) else path
            line.set_data(*drawn.T)
            end.set_data(*(drawn[-1:] if len(drawn) == len(path) else drawn[:0]).T)


class _Race:
    """The losses, with the names at their ends."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 436, 30, 290, 310)
        axes.set(xlim=(0, STEPS), ylim=(LOWEST, HIGHEST), yscale="log", xlabel=_("step"))
        axes.set(xticks=range(0, STEPS + 1, 20), yticks=[10.0**k for k in range(-6, 2)])
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(_power))
        axes.set_title(_("loss after each step"))
        self._lines = [axes.plot([], [], color=color, linewidth=2)[0] for color, _ink in COLORS.values()]
        self._leaders = [
            axes.plot([], [], color=color, linewidth=1, clip_on=False)[0] for color, _ink in COLORS.values()
        ]
        self._names = [axes.text(0, 1, name, color=ink, va="center") for name, (_color, ink) in COLORS.items()]
        self.moving: list[Artist] = [*self._lines[::-1], *self._leaders, *self._names]

    def update(self, losses: Array, corrected: bool) -> None:
        shown = np.clip(losses, LOWEST, HIGHEST)
        height = np.log(HIGHEST / LOWEST)
        places = spread(np.log(shown[:, -1] / LOWEST) / height, 0.062)
        self._names[-1].set_text("Adam" if corrected else _("Adam, raw"))
        for k, (line, leader, name) in enumerate(zip(self._lines, self._leaders, self._names, strict=True)):
            # A curve ends where it leaves the axes for good.
            inside = np.flatnonzero((losses[k] > LOWEST) & (losses[k] < HIGHEST))
            last = min(int(inside[-1]) + 2, STEPS + 1) if len(inside) else 1
            line.set_data(np.arange(last), shown[k, :last])
            at = LOWEST * np.exp(height * places[k])
            leader.set_data([STEPS, STEPS + 4], [shown[k, -1], at])
            name.set_position((STEPS + 6, at))


@cache
def _lines(landscape: str) -> tuple[Array, Array]:
    """Lines of equal loss, all in one, with a gap between two."""
    along = np.linspace(-REACH, REACH, 121)
    surface = LANDSCAPES[landscape]
    generator = contour_generator(along, along, surface.loss(np.stack(np.meshgrid(along, along), axis=-1)))
    pieces = [np.full((1, 2), np.nan)]
    for level in surface.levels:
        for line in generator.lines(level):
            pieces += [np.asarray(line), np.full((1, 2), np.nan)]
    together = np.concatenate(pieces)
    return together[:, 0], together[:, 1]


def _power(value: float, _position: object) -> str:
    exponent = round(np.log10(value))
    return f"{value:g}" if exponent >= -2 else "10" + str(exponent).translate(_RAISED)
