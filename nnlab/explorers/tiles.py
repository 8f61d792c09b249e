"""Small images and tables in a picture, pixel by pixel: quick to draw, and sharp at their edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import Colormap
from numpy.typing import NDArray

from nnlab.plots.style import SIGNED, Picture

Array = NDArray[Any]
Box = tuple[float, float, float, float]  # left, top, width, height, in pixels of the page

WINDOW = "#B35C8F"  # the frame of a window, and of the place in the output that comes from it

_SIGNED = (SIGNED(np.linspace(0, 1, 255)) * 255).round().astype(np.uint8)  # white in the middle, exactly


def page(figure: Picture) -> Axes:
    """Make axes over the whole picture, measured in pixels from its upper left corner, with nothing around them.

    Parameters
    ----------
    figure : Picture

    Returns
    -------
    Axes
    """
    width, height = figure.size()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def gray(ink: Array) -> Array:
    """Give ink from 0 (paper) to 1 its colors.

    Parameters
    ----------
    ink : ndarray of shape (height, width)

    Returns
    -------
    ndarray of uint8 of shape (height, width, 4)
    """
    shade = 255 - np.round(255 * np.clip(ink, 0, 1)).astype(np.uint8)
    return np.stack([shade, shade, shade, np.full_like(shade, 255)], axis=-1)


def signed(values: Array, limit: float | None = None) -> Array:
    """Give numbers their colors: blue below 0, white at 0, orange above.

    Parameters
    ----------
    values : ndarray of shape (height, width)
    limit : float, optional
        The size that gets the full color; the largest if not given.

    Returns
    -------
    ndarray of uint8 of shape (height, width, 4)
    """
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(np.abs(finite).max()) if limit is None else limit
    share = np.clip(finite / (top or 1.0), -1, 1)
    return np.asarray(_SIGNED[127 + np.round(127 * share).astype(int)])


def frame(box: Box) -> Array:
    """Give the closed outline of a box.

    Parameters
    ----------
    box : tuple of float

    Returns
    -------
    ndarray of shape (5, 2)
    """
    left, top, wide, high = box
    return np.array([left, top]) + np.array([[0, 0], [wide, 0], [wide, high], [0, high], [0, 0]])


class Tiles(Artist):
    """Images at places of axes that are measured in pixels, as from `page`.

    Parameters
    ----------
    axes : Axes

    Attributes
    ----------
    shown : list of (ndarray, tuple)
        Colors of shape (height, width, 4), and the box that each image fills.
    """

    def __init__(self, axes: Axes) -> None:
        super().__init__()
        self.axes = axes
        self.shown: Sequence[tuple[Array, Box]] = []
        self.set_transform(axes.transData)

    def draw(self, renderer: RendererBase) -> None:
        """Copy the images into the picture, each pixel as a block."""
        assert self.axes is not None
        context = renderer.new_gc()
        corners = [[(left, top + high), (left + wide, top)] for _colors, (left, top, wide, high) in self.shown]
        ends = self.axes.transData.transform(np.reshape(corners, (-1, 2)))  # of all images at once
        for (colors, _box), (x0, y0, x1, y1) in zip(self.shown, np.round(ends).astype(int).reshape(-1, 4), strict=True):
            renderer.draw_image(context, float(x0), float(y0), _blown_up(colors, x1 - x0, y1 - y0))
        context.restore()


class Table(Artist):
    """Numbers as tiles that fill their axes; NaN is left white.

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
        left, bottom, right, top = np.round(self.axes.bbox.extents).astype(int)
        share = (self.values - self._low) / (self._high - self._low)
        colors = self._colors[np.nan_to_num(share * 255).clip(0, 255).astype(np.uint8)]
        colors[np.isnan(self.values)] = 255
        context = renderer.new_gc()
        renderer.draw_image(context, float(left), float(bottom), _blown_up(colors, right - left, top - bottom))
        context.restore()


def _blown_up(colors: Array, width: int, height: int) -> Array:
    """Give each pixel a block, as Agg copies it: upwards."""
    rows = np.arange(height)[::-1] * len(colors) // height
    columns = np.arange(width) * colors.shape[1] // width
    pixels = np.ascontiguousarray(colors).view(np.uint32)[..., 0]  # four bytes in one: quicker to copy
    return pixels[rows[:, None], columns].view(np.uint8).reshape(height, width, 4)
