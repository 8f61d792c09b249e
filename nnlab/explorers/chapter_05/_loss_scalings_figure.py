"""What `loss_scalings` draws: the error after each step, the lines, and the learning rates that each scaling bears."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.language import N_, _
from nnlab.plots.labels import spread
from nnlab.plots.style import GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 400)
STEPS = 200
LOWEST, HIGHEST = 0.05, 20.0  # mean squared errors that are shown
SLOW, FAST = 1e-4, 10.0  # learning rates
# Three blues, light to dark, for three scalings of one loss; wide lines below narrow ones, so that all are seen.
SCALINGS = (
    (N_("½ of the sum"), "#004B78", "#004B78", 1.6),
    (N_("the mean"), "#56B4E9", "#20719f", 6.0),
    (N_("C 4.3's gradient"), "#0072B2", "#0072B2", 3.4),
)
_ORDER = (1, 2, 0)  # the widest is drawn first


class ScalingsFigure:
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
        self._race, self._data, self._rates = _Race(figure), _Data(figure), _Rates(figure)
        self.moving = [*self._race.moving, *self._data.moving, *self._rates.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._race.update(arrays["error"], float(arrays["floor"]))
        self._data.update(arrays["x"], arrays["y"], arrays["line"])
        self._rates.update(arrays["limit"], arrays["rate"])


class _Race:
    """The mean squared error after each step, for all three, with their names at the right."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 60, 36, 300, 200)
        axes.set(xlim=(0, STEPS), ylim=(LOWEST, HIGHEST), yscale="log", xlabel=_("step"))
        axes.set(yticks=[0.1, 1.0, 10.0], xticks=range(0, STEPS + 1, 50))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_ylabel(_("mean squared error"))
        axes.set_title(_("the same line, the same data"))
        (self._floor,) = axes.plot([], [], color=GHOST, linestyle=(0, (4, 2)), linewidth=1.6)
        self._lines = [axes.plot([], [], color=color, linewidth=width)[0] for _n, color, _ink, width in SCALINGS]
        self._leaders = [
            axes.plot([], [], color=color, linewidth=1, clip_on=False)[0] for _n, color, _i, _w in SCALINGS
        ]
        self._names = [axes.text(0, 1, _(name), color=ink, va="center") for name, _c, ink, _w in SCALINGS]
        self._best = axes.text(3, LOWEST, _("best line"), color=QUIET, va="bottom")
        lines = [self._lines[k] for k in _ORDER]
        self.moving: list[Artist] = [self._floor, *lines, *self._leaders, *self._names, self._best]

    def update(self, error: Array, floor: float) -> None:
        self._floor.set_data([0, STEPS], [floor, floor])
        self._best.set_visible(floor > 1.18 * LOWEST)
        shown = np.clip(np.nan_to_num(error, nan=HIGHEST, posinf=HIGHEST), LOWEST, HIGHEST)
        height = np.log(HIGHEST / LOWEST)
        places = spread(np.log(shown[:, -1] / LOWEST) / height, 0.1)
        for k, (line, leader, name) in enumerate(zip(self._lines, self._leaders, self._names, strict=True)):
            above = np.flatnonzero(shown[k] >= HIGHEST)
            last = int(above[0]) + 1 if len(above) else STEPS + 1  # a curve ends where it leaves the axes
            line.set_data(np.arange(last), shown[k, :last])
            at = LOWEST * np.exp(height * places[k])
            leader.set_data([STEPS, STEPS + 6], [shown[k, -1], at])
            leader.set_visible(last > STEPS)
            name.set_position((STEPS + 9, at))


class _Data:
    """The points, and the three lines after the last step."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 560, 36, 250, 200)
        axes.set(xlim=(0, 1), ylim=(0, 4.5), xlabel="x", ylabel="y", xticks=(0, 0.5, 1), yticks=range(5))
        axes.set_title(_("after {steps} steps").format(steps=STEPS))
        (self._points,) = axes.plot([], [], "o", color="#9aa4ab", markersize=4)
        self._lines = [axes.plot([], [], color=color, linewidth=width)[0] for _n, color, _ink, width in SCALINGS]
        self.moving: list[Artist] = [self._points, *(self._lines[k] for k in _ORDER)]

    def update(self, x: Array, y: Array, lines: Array) -> None:
        self._points.set_data(x, y)
        for line, (slope, intercept) in zip(self._lines, lines, strict=True):
            finite = np.isfinite(slope) and abs(slope) < 1e3
            line.set_data([0, 1] if finite else [], [intercept, intercept + slope] if finite else [])


class _Rates:
    """For each scaling the learning rates at which it converges, as a bar, and the one it has, as a mark."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 180, 290, 630, 64)
        axes.set(
            xscale="log",
            xlim=(SLOW, FAST),
            ylim=(-0.6, 2.6),
            yticks=[],
            xlabel=_("learning rate: inside its bar a scaling converges"),
        )
        axes.set_xticks([10.0**k for k in range(-4, 2)])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.grid(False)
        for k, (name, _color, ink, _width) in enumerate(SCALINGS):
            axes.text(-0.02, 2 - k, _(name), transform=axes.get_yaxis_transform(), color=ink, ha="right", va="center")
        self._bars = [
            axes.plot([], [], color=color, linewidth=9, solid_capstyle="butt", alpha=0.45)[0]
            for _n, color, _i, _w in SCALINGS
        ]
        self._limits = [axes.text(1, 2 - k, "", color=ink, va="center") for k, (_n, _c, ink, _w) in enumerate(SCALINGS)]
        self._marks = [axes.plot([], [], "D", color=INK, markersize=7, clip_on=False)[0] for _ in SCALINGS]
        self.moving: list[Artist] = [*self._bars, *self._limits, *self._marks]

    def update(self, limit: Array, rate: Array) -> None:
        for k, bar in enumerate(self._bars):
            bar.set_data([SLOW, limit[k]], [2 - k, 2 - k])
            self._limits[k].set_position((limit[k] * 1.1, 2 - k))
            self._limits[k].set_text(f"{limit[k]:.2g}")
            beyond = rate[k] > limit[k]
            # Of a mark that stands on its limit the number would be hidden.
            if beyond and rate[k] < 2.4 * limit[k]:
                self._limits[k].set_position((rate[k] * 1.25, 2 - k))
            self._marks[k].set_data([np.clip(rate[k], SLOW, FAST)], [2 - k])
            self._marks[k].set_markerfacecolor("#B3261E" if beyond else INK)
            self._marks[k].set_markeredgecolor("#B3261E" if beyond else INK)
