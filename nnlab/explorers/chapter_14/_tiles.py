"""A table of numbers as colored tiles, drawn as one image: what the explorers of chapter 14 show along time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import Colormap
from numpy.typing import NDArray

Array = NDArray[Any]


class Tiles(Artist):
    """Numbers as tiles that fill their axes, sharp at their edges; NaN is left white.

    Parameters
    ----------
    axes : Axes
    colors : Colormap
    low, high : float
        The numbers with the first and with the last color; what lies beyond has that color, too.

    Attributes
    ----------
    values : ndarray of shape (rows, columns)
        The first row stands at the top.
    """

    def __init__(self, axes: Axes, colors: Colormap, low: float, high: float) -> None:
        super().__init__()
        self.axes, self._low, self._high = axes, low, high
        self.values: Array = np.full((1, 1), np.nan)
        self.set_transform(axes.transData)
        self._colors = (colors(np.linspace(0, 1, 256)) * 255).round().astype(np.uint8)

    def draw(self, renderer: RendererBase) -> None:
        """Copy the colors into the picture."""
        assert self.axes is not None
        box = self.axes.bbox
        left, bottom, right, top = (round(edge) for edge in (box.x0, box.y0, box.x1, box.y1))
        share = (self.values - self._low) / (self._high - self._low)
        colors = self._colors[np.nan_to_num(share * 255).clip(0, 255).astype(np.uint8)]
        colors[np.isnan(self.values)] = 255
        rows, columns = self.values.shape
        down = (np.arange(top - bottom) * rows // (top - bottom))[::-1]  # Agg copies upwards
        across = np.arange(right - left) * columns // (right - left)
        context = renderer.new_gc()
        renderer.draw_image(context, left, bottom, np.ascontiguousarray(colors[down][:, across]))
        context.restore()
