"""What `shape_panel` draws: two equations as blocks whose sides are the arrays' shapes, and one of them in full.

It computes nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath, TextToPath
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.style import CLASS_0, GHOST, INK, PAPER, QUIET, SIGNED, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 400)
MOST = 10  # the longest side
CELL = 6.0  # pixels of a number in a block
SLOT, SIGN = 84, 20  # pixels that a block and a sign between two blocks take
TOP = (40, 224)  # of the two equations
BIG = 25  # pixels of a number in the panel, at most
TYPE = 13.9  # pixels: 10 points
DARK = 1.6  # numbers beyond it stand on dark ground
WRITTEN = 7  # up to so many columns the numbers stand in the panel

#: The color of each length.
SIDES = {"N": INK, "D": CLASS_0, "H": "#B35C8F", "K": "#009E73"}
ROWS = (("X", "@", "W1", "+", "b1", "=", "Z1", "f", "A1"), ("A1", "@", "W2", "+", "b2", "=", "Z2", "s", "A2"))
LONG_SIGNS = {"f": "relu →", "s": "softmax →"}
LOW = str.maketrans("12", "₁₂")
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
        self._panel = _Panel(axes_at(figure, 560, 0, 280, SIZE[1]))
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


def _plain(axes: Axes, width: float) -> None:
    """Measure axes in pixels from their upper left corner, with nothing around them."""
    axes.set(xlim=(0, width), ylim=(SIZE[1], 0), xticks=[], yticks=[])
    axes.set_axis_off()


def _colors(array: Array) -> Array:
    return np.asarray(SIGNED(0.5 + np.clip(array, -3, 3).ravel() / 6))


def _cells(array: Array, left: float, top: float, cell: float) -> Array:
    """Corners of a square for each number: (numbers, 4, 2)."""
    rows, columns = np.divmod(np.arange(array.size), array.shape[1])
    corner = np.stack([left + cell * columns, top + cell * rows], axis=1)
    return np.asarray(corner[:, None] + cell * np.array([[0, 0], [1, 0], [1, 1], [0, 1]]))


@cache
def _glyph(character: str, style: Style) -> tuple[Array, Array, float]:
    """Outline of a character in pixels, downwards, and how far it takes the next one to the right."""
    font = FontProperties(family=style.family, weight="bold" if style.bold else "normal", size=style.size)
    width = float(TextToPath().get_text_width_height_descent(character, font, ismath=False)[0])
    if character == " ":  # Matplotlib makes no path of it
        return np.zeros((0, 2)), np.zeros(0, Path.code_type), width
    path = TextPath((0, 0), character, size=style.size, prop=font)
    return np.asarray(path.vertices * [1, -1]), np.asarray(path.codes), width


def _glyphs(text: str, style: Style) -> tuple[Array, Array]:
    """Outline of a text around its middle, or to the right of its left end."""
    glyphs = [_glyph(character, style) for character in text]
    ends = np.cumsum([width for _outline, _codes, width in glyphs])
    lefts = ends - [width for _outline, _codes, width in glyphs]
    outlines = [outline + np.array([left, 0]) for (outline, _codes, _width), left in zip(glyphs, lefts, strict=True)]
    middle = [0.0 if style.left else ends[-1] / 2, -0.36 * style.size]
    return np.concatenate(outlines) - middle, np.concatenate([codes for _outline, codes, _width in glyphs])


class Style(NamedTuple):
    """How letters look, and whether their place is their left end instead of their middle."""

    bold: bool = False
    size: float = TYPE
    family: str = "DejaVu Sans"
    left: bool = False


class _Letters:
    """Many short texts of one color as one outline: a twentieth of the time of as many texts."""

    def __init__(self, axes: Axes, color: str, style: Style | None = None) -> None:
        self._style = style or Style()
        self.texts: list[str] = []
        self.artist = PathPatch(Path(np.zeros((1, 2))), facecolor=color, linewidth=0)
        axes.add_patch(self.artist)

    def write(self, texts: list[tuple[str, tuple[float, float]]]) -> None:
        self.texts = [text for text, _place in texts]
        self.artist.set_visible(bool(texts))
        if texts:
            outlines = [(*_glyphs(text, self._style), place) for text, place in texts]
            vertices = np.concatenate([outline + np.asarray(place) for outline, _codes, place in outlines])
            self.artist.set_path(Path(vertices, np.concatenate([codes for _outline, codes, _place in outlines])))


class _Blocks:
    """Both equations: blocks of cells, their names, and edges in the colors of their lengths."""

    def __init__(self, axes: Axes) -> None:
        axes.set_label("equation")
        _plain(axes, 552)
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
        self._letters = {letter: _Letters(axes, color, Style(bold=True)) for letter, color in SIDES.items()}
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
                outlines.append(_outline(self._boxes[key]))
                continue
            shown = np.atleast_2d(array)
            height, width = (CELL * size for size in shown.shape)
            if array.ndim == 1:  # the rows for which it stands
                whole = CELL * len(arrays["X"])
                outlines.append(_outline((x - width / 2, y - whole / 2, width, whole)))
                y += (height - whole) / 2
            left, top = x - width / 2, y - height / 2
            self._boxes[key] = left, top, width, height
            cells.append(_cells(shown, left, top, CELL))
            colors.append(_colors(shown))
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


def _outline(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    left, top, width, height = box
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


class _Panel:
    """One array in full: its numbers, its shape in letters and in numbers, its line of code."""

    def __init__(self, axes: Axes) -> None:
        _plain(axes, 280)
        axes.add_patch(Rectangle((0, 6), 276, SIZE[1] - 12, facecolor=PAPER, edgecolor="none"))
        self._cells = PolyCollection([], linewidths=0.6, edgecolors="white")
        axes.add_collection(self._cells, autolim=False)
        self._name = _Letters(axes, INK, Style(bold=True, size=1.3 * TYPE, left=True))
        self._shape = _Letters(axes, INK, Style(left=True))
        self._code = _Letters(axes, INK, Style(family="DejaVu Sans Mono", left=True))
        self._dark, self._light = _Letters(axes, INK), _Letters(axes, "white")
        self._plain_meaning = _Letters(axes, INK, Style(left=True))
        letters = self._name, self._shape, self._plain_meaning, self._code, self._dark, self._light
        self._never = axes.text(14, 52, _("is never reached"), va="center", color=INK)
        self._meaning = axes.text(14, 342, "", va="center", color=INK)
        self.moving: list[Artist] = [
            self._cells, *(one.artist for one in letters), self._never, self._meaning,
        ]  # fmt: skip

    def update(self, array: Array | None, term: str, letters: str, code: str, meaning: str) -> None:
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
        corners = _cells(shown, 0, 0, 1.0) * np.array([wide, BIG]) + np.array([left, top])
        self._cells.set_verts(corners)
        self._cells.set(facecolor=_colors(shown))
        written_there = shown.shape[1] <= WRITTEN
        self._write(list(zip(shown.ravel(), corners.mean(axis=1), strict=True)) if written_there else [])

    def _write(self, numbers: list[tuple[float, Array]]) -> None:
        for writer, on_dark in ((self._dark, False), (self._light, True)):
            chosen = [(number, place) for number, place in numbers if (abs(number) > DARK) == on_dark]
            writer.write([(_short(number), tuple(place)) for number, place in chosen])


def _short(number: float) -> str:
    """Write a number with one decimal, 0 without a sign."""
    return f"{round(float(number), 1) + 0.0:.1f}".replace("-", "−")
