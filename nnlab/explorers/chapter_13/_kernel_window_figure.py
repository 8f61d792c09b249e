"""What `kernel_window` draws: a digit with the window, the nine products, and the output. It computes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from numpy.typing import NDArray

from nnlab.explorers.letters import Letters, Placed
from nnlab.explorers.tiles import WINDOW, Tiles, frame, gray, page, signed
from nnlab.language import _
from nnlab.plots.style import INK, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 344)
SIDE, KERNEL = 28, 3
STOPS = SIDE - KERNEL + 1
PIXEL = 9.0  # of the page, for a pixel of the image
_IMAGE, _OUTPUT = (12.0, 36.0), (572.0, 36.0)  # upper left corners
_BLOCK = (352.0, 46.0, 25.0)  # left edge, width and height of a number
_TOPS = (36.0, 137.0, 238.0)  # of the three blocks
_PALE = 2.2  # how many times the largest number the full color stands for, so that ink is read on it
_DARK = 0.5  # ink from which on a number is written in white


class KernelFigure:
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
        axes = page(figure)
        # In both, data coordinates are rows and columns of the output: what is dragged is the middle of the window.
        half = KERNEL / 2
        for label, (left, top), stops, edge in (("image", _IMAGE, SIDE, half), ("output", _OUTPUT, STOPS, 0.5)):
            place = axes_at(figure, left, top, stops * PIXEL, stops * PIXEL)
            place.set(label=label, xlim=(-edge, stops - edge), ylim=(stops - edge, -edge), xticks=[], yticks=[])
            place.set_axis_off()
        for words, x, y in (
            (_("image x: 28 × 28 pixels"), _IMAGE[0], 18),
            (_("output z: 26 × 26"), _OUTPUT[0], 18),
            (_("pixels in the window"), _BLOCK[0], _TOPS[0] - 13),
            (_("times the kernel"), _BLOCK[0], _TOPS[1] - 13),
            (_("nine products"), _BLOCK[0], _TOPS[2] - 13),
        ):
            axes.text(x, y, words, va="center", color=INK, fontweight="bold" if y == 18 else "normal")
        axes.text(_OUTPUT[0], 288, _("orange above 0, blue below, white 0"), va="center", color=QUIET)
        self._tiles = Tiles(axes)
        axes.add_artist(self._tiles)
        frames = [frame((*_IMAGE, SIDE * PIXEL, SIDE * PIXEL)), frame((*_OUTPUT, STOPS * PIXEL, STOPS * PIXEL))]
        thin = LineCollection([*frames, *_lines()], colors="#c4c4c4", linewidths=0.8)
        self._windows = LineCollection([], colors=WINDOW, linewidths=2.4)
        for lines in (thin, self._windows):
            axes.add_collection(lines, autolim=False)
        self._dark, self._light = Letters(axes, INK), Letters(axes, "white")
        self._sum = Letters(axes, INK, "bold", left=True)
        letters = [one.artist for one in (self._dark, self._light, self._sum)]
        self.moving: list[Artist] = [self._tiles, thin, self._windows, *letters]

    def update(self, arrays: dict[str, Array], divide: int, row: int, column: int) -> None:
        """Move window, numbers and output.

        Parameters
        ----------
        arrays : dict of str to ndarray
            "image", "kernel", "window", "products" and "output".
        divide : int
        row, column : int
            Of the window's upper left corner.
        """
        image, window, output = arrays["image"], arrays["window"], arrays["output"]
        blocks = (window, arrays["kernel"], arrays["products"])
        colors = [gray(window), *(signed(block, _PALE * max(np.abs(block).max(), 1e-9)) for block in blocks[1:])]
        left, wide, high = _BLOCK
        self._tiles.shown = [
            (gray(image), (*_IMAGE, SIDE * PIXEL, SIDE * PIXEL)),
            (signed(output), (*_OUTPUT, STOPS * PIXEL, STOPS * PIXEL)),
            *((color, (left, top, 3 * wide, 3 * high)) for color, top in zip(colors, _TOPS, strict=True)),
        ]
        places = [
            (_IMAGE[0] + column * PIXEL, _IMAGE[1] + row * PIXEL, KERNEL * PIXEL, KERNEL * PIXEL),
            (_OUTPUT[0] + column * PIXEL, _OUTPUT[1] + row * PIXEL, PIXEL, PIXEL),
        ]
        self._windows.set_segments([frame(place) for place in places])
        self._write(blocks)
        words = _("sum  {total}")
        total = words.format(total=number(arrays["products"].sum()))
        if divide > 1:
            total += f" / {divide} = {number(output[row, column])}"
        self._sum.write([(total, (left, 331.0))])

    def _write(self, blocks: tuple[Array, ...]) -> None:
        left, wide, high = _BLOCK
        dark: list[Placed] = []
        light: list[Placed] = []
        for block, top, decimals in zip(blocks, _TOPS, (2, 0, 2), strict=True):
            for (i, j), value in np.ndenumerate(block):
                place = (left + (j + 0.5) * wide, top + (i + 0.5) * high)
                on_dark = block is blocks[0] and value > _DARK
                (light if on_dark else dark).append((number(value, decimals), place))
        self._dark.write(dark)
        self._light.write(light)


def _lines() -> list[Array]:
    """Give the lines between the numbers of the three blocks."""
    left, wide, high = _BLOCK
    lines = []
    for top in _TOPS:
        lines += [np.array([[left + k * wide, top], [left + k * wide, top + 3 * high]]) for k in range(4)]
        lines += [np.array([[left, top + k * high], [left + 3 * wide, top + k * high]]) for k in range(4)]
    return lines


def number(value: float, decimals: int = 2) -> str:
    """Write a number, 0 without a sign or decimals.

    Parameters
    ----------
    value : float
    decimals : int

    Returns
    -------
    str

    Examples
    --------
    >>> number(-1.5), number(-0.0)
    ('−1.50', '0')
    """
    return "0" if value == 0 else f"{value:.{decimals}f}".replace("-", "−")
