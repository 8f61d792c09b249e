"""What `units_over_time` draws: 32 units as pictures, one of them in full, and how many digits are right by then.

Beside the one in full stand its weights to the ten digits, and the test digits that excite it most.
Data in, artists out: no widgets, no training.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from nnlab.explorers.chapter_12._film import LAST, UNITS
from nnlab.explorers.letters import Label, Labels
from nnlab.explorers.tiles import Box, Tiles, gray, signed
from nnlab.language import _
from nnlab.plots.style import CLASS_0, CLASS_1, INK, QUIET, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 416)
COLUMNS, ROWS = 8, UNITS // 8
TILE, PITCH = 56, 59  # pixels of a unit's picture, and from one to the next
EXCITING = 5  # test digits that excite the unit most
_BIG, _LEFT = 140, 536


def unit_at(x: float, y: float) -> int | None:
    """Find the unit at a place of the axes "units", in pixels.

    Parameters
    ----------
    x, y : float

    Returns
    -------
    int or None
    """
    column, row = int(x // PITCH), int(y // PITCH)
    inside = 0 <= column < COLUMNS and 0 <= row < ROWS
    return row * COLUMNS + column if inside else None


class UnitsFigure:
    """The axes and artists of `units_over_time`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        wide, high = COLUMNS * PITCH, ROWS * PITCH
        units = _bare(axes_at(figure, 24, 30, wide, high), "units", wide, high)
        big = _bare(axes_at(figure, _LEFT, 30, _BIG, _BIG), "unit", _BIG, _BIG)
        exciting = _bare(axes_at(figure, _LEFT, 316, EXCITING * PITCH, PITCH), "exciting", EXCITING * PITCH, PITCH)
        self._units, self._big, self._exciting = Tiles(units), Tiles(big), Tiles(exciting)
        exciting.add_artist(self._exciting)
        units.add_artist(self._units)
        big.add_artist(self._big)
        self._frame = Rectangle((0, 0), TILE + 3, TILE + 3, fill=False, edgecolor=INK, linewidth=2, clip_on=False)
        units.add_patch(self._frame)
        self._bars = _digit_bars(figure)
        self._right = axes_at(figure, 84, 306, wide - 60, 60)
        self._right.set(xlim=(0, LAST), ylim=(0, 1), yticks=[0, 0.5, 1], xticks=range(0, LAST + 1, 8))
        self._right.set(xlabel=_("thousand images learned from"), ylabel=_("right"))
        self._right.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        (self._train,) = self._right.plot([], [], color=INK, linewidth=1.6)
        (self._test,) = self._right.plot([], [], color=INK, linewidth=1.6, linestyle=VALIDATION_DASHES)
        (self._now,) = self._right.plot([], [], "o", color=INK, markersize=7, clip_on=False)
        self._labels = Labels(_bare(figure.add_axes((0, 0, 1, 1)), "labels", *SIZE))
        self.moving: list[Artist] = [
            self._units, self._big, self._exciting, self._frame, self._bars, self._train, self._test, self._now,
            self._labels,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any], unit: int, learned: bool) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        unit : int
        learned : bool
            Whether the pictures show what was learned.
        """
        pictures, seen = arrays["pictures"], int(arrays["seen"])
        reach = max(float(np.quantile(np.abs(pictures), 0.995)), 1e-3)
        self._units.shown = [(signed(picture, reach), _box(k)) for k, picture in enumerate(pictures)]
        own = max(float(np.quantile(np.abs(pictures[unit]), 0.995)), 1e-3)
        self._big.shown = [(signed(pictures[unit], own), (0, 0, _BIG, _BIG))]
        self._exciting.shown = [(gray(ink), _box(k)) for k, ink in enumerate(arrays["exciting"])]
        row, column = divmod(unit, COLUMNS)
        self._frame.set_xy((column * PITCH - 1.5, row * PITCH - 1.5))
        self._move_bars(arrays["outgoing"])
        at = np.arange(len(arrays["accuracy"]))
        self._test.set_data(at, arrays["accuracy"])
        self._train.set_data(at, arrays["training_accuracy"])
        self._now.set_data([seen], [arrays["accuracy"][seen]])
        what = _("32 hidden units: what was learned") if learned else _("32 hidden units: their weights")
        self._labels.texts = [
            Label(what, 24, 15, bold=True),
            Label(_("unit {unit}").format(unit=unit), _LEFT, 15, bold=True),
            Label(_("weight to digit"), 830, 15, align="right", bold=True),
            Label(_("test digits that excite it most"), _LEFT, 300, bold=True),
            Label(_("solid: digits learned from; dashed: test digits"), 496, 292, align="right", color=QUIET),
        ]

    def _move_bars(self, outgoing: Array) -> None:
        reach = max(1.1 * float(np.abs(outgoing).max()), 0.1)
        wide = np.clip(outgoing / reach, -1, 1)
        y = np.arange(10.0)[:, None] + np.array([-0.36, -0.36, 0.36, 0.36])
        x = wide[:, None] * np.array([0.0, 1.0, 1.0, 0.0])
        self._bars.set_verts(list(np.stack([x, y], axis=2)))
        self._bars.set_facecolor([CLASS_1 if weight > 0 else CLASS_0 for weight in outgoing])


def _box(number: int) -> Box:
    """Say where a picture stands: left, top, width and height in pixels."""
    row, column = divmod(number, COLUMNS)
    return column * PITCH, row * PITCH, TILE, TILE


def _bare(axes: Axes, label: str, width: float, height: float) -> Axes:
    """Measure axes in pixels from their upper left corner, with nothing around them."""
    axes.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[], label=label)
    axes.set_axis_off()
    return axes


def _digit_bars(figure: Picture) -> PolyCollection:
    """Make a row for each digit, for the weight that the unit has to it."""
    axes = axes_at(figure, 716, 30, 112, 212)
    axes.set(xlim=(-1, 1), ylim=(9.6, -0.6), xticks=[-0.5, 0.5], yticks=range(10))
    axes.set_xticklabels([_("against"), _("for")])
    axes.grid(False)
    axes.tick_params(length=0)
    axes.axvline(0, color="#999999", linewidth=1)
    bars = PolyCollection([], linewidth=0)
    axes.add_collection(bars)
    return bars
