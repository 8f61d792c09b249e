"""Text that changes in every picture, drawn in a fraction of matplotlib's time.

Matplotlib lays out and renders a text anew each time, 1 ms for each. Here every character is rendered once for each
size and weight, and a text is put together from these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

from nnlab.plots.style import INK

Array = NDArray[Any]

POINTS = 10.5  # size of the type
_PAD = 2  # pixels around a character, for what reaches out of its box
_ALIGN = {"left": 0.0, "center": 0.5, "right": 1.0}


class Words(NamedTuple):
    """One text and its place."""

    text: str
    x: float  # in data coordinates of the axes
    y: float  # of the middle of small letters
    align: str = "left"
    color: str = INK
    bold: bool = False
    plate: bool = False  # whether it stands on a white ground
    follows: bool = False  # whether it goes on where the one before ends


class QuickText(Artist):
    """All changing texts of some axes.

    Parameters
    ----------
    axes : Axes

    Attributes
    ----------
    words : list of Words
    """

    def __init__(self, axes: Axes) -> None:
        super().__init__()
        self.axes = axes
        self.words: list[Words] = []
        self.set_transform(axes.transData)

    def draw(self, renderer: RendererBase) -> None:
        """Copy the texts into the picture."""
        context = renderer.new_gc()
        scale: Any = renderer.points_to_pixels(1.0)
        for _words, picture, left, bottom, _width in self._placed(float(scale)):
            renderer.draw_image(context, round(left) - _PAD, round(bottom), picture)
        context.restore()

    def _placed(self, scale: float) -> Iterator[tuple[Words, Array, float, float, float]]:
        """Give each text with its picture, the left end and the width of its letters, and the picture's lower edge."""
        end = 0.0
        for words in self.words:
            if words.text:
                picture, middle, width = _picture(words.text, words.color, words.bold, words.plate, round(scale, 3))
                x, y = self.get_transform().transform((words.x, words.y))
                left = end if words.follows else float(x) - _ALIGN[words.align] * width
                end = left + width
                yield words, picture, left, float(y) - middle, width

    def extents(self, scale: float) -> list[tuple[str, float, float, float, float]]:
        """Give each text with the box of its letters.

        Parameters
        ----------
        scale : float
            Pixels of the canvas in a point.

        Returns
        -------
        list of (str, float, float, float, float)
            Left, bottom, right and top in pixels of the canvas.
        """
        base, high = _baseline(scale), 0.75 * POINTS * scale
        return [
            (words.text, left, bottom + base, left + width, bottom + base + high)
            for words, _picture, left, bottom, width in self._placed(scale)
        ]


@lru_cache(maxsize=2048)
def _picture(text: str, color: str, bold: bool, plate: bool, scale: float) -> tuple[Array, float, float]:
    """Put a text together: its pixels, where the middle of its small letters is from below, and its width."""
    glyphs = [_glyph(character, bold, scale) for character in text]
    starts = np.concatenate([[0.0], np.cumsum([advance for _mask, advance in glyphs])])
    height, width = glyphs[0][0].shape[0], int(np.ceil(starts[-1])) + 2 * _PAD
    ink = np.zeros((height, width + max(mask.shape[1] for mask, _advance in glyphs)), np.float32)
    for (mask, _advance), start in zip(glyphs, starts, strict=False):
        place = ink[:, round(start) : round(start) + mask.shape[1]]
        np.maximum(place, mask, out=place)
    ink = ink[:, :width]
    pixels = np.zeros((height, width, 4), np.float32)
    white = 1.0 - ink[..., None] if plate else 0.0 * ink[..., None]
    pixels[..., :3] = np.array(to_rgb(color)) * (1 - white) + white
    pixels[..., 3] = np.maximum(ink, 0.85) if plate else ink
    base, small = _baseline(scale), 0.27 * POINTS * scale
    if plate:  # only as high as the letters
        pixels[: max(0, int(height - base - 2.2 * small - 1)), :, 3] = 0
        pixels[int(np.ceil(height - base + 0.3 * small)) :, :, 3] = 0
    return (pixels[::-1] * 255).round().astype(np.uint8), base + small, float(starts[-1])  # Agg copies upwards


def _baseline(scale: float) -> int:
    return int(np.ceil(0.35 * POINTS * scale)) + _PAD


@lru_cache(maxsize=1024)
def _glyph(character: str, bold: bool, scale: float) -> tuple[Array, float]:
    """Render one character: its ink from 0 to 1, and how far the next one is."""
    font = FontProperties(family="DejaVu Sans", size=POINTS, weight="bold" if bold else "normal")
    side = int(np.ceil(2.4 * POINTS * scale)) + 2 * _PAD
    high = int(np.ceil(1.6 * POINTS * scale)) + 2 * _PAD
    renderer: Any = RendererAgg(side, high, 72 * scale)  # type: ignore[no-untyped-call]
    context = renderer.new_gc()
    context.set_foreground("black")
    height = np.asarray(renderer.buffer_rgba()).shape[0]
    renderer.draw_text(context, _PAD, height - _baseline(scale), character, font, 0)
    ink = np.asarray(renderer.buffer_rgba())[:, :, 3].astype(np.float32) / 255

    def width(text: str) -> float:
        return float(renderer.get_text_width_height_descent(text, font, False)[0])

    advance = width(f"n{character}n") - width("nn")
    columns = np.flatnonzero(ink.any(axis=0))
    return ink[:, : int(columns[-1]) + 1 if len(columns) else 1].copy(), advance
