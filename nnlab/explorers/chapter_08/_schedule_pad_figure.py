"""What `schedule_pad` draws: the learning rate of each epoch, and beneath it, epoch by epoch, the loss.

It trains nothing: it draws the arrays that the explorer computed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.language import _
from nnlab.plots.style import CLASS_0, GHOST, INK, LOSS, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 440)
EPOCHS = 16
SLOWEST, FASTEST = 1e-4, 3.0  # learning rates
LOWEST, HIGHEST = 0.005, 4.0  # losses that are shown
LEFT, WIDTH = 88, 540


class ScheduleFigure:
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
        self._rates, self._losses = _Rates(figure), _Losses(figure)
        self.moving = [*self._rates.moving, *self._losses.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._rates.update(arrays)
        self._losses.update(arrays)


def _axes(figure: Picture, top: int, height: int, low: float, high: float, ticks: list[float]) -> Axes:
    axes = axes_at(figure, LEFT, top, WIDTH, height)
    axes.set(xlim=(0.5, EPOCHS + 0.5), ylim=(low, high), yscale="log", xticks=range(1, EPOCHS + 1), yticks=ticks)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
    return axes


class _Rates:
    """The learning rates: drawn, and the best constant one."""

    def __init__(self, figure: Picture) -> None:
        axes = _axes(figure, 30, 150, SLOWEST, FASTEST, [1e-4, 1e-3, 0.01, 0.1, 1.0])
        axes.set_label("schedule")
        axes.set_title(_("learning rate of each epoch: draw here"))
        axes.set_ylabel(_("learning rate"))
        axes.tick_params(labelbottom=False)
        (self._best,) = axes.plot([], [], color=GHOST, linewidth=2)
        (self._drawn,) = axes.plot([], [], color=CLASS_0, linewidth=2, marker="o", markersize=7)
        self._name = axes.text(EPOCHS + 0.9, 1, _("yours"), color=CLASS_0, va="center")
        self._best_name = axes.text(EPOCHS + 0.9, 1, "", color=QUIET, va="center")
        self.moving: list[Artist] = [self._best, self._drawn, self._best_name, self._name]

    def update(self, arrays: dict[str, Any]) -> None:
        rate = arrays["rate"]
        self._drawn.set_data(np.arange(1, EPOCHS + 1), rate)
        known = "best_rate" in arrays
        best = float(arrays["best_rate"]) if known else float(rate[-1])
        self._best.set_data([0.5, EPOCHS + 0.5] if known else [], [best, best] if known else [])
        self._best_name.set_text(_("best constant: {rate}").format(rate=f"{best:g}") if known else "")
        yours, other = _apart(float(rate[-1]), best, SLOWEST, FASTEST, 0.115)
        self._name.set_position((EPOCHS + 0.9, yours))
        self._best_name.set_position((EPOCHS + 0.9, other))


class _Losses:
    """The losses: a line and a band for the drawn schedule, a line for the best constant rate."""

    def __init__(self, figure: Picture) -> None:
        axes = _axes(figure, 218, 170, LOWEST, HIGHEST, [0.01, 0.1, 1.0])
        axes.set_title(_("training loss of each epoch: median and quartiles"))
        axes.set(xlabel=_("epoch"), ylabel=_("loss"))
        (self._best,) = axes.plot([], [], color=GHOST, linewidth=2)
        self._band = axes.fill_between([1], [1], [1], color=LOSS, alpha=0.18, linewidth=0)
        (self._drawn,) = axes.plot([], [], color=LOSS, linewidth=2.4)
        self._name = axes.text(EPOCHS + 0.9, 1, "", color=INK, va="center", linespacing=1.3)
        self._best_name = axes.text(EPOCHS + 0.9, 1, "", color=QUIET, va="center", linespacing=1.3)
        self.moving: list[Artist] = [self._best, self._band, self._drawn, self._best_name, self._name]

    def update(self, arrays: dict[str, Any]) -> None:
        epoch = np.arange(1, EPOCHS + 1)
        low, middle, high = (np.clip(arrays[name], LOWEST, HIGHEST) for name in ("loss_low", "loss", "loss_high"))
        trained = np.isfinite(middle)
        epoch, low, middle, high = (a[trained] for a in (epoch, low, middle, high))
        self._drawn.set_data(epoch, middle)
        self._band.set_verts([np.concatenate([[epoch, low], [epoch[::-1], high[::-1]]], axis=1).T])
        self._band.set_visible(bool((low < high).any()))
        known = "best_loss" in arrays
        best = np.clip(arrays["best_loss"], LOWEST, HIGHEST) if known else middle
        self._best.set_data(np.arange(1, EPOCHS + 1) if known else [], best if known else [])
        yours, other = _apart(float(middle[-1]), float(best[-1]), LOWEST, HIGHEST, 0.25)
        words = _("yours: of the new digits\n{percent} % are right")
        self._name.set_text(words.format(percent=f"{100 * float(np.median(arrays['share'])):.1f}"))
        self._name.set_position((EPOCHS + 0.9, yours))
        words = _("best constant:\n{percent} %")
        self._best_name.set_text(words.format(percent=f"{100 * float(arrays['best_share']):.1f}") if known else "")
        self._best_name.set_position((EPOCHS + 0.9, other))


def _apart(first: float, second: float, low: float, high: float, gap: float) -> tuple[float, float]:
    """Move two places on a logarithmic axis apart to at least a share of its height, and keep their order."""
    height = np.log(high / low)
    a, b = np.log(first / low) / height, np.log(second / low) / height
    short = gap - abs(a - b)
    if short > 0:
        sign = 1 if a >= b else -1
        a, b = a + sign * short / 2, b - sign * short / 2
    push = max(0.0, gap / 4 - min(a, b)) - max(0.0, max(a, b) - 1 + gap / 4)
    return low * float(np.exp(height * (a + push))), low * float(np.exp(height * (b + push)))
