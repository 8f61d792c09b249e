"""What `loss_causes` draws: line and test errors, and the test losses of all eight settings of the switches."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_10._program import TRUTH
from nnlab.language import _
from nnlab.plots.style import (
    CLASS_0,
    GHOST,
    INK,
    PAPER,
    QUIET,
    RIGHT,
    RIGHT_TEXT,
    VALIDATION_DASHES,
    WRONG,
    Picture,
    axes_at,
)

Array = NDArray[Any]

SIZE = (840, 366)
_ENDS = np.array([-0.3, 5.5])
_LOW, _HIGH = 1e-4, 20.0  # test losses that are shown
_SIGNS = (0.4, 1.2, 2.0)  # where the marks of the switches stand, in units of the narrow axes
_ROWS = (7.6, 6.6, 5.6, 4.6, 3.0, 2.0, 1.0, 0.0)  # heights of the eight settings: the noise's two halves apart


class CausesFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.
    shares : ndarray of shape (8, 5)
        Quantiles of the test loss for each setting.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture, shares: Array) -> None:
        self._plane(figure)
        self._strips(figure, shares)

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        w, b = arrays["line"]
        x, y = arrays["test_x"], arrays["test_y"]
        self._points.set_data(arrays["x"], arrays["y"])
        self._line.set_data(_ENDS, w * _ENDS + b)
        gap = np.full_like(x, np.nan)
        self._errors.set_data(np.stack([x, x, gap], axis=1).ravel(), np.stack([y, w * x + b, gap], axis=1).ravel())
        self._test.set_data(x, y)
        row = 4 * int(arrays["mended"][0]) + 2 * int(arrays["mended"][1]) + int(arrays["mended"][2])
        self._row.set_data([_LOW, _HIGH], [_ROWS[row]] * 2)
        self._row_signs.set_data([0.05, 2.4], [_ROWS[row]] * 2)
        self._here.set_data([np.clip(arrays["loss"], _LOW, _HIGH)], [_ROWS[row]])

    def _plane(self, figure: Picture) -> None:
        axes = axes_at(figure, 48, 34, 322, 276)
        axes.set(xlim=_ENDS, ylim=(0, 12.5), xlabel="x", ylabel="y", xticks=range(6), yticks=range(0, 13, 2))
        axes.set_title(_("the errors on the test points ◇"))
        axes.plot(_ENDS, TRUTH[0] * _ENDS + TRUTH[1], color=RIGHT, linewidth=1.6, linestyle=VALIDATION_DASHES)
        axes.text(5.3, 1.5, _("dashed: the true line 2x + 1"), color=RIGHT_TEXT, ha="right")
        axes.text(5.3, 0.6, _("blue: the fitted line"), color=CLASS_0, ha="right")
        (self._points,) = axes.plot([], [], "o", color="#9aa4ab", markersize=3.5)
        (self._line,) = axes.plot([], [], color=CLASS_0, linewidth=2.4)
        (self._errors,) = axes.plot([], [], color=WRONG, linewidth=4, solid_capstyle="butt")
        (self._test,) = axes.plot([], [], "D", color="white", markeredgecolor=RIGHT, markeredgewidth=2, markersize=7)
        self.moving: list[Artist] = [self._points, self._line, self._errors, self._test]

    def _strips(self, figure: Picture, shares: Array) -> None:
        signs = axes_at(figure, 412, 74, 150, 236)
        signs.set(xlim=(0, 2.4), ylim=(-0.6, 8.2), xticks=[], yticks=[])
        signs.grid(False)
        for edge in signs.spines.values():
            edge.set_visible(False)
        axes = axes_at(figure, 572, 74, 250, 236)
        axes.set(xlim=(_LOW, _HIGH), ylim=(-0.6, 8.2), xscale="log", yticks=[], xlabel=_("test loss"))
        axes.set_xticks([0.001, 0.01, 0.1, 1, 10])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        signs.text(0.15, 9.62, _("mended: ●"), weight="bold", size=11)
        axes.text(_LOW, 9.62, _("test losses of 2,000 seeds"), weight="bold", size=11)
        axes.text(_LOW, 8.55, _("thick: the middle half of them"), color=QUIET)
        for name, x in zip((_("noise"), _("place"), _("steps")), _SIGNS, strict=True):
            signs.text(x, 8.55, name, ha="center", color=QUIET)
        (self._row_signs,) = signs.plot([], [], color="#dcebf5", linewidth=20, solid_capstyle="butt")
        (self._row,) = axes.plot([], [], color="#dcebf5", linewidth=20, solid_capstyle="butt")
        full = [(x, y) for switch, y in zip(product((0, 1), repeat=3), _ROWS, strict=True)
                for x, on in zip(_SIGNS, switch, strict=True) if on]  # fmt: skip
        empty = [(x, y) for y in _ROWS for x in _SIGNS if (x, y) not in full]
        (bare,) = signs.plot(*np.transpose(empty), "o", color=PAPER, markeredgecolor=GHOST, markersize=9)
        (done,) = signs.plot(*np.transpose(full), "o", color=INK, markersize=9)
        wide = LineCollection([[(q[0], y), (q[4], y)] for q, y in zip(shares, _ROWS, strict=True)])
        wide.set(color="#7a848b", linewidth=1.6)
        middle = LineCollection([[(q[1], y), (q[3], y)] for q, y in zip(shares, _ROWS, strict=True)])
        middle.set(color="#7a848b", linewidth=7)
        axes.add_collection(wide, autolim=False)
        axes.add_collection(middle, autolim=False)
        (median,) = axes.plot(shares[:, 2], _ROWS, "|", color=INK, markersize=15, markeredgewidth=2.4)
        (self._here,) = axes.plot([], [], "o", color=WRONG, markersize=10, markeredgecolor="white")
        self.moving += [self._row_signs, bare, done, self._row, wide, middle, median, self._here]
