"""What `forecast_horizon` draws: a piece of the series with its forecasts, and the error against the horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers.chapter_14._series import FARTHEST
from nnlab.explorers.letters import Label, Labels
from nnlab.language import _
from nnlab.plots.labels import spread
from nnlab.plots.style import CLASS_0, CLASS_1, GHOST, INK, PAPER, QUIET, Picture, axes_at

Array = NDArray[Any]
Arrays = dict[str, Any]

SIZE = (840, 360)
BEFORE = 30  # steps that are shown before the forecast
REACH = 3.2  # of the series' axis
WORST = 2.4  # of the axis of errors
ONE, MANY = CLASS_1, CLASS_0
ONE_TEXT = "#8a5f00"


class HorizonFigure:
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
        path = axes_at(figure, 60, 62, 430, 236)
        path.set(xlim=(-BEFORE, FARTHEST), ylim=(-REACH, REACH), xlabel=_("steps from the start of the forecast"))
        path.set_ylabel(_("value"))
        path.set_title(_("one forecast"), loc="left", pad=30)
        path.axvline(0, color=GHOST, linewidth=1)
        (self._read,) = path.fill([], [], color=PAPER)
        (self._truth,) = path.plot([], [], color=GHOST, linewidth=3)
        (self._one,) = path.plot([], [], "o", color=ONE, markersize=4.5, markeredgecolor="white", markeredgewidth=0.4)
        (self._many,) = path.plot([], [], color=MANY, linewidth=2.2)
        key = Labels(path)
        key.texts = [
            Label(_("truth"), -BEFORE, 3.55, color=QUIET),
            Label(_("one step, fed with the truth"), -20, 3.55, color=ONE_TEXT),
            Label(_("many steps"), FARTHEST, 3.55, "right", MANY, bold=True),
        ]
        errors = axes_at(figure, 560, 62, 180, 236)
        errors.set(xlim=(0, FARTHEST), ylim=(0, WORST), xlabel=_("horizon (steps)"))
        errors.set_ylabel(_("error (root mean square)"))
        errors.set_title(_("all forecasts"), loc="left", pad=30)
        (self._mean,) = errors.plot([], [], color=GHOST, linewidth=1.6)
        (self._naive,) = errors.plot([], [], color=INK, linewidth=1.8)
        (self._error,) = errors.plot([], [], color=MANY, linewidth=2.4)
        (self._horizon,) = errors.plot([], [], color=GHOST, linewidth=1, linestyle=(0, (3, 3)))
        self._names = Labels(errors)
        self._words = _("network"), _("naive"), _("mean")
        self.moving: list[Artist] = [
            self._read, self._truth, self._many, self._one, key, self._horizon, self._mean, self._naive, self._error,
            self._names,
        ]  # fmt: skip

    def update(self, arrays: Arrays, window: int, horizon: int) -> None:
        """Move everything.

        Parameters
        ----------
        arrays : dict of str to ndarray
            As the explorer's ``compute`` returns them.
        window, horizon : int
        """
        before, truth = arrays["before"], arrays["truth"]
        middle = moved(before)
        series = np.concatenate([before, truth]) - middle
        self._truth.set_data(np.arange(-BEFORE + 1, FARTHEST + 1), series)
        self._read.set_xy([(0.5 - window, -REACH), (0.5, -REACH), (0.5, REACH), (0.5 - window, REACH)])
        at = np.arange(1, horizon + 1)
        self._one.set_data(at, _shown(arrays["one"] - middle, REACH))
        self._many.set_data(np.arange(horizon + 1), _shown(np.r_[before[-1], arrays["many"]] - middle, REACH))
        steps = np.arange(1, FARTHEST + 1)
        lines = self._error, self._naive, self._mean
        ends = []
        for line, name in zip(lines, ("error", "naive", "mean"), strict=True):
            shown = np.minimum(arrays[name], WORST)
            line.set_data(steps, shown)
            ends.append(shown[-1] / WORST)
        self._horizon.set_data([horizon, horizon], [0, WORST])
        places = WORST * spread(np.array(ends), 0.08)
        self._names.texts = [
            Label(name, FARTHEST + 1.5, place, color=color, bold=k == 0)
            for k, (name, place, color) in enumerate(zip(self._words, places, (MANY, INK, QUIET), strict=True))
        ]


def moved(before: Array) -> float:
    """Say by how much a series is moved into the picture: not at all, unless it has gone far.

    Parameters
    ----------
    before : ndarray of shape (steps,)
        What is known of it.

    Returns
    -------
    float
    """
    return float(before[-1]) if abs(before[-1]) > 2.5 else 0.0


def _shown(values: Array, reach: float) -> Array:
    return np.asarray(np.clip(np.nan_to_num(values), -reach, reach))
