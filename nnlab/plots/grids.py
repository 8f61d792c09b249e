"""Pictures of images: a grid of them, the weights of hidden units drawn as images, and the worst mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from numpy.typing import ArrayLike, NDArray

from nnlab._numbers import as_numbers
from nnlab.plots._check import as_classes, as_images, as_probabilities, checked, class_names, same_length
from nnlab.plots.style import (
    INK,
    PAPER,
    QUIET,
    RIGHT_TEXT,
    SIGNED,
    WRONG_TEXT,
    Picture,
    beside,
    new_figure,
    styled,
)

_MOST = 64  # more images in one picture could not be told apart


@styled
@checked
def images(images: ArrayLike, titles: Sequence[object] | None = None, columns: int = 8) -> Picture:
    """Draw images side by side, dark on white.

    Parameters
    ----------
    images : array_like of shape (N, height, width), (N, 784) or (height, width)
        Gray values from 0 to 255, or from 0 to 1.
    titles : sequence, optional
        What to write above each image, often the labels.
    columns : int
        Images in a row.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the shape is not that of images, or if there are not as many titles as images.
    """
    x = as_images(images, "images")
    if len(x) > _MOST:
        raise ValueError(
            f"plots.images draws at most {_MOST} images, got {len(x):,}: take some of them, e.g. images[:16]."
        )
    if columns < 1:
        raise ValueError(f"plots.images: columns must be at least 1, got {columns}.")
    texts = [""] * len(x) if titles is None else [str(title) for title in np.asarray(titles, dtype=object).reshape(-1)]
    if len(texts) != len(x):
        raise ValueError(f"plots.images: {len(x)} images need {len(x)} titles, got {len(texts)}.")
    figure, axes = _grid(len(x), columns, lines=0 if titles is None else 1)
    for ax, image, text in zip(axes, x, texts, strict=True):
        _show(ax, image)
        ax.set_title(text, loc="center", fontweight="normal", pad=4)
    count = f"{len(x)} images" if len(x) > 1 else "An image"
    listed = ", ".join(texts[:16]) + (", …" if len(texts) > 16 else "")
    figure.alt = f"{count} of {x.shape[1]} by {x.shape[2]} pixels" + (f": {listed}." if titles is not None else ".")
    return figure


@styled
@checked
def weights(kernel: ArrayLike, shape: tuple[int, int] = (28, 28), units: int | Sequence[int] | None = None) -> Picture:
    """Draw what hidden units look for: the weights into each unit, as an image.

    Parameters
    ----------
    kernel : array_like of shape (D, H)
        The weights of a dense layer on images: ``model.layers[0].kernel``.
    shape : (int, int)
        Height and width of the images; their product is D.
    units : int or sequence of int, optional
        How many units to draw, or which ones; the first 16 if not given.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the kernel does not fit the shape, or a unit does not exist.
    """
    w = np.asarray(kernel, dtype=np.float64)
    sides = as_numbers("plots.weights: shape", shape)
    if sides.shape != (2,) or np.any(sides % 1) or np.any(sides < 1):
        raise ValueError(f"plots.weights: shape is (height, width) of the images, whole numbers; got {shape!r:.80}.")
    shape = int(sides[0]), int(sides[1])
    pixels = shape[0] * shape[1]
    if w.ndim != 2 or w.shape[0] != pixels:
        hint = " Transpose it: kernel.T." if w.ndim == 2 and w.shape[1] == pixels else ""
        raise ValueError(
            f"plots.weights expected a kernel of shape ({pixels}, units) for images of "
            f"{shape[0]} × {shape[1]}, got {w.shape}.{hint}"
        )
    wanted = as_numbers("plots.weights: units", 16 if units is None else units)
    whole = not np.any(wanted % 1)
    if whole and wanted.ndim == 0:  # how many
        wanted = np.arange(min(w.shape[1], int(wanted)))
    if not whole or not wanted.size or wanted.min() < 0 or wanted.max() >= w.shape[1]:
        raise ValueError(f"plots.weights: units must be whole numbers from 0 to {w.shape[1] - 1}, got {units!r}.")
    chosen = [int(unit) for unit in wanted.ravel()]
    if len(chosen) > _MOST:
        raise ValueError(f"plots.weights draws at most {_MOST} units, got {len(chosen)}.")
    finite = np.abs(w[:, chosen][np.isfinite(w[:, chosen])])
    limit = float(np.quantile(finite, 0.995)) if finite.size else 1.0
    norm = Normalize(-(limit or 1.0), limit or 1.0, clip=True)
    figure, axes = _grid(len(chosen), 8, lines=1, extra=80)
    for ax, unit in zip(axes, chosen, strict=True):
        ax.imshow(w[:, unit].reshape(shape), cmap=SIGNED, norm=norm)
        _frame(ax)
        ax.set_title(f"unit {unit}", loc="center", fontweight="normal", fontsize=10, pad=4, color=QUIET)
    bar = figure.colorbar(ScalarMappable(norm, SIGNED), ax=axes, aspect=24, pad=0.015, fraction=0.05)
    bar.set_label("weight")
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    figure.alt = (
        f"The weights into {len(chosen)} hidden unit{'s' if len(chosen) > 1 else ''}, each drawn as an image "
        f"of {shape[0]} by {shape[1]}: orange where a pixel pushes the unit up, blue where it pushes it down."
    )
    return figure


@styled
@checked
def mistakes(
    images: ArrayLike,
    y_true: ArrayLike,
    p: ArrayLike,
    count: int = 12,
    labels: Sequence[object] | None = None,
) -> Picture:
    """Draw the most confident wrong answers: what the network says, how sure it is, and what is true.

    Parameters
    ----------
    images : array_like of shape (N, height, width) or (N, 784)
    y_true : array_like of shape (N,)
        True class of each image.
    p : array_like of shape (N, K)
        Probabilities that ``model.predict`` gave.
    count : int
        How many mistakes to draw.
    labels : sequence, optional
        Names of the classes; their numbers if not given.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the arrays do not describe the same samples, or `p` does not hold probabilities.
    """
    x = as_images(images, "mistakes")
    truth, shares = as_classes(y_true, "mistakes", "y_true"), as_probabilities(p, "mistakes")
    same_length("mistakes", images=x, y_true=truth, p=shares)
    names = class_names(labels, max(shares.shape[1], int(truth.max()) + 1), "mistakes")
    said = np.argmax(shares, axis=1)
    wrong = np.flatnonzero(said != truth)
    worst = wrong[np.argsort(-shares[wrong, said[wrong]], kind="stable")][: max(count, 1)]
    if worst.size == 0:
        figure = new_figure(420, 120)
        figure.text(0.5, 0.5, f"No mistakes among {len(x):,} images.", ha="center", va="center", color=INK)
        figure.alt = f"No mistakes among {len(x):,} images."
        return figure
    figure, axes = _grid(len(worst), 6, lines=2, side=104)
    for ax, k in zip(axes, worst, strict=True):
        _show(ax, x[k])
        sure = min(int(100 * shares[k, said[k]]), 99)
        _two_lines(ax, f"says {names[said[k]]}, {sure} %", f"is {names[truth[k]]}")
    figure.alt = f"The {len(worst)} most confident wrong answers, each with what the network says and what is true."
    figure.numbers = f"In turn: {', '.join(f'{names[truth[k]]} taken for {names[said[k]]}' for k in worst)}."
    return figure


def _two_lines(ax: Axes, says: str, true: str) -> None:
    """Write a wrong answer above an image, and the truth under it in its own color."""
    beside(
        ax,
        says,
        (0.5, 1),
        (0, 19),
        "axes fraction",
        ha="center",
        va="bottom",
        color=WRONG_TEXT,
        fontweight="bold",
    )
    beside(ax, true, (0.5, 1), (0, 4), "axes fraction", ha="center", va="bottom", color=RIGHT_TEXT)


def _grid(count: int, columns: int, lines: int, side: int = 84, extra: int = 0) -> tuple[Picture, list[Axes]]:
    """Make a figure with `count` square places, `lines` of text above each, `extra` at the right."""
    columns = min(columns, count)
    rows = -(-count // columns)
    side = min(side if count > 1 else 140, (840 - extra) // columns - 14)
    wide, high = columns * (side + 14) + 10 + extra, rows * (side + 14 + 21 * lines) + 14
    figure = new_figure(wide, high)
    figure.get_layout_engine().set(w_pad=0.05, h_pad=0.07, wspace=0, hspace=0)  # type: ignore[union-attr, call-arg]
    places = figure.subplots(rows, columns, squeeze=False).reshape(-1)
    for ax in places[count:]:
        ax.set_axis_off()
    return figure, list(places[:count])


def _show(ax: Axes, image: NDArray[Any]) -> None:
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    _frame(ax)


def _frame(ax: Axes) -> None:
    """No ticks, a thin frame: pixels need no axes."""
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    ax.set_facecolor(PAPER)
    for spine in ax.spines.values():
        spine.set(visible=True, color="#cccccc", linewidth=0.8)
