"""Texts that change in every picture, as outlines: quick to draw, where texts of matplotlib cost 1 ms each.

A text is put together from the outlines of its characters, which are made once: so new numbers cost little. `Letters`
is for many texts of one color, `Labels` for texts that stand in data coordinates, each with its own look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from nnlab.plots.style import INK

Array = NDArray[Any]
Placed = tuple[str, tuple[float, float]]  # a text, and where it stands; y is the height of its middle

TYPE = 13.9  # pixels: 10 points
SMALL = 0.36  # height of the letters' middle over the base line, as a share of their size
_DPI = 100  # of the page
_ALIGN = {"left": 0.0, "center": 0.5, "right": 1.0}
_FAMILIES = {"mono": "DejaVu Sans Mono"}


@cache
def _character(character: str, face: str, size: float) -> tuple[Array, Array, float]:
    """Outline of a character, downwards from the base line, its codes, and how far it moves the next one."""
    font = FontProperties(family=_FAMILIES.get(face, "DejaVu Sans"), weight="bold" if face == "bold" else "normal")
    path = Path(np.zeros((0, 2)), [])  # (TextPath has none for a space)
    if not character.isspace():
        path = TextPath((0, 0), character, size=size, prop=font)
    measured = get_font(fontManager.findfont(font))
    measured.set_size(size, 72)
    advance = measured.load_char(ord(character)).linearHoriAdvance / 65536
    return np.asarray(path.vertices) * [1, -1], np.asarray(path.codes), float(advance)


def outline(text: str, face: str = "normal", size: float = TYPE) -> tuple[Array, Array]:
    """Put a text together.

    Parameters
    ----------
    text : str
    face : {"normal", "bold", "mono"}
    size : float
        Of the type, in pixels of the page.

    Returns
    -------
    vertices : ndarray of shape (V, 2)
        From the begin of the base line, downwards, in pixels of the page.
    codes : ndarray of shape (V,)
        As `matplotlib.path.Path` has them; none for a text without ink.
    """
    vertices, codes, start = [np.zeros((0, 2))], [np.zeros(0, np.uint8)], 0.0
    for character in text:
        points, code, advance = _character(character, face, size)
        vertices.append(points + np.array([start, 0.0]))
        codes.append(code)
        start += advance
    return np.concatenate(vertices), np.concatenate(codes)


def width(text: str, face: str = "normal", size: float = TYPE) -> float:
    """Measure a text.

    Parameters
    ----------
    text : str
    face : {"normal", "bold", "mono"}
    size : float
        Of the type, in pixels of the page.

    Returns
    -------
    float
        Pixels of the page.
    """
    return sum(_character(character, face, size)[2] for character in text)


class Letters:
    """Texts of one color.

    Parameters
    ----------
    axes : Axes
        Measured in pixels, downwards.
    color : str
    face : {"normal", "bold", "mono"}
    left : bool
        Whether a place is where a text begins; else it is its middle.
    size : float
        Of the type, in pixels.

    Attributes
    ----------
    artist : PathPatch
    texts : list of str
        Those that stand there now.
    """

    def __init__(self, axes: Axes, color: str, face: str = "normal", *, left: bool = False, size: float = TYPE) -> None:
        self._face, self._left, self._size = face, left, size
        self.texts: list[str] = []
        self.artist = PathPatch(Path(np.zeros((1, 2))), facecolor=color, linewidth=0, zorder=6)
        axes.add_patch(self.artist)

    def write(self, texts: Sequence[Placed]) -> None:
        """Replace all texts.

        Parameters
        ----------
        texts : sequence of (str, (x, y))
        """
        self.texts = [text for text, _place in texts]
        vertices, codes = [np.zeros((0, 2))], [np.zeros(0, np.uint8)]
        for text, (x, y) in texts:
            left = x if self._left else x - width(text, self._face, self._size) / 2
            points, code = outline(text, self._face, self._size)
            vertices.append(points + np.array([left, y + SMALL * self._size]))
            codes.append(code)
        drawn = np.concatenate(codes)
        self.artist.set_visible(bool(len(drawn)))
        if len(drawn):
            self.artist.set_path(Path(np.concatenate(vertices), drawn))


class Label(NamedTuple):
    """One text and its place."""

    text: str
    x: float  # in data coordinates of the axes
    y: float  # of the middle of the letters
    align: str = "left"
    color: str = INK
    bold: bool = False
    plate: bool = False  # whether it stands on a white ground
    follows: bool = False  # whether it goes on where the one before ends

    @property
    def face(self) -> str:
        """Which type it is set in."""
        return "bold" if self.bold else "normal"


class Labels(Artist):
    """All changing texts of some axes.

    Parameters
    ----------
    axes : Axes

    Attributes
    ----------
    texts : list of Label
    """

    def __init__(self, axes: Axes) -> None:
        super().__init__()
        self.axes = axes
        self._page = axes.figure
        self.texts: list[Label] = []
        self.set_transform(axes.transData)

    def draw(self, renderer: RendererBase) -> None:
        """Fill the outlines, each over its plate."""
        context = renderer.new_gc()
        context.set_linewidth(0)
        ratio = self._ratio()
        size = TYPE * ratio
        for label, left, middle, wide in self._placed():
            if label.plate:
                box = Affine2D().scale(wide + 4 * ratio, 1.15 * size).translate(left - 2 * ratio, middle - 0.55 * size)
                context.set_alpha(0.85)
                renderer.draw_path(context, Path.unit_rectangle(), box, to_rgb("white"))
                context.set_alpha(1.0)
            vertices, codes = outline(label.text, label.face)
            if len(codes):
                place = Affine2D().scale(ratio, -ratio).translate(left, middle - SMALL * size)
                renderer.draw_path(context, Path(vertices, codes), place, to_rgb(label.color))
        context.restore()

    def _ratio(self) -> float:
        """Pixels of the canvas in a pixel of the page."""
        return float(self._page.dpi) / _DPI

    def _placed(self) -> Iterator[tuple[Label, float, float, float]]:
        """Give each text with its left end, its middle's height and its width, in pixels of the canvas."""
        end = 0.0
        for label in self.texts:
            if label.text:
                x, y = self.get_transform().transform((label.x, label.y))
                wide = width(label.text, label.face) * self._ratio()
                left = end if label.follows else float(x) - _ALIGN[label.align] * wide
                end = left + wide
                yield label, left, float(y), wide

    def extents(self) -> list[tuple[str, float, float, float, float]]:
        """Give each text with the box of its letters.

        Returns
        -------
        list of (str, float, float, float, float)
            Left, bottom, right and top in pixels of the canvas.
        """
        half = 0.36 * TYPE * self._ratio()
        return [(label.text, left, y - half, left + wide, y + half) for label, left, y, wide in self._placed()]
