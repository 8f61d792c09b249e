"""What `point_by_point` draws: answers beside targets for rows that were learned and fresh ones, and the losses."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.ticker import FuncFormatter, NullLocator
from numpy.typing import NDArray

from nnlab.explorers.chapter_11._perceptron import GUESS
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import ACTIVATION_COLORS, GHOST, INK, QUIET, VALIDATION_DASHES, Picture, axes_at

Array = NDArray[Any]

SIZE = (840, 360)
EPOCHS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
LOWEST, HIGHEST = 0.4, 1.2  # of the losses that are shown
_ANSWER, _ANSWER_INK = ACTIVATION_COLORS["sigmoid"]  # what the last sigmoid says


class PointFigure:
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
        self._seen = _Rows(figure, 62, _("training rows"), first=True)
        self._fresh = _Rows(figure, 284, _("fresh rows"), first=False)
        self._losses = _Losses(figure)
        self.moving = [*self._seen.moving, *self._fresh.moving, *self._losses.moving]

    def update(self, arrays: dict[str, Any]) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        """
        self._seen.update(arrays["target"], arrays["answer"])
        self._fresh.update(arrays["target_new"], arrays["answer_new"])
        self._losses.update(arrays["epoch"], arrays["loss"], arrays["loss_new"], float(arrays["floor"]))


class _Rows:
    """Targets, sorted, as a curve, and for each of them the network's answer as a dot."""

    def __init__(self, figure: Picture, left: float, title: str, *, first: bool) -> None:
        axes = axes_at(figure, left, 36, 196, 268)
        axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03), xticks=[], yticks=[0, 0.5, 1], title=title)
        axes.set_xlabel(_("rows, sorted by target"))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
        if first:
            axes.set_ylabel(_("target and answer"))
            axes.text(0.04, 0.97, _("line: targets"), color=INK, va="top", transform=axes.transAxes)
            axes.text(0.04, 0.89, _("dots: answers"), color=_ANSWER_INK, va="top", transform=axes.transAxes)
        else:
            axes.set_yticklabels([])
        (self._targets,) = axes.plot([], [], color=INK, linewidth=2)
        (self._answers,) = axes.plot(
            [], [], "o", color=_ANSWER, markersize=5, markeredgecolor="white", markeredgewidth=0.5
        )
        self.moving: list[Artist] = [self._targets, self._answers]

    def update(self, target: Array, answer: Array) -> None:
        place = np.linspace(0, 1, len(target))
        self._targets.set_data(place, target)
        self._answers.set_data(place, answer)


class _Losses:
    """Both losses over the epochs, the floor, and the loss of always answering one half."""

    def __init__(self, figure: Picture) -> None:
        axes = axes_at(figure, 544, 36, 186, 268)
        axes.set(xlim=(0, len(EPOCHS) - 1), ylim=(LOWEST, HIGHEST), title=_("cross-entropy"))
        axes.set_xticks([0, 1, 4, 7, 10])
        axes.set_xticklabels(["0", "1", "10", "100", "1000"])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks([0.4, 0.6, 0.8, 1.0, 1.2])
        axes.set_xlabel(_("epochs"))
        axes.plot([0, len(EPOCHS) - 1], [GUESS, GUESS], color=GHOST, linewidth=1.4)
        (self._floor,) = axes.plot([], [], color=GHOST, linewidth=1.4)
        (self._loss,) = axes.plot([], [], color=INK, linewidth=2.2)
        (self._new,) = axes.plot([], [], color=INK, linewidth=2.2, linestyle=VALIDATION_DASHES)
        (self._ends,) = axes.plot([], [], "o", color=INK, markersize=6, clip_on=False)
        at = axes.get_yaxis_transform()
        names = {"floor": QUIET, "loss": INK, "guess": QUIET, "new": INK}
        words = {"floor": _("floor"), "loss": _("training"), "guess": _("always ½"), "new": _("validation")}
        self._names = [
            axes.text(1.05, 0.5, words[name], color=ink, va="center", transform=at) for name, ink in names.items()
        ]
        self.moving: list[Artist] = [self._floor, self._loss, self._new, self._ends, *self._names]

    def update(self, epoch: Array, loss: Array, new: Array, floor: float) -> None:
        at = np.searchsorted(EPOCHS, epoch)
        loss, new = np.clip(loss, LOWEST, HIGHEST), np.clip(new, LOWEST, HIGHEST)
        self._floor.set_data([0, len(EPOCHS) - 1], [floor, floor])
        self._loss.set_data(at, loss)
        self._new.set_data(at, new)
        self._ends.set_data([at[-1]] * 2, [loss[-1], new[-1]])
        heights = np.array([floor, loss[-1] + 1e-3, GUESS, new[-1] + 2e-3])
        places = spread((heights - LOWEST) / (HIGHEST - LOWEST), 0.075)
        for name, place in zip(self._names, places, strict=True):
            name.set_y(LOWEST + (HIGHEST - LOWEST) * place)
