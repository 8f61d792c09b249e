"""Arrays as blocks of cells, with the colors of their lengths; and a panel that shows one of them in full.

The pictures of layers and their shapes are made of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.letters import TYPE, Letters
from nnlab.language import _
from nnlab.plots.style import CLASS_0, INK, PAPER, SIGNED

Array = NDArray[Any]

HEIGHT = 400  # of the picture, in pixels
BIG = 25  # pixels of a number in the panel, at most
DARK = 1.6  # numbers beyond it stand on dark ground
WRITTEN = 7  # up to so many columns the numbers stand in the panel
LOW = str.maketrans("12", "₁₂")

#: The color of each length.
SIDES = {"N": INK, "D": CLASS_0, "H": "#B35C8F", "K": "#009E73"}


def plain(axes: Axes, width: float) -> None:
    """Measure axes in pixels from their upper left corner, with nothing around them.

    Parameters
    ----------
    axes : Axes
    width : float
        In pixels.
    """
    axes.set(xlim=(0, width), ylim=(HEIGHT, 0), xticks=[], yticks=[])
    axes.set_axis_off()


def shades(array: Array) -> Array:
    """Give each number its color.

    Parameters
    ----------
    array : ndarray

    Returns
    -------
    ndarray of shape (numbers, 4)
    """
    return np.asarray(SIGNED(0.5 + np.clip(array, -3, 3).ravel() / 6))


def squares(array: Array, left: float, top: float, cell: float) -> Array:
    """Give the corners of a square for each number.

    Parameters
    ----------
    array : ndarray of shape (rows, columns)
    left, top, cell : float
        Where the block begins, and the side of a square, in pixels.

    Returns
    -------
    ndarray of shape (numbers, 4, 2)
    """
    rows, columns = np.divmod(np.arange(array.size), array.shape[1])
    corner = np.stack([left + cell * columns, top + cell * rows], axis=1)
    return np.asarray(corner[:, None] + cell * np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))


def outline(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Give the corners of a box: left, top, width, height.

    Parameters
    ----------
    box : tuple of float

    Returns
    -------
    list of (float, float)
    """
    left, top, width, height = box
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


class Panel:
    """One array in full: its numbers, its shape in letters and in numbers, its line of code.

    Parameters
    ----------
    axes : Axes
        280 pixels wide.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, axes: Axes) -> None:
        plain(axes, 280)
        axes.add_patch(Rectangle((0, 6), 276, HEIGHT - 12, facecolor=PAPER, edgecolor="none"))
        self._cells = PolyCollection([], linewidths=0.6, edgecolors="white")
        axes.add_collection(self._cells, autolim=False)
        self._name = Letters(axes, INK, "bold", left=True, size=1.3 * TYPE)
        self._shape = Letters(axes, INK, left=True)
        self._code = Letters(axes, INK, "mono", left=True)
        self._dark, self._light = Letters(axes, INK), Letters(axes, "white")
        self._plain_meaning = Letters(axes, INK, left=True)
        letters = self._name, self._shape, self._plain_meaning, self._code, self._dark, self._light
        self._never = axes.text(14, 52, _("is never reached"), va="center", color=INK)
        self._meaning = axes.text(14, 342, "", va="center", color=INK)
        self.moving: list[Artist] = [
            self._cells, *(one.artist for one in letters), self._never, self._meaning,
        ]  # fmt: skip

    def update(self, array: Array | None, term: str, letters: str, code: str, meaning: str) -> None:
        """Show an array.

        Parameters
        ----------
        array : ndarray or None
            None where it is never reached.
        term, letters, code, meaning : str
            Its name, its shape in letters, its line of code, what it is.
        """
        self._name.write([(term.translate(LOW), (14, 28))])
        self._meaning.set(text=meaning, visible=not meaning.isascii())  # a translation may need other fonts
        self._plain_meaning.write([(meaning, (14, 342))] if meaning.isascii() else [])
        self._code.write([(code, (14, 374))])
        self._never.set_visible(array is None)
        if array is None:
            self._cells.set_verts([])
            self._write([])
            self._shape.write([])
            return
        written = ", ".join(letters) + ("," if len(letters) == 1 else "")
        self._shape.write([(f"({written}) = {array.shape}", (14, 52))])
        shown = np.atleast_2d(array)
        wide = 36 if shown.shape[1] <= WRITTEN else BIG
        left, top = 14.0, 72.0
        corners = squares(shown, 0, 0, 1.0) * np.array([wide, BIG]) + np.array([left, top])
        self._cells.set_verts(corners)
        self._cells.set(facecolor=shades(shown))
        written_there = shown.shape[1] <= WRITTEN
        self._write(list(zip(shown.ravel(), corners.mean(axis=1), strict=True)) if written_there else [])

    def _write(self, numbers: list[tuple[float, Array]]) -> None:
        for writer, on_dark in ((self._dark, False), (self._light, True)):
            chosen = [(number, place) for number, place in numbers if (abs(number) > DARK) == on_dark]
            writer.write([(_short(number), tuple(place)) for number, place in chosen])


def _short(number: float) -> str:
    """Write a number with one decimal, 0 without a sign."""
    return f"{round(float(number), 1) + 0.0:.1f}".replace("-", "−")
