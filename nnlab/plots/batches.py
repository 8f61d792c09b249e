"""A batch on its way through a network: one heat map for each array, a row for each sample.

It draws what a chapter has computed and computes nothing itself. Single images are in `nnlab.plots.grids`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import as_images, checked
from nnlab.plots.style import INK, SIGNED, Picture, axes_at, new_figure, styled

ROW, TOP, GAP, LEFT = 30, 44, 34, 16  # pixels: of a sample, above the rows, between two arrays, at the left
WIDE = 700  # pixels that the arrays share
NARROW = 124.0  # pixels of an array of few columns
FEW, MOST = 10, 12  # columns up to which each is named; rows that are shown


@styled
@checked
def batch(images: ArrayLike, arrays: Mapping[str, ArrayLike]) -> Picture:
    """Draw a batch of images, and beside it the arrays that a network makes of it, row by row.

    Parameters
    ----------
    images : array_like of shape (N, height, width) or (N, 784)
    arrays : dict of str to array_like of shape (N, ·)
        In their order. Each has its own color scale: white is 0, orange above, blue below. The wider an array, the
        wider it is drawn, as the square root.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no arrays, too many rows, or an array has not a row for each image.

    Examples
    --------
    >>> batch(np.zeros((2, 28, 28)), {"X": np.zeros((2, 784)), "A2": np.eye(2)}).alt
    'A batch of 2 images, a row for each, and beside them what a network makes of it: X (2, 784), A2 (2, 2).'
    """
    pictures = as_images(images, "batch")
    named = {str(name): np.asarray(array, np.float64) for name, array in arrays.items()}
    rows = len(pictures)
    if not named or rows > MOST:
        words = _("plots.batch expected at least one array and at most {most} images, got {arrays} and {rows}.")
        raise ValueError(words.format(most=MOST, arrays=len(named), rows=rows))
    for name, array in named.items():
        if array.ndim != 2 or len(array) != rows:
            words = _("plots.batch: {name} should have a row for each of {rows} images, but its shape is {shape}.")
            raise ValueError(words.format(name=name, rows=rows, shape=array.shape))
    height = ROW * rows
    figure = new_figure(840, TOP + height + 34, layout=None)
    strip = axes_at(figure, LEFT, TOP, ROW, height)
    strip.imshow(1 - np.concatenate(list(pictures)), cmap="gray", vmin=0, vmax=1, aspect="auto")
    _bare(strip)
    widths = _widths([array.shape[1] for array in named.values()])
    left = float(LEFT + ROW + GAP)
    for (name, array), width in zip(named.items(), widths, strict=True):
        axes = axes_at(figure, left, TOP, width, height)
        _heat(axes, array)
        axes.set_title(f"{name}  {array.shape}")
        left += width + GAP
    told = ", ".join(f"{name} {array.shape}" for name, array in named.items())
    words = _("A batch of {rows} images, a row for each, and beside them what a network makes of it: {arrays}.")
    figure.alt = words.format(rows=rows, arrays=told)
    return figure


def _widths(columns: list[int]) -> list[float]:
    """Share the pixels: a fixed part for narrow arrays, whose columns are named, the rest by the square root."""
    wide = [count for count in columns if count > FEW]
    rest = WIDE - GAP * (len(columns) - 1) - NARROW * (len(columns) - len(wide))
    return [NARROW if count <= FEW else float(rest * np.sqrt(count) / np.sqrt(wide).sum()) for count in columns]


def _heat(axes: Axes, array: NDArray[np.float64]) -> None:
    rows, columns = array.shape
    largest = max(float(np.abs(array).max()), 1e-12)
    axes.imshow(array / largest, cmap=SIGNED, vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    _bare(axes)
    for row in range(1, rows):
        axes.axhline(row - 0.5, color="white", linewidth=2)
    if columns <= FEW:
        axes.set_xticks(range(columns))
        axes.tick_params(axis="x", length=0, labelcolor=INK)


def _bare(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for side in axes.spines.values():
        side.set(visible=True, color="#cccccc")
