"""What `outlier_losses` draws: the points with a line for each loss, and how hard a point pulls at each error."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.losses import LOSS_COLORS
from nnlab.plots.style import GHOST, INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 338)
LOSSES = ("squared", "absolute", "Huber", "capped")
WIDE, LOW, HIGH = 16.0, -2.0, 12.0  # the plane of the points
REACH, PULL = 12.0, 12.0  # errors and slopes that are shown
_WIDTHS = dict(zip(LOSSES, (3.4, 3.0, 2.2, 2.0), strict=True))


class OutlierFigure:
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
        self._plane = _Plane(figure)
        self._pull = _Pull(figure)
        self.moving = [*self._plane.moving, *self._pull.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._plane.update(arrays)
        self._pull.update(arrays)


class _Plane:
    """The points, and the lines with their names at the right."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 56, 36, 360, 250)
        axes.set(xlim=(0, WIDE), ylim=(LOW, HIGH), xlabel="x", ylabel="y", label="plane")
        axes.set(xticks=range(0, 17, 4), yticks=range(-2, 13, 2))
        axes.set_title(_("drag ◇: the best line for each loss"))
        (self._without,) = axes.plot([], [], color=GHOST, linestyle=(0, (4, 2)), linewidth=1.6)
        self._lines = {
            name: axes.plot([], [], color=LOSS_COLORS[name][0], linewidth=_WIDTHS[name])[0] for name in LOSSES
        }
        self._leaders = {
            name: axes.plot([], [], color=LOSS_COLORS[name][0], linewidth=1, clip_on=False)[0] for name in LOSSES
        }
        self._names = {name: axes.text(0, 0, name, color=LOSS_COLORS[name][1], va="center") for name in LOSSES}
        (self._points,) = axes.plot([], [], "o", color=INK, markersize=6)
        (self._outlier,) = axes.plot(
            [], [], "D", color="white", markeredgecolor=INK, markeredgewidth=2.2, markersize=11, clip_on=False
        )
        lines, leaders, names = (list(each.values()) for each in (self._lines, self._leaders, self._names))
        self.moving: list[Artist] = [self._without, *lines, *leaders, *names, self._points, self._outlier]

    def update(self, arrays: dict[str, Any]) -> None:
        ends = np.array([0.0, WIDE])
        self._points.set_data(arrays["x"][:-1], arrays["y"][:-1])
        self._outlier.set_data(arrays["x"][-1:], arrays["y"][-1:])
        slope, intercept = arrays["without"]
        self._without.set_data(ends, slope * ends + intercept)
        ends_at = arrays["lines"] @ np.array([WIDE, 1.0])
        right = np.clip(ends_at, LOW, HIGH)
        places = LOW + (HIGH - LOW) * spread((right - LOW) / (HIGH - LOW), 0.075)
        for name, line, at, place in zip(LOSSES, arrays["lines"], right, places, strict=True):
            self._lines[name].set_data(ends, line[0] * ends + line[1])
            self._leaders[name].set_data([WIDE, WIDE + 0.5], [at, place])
            self._names[name].set_position((WIDE + 0.65, place))
        for name, end in zip(LOSSES, ends_at, strict=True):
            outside = (
                " ↑" if end > HIGH else " ↓" if end < LOW else ""
            )  # the line leaves the plane before its right end
            self._leaders[name].set_visible(not outside)
            self._names[name].set_text(name + outside)


class _Pull:
    """The slope of each loss against the error, with a mark where the outlier is."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 558, 36, 198, 250)
        axes.set(xlim=(-REACH, REACH), ylim=(-PULL, PULL), xlabel=_("error ŷ − y"), ylabel=_("slope of the loss"))
        axes.set(xticks=range(-12, 13, 6), yticks=range(-12, 13, 4))
        axes.set_title(_("how hard the point pulls"))
        axes.axhline(0, color=GHOST, linewidth=1)
        axes.axvline(0, color=GHOST, linewidth=1)
        self._curves = {
            name: axes.plot([], [], color=LOSS_COLORS[name][0], linewidth=_WIDTHS[name])[0] for name in LOSSES
        }
        self._marks = {
            name: axes.plot([], [], "D", color=LOSS_COLORS[name][0], markeredgecolor=INK, markersize=8, clip_on=False)[
                0
            ]
            for name in LOSSES
        }
        self._values = {
            name: axes.text(REACH + 0.6, place, "", color=LOSS_COLORS[name][1], va="center")
            for name, place in zip(LOSSES, (10.6, 4.9, -0.8, -6.5), strict=True)
        }
        axes.text(REACH + 0.6, -11.0, _("◆ outlier"), color=QUIET, va="center", fontsize=10)
        curves, marks, values = (list(each.values()) for each in (self._curves, self._marks, self._values))
        self.moving: list[Artist] = [*curves, *marks, *values]

    def update(self, arrays: dict[str, Any]) -> None:
        for k, name in enumerate(LOSSES):
            error, pull = arrays["error"][k], arrays["pull"][k]
            slope = arrays["slopes"][k]
            jumps = np.append(np.abs(np.diff(slope)) > 0.5, False)  # across a kink there is no line
            self._curves[name].set_data(arrays["e"], np.where(jumps, np.nan, slope))
            self._marks[name].set_data([np.clip(error, -REACH, REACH)], [np.clip(pull, -PULL, PULL)])
            self._values[name].set_text(f"{name}\n{_minus(pull)}")


def _minus(number: float) -> str:
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")
