"""What `extrapolation` draws: the fit with its resampled siblings, and how far they spread, beside the real error."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.style import (
    CLASS_0,
    INK,
    QUIET,
    RIGHT,
    RIGHT_TEXT,
    VALIDATION_DASHES,
    WRONG,
    WRONG_TEXT,
    Picture,
    axes_at,
)

Array = NDArray[Any]

SIZE = (840, 380)
LEFT, RIGHT_END = -1.0, 6.0
LINES = 30  # resampled fits that are drawn
_BOTTOM, _TOP = -3.0, 16.0
_LEAST, _MOST = 0.01, 100.0
_GROUND = "#e9f2f8"


class ExtrapolationFigure:
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
        self.moving: list[Artist] = []
        self._plane(figure)
        self._spread(figure)

    def update(self, arrays: dict[str, Any], reach: float) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them; the last place of each curve is the one that is read.
        reach : float
            Where the points end.
        """
        at = arrays["at"][:-1]
        for ground in self._grounds:
            ground.set_width(reach)
        self._points.set_data(arrays["x"], arrays["y"])
        self._truth.set_data(at, arrays["true"][:-1])
        self._fit.set_data(at, arrays["fit"][:-1])
        low, high = arrays["low"][:-1], arrays["high"][:-1]
        self._band.set_xy(np.column_stack([np.append(at, at[::-1]), np.append(high, low[::-1]).clip(-60, 60)]))
        curves = np.concatenate([arrays["curves"][:, :-1], np.full((len(arrays["curves"]), 1), np.nan)], axis=1)
        self._lines.set_data(np.tile(np.append(at, np.nan), len(curves)), curves.clip(-60, 60).ravel())
        x0 = arrays["at"][-1]
        self._read.set_data([x0, x0], [_BOTTOM, _TOP])
        self._whiskers.set_data([x0, x0], np.clip([arrays["low"][-1], arrays["high"][-1]], _BOTTOM, _TOP))
        self._handle.set_data([x0], [np.clip(arrays["fit"][-1], _BOTTOM, _TOP)])
        self._read_right.set_data([x0, x0], [_LEAST, _MOST])
        for artist, name in ((self._measured, "measured"), (self._formula, "formula"), (self._error, "error")):
            artist.set_data(at, arrays[name][:-1].clip(_LEAST / 3, 3 * _MOST))

    def _plane(self, figure: Picture) -> None:
        axes = axes_at(figure, 52, 34, 420, 294)
        axes.set(label="plane", xlim=(LEFT, RIGHT_END), ylim=(_BOTTOM, _TOP), xlabel="x", ylabel="y")
        axes.set(xticks=range(-1, 7), yticks=range(0, 16, 5))
        axes.set_title(_("the fit, and fits of resampled points"))
        ground = Rectangle((0, _BOTTOM), 1, _TOP - _BOTTOM, color=_GROUND, linewidth=0)
        axes.add_patch(ground)
        self._grounds = [ground]
        self._band = Polygon(np.zeros((2, 2)), closed=True, facecolor="#cfe2ef", edgecolor="none", alpha=0.9)
        axes.add_patch(self._band)
        (self._lines,) = axes.plot([], [], color=CLASS_0, linewidth=0.7, alpha=0.4)
        (self._points,) = axes.plot([], [], "o", color="#7d878e", markersize=3.5)
        (self._truth,) = axes.plot([], [], color=RIGHT, linewidth=2, linestyle=VALIDATION_DASHES)
        (self._fit,) = axes.plot([], [], color=CLASS_0, linewidth=2.6)
        (self._read,) = axes.plot([], [], color=INK, linewidth=1)
        (self._whiskers,) = axes.plot([], [], color=INK, linewidth=3, marker="_", markersize=10, markeredgewidth=3)
        (self._handle,) = axes.plot([], [], "D", color="white", markeredgecolor=INK, markeredgewidth=1.8, markersize=9)
        self._handle.set_clip_on(False)
        words = Labels(axes)
        axes.add_artist(words)
        words.texts = [
            Label(_("dashed: the truth"), -0.88, 15.0, color=RIGHT_TEXT, plate=True),
            Label(_("blue: the fit and its 90 % band"), -0.88, 13.7, color=CLASS_0, plate=True),
            Label(_("pale strip: where the points are"), -0.88, 12.4, color=QUIET, plate=True),
        ]
        parts = [ground, self._band, self._lines, self._points, self._truth, self._fit, self._read, self._whiskers]
        self.moving += [*parts, self._handle, words]

    def _spread(self, figure: Picture) -> None:
        axes = axes_at(figure, 556, 34, 268, 294)
        axes.set(xlim=(LEFT, RIGHT_END), ylim=(_LEAST, _MOST), yscale="log", xlabel="x", ylabel=_("distance in y"))
        axes.set(xticks=range(-1, 7), yticks=(0.01, 0.1, 1, 10, 100))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_title(_("how far off?"))
        ground = Rectangle((0, _LEAST), 1, _MOST - _LEAST, color=_GROUND, linewidth=0)
        axes.add_patch(ground)
        self._grounds.append(ground)
        (self._error,) = axes.plot([], [], color=WRONG, linewidth=2)
        (self._measured,) = axes.plot([], [], color=CLASS_0, linewidth=2.8)
        (self._formula,) = axes.plot([], [], color=INK, linewidth=1.4, linestyle=(0, (1, 1.5)))
        (self._read_right,) = axes.plot([], [], color=INK, linewidth=1)
        words = Labels(axes)
        axes.add_artist(words)
        words.texts = [
            Label(_("half of the 90 % band"), -0.85, 66, color=CLASS_0, plate=True),
            Label(_("dotted: the same by a formula"), -0.85, 35, color=INK, plate=True),
            Label(_("fit against truth"), -0.85, 18.5, color=WRONG_TEXT, plate=True),
        ]
        self.moving += [ground, self._error, self._measured, self._formula, self._read_right, words]
