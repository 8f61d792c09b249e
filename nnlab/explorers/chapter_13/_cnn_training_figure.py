"""What `cnn_training` draws: the filters as they are now, the losses so far, and one large number."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.letters import TYPE, Letters
from nnlab.explorers.tiles import Box, Tiles, frame, page, signed
from nnlab.language import _
from nnlab.plots.style import GHOST, INK, LOSS, QUIET, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 340)
EPOCHS = 6
GUESS = float(np.log(10))
LOW, HIGH = 0.01, 10.0
_LEFT, _TOP, _PLACE = 14.0, 44.0, 66.0  # of the filters: 4 columns


class TrainingFigure:
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
        axes = page(figure)
        self._loss = axes_at(figure, 352, 34, 290, 246)
        self._set_up_loss()
        axes.text(_LEFT, 22, _("filters: orange above 0, blue below"), va="center", color=INK)
        self._tiles = Tiles(axes)
        axes.add_artist(self._tiles)
        self._frames = LineCollection([], colors="#c4c4c4", linewidths=0.8)
        axes.add_collection(self._frames, autolim=False)
        (self._before,) = self._loss.plot([], [], color=GHOST, linestyle=VALIDATION_DASHES)
        (self._training,) = self._loss.plot([], [], color=LOSS)
        (self._test,) = self._loss.plot(
            [], [], color=LOSS, linestyle=VALIDATION_DASHES, marker="o", markersize=4.5, clip_on=False
        )
        self._big = Letters(axes, INK, "bold", size=2.3 * TYPE)
        self._small, self._quiet = Letters(axes, INK), Letters(axes, QUIET)
        letters = [one.artist for one in (self._big, self._small, self._quiet)]
        lines = [self._before, self._training, self._test]
        self.moving: list[Artist] = [self._tiles, self._frames, *lines, *letters]

    def _set_up_loss(self) -> None:
        ax = self._loss
        ax.set(xlim=(0, EPOCHS), ylim=(LOW, HIGH), yscale="log", xlabel=_("epoch"), ylabel=_("loss (cross-entropy)"))
        ax.set(xticks=range(EPOCHS + 1), yticks=[0.01, 0.03, 0.1, 0.3, 1, 3, 10])
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _position: f"{y:g}"))
        ax.axhline(GUESS, color="#8a8a8a", linewidth=1, linestyle=(0, (1, 2)))
        words = _("guessing: log 10")
        ax.annotate(words, (EPOCHS, GUESS), (-2, 10), textcoords="offset points", ha="right", color=QUIET, fontsize=10)
        words = _("solid: training, dashed: test")
        ax.set_title(words, fontsize=10, fontweight="normal", loc="right", color=QUIET)

    def update(self, arrays: dict[str, Array], before: dict[str, Array] | None, parameters: int) -> None:
        """Show how far the training is.

        Parameters
        ----------
        arrays : dict of str to ndarray
            "kernels" (k, k, F), "epoch", "loss", "test_epoch", "test_loss", "right".
        before : dict of str to ndarray or None
            The test losses of the run before.
        parameters : int
        """
        kernels = arrays["kernels"]
        boxes = places(kernels.shape[-1])
        limit = float(np.nanmax(np.abs(kernels))) if np.isfinite(kernels).any() else 1.0
        self._tiles.shown = [(signed(kernels[..., k], limit), box) for k, box in enumerate(boxes)]
        self._frames.set_segments([frame(box) for box in boxes])
        self._training.set_data(arrays["epoch"], _inside(arrays["loss"]))
        self._test.set_data(arrays["test_epoch"], _inside(arrays["test_loss"]))
        old = before or {"test_epoch": np.zeros(0), "test_loss": np.zeros(0), "right": np.zeros(0)}
        self._before.set_data(old["test_epoch"], _inside(old["test_loss"]))
        x = 746.0
        self._big.write([(percent(arrays["right"][-1]), (x, 92.0))])
        done, all_done = int(arrays["test_epoch"][-1]), arrays["test_epoch"][-1] >= EPOCHS
        after = _("after all {epochs} epochs") if all_done else _("after {done} of {epochs} epochs")
        lines = [_("of 500 test digits right"), after.format(done=done, epochs=EPOCHS)]
        lines.append(_("{count} parameters").format(count=f"{parameters:,}"))
        self._small.write([(line, (x, 130.0 + 21 * k + 14 * (k == 2))) for k, line in enumerate(lines)])
        words = _("pale, before: {share}")
        last = old["right"][-1:]
        self._quiet.write([(words.format(share=percent(share)), (x, 226.0)) for share in last])


def places(filters: int) -> list[Box]:
    """Give each filter a square place: the fewer, the larger.

    Parameters
    ----------
    filters : int

    Returns
    -------
    list of tuple of float
    """
    across = 1 if filters == 1 else 2 if filters <= 4 else 4
    side = 4 * _PLACE / across
    gap = 8.0
    return [(_LEFT + (k % across) * side, _TOP + (k // across) * side, side - gap, side - gap) for k in range(filters)]


def percent(share: float) -> str:
    """Write a share in percent, with one decimal."""
    return f"{100 * share:.1f} %"


def _inside(loss: Array) -> Array:
    """Keep losses in the picture; what is no number stands at its upper edge."""
    return np.clip(np.nan_to_num(loss, nan=HIGH, posinf=HIGH), LOW, HIGH)
