"""Chapter 5's scalings: one squared error, written three ways, against the learning rate.

What is drawn stands in `nnlab.explorers.chapter_05._loss_scalings_figure`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from nnlab.explorers import controls
from nnlab.explorers.chapter_05._loss_scalings_figure import FAST, SCALINGS, SIZE, SLOW, STEPS, ScalingsFigure
from nnlab.explorers.core import Arrays, Explorer, Task, Values, explorer
from nnlab.language import N_, _
from nnlab.plots.style import Picture

Array = NDArray[Any]

ONE, OWN = "one for all", "each its own"


@explorer(chapter="05")
def loss_scalings(learning_rate: float = 0.01, points: int = 100, rates: str = ONE) -> LossScalings:
    """Fit a line by steps down three scalings of the squared error, and see what the learning rate does to each.

    Parameters
    ----------
    learning_rate : float
        From 0.0001 to 10.
    points : int
        Number of data points: 10, 20, 50, 100, 200 or 500.
    rates : {"one for all", "each its own"}
        Whether all take this learning rate; or the mean takes it, and the other two take what gives the same steps.

    Returns
    -------
    LossScalings
        A widget; as the last line of a cell it shows itself.

    Raises
    ------
    ValueError
        If a control does not offer the value.
    """
    return LossScalings(learning_rate=learning_rate, points=points, rates=rates)


@cache
def data(points: int) -> tuple[Array, Array]:
    """Make data as document C, section 4.1, does: 2x + 1, and uniform noise from 0 to 1."""
    rng = np.random.default_rng(0)
    x = rng.random(points)
    return x, 2 * x + 1 + rng.random(points)


def descend(x: Array, y: Array, factor: Array, rate: Array) -> tuple[Array, Array]:
    """Take the steps, from slope 0 and intercept 0, for several scalings at once.

    Parameters
    ----------
    x, y : ndarray of shape (N,)
    factor : ndarray of shape (K,)
        What each gradient is, as a multiple of that of half the sum of squares.
    rate : ndarray of shape (K,)
        Learning rates.

    Returns
    -------
    error : ndarray of shape (K, steps + 1)
        Mean squared error before each step and after the last.
    line : ndarray of shape (K, 2)
        Slope and intercept after the last step.
    """
    X = np.stack([x, np.ones_like(x)], axis=1)  # (N, 2)
    line, error = np.zeros((len(factor), 2)), np.empty((len(factor), STEPS + 1))
    for step in range(STEPS + 1):
        e = line @ X.T - y  # (K, N)
        error[:, step] = (e * e).mean(axis=1)
        if step < STEPS:
            line = line - (rate * factor)[:, None] * (e @ X)
    return error, line


class LossScalings(Explorer):
    """The widget that `loss_scalings` returns."""

    name = "loss_scalings"
    size = SIZE
    rows = (("learning_rate", "points"), ("rates",))
    presets = {
        N_("as document C"): {"learning_rate": 0.01, "points": 100, "rates": ONE},
        N_("½ of the sum diverges"): {"learning_rate": 0.02, "points": 100, "rates": ONE},
        N_("the mean diverges, too"): {"learning_rate": 1.0, "points": 100, "rates": ONE},
        N_("the same steps"): {"learning_rate": 0.5, "points": 100, "rates": OWN},
    }

    def make_controls(self) -> dict[str, Any]:
        """Make the controls."""
        return {
            "learning_rate": controls.log_slider(_("learning rate"), 0.01, SLOW, FAST),
            "points": controls.steps(_("points N"), 100, [10, 20, 50, 100, 200, 500]),
            "rates": controls.choice(_("learning rates"), ONE, (ONE, OWN)),
        }

    def compute(self, values: Values, task: Task) -> Arrays:
        """Train the line three times, and find the learning rates at which each begins to diverge."""
        n = values.points
        x, y = data(n)
        factor = np.array([1.0, 2.0 / n, 1.0 / n])  # half the sum, the mean, document C's gradient
        rate = np.full(3, values.learning_rate)
        if values.rates == OWN:
            rate = rate * factor[1] / factor
        X = np.stack([x, np.ones_like(x)], axis=1)
        steepest = np.linalg.eigvalsh(X.T @ X)[-1]  # largest curvature of half the sum of squares
        error, line = descend(x, y, factor, rate)
        best = np.linalg.lstsq(X, y, rcond=None)[0]
        return {
            "x": x,
            "y": y,
            "error": error,
            "line": line,
            "floor": np.array(np.mean((X @ best - y) ** 2)),
            "rate": rate,
            "limit": 2 / (steepest * factor),
        }

    def draw(self, figure: Picture) -> list[Artist]:
        """Draw the three axes."""
        self._picture = ScalingsFigure(figure)
        return self._picture.moving

    def update(self, values: Values, arrays: Arrays) -> None:
        """Move everything."""
        self._picture.update(arrays)

    def status(self, values: Values, arrays: Arrays) -> str:
        """List the learning rates."""
        listed = ", ".join(
            f"{_(name)} {rate:.3g}" for (name, *_style), rate in zip(SCALINGS, arrays["rate"], strict=True)
        )
        return _("{steps} steps, each on all {points} points. Learning rates: {listed}.").format(
            steps=STEPS, points=values.points, listed=listed
        )

    def warn(self, values: Values, arrays: Arrays) -> str:
        """Name the scalings that diverge."""
        lost = _lost(arrays)
        if not lost:
            return ""
        words = _("Diverges: {names}. Each step lands higher on the other side than the last one did.")
        return words.format(names=", ".join(lost))

    def describe(self, values: Values, arrays: Arrays) -> str:
        """Say which scalings diverge, and whether the curves are the same."""
        words = _("A line is fit to {points} points by {steps} steps down three scalings of the squared error.")
        sentences = [words.format(points=values.points, steps=STEPS)]
        lost = _lost(arrays)
        if values.rates == OWN:
            sentences.append(_("Each has its own learning rate, and the three curves are the same."))
        if lost:
            sentences.append(_("Above its limit, and diverging: {names}.").format(names=", ".join(lost)))
        else:
            sentences.append(_("None diverges."))
        return " ".join(sentences)


def _lost(arrays: Arrays) -> list[str]:
    over = arrays["rate"] > 1.0001 * arrays["limit"]  # a rate on the limit itself would be a last bit's choice
    return [_(name) for (name, *_style), gone in zip(SCALINGS, over, strict=True) if gone]
