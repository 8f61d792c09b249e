"""What `prediction_drag` draws: losses and their slopes against the network's output, with a point and its tangent."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nnlab.language import _
from nnlab.plots.labels import short
from nnlab.plots.losses import LOSS_COLORS
from nnlab.plots.style import GHOST, GRADIENT, INK, QUIET, Picture, axes_at

SIZE = (840, 340)
REACH = 6.0
LOSSES = ("squared", "absolute", "Huber", "cross-entropy")
HEIGHTS = (-0.3, 6.6), (-2.2, 2.2)  # the same for both tasks, so that their slopes can be compared
TANGENT = 42.0  # half its length, in pixels of the page
SIDES = (264.0, 252.0)  # of an axes, in pixels of the page


class DragFigure:
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
        self._left, self._right = axes_at(figure, 56, 36, *SIDES), axes_at(figure, 396, 36, *SIDES)
        self._left.set(title=_("the loss of one sample"), label="loss", ylabel=_("loss"))
        self._right.set(title=_("its slope against z"), label="slope", ylabel=_("slope"))
        for axes, height in zip((self._left, self._right), HEIGHTS, strict=True):
            axes.set(xlim=(-REACH, REACH), ylim=height, xticks=range(-6, 7, 2), xlabel=_("output z of the network"))
            axes.axvline(0, color=GHOST, linewidth=1)
            axes.axhline(0, color=GHOST, linewidth=1)
        self._where = [self._dotted(axes) for axes in (self._left, self._right)]
        self._target = self._left.axvline(0, color=QUIET, linestyle=(0, (4, 2)), linewidth=1.4)
        self._word = self._left.text(0, 0, _("target"), color=QUIET, ha="left", va="top")
        self._rows = {name: _Row(figure, self._left, self._right, name) for name in LOSSES}
        rows = [artist for row in self._rows.values() for artist in row.moving]
        self.moving: list[Artist] = [*self._where, self._target, self._word, *rows]

    def _dotted(self, axes: Axes) -> Line2D:
        return axes.plot([], [], color=GHOST, linestyle=(0, (2, 2)), linewidth=1.2)[0]

    def update(self, kind: str, target: float, arrays: dict[str, Any], names: list[str]) -> None:
        """Move everything.

        Parameters
        ----------
        kind : {"regression", "classification"}
        target : float
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        names : list of str
            The losses that are drawn.
        """
        z = float(arrays["at"])
        for line in self._where:
            line.set_data([z, z], [-20, 20])
        self._target.set_visible(kind == "regression")
        self._word.set_visible(kind == "regression")
        self._target.set_xdata([target, target])
        self._word.set_position((target + 0.15, 0.985 * HEIGHTS[0][1]))
        for k, (name, row) in enumerate(self._rows.items()):
            row.show(name in names)
            if name in names:
                k = names.index(name)
                row.update(k, z, arrays["z"], arrays["loss"][k], arrays["slope"][k], arrays["point"][k])


class _Row:
    """One loss: its two curves, its point on each, the tangent, and its line in the table at the right."""

    def __init__(self, figure: Picture, left: Axes, right: Axes, name: str) -> None:
        color, ink = LOSS_COLORS[name]
        self._loss = left.plot([], [], color=color, linewidth=2.6)[0]
        self._tangent = left.plot([], [], color=GRADIENT, linewidth=2)[0]
        self._slope = right.plot([], [], color=color, linewidth=2.6)[0]
        self._points = [
            axes.plot([], [], "o", color=color, mec=INK, markersize=8, clip_on=False)[0] for axes in (left, right)
        ]
        self._text = right.text(1.05, 0, "", transform=right.transAxes, color=ink, va="top", linespacing=1.35)
        self.moving: list[Artist] = [self._loss, self._slope, self._tangent, *self._points, self._text]
        self._name = name

    def show(self, visible: bool) -> None:
        for artist in self.moving:
            artist.set_visible(visible)

    def update(self, place: int, at: float, z: Any, loss: Any, slope: Any, point: Any) -> None:
        self._loss.set_data(z, loss)
        jumps = np.abs(np.diff(slope)) > 0.5  # a line from one side of a kink to the other would be no slope
        self._slope.set_data(z, np.where(np.append(jumps, False), np.nan, slope))
        value, rise = point
        across, up = SIDES[0] / (2 * REACH), SIDES[1] / (HEIGHTS[0][1] - HEIGHTS[0][0])  # pixels of a unit
        along = TANGENT / np.hypot(across, up * rise) * np.array([-1.0, 1.0])
        self._tangent.set_data(at + along, value + rise * along)
        for mark, height, (low, high) in zip(self._points, point, HEIGHTS, strict=True):
            mark.set_data([at], [np.clip(height, low, high)])
            mark.set_marker("^" if height > high else "v" if height < low else "o")
        words = _("{loss}\nloss {value}\nslope {slope}")
        self._text.set_text(words.format(loss=self._name, value=signed(value), slope=signed(rise)))
        self._text.set_y(0.98 - 0.3 * place)


def signed(number: float) -> str:
    """Write a number of either sign with three digits that count, a tiny one with two.

    Parameters
    ----------
    number : float

    Returns
    -------
    str

    Examples
    --------
    >>> signed(-2.5), signed(0.0004931), signed(0.0)
    ('−2.5', '4.9·10⁻⁴', '0')
    """
    size = abs(number)
    return ("−" if number < 0 else "") + (f"{size:.3g}" if size >= 0.01 else short(size))
