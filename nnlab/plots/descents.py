"""Pictures of gradient descent: paths on the contours of a loss, and one parabola under several learning rates.

They draw what a chapter has computed and take no steps themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from nnlab.language import _
from nnlab.plots._check import checked
from nnlab.plots.style import CLASS_0, GRADIENT, INK, RIGHT_TEXT, WRONG_TEXT, Picture, new_figure, styled

Array = NDArray[np.float64]

_PATHS = (CLASS_0, RIGHT_TEXT, WRONG_TEXT, "#a84a00", INK)
_FALLS = 0.98  # a path whose last loss is below so many times its first goes down


@styled
@checked
def loss_contours(
    across: ArrayLike,
    up: ArrayLike,
    loss: ArrayLike,
    paths: Mapping[str, ArrayLike],
    *,
    xlabel: str = "w₁",
    ylabel: str = "w₂",
) -> Picture:
    """Draw a loss of two parameters as contours, and on it the paths of some descents, each with its name.

    Parameters
    ----------
    across, up : array_like of shape (A,) and (U,)
        Values of the two parameters.
    loss : array_like of shape (U, A)
        Above 0; contours stand at equal ratios.
    paths : dict of str to array_like of shape (T, 2)
        The two parameters before each step and after the last.
    xlabel, ylabel : str

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If the shapes do not fit, or a loss is below 0.

    Examples
    --------
    >>> loss_contours([0, 1], [0, 1], [[1, 2], [2, 3]], {"one": [[1, 1], [0, 0]]}).alt
    'Contours of a loss over w₁ and w₂, with the paths of 1 descents. one goes from (1, 1) to (0, 0).'
    """
    x, y, heights = (np.asarray(part, np.float64) for part in (across, up, loss))
    if heights.shape != (len(y), len(x)):
        words = _("plots.loss_contours expected a loss of shape {expected}, got {got}.")
        raise ValueError(words.format(expected=(len(y), len(x)), got=heights.shape))
    if not (heights >= 0).all():
        raise ValueError(_("plots.loss_contours expected losses of 0 and more: its contours stand at equal ratios."))
    found = {name: _as_path("plots.loss_contours", name, path) for name, path in paths.items()}
    figure = new_figure(520, 430)
    ax = figure.subplots()
    ax.contour(x, y, heights, levels=_levels(heights), colors="#b6c2ca", linewidths=1.1)
    for (name, path), color in zip(found.items(), _PATHS * len(found), strict=False):
        ax.plot(*path.T, color=color, linewidth=1.8, marker="o", markersize=3.5)
        ax.plot(*path[0], "s", color="white", markeredgecolor=color, markeredgewidth=2, markersize=9)
        ax.plot(*path[-1], "o", color=color, markersize=9, markeredgecolor="white")
        _name(ax, name, path[0], color)
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel=xlabel, ylabel=ylabel)
    ax.set_aspect("equal")
    ax.grid(False)
    words = _("Contours of a loss over {across} and {up}, with the paths of {count} descents.")
    sentences = [words.format(across=xlabel, up=ylabel, count=len(found))]
    for name, path in found.items():
        words = _("{name} goes from {first} to {last}.")
        sentences.append(words.format(name=name, first=_place(path[0]), last=_place(path[-1])))
    figure.alt = " ".join(sentences)
    return figure


@styled
@checked
def parabolas(paths: Mapping[str, ArrayLike], *, curvature: float = 1.0) -> Picture:
    """Draw one parabola for each descent, with its steps: what a learning rate does, at a glance.

    Parameters
    ----------
    paths : dict of str to array_like of shape (T,)
        For each title, such as "crawls", the places of the parameter before each step and after the last. The loss
        is half of the curvature times their square.
    curvature : float

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are none, or one has fewer than two places.

    Examples
    --------
    >>> parabolas({"one step": [2.0, 0.0], "too far": [1.0, -1.5]}).alt
    'Steps down a parabola: one step, the loss falls; too far, the loss grows.'
    """
    found = {name: np.asarray(path, np.float64).reshape(-1) for name, path in paths.items()}
    if not found or min(len(path) for path in found.values()) < 2:
        raise ValueError(_("plots.parabolas expected at least one path, each with two places or more."))
    if not curvature:
        raise ValueError(_("plots.parabolas expected a curvature that is not 0."))
    figure = new_figure(840, 250)
    reach = 1.25 * max(abs(float(path[0])) for path in found.values())
    at = np.linspace(-reach, reach, 201)
    told = []
    for k, (name, path) in enumerate(found.items()):
        ax = figure.add_subplot(1, len(found), k + 1)
        loss = curvature / 2 * path**2
        ax.plot(at, curvature / 2 * at**2, color="#b6c2ca", linewidth=2)
        ax.plot(path, loss, color=GRADIENT, linewidth=1.2)
        ax.plot(path, loss, "o", color=INK, markersize=4.5)
        ax.plot(path[0], loss[0], "s", color="white", markeredgecolor=INK, markeredgewidth=1.8, markersize=9)
        ax.set(xlim=(-reach, reach), ylim=(-0.04 * curvature * reach**2, 0.55 * curvature * reach**2))
        ax.set(xticks=[], yticks=[], xlabel="θ", title=name)
        ax.grid(False)
        if k == 0:
            ax.set_ylabel(_("loss"))
        falls = loss[-1] < _FALLS * loss[0]
        words = _("{name}, the loss falls") if falls else _("{name}, the loss grows")
        told.append(words.format(name=name))
    figure.alt = _("Steps down a parabola: {told}.").format(told="; ".join(told))
    return figure


def _as_path(what: str, name: str, path: ArrayLike) -> Array:
    found = np.asarray(path, np.float64)
    if found.ndim != 2 or found.shape[1] != 2 or len(found) == 0:
        words = _("{what}: the path {name} must have shape (T, 2), got {shape}.")
        raise ValueError(words.format(what=what, name=name, shape=found.shape))
    return found


def _levels(loss: Array) -> Array:
    """Heights of about twelve contours, at equal ratios below the highest."""
    top = float(loss.max())
    low = max(float(loss.min()), 1e-4 * top)
    return np.geomspace(low * 1.5 if low < top else top, top, 12) if low * 1.5 < top else np.array([top])


def _name(ax: Axes, name: str, at: Array, color: str) -> None:
    """Write a name beside a start, on the side that is farther from the edge."""
    left, right = ax.get_xlim()
    to_right = at[0] < (left + right) / 2
    side = {"ha": "left", "xytext": (9, 6)} if to_right else {"ha": "right", "xytext": (-9, 6)}
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
    ax.annotate(name, at, textcoords="offset points", color=color, bbox=box, **side)  # type: ignore[arg-type]


def _place(at: Array) -> str:
    """Write a place with one digit, which is as exact as a picture is; a zero has no sign."""
    return f"({', '.join(f'{round(float(value), 1) + 0.0:g}' for value in at)})"
