"""What `backward_matrices` draws: a layer forward and backward as blocks in the proportions of their arrays.

It computes nothing. The panel at the right is chapter 4's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from numpy.typing import NDArray

from nnlab.explorers.blocks import SIDES, Panel, outline, plain, shades, squares
from nnlab.explorers.chapter_07._graph_figure import GRADIENT_INK
from nnlab.explorers.letters import Letters
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, PAPER, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 400)  # as chapter 4's panel
MOST = 8  # the longest side
BLOCK = 48.0  # pixels of the longest side of all blocks
WIDEST = 11.0  # pixels of a number in a block, at most
SLOT, SIGN = 72, 20  # pixels that a block and a sign take
TOP = (24, 152, 280)  # of the names in the three rows
MIDDLE = 30 + BLOCK / 2  # from a name to the middle of its block

#: Names of arrays, signs between them, and numbers of pixels to leave free.
ROWS: tuple[tuple[str | int, ...], ...] = (
    ("X", "@", "W", "+", "b", "=", "Z", "relu →", "A"),
    ("dA", "*", "f′(Z)", "=", "dZ", "Σ rows →", "db"),
    ("Xᵀ", "@", "dZ", "=", "dW", 14, "dZ", "@", "Wᵀ", "=", "dX"),
)
SIGNS = ("@", "+", "=", "*")


class BackwardFigure:
    """The artists that move.

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
        axes = axes_at(figure, 0, 0, 552, SIZE[1])
        axes.set_label("equations")
        plain(axes, 552)
        self._slots: dict[tuple[int, int, str], tuple[float, float]] = {}  # row, place, name -> middle
        self._names: dict[str, Any] = {}  # those that a fault changes
        for row, terms in enumerate(ROWS):
            self._lay_out(axes, row, terms)
        for y in (TOP[1] - 22, TOP[2] - 22):
            axes.plot([8, 540], [y, y], color=GHOST, linewidth=0.8)
        self._ground = PolyCollection([], facecolors=PAPER, edgecolors=GHOST, linewidths=0.8)
        self._cells = PolyCollection([], linewidths=0.4, edgecolors="white")
        self._sides = LineCollection([], linewidths=3.2, capstyle="butt")
        self._frames = LineCollection([], colors=INK, linewidths=1.4, linestyles=[(0, (3, 2))])
        for collection in (self._ground, self._cells, self._sides, self._frames):
            axes.add_collection(collection, autolim=False)
        self._letters = {letter: Letters(axes, color, "bold") for letter, color in SIDES.items() if letter != "K"}
        self._panel = Panel(axes_at(figure, 560, 0, 280, SIZE[1]))
        self.moving: list[Artist] = [
            self._ground, self._cells, self._sides, self._frames, *self._names.values(),
            *(writer.artist for writer in self._letters.values()), *self._panel.moving,
        ]  # fmt: skip

    def _lay_out(self, axes: Axes, row: int, terms: tuple[str | int, ...]) -> None:
        x = 6.0
        for place, term in enumerate(terms):
            if isinstance(term, int):
                x += term
            elif term in SIGNS or "→" in term:
                wide = SIGN if term in SIGNS else 76
                size, word = (14, term) if term in SIGNS else (10, _("Σ rows →") if term == "Σ rows →" else term)
                axes.text(x + wide / 2, TOP[row] + MIDDLE, word, ha="center", va="center", fontsize=size, color=QUIET)
                x += wide
            else:
                middle = x + SLOT / 2 + 5
                self._slots[row, place, term] = middle, TOP[row] + MIDDLE
                color = GRADIENT_INK if term.startswith("d") else INK
                text = axes.text(middle, TOP[row], term, ha="center", va="center", fontweight="bold", color=color)
                if "ᵀ" in term:
                    self._names[term] = text
                x += SLOT

    def update(self, arrays: dict[str, Array], letters: dict[str, str], chosen: str, code: str, meaning: str) -> None:
        """Draw the blocks anew, and the chosen array in the panel.

        Parameters
        ----------
        arrays : dict of str to ndarray
            What could be computed, by the names in `ROWS`; those with a ᵀ as they are used.
        letters : dict of str to str
            Their shapes in letters, as they are.
        chosen, code, meaning : str
        """
        for name, text in self._names.items():
            text.set_text(name if letters[name] == letters[name[0]][::-1] else name[0])
        cells, colors, sides, outlines, frames = [], [], [], [], []
        cell = min(WIDEST, BLOCK / max(max(array.shape) for array in arrays.values()))
        for (_row, _place, name), (x, y) in self._slots.items():
            array = arrays.get(name)
            if array is None:
                outlines.append(outline((x - 22, y - 18, 44.0, 36.0)))
                continue
            shown = np.atleast_2d(array)
            height, width = (cell * size for size in shown.shape)
            left, top = x - width / 2, y - height / 2
            cells.append(squares(shown, left, top, cell))
            colors.append(shades(shown))
            down, across = tuple(letters[name].rjust(2))
            for letter, line, place in (
                (across, [(left, top - 3), (left + width, top - 3)], (x, top - 11)),
                (down, [(left - 3, top), (left - 3, top + height)], (left - 11, y)),
            ):
                if letter in SIDES:
                    sides.append((line, letter, place))
            if name.rstrip("ᵀ") == chosen:
                box = outline((left - 18, top - 19, width + 23, height + 24))
                frames.append([*box, box[0]])
        for letter, writer in self._letters.items():
            writer.write([(letter, place) for _line, other, place in sides if other == letter])
        self._ground.set_verts(outlines)
        self._cells.set_verts(list(np.concatenate(cells)))
        self._cells.set(facecolor=np.concatenate(colors))
        self._sides.set_segments([line for line, _letter, _place in sides])
        self._sides.set_colors([SIDES[letter] for _line, letter, _place in sides])
        self._frames.set_segments(frames)
        self._panel.update(arrays.get(chosen), chosen, letters[chosen], code, meaning)

    def block_at(self, x: float, y: float) -> str:
        """Name the array at a place of the left axes; empty where there is none."""
        for (_row, _place, name), (middle, level) in self._slots.items():
            if abs(x - middle) < SLOT / 2 and abs(y - level) < MIDDLE + 10:
                return name.rstrip("ᵀ")
        return ""
