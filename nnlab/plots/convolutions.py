"""Figures of convolutions: the matrix that does the same, and an image on its way through a network."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import INK, PAPER, QUIET, SERIES, SIGNED, Picture, new_figure, styled

Array = NDArray[Any]

_MOST = 40  # columns or rows of a matrix whose numbers can be read
_MAPS = 6  # channels drawn of each layer


@styled
@checked
def shared_matrix(matrix: ArrayLike, kernel: ArrayLike) -> Picture:
    """Draw the matrix of a convolution: zeros pale, and each number of the kernel in its own color.

    Parameters
    ----------
    matrix : array_like of shape (outputs, inputs)
    kernel : array_like
        Its numbers must differ, so that each can have its color.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `matrix` is no matrix or too large, or holds numbers that are neither 0 nor in the kernel.
    """
    M, numbers = np.asarray(matrix, dtype=float), np.asarray(kernel, dtype=float).ravel()
    if M.ndim != 2 or not M.size or max(M.shape) > _MOST:
        words = _("plots.shared_matrix draws a matrix of at most {most} rows and columns; got shape {shape}.")
        raise ValueError(words.format(most=_MOST, shape=M.shape))
    if len(set(numbers)) < len(numbers) or len(numbers) > len(SERIES):
        words = _("plots.shared_matrix needs a kernel of at most {most} numbers that all differ; got {numbers}.")
        raise ValueError(words.format(most=len(SERIES), numbers=numbers.tolist()))
    if not np.isin(M, [0, *numbers]).all():
        raise ValueError(_("plots.shared_matrix: the matrix holds numbers that are not in the kernel."))
    cell = min(36.0, 800 / M.shape[1])
    figure = new_figure(M.shape[1] * cell + 26, M.shape[0] * cell + 66, layout=None)
    width, height = figure.size()
    ax = figure.add_axes((20 / width, 8 / height, M.shape[1] * cell / width, M.shape[0] * cell / height))
    ax.set(xlim=(0, M.shape[1]), ylim=(M.shape[0], 0), xticks=[], yticks=[])
    ax.grid(False)
    for (i, j), value in np.ndenumerate(M):
        shared = np.flatnonzero(numbers == value)
        color = SERIES[int(shared[0])] if value and len(shared) else None
        square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) + np.array([j, i])
        ax.fill(*square.T, facecolor=color or PAPER, edgecolor="white", linewidth=1.5, alpha=0.55 if color else 1)
        ax.text(j + 0.5, i + 0.5, f"{value:g}".replace("-", "−"), ha="center", va="center_baseline",
                color=INK if color else "#b0b0b0", fontsize=11)  # fmt: skip
    for spine in ax.spines.values():
        spine.set_visible(False)
    words = _("column: a pixel of the image, row: a number of the output")
    figure.text(20 / width, 1 - 30 / height, words, color=QUIET, va="center", fontsize=10)
    share = round(100 * float(np.mean(M == 0)))
    words = _(
        "A matrix of {rows} rows and {columns} columns. {share} percent of it are 0, and the {count} numbers of the "
        "kernel come again in every row, each time further to the right."
    )
    figure.alt = words.format(rows=M.shape[0], columns=M.shape[1], share=share, count=len(numbers))
    return figure


@styled
@checked
def through_network(model: Any, image: ArrayLike) -> Picture:
    """Draw an image on its way through a network of convolutions, pooling and dense layers.

    Parameters
    ----------
    model : Sequential
        Built, with images as input. Of layers with channels six are drawn: one that answers strongly, then those that
        differ most from it.
    image : array_like of shape (H, W) or (H, W, C)

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If no layer of the model has channels.
    """
    x = np.asarray(image, dtype=np.float32)
    x = x[..., None] if x.ndim == 2 else x
    stages = _stages(model, x)
    if not any(a.ndim == 3 for _name, a in stages):
        raise ValueError(_("plots.through_network needs a model with at least one convolution."))
    figure = new_figure(840, 330, layout=None)
    columns = [("", x), *stages]
    widths = [150.0 if k == 0 else 200.0 if a.ndim == 3 else 60.0 for k, (_name, a) in enumerate(columns)]
    scale = 804 / (sum(widths) + 22 * (len(widths) - 1))
    left = 18.0
    for (name, a), wide in zip(columns, widths, strict=True):
        _stage(figure, name or _("image"), a, left, wide * scale)
        left += (wide + 22) * scale
    names = ", ".join(f"{name} {a.shape}" for name, a in stages)
    words = _("An image on its way through a network: {names}. It says {digit}.")
    figure.alt = words.format(names=names, digit=int(stages[-1][1].argmax()))
    return figure


def _stages(model: Any, x: Array) -> list[tuple[str, Array]]:
    """Compute what each layer gives, but for those that only reshape."""
    stages, a, order = [], x[None], None
    for layer in model.layers:
        a = layer.forward(a)
        if a.ndim == 4:
            if order is None or len(order) != a.shape[-1]:
                order = _various(a[0])
            stages.append((type(layer).__name__, np.asarray(a[0][..., order])))
        elif type(layer).__name__ != "Flatten":
            stages.append((type(layer).__name__, np.asarray(a[0])))
    return stages


def _various(maps: Array) -> Array:
    """Order the channels: first the one that answers most, then again and again the one least like those before."""
    flat = maps.reshape(-1, maps.shape[-1]).T.astype(np.float64)  # (F, pixels)
    sizes = np.linalg.norm(flat, axis=1)
    alike = flat @ flat.T / np.maximum(np.outer(sizes, sizes), 1e-12)
    alike[:, sizes < 0.2 * sizes.max()] = 2  # one that hardly answers shows nothing: last
    chosen = [int(np.argmax(sizes))]
    for _round in range(len(flat) - 1):
        nearest = alike[chosen].max(axis=0)
        nearest[chosen] = 3
        chosen.append(int(np.argmin(nearest)))
    return np.array(chosen)


def _stage(figure: Picture, name: str, a: Array, left: float, wide: float) -> None:
    """Draw what one layer gives."""
    width, height = figure.size()
    middle = left + wide / 2
    figure.text(middle / width, 1 - 20 / height, name, ha="center", va="center", fontsize=10, fontweight="bold")
    shape = " × ".join(map(str, a.shape))
    figure.text(middle / width, 1 - 40 / height, shape, ha="center", va="center", fontsize=10, color=QUIET)

    def place(x: float, y: float, w: float, h: float) -> Axes:
        ax = figure.add_axes((x / width, 1 - (y + h) / height, w / width, h / height))
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        for spine in ax.spines.values():
            spine.set(visible=True, color="#cccccc", linewidth=0.8)
        return ax

    if a.ndim == 3 and a.shape[-1] == 1:
        side = min(wide, 230.0)
        place(left, 185 - side / 2, side, side).imshow(a[..., 0], cmap="gray_r", vmin=0, vmax=1)
    elif a.ndim == 3:
        side, top = min((wide - 6) / 2, 84.0), max(float(np.abs(a).max()), 1e-9)
        for k in range(min(_MAPS, a.shape[-1])):
            x, y = left + (k % 2) * (side + 6), 58 + (k // 2) * (side + 5)
            place(x, y, side, side).imshow(a[..., k], cmap=SIGNED, vmin=-top, vmax=top, interpolation="nearest")
    else:
        ax = place(left + wide / 2 - 13, 58, 26, 250)
        top = max(float(np.abs(a).max()), 1e-9)
        ax.imshow(a[:, None], cmap=SIGNED, vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
        if len(a) <= 12:
            for k in range(len(a)):
                bold = "bold" if k == int(a.argmax()) else "normal"
                ax.annotate(str(k), (0.62, k), annotation_clip=False, va="center_baseline", fontsize=10,
                            fontweight=bold)  # fmt: skip
