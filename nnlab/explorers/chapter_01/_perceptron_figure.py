"""What `perceptron_steps` draws: the plane with the line before and after, mistakes an epoch, the last corrections.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter

from nnlab.explorers.chapter_01._plane import Plane
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, QUIET, RIGHT, RIGHT_TEXT, WRONG, Picture, axes_at

SIZE = (840, 400)
EPOCHS = 14
ROWS = 5  # corrections in the table


class PerceptronFigure:
    """The artists that move, and their data.

    Parameters
    ----------
    figure : Picture
        Empty, of the size `SIZE`.

    Attributes
    ----------
    moving : list of Artist
        In drawing order.
    """

    def __init__(self, figure: Picture) -> None:
        self._plane = Plane(figure, 50, 32, 310)
        self._plane.axes.set_title(_("the line: before (dashed), and after"), pad=6)
        axes = axes_at(figure, 470, 32, 350, 104)
        axes.set_title(_("share of mistakes in each epoch"), pad=6)
        axes.set(xlim=(0.4, EPOCHS + 0.6), ylim=(0, 1.04), xlabel=_("epoch"), yticks=(0, 0.5, 1))
        axes.set_xticks(range(1, EPOCHS + 1))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
        axes.grid(False, axis="x")
        self._bars = LineCollection([], linewidths=13, capstyle="butt")
        axes.add_collection(self._bars, autolim=False)
        (self._none,) = axes.plot([], [], "o", color=RIGHT, markersize=9, clip_on=False)
        self._none_word = axes.text(1, 0.13, _("none: learned"), color=RIGHT_TEXT, va="bottom")
        self._past, self._now = _table(figure)
        self.moving: list[Artist] = [
            *self._plane.moving, self._bars, self._none, self._none_word, self._past, self._now,
        ]  # fmt: skip

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        step = int(arrays["step"])
        weights, fault = arrays["weights"], arrays["fault"]
        self._plane.points(arrays["x"], arrays["y"])
        self._plane.step(weights[step, :2], float(weights[step, 2]))
        before = weights[step - 1] if step else weights[0]
        self._plane.before(before[:2], float(before[2]))
        self._plane.rings(arrays["x"][fault[step - 1 : step]] if step else np.empty((0, 2)))
        self._epochs(arrays, step)
        self._corrections(arrays, step)

    def _epochs(self, arrays: dict[str, Any], step: int) -> None:
        shares = arrays["mistakes"] / len(arrays["x"])
        at = np.arange(1, EPOCHS + 1)
        now = int(arrays["epoch"][step - 1]) + 1 if step else 0
        self._bars.set_segments([np.array([[k, 0], [k, share]]) for k, share in zip(at, shares, strict=True)])
        self._bars.set_color([WRONG if k == now else GHOST for k in at])
        over = [float(arrays["epochs"])] if arrays["done"] else []
        self._none.set_data(over, [0.0] * len(over))
        self._none_word.set_visible(bool(over))
        if over:
            late = over[0] > EPOCHS - 4
            self._none_word.set_position((over[0] + (-0.5 if late else 0.5), 0.5 if late else 0.06))
            self._none_word.set_horizontalalignment("right" if late else "left")

    def _corrections(self, arrays: dict[str, Any], step: int) -> None:
        lines = [_row(arrays, k) for k in range(max(0, step - ROWS), step)]
        self._past.set_text("\n".join([*lines[:-1], " "]))
        self._now.set_text("\n" * (len(lines) - 1) + lines[-1] if lines else "")


def _table(figure: Picture) -> tuple[Text, Text]:
    """Write the head of the table; return the texts of the last corrections and of the present one."""
    left, top = 4.50, (SIZE[1] - 206) / 100  # in inches of 100 pixels
    style: dict[str, Any] = {"transform": figure.dpi_scale_trans, "va": "top"}
    figure.text(left, top, _("corrections, and the weights after each"), fontweight="bold", fontsize=11.5, **style)
    style |= {"family": "monospace", "fontsize": 10}
    head = f"{'':>2} {'x₁':>5} {'x₂':>5} {'y':>2} {'ŷ':>2} {'w₁':>7} {'w₂':>7} {'b':>7}"
    figure.text(left, top - 0.27, head, color=QUIET, **style)
    past = figure.text(left, top - 0.48, "", color=QUIET, **style)
    return past, figure.text(left, top - 0.48, "", color=INK, fontweight="bold", **style)


def _row(arrays: dict[str, Any], k: int) -> str:
    """Write a correction: its number, the sample, what it is and what it got, and the weights afterwards."""
    n = arrays["fault"][k]
    (x1, x2), y, (w1, w2, b) = arrays["x"][n], int(arrays["y"][n]), arrays["weights"][k + 1]
    return (
        f"{k + 1:>2} {_short(x1):>5} {_short(x2):>5} {y:>2} {1 - y:>2} {_short(w1):>7} {_short(w2):>7} {_short(b):>7}"
    )


def _short(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
