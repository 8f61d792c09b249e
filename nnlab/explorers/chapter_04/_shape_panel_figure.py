"""What `shape_panel` draws: two equations as blocks whose sides are the arrays' shapes, and one of them in full.

It computes nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from nnlab.explorers.blocks import LOW, SIDES, Panel, outline, plain, shades, squares
from nnlab.explorers.letters import Letters
from nnlab.plots.style import GHOST, INK, PAPER, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 400)
MOST = 10  # the longest side
CELL = 6.0  # pixels of a number in a block
SLOT, SIGN = 84, 20  # pixels that a block and a sign between two blocks take
TOP = (40, 224)  # of the two equations
ROWS = (("X", "@", "W1", "+", "b1", "=", "Z1", "f", "A1"), ("A1", "@", "W2", "+", "b2", "=", "Z2", "s", "A2"))
LONG_SIGNS = {"f": "relu →", "s": "softmax →"}
NAMES = ("X", "W1", "b1", "Z1", "A1", "W2", "b2", "Z2", "A2")
MIDDLE = 34 + MOST * CELL / 2  # from a name to the middle of its block


class ShapeFigure:
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
        self._blocks = _Blocks(axes_at(figure, 0, 0, 552, SIZE[1]))
        self._panel = Panel(axes_at(figure, 560, 0, 280, SIZE[1]))
        self.moving: list[Artist] = [*self._blocks.moving, *self._panel.moving]

    def update(self, arrays: dict[str, Array], letters: dict[str, str], term: str, code: str, meaning: str) -> None:
        """Draw the blocks anew, and the chosen one in the panel.

        Parameters
        ----------
        arrays : dict of str to ndarray
            What could be computed.
        letters : dict of str to str
            The shape of each in letters, as it is: "ND".
        term : str
            The chosen one.
        code, meaning : str
        """
        self._blocks.update(arrays, letters, term)
        self._panel.update(arrays.get(term), term, letters[term], code, meaning)

    def block_at(self, x: float, y: float) -> str:
        """Name the block at a place of the left axes; empty where there is none."""
        return self._blocks.at(x, y)


class _Blocks:
    """Both equations: blocks of cells, their names, and edges in the colors of their lengths."""

    def __init__(self, axes: Axes) -> None:
        axes.set_label("equation")
        plain(axes, 552)
        self._slots: dict[tuple[int, str], tuple[float, float]] = {}  # (row, name) -> middle of the slot
        for row, terms in enumerate(ROWS):
            x = 0.0
            for term in terms:
                wide = {"f": 50, "s": 72}.get(term, SIGN)
                if term in NAMES:
                    self._slots[row, term] = x + SLOT / 2 + 8, TOP[row] + MIDDLE
                    axes.text(
                        x + SLOT / 2 + 8, TOP[row], term.translate(LOW), ha="center", va="center", fontweight="bold"
                    )
                    wide = SLOT
                else:
                    text, size = LONG_SIGNS.get(term, term), 10 if term in LONG_SIGNS else 14
                    axes.text(
                        x + wide / 2, TOP[row] + MIDDLE, text, ha="center", va="center", fontsize=size, color=QUIET
                    )
                x += wide
        self._ground = PolyCollection([], facecolors=PAPER, edgecolors=GHOST, linewidths=0.8)
        self._cells = PolyCollection([], linewidths=0.4, edgecolors="white")
        self._sides = LineCollection([], linewidths=3.2, capstyle="butt")
        self._frame = Rectangle((0, 0), 0, 0, fill=False, edgecolor=INK, linewidth=1.4, linestyle=(0, (3, 2)))
        for collection in (self._ground, self._cells, self._sides):
            axes.add_collection(collection, autolim=False)
        axes.add_patch(self._frame)
        self._letters = {letter: Letters(axes, color, "bold") for letter, color in SIDES.items()}
        self.moving: list[Artist] = [
            self._ground, self._cells, self._sides, self._frame, *(one.artist for one in self._letters.values()),
        ]  # fmt: skip
        self._boxes: dict[tuple[int, str], tuple[float, float, float, float]] = {}

    def update(self, arrays: dict[str, Array], letters: dict[str, str], chosen: str) -> None:
        cells, colors, sides, outlines = [], [], [], []
        for key, (x, y) in self._slots.items():
            array = arrays.get(key[1])
            if array is None:
                self._boxes[key] = (x - 26, y - 22, 52.0, 44.0)
                outlines.append(outline(self._boxes[key]))
                continue
            shown = np.atleast_2d(array)
            height, width = (CELL * size for size in shown.shape)
            if array.ndim == 1:  # the rows for which it stands
                whole = CELL * len(arrays["X"])
                outlines.append(outline((x - width / 2, y - whole / 2, width, whole)))
                y += (height - whole) / 2
            left, top = x - width / 2, y - height / 2
            self._boxes[key] = left, top, width, height
            cells.append(squares(shown, left, top, CELL))
            colors.append(shades(shown))
            down, across = tuple(letters[key[1]].rjust(2))
            for letter, line, place in (
                (across, [(left, top - 3), (left + width, top - 3)], (x, top - 12)),
                (down, [(left - 3, top), (left - 3, top + height)], (left - 11, y)),
            ):
                if letter in SIDES:
                    sides.append((line, letter, place))
        for letter, writer in self._letters.items():
            writer.write([(letter, place) for _line, other, place in sides if other == letter])
        self._ground.set_verts(outlines)
        corners: Any = np.concatenate(cells)  # an array of squares is quicker than a list of them
        self._cells.set_verts(corners)
        self._cells.set(facecolor=np.concatenate(colors))
        self._sides.set_segments([line for line, _letter, _place in sides])
        self._sides.set_colors([SIDES[letter] for _line, letter, _place in sides])
        left, top, width, height = self._boxes[0 if (0, chosen) in self._slots else 1, chosen]
        self._frame.set_bounds(left - 19, top - 20, width + 22, height + 26)

    def at(self, x: float, y: float) -> str:
        for (_row, name), (middle, level) in self._slots.items():
            if abs(x - middle) < SLOT / 2 and abs(y - level) < MIDDLE + 14:
                return name
        return ""
