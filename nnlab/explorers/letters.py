"""Many short texts of one color as one outline: quick to move, where texts of matplotlib are dear.

A text is put together from the outlines of its characters, which are made once: so new numbers cost little.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import NDArray

Array = NDArray[Any]
Placed = tuple[str, tuple[float, float]]  # a text, and where it stands; y is the height of its middle

TYPE = 13.9  # pixels: 10 points
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
        vertices, codes = [], []
        for text, (x, y) in texts:
            start = x if self._left else x - width(text, self._face, self._size) / 2
            for character in text:
                outline, code, advance = _character(character, self._face, self._size)
                if len(code):  # a space has no outline
                    vertices.append(outline + np.array([start, y + 0.36 * self._size]))
                    codes.append(code)
                start += advance
        self.artist.set_visible(bool(codes))
        if codes:
            self.artist.set_path(Path(np.concatenate(vertices), np.concatenate(codes)))
