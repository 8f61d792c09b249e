"""Chapter 11's noise: how far the gradients of batches scatter around the gradient of all rows, on a real network.

The network stands in `nnlab.explorers.chapter_11._gradients`, what is drawn in `_gradient_spread_figure` beside it.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from nnlab.engine.threads import single_blas_thread
from nnlab.explorers import controls
from nnlab.explorers.chapter_11._gradient_spread_figure import SIZE, SIZES, SpreadFigure
from nnlab.explorers.chapter_11._gradients import EVERY, ROWS, UPDATES, descend, each_gradient, rows
from nnlab.explorers.chapter_11._perceptron import GUESS, Array
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

LATE = 100  # updates at the end by which a run is judged
CLOUD, DRAWS = 200, 40  # batches of the cloud, and of each size whose spread is measured
WIDTHS = (4, 16, 64)


@explorer(chapter="11")
def gradient_spread(batch: int = 32, learning_rate: float = 0.3, updates: int = 0, width: int = 64) -> GradientSpread:
    """Compare the gradients of many batches with that of all rows, and watch what the scatter does to the loss.

    Parameters
    ----------
    batch : {1, 2, 4, 8, 16, 32, 64, 128, 256}
    learning_rate : float
        Of plain gradient descent, from 0.01 to 10.
    updates : {0, 10, 30, 100, 300}
        How many updates the network has behind it when the gradients are measured.
    width : {4, 16, 64}
        Units of the hidden layer.

    Returns
    -------
    GradientSpread
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return GradientSpread(batch=batch, learning_rate=learning_rate, updates=updates, width=width)


@lru_cache(maxsize=16)
def shares(batch: int, draws: int) -> Array:
    """Draw batches, none with a row twice, as rows of a matrix that takes means.

    Parameters
    ----------
    batch : int
    draws : int

    Returns
    -------
    ndarray of shape (draws, ROWS)
        1 / batch where a row belongs to the batch.
    """
    rng = np.random.default_rng(batch)
    out = np.zeros((draws, ROWS), np.float32)
    for row in out:
        row[rng.permutation(ROWS)[:batch]] = 1 / batch
    return out


@cache
def _all_shares() -> Array:
    return np.vstack([shares(size, DRAWS) for size in SIZES])


@lru_cache(maxsize=64)
def scatter(batch: int, rate: float, width: int, updates: int) -> Arrays:
    """Measure the gradients of batches after some updates.

    Parameters
    ----------
    batch : int
    rate : float
    width : int
    updates : int

    Returns
    -------
    dict of str to ndarray
        All lengths in units of the spread of single rows.
    """
    each = each_gradient(*rows(), descend(batch, rate, width)[0][updates])
    mean = each.mean(axis=0)
    off = each - mean
    single = float(np.sqrt((off**2).sum(axis=1).mean()))
    length = float(np.linalg.norm(mean))
    if not (np.isfinite(single) and single > 0 and length > 0):
        nothing = np.full((CLOUD, 2), np.nan)
        return {
            "cloud": nothing, "length": np.array(np.nan), "spread": np.full(len(SIZES), np.nan),
            "uphill": np.array(np.nan),
        }  # fmt: skip
    along = mean / length
    across = _main_direction(off - np.outer(off @ along, along))
    plane = np.stack([off @ along, off @ across], axis=1) / single  # (N, 2)
    cloud = shares(batch, CLOUD) @ plane + np.array([length / single, 0.0])
    means = (_all_shares() @ off).reshape(len(SIZES), DRAWS, -1)
    spread = np.sqrt((means**2).sum(axis=2).mean(axis=1)) / single
    return {
        "cloud": cloud,
        "length": np.array(length / single),
        "spread": spread,
        "uphill": np.array(np.mean(cloud[:, 0] < 0)),
    }


def _main_direction(off: Array) -> Array:
    """Find the direction in which rows differ most, by a few power iterations."""
    direction = off[np.argmax((off**2).sum(axis=1))]
    for _step in range(6):
        direction = off.T @ (off @ direction)
        direction = direction / np.linalg.norm(direction)
    return np.asarray(direction)


class GradientSpread(Explorer):
    """The widget that `gradient_spread` returns."""

    name = "gradient_spread"
    size = SIZE
    rows = (("batch", "learning_rate"), ("updates", "width"))
    presets = {
        N_("default"): {"batch": 32, "learning_rate": 0.3, "updates": 0, "width": 64},
        N_("one row"): {"batch": 1, "learning_rate": 0.03, "updates": 0, "width": 64},
        N_("late: the noise is left"): {"batch": 32, "learning_rate": 0.3, "updates": 300, "width": 64},
        N_("large batch"): {"batch": 256, "learning_rate": 0.3, "updates": 0, "width": 64},
        N_("thrown about"): {"batch": 8, "learning_rate": 1.0, "updates": 100, "width": 64},
        N_("diverges"): {"batch": 4, "learning_rate": 3.0, "updates": 10, "width": 64},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "batch": controls.steps(_("batch size B"), 32, list(SIZES)),
            "learning_rate": controls.log_slider(_("learning rate η"), 0.3, 0.01, 10.0),
            "updates": controls.steps(_("after updates"), 0, list(UPDATES)),
            "width": controls.steps(_("hidden units H"), 64, list(WIDTHS)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train with batches of the chosen size, and measure the scatter where asked."""
        state = (values.batch, values.learning_rate, values.width)
        with single_blas_thread(), np.errstate(all="ignore"):
            _weights, seen, whole = descend(*state)
            return {**scatter(*state, values.updates), "seen": seen, "whole": whole}

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = SpreadFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays, values.batch, values.updates)

    def status(self, values: Values, arrays: Arrays) -> str:
        """Say what is measured."""
        words = _(
            "{rows} digits, odd or even, network 10-{width}-1, plain gradient descent; {cloud} batches of {batch} in "
            "the cloud, {draws} of each size on the right."
        )
        return words.format(rows=ROWS, width=values.width, cloud=CLOUD, batch=values.batch, draws=DRAWS)

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Say that the steps are too long for so much noise."""
        ends = arrays["whole"][-LATE // EVERY :]
        if np.isfinite(ends).all() and ends.mean() < 1.2 * GUESS:
            return ""
        words = _(
            "Diverged: with batches of {batch} and a learning rate of {rate} the loss of all rows is above that of "
            "guessing. A larger batch or shorter steps calm it."
        )
        return words.format(batch=values.batch, rate=f"{values.learning_rate:g}")

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Compare noise and gradient, in words that a last bit does not change."""
        words = _("Gradients of {cloud} batches of {batch} after {updates} updates at learning rate {rate}. {noise}")
        ratio = float(arrays["spread"][SIZES.index(values.batch)] / arrays["length"])
        if not np.isfinite(ratio):
            noise = _("The training has diverged, and there is no gradient left to measure.")
        elif ratio > 1.5:
            noise = _("Their scatter is larger than the gradient of all rows.")
        elif ratio < 0.67:
            noise = _("Their scatter is smaller than the gradient of all rows.")
        else:
            noise = _("Their scatter is about as large as the gradient of all rows.")
        return words.format(
            cloud=CLOUD, batch=values.batch, updates=values.updates, rate=f"{values.learning_rate:g}", noise=noise
        )
