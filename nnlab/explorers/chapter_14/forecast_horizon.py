"""Chapter 14's forecasts: one step ahead and many, beside the forecast that all stays as it is.

The series and the network are in `nnlab.explorers.chapter_14._series`, the drawing in `_horizon_figure`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_14._horizon_figure import BEFORE, SIZE, HorizonFigure, moved
from nnlab.explorers.chapter_14._series import (
    BATCH,
    FARTHEST,
    LATER,
    LEARNED,
    SERIES,
    build,
    error,
    go_on,
    last_state,
    pieces,
    series,
    windows,
)
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

EPOCHS = 20
EARLY = 2  # epochs before the first picture, and all that the formulas train
KEPT = 30  # trained networks that are remembered
CLEAR = 0.8  # an error below this share of the other's is clearly smaller


@explorer(chapter="14")
def forecast_horizon(data: str = "chaotic", window: int = 12, horizon: int = 20, origin: int = 100) -> ForecastHorizon:
    """Forecast a series with a recurrent network, one step and many steps ahead.

    Parameters
    ----------
    data : {"seasonal", "chaotic", "random walk"}
    window : int
        Steps that the network reads, from 2 to 30.
    horizon : int
        Steps ahead, from 1 to 40.
    origin : int
        Where the forecast begins, in steps after those that were learned: from 0 to 1,100.

    Returns
    -------
    ForecastHorizon
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return ForecastHorizon(data=data, window=window, horizon=horizon, origin=origin)


class ForecastHorizon(Explorer):
    """The widget that `forecast_horizon` returns."""

    name = "forecast_horizon"
    size = SIZE
    rows = (("data",), ("window", "horizon"), ("origin",))
    trains = True
    presets = {
        N_("season"): {"data": "seasonal", "window": 24, "horizon": 40},
        N_("chaos"): {"data": "chaotic", "window": 12, "horizon": 40},
        N_("chaos, short window"): {"data": "chaotic", "window": 3, "horizon": 40},
        N_("nothing to learn"): {"data": "random walk", "window": 12, "horizon": 40},
    }

    def __init__(self, **values: Any) -> None:
        self._trained: OrderedDict[tuple[str, int, bool], tuple[list[Array], Array]] = OrderedDict()
        super().__init__(**values)

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "data": controls.choice(_("series"), "chaotic", SERIES),
            "window": controls.count(_("window (steps)"), 12, 2, 30),
            "horizon": controls.count(_("horizon (steps)"), 20, 1, FARTHEST),
            "origin": controls.count(_("begins at step"), 100, 0, LATER - 100),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train on the windows of this length, unless it is done already, and forecast."""
        key = values.data, values.window, task.eagerly
        if key not in self._trained:
            model = build(values.window, task.eagerly)
            x, y = windows(series(values.data), values.window)
            done = 0
            for until in (EARLY,) if task.eagerly else (EARLY, EPOCHS):
                model.fit(x, y, batch_size=BATCH, epochs=until, initial_epoch=done, verbose=0, stop=task.stop)
                done, weights = until, model.get_weights()
                found = weights, _errors(values, weights)
                if task.stop.is_set():
                    return self._forecasts(values, *found)
                if done < EPOCHS:
                    task.show(self._forecasts(values, *found))
            self._trained[key] = found
            while len(self._trained) > KEPT:
                self._trained.popitem(last=False)
        return self._forecasts(values, *self._trained[key])

    def _forecasts(self, values: Values, weights: list[Array], errors: Array) -> Arrays:
        s, begin = series(values.data), LEARNED + values.origin
        known, truth = pieces(s, values.window)
        after = np.lib.stride_tricks.sliding_window_view(s[begin - values.window : begin + FARTHEST - 1], values.window)
        return {
            "before": s[begin - BEFORE : begin],
            "truth": s[begin : begin + FARTHEST],
            "one": last_state(weights, after.astype(np.float32))[: values.horizon],
            "many": go_on(weights, after[:1], values.horizon)[0],
            "error": errors,
            "naive": error(np.repeat(known[:, -1:], FARTHEST, axis=1), truth),
            "mean": error(np.zeros_like(truth), truth),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the axes."""
        self._picture = HorizonFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move all lines."""
        self._picture.update(arrays, values.window, values.horizon)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say how it was trained."""
        words = _("A SimpleRNN of 16 units, trained on {learned} steps for {epochs} epochs to forecast one step.")
        sentences = [words.format(learned=LEARNED, epochs=EPOCHS)]
        if moved(arrays["before"]):
            sentences.append(_("The walk has gone far: the picture shows it from where the forecast begins."))
        return " ".join(sentences)

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Compare the network with the naive forecast, one step ahead and at the horizon."""
        words = _(
            "Forecasts of a series ({data}) by a recurrent network that reads {window} steps, horizon {horizon}. "
            "Beside the error of the naive forecast, its own is {first} one step ahead, and {last} at the horizon."
        )
        first, last = (arrays["error"][k] / arrays["naive"][k] for k in (0, values.horizon - 1))
        return words.format(
            data=values.data, window=values.window, horizon=values.horizon, first=_share(first), last=_share(last)
        )


def _errors(values: Values, weights: list[Array]) -> Array:
    """Measure all forecasts: the same wherever the one that is shown begins, and however far it goes."""
    known, truth = pieces(series(values.data), values.window)
    return error(go_on(weights, known, FARTHEST), truth)


def _share(ratio: float) -> str:
    """Compare two errors in words that a last bit does not change."""
    if ratio < 0.4:
        return _("less than half")
    if ratio < CLEAR:
        return _("smaller")
    if ratio > 1 / CLEAR:
        return _("larger")
    return _("about as large")
