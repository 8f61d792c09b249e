"""A recurrent network unrolled in time, and what it makes of a sequence on the way: pictures of chapter 14."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from numpy.typing import ArrayLike

from nnlab.plots._check import checked
from nnlab.plots.labels import short
from nnlab.plots.style import GRADIENT, INK, QUIET, Picture, axes_at, new_figure, styled

_MOST = 8  # steps that have room
_APART = 104  # pixels from step to step


@styled
@checked
def unrolled(inputs: list[str], gradient: ArrayLike) -> Picture:
    """Draw a recurrent network with a copy for each step, and the length of the gradient at each state.

    Parameters
    ----------
    inputs : list of str
        What is read at each step, at most eight; a few characters each.
    gradient : array_like of shape (steps,)
        Length of the gradient at the state after each step.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are not as many lengths as inputs, or too many for the picture.

    Examples
    --------
    >>> unrolled(["m", "a"], [0.5, 1.0]).alt.split(". ")[0]
    'A recurrent network unrolled over 2 steps: m, a'
    """
    lengths = np.asarray(gradient, dtype=np.float64).reshape(-1)
    if len(lengths) != len(inputs) or not 2 <= len(inputs) <= _MOST:
        raise ValueError(
            f"plots.unrolled expected two to {_MOST} inputs and a length for each, got {len(inputs)} inputs and "
            f"{len(lengths)} lengths."
        )
    wide = 124 + _APART * len(inputs)
    figure = new_figure(wide, 250, layout=None)
    axes = axes_at(figure, 0, 0, wide, 250)
    axes.set(xlim=(0, wide), ylim=(250, 0), xticks=[], yticks=[])
    axes.set_axis_off()
    for k, (name, length) in enumerate(zip(inputs, lengths, strict=True)):
        _copy(axes, 140 + _APART * k, k + 1, name, float(length), k + 1 == len(inputs))
    axes.text(10, 95, "h₀ = 0", va="center", color=QUIET)
    axes.text(10, 30, "gradient", va="center", color=GRADIENT)
    figure.alt = _told(inputs, lengths)
    return figure


def _copy(axes: Axes, x: float, step: int, name: str, length: float, last: bool) -> None:
    """Draw the network at one step: state, input below, gradient above."""
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.4}
    box = FancyBboxPatch(
        (x - 24, 77), 48, 36, boxstyle="round,pad=0,rounding_size=8", facecolor="#dbe9f3", edgecolor=INK
    )
    axes.add_patch(box)
    axes.text(x, 95, f"$h_{step}$", ha="center", va="center", fontsize=13)
    axes.annotate("", (x - 25, 95), (x - 79 if step > 1 else x - 46, 95), arrowprops=arrow)
    axes.text(x - 52 if step > 1 else x - 35, 107, "W", ha="center", va="center", color=QUIET)
    axes.annotate("", (x, 114), (x, 172), arrowprops=arrow)
    axes.text(x + 8, 144, "U", va="center", color=QUIET)
    axes.text(x, 188, name, ha="center", va="center", fontsize=13, fontweight="bold")
    axes.text(x, 216, f"step {step}", ha="center", va="center", color=QUIET)
    axes.text(x, 30, short(length), ha="center", va="center", color=GRADIENT)
    if not last:
        back = {**arrow, "color": GRADIENT, "linewidth": 1.6}
        axes.annotate("", (x + 10, 54), (x + _APART - 10, 54), arrowprops=back)


def _told(inputs: list[str], lengths: np.ndarray) -> str:
    course = "keeps its length"
    if lengths[0] < 0.8 * lengths[-1]:
        course = "gets shorter"
    elif lengths[0] > 1.25 * lengths[-1]:
        course = "gets longer"
    return (
        f"A recurrent network unrolled over {len(inputs)} steps: {', '.join(inputs)}. All copies share U and W. The "
        f"gradient {course} on its way back."
    )
