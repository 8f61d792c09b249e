"""What `gradient_spread` draws: a cloud of batch gradients, their spread over the batch size, and the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_11._perceptron import GUESS
from nnlab.language import _
from nnlab.plots.style import CLASS_0, GHOST, GRADIENT, INK, PAPER, QUIET, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 440)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
REACH = 1.0  # of the cloud's plane, in spreads of single rows
HIGHEST = 1.4  # of the losses that are shown
_LOW, _HIGH = 0.03, 2.0  # of the spread
_VERMILION_INK = "#a84a00"


class SpreadFigure:
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
        self._cloud, self._spread, self._loss = _Cloud(figure), _Spread(figure), _Loss(figure)
        self.moving = [*self._cloud.moving, *self._spread.moving, *self._loss.moving]

    def update(self, arrays: dict[str, Any], batch: int, updates: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        batch : int
        updates : int
            After which the gradients were measured.
        """
        self._cloud.update(arrays["cloud"], float(arrays["length"]), float(arrays["uphill"]))
        self._spread.update(arrays["spread"], float(arrays["length"]), batch)
        self._loss.update(arrays["seen"], arrays["whole"], updates)


class _Cloud:
    """A dot for the gradient of each batch, in the plane of the full gradient and the direction of most scatter."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 70, 34, 340, 340)
        axes.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), title=_("gradients of 200 batches"))
        axes.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[-1, -0.5, 0, 0.5, 1])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}".replace("-", "−")))
        axes.set_xlabel(_("along the gradient (1: spread of single rows)"))
        axes.set_ylabel(_("where they differ most"))
        axes.grid(False)
        axes.axvspan(-REACH, 0, color=PAPER, zorder=0)
        axes.axvline(0, color=GHOST, linewidth=1)
        self._uphill = axes.text(0.03, 0.965, "", color=QUIET, va="top", transform=axes.transAxes)
        (self._dots,) = axes.plot(
            [], [], "o", color=CLASS_0, markersize=5, alpha=0.6, markeredgecolor="white", markeredgewidth=0.4
        )
        (self._arrow,) = axes.plot([], [], color=GRADIENT, linewidth=3, solid_capstyle="butt")
        (self._head,) = axes.plot([], [], ">", color=GRADIENT, markersize=9)
        self._name = axes.text(0.97, 0.04, _("arrow: all rows"), color=_VERMILION_INK, ha="right")
        self._name.set_transform(axes.transAxes)
        self.moving: list[Artist] = [self._dots, self._arrow, self._head, self._uphill, self._name]

    def update(self, cloud: Array, length: float, uphill: float) -> None:
        self._dots.set_data(*cloud.T)
        self._arrow.set_data([0, length], [0, 0])
        self._head.set_data([length], [0])
        share = _("{percent} % step uphill").format(percent=round(100 * uphill)) if np.isfinite(uphill) else ""
        self._uphill.set_text(share)


class _Spread:
    """The measured spread for each batch size, and one over the root of it."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 482, 34, 240, 134)
        axes.set(xscale="log", yscale="log", xlim=(0.8, 330), ylim=(_LOW, _HIGH), title=_("spread of the gradients"))
        axes.set_xticks([1, 4, 16, 64, 256])
        axes.set_yticks([0.1, 1.0])
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        axes.set_xlabel(_("batch size B"))
        axes.plot(SIZES, 1 / np.sqrt(SIZES), color=GHOST, linewidth=1.8, linestyle=(0, (4, 2)))
        axes.text(1.03, 0.15, "1/√B", color=QUIET, va="center", transform=axes.transAxes)
        (self._full,) = axes.plot([], [], color=GRADIENT, linewidth=1.6)
        (self._dots,) = axes.plot([], [], "o", color="white", markeredgecolor=CLASS_0, markersize=6.5)
        (self._chosen,) = axes.plot([], [], "o", color=CLASS_0, markersize=8)
        at = axes.get_yaxis_transform()
        self._name = axes.text(1.03, 1, _("gradient"), color=_VERMILION_INK, va="center", transform=at)
        self.moving: list[Artist] = [self._full, self._dots, self._chosen, self._name]

    def update(self, spread: Array, length: float, batch: int) -> None:
        self._full.set_data([0.8, 330], [length, length])
        self._dots.set_data(SIZES, spread)
        self._chosen.set_data([batch], [spread[SIZES.index(batch)]])
        height = np.log(_HIGH / _LOW)
        place = np.clip(np.log(length / _LOW) / height, 0.27, 0.97) if np.isfinite(length) else 0.5
        self._name.set_y(_LOW * np.exp(height * place))


class _Loss:
    """The loss of each batch, the loss of all rows, and where the gradients were measured."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 482, 258, 240, 116)
        axes.set(xlim=(0, 300), ylim=(0, HIGHEST), xticks=[0, 100, 200, 300], yticks=[0, 0.5, 1])
        axes.set(title=_("loss while it learns"), xlabel=_("updates"))
        axes.axhline(GUESS, color=GHOST, linewidth=1.2)
        (self._seen,) = axes.plot([], [], color="#8cc7ec", linewidth=0.9)
        (self._whole,) = axes.plot([], [], color=INK, linewidth=2.2)
        (self._here,) = axes.plot([], [], "o", color=GRADIENT, markersize=7, clip_on=False)
        for height, word, color in ((0.85, _("each batch"), "#20719f"), (0.62, _("all rows"), INK)):
            axes.text(1.03, height, word, color=color, va="center", transform=axes.transAxes)
        axes.text(1.03, 0.39, _("measured here"), color=_VERMILION_INK, va="center", transform=axes.transAxes)
        self.moving: list[Artist] = [self._seen, self._whole, self._here]

    def update(self, seen: Array, whole: Array, updates: int) -> None:
        seen, whole = (np.clip(np.nan_to_num(a, nan=HIGHEST, posinf=HIGHEST), 0, HIGHEST) for a in (seen, whole))
        at = np.linspace(0, 300, len(whole))
        self._seen.set_data(np.arange(len(seen)), seen)
        self._whole.set_data(at, whole)
        self._here.set_data([updates], [np.interp(updates, at, whole)])
